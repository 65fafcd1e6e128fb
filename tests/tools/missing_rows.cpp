// Imports that lack a row in data/pool_apis.tsv: functions to which a driver passes a constant that the list of tags
// gives to that very driver. For developers of the table; what it shows is a question, not an answer.
//   poolwho_missing_rows FILE…      (file names from standard input when none is given)
// Prints, most frequent first: drivers, calls, module!function, the argument, and three examples. The code is followed
// straight through with what each register or stack slot last got as a constant, which is all that a count needs.
#include <Zydis/Zydis.h>
#include <capstone/capstone.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "pe/identity.hpp"
#include "pe/image.hpp"
#include "scanner/rank/rank.hpp"
#include "tagdb/api_table.hpp"
#include "tagdb/database.hpp"

namespace {

struct Found {
  std::set<std::string> drivers;
  std::size_t calls = 0;
  std::set<std::string> examples;
};
using Key = std::pair<std::string, unsigned>;  // module!function, number of the argument

struct Call {
  std::uint32_t slot = 0;
  std::map<unsigned, std::uint32_t> arguments;  // number → constant
};

/// Calls through import slots with the constants that stand in the places of arguments.
class Sweep {
 public:
  explicit Sweep(const pe::Image& image) : image_(image) {}
  virtual ~Sweep() = default;
  std::vector<Call> run() {
    std::set<std::uint32_t> starts;
    image_.for_each_function([&starts](const pe::FunctionRange& range) { starts.insert(range.begin); });
    for (const bool calling : {false, true}) {  // thunks first
      calling_ = calling;
      for (const pe::Section& section : image_.sections()) {
        if (!section.executable()) continue;
        const pe::Bytes code = image_.from_rva(section.rva);
        for (std::size_t at = 0; at < code.size();) {
          const auto rva = section.rva + static_cast<std::uint32_t>(at);
          if (starts.contains(rva)) forget();
          at += step(code.from(at), rva);
        }
      }
    }
    return std::move(calls_);
  }

 protected:
  virtual std::size_t step(pe::Bytes code, std::uint32_t rva) = 0;
  virtual void forget() = 0;
  const pe::Image& image_;
  bool calling_ = false;
  std::map<std::uint32_t, std::uint32_t> thunks_;  // RVA → slot
  std::vector<Call> calls_;
};

class X86Sweep : public Sweep {
 public:
  explicit X86Sweep(const pe::Image& image) : Sweep(image) {
    ZydisDecoderInit(&decoder_, image.is_64() ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                     image.is_64() ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
  }

 private:
  void forget() override {
    registers_.clear();
    slots_.clear();
    pushed_.clear();
  }
  ZydisRegister whole(ZydisRegister reg) const {
    return ZydisRegisterGetLargestEnclosing(image_.is_64() ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                                            reg);
  }
  std::uint32_t named(const ZydisDecodedOperand& operand, std::uint32_t next) const {
    const auto displacement = static_cast<std::uint64_t>(operand.mem.disp.value);
    if (operand.mem.base == ZYDIS_REGISTER_RIP) return static_cast<std::uint32_t>(next + displacement);
    const bool plain = operand.mem.base == ZYDIS_REGISTER_NONE && operand.mem.index == ZYDIS_REGISTER_NONE;
    return plain && !image_.is_64() ? image_.rva_of_va(static_cast<std::uint32_t>(displacement)).value_or(0) : 0;
  }
  void note_call(std::uint32_t slot) {
    Call call;
    call.slot = slot;
    if (image_.is_64()) {
      constexpr std::array kCarriers = {ZYDIS_REGISTER_RCX, ZYDIS_REGISTER_RDX, ZYDIS_REGISTER_R8, ZYDIS_REGISTER_R9};
      for (unsigned i = 0; i < kCarriers.size(); ++i) {
        if (const auto found = registers_.find(kCarriers[i]); found != registers_.end())
          call.arguments[i] = found->second;
      }
      for (const auto& [offset, value] : slots_) {
        if (offset >= 0x20 && offset < 0x60 && offset % 8 == 0)
          call.arguments[static_cast<unsigned>(offset / 8)] = value;
      }
    } else {
      for (std::size_t i = 0; i < pushed_.size() && i < 10; ++i) {
        if (const auto& value = pushed_[pushed_.size() - 1 - i]; value)
          call.arguments[static_cast<unsigned>(i)] = *value;
      }
    }
    calls_.push_back(std::move(call));
  }

  std::size_t step(pe::Bytes code, std::uint32_t rva) override {
    ZydisDecodedInstruction one{};
    std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> operands{};
    if (ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder_, code.data(), code.size(), &one, operands.data()))) {
      forget();
      return 1;
    }
    const std::uint32_t next = rva + one.length;
    const auto& first = operands[0];
    std::optional<std::uint32_t> constant;
    const auto& source = operands[one.operand_count_visible > 1 ? 1 : 0];
    if (source.type == ZYDIS_OPERAND_TYPE_IMMEDIATE) constant = static_cast<std::uint32_t>(source.imm.value.u);
    if (source.type == ZYDIS_OPERAND_TYPE_REGISTER) {
      if (const auto found = registers_.find(whole(source.reg.value)); found != registers_.end())
        constant = found->second;
    }
    if (one.mnemonic == ZYDIS_MNEMONIC_JMP && !calling_ && first.type == ZYDIS_OPERAND_TYPE_MEMORY) {
      if (const std::uint32_t slot = named(first, next); slot != 0) thunks_[rva] = slot;
    }
    if (one.mnemonic == ZYDIS_MNEMONIC_CALL) {
      std::uint32_t slot = first.type == ZYDIS_OPERAND_TYPE_MEMORY ? named(first, next) : 0;
      if (first.type == ZYDIS_OPERAND_TYPE_IMMEDIATE && first.imm.is_relative) {
        const auto target = static_cast<std::uint32_t>(next + static_cast<std::uint64_t>(first.imm.value.s));
        if (const auto thunk = thunks_.find(target); thunk != thunks_.end()) slot = thunk->second;
      }
      if (slot != 0 && calling_) note_call(slot);
      forget();
      return one.length;
    }
    if (one.mnemonic == ZYDIS_MNEMONIC_PUSH) {
      pushed_.push_back(constant);
      return one.length;
    }
    for (unsigned i = 0; i < one.operand_count; ++i) {
      const auto& operand = operands[i];
      if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER && (operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0)
        registers_.erase(whole(operand.reg.value));
    }
    if (one.mnemonic == ZYDIS_MNEMONIC_MOV && constant) {
      if (first.type == ZYDIS_OPERAND_TYPE_REGISTER) registers_[whole(first.reg.value)] = *constant;
      const bool on_stack = first.type == ZYDIS_OPERAND_TYPE_MEMORY &&
                            (first.mem.base == ZYDIS_REGISTER_RSP || first.mem.base == ZYDIS_REGISTER_ESP);
      if (on_stack && first.mem.index == ZYDIS_REGISTER_NONE) slots_[first.mem.disp.value] = *constant;
    }
    if (one.meta.category == ZYDIS_CATEGORY_RET || one.meta.category == ZYDIS_CATEGORY_UNCOND_BR) forget();
    return one.length;
  }

