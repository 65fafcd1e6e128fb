// Length, flow and fields of a 32-bit x86 instruction, without what else Zydis finds out. The sweep over an x86 image
// measures every instruction of it, and with Zydis that was 46 % of a survey. Only what is common and plain is answered
// here; everything else is left to Zydis, against which the tests hold every answer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "pe/image.hpp"
#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace::x86 {

/// What jcc, setcc and cmovcc ask, of the low half of their opcodes' last byte.
constexpr Condition condition_in(std::uint8_t opcode) {
  constexpr std::array<Condition, 16> kConditions = {
      Condition::other,    Condition::other,        Condition::below,       Condition::above_equal,
      Condition::equal,    Condition::not_equal,    Condition::below_equal, Condition::above,
      Condition::negative, Condition::not_negative, Condition::other,       Condition::other,
      Condition::below,    Condition::above_equal,  Condition::below_equal, Condition::above};
  return kConditions[opcode & 15];
}
/// … of numbers with a sign?
constexpr bool is_signed_in(std::uint8_t opcode) { return (opcode & 15) >= 12; }

/// Offsets count from the first byte of the instruction; 0 where there is no such field.
struct PlainX86 {
  std::uint8_t length = 0;
  std::uint8_t opcode = 0;  ///< the first byte behind prefixes; 0x0F for all of the second table
  std::uint8_t displacement = 0, displacement_bytes = 0;
  std::uint8_t immediate = 0, immediate_bytes = 0;  ///< relative targets too
  ControlFlow flow = ControlFlow::next;
  bool padding = false;  ///< as Instruction::padding
  Condition condition = Condition::other;
  bool signed_condition = false;
  std::int32_t relative = 0;  ///< jump, branch: from the end of the instruction
};

/// Nothing: not plain, or fewer than fifteen bytes are left. Ask Zydis.
std::optional<PlainX86> plain_x86(pe::Bytes code);

/// The length of an instruction and what follows it, from two look-ups: enough for most steps of a sweep.
struct Glance {
  std::uint8_t length = 0;     ///< 0: not answered, ask plain_x86()
  bool plain = false;          ///< falls through (calls do) and is no padding
  bool ends_in_field = false;  ///< its last four bytes are a displacement or an immediate
};

/// `code` holds at least kLongestX86 bytes. Answers nothing that plain_x86() would not, and the same.
inline constexpr std::size_t kLongestX86 = 15;
Glance glance_x86(const std::uint8_t* code);

/// What a sweep over a section has seen, by byte: 0 where no instruction starts that it measured.
struct Steps {
  std::uint8_t* of_byte = nullptr;
  std::size_t size = 0;
};

/// From offset `at` of `code` over instructions that a glance tells to fall through, calls and what begins with a zero
/// left out, as long as they end at `limit` or before it; notes the length of each with `mark` in `steps`. Breakpoints,
/// which fill gaps, are noted without it. Returns the offset of the first that is none of these, which `glance` is of
/// if kLongestX86 bytes stand there, or one that was noted before or has no step.
std::size_t glance_along(pe::Bytes code, std::size_t at, std::size_t limit, Steps steps, std::uint8_t mark,
                         Glance& glance);
/// The branch, jump or return at `rva` whose length glance_x86() told, if it has no relocated field.
Instruction glanced_flow(const std::uint8_t* code, std::uint8_t length, std::uint32_t rva);

}  // namespace scanner::trace::x86
