// What a conditional branch tells about the values that were compared before it: on one way one is a certain number, on
// the other it is not, or it is bounded. Only the last comparison of a block counts, and it is known which registers
// and which frame slot hold what it looked at, so that all of them can be refined together.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/interp/derivations.hpp"
#include "scanner/trace/interp/narrowings.hpp"
#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

class BranchRefinement {
 public:
  BranchRefinement(ValuePool& values, const Abi& abi, const pe::Image& image)
      : values_(values), abi_(abi), derivations_(values, image) {}

  /// From now on decides() has an answer where there is one. Only where all is known that code looks at.
  void start_deciding() { deciding_ = true; }
  /// From now on all that branches say of arguments and results is remembered, and decides() answers, too. Only where
  /// states are not joined that come from different sides of tests.
  void keep_apart() { deciding_ = apart_ = true; }

  /// A new block begins, a loop perhaps: nothing was compared yet.
  void forget(bool begins_loop) {
    known_ = false;
    choice_ = {};
    selections_met_ = 0;
    loaded_ = never_changes_ = 0;
    begins_loop_ = begins_loop;
    derivations_.forget();
  }
  /// Before every operation: what it overwrites no longer holds the value that was compared.
  void note_writes(const Op& op, const State& state) {
    const Reg read = op.kind == OpKind::load && loaded_ != 0 ? chooser_of(op.mem, state) : op.a;
    const bool from_slot = read < kFirstWide && ((loaded_ >> read) & 1) != 0;
    derivations_.note(op, state, from_slot ? loaded_slots_[read].offset : 0, from_slot ? loaded_slots_[read].width : 0);
    if (op.dst < kFirstWide) {
      never_changes_ &= ~(std::uint64_t{1} << op.dst);
      // A copy of what was compared is refined with it; anything else that is written no longer is it.
      const bool copies = op.kind == OpKind::copy && op.a < kFirstWide;
      const std::uint64_t bit = std::uint64_t{1} << op.dst;
      for (std::size_t i = 0; known_ && i < sides_.size(); ++i) {
        Side& side = sides_[i];
        note_step(side, op);
        const bool copy = copies && ((side.registers >> op.a) & 1) != 0;
        side.registers = copy ? side.registers | bit : side.registers & ~bit;
      }
      loaded_ &= ~bit;
    }
    if (op.kind == OpKind::store || op.kind == OpKind::repeat || op.kind == OpKind::call) {
      loaded_ = 0;
      for (Side& side : sides_) side.slot_width = 0;
    }
  }
  /// `reg` now holds what `width` bytes at offset `slot` of the frame hold.
  void note_load(Reg reg, std::int64_t slot, std::uint8_t width) {
    if (reg >= kFirstWide) return;
    loaded_ |= std::uint64_t{1} << reg;
    loaded_slots_[reg] = {slot, width};
  }
  /// What `load`, an operation, finds at `address` in `state` is `element`: of a table, perhaps.
  void note_element(const Op& load, State& state, ValueId address, ValueId& element) {
    if (load.dst < kFirstWide && derivations_.never_changes(address)) never_changes_ |= std::uint64_t{1} << load.dst;
    const ValueId index = index_of(load.mem, state);
    if (index == kBottom) return;
    if (!state.narrowings.empty() && doubted(state, index)) element = values_.with_flags(element, kAssumesTable);
    note_choice(values_, state, element, index);
  }
  /// `store`, an operation, wrote to an element of an array in the frame, perhaps: each holds what it did, or that.
  void note_element_stored(const Op& store, State& state, ValueId address);
  /// The operation compares (OpKind::compare).
  void compare(const Op& op, const State& state);

  /// Does `condition` (with `sign`, of numbers that have one) hold? Nothing when the last comparison of the block was
  /// not one of two numbers, or of two places in one object.
  [[nodiscard]] std::optional<bool> decides(Condition condition, bool sign) const;

