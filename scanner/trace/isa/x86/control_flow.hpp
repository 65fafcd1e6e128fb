// What an x64 or x86 instruction does to the flow of control, from Zydis' account of it. length.hpp answers the
// same for plain instructions without Zydis; the tests hold the two against each other.
#pragma once

#include <Zydis/Zydis.h>

#include "pe/image.hpp"
#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace::x86 {

/// Fills in flow, condition, target and padding of `out`, whose RVA and length stand there already.
void set_flow(const ZydisDecodedInstruction& instruction, Instruction& out);

/// 32-bit code, behind set_flow(): what compilers of its time put where others put a `nop` or an `int3`. `code` begins
/// with the instruction.
void note_habits_of_32(const ZydisDecodedInstruction& instruction, pe::Bytes code, Instruction& out);

}  // namespace scanner::trace::x86