  ZydisDecoder decoder_{};
  std::map<ZydisRegister, std::uint32_t> registers_;
  std::map<std::int64_t, std::uint32_t> slots_;
  std::vector<std::optional<std::uint32_t>> pushed_;
};

class Arm64Sweep : public Sweep {
 public:
  explicit Arm64Sweep(const pe::Image& image) : Sweep(image) {
    cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &handle_);
    cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
    instruction_ = cs_malloc(handle_);
  }
  ~Arm64Sweep() override {
    cs_free(instruction_, 1);
    cs_close(&handle_);
  }
  Arm64Sweep(const Arm64Sweep&) = delete;
  Arm64Sweep& operator=(const Arm64Sweep&) = delete;

 private:
  struct Known {
    enum Kind { nothing, number, address, slot } kind = nothing;
    std::uint64_t value = 0;
  };
  void forget() override { registers_ = {}; }
  static int number_of(unsigned reg) {
    if (reg >= ARM64_REG_X0 && reg <= ARM64_REG_X28) return static_cast<int>(reg - ARM64_REG_X0);
    return reg >= ARM64_REG_W0 && reg <= ARM64_REG_W30 ? static_cast<int>(reg - ARM64_REG_W0) : -1;
  }
  Known held(unsigned reg) const {
    const int number = number_of(reg);
    return number < 0 ? Known{} : registers_[static_cast<std::size_t>(number)];
  }
  std::size_t step(pe::Bytes code, std::uint32_t rva) override {
    const std::uint8_t* at = code.data();
    std::size_t size = 4;
    std::uint64_t address = rva;
    if (code.size() < size || !cs_disasm_iter(handle_, &at, &size, &address, instruction_)) {
      forget();
      return 4;
    }
    const cs_arm64& detail = instruction_->detail->arm64;
    const auto& operands = detail.operands;
    Known result;
    switch (instruction_->id) {
      case ARM64_INS_ADRP:
      case ARM64_INS_ADR: result = {Known::address, static_cast<std::uint32_t>(operands[1].imm)}; break;
      case ARM64_INS_MOV:
      case ARM64_INS_MOVZ:
        result = operands[1].type == ARM64_OP_REG
                     ? held(operands[1].reg)
                     : Known{Known::number, static_cast<std::uint64_t>(operands[1].imm) << operands[1].shift.value};
        break;
      case ARM64_INS_MOVK:
        result = held(operands[0].reg);
        result.value |= static_cast<std::uint64_t>(operands[1].imm) << operands[1].shift.value;
        break;
      case ARM64_INS_ADD:
        result = held(operands[1].reg);
        if (operands[2].type == ARM64_OP_IMM && result.kind == Known::address)
          result.value += static_cast<std::uint64_t>(operands[2].imm);
        else
          result = {};
        break;
      case ARM64_INS_LDR:
        if (operands[1].type == ARM64_OP_IMM) {
          if (const auto word = image_.load(static_cast<std::uint32_t>(operands[1].imm), 4))
            result = {Known::number, *word};
        } else if (operands[1].type == ARM64_OP_MEM && operands[1].mem.index == ARM64_REG_INVALID) {
          const Known base = held(operands[1].mem.base);
          if (base.kind == Known::address)
            result = {Known::slot, base.value + static_cast<std::uint64_t>(std::int64_t{operands[1].mem.disp})};
        }
        break;
      case ARM64_INS_BL: {
        const auto thunk = thunks_.find(static_cast<std::uint32_t>(operands[0].imm));
        if (calling_ && thunk != thunks_.end()) note_call(thunk->second);
        return after_call();
      }
      case ARM64_INS_BLR:
        if (const Known target = held(operands[0].reg); calling_ && target.kind == Known::slot)
          note_call(static_cast<std::uint32_t>(target.value));
        return after_call();
      case ARM64_INS_BR:
        if (const Known target = held(operands[0].reg); !calling_ && target.kind == Known::slot)
          thunks_[rva - 8] = static_cast<std::uint32_t>(target.value);
        forget();
        return 4;
      case ARM64_INS_RET:
      case ARM64_INS_B:
        if (instruction_->id == ARM64_INS_RET || detail.cc == ARM64_CC_INVALID) forget();
        return 4;
      default: break;
    }
    if (detail.op_count > 0 && operands[0].type == ARM64_OP_REG &&
        !std::string(instruction_->mnemonic).starts_with("st")) {
      if (const int number = number_of(operands[0].reg); number >= 0)
        registers_[static_cast<std::size_t>(number)] = result;
    }
    return 4;
  }
  std::size_t after_call() {
    for (std::size_t i = 0; i < 18; ++i) registers_[i] = {};
    return 4;
  }
  void note_call(std::uint32_t slot) {
    Call call;
    call.slot = slot;
    for (unsigned i = 0; i < 8; ++i) {
      if (registers_[i].kind == Known::number) call.arguments[i] = static_cast<std::uint32_t>(registers_[i].value);
    }
    calls_.push_back(std::move(call));
  }

  csh handle_ = 0;
  cs_insn* instruction_ = nullptr;
  std::array<Known, 31> registers_;
};

