#include "scanner/trace/image/reference.hpp"

#include <algorithm>

#include "scanner/trace/isa/arm64/decode.hpp"

namespace scanner::trace {
namespace {

bool is_arm64(const pe::Image& image) { return image.machine() == pe::Machine::arm64; }

arm64::Word word_of(const pe::Image& image, std::uint32_t rva) {
  const auto raw = arm64::word_at(image, rva);
  return raw ? arm64::decode(*raw, rva) : arm64::Word{};
}

/// `opcode` right before the displacement.
std::optional<std::uint32_t> behind_opcode(const pe::Image& image, const Reference& reference, std::uint8_t opcode) {
  const std::uint32_t rva = reference.site - 1;
  const pe::Bytes bytes = image.from_rva(rva);
  return !bytes.empty() && bytes[0] == opcode ? std::optional(rva) : std::nullopt;
}

}  // namespace

std::optional<std::uint32_t> direct_call_at(const pe::Image& image, const Reference& reference) {
  if (!is_arm64(image)) return behind_opcode(image, reference, 0xE8);
  return word_of(image, reference.site).form == arm64::Form::call ? std::optional(reference.site) : std::nullopt;
}

std::optional<std::uint32_t> direct_jump_at(const pe::Image& image, const Reference& reference) {
  if (!is_arm64(image)) return behind_opcode(image, reference, 0xE9);
  return word_of(image, reference.site).form == arm64::Form::jump ? std::optional(reference.site) : std::nullopt;
}

std::vector<std::uint32_t> thunk_starts(const pe::Image& image, const Reference& reference) {
  if (is_arm64(image)) {
    if (word_of(image, reference.site + 4).form != arm64::Form::jump_register) return {};
    return {reference.site - 4};
  }
  const std::uint32_t jump = reference.site - 2;
  const pe::Bytes opcode = image.from_rva(jump);
  if (opcode.size() < 2 || opcode[0] != 0xFF || opcode[1] != 0x25) return {};
  return {jump, jump - 1};  // perhaps behind a REX prefix
}

std::optional<std::uint32_t> slot_call_at(const pe::Image& image, const Reference& reference) {
  if (is_arm64(image)) {
    // Loads it, and some `blr` behind is the call; thunks only jump.
    return thunk_starts(image, reference).empty() ? std::optional(reference.site) : std::nullopt;
  }
  const std::uint32_t rva = reference.site - 2;
  const pe::Bytes opcode = image.from_rva(rva);
  return opcode.size() >= 2 && opcode[0] == 0xFF && opcode[1] == 0x15 ? std::optional(rva) : std::nullopt;
}

bool computes_address(const pe::Image& image, const Reference& reference) {
  if (is_arm64(image)) {
    const arm64::Form form = word_of(image, reference.site).form;
    return form == arm64::Form::add_immediate || form == arm64::Form::address;
  }
  // REX.W 8D
  const pe::Bytes opcode = image.from_rva(reference.site - 3);
  return opcode.size() > 2 && (opcode[0] & 0xF8) == 0x48 && opcode[1] == 0x8D;
}

bool only_reads(const pe::Image& image, const Reference& reference) {
  if (is_arm64(image)) {
    const arm64::Form form = word_of(image, reference.site).form;
    return form == arm64::Form::load || form == arm64::Form::load_pair;
  }
  const pe::Bytes last = image.from_rva(reference.site - 1);
  if (!image.is_64() && !last.empty() && last[0] == 0xA1) return true;  // mov eax
  const pe::Bytes code = image.from_rva(reference.site - 2);
  if (code.size() < 2) return false;
  const bool no_registers = (code[1] & 0xC7) == 0x05;  // ModR/M of an address alone
  const unsigned extension = code[1] >> 3 & 7U;
  // mov; add, or, adc, sbb, and, sub, xor and cmp into or with a register; cmp and test of memory with one
  static constexpr std::uint8_t kReads[] = {0x8B, 0x03, 0x0B, 0x13, 0x1B, 0x23, 0x2B, 0x33, 0x3B, 0x39, 0x85};
  if (no_registers && std::ranges::find(kReads, code[0]) != std::end(kReads)) return true;
  return no_registers && code[0] == 0xFF && (extension == 2 || extension == 4 || extension == 6);  // call, jmp, push
}

bool stores_wide(const pe::Image& image, const Reference& reference) {
  const pe::Bytes code = image.from_rva(is_arm64(image) ? reference.site : reference.site - 3);
  if (is_arm64(image)) {
    const std::uint32_t word = code.read<std::uint32_t>(0).value_or(0);
    const bool pair = (word & 0x3A400000) == 0x28000000;                // stp
    const bool quad = (word & 0xFFC00000) == 0x3D800000;                // str q
    const bool twice = (word & 0xFFC00000) == 0xFD000000;               // str d
    return pair || quad || twice || (word & 0xFFC00000) == 0xF9000000;  // str x
  }
  if (code.size() < 3) return false;
  // movups, movlps, movhps, movaps, movntps, movq, movdqa and movntdq, of SSE (0F) or with a VEX prefix; mov with
  // REX.W.
  static constexpr std::uint8_t kVector[] = {0x11, 0x13, 0x17, 0x29, 0x2B, 0x7F, 0xD6, 0xE7};
  const bool vector = std::find(std::begin(kVector), std::end(kVector), code[1]) != std::end(kVector);
  const bool vex = (code[0] & 0x80) != 0 || (code[0] & 0x78) == 0x78;
  if (vector && (code[0] == 0x0F || vex)) return true;
  return (code[0] & 0xF8) == 0x48 && (code[1] == 0x89 || code[1] == 0xC7);
}

bool multiplies_index(const pe::Image& image, CodeRange range, std::uint32_t index) {
  const pe::Bytes code = image.from_rva(range.begin);
  const std::size_t end = std::min<std::size_t>(code.size(), range.end - range.begin);
  if (is_arm64(image)) {
    for (std::size_t at = 0; at + 4 <= end; at += 4) {
      const auto word = arm64::decode(*code.read<std::uint32_t>(at), range.begin + static_cast<std::uint32_t>(at));
      // movz, or orr of the zero register with a bit pattern
      const bool constant =
          word.form == arm64::Form::move_zero || (word.form == arm64::Form::logic_immediate && word.rn == arm64::kZero);
      if (constant && word.imm == index) return true;
    }
    return false;
  }
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

bool mentions(const pe::Image& image, CodeRange range, std::uint32_t offset) {
  const pe::Bytes code = image.from_rva(range.begin);
  const std::size_t end = std::min<std::size_t>(code.size(), range.end - range.begin);
  const std::size_t step = is_arm64(image) ? 4 : 1;
  for (std::size_t at = 0; at + 4 <= end; at += step) {
    const std::uint32_t raw = *code.read<std::uint32_t>(at);
    if (!is_arm64(image)) {
      if (raw == offset) return true;
      continue;
    }
    const arm64::Word word = arm64::decode(raw, range.begin + static_cast<std::uint32_t>(at));
    const bool holds = word.form == arm64::Form::load || word.form == arm64::Form::move_zero ||
                       word.form == arm64::Form::add_immediate || word.form == arm64::Form::load_pair ||
                       word.form == arm64::Form::store || word.form == arm64::Form::store_pair;
    if (holds && (word.imm == offset || (word.form == arm64::Form::load_pair && word.imm + word.width == offset)))
      return true;
  }
  return false;
}

}  // namespace scanner::trace
