#include "scanner/trace/arm64_emitter.hpp"

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

Reg Emitter::operand(const Word& word, Reg scratch) {
  const Reg from = source(word.rm, scratch);
  const unsigned width = word.width;
  switch (word.extend) {
    case Extend::none: return from;
    case Extend::shl: alu(Alu::shl, scratch, from, word.shift, width); return scratch;
    case Extend::shr: alu(Alu::shr, scratch, from, word.shift, width); return scratch;
    case Extend::sar: alu(Alu::sar, scratch, from, word.shift, width); return scratch;
    case Extend::unsigned_word:
    case Extend::signed_word:
      copy(scratch, from, 4, word.extend == Extend::signed_word);
      if (word.shift != 0) alu(Alu::shl, scratch, scratch, word.shift, 8);
      return scratch;
    case Extend::ror:
    case Extend::other: break;
  }
  clobber(scratch);
  return scratch;
}

}  // namespace scanner::trace::arm64
