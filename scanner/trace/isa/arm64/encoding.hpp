// What the decoders of A64 instruction words share: the bit fields of a word, and who decodes which group of words.
#pragma once

#include <cstdint>

#include "scanner/trace/isa/arm64/decode.hpp"

namespace scanner::trace::arm64 {

/// `count` bits from bit `low` on.
constexpr std::uint32_t field(std::uint32_t word, unsigned low, unsigned count) {
  return (word >> low) & ((1U << count) - 1);
}
constexpr bool bit(std::uint32_t word, unsigned at) { return ((word >> at) & 1) != 0; }
constexpr std::uint8_t reg(std::uint32_t word, unsigned low) { return static_cast<std::uint8_t>(field(word, low, 5)); }

constexpr std::int64_t signed_field(std::uint32_t word, unsigned low, unsigned count) {
  const auto value = static_cast<std::int64_t>(field(word, low, count));
  return value - ((value >> (count - 1)) << count);
}

/// Of decode(): words of the group of loads and stores, atomic operations and prefetches among them.
Word decode_load_store(std::uint32_t word, std::uint32_t rva);

}  // namespace scanner::trace::arm64
