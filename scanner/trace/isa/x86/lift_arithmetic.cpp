#include <algorithm>
#include <cstdint>

#include "scanner/trace/isa/x86/lift.hpp"

namespace scanner::trace::x86 {
namespace {

Carry carry_of(Alu kind, std::uint64_t imm, unsigned width) {
  if (kind == Alu::sub && imm == 1) return Carry::at_minus_one;
  const bool minus_one = imm == (width == 4 ? 0xFFFFFFFFU : ~std::uint64_t{0});
  return kind == Alu::add && minus_one ? Carry::not_at_minus_one : Carry::unknown;
}

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
  const Reg left = out.read(destination, kScratchA);
  Reg right = kNoReg;
  std::uint64_t imm = 0;
  if (is_immediate(source) && !out.immediate_is_address()) {
    imm = immediate(source);
  } else {
    right = out.read(source, kScratchB);
  }
  const Register reg = out.general(destination);
  const bool direct = reg.number != kNoReg && reg.width >= 4;
  Op& op = out.emit(OpKind::alu);
  op.alu = kind;
  op.width = static_cast<std::uint8_t>(width);
  op.a = left;
  op.b = right;
  op.imm = imm;
  op.dst = direct ? reg.number : kScratchA;
  if (!direct) out.write(destination, kScratchA);
  const bool sum = kind == Alu::sub || kind == Alu::add;
  Op& flags = out.compare_with_zero(
      direct && (sum || kind == Alu::bit_or || kind == Alu::bit_and) ? reg.number : kNoReg, width, sum);
  if (sum && right == kNoReg) flags.carry = carry_of(kind, width == 4 ? imm & 0xFFFFFFFFU : imm, width);
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

/// mul, div: of rax, and for div of rdx above it.
void lift_wide_product(Emitter& out, Alu high_or_rest) {
  const auto& operand = out.operand(0);
  const auto width = static_cast<std::uint8_t>(width_of(operand));
  if (width < 4) {
    out.clobber_written();
  } else {
    const Reg source = out.read(operand, kScratchA);
    const auto emit = [&](Alu what, Reg to) {
      Op& op = out.emit(OpKind::alu);
      op.alu = what;
      op.width = width;
      op.dst = to;
      op.a = kAccumulator;
      op.b = source;
    };
    emit(high_or_rest, kScratchB);
    if (high_or_rest == Alu::mul_high) {
      emit(Alu::mul, kAccumulator);
    } else {
      out.clobber(kAccumulator);
    }
    Op& op = out.emit(OpKind::copy);
    op.dst = kData;
    op.a = kScratchB;
    op.width = width;
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
    if (width < 8) imm &= (std::uint64_t{1} << (8 * width)) - 1;
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
  Op& op = out.emit(OpKind::compare);
  op.a = a;
  op.b = b;
  op.imm = imm;
  op.width = static_cast<std::uint8_t>(width);
}

}  // namespace scanner::trace::x86
