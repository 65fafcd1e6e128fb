// Opcodes and their operands: Intel SDM, volume 2, appendix A. The tests hold every answer against Zydis.
#include "scanner/trace/isa/x86/plain_operands.hpp"

#include <cstring>

#include "scanner/trace/isa/x86/length.hpp"

namespace scanner::trace::x86 {
namespace {

constexpr auto kReads = static_cast<ZydisOperandActions>(ZYDIS_OPERAND_ACTION_READ);
constexpr auto kWrites = static_cast<ZydisOperandActions>(ZYDIS_OPERAND_ACTION_WRITE);
constexpr auto kChanges = static_cast<ZydisOperandActions>(ZYDIS_OPERAND_ACTION_READWRITE);

/// By bits 3 to 5 of the opcode, or the middle field of ModRM; adc and sbb are left to Zydis.
constexpr std::array kArithmetic = {ZYDIS_MNEMONIC_ADD,     ZYDIS_MNEMONIC_OR,  ZYDIS_MNEMONIC_INVALID,
                                    ZYDIS_MNEMONIC_INVALID, ZYDIS_MNEMONIC_AND, ZYDIS_MNEMONIC_SUB,
                                    ZYDIS_MNEMONIC_XOR,     ZYDIS_MNEMONIC_CMP};
constexpr std::array kShifts = {ZYDIS_MNEMONIC_INVALID, ZYDIS_MNEMONIC_INVALID, ZYDIS_MNEMONIC_INVALID,
                                ZYDIS_MNEMONIC_INVALID, ZYDIS_MNEMONIC_SHL,     ZYDIS_MNEMONIC_SHR,
                                ZYDIS_MNEMONIC_INVALID, ZYDIS_MNEMONIC_SAR};
constexpr std::array kBranches = {ZYDIS_MNEMONIC_JO, ZYDIS_MNEMONIC_JNO, ZYDIS_MNEMONIC_JB,  ZYDIS_MNEMONIC_JNB,
                                  ZYDIS_MNEMONIC_JZ, ZYDIS_MNEMONIC_JNZ, ZYDIS_MNEMONIC_JBE, ZYDIS_MNEMONIC_JNBE,
                                  ZYDIS_MNEMONIC_JS, ZYDIS_MNEMONIC_JNS, ZYDIS_MNEMONIC_JP,  ZYDIS_MNEMONIC_JNP,
                                  ZYDIS_MNEMONIC_JL, ZYDIS_MNEMONIC_JNL, ZYDIS_MNEMONIC_JLE, ZYDIS_MNEMONIC_JNLE};

class Decoder {
 public:
  Decoder(const std::uint8_t* code, bool is_64, Decoded& out)
      : code_(code), is_64_(is_64), instruction_(out.instruction), operands_(out.operands) {}

  bool run() {
    if (is_64_ && (code_[0] & 0xF0) == 0x40) rex_ = code_[at_++];
    const std::uint8_t opcode = code_[at_++];
    size_ = (rex_ & 8) != 0 ? 64 : 32;
    auto& raw = instruction_.raw;
    raw.disp.size = raw.disp.offset = 0;
    raw.disp.value = 0;
    raw.imm[0].size = raw.imm[0].offset = 0;
    raw.imm[0].is_relative = ZYAN_FALSE;
    raw.imm[0].value.u = 0;
    instruction_.attributes = 0;
    instruction_.meta.category = ZYDIS_CATEGORY_INVALID;
    count_ = 0;
    instruction_.opcode = opcode;
    if (!(opcode == 0x0F ? second(code_[at_++]) : first(opcode))) return false;
    instruction_.operand_width = static_cast<ZyanU8>(size_);
    instruction_.operand_count = instruction_.operand_count_visible = static_cast<ZyanU8>(count_);
    instruction_.length = static_cast<ZyanU8>(at_);
    return true;
  }

