// The encodings of loads and stores ("Loads and Stores" in section C4 of the manual), the largest group of words.
#include <array>
#include <bit>

#include "scanner/trace/isa/arm64/decode.hpp"

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

/// st1 to st4, ld1 to ld4: `width` says how many bytes they move, which they may also add to rn.
Word vector_structure(std::uint32_t word) {
  Word out;
  out.rn = reg(word, 5);
  out.rd = reg(word, 0);
  out.vector = out.structure = true;
  out.form = bit(word, 22) ? Form::load : Form::store;
  if (bit(word, 24)) {  // one lane
    const unsigned scale = field(word, 14, 2), registers = 2 * field(word, 13, 1) + field(word, 21, 1) + 1;
    const bool replicates = scale == 3;
    const unsigned bytes = 1U << (replicates ? field(word, 10, 2) : scale == 2 && bit(word, 10) ? 3U : scale);
    if (replicates && out.form == Form::store) return {};
    out.width = static_cast<std::uint8_t>(bytes * registers);
  } else {
    constexpr std::array<std::uint8_t, 16> kRegisters = {4, 0, 4, 0, 3, 0, 3, 1, 2, 0, 2};
    const unsigned registers = kRegisters[field(word, 12, 4)];
    if (registers == 0) return {};
    out.width = static_cast<std::uint8_t>(registers * (bit(word, 30) ? 16 : 8));
  }
  if (!bit(word, 23)) return out;
  out.mode = Address::after;
  out.rm = reg(word, 16);
  if (out.rm != kZero) return out;
  out.rm = kNone;
  out.imm = out.width;
  return out;
}

/// Atomic memory operations: rt gets the old content.
Word atomic(std::uint32_t word) {
  Word out;
  out.width = static_cast<std::uint8_t>(1U << field(word, 30, 2));
  out.rn = reg(word, 5);
  const unsigned operation = field(word, 12, 4);
  if (operation == 12) {  // ldapr
    out.form = Form::load;
    out.rd = reg(word, 0);
    out.result_width = out.width == 8 ? 8 : 4;
    return out;
  }
  out.form = Form::store;
  out.status = reg(word, 0);
  out.exchange = operation == 8;
  if (out.exchange) out.rd = reg(word, 16);
  return out;
}

/// What came with later editions: ordered accesses with an offset, and memory tags, which only some stores of write
/// data, too.
Word later_forms(std::uint32_t word) {
  Word out;
  const unsigned kind = field(word, 10, 2), operation = field(word, 22, 2);
  out.rn = reg(word, 5);
  if (!bit(word, 21)) {  // stlur, ldapur
    if (kind != 0 || !access(out, word) || out.form == Form::hint) return {};
    out.imm = static_cast<std::uint64_t>(signed_field(word, 12, 9));
    return out;
  }
  if (field(word, 30, 2) != 3) return {};
  if (kind == 0) {
    out.form = operation == 1 || operation == 3 ? Form::other : operation == 0 ? Form::zero_block : Form::hint;
    if (out.form == Form::other) out.rd = reg(word, 0);  // ldg, ldgm; stzgm; stgm
    return out;
  }
  const bool zeroes = (operation & 1) != 0;  // stzg, stz2g
  out.imm = static_cast<std::uint64_t>(signed_field(word, 12, 9) * 16);
  out.form = zeroes ? Form::store : kind == 2 ? Form::hint : Form::add_immediate;
  out.rd = zeroes ? kZero : out.rn;
  out.width = zeroes ? static_cast<std::uint8_t>(operation == 1 ? 16 : 32) : 8;
  constexpr std::array kModes = {Address::offset, Address::after, Address::offset, Address::before};
  if (zeroes) out.mode = kModes[kind];
  return out;
}

/// Exclusive and ordered accesses, compare and swap.
Word exclusive(std::uint32_t word) {
  Word out;
  out.rn = reg(word, 5);
  const unsigned size = field(word, 30, 2);
  if (bit(word, 24)) return {};
  const bool ordered = bit(word, 23), load = bit(word, 22), two = bit(word, 21);
  out.width = static_cast<std::uint8_t>(1 << size);
  out.result_width = size == 3 ? 8 : 4;
  out.rd = reg(word, 0);
  if (two && (ordered || size < 2)) {  // cas, casp: rs gets what stood there
    out.form = Form::store;
    out.weak = true;
    out.status = reg(word, 16);
    if (ordered) return out;
    if ((word & 0x00007C00U) != 0x00007C00U || (out.status & 1) != 0 || (out.rd & 1) != 0) return {};
    out.form = Form::store_pair;
    out.ra = static_cast<std::uint8_t>(out.rd + 1);
    out.status_pair = true;
    out.width = size == 1 ? 8 : 4;
    return out;
  }
  if (two) {
    out.form = load ? Form::load_pair : Form::store_pair;
    out.ra = reg(word, 10);
  } else {
    out.form = load ? Form::load : Form::store;
  }
  if (!ordered && !load) out.status = reg(word, 16);
  out.weak = out.status != kNone;
  return out;
}

/// A load of a word that stands near the code.
Word literal(std::uint32_t word, std::uint32_t rva) {
  Word out;
  const unsigned opcode = field(word, 30, 2);
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

Word pair(std::uint32_t word) {
  Word out;
  out.rn = reg(word, 5);
  const unsigned size = field(word, 30, 2);
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

Word one_register(std::uint32_t word) {
  Word out;
  out.rn = reg(word, 5);
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
  if (bit(word, 26)) return {};
  if (field(word, 10, 2) == 0) return atomic(word);
  if (field(word, 30, 2) != 3) return {};
  out.form = Form::load;  // ldraa, ldrab: by an authenticated pointer
  out.rd = reg(word, 0);
  out.imm = static_cast<std::uint64_t>((signed_field(word, 22, 1) * 512 + field(word, 12, 9)) * 8);
  if (bit(word, 11)) out.mode = Address::before;
  return out;
}

}  // namespace

Word decode_load_store(std::uint32_t word, std::uint32_t rva) {
  switch (field(word, 28, 2)) {
    case 0: return bit(word, 26) ? vector_structure(word) : exclusive(word);
    case 1:
      if (!bit(word, 24)) return literal(word, rva);
      return bit(word, 26) ? Word{} : later_forms(word);
    case 2: return pair(word);
    default: return one_register(word);
  }
}

}  // namespace scanner::trace::arm64
