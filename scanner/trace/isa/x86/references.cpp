// What the bytes around a reference of the index say about its instruction on x64 and x86, before anything is lifted.
#include <algorithm>
#include <iterator>

#include "scanner/trace/isa/x86/machine.hpp"

namespace scanner::trace::x86 {
namespace {

/// `opcode` right before the displacement.
std::optional<std::uint32_t> behind_opcode(const pe::Image& image, const Reference& reference, std::uint8_t opcode) {
  const std::uint32_t rva = reference.site - 1;
  const pe::Bytes bytes = image.from_rva(rva);
  return !bytes.empty() && bytes[0] == opcode ? std::optional(rva) : std::nullopt;
}

/// Do the bytes around `at` read as a text? Old linkers put texts between the functions, and half of the letters are
/// opcodes of short jumps.
bool among_text(pe::Bytes code, std::size_t at) {
  constexpr std::size_t kBefore = 5, kBehind = 7;
  if (at < kBefore || at + kBehind > code.size()) return false;
  for (std::size_t i = at - kBefore; i < at + kBehind; ++i) {
    const bool letter = (code[i] >= 0x20 && code[i] < 0x7F) || code[i] == '\n' || code[i] == '\r' || code[i] == 0;
    if (!letter) return false;
  }
  return true;
}

}  // namespace

std::optional<std::uint32_t> CommonMachine::direct_call_at(const Reference& reference) const {
  return behind_opcode(image(), reference, 0xE8);
}

std::optional<std::uint32_t> CommonMachine::direct_jump_at(const Reference& reference) const {
  return behind_opcode(image(), reference, 0xE9);
}

/// The reference is the field behind the opcode: of E8 and E9 one byte, of 0F 8x two.
std::uint32_t CommonMachine::transfer_at(const Reference& reference) const {
  return reference.site - (direct_call_at(reference) || direct_jump_at(reference) ? 1U : 2U);
}

std::vector<std::uint32_t> CommonMachine::thunk_starts(const Reference& reference) const {
  const std::uint32_t jump = reference.site - 2;
  const pe::Bytes opcode = image().from_rva(jump);
  if (opcode.size() < 2 || opcode[0] != 0xFF || opcode[1] != 0x25) return {};
  return {jump, jump - 1};  // perhaps behind a REX prefix
}

std::optional<std::uint32_t> CommonMachine::slot_call_at(const Reference& reference) const {
  const std::uint32_t rva = reference.site - 2;
  const pe::Bytes opcode = image().from_rva(rva);
  return opcode.size() >= 2 && opcode[0] == 0xFF && opcode[1] == 0x15 ? std::optional(rva) : std::nullopt;
}

bool X64Machine::computes_address(const Reference& reference) const {
  // REX.W 8D
  const pe::Bytes opcode = image().from_rva(reference.site - 3);
  return opcode.size() > 2 && (opcode[0] & 0xF8) == 0x48 && opcode[1] == 0x8D;
}

bool X86Machine::computes_address(const Reference& reference) const {
  return std::binary_search(taken_.begin(), taken_.end(), reference.site);
}

bool CommonMachine::only_reads(const Reference& reference) const {
  const auto before = [&](std::uint32_t bytes) {  // the field
    const pe::Bytes code = image().from_rva(reference.site - bytes);
    return code.empty() ? std::uint8_t{0} : code[0];
  };
  // mov; add, or, adc, sbb, and, sub, xor and cmp into or with a register; cmp and test of memory with one
  static constexpr std::uint8_t kReads[] = {0x8B, 0x03, 0x0B, 0x13, 0x1B, 0x23, 0x2B, 0x33, 0x3B, 0x39, 0x85};
  const auto reads = [&](std::uint32_t mode) {  // where ModR/M stands
    const std::uint8_t opcode = before(mode + 1);
    const unsigned extension = before(mode) >> 3 & 7U;
    if (before(mode + 2) == 0x0F) return false;  // those of two bytes are others
    if (std::ranges::find(kReads, opcode) != std::end(kReads)) return true;
    return opcode == 0xFF && (extension == 2 || extension == 4 || extension == 6);  // call, jmp, push
  };
  const std::uint8_t last = before(1), scaled = before(2);
  if (!is_64_ && last == 0xA1) return true;    // mov eax
  if ((last & 0xC7) == 0x05) return reads(1);  // an address alone
  if (is_64_) return false;
  // With one register, or with two and a SIB byte.
  return ((last & 0xC0) == 0x80 && reads(1)) || (((scaled & 0xC7) == 0x04 || (scaled & 0xC7) == 0x84) && reads(2));
}

bool CommonMachine::names_one_place(const Reference& reference) const {
  if (is_64_) return true;  // no register is added to rip
  const pe::Bytes code = image().from_rva(reference.site - 2);
  if (code.size() < 2) return false;
  const bool of_accumulator = (code[1] & 0xFC) == 0xA0;  // mov al, mov eax
  // ModR/M of an address alone, which is no SIB byte behind a ModR/M that asks for one.
  return of_accumulator || ((code[1] & 0xC7) == 0x05 && (code[0] & 0xC7) != 0x04);
}

bool CommonMachine::stores_wide(const Reference& reference) const {
  const pe::Bytes code = image().from_rva(reference.site - 3);
  if (code.size() < 3) return false;
  // movups, movlps, movhps, movaps, movntps, movq, movdqa and movntdq, of SSE (0F) or with a VEX prefix; mov with
  // REX.W.
  static constexpr std::uint8_t kVector[] = {0x11, 0x13, 0x17, 0x29, 0x2B, 0x7F, 0xD6, 0xE7};
  const bool vector = std::find(std::begin(kVector), std::end(kVector), code[1]) != std::end(kVector);
  const bool vex = (code[0] & 0x80) != 0 || (code[0] & 0x78) == 0x78;
  if (vector && (code[0] == 0x0F || vex)) return true;
  return (code[0] & 0xF8) == 0x48 && (code[1] == 0x89 || code[1] == 0xC7);
}

std::uint32_t CommonMachine::reach_of_store(const Reference& reference) const {
  constexpr std::uint32_t kWidest = 16, kVector = 32;  // of what is not told apart here
  if (only_reads(reference)) return 0;
  const auto before = [&](std::uint32_t bytes) {  // the field
    const pe::Bytes code = image().from_rva(reference.site - bytes);
    return code.empty() ? std::uint8_t{0} : code[0];
  };
  const std::uint32_t any = stores_wide(reference) ? kVector : kWidest;
  if (!is_64_ && (before(1) & 0xFE) == 0xA2) return before(1) == 0xA2 ? 1 : 4;  // mov of al, eax
  if ((before(1) & 0xC7) != 0x05) return any;
  // Where an immediate stands behind the field, the target of a reference on x64 is so much too low.
  const auto reach = [this](std::uint8_t prefix, std::uint32_t immediate) {
    const std::uint32_t word = is_64_ && (prefix & 0xF8) == 0x48 ? 8 : 4;  // REX.W
    return word + (is_64_ ? immediate : 0);
  };
  const std::uint8_t opcode = before(2), prefix = before(3);
  if (prefix == 0x0F) {
    if (opcode == 0xBA) return reach(before(4), 1);                    // bts and its like
    if (opcode == 0xB1 || opcode == 0xC1) return reach(before(4), 0);  // cmpxchg, xadd
    return (opcode & 0xF0) == 0x90 ? 1 : any;                          // setcc
  }
  switch (opcode) {
    case 0x88:  // of bytes: mov, add, or, and, xor, xchg, inc and dec
    case 0x00:
    case 0x08:
    case 0x20:
    case 0x30:
    case 0x86:
    case 0xFE: return 1;
    case 0xC6:  // mov, and arithmetic, with a byte
    case 0x80: return is_64_ ? 2 : 1;
    case 0x89:  // of words: the same
    case 0x01:
    case 0x09:
    case 0x21:
    case 0x31:
    case 0x87:
    case 0xFF: return reach(prefix, 0);
    case 0x83: return reach(prefix, 1);
    case 0xC7:
    case 0x81: return reach(prefix, 4);
    default: return any;
  }
}

bool CommonMachine::multiplies_index(CodeRange range, std::uint32_t index) const {
  const pe::Bytes code = image().from_rva(range.begin);
  const std::size_t end = std::min<std::size_t>(code.size(), range.end - range.begin);
  for (std::size_t at = 0; at + 3 <= end; ++at) {
    const std::uint8_t opcode = code[at];
    const bool registers = code[at + 1] >= 0xC0;
    // imul r, r, imm8 and push imm8; imul r, r, imm32, mov r, imm32 and mov r/m, imm32
    if (opcode == 0x6B && registers && code[at + 2] == index) return true;
    if (opcode == 0x6A && code[at + 1] == index) return true;
    const std::size_t field = (opcode == 0x69 || opcode == 0xC7) && registers ? 2 : (opcode & 0xF8) == 0xB8 ? 1 : 0;
    if (field != 0 && at + field + 4 <= end && *code.read<std::uint32_t>(at + field) == index) return true;
  }
  return false;
}

bool CommonMachine::mentions(CodeRange range, std::uint32_t offset) const {
  const pe::Bytes code = image().from_rva(range.begin);
  const std::size_t end = std::min<std::size_t>(code.size(), range.end - range.begin);
  for (std::size_t at = 0; at + 4 <= end; ++at) {
    if (*code.read<std::uint32_t>(at) == offset) return true;
  }
  return false;
}

/// Two-byte jumps (EB and 70 to 7F), which are too common in the bytes for the index.
std::vector<std::uint32_t> CommonMachine::short_jumps_into(CodeRange code, Budget& budget) const {
  constexpr std::uint32_t kReach = 130;
  budget.spend((kReach + code.end - code.begin) / 4);
  const pe::Section* section = image().section_at(code.begin);
  if (section == nullptr) return {};
  const std::uint32_t low = code.begin - section->rva > kReach ? code.begin - kReach : section->rva;
  const pe::Bytes around = image().from_rva(low);
  std::vector<std::uint32_t> jumps;
  const std::size_t most = around.empty() ? 0 : std::min<std::size_t>(around.size() - 1, code.end + kReach - low);
  for (std::uint32_t i = 0; i < most; ++i) {
    if (around[i] != 0xEB && (around[i] & 0xF0) != 0x70) continue;
    const auto distance = static_cast<std::uint32_t>(static_cast<std::int8_t>(around[i + 1]));
    const std::uint32_t target = low + i + 2 + distance;
    if (target >= code.begin && target < code.end && !among_text(around, i)) jumps.push_back(low + i);
  }
  return jumps;
}

/// Only where the sweep saw an instruction: most bytes that look like a jump are the end of something else.
std::vector<std::uint32_t> X86Machine::short_jumps_into(CodeRange code, Budget& budget) const {
  std::vector<std::uint32_t> jumps = CommonMachine::short_jumps_into(code, budget);
  std::erase_if(jumps, [this](std::uint32_t rva) {
    const SweptSection* section = swept_at(rva);
    return section != nullptr && section->steps[rva - section->rva] == 0;
  });
  return jumps;
}

const SweptSection* X86Machine::swept_at(std::uint32_t rva) const {
  const auto holds = [rva](const SweptSection& swept) {
    return rva >= swept.rva && rva - swept.rva < swept.steps.size();
  };
  const auto section = std::ranges::find_if(swept_, holds);
  return section == swept_.end() ? nullptr : &*section;
}

Instruction X86Machine::measured_at(const SweptSection* section, pe::Bytes code, std::uint32_t rva) {
  const std::size_t offset = section != nullptr ? rva - section->rva : 0;
  const std::uint8_t step = section != nullptr && offset < section->steps.size() ? section->steps[offset] : 0;
  const std::uint8_t length = step & SweptSection::kLength;
  if ((step & SweptSection::kFlow) != 0) return glanced_flow(code.data(), length, rva);
  const bool breakpoint = step == 1 && code[0] == 0xCC && code.size() >= kLongestX86;
  if ((step & SweptSection::kPlain) == 0 && !breakpoint) return CommonMachine::decode_length(code, rva);
  Instruction out;
  out.rva = rva;
  out.length = length;
  if (breakpoint) {
    out.padding = true;
    if (code[1] == 0xCC) out.flow = ControlFlow::trap;  // as plain_x86() says
  }
  return out;
}

/// Back over the instructions that the sweep measured, each of which ends where the next one begins.
StraightLine X86Machine::line_to(std::uint32_t rva, Budget& budget) {
  constexpr std::uint32_t kLongest = 4096;
  StraightLine line{rva, false};
  const SweptSection* section = swept_at(rva);
  if (section == nullptr) return line;
  for (std::uint32_t at = rva; rva - at < kLongest && budget.spend(1);) {
    std::uint32_t before = at;
    // The longest, if several end here.
    const std::uint32_t offset = at - section->rva;
    for (std::uint32_t length = std::min<std::uint32_t>(kLongestX86, offset); length > 0 && before == at; --length) {
      if ((section->steps[offset - length] & SweptSection::kLength) == length) before = at - length;
    }
    if (before == at) break;
    at = before;
    if ((section->steps[at - section->rva] & SweptSection::kPlain) != 0) {
      line.begin = at;
      continue;
    }
    const pe::Bytes code = image().from_rva(at);
    const Instruction instruction = measured_at(section, code, at);
    // Functions that can be patched begin with two bytes that do nothing.
    if (instruction.padding && code.size() > 1 && code[0] == 0x8B) line.begin = at;
    if (instruction.padding) continue;
    line.behind_return = instruction.flow == ControlFlow::ret;
    line.behind_jump = instruction.flow == ControlFlow::jump;
    if (instruction.flow != ControlFlow::next && instruction.flow != ControlFlow::branch) break;
    line.begin = at;
  }
  return line;
}

/// Walks the function that .pdata names, so that instruction boundaries are certain.
std::optional<std::uint32_t> CommonMachine::user_of_constant(std::uint32_t rva, const CodeRange* function) {
  // Nobody writes functions that large; a record may claim one, and there may be thousands of questions.
  constexpr std::uint32_t kLongestWalk = 1U << 16;
  if (function == nullptr || rva - function->begin > kLongestWalk) return std::nullopt;
  for (std::uint32_t at = function->begin; at < function->end && at <= rva;) {
    const pe::Bytes code = image().from_rva(at);
    if (code.empty()) break;
    const Instruction instruction = decode_length(code, at);
    // The immediate is always the last field of an instruction.
    if (instruction.flow != ControlFlow::undecodable && at + instruction.length == rva + 4) return at;
    at += std::max<std::uint32_t>(instruction.length, 1);
  }
  return std::nullopt;
}

}  // namespace scanner::trace::x86
