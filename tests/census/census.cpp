#include "tests/census/census.hpp"

#include <Zydis/Zydis.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

#include "tests/census/census_arm64.hpp"

namespace census {
namespace {

struct Decoded {
  std::uint32_t rva = 0;
  ZydisDecodedInstruction instruction{};
  std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> operands{};
};

class Taker {
 public:
  Taker(const pe::Image& image, const tagdb::ApiTable& apis) : image_(image) {
    if (image.is_64()) {
      ZydisDecoderInit(&decoder_, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    } else {
      ZydisDecoderInit(&decoder_, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
      image.for_each_relocation([this](std::uint32_t rva, unsigned) { addresses_.insert(rva); });
    }
    image.for_each_import([&](const pe::Import& import) {
      if (apis.find_import(import.name) >= 0) slots_.insert(import.slot_rva);
    });
    // The kernel and other owners of listed functions call them directly.
    const std::string library = pe::fold_case(image.export_library());
    image.for_each_export([&](const pe::Export& exported) {
      const int row = apis.find_import(exported.name);
      if (row >= 0 && apis.rows[static_cast<std::size_t>(row)].module == library) own_.insert(exported.rva);
    });
  }

  Census run() {
    if (slots_.empty() && own_.empty()) return {};
    image_.for_each_function([this](const pe::FunctionRange& range) { covered_.emplace_back(range.begin, range.end); });
    std::sort(covered_.begin(), covered_.end());
    for (const auto& [begin, end] : covered_) sweep(begin, end);
    for (const pe::Section& section : image_.sections()) {
      if (!section.executable()) continue;
      const std::uint32_t end = section.rva + std::min(section.file_size, section.virtual_size);
      std::uint32_t at = section.rva;
      for (const auto& [begin, stop] : covered_) {
        if (stop <= section.rva || begin >= end) continue;
        if (begin > at) sweep(at, begin);
        at = std::max(at, stop);
      }
      if (at < end) sweep(at, end);
    }
    // Calls of thunks, once the thunks are known.
    for (const auto& [site, target] : direct_) {
      if (own_.contains(target)) census_.sites.insert(site);
      if (jumps_.contains(target)) {
        census_.sites.insert(site);
        called_thunks_.insert(target);
      }
    }
    for (const std::uint32_t thunk : called_thunks_) census_.sites.erase(thunk);
    // Import libraries bring thunks that nobody calls; a block of a function that only jumps has a branch to it.
    for (const std::uint32_t thunk : thunks_) {
      if (!branched_to_.contains(thunk)) census_.sites.erase(thunk);
    }
    census_.slots = slots_;
    return census_;
  }

 private:
  void sweep(std::uint32_t begin, std::uint32_t end) {
    const pe::Bytes all = image_.from_rva(begin);
    const pe::Bytes code = all.slice(0, std::min<std::size_t>(all.size(), end - begin)).value_or(pe::Bytes{});
    bool fresh = true;  // nothing falls through to here
    for (std::size_t at = 0; at < code.size();) {
      Decoded one;
      one.rva = begin + static_cast<std::uint32_t>(at);
      if (addresses_.contains(one.rva)) {  // x86: an address where an instruction should begin is data
        at += 4;
        fresh = true;
        continue;
      }
      if (ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder_, code.data() + at, code.size() - at, &one.instruction,
                                             one.operands.data())) ||
          cuts_address(one)) {
        ++at;
        fresh = true;
        continue;
      }
      look(one, fresh);
      const auto category = one.instruction.meta.category;
      const bool padding =
          one.instruction.mnemonic == ZYDIS_MNEMONIC_INT3 || one.instruction.mnemonic == ZYDIS_MNEMONIC_NOP;
      fresh = category == ZYDIS_CATEGORY_UNCOND_BR || category == ZYDIS_CATEGORY_RET || (padding && fresh) ||
              one.instruction.mnemonic == ZYDIS_MNEMONIC_INT3;
      at += one.instruction.length;
    }
  }

  /// x86: does the instruction end within an address, or begin one where it has neither displacement nor immediate?
  [[nodiscard]] bool cuts_address(const Decoded& one) const {
    const auto& raw = one.instruction.raw;
    const std::uint32_t end = one.rva + one.instruction.length;
    for (auto it = addresses_.upper_bound(one.rva); it != addresses_.end() && *it < end; ++it) {
      const std::uint32_t offset = *it - one.rva;
      const bool field =
          (raw.disp.size == 32 && raw.disp.offset == offset) || (raw.imm[0].size == 32 && raw.imm[0].offset == offset);
      if (!field) return true;
    }
    return false;
  }

  /// The RVA that a memory operand names: relative to the next instruction, or on x86 absolute.
  [[nodiscard]] std::optional<std::uint32_t> named(const Decoded& one, const ZydisDecodedOperand& operand) const {
    if (operand.type != ZYDIS_OPERAND_TYPE_MEMORY) return std::nullopt;
    const auto displacement = static_cast<std::uint64_t>(operand.mem.disp.value);
    if (image_.is_64()) {
      if (operand.mem.base != ZYDIS_REGISTER_RIP) return std::nullopt;
      return static_cast<std::uint32_t>(one.rva + one.instruction.length + displacement);
    }
    const bool plain = operand.mem.base == ZYDIS_REGISTER_NONE && operand.mem.index == ZYDIS_REGISTER_NONE;
    return plain ? image_.rva_of_va(static_cast<std::uint32_t>(displacement)) : std::nullopt;
  }

