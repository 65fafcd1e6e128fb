#include "tests/census/census_kmdf.hpp"

#include <Zydis/Zydis.h>
#include <capstone/capstone.h>

#include <array>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace census {
namespace {

constexpr std::u16string_view kComponent = u"KmdfLibrary";

/// What a register holds, as far as that matters here.
struct Known {
  enum Kind { nothing, number, address, table } kind = nothing;
  std::uint64_t value = 0;  ///< number; address: RVA; table: bytes behind the table's begin
};

/// Where the table stands, or the pointer to it: three words behind each word that names the component.
std::set<std::uint32_t> candidates(const pe::Image& image) {
  const unsigned word = image.pointer_size();
  std::set<std::uint32_t> texts, tables;
  for (const pe::Section& section : image.sections()) {
    const pe::Bytes bytes = image.from_rva(section.rva);
    for (std::size_t at = 0; at + 2 * kComponent.size() <= bytes.size(); at += 2) {
      bool same = true;
      for (std::size_t i = 0; same && i < kComponent.size(); ++i)
        same = bytes.read<std::uint16_t>(at + 2 * i) == static_cast<std::uint16_t>(kComponent[i]);
      if (same) texts.insert(section.rva + static_cast<std::uint32_t>(at));
    }
  }
  if (texts.empty()) return tables;
  for (const pe::Section& section : image.sections()) {
    const pe::Bytes bytes = image.from_rva(section.rva);
    for (std::size_t at = 0; at + word <= bytes.size(); at += 4) {
      const std::uint64_t value = word == 8 ? *bytes.read<std::uint64_t>(at) : *bytes.read<std::uint32_t>(at);
      const auto target = image.rva_of_va(value);
      if (!target || !texts.contains(*target)) continue;
      const auto behind = image.load(section.rva + static_cast<std::uint32_t>(at) + (word == 8 ? 0x18 : 0x14), word);
      if (const auto table = behind ? image.rva_of_va(*behind) : std::nullopt) tables.insert(*table);
    }
  }
  return tables;
}

class Sweep {
 public:
  Sweep(const pe::Image& image, const tagdb::ApiTable& apis, std::set<std::uint32_t> tables)
      : image_(image), word_(image.pointer_size()), tables_(std::move(tables)) {
    for (const tagdb::ApiRow& row : apis.rows) {
      if (row.match == tagdb::ApiMatch::kmdf) offsets_.insert(std::uint64_t{row.kmdf_index} * word_);
    }
  }
  virtual ~Sweep() = default;

  std::set<std::uint32_t> run() {
    std::vector<std::uint32_t> starts;
    image_.for_each_function([&starts](const pe::FunctionRange& range) { starts.push_back(range.begin); });
    const std::set<std::uint32_t> fresh(starts.begin(), starts.end());
    for (const pe::Section& section : image_.sections()) {
      if (!section.executable()) continue;
      const pe::Bytes code = image_.from_rva(section.rva);
      for (std::size_t at = 0; at < code.size();) {
        const auto rva = section.rva + static_cast<std::uint32_t>(at);
        if (fresh.contains(rva)) forget();
        at += step(code.from(at), rva);
      }
    }
    // Up to KMDF 1.13 the table itself stands there, later a pointer to it: then what stands behind is something else.
    std::set<std::uint32_t> loads = std::move(through_pointer_);
    if (!pointer_) loads.merge(direct_);
    return loads;
  }

 protected:
  virtual std::size_t step(pe::Bytes code, std::uint32_t rva) = 0;
  virtual void forget() = 0;

  /// What a load of a word from there gives; notes loads of listed functions.
  Known load(const Known& address, std::uint32_t rva) {
    if (address.kind == Known::address) {
      const auto at = static_cast<std::uint32_t>(address.value);
      for (const std::uint32_t table : tables_) {
        if (at > table && offsets_.contains(at - table)) direct_.insert(rva);
      }
      if (tables_.contains(at)) return {Known::table, 0};
    }
    pointer_ = pointer_ || address.kind == Known::table;
    if (address.kind == Known::table && offsets_.contains(address.value)) through_pointer_.insert(rva);
    return {};
  }

  static Known sum(const Known& a, const Known& b) {
    if (a.kind == Known::number && b.kind != Known::nothing) return {b.kind, a.value + b.value};
    if (b.kind == Known::number && a.kind != Known::nothing) return {a.kind, a.value + b.value};
    return {};
  }

