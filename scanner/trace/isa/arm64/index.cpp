// An address takes two instructions, adrp and add or a load, which may stand far apart. So the pass keeps per register
// the address it holds, in address order, drops it when the register is written, and takes it along forward branches:
// one in nine loads of an allocator's slot stands more than eight words behind its adrp.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <functional>
#include <vector>

#include "scanner/trace/image/rva_sort.hpp"
#include "scanner/trace/isa/arm64/machine.hpp"

namespace scanner::trace::arm64 {
namespace {

constexpr std::uint32_t kWordBytes = 4;
constexpr std::uint32_t kUnknown = 0;  // no code or data stands at RVA 0
constexpr std::uint32_t kNowhere = 0xFFFFFFFFU;

struct Held {
  std::array<std::uint32_t, 31> address{};  ///< RVA per register
  std::uint32_t registers = 0;              ///< bit n: register n holds one
  std::uint32_t complete = 0;               ///< bit n: more than the page of one
};

/// When a word changes what is known of registers that hold addresses; its highest byte tells.
enum class Concerns : std::uint8_t {
  always,     ///< branches, addresses
  registers,  ///< operations of registers: the result is one of them, or it is a move
  memory,     ///< loads and stores, but those of one register at a displacement: any register that it names is one
  named       ///< the result or the first operand is one
};

constexpr std::array<Concerns, 256> concerns_by_highest_byte() {
  std::array<Concerns, 256> all{};
  for (unsigned top = 0; top < all.size(); ++top) {
    const bool always = (top & 0x1C) == 0x14 || (top & 0x1F) == 0x10;
    const bool registers = (top & 0x0E) == 0x0A;
    const bool memory = (top & 0x0A) == 0x08 && (top & 0x3B) != 0x39;
    all[top] = always      ? Concerns::always
               : registers ? Concerns::registers
               : memory    ? Concerns::memory
                           : Concerns::named;
  }
  return all;
}

constexpr std::array<Concerns, 256> kConcerns = concerns_by_highest_byte();

class Indexer {
 public:
  Indexer(const pe::Image& image, std::span<const std::uint32_t> slots) : image_(image), slots_(slots) {
    image.for_each_function([this](const pe::FunctionRange& range) { known_.emplace_back(range.begin, range.end); });
    std::sort(known_.begin(), known_.end());
    image.for_each_hybrid_range([this](const pe::HybridRange& range) {
      if (range.machine != pe::Machine::arm64) foreign_.push_back(range);
    });
  }

  Index run() {
    for (const pe::Section& section : image_.sections()) {
      if (section.executable()) sweep(section);
    }
    index_.data_pointers = relocated_words(image_);
    keep_branches_between_functions();
    index_.exact_addresses = true;
    index_.sort();
    return std::move(index_);
  }

 private:
  void sweep(const pe::Section& section) {
    const pe::Bytes code = image_.from_rva(section.rva);
    auto next = std::lower_bound(known_.begin(), known_.end(), std::pair{section.rva, 0U});
    std::uint32_t end = 0;     // of the function being walked over, 0 in a gap
    std::uint32_t border = 0;  // where the next function begins, or this one ends
    const std::size_t whole = code.size() / kWordBytes * kWordBytes;
    for (std::size_t at = 0; at < whole; at += kWordBytes) {
      const auto rva = section.rva + static_cast<std::uint32_t>(at);
      if (!foreign_.empty() && is_foreign(rva)) continue;
      if (rva >= border) {
        if (next != known_.end() && rva >= next->first) {
          enter(next->first, next->second);
          end = next->second;
          while (next != known_.end() && next->first <= rva) ++next;
        } else if (end != 0 && rva >= end) {
          end = 0;
          enter(0, 0);
        }
        border = std::min(next != known_.end() ? next->first : kNowhere, end != 0 ? end : kNowhere);
      }
      if (rva >= next_join_) join(rva);
      // Until then only words matter that concern addresses.
      const std::uint32_t event = foreign_.empty() ? std::max(std::min(border, next_join_), rva + 1) : rva + 1;
      const std::size_t limit = std::min<std::size_t>(whole, event - section.rva);
      at = first_that_concerns(code, at, limit);
      if (at >= limit) {
        at -= kWordBytes;
        continue;
      }
      const std::uint32_t word = word_of(code, at);
      const auto here = section.rva + static_cast<std::uint32_t>(at);
      if ((word & 0xFC000000U) == 0x94000000U) {  // bl: every tenth word
        call(target_of(word, here, 0, 26), here);
      } else if ((word & 0x7E000000U) == 0x34000000U || (word & 0xFF000010U) == 0x54000000U) {  // cbz, cbnz, b.cond
        branch(target_of(word, here, 5, 19), here);
      } else {
        look(decode(word, here), here, code.from(at));
      }
    }
  }

