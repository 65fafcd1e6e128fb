#include "scanner/trace/image/kmdf.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

#include "scanner/trace/trace.hpp"

namespace scanner::trace {
namespace {

constexpr std::u16string_view kComponent = u"KmdfLibrary";
constexpr std::uint32_t kFirstWithPointer = 15;

bool names_kmdf(const pe::Image& image, std::uint32_t rva) {
  const pe::Bytes text = image.from_rva(rva);
  for (std::size_t i = 0; i <= kComponent.size(); ++i) {
    const char16_t expected = i < kComponent.size() ? kComponent[i] : u'\0';
    if (text.read<std::uint16_t>(2 * i) != static_cast<std::uint16_t>(expected)) return false;
  }
  return true;
}

/// Sizes that a WDF_BIND_INFO may have: 0x20 on x86 and 0x30 on x64 at first, 0x58 on x64 from KMDF 1.25 on; the part
/// that is read here is shorter.
constexpr std::uint32_t kLeastSize = 0x1C, kMostSize = 0x100;
/// Functions in the table: 387 in KMDF 1.5, 458 in 1.33.
constexpr std::uint64_t kLeastFunctions = 64, kMostFunctions = 4096;
constexpr std::size_t kMostFound = 4;

/// Can the framework write `bytes` bytes there?
bool holds_data(const pe::Image& image, std::uint32_t rva, std::uint64_t bytes) {
  const pe::Section* section = image.section_at(rva);
  return section != nullptr && bytes <= section->virtual_size - (rva - section->rva);
}

std::optional<Kmdf> bind_info_at(const pe::Image& image, std::uint32_t rva) {
  const unsigned word = image.pointer_size();
  const bool wide = word == 8;
  const auto component = image.load(rva + word, word);
  const auto target = component ? image.rva_of_va(*component) : std::nullopt;
  if (!target || !names_kmdf(image, *target)) return std::nullopt;
  const auto major = image.load(rva + (wide ? 0x10 : 8), 4);
  const auto minor = image.load(rva + (wide ? 0x14 : 0xC), 4);
  const auto count = image.load(rva + (wide ? 0x1C : 0x14), 4);
  const std::uint32_t holder = rva + (wide ? 0x20 : 0x18);
  const auto table = image.load(holder, word);
  const auto table_rva = table ? image.rva_of_va(*table) : std::nullopt;
  if (major != 1U || !minor || *minor > 255 || !count || !table_rva) return std::nullopt;
  if (*count < kLeastFunctions || *count > kMostFunctions) return std::nullopt;
  Kmdf kmdf;
  kmdf.bind_info = rva;
  kmdf.holder = holder;
  kmdf.table = *table_rva;
  kmdf.count = static_cast<std::uint32_t>(*count);
  kmdf.minor = static_cast<std::uint32_t>(*minor);
  kmdf.through_pointer = kmdf.minor >= kFirstWithPointer;
  if (!holds_data(image, kmdf.table, std::uint64_t{word} * (kmdf.through_pointer ? 1 : kmdf.count)))
    return std::nullopt;
  return kmdf;
}

/// Adds those of the sections that are (or are not) executable.
void find_in(const pe::Image& image, bool executable, std::vector<Kmdf>& found) {
  const unsigned word = image.pointer_size();
  for (const pe::Section& section : image.sections()) {
    if (section.executable() != executable) continue;
    const std::uint32_t size = std::min(section.virtual_size, section.file_size);
    const pe::Bytes bytes = image.from_rva(section.rva);
    for (std::uint32_t at = 0; at + 6 * word <= size; at += word) {
      // The structure begins with its own size.
      const auto first = bytes.read<std::uint32_t>(at);
      if (!first) break;
      if (*first < kLeastSize || *first > kMostSize || *first % 4 != 0) continue;
      if (const auto kmdf = bind_info_at(image, section.rva + at); kmdf && found.size() < kMostFound)
        found.push_back(*kmdf);
    }
  }
}

}  // namespace

tagdb::PoolTag kmdf_default_tag(std::string_view name) {
  constexpr std::string_view kPrefix = "wdf";
  const bool prefixed = name.size() >= kPrefix.size() &&
                        std::equal(kPrefix.begin(), kPrefix.end(), name.begin(),
                                   [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
  if (prefixed) name.remove_prefix(kPrefix.size());
  return name.size() <= 2 ? tagdb::PoolTag::from_text("FxDr") : tagdb::PoolTag::from_text(name.substr(0, 4));
}

std::vector<Kmdf> find_kmdf(const pe::Image& image) {
  std::vector<Kmdf> found;
  find_in(image, false, found);
  if (found.empty()) find_in(image, true, found);  // data merged into code
  return found;
}

}  // namespace scanner::trace
