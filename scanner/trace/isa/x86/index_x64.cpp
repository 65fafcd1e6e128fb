// The index of an x64 image: whatever may be a 32-bit displacement to an import slot, to code or to data, at every
// byte. Candidates only. Nearly every position is no displacement, which one comparison tells.
#include <algorithm>
#include <bit>
#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

class Finder {
 public:
  Finder(const pe::Image& image, std::span<const std::uint32_t> slots)
      : image_(image), slots_(slots), pages_(page_kinds(image)), limit_(image.size_of_image()) {}

  Index run() {
    for (const pe::Section& section : image_.sections()) {
      const pe::Bytes code = section.executable() ? image_.from_rva(section.rva) : pe::Bytes{};
      if (code.size() >= 5) search(code, section.rva);
    }
    index_.data_pointers = relocated_words(image_);
    index_.sort();
    return std::move(index_);
  }

 private:
  /// `code` begins at `rva`.
  void search(pe::Bytes code, std::uint32_t rva) {
    const std::uint8_t* bytes = code.data();
    const std::size_t end = code.size() - 3;
    std::size_t at = 1;
#if defined(__SSE2__)
    // Sixteen positions at once: four times every fourth. A number below 2^31 more is compared as if it had a sign.
    constexpr std::uint32_t kSign = 0x80000000U;
    const __m128i limit = _mm_set1_epi32(static_cast<int>(limit_ ^ kSign));
    const __m128i every_fourth = _mm_setr_epi32(0, 4, 8, 12);
    for (; at + 19 <= code.size(); at += 16) {
      const __m128i next = _mm_add_epi32(every_fourth, _mm_set1_epi32(static_cast<int>((rva + at + 4) ^ kSign)));
      for (unsigned k = 0; k < 4; ++k) {
        const __m128i displacements = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + at + k));
        const __m128i targets = _mm_add_epi32(displacements, _mm_add_epi32(next, _mm_set1_epi32(static_cast<int>(k))));
        auto inside = static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(_mm_cmplt_epi32(targets, limit))));
        for (; inside != 0; inside &= inside - 1)
          look(bytes, at + k + 4 * static_cast<unsigned>(std::countr_zero(inside)), rva);
      }
    }
#endif
    for (; at < end; ++at) look(bytes, at, rva);
  }

  /// What may be a displacement at number `at` of `bytes`, which begin at `rva`.
  void look(const std::uint8_t* bytes, std::size_t at, std::uint32_t rva) {
    std::uint32_t displacement;
    std::memcpy(&displacement, bytes + at, 4);
    const Reference reference{rva + static_cast<std::uint32_t>(at) + 4 + displacement,
                              rva + static_cast<std::uint32_t>(at)};
    const std::uint32_t target = reference.target;
    if (target >= limit_) return;
    const std::uint8_t before = bytes[at - 1];
    const bool call = (before & 0xFE) == 0xE8 || ((before & 0xF0) == 0x80 && at >= 2 && bytes[at - 2] == 0x0F);
    // ModRM: no base, 32-bit displacement from the next instruction
    if (!call && (before & 0xC7) != 0x05) return;
    const Page kind = kind_of(target);
    if (call) {
      if (kind == Page::code) index_.calls.push_back(reference);
    } else if (!slots_.empty() && target >= slots_.front() && target <= slots_.back() &&
               std::binary_search(slots_.begin(), slots_.end(), target)) {
      index_.slots.push_back(reference);
    } else if (kind == Page::code) {
      index_.addresses.push_back(reference);
    } else if (kind == Page::data) {
      index_.data.push_back(reference);
    }
  }

  [[nodiscard]] Page kind_of(std::uint32_t target) const {
    Page kind = pages_[target >> kPageShift];
    // An immediate behind the displacement puts the true target a little higher, perhaps into the next section.
    if ((kind == Page::none || (target & 0xFFF) >= 0xFFC) && target + 4 < limit_ &&
        image_.section_at(target) == nullptr)
      kind = pages_[(target + 4) >> kPageShift];
    if (kind != Page::mixed) return kind;
    const pe::Section* holder = image_.section_at(target);
    return holder == nullptr ? Page::none : holder->executable() ? Page::code : Page::data;
  }

  const pe::Image& image_;
  const std::span<const std::uint32_t> slots_;
  const std::vector<Page> pages_;
  const std::uint32_t limit_;
  Index index_;
};

}  // namespace

Index X64Machine::build_index(std::span<const std::uint32_t> slots) { return Finder(image(), slots).run(); }

}  // namespace scanner::trace::x86
