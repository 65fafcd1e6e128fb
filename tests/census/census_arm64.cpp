// The census of ARM64 images, with Capstone: in every range of .pdata and every stretch between, which register holds
// which address is followed along the edges of the flow graph to a fixed point, and the values are only "an address" or
// "the content of a slot". Slower than the index of the tracer and sharing nothing with it.
#include <capstone/capstone.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <stdexcept>
#include <vector>

#include "tests/census/census_arm64.hpp"

namespace census {
namespace {

constexpr std::uint32_t kWordBytes = 4;

/// What a register holds: nothing known, an address in the image, or what stands in a listed slot.
struct Known {
  enum Kind { nothing, address, slot } kind = nothing;
  std::uint32_t rva = 0;
  bool operator==(const Known&) const = default;
};
using Registers = std::array<Known, 31>;

int number_of(unsigned reg) {
  if (reg >= ARM64_REG_X0 && reg <= ARM64_REG_X28) return static_cast<int>(reg - ARM64_REG_X0);
  if (reg >= ARM64_REG_W0 && reg <= ARM64_REG_W30) return static_cast<int>(reg - ARM64_REG_W0);
  if (reg == ARM64_REG_X29) return 29;
  if (reg == ARM64_REG_X30) return 30;
  return -1;
}

class Taker {
 public:
  Taker(const pe::Image& image, const tagdb::ApiTable& apis) : image_(image) {
    if (cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &handle_) != CS_ERR_OK) throw std::runtime_error("capstone");
    cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
    instruction_ = cs_malloc(handle_);
    image.for_each_import([&](const pe::Import& import) {
      if (apis.find_import(import.name) >= 0) census_.slots.insert(import.slot_rva);
    });
    // The kernel and other owners of listed functions call them directly.
    const std::string library = pe::fold_case(image.export_library());
    image.for_each_export([&](const pe::Export& exported) {
      const int row = apis.find_import(exported.name);
      if (row >= 0 && apis.rows[static_cast<std::size_t>(row)].module == library) own_.insert(exported.rva);
    });
  }
  ~Taker() {
    cs_free(instruction_, 1);
    cs_close(&handle_);
  }
  Taker(const Taker&) = delete;
  Taker& operator=(const Taker&) = delete;

  Census run() {
    if (census_.slots.empty() && own_.empty()) return {};
    std::vector<std::pair<std::uint32_t, std::uint32_t>> covered;
    image_.for_each_function([&](const pe::FunctionRange& range) { covered.emplace_back(range.begin, range.end); });
    std::sort(covered.begin(), covered.end());
    for (const auto& [begin, end] : covered) follow(begin, end);
    for (const pe::Section& section : image_.sections()) {
      if (!section.executable()) continue;
      const std::uint32_t end = section.rva + std::min(section.file_size, section.virtual_size);
      std::uint32_t at = section.rva;
      for (const auto& [begin, stop] : covered) {
        if (stop <= section.rva || begin >= end) continue;
        if (begin > at) follow(at, begin);
        at = std::max(at, stop);
      }
      if (at < end) follow(at, end);
    }
    // `adrp; ldr; br` that somebody calls is a thunk: its callers are the sites.
    for (const auto& [site, target] : direct_) {
      if (own_.contains(target)) census_.sites.insert(site);
    }
    for (bool grown = true; grown;) {
      grown = false;
      for (const auto& [site, target] : direct_) {
        if (!thunks_.contains(target)) continue;
        census_.sites.insert(site);
        census_.sites.erase(thunks_[target]);
        // A branch to a thunk that is called itself is one too.
        const bool called =
            std::any_of(direct_.begin(), direct_.end(), [at = site](const auto& call) { return call.second == at; });
        grown = grown || (called && jumps_.contains(site) && thunks_.emplace(site, site).second);
      }
    }
    for (const auto& [begin, jump] : thunks_) census_.sites.erase(jump);
    return std::move(census_);
  }

 private:
  bool disassemble(std::uint32_t rva) {
    const pe::Bytes bytes = image_.from_rva(rva);
    const std::uint8_t* code = bytes.data();
    std::size_t size = std::min<std::size_t>(bytes.size(), kWordBytes);
    std::uint64_t address = rva;
    return size == kWordBytes && cs_disasm_iter(handle_, &code, &size, &address, instruction_);
  }