  /// Of a branch whose distance stands in `count` bits from bit `low` on.
  static std::uint32_t target_of(std::uint32_t word, std::uint32_t rva, unsigned low, unsigned count) {
    return static_cast<std::uint32_t>(rva + static_cast<std::uint64_t>(signed_field(word, low, count)) * 4);
  }

  static std::uint32_t word_of(pe::Bytes code, std::size_t at) {
    std::uint32_t word = 0;
    std::memcpy(&word, code.data() + at, kWordBytes);
    return word;
  }

  /// The offset of the first word from `at` on that concerns addresses; `limit` or more: none begins before that. Other
  /// words change nothing that is held.
  [[nodiscard]] std::size_t first_that_concerns(pe::Bytes code, std::size_t at, std::size_t limit) const {
    const std::uint32_t registers = held_.registers;
    if (registers == 0) {
      const std::uint8_t* const top = code.data() + kWordBytes - 1;
      while (at < limit && kConcerns[top[at]] != Concerns::always) at += kWordBytes;
      return at;
    }
    while (at < limit && !concerns_addresses(word_of(code, at), registers)) at += kWordBytes;
    return at;
  }

  /// Code of an ARM64X image that is for x64.
  [[nodiscard]] bool is_foreign(std::uint32_t rva) const {
    return std::any_of(foreign_.begin(), foreign_.end(),
                       [rva](const pe::HybridRange& range) { return rva >= range.begin && rva < range.end; });
  }

  /// Branches, addresses, and what writes a register that holds one, or makes another of it: other words change nothing
  /// here.
  static bool concerns_addresses(std::uint32_t word, std::uint32_t registers) {
    const std::uint32_t second = (word >> 16) & 0x1F;  // or the first of a pair of registers
    std::uint32_t named = registers >> (word & 0x1F);
    switch (kConcerns[word >> 24]) {
      case Concerns::always: return true;
      case Concerns::registers:
        if (const bool moves = (word & 0x7F20FFE0U) == 0x2A0003E0U; moves) named |= registers >> second;
        break;
      case Concerns::memory:
        named |= registers >> ((word >> 5) & 0x1F) | registers >> ((word >> 10) & 0x1F) | registers >> second |
                 registers >> 1 >> second;
        break;
      case Concerns::named: named |= registers >> ((word >> 5) & 0x1F); break;
    }
    return (named & 1) != 0;
  }

  void enter(std::uint32_t begin, std::uint32_t end) {
    begin_ = begin;
    end_ = end;
    held_ = {};
    taken_along_.clear();
    next_join_ = kNowhere;
  }

  [[nodiscard]] std::uint32_t held(std::uint8_t reg) const {
    return reg < 31 && ((held_.registers >> reg) & 1) != 0 ? held_.address[reg] : kUnknown;
  }
  void forget(std::uint8_t reg) {
    if (reg < 31) held_.registers &= ~(1U << reg);
  }
  [[nodiscard]] bool complete(std::uint8_t reg) const { return ((held_.complete >> reg) & 1) != 0; }
  void hold(std::uint8_t reg, std::uint32_t address) {
    if (reg >= 31) return;
    held_.complete &= ~(1U << reg);
    held_.address[reg] = address;
    held_.registers |= 1U << reg;
  }

  void call(std::uint32_t target, std::uint32_t rva) {
    refer_to_code(index_.calls, target, rva);
    held_.registers &= ~0x3FFFFU;
  }