 private:
  bool named(ZydisMnemonic mnemonic) {
    instruction_.mnemonic = mnemonic;
    return mnemonic != ZYDIS_MNEMONIC_INVALID;
  }
  bool first(std::uint8_t opcode) {
    if (opcode < 0x40) return arithmetic(opcode);
    if (opcode < 0x50) return !is_64_ && count_by_one(opcode < 0x48, opcode & 7);
    if (opcode < 0x60) return stack_register(opcode < 0x58, opcode & 7);
    if ((opcode & 0xF0) == 0x70) return branch(kBranches[opcode & 15], ZYDIS_CATEGORY_COND_BR, 1);
    if ((opcode & 0xF8) == 0xB8) return load_number(opcode & 7);
    switch (opcode) {
      case 0x63: return is_64_ && size_ == 64 && extend(ZYDIS_MNEMONIC_MOVSXD, 32);
      case 0x68: return push_number(4);
      case 0x6A: return push_number(1);
      case 0x80: return with_number(8, 1);
      case 0x81: return with_number(size_, 4);
      case 0x83: return with_number(size_, 1);
      case 0x84:
      case 0x85:
        named(ZYDIS_MNEMONIC_TEST);
        modrm(opcode == 0x84 ? 8 : size_, kReads);
        middle_register(opcode == 0x84 ? 8 : size_, kReads);
        return true;
      case 0x88:
      case 0x89:
      case 0x8A:
      case 0x8B: return move(opcode);
      case 0x8D:
        if (code_[at_] >= 0xC0) return false;
        named(ZYDIS_MNEMONIC_LEA);
        count_ = 1;
        modrm(size_, kReads);
        count_ = 0;
        middle_register(size_, kWrites);
        count_ = 2;
        return true;
      case 0xC1: return shift();
      case 0xC3: return leave();
      case 0xC6:
      case 0xC7: return store_number(opcode == 0xC6 ? 8 : size_);
      case 0xE8: return branch(ZYDIS_MNEMONIC_CALL, ZYDIS_CATEGORY_CALL, 4);
      case 0xE9: return branch(ZYDIS_MNEMONIC_JMP, ZYDIS_CATEGORY_UNCOND_BR, 4);
      case 0xEB: return branch(ZYDIS_MNEMONIC_JMP, ZYDIS_CATEGORY_UNCOND_BR, 1);
      case 0xFF: return group_5();
      default: return false;
    }
  }
  bool second(std::uint8_t opcode) {
    instruction_.opcode = opcode;
    if ((opcode & 0xF0) == 0x80) return branch(kBranches[opcode & 15], ZYDIS_CATEGORY_COND_BR, 4);
    switch (opcode) {
      case 0xB6: return extend(ZYDIS_MNEMONIC_MOVZX, 8);
      case 0xB7: return extend(ZYDIS_MNEMONIC_MOVZX, 16);
      case 0xBE: return extend(ZYDIS_MNEMONIC_MOVSX, 8);
      case 0xBF: return extend(ZYDIS_MNEMONIC_MOVSX, 16);
      default: return false;
    }
  }

  // --- operands
  // --------------------------------------------------------------------------------------------------------

  ZydisDecodedOperand& next(ZydisOperandType type, unsigned bits, ZydisOperandActions actions) {
    ZydisDecodedOperand& operand = operands_[count_++];
    operand.type = type;
    operand.size = static_cast<ZyanU16>(bits);
    operand.visibility = ZYDIS_OPERAND_VISIBILITY_EXPLICIT;
    operand.actions = actions;
    return operand;
  }
  [[nodiscard]] ZydisRegister numbered(unsigned number, unsigned bits) const {
    unsigned first = bits == 64 ? ZYDIS_REGISTER_RAX : bits == 32 ? ZYDIS_REGISTER_EAX : ZYDIS_REGISTER_AX;
    if (bits == 8) first = number >= (rex_ != 0 ? 4U : 8U) ? ZYDIS_REGISTER_AL + 4 : ZYDIS_REGISTER_AL;
    return static_cast<ZydisRegister>(first + number);
  }
  void register_operand(unsigned number, unsigned bits, ZydisOperandActions actions) {
    next(ZYDIS_OPERAND_TYPE_REGISTER, bits, actions).reg.value = numbered(number, bits);
  }
  void middle_register(unsigned bits, ZydisOperandActions actions) {
    register_operand(middle_ | ((rex_ & 4) != 0 ? 8U : 0U), bits, actions);
  }
  std::int64_t number_at(unsigned bytes) {
    std::int64_t value = 0;
    if (bytes == 1) {
      value = static_cast<std::int8_t>(code_[at_]);  // NOLINT(bugprone-signed-char-misuse): it has a sign
    } else if (bytes == 4) {
      std::int32_t word = 0;
      std::memcpy(&word, code_ + at_, sizeof word);
      value = word;
    } else {
      std::memcpy(&value, code_ + at_, sizeof value);
    }
    return value;
  }
  void immediate_operand(unsigned bytes, bool is_signed) {
    auto& raw = instruction_.raw.imm[0];
    raw.offset = static_cast<ZyanU8>(at_);
    raw.size = static_cast<ZyanU8>(8 * bytes);
    auto& operand = next(ZYDIS_OPERAND_TYPE_IMMEDIATE, 8 * bytes, kReads);
    std::int64_t value = number_at(bytes);
    if (!is_signed && bytes < 8) value &= (std::int64_t{1} << (8 * bytes)) - 1;
    raw.value.s = value;
    operand.imm.is_signed = is_signed ? ZYAN_TRUE : ZYAN_FALSE;
    operand.imm.value.s = value;
    at_ += bytes;
  }

