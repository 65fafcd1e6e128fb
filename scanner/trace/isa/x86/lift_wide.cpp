// Moves of the wide registers: 16 bytes as two halves, so that a structure that is copied, zeroed or put together in
// them keeps its fields. Arithmetic on them is lifted only where it moves bytes or clears them.
#include <cstdint>
#include <optional>

#include "scanner/trace/isa/x86/lift.hpp"

namespace scanner::trace::x86 {
namespace {

constexpr unsigned kWholeWidth = 16, kHalfWidth = 8;

std::optional<unsigned> wide(const ZydisDecodedOperand& operand) {
  return is_register(operand) ? wide_number(operand.reg.value) : std::nullopt;
}

void set_zero(Emitter& out, Reg dst) { out.emit(OpKind::set).dst = dst; }

void copy(Emitter& out, Reg dst, Reg from, unsigned width = kHalfWidth) {
  Op& op = out.emit(OpKind::copy);
  op.dst = dst;
  op.a = from;
  op.width = static_cast<std::uint8_t>(width);
}

void shift(Emitter& out, Alu kind, Reg dst, Reg from, unsigned bits) {
  Op& op = out.emit(OpKind::alu);
  op.alu = kind;
  op.dst = dst;
  op.a = from;
  op.imm = bits;
}

/// Replaces the 4 bytes at `at` of `half` by the low ones of `from`.
void insert(Emitter& out, Reg half, Reg from, unsigned at) {
  Op& op = out.emit(OpKind::alu);
  op.alu = Alu::insert;
  op.dst = op.a = half;
  op.b = from;
  op.width = 4;
  op.shift = static_cast<std::uint8_t>(8 * at);
}

void load(Emitter& out, Reg dst, Mem from, unsigned at, unsigned width = kHalfWidth) {
  from.disp += at;
  Op& op = out.emit(OpKind::load);
  op.dst = dst;
  op.width = static_cast<std::uint8_t>(width);
  op.mem = from;
}

void store(Emitter& out, Mem to, Reg from, unsigned at, unsigned width = kHalfWidth) {
  to.disp += at;
  Op& op = out.emit(OpKind::store);
  op.a = from;
  op.width = static_cast<std::uint8_t>(width);
  op.mem = to;
}

/// Both halves of the operand, a wide register or memory, into the wide register `number`. The high one first when
/// `number` is the source of its own low half.
void read_whole(Emitter& out, unsigned number, const ZydisDecodedOperand& source) {
  const auto from = wide(source);
  const Mem mem = from ? Mem{} : out.memory(source);
  for (const unsigned half : {0U, 1U}) {
    if (from) {
      copy(out, wide_register(number, half), wide_register(*from, half));
    } else {
      load(out, wide_register(number, half), mem, kHalfWidth * half);
    }
  }
}

bool move_whole(Emitter& out, const ZydisDecodedOperand& to, const ZydisDecodedOperand& from) {
  if (width_of(to) != kWholeWidth || width_of(from) != kWholeWidth) return false;
  if (const auto number = wide(to)) {
    if (is_memory(from) && is_processor_data(from)) return false;
    read_whole(out, *number, from);
    return true;
  }
  const auto number = wide(from);
  if (!number || !is_memory(to) || is_processor_data(to)) return false;
  const Mem mem = out.memory(to);
  for (const unsigned half : {0U, 1U}) store(out, mem, wide_register(*number, half), kHalfWidth * half);
  return true;
}

/// movd, movq, movss, movsd: `width` bytes; what is loaded from elsewhere than a wide register clears the rest.
bool move_low(Emitter& out, unsigned width, bool clears) {
  const auto& to = out.operand(0);
  const auto& from = out.operand(1);
  const auto source = wide(from);
  if (const auto number = wide(to)) {
    const Reg low = wide_register(*number, 0);
    if (source && width == kHalfWidth) {
      copy(out, low, wide_register(*source, 0));
    } else if (source) {
      insert(out, low, wide_register(*source, 0), 0);
    } else {
      copy(out, low, out.read(from, kScratchA), width);
    }
    if (!source || clears) set_zero(out, wide_register(*number, 1));
    return true;
  }
  if (!source) return false;
  copy(out, kScratchA, wide_register(*source, 0), width);
  out.write(to, kScratchA);
  return true;
}

/// movlps, movhps and kin: one half from or to memory.
bool move_half(Emitter& out, unsigned half) {
  const auto to = wide(out.operand(0)), from = wide(out.operand(1));
  if (to && is_memory(out.operand(1))) {
    load(out, wide_register(*to, half), out.memory(out.operand(1)), 0);
    return true;
  }
  if (!from || !is_memory(out.operand(0))) return false;
  store(out, out.memory(out.operand(0)), wide_register(*from, half), 0);
  return true;
}

/// `half` of the first operand becomes `other` of the second, a wide register or memory.
bool take_half(Emitter& out, unsigned half, unsigned other) {
  const auto to = wide(out.operand(0)), from = wide(out.operand(1));
  if (!to) return false;
  if (from) {
    copy(out, wide_register(*to, half), wide_register(*from, other));
  } else if (is_memory(out.operand(1))) {
    load(out, wide_register(*to, half), out.memory(out.operand(1)), kHalfWidth * other);
  } else {
    return false;
  }
  return true;
}

/// punpckhqdq: the high halves of both.
bool unpack_high(Emitter& out) {
  const auto to = wide(out.operand(0));
  if (!to) return false;
  copy(out, wide_register(*to, 0), wide_register(*to, 1));
  return take_half(out, 1, 1);
}

/// punpckldq: the two low words of both, in turn.
bool unpack_words(Emitter& out) {
  const auto to = wide(out.operand(0)), from = wide(out.operand(1));
  if (!to || !from) return false;
  const Reg low = wide_register(*to, 0), high = wide_register(*to, 1);
  shift(out, Alu::shr, kScratchA, low, 32);
  shift(out, Alu::shr, kScratchB, wide_register(*from, 0), 32);
  insert(out, low, wide_register(*from, 0), 4);
  copy(out, high, kScratchA);
  insert(out, high, kScratchB, 4);
  return true;
}

/// pshufd: each of the four words from any of the source.
bool shuffle_words(Emitter& out) {
  const auto to = wide(out.operand(0)), from = wide(out.operand(1));
  if (!to || !from || !is_immediate(out.operand(2))) return false;
  const std::uint64_t order = immediate(out.operand(2));
  copy(out, kScratchA, wide_register(*from, 0));
  copy(out, kScratchB, wide_register(*from, 1));
  for (unsigned word = 0; word < 4; ++word) {
    const unsigned chosen = (order >> (2 * word)) & 3;
    shift(out, Alu::shr, kScratchC, chosen < 2 ? kScratchA : kScratchB, 32 * (chosen & 1));
    const Reg half = wide_register(*to, word / 2);
    if (word % 2 == 0) {
      copy(out, half, kScratchC, 4);
    } else {
      insert(out, half, kScratchC, 4);
    }
  }
  return true;
}

/// pinsrd, pinsrq.
bool insert_word(Emitter& out, unsigned width) {
  const auto to = wide(out.operand(0));
  if (!to || !is_immediate(out.operand(2))) return false;
  const auto number = static_cast<unsigned>(immediate(out.operand(2)));
  const Reg from = out.read(out.operand(1), kScratchA);
  if (width == kHalfWidth) {
    copy(out, wide_register(*to, number & 1), from);
  } else {
    insert(out, wide_register(*to, number >> 1 & 1), from, 4 * (number & 1));
  }
  return true;
}

/// pextrd, pextrq.
bool extract_word(Emitter& out, unsigned width) {
  const auto from = wide(out.operand(1));
  if (!from || !is_immediate(out.operand(2))) return false;
  const auto number = static_cast<unsigned>(immediate(out.operand(2)));
  const unsigned half = width == kHalfWidth ? number & 1 : number >> 1 & 1;
  shift(out, Alu::shr, kScratchA, wide_register(*from, half), width == kHalfWidth ? 0 : 32 * (number & 1));
  out.write(out.operand(0), kScratchA);
  return true;
}

/// Bits of both, half by half; xor of a register with itself is how it is cleared.
bool combine(Emitter& out, Alu kind) {
  // The forms with three operands name the first source apart from the destination.
  const unsigned first = out.instruction().operand_count_visible == 3 ? 1 : 0;
  const auto& source = out.operand(first + 1);
  const auto to = wide(out.operand(0)), left = wide(out.operand(first)), right = wide(source);
  if (!to || !left || width_of(out.operand(0)) != kWholeWidth) return false;
  const bool clears = kind == Alu::bit_xor && left == right;
  if (!clears && !right) return false;
  for (const unsigned half : {0U, 1U}) {
    if (clears) {
      set_zero(out, wide_register(*to, half));
      continue;
    }
    Op& op = out.emit(OpKind::alu);
    op.alu = kind;
    op.dst = wide_register(*to, half);
    op.a = wide_register(*left, half);
    op.b = wide_register(*right, half);
  }
  return true;
}

}  // namespace

bool lift_wide(Emitter& out) {
  switch (out.instruction().mnemonic) {
    case ZYDIS_MNEMONIC_MOVAPS:
    case ZYDIS_MNEMONIC_MOVAPD:
    case ZYDIS_MNEMONIC_MOVUPS:
    case ZYDIS_MNEMONIC_MOVUPD:
    case ZYDIS_MNEMONIC_MOVDQA:
    case ZYDIS_MNEMONIC_MOVDQU:
    case ZYDIS_MNEMONIC_LDDQU:
    case ZYDIS_MNEMONIC_MOVNTDQ:
    case ZYDIS_MNEMONIC_MOVNTDQA:
    case ZYDIS_MNEMONIC_MOVNTPS:
    case ZYDIS_MNEMONIC_MOVNTPD:
    case ZYDIS_MNEMONIC_VMOVAPS:
    case ZYDIS_MNEMONIC_VMOVAPD:
    case ZYDIS_MNEMONIC_VMOVUPS:
    case ZYDIS_MNEMONIC_VMOVUPD:
    case ZYDIS_MNEMONIC_VMOVDQA:
    case ZYDIS_MNEMONIC_VMOVDQU: return move_whole(out, out.operand(0), out.operand(1));
    case ZYDIS_MNEMONIC_MOVQ:
    case ZYDIS_MNEMONIC_VMOVQ: return move_low(out, 8, true);
    case ZYDIS_MNEMONIC_MOVD:
    case ZYDIS_MNEMONIC_VMOVD: return move_low(out, 4, true);
    case ZYDIS_MNEMONIC_MOVSD: return move_low(out, 8, false);
    case ZYDIS_MNEMONIC_MOVSS: return move_low(out, 4, false);
    case ZYDIS_MNEMONIC_MOVLPS:
    case ZYDIS_MNEMONIC_MOVLPD: return move_half(out, 0);
    case ZYDIS_MNEMONIC_MOVHPS:
    case ZYDIS_MNEMONIC_MOVHPD: return move_half(out, 1);
    case ZYDIS_MNEMONIC_MOVLHPS:
    case ZYDIS_MNEMONIC_PUNPCKLQDQ:
    case ZYDIS_MNEMONIC_UNPCKLPD: return take_half(out, 1, 0);
    case ZYDIS_MNEMONIC_MOVHLPS: return take_half(out, 0, 1);
    case ZYDIS_MNEMONIC_PUNPCKHQDQ:
    case ZYDIS_MNEMONIC_UNPCKHPD: return unpack_high(out);
    case ZYDIS_MNEMONIC_PUNPCKLDQ:
    case ZYDIS_MNEMONIC_UNPCKLPS: return unpack_words(out);
    case ZYDIS_MNEMONIC_PSHUFD: return shuffle_words(out);
    case ZYDIS_MNEMONIC_PINSRD: return insert_word(out, 4);
    case ZYDIS_MNEMONIC_PINSRQ: return insert_word(out, 8);
    case ZYDIS_MNEMONIC_PEXTRD: return extract_word(out, 4);
    case ZYDIS_MNEMONIC_PEXTRQ: return extract_word(out, 8);
    case ZYDIS_MNEMONIC_XORPS:
    case ZYDIS_MNEMONIC_XORPD:
    case ZYDIS_MNEMONIC_PXOR:
    case ZYDIS_MNEMONIC_VXORPS:
    case ZYDIS_MNEMONIC_VXORPD:
    case ZYDIS_MNEMONIC_VPXOR: return combine(out, Alu::bit_xor);
    case ZYDIS_MNEMONIC_ORPS:
    case ZYDIS_MNEMONIC_POR: return combine(out, Alu::bit_or);
    case ZYDIS_MNEMONIC_ANDPS:
    case ZYDIS_MNEMONIC_PAND: return combine(out, Alu::bit_and);
    default: return false;
  }
}

}  // namespace scanner::trace::x86
