#include "scanner/scan/symbol_files.hpp"

#include <algorithm>
#include <cstdlib>

#include "pe/identity.hpp"
#include "pe/text.hpp"

namespace scanner {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

bool local(std::string_view part) {
  return !part.empty() && part.find("://") == std::string_view::npos && !part.starts_with("\\\\") &&
         !part.starts_with("//");
}

std::string joined(std::string folder, std::string_view name) {
  if (!folder.empty() && folder.back() != '/' && folder.back() != '\\') folder += '/';
  return folder + std::string(name);
}

void add(std::vector<std::string>& paths, std::string path) {
  if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(std::move(path));
}

}  // namespace

std::vector<std::string> local_parts(std::string_view symbol_path) {
  std::vector<std::string> places;
  for (const std::string_view element : split(symbol_path, ';')) {
    const std::vector<std::string_view> parts = split(element, '*');
    // "srv*CACHE*STORE", "cache*CACHE", "symsrv*symsrv.dll*CACHE*STORE"; a plain folder has no star.
    const std::string word = pe::fold_case(parts[0]);
    std::size_t first = parts.size() == 1 ? 0 : 1;
    if (parts.size() > 1 && word == "symsrv") first = 2;
    if (parts.size() > 1 && word != "srv" && word != "cache" && word != "symsrv") first = 0;
    for (std::size_t i = first; i < parts.size(); ++i) {
      if (local(parts[i])) add(places, std::string(parts[i]));
    }
  }
  return places;
}

std::vector<std::string> symbol_places(const std::vector<std::string>& named) {
  std::vector<std::string> places = named;
  if (const char* path = std::getenv("_NT_SYMBOL_PATH"); path != nullptr) {
    for (std::string& place : local_parts(path)) add(places, std::move(place));
  }
  return places;
}

std::vector<std::string> pdb_paths(const std::string& driver, const pe::Image& image,
                                   const std::vector<std::string>& places) {
  const pe::Identity identity = pe::identify_from_headers(image);
  const std::string_view file = pe::file_name(driver);
  const std::string folder = driver.substr(0, driver.size() - file.size());
  const std::string own = std::string(file.substr(0, file.find_last_of('.'))) + ".pdb";
  const std::string name(pe::file_name(identity.pdb));
  std::vector<std::string> paths;
  add(paths, folder + own);
  if (!name.empty()) add(paths, folder + name);
  for (const std::string& place : places) {
    if (!name.empty()) {
      add(paths, joined(place, name));
      if (!identity.pdb_id.empty()) {
        const std::string kept = name + "/" + identity.pdb_id + "/" + name;
        add(paths, joined(place, kept));
        if (name.size() > 2) add(paths, joined(place, name.substr(0, 2) + "/" + kept));
      }
    }
    add(paths, joined(place, own));
  }
  return paths;
}

}  // namespace scanner
