#include "scanner/trace/domain/known_bits.hpp"

#include <bit>

namespace scanner::trace {
namespace {

constexpr std::uint32_t byte_mask(unsigned byte) { return 0xFFU << (8 * byte); }

/// Every value between the first and the last begins with the bits that both begin with, and ends like the first.
KnownBits of_progression(const Atom& atom) {
  const auto stride = static_cast<std::uint64_t>(std::int64_t{atom.stride});
  std::uint64_t differs = ~std::uint64_t{0};
  if (atom.count != 0) {
    const std::uint64_t last = atom.a + stride * (atom.count - 1U);
    differs = last == atom.a ? 0 : ~std::uint64_t{0} >> std::countl_zero(last ^ atom.a);
  }
  const std::uint64_t lowest = stride & (~stride + 1);
  const auto open = static_cast<std::uint32_t>(differs & ~(lowest - 1));
  return {static_cast<std::uint32_t>(atom.a) & ~open, open};
}

}  // namespace

KnownBits known_bits(const Atom& atom) {
  if (atom.is_constant()) return {static_cast<std::uint32_t>(atom.a), 0};
  if (atom.kind == AtomKind::multiple) return of_progression(atom);
  const bool masked = atom.came_in() || atom.kind == AtomKind::returned || (atom.is_content() && !atom.moved());
  if (!masked) return {};
  const bool narrow = atom.is_content() && atom.width < 4;
  const std::uint32_t read = narrow ? (1U << (8 * atom.width)) - 1 : 0xFFFFFFFFU;
  return {atom.or_mask, atom.and_mask & read & ~atom.or_mask};
}

std::optional<unsigned> only_open_byte(const KnownBits& bits) {
  if (bits.open == 0) return std::nullopt;
  const auto byte = static_cast<unsigned>(std::countr_zero(bits.open)) / 8;
  return (bits.open & ~byte_mask(byte)) == 0 ? std::optional(byte) : std::nullopt;
}

bool four_letters(std::uint64_t number) {
  for (unsigned i = 0; i < 4; ++i, number >>= 8) {
    if ((number & 0xFF) <= ' ' || (number & 0xFF) >= 0x7F) return false;
  }
  return number == 0;
}

std::optional<unsigned> open_letter(const Atom& atom) {
  const KnownBits bits = known_bits(atom);
  const auto open = only_open_byte(bits);
  if (!open) return std::nullopt;
  for (unsigned byte = 0; byte < 4; ++byte) {
    // Bit 31 is no part of a tag.
    const std::uint32_t letter = bits.value >> (8 * byte) & (byte == 3 ? 0x7FU : 0xFFU);
    if (byte != *open && (letter <= ' ' || letter >= 0x7F)) return std::nullopt;
  }
  return open;
}

}  // namespace scanner::trace
