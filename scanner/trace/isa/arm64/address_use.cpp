// What becomes of an address that ARM64 code computes (adrp, add) instead of loading from it at once. A walk over the
// flow graph from that instruction on, with the registers that hold the address or one near it.
#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <vector>

#include "scanner/trace/isa/arm64/machine.hpp"

namespace scanner::trace::arm64 {
namespace {

constexpr std::uint32_t kWordBytes = 4;
constexpr std::size_t kRegisters = 31;
constexpr std::size_t kMostSteps = 4096;     // instructions that are looked at, again ones included
constexpr std::size_t kArguments = 8;        // x0 to x7
constexpr std::size_t kFirstPreserved = 19;  // x19 to x28 and the frame pointer
constexpr std::int64_t kSomewhere = INT64_MAX;

/// Per register: how far behind the object's begin it points; nothing when it has no such address.
using Held = std::array<std::optional<std::int64_t>, kRegisters>;

class Walker {
 public:
  Walker(const pe::Image& image, std::span<const CodeRange> ranges, const ComputedAddress& address,
         const JumpTargets& targets_of)
      : image_(image), ranges_(ranges), address_(address), targets_of_(targets_of) {}

  bool run() {
    const auto first = word_at(image_, address_.site);
    if (!first) return false;
    const Word word = decode(*first, address_.site);
    if (word.rd >= kRegisters) return false;
    Held held;
    held[word.rd] = address_.offset;
    arrive(address_.site + kWordBytes, held);
    for (std::size_t steps = 0; !queue_.empty() && good_; ++steps) {
      if (steps == kMostSteps) return false;
      const std::uint32_t rva = queue_.back();
      queue_.pop_back();
      const auto raw = word_at(image_, rva);
      if (!raw) return false;
      step(decode(*raw, rva), rva, at_[rva]);
    }
    return good_;
  }

 private:
  [[nodiscard]] bool inside(std::uint32_t rva) const {
    return std::any_of(ranges_.begin(), ranges_.end(),
                       [rva](const CodeRange& range) { return rva >= range.begin && rva < range.end; });
  }

  [[nodiscard]] std::optional<std::int64_t> offset_in(const Held& held, std::uint8_t reg) const {
    return reg < kRegisters ? held[reg] : std::nullopt;
  }
  /// Would somebody who gets this address know the object?
  [[nodiscard]] bool names_object(std::optional<std::int64_t> offset) const {
    return offset && (*offset == kSomewhere || (*offset >= 0 && *offset < std::int64_t{address_.given}));
  }
  [[nodiscard]] bool names_object(const Held& held, std::uint8_t reg) const {
    return names_object(offset_in(held, reg));
  }

  void arrive(std::uint32_t rva, const Held& held) {
    if (std::ranges::none_of(held, [](const auto& offset) { return offset.has_value(); })) return;
    if (!inside(rva)) {
      // A part of the function that we do not know as one, or another function that may count on any register.
      if (std::ranges::any_of(held, [this](const auto& offset) { return names_object(offset); })) good_ = false;
      return;
    }
    const auto [at, fresh] = at_.emplace(rva, held);
    bool changed = fresh;
    for (std::size_t reg = 0; !fresh && reg < kRegisters; ++reg) {
      std::optional<std::int64_t>& known = at->second[reg];
      if (!held[reg] || known == held[reg] || known == kSomewhere) continue;
      known = known ? kSomewhere : *held[reg];
      changed = true;
    }
    if (changed) queue_.push_back(rva);
  }

  void step(const Word& word, std::uint32_t rva, Held held) {
    const std::uint32_t next = rva + kWordBytes;
    switch (word.form) {
      case Form::call:
      case Form::call_register:
      case Form::system_call:
        pass_on(held, kArguments);
        for (std::size_t reg = 0; reg < kRegisters; ++reg) {
          if (reg < kFirstPreserved - 1 || reg == kLink) held[reg].reset();
        }
        break;
      case Form::jump: return arrive(static_cast<std::uint32_t>(word.imm), held);
      case Form::branch:
      case Form::branch_zero:
      case Form::branch_bit: arrive(static_cast<std::uint32_t>(word.imm), held); break;
      case Form::jump_register: return jump_by_register(rva, held);
      case Form::ret: return pass_on(held, 1);
      case Form::trap: return;
      case Form::undecodable:
      case Form::zero_block: good_ = false; return;
      default: compute(word, held); break;
    }
    if (good_) arrive(next, held);
  }

