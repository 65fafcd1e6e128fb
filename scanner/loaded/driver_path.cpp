// Image paths of drivers, in the many forms that the kernel, the registry and tools write them.
#include <algorithm>
#include <cctype>

#include "scanner/loaded/driver_list.hpp"

namespace scanner::loaded {
namespace {

std::string folded(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c == '\\' ? '/' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return out;
}

/// Removes `prefix` (folded) from the front of `path`; false when it is not there.
bool strip(std::string& path, std::string_view prefix) {
  if (!folded(path).starts_with(prefix)) return false;
  path.erase(0, prefix.size());
  return true;
}

bool has_suffix(std::string_view name) { return name.find('.') != std::string_view::npos; }

}  // namespace

Place place_of(std::string_view image) {
  std::string path(image);
  std::replace(path.begin(), path.end(), '\\', '/');
  const auto trim = [&path](char c) {
    while (!path.empty() && path.front() == c) path.erase(0, 1);
    while (!path.empty() && path.back() == c) path.pop_back();
  };
  trim(' ');
  trim('"');
  strip(path, "/\?\?/");
  strip(path, "//?/");
  if (strip(path, "/systemroot/") || strip(path, "systemroot/") || strip(path, "%systemroot%/") ||
      strip(path, "%windir%/"))
    return {Place::Base::windows, path};
  if (folded(path).starts_with("system32/")) return {Place::Base::windows, path};
  if (strip(path, "/device/")) {
    const auto slash = path.find('/');
    return {Place::Base::volume, slash == std::string::npos ? path : path.substr(slash + 1)};
  }
  strip(path, "%systemdrive%");
  if (path.size() > 2 && path[1] == ':') path.erase(0, 2);
  if (path.find('/') == std::string::npos) return {Place::Base::name, path};
  trim('/');
  return {Place::Base::volume, path};
}

std::string default_image(std::string_view service) {
  return "System32\\drivers\\" + std::string(service) + (has_suffix(service) ? "" : ".sys");
}

Index::Index(const std::vector<Driver>& drivers) {
  for (const Driver& driver : drivers) {
    const Place place = place_of(driver.image);
    if (place.relative.empty()) continue;
    entries_.push_back({driver, "/" + folded(place.relative), place.base == Place::Base::name});
  }
}

const Driver* Index::find(std::string_view path) const {
  const std::string whole = "/" + folded(path);
  const std::string name = whole.substr(whole.rfind('/'));
  const std::string stem = name.substr(0, name.rfind('.'));
  const bool in_store = whole.find("/winsxs/") != std::string::npos || whole.find("/driverstore/") != std::string::npos;
  const Driver* best = nullptr;
  for (const Entry& entry : entries_) {
    const bool matches =
        entry.name_only ? !in_store && (entry.tail == name || entry.tail == stem) : whole.ends_with(entry.tail);
    // Several lists may name it: what runs says more than what is set up.
    if (matches && (best == nullptr || (entry.driver.running && !best->running))) best = &entry.driver;
  }
  return best;
}

const Driver* Index::find_name(std::string_view name) const {
  const std::string file = "/" + folded(name);
  const std::string stem = file.substr(0, file.rfind('.'));
  const Driver* best = nullptr;
  for (const Entry& entry : entries_) {
    const bool matches = entry.tail.substr(entry.tail.rfind('/')) == file || (entry.name_only && entry.tail == stem);
    if (matches && (best == nullptr || (entry.driver.running && !best->running))) best = &entry.driver;
  }
  return best;
}

}  // namespace scanner::loaded
