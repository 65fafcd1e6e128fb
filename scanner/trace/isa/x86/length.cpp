// Two tables, one entry per opcode byte (Intel SDM, volume 2, appendix A, opcode maps), and the ModRM byte's own rules.
// A form that has an exception among its registers, prefixes or operands is `ask`.
#include "scanner/trace/isa/x86/length.hpp"

#include <array>
#include <cstring>

namespace scanner::trace::x86 {
namespace {

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

constexpr std::array<Shape, 256> kFirst = first_table(), kSecond = second_table();

void set_condition(std::uint8_t opcode, PlainX86& out) {
  out.flow = ControlFlow::branch;
  out.condition = condition_in(opcode);
  out.signed_condition = is_signed_in(opcode);
}

/// Walks over the parts of one instruction.
class Reader {
 public:
  Reader(const std::uint8_t* code, unsigned prefixes, bool narrow) : code_(code), at_(prefixes), narrow_(narrow) {}

  std::optional<PlainX86> run() {
    out_.opcode = code_[at_++];
    Shape shape = kFirst[out_.opcode];
    if (out_.opcode == 0x0F)
      shape = kSecond[low_ = code_[at_++]];
    else
      low_ = out_.opcode;
    if (!take(shape)) return std::nullopt;
    out_.length = static_cast<std::uint8_t>(at_);
    return out_;
  }

 private:
  void immediate(unsigned bytes) {
    out_.immediate = static_cast<std::uint8_t>(at_);
    out_.immediate_bytes = static_cast<std::uint8_t>(bytes);
    at_ += bytes;
  }
  void operand_immediate() { immediate(narrow_ ? 2 : 4); }
  void displacement(unsigned bytes) {
    out_.displacement = static_cast<std::uint8_t>(at_);
    out_.displacement_bytes = static_cast<std::uint8_t>(bytes);
    at_ += bytes;
  }
  /// Reads the relative target whose bytes come next.
  void relative(unsigned bytes) {
    if (bytes == 1) {
      out_.relative = static_cast<std::int8_t>(code_[at_]);  // NOLINT(bugprone-signed-char-misuse): it has a sign
    } else {
      std::memcpy(&out_.relative, code_ + at_, sizeof out_.relative);
    }
    immediate(bytes);
  }

  void modrm() {
    const std::uint8_t byte = code_[at_++];
    mod_ = byte >> 6;
    middle_ = (byte >> 3) & 7;
    rm_ = byte & 7;
    if (mod_ == 3) return;
    unsigned base = rm_;
    if (rm_ == 4) {
      const std::uint8_t sib = code_[at_++];
      base = sib & 7;
      indexed_ = ((sib >> 3) & 7) != 4;
    }
    rm_ = static_cast<std::uint8_t>(base);
    if (mod_ == 1) displacement(1);
    if (mod_ == 2 || (mod_ == 0 && base == 5)) displacement(4);
  }

  /// `lea esi, [esi+0]` and `mov edi, edi`: the long nops of before there were any.
  void note_padding() {
    const bool same = middle_ == rm_;
    if (out_.opcode == 0x8D) {
      bool zero = true;
      for (unsigned i = 0; i < out_.displacement_bytes; ++i) zero = zero && code_[out_.displacement + i] == 0;
      out_.padding = same && !indexed_ && mod_ != 0 && zero;
    } else if (!narrow_ && (out_.opcode == 0x89 || out_.opcode == 0x8B)) {
      out_.padding = mod_ == 3 && same;
    }
  }

  bool take(Shape shape) {
    switch (shape) {
      case Shape::ask: return false;
      case Shape::bare: return true;
      case Shape::byte: immediate(1); return true;
      case Shape::wide: operand_immediate(); return true;
      case Shape::offset: displacement(4); return true;
      case Shape::string: return true;
      case Shape::branch_byte:
        set_condition(low_, out_);
        relative(1);
        return !narrow_;
      case Shape::branch_wide:
        set_condition(low_, out_);
        relative(4);
        return !narrow_;
      case Shape::jump_byte:
      case Shape::jump_wide:
        out_.flow = ControlFlow::jump;
        relative(shape == Shape::jump_byte ? 1 : 4);
        return !narrow_;
      case Shape::call:
        relative(4);
        out_.relative = 0;
        return !narrow_;
      case Shape::ret: out_.flow = ControlFlow::ret; return !narrow_;
      case Shape::ret_word:
        out_.flow = ControlFlow::ret;
        immediate(2);
        return !narrow_;
      case Shape::trap:
        // DbgBreakPoint() is often the instruction itself, in the middle of a function; padding comes in rows.
        out_.flow = code_[at_] == 0xCC ? ControlFlow::trap : ControlFlow::next;
        out_.padding = true;
        return !narrow_;
      default: modrm(); return take_operands(shape);
    }
  }

