// Lifting of A64 instructions, a function per form: lift_arithmetic.cpp and lift_memory.cpp have them,
// lift.cpp says which word takes which. Each appends the operations of `word` to the emitter.
#pragma once

#include "pe/image.hpp"
#include "scanner/trace/isa/arm64/decode.hpp"
#include "scanner/trace/isa/arm64/emitter.hpp"

namespace scanner::trace::arm64 {

void lift_add_immediate(Emitter& out, const Word& word);
void lift_add_register(Emitter& out, const Word& word);
void lift_logic_immediate(Emitter& out, const Word& word);
void lift_logic_register(Emitter& out, const Word& word);
void lift_move_keep(Emitter& out, const Word& word);
/// sbfm, bfm, ubfm: a field of rn moves down to bit 0, or the low bits of rn move up.
void lift_bitfield(Emitter& out, const Word& word);
void lift_extract(Emitter& out, const Word& word);
void lift_select(Emitter& out, const Word& word);
void lift_multiply(Emitter& out, const Word& word);

/// A word of the group of vectors and floating point?
bool is_vector_word(std::uint32_t word);
/// Such a word. False: what it does to general registers and flags is for the caller to say.
bool lift_vector(Emitter& out, std::uint32_t word);

/// load, store, load_pair, store_pair.
void lift_load_store(Emitter& out, const Word& word);
void lift_zero_block(Emitter& out, const Word& word);
/// What stands at the literal in data that nobody can write is known already.
void lift_load_literal(Emitter& out, const Word& word, const pe::Image& image);

}  // namespace scanner::trace::arm64