  void look(const Word& word, std::uint32_t rva, pe::Bytes code) {
    switch (word.form) {
      case Form::call: call(static_cast<std::uint32_t>(word.imm), rva); return;
      case Form::system_call:
      case Form::call_register: held_.registers &= ~0x3FFFFU; return;
      case Form::jump:
      case Form::branch:
      case Form::branch_zero:
      case Form::branch_bit: branch(static_cast<std::uint32_t>(word.imm), rva); return;
      case Form::ret:
        if (end_ == 0) held_ = {};
        return;
      case Form::address:
        hold(word.rd, static_cast<std::uint32_t>(word.imm));
        if (!word.page && !label_of_jump_table(code)) refer(static_cast<std::uint32_t>(word.imm), rva, true);
        return;
      case Form::add_immediate: {
        const std::uint32_t base = word.flags || word.subtract || word.width != 8 ? kUnknown : held(word.rn);
        if (base == kUnknown) {
          if (writes_rd(word)) forget(word.rd);
          return;
        }
        // A pointer that walks on names no object.
        if (word.rd == word.rn && complete(word.rn)) {
          forget(word.rd);
          return;
        }
        const auto address = base + static_cast<std::uint32_t>(word.imm);
        hold(word.rd, address);
        if (word.rd < 31) held_.complete |= 1U << word.rd;
        refer(address, rva, true);
        return;
      }
      case Form::load:
      case Form::store:
      case Form::load_pair:
      case Form::store_pair: access(word, rva); return;
      case Form::logic_register:
        if (word.rn == kZero && word.alu == Alu::bit_or && word.extend == Extend::none && !word.invert &&
            held(word.rm) != kUnknown) {
          const bool whole = complete(word.rm);
          hold(word.rd, held(word.rm));  // mov
          if (whole && word.rd < 31) held_.complete |= 1U << word.rd;
          return;
        }
        break;
      default: break;
    }
    if (writes_rd(word)) forget(word.rd);
  }

  void access(const Word& word, std::uint32_t rva) {
    if (const std::uint32_t base = held(word.rn); base != kUnknown) {
      const bool plain = word.mode == Address::offset || word.mode == Address::before;
      const auto target = base + (plain ? static_cast<std::uint32_t>(word.imm) : 0U);
      refer(target, rva, false);
      const bool pair = word.form == Form::load_pair || word.form == Form::store_pair;
      if (pair) refer(target + word.width, rva, false);
    }
    const bool load = word.form == Form::load || word.form == Form::load_pair;
    if (load && !word.vector) forget(word.rd);
    if (word.form == Form::load_pair && !word.vector) forget(word.ra);
    if (word.status != kNone) forget(word.status);
    if (word.status_pair) forget(static_cast<std::uint8_t>(word.status + 1));
    if (word.mode == Address::before || word.mode == Address::after) forget(word.rn);
  }

  void branch(std::uint32_t target, std::uint32_t rva) {
    const bool inside = target >= begin_ && target < end_;
    if (!inside) refer_to_code(branches_, target, rva);
    if (!inside || target <= rva || held_.registers == 0) return;
    const auto at = std::ranges::lower_bound(taken_along_, target, std::greater(), &TakenAlong::target);
    if (at == taken_along_.end() || at->target != target) taken_along_.insert(at, {target, held_});
    next_join_ = std::min(next_join_, target);
  }

  /// What a branch to here brought along, where the way before has nothing.
  void join(std::uint32_t rva) {
    while (!taken_along_.empty() && taken_along_.back().target < rva) taken_along_.pop_back();
    if (!taken_along_.empty() && taken_along_.back().target == rva) {
      const Held& brought = taken_along_.back().held;
      for (std::uint32_t left = brought.registers; left != 0; left &= left - 1) {
        const auto reg = static_cast<std::uint8_t>(std::countr_zero(left));
        if (held(reg) != kUnknown) continue;
        hold(reg, brought.address[reg]);
        held_.complete |= brought.complete & (1U << reg);
      }
      taken_along_.pop_back();
    }
    next_join_ = taken_along_.empty() ? kNowhere : taken_along_.back().target;
  }

  /// adr of a table or of the code it leads to, some words before the jump.
  static bool label_of_jump_table(pe::Bytes code) {
    constexpr std::size_t kReach = 8;
    for (std::size_t i = 1; i <= kReach; ++i) {
      const auto raw = code.read<std::uint32_t>(i * kWordBytes);
      if (!raw) return false;
      if ((*raw & 0xFFFFFC1FU) == 0xD61F0000U) return true;  // br
    }
    return false;
  }

