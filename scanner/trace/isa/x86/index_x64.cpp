// The index of an x64 image: whatever may be a 32-bit displacement to an import slot, to code or to data, at every
// byte. Candidates only. Nearly every position is no displacement, which one comparison tells.
#include <algorithm>
#include <cstring>

#include "scanner/trace/isa/x86/machine.hpp"

namespace scanner::trace::x86 {
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

Index X64Machine::build_index(std::span<const std::uint32_t> slots) {
  Index index;
  const std::vector<Page> pages = page_kinds(image());
  const std::uint32_t limit = image().size_of_image();
  const std::uint32_t slot_low = slots.empty() ? 1 : slots.front();
  const std::uint32_t slot_high = slots.empty() ? 0 : slots.back();
  for (const pe::Section& section : image().sections()) {
    if (!section.executable()) continue;
    const pe::Bytes code = image().from_rva(section.rva);
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
          image().section_at(target) == nullptr)
        kind = pages[(target + 4) >> kPageShift];
      if (kind == Page::mixed) {
        const pe::Section* holder = image().section_at(target);
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
  index.words = relocated_words(image());
  index.sort();
  return index;
}

}  // namespace scanner::trace::x86
