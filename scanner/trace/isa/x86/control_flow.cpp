// What an x64 or x86 instruction does to the flow of control.
#include "scanner/trace/isa/x86/lift.hpp"

#include <cstdint>

namespace scanner::trace::x86 {
namespace {

Condition condition_of(ZydisMnemonic mnemonic) {
  switch (mnemonic) {
    case ZYDIS_MNEMONIC_JZ: return Condition::equal;
    case ZYDIS_MNEMONIC_JNZ: return Condition::not_equal;
    case ZYDIS_MNEMONIC_JB: return Condition::below;
    case ZYDIS_MNEMONIC_JBE: return Condition::below_equal;
    case ZYDIS_MNEMONIC_JNBE: return Condition::above;
    case ZYDIS_MNEMONIC_JNB: return Condition::above_equal;
    case ZYDIS_MNEMONIC_JL: return Condition::below;
    case ZYDIS_MNEMONIC_JLE: return Condition::below_equal;
    case ZYDIS_MNEMONIC_JNLE: return Condition::above;
    case ZYDIS_MNEMONIC_JNL: return Condition::above_equal;
    case ZYDIS_MNEMONIC_JS: return Condition::negative;
    case ZYDIS_MNEMONIC_JNS: return Condition::not_negative;
    default: return Condition::other;
  }
}

std::uint32_t relative_target(const ZydisDecodedInstruction& instruction, const Instruction& out) {
  return static_cast<std::uint32_t>(out.rva + instruction.length +
                                    static_cast<std::uint64_t>(instruction.raw.imm[0].value.s));
}
}  // namespace

void set_flow(const ZydisDecodedInstruction& instruction, Instruction& out) {
  switch (instruction.meta.category) {
    case ZYDIS_CATEGORY_COND_BR:
      out.flow = ControlFlow::branch;
      out.condition = condition_of(instruction.mnemonic);
      out.signed_condition = instruction.mnemonic == ZYDIS_MNEMONIC_JL || instruction.mnemonic == ZYDIS_MNEMONIC_JLE ||
                             instruction.mnemonic == ZYDIS_MNEMONIC_JNL || instruction.mnemonic == ZYDIS_MNEMONIC_JNLE;
      out.target = relative_target(instruction, out);
      break;
    case ZYDIS_CATEGORY_UNCOND_BR:
      if (instruction.raw.imm[0].is_relative) {
        out.flow = ControlFlow::jump;
        out.target = relative_target(instruction, out);
      } else {
        out.flow = ControlFlow::indirect_jump;
      }
      break;
    case ZYDIS_CATEGORY_RET: out.flow = ControlFlow::ret; break;
    default: break;
  }
  if (instruction.mnemonic == ZYDIS_MNEMONIC_INT3 || instruction.mnemonic == ZYDIS_MNEMONIC_UD2 ||
      instruction.mnemonic == ZYDIS_MNEMONIC_HLT ||
      (instruction.mnemonic == ZYDIS_MNEMONIC_INT && instruction.raw.imm[0].value.u == 0x29))
    out.flow = ControlFlow::trap;
  out.padding = instruction.mnemonic == ZYDIS_MNEMONIC_INT3 || instruction.mnemonic == ZYDIS_MNEMONIC_NOP;
}

void note_habits_of_32(const ZydisDecodedInstruction& instruction, pe::Bytes code, Instruction& out) {
  // DbgBreakPoint() is often the instruction itself, in the middle of a function; padding comes in rows.
  if (instruction.mnemonic == ZYDIS_MNEMONIC_INT3 && code.size() > 1 && code[1] != 0xCC) out.flow = ControlFlow::next;
  // Before there was a long `nop`: `lea esi, [esi+0]`, `mov edi, edi`.
  const auto& raw = instruction.raw;
  const bool same = raw.modrm.reg == (raw.modrm.rm == 4 && raw.modrm.mod != 3 ? raw.sib.base : raw.modrm.rm);
  const bool indexed = raw.modrm.rm == 4 && raw.sib.index != 4;
  if (instruction.mnemonic == ZYDIS_MNEMONIC_LEA)
    out.padding = same && !indexed && raw.modrm.mod != 0 && raw.disp.value == 0;
  if (instruction.mnemonic == ZYDIS_MNEMONIC_MOV && (code[0] == 0x8B || code[0] == 0x89))
    out.padding = raw.modrm.mod == 3 && same;
}

}  // namespace scanner::trace::x86
