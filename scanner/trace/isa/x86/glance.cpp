// Lengths at a glance, for the sweep over x86 images: tables of sums instead of a walk over the parts of an
// instruction.
#include <algorithm>
#include <array>
#include <cstring>

#include "scanner/trace/isa/x86/length.hpp"
#include "scanner/trace/isa/x86/shapes.hpp"

namespace scanner::trace::x86 {
namespace {

/// The tables of shapes once more, boiled down to what glance_x86() adds up.
struct Look {
  std::uint8_t length = 0;   ///< opcode, ModRM and immediate; 0: not answered
  std::uint8_t middles = 0;  ///< a ModRM byte follows: which of its middle fields are answered, a bit each
  bool plain = false;        ///< as Glance::plain
  bool may_pad = false;      ///< padding, or no instruction, when both operands are the same
  std::uint8_t last = 0;     ///< bytes of the immediate, or of the address that takes its place
};

constexpr Look look_of(Shape shape, std::uint8_t opcode_bytes) {
  const auto bare = [opcode_bytes](bool plain, int last) {
    return Look{static_cast<std::uint8_t>(opcode_bytes + last), 0, plain, false, static_cast<std::uint8_t>(last)};
  };
  const auto modrm = [opcode_bytes](unsigned middles, int last) {
    return Look{static_cast<std::uint8_t>(opcode_bytes + 1 + last), static_cast<std::uint8_t>(middles), true, false,
                static_cast<std::uint8_t>(last)};
  };
  switch (shape) {
    case Shape::bare:
    case Shape::string: return bare(true, 0);
    case Shape::byte: return bare(true, 1);
    case Shape::wide:
    case Shape::offset:
    case Shape::call: return bare(true, 4);
    case Shape::branch_byte:
    case Shape::jump_byte: return bare(false, 1);
    case Shape::branch_wide:
    case Shape::jump_wide: return bare(false, 4);
    case Shape::ret: return bare(false, 0);
    case Shape::ret_word: return bare(false, 2);
    case Shape::modrm:
    case Shape::memory: {
      Look look = modrm(0xFF, 0);
      look.may_pad = shape == Shape::memory;
      return look;
    }
    case Shape::modrm_byte: return modrm(0xFF, 1);
    case Shape::modrm_wide: return modrm(0xFF, 4);
    case Shape::extended_byte: return modrm(0x01, 1);
    case Shape::extended_wide: return modrm(0x01, 4);
    case Shape::shift: return modrm(0xBF, 0);
    case Shape::shift_byte: return modrm(0xBF, 1);
    // Without the forms that have an immediate, and without the jump through memory.
    case Shape::unary_byte:
    case Shape::unary_wide: return modrm(0xFC, 0);
    case Shape::increment: return modrm(0x03, 0);
    case Shape::group_5: return modrm(0x47, 0);
    case Shape::pop: return modrm(0x01, 0);
    case Shape::bit_byte: return modrm(0xF0, 1);
    case Shape::ask:
    case Shape::trap: break;
  }
  return {};
}

constexpr std::array<Look, 256> looks(const std::array<Shape, 256>& shapes, std::uint8_t opcode_bytes) {
  std::array<Look, 256> out{};
  for (std::size_t i = 0; i < shapes.size(); ++i) out[i] = look_of(shapes[i], opcode_bytes);
  return out;
}

constexpr std::array<Look, 256> first_looks() {
  std::array<Look, 256> out = looks(kFirst, 1);
  out[0x89].may_pad = out[0x8B].may_pad = true;
  return out;
}

/// Bytes of SIB and displacement, but for the one displacement that the SIB byte decides on.
constexpr std::array<std::uint8_t, 256> behind_modrm() {
  std::array<std::uint8_t, 256> out{};
  for (unsigned modrm = 0; modrm < 0xC0; ++modrm) {
    const unsigned mod = modrm >> 6, rm = modrm & 7;
    const unsigned displacement = mod == 1 ? 1 : mod == 2 || rm == 5 ? 4 : 0;
    out[modrm] = static_cast<std::uint8_t>(displacement + (rm == 4 ? 1 : 0));
  }
  return out;
}

constexpr std::array<Look, 256> kFirstLook = first_looks(), kSecondLook = looks(kSecond, 2);
constexpr std::array<std::uint8_t, 256> kBehindModrm = behind_modrm();

// The same for most of the instructions that glance_along() goes over, packed into a number each.
constexpr std::uint8_t kBreakpoint = 0xCC, kCall = 0xE8;
constexpr std::uint32_t kLengthBits = 0x0F, kModrm = 0x10, kMayPad = 0x20;  // bits 8 to 15: middles
constexpr std::uint8_t kBehindBits = 0x0F, kSameRegisters = 0x40, kSibDecides = 0x80;

/// By opcode; 0: glance_at() tells.
constexpr std::array<std::uint32_t, 256> quick_looks() {
  std::array<std::uint32_t, 256> out{};
  for (unsigned opcode = 1; opcode < 256; ++opcode) {
    const Look& look = kFirstLook[opcode];
    if (!look.plain || opcode == kCall || opcode == 0x8D) continue;
    out[opcode] = look.length | (look.middles != 0 ? kModrm : 0U) | (look.may_pad ? kMayPad : 0U) |
                  static_cast<std::uint32_t>(look.middles) << 8;
  }
  return out;
}

constexpr std::array<std::uint8_t, 256> quick_modrms() {
  std::array<std::uint8_t, 256> out = kBehindModrm;
  for (unsigned modrm = 0; modrm < 256; ++modrm) {
    if (modrm >= 0xC0 && ((modrm >> 3) & 7) == (modrm & 7)) out[modrm] |= kSameRegisters;
    if (modrm < 0x40 && (modrm & 7) == 4) out[modrm] |= kSibDecides;
  }
  return out;
}

constexpr std::array<std::uint32_t, 256> kQuickLook = quick_looks();
constexpr std::array<std::uint8_t, 256> kQuickModrm = quick_modrms();

/// The length of an instruction that glance_along() goes over, or 0: glance_at() tells.
inline unsigned quick_length(const std::uint8_t* code) {
  const std::uint32_t look = kQuickLook[code[0]];
  if ((look & kModrm) == 0) return look;
  const std::uint8_t modrm = code[1], behind = kQuickModrm[modrm];
  const bool answered = ((look >> 8 >> ((modrm >> 3) & 7)) & 1) != 0;
  if (!answered || (behind & (kSibDecides | (look & kMayPad) << 1)) != 0) return 0;
  return (look & kLengthBits) + (behind & kBehindBits);
}

Glance glance_at(const std::uint8_t* code) {
  const bool second = code[0] == 0x0F;
  const Look& look = second ? kSecondLook[code[1]] : kFirstLook[code[0]];
  unsigned length = look.length;
  bool whole_field = look.last == 4;
  if (look.middles != 0) {
    const std::uint8_t modrm = code[second ? 2 : 1];
    const unsigned middle = (modrm >> 3) & 7;
    if (((look.middles >> middle) & 1) == 0) return {};
    unsigned base = modrm & 7;
    unsigned behind = kBehindModrm[modrm];
    if (base == 4 && modrm < 0xC0) {
      base = code[second ? 3 : 2] & 7;
      if (base == 5 && modrm < 0x40) behind += 4;
    }
    length += behind;
    whole_field = whole_field || (look.last == 0 && behind >= 4);
    if (look.may_pad && (modrm >= 0xC0 ? code[0] == 0x8D || middle == base : code[0] == 0x8D && middle == base))
      return {};
  }
  return {static_cast<std::uint8_t>(length), look.plain, whole_field};
}

}  // namespace

Glance glance_x86(const std::uint8_t* code) { return glance_at(code); }

std::size_t glance_along(pe::Bytes code, std::size_t at, std::size_t limit, Steps steps, std::uint8_t mark,
                         Glance& glance) {
  const std::uint8_t* const bytes = code.data();
  const std::size_t enough = code.size() < kLongestX86 ? 0 : code.size() - kLongestX86 + 1;
  const std::size_t end = std::min(steps.size, enough);
  while (at < end && steps.of_byte[at] == 0) {
    if (const unsigned length = quick_length(bytes + at); length != 0 && at + length <= limit) {
      steps.of_byte[at] = static_cast<std::uint8_t>(length | mark);
      at += length;
      continue;
    }
    if (at < limit && bytes[at] == kBreakpoint) {
      steps.of_byte[at++] = 1;
      continue;
    }
    const Glance here = glance_at(bytes + at);
    if (!here.plain || bytes[at] == 0 || bytes[at] == kCall || at + here.length > limit) {
      glance = here;
      return at;
    }
    steps.of_byte[at] = static_cast<std::uint8_t>(here.length | mark);
    at += here.length;
  }
  glance = {};
  return at;
}

Instruction glanced_flow(const std::uint8_t* code, std::uint8_t length, std::uint32_t rva) {
  Instruction out;
  out.rva = rva;
  out.length = length;
  if ((code[0] & 0xFE) == 0xC2) {
    out.flow = ControlFlow::ret;
    return out;
  }
  std::int32_t relative = 0;
  if (length == 2) {
    relative = static_cast<std::int8_t>(code[1]);  // NOLINT(bugprone-signed-char-misuse): it has a sign
  } else {
    std::memcpy(&relative, code + length - sizeof relative, sizeof relative);
  }
  out.target = rva + length + static_cast<std::uint32_t>(relative);
  out.flow = ControlFlow::jump;
  if (code[0] == 0xE9 || code[0] == 0xEB) return out;
  const std::uint8_t opcode = code[length == 2 ? 0 : 1];
  out.flow = ControlFlow::branch;
  out.condition = condition_in(opcode);
  out.signed_condition = is_signed_in(opcode);
  return out;
}

}  // namespace scanner::trace::x86
