// The quick decoder of operands against Zydis: every pair of first bytes, behind each REX prefix, too, with changing
// bytes behind.
#include "scanner/trace/isa/x86/plain_operands.hpp"

#include <Zydis/Zydis.h>
#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <random>
#include <set>
#include <string>

namespace {

using namespace scanner::trace::x86;

bool tells_flow(ZydisInstructionCategory category) {
  return category == ZYDIS_CATEGORY_COND_BR || category == ZYDIS_CATEGORY_UNCOND_BR || category == ZYDIS_CATEGORY_RET ||
         category == ZYDIS_CATEGORY_SETCC || category == ZYDIS_CATEGORY_STRINGOP;
}

/// What differs in the instruction; null when nothing does that is asked for.
const char* difference(const ZydisDecodedInstruction& mine, const ZydisDecodedInstruction& real) {
  if (mine.length != real.length) return "length";
  if (mine.mnemonic != real.mnemonic) return "mnemonic";
  if (mine.operand_count_visible != real.operand_count_visible) return "visible operands";
  if (mine.operand_count != mine.operand_count_visible) return "operands";
  if ((tells_flow(mine.meta.category) || tells_flow(real.meta.category)) && mine.meta.category != real.meta.category)
    return "category";
  if ((mine.operand_width == 16) != (real.operand_width == 16)) return "width";
  if ((real.attributes & ZYDIS_ATTRIB_HAS_REP) != 0 || mine.attributes != 0) return "attributes";
  if (mine.raw.disp.size != real.raw.disp.size || mine.raw.disp.value != real.raw.disp.value) return "displacement";
  if (mine.raw.disp.size != 0 && mine.raw.disp.offset != real.raw.disp.offset) return "place of the displacement";
  const auto &number = mine.raw.imm[0], &other = real.raw.imm[0];
  if (number.size != other.size || number.is_relative != other.is_relative) return "immediate";
  if (number.size != 0 && number.offset != other.offset) return "place of the immediate";
  if (number.is_relative ? number.value.s != other.value.s
                         : static_cast<std::uint32_t>(number.value.u) != static_cast<std::uint32_t>(other.value.u))
    return "number of the immediate";
  const bool moves = mine.mnemonic == ZYDIS_MNEMONIC_MOV || mine.mnemonic == ZYDIS_MNEMONIC_LEA;
  const auto &modrm = mine.raw.modrm, &real_modrm = real.raw.modrm;
  if (!moves || (real.attributes & ZYDIS_ATTRIB_HAS_MODRM) == 0) return nullptr;
  if (modrm.mod != real_modrm.mod || modrm.reg != real_modrm.reg || modrm.rm != real_modrm.rm) return "ModRM";
  const bool has_sib = modrm.rm == 4 && modrm.mod != 3;
  if (has_sib && (mine.raw.sib.base != real.raw.sib.base || mine.raw.sib.index != real.raw.sib.index)) return "SIB";
  return nullptr;
}

const char* difference(const ZydisDecodedOperand& mine, const ZydisDecodedOperand& real, bool address_only) {
  if (mine.type != real.type) return "type of an operand";
  if (!address_only && mine.size != real.size) return "size of an operand";
  const auto written = [](const ZydisDecodedOperand& of) {
    return (of.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
  };
  if (written(mine) != written(real)) return "what is written";
  if (is_register(mine)) return mine.reg.value == real.reg.value ? nullptr : "register";
  if (is_immediate(mine)) return immediate(mine) == immediate(real) ? nullptr : "number of an operand";
  if (is_processor_data(mine) != is_processor_data(real)) return "segment";
  const auto &memory = mine.mem, &other = real.mem;
  if (memory.base != other.base || memory.index != other.index || memory.scale != other.scale) return "address";
  return memory.disp.value == other.disp.value ? nullptr : "displacement of an operand";
}

class Comparison {
 public:
  explicit Comparison(bool is_64) : is_64_(is_64) {
    ZydisDecoderInit(&decoder_, is_64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                     is_64 ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
  }

  void look_at(const std::array<std::uint8_t, 24>& code) {
    if (!decode_plain(pe::Bytes{std::span<const std::uint8_t>(code)}, is_64_, mine_)) return;
    ++answered_;
    const char* fault = "no instruction";
    if (ZYAN_SUCCESS(
            ZydisDecoderDecodeFull(&decoder_, code.data(), code.size(), &real_.instruction, real_.operands.data()))) {
      fault = difference(mine_.instruction, real_.instruction);
      for (unsigned i = 0; fault == nullptr && i < real_.instruction.operand_count_visible; ++i)
        fault = difference(mine_.operands[i], real_.operands[i], real_.instruction.mnemonic == ZYDIS_MNEMONIC_LEA);
    }
    if (fault == nullptr) return;
    ++wrong_;
    faults_.insert(std::string(fault) + " of " + ZydisMnemonicGetString(real_.instruction.mnemonic) + ", opcode " +
                   std::to_string(int{real_.instruction.opcode}) + (is_64_ ? ", 64 bits" : ", 32 bits"));
  }

  [[nodiscard]] const std::set<std::string>& faults() const { return faults_; }
  [[nodiscard]] std::size_t answered() const { return answered_; }
  [[nodiscard]] std::size_t wrong() const { return wrong_; }

 private:
  const bool is_64_;
  ZydisDecoder decoder_{};
  Decoded mine_, real_;
  std::size_t answered_ = 0, wrong_ = 0;
  std::set<std::string> faults_;
};

}  // namespace

TEST_CASE("common instructions are decoded as Zydis decodes them, whatever the first bytes") {
  for (const bool is_64 : {false, true}) {
    Comparison comparison(is_64);
    std::mt19937_64 random(20261130);
    std::array<std::uint8_t, 24> code{};
    std::size_t asked = 0;
    const auto ask = [&](std::uint32_t first, std::uint32_t second, std::uint32_t third) {
      const std::uint64_t tail[2] = {random(), random()};
      code[0] = static_cast<std::uint8_t>(first);
      code[1] = static_cast<std::uint8_t>(second);
      code[2] = static_cast<std::uint8_t>(third);
      std::memcpy(code.data() + 3, tail, sizeof tail);
      ++asked;
      comparison.look_at(code);
    };
    for (std::uint32_t pair = 0; pair < 1U << 16; ++pair) {
      for (int i = 0; i < 12; ++i) ask(pair >> 8, pair & 0xFF, static_cast<std::uint32_t>(random()));
    }
    for (std::uint32_t triple = 0; triple < 1U << 20; ++triple)  // REX, or inc and dec
      ask(0x40 | triple >> 16, (triple >> 8) & 0xFF, triple & 0xFF);
    for (const std::string& fault : comparison.faults()) {
      INFO(fault);
      CHECK(false);
    }
    CHECK(comparison.wrong() == 0);
    CHECK(comparison.answered() > asked / 4);
  }
}

TEST_CASE("near the end of the code the quick decoder leaves it to Zydis") {
  const std::array<std::uint8_t, 14> code{0x81, 0x05};
  Decoded out;
  CHECK_FALSE(decode_plain(pe::Bytes{std::span<const std::uint8_t>(code)}, true, out));
}