std::vector<Call> calls_of(const pe::Image& image) {
  if (image.machine() == pe::Machine::arm64) return Arm64Sweep(image).run();
  if (image.machine() == pe::Machine::x64 || image.machine() == pe::Machine::x86) return X86Sweep(image).run();
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> paths(argv + 1, argv + argc);
  if (paths.empty()) {
    for (std::string line; std::getline(std::cin, line);) paths.push_back(line);
  }
  const auto& apis = tagdb::builtin_api_table();
  tagdb::Database database;
  database.add_builtin();
  std::map<Key, Found> missing;
  std::size_t drivers = 0;
  for (const std::string& path : paths) {
    std::ifstream in(path, std::ios::binary);
    const std::vector<char> bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto image = pe::Image::open({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    if (!image) continue;
    ++drivers;
    std::map<std::uint32_t, std::string> functions;  // slot → module!function, of those without a row
    image.value().for_each_import([&](const pe::Import& import) {
      if (!import.name.empty() && apis.find_import(import.name) < 0)
        functions[import.slot_rva] = tagdb::qualified_name(import.library, import.name);
    });
    std::string problem;
    const pe::Identity who = pe::identify(image.value(), problem);
    scanner::rank::ImageFacts facts;
    facts.file_name = std::string_view(path).substr(path.find_last_of('/') + 1);
    facts.original_name = who.original_name;
    for (const Call& call : calls_of(image.value())) {
      const auto function = functions.find(call.slot);
      if (function == functions.end()) continue;
      for (const auto& [number, value] : call.arguments) {
        const tagdb::PoolTag tag(value);
        if (!tag.chosen() || scanner::rank::listed_owner(facts, database.lookup(tag)) == nullptr) continue;
        Found& found = missing[{function->second, number}];
        found.drivers.insert(who.original_name.empty() ? std::string(facts.file_name) : who.original_name);
        ++found.calls;
        if (found.examples.size() < 3) found.examples.insert(tag.text() + " in " + *found.drivers.begin());
      }
    }
  }
  std::vector<std::pair<Key, Found>> sorted(missing.begin(), missing.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second.drivers.size(), a.second.calls) > std::pair(b.second.drivers.size(), b.second.calls);
  });
  for (const auto& [key, found] : sorted) {
    std::printf("%4zu %5zu  %s argument %u ", found.drivers.size(), found.calls, key.first.c_str(), key.second);
    for (const std::string& example : found.examples) std::printf("  %s", example.c_str());
    std::printf("\n");
  }
  std::printf("%zu images, %zu places\n", drivers, sorted.size());
}
