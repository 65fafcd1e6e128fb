// Which 32-bit fields of an x86 image hold an absolute address: the relocation table as a bit per byte, so that a
// decoder can ask for every byte of an instruction. It tells addresses from numbers, and data between instructions from
// code.
#pragma once

#include <cstdint>
#include <vector>

#include "pe/image.hpp"

namespace scanner::trace {

class RelocatedFields {
 public:
  explicit RelocatedFields(const pe::Image& image);

  /// Does a relocated field start at `rva`?
  [[nodiscard]] bool at(std::uint32_t rva) const {
    return rva / 64 < bits_.size() && ((bits_[rva / 64] >> (rva % 64)) & 1) != 0;
  }
  /// Bit n: does a field start at `rva` + n? For the `count` bytes from `rva` on, at most 32.
  [[nodiscard]] std::uint32_t among(std::uint32_t rva, unsigned count) const {
    const std::size_t word = rva / 64;
    if (word + 1 >= bits_.size()) {
      std::uint32_t out = 0;
      for (unsigned i = 0; i < count; ++i) out |= at(rva + i) ? 1U << i : 0U;
      return out;
    }
    const unsigned shift = rva % 64;
    const std::uint64_t bits = shift == 0 ? bits_[word] : bits_[word] >> shift | bits_[word + 1] << (64 - shift);
    return static_cast<std::uint32_t>(bits & ((1ULL << count) - 1));
  }
  /// Fields in ascending order.
  [[nodiscard]] const std::vector<std::uint32_t>& all() const { return fields_; }
  [[nodiscard]] bool empty() const { return fields_.empty(); }

 private:
  std::vector<std::uint32_t> fields_;
  std::vector<std::uint64_t> bits_;
};

}  // namespace scanner::trace
