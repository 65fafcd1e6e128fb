// One A64 instruction word as fields. Words have one size and few formats, so that a decoder of our own is small and
// fast enough for a pass over every word of a driver; Capstone, which the tests hold it against, takes twenty times as
// long. Covers what moves integers, addresses and the flow of control; of the rest it says which registers are written.
// Layout: "Arm Architecture Reference Manual for A-profile", section C4.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "pe/image.hpp"
#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace::arm64 {

inline constexpr std::uint8_t kZero = 31;   ///< register 31 where it reads as 0
inline constexpr std::uint8_t kStack = 31;  ///< register 31 where it is sp
inline constexpr std::uint8_t kLink = 30;
inline constexpr std::uint8_t kNone = 0xFF;

enum class Form : std::uint8_t {
  undecodable,
  hint,             ///< nop, barriers, prefetches: changes no register
  system_call,      ///< svc, hvc, smc: registers that a callee need not preserve are lost
  zero_block,       ///< dc zva: the aligned block of memory that rn points into becomes zero
  trap,             ///< brk, hlt, udf
  address,          ///< adr, adrp: rd = imm as RVA
  add_immediate,    ///< rd = rn ± imm; 31 is sp (rd only when no flags are set)
  logic_immediate,  ///< rd = rn op imm; rd 31 is sp unless flags are set
  move_zero,        ///< movz and movn: rd = imm
  move_keep,        ///< movk: 16 bits of rd at `shift` become imm
  bitfield,         ///< sbfm, bfm, ubfm: see `bits`
  extract,          ///< extr: rd = the bits of rn:rm from `shift` on
  jump,             ///< b; imm is the target
  call,             ///< bl
  branch,           ///< b.cond; `condition`
  branch_zero,      ///< cbz, cbnz of rn
  branch_bit,       ///< tbz, tbnz of rn
  jump_register,    ///< br rn
  call_register,    ///< blr rn
  ret,
  load_literal,    ///< rd = [imm]
  load,            ///< rd = [address]
  store,           ///< [address] = rd
  load_pair,       ///< rd, ra = [address]
  store_pair,      ///< [address] = rd, ra
  add_register,    ///< rd = rn ± (rm shifted or extended)
  logic_register,  ///< rd = rn op (rm shifted), rm inverted if `invert`
  compare_if,      ///< ccmp, ccmn: flags are anybody's guess
  select,          ///< csel, csinc, csinv, csneg: rd = condition ? rn : f(rm)
  shift_register,  ///< lslv, lsrv, asrv, and udiv
  reverse,         ///< rev of the whole register
  multiply,        ///< rd = ra ± rn · rm
  other            ///< writes rd (if it is a general register) and nothing else
};

enum class Address : std::uint8_t { offset, before, after, indexed };  ///< before, after: rn is written back
/// How the second operand is shifted, or which low part of it counts; parts are shifted left afterwards.
enum class Extend : std::uint8_t {
  none,
  shl,
  shr,
  sar,
  ror,
  unsigned_byte,
  unsigned_half,
  unsigned_word,
  signed_byte,
  signed_half,
  signed_word,
  other
};
enum class Bits : std::uint8_t { sign, keep, zero };
enum class SelectKind : std::uint8_t { same, plus_one, invert, negate };

struct Word {
  Form form = Form::undecodable;
  std::uint8_t rd = kNone, rn = kNone, rm = kNone, ra = kNone;
  std::uint8_t width = 8;         ///< bytes of the operation, or of the access
  std::uint8_t result_width = 8;  ///< loads: of the register that is written
  bool sign = false;              ///< loads, long multiplications
  bool subtract = false;
  bool flags = false;    ///< sets them
  bool invert = false;   ///< logic_register; branch_zero and branch_bit: branches when not zero
  bool vector = false;   ///< the register moved to or from memory is no general one
  bool page = false;     ///< adrp
  bool stack = false;    ///< add_register: 31 is sp as rn, and as rd unless flags are set
  Alu alu = Alu::other;  ///< logic, shift_register
  Address mode = Address::offset;
  Extend extend = Extend::none;
  Bits bits = Bits::zero;
  SelectKind select = SelectKind::same;
  std::uint8_t condition = 14;  ///< as encoded: eq ne hs lo mi pl vs vc hi ls ge lt gt le al nv
  std::uint8_t shift = 0;       ///< of rm, of movk; bitfield: immr; extract: lowest bit; branch_bit: which
  std::uint8_t last = 0;        ///< bitfield: imms
  std::uint8_t status = kNone;  ///< of a store: a register that is written, too (did it work, or what stood there)
  bool status_pair = false;     ///< and the one behind it
  bool structure = false;       ///< vector: a structure, or one lane, of registers from rd on
  bool weak = false;            ///< the store may leave memory as it is
  bool exchange = false;        ///< swp: what stood there goes to `status`
  std::uint64_t imm = 0;        ///< constants; targets and addresses as RVA; displacements sign-extended
};

Word decode(std::uint32_t word, std::uint32_t rva);

/// The word at `rva`, or nothing where the file has no bytes.
std::optional<std::uint32_t> word_at(const pe::Image& image, std::uint32_t rva);

/// Does the instruction, which is no store or branch, write rd?
[[nodiscard]] bool writes_rd(const Word& word);

// --- for the decoders of groups of words ----------------------------------------------------------------------------

/// `count` bits from bit `low` on.
constexpr std::uint32_t field(std::uint32_t word, unsigned low, unsigned count) {
  return (word >> low) & ((1U << count) - 1);
}
constexpr bool bit(std::uint32_t word, unsigned at) { return ((word >> at) & 1) != 0; }
constexpr std::uint8_t reg(std::uint32_t word, unsigned low) { return static_cast<std::uint8_t>(field(word, low, 5)); }

constexpr std::int64_t signed_field(std::uint32_t word, unsigned low, unsigned count) {
  const auto value = static_cast<std::int64_t>(field(word, low, count));
  return value - ((value >> (count - 1)) << count);
}

/// Of decode(): words of the group of loads and stores, atomic operations and prefetches among them.
Word decode_load_store(std::uint32_t word, std::uint32_t rva);

}  // namespace scanner::trace::arm64
