// Abstract values: a small set of atoms, and flags for "possibly something else". Values are interned, so a state is an
// array of numbers, equality is equality of numbers, and a join of equals costs nothing. Atoms never move: spans and
// pointers to them are valid as long as the pool.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "scanner/trace/domain/arena.hpp"
#include "scanner/trace/domain/atom.hpp"
#include "scanner/trace/domain/memo.hpp"
#include "scanner/trace/domain/policy.hpp"
#include "scanner/trace/domain/probe_table.hpp"
#include "scanner/trace/domain/progression.hpp"
#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

/// Why a value is possibly something else (low half), and which assumptions it rests on (high half). Each atom says for
/// itself which of them it needs (Atom::assumes); if one fails that another atom needs, the value is something else.
enum Flag : std::uint32_t {
  kTopReturned = 1U << 0,       ///< returned by a call
  kTopField = 1U << 1,          ///< read from a structure that this function did not build
  kTopComputed = 1U << 2,       ///< the result of arithmetic on unknown numbers
  kTopUnset = 1U << 3,          ///< a register or slot that nothing was seen to fill
  kTopDepthLost = 1U << 4,      ///< stack slot at an unknown depth
  kTopCapped = 1U << 5,         ///< too many possibilities
  kTopNotUnderstood = 1U << 6,  ///< an instruction or form that is not modelled
  kTopGlobal = 1U << 7,         ///< a writable global whose values are not known
  kTopUnreached = 1U << 8,      ///< no path from the entry was found
  kTopClobbered = 1U << 9,      ///< a register that a callee may have overwritten
  kTopMask = 0xFFFFU,
  /// What arithmetic with such a value does not hide: a closer look at the depth or at callees may tell more.
  kTopLasting = kTopDepthLost | kTopUnset | kTopClobbered,

  kAssumesFrame = 1U << 16,     ///< that a callee given a neighbour's address leaves this local alone
  kAssumesTable = 1U << 17,     ///< that an index stays within the printable entries of a table
  kAssumesGlobal = 1U << 18,    ///< that no alias writes this global
  kAssumesRegister = 1U << 19,  ///< that an argument travels in a register outside the calling convention
  kAssumesPointer = 1U << 20,   ///< that a call through memory reaches this function
  kAssumesExporter = 1U << 21,  ///< that the exporting driver is the file that was found
  kAssumesField = 1U << 22,     ///< that aliases of an argument's pointer leave this field behind it alone
  kAssumesArgument = 1U << 23,  ///< that an argument which decides what a function does has the value it needs
  kAssumesLetter = 1U << 24,    ///< that a letter which is made at run time makes it the tag in question
  kAssumesList = 1U << 25,      ///< that the lists which stand in the image are not changed
  kAssumesJump = 1U << 26,      ///< that a jump whose targets are not known leads here
  kAssumesStep = 1U << 27,      ///< that a loop goes on with the step between its first two rounds
  kAssumedMask = 0xFFFF0000U
};

constexpr std::uint32_t assumptions_of(const Atom& atom) { return std::uint32_t{atom.assumes} << 16; }
constexpr std::uint16_t as_assumptions(std::uint32_t flags) { return static_cast<std::uint16_t>(flags >> 16); }

using ValueId = std::uint32_t;
inline constexpr ValueId kBottom = 0;  ///< no value yet

/// Makes one of atoms that are the same possibility. It rests on what either rests on: a loop that overwrites it may
/// leave after the first round on paper only (tests/drivers/walked_down.c). `atoms` ascending; returns how many are
/// left of them, which stand first.
std::size_t unify(std::span<Atom> atoms);

class ValuePool {
 public:
  /// `word`: bytes of an address; `misalignment`: Abi::entry_misalignment.
  explicit ValuePool(unsigned word = 8, std::optional<std::int64_t> misalignment = 8);

