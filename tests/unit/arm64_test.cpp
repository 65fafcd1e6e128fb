// The ARM64 decoder against Capstone: on every word of the test drivers and on random ones, both must agree on the kind
// of instruction, on targets and constants, on memory operands and on the general registers that are written.
#include "scanner/trace/isa/arm64/decode.hpp"

#include <capstone/capstone.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <boost/filesystem.hpp>
#include <set>
#include <string>
#include <string_view>

#include "scanner/trace/isa/abi.hpp"
#include "tests/unit/files.hpp"

namespace arm64 = scanner::trace::arm64;
using arm64::Form;
using arm64::Word;

namespace {

int number_of(unsigned reg) {
  if (reg >= ARM64_REG_X0 && reg <= ARM64_REG_X28) return static_cast<int>(reg - ARM64_REG_X0);
  if (reg >= ARM64_REG_W0 && reg <= ARM64_REG_W30) return static_cast<int>(reg - ARM64_REG_W0);
  if (reg == ARM64_REG_X29) return 29;
  if (reg == ARM64_REG_X30) return 30;
  if (reg == ARM64_REG_SP || reg == ARM64_REG_WSP) return 32;
  return -1;
}

/// General registers that the word writes; 32 for sp.
std::set<int> written(const Word& word) {
  std::set<int> out;
  const auto add = [&out](std::uint8_t reg, bool stack) {
    if (reg < 31) out.insert(reg);
    if (reg == 31 && stack) out.insert(32);
  };
  const bool to_stack = (word.form == Form::add_immediate && !word.flags) ||
                        (word.form == Form::logic_immediate && !word.flags) ||
                        (word.form == Form::add_register && word.stack && !word.flags);
  if (arm64::writes_rd(word)) add(word.rd, to_stack);
  if (word.form == Form::load_pair && !word.vector) add(word.ra, false);
  if (word.status != arm64::kNone) add(word.status, false);
  if (word.mode == arm64::Address::before || word.mode == arm64::Address::after) add(word.rn, true);
  if (word.form == Form::call || word.form == Form::call_register) out.insert(30);
  return out;
}

class Oracle {
 public:
  Oracle() {
    REQUIRE(cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &handle_) == CS_ERR_OK);
    cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
    instruction_ = cs_malloc(handle_);
  }
  ~Oracle() {
    cs_free(instruction_, 1);
    cs_close(&handle_);
  }
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;

  /// Empty when both agree, or when Capstone does not know the word.
  std::string disagreement(std::uint32_t raw, std::uint32_t rva) {
    const auto* code = reinterpret_cast<const std::uint8_t*>(&raw);
    std::size_t size = 4;
    std::uint64_t address = rva;
    if (!cs_disasm_iter(handle_, &code, &size, &address, instruction_)) return {};
    ++compared;
    const Word word = arm64::decode(raw, rva);
    const cs_arm64& detail = instruction_->detail->arm64;
    const std::string text = std::string(instruction_->mnemonic) + " " + instruction_->op_str;
    const auto last = [&detail]() -> const cs_arm64_op& { return detail.operands[detail.op_count - 1]; };
    const auto target_is = [&](Form form) {
      return word.form == form && static_cast<std::uint32_t>(last().imm) == word.imm ? std::string() : text;
    };
    switch (instruction_->id) {
      case ARM64_INS_B:
        return target_is(detail.cc == ARM64_CC_INVALID || detail.cc == ARM64_CC_AL || detail.cc == ARM64_CC_NV
                             ? Form::jump
                             : Form::branch);
      case ARM64_INS_BL: return target_is(Form::call);
      case ARM64_INS_CBZ:
      case ARM64_INS_CBNZ: return target_is(Form::branch_zero);
      case ARM64_INS_TBZ:
      case ARM64_INS_TBNZ: return target_is(Form::branch_bit);
      case ARM64_INS_BR: return word.form == Form::jump_register ? std::string() : text;
      case ARM64_INS_BLR: return word.form == Form::call_register ? std::string() : text;
      case ARM64_INS_RET: return word.form == Form::ret ? std::string() : text;
      case ARM64_INS_ADR:
      case ARM64_INS_ADRP: return target_is(Form::address);
      default: break;
    }
    if (word.form == Form::undecodable) return text.starts_with("dcps") ? std::string() : "undecodable: " + text;
    for (std::uint8_t i = 0; i < detail.op_count; ++i) {
      const cs_arm64_op& operand = detail.operands[i];
      if (operand.type != ARM64_OP_MEM || word.form == Form::hint || word.form == Form::other) continue;
      const int base = number_of(operand.mem.base);
      if (word.rn != (base == 32 ? 31 : base)) return "base: " + text;
      const bool after = word.mode == arm64::Address::after;  // there the displacement is an operand of its own
      if (word.mode != arm64::Address::indexed && !after && static_cast<std::int64_t>(word.imm) != operand.mem.disp)
        return "displacement: " + text;
      if (word.mode == arm64::Address::indexed && operand.mem.index != ARM64_REG_WZR &&
          operand.mem.index != ARM64_REG_XZR && number_of(operand.mem.index) != word.rm)
        return "index: " + text;
    }
    if (word.form == Form::move_zero && last().type == ARM64_OP_IMM) {
      const std::uint64_t mask = word.width == 4 ? 0xFFFFFFFFULL : ~0ULL;
      std::uint64_t value = static_cast<std::uint64_t>(last().imm) << last().shift.value;
      if (instruction_->id == ARM64_INS_MOVN) value = ~value;
      if ((value & mask) != word.imm) return "constant: " + text;
    }
    return misreports_writes() || agrees_on_writes(word) ? std::string() : "writes: " + text;
  }