  const pe::Image& image_;
  const unsigned word_;
  std::set<std::uint32_t> tables_;
  std::set<std::uint64_t> offsets_;
  std::set<std::uint32_t> direct_, through_pointer_;
  bool pointer_ = false;
};

class X86Sweep : public Sweep {
 public:
  X86Sweep(const pe::Image& image, const tagdb::ApiTable& apis, std::set<std::uint32_t> tables)
      : Sweep(image, apis, std::move(tables)) {
    ZydisDecoderInit(&decoder_, image.is_64() ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                     image.is_64() ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
  }

 private:
  void forget() override { registers_.clear(); }

  ZydisRegister whole(ZydisRegister reg) const {
    return ZydisRegisterGetLargestEnclosing(image_.is_64() ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                                            reg);
  }
  Known held(ZydisRegister reg) {
    const auto found = registers_.find(whole(reg));
    return found == registers_.end() ? Known{} : found->second;
  }

  Known address_of(const ZydisDecodedOperand& operand, std::uint32_t next) {
    const auto& memory = operand.mem;
    const auto displacement = static_cast<std::uint64_t>(memory.disp.value);
    if (memory.base == ZYDIS_REGISTER_RIP) return {Known::address, static_cast<std::uint32_t>(next + displacement)};
    Known total{Known::number, displacement};
    if (!image_.is_64()) {
      if (const auto target = image_.rva_of_va(static_cast<std::uint32_t>(displacement)))
        total = {Known::address, *target};
    }
    if (memory.base != ZYDIS_REGISTER_NONE) total = sum(total, held(memory.base));
    if (memory.index != ZYDIS_REGISTER_NONE) {
      Known index = held(memory.index);
      if (index.kind == Known::number) index.value *= memory.scale;
      if (index.kind != Known::number && memory.scale != 1) index = {};
      total = sum(total, index);
    }
    return total;
  }

  std::size_t step(pe::Bytes code, std::uint32_t rva) override {
    ZydisDecodedInstruction one{};
    std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> operands{};
    if (ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder_, code.data(), code.size(), &one, operands.data()))) {
      forget();
      return 1;
    }
    const std::uint32_t next = rva + one.length;
    Known result;
    const auto value_of = [&](const ZydisDecodedOperand& operand) -> Known {
      if (operand.type == ZYDIS_OPERAND_TYPE_IMMEDIATE) return {Known::number, operand.imm.value.u};
      if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER) return held(operand.reg.value);
      if (operand.type == ZYDIS_OPERAND_TYPE_MEMORY && operand.size == 8U * word_)
        return load(address_of(operand, next), rva);
      return {};
    };
    switch (one.mnemonic) {
      case ZYDIS_MNEMONIC_MOV: result = value_of(operands[1]); break;
      case ZYDIS_MNEMONIC_LEA: result = address_of(operands[1], next); break;
      case ZYDIS_MNEMONIC_ADD: result = sum(value_of(operands[0]), value_of(operands[1])); break;
      case ZYDIS_MNEMONIC_SHL: {
        const Known a = value_of(operands[0]), b = value_of(operands[1]);
        if (a.kind == Known::number && b.kind == Known::number) result = {Known::number, a.value << (b.value & 31)};
        break;
      }
      case ZYDIS_MNEMONIC_IMUL: {
        const unsigned from = one.operand_count_visible == 3 ? 1 : 0;
        const Known a = value_of(operands[from]), b = value_of(operands[from + 1]);
        if (one.operand_count_visible > 1 && a.kind == Known::number && b.kind == Known::number)
          result = {Known::number, a.value * b.value};
        break;
      }
      case ZYDIS_MNEMONIC_CALL:
      case ZYDIS_MNEMONIC_JMP:
      case ZYDIS_MNEMONIC_PUSH:
        if (operands[0].type == ZYDIS_OPERAND_TYPE_MEMORY) value_of(operands[0]);
        break;
      default: break;
    }
    for (unsigned i = 0; i < one.operand_count; ++i) {
      const auto& operand = operands[i];
      if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER && (operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0)
        registers_.erase(whole(operand.reg.value));
    }
    if (operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER && result.kind != Known::nothing)
      registers_[whole(operands[0].reg.value)] = result;
    if (one.mnemonic == ZYDIS_MNEMONIC_CALL) {
      for (const ZydisRegister lost :
           {ZYDIS_REGISTER_RAX, ZYDIS_REGISTER_RCX, ZYDIS_REGISTER_RDX, ZYDIS_REGISTER_R8, ZYDIS_REGISTER_R9,
            ZYDIS_REGISTER_R10, ZYDIS_REGISTER_R11, ZYDIS_REGISTER_EAX, ZYDIS_REGISTER_ECX, ZYDIS_REGISTER_EDX})
        registers_.erase(lost);
    }
    if (one.meta.category == ZYDIS_CATEGORY_RET || one.mnemonic == ZYDIS_MNEMONIC_JMP ||
        one.mnemonic == ZYDIS_MNEMONIC_INT3)
      forget();
    return one.length;
  }

  ZydisDecoder decoder_{};
  std::map<ZydisRegister, Known> registers_;
};

