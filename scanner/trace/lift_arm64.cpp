// ARM64 to operations. Fields come from arm64.cpp. What has no case of its own clobbers what it writes.
#include <map>

#include "scanner/trace/arm64.hpp"
#include "scanner/trace/arm64_text.hpp"
#include "scanner/trace/lift.hpp"
#include "scanner/trace/thunk_arm64.hpp"

namespace scanner::trace {
namespace {

using arm64::Address;
using arm64::Extend;
using arm64::Form;
using arm64::kNone;
using arm64::kZero;
using arm64::Word;

constexpr Reg kStackPointer = 31;
constexpr std::uint32_t kWordBytes = 4;

constexpr std::uint64_t ones(unsigned count) {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

Condition condition_of(std::uint8_t encoded) {
  constexpr std::array<Condition, 16> kConditions = {
      Condition::equal, Condition::not_equal,   Condition::above_equal, Condition::below,
      Condition::other, Condition::other,       Condition::other,       Condition::other,
      Condition::above, Condition::below_equal, Condition::above_equal, Condition::below,
      Condition::above, Condition::below_equal, Condition::other,       Condition::other};
  return kConditions[encoded & 15];
}

class Arm64Decoder final : public Decoder {
 public:
  explicit Arm64Decoder(const pe::Image& image) : image_(image) {}

  Instruction measure(pe::Bytes code, std::uint32_t rva) override {
    Instruction out;
    Word word;
    begin(code, rva, out, word);
    return out;
  }

  Instruction decode(pe::Bytes code, std::uint32_t rva, LiftedFunction& function) override {
    Instruction out;
    Word word;
    out.first_op = static_cast<std::uint32_t>(function.ops.size());
    if (!begin(code, rva, out, word)) return out;
    ops_ = &function.ops;
    rva_ = rva;
    lift(word, code);
    out.op_count = static_cast<std::uint16_t>(function.ops.size() - out.first_op);
    return out;
  }

  std::vector<std::uint32_t> jump_table(const pe::Image& image, const LiftedFunction& function,
                                        std::size_t number) override {
    return arm64::jump_table(image, function, number);
  }

  std::string text(pe::Bytes code, std::uint32_t rva) override { return text_.text(code, rva); }

 private:
  /// False when there is nothing to lift.
  static bool begin(pe::Bytes code, std::uint32_t rva, Instruction& out, Word& word) {
    out.rva = rva;
    out.length = kWordBytes;
    const auto raw = code.read<std::uint32_t>(0);
    if (!raw) {
      out.flow = Flow::undecodable;
      out.length = static_cast<std::uint8_t>(std::max<std::size_t>(code.size(), 1));
      return false;
    }
    word = arm64::decode(*raw, rva);
    const auto target = static_cast<std::uint32_t>(word.imm);
    constexpr std::uint32_t kNop = 0xD503201FU;
    out.padding = *raw == kNop || word.form == Form::trap;
    switch (word.form) {
      case Form::undecodable: out.flow = Flow::undecodable; return false;
      case Form::trap: out.flow = Flow::trap; return false;
      case Form::jump:
        out.flow = Flow::jump;
        out.target = target;
        break;
      case Form::branch:
        out.flow = Flow::branch;
        out.target = target;
        out.condition = condition_of(word.condition);
        out.signed_condition = word.condition >= 10;
        break;
      case Form::branch_zero:
        out.flow = Flow::branch;
        out.target = target;
        out.condition = word.invert ? Condition::not_equal : Condition::equal;
        break;
      case Form::branch_bit:
        out.flow = Flow::branch;
        out.target = target;
        break;
      case Form::jump_register: out.flow = Flow::indirect_jump; break;
      case Form::ret: out.flow = Flow::ret; break;
      default: break;
    }
    return true;
  }

  // --- operations ----------------------------------------------------------------------------------------------------

  Op& emit(OpKind kind) {
    Op op;
    op.kind = kind;
    op.rva = rva_;
    ops_->push_back(op);
    return ops_->back();
  }

  void set(Reg reg, std::uint64_t value) {
    Op& op = emit(OpKind::set);
    op.dst = reg;
    op.imm = value;
  }

  void copy(Reg to, Reg from, unsigned width, bool sign = false) {
    Op& op = emit(OpKind::copy);
    op.dst = to;
    op.a = from;
    op.width = static_cast<std::uint8_t>(width);
    op.sign = sign;
  }

  void alu(Alu kind, Reg to, Reg a, Reg b, std::uint64_t imm, unsigned width) {
    Op& op = emit(OpKind::alu);
    op.alu = kind;
    op.dst = to;
    op.a = a;
    op.b = b;
    op.imm = imm;
    op.width = static_cast<std::uint8_t>(width);
  }
  void alu(Alu kind, Reg to, Reg a, std::uint64_t imm, unsigned width) { alu(kind, to, a, kNoReg, imm, width); }

  void compare(Reg a, Reg b, std::uint64_t imm, unsigned width) {
    Op& op = emit(OpKind::compare);
    op.a = a;
    op.b = b;
    op.imm = imm;
    op.width = static_cast<std::uint8_t>(width);
  }
  void compare_unknown() { compare(kNoReg, kNoReg, 0, 8); }

  void clobber(Reg reg) {
    if (reg != kNone) emit(OpKind::clobber).dst = reg;
  }

  /// A source register where 31 reads as zero.
  Reg source(std::uint8_t reg, Reg scratch) {
    if (reg != kZero) return reg;
    set(scratch, 0);
    return scratch;
  }

  /// A destination where 31 throws the result away.
  static Reg target(std::uint8_t reg) { return reg == kZero ? kScratchA : reg; }

  /// The second operand, shifted or extended as the word says, in a register.
  Reg operand(const Word& word, Reg scratch) {
    const Reg from = source(word.rm, scratch);
    const unsigned width = word.width;
    switch (word.extend) {
      case Extend::none: return from;
      case Extend::shl: alu(Alu::shl, scratch, from, word.shift, width); return scratch;
      case Extend::shr: alu(Alu::shr, scratch, from, word.shift, width); return scratch;
      case Extend::sar: alu(Alu::sar, scratch, from, word.shift, width); return scratch;
      case Extend::unsigned_word:
      case Extend::signed_word:
        copy(scratch, from, 4, word.extend == Extend::signed_word);
        if (word.shift != 0) alu(Alu::shl, scratch, scratch, word.shift, 8);
        return scratch;
      case Extend::ror:
      case Extend::other: break;
    }
    clobber(scratch);
    return scratch;
  }

  void add(const Word& word, Reg a, Reg b, std::uint64_t imm) {
    const unsigned width = word.width;
    const Reg to = target(word.rd);
    if (word.flags && word.subtract) {
      compare(a, b, imm, width);
    } else if (word.flags && b == kNoReg && imm != 0) {
      compare(a, kNoReg, (~imm + 1) & ones(8 * width), width);  // cmn: the same carry as comparing with the negative
    } else if (word.flags) {
      compare_unknown();
    }
    if (word.flags && word.rd == kZero) return;
    if (b == kNoReg && imm == 0) {
      copy(to, a, width);
    } else if (word.subtract && a == b) {
      set(to, 0);
    } else {
      alu(word.subtract ? Alu::sub : Alu::add, to, a, b, imm, width);
    }
  }

  void logic(const Word& word, Reg a, Reg b, std::uint64_t imm) {
    const Reg to = target(word.rd);
    if (word.alu == Alu::bit_xor && a == b) {
      set(to, 0);
    } else {
      alu(word.alu, to, a, b, imm, word.width);
    }
    if (word.flags) compare(word.rd == kZero && a == b && !word.invert ? a : to, kNoReg, 0, word.width);
  }

  void logic_register(const Word& word) {
    const bool plain = word.rn == kZero && word.alu == Alu::bit_or && word.extend == Extend::none;
    if (plain && !word.invert && word.rd != kZero) {  // mov
      if (word.rm == kZero) {
        set(word.rd, 0);
      } else {
        copy(word.rd, word.rm, word.width);
      }
      return;
    }
    Reg b = operand(word, kScratchB);
    if (word.invert) {
      alu(Alu::bit_xor, kScratchB, b, ones(8 * word.width), word.width);
      b = kScratchB;
    }
    if (word.rn == kZero && word.alu != Alu::bit_and) {
      copy(target(word.rd), b, word.width);
      return;
    }
    logic(word, source(word.rn, kScratchA), b, 0);
  }

  /// sbfm, bfm, ubfm: a field of rn moves down to bit 0, or the low bits of rn move up.
  void bitfield(const Word& word) {
    const unsigned bits = 8U * word.width;
    const bool down = word.last >= word.shift;
    const unsigned count = down ? word.last - word.shift + 1U : word.last + 1U;
    const unsigned lift = down ? 0 : bits - word.shift;  // where the field goes
    const unsigned low = down ? word.shift : 0;          // where it comes from
    const Reg from = source(word.rn, kScratchA);
    const Reg to = target(word.rd);
    const unsigned width = word.width;
    if (word.bits == arm64::Bits::keep) {
      Reg part = from;
      if (low != 0) alu(Alu::shr, kScratchA, part, low, width), part = kScratchA;
      alu(Alu::bit_and, kScratchA, part, ones(count), width);
      if (lift != 0) alu(Alu::shl, kScratchA, kScratchA, lift, width);
      alu(Alu::bit_and, kScratchB, source(word.rd, kScratchB), ~(ones(count) << lift) & ones(bits), width);
      alu(Alu::bit_or, to, kScratchB, kScratchA, 0, width);
      return;
    }
    const bool sign = word.bits == arm64::Bits::sign;
    const bool whole = low == 0 && lift == 0 && (count == 8 || count == 16 || count == 32);
    if (whole) {  // uxtb, sxth, …
      copy(to, from, count / 8, sign);
      if (sign && width == 4) copy(to, to, 4);
    } else if (down && count + low == bits) {
      alu(sign ? Alu::sar : Alu::shr, to, from, low, width);
    } else if (!down && count + lift == bits) {
      alu(Alu::shl, to, from, lift, width);
    } else if (sign) {
      alu(Alu::shl, kScratchA, from, bits - low - count, width);
      alu(Alu::sar, to, kScratchA, bits - count - lift, width);
    } else {
      Reg part = from;
      if (low != 0) alu(Alu::shr, kScratchA, part, low, width), part = kScratchA;
      alu(Alu::bit_and, lift == 0 ? to : kScratchA, part, ones(count), width);
      if (lift != 0) alu(Alu::shl, to, kScratchA, lift, width);
    }
  }

  void select(const Word& word) {
    const Reg a = source(word.rn, kScratchA);
    Reg b = source(word.rm, kScratchB);
    const unsigned width = word.width;
    if (word.select != arm64::SelectKind::same) {
      const bool plus = word.select == arm64::SelectKind::plus_one;
      if (plus) {
        alu(Alu::add, kScratchB, b, 1, width);
      } else {
        alu(Alu::bit_xor, kScratchB, b, ones(8 * width), width);
        if (word.select == arm64::SelectKind::negate) alu(Alu::add, kScratchB, kScratchB, 1, width);
      }
      b = kScratchB;
    }
    Op& op = emit(OpKind::select);
    op.dst = target(word.rd);
    op.a = a;
    op.b = b;
    op.width = static_cast<std::uint8_t>(width);
  }

  void multiply(const Word& word) {
    Reg a = source(word.rn, kScratchA), b = source(word.rm, kScratchB);
    if (word.result_width == 4 && word.width == 8) {  // smull, umull: of the low halves
      copy(kScratchA, a, 4, word.sign);
      copy(kScratchB, b, 4, word.sign);
      a = kScratchA;
      b = kScratchB;
    }
    const Reg to = target(word.rd);
    if (word.ra == kZero && !word.subtract) {
      alu(Alu::mul, to, a, b, 0, word.width);
      return;
    }
    alu(Alu::mul, kScratchA, a, b, 0, word.width);
    alu(word.subtract ? Alu::sub : Alu::add, to, source(word.ra, kScratchB), kScratchA, 0, word.width);
  }

  // --- memory --------------------------------------------------------------------------------------------------------

  Mem address(const Word& word) {
    Mem mem;
    mem.base = word.rn;
    if (word.mode == Address::indexed) {
      mem.index = word.rm;
      if (word.rm == kZero || word.extend != Extend::none) {
        if (word.rm == kZero) {
          set(kScratchB, 0);
        } else {
          copy(kScratchB, word.rm, 4, word.extend == Extend::signed_word);
        }
        mem.index = kScratchB;
      }
      mem.scale = static_cast<std::uint8_t>(1U << word.shift);
    } else if (word.mode == Address::offset) {
      mem.disp = static_cast<std::int64_t>(word.imm);
    } else if (word.mode == Address::before) {
      write_back(word);
    }
    return mem;
  }

  void write_back(const Word& word) {
    if (word.rm != kNone) {
      clobber(word.rn);  // structures of vectors, by a register or by their size
    } else {
      alu(Alu::add, word.rn, word.rn, word.imm, 8);
    }
  }

  void load_one(std::uint8_t reg, const Word& word, const Mem& mem) {
    if (reg == kZero || word.vector) return;
    Op& op = emit(OpKind::load);
    op.dst = reg;
    op.width = word.width;
    op.sign = word.sign;
    op.mem = mem;
    if (word.sign && word.result_width == 4) copy(reg, reg, 4);
  }

  void store_one(std::uint8_t reg, const Word& word, const Mem& mem) {
    Op& op = emit(OpKind::store);
    op.width = word.width;
    op.mem = mem;
    if (word.vector || reg == kNone) {
      op.unknown = true;
    } else if (reg != kZero) {
      op.a = reg;  // else: imm, which is 0
    }
  }

  void load_store(const Word& word) {
    const bool load = word.form == Form::load || word.form == Form::load_pair;
    const bool pair = word.form == Form::load_pair || word.form == Form::store_pair;
    const bool conditional = word.status != kNone;  // exclusive, or an atomic operation
    const Mem first = address(word);
    Mem second = first;
    second.disp += word.width;
    if (load) {
      // A base that is overwritten is read last.
      const bool base_first = pair && word.rd == word.rn;
      if (base_first) load_one(word.ra, word, second);
      load_one(word.rd, word, first);
      if (pair && !base_first) load_one(word.ra, word, second);
    } else {
      store_one(conditional && word.ra == kZero ? kNone : word.rd, word, first);
      if (pair) store_one(word.ra, word, second);
      if (conditional && word.status != kZero) clobber(word.status);
    }
    if (word.mode == Address::after) write_back(word);
  }

  void load_literal(const Word& word) {
    if (word.vector || word.rd == kZero) return;
    const auto at = static_cast<std::uint32_t>(word.imm);
    const pe::Section* section = image_.section_at(at);
    const auto value = image_.load(at, word.width);
    if (word.width == 4 && value && section != nullptr && !section->writable()) {
      set(word.rd, word.sign ? static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(*value)}) : *value);
      return;
    }
    Mem mem;
    mem.in_image = true;
    mem.disp = at;
    load_one(word.rd, word, mem);
  }

