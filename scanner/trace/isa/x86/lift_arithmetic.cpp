#include <algorithm>
#include <cstdint>

#include "scanner/trace/isa/x86/lift.hpp"

namespace scanner::trace::x86 {
namespace {

/// What is compared, in a register that holds nothing else: part of one is extended with zeros.
Reg compared(Emitter& out, const ZydisDecodedOperand& operand, Reg scratch) {
  const Reg reg = out.read(operand, scratch);
  const unsigned width = width_of(operand);
  if (width >= 4 || reg == scratch) return reg;
  Op& op = out.emit(OpKind::copy);
  op.dst = scratch;
  op.a = reg;
  op.width = static_cast<std::uint8_t>(width);
  return scratch;
}

void compare(Emitter& out, Reg a, Reg b, std::uint64_t imm, unsigned width) {
  Op& op = out.emit(OpKind::compare);
  op.a = a;
  op.b = b;
  op.imm = width < 8 ? imm & ((std::uint64_t{1} << (8 * width)) - 1) : imm;
  op.width = static_cast<std::uint8_t>(width);
}

}  // namespace

void lift_arithmetic(Emitter& out, Alu kind) {
  const auto& destination = out.operand(0);
  const unsigned width = width_of(destination);
  const auto& source = out.operand(1);
  if (same_register(destination, source) && (kind == Alu::bit_xor || kind == Alu::sub)) {
    Op& op = out.emit(OpKind::set);
    op.dst = kScratchA;
    out.write(destination, kScratchA);
    return;
  }
  // Some bits of a part are bits of the whole: their names are kept.
  const bool few_bits = kind == Alu::bit_and && width < 4;
  const Reg left = few_bits ? compared(out, destination, kScratchA) : out.read(destination, kScratchA);
  Reg right = kNoReg;
  std::uint64_t imm = 0;
  if (is_immediate(source) && !out.immediate_is_address()) {
    imm = immediate(source);
  } else {
    right = out.read(source, kScratchB);
  }
  const Register reg = out.general(destination);
  const bool direct = reg.number != kNoReg && reg.width >= 4, difference = direct && kind == Alu::sub;
  // The flags of a difference are those of a comparison.
  if (difference) compare(out, left, right, imm, width);
  Op& op = out.emit(OpKind::alu);
  op.alu = kind;
  op.width = static_cast<std::uint8_t>(few_bits ? 4 : width);
  op.a = left;
  op.b = right;
  op.imm = imm;
  op.dst = direct ? reg.number : kScratchA;
  if (!direct) out.write(destination, kScratchA);
  if (difference) return;
  const bool sum = kind == Alu::add, bits = kind == Alu::bit_or || kind == Alu::bit_and;
  const Reg result = direct ? reg.number : kScratchA;
  Op& flags = out.compare_with_zero(bits || (direct && sum) ? result : kNoReg, width, sum);
  const bool minus_one = imm == ~std::uint64_t{0} || (width == 4 && imm == 0xFFFFFFFFU);
  if (sum && right == kNoReg && minus_one) flags.carries_unless_minus_one = true;
}

void lift_unary(Emitter& out, Alu kind, std::uint64_t imm) {
  const unsigned width = width_of(out.operand(0));
  const Reg source = out.read(out.operand(0), kScratchA);
  Op& op = out.emit(OpKind::alu);
  op.alu = kind;
  op.width = static_cast<std::uint8_t>(width);
  op.a = source;
  op.imm = imm;
  op.dst = kScratchA;
  out.write(out.operand(0), kScratchA);
  const Register reg = out.general(out.operand(0));
  // Of a part of a register nobody knows what the whole would compare like.
  const bool whole = reg.width >= 4 && (kind == Alu::add || kind == Alu::sub);
  out.compare_with_zero(whole ? reg.number : kNoReg, width, true);
}

/// By a number of bits that is known, of a whole register.
void lift_rotate(Emitter& out, bool left) {
  const Register reg = out.general(out.operand(0));
  const unsigned bits = 8 * reg.width;
  if (reg.number == kNoReg || reg.width < 4 || !is_immediate(out.operand(1))) {
    out.clobber_written();
    out.compare_with_zero(kNoReg, 8);
    return;
  }
  const std::uint64_t by = immediate(out.operand(1)) & (bits - 1);
  const auto part = [&](Alu kind, std::uint64_t count, Reg to) {
    Op& op = out.emit(OpKind::alu);
    op.alu = kind;
    op.width = static_cast<std::uint8_t>(reg.width);
    op.dst = to;
    op.a = reg.number;
    op.imm = count;
  };
  if (by != 0) {
    part(Alu::shl, left ? by : bits - by, kScratchA);
    part(Alu::shr, left ? bits - by : by, kScratchB);
    Op& op = out.emit(OpKind::alu);
    op.alu = Alu::bit_or;
    op.width = static_cast<std::uint8_t>(reg.width);
    op.dst = reg.number;
    op.a = kScratchA;
    op.b = kScratchB;
  }
  out.compare_with_zero(kNoReg, 8);
}

void lift_negate(Emitter& out) {
  lift_unary(out, Alu::bit_xor, ~std::uint64_t{0});
  lift_unary(out, Alu::add, 1);
}

void lift_multiply(Emitter& out) {
  const unsigned count = out.instruction().operand_count_visible;
  const Register reg = count >= 2 ? out.general(out.operand(0).reg.value) : Register{};
  if (count < 2 || reg.number == kNoReg || reg.width < 4) {
    out.clobber_written();
  } else if (count == 2) {
    lift_arithmetic(out, Alu::mul);
  } else {
    const Reg source = out.read(out.operand(1), kScratchA);
    Op& op = out.emit(OpKind::alu);
    op.alu = Alu::mul;
    op.width = static_cast<std::uint8_t>(reg.width);
    op.dst = reg.number;
    op.a = source;
    op.imm = static_cast<std::uint64_t>(out.operand(2).imm.value.s);
  }
  out.compare_with_zero(kNoReg, 8);
}

/// rdx above rax, as one number of 8 bytes. Of 16 bytes there are no numbers: compilers clear rdx before they divide.
void lift_dividend(Emitter& out, unsigned width) {
  Op& upper = out.emit(width == 8 ? OpKind::copy : OpKind::alu);
  upper.alu = Alu::shl;
  upper.dst = kScratchC;
  upper.a = kData;
  upper.imm = 32;
  Op& whole = out.emit(OpKind::alu);
  whole.alu = Alu::bit_or;
  whole.dst = kScratchC;
  whole.a = kScratchC;
  whole.b = kAccumulator;
}

/// mul, div: of rax, and for div of rdx above it.
void lift_wide_product(Emitter& out, Alu high_or_rest) {
  const auto& operand = out.operand(0);
  const auto width = static_cast<std::uint8_t>(width_of(operand));
  const bool multiplies = high_or_rest == Alu::mul_high;
  if (width < 4) {
    out.clobber_written();
  } else {
    const Reg source = out.read(operand, kScratchA);
    if (!multiplies) lift_dividend(out, width);
    const auto emit = [&](Alu what, Reg to) {
      Op& op = out.emit(OpKind::alu);
      op.alu = what;
      op.width = multiplies ? width : std::uint8_t{8};
      op.dst = to;
      op.a = multiplies ? kAccumulator : kScratchC;
      op.b = source;
    };
    emit(high_or_rest, kScratchB);
    emit(multiplies ? Alu::mul : Alu::divide, kAccumulator);
    for (const Reg to : {kData, kAccumulator}) {
      if (multiplies && to == kAccumulator) continue;
      Op& op = out.emit(OpKind::copy);
      op.dst = to;
      op.a = to == kData ? kScratchB : kAccumulator;
      op.width = width;
    }
  }
  out.compare_with_zero(kNoReg, 8);
}

void lift_subtract_with_borrow(Emitter& out) {
  // `sbb r, r` makes a mask of the carry flag: the usual way to choose between two constants without a branch.
  if (same_register(out.operand(0), out.operand(1)) && out.operand(0).size >= 32) {
    lift_condition(out, 0, out.operand(0).size == 64 ? ~std::uint64_t{0} : 0xFFFFFFFFU);
  } else {
    out.clobber_written();
  }
  out.compare_with_zero(kNoReg, 8);
}

/// The carry becomes a bit: that is so where 0 is below it.
void lift_bit_test(Emitter& out) {
  const auto& bits = out.operand(0);
  const auto& number = out.operand(1);
  const Register reg = out.general(bits);
  if (reg.number == kNoReg || reg.width < 4) {
    out.compare_with_zero(kNoReg, 8);
    return;
  }
  Op& shift = out.emit(OpKind::alu);
  shift.alu = Alu::shr;
  shift.width = static_cast<std::uint8_t>(reg.width);
  shift.dst = kScratchA;
  shift.a = reg.number;
  if (is_immediate(number)) {
    shift.imm = immediate(number) & (8 * reg.width - 1);
  } else {
    shift.b = out.general(number).number;
  }
  Op& bit = out.emit(OpKind::alu);
  bit.alu = Alu::bit_and;
  bit.dst = bit.a = kScratchA;
  bit.imm = 1;
  out.emit(OpKind::set).dst = kScratchB;
  compare(out, kScratchB, kScratchA, 0, reg.width);
}

void lift_compare(Emitter& out) {
  const auto& left = out.operand(0);
  const auto& right = out.operand(1);
  const bool test = out.instruction().mnemonic == ZYDIS_MNEMONIC_TEST;
  const unsigned width = width_of(left);
  const Reg a = compared(out, left, kScratchA);
  if (test && same_register(left, right)) {
    out.compare_with_zero(a, width);
    return;
  }
  Reg b = kNoReg;
  std::uint64_t imm = 0;
  if (is_immediate(right) && !out.immediate_is_address()) {
    imm = immediate(right);
  } else {
    b = compared(out, right, kScratchB);
  }
  if (test) {
    Op& op = out.emit(OpKind::alu);
    op.alu = Alu::bit_and;
    op.width = static_cast<std::uint8_t>(std::max(width, 4U));
    op.dst = kScratchA;
    op.a = a;
    op.b = b;
    op.imm = imm;
    out.compare_with_zero(kScratchA, width);
    return;
  }
  compare(out, a, b, imm, width);
}

}  // namespace scanner::trace::x86
