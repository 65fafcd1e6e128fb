#include "tests/accuracy/look_back.hpp"

#include <Zydis/Zydis.h>
#include <capstone/capstone.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>

#include "tagdb/api_table.hpp"

namespace accuracy {
namespace {

constexpr std::size_t kInstructions = 10;

/// The constants of the last few instructions.
class Recent {
 public:
  void add(std::uint32_t constant) {
    last_.push_back(constant & 0x7FFFFFFFU);
    if (last_.size() > kInstructions) last_.pop_front();
  }
  void take_into(std::set<std::uint32_t>& constants) const { constants.insert(last_.begin(), last_.end()); }

 private:
  std::deque<std::uint32_t> last_;
};

void look_back_x86(const pe::Image& image, pe::Bytes code, std::uint32_t rva, const std::set<std::uint32_t>& slots,
                   std::set<std::uint32_t>& constants) {
  ZydisDecoder decoder;
  if (image.is_64()) {
    ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  } else {
    ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
  }
  Recent recent;
  for (std::size_t at = 0; at < code.size();) {
    ZydisDecodedInstruction instruction;
    std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> operands;
    if (ZYAN_FAILED(
            ZydisDecoderDecodeFull(&decoder, code.data() + at, code.size() - at, &instruction, operands.data()))) {
      ++at;
      continue;
    }
    at += instruction.length;
    if (instruction.mnemonic == ZYDIS_MNEMONIC_CALL && operands[0].type == ZYDIS_OPERAND_TYPE_MEMORY) {
      const auto displacement = static_cast<std::uint64_t>(operands[0].mem.disp.value);
      const auto slot = image.is_64() ? rva + at + displacement : (displacement & 0xFFFFFFFFU) - image.base();
      if (slots.contains(static_cast<std::uint32_t>(slot))) recent.take_into(constants);
    }
    const bool moves = instruction.mnemonic == ZYDIS_MNEMONIC_MOV && operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
    const bool pushes = instruction.mnemonic == ZYDIS_MNEMONIC_PUSH && operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
    recent.add(moves || pushes ? static_cast<std::uint32_t>(operands[pushes ? 0 : 1].imm.value.u) : 0U);
  }
}

/// Here the scripts look for adrp and ldr of a slot, and put movz and movk of one register together.
void look_back_arm64(const pe::Image& image, pe::Bytes code, std::uint32_t rva, const std::set<std::uint32_t>& slots,
                     std::set<std::uint32_t>& constants) {
  csh handle = 0;
  if (cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &handle) != CS_ERR_OK) return;
  cs_option(handle, CS_OPT_DETAIL, CS_OPT_ON);
  cs_option(handle, CS_OPT_SKIPDATA, CS_OPT_ON);
  cs_insn* instruction = cs_malloc(handle);
  Recent recent;
  std::map<unsigned, std::uint32_t> pages, parts;
  const std::uint8_t* bytes = code.data();
  std::size_t size = code.size();
  std::uint64_t address = rva;
  while (cs_disasm_iter(handle, &bytes, &size, &address, instruction)) {
    std::uint32_t constant = 0;
    if (instruction->detail != nullptr && instruction->id != 0) {
      const cs_arm64& detail = instruction->detail->arm64;
      const auto& first = detail.operands[0];
      const auto& second = detail.operands[1];
      if (instruction->id == ARM64_INS_ADRP) pages[first.reg] = static_cast<std::uint32_t>(second.imm);
      if (instruction->id == ARM64_INS_LDR && second.type == ARM64_OP_MEM && pages.contains(second.mem.base)) {
        const std::uint32_t slot = pages[second.mem.base] + static_cast<std::uint32_t>(second.mem.disp);
        if (slots.contains(slot)) recent.take_into(constants);
      }
      if (instruction->id == ARM64_INS_LDR && second.type == ARM64_OP_IMM)
        constant = static_cast<std::uint32_t>(image.load(static_cast<std::uint32_t>(second.imm), 4).value_or(0));
      if ((instruction->id == ARM64_INS_MOVZ || instruction->id == ARM64_INS_MOV) && second.type == ARM64_OP_IMM)
        constant = parts[first.reg] = static_cast<std::uint32_t>(second.imm) << second.shift.value;
      if (instruction->id == ARM64_INS_MOVK)
        constant = parts[first.reg] |= static_cast<std::uint32_t>(second.imm) << second.shift.value;
    }
    recent.add(constant);
  }
  cs_free(instruction, 1);
  cs_close(&handle);
}

}  // namespace

std::set<std::uint32_t> look_back(const pe::Image& image) {
  std::set<std::uint32_t> constants, slots;
  image.for_each_import([&](const pe::Import& import) {
    if (tagdb::builtin_api_table().find_import(import.name) >= 0) slots.insert(import.slot_rva);
  });
  for (const pe::Section& section : image.sections()) {
    if (!section.executable()) continue;
    const pe::Bytes code = image.from_rva(section.rva);
    if (image.machine() == pe::Machine::arm64) {
      look_back_arm64(image, code, section.rva, slots, constants);
    } else {
      look_back_x86(image, code, section.rva, slots, constants);
    }
  }
  return constants;
}

}  // namespace accuracy