  std::size_t compared = 0;

 private:
  /// Where Capstone 4 has the accesses wrong: comparisons that write what they compare, additions that do not write,
  /// system registers that are taken for general ones, stores of vectors without their write-back.
  [[nodiscard]] bool misreports_writes() const {
    constexpr std::array kWrong = {"cmp", "cmn", "tst", "adds", "msr", "sys", "svc", "prfm", "prfum", "st1"};
    return std::find(kWrong.begin(), kWrong.end(), std::string_view(instruction_->mnemonic)) != kWrong.end();
  }

  bool agrees_on_writes(const Word& word) {
    cs_regs read{}, write{};
    std::uint8_t reads = 0, writes = 0;
    if (cs_regs_access(handle_, instruction_, read, &reads, write, &writes) != CS_ERR_OK) return true;
    std::set<int> theirs;
    for (std::uint8_t i = 0; i < writes; ++i) {
      if (const int number = number_of(write[i]); number >= 0) theirs.insert(number);
    }
    return theirs == written(word);
  }

  csh handle_ = 0;
  cs_insn* instruction_ = nullptr;
};

}  // namespace

TEST_CASE("ARM64 decoder agrees with Capstone on the test drivers") {
  Oracle oracle;
  std::size_t wrong = 0;
  for (const auto& entry : boost::filesystem::recursive_directory_iterator(TEST_DRIVERS)) {
    const std::string path = entry.path().string();
    if (entry.path().extension() != ".sys") continue;
    const auto bytes = read_bytes(path);
    const auto image = pe::Image::open(bytes);
    REQUIRE(image);
    if (image.value().machine() != pe::Machine::arm64) continue;
    for (const pe::Section& section : image.value().sections()) {
      if (!section.executable()) continue;
      const pe::Bytes code = image.value().from_rva(section.rva);
      for (std::uint32_t at = 0; at + 4 <= code.size(); at += 4) {
        const auto difference = oracle.disagreement(*code.read<std::uint32_t>(at), section.rva + at);
        if (difference.empty()) continue;
        if (++wrong < 20) MESSAGE(path << " " << section.rva + at << ": " << difference);
      }
    }
  }
  CHECK(wrong == 0);
  CHECK(oracle.compared > 10000);
}

TEST_CASE("ARM64 decoder agrees with Capstone on random words") {
  Oracle oracle;
  std::size_t wrong = 0;
  std::uint64_t seed = 20230612;
  for (int i = 0; i < 300000; ++i) {
    // SplitMix64
    seed += 0x9E3779B97F4A7C15ULL;
    std::uint64_t mixed = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
    const auto raw = static_cast<std::uint32_t>(mixed ^ (mixed >> 31));
    const auto difference = oracle.disagreement(raw, 0x4000000);
    if (!difference.empty() && ++wrong < 20) MESSAGE(raw << ": " << difference);
  }
  CHECK(wrong == 0);
  CHECK(oracle.compared > 50000);
}
