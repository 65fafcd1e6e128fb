#include <algorithm>
#include <cstdint>

#include "scanner/trace/isa/arm64/lift.hpp"

namespace scanner::trace::arm64 {
namespace {

void write_back(Emitter& out, const Word& word) {
  if (word.rm != kNone) {
    out.clobber(word.rn);  // structures of vectors, by a register or by their size
  } else {
    out.alu(Alu::add, word.rn, word.rn, word.imm, 8);
  }
}

Mem address(Emitter& out, const Word& word) {
  Mem mem;
  mem.base = word.rn;
  if (word.mode == Address::indexed) {
    mem.index = word.rm;
    if (word.rm == kZero || word.extend != Extend::none) {
      if (word.rm == kZero) {
        out.set(kScratchB, 0);
      } else {
        out.copy(kScratchB, word.rm, 4, word.extend == Extend::signed_word);
      }
      mem.index = kScratchB;
    }
    mem.scale = static_cast<std::uint8_t>(1U << word.shift);
  } else if (word.mode == Address::offset) {
    mem.disp = static_cast<std::int64_t>(word.imm);
  } else if (word.mode == Address::before) {
    write_back(out, word);
  }
  return mem;
}

constexpr unsigned kHalfWidth = 8;  // of a vector register

/// Halves that are not loaded become zero. What a structure is taken apart into is not modelled.
void load_vector(Emitter& out, std::uint8_t reg, const Word& word, const Mem& mem) {
  constexpr unsigned kMostRegisters = 4, kRegisters = 32;
  if (word.structure) {
    for (unsigned i = 0; i < kMostRegisters; ++i) out.clobber_vector((reg + i) % kRegisters);
    return;
  }
  for (const unsigned half : {0U, 1U}) {
    const unsigned begin = half * kHalfWidth;
    if (begin >= word.width) {
      out.set(wide_register(reg, half), 0);
      continue;
    }
    Op& op = out.emit(OpKind::load);
    op.dst = wide_register(reg, half);
    op.width = static_cast<std::uint8_t>(std::min<unsigned>(word.width - begin, kHalfWidth));
    op.mem = mem;
    op.mem.disp += begin;
  }
}

void store_vector(Emitter& out, std::uint8_t reg, const Word& word, const Mem& mem) {
  for (unsigned begin = 0; begin < word.width; begin += kHalfWidth) {
    Op& op = out.emit(OpKind::store);
    op.a = wide_register(reg, begin / kHalfWidth);
    op.width = static_cast<std::uint8_t>(std::min<unsigned>(word.width - begin, kHalfWidth));
    op.mem = mem;
    op.mem.disp += begin;
  }
}

void load_one(Emitter& out, std::uint8_t reg, const Word& word, const Mem& mem) {
  if (word.vector) return load_vector(out, reg, word, mem);
  if (reg == kZero) return;
  Op& op = out.emit(OpKind::load);
  op.dst = reg;
  op.width = word.width;
  op.sign = word.sign;
  op.mem = mem;
  if (word.sign && word.result_width == 4) out.copy(reg, reg, 4);
}

void store_one(Emitter& out, std::uint8_t reg, const Word& word, const Mem& mem) {
  if (word.vector && !word.structure) return store_vector(out, reg, word, mem);
  Op& op = out.emit(OpKind::store);
  op.width = word.width;
  op.mem = mem;
  op.weak = word.weak;
  if (word.vector || reg == kNone) {
    op.unknown = true;
  } else if (reg != kZero) {
    op.a = reg;  // else: imm, which is 0
  }
}

void write_status(Emitter& out, const Word& word) {
  if (word.exchange && word.status != kZero) {
    out.copy(word.status, kScratchA, word.width);
  } else if (word.status != kZero) {
    out.clobber(word.status);
  }
  if (word.status_pair && word.status + 1 != kZero) out.clobber(static_cast<std::uint8_t>(word.status + 1));
}

}  // namespace

void lift_load_store(Emitter& out, const Word& word) {
  const bool load = word.form == Form::load || word.form == Form::load_pair;
  const bool pair = word.form == Form::load_pair || word.form == Form::store_pair;
  const Mem first = address(out, word);
  Mem second = first;
  second.disp += word.width;
  if (load) {
    // A base that is overwritten is read last.
    const bool base_first = pair && word.rd == word.rn;
    if (base_first) load_one(out, word.ra, word, second);
    load_one(out, word.rd, word, first);
    if (pair && !base_first) load_one(out, word.ra, word, second);
  } else {
    if (word.exchange) load_one(out, kScratchA, word, first);
    store_one(out, word.rd, word, first);
    if (pair) store_one(out, word.ra, word, second);
    if (word.status != kNone) write_status(out, word);
  }
  if (word.mode == Address::after) write_back(out, word);
}

/// The block is as long as the processor says, 64 bytes on every one that runs Windows, and aligned: it may begin that
/// much below the address.
void lift_zero_block(Emitter& out, const Word& word) {
  constexpr std::uint64_t kBlock = 64;
  out.alu(Alu::sub, kScratchC, out.source(word.rn, kScratchC), kBlock - 1, 8);
  out.set(kScratchA, 2 * kBlock - 1);
  Op& op = out.emit(OpKind::repeat);
  op.width = 1;
  op.a = op.b = kScratchA;
  op.unknown = true;
  op.mem.base = kScratchC;
}

void lift_load_literal(Emitter& out, const Word& word, const pe::Image& image) {
  if (!word.vector && word.rd == kZero) return;
  const auto at = static_cast<std::uint32_t>(word.imm);
  const pe::Section* section = image.section_at(at);
  const auto value = image.load(at, word.width);
  if (!word.vector && word.width == 4 && value && section != nullptr && !section->writable()) {
    out.set(word.rd, word.sign ? static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(*value)}) : *value);
    return;
  }
  Mem mem;
  mem.in_image = true;
  mem.disp = at;
  load_one(out, word.rd, word, mem);
}

}  // namespace scanner::trace::arm64
