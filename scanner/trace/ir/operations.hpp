// The handful of operations that all instructions of all processors are lifted into, and the lifted function made of
// them. Lifters write them, interp/ interprets them, nobody else needs to know an instruction.
#pragma once

#include <array>
#include <bit>
#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <vector>

namespace scanner::trace {

/// Machine registers by their encoding number (x64: rax=0 … r15=15, rsp=4; ARM64: x0…x30, sp=31), then scratch ones.
using Reg = std::uint8_t;
inline constexpr Reg kScratchA = 32;  ///< lives within one instruction only
inline constexpr Reg kScratchB = 33;
inline constexpr Reg kScratchC = 34;
/// Wide registers (xmm0…xmm15, v0…v31) as two halves of 8 bytes, the low one first.
inline constexpr Reg kFirstWide = 35, kWideCount = 32;
constexpr Reg wide_register(unsigned number, unsigned half) { return static_cast<Reg>(kFirstWide + 2 * number + half); }
inline constexpr Reg kRegCount = kFirstWide + 2 * kWideCount;
inline constexpr Reg kNoReg = 0xFF;

class RegisterSet {
 public:
  constexpr RegisterSet() = default;
  static constexpr RegisterSet all() {
    RegisterSet out;
    out.words_ = {~std::uint64_t{0}, (std::uint64_t{1} << (kRegCount - kBits)) - 1};
    return out;
  }
  /// Those whose bits are set: bit n for register n.
  static constexpr RegisterSet of_bits(std::uint64_t bits) {
    RegisterSet out;
    out.words_[0] = bits;
    return out;
  }

  constexpr void add(Reg reg) { words_[reg / kBits] |= std::uint64_t{1} << (reg % kBits); }
  constexpr void remove(Reg reg) { words_[reg / kBits] &= ~(std::uint64_t{1} << (reg % kBits)); }
  constexpr RegisterSet operator|(const RegisterSet& other) const {
    return {words_[0] | other.words_[0], words_[1] | other.words_[1]};
  }
  constexpr RegisterSet operator&(const RegisterSet& other) const {
    return {words_[0] & other.words_[0], words_[1] & other.words_[1]};
  }
  constexpr RegisterSet without(const RegisterSet& other) const {
    return {words_[0] & ~other.words_[0], words_[1] & ~other.words_[1]};
  }
  constexpr bool operator==(const RegisterSet&) const = default;

  /// The first 64 registers: bit n for register n.
  [[nodiscard]] constexpr std::uint64_t low_bits() const { return words_[0]; }
  [[nodiscard]] constexpr bool all_below(Reg reg) const {
    return reg / kBits == 0 && words_[1] == 0 && words_[0] >> reg == 0;
  }

  template <typename Each>
  void for_each(Each each) const {
    for (unsigned word = 0; word < words_.size(); ++word) {
      for (std::uint64_t left = words_[word]; left != 0; left &= left - 1)
        each(static_cast<Reg>(word * kBits + static_cast<unsigned>(std::countr_zero(left))));
    }
  }

 private:
  static constexpr unsigned kBits = 64;
  constexpr RegisterSet(std::uint64_t low, std::uint64_t high) : words_{low, high} {}