  /// A jump table, or a tail call: what is kept across calls is restored before that.
  void jump_by_register(std::uint32_t rva, const Held& held) {
    const std::vector<std::uint32_t> targets = targets_of_(rva);
    for (const std::uint32_t target : targets) arrive(target, held);
    if (!targets.empty()) return;
    pass_on(held, kArguments);
    for (std::size_t reg = kFirstPreserved; reg < kRegisters - 1; ++reg) {
      if (names_object(held[reg])) good_ = false;
    }
  }

  /// Somebody gets the first `count` registers.
  void pass_on(const Held& held, std::size_t count) {
    for (std::size_t reg = 0; reg < count; ++reg) {
      if (names_object(held[reg])) good_ = false;
    }
  }

  void compute(const Word& word, Held& held) {
    switch (word.form) {
      case Form::load:
      case Form::store:
      case Form::load_pair:
      case Form::store_pair: return access(word, held);
      case Form::add_immediate: {
        auto sum = offset_in(held, word.rn);
        if (sum && *sum != kSomewhere) {
          const auto by = static_cast<std::int64_t>(word.imm);
          *sum += word.subtract ? -by : by;
        }
        return write(held, word, sum);
      }
      case Form::add_register: {
        const bool known = offset_in(held, word.rn) || offset_in(held, word.rm);
        return write(held, word, known ? std::optional(kSomewhere) : std::nullopt);
      }
      case Form::logic_register: {
        const bool move = word.rn == kZero && word.alu == Alu::bit_or && !word.invert && word.extend == Extend::none;
        if (move) return write(held, word, offset_in(held, word.rm));
        break;
      }
      case Form::select: {
        const auto one = offset_in(held, word.rn), other = offset_in(held, word.rm);
        const bool either = one.has_value() != other.has_value() || one == other;
        return write(held, word, either ? (one ? one : other) : std::optional(kSomewhere));
      }
      default: break;
    }
    for (const std::uint8_t read : {word.rn, word.rm, word.ra}) {
      if (names_object(held, read)) good_ = false;
    }
    write(held, word, std::nullopt);
  }

  static void write(Held& held, const Word& word, std::optional<std::int64_t> offset) {
    if (word.rd < kRegisters && writes_rd(word)) held[word.rd] = offset;
  }

  void access(const Word& word, Held& held) {
    const bool load = word.form == Form::load || word.form == Form::load_pair;
    const bool pair = word.form == Form::load_pair || word.form == Form::store_pair;
    const auto base = offset_in(held, word.rn);
    const auto by = static_cast<std::int64_t>(word.imm);
    if (!load) {
      if (base && stores_there(word, *base, pair ? 2U * word.width : word.width)) good_ = false;
      if (word.mode == Address::indexed && offset_in(held, word.rm)) good_ = false;
      // What is stored lies open to others.
      if (!word.vector && names_object(held, word.rd)) keep_in_frame(word, 0, *held[word.rd]);
      if (!word.vector && pair && names_object(held, word.ra)) keep_in_frame(word, word.width, *held[word.ra]);
    }
    if (base && (word.mode == Address::before || word.mode == Address::after))
      held[word.rn] = word.rm != kNone || *base == kSomewhere ? kSomewhere : *base + by;
    const auto overwrite = [&held](std::uint8_t reg) {
      if (reg < kRegisters) held[reg].reset();
    };
    if (load && !word.vector) {
      overwrite(word.rd);
      if (pair) overwrite(word.ra);
    }
    if (word.status != kNone) overwrite(word.status);
    if (word.status_pair) overwrite(static_cast<std::uint8_t>(word.status + 1));
  }

  // --- spilled registers --------------------------------------------------------------------------------------------

  /// The stack pointer, or a register that is a copy of it from the prolog on: set once by an addition to sp, and else
  /// only loaded from the stack, as epilogs do.
  bool is_frame_base(std::uint8_t reg) {
    if (reg == kStack) return true;
    if (reg < kFirstPreserved || reg >= kLink) return false;
    unsigned copies = 0;
    for (const auto& [rva, word] : words()) {
      const bool load = word.form == Form::load || word.form == Form::load_pair;
      const bool loaded = load && !word.vector && (word.rd == reg || (word.form == Form::load_pair && word.ra == reg));
      if (loaded && word.rn != kStack) return false;
      if (load || !writes_rd(word) || word.rd != reg) continue;
      if (word.form != Form::add_immediate || word.rn != kStack) return false;
      ++copies;
    }
    return copies == 1;
  }