  void look(const Decoded& one, bool fresh) {
    const auto& instruction = one.instruction;
    const bool call = instruction.mnemonic == ZYDIS_MNEMONIC_CALL, jump = instruction.mnemonic == ZYDIS_MNEMONIC_JMP;
    const auto next = one.rva + instruction.length;
    for (unsigned i = 0; i < instruction.operand_count_visible; ++i) {
      const auto& operand = one.operands[i];
      if (const auto target = named(one, operand)) {
        if (!slots_.contains(*target)) continue;
        if (call || jump) {
          census_.sites.insert(one.rva);
          if (jump) jumps_.insert(one.rva);
          if (jump && fresh) thunks_.insert(one.rva);
        } else if ((operand.actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0) {
          census_.slot_loads.insert(one.rva);
        }
      }
      if (operand.type != ZYDIS_OPERAND_TYPE_IMMEDIATE || !operand.imm.is_relative) continue;
      branched_to_.insert(static_cast<std::uint32_t>(next + static_cast<std::uint64_t>(operand.imm.value.s)));
      if (call || jump)
        direct_.emplace_back(one.rva,
                             static_cast<std::uint32_t>(next + static_cast<std::uint64_t>(operand.imm.value.s)));
    }
  }

  const pe::Image& image_;
  ZydisDecoder decoder_{};
  std::set<std::uint32_t> addresses_;  // x86: relocated fields
  std::set<std::uint32_t> slots_, own_, jumps_, thunks_, called_thunks_, branched_to_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> covered_, direct_;
  Census census_;
};

}  // namespace

Census take(const pe::Image& image, const tagdb::ApiTable& apis) {
  Census census = image.machine() == pe::Machine::arm64 ? take_arm64(image, apis) : Taker(image, apis).run();
  census.kmdf = take_kmdf(image, apis);
  for (std::size_t i = 0; i < apis.rows.size(); ++i) {
    if (apis.rows[i].match == tagdb::ApiMatch::kmdf) census.kmdf_rows.insert(static_cast<int>(i));
  }
  return census;
}

namespace {

/// Can the census know this site? Not when it goes through a register or through memory that is no import slot.
bool census_can_know(const pe::Image& image, const std::set<std::uint32_t>& slots, std::uint32_t rva) {
  pe::Bytes code = image.from_rva(rva);
  std::uint32_t at = rva;
  if (!image.is_64()) {
    if (code.size() < 6 || code[0] != 0xFF) return true;
    const auto slot = image.rva_of_va(*code.read<std::uint32_t>(2));
    return (code[1] == 0x15 || code[1] == 0x25) && slot && slots.contains(*slot);
  }
  if (code.size() > 1 && (code[0] & 0xF0) == 0x40) {
    code = code.from(1);
    ++at;
  }
  if (code.size() < 6 || code[0] != 0xFF) return true;
  if (code[1] != 0x15 && code[1] != 0x25) return false;
  return slots.contains(at + 6 + *code.read<std::uint32_t>(2));
}

/// Where a listed function of the framework is loaded it is called: perhaps far behind the load, but in the function.
void compare_kmdf(const pe::Image& image, const Census& census, const scanner::trace::TraceResult& result,
                  Difference& difference) {
  const auto& notes = result.notes;
  difference.kmdf_table =
      census.kmdf.table && std::find(notes.begin(), notes.end(), "kmdf_table_missing") != notes.end();
  std::vector<pe::FunctionRange> functions;
  image.for_each_function([&functions](const pe::FunctionRange& range) { functions.push_back(range); });
  const auto same_function = [&functions](std::uint32_t a, std::uint32_t b) {
    constexpr std::uint32_t kNear = 0x1000;
    const auto primary = [&functions](std::uint32_t rva) {
      for (const pe::FunctionRange& range : functions) {
        if (rva >= range.begin && rva < range.end) return range.primary;
      }
      return 0U;
    };
    const std::uint32_t one = primary(a), other = primary(b);
    return one != 0 || other != 0 ? one == other : b - std::min(a, b) < kNear && a <= b;
  };
  for (const std::uint32_t load : census.kmdf.loads) {
    const bool known = std::any_of(result.sites.begin(), result.sites.end(), [&](const scanner::trace::Site& site) {
      return !site.wrapper && census.kmdf_rows.contains(site.row) && same_function(load, site.rva);
    });
    if (!known) difference.kmdf.insert(load);
  }
}

}  // namespace

Difference compare(const pe::Image& image, const Census& census, const scanner::trace::TraceResult& result) {
  std::set<std::uint32_t> account;
  const auto add = [&](std::uint32_t rva) {
    const bool known = image.machine() == pe::Machine::arm64 ? knows_site_arm64(image, census, rva)
                                                             : census_can_know(image, census.slots, rva);
    if (known) account.insert(rva);
  };
  for (const std::uint32_t rva : result.ruled_out) add(rva);
  for (const scanner::trace::Site& site : result.sites) {
    if (!site.wrapper) add(site.rva);
  }
  Difference difference;
  std::set_difference(census.sites.begin(), census.sites.end(), account.begin(), account.end(),
                      std::inserter(difference.only_census, difference.only_census.end()));
  std::set_difference(account.begin(), account.end(), census.sites.begin(), census.sites.end(),
                      std::inserter(difference.only_account, difference.only_account.end()));
  compare_kmdf(image, census, result, difference);
  return difference;
}

}  // namespace census