  std::array<std::uint64_t, 2> words_{};
};

/// A place that holds a value when a function is entered: a register, or a stack slot at a byte offset from the stack
/// pointer at entry (which points at the return address on x86 and x64).
using Location = std::int32_t;
inline constexpr Location kStackBase = 0x1000;
constexpr Location stack_location(std::int32_t offset) { return kStackBase + offset; }
constexpr bool is_stack(Location location) { return location >= kStackBase; }

enum class OpKind : std::uint8_t {
  set,      ///< dst = imm
  address,  ///< dst = an address in the image; imm is an RVA
  copy,     ///< dst = a
  alu,      ///< dst = a ∘ (b or imm)
  load,     ///< dst = [mem]
  store,    ///< [mem] = a or imm or unknown
  lea,      ///< dst = address of mem
  select,   ///< dst = a, or b if `condition` holds
  call,     ///< to `target`, or to the address in a
  jump,     ///< out of the instruction flow: direct edges live in the blocks, `a` holds an indirect target
  ret,      ///< imm: bytes of arguments the function removes (x86)
  compare,  ///< what a conditional branch looks at: a against b or imm; a == kNoReg: something nobody models
  repeat,   ///< x86: [mem.base] = a, or (a == kNoReg) [mem.index], `b` times, upwards; the registers stay as they are
  clobber   ///< dst = something nobody understands
};

enum class Alu : std::uint8_t {
  add,
  sub,
  bit_or,
  bit_and,
  bit_xor,
  shl,
  shr,
  sar,
  bswap,
  insert,
  mul,
  mul_high,   ///< unsigned: the upper half of the product
  divide,     ///< unsigned
  remainder,  ///< unsigned, of a number whose upper half, if it has one, is not known (x86)
  other
};

struct Mem {
  Reg base = kNoReg;
  Reg index = kNoReg;
  std::uint8_t scale = 1;
  bool in_image = false;  ///< disp is an RVA (RIP-relative, or absolute on x86)
  std::int64_t disp = 0;
};

/// What a branch asks of the last comparison; the last two: of the sign of the difference.
enum class Condition : std::uint8_t {
  other,
  equal,
  not_equal,
  below,
  below_equal,
  above,
  above_equal,
  negative,
  not_negative
};
/// What holds where the condition does not.
constexpr Condition opposite(Condition condition) {
  switch (condition) {
    case Condition::equal: return Condition::not_equal;
    case Condition::not_equal: return Condition::equal;
    case Condition::below: return Condition::above_equal;
    case Condition::below_equal: return Condition::above;
    case Condition::above: return Condition::below_equal;
    case Condition::above_equal: return Condition::below;
    case Condition::negative: return Condition::not_negative;
    case Condition::not_negative: return Condition::negative;
    case Condition::other: break;
  }
  return Condition::other;
}

struct Op {
  OpKind kind = OpKind::clobber;
  Alu alu = Alu::other;
  std::uint8_t width = 8;  ///< bytes read or written; a write of 4 clears the upper half, of 1 or 2 is an `insert`
  std::uint8_t shift = 0;  ///< insert: lowest bit that is replaced
  Reg dst = kNoReg;
  Reg a = kNoReg;
  Reg b = kNoReg;        ///< kNoReg: use imm
  bool sign = false;     ///< load, copy: sign-extend to 8 bytes
  bool unknown = false;  ///< store, repeat: the value is not understood; compare: only equality is
  /// compare, only equality being known: -1 was added, and the carry is set unless a is -1 now.
  bool carries_unless_minus_one = false;
  bool weak = false;                       ///< store: or memory stays as it is
  Condition condition = Condition::other;  ///< select
  bool signed_condition = false;           ///< likewise
  bool keeps_registers = false;            ///< call: a stack probe that changes nothing
  std::uint32_t target = 0;                ///< call: RVA when direct
  std::uint32_t rva = 0;                   ///< of the instruction
  std::uint64_t imm = 0;
  Mem mem;
};

enum class ControlFlow : std::uint8_t { next, jump, branch, indirect_jump, ret, trap, undecodable };

struct Instruction {
  std::uint32_t rva = 0;
  std::uint32_t first_op = 0;
  std::uint16_t op_count = 0;
  std::uint8_t length = 0;
  ControlFlow flow = ControlFlow::next;
  Condition condition = Condition::other;
  bool signed_condition = false;
  bool padding = false;      ///< does nothing, or traps: what linkers and compilers fill holes with
  std::uint32_t target = 0;  ///< jump, branch: RVA
};

struct Block {
  static constexpr std::uint32_t kNothing = 0xFFFFFFFFU;

  std::uint32_t rva = 0;
  std::uint32_t first_instruction = 0;  ///< into LiftedFunction::order
  std::uint32_t instruction_count = 0;
  boost::container::small_vector<std::uint32_t, 2> successors;  ///< block numbers
  std::vector<std::uint32_t> exception_successors;              ///< __except targets while this block runs
  std::uint32_t compared = kNothing;  ///< number of the operation whose comparison the block finds in the flags
  std::uint32_t leaves_to = 0;        ///< RVA outside the function that the block jumps or falls to, 0 when none
  bool unresolved_jump = false;       ///< ends in an indirect jump whose table is not known
  bool has_predecessor = false;
};

struct CodeRange {
  std::uint32_t begin = 0, end = 0;  ///< RVAs, end exclusive
};

struct LiftedFunction {
  std::uint32_t rva = 0;  ///< of the entry
  std::vector<CodeRange> ranges;
  std::vector<Op> ops;
  std::vector<Instruction> instructions;
  std::vector<std::uint32_t> order;      ///< instruction numbers, block after block
  std::vector<Block> blocks;             ///< blocks[0] is the entry
  std::vector<std::uint32_t> funclets;   ///< RVAs of filters and __finally code, which get this function's frame
  std::vector<std::uint32_t> far_cases;  ///< RVAs outside the ranges that jump tables lead to
  std::uint32_t undecodable = 0;         ///< bytes that were no instruction
  bool too_large = false;                ///< more ways between its blocks than are followed; some are missing
};

}  // namespace scanner::trace