  /// Was something compared since the block began?
  [[nodiscard]] bool known() const { return known_; }
  /// What was compared, and where it stands.
  struct Subject {
    ValueId value = kBottom;
    std::int64_t slot = 0;         ///< this frame slot
    std::uint32_t slot_width = 0;  ///< 0: in none
    Reg reg = kNoReg;              ///< kNoReg: in no register
  };
  /// The two that were compared last, or what they were computed from.
  [[nodiscard]] std::array<Subject, 2> subjects() const;
  /// Before a block in which ways part, see keep_apart(), at those of its first selections that have a bit in
  /// `parting`: bit n of `choices` says which side the n-th of these takes. What is tested in the frame and has no name
  /// is called what the call at `name` returned.
  void part(std::uint32_t name, std::uint32_t parting, std::uint32_t choices) { part_ = {name, parting, choices}; }
  /// At how many selections they did.
  [[nodiscard]] unsigned parted() const { return part_.met; }
  void name_tested(State& state);
  /// The selections of one block.
  struct Selections {
    std::vector<Subject> subjects;
    std::uint32_t twice = 0;  ///< bit n: what the n-th depends on decides a later one, too
  };
  /// From now on, until it is told null, selections are noted there; before a block.
  void note_selections(Selections* selections) { selections_ = selections; }
  /// Does nothing of what was compared rest on an assumption, or may be something else?
  [[nodiscard]] bool certain() const {
    return values_.flags(sides_[0].value) == 0 && values_.flags(sides_[1].value) == 0;
  }
  /// Were two numbers compared, so that it is certain how that ends?
  [[nodiscard]] bool settled() const { return known_ && certain() && is_single(0) && is_single(1); }
  /// What is known where a branch is taken or not.
  struct News {
    static constexpr unsigned kNoSide = 2;
    unsigned side = kNoSide;               ///< of the comparison: it becomes what `becomes` says
    ValueId becomes = kBottom;             ///< not for kNoSide
    std::optional<Constraint> constraint;  ///< on an argument
    std::optional<Narrowing> narrowing;
    const Derivations::Origin* origin = nullptr;  ///< what the side was computed from; null: from nothing that is known
    ValueId left_of_origin = kBottom;             ///< it becomes this
    ValueId narrowed = kBottom;                   ///< not all of these numbers are left
    ValueId result = kBottom;                     ///< of a call, of which something is known
    ValueId index = kBottom;                      ///< it chose an element of which something is known

    [[nodiscard]] bool any() const {
      return side != kNoSide || constraint.has_value() || narrowing.has_value() || origin != nullptr ||
             result != kBottom || index != kBottom;
    }
  };
  /// Only when known(): what `branch`, which has a condition, tells where it is taken or not.
  [[nodiscard]] News look(const Instruction& branch, bool taken, const State& state) {
    return look(branch, taken, begins_loop_, state);
  }
  /// Only when known(): does no number that was compared take this way?
  [[nodiscard]] bool impossible(const Instruction& branch, bool taken, const State& state);
  /// `state` becomes what holds there.
  void refine(State& state, const News& news);
  /// What `select`, of that kind, leaves in its register.
  [[nodiscard]] ValueId selected(const Op& select, State& state);
  /// Only when known(): how often the loop is entered whose head was entered in `head`, and which this edge of `branch`
  /// closes, at the end of `block`; 0 when the comparison does not count its rounds.
  [[nodiscard]] std::uint16_t rounds(const State& head, const Instruction& branch, bool taken,
                                     const LiftedFunction& function, const Block& block) const;

 private:
  /// The few numbers that choose an address. kBottom: nothing does.
  [[nodiscard]] ValueId index_of(const Mem& mem, const State& state) const {
    if (mem.index == kNoReg && mem.base == kNoReg) return kBottom;
    const ValueId index = derivations_.numbers_behind(mem.index, state);
    return index != kBottom ? index : derivations_.numbers_behind(mem.base, state);
  }
  /// The register that chooses an address.
  [[nodiscard]] Reg chooser_of(const Mem& mem, const State& state) const {
    return derivations_.numbers_behind(mem.base, state) != kBottom ? mem.base : mem.index;
  }
  /// What was compared, and where it still stands.
  struct Side {
    ValueId value = kBottom;
    std::uint64_t registers = 0;   // bit n: in register n
    std::int64_t slot = 0;         // in this frame slot
    std::uint32_t slot_width = 0;  // in bytes; 0: it stands in none
    Derivations::Derived derived;  // it was computed from this
    bool never_changes = false;    // what stands at one place of the image
    Reg stepped = kNoReg;          // this register holds it plus `step`, which was added since
    std::int64_t step = 0;
  };