  void follow(std::uint32_t begin, std::uint32_t end) {
    begin = (begin + 3) & ~3U;
    end &= ~3U;
    if (end <= begin) return;
    const std::size_t count = (end - begin) / kWordBytes;
    std::vector<Registers> in(count);
    std::vector<std::uint8_t> seen(count, 0), queued(count, 0);
    std::deque<std::size_t> queue;
    const auto reach = [&](std::uint32_t rva, const Registers& state) {
      if (rva < begin || rva >= end) return;
      const std::size_t at = (rva - begin) / kWordBytes;
      bool changed = seen[at] == 0;
      if (seen[at] == 0) {
        in[at] = state;
      } else {
        for (std::size_t reg = 0; reg < state.size(); ++reg) {
          // Any way here that holds a slot makes what follows a possible site.
          const bool better = state[reg].kind > in[at][reg].kind;
          if (better) in[at][reg] = state[reg], changed = true;
        }
      }
      seen[at] = 1;
      if (changed && queued[at] == 0) {
        queued[at] = 1;
        queue.push_back(at);
      }
    };
    const auto drain = [&] {
      while (!queue.empty()) {
        const std::size_t at = queue.front();
        queue.pop_front();
        queued[at] = 0;
        Registers state = in[at];
        const auto rva = begin + static_cast<std::uint32_t>(at * kWordBytes);
        step(rva, state, reach);
      }
    };
    reach(begin, {});
    drain();
    for (std::size_t at = 0; at < count; ++at) {
      if (seen[at] != 0) continue;
      reach(begin + static_cast<std::uint32_t>(at * kWordBytes), {});
      drain();
    }
  }

  template <typename Reach>
  void step(std::uint32_t rva, Registers& state, const Reach& reach) {
    if (!disassemble(rva)) return;
    const cs_arm64& detail = instruction_->detail->arm64;
    const auto operand = [&](int i) -> const cs_arm64_op& { return detail.operands[i]; };
    const auto next = rva + kWordBytes;
    switch (instruction_->id) {
      case ARM64_INS_B:
      case ARM64_INS_BL:
      case ARM64_INS_CBZ:
      case ARM64_INS_CBNZ:
      case ARM64_INS_TBZ:
      case ARM64_INS_TBNZ: {
        const auto target = static_cast<std::uint32_t>(operand(detail.op_count - 1).imm);
        if (instruction_->id == ARM64_INS_BL) {
          direct_.emplace(rva, target);
          clobber(state);
          reach(next, state);
          return;
        }
        const bool always = instruction_->id == ARM64_INS_B &&
                            (detail.cc == ARM64_CC_INVALID || detail.cc == ARM64_CC_AL || detail.cc == ARM64_CC_NV);
        if (always) {
          direct_.emplace(rva, target);
          jumps_.insert(rva);
        }
        reach(target, state);
        if (!always) reach(next, state);
        return;
      }
      case ARM64_INS_BR:
      case ARM64_INS_BLR: {
        const int reg = number_of(operand(0).reg);
        if (reg >= 0 && state[static_cast<std::size_t>(reg)].kind == Known::slot) {
          census_.sites.insert(rva);
          if (instruction_->id == ARM64_INS_BR && is_thunk(rva)) thunks_[rva - 2 * kWordBytes] = rva;
        }
        // Behind an unconditional jump the next words are somebody else's, and get their own start.
        if (!disassemble(rva) || instruction_->id == ARM64_INS_BR) return;
        clobber(state);
        reach(next, state);
        return;
      }
      case ARM64_INS_RET: return;
      case ARM64_INS_BRK: return;
      case ARM64_INS_ADRP:
      case ARM64_INS_ADR:
        put(state, operand(0).reg, {Known::address, static_cast<std::uint32_t>(operand(1).imm)});
        break;
      case ARM64_INS_ADD: {
        Known sum;
        const int from = number_of(operand(1).reg);
        if (operand(2).type == ARM64_OP_IMM && from >= 0 &&
            state[static_cast<std::size_t>(from)].kind == Known::address) {
          const auto offset = static_cast<std::uint32_t>(operand(2).imm) << operand(2).shift.value;
          sum = {Known::address, state[static_cast<std::size_t>(from)].rva + offset};
        }
        put(state, operand(0).reg, sum);
        break;
      }
      case ARM64_INS_MOV: {
        Known moved;
        const int from = operand(1).type == ARM64_OP_REG ? number_of(operand(1).reg) : -1;
        if (from >= 0) moved = state[static_cast<std::size_t>(from)];
        put(state, operand(0).reg, moved);
        break;
      }
      case ARM64_INS_LDR: {
        Known content;
        const auto& memory = operand(1);
        const int base = memory.type == ARM64_OP_MEM ? number_of(memory.mem.base) : -1;
        if (base >= 0 && state[static_cast<std::size_t>(base)].kind == Known::address &&
            memory.mem.index == ARM64_REG_INVALID) {
          const std::uint32_t at =
              state[static_cast<std::size_t>(base)].rva + static_cast<std::uint32_t>(memory.mem.disp);
          if (census_.slots.contains(at)) {
            content = {Known::slot, at};
            census_.slot_loads.insert(rva);
          }
        }
        written(state);
        put(state, operand(0).reg, content);
        break;
      }
      default: written(state); break;
    }
    reach(next, state);
  }

