// What registers and frame slots hold at one point of a function.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/isa/abi.hpp"

namespace scanner::trace {

struct FrameSlot {
  std::int32_t offset = 0;  ///< from the stack pointer at entry
  std::uint32_t width = 0;
  ValueId value = kBottom;

  bool operator==(const FrameSlot&) const = default;
};

/// In place of a pointer that a function got: the image. A tag that was stored in a global stands there until something
/// else may have been.
inline constexpr Location kInImage = -2;

/// What this function stored behind a pointer that it got as argument.
struct FieldSlot {
  Location pointer = 0;
  std::int64_t offset = 0;
  std::uint32_t width = 0;
  ValueId value = kBottom;

  bool operator==(const FieldSlot&) const = default;
};

/// Nothing is known of globals any more.
void forget_globals(std::vector<FieldSlot>& fields);

/// The argument at `pointer`, plus `offset` bytes, escaped: an alias may write there.
struct EscapedArgument {
  Location pointer = 0;
  std::int64_t offset = 0;

  auto operator<=>(const EscapedArgument&) const = default;
};

/// Adds `pointer` to an ascending list. Objects extend upwards: in a full list only the lowest offset of each pointer
/// counts, and stands for all behind it.
/// False: it was among them.
bool escape_argument(std::vector<EscapedArgument>& list, const EscapedArgument& pointer);
/// Adds all of `more`, which ascends, too. False: that changed nothing.
bool escape_arguments(std::vector<EscapedArgument>& list, const std::vector<EscapedArgument>& more);
/// May an alias of a pointer of the list write behind the argument at `pointer`? Who gets the address of a member may
/// know the structure around it.
bool argument_escaped(const std::vector<EscapedArgument>& list, Location pointer);

/// On every path to here, the content of `where` at entry was (or was not) `value`.
struct Constraint {
  Location where = 0;
  std::uint64_t value = 0;
  bool equal = true;
  std::uint8_t width = 4;  ///< bytes that were compared

  auto operator<=>(const Constraint&) const = default;
};

/// What is known on every path to here, and no value shows.
struct Narrowing {
  enum class Kind : std::uint8_t {
    bounded,   ///< `bound` holds of `value`
    compared,  ///< `value` and `other` were compared, which are no single numbers; bound.kind: the outcome
    chosen,    ///< `value` was read from a table, where the number `other` chose it
    doubted    ///< an element that the number `value` chose was compared
  };

  Kind kind = Kind::bounded;
  ValueId value = kBottom, other = kBottom;
  Bound bound;

  auto operator<=>(const Narrowing&) const = default;
};

using Narrowings = std::vector<Narrowing>;  // ascending

struct State {
  std::array<ValueId, kRegCount> registers{};
  std::vector<FrameSlot> frame;                    // ascending by offset, not overlapping
  std::vector<std::int32_t> escaped;               // frame addresses of which aliases exist, ascending
  std::vector<FieldSlot> fields;                   // in no order, not overlapping
  std::vector<EscapedArgument> escaped_arguments;  // ascending
  std::vector<Constraint> constraints;             // ascending
  Narrowings narrowings;

  State() = default;
  State(const State&) = default;
  State(State&&) noexcept = default;
  ~State() = default;
  State& operator=(State&&) noexcept = default;
  /// States are copied for every block that is visited, and most of their lists are empty.
  State& operator=(const State& other);
  bool operator==(const State&) const = default;

  /// The frame address `offset` has an alias from now on. False: it had one before.
  bool escape(std::int32_t offset);
  /// The same for all of `offsets`, which ascend.
  bool escape_all(const std::vector<std::int32_t>& offsets);
  bool escape_argument(const EscapedArgument& pointer) { return trace::escape_argument(escaped_arguments, pointer); }
  /// See trace::argument_escaped().
  [[nodiscard]] bool argument_escaped(Location pointer) const {
    return trace::argument_escaped(escaped_arguments, pointer);
  }
  /// May a frame address that escaped reach the slot at `offset`? Objects extend upwards, but neither over the return
  /// address nor, in the home space of register arguments, over a single slot.
  [[nodiscard]] bool may_alias(std::int32_t offset, const Abi& abi) const {
    if (escaped.empty() || escaped.front() > offset) return false;
    if (offset < 0) return true;
    const auto behind = std::upper_bound(escaped.begin(), escaped.end(), offset);
    if (*(behind - 1) == offset) return true;
    return *(behind - 1) >= static_cast<std::int32_t>(abi.stack_arguments);
  }
};

/// Could a callee that got the address of a local reach the slot by what it knows of a structure around both? Those may
/// begin below a member whose address escaped. Saved registers, addresses of the frame and what belongs to KMDF's table
/// are no members.
bool within_reach(const State& state, const FrameSlot& slot, const ValuePool& values, const Abi& abi);

State state_at_entry(ValuePool& values, const Abi& abi);

/// The first slot that ends behind `offset`.
template <typename Frame>
auto slot_reaching(Frame& frame, std::int64_t offset) {
  return std::partition_point(frame.begin(), frame.end(), [offset](const FrameSlot& slot) {
    return std::int64_t{slot.offset} + slot.width <= offset;
  });
}

/// The content of `width` bytes at `offset` of the frame.
ValueId frame_load(const State& state, std::int64_t offset, unsigned width, ValuePool& values, const Abi& abi);
/// The same where no slot reaches.
ValueId frame_content(std::int64_t offset, unsigned width, ValuePool& values, const Abi& abi);
/// Overwrites `width` bytes at `at`; what is left of slots that it overlaps only partly is kept where it can be.
void frame_store(State& state, std::int64_t at, std::uint32_t width, ValueId value, ValuePool& values);

/// The content of `width` bytes at `offset` behind the argument at `pointer`.
ValueId field_load(const State& state, Location pointer, std::int64_t offset, unsigned width, ValuePool& values);
/// The same where nothing was stored.
ValueId field_content(const State& state, Location pointer, std::int64_t offset, unsigned width, ValuePool& values);
/// Overwrites them; what is left of slots that it overlaps is kept where it can be.
void field_store(State& state, Location pointer, std::int64_t offset, unsigned width, ValueId value, ValuePool& values);
/// Was the slot stored to some of these bytes?
inline bool overlaps(const FieldSlot& slot, Location pointer, std::int64_t offset, unsigned width) {
  return slot.pointer == pointer && slot.offset < offset + width && slot.offset + slot.width > offset;
}

}  // namespace scanner::trace