  static void note_step(Side& side, const Op& op) {
    if (op.dst == side.stepped) side.stepped = kNoReg;
    const bool steps = op.kind == OpKind::alu && op.b == kNoReg && (op.alu == Alu::add || op.alu == Alu::sub) &&
                       op.a < kFirstWide && ((side.registers >> op.a) & 1) != 0;
    if (!steps) return;
    side.stepped = op.dst;
    const auto by = op.width == 4 ? std::int64_t{static_cast<std::int32_t>(op.imm)} : static_cast<std::int64_t>(op.imm);
    side.step = op.alu == Alu::add ? by : -by;
  }

  void note_selection(const Op& select);
  [[nodiscard]] std::optional<ValueId> chosen(const Op& select, const Instruction& branch, State& state);
  /// Is the side one number?
  [[nodiscard]] bool is_single(unsigned side) const {
    const Atom* atom = values_.only(sides_[side].value);
    return atom != nullptr && atom->is_constant();
  }
  [[nodiscard]] News look(const Instruction& branch, bool taken, bool counts, const State& state);
  void look_at(Side& side, Reg reg, unsigned width, const State& state);
  [[nodiscard]] bool is_about(Reg reg, const State& state) const;
  [[nodiscard]] ValueId computed_from(const News& news, Reg reg);
  [[nodiscard]] ValueId held_where(const News& news, Reg reg, const State& state);
  [[nodiscard]] bool range_of_all(ValueId id, NumberRange& range) const;
  [[nodiscard]] std::optional<Bound> bound_of_whole(unsigned side, const Instruction& branch, bool taken,
                                                    bool counts) const;
  [[nodiscard]] std::optional<Bound> bound_of(unsigned side, const Instruction& branch, bool taken, bool counts) const;
  const std::optional<Bound>& bound_told(unsigned side, const Instruction& branch, bool taken);
  static std::uint16_t most_rounds(std::span<const Atom> at_head, std::span<const Atom> at_end, const Bound& bound);
  [[nodiscard]] std::uint16_t rounds_of_others(const State& head, const Instruction& branch, bool taken,
                                               const LiftedFunction& function, const Block& block) const;
  [[nodiscard]] std::uint16_t rounds_of_second(const State& head, unsigned side, const Bound& bound) const;
  [[nodiscard]] Constraint constraint_on(const Atom& argument, const Bound& bound) const;
  void count_to(ValueId& becomes, const Bound& bound);
  [[nodiscard]] ValueId left_of_bits_in(Reg reg, const Narrowings& known, const State& state);
  [[nodiscard]] bool is_about_bits(const std::optional<Narrowing>& narrowing) const;
  void note_narrowing(State& state, const Narrowing& narrowing);
  void replace(State& state, const Side& side, ValueId becomes) const;

  /// Of one block, where ways are kept apart.
  struct Part {
    std::uint32_t name = 0;  // 0: none part in the block
    std::uint32_t parting = 0, choices = 0;
    unsigned met = 0;
  };
  struct Choice {
    Condition condition = Condition::other;  // of the first selection that depends on the last comparison
    bool sign = false, second = false;
    unsigned number = 0;

    /// Is it decided with that of `select`? Then: does that take its second?
    [[nodiscard]] std::optional<bool> decides(const Op& select) const;
  };

  ValuePool& values_;
  const Abi& abi_;
  Part part_;
  Choice choice_;
  Selections* selections_ = nullptr;
  unsigned selections_met_ = 0;  // of the block
  bool known_ = false, begins_loop_ = false, deciding_ = false, apart_ = false;
  std::array<Side, 2> sides_;
  struct Told {
    bool known = false;
    Condition condition = Condition::other;
    bool is_signed = false;
    std::optional<Bound> bound;
  };
  std::array<Told, 4> told_;               // of each side, where the branch is not taken and where it is
  bool only_equality_ = false;             // the flags are those of arithmetic: which way the carry went is not known
  bool carries_unless_minus_one_ = false;  // see Op
  std::uint8_t width_ = 0;                 // of the comparison, in bytes
  std::uint64_t never_changes_ = 0;        // bit n: register n holds what stands at one place of the image
  std::uint64_t loaded_ = 0;               // bit n: register n holds what stands in this frame slot
  struct LoadedSlot {
    std::int64_t offset = 0;
    std::uint8_t width = 0;
  };
  std::array<LoadedSlot, kFirstWide> loaded_slots_{};
  Derivations derivations_;
};

}  // namespace scanner::trace