class Arm64Sweep : public Sweep {
 public:
  Arm64Sweep(const pe::Image& image, const tagdb::ApiTable& apis, std::set<std::uint32_t> tables)
      : Sweep(image, apis, std::move(tables)) {
    if (cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &handle_) != CS_ERR_OK) throw std::runtime_error("capstone");
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
  void forget() override { registers_ = {}; }

  static int number_of(unsigned reg) {
    if (reg >= ARM64_REG_X0 && reg <= ARM64_REG_X28) return static_cast<int>(reg - ARM64_REG_X0);
    if (reg >= ARM64_REG_W0 && reg <= ARM64_REG_W30) return static_cast<int>(reg - ARM64_REG_W0);
    if (reg == ARM64_REG_X29) return 29;
    return reg == ARM64_REG_X30 ? 30 : -1;
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
    const auto operand = [&detail](int i) -> const cs_arm64_op& { return detail.operands[i]; };
    const auto number = [](std::int64_t value) { return Known{Known::number, static_cast<std::uint64_t>(value)}; };
    Known result;
    switch (instruction_->id) {
      case ARM64_INS_ADRP:
      case ARM64_INS_ADR: result = {Known::address, static_cast<std::uint32_t>(operand(1).imm)}; break;
      case ARM64_INS_MOVZ:
      case ARM64_INS_MOV:
        result = operand(1).type == ARM64_OP_REG ? held(operand(1).reg) : number(operand(1).imm);
        break;
      case ARM64_INS_ADD:
        result =
            sum(held(operand(1).reg), operand(2).type == ARM64_OP_IMM ? number(operand(2).imm << operand(2).shift.value)
                                      : operand(2).shift.value == 0   ? held(operand(2).reg)
                                                                      : Known{});
        break;
      case ARM64_INS_MUL: {
        const Known a = held(operand(1).reg), b = held(operand(2).reg);
        if (a.kind == Known::number && b.kind == Known::number) result = {Known::number, a.value * b.value};
        break;
      }
      case ARM64_INS_LDR: {
        if (operand(1).type != ARM64_OP_MEM) break;
        const auto& memory = operand(1).mem;
        Known where = sum(held(memory.base), number(memory.disp));
        if (memory.index != ARM64_REG_INVALID)
          where = operand(1).shift.value == 0 ? sum(where, held(memory.index)) : Known{};
        if (instruction_->op_str[0] == 'x') result = load(where, rva);
        break;
      }
      case ARM64_INS_BL:
      case ARM64_INS_BLR:
        for (std::size_t reg = 0; reg < 18; ++reg) registers_[reg] = {};
        return 4;
      case ARM64_INS_RET:
      case ARM64_INS_BR: forget(); return 4;
      default: break;
    }
    cs_regs read{}, write{};
    std::uint8_t reads = 0, writes = 0;
    if (cs_regs_access(handle_, instruction_, read, &reads, write, &writes) == CS_ERR_OK) {
      for (std::uint8_t i = 0; i < writes; ++i) put(write[i], {});
    }
    const std::string_view name = instruction_->mnemonic;
    for (std::uint8_t i = 0; name.starts_with("ld") && i < detail.op_count; ++i) {
      if (detail.operands[i].type == ARM64_OP_REG) put(detail.operands[i].reg, {});
    }
    if (result.kind != Known::nothing) put(operand(0).reg, result);
    return 4;
  }

  void put(unsigned reg, Known value) {
    if (const int number = number_of(reg); number >= 0) registers_[static_cast<std::size_t>(number)] = value;
  }

  csh handle_ = 0;
  cs_insn* instruction_ = nullptr;
  std::array<Known, 31> registers_;
};

}  // namespace

KmdfCensus take_kmdf(const pe::Image& image, const tagdb::ApiTable& apis) {
  KmdfCensus out;
  image.for_each_import([&out](const pe::Import& import) { out.binds = out.binds || import.name == "WdfVersionBind"; });
  if (!out.binds) return out;
  const std::set<std::uint32_t> tables = candidates(image);
  out.table = !tables.empty();
  if (image.machine() == pe::Machine::arm64) {
    out.loads = Arm64Sweep(image, apis, tables).run();
  } else {
    out.loads = X86Sweep(image, apis, tables).run();
  }
  return out;
}

}  // namespace census