  ValueId constant(std::uint64_t value) {
    return simple(value, AtomKind::constant, [&] { return Atom::constant(value); });
  }
  ValueId initial(Location location) {
    return simple(static_cast<std::uint64_t>(location), AtomKind::initial, [&] { return Atom::initial(location); });
  }
  ValueId image_address(std::uint32_t rva) {
    return simple(rva, AtomKind::image, [&] { return Atom::image(rva); });
  }
  ValueId frame_address(std::int64_t offset) {
    return simple(static_cast<std::uint64_t>(offset), AtomKind::frame, [&] { return Atom::frame(offset); });
  }
  /// The content of `width` bytes at `offset` behind the pointer that `location` held at entry.
  ValueId field(Location location, std::int64_t offset, unsigned width) {
    const auto more = static_cast<std::uint64_t>(static_cast<std::uint32_t>(location)) << 8 | width;
    return simple(
        static_cast<std::uint64_t>(offset), AtomKind::field, [&] { return Atom::field(location, offset, width); },
        more);
  }
  ValueId import_pointer(std::uint32_t number) { return single(Atom::import(number)); }
  ValueId memory(std::uint32_t rva, unsigned width) { return single(Atom::memory(rva, width)); }
  ValueId single(const Atom& atom) { return make({&atom, 1}, 0); }
  /// Nothing but "possibly something else", for these reasons.
  ValueId unknown(std::uint32_t flags);
  /// `atoms` ascending; those beyond kCap are dropped.
  ValueId make(std::span<const Atom> atoms, std::uint32_t flags);

  [[nodiscard]] std::span<const Atom> atoms(ValueId id) const { return {values_[id].first, values_[id].count}; }
  [[nodiscard]] bool holds_frame_address(ValueId id) const { return (values_[id].traits & kHoldsFrame) != 0; }
  /// What came in at entry, perhaps moved or masked.
  [[nodiscard]] bool holds_initial(ValueId id) const { return (values_[id].traits & kHoldsInitial) != 0; }
  /// The assumptions of its atoms are among them.
  [[nodiscard]] std::uint32_t flags(ValueId id) const { return values_[id].flags; }
  /// What is to be said of one possibility of the value: what itself rests on, and why there may be others.
  [[nodiscard]] std::uint32_t flags_of(ValueId id, const Atom& atom) const;
  /// The only constant, or nothing.
  [[nodiscard]] bool is_constant(ValueId id, std::uint64_t& value) const;
  /// The only atom when the value is nothing else, or null.
  [[nodiscard]] const Atom* only(ValueId id) const {
    const Value& value = values_[id];
    return value.count == 1 && value.flags == 0 ? value.first : nullptr;
  }

  /// False: it is not one of a few numbers, nor of a few addresses.
  [[nodiscard]] bool may_be_few(ValueId id) const {
    const Value& value = values_[id];
    return value.count > 1 || (value.count == 1 && (value.first->kind == AtomKind::multiple || value.first->masked() ||
                                                    (value.first->kind == AtomKind::image && value.first->strided())));
  }
  /// Reasons count for the whole value; assumptions are made for every atom.
  ValueId with_flags(ValueId id, std::uint32_t flags) {
    return has_flags(id, flags) ? id : flagged_.answer({id, flags}, [&] { return add_flags(id, flags); });
  }
  /// with_flags() would change nothing.
  [[nodiscard]] bool has_flags(ValueId id, std::uint32_t flags) const {
    const Value& value = values_[id];
    return (value.flags & flags) == flags && (value.assumed & (flags >> 16)) == flags >> 16;
  }
  /// `a` is the older value: when the union is too large, its atoms stay and kTopCapped is set.
  ValueId join(ValueId a, ValueId b) {
    if (a == b || b == kBottom) return a;
    if (a == kBottom) return b;
    return joined_.answer({a, b}, [&] { return unite_two(a, b); });
  }
  /// All that the values may be, up to kCap atoms.
  ValueId unite(std::span<const ValueId> all);
  /// What `part` makes of each atom of `id`, joined. The flags of `id` stay, and each part rests on what its atom does.
  template <typename Part>
  ValueId map_join(ValueId id, Part part) {
    ValueId result = unknown(flags(id));
    for (const Atom& atom : atoms(id)) result = join(result, with_flags(part(atom), assumptions_of(atom)));
    return result;
  }

  /// As join, but new constants become kTopComputed: used where a loop keeps producing them.
  ValueId widen(ValueId a, ValueId b);
  /// As join, along the back edge of a loop: a pointer that walks or a counter becomes "base + unknown · stride".
  /// `rounds`: the loop is entered so many times at most, counted by the comparison that this edge depends on; 0:
  /// nobody knows.
  ValueId join_loop(ValueId a, ValueId b, std::uint16_t rounds = 0);

