// Which instruction of x64 and x86 is lifted as what. What has no case of its own clobbers what it writes.
#include "scanner/trace/isa/x86/lift.hpp"

#include <Zydis/Zydis.h>

namespace scanner::trace::x86 {
namespace {

/// What only 32-bit code has, or what is modelled closer there. False: has no case here.
bool lift_32(Emitter& out) {
  switch (out.instruction().mnemonic) {
    case ZYDIS_MNEMONIC_INT3: return true;
    case ZYDIS_MNEMONIC_PUSHAD: lift_push_all(out); return true;
    case ZYDIS_MNEMONIC_POPAD: lift_pop_all(out); return true;
    case ZYDIS_MNEMONIC_PUSHFD: lift_push_flags(out); return true;
    case ZYDIS_MNEMONIC_POPFD: lift_pop_flags(out); return true;
    case ZYDIS_MNEMONIC_ENTER:
      if (out.operand(1).imm.value.u != 0) return false;
      lift_enter(out);
      return true;
    default: return false;
  }
}

/// movs and stos, with and without rep. False: another instruction (movsd is one of SSE's, too).
bool lift_string_instruction(Emitter& out) {
  const ZydisDecodedInstruction& instruction = out.instruction();
  bool copies = false;
  switch (instruction.mnemonic) {
    case ZYDIS_MNEMONIC_MOVSB:
    case ZYDIS_MNEMONIC_MOVSW:
    case ZYDIS_MNEMONIC_MOVSD:
    case ZYDIS_MNEMONIC_MOVSQ: copies = true; break;
    case ZYDIS_MNEMONIC_STOSB:
    case ZYDIS_MNEMONIC_STOSW:
    case ZYDIS_MNEMONIC_STOSD:
    case ZYDIS_MNEMONIC_STOSQ: break;
    default: return false;
  }
  if (instruction.meta.category != ZYDIS_CATEGORY_STRINGOP) return false;
  if ((instruction.attributes & ZYDIS_ATTRIB_HAS_REP) != 0) {
    lift_repeated_string(out, copies);
  } else {
    lift_string(out, copies);
  }
  return true;
}

/// Branches leave registers alone but for those that count.
void lift_branch(Emitter& out) {
  switch (out.instruction().mnemonic) {
    case ZYDIS_MNEMONIC_LOOP:
    case ZYDIS_MNEMONIC_LOOPE:
    case ZYDIS_MNEMONIC_LOOPNE: {
      Op& op = out.emit(OpKind::alu);
      op.alu = Alu::sub;
      op.dst = op.a = kCounter;
      op.width = out.word();
      op.imm = 1;
      return;
    }
    default: return;
  }
}

}  // namespace

void lift(Emitter& out, pe::Bytes code, ControlFlow flow) {
  if (flow == ControlFlow::branch) {
    lift_branch(out);
    return;
  }
  if (flow == ControlFlow::trap) return;
  if (!out.is_64() && lift_32(out)) return;
  if (flow == ControlFlow::next && lift_string_instruction(out)) return;
  if (out.instruction().meta.category == ZYDIS_CATEGORY_SETCC) {
    lift_condition(out, 0, 1);
    return;
  }
  switch (out.instruction().mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_MOVZX: lift_move(out, false); return;
    case ZYDIS_MNEMONIC_MOVSX:
    case ZYDIS_MNEMONIC_MOVSXD: lift_move(out, true); return;
    case ZYDIS_MNEMONIC_LEA: lift_lea(out); return;
    case ZYDIS_MNEMONIC_ADD: lift_arithmetic(out, Alu::add); return;
    case ZYDIS_MNEMONIC_SUB: lift_arithmetic(out, Alu::sub); return;
    case ZYDIS_MNEMONIC_OR: lift_arithmetic(out, Alu::bit_or); return;
    case ZYDIS_MNEMONIC_AND: lift_arithmetic(out, Alu::bit_and); return;
    case ZYDIS_MNEMONIC_XOR: lift_arithmetic(out, Alu::bit_xor); return;
    case ZYDIS_MNEMONIC_IMUL: lift_multiply(out); return;
    case ZYDIS_MNEMONIC_MUL: lift_wide_product(out, Alu::mul_high); return;
    case ZYDIS_MNEMONIC_DIV: lift_wide_product(out, Alu::remainder); return;
    case ZYDIS_MNEMONIC_SHL: lift_arithmetic(out, Alu::shl); return;
    case ZYDIS_MNEMONIC_SHR: lift_arithmetic(out, Alu::shr); return;
    case ZYDIS_MNEMONIC_SAR: lift_arithmetic(out, Alu::sar); return;
    case ZYDIS_MNEMONIC_ROL: lift_rotate(out, true); return;
    case ZYDIS_MNEMONIC_ROR: lift_rotate(out, false); return;
    case ZYDIS_MNEMONIC_SBB: lift_subtract_with_borrow(out); return;
    case ZYDIS_MNEMONIC_NEG: lift_negate(out); return;
    case ZYDIS_MNEMONIC_INC: lift_unary(out, Alu::add, 1); return;
    case ZYDIS_MNEMONIC_DEC: lift_unary(out, Alu::sub, 1); return;
    case ZYDIS_MNEMONIC_NOT: lift_unary(out, Alu::bit_xor, ~std::uint64_t{0}); return;
    case ZYDIS_MNEMONIC_BSWAP: lift_unary(out, Alu::bswap, 0); return;
    case ZYDIS_MNEMONIC_PUSH: lift_push(out); return;
    case ZYDIS_MNEMONIC_POP: lift_pop(out); return;
    case ZYDIS_MNEMONIC_LEAVE: lift_leave(out); return;
    case ZYDIS_MNEMONIC_XCHG:
      if (!same_register(out.operand(0), out.operand(1))) lift_exchange(out);
      return;
    case ZYDIS_MNEMONIC_CALL: lift_call(out, code); return;
    case ZYDIS_MNEMONIC_JMP:
      if (flow == ControlFlow::indirect_jump) {
        const Reg through = out.read(out.operand(0), kScratchB);
        out.emit(OpKind::jump).a = through;
      }
      return;
    case ZYDIS_MNEMONIC_RET: lift_return(out); return;
    case ZYDIS_MNEMONIC_CMOVB:
    case ZYDIS_MNEMONIC_CMOVBE:
    case ZYDIS_MNEMONIC_CMOVL:
    case ZYDIS_MNEMONIC_CMOVLE:
    case ZYDIS_MNEMONIC_CMOVNB:
    case ZYDIS_MNEMONIC_CMOVNBE:
    case ZYDIS_MNEMONIC_CMOVNL:
    case ZYDIS_MNEMONIC_CMOVNLE:
    case ZYDIS_MNEMONIC_CMOVNO:
    case ZYDIS_MNEMONIC_CMOVNP:
    case ZYDIS_MNEMONIC_CMOVNS:
    case ZYDIS_MNEMONIC_CMOVNZ:
    case ZYDIS_MNEMONIC_CMOVO:
    case ZYDIS_MNEMONIC_CMOVP:
    case ZYDIS_MNEMONIC_CMOVS:
    case ZYDIS_MNEMONIC_CMOVZ: lift_conditional_move(out); return;
    case ZYDIS_MNEMONIC_CDQE: lift_extend_accumulator(out); return;
    case ZYDIS_MNEMONIC_CMP:
    case ZYDIS_MNEMONIC_TEST: lift_compare(out); return;
    case ZYDIS_MNEMONIC_BT: lift_bit_test(out); return;
    case ZYDIS_MNEMONIC_NOP: return;
    default:
      if (lift_wide(out)) return;
      out.clobber_written();
      out.compare_with_zero(kNoReg, 8);
      return;
  }
}

}  // namespace scanner::trace::x86