  // --- flow of control -----------------------------------------------------------------------------------------------

  void call(const Word& word, pe::Bytes code) {
    const auto callee = word.form == Form::call ? static_cast<std::uint32_t>(word.imm) : 0;
    const std::int64_t moved = callee != 0 ? stack_effect(callee) : 0;
    Op& op = emit(OpKind::call);
    op.target = callee;
    if (callee == 0) op.a = word.rn;
    // `mov x15, #pages; bl __chkstk; sub sp, sp, x15, lsl #4`: a stack probe changes nothing.
    constexpr std::uint32_t kSubtractProbed = 0xCB2F73FFU;
    op.keeps_registers = moved != 0 || code.read<std::uint32_t>(kWordBytes) == kSubtractProbed;
    if (moved != 0) alu(Alu::add, kStackPointer, kStackPointer, static_cast<std::uint64_t>(moved), 8);
  }

  std::int64_t stack_effect(std::uint32_t callee) {
    const auto [at, fresh] = stack_effects_.emplace(callee, 0);
    if (fresh) at->second = arm64::stack_effect(image_, callee);
    return at->second;
  }

  void lift(const Word& word, pe::Bytes code) {
    switch (word.form) {
      case Form::address: {
        if (word.rd == kZero) return;
        Op& op = emit(OpKind::address);
        op.dst = word.rd;
        op.imm = word.imm;
        return;
      }
      case Form::add_immediate: {
        const Reg rn = word.rn;  // 31 is sp here, which has that number
        if (!word.flags && word.rd == kStackPointer) {
          alu(word.subtract ? Alu::sub : Alu::add, kStackPointer, rn, word.imm, word.width);
        } else {
          add(word, rn, kNoReg, word.imm);
        }
        return;
      }
      case Form::add_register: {
        const Reg b = operand(word, kScratchB);
        const Reg a = word.stack ? word.rn : source(word.rn, kScratchA);
        if (word.stack && word.rd == kStackPointer && !word.flags) {
          alu(word.subtract ? Alu::sub : Alu::add, kStackPointer, a, b, 0, word.width);
        } else if (word.rn == kZero && !word.stack && !word.subtract && !word.flags) {
          copy(target(word.rd), b, word.width);
        } else {
          add(word, a, b, 0);
        }
        return;
      }
      case Form::logic_immediate:
        if (word.rn == kZero && word.alu == Alu::bit_or && !word.flags) {
          set(word.rd, word.imm);
        } else if (word.rd == kStackPointer && !word.flags) {
          alu(word.alu, kStackPointer, source(word.rn, kScratchA), word.imm, word.width);
        } else {
          logic(word, source(word.rn, kScratchA), kNoReg, word.imm);
        }
        return;
      case Form::logic_register: logic_register(word); return;
      case Form::move_zero:
        if (word.rd != kZero) set(word.rd, word.imm);
        return;
      case Form::move_keep: {
        if (word.rd == kZero) return;
        const std::uint64_t mask = ~(std::uint64_t{0xFFFF} << word.shift) & ones(8U * word.width);
        alu(Alu::bit_and, word.rd, word.rd, mask, word.width);
        alu(Alu::bit_or, word.rd, word.rd, word.imm << word.shift, word.width);
        return;
      }
      case Form::bitfield: bitfield(word); return;
      case Form::select: select(word); return;
      case Form::multiply: multiply(word); return;
      case Form::shift_register:
        alu(word.alu, target(word.rd), source(word.rn, kScratchA), source(word.rm, kScratchB), 0, word.width);
        return;
      case Form::reverse: alu(Alu::bswap, target(word.rd), source(word.rn, kScratchA), 0, word.width); return;
      case Form::branch_zero:
        if (word.rn != kZero) compare(word.rn, kNoReg, 0, word.width);
        return;
      case Form::compare_if: compare_unknown(); return;
      case Form::load:
      case Form::store:
      case Form::load_pair:
      case Form::store_pair: load_store(word); return;
      case Form::load_literal: load_literal(word); return;
      case Form::call:
      case Form::call_register: call(word, code); return;
      case Form::jump_register: emit(OpKind::jump).a = word.rn; return;
      case Form::ret: emit(OpKind::ret); return;
      case Form::other:
        if (arm64::writes_rd(word)) clobber(word.rd);
        if (word.flags || word.rd == kNone) compare_unknown();
        return;
      case Form::undecodable:
      case Form::hint:
      case Form::trap:
      case Form::jump:
      case Form::branch:
      case Form::branch_bit: return;
    }
  }

  const pe::Image& image_;
  arm64::TextWriter text_;
  std::map<std::uint32_t, std::int64_t> stack_effects_;
  std::vector<Op>* ops_ = nullptr;
  std::uint32_t rva_ = 0;
};

}  // namespace

std::unique_ptr<Decoder> make_arm64_decoder(const pe::Image& image) { return std::make_unique<Arm64Decoder>(image); }

}  // namespace scanner::trace