  /// The operand that ModRM names, of so many bits, and the register of its middle field.
  void modrm(unsigned bits, ZydisOperandActions actions) {
    auto& raw = instruction_.raw;
    const std::uint8_t byte = code_[at_++];
    const unsigned mod = byte >> 6, rm = byte & 7;
    middle_ = (byte >> 3) & 7;
    raw.modrm.mod = static_cast<ZyanU8>(mod);
    raw.modrm.reg = static_cast<ZyanU8>(middle_);
    raw.modrm.rm = static_cast<ZyanU8>(rm);
    const unsigned high_base = (rex_ & 1) != 0 ? 8U : 0U;
    if (mod == 3) {
      register_operand(rm | high_base, bits, actions);
      return;
    }
    const unsigned word = is_64_ ? 64 : 32;
    auto& memory = next(ZYDIS_OPERAND_TYPE_MEMORY, bits, actions).mem;
    memory.segment = ZYDIS_REGISTER_DS;
    memory.index = ZYDIS_REGISTER_NONE;
    memory.scale = 0;
    unsigned base = rm;
    if (rm == 4) {
      const std::uint8_t sib = code_[at_++];
      base = sib & 7;
      const unsigned index = ((sib >> 3) & 7) | ((rex_ & 2) != 0 ? 8U : 0U);
      raw.sib.base = static_cast<ZyanU8>(base);
      raw.sib.index = static_cast<ZyanU8>((sib >> 3) & 7);
      if (index != 4) {
        memory.index = numbered(index, word);
        memory.scale = static_cast<ZyanU8>(1U << (sib >> 6));
      }
    }
    const bool no_base = mod == 0 && base == 5;
    memory.base = !no_base            ? numbered(base | high_base, word)
                  : is_64_ && rm == 5 ? ZYDIS_REGISTER_RIP
                                      : ZYDIS_REGISTER_NONE;
    const unsigned bytes = mod == 1 ? 1 : mod == 2 || no_base ? 4 : 0;
    if (bytes != 0) {
      raw.disp.offset = static_cast<ZyanU8>(at_);
      raw.disp.size = static_cast<ZyanU8>(8 * bytes);
      raw.disp.value = number_at(bytes);
      at_ += bytes;
    }
    memory.disp.value = raw.disp.value;
  }

  // --- instructions
  // ----------------------------------------------------------------------------------------------------