  bool take_operands(Shape shape) {
    switch (shape) {
      case Shape::memory:
      case Shape::modrm:
        if (out_.opcode != 0x0F) note_padding();
        return shape == Shape::modrm || (mod_ != 3 && !narrow_);
      case Shape::modrm_byte: immediate(1); return true;
      case Shape::modrm_wide: operand_immediate(); return true;
      case Shape::extended_byte: immediate(1); return middle_ == 0;
      case Shape::extended_wide: operand_immediate(); return middle_ == 0;
      case Shape::shift: return middle_ != 6;
      case Shape::shift_byte: immediate(1); return middle_ != 6;
      case Shape::unary_byte:
        if (middle_ == 0) immediate(1);
        return middle_ != 1;
      case Shape::unary_wide:
        if (middle_ == 0) operand_immediate();
        return middle_ != 1;
      case Shape::increment: return middle_ < 2;
      case Shape::pop: return middle_ == 0;
      case Shape::bit_byte: immediate(1); return middle_ >= 4;
      case Shape::group_5:
        if (middle_ == 4) out_.flow = ControlFlow::indirect_jump;
        return !narrow_ && middle_ != 3 && middle_ != 5 && middle_ != 7;
      default: return false;
    }
  }

  const std::uint8_t* code_;
  unsigned at_;
  bool narrow_;  ///< operand size 16
  std::uint8_t low_ = 0, mod_ = 0, middle_ = 0, rm_ = 0;
  bool indexed_ = false;
  PlainX86 out_;
};

/// The tables above once more, boiled down to what glance_x86() adds up.
struct Look {
  std::uint8_t length = 0;   ///< opcode, ModRM and immediate; 0: not answered
  std::uint8_t middles = 0;  ///< a ModRM byte follows: which of its middle fields are answered, a bit each
  bool plain = false;        ///< as Glance::plain
  bool may_pad = false;      ///< padding, or no instruction, when both operands are the same
};

constexpr Look look_of(Shape shape, std::uint8_t opcode_bytes) {
  const auto bytes = [opcode_bytes](int more) { return static_cast<std::uint8_t>(opcode_bytes + more); };
  switch (shape) {
    case Shape::bare:
    case Shape::string: return {bytes(0), 0, true, false};
    case Shape::byte: return {bytes(1), 0, true, false};
    case Shape::wide:
    case Shape::offset:
    case Shape::call: return {bytes(4), 0, true, false};
    case Shape::branch_byte:
    case Shape::jump_byte: return {bytes(1), 0, false, false};
    case Shape::branch_wide:
    case Shape::jump_wide: return {bytes(4), 0, false, false};
    case Shape::ret: return {bytes(0), 0, false, false};
    case Shape::ret_word: return {bytes(2), 0, false, false};
    case Shape::modrm: return {bytes(1), 0xFF, true, false};
    case Shape::memory: return {bytes(1), 0xFF, true, true};
    case Shape::modrm_byte: return {bytes(2), 0xFF, true, false};
    case Shape::modrm_wide: return {bytes(5), 0xFF, true, false};
    case Shape::extended_byte: return {bytes(2), 0x01, true, false};
    case Shape::extended_wide: return {bytes(5), 0x01, true, false};
    case Shape::shift: return {bytes(1), 0xBF, true, false};
    case Shape::shift_byte: return {bytes(2), 0xBF, true, false};
    // Without the forms that have an immediate, and without the jump through memory.
    case Shape::unary_byte:
    case Shape::unary_wide: return {bytes(1), 0xFC, true, false};
    case Shape::increment: return {bytes(1), 0x03, true, false};
    case Shape::group_5: return {bytes(1), 0x47, true, false};
    case Shape::pop: return {bytes(1), 0x01, true, false};
    case Shape::bit_byte: return {bytes(2), 0xF0, true, false};
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

}  // namespace

std::optional<PlainX86> plain_x86(pe::Bytes code) {
  if (code.size() < kLongestX86) return std::nullopt;
  const std::uint8_t* bytes = code.data();
  switch (bytes[0]) {
    case 0x66: return bytes[1] == 0x0F ? std::nullopt : Reader(bytes, 1, true).run();
    case 0x64: {
      // fs: leads to what Windows keeps per processor and per thread.
      auto out = bytes[1] == 0x0F || bytes[1] == 0x8D ? std::nullopt : Reader(bytes, 1, false).run();
      if (out && (kFirst[out->opcode] != Shape::offset && kFirst[out->opcode] != Shape::modrm)) return std::nullopt;
      if (out) out->padding = false;
      return out;
    }
    case 0xF2:
    case 0xF3:
      if (kFirst[bytes[1]] != Shape::string) return std::nullopt;
      return Reader(bytes, 1, false).run();
    default: return Reader(bytes, 0, false).run();
  }
}

Glance glance_x86(const std::uint8_t* code) {
  const bool second = code[0] == 0x0F;
  const Look& look = second ? kSecondLook[code[1]] : kFirstLook[code[0]];
  unsigned length = look.length;
  if (look.middles != 0) {
    const std::uint8_t modrm = code[second ? 2 : 1];
    const unsigned middle = (modrm >> 3) & 7;
    if (((look.middles >> middle) & 1) == 0) return {};
    unsigned base = modrm & 7;
    length += kBehindModrm[modrm];
    if (base == 4 && modrm < 0xC0) {
      base = code[second ? 3 : 2] & 7;
      if (base == 5 && modrm < 0x40) length += 4;
    }
    if (look.may_pad && (middle == base || (modrm >= 0xC0 && code[0] == 0x8D))) return {};
  }
  return {static_cast<std::uint8_t>(length), look.plain};
}

}  // namespace scanner::trace::x86
