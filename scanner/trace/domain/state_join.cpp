#include "scanner/trace/domain/state_join.hpp"

#include <algorithm>
#include <iterator>

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

/// Slots that only `from` holds.
void join_missing_slots(State& into, const State& from, JoinHow how, ValuePool& values, const Abi& abi) {
  for (const FrameSlot& slot : from.frame) {
    const auto at = slot_from(into.frame, slot.offset);
    const bool overlaps_next =
        at != into.frame.end() && at->offset < slot.offset + static_cast<std::int32_t>(slot.width);
    const bool overlaps_previous =
        at != into.frame.begin() &&
        std::prev(at)->offset + static_cast<std::int32_t>(std::prev(at)->width) > slot.offset;
    if (overlaps_next || overlaps_previous || into.frame.size() >= policy::kMostFrameSlots) continue;
    const ValueId missing = frame_load(into, slot.offset, slot.width, values, abi);
    // An argument on the stack has a value before anybody stores there: this may be the loop that walks it.
    const ValueId both =
        abi.callee_removes ? join_values(missing, slot.value, how, values) : values.join(missing, slot.value);
    into.frame.insert(at, {slot.offset, slot.width, both});
  }
}

void join_registers(State& into, const State& from, JoinHow how, ValuePool& values) {
  const auto join = [&](std::size_t first, std::size_t end) {
    for (std::size_t reg = first; reg < end; ++reg)
      into.registers[reg] = join_values(into.registers[reg], from.registers[reg], how, values);
  };
  join(0, kFirstWide);
  // Wide registers hold nothing that is known most of the time.
  if (!std::equal(into.registers.begin() + kFirstWide, into.registers.end(), from.registers.begin() + kFirstWide))
    join(kFirstWide, kRegCount);
}

}  // namespace

void join_fields(State& into, const State& from, JoinHow how, ValuePool& values) {
  const auto same = [](const FieldSlot& a, const FieldSlot& b) {
    return a.pointer == b.pointer && a.offset == b.offset && a.width == b.width;
  };
  // Two paths have mostly stored the same fields in the same order.
  const std::size_t both = std::min(into.fields.size(), from.fields.size());
  std::size_t alike = 0;
  while (alike < both && same(into.fields[alike], from.fields[alike])) ++alike;
  for (std::size_t i = 0; i < into.fields.size(); ++i) {
    FieldSlot& slot = into.fields[i];
    const ValueId other =
        i < alike ? from.fields[i].value : field_load(from, slot.pointer, slot.offset, slot.width, values);
    slot.value = join_values(slot.value, other, how, values);
  }
  for (std::size_t i = alike; i < from.fields.size(); ++i) {
    const FieldSlot& slot = from.fields[i];
    if (std::any_of(into.fields.begin(), into.fields.end(), [&](const FieldSlot& known) { return same(known, slot); }))
      continue;
    // Joining moves no slots: two layouts that replace each other would never come to rest.
    if (field_overlaps(into, slot.pointer, slot.offset, slot.width)) {
      into.escape_argument({slot.pointer, slot.offset});
      continue;
    }
    const ValueId missing = field_load(into, slot.pointer, slot.offset, slot.width, values);
    field_store(into, slot.pointer, slot.offset, slot.width, values.join(missing, slot.value), values);
  }
  for (const EscapedArgument& pointer : from.escaped_arguments) into.escape_argument(pointer);
}

void join_states(State& into, const State& from, JoinHow how, ValuePool& values, const Abi& abi) {
  join_registers(into, from, how, values);
  auto other = from.frame.begin();
  std::size_t alike = 0;  // slots that stand in both frames
  for (FrameSlot& slot : into.frame) {
    while (other != from.frame.end() && other->offset < slot.offset) ++other;
    const bool same = other != from.frame.end() && other->offset == slot.offset && other->width == slot.width;
    const ValueId value = same ? other->value : frame_load(from, slot.offset, slot.width, values, abi);
    slot.value = join_values(slot.value, value, how, values);
    alike += same ? 1 : 0;
  }
  if (alike < from.frame.size()) join_missing_slots(into, from, how, values, abi);
  join_fields(into, from, how, values);
  for (const std::int32_t offset : from.escaped) into.escape(offset);
  std::erase_if(into.constraints, [&from](const Constraint& constraint) {
    return !std::binary_search(from.constraints.begin(), from.constraints.end(), constraint);
  });
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
