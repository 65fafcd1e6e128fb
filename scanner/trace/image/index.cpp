#include "scanner/trace/image/index.hpp"

#include <algorithm>
#include <boost/sort/spreadsort/integer_sort.hpp>

#include "scanner/trace/isa/arm64/index.hpp"

namespace scanner::trace {
namespace {

/// `mixed`: images linked below page granularity have code and data in one page.
enum class Page : std::uint8_t { none, code, data, mixed };

constexpr std::uint32_t kPageShift = 12;

std::vector<Page> page_kinds(const pe::Image& image) {
  std::vector<Page> kinds((image.size_of_image() >> kPageShift) + 1, Page::none);
  for (const pe::Section& section : image.sections()) {
    if (section.virtual_size == 0) continue;
    const std::uint64_t last = std::uint64_t{section.rva} + section.virtual_size - 1;
    const Page kind = section.executable() ? Page::code : Page::data;
    for (std::uint64_t page = section.rva >> kPageShift; page <= last >> kPageShift && page < kinds.size(); ++page)
      kinds[page] = kinds[page] == Page::none || kinds[page] == kind ? kind : Page::mixed;
  }
  return kinds;
}

}  // namespace

void sort_references(std::vector<Reference>& list) {
  std::vector<std::uint64_t> keys(list.size());
  std::transform(list.begin(), list.end(), keys.begin(),
                 [](const Reference& ref) { return std::uint64_t{ref.target} << 32 | ref.site; });
  boost::sort::spreadsort::integer_sort(keys.begin(), keys.end());
  std::transform(keys.begin(), keys.end(), list.begin(), [](std::uint64_t key) {
    return Reference{static_cast<std::uint32_t>(key >> 32), static_cast<std::uint32_t>(key)};
  });
}

std::span<const Reference> Index::to(const std::vector<Reference>& list, std::uint32_t target) {
  const auto [first, last] =
      std::equal_range(list.begin(), list.end(), Reference{target, 0},
                       [](const Reference& a, const Reference& b) { return a.target < b.target; });
  return {first, last};
}

Index build_index(const pe::Image& image, std::span<const std::uint32_t> slots, Decoder& decoder) {
  if (image.machine() == pe::Machine::x86) return build_index_x86(image, slots, decoder);
  Index index;
  if (image.machine() == pe::Machine::arm64) {
    index = arm64::build_index(image, slots);
    for (auto* list : {&index.slots, &index.calls, &index.addresses, &index.data}) sort_references(*list);
    return index;
  }
  const std::vector<Page> pages = page_kinds(image);
  const std::uint32_t limit = image.size_of_image();
  const std::uint32_t slot_low = slots.empty() ? 1 : slots.front();
  const std::uint32_t slot_high = slots.empty() ? 0 : slots.back();
  for (const pe::Section& section : image.sections()) {
    if (!section.executable()) continue;
    const pe::Bytes code = image.from_rva(section.rva);
    if (code.size() < 5) continue;
    const std::uint8_t* bytes = code.data();
    const std::size_t end = code.size() - 3;
    for (std::size_t at = 1; at < end; ++at) {
      std::uint32_t displacement;
      std::memcpy(&displacement, bytes + at, 4);
      const std::uint32_t target = section.rva + static_cast<std::uint32_t>(at) + 4 + displacement;
      if (target >= limit) continue;  // nearly every position ends here
      const std::uint8_t before = bytes[at - 1];
      const Reference reference{target, section.rva + static_cast<std::uint32_t>(at)};
      Page kind = pages[target >> kPageShift];
      // An immediate behind the displacement puts the true target a little higher, perhaps into the next section.
      if ((kind == Page::none || (target & 0xFFF) >= 0xFFC) && target + 4 < limit &&
          image.section_at(target) == nullptr)
        kind = pages[(target + 4) >> kPageShift];
      if (kind == Page::mixed) {
        const pe::Section* holder = image.section_at(target);
        kind = holder == nullptr ? Page::none : holder->executable() ? Page::code : Page::data;
      }
      if ((before & 0xFE) == 0xE8 || ((before & 0xF0) == 0x80 && at >= 2 && bytes[at - 2] == 0x0F)) {
        if (kind == Page::code) index.calls.push_back(reference);
      } else if ((before & 0xC7) == 0x05) {  // ModRM: no base, 32-bit displacement from the next instruction
        if (target >= slot_low && target <= slot_high && std::binary_search(slots.begin(), slots.end(), target)) {
          index.slots.push_back(reference);
        } else if (kind == Page::code) {
          index.addresses.push_back(reference);
        } else if (kind == Page::data) {
          index.data.push_back(reference);
        }
      }
    }
  }
  for (auto* list : {&index.slots, &index.calls, &index.addresses, &index.data}) sort_references(*list);
  return index;
}

}  // namespace scanner::trace
