#include "scanner/trace/domain/state_join.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <type_traits>

namespace scanner::trace {
namespace {

ValueId join_values(ValueId older, ValueId newer, JoinHow how, ValuePool& values) {
  if (how.kind == JoinKind::loop) return values.join_loop(older, newer, how.rounds);
  return how.kind == JoinKind::widening ? values.widen(older, newer) : values.join(older, newer);
}

/// The first slot at `offset` or behind it.
template <typename Frame>
auto slot_from(Frame& frame, std::int32_t offset) {
  return std::lower_bound(frame.begin(), frame.end(), offset,
                          [](const FrameSlot& slot, std::int32_t wanted) { return slot.offset < wanted; });
}

bool same_place(const FrameSlot& a, const FrameSlot& b) { return a.offset == b.offset && a.width == b.width; }

/// `slot` becomes what it was or `other`. Is that something new?
template <typename Slot>
bool join_slot(Slot& slot, ValueId other, JoinHow how, ValuePool& values) {
  if (slot.value == other) return false;
  const ValueId before = slot.value;
  slot.value = join_values(before, other, how, values);
  return slot.value != before;
}

/// How many slots at the beginning of both frames are the same: most of them, in a few looks.
std::size_t same_at_once(const std::vector<FrameSlot>& a, const std::vector<FrameSlot>& b) {
  static_assert(std::has_unique_object_representations_v<FrameSlot>);
  constexpr std::size_t kAtOnce = 4;
  const std::size_t both = std::min(a.size(), b.size());
  std::size_t same = 0;
  while (same + kAtOnce <= both && std::memcmp(&a[same], &b[same], kAtOnce * sizeof(FrameSlot)) == 0) same += kAtOnce;
  return same;
}

/// Slots that only `from` holds. Is there any?
bool join_missing_slots(State& into, const State& from, JoinHow how, ValuePool& values, const Abi& abi) {
  bool changed = false;
  std::size_t next = 0;  // of `into`, the first at the slot's offset or behind it
  for (const FrameSlot& slot : from.frame) {
    while (next < into.frame.size() && into.frame[next].offset < slot.offset) ++next;
    const auto at = into.frame.begin() + static_cast<std::ptrdiff_t>(next);
    const bool overlaps_next =
        at != into.frame.end() && at->offset < slot.offset + static_cast<std::int32_t>(slot.width);
    const bool overlaps_previous =
        at != into.frame.begin() &&
        std::prev(at)->offset + static_cast<std::int32_t>(std::prev(at)->width) > slot.offset;
    if (overlaps_next || overlaps_previous || into.frame.size() >= policy::kMostFrameSlots) continue;
    const ValueId missing = frame_content(slot.offset, slot.width, values, abi);
    // An argument on the stack has a value before anybody stores there: this may be the loop that walks it.
    const ValueId both =
        abi.callee_removes ? join_values(missing, slot.value, how, values) : values.join(missing, slot.value);
    into.frame.insert(at, {slot.offset, slot.width, both});
    changed = true;
  }
  return changed;
}

/// What `slot` holds in `from`, where `behind` is the first slot at its offset or behind it.
ValueId other_slot(const FrameSlot& slot, const State& from, std::vector<FrameSlot>::const_iterator behind,
                   ValuePool& values, const Abi& abi) {
  const auto end_of = [](const FrameSlot& of) { return of.offset + static_cast<std::int32_t>(of.width); };
  const bool alone = (behind == from.frame.end() || behind->offset >= end_of(slot)) &&
                     (behind == from.frame.begin() || end_of(*std::prev(behind)) <= slot.offset);
  return alone ? frame_content(slot.offset, slot.width, values, abi)
               : frame_load(from, slot.offset, slot.width, values, abi);
}

bool join_frames(State& into, const State& from, JoinHow how, ValuePool& values, const Abi& abi) {
  bool changed = false;
  std::size_t alike = same_at_once(into.frame, from.frame);  // slots that stand in both frames
  const std::size_t both = std::min(into.frame.size(), from.frame.size());
  for (; alike < both && same_place(into.frame[alike], from.frame[alike]); ++alike)
    changed = join_slot(into.frame[alike], from.frame[alike].value, how, values) || changed;
  auto other = from.frame.begin() + static_cast<std::ptrdiff_t>(alike);
  for (std::size_t i = alike; i < into.frame.size(); ++i) {
    FrameSlot& slot = into.frame[i];
    while (other != from.frame.end() && other->offset < slot.offset) ++other;
    const bool same = other != from.frame.end() && same_place(*other, slot);
    const ValueId value = same ? other->value : other_slot(slot, from, other, values, abi);
    changed = join_slot(slot, value, how, values) || changed;
    alike += same ? 1 : 0;
  }
  return (alike < from.frame.size() && join_missing_slots(into, from, how, values, abi)) || changed;
}

bool join_registers(State& into, const State& from, JoinHow how, ValuePool& values, const RegisterSet& registers) {
  bool changed = false;
  const auto join = [&](Reg reg) {
    ValueId& value = into.registers[reg];
    if (value == from.registers[reg]) return;
    const ValueId joined = join_values(value, from.registers[reg], how, values);
    changed = changed || joined != value;
    value = joined;
  };
  if (!registers.all_below(kFirstWide)) {
    registers.for_each(join);
    return changed;
  }
  // Most are alike.
  constexpr unsigned kAtOnce = 8;
  for (unsigned first = 0; first < kFirstWide; first += kAtOnce) {
    std::uint64_t left = registers.low_bits() >> first & ((1U << kAtOnce) - 1);
    if (left == 0 || std::memcmp(&into.registers[first], &from.registers[first], kAtOnce * sizeof(ValueId)) == 0)
      continue;
    for (; left != 0; left &= left - 1) join(static_cast<Reg>(first + static_cast<unsigned>(std::countr_zero(left))));
  }
  return changed;
}

bool same_place(const FieldSlot& a, const FieldSlot& b) {
  return a.pointer == b.pointer && a.offset == b.offset && a.width == b.width;
}

bool overlap(const FieldSlot& a, const FieldSlot& b) { return overlaps(a, b.pointer, b.offset, b.width); }

/// What `slot` holds on the other path: mostly the field number `next` of `from`, behind the last one asked for.
ValueId other_field(const FieldSlot& slot, const State& from, std::size_t& next, ValuePool& values) {
  if (next < from.fields.size() && same_place(from.fields[next], slot)) return from.fields[next++].value;
  const auto found =
      std::ranges::find_if(from.fields, [&slot](const FieldSlot& other) { return overlap(other, slot); });
  if (found == from.fields.end()) return field_content(from, slot.pointer, slot.offset, slot.width, values);
  if (!same_place(*found, slot)) return field_load(from, slot.pointer, slot.offset, slot.width, values);
  next = static_cast<std::size_t>(found - from.fields.begin()) + 1;
  return found->value;
}

/// Fields that only `from` holds, from number `first` on. Is there any?
bool join_missing_fields(State& into, const State& from, std::size_t first, ValuePool& values) {
  bool changed = false;
  std::size_t next = first;  // of `into`: mostly the same field
  for (std::size_t i = first; i < from.fields.size(); ++i) {
    const FieldSlot& slot = from.fields[i];
    if (next >= into.fields.size() || !same_place(into.fields[next], slot)) {
      const auto shared = [&slot](const FieldSlot& other) { return overlap(other, slot); };
      next = static_cast<std::size_t>(std::ranges::find_if(into.fields, shared) - into.fields.begin());
    }
    const bool overlaps = next < into.fields.size();
    if (overlaps && same_place(into.fields[next++], slot)) continue;
    // Joining moves no slots: two layouts that replace each other would never come to rest.
    ValueId both = kBottom;
    if (!overlaps) both = values.join(field_content(into, slot.pointer, slot.offset, slot.width, values), slot.value);
    if (!overlaps && into.fields.size() < policy::kMostFields) {
      into.fields.push_back({slot.pointer, slot.offset, slot.width, both});
      changed = true;
    } else {
      changed = into.escape_argument({slot.pointer, slot.offset}) || changed;
    }
  }
  return changed;
}

/// Only what is known on both paths is known where they meet. Is that less?
template <typename Fact>
bool keep_common(std::vector<Fact>& into, const std::vector<Fact>& from) {
  if (into.empty() || into == from) return false;
  const auto on_both = [&from](const Fact& fact) { return std::ranges::find(from, fact) != from.end(); };
  return std::erase_if(into, [&on_both](const Fact& fact) { return !on_both(fact); }) != 0;
}

}  // namespace

bool join_fields(State& into, const State& from, JoinHow how, ValuePool& values) {
  bool changed = false;
  // Two paths have mostly stored the same fields in the same order.
  std::size_t alike = 0;
  const std::size_t both = std::min(into.fields.size(), from.fields.size());
  for (; alike < both && same_place(into.fields[alike], from.fields[alike]); ++alike)
    changed = join_slot(into.fields[alike], from.fields[alike].value, how, values) || changed;
  std::size_t next = alike;
  for (std::size_t i = alike; i < into.fields.size(); ++i) {
    FieldSlot& slot = into.fields[i];
    changed = join_slot(slot, other_field(slot, from, next, values), how, values) || changed;
  }
  changed = join_missing_fields(into, from, alike, values) || changed;
  return escape_arguments(into.escaped_arguments, from.escaped_arguments) || changed;
}

bool join_states(State& into, const State& from, JoinHow how, ValuePool& values, const Abi& abi,
                 const RegisterSet& registers) {
  bool changed = join_registers(into, from, how, values, registers);
  changed = join_frames(into, from, how, values, abi) || changed;
  changed = join_fields(into, from, how, values) || changed;
  changed = into.escape_all(from.escaped) || changed;
  changed = keep_common(into.constraints, from.constraints) || changed;
  return keep_common(into.narrowings, from.narrowings) || changed;
}

void force_fixpoint(State& joined, const State& in, ValuePool& values) {
  const auto settle = [&values](ValueId fresh, ValueId old) {
    if (fresh == old || (values.flags(old) & kTopCapped) != 0) return old;
    return values.with_flags(old, kTopCapped);
  };
  for (std::size_t reg = 0; reg < kRegCount; ++reg)
    joined.registers[reg] = settle(joined.registers[reg], in.registers[reg]);
  for (FrameSlot& slot : joined.frame) {  // joining adds slots, and takes none away
    const auto at = slot_from(in.frame, slot.offset);
    const bool known = at != in.frame.end() && at->offset == slot.offset;
    slot.value = known ? settle(slot.value, at->value) : values.with_flags(slot.value, kTopCapped);
  }
  for (std::size_t i = 0; i < joined.fields.size(); ++i) {  // nor does it move fields
    FieldSlot& slot = joined.fields[i];
    slot.value =
        i < in.fields.size() ? settle(slot.value, in.fields[i].value) : values.with_flags(slot.value, kTopCapped);
  }
}

}  // namespace scanner::trace