  /// Operands in the order of the opcode: ModRM's first, or the register's.
  void two_operands(bool register_first, unsigned bits, ZydisOperandActions first, ZydisOperandActions second) {
    count_ = register_first ? 1 : 0;
    modrm(bits, register_first ? second : first);
    count_ = register_first ? 0 : 1;
    middle_register(bits, register_first ? first : second);
    count_ = 2;
  }
  bool arithmetic(std::uint8_t opcode) {
    if ((opcode & 7) > 5 || !named(kArithmetic[opcode >> 3])) return false;
    const unsigned bits = (opcode & 1) == 0 ? 8 : size_;
    const auto changes = instruction_.mnemonic == ZYDIS_MNEMONIC_CMP ? kReads : kChanges;
    if ((opcode & 4) != 0) {  // the accumulator and a number
      register_operand(0, bits, changes);
      immediate_operand(bits == 8 ? 1 : 4, true);
    } else {
      two_operands((opcode & 2) != 0, bits, changes, kReads);
    }
    return true;
  }
  bool with_number(unsigned bits, unsigned bytes) {
    if (!named(kArithmetic[(code_[at_] >> 3) & 7])) return false;
    modrm(bits, instruction_.mnemonic == ZYDIS_MNEMONIC_CMP ? kReads : kChanges);
    immediate_operand(bytes, true);
    return true;
  }
  bool shift() {
    if (!named(kShifts[(code_[at_] >> 3) & 7])) return false;
    modrm(size_, kChanges);
    immediate_operand(1, false);
    return true;
  }
  bool move(std::uint8_t opcode) {
    two_operands((opcode & 2) != 0, (opcode & 1) == 0 ? 8 : size_, kWrites, kReads);
    return named(ZYDIS_MNEMONIC_MOV);
  }
  bool extend(ZydisMnemonic mnemonic, unsigned from) {
    count_ = 1;
    modrm(from, kReads);
    count_ = 0;
    middle_register(size_, kWrites);
    count_ = 2;
    return named(mnemonic);
  }
  bool store_number(unsigned bits) {
    if ((code_[at_] & 0x38) != 0) return false;
    modrm(bits, kWrites);
    immediate_operand(bits == 8 ? 1 : 4, true);
    return named(ZYDIS_MNEMONIC_MOV);
  }
  bool load_number(unsigned number) {
    register_operand(number | ((rex_ & 1) != 0 ? 8U : 0U), size_, kWrites);
    immediate_operand(size_ / 8, true);
    return named(ZYDIS_MNEMONIC_MOV);
  }
  bool count_by_one(bool up, unsigned number) {
    register_operand(number, 32, kChanges);
    return named(up ? ZYDIS_MNEMONIC_INC : ZYDIS_MNEMONIC_DEC);
  }
  bool stack_register(bool push, unsigned number) {
    size_ = is_64_ ? 64 : 32;
    register_operand(number | ((rex_ & 1) != 0 ? 8U : 0U), size_, push ? kReads : kWrites);
    return named(push ? ZYDIS_MNEMONIC_PUSH : ZYDIS_MNEMONIC_POP);
  }
  bool push_number(unsigned bytes) {
    if (rex_ != 0) return false;
    size_ = is_64_ ? 64 : 32;
    immediate_operand(bytes, true);
    return named(ZYDIS_MNEMONIC_PUSH);
  }
  bool leave() {
    if (rex_ != 0) return false;
    instruction_.meta.category = ZYDIS_CATEGORY_RET;
    return named(ZYDIS_MNEMONIC_RET);
  }
  bool branch(ZydisMnemonic mnemonic, ZydisInstructionCategory category, unsigned bytes) {
    if (rex_ != 0) return false;
    immediate_operand(bytes, true);
    instruction_.raw.imm[0].is_relative = ZYAN_TRUE;
    instruction_.meta.category = category;
    return named(mnemonic);
  }
  bool group_5() {
    const unsigned middle = (code_[at_] >> 3) & 7;
    if (middle == 3 || middle == 5 || middle == 7) return false;
    if (middle >= 2) size_ = is_64_ ? 64 : 32;
    modrm(size_, middle < 2 ? kChanges : kReads);
    if (middle < 2) return named(middle == 0 ? ZYDIS_MNEMONIC_INC : ZYDIS_MNEMONIC_DEC);
    if (middle == 6) return named(ZYDIS_MNEMONIC_PUSH);
    instruction_.meta.category = middle == 2 ? ZYDIS_CATEGORY_CALL : ZYDIS_CATEGORY_UNCOND_BR;
    return named(middle == 2 ? ZYDIS_MNEMONIC_CALL : ZYDIS_MNEMONIC_JMP);
  }

  const std::uint8_t* code_;
  const bool is_64_;
  ZydisDecodedInstruction& instruction_;
  std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT>& operands_;
  unsigned at_ = 0, count_ = 0, size_ = 32, middle_ = 0;
  std::uint8_t rex_ = 0;
};

}  // namespace

bool decode_plain(pe::Bytes code, bool is_64, Decoded& out) {
  return code.size() >= kLongestX86 && Decoder(code.data(), is_64, out).run();
}

}  // namespace scanner::trace::x86
