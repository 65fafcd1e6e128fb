#include "scanner/trace/isa/arm64/lift.hpp"

namespace scanner::trace::arm64 {

void Emitter::set(Reg reg, std::uint64_t value) {
  Op& op = emit(OpKind::set);
  op.dst = reg;
  op.imm = value;
}

void Emitter::copy(Reg to, Reg from, unsigned width, bool sign) {
  Op& op = emit(OpKind::copy);
  op.dst = to;
  op.a = from;
  op.width = static_cast<std::uint8_t>(width);
  op.sign = sign;
}

void Emitter::alu(Alu kind, Reg to, Reg a, Reg b, std::uint64_t imm, unsigned width) {
  Op& op = emit(OpKind::alu);
  op.alu = kind;
  op.dst = to;
  op.a = a;
  op.b = b;
  op.imm = imm;
  op.width = static_cast<std::uint8_t>(width);
}

void Emitter::compare(Reg a, Reg b, std::uint64_t imm, unsigned width) {
  Op& op = emit(OpKind::compare);
  op.a = a;
  op.b = b;
  op.imm = imm;
  op.width = static_cast<std::uint8_t>(width);
}

/// `bytes` of `from`, extended and shifted left as the word says, in `scratch`.
Reg Emitter::part(Reg scratch, Reg from, std::uint8_t bytes, bool sign, const Word& word) {
  copy(scratch, from, bytes, sign);
  if (word.shift != 0) alu(Alu::shl, scratch, scratch, word.shift, 8);
  if (sign && word.width == 4) copy(scratch, scratch, 4);
  return scratch;
}

Reg Emitter::operand(const Word& word, Reg scratch) {
  const Reg from = source(word.rm, scratch);
  const unsigned width = word.width;
  switch (word.extend) {
    case Extend::none: return from;
    case Extend::shl: alu(Alu::shl, scratch, from, word.shift, width); return scratch;
    case Extend::shr: alu(Alu::shr, scratch, from, word.shift, width); return scratch;
    case Extend::sar: alu(Alu::sar, scratch, from, word.shift, width); return scratch;
    case Extend::unsigned_byte: return part(scratch, from, 1, false, word);
    case Extend::unsigned_half: return part(scratch, from, 2, false, word);
    case Extend::unsigned_word: return part(scratch, from, 4, false, word);
    case Extend::signed_byte: return part(scratch, from, 1, true, word);
    case Extend::signed_half: return part(scratch, from, 2, true, word);
    case Extend::signed_word: return part(scratch, from, 4, true, word);
    case Extend::ror:
      alu(Alu::shr, kScratchC, from, word.shift, width);
      alu(Alu::shl, scratch, from, 8 * width - word.shift, width);
      alu(Alu::bit_or, scratch, scratch, kScratchC, 0, width);
      return scratch;
    case Extend::other: break;
  }
  clobber(scratch);
  return scratch;
}

}  // namespace scanner::trace::arm64
