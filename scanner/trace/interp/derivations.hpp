// Within one block: which registers hold what was computed from one of a few numbers that stand in another register or
// in a frame slot. What a comparison says of the result then tells which of those numbers are left: `test cl, 1` of an
// index, `lea eax, [rcx-2]; cmp eax, 3`. A load from a table in the image is a step, too, so that `cmp [rcx+8], 0`,
// where rcx walks over rows, tells which rows are left.
#pragma once

#include <array>
#include <cstdint>

#include "pe/image.hpp"
#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

class Derivations {
 public:
  /// A value that is one of a few numbers, or of a few addresses in the image, and where it still stands.
  struct Origin {
    ValueId value = kBottom;
    std::uint64_t registers = 0;   // bit n: in register n
    std::int64_t slot = 0;         // in this frame slot
    std::uint32_t slot_width = 0;  // in bytes; 0: it stands in none
  };
  /// An operation with a number, as in Op; or an address (lea), or a load, of which it is the base or the index.
  struct Step {
    OpKind kind = OpKind::copy;
    Alu alu = Alu::other;
    std::uint8_t width = 8, shift = 0;
    bool sign = false;
    bool reversed = false;     // the number is the left operand
    std::uint64_t imm = 0;     // load, lea: what is added to the address
    ValueId beside = kBottom;  // load, lea: the rest of the address, the index if `reversed`, whose scale is `shift`;
                               // else in place of the number: an address in the image
  };
  /// How a register's content is computed from an origin.
  struct Derived {
    static constexpr std::size_t kMostSteps = 6;
    std::uint32_t origin = 0;  // its number; 0: from none
    std::uint8_t steps = 0;
    bool exact = true;  // by these steps and nothing else
    std::array<Step, kMostSteps> how{};
  };

  Derivations(ValuePool& values, const pe::Image& image) : values_(values), image_(image) {}

  /// A new block begins.
  void forget() { first_ = next_; }
  /// Before `op`, which finds `state`. `slot`, `width`: register a holds what stands in this frame slot; width 0: none.
  void note(const Op& op, const State& state, std::int64_t slot, std::uint32_t width) {
    const bool reads = op.kind == OpKind::copy || op.kind == OpKind::alu || op.kind == OpKind::lea ||
                       (op.kind == OpKind::load && op.dst < kFirstWide);
    if (next_ != first_ ||
        (reads && (may_be_few(op.a, state) || may_be_few(op.b, state) || may_be_few(op.mem.base, state) ||
                   may_be_few(op.mem.index, state) || (op.alu == Alu::shl && becomes_letter(op, state)))))
      follow(op, state, slot, width);
  }
  /// By which steps `reg` was computed; null when they are not known, or there are none.
  [[nodiscard]] const Derived* steps_to(Reg reg) const {
    const bool computed = reg < kFirstWide && known(derived_[reg].origin);
    return computed && derived_[reg].exact && derived_[reg].steps != 0 ? &derived_[reg] : nullptr;
  }
  /// Registers that hold the same as `reg`, one of a few numbers: bit n, register n.
  [[nodiscard]] std::uint64_t copies_of(Reg reg) const {
    const bool itself =
        reg < kFirstWide && known(derived_[reg].origin) && derived_[reg].exact && derived_[reg].steps == 0;
    return itself ? origins_[derived_[reg].origin % origins_.size()].registers : 0;
  }
  /// Null when it is forgotten.
  [[nodiscard]] const Origin* origin(const Derived& derived) const {
    return known(derived.origin) ? &origins_[derived.origin % origins_.size()] : nullptr;
  }
  /// The few numbers of which `reg` is one, or of which it was computed; kBottom when there are none.
  [[nodiscard]] ValueId numbers_behind(Reg reg, const State& state) const;
  /// Is it one place in the image that nobody writes to?
  [[nodiscard]] bool never_changes(ValueId address) const;
  /// What these steps make of `numbers`.
  [[nodiscard]] ValueId result_of(const Derived& derived, ValueId numbers);
  /// Is anything computed from an origin?
  [[nodiscard]] bool any() const { return next_ != first_; }
  /// The numbers of the origin of which `bound` holds of what is computed from them; kBottom when that is not known, or
  /// it holds of none.
  [[nodiscard]] ValueId left_of(const Derived& derived, const Bound& bound);

 private:
  [[nodiscard]] bool known(std::uint32_t number) const { return number >= first_ && number + origins_.size() >= next_; }
  void follow(const Op& op, const State& state, std::int64_t slot, std::uint32_t width);
  /// Not, for nearly all values.
  [[nodiscard]] bool may_be_few(Reg reg, const State& state) const {
    return reg < kFirstWide && values_.may_be_few(state.registers[reg]);
  }
  [[nodiscard]] bool few_rows(ValueId id) const;
  [[nodiscard]] bool few_numbers(ValueId id) const;
  const Derived* from(Reg reg, const State& state);
  const Derived* begin(Reg reg, const State& state);
  [[nodiscard]] bool becomes_letter(const Op& op, const State& state) const;
  [[nodiscard]] bool fits_in_half(const Derived& derived) const;
  bool computes(const Op& op, const State& state, Derived& out);
  bool addresses(const Op& op, const State& state, Derived& out);
  [[nodiscard]] ValueId at_address(const Step& step, ValueId from);
  bool spell_out(ValueId& numbers);

  ValuePool& values_;
  const pe::Image& image_;
  std::array<Derived, kFirstWide> derived_{};
  std::array<Origin, 4> origins_{};     // the latest ones
  std::uint32_t next_ = 1, first_ = 1;  // origins below `first_` are those of older blocks
};

}  // namespace scanner::trace
