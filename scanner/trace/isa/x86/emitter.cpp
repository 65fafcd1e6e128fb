#include "scanner/trace/isa/x86/emitter.hpp"

#include <algorithm>

namespace scanner::trace::x86 {

std::optional<unsigned> wide_number(ZydisRegister reg) {
  const ZydisRegisterClass reg_class = ZydisRegisterGetClass(reg);
  if (reg_class != ZYDIS_REGCLASS_XMM && reg_class != ZYDIS_REGCLASS_YMM && reg_class != ZYDIS_REGCLASS_ZMM)
    return std::nullopt;
  const auto id = ZydisRegisterGetId(reg);
  return id >= 0 && id < kWideCount ? std::optional(static_cast<unsigned>(id)) : std::nullopt;
}

Op& Emitter::compare_with_zero(Reg reg, unsigned width, bool only_equality) {
  Op& op = emit(OpKind::compare);
  op.unknown = only_equality;
  op.a = reg;
  op.width = static_cast<std::uint8_t>(width);
  return op;
}

void Emitter::adjust_stack(std::int64_t delta) {
  Op& op = emit(OpKind::alu);
  op.alu = Alu::add;
  op.dst = op.a = kStackPointer;
  op.width = word();
  op.imm = static_cast<std::uint64_t>(delta);
}

/// By the order of Zydis' numbers, which is that of the encodings.
Register Emitter::general(ZydisRegister reg) const {
  static_assert(ZYDIS_REGISTER_R15B - ZYDIS_REGISTER_AL == 19 && ZYDIS_REGISTER_SPL - ZYDIS_REGISTER_AH == 4);
  static_assert(ZYDIS_REGISTER_R15W - ZYDIS_REGISTER_AX == 15 && ZYDIS_REGISTER_R15D - ZYDIS_REGISTER_EAX == 15 &&
                ZYDIS_REGISTER_R15 - ZYDIS_REGISTER_RAX == 15);
  if (reg >= ZYDIS_REGISTER_RAX && reg <= ZYDIS_REGISTER_R15) return {static_cast<Reg>(reg - ZYDIS_REGISTER_RAX), 8, 0};
  if (reg >= ZYDIS_REGISTER_EAX && reg <= ZYDIS_REGISTER_R15D)
    return {static_cast<Reg>(reg - ZYDIS_REGISTER_EAX), 4, 0};
  if (reg >= ZYDIS_REGISTER_AX && reg <= ZYDIS_REGISTER_R15W) return {static_cast<Reg>(reg - ZYDIS_REGISTER_AX), 2, 0};
  if (reg < ZYDIS_REGISTER_AL || reg > ZYDIS_REGISTER_R15B) return {};
  const bool low = reg < ZYDIS_REGISTER_AH, high = !low && reg <= ZYDIS_REGISTER_BH;
  return {static_cast<Reg>(reg - (low ? ZYDIS_REGISTER_AL : ZYDIS_REGISTER_AH)), 1, high ? 8U : 0U};
}

Mem Emitter::memory(const ZydisDecodedOperand& operand) {
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
  if (!is_64_ && addresses_.displacement_is_address(decoded_.instruction, rva())) place_in_image(mem);
  return mem;
}

/// [address + base + index * scale]: the address is the base, and the registers make one index.
void Emitter::place_in_image(Mem& mem) {
  mem.in_image = true;
  mem.disp = addresses_.rva_of(static_cast<std::uint64_t>(mem.disp));
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

void Emitter::address_from_immediate(Reg reg) {
  Op& op = emit(OpKind::address);
  op.dst = reg;
  op.imm = addresses_.rva_of(decoded_.instruction.raw.imm[0].value.u);
}

Reg Emitter::read(const ZydisDecodedOperand& operand, Reg scratch) {
  if (is_register(operand)) {
    const Register reg = general(operand.reg.value);
    if (reg.number == kNoReg || reg.shift != 0) {
      clobber(scratch);
      return scratch;
    }
    return reg.number;
  }
  if (is_immediate(operand) && immediate_is_address()) {
    address_from_immediate(scratch);
    return scratch;
  }
  if (is_immediate(operand)) {
    Op& op = emit(OpKind::set);
    op.dst = scratch;
    op.imm = immediate(operand);
    return scratch;
  }
  if (is_memory(operand) && !is_processor_data(operand) && width_of(operand) <= 8) {
    const Mem mem = memory(operand);
    Op& op = emit(OpKind::load);
    op.dst = scratch;
    op.width = static_cast<std::uint8_t>(width_of(operand));
    op.mem = mem;
    return scratch;
  }
  clobber(scratch);
  return scratch;
}

void Emitter::write(const ZydisDecodedOperand& operand, Reg source) {
  if (is_register(operand)) {
    const Register reg = general(operand.reg.value);
    if (reg.number == kNoReg) return;
    write(reg, source);
  } else if (is_memory(operand) && !is_processor_data(operand)) {
    const Mem mem = memory(operand);
    Op& op = emit(OpKind::store);
    op.width = static_cast<std::uint8_t>(width_of(operand));
    op.a = source;
    op.mem = mem;
  }
}

void Emitter::write(const Register& reg, Reg source) {
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

void Emitter::write_unknown(const ZydisDecodedOperand& destination) {
  if (is_processor_data(destination)) return;
  const Mem mem = memory(destination);
  Op& op = emit(OpKind::store);
  op.width = static_cast<std::uint8_t>(std::min(width_of(destination), 255U));
  op.unknown = true;
  op.mem = mem;
  // xchg and its like: what is stored is not modelled, but it may be the address of a local.
  for (unsigned i = 0; i < decoded_.instruction.operand_count && op.a == kNoReg; ++i) {
    const auto& operand = decoded_.operands[i];
    if (is_register(operand) && operand.visibility == ZYDIS_OPERAND_VISIBILITY_EXPLICIT)
      op.a = general(operand.reg.value).number;
  }
}

void Emitter::clobber_written() {
  for (unsigned i = 0; i < decoded_.instruction.operand_count; ++i) {
    const auto& operand = decoded_.operands[i];
    if ((operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) == 0) continue;
    if (is_register(operand)) {
      clobber(general(operand.reg.value).number);
      if (const auto number = wide_number(operand.reg.value)) {
        clobber(wide_register(*number, 0));
        clobber(wide_register(*number, 1));
      }
    } else if (is_memory(operand)) {
      write_unknown(operand);
    }
  }
}

}  // namespace scanner::trace::x86
