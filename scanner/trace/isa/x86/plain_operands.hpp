// The instructions that compilers write most, decoded without Zydis: moves, sums, comparisons, pushes, calls and
// branches of general registers, without prefixes but REX. Zydis takes ten times as long for them, and decoding was a
// tenth of a survey.
#pragma once

#include "pe/image.hpp"
#include "scanner/trace/isa/x86/emitter.hpp"

namespace scanner::trace::x86 {

/// Fills in of `out` what lifting and set_flow() ask for, as Zydis would: of the operands those that are visible, and
/// the category of branches, calls and returns only. False: not one of these, or fewer than kLongestX86 bytes are left;
/// ask Zydis.
bool decode_plain(pe::Bytes code, bool is_64, Decoded& out);

}  // namespace scanner::trace::x86
