// Lifting of A64 instructions: the emitter that writes operations, and a function per form. Register 31 is the
// difficulty: as a source it reads as zero, as a destination it throws the result away, unless the instruction means
// the stack pointer by it. The forms are in lift_arithmetic.cpp and lift_memory.cpp; lift.cpp says which word takes
// which.
#pragma once

#include <cstdint>

#include "scanner/trace/ir/op_writer.hpp"
#include "scanner/trace/isa/arm64/decode.hpp"

namespace scanner::trace::arm64 {

static_assert(kNone == kNoReg);  // what a word does not name is not written

constexpr std::uint64_t ones(unsigned count) {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

/// Widths are in bytes.
class Emitter : public OpWriter {
 public:
  void set(Reg reg, std::uint64_t value);
  void copy(Reg to, Reg from, unsigned width, bool sign = false);
  /// `b` kNoReg: with `imm`.
  void alu(Alu kind, Reg to, Reg a, Reg b, std::uint64_t imm, unsigned width);
  void alu(Alu kind, Reg to, Reg a, std::uint64_t imm, unsigned width) { alu(kind, to, a, kNoReg, imm, width); }
  void compare(Reg a, Reg b, std::uint64_t imm, unsigned width);
  void compare_unknown() { compare(kNoReg, kNoReg, 0, 8); }
  void clobber_vector(unsigned number) {
    for (const unsigned half : {0U, 1U}) clobber(wide_register(number, half));
  }

  /// A source register where 31 reads as zero.
  Reg source(std::uint8_t reg, Reg scratch) {
    if (reg != kZero) return reg;
    set(scratch, 0);
    return scratch;
  }
  /// A destination where 31 throws the result away.
  static Reg target(std::uint8_t reg) { return reg == kZero ? kScratchA : reg; }
  /// The second operand, shifted or extended as the word says, in a register.
  Reg operand(const Word& word, Reg scratch);

 private:
  Reg part(Reg scratch, Reg from, std::uint8_t bytes, bool sign, const Word& word);
};

// --- lifting, a function per form. Each appends the operations of `word` to the emitter.

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

/// What a condition as it is encoded asks, and is that of numbers with a sign?
Condition condition_of(std::uint8_t encoded);
constexpr bool has_sign(std::uint8_t encoded) { return encoded >= 10; }

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
