// Vector registers as two halves: moves to, from and between them, and what clears them or fills them with a constant.
// Everything else that writes one leaves nothing known. Encodings: "Data Processing -- Scalar Floating-Point and
// Advanced SIMD" in section C4 of the manual.
#include <cstdint>

#include "scanner/trace/isa/arm64/decode.hpp"
#include "scanner/trace/isa/arm64/lift.hpp"

namespace scanner::trace::arm64 {
namespace {

constexpr unsigned kBitsOfHalf = 64, kBitsOfWord = 32;

bool is(std::uint32_t word, std::uint32_t mask, std::uint32_t value) { return (word & mask) == value; }

void set_halves(Emitter& out, unsigned number, std::uint64_t low, std::uint64_t high) {
  out.set(wide_register(number, 0), low);
  out.set(wide_register(number, 1), high);
}

/// movi: a byte mask, a byte, or a word that is shifted, in every place of the register.
bool lift_immediate(Emitter& out, std::uint32_t word) {
  const std::uint64_t byte = field(word, 16, 3) << 5 | field(word, 5, 5);
  const bool whole = bit(word, 30);
  std::uint64_t half = 0;
  if (is(word, 0xBFF8FC00U, 0x2F00E400U)) {
    for (unsigned i = 0; i < 8; ++i) half |= ((byte >> i) & 1) != 0 ? 0xFFULL << (8 * i) : 0;
  } else if (is(word, 0xBFF8FC00U, 0x0F00E400U)) {
    half = byte * 0x0101010101010101ULL;
  } else if (is(word, 0xBFF89C00U, 0x0F000400U)) {
    half = (byte << (8 * field(word, 13, 2))) * 0x0000000100000001ULL;
  } else {
    return false;
  }
  set_halves(out, reg(word, 0), half, whole ? half : 0);
  return true;
}

/// Whole registers: mov (orr with itself), and eor with itself, which clears.
bool lift_whole(Emitter& out, std::uint32_t word) {
  const unsigned to = reg(word, 0), from = reg(word, 5);
  if (from != reg(word, 16)) return false;
  const bool whole = bit(word, 30);
  if (is(word, 0xBFE0FC00U, 0x0EA01C00U)) {
    out.copy(wide_register(to, 0), wide_register(from, 0), 8);
    if (whole) {
      out.copy(wide_register(to, 1), wide_register(from, 1), 8);
    } else {
      out.set(wide_register(to, 1), 0);
    }
    return true;
  }
  if (!is(word, 0xBFE0FC00U, 0x2E201C00U)) return false;
  set_halves(out, to, 0, 0);
  return true;
}

/// fmov between general and vector registers, and between two of these.
bool lift_fmov(Emitter& out, std::uint32_t word) {
  const std::uint8_t to = reg(word, 0), from = reg(word, 5);
  const auto low = [](unsigned number) { return wide_register(number, 0); };
  switch (word & 0xFFFFFC00U) {
    case 0x9E670000U:  // d, x
    case 0x1E270000U:  // s, w
      out.copy(low(to), out.source(from, kScratchA), bit(word, 31) ? 8 : 4);
      out.set(wide_register(to, 1), 0);
      return true;
    case 0x9E660000U:  // x, d
    case 0x1E260000U:  // w, s
      out.copy(Emitter::target(to), low(from), bit(word, 31) ? 8 : 4);
      return true;
    case 0x1E604000U:  // d, d
      out.copy(low(to), low(from), 8);
      out.set(wide_register(to, 1), 0);
      return true;
    case 0x9EAF0000U: out.copy(wide_register(to, 1), out.source(from, kScratchA), 8); return true;
    case 0x9EAE0000U: out.copy(Emitter::target(to), wide_register(from, 1), 8); return true;
    default: return false;
  }
}

/// One lane of 8 or 4 bytes: which half it stands in, and at which bit. False for smaller ones.
bool lane(std::uint32_t code, unsigned& half, unsigned& at, bool& whole) {
  whole = (code & 15) == 8;
  if (!whole && (code & 7) != 4) return false;
  const unsigned index = whole ? code >> 4 : code >> 3;
  half = whole ? index : index / 2;
  at = whole ? 0 : kBitsOfWord * (index % 2);
  return true;
}

void insert(Emitter& out, Reg half, unsigned at, bool whole, Reg from) {
  if (whole) {
    out.copy(half, from, 8);
    return;
  }
  Op& op = out.emit(OpKind::alu);
  op.alu = Alu::insert;
  op.dst = op.a = half;
  op.b = from;
  op.width = 4;
  op.shift = static_cast<std::uint8_t>(at);
}

/// ins, umov, dup: lanes from and to general registers.
bool lift_lane(Emitter& out, std::uint32_t word) {
  const std::uint8_t to = reg(word, 0), from = reg(word, 5);
  unsigned half = 0, at = 0;
  bool whole = false;
  if (!lane(field(word, 16, 5), half, at, whole)) return false;
  if (is(word, 0xFFE0FC00U, 0x4E001C00U)) {
    insert(out, wide_register(to, half), at, whole, out.source(from, kScratchA));
    return true;
  }
  if (is(word, 0xBFE0FC00U, 0x0E003C00U)) {
    out.alu(Alu::shr, Emitter::target(to), wide_register(from, half), at, 8);
    if (!whole) out.copy(Emitter::target(to), Emitter::target(to), 4);
    return true;
  }
  if (!is(word, 0xBFE0FC00U, 0x0E000C00U)) return false;
  const Reg source = out.source(from, kScratchA);
  for (const unsigned other : {0U, 1U}) {
    out.copy(wide_register(to, other), source, whole ? 8 : 4);
    if (!whole) insert(out, wide_register(to, other), kBitsOfHalf - kBitsOfWord, false, source);
  }
  if (!bit(word, 30)) out.set(wide_register(to, 1), 0);
  return true;
}

/// Comparisons write flags, conversions and lane reads general registers; of a vector register they only read.
bool writes_no_vector(std::uint32_t word) {
  const bool scalar = field(word, 24, 7) == 0x1E;
  return scalar && bit(word, 21) && (field(word, 10, 6) == 8 || field(word, 10, 2) == 1);
}

}  // namespace

bool is_vector_word(std::uint32_t word) { return field(word, 25, 3) == 7; }

bool lift_vector(Emitter& out, std::uint32_t word) {
  if (lift_immediate(out, word) || lift_whole(out, word) || lift_fmov(out, word) || lift_lane(out, word)) return true;
  if (!writes_no_vector(word)) out.clobber_vector(reg(word, 0));
  return false;
}

}  // namespace scanner::trace::arm64
