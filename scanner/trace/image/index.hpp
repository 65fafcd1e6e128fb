// The few places of an image that matter, found in one pass over its executable bytes: whatever may be a 32-bit
// displacement to an import slot, to code or to data. Candidates only; the lifted function decides which are real.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "pe/image.hpp"

namespace scanner::trace {

struct Reference {
  std::uint32_t target = 0;  ///< RVA
  std::uint32_t site = 0;    ///< RVA of the displacement field

  auto operator<=>(const Reference&) const = default;
};

/// x86: what the sweep over one executable section saw, so that nobody has to measure these instructions again.
struct SweptSection {
  std::uint32_t rva = 0;
  std::vector<std::uint8_t> steps;  ///< by offset: length of the instruction that starts there, 0 where none does,
                                    ///< and what it is
  static constexpr std::uint8_t kLength = 0x0F;
  static constexpr std::uint8_t kPlain = 0x80;  ///< falls through and is no padding
  static constexpr std::uint8_t kQuiet = 0x40;  ///< plain, without a relocated field, not of zeros
};

struct Index {
  std::vector<Reference> slots;      ///< to interesting import slots
  std::vector<Reference> calls;      ///< call rel32, jmp rel32, jcc rel32 into executable sections
  std::vector<Reference> addresses;  ///< RIP-relative operands that name code: its address is taken
  std::vector<Reference> data;       ///< RIP-relative operands that name data; not exact when an immediate follows

  // x86, where the relocation table is the index and one sweep over the code tells instructions from data:
  bool absolute = false;             ///< the references above are such relocated fields, and exact
  std::vector<std::uint32_t> taken;  ///< fields of `data` that take the address rather than use the content, ascending
  std::vector<std::uint32_t> words;  ///< relocated fields that are no part of an instruction, ascending
  std::vector<SweptSection> swept;   ///< a section each, empty for those that are not executable

  /// All references in `list` (which must be sorted) to `target`.
  static std::span<const Reference> to(const std::vector<Reference>& list, std::uint32_t target);
};

class Decoder;

/// `slots` ascending. Every list is sorted by target, then site. On ARM64 a site is the RVA of the instruction itself.
Index build_index(const pe::Image& image, std::span<const std::uint32_t> slots, Decoder& decoder);
Index build_index_x86(const pe::Image& image, std::span<const std::uint32_t> slots, Decoder& decoder);
void sort_references(std::vector<Reference>& list);

}  // namespace scanner::trace
