// x64 (and the instruction set of x86) to operations, with Zydis. The only file that knows x86 instructions.
// Instructions are decoded first and their operands only then; what has no case of its own clobbers what it writes.
#include <Zydis/Zydis.h>

#include <algorithm>
#include <array>
#include <optional>

#include "scanner/trace/lift.hpp"
#include "scanner/trace/x86_length.hpp"

namespace scanner::trace {
namespace {

constexpr Reg kStackPointer = 4;
constexpr Reg kFramePointer = 5;
constexpr Reg kAccumulator = 0;

class X86Decoder final : public Decoder {
 public:
  explicit X86Decoder(const pe::Image& image) : is_64_(image.is_64()), word_(is_64_ ? 8 : 4) {
    ZydisDecoderInit(&decoder_, is_64_ ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                     is_64_ ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
    if (!is_64_) {
      relocated_.emplace(image);
      base_ = image.base();
      size_of_image_ = image.size_of_image();
    }
    ZydisFormatterInit(&formatter_, ZYDIS_FORMATTER_STYLE_INTEL);
  }

  Instruction measure(pe::Bytes code, std::uint32_t rva) override {
    Instruction out;
    out.rva = rva;
    ZydisDecoderContext context;
    if (is_data(rva, out)) return out;
    if (const auto plain = is_64_ ? std::nullopt : plain_x86(code)) return measure_plain(*plain, out);
    if (ZYAN_FAILED(ZydisDecoderDecodeInstruction(&decoder_, &context, code.data(), code.size(), &instruction_)) ||
        contradicts_relocations(rva)) {
      out.flow = Flow::undecodable;
      out.length = 1;
      return out;
    }
    out.length = instruction_.length;
    set_flow(out);
    note_habits_of_32(code, out);
    return out;
  }

  Instruction decode(pe::Bytes code, std::uint32_t rva, LiftedFunction& function) override {
    Instruction out;
    out.rva = rva;
    out.first_op = static_cast<std::uint32_t>(function.ops.size());
    ZydisDecoderContext context;
    if (is_data(rva, out)) return out;
    if (ZYAN_FAILED(ZydisDecoderDecodeInstruction(&decoder_, &context, code.data(), code.size(), &instruction_)) ||
        contradicts_relocations(rva) ||
        ZYAN_FAILED(ZydisDecoderDecodeOperands(&decoder_, &context, &instruction_, operands_.data(),
                                               instruction_.operand_count))) {
      out.flow = Flow::undecodable;
      out.length = 1;
      return out;
    }
    out.length = instruction_.length;
    set_flow(out);
    note_habits_of_32(code, out);
    ops_ = &function.ops;
    rva_ = rva;
    next_ = rva + instruction_.length;
    lift(code, out);
    out.op_count = static_cast<std::uint16_t>(function.ops.size() - out.first_op);
    return out;
  }

  std::vector<std::uint32_t> jump_table(const pe::Image& image, const LiftedFunction& function,
                                        std::size_t number) override {
    std::vector<std::uint32_t> targets;
    const auto inside = [&function](std::uint64_t rva) {
      for (const CodeRange& range : function.ranges) {
        if (rva >= range.begin && rva < range.end) return true;
      }
      return false;
    };
    // Look back for the load of the table entry, the addition of a base, and what was last loaded into their registers.
    constexpr std::size_t kLookBack = 40;
    const std::size_t first = number > kLookBack ? number - kLookBack : 0;
    std::vector<const Op*> ops;  // latest first
    for (std::size_t i = number + 1; i-- > first;) {
      const Instruction& instruction = function.instructions[i];
      for (unsigned k = instruction.op_count; k-- > 0;) ops.push_back(&function.ops[instruction.first_op + k]);
    }
    const auto is_entry_load = [](const Op* op) {
      return op->kind == OpKind::load && op->mem.index != kNoReg && (op->mem.scale == 4 || op->mem.scale == 8);
    };
    const auto entry = std::find_if(ops.begin(), ops.end(), is_entry_load);
    if (entry == ops.end()) return targets;
    const Mem& mem = (*entry)->mem;
    const auto address_in = [&ops](Reg reg, std::size_t from) -> std::optional<std::uint64_t> {
      for (std::size_t i = from; i < ops.size(); ++i) {
        if (ops[i]->dst == reg) return ops[i]->kind == OpKind::address ? std::optional(ops[i]->imm) : std::nullopt;
      }
      return std::nullopt;
    };
    constexpr std::uint32_t kMaxEntries = 1024;
    const auto read_table = [&](std::uint64_t table, std::uint64_t base, bool absolute) {
      const unsigned width = absolute ? word_ : 4;
      for (std::uint32_t i = 0; i < kMaxEntries; ++i) {
        if (relocated_ && !relocated_->empty() && !relocated_->at(static_cast<std::uint32_t>(table + i * 4))) break;
        const auto value = image.load(static_cast<std::uint32_t>(table + i * std::uint64_t{width}), width);
        if (!value) break;
        const std::uint64_t target =
            absolute ? image.rva_of_va(*value).value_or(0)
                     : base + static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(*value)));
        if (!inside(target)) break;
        targets.push_back(static_cast<std::uint32_t>(target));
      }
    };
    const auto position = static_cast<std::size_t>(entry - ops.begin());
    if ((*entry)->width == word_ && mem.in_image) {
      read_table(static_cast<std::uint64_t>(mem.disp), 0, true);
      return targets;
    }
    const auto table = address_in(mem.base, position + 1);
    if (!table) return targets;
    if ((*entry)->width == 8) {
      read_table(*table + static_cast<std::uint64_t>(mem.disp), 0, true);
      return targets;
    }
    // The base is what is added to the entry: the image base (MSVC), the table itself (clang, gcc), or some label
    // nearby.
    for (std::size_t i = 0; i < position; ++i) {
      if (ops[i]->kind != OpKind::alu || ops[i]->alu != Alu::add || ops[i]->b == kNoReg) continue;
      for (const Reg reg : {ops[i]->b, ops[i]->a}) {
        const auto base = address_in(reg, i + 1);
        if (base && targets.empty()) read_table(*table + static_cast<std::uint64_t>(mem.disp), *base, false);
      }
    }
    return targets;
  }

