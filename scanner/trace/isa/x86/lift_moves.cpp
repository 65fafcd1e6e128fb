#include <cstdint>

#include "scanner/trace/isa/x86/length.hpp"
#include "scanner/trace/isa/x86/lift.hpp"

namespace scanner::trace::x86 {
namespace {

/// What a write to the 32-bit register does to the rest.
void clear_high_half(Emitter& out, Reg reg) {
  Op& op = out.emit(OpKind::copy);
  op.dst = op.a = reg;
  op.width = 4;
}

}  // namespace

void lift_move(Emitter& out, bool sign) {
  const auto& destination = out.operand(0);
  const auto& source = out.operand(1);
  // The common forms get one operation, so that states stay small and evaluation fast.
  if (is_register(destination)) {
    const Register reg = out.general(destination.reg.value);
    if (reg.number == kNoReg) {
      return;
    }
    if (reg.width >= 4 && is_immediate(source) && out.immediate_is_address()) {
      out.address_from_immediate(reg.number);
      return;
    }
    if (reg.width >= 4 && is_immediate(source)) {
      Op& op = out.emit(OpKind::set);
      op.dst = reg.number;
      op.imm = immediate(source);
      if (reg.width == 4) op.imm &= 0xFFFFFFFFU;
      return;
    }
    if (reg.width >= 4 && is_memory(source) && !is_processor_data(source)) {
      const Mem mem = out.memory(source);
      Op& op = out.emit(OpKind::load);
      op.dst = reg.number;
      op.width = static_cast<std::uint8_t>(width_of(source));
      op.sign = sign;
      op.mem = mem;
      if (sign && reg.width == 4) clear_high_half(out, reg.number);
      return;
    }
    if (reg.width >= 4 && is_register(source)) {
      const Register from = out.general(source.reg.value);
      if (from.number == kNoReg || from.shift != 0) {
        out.clobber(reg.number);
        return;
      }
      Op& op = out.emit(OpKind::copy);
      op.dst = reg.number;
      op.a = from.number;
      op.width = static_cast<std::uint8_t>(from.width);
      op.sign = sign;
      if (sign && reg.width == 4) clear_high_half(out, reg.number);
      return;
    }
  }
  if (is_memory(destination) && is_register(source) && out.general(source.reg.value).number == kNoReg) {
    out.write_unknown(destination);
    return;
  }
  out.write(destination, out.read(source, kScratchA));
}

void lift_lea(Emitter& out) {
  const Register reg = out.general(out.operand(0).reg.value);
  const Mem mem = out.memory(out.operand(1));
  if (mem.in_image && mem.base == kNoReg && mem.index == kNoReg) {
    Op& op = out.emit(OpKind::address);
    op.dst = reg.number;
    op.imm = static_cast<std::uint64_t>(mem.disp);
  } else {
    Op& op = out.emit(OpKind::lea);
    op.dst = reg.number;
    op.width = static_cast<std::uint8_t>(reg.width);
    op.mem = mem;
  }
}

/// Register and memory change places.
bool lift_exchange_with_memory(Emitter& out) {
  const bool first = is_memory(out.operand(0));
  const auto& memory = out.operand(first ? 0 : 1);
  const Register reg = out.general(out.operand(first ? 1 : 0));
  if (!is_memory(memory) || is_processor_data(memory) || reg.number == kNoReg || reg.width < 4) return false;
  const Reg old = out.read(memory, kScratchA);
  out.write(memory, reg.number);
  out.write(reg, old);
  return true;
}

void lift_exchange(Emitter& out) {
  if (lift_exchange_with_memory(out)) return;
  const Register left = out.general(out.operand(0));
  const Register right = out.general(out.operand(1));
  if (left.number == kNoReg || right.number == kNoReg || left.width < 4 || right.width < 4) {
    out.clobber_written();
    return;
  }
  Op& keep = out.emit(OpKind::copy);
  keep.dst = kScratchA;
  keep.a = left.number;
  out.write(left, right.number);
  out.write(right, kScratchA);
}

void lift_extend_accumulator(Emitter& out) {
  Op& op = out.emit(OpKind::copy);
  op.dst = op.a = kAccumulator;
  op.width = 4;
  op.sign = true;
}

void lift_string(Emitter& out, bool copies) {
  const auto width = static_cast<std::uint8_t>(out.operand(0).size / 8);
  if (copies) {
    Op& op = out.emit(OpKind::load);
    op.dst = kScratchA;
    op.width = width;
    op.mem.base = kSource;
  }
  Op& op = out.emit(OpKind::store);
  op.width = width;
  op.a = copies ? kScratchA : kAccumulator;
  op.mem.base = kDestination;
  for (const Reg reg : {kDestination, kSource}) {
    if (reg == kSource && !copies) continue;
    Op& step = out.emit(OpKind::alu);
    step.alu = Alu::add;
    step.dst = step.a = reg;
    step.width = out.word();
    step.imm = width;
  }
}

void lift_repeated_string(Emitter& out, bool copies) {
  const auto width = static_cast<std::uint8_t>(out.operand(0).size / 8);
  Op& op = out.emit(OpKind::repeat);
  op.width = width;
  op.a = copies ? kNoReg : kAccumulator;
  op.b = kCounter;
  op.mem.base = kDestination;
  op.mem.index = copies ? kSource : kNoReg;
  Op& bytes = out.emit(OpKind::alu);
  bytes.alu = Alu::mul;
  bytes.dst = kScratchA;
  bytes.a = kCounter;
  bytes.width = out.word();
  bytes.imm = width;
  for (const Reg reg : {kDestination, kSource}) {
    if (reg == kSource && !copies) continue;
    Op& step = out.emit(OpKind::alu);
    step.alu = Alu::add;
    step.dst = step.a = reg;
    step.b = kScratchA;
    step.width = out.word();
  }
  out.emit(OpKind::set).dst = kCounter;
}

namespace {

/// The condition in the opcode of setcc and cmovcc; of sbb that of the carry.
void set_condition(const ZydisDecodedInstruction& instruction, Op& select) {
  constexpr std::uint8_t kBelow = 2;
  const std::uint8_t opcode = instruction.mnemonic == ZYDIS_MNEMONIC_SBB ? kBelow : instruction.opcode;
  select.condition = condition_in(opcode);
  select.signed_condition = is_signed_in(opcode);
}

}  // namespace

void lift_condition(Emitter& out, std::uint64_t when_false, std::uint64_t when_true) {
  Op& no = out.emit(OpKind::set);
  no.dst = kScratchA;
  no.imm = when_false;
  Op& yes = out.emit(OpKind::set);
  yes.dst = kScratchB;
  yes.imm = when_true;
  Op& op = out.emit(OpKind::select);
  op.dst = op.a = kScratchA;
  op.b = kScratchB;
  set_condition(out.instruction(), op);
  out.write(out.operand(0), kScratchA);
}

void lift_conditional_move(Emitter& out) {
  const Register reg = out.general(out.operand(0).reg.value);
  const Reg source = out.read(out.operand(1), kScratchA);
  Op& op = out.emit(OpKind::select);
  op.dst = reg.width >= 4 ? reg.number : kScratchA;
  op.a = reg.number;
  op.b = source;
  set_condition(out.instruction(), op);
  op.width = static_cast<std::uint8_t>(reg.width);
  if (reg.width < 4) out.clobber(reg.number);
}

}  // namespace scanner::trace::x86
