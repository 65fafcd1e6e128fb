// Two tables, one entry per opcode byte (Intel SDM, volume 2, appendix A, opcode maps): what stands behind the opcode.
// A form that has an exception among its registers, prefixes or operands is `ask`.
#pragma once

#include <array>
#include <cstdint>

namespace scanner::trace::x86 {

enum class Shape : std::uint8_t {
  ask,     ///< not plain
  bare,    ///< the opcode alone
  byte,    ///< one byte of immediate
  wide,    ///< immediate of the operand size
  offset,  ///< an address of 32 bits (mov eax, [address])
  modrm,
  modrm_byte,
  modrm_wide,
  branch_byte,
  branch_wide,
  jump_byte,
  jump_wide,
  call,
  ret,
  ret_word,
  trap,
  string,         ///< may be repeated
  memory,         ///< modrm, and it must name memory
  extended_byte,  ///< modrm whose middle field must be 0, and a byte
  extended_wide,
  shift,  ///< modrm; the middle field 6 is an alias nobody writes
  shift_byte,
  unary_byte,  ///< F6: test has a byte
  unary_wide,  ///< F7: test has an immediate
  increment,   ///< FE
  group_5,     ///< FF
  pop,         ///< 8F
  bit_byte,    ///< 0F BA: from 4 on
};

constexpr std::array<Shape, 256> first_table() {
  std::array<Shape, 256> table{};
  const auto fill = [&table](unsigned from, unsigned to, Shape shape) {
    for (unsigned i = from; i <= to; ++i) table[i] = shape;
  };
  for (unsigned row = 0; row < 0x40; row += 8) {
    fill(row, row + 3, Shape::modrm);
    table[row + 4] = Shape::byte;
    table[row + 5] = Shape::wide;
  }
  fill(0x40, 0x5F, Shape::bare);
  for (const unsigned opcode : {0x27U, 0x2FU, 0x37U, 0x3FU, 0x60U, 0x61U, 0x6CU, 0x6DU, 0x6EU, 0x6FU})
    table[opcode] = Shape::bare;
  table[0x68] = Shape::wide;
  table[0x69] = Shape::modrm_wide;
  table[0x6A] = Shape::byte;
  table[0x6B] = Shape::modrm_byte;
  fill(0x70, 0x7F, Shape::branch_byte);
  table[0x80] = table[0x83] = Shape::modrm_byte;
  table[0x81] = Shape::modrm_wide;
  fill(0x84, 0x8B, Shape::modrm);
  table[0x8D] = Shape::memory;
  table[0x8F] = Shape::pop;
  fill(0x91, 0x99, Shape::bare);
  table[0x9C] = table[0x9D] = Shape::bare;
  fill(0xA0, 0xA3, Shape::offset);
  fill(0xA4, 0xA7, Shape::string);
  table[0xA8] = Shape::byte;
  table[0xA9] = Shape::wide;
  fill(0xAA, 0xAF, Shape::string);
  fill(0xB0, 0xB7, Shape::byte);
  fill(0xB8, 0xBF, Shape::wide);
  table[0xC0] = table[0xC1] = Shape::shift_byte;
  table[0xC2] = Shape::ret_word;
  table[0xC3] = Shape::ret;
  table[0xC6] = Shape::extended_byte;
  table[0xC7] = Shape::extended_wide;
  table[0xC9] = Shape::bare;
  table[0xCC] = Shape::trap;
  fill(0xD0, 0xD3, Shape::shift);
  table[0xE8] = Shape::call;
  table[0xE9] = Shape::jump_wide;
  table[0xEB] = Shape::jump_byte;
  table[0xF6] = Shape::unary_byte;
  table[0xF7] = Shape::unary_wide;
  table[0xFC] = table[0xFD] = Shape::bare;
  table[0xFE] = Shape::increment;
  table[0xFF] = Shape::group_5;
  return table;
}

constexpr std::array<Shape, 256> second_table() {
  std::array<Shape, 256> table{};
  for (unsigned i = 0; i < 16; ++i) {
    table[0x40 + i] = table[0x90 + i] = Shape::modrm;
    table[0x80 + i] = Shape::branch_wide;
  }
  for (const unsigned opcode : {0xA3U, 0xA5U, 0xABU, 0xADU, 0xAFU, 0xB3U, 0xB6U, 0xB7U, 0xBBU, 0xBEU, 0xBFU})
    table[opcode] = Shape::modrm;
  table[0xA4] = table[0xAC] = Shape::modrm_byte;
  table[0xBA] = Shape::bit_byte;
  return table;
}

/// By the first byte, and by the byte behind 0F.
inline constexpr std::array<Shape, 256> kFirst = first_table(), kSecond = second_table();

}  // namespace scanner::trace::x86
