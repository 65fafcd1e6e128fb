// Which 32-bit fields of an x86 image hold an absolute address: the relocation table as a bit per byte, so that a
// decoder can ask for every byte of an instruction. It tells addresses from numbers, and data between instructions from
// code. The bits are kept by page: an image can claim to be four gigabytes large.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "pe/image.hpp"

namespace scanner::trace::x86 {

class RelocatedFields {
 public:
  explicit RelocatedFields(const pe::Image& image);

  /// Does a relocated field start at `rva`?
  [[nodiscard]] bool at(std::uint32_t rva) const {
    if (rva / kPage >= page_of_.size()) return false;
    const Bits& bits = pages_[page_of_[rva / kPage]];
    return ((bits[rva % kPage / 64] >> (rva % 64)) & 1) != 0;
  }
  /// Bit n: does a field start at `rva` + n? For the `count` bytes from `rva` on, at most 32.
  [[nodiscard]] std::uint32_t among(std::uint32_t rva, unsigned count) const {
    constexpr std::uint32_t kLastWord = kPage / 64 - 1;
    const std::uint32_t word = rva % kPage / 64;
    if (word == kLastWord || rva / kPage >= page_of_.size()) {
      std::uint32_t out = 0;
      for (unsigned i = 0; i < count; ++i) out |= at(rva + i) ? 1U << i : 0U;
      return out;
    }
    const Bits& page = pages_[page_of_[rva / kPage]];
    const unsigned shift = rva % 64;
    const std::uint64_t bits = shift == 0 ? page[word] : page[word] >> shift | page[word + 1] << (64 - shift);
    return static_cast<std::uint32_t>(bits & ((1ULL << count) - 1));
  }
  /// Fields in ascending order.
  [[nodiscard]] const std::vector<std::uint32_t>& all() const { return fields_; }
  [[nodiscard]] bool empty() const { return fields_.empty(); }
  /// What is wrong with the table, when it was not read to its end.
  [[nodiscard]] const std::optional<pe::Error>& damage() const { return damage_; }

 private:
  static constexpr std::uint32_t kPage = 4096;
  using Bits = std::array<std::uint64_t, kPage / 64>;
  std::vector<std::uint32_t> fields_;
  std::vector<std::uint32_t> page_of_;  // by page of the image: which of `pages_`
  std::vector<Bits> pages_;             // the first one is empty
  std::optional<pe::Error> damage_;
};

/// The RVA of code that the relocated word at `rva` points at.
std::optional<std::uint32_t> code_word(const pe::Image& image, const RelocatedFields& fields, std::uint32_t rva);

/// May the word at `rva` be the enclosing level of a record of a scope table: the number of an earlier record, -1, -2?
bool is_level(const pe::Image& image, const RelocatedFields& fields, std::uint32_t rva);

}  // namespace scanner::trace::x86
