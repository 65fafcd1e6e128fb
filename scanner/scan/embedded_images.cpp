#include "scanner/scan/embedded_images.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include "pe/extent.hpp"
#include "pe/identity.hpp"
#include "pe/text.hpp"

namespace scanner {
namespace {

/// From MZ to the PE header. Linkers write 0x80 to 0x200; there is room for large stubs and "rich" headers.
constexpr std::uint32_t kMostStub = 0x1000;
/// No image imports from as many modules.
constexpr std::size_t kMostModules = 256;

/// Where the next MZ stands from `at` on; the end of `file` when there is none.
std::uint64_t next_mz(pe::Bytes file, std::uint64_t at) {
  while (at + 1 < file.size()) {
    const pe::Bytes rest = file.from(at);
    const void* found = std::memchr(rest.data(), 'M', rest.size() - 1);
    if (found == nullptr) break;
    at += static_cast<std::uint64_t>(static_cast<const std::uint8_t*>(found) - rest.data());
    if (file[static_cast<std::size_t>(at) + 1] == 'Z') return at;
    ++at;
  }
  return file.size();
}

/// Do a PE signature and a header of subsystem `native` follow? Three reads, for what is no header at all.
bool native_header(pe::Bytes rest) {
  constexpr std::uint64_t kSubsystem = 4 + 20 + 68;
  const auto header = rest.read<std::uint32_t>(0x3C);
  if (!header || *header < 0x40 || *header > kMostStub) return false;
  return rest.read<std::uint32_t>(*header) == 0x00004550U &&
         rest.read<std::uint16_t>(*header + kSubsystem) == std::uint16_t{1};
}

bool is_kernel_module(std::string_view library) {
  constexpr std::array<std::string_view, 6> kModules = {"ntoskrnl.exe", "ntkrnlpa.exe", "ntkrnlmp.exe",
                                                        "hal.dll",      "bootvid.dll",  "ksecdd.dll"};
  const std::string name = pe::fold_case(library);
  return name.ends_with(".sys") || std::find(kModules.begin(), kModules.end(), name) != kModules.end();
}

/// Native programs of user mode (smss, autochk) import from ntdll, and none of them from the kernel.
bool imports_from_kernel(const pe::Image& image) {
  const pe::DirectoryEntry imports = image.directory(pe::Directory::imports);
  if (imports.rva == 0) return false;
  const pe::Bytes table = image.from_rva(imports.rva);
  for (std::size_t i = 0; i < kMostModules && table.contains(i * 20, 20); ++i) {
    const auto name = table.read<std::uint32_t>(i * 20 + 12).value_or(0);
    if (name == 0) return false;
    const auto library = image.from_rva(name).c_string(0, 64);
    if (library && is_kernel_module(*library)) return true;
  }
  return false;
}

/// The kernel image at the beginning of `rest`, without what follows it.
std::optional<pe::Image> kernel_image(pe::Bytes rest) {
  const auto whole = pe::Image::open(rest.span());
  if (!whole || whole.value().machine() == pe::Machine::other || !whole.value().native()) return std::nullopt;
  if (whole.value().sections().empty() || !whole.value().damage().empty() || !imports_from_kernel(whole.value()))
    return std::nullopt;
  const auto own = rest.slice(0, pe::size_in_file(whole.value()));
  if (!own) return std::nullopt;
  const auto image = pe::Image::open(own->span());
  if (!image) return std::nullopt;
  return image.value();
}

/// A name from a resource is somebody's text: one that could be read as a path, or breaks a line, is not used.
bool usable(std::string_view name) {
  constexpr std::size_t kLongest = 128;
  return !name.empty() && name.size() <= kLongest && name.find_first_of("/\\:!*?\"<>|") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
}

std::string name_of(const pe::Image& image, std::uint64_t offset, std::set<std::string>& taken) {
  pe::Identity identity;
  std::string problem;
  pe::read_version_resource(image, identity, problem);
  const std::string place = "+" + pe::hex_number(static_cast<std::uint32_t>(offset));
  std::string name = usable(identity.original_name) ? identity.original_name : place;
  // One driver for each processor: they have one name.
  if (!taken.insert(pe::fold_case(name)).second) name += place;
  return name;
}

}  // namespace

EmbeddedImages find_embedded_images(pe::Bytes file) {
  EmbeddedImages out;
  std::set<std::string> taken;
  std::size_t headers = 0;
  for (std::uint64_t at = next_mz(file, 1); at < file.size(); at = next_mz(file, at)) {
    const pe::Bytes rest = file.from(at);
    if (!native_header(rest)) {
      at += 2;
      continue;
    }
    if (headers++ == kMostHeaders || out.images.size() == kMostEmbedded) {
      out.gave_up = true;
      break;
    }
    auto image = kernel_image(rest);
    if (!image) {
      at += 2;
      continue;
    }
    std::string name = name_of(*image, at, taken);
    const std::uint64_t size = std::max<std::uint64_t>(image->file().size(), 2);
    out.images.push_back({at, std::move(*image), std::move(name)});
    at += size;
  }
  return out;
}

}  // namespace scanner