  void put(Registers& state, unsigned reg, Known value) {
    if (const int number = number_of(reg); number >= 0) state[static_cast<std::size_t>(number)] = value;
  }

  /// Everything the instruction writes is unknown afterwards.
  void written(Registers& state) {
    cs_regs read{}, write{};
    std::uint8_t reads = 0, writes = 0;
    if (cs_regs_access(handle_, instruction_, read, &reads, write, &writes) != CS_ERR_OK) return;
    for (std::uint8_t i = 0; i < writes; ++i) put(state, write[i], {});
    // Capstone 4 forgets the destinations of some loads.
    const cs_arm64& detail = instruction_->detail->arm64;
    const std::string_view name = instruction_->mnemonic;
    if (!name.starts_with("ld")) return;
    for (std::uint8_t i = 0; i < detail.op_count; ++i) {
      if (detail.operands[i].type == ARM64_OP_REG) put(state, detail.operands[i].reg, {});
    }
  }

  static void clobber(Registers& state) {
    for (std::size_t reg = 0; reg <= 17; ++reg) state[reg] = {};
    state[30] = {};
  }

  /// adrp and ldr of the same register right before, which nothing falls into.
  bool is_thunk(std::uint32_t jump) {
    if (!disassemble(jump - 2 * kWordBytes) || instruction_->id != ARM64_INS_ADRP) return false;
    if (!disassemble(jump - kWordBytes) || instruction_->id != ARM64_INS_LDR) return false;
    if (!disassemble(jump - 3 * kWordBytes)) return true;
    const auto before = instruction_->id;
    return before == ARM64_INS_RET || before == ARM64_INS_BR || before == ARM64_INS_BRK || before == ARM64_INS_NOP ||
           before == ARM64_INS_B;
  }

  const pe::Image& image_;
  csh handle_ = 0;
  cs_insn* instruction_ = nullptr;
  Census census_;
  std::map<std::uint32_t, std::uint32_t> direct_;  // bl and b: site → target
  std::map<std::uint32_t, std::uint32_t> thunks_;  // begin → the br
  std::set<std::uint32_t> jumps_, own_;
};

}  // namespace

Census take_arm64(const pe::Image& image, const tagdb::ApiTable& apis) { return Taker(image, apis).run(); }

/// A site of the account that the census can know: calls of thunks, and calls and jumps of what it saw loaded from a
/// slot. Pointers from elsewhere lead nobody knows where.
bool knows_site_arm64(const pe::Image& image, const Census& census, std::uint32_t rva) {
  const auto raw = image.from_rva(rva).read<std::uint32_t>(0);
  if (!raw) return true;
  const auto jumps_by_register = [](std::uint32_t word) { return (word & 0xFFDFFC1FU) == 0xD61F0000U; };  // br, blr
  if (jumps_by_register(*raw)) return census.sites.contains(rva);
  // `bl` to a bare `br`: guard dispatch, whose target stands in a register.
  const auto offset = static_cast<std::int32_t>(*raw << 6) >> 4;
  const auto body = image.from_rva(rva + static_cast<std::uint32_t>(offset)).read<std::uint32_t>(0);
  return !body || !jumps_by_register(*body);
}

}  // namespace census
