// Lifting of x64 and x86 instructions, a function per kind: lift_moves.cpp, lift_arithmetic.cpp and lift_stack.cpp have
// them, lift.cpp says which instruction is of which kind, control_flow.cpp where it leads. Each appends to the emitter
// the operations of its current instruction.
#pragma once

#include <Zydis/Zydis.h>

#include <cstdint>

#include "pe/image.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/isa/x86/emitter.hpp"

namespace scanner::trace::x86 {

/// The emitter's instruction, with which `code` begins.
void lift(Emitter& out, pe::Bytes code, ControlFlow flow);

// --- flow of control, from Zydis' account of it. length.hpp answers the same for plain instructions without Zydis; the
// tests hold the two against each other.
/// Fills in flow, condition, target and padding of `out`, whose RVA and length stand there already.
void set_flow(const ZydisDecodedInstruction& instruction, Instruction& out);
/// 32-bit code, behind set_flow(): what compilers of its time put where others put a `nop` or an `int3`. `code` begins
/// with the instruction.
void note_habits_of_32(const ZydisDecodedInstruction& instruction, pe::Bytes code, Instruction& out);

// --- moves: values go from place to place as they are, or one of two does
/// mov, movzx; with `sign` movsx.
void lift_move(Emitter& out, bool sign);
void lift_lea(Emitter& out);
void lift_exchange(Emitter& out);
/// cdqe
void lift_extend_accumulator(Emitter& out);
/// movsd and stosd without a count: small structures are copied by a row of them.
void lift_string(Emitter& out, bool copies);
/// The same with rep: as often as the counter says, which is 0 then.
void lift_repeated_string(Emitter& out, bool copies);
/// A condition as a number in the first operand.
void lift_condition(Emitter& out, std::uint64_t when_false, std::uint64_t when_true);
/// cmovcc
void lift_conditional_move(Emitter& out);

/// Moves of xmm registers, and what clears them. False: the instruction is none of those.
bool lift_wide(Emitter& out);

// --- arithmetic
/// dst = dst ∘ source for the two-operand forms.
void lift_arithmetic(Emitter& out, Alu kind);
/// dst = dst ∘ imm for the one-operand forms.
void lift_unary(Emitter& out, Alu kind, std::uint64_t imm);
void lift_negate(Emitter& out);
/// imul in its forms with one, two and three operands.
void lift_multiply(Emitter& out);
void lift_wide_product(Emitter& out, Alu high_or_rest);
/// sbb
void lift_subtract_with_borrow(Emitter& out);
/// cmp, and test of a register with itself.
void lift_compare(Emitter& out);
void lift_bit_test(Emitter& out);
void lift_rotate(Emitter& out, bool left);

// --- what moves the stack pointer
void lift_push(Emitter& out);
void lift_pop(Emitter& out);
/// pushad, popad: in the order of their numbers, with the stack pointer as it was before.
void lift_push_all(Emitter& out);
void lift_pop_all(Emitter& out);
void lift_push_flags(Emitter& out);
void lift_pop_flags(Emitter& out);
/// enter bytes, 0
void lift_enter(Emitter& out);
void lift_leave(Emitter& out);
/// `code` begins with the instruction.
void lift_call(Emitter& out, pe::Bytes code);
void lift_return(Emitter& out);

}  // namespace scanner::trace::x86