  /// The numbers that `atom` stands for, if it is a progression of `most` at most. False: it is none.
  bool spell_out(const Atom& atom, std::size_t most, ValueId& numbers);
  /// What `id` may be where it compares so as `bound` says.
  ValueId restricted(ValueId id, const Bound& bound);

  /// Is it one of a few numbers, of which none compares so? False where that is not known.
  [[nodiscard]] bool none_holds(ValueId id, const Bound& bound) const;

  /// `a` ∘ `b` of `width` bytes; `shift` as in Op.
  ValueId alu(Alu op, unsigned width, unsigned shift, ValueId a, ValueId b) {
    const std::uint64_t how = std::uint64_t{shift} << 16 | width << 8 | static_cast<unsigned>(op);
    return computed_.answer({std::uint64_t{a} << 32 | b, how}, [&] { return compute(op, width, shift, a, b); });
  }
  ValueId add(ValueId id, std::int64_t bytes) {
    return alu(Alu::add, word_, 0, id, constant(static_cast<std::uint64_t>(bytes)));
  }
  /// What is left of `number` divided by `limit`, which is not 0.
  ValueId number_below(ValueId number, std::uint32_t limit);
  /// Cuts to `width` bytes; with `sign` extends the sign to 64 bits, else with zeros.
  ValueId resize(ValueId id, unsigned width, bool sign);
  /// `width` bytes of it (1, 2, 4 or 8), from byte `at` on.
  ValueId bytes_of(ValueId id, unsigned at, unsigned width);
  /// 8 bytes of which each half is known by itself (halves.cpp). What is a number altogether becomes one; where of
  /// neither half anything is known, nothing is known.
  ValueId halves(ValueId low, ValueId high);
  ValueId low_half(ValueId id) { return resize(id, 4, false); }
  ValueId high_half(ValueId id) { return bytes_of(id, 4, 4); }
  [[nodiscard]] bool holds_halves(ValueId id) const {
    const Value& value = values_[id];
    return has_halves_ && value.count != 0 && value.first[value.count - 1].is_halves();  // the last kind
  }
  /// Does alu(`op`, 8, …) ask for the upper half of an operand of which only the lower one is named? Then it matters
  /// whether it is known to be 0, and zero_extended() says that.
  [[nodiscard]] bool asks_upper_half(Alu op, ValueId a, ValueId b) const;
  ValueId zero_extended(ValueId id);
  /// One unknown byte.
  ValueId any_byte(std::uint32_t flags);
  /// base + index * scale + disp.
  ValueId address(ValueId base, ValueId index, unsigned scale, std::int64_t disp);
  /// (id & and_mask) | or_mask.
  ValueId masked(ValueId id, std::uint32_t and_mask, std::uint32_t or_mask);
  /// As `atom` is masked.
  ValueId masked_like(ValueId id, const Atom& atom) { return masked(id, atom.and_mask, atom.or_mask); }

  [[nodiscard]] std::size_t size() const { return values_.size(); }
  /// What it takes of memory.
  [[nodiscard]] std::size_t bytes() const {
    return arena_.bytes() + values_.size() * sizeof(Value) + index_.bytes() + joins_.bytes();
  }

  static constexpr std::size_t kCap = policy::kMostAtoms;

  /// RVA of KMDF's table, or of the pointer to it, when the image has one.
  void set_framework(std::uint32_t table) { framework_ = table; }
  /// Is it an address in that table, or what was read from it? Code keeps those in registers only (or spills them).
  [[nodiscard]] bool of_framework(const Atom& atom) const {
    const bool kind =
        atom.kind == AtomKind::image || atom.kind == AtomKind::memory || atom.kind == AtomKind::via_global;
    return kind && framework_ != 0 && atom.a == framework_;
  }

