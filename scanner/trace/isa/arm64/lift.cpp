// One A64 word as an instruction, and which word is lifted as what. A word that has no case of its own clobbers what it
// writes.
#include <algorithm>
#include <array>

#include "scanner/trace/isa/arm64/machine.hpp"

namespace scanner::trace::arm64 {
namespace {

constexpr std::uint32_t kWordBytes = 4;
constexpr Reg kFirstPreserved = 18;  // by firmware and hypervisor (SMC calling convention) as by functions

/// Bytes of the number whose sign a branch looks at; 0 when it is another bit.
unsigned sign_width(const Word& word) { return word.shift == 31 ? 4 : word.shift == 63 ? 8 : 0; }

/// False when there is nothing to lift.
bool begin(pe::Bytes code, std::uint32_t rva, Instruction& out, Word& word) {
  out.rva = rva;
  out.length = kWordBytes;
  const auto raw = code.read<std::uint32_t>(0);
  if (!raw) {
    out.flow = ControlFlow::undecodable;
    out.length = static_cast<std::uint8_t>(std::max<std::size_t>(code.size(), 1));
    return false;
  }
  word = arm64::decode(*raw, rva);
  const auto target = static_cast<std::uint32_t>(word.imm);
  constexpr std::uint32_t kNop = 0xD503201FU;
  out.padding = *raw == kNop || word.form == Form::trap;
  switch (word.form) {
    case Form::undecodable: out.flow = ControlFlow::undecodable; return false;
    case Form::trap: out.flow = ControlFlow::trap; return false;
    case Form::jump:
      out.flow = ControlFlow::jump;
      out.target = target;
      break;
    case Form::branch:
      out.flow = ControlFlow::branch;
      out.target = target;
      out.condition = condition_of(word.condition);
      out.signed_condition = has_sign(word.condition);
      break;
    case Form::branch_zero:
      out.flow = ControlFlow::branch;
      out.target = target;
      out.condition = word.invert ? Condition::not_equal : Condition::equal;
      break;
    case Form::branch_bit:
      out.flow = ControlFlow::branch;
      out.target = target;
      // The sign of 32 or 64 bits, or what a mask leaves of the number.
      out.condition = word.invert ? Condition::not_equal : Condition::equal;
      if (sign_width(word) != 0) out.condition = word.invert ? Condition::negative : Condition::not_negative;
      break;
    case Form::jump_register: out.flow = ControlFlow::indirect_jump; break;
    case Form::ret: out.flow = ControlFlow::ret; break;
    default: break;
  }
  return true;
}

}  // namespace

Condition condition_of(std::uint8_t encoded) {
  constexpr std::array<Condition, 16> kConditions = {
      Condition::equal,    Condition::not_equal,    Condition::above_equal, Condition::below,
      Condition::negative, Condition::not_negative, Condition::other,       Condition::other,
      Condition::above,    Condition::below_equal,  Condition::above_equal, Condition::below,
      Condition::above,    Condition::below_equal,  Condition::other,       Condition::other};
  return kConditions[encoded & 15];
}

Instruction Arm64Machine::decode_length(pe::Bytes code, std::uint32_t rva) {
  Instruction out;
  Word word;
  begin(code, rva, out, word);
  return out;
}

Instruction Arm64Machine::decode(pe::Bytes code, std::uint32_t rva, LiftedFunction& function) {
  Instruction out;
  Word word;
  out.first_op = static_cast<std::uint32_t>(function.ops.size());
  if (!begin(code, rva, out, word)) return out;
  emitter_.start(function.ops, rva);
  lift(word, code);
  out.op_count = static_cast<std::uint16_t>(function.ops.size() - out.first_op);
  return out;
}

void Arm64Machine::lift_call(const Word& word, pe::Bytes code) {
  const auto callee = word.form == Form::call ? static_cast<std::uint32_t>(word.imm) : 0;
  const std::int64_t moved = callee != 0 ? stack_effect_of(callee) : 0;
  Op& op = emitter_.emit(OpKind::call);
  op.target = callee;
  if (callee == 0) op.a = word.rn;
  // `mov x15, #pages; bl __chkstk; sub sp, sp, x15, lsl #4`: a stack probe changes nothing.
  constexpr std::uint32_t kSubtractProbed = 0xCB2F73FFU;
  op.keeps_registers = moved != 0 || code.read<std::uint32_t>(kWordBytes) == kSubtractProbed;
  if (moved != 0) emitter_.alu(Alu::add, kStack, kStack, static_cast<std::uint64_t>(moved), 8);
}

/// Where an exclusive store did not store it is tried again, so that what comes behind finds what it stored.
void Arm64Machine::lift_store(Word word, pe::Bytes code) {
  constexpr std::uint32_t kBranchNotZero = 0x35000000U, kOpcodeAndRegister = 0xFF00001FU, kBackwards = 0x00800000U;
  const std::uint32_t next = word.status < kZero ? code.read<std::uint32_t>(kWordBytes).value_or(0) : 0;
  if ((next & kOpcodeAndRegister) == (kBranchNotZero | word.status) && (next & kBackwards) != 0) word.weak = false;
  lift_load_store(emitter_, word);
}

std::int64_t Arm64Machine::stack_effect_of(std::uint32_t callee) {
  const auto [at, fresh] = stack_effects_.emplace(callee, 0);
  if (fresh) at->second = stack_effect(image(), callee);
  return at->second;
}

void Arm64Machine::lift(const Word& word, pe::Bytes code) {
  switch (word.form) {
    case Form::address: {
      if (word.rd == kZero) return;
      Op& op = emitter_.emit(OpKind::address);
      op.dst = word.rd;
      op.imm = word.imm;
      return;
    }
    case Form::add_immediate: lift_add_immediate(emitter_, word); return;
    case Form::add_register: lift_add_register(emitter_, word); return;
    case Form::logic_immediate: lift_logic_immediate(emitter_, word); return;
    case Form::logic_register: lift_logic_register(emitter_, word); return;
    case Form::move_zero:
      if (word.rd != kZero) emitter_.set(word.rd, word.imm);
      return;
    case Form::move_keep: lift_move_keep(emitter_, word); return;
    case Form::bitfield: lift_bitfield(emitter_, word); return;
    case Form::extract: lift_extract(emitter_, word); return;
    case Form::select: lift_select(emitter_, word); return;
    case Form::multiply: lift_multiply(emitter_, word); return;
    case Form::shift_register:
      emitter_.alu(word.alu, Emitter::target(word.rd), emitter_.source(word.rn, kScratchA),
                   emitter_.source(word.rm, kScratchB), 0, word.width);
      return;
    case Form::reverse:
      emitter_.alu(Alu::bswap, Emitter::target(word.rd), emitter_.source(word.rn, kScratchA), 0, word.width);
      return;
    case Form::branch_zero:
      if (word.rn != kZero) emitter_.compare(word.rn, kNoReg, 0, word.width);
      return;
    case Form::branch_bit:
      if (word.rn == kZero) return;
      if (sign_width(word) != 0) {
        emitter_.compare(word.rn, kNoReg, 0, sign_width(word));
      } else {
        emitter_.alu(Alu::bit_and, kScratchA, word.rn, std::uint64_t{1} << word.shift, word.width);
        emitter_.compare(kScratchA, kNoReg, 0, word.width);
      }
      return;
    case Form::compare_if: emitter_.compare_unknown(); return;
    case Form::load:
    case Form::load_pair: lift_load_store(emitter_, word); return;
    case Form::store:
    case Form::store_pair: lift_store(word, code); return;
    case Form::zero_block: lift_zero_block(emitter_, word); return;
    case Form::system_call:
      for (Reg reg = 0; reg < kFirstPreserved; ++reg) emitter_.clobber(reg);
      return;
    case Form::load_literal: lift_load_literal(emitter_, word, image()); return;
    case Form::call:
    case Form::call_register: lift_call(word, code); return;
    case Form::jump_register: emitter_.emit(OpKind::jump).a = word.rn; return;
    case Form::ret: emitter_.emit(OpKind::ret); return;
    case Form::other:
      if (const auto raw = code.read<std::uint32_t>(0); raw && is_vector_word(*raw) && lift_vector(emitter_, *raw))
        return;
      if (writes_rd(word)) emitter_.clobber(word.rd);
      if (word.flags || word.rd == kNone) emitter_.compare_unknown();
      return;
    case Form::undecodable:
    case Form::hint:
    case Form::trap:
    case Form::jump:
    case Form::branch: return;
  }
}

}  // namespace scanner::trace::arm64
