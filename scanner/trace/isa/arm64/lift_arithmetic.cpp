#include <cstdint>

#include "scanner/trace/isa/arm64/lift.hpp"

namespace scanner::trace::arm64 {
namespace {

void add(Emitter& out, const Word& word, Reg a, Reg b, std::uint64_t imm) {
  const unsigned width = word.width;
  const Reg to = out.target(word.rd);
  if (word.flags && word.subtract) {
    out.compare(a, b, imm, width);
  } else if (word.flags && b == kNoReg && imm != 0) {
    out.compare(a, kNoReg, (~imm + 1) & ones(8 * width), width);  // cmn: the same carry as comparing with the negative
  } else if (word.flags) {
    out.compare_unknown();
  }
  if (word.flags && word.rd == kZero) return;
  if (b == kNoReg && imm == 0) {
    out.copy(to, a, width);
  } else if (word.subtract && a == b) {
    out.set(to, 0);
  } else {
    out.alu(word.subtract ? Alu::sub : Alu::add, to, a, b, imm, width);
  }
}

void logic(Emitter& out, const Word& word, Reg a, Reg b, std::uint64_t imm) {
  const Reg to = out.target(word.rd);
  if (word.alu == Alu::bit_xor && a == b) {
    out.set(to, 0);
  } else {
    out.alu(word.alu, to, a, b, imm, word.width);
  }
  if (word.flags) out.compare(word.rd == kZero && a == b && !word.invert ? a : to, kNoReg, 0, word.width);
}
}  // namespace

void lift_add_immediate(Emitter& out, const Word& word) {
  const Reg rn = word.rn;  // 31 is sp here, which has that number
  if (!word.flags && word.rd == kStack) {
    out.alu(word.subtract ? Alu::sub : Alu::add, kStack, rn, word.imm, word.width);
  } else {
    add(out, word, rn, kNoReg, word.imm);
  }
}

void lift_add_register(Emitter& out, const Word& word) {
  const Reg b = out.operand(word, kScratchB);
  const Reg a = word.stack ? word.rn : out.source(word.rn, kScratchA);
  if (word.stack && word.rd == kStack && !word.flags) {
    out.alu(word.subtract ? Alu::sub : Alu::add, kStack, a, b, 0, word.width);
  } else if (word.rn == kZero && !word.stack && !word.subtract && !word.flags) {
    out.copy(out.target(word.rd), b, word.width);
  } else {
    add(out, word, a, b, 0);
  }
}

void lift_logic_immediate(Emitter& out, const Word& word) {
  if (word.rn == kZero && word.alu == Alu::bit_or && !word.flags) {
    out.set(word.rd, word.imm);
  } else if (word.rd == kStack && !word.flags) {
    out.alu(word.alu, kStack, out.source(word.rn, kScratchA), word.imm, word.width);
  } else {
    logic(out, word, out.source(word.rn, kScratchA), kNoReg, word.imm);
  }
}

void lift_logic_register(Emitter& out, const Word& word) {
  const bool plain = word.rn == kZero && word.alu == Alu::bit_or && word.extend == Extend::none;
  if (plain && !word.invert && word.rd != kZero) {  // mov
    if (word.rm == kZero) {
      out.set(word.rd, 0);
    } else {
      out.copy(word.rd, word.rm, word.width);
    }
    return;
  }
  Reg b = out.operand(word, kScratchB);
  if (word.invert) {
    out.alu(Alu::bit_xor, kScratchB, b, ones(8 * word.width), word.width);
    b = kScratchB;
  }
  if (word.rn == kZero && word.alu != Alu::bit_and) {
    out.copy(out.target(word.rd), b, word.width);
    return;
  }
  logic(out, word, out.source(word.rn, kScratchA), b, 0);
}

void lift_move_keep(Emitter& out, const Word& word) {
  if (word.rd == kZero) return;
  const std::uint64_t mask = ~(std::uint64_t{0xFFFF} << word.shift) & ones(8U * word.width);
  out.alu(Alu::bit_and, word.rd, word.rd, mask, word.width);
  out.alu(Alu::bit_or, word.rd, word.rd, word.imm << word.shift, word.width);
}

void lift_bitfield(Emitter& out, const Word& word) {
  const unsigned bits = 8U * word.width;
  const bool down = word.last >= word.shift;
  const unsigned count = down ? word.last - word.shift + 1U : word.last + 1U;
  const unsigned lift = down ? 0 : bits - word.shift;  // where the field goes
  const unsigned low = down ? word.shift : 0;          // where it comes from
  const Reg from = out.source(word.rn, kScratchA);
  const Reg to = out.target(word.rd);
  const unsigned width = word.width;
  if (word.bits == Bits::keep) {
    Reg part = from;
    if (low != 0) out.alu(Alu::shr, kScratchA, part, low, width), part = kScratchA;
    out.alu(Alu::bit_and, kScratchA, part, ones(count), width);
    if (lift != 0) out.alu(Alu::shl, kScratchA, kScratchA, lift, width);
    out.alu(Alu::bit_and, kScratchB, out.source(word.rd, kScratchB), ~(ones(count) << lift) & ones(bits), width);
    out.alu(Alu::bit_or, to, kScratchB, kScratchA, 0, width);
    return;
  }
  const bool sign = word.bits == Bits::sign;
  const bool whole = low == 0 && lift == 0 && (count == 8 || count == 16 || count == 32);
  if (whole) {  // uxtb, sxth, …
    out.copy(to, from, count / 8, sign);
    if (sign && width == 4) out.copy(to, to, 4);
  } else if (down && count + low == bits) {
    out.alu(sign ? Alu::sar : Alu::shr, to, from, low, width);
  } else if (!down && count + lift == bits) {
    out.alu(Alu::shl, to, from, lift, width);
  } else if (sign) {
    out.alu(Alu::shl, kScratchA, from, bits - low - count, width);
    out.alu(Alu::sar, to, kScratchA, bits - count - lift, width);
  } else {
    Reg part = from;
    if (low != 0) out.alu(Alu::shr, kScratchA, part, low, width), part = kScratchA;
    out.alu(Alu::bit_and, lift == 0 ? to : kScratchA, part, ones(count), width);
    if (lift != 0) out.alu(Alu::shl, to, kScratchA, lift, width);
  }
}

void lift_extract(Emitter& out, const Word& word) {
  const unsigned bits = 8U * word.width;
  const Reg low = out.source(word.rm, kScratchB);
  if (word.shift == 0) {
    out.copy(out.target(word.rd), low, word.width);
    return;
  }
  out.alu(Alu::shr, kScratchB, low, word.shift, word.width);
  out.alu(Alu::shl, kScratchA, out.source(word.rn, kScratchA), bits - word.shift, word.width);
  out.alu(Alu::bit_or, out.target(word.rd), kScratchA, kScratchB, 0, word.width);
}

void lift_select(Emitter& out, const Word& word) {
  const Reg a = out.source(word.rn, kScratchA);
  Reg b = out.source(word.rm, kScratchB);
  const unsigned width = word.width;
  if (word.select != SelectKind::same) {
    const bool plus = word.select == SelectKind::plus_one;
    if (plus) {
      out.alu(Alu::add, kScratchB, b, 1, width);
    } else {
      out.alu(Alu::bit_xor, kScratchB, b, ones(8 * width), width);
      if (word.select == SelectKind::negate) out.alu(Alu::add, kScratchB, kScratchB, 1, width);
    }
    b = kScratchB;
  }
  Op& op = out.emit(OpKind::select);
  op.dst = out.target(word.rd);
  op.a = b;
  op.b = a;
  op.width = static_cast<std::uint8_t>(width);
  op.condition = condition_of(word.condition);
  op.signed_condition = has_sign(word.condition);
}

void lift_multiply(Emitter& out, const Word& word) {
  Reg a = out.source(word.rn, kScratchA), b = out.source(word.rm, kScratchB);
  if (word.result_width == 4 && word.width == 8) {  // smull, umull: of the low halves
    out.copy(kScratchA, a, 4, word.sign);
    out.copy(kScratchB, b, 4, word.sign);
    a = kScratchA;
    b = kScratchB;
  }
  const Reg to = out.target(word.rd);
  if (word.ra == kZero && !word.subtract) {
    out.alu(Alu::mul, to, a, b, 0, word.width);
    return;
  }
  out.alu(Alu::mul, kScratchA, a, b, 0, word.width);
  out.alu(word.subtract ? Alu::sub : Alu::add, to, out.source(word.ra, kScratchB), kScratchA, 0, word.width);
}

}  // namespace scanner::trace::arm64
