// The parts of one instruction, by the shape of its opcode and the ModRM byte's own rules.
#include "scanner/trace/isa/x86/length.hpp"

#include <cstring>

#include "scanner/trace/isa/x86/shapes.hpp"

namespace scanner::trace::x86 {
namespace {

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

}  // namespace scanner::trace::x86
