#include "scanner/trace/kmdf.hpp"

#include <algorithm>
#include <cctype>
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

std::optional<Kmdf> bind_info_at(const pe::Image& image, std::uint32_t rva) {
  const bool wide = image.is_64();
  const unsigned word = image.pointer_size();
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
  Kmdf kmdf;
  kmdf.bind_info = rva;
  kmdf.holder = holder;
  kmdf.table = *table_rva;
  kmdf.count = static_cast<std::uint32_t>(*count);
  kmdf.minor = static_cast<std::uint32_t>(*minor);
  kmdf.through_pointer = kmdf.minor >= kFirstWithPointer;
  return kmdf;
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

std::optional<Kmdf> find_kmdf(const pe::Image& image) {
  const unsigned word = image.pointer_size();
  for (const pe::Section& section : image.sections()) {
    if (section.executable()) continue;
    const std::uint32_t size = std::min(section.virtual_size, section.file_size);
    for (std::uint32_t at = 0; at + 6 * word <= size; at += word) {
      // The structure begins with its own size, which no version made larger than 0x40.
      const auto first = image.from_rva(section.rva + at).read<std::uint32_t>(0);
      if (!first || *first < 0x1C || *first > 0x40) continue;
      if (const auto kmdf = bind_info_at(image, section.rva + at)) return kmdf;
    }
  }
  return std::nullopt;
}

}  // namespace scanner::trace