  /// The address is stored: fine where that is a place of the frame which this function alone can know, and from which
  /// it loads the address again. `at`: of the register among those that are stored.
  void keep_in_frame(const Word& word, unsigned at, std::int64_t offset) {
    constexpr unsigned kWide = 8;
    if (word.mode != Address::offset || word.width != kWide || word.status != kNone || !is_frame_base(word.rn)) {
      good_ = false;
      return;
    }
    const auto slot = static_cast<std::int64_t>(word.imm) + at;
    std::vector<std::pair<std::uint32_t, std::uint8_t>> loads;
    for (const auto& [rva, other] : words()) {
      if (other.rn != word.rn) continue;
      const auto by = static_cast<std::int64_t>(other.imm);
      const bool accesses = other.form == Form::load || other.form == Form::load_pair || other.form == Form::store ||
                            other.form == Form::store_pair;
      if (accesses) {
        const bool pair = other.form == Form::load_pair || other.form == Form::store_pair;
        const std::int64_t end = by + (pair ? 2 : 1) * std::int64_t{other.width};
        const bool moves = other.mode == Address::before || other.mode == Address::after;
        if (moves || by >= slot + kWide || end <= slot) continue;  // prolog and epilog move the stack pointer
        const bool whole = other.mode == Address::offset && other.width == kWide && !other.vector &&
                           (by == slot || (pair && by + kWide == slot));
        if (!whole) {
          good_ = false;
          return;
        }
        if (other.form == Form::load || other.form == Form::load_pair)
          loads.emplace_back(rva, by == slot ? other.rd : other.ra);
        continue;
      }
      // Somebody may get the address of the place. (That it is a member of an object whose address somebody gets is not
      // believed of a place from which the function loads the address again: it is a spilled register.)
      if (other.form == Form::add_immediate && !other.subtract && other.rd != kStack && !is_frame_base(other.rd) &&
          by == slot) {
        good_ = false;
        return;
      }
    }
    if (loads.empty()) good_ = false;
    for (const auto& [rva, reg] : loads) {
      Held held;
      if (reg < kRegisters) held[reg] = offset;
      arrive(rva + kWordBytes, held);
    }
  }

  /// All instructions of the function.
  const std::vector<std::pair<std::uint32_t, Word>>& words() {
    if (!words_.empty()) return words_;
    for (const CodeRange& range : ranges_) {
      for (std::uint32_t rva = range.begin; rva + kWordBytes <= range.end && words_.size() < kMostSteps;
           rva += kWordBytes) {
        const auto raw = word_at(image_, rva);
        if (!raw) break;
        words_.emplace_back(rva, decode(*raw, rva));
      }
    }
    if (words_.size() == kMostSteps) good_ = false;
    return words_;
  }

  [[nodiscard]] bool stores_there(const Word& word, std::int64_t base, unsigned bytes) const {
    if (base == kSomewhere || word.mode == Address::indexed) return true;
    const bool at_once = word.mode == Address::offset || word.mode == Address::before;
    const std::int64_t begin = base + (at_once ? static_cast<std::int64_t>(word.imm) : 0);
    return begin < std::int64_t{address_.written} && begin + std::int64_t{bytes} > 0;
  }

  const pe::Image& image_;
  std::span<const CodeRange> ranges_;
  const ComputedAddress& address_;
  const JumpTargets& targets_of_;
  std::unordered_map<std::uint32_t, Held> at_;  // RVA of an instruction → what is held before it
  std::vector<std::uint32_t> queue_;
  std::vector<std::pair<std::uint32_t, Word>> words_;
  bool good_ = true;
};

}  // namespace

bool Arm64Machine::only_loads_behind(std::span<const CodeRange> ranges, const ComputedAddress& address,
                                     const JumpTargets& targets_of) {
  return Walker(image(), ranges, address, targets_of).run();
}

}  // namespace scanner::trace::arm64
