#include "scanner/trace/isa/arm64/decode.hpp"

#include <bit>

namespace scanner::trace::arm64 {
namespace {

/// DecodeBitMasks() of the manual: a run of ones, rotated, repeated.
std::optional<std::uint64_t> logic_mask(bool n, unsigned imms, unsigned immr, unsigned width) {
  const unsigned selector = (n ? 64U : 0U) | (~imms & 0x3FU);
  const int length = static_cast<int>(std::bit_width(selector)) - 1;  // of the argument's type before GCC 13
  if (length < 1) return std::nullopt;
  const unsigned size = 1U << length;
  const unsigned ones = imms & (size - 1), rotate = immr & (size - 1);
  if (ones == size - 1 || size > width * 8) return std::nullopt;
  std::uint64_t element = (std::uint64_t{1} << (ones + 1)) - 1;
  const std::uint64_t all = size == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << size) - 1;
  if (rotate != 0) element = ((element >> rotate) | (element << (size - rotate))) & all;
  std::uint64_t mask = 0;
  for (unsigned at = 0; at < 64; at += size) mask |= element << at;
  return width == 4 ? mask & 0xFFFFFFFFU : mask;
}

void logic(Word& out, std::uint32_t opcode) {
  constexpr std::array kKinds = {Alu::bit_and, Alu::bit_or, Alu::bit_xor, Alu::bit_and};
  out.alu = kKinds[opcode];
  out.flags = opcode == 3;
}

Word immediate(std::uint32_t word, std::uint32_t rva) {
  Word out;
  out.width = bit(word, 31) ? 8 : 4;
  out.rd = reg(word, 0);
  out.rn = reg(word, 5);
  const bool wide = out.width == 8;
  switch (field(word, 23, 3)) {
    case 0:
    case 1: {  // adr, adrp
      const auto offset =
          static_cast<std::uint64_t>(signed_field(word, 5, 19)) << 2 | std::uint64_t{field(word, 29, 2)};
      out.form = Form::address;
      out.rn = kNone;
      out.width = 8;
      out.page = wide;
      out.imm = (out.page ? (rva & ~0xFFFULL) + (offset << 12) : rva + offset) & 0xFFFFFFFFU;
      return out;
    }
    case 2:  // add, sub
      out.form = Form::add_immediate;
      out.subtract = bit(word, 30);
      out.flags = bit(word, 29);
      out.imm = std::uint64_t{field(word, 10, 12)} << (bit(word, 22) ? 12 : 0);
      return out;
    case 4: {
      const auto mask = logic_mask(bit(word, 22), field(word, 10, 6), field(word, 16, 6), out.width);
      if (!mask || (!wide && bit(word, 22))) return {};
      out.form = Form::logic_immediate;
      logic(out, field(word, 29, 2));
      out.imm = *mask;
      return out;
    }
    case 5: {  // movn, movz, movk
      const unsigned opcode = field(word, 29, 2);
      out.shift = static_cast<std::uint8_t>(16 * field(word, 21, 2));
      if (opcode == 1 || (!wide && out.shift > 16)) return {};
      out.rn = kNone;
      out.imm = field(word, 5, 16);
      out.form = opcode == 3 ? Form::move_keep : Form::move_zero;
      if (opcode != 3) out.imm <<= out.shift;
      if (opcode == 0) out.imm = ~out.imm;
      if (!wide) out.imm &= 0xFFFFFFFFU;
      return out;
    }
    case 6: {
      const unsigned opcode = field(word, 29, 2);
      if (opcode == 3 || bit(word, 22) != wide) return {};
      out.form = Form::bitfield;
      out.bits = static_cast<Bits>(opcode);
      out.shift = static_cast<std::uint8_t>(field(word, 16, 6));
      out.last = static_cast<std::uint8_t>(field(word, 10, 6));
      if (!wide && (out.shift > 31 || out.last > 31)) return {};
      return out;
    }
    case 7:  // extr
      if (field(word, 29, 2) != 0 || bit(word, 21) || bit(word, 22) != wide || (!wide && bit(word, 15))) return {};
      out.rm = reg(word, 16);
      out.shift = static_cast<std::uint8_t>(field(word, 10, 6));
      out.form = Form::extract;
      return out;
    default: return {};
  }
}

/// Calls of the system and traps; hints, barriers and system registers.
Word system_word(std::uint32_t word) {
  Word out;
  if (field(word, 24, 8) == 0xD4) {
    const unsigned opcode = field(word, 21, 3), low = field(word, 0, 5);
    if (opcode == 0 && low >= 1 && low <= 3) {
      out.form = Form::system_call;
      return out;
    }
    if ((opcode == 1 || opcode == 2) && low == 0) out.form = Form::trap;
    return out;
  }
  // Only mrs and sysl write a general register.
  const bool reads = bit(word, 21);
  if (bit(word, 22) || bit(word, 23)) return out;
  out.form = reads ? Form::other : Form::hint;
  if (out.form == Form::other) out.rd = reg(word, 0);
  const std::uint32_t operation = word & ~0x1FU;
  if (operation == 0xD50B7420U || operation == 0xD50B7480U) {  // dc zva, dc gzva
    out.form = Form::zero_block;
    out.rn = reg(word, 0);
  }
  return out;
}

Word flow(std::uint32_t word, std::uint32_t rva) {
  Word out;
  const auto target = [rva](std::int64_t offset) {
    return static_cast<std::uint32_t>(rva + static_cast<std::uint64_t>(offset) * 4);
  };
  if (field(word, 26, 5) == 5) {
    out.form = bit(word, 31) ? Form::call : Form::jump;
    out.imm = target(signed_field(word, 0, 26));
    return out;
  }
  const unsigned top = field(word, 24, 8);
  if (top == 0x54) {
    if (bit(word, 4)) return {};
    out.condition = static_cast<std::uint8_t>(field(word, 0, 4));
    out.form = out.condition >= 14 ? Form::jump : Form::branch;
    out.imm = target(signed_field(word, 5, 19));
    return out;
  }
  if ((top & 0x7E) == 0x34) {
    out.form = Form::branch_zero;
    out.width = bit(word, 31) ? 8 : 4;
    out.rn = reg(word, 0);
    out.invert = bit(word, 24);
    out.imm = target(signed_field(word, 5, 19));
    return out;
  }
  if ((top & 0x7E) == 0x36) {
    out.form = Form::branch_bit;
    out.rn = reg(word, 0);
    out.invert = bit(word, 24);
    out.shift = static_cast<std::uint8_t>(field(word, 19, 5) | (bit(word, 31) ? 32U : 0U));
    out.imm = target(signed_field(word, 5, 14));
    return out;
  }
  if (top == 0xD4 || top == 0xD5) return system_word(word);
  if (field(word, 25, 7) == 0x6B && field(word, 16, 5) == 31) {
    const unsigned opcode = field(word, 21, 4);
    const unsigned variant = field(word, 10, 6);  // 2 and 3: with pointer authentication
    out.rn = reg(word, 5);
    if (variant != 0 && variant != 2 && variant != 3) return {};
    if (opcode == 0 || opcode == 8) out.form = Form::jump_register;
    if (opcode == 1 || opcode == 9) out.form = Form::call_register;
    if (opcode == 2) out.form = Form::ret;
    return out;
  }
  return out;
}

Extend shift_kind(unsigned kind) {
  constexpr std::array kKinds = {Extend::shl, Extend::shr, Extend::sar, Extend::ror};
  return kKinds[kind];
}

/// The fields that all operations of registers have.
Word register_fields(std::uint32_t word) {
  Word out;
  out.width = bit(word, 31) ? 8 : 4;
  out.rd = reg(word, 0);
  out.rn = reg(word, 5);
  out.rm = reg(word, 16);
  return out;
}

/// Logic and additions, with a register that is shifted or extended.
Word shifted_registers(std::uint32_t word) {
  Word out = register_fields(word);
  out.shift = static_cast<std::uint8_t>(field(word, 10, 6));
  if (out.width == 4 && out.shift > 31 && !(bit(word, 24) && bit(word, 21))) return {};
  if (!bit(word, 24)) {
    out.form = Form::logic_register;
    logic(out, field(word, 29, 2));
    out.invert = bit(word, 21);
    out.extend = out.shift == 0 ? Extend::none : shift_kind(field(word, 22, 2));
    return out;
  }
  out.form = Form::add_register;
  out.subtract = bit(word, 30);
  out.flags = bit(word, 29);
  if (!bit(word, 21)) {
    if (field(word, 22, 2) == 3) return {};
    out.extend = out.shift == 0 ? Extend::none : shift_kind(field(word, 22, 2));
    return out;  // shifted registers know no stack pointer, extended ones do
  }
  out.shift = static_cast<std::uint8_t>(field(word, 10, 3));
  if (field(word, 22, 2) != 0 || out.shift > 4) return {};
  const unsigned option = field(word, 13, 3);
  const Extend whole = out.shift == 0 ? Extend::none : Extend::shl;
  const Extend extends[] = {Extend::unsigned_byte, Extend::unsigned_half, Extend::unsigned_word, whole,
                            Extend::signed_byte,   Extend::signed_half,   Extend::signed_word,   whole};
  out.extend = out.width == 4 && (option == 2 || option == 6) ? whole : extends[option];
  out.stack = true;
  return out;
}

/// Multiplications.
Word three_sources(std::uint32_t word) {
  Word out = register_fields(word);
  const unsigned opcode = field(word, 21, 3);
  out.ra = reg(word, 10);
  out.subtract = bit(word, 15);
  if (field(word, 29, 2) != 0) return {};
  if (opcode == 0) {
    out.form = Form::multiply;
  } else if ((opcode == 1 || opcode == 5) && out.width == 8) {
    out.form = Form::multiply;
    out.result_width = 4;  // of the factors
    out.sign = opcode == 1;
  } else if ((opcode == 2 || opcode == 6) && out.width == 8) {
    out.form = Form::other;  // high half of a product
  }
  return out;
}

Word registers(std::uint32_t word) {
  if (!bit(word, 28)) return shifted_registers(word);
  if (bit(word, 24)) return three_sources(word);
  Word out = register_fields(word);
  switch (field(word, 21, 4)) {
    case 0:  // adc, sbc
      out.flags = bit(word, 29);
      out.form = Form::other;
      return out;
    case 2:  // ccmn, ccmp
      out.rd = kNone;
      out.form = bit(word, 29) ? Form::compare_if : Form::undecodable;
      return out;
    case 4: {
      const unsigned kind = (bit(word, 30) ? 2U : 0U) | field(word, 10, 1);
      if (bit(word, 29) || bit(word, 11)) return {};
      out.form = Form::select;
      out.select = kind == 0   ? SelectKind::same
                   : kind == 1 ? SelectKind::plus_one
                   : kind == 2 ? SelectKind::invert
                               : SelectKind::negate;
      out.condition = static_cast<std::uint8_t>(field(word, 12, 4));
      return out;
    }
    case 6: {
      const unsigned opcode = field(word, 10, 6);
      if (bit(word, 29)) return {};
      out.form = Form::other;
      if (bit(word, 30)) {  // one source
        out.rm = kNone;
        const bool whole = (opcode == 2 && out.width == 4) || (opcode == 3 && out.width == 8);
        if (field(word, 16, 5) == 0 && whole) out.form = Form::reverse;
        return out;
      }
      if (opcode == 2) {
        out.form = Form::shift_register;
        out.alu = Alu::divide;
      }
      if (opcode >= 8 && opcode <= 10) {
        constexpr std::array kKinds = {Alu::shl, Alu::shr, Alu::sar};
        out.form = Form::shift_register;
        out.alu = kKinds[opcode - 8];
      }
      return out;
    }
    default: return {};
  }
}

/// Vectors and floating point: a general register is written by conversions, moves to it, and lane reads.
Word vectors(std::uint32_t word) {
  Word out;
  out.form = Form::other;
  out.rd = kNone;
  const bool scalar = field(word, 24, 7) == 0x1E;  // x0011110
  if (scalar && bit(word, 21) && field(word, 10, 6) == 0) {
    const unsigned opcode = field(word, 16, 3), mode = field(word, 19, 2);
    const bool to_vector = (mode == 0 && (opcode == 2 || opcode == 3)) || opcode == 7;
    if (!to_vector) out.rd = reg(word, 0);
  } else if (scalar && !bit(word, 21) && field(word, 16, 3) <= 1) {
    out.rd = reg(word, 0);  // to fixed point
  } else if ((word & 0xBFE0FC00U) == 0x0E003C00U || (word & 0xBFE0FC00U) == 0x0E002C00U) {
    out.rd = reg(word, 0);  // umov, smov
  }
  return out;
}

}  // namespace

Word decode(std::uint32_t word, std::uint32_t rva) {
  Word out;
  switch (field(word, 25, 4)) {
    case 0:
      if ((word >> 16) == 0) out.form = Form::trap;  // udf
      return out;
    case 8:
    case 9: return immediate(word, rva);
    case 10:
    case 11: return flow(word, rva);
    case 4:
    case 6:
    case 12:
    case 14: return decode_load_store(word, rva);
    case 5:
    case 13: return registers(word);
    case 7:
    case 15: return vectors(word);
    default: return out;
  }
}

std::optional<std::uint32_t> word_at(const pe::Image& image, std::uint32_t rva) {
  return image.from_rva(rva).read<std::uint32_t>(0);
}

bool writes_rd(const Word& word) {
  if (word.rd == kNone || word.vector) return false;
  switch (word.form) {
    case Form::store:
    case Form::store_pair: return false;
    case Form::add_immediate: return word.rd != kZero || !word.flags;
    case Form::logic_immediate: return word.rd != kZero || !word.flags;
    case Form::add_register: return word.rd != kZero || (word.stack && !word.flags);
    default: return word.rd != kZero;
  }
}

}  // namespace scanner::trace::arm64