  void refer_to_code(std::vector<Reference>& list, std::uint32_t target, std::uint32_t rva) {
    const pe::Section* section = image_.section_at(target);
    if (section != nullptr && section->executable()) list.push_back({target, rva});
  }

  void refer(std::uint32_t target, std::uint32_t rva, bool address) {
    if (!slots_.empty() && target >= slots_.front() && target <= slots_.back() &&
        std::binary_search(slots_.begin(), slots_.end(), target)) {
      index_.slots.push_back({target, rva});
      return;
    }
    const pe::Section* section = image_.section_at(target);
    if (section == nullptr) return;
    if (!section->executable()) {
      index_.data.push_back({target, rva});
    } else if (address && (target < begin_ || target >= end_)) {
      index_.addresses.push_back({target, rva});
    }
  }

  /// Branches within a function say nothing about functions. Without .pdata a branch leaves its function when another
  /// one is known to start on the way.
  void keep_branches_between_functions() {
    std::vector<std::uint32_t> starts;
    for (const auto& [begin, end] : known_) {
      starts.push_back(begin);
      starts.push_back(end);
    }
    for (const auto* list : {&index_.calls, &index_.addresses}) {
      for (const Reference& reference : *list) starts.push_back(reference.target);
    }
    if (image_.entry_rva() != 0) starts.push_back(image_.entry_rva());
    image_.for_each_export([&starts](const pe::Export& entry) {
      if (entry.forwarder.empty()) starts.push_back(entry.rva);
    });
    for (const std::uint32_t word : index_.data_pointers) {
      const auto value = image_.load(word, image_.pointer_size());
      if (const auto target = value ? image_.rva_of_va(*value) : std::nullopt) starts.push_back(*target);
    }
    sort_rvas(starts);
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
    for (std::size_t known = starts.size(); keep_branches_over(starts); known = starts.size()) {
      const auto added = starts.begin() + static_cast<std::ptrdiff_t>(known);
      std::sort(added, starts.end());
      std::inplace_merge(starts.begin(), added, starts.end());
    }
  }

  /// Moves those of `branches_` that leave their function to the calls. True: some of them tell further `starts`, which
  /// were added: functions that are only jumped to, from others like them.
  bool keep_branches_over(std::vector<std::uint32_t>& starts) {
    const std::size_t known = starts.size();
    const auto leave = [&](const Reference& reference) {
      const auto end = starts.begin() + static_cast<std::ptrdiff_t>(known);
      const auto [low, high] = std::minmax(reference.site, reference.target);
      const auto between = std::upper_bound(starts.begin(), end, low);
      const bool to_start = std::binary_search(starts.begin(), end, reference.target);
      return to_start || (between != end && *between <= high);
    };
    const auto left =
        std::stable_partition(branches_.begin(), branches_.end(), [&](const Reference& r) { return !leave(r); });
    for (auto it = left; it != branches_.end(); ++it) {
      index_.calls.push_back(*it);
      const bool jump = arm64::decode(*word_at(image_, it->site), it->site).form == Form::jump;
      if (jump && !std::binary_search(starts.begin(), starts.begin() + static_cast<std::ptrdiff_t>(known), it->target))
        starts.push_back(it->target);
    }
    branches_.erase(left, branches_.end());
    return starts.size() != known;
  }

  const pe::Image& image_;
  std::span<const std::uint32_t> slots_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> known_;  // ranges of .pdata
  std::uint32_t begin_ = 0, end_ = 0;
  Held held_;
  struct TakenAlong {
    std::uint32_t target = 0;  // of a forward branch
    Held held;                 // what registers held there
  };
  std::vector<TakenAlong> taken_along_;  // the one that comes next stands last
  std::uint32_t next_join_ = kNowhere;   // its target
  std::vector<pe::HybridRange> foreign_;
  std::vector<Reference> branches_;
  Index index_;
};

}  // namespace

Index Arm64Machine::build_index(std::span<const std::uint32_t> slots) { return Indexer(image(), slots).run(); }

}  // namespace scanner::trace::arm64