  bool takes_address(pe::Bytes code, std::uint32_t rva, std::uint32_t field) override {
    if (const auto plain = is_64_ ? std::nullopt : plain_x86(code))
      return plain->opcode == 0x8D || field - rva != plain->displacement;  // 8D: lea
    ZydisDecoderContext context;
    if (ZYAN_FAILED(ZydisDecoderDecodeInstruction(&decoder_, &context, code.data(), code.size(), &instruction_)))
      return true;
    return instruction_.mnemonic == ZYDIS_MNEMONIC_LEA || field - rva != instruction_.raw.disp.offset;
  }

  const RelocatedFields* relocations() override { return relocated_ ? &*relocated_ : nullptr; }

  std::string text(pe::Bytes code, std::uint32_t rva) override {
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    if (ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder_, code.data(), code.size(), &instruction_, operands)))
      return "(not decodable)";
    std::array<char, 160> buffer{};
    ZydisFormatterFormatInstruction(&formatter_, &instruction_, operands, instruction_.operand_count_visible,
                                    buffer.data(), buffer.size(), rva, nullptr);
    return buffer.data();
  }

 private:
  // --- x86: what the relocation table tells about code ---------------------------------------------------------------

  /// No instruction begins with an address: here lies an entry of a jump table.
  bool is_data(std::uint32_t rva, Instruction& out) const {
    if (!relocated_ || !relocated_->at(rva)) return false;
    out.flow = Flow::undecodable;
    out.length = 4;
    return true;
  }

  [[nodiscard]] Instruction measure_plain(const PlainX86& plain, Instruction out) const {
    out.length = plain.length;
    if (relocated_) {
      std::uint32_t fields = relocated_->among(out.rva, plain.length) & ~1U;  // is_data() asked for the first byte
      if (plain.displacement_bytes == 4) fields &= ~(1U << plain.displacement);
      if (plain.immediate_bytes == 4) fields &= ~(1U << plain.immediate);
      if (fields != 0) {
        out.flow = Flow::undecodable;
        out.length = 1;
        return out;
      }
    }
    out.flow = plain.flow;
    out.padding = plain.padding;
    out.condition = plain.condition;
    out.signed_condition = plain.signed_condition;
    if (plain.flow == Flow::jump || plain.flow == Flow::branch)
      out.target = out.rva + plain.length + static_cast<std::uint32_t>(plain.relative);
    return out;
  }

  /// A relocated field that is no displacement or immediate: these bytes are no instruction.
  [[nodiscard]] bool contradicts_relocations(std::uint32_t rva) const {
    if (!relocated_) return false;
    for (std::uint32_t i = 1; i < instruction_.length; ++i) {
      if (!relocated_->at(rva + i)) continue;
      const bool displacement = instruction_.raw.disp.size == 32 && instruction_.raw.disp.offset == i;
      const bool immediate = instruction_.raw.imm[0].size == 32 && instruction_.raw.imm[0].offset == i;
      if (!displacement && !immediate) return true;
    }
    return false;
  }

  /// Does the field of the current instruction hold an address in the image?
  [[nodiscard]] bool holds_address(unsigned offset, unsigned bits, std::uint64_t value) const {
    if (!relocated_ || bits != 32 || offset == 0) return false;
    if (relocated_->at(rva_ + offset)) return true;
    // An image without relocations is loaded where it wants to be: whatever looks like an address is one.
    const std::uint64_t va = value & 0xFFFFFFFFU;
    return relocated_->empty() && va >= base_ + 0x1000 && va < base_ + size_of_image_;
  }

  [[nodiscard]] bool displacement_is_address() const {
    const auto& disp = instruction_.raw.disp;
    return holds_address(disp.offset, disp.size, static_cast<std::uint64_t>(disp.value));
  }

  [[nodiscard]] bool immediate_is_address() const {
    const auto& imm = instruction_.raw.imm[0];
    return !imm.is_relative && holds_address(imm.offset, imm.size, imm.value.u);
  }

  void note_habits_of_32(pe::Bytes code, Instruction& out) const {
    if (is_64_) return;
    // DbgBreakPoint() is often the instruction itself, in the middle of a function; padding comes in rows.
    if (instruction_.mnemonic == ZYDIS_MNEMONIC_INT3 && code.size() > 1 && code[1] != 0xCC) out.flow = Flow::next;
    // Before there was a long `nop`: `lea esi, [esi+0]`, `mov edi, edi`.
    const auto& raw = instruction_.raw;
    const bool same = raw.modrm.reg == (raw.modrm.rm == 4 && raw.modrm.mod != 3 ? raw.sib.base : raw.modrm.rm);
    const bool indexed = raw.modrm.rm == 4 && raw.sib.index != 4;
    if (instruction_.mnemonic == ZYDIS_MNEMONIC_LEA)
      out.padding = same && !indexed && raw.modrm.mod != 0 && raw.disp.value == 0;
    if (instruction_.mnemonic == ZYDIS_MNEMONIC_MOV && (code[0] == 0x8B || code[0] == 0x89))
      out.padding = raw.modrm.mod == 3 && same;
  }

  static Condition condition_of(ZydisMnemonic mnemonic) {
    switch (mnemonic) {
      case ZYDIS_MNEMONIC_JZ: return Condition::equal;
      case ZYDIS_MNEMONIC_JNZ: return Condition::not_equal;
      case ZYDIS_MNEMONIC_JB: return Condition::below;
      case ZYDIS_MNEMONIC_JBE: return Condition::below_equal;
      case ZYDIS_MNEMONIC_JNBE: return Condition::above;
      case ZYDIS_MNEMONIC_JNB: return Condition::above_equal;
      case ZYDIS_MNEMONIC_JL: return Condition::below;
      case ZYDIS_MNEMONIC_JLE: return Condition::below_equal;
      case ZYDIS_MNEMONIC_JNLE: return Condition::above;
      case ZYDIS_MNEMONIC_JNL: return Condition::above_equal;
      default: return Condition::other;
    }
  }

  void set_flow(Instruction& out) const {
    switch (instruction_.meta.category) {
      case ZYDIS_CATEGORY_COND_BR:
        out.flow = Flow::branch;
        out.condition = condition_of(instruction_.mnemonic);
        out.signed_condition =
            instruction_.mnemonic == ZYDIS_MNEMONIC_JL || instruction_.mnemonic == ZYDIS_MNEMONIC_JLE ||
            instruction_.mnemonic == ZYDIS_MNEMONIC_JNL || instruction_.mnemonic == ZYDIS_MNEMONIC_JNLE;
        out.target = relative_target(out);
        break;
      case ZYDIS_CATEGORY_UNCOND_BR:
        if (instruction_.raw.imm[0].is_relative) {
          out.flow = Flow::jump;
          out.target = relative_target(out);
        } else {
          out.flow = Flow::indirect_jump;
        }
        break;
      case ZYDIS_CATEGORY_RET: out.flow = Flow::ret; break;
      default: break;
    }
    if (instruction_.mnemonic == ZYDIS_MNEMONIC_INT3 || instruction_.mnemonic == ZYDIS_MNEMONIC_UD2 ||
        instruction_.mnemonic == ZYDIS_MNEMONIC_HLT ||
        (instruction_.mnemonic == ZYDIS_MNEMONIC_INT && instruction_.raw.imm[0].value.u == 0x29))
      out.flow = Flow::trap;
    out.padding = instruction_.mnemonic == ZYDIS_MNEMONIC_INT3 || instruction_.mnemonic == ZYDIS_MNEMONIC_NOP;
  }

  [[nodiscard]] std::uint32_t relative_target(const Instruction& out) const {
    return static_cast<std::uint32_t>(out.rva + instruction_.length +
                                      static_cast<std::uint64_t>(instruction_.raw.imm[0].value.s));
  }

  Op& emit(OpKind kind) {
    Op op;
    op.kind = kind;
    op.rva = rva_;
    ops_->push_back(op);
    return ops_->back();
  }

  struct Register {
    Reg number = kNoReg;  ///< kNoReg for anything but a general register
    unsigned width = 0;
    unsigned shift = 0;  ///< 8 for ah, ch, dh, bh
  };

  [[nodiscard]] Register general(ZydisRegister reg) const {
    Register out;
    const ZydisRegisterClass reg_class = ZydisRegisterGetClass(reg);
    if (reg_class != ZYDIS_REGCLASS_GPR8 && reg_class != ZYDIS_REGCLASS_GPR16 && reg_class != ZYDIS_REGCLASS_GPR32 &&
        reg_class != ZYDIS_REGCLASS_GPR64)
      return out;
    const ZydisRegister full =
        ZydisRegisterGetLargestEnclosing(is_64_ ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32, reg);
    const auto id = ZydisRegisterGetId(full);
    if (id < 0 || id > 15) return out;
    out.number = static_cast<Reg>(id);
    out.width = ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, reg) / 8;
    if (reg >= ZYDIS_REGISTER_AH && reg <= ZYDIS_REGISTER_BH) out.shift = 8;
    return out;
  }

  Mem memory(const ZydisDecodedOperand& operand) {
    Mem mem;
    const auto& source = operand.mem;
    mem.disp = source.disp.value;
    mem.scale = source.scale == 0 ? std::uint8_t{1} : source.scale;
    if (source.base == ZYDIS_REGISTER_RIP) {
      mem.in_image = true;
      mem.disp += next_;
    } else if (source.base != ZYDIS_REGISTER_NONE) {
      mem.base = general(source.base).number;
    }
    if (source.index != ZYDIS_REGISTER_NONE) mem.index = general(source.index).number;
    if (!is_64_ && displacement_is_address()) place_in_image(mem);
    return mem;
  }

  /// [address + base + index * scale]: the address is the base, and the registers make one index.
  void place_in_image(Mem& mem) {
    mem.in_image = true;
    mem.disp = static_cast<std::int64_t>(static_cast<std::uint32_t>(mem.disp) - static_cast<std::uint32_t>(base_));
    if (mem.base == kNoReg) return;
    if (mem.index != kNoReg) {
      Op& op = emit(OpKind::lea);
      op.dst = kScratchC;
      op.width = 4;
      op.mem.base = mem.base;
      op.mem.index = mem.index;
      op.mem.scale = mem.scale;
      mem.base = kScratchC;
    }
    mem.index = mem.base;
    mem.base = kNoReg;
    mem.scale = 1;
  }

  void address_from_immediate(Reg reg) {
    Op& op = emit(OpKind::address);
    op.dst = reg;
    op.imm = static_cast<std::uint32_t>(instruction_.raw.imm[0].value.u) - static_cast<std::uint32_t>(base_);
  }

  /// A segment override of gs or fs reads the processor's own data, not the image's or the frame's.
  static bool processor_data(const ZydisDecodedOperand& operand) {
    return operand.mem.segment == ZYDIS_REGISTER_GS || operand.mem.segment == ZYDIS_REGISTER_FS;
  }

  static unsigned bytes(const ZydisDecodedOperand& operand) { return operand.size / 8U; }

  void clobber(Reg reg) {
    if (reg != kNoReg) emit(OpKind::clobber).dst = reg;
  }

  /// Makes the operand's value available in a register: its own, or `scratch`.
  Reg read(const ZydisDecodedOperand& operand, Reg scratch) {
    if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER) {
      const Register reg = general(operand.reg.value);
      if (reg.number == kNoReg || reg.shift != 0) {
        clobber(scratch);
        return scratch;
      }
      return reg.number;
    }
    if (operand.type == ZYDIS_OPERAND_TYPE_IMMEDIATE && immediate_is_address()) {
      address_from_immediate(scratch);
      return scratch;
    }
    if (operand.type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
      Op& op = emit(OpKind::set);
      op.dst = scratch;
      op.imm = operand.imm.is_signed ? static_cast<std::uint64_t>(operand.imm.value.s) : operand.imm.value.u;
      return scratch;
    }
    if (operand.type == ZYDIS_OPERAND_TYPE_MEMORY && !processor_data(operand) && bytes(operand) <= 8) {
      const Mem mem = memory(operand);
      Op& op = emit(OpKind::load);
      op.dst = scratch;
      op.width = static_cast<std::uint8_t>(bytes(operand));
      op.mem = mem;
      return scratch;
    }
    clobber(scratch);
    return scratch;
  }

  /// Stores the value of register `source` (`width` bytes) into the operand.
  void write(const ZydisDecodedOperand& operand, Reg source) {
    if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER) {
      const Register reg = general(operand.reg.value);
      if (reg.number == kNoReg) return;
      write_register(reg, source);
    } else if (operand.type == ZYDIS_OPERAND_TYPE_MEMORY && !processor_data(operand)) {
      const Mem mem = memory(operand);
      Op& op = emit(OpKind::store);
      op.width = static_cast<std::uint8_t>(bytes(operand));
      op.a = source;
      op.mem = mem;
    }
  }

  void write_register(const Register& reg, Reg source) {
    if (reg.width >= 4) {
      Op& op = emit(OpKind::copy);
      op.dst = reg.number;
      op.a = source;
      op.width = static_cast<std::uint8_t>(reg.width);
    } else {
      Op& op = emit(OpKind::alu);
      op.alu = Alu::insert;
      op.dst = reg.number;
      op.a = reg.number;
      op.b = source;
      op.width = static_cast<std::uint8_t>(reg.width);
      op.shift = static_cast<std::uint8_t>(reg.shift);
    }
  }

  void adjust_stack(std::int64_t delta) {
    Op& op = emit(OpKind::alu);
    op.alu = Alu::add;
    op.dst = op.a = kStackPointer;
    op.width = static_cast<std::uint8_t>(word_);
    op.imm = static_cast<std::uint64_t>(delta);
  }

  /// dst = dst ∘ source for the two-operand forms.
  void arithmetic(Alu kind) {
    const auto& destination = operands_[0];
    const unsigned width = bytes(destination);
    const auto& source = operands_[1];
    const bool same_register = destination.type == ZYDIS_OPERAND_TYPE_REGISTER &&
                               source.type == ZYDIS_OPERAND_TYPE_REGISTER && destination.reg.value == source.reg.value;
    if (same_register && (kind == Alu::bit_xor || kind == Alu::sub)) {
      Op& op = emit(OpKind::set);
      op.dst = kScratchA;
      write(destination, kScratchA);
      return;
    }
    const Reg left = read(destination, kScratchA);
    Reg right = kNoReg;
    std::uint64_t imm = 0;
    if (source.type == ZYDIS_OPERAND_TYPE_IMMEDIATE && !immediate_is_address()) {
      imm = source.imm.is_signed ? static_cast<std::uint64_t>(source.imm.value.s) : source.imm.value.u;
    } else {
      right = read(source, kScratchB);
    }
    const Register reg = destination.type == ZYDIS_OPERAND_TYPE_REGISTER ? general(destination.reg.value) : Register{};
    const bool direct = reg.number != kNoReg && reg.width >= 4;
    Op& op = emit(OpKind::alu);
    op.alu = kind;
    op.width = static_cast<std::uint8_t>(width);
    op.a = left;
    op.b = right;
    op.imm = imm;
    op.dst = direct ? reg.number : kScratchA;
    if (!direct) write(destination, kScratchA);
    compare_with_zero(direct && (kind == Alu::sub || kind == Alu::add || kind == Alu::bit_or) ? reg.number : kNoReg,
                      width);
  }

  void compare_with_zero(Reg reg, unsigned width) {
    Op& op = emit(OpKind::compare);
    op.a = reg;
    op.width = static_cast<std::uint8_t>(width);
  }

  /// cmp, and test of a register with itself.
  void compare() {
    const auto& left = operands_[0];
    const auto& right = operands_[1];
    const bool test = instruction_.mnemonic == ZYDIS_MNEMONIC_TEST;
    const bool same = left.type == ZYDIS_OPERAND_TYPE_REGISTER && right.type == ZYDIS_OPERAND_TYPE_REGISTER &&
                      left.reg.value == right.reg.value;
    const unsigned width = bytes(left);
    if (width < 4 || (test && !same)) {
      compare_with_zero(kNoReg, width);
      return;
    }
    const Reg a = read(left, kScratchA);
    if (test) {
      compare_with_zero(a, width);
      return;
    }
    Reg b = kNoReg;
    std::uint64_t imm = 0;
    if (right.type == ZYDIS_OPERAND_TYPE_IMMEDIATE && !immediate_is_address()) {
      imm = right.imm.is_signed ? static_cast<std::uint64_t>(right.imm.value.s) : right.imm.value.u;
      if (width == 4) imm &= 0xFFFFFFFFU;
    } else {
      b = read(right, kScratchB);
    }
    Op& op = emit(OpKind::compare);
    op.a = a;
    op.b = b;
    op.imm = imm;
    op.width = static_cast<std::uint8_t>(width);
  }

  void unary(Alu kind, std::uint64_t imm) {
    const unsigned width = bytes(operands_[0]);
    const Reg source = read(operands_[0], kScratchA);
    Op& op = emit(OpKind::alu);
    op.alu = kind;
    op.width = static_cast<std::uint8_t>(width);
    op.a = source;
    op.imm = imm;
    op.dst = kScratchA;
    write(operands_[0], kScratchA);
    const Register reg =
        operands_[0].type == ZYDIS_OPERAND_TYPE_REGISTER ? general(operands_[0].reg.value) : Register{};
    compare_with_zero(kind == Alu::add || kind == Alu::sub ? reg.number : kNoReg, width);
  }

  void move(bool sign) {
    const auto& destination = operands_[0];
    const auto& source = operands_[1];
    // The common forms get one operation, so that states stay small and evaluation fast.
    if (destination.type == ZYDIS_OPERAND_TYPE_REGISTER) {
      const Register reg = general(destination.reg.value);
      if (reg.number == kNoReg) {
        return;
      }
      if (reg.width >= 4 && source.type == ZYDIS_OPERAND_TYPE_IMMEDIATE && immediate_is_address()) {
        address_from_immediate(reg.number);
        return;
      }
      if (reg.width >= 4 && source.type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        Op& op = emit(OpKind::set);
        op.dst = reg.number;
        op.imm = source.imm.is_signed ? static_cast<std::uint64_t>(source.imm.value.s) : source.imm.value.u;
        if (reg.width == 4) op.imm &= 0xFFFFFFFFU;
        return;
      }
      if (reg.width >= 4 && source.type == ZYDIS_OPERAND_TYPE_MEMORY && !processor_data(source)) {
        const Mem mem = memory(source);
        Op& op = emit(OpKind::load);
        op.dst = reg.number;
        op.width = static_cast<std::uint8_t>(bytes(source));
        op.sign = sign;
        op.mem = mem;
        if (sign && reg.width == 4) {
          Op& cut = emit(OpKind::copy);
          cut.dst = cut.a = reg.number;
          cut.width = 4;
        }
        return;
      }
      if (reg.width >= 4 && source.type == ZYDIS_OPERAND_TYPE_REGISTER) {
        const Register from = general(source.reg.value);
        if (from.number == kNoReg || from.shift != 0) {
          clobber(reg.number);
          return;
        }
        Op& op = emit(OpKind::copy);
        op.dst = reg.number;
        op.a = from.number;
        op.width = static_cast<std::uint8_t>(from.width);
        op.sign = sign;
        if (sign && reg.width == 4) {
          Op& cut = emit(OpKind::copy);
          cut.dst = cut.a = reg.number;
          cut.width = 4;
        }
        return;
      }
    }
    if (destination.type == ZYDIS_OPERAND_TYPE_MEMORY && source.type == ZYDIS_OPERAND_TYPE_REGISTER &&
        general(source.reg.value).number == kNoReg) {
      unknown_store(destination);
      return;
    }
    write(destination, read(source, kScratchA));
  }

  void unknown_store(const ZydisDecodedOperand& destination) {
    if (processor_data(destination)) return;
    const Mem mem = memory(destination);
    Op& op = emit(OpKind::store);
    op.width = static_cast<std::uint8_t>(std::min(bytes(destination), 255U));
    op.unknown = true;
    op.mem = mem;
  }

  /// Everything without a case of its own: what it writes becomes unknown.
  void fallback() {
    for (unsigned i = 0; i < instruction_.operand_count; ++i) {
      const auto& operand = operands_[i];
      if ((operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) == 0) continue;
      if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER) {
        clobber(general(operand.reg.value).number);
      } else if (operand.type == ZYDIS_OPERAND_TYPE_MEMORY) {
        unknown_store(operand);
      }
    }
  }

  void push() {
    const Reg source = operands_[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE ? kScratchA : read(operands_[0], kScratchA);
    if (operands_[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE) read(operands_[0], kScratchA);
    Reg value = source;
    if (source == kStackPointer) {
      Op& op = emit(OpKind::copy);
      op.dst = value = kScratchA;
      op.a = kStackPointer;
    }
    store_below(value);
  }

  void store_below(Reg value) {
    adjust_stack(-static_cast<std::int64_t>(word_));
    Op& op = emit(OpKind::store);
    op.width = static_cast<std::uint8_t>(word_);
    op.a = value;
    op.mem.base = kStackPointer;
  }

  /// pushad: in the order of their numbers, with the stack pointer as it was before.
  void push_all() {
    Op& keep = emit(OpKind::copy);
    keep.dst = kScratchA;
    keep.a = kStackPointer;
    for (Reg reg = 0; reg < 8; ++reg) store_below(reg == kStackPointer ? kScratchA : reg);
  }

  void pop_all() {
    for (Reg reg = 8; reg-- > 0;) {
      Op& op = emit(OpKind::load);
      op.dst = reg == kStackPointer ? kScratchB : reg;
      op.width = 4;
      op.mem.base = kStackPointer;
      adjust_stack(4);
    }
  }

  /// enter bytes, 0
  void enter() {
    store_below(kFramePointer);
    Op& op = emit(OpKind::copy);
    op.dst = kFramePointer;
    op.a = kStackPointer;
    adjust_stack(-static_cast<std::int64_t>(operands_[0].imm.value.u));
  }

  /// movsd and stosd without a count: small structures are copied by a row of them.
  void string_operation(bool copies) {
    constexpr Reg kSource = 6, kDestination = 7;
    const auto width = static_cast<std::uint8_t>(operands_[0].size / 8);
    if (copies) {
      Op& op = emit(OpKind::load);
      op.dst = kScratchA;
      op.width = width;
      op.mem.base = kSource;
    }
    Op& op = emit(OpKind::store);
    op.width = width;
    op.a = copies ? kScratchA : kAccumulator;
    op.mem.base = kDestination;
    for (const Reg reg : {kDestination, kSource}) {
      if (reg == kSource && !copies) continue;
      Op& step = emit(OpKind::alu);
      step.alu = Alu::add;
      step.dst = step.a = reg;
      step.width = 4;
      step.imm = width;
    }
  }

  void pop() {
    Op& op = emit(OpKind::load);
    op.dst = kScratchB;
    op.width = static_cast<std::uint8_t>(word_);
    op.mem.base = kStackPointer;
    adjust_stack(word_);
    write(operands_[0], kScratchB);
  }

  void multiply() {
    const unsigned count = instruction_.operand_count_visible;
    const Register reg = count >= 2 ? general(operands_[0].reg.value) : Register{};
    if (count < 2 || reg.number == kNoReg || reg.width < 4) {
      fallback();
    } else if (count == 2) {
      arithmetic(Alu::mul);
    } else {
      const Reg source = read(operands_[1], kScratchA);
      Op& op = emit(OpKind::alu);
      op.alu = Alu::mul;
      op.width = static_cast<std::uint8_t>(reg.width);
      op.dst = reg.number;
      op.a = source;
      op.imm = static_cast<std::uint64_t>(operands_[2].imm.value.s);
    }
    compare_with_zero(kNoReg, 8);
  }

  void exchange() {
    const Register left =
        operands_[0].type == ZYDIS_OPERAND_TYPE_REGISTER ? general(operands_[0].reg.value) : Register{};
    const Register right =
        operands_[1].type == ZYDIS_OPERAND_TYPE_REGISTER ? general(operands_[1].reg.value) : Register{};
    if (left.number == kNoReg || right.number == kNoReg || left.width < 4 || right.width < 4) {
      fallback();
      return;
    }
    Op& keep = emit(OpKind::copy);
    keep.dst = kScratchA;
    keep.a = left.number;
    write_register(left, right.number);
    write_register(right, kScratchA);
  }

  void call(pe::Bytes code) {
    std::uint32_t target = 0;
    Reg through = kNoReg;
    if (operands_[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
      target = static_cast<std::uint32_t>(next_ + static_cast<std::uint64_t>(operands_[0].imm.value.s));
    } else {
      through = read(operands_[0], kScratchB);
    }
    if (!is_64_ && target == next_) {  // `call` of the next instruction, which pops its own address
      Op& here = emit(OpKind::address);
      here.dst = kScratchA;
      here.imm = next_;
      store_below(kScratchA);
      return;
    }
    Op& op = emit(OpKind::call);
    op.target = target;
    op.a = through;
    // `call probe; sub rsp, rax`: a stack probe changes nothing, and its size stays in rax.
    const pe::Bytes behind = code.from(instruction_.length);
    const std::size_t rex = is_64_ ? 1 : 0;
    op.keeps_registers =
        behind.size() >= 2 + rex && (!is_64_ || behind[0] == 0x48) &&
        ((behind[rex] == 0x2B && behind[rex + 1] == 0xE0) || (behind[rex] == 0x29 && behind[rex + 1] == 0xC4));
  }

  /// A condition as a number: `when_false` or `when_true`, in a register of its own.
  void condition_value(std::uint64_t when_false, std::uint64_t when_true) {
    Op& no = emit(OpKind::set);
    no.dst = kScratchA;
    no.imm = when_false;
    Op& yes = emit(OpKind::set);
    yes.dst = kScratchB;
    yes.imm = when_true;
    Op& op = emit(OpKind::select);
    op.dst = op.a = kScratchA;
    op.b = kScratchB;
  }

  /// What only 32-bit code has, or what is modelled closer there. False: has no case here.
  bool lift_32(const Instruction& out) {
    const bool plain_string =
        instruction_.meta.category == ZYDIS_CATEGORY_STRINGOP &&
        (instruction_.attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE)) == 0;
    switch (instruction_.mnemonic) {
      case ZYDIS_MNEMONIC_INT3: return true;
      case ZYDIS_MNEMONIC_PUSHAD: push_all(); return true;
      case ZYDIS_MNEMONIC_POPAD: pop_all(); return true;
      case ZYDIS_MNEMONIC_PUSHFD:
        clobber(kScratchA);
        store_below(kScratchA);
        return true;
      case ZYDIS_MNEMONIC_POPFD:
        adjust_stack(4);
        compare_with_zero(kNoReg, 8);
        return true;
      case ZYDIS_MNEMONIC_ENTER:
        if (operands_[1].imm.value.u != 0) return false;
        enter();
        return true;
      case ZYDIS_MNEMONIC_MOVSB:
      case ZYDIS_MNEMONIC_MOVSW:
      case ZYDIS_MNEMONIC_MOVSD:
      case ZYDIS_MNEMONIC_STOSB:
      case ZYDIS_MNEMONIC_STOSW:
      case ZYDIS_MNEMONIC_STOSD:
        if (!plain_string || out.flow != Flow::next) return false;
        string_operation(instruction_.mnemonic == ZYDIS_MNEMONIC_MOVSB ||
                         instruction_.mnemonic == ZYDIS_MNEMONIC_MOVSW ||
                         instruction_.mnemonic == ZYDIS_MNEMONIC_MOVSD);
        return true;
      default: return false;
    }
  }

  void lift(pe::Bytes code, Instruction& out) {
    if (out.flow == Flow::branch || out.flow == Flow::trap) return;
    if (!is_64_ && lift_32(out)) return;
    if (instruction_.meta.category == ZYDIS_CATEGORY_SETCC) {
      condition_value(0, 1);
      write(operands_[0], kScratchA);
      return;
    }
    switch (instruction_.mnemonic) {
      case ZYDIS_MNEMONIC_MOV:
      case ZYDIS_MNEMONIC_MOVZX: move(false); return;
      case ZYDIS_MNEMONIC_MOVSX:
      case ZYDIS_MNEMONIC_MOVSXD: move(true); return;
      case ZYDIS_MNEMONIC_LEA: {
        const Register reg = general(operands_[0].reg.value);
        const Mem mem = memory(operands_[1]);
        if (mem.in_image && mem.base == kNoReg && mem.index == kNoReg) {
          Op& op = emit(OpKind::address);
          op.dst = reg.number;
          op.imm = static_cast<std::uint64_t>(mem.disp);
        } else {
          Op& op = emit(OpKind::lea);
          op.dst = reg.number;
          op.width = static_cast<std::uint8_t>(reg.width);
          op.mem = mem;
        }
        return;
      }
      case ZYDIS_MNEMONIC_ADD: arithmetic(Alu::add); return;
      case ZYDIS_MNEMONIC_SUB: arithmetic(Alu::sub); return;
      case ZYDIS_MNEMONIC_OR: arithmetic(Alu::bit_or); return;
      case ZYDIS_MNEMONIC_AND: arithmetic(Alu::bit_and); return;
      case ZYDIS_MNEMONIC_XOR: arithmetic(Alu::bit_xor); return;
      case ZYDIS_MNEMONIC_IMUL: multiply(); return;
      case ZYDIS_MNEMONIC_SHL: arithmetic(Alu::shl); return;
      case ZYDIS_MNEMONIC_SHR: arithmetic(Alu::shr); return;
      case ZYDIS_MNEMONIC_SAR: arithmetic(Alu::sar); return;
      case ZYDIS_MNEMONIC_SBB:
        // `sbb r, r` makes a mask of the carry flag: the usual way to choose between two constants without a branch.
        if (operands_[0].type == ZYDIS_OPERAND_TYPE_REGISTER && operands_[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
            operands_[0].reg.value == operands_[1].reg.value && operands_[0].size >= 32) {
          condition_value(0, operands_[0].size == 64 ? ~std::uint64_t{0} : 0xFFFFFFFFU);
          write(operands_[0], kScratchA);
        } else {
          fallback();
        }
        return;
      case ZYDIS_MNEMONIC_NEG:
        unary(Alu::bit_xor, ~std::uint64_t{0});
        operands_[0].actions = ZYDIS_OPERAND_ACTION_READWRITE;
        unary(Alu::add, 1);
        return;
      case ZYDIS_MNEMONIC_INC: unary(Alu::add, 1); return;
      case ZYDIS_MNEMONIC_DEC: unary(Alu::sub, 1); return;
      case ZYDIS_MNEMONIC_NOT: unary(Alu::bit_xor, ~std::uint64_t{0}); return;
      case ZYDIS_MNEMONIC_BSWAP: unary(Alu::bswap, 0); return;
      case ZYDIS_MNEMONIC_PUSH: push(); return;
      case ZYDIS_MNEMONIC_POP: pop(); return;
      case ZYDIS_MNEMONIC_LEAVE: {
        Op& op = emit(OpKind::copy);
        op.dst = kStackPointer;
        op.a = 5;
        operands_[0].type = ZYDIS_OPERAND_TYPE_REGISTER;
        operands_[0].reg.value = is_64_ ? ZYDIS_REGISTER_RBP : ZYDIS_REGISTER_EBP;
        pop();
        return;
      }
      case ZYDIS_MNEMONIC_XCHG:
        if (operands_[0].type == ZYDIS_OPERAND_TYPE_REGISTER && operands_[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
            operands_[0].reg.value == operands_[1].reg.value)
          return;
        exchange();
        return;
      case ZYDIS_MNEMONIC_CALL: call(code); return;
      case ZYDIS_MNEMONIC_JMP:
        if (out.flow == Flow::indirect_jump) {
          const Reg through = read(operands_[0], kScratchB);
          emit(OpKind::jump).a = through;
        }
        return;
      case ZYDIS_MNEMONIC_RET: {
        Op& op = emit(OpKind::ret);
        op.imm = instruction_.operand_count_visible > 0 ? operands_[0].imm.value.u : 0;
        return;
      }
      case ZYDIS_MNEMONIC_CMOVB:
      case ZYDIS_MNEMONIC_CMOVBE:
      case ZYDIS_MNEMONIC_CMOVL:
      case ZYDIS_MNEMONIC_CMOVLE:
      case ZYDIS_MNEMONIC_CMOVNB:
      case ZYDIS_MNEMONIC_CMOVNBE:
      case ZYDIS_MNEMONIC_CMOVNL:
      case ZYDIS_MNEMONIC_CMOVNLE:
      case ZYDIS_MNEMONIC_CMOVNO:
      case ZYDIS_MNEMONIC_CMOVNP:
      case ZYDIS_MNEMONIC_CMOVNS:
      case ZYDIS_MNEMONIC_CMOVNZ:
      case ZYDIS_MNEMONIC_CMOVO:
      case ZYDIS_MNEMONIC_CMOVP:
      case ZYDIS_MNEMONIC_CMOVS:
      case ZYDIS_MNEMONIC_CMOVZ: {
        const Register reg = general(operands_[0].reg.value);
        const Reg source = read(operands_[1], kScratchA);
        Op& op = emit(OpKind::select);
        op.dst = reg.width >= 4 ? reg.number : kScratchA;
        op.a = reg.number;
        op.b = source;
        op.width = static_cast<std::uint8_t>(reg.width);
        if (reg.width < 4) clobber(reg.number);
        return;
      }
      case ZYDIS_MNEMONIC_CDQE: {
        Op& op = emit(OpKind::copy);
        op.dst = op.a = kAccumulator;
        op.width = 4;
        op.sign = true;
        return;
      }
      case ZYDIS_MNEMONIC_CMP:
      case ZYDIS_MNEMONIC_TEST: compare(); return;
      case ZYDIS_MNEMONIC_NOP: return;
      default:
        fallback();
        compare_with_zero(kNoReg, 8);
        return;
    }
  }

  bool is_64_;
  unsigned word_;
  std::optional<RelocatedFields> relocated_;  // x86
  std::uint64_t base_ = 0;
  std::uint32_t size_of_image_ = 0;
  ZydisDecoder decoder_{};
  ZydisFormatter formatter_{};
  ZydisDecodedInstruction instruction_{};
  std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> operands_{};
  std::vector<Op>* ops_ = nullptr;
  std::uint32_t rva_ = 0;
  std::uint64_t next_ = 0;
};

}  // namespace

std::unique_ptr<Decoder> make_x86_decoder(const pe::Image& image) { return std::make_unique<X86Decoder>(image); }

}  // namespace scanner::trace
