#include <cstddef>
#include <cstdint>

#include "scanner/trace/isa/x86/lift.hpp"

namespace scanner::trace::x86 {
namespace {

/// Bytes that a push or pop moves: a word, or two with an operand-size prefix.
std::uint8_t pushed_bytes(const Emitter& out) {
  return out.instruction().operand_width == 16 ? std::uint8_t{2} : out.word();
}

void store_below(Emitter& out, Reg value) {
  const std::uint8_t bytes = pushed_bytes(out);
  out.adjust_stack(-static_cast<std::int64_t>(bytes));
  Op& op = out.emit(OpKind::store);
  op.width = bytes;
  op.a = value;
  op.mem.base = kStackPointer;
}

void take_top(Emitter& out, Reg into) {
  const std::uint8_t bytes = pushed_bytes(out);
  Op& op = out.emit(OpKind::load);
  op.dst = into;
  op.width = bytes;
  op.mem.base = kStackPointer;
  out.adjust_stack(bytes);
}

}  // namespace

void lift_push(Emitter& out) {
  const Reg source = out.read(out.operand(0), kScratchA);
  Reg value = source;
  if (source == kStackPointer) {
    Op& op = out.emit(OpKind::copy);
    op.dst = value = kScratchA;
    op.a = kStackPointer;
  }
  store_below(out, value);
}

void lift_push_all(Emitter& out) {
  Op& keep = out.emit(OpKind::copy);
  keep.dst = kScratchA;
  keep.a = kStackPointer;
  for (Reg reg = 0; reg < 8; ++reg) store_below(out, reg == kStackPointer ? kScratchA : reg);
}

void lift_pop(Emitter& out) {
  take_top(out, kScratchB);
  out.write(out.operand(0), kScratchB);
}

void lift_pop_all(Emitter& out) {
  for (Reg reg = 8; reg-- > 0;) take_top(out, reg == kStackPointer ? kScratchB : reg);
}

void lift_push_flags(Emitter& out) {
  out.clobber(kScratchA);
  store_below(out, kScratchA);
}

void lift_pop_flags(Emitter& out) {
  out.adjust_stack(4);
  out.compare_with_zero(kNoReg, 8);
}

void lift_enter(Emitter& out) {
  store_below(out, kFramePointer);
  Op& op = out.emit(OpKind::copy);
  op.dst = kFramePointer;
  op.a = kStackPointer;
  out.adjust_stack(-static_cast<std::int64_t>(out.operand(0).imm.value.u));
}

void lift_leave(Emitter& out) {
  Op& op = out.emit(OpKind::copy);
  op.dst = kStackPointer;
  op.a = kFramePointer;
  take_top(out, kScratchB);
  out.write(Register{kFramePointer, out.word(), 0}, kScratchB);
}

void lift_call(Emitter& out, pe::Bytes code) {
  std::uint32_t target = 0;
  Reg through = kNoReg;
  if (is_immediate(out.operand(0))) {
    target = static_cast<std::uint32_t>(out.next() + static_cast<std::uint64_t>(out.operand(0).imm.value.s));
  } else {
    through = out.read(out.operand(0), kScratchB);
  }
  if (!out.is_64() && target == out.next()) {  // `call` of the next instruction, which pops its own address
    Op& here = out.emit(OpKind::address);
    here.dst = kScratchA;
    here.imm = out.next();
    store_below(out, kScratchA);
    return;
  }
  Op& op = out.emit(OpKind::call);
  op.target = target;
  op.a = through;
  // `call probe; sub rsp, rax`: a stack probe changes nothing, and its size stays in rax.
  const pe::Bytes behind = code.from(out.instruction().length);
  const std::size_t rex = out.is_64() ? 1 : 0;
  op.keeps_registers =
      behind.size() >= 2 + rex && (!out.is_64() || behind[0] == 0x48) &&
      ((behind[rex] == 0x2B && behind[rex + 1] == 0xE0) || (behind[rex] == 0x29 && behind[rex + 1] == 0xC4));
}

void lift_return(Emitter& out) {
  Op& op = out.emit(OpKind::ret);
  op.imm = out.instruction().operand_count_visible > 0 ? out.operand(0).imm.value.u : 0;
}

}  // namespace scanner::trace::x86