 private:
  enum Traits : std::uint8_t { kHoldsStrided = 1, kHoldsFrame = 2, kHoldsInitial = 4 };
  struct Value {
    const Atom* first = nullptr;
    std::uint8_t count = 0;
    std::uint8_t traits = 0;         // of any of the atoms
    std::uint16_t assumed = 0xFFFF;  // by each of the atoms
    std::uint32_t flags = 0;
  };
  /// The value of one atom, which `number`, `kind` and `more`, below 2^56, tell from others.
  template <typename MakeAtom>
  ValueId simple(std::uint64_t number, AtomKind kind, MakeAtom atom, std::uint64_t more = 0) {
    const std::uint64_t rest = more << 8 | (static_cast<std::uint64_t>(kind) + 1);
    return simple_.answer({number, rest}, [&] { return single(atom()); });
  }
  ValueId add_flags(ValueId id, std::uint32_t flags);
  ValueId unite_two(ValueId a, ValueId b);
  ValueId make_union(ValueId a, ValueId b);
  ValueId compute(Alu op, unsigned width, unsigned shift, ValueId a, ValueId b);
  /// Cheap, and true too often: compute_halves() may know more than compute().
  [[nodiscard]] bool may_concern_halves(Alu op, unsigned width, ValueId a, ValueId b) const {
    if (holds_halves(a) || holds_halves(b)) return true;
    if (op == Alu::insert || width < 8) return op == Alu::insert && width == 4;
    const auto large = [this](ValueId id, std::uint64_t most) {
      const Atom* number = only(id);
      return number != nullptr && number->is_constant() && number->a > most && number->a >> 32 != 0xFFFFFFFFU;
    };
    const bool shifts = op == Alu::shl || op == Alu::shr;
    return large(b, shifts ? 31 : 0xFFFFFFFFU) || (!shifts && large(a, 0xFFFFFFFFU));
  }
  [[nodiscard]] bool divides(Alu op, ValueId by, ValueId other) const;
  ValueId combine_halves(Alu op, ValueId a, ValueId b);
  ValueId side_by_side(Alu op, unsigned width, ValueId a, ValueId b);
  ValueId compute_halves(Alu op, unsigned width, unsigned shift, ValueId a, ValueId b);
  ValueId shift_halves(Alu op, ValueId number, std::uint64_t bits);
  ValueId insert_half(unsigned width, unsigned shift, ValueId whole, ValueId part);
  ValueId half_of(Alu op, ValueId a, ValueId b);
  ValueId part_of_halves(const Atom& atom, unsigned at, unsigned width);
  ValueId without_halves(ValueId id);
  ValueId number_in_half(ValueId id);
  [[nodiscard]] bool are_constants(ValueId id) const;
  [[nodiscard]] bool joins_by_halves(ValueId a, ValueId b) const {
    return (holds_halves(a) || holds_halves(b)) && are_single_halves(a, b);
  }
  [[nodiscard]] bool are_single_halves(ValueId a, ValueId b) const;
  bool without_some(const Atom& atom, const Bound& bound, ValueId& numbers);
  bool walk(ValueId a, ValueId b, std::uint16_t rounds, ValueId& walked);
  bool steps_twice(ValueId a, ValueId b, std::int64_t& step) const;
  ValueId counted_on(ValueId a, ValueId b, std::int64_t step, std::uint16_t rounds);
  [[nodiscard]] bool is_counter(ValueId id) const;
  bool combine_either_way(Alu op, unsigned width, unsigned shift, const Atom& x, const Atom& y, Atom& out) const;
  ValueId progression_of(Alu op, ValueId number, ValueId operand);
  bool as_progression(ValueId number, Atom& out) const;
  ValueId insert_byte(unsigned shift, ValueId whole, ValueId part);
  ValueId sign_of(Alu op, unsigned width, ValueId number, ValueId by);
  ValueId last_numbers(ValueId id, const Bound& bound);
  ValueId few_left(ValueId id, const Bound& bound);
  ValueId somewhere_behind(ValueId a, ValueId b);
  bool sum_of(Alu op, const Atom& left, const Atom& right, Sums& sums) const;
  [[nodiscard]] std::int32_t roots_of(ValueId id) const;
  ValueId folded(ValueId id);

  const unsigned word_;
  const std::optional<std::int64_t> misalignment_;
  std::uint32_t framework_ = 0;
  bool has_halves_ = false;  // some value was ever made of halves
  Arena<Atom> arena_;
  std::vector<Value> values_;
  ProbeTable index_;                     // by hash of atoms and flags
  ProbeTable joins_;                     // by the two values
  Memo<1024> joined_;                    // join(): the last of them
  Memo<512> computed_;                   // alu()
  Memo<512> simple_;                     // constant() and its like
  Memo<256> flagged_;                    // with_flags()
  std::array<ValueId, 1024> unknown_{};  // unknown() for the low flags alone, asked for more than anything else
};

}  // namespace scanner::trace
