// The encodings of loads and stores ("Loads and Stores" in section C4 of the manual), the largest group of words.
#include <array>
#include <bit>

#include "scanner/trace/arm64_encoding.hpp"

namespace scanner::trace::arm64 {
namespace {

/// Loads and stores of one register: size, direction and sign from bits 31:30 and 23:22.
bool access(Word& out, std::uint32_t word) {
  const unsigned size = field(word, 30, 2), opcode = field(word, 22, 2);
  out.rd = reg(word, 0);
  out.vector = bit(word, 26);
  if (out.vector) {
    if (opcode >= 2 && size != 0) return false;
    out.width = static_cast<std::uint8_t>(opcode >= 2 ? 16 : 1 << size);
    out.form = (opcode & 1) != 0 ? Form::load : Form::store;
    return true;
  }
  out.width = static_cast<std::uint8_t>(1 << size);
  out.result_width = size == 3 ? 8 : 4;
  if (opcode == 0) {
    out.form = Form::store;
  } else if (opcode == 1) {
    out.form = Form::load;
  } else {
    if (size == 3 && opcode == 2) {
      out.form = Form::hint;  // prfm
      return true;
    }
    if (size == 3 || (size == 2 && opcode == 3)) return false;
    out.form = Form::load;
    out.sign = true;
    out.result_width = opcode == 2 ? 8 : 4;
  }
  return true;
}

}  // namespace

Word decode_load_store(std::uint32_t word, std::uint32_t rva) {
  Word out;
  out.rn = reg(word, 5);
  const unsigned size = field(word, 30, 2);
  switch (field(word, 28, 2)) {
    case 0: {
      if (bit(word, 26)) {  // structures of vectors
        out.form = Form::store;
        out.vector = true;
        out.width = 64;
        if (bit(word, 22)) out.form = Form::load;
        out.rd = reg(word, 0);
        if (bit(word, 23)) {
          out.mode = Address::after;
          out.rm = reg(word, 16);
          out.imm = 0;
        }
        return out;
      }
      // Exclusive and ordered accesses.
      if (bit(word, 24)) return {};
      const bool ordered = bit(word, 23), load = bit(word, 22), pair = bit(word, 21);
      out.width = static_cast<std::uint8_t>(1 << size);
      out.result_width = size == 3 ? 8 : 4;
      out.rd = reg(word, 0);
      if (pair && (ordered || size < 2)) {  // cas, casp
        out.form = Form::store;
        out.status = reg(word, 16);
        out.alu = Alu::other;
        out.ra = kZero;
        return out;
      }
      if (pair) {
        out.form = load ? Form::load_pair : Form::store_pair;
        out.ra = reg(word, 10);
      } else {
        out.form = load ? Form::load : Form::store;
      }
      if (!ordered && !load) out.status = reg(word, 16);
      return out;
    }
    case 1: {
      if (!bit(word, 24)) {  // literal
        const unsigned opcode = size;
        out.rn = kNone;
        out.vector = bit(word, 26);
        out.form = Form::load_literal;
        out.rd = reg(word, 0);
        out.imm = static_cast<std::uint32_t>(rva + static_cast<std::uint64_t>(signed_field(word, 5, 19)) * 4);
        out.width = out.vector ? static_cast<std::uint8_t>(4U << opcode) : opcode == 1 ? 8 : 4;
        out.sign = opcode == 2 && !out.vector;
        out.result_width = out.sign ? 8 : out.width;
        if (opcode == 3) {
          if (out.vector) return {};
          out.form = Form::hint;  // prfm
          out.rd = kNone;
        }
        return out;
      }
      return {};
    }
    case 2: {  // pairs
      out.vector = bit(word, 26);
      out.rd = reg(word, 0);
      out.ra = reg(word, 10);
      if (size == 3) return {};
      out.width = static_cast<std::uint8_t>(out.vector ? 4U << size : size == 2 ? 8U : 4U);
      if (size == 1 && !out.vector) {
        if (!bit(word, 22)) return {};
        out.sign = true;  // ldpsw
      }
      out.result_width = out.sign ? 8 : out.width;
      out.form = bit(word, 22) ? Form::load_pair : Form::store_pair;
      constexpr std::array kModes = {Address::offset, Address::after, Address::offset, Address::before};
      out.mode = kModes[field(word, 23, 2)];
      out.imm = static_cast<std::uint64_t>(signed_field(word, 15, 7) * out.width);
      return out;
    }
    default: break;
  }
  if (bit(word, 24)) {  // scaled unsigned offset
    if (!access(out, word)) return {};
    out.imm = std::uint64_t{field(word, 10, 12)} * (out.form == Form::hint ? 8U : out.width);
    return out;
  }
  if (!bit(word, 21)) {
    if (!access(out, word)) return {};
    constexpr std::array kModes = {Address::offset, Address::after, Address::offset, Address::before};
    out.mode = kModes[field(word, 10, 2)];
    out.imm = static_cast<std::uint64_t>(signed_field(word, 12, 9));
    if (out.form == Form::hint && out.mode != Address::offset) return {};
    return out;
  }
  if (field(word, 10, 2) == 2) {  // register offset
    if (!access(out, word)) return {};
    const unsigned option = field(word, 13, 3);
    if ((option & 2) == 0) return {};
    out.mode = Address::indexed;
    out.rm = reg(word, 16);
    out.extend = option == 2 ? Extend::unsigned_word : option == 6 ? Extend::signed_word : Extend::none;
    if (bit(word, 12)) out.shift = static_cast<std::uint8_t>(std::countr_zero(std::uint32_t{out.width}));
    return out;
  }
  if (field(word, 10, 2) == 0 && !bit(word, 26)) {  // atomic memory operations: rd gets the old content
    out.form = Form::store;
    out.width = static_cast<std::uint8_t>(1 << size);
    out.rd = kNone;
    out.status = reg(word, 0);
    out.ra = kZero;
    return out;
  }
  return {};
}

}  // namespace scanner::trace::arm64
