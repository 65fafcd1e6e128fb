// Frame slots: what was stored where on the stack, down to the byte.
#include "scanner/trace/domain/state.hpp"

#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <iterator>
#include <limits>
#include <utility>

#include "scanner/trace/domain/known_bits.hpp"
#include "scanner/trace/ir/stack_depth.hpp"

namespace scanner::trace {
namespace {

/// Two fields that are read at once, unless one is 0, which only makes the other wider, or is filled byte by byte; then
/// kBottom.
ValueId assemble_halves(const State& state, std::int64_t offset, unsigned width, ValuePool& values, const Abi& abi) {
  constexpr unsigned kHalf = 4;
  if (width != 2 * kHalf) return kBottom;
  const auto slot = slot_reaching(state.frame, offset + kHalf);
  const bool apart = slot == state.frame.end() || slot->offset >= offset + kHalf;
  const ValueId high = frame_load(state, offset + kHalf, kHalf, values, abi);
  std::uint64_t number = 0;
  if (!apart || (values.is_constant(high, number) && number == 0)) return kBottom;
  return values.halves(frame_load(state, offset, kHalf, values, abi), high);
}

/// `width` bytes at `offset` put together from several slots, which must cover them without a hole. One of them may be
/// a byte of which nothing is known, or one of several constants.
ValueId assemble(const State& state, std::int64_t offset, unsigned width, ValuePool& values, const Abi& abi) {
  if (const ValueId whole = assemble_halves(state, offset, width, values, abi); whole != kBottom) return whole;
  std::uint64_t known = 0;
  unsigned covered = 0;
  ValueId rest = kBottom;
  for (auto it = slot_reaching(state.frame, offset); it != state.frame.end() && it->offset < offset + width; ++it) {
    const FrameSlot& slot = *it;
    if (slot.width > 8) return values.unknown(kTopComputed);
    const auto begin = std::max<std::int64_t>(slot.offset, offset);
    const auto end = std::min<std::int64_t>(std::int64_t{slot.offset} + slot.width, offset + width);
    const auto bytes = static_cast<unsigned>(end - begin);
    const auto shift = 8 * static_cast<unsigned>(begin - offset);
    const ValueId part = values.bytes_of(slot.value, static_cast<unsigned>(begin - slot.offset), bytes);
    covered += bytes;
    if (std::uint64_t constant = 0; values.is_constant(part, constant)) {
      known |= constant << shift;
      continue;
    }
    if (values.atoms(part).empty() && bytes != 1) return values.unknown(kTopComputed);
    // What may be something else, too, of which other parts know nothing: together they would be what never was.
    const bool open = !values.atoms(part).empty() && (values.flags(part) & kTopMask) != 0;
    if (open && (bytes != 1 || values.atoms(part).size() != 1)) return values.unknown(kTopComputed);
    const ValueId number = values.atoms(part).empty() ? values.any_byte(values.flags(part)) : part;
    const ValueId lifted = values.alu(Alu::shl, 8, 0, number, values.constant(shift));
    rest = rest == kBottom ? lifted : values.alu(Alu::bit_or, 8, 0, rest, lifted);
  }
  if (covered != width) return values.unknown(kTopComputed);
  return rest == kBottom ? values.constant(known) : values.alu(Alu::bit_or, 8, 0, rest, values.constant(known));
}

/// Adds `more` to `list`, both ascending: by means of `add`, one by one, when more than `most` would be in it. Paths
/// that meet have mostly let the same escape.
template <typename Item, typename Add>
bool add_all(std::vector<Item>& list, const std::vector<Item>& more, std::size_t most, Add add) {
  if (more.empty() || list == more || std::ranges::includes(list, more)) return false;
  if (list.size() + more.size() > most) {
    const std::vector<Item> before = list;
    for (const Item& item : more) add(item);
    return list != before;
  }
  std::vector<Item> both;
  both.reserve(list.size() + more.size());
  std::ranges::set_union(list, more, std::back_inserter(both));
  list = std::move(both);
  return true;
}

}  // namespace

State& State::operator=(const State& other) {
  if (this == &other) return *this;
  const auto copy = [](auto& to, const auto& from) {
    if (from.empty()) {
      to.clear();
    } else {
      to = from;
    }
  };
  registers = other.registers;
  copy(frame, other.frame);
  copy(escaped, other.escaped);
  copy(fields, other.fields);
  copy(escaped_arguments, other.escaped_arguments);
  copy(constraints, other.constraints);
  copy(narrowings, other.narrowings);
  return *this;
}

bool escape_argument(std::vector<EscapedArgument>& list, const EscapedArgument& pointer) {
  const auto at = std::lower_bound(list.begin(), list.end(), pointer);
  if (at != list.end() && *at == pointer) return false;
  if (list.size() < policy::kMostEscapedArguments) {
    list.insert(at, pointer);
    return true;
  }
  const auto lowest = std::lower_bound(list.begin(), list.end(),
                                       EscapedArgument{pointer.pointer, std::numeric_limits<std::int64_t>::min()});
  if (lowest != list.end() && lowest->pointer == pointer.pointer) {
    if (lowest->offset <= pointer.offset) return false;
    lowest->offset = pointer.offset;
    return true;
  }
  list.insert(at, pointer);
  const auto same = [](const EscapedArgument& a, const EscapedArgument& b) { return a.pointer == b.pointer; };
  list.erase(std::unique(list.begin(), list.end(), same), list.end());
  return true;
}

bool escape_arguments(std::vector<EscapedArgument>& list, const std::vector<EscapedArgument>& more) {
  return add_all(list, more, policy::kMostEscapedArguments,
                 [&list](const EscapedArgument& pointer) { escape_argument(list, pointer); });
}

bool State::escape_all(const std::vector<std::int32_t>& offsets) {
  return add_all(escaped, offsets, policy::kMostEscaped, [this](std::int32_t offset) { escape(offset); });
}

bool State::escape(std::int32_t offset) {
  const auto at = std::lower_bound(escaped.begin(), escaped.end(), offset);
  if (at != escaped.end() && *at == offset) return false;
  if (escaped.size() < policy::kMostEscaped) {
    escaped.insert(at, offset);
    return true;
  }
  // What may_alias() says of addresses above one that escaped, it says with or without this one.
  constexpr std::int32_t kArguments = 0x28;  // not below the first stack argument of any convention
  const bool told = at != escaped.begin() && (offset < 0 || *(at - 1) >= kArguments);
  if (told) return false;
  const bool tells = at != escaped.end() && (offset < 0 ? *at < 0 : offset >= kArguments);
  if (tells) {
    *at = offset;
  } else {
    escaped.insert(at, offset);
  }
  return true;
}

bool argument_escaped(const std::vector<EscapedArgument>& list, Location pointer) {
  const auto lowest =
      std::lower_bound(list.begin(), list.end(), EscapedArgument{pointer, std::numeric_limits<std::int64_t>::min()});
  return lowest != list.end() && lowest->pointer == pointer;
}

bool within_reach(const State& state, const FrameSlot& slot, const ValuePool& values, const Abi& abi) {
  if (slot.offset >= 0 || state.escaped.empty() || state.escaped.front() >= 0) return false;
  const Atom* only = values.only(slot.value);
  if (only == nullptr) return true;
  const bool saved = only->is_initial() && !is_stack(only->where) && abi.preserved(static_cast<Reg>(only->where));
  return !saved && only->kind != AtomKind::frame && !values.of_framework(*only);
}

State state_at_entry(ValuePool& values, const Abi& abi) {
  State state;
  for (Reg reg = 0; reg < 32; ++reg) state.registers[reg] = values.initial(reg);
  state.registers[abi.stack_pointer] = values.frame_address(0);
  std::fill(state.registers.begin() + kScratchA, state.registers.begin() + kFirstWide, values.unknown(kTopUnset));
  std::fill(state.registers.begin() + kFirstWide, state.registers.end(), values.unknown(kTopNotUnderstood));
  return state;
}

namespace {

/// Part of a number is overwritten by a number: it stays one, that paths may bring along whole. False: it is none.
bool insert_part(FrameSlot& slot, std::int32_t offset, std::uint32_t width, ValueId value, ValuePool& values) {
  const std::int32_t before = offset - slot.offset;
  const bool part = width < slot.width && slot.width <= 4 &&
                    before + static_cast<std::int32_t>(width) <= static_cast<std::int32_t>(slot.width);
  std::uint64_t number = 0;
  const auto numbers = [&](ValueId id) {
    return values.flags(id) == 0 && !values.atoms(id).empty() &&
           std::ranges::all_of(values.atoms(id), &Atom::is_constant);
  };
  if (!part || !values.is_constant(value, number) || !numbers(slot.value)) return false;
  slot.value = values.alu(Alu::insert, width, 8U * static_cast<unsigned>(before), slot.value, value);
  return true;
}

/// Letters that were stored one by one, and now are four, are one number from now on: paths bring them along together.
void unite_letters(State& state, std::int32_t offset, ValuePool& values) {
  constexpr std::int32_t kBytes = 4;
  const std::int32_t begin = offset & ~(kBytes - 1);  // the stack is aligned so much at entry
  const auto first = slot_reaching(state.frame, begin);
  std::int32_t end = begin;
  std::uint64_t letters = 0;
  auto last = first;
  for (; last != state.frame.end() && end < begin + kBytes; ++last) {
    std::uint64_t part = 0;
    if (last->offset != end || end + static_cast<std::int32_t>(last->width) > begin + kBytes ||
        !values.is_constant(last->value, part) || part == 0)
      return;
    letters |= part << (8 * (end - begin));
    end += static_cast<std::int32_t>(last->width);
  }
  if (end != begin + kBytes || !four_letters(letters)) return;
  *first = {begin, kBytes, values.constant(letters)};
  state.frame.erase(first + 1, last);
}

}  // namespace

void frame_store(State& state, std::int64_t at, std::uint32_t width, ValueId value, ValuePool& values) {
  if (at < std::numeric_limits<std::int32_t>::min() / 2 || at > std::numeric_limits<std::int32_t>::max() / 2) return;
  const auto offset = static_cast<std::int32_t>(at);
  const auto end = offset + static_cast<std::int32_t>(width);
  auto first = slot_reaching(state.frame, offset);
  if (first != state.frame.end() && first->offset <= offset && insert_part(*first, offset, width, value, values))
    return;
  boost::container::static_vector<FrameSlot, 2> rests;  // of the first and of the last slot that is overlapped
  auto last = first;
  for (; last != state.frame.end() && last->offset < end; ++last) {
    const std::int32_t slot_end = last->offset + static_cast<std::int32_t>(last->width);
    const auto rest = [&](std::int32_t from, std::int32_t to) {
      const auto bytes = static_cast<std::uint32_t>(to - from);
      const auto skipped = static_cast<unsigned>(from - last->offset);
      rests.push_back({from, bytes, values.bytes_of(last->value, skipped, bytes)});
    };
    if (last->offset < offset) rest(last->offset, offset);
    if (slot_end > end) rest(end, slot_end);
  }
  first = state.frame.erase(first, last);
  boost::container::static_vector<FrameSlot, 3> fresh;
  for (const FrameSlot& rest : rests) {
    if (rest.offset < offset) fresh.push_back(rest);
  }
  fresh.push_back({offset, width, value});
  for (const FrameSlot& rest : rests) {
    if (rest.offset >= end) fresh.push_back(rest);
  }
  if (state.frame.size() + fresh.size() > policy::kMostFrameSlots) return;
  state.frame.insert(first, fresh.begin(), fresh.end());
  if (std::uint64_t letter = 0; width < 4 && values.is_constant(value, letter)) unite_letters(state, offset, values);
}

ValueId frame_load(const State& state, std::int64_t offset, unsigned width, ValuePool& values, const Abi& abi) {
  if (width > 8) return values.unknown(kTopComputed);
  const auto after = std::upper_bound(state.frame.begin(), state.frame.end(), offset,
                                      [](std::int64_t at, const FrameSlot& slot) { return at < slot.offset; });
  if (after != state.frame.begin()) {
    const FrameSlot& slot = *std::prev(after);
    const std::int64_t end = std::int64_t{slot.offset} + slot.width;
    if (offset == slot.offset && width <= slot.width)
      return width == slot.width ? slot.value : values.resize(slot.value, width, false);
    if (offset < end) {
      if (offset + width <= end && slot.width <= 8)
        return values.bytes_of(slot.value, static_cast<unsigned>(offset - slot.offset), width);
      return assemble(state, offset, width, values, abi);
    }
  }
  if (after != state.frame.end() && after->offset < offset + width) return assemble(state, offset, width, values, abi);
  return frame_content(offset, width, values, abi);
}

ValueId frame_content(std::int64_t offset, unsigned width, ValuePool& values, const Abi& abi) {
  if (width > 8) return values.unknown(kTopComputed);
  if (width > abi.word)
    return values.halves(frame_content(offset, 4, values, abi), frame_content(offset + 4, 4, values, abi));
  if (offset >= static_cast<std::int64_t>(abi.stack_arguments) && offset < policy::kHighestArgument)
    return values.resize(values.initial(stack_location(static_cast<std::int32_t>(offset))), width, false);
  return values.unknown(depth_lost(offset) ? kTopDepthLost : kTopUnset);
}

ValueId field_load(const State& state, Location pointer, std::int64_t offset, unsigned width, ValuePool& values) {
  for (const FieldSlot& slot : state.fields) {
    if (!overlaps(slot, pointer, offset, width)) continue;
    if (slot.offset == offset && slot.width == width) return slot.value;
    if (slot.offset > offset || offset + width > slot.offset + slot.width) {
      if (width != 8) return values.unknown(kTopComputed);
      return values.halves(field_load(state, pointer, offset, 4, values),
                           field_load(state, pointer, offset + 4, 4, values));
    }
    return values.bytes_of(slot.value, static_cast<unsigned>(offset - slot.offset), width);
  }
  return field_content(state, pointer, offset, width, values);
}

void forget_globals(std::vector<FieldSlot>& fields) {
  std::erase_if(fields, [](const FieldSlot& slot) { return slot.pointer == kInImage; });
}

ValueId field_content(const State& state, Location pointer, std::int64_t offset, unsigned width, ValuePool& values) {
  if (pointer == kInImage) return values.memory(static_cast<std::uint32_t>(offset), width);
  const ValueId value = values.field(pointer, offset, width);
  return state.argument_escaped(pointer) ? values.with_flags(value, kAssumesField) : value;
}

namespace {

/// What a store to `width` bytes at `offset` leaves of a slot that it overlaps.
void keep_rests(State& state, const FieldSlot& slot, std::int64_t offset, unsigned width, ValuePool& values) {
  const auto keep = [&](std::int64_t from, std::int64_t to) {
    if (to <= from) return;
    const auto bytes = static_cast<std::uint32_t>(to - from);
    const ValueId rest = values.bytes_of(slot.value, static_cast<unsigned>(from - slot.offset), bytes);
    state.fields.push_back({slot.pointer, from, bytes, rest});
  };
  keep(slot.offset, offset);
  keep(offset + width, slot.offset + slot.width);
}

}  // namespace

void field_store(State& state, Location pointer, std::int64_t offset, unsigned width, ValueId value,
                 ValuePool& values) {
  for (std::size_t i = 0; i < state.fields.size();) {
    FieldSlot& slot = state.fields[i];
    if (!overlaps(slot, pointer, offset, width)) {
      ++i;
      continue;
    }
    if (slot.offset == offset && slot.width == width) {
      slot.value = value;
      return;
    }
    const FieldSlot old = slot;
    state.fields.erase(state.fields.begin() + static_cast<std::ptrdiff_t>(i));
    keep_rests(state, old, offset, width, values);
  }
  if (state.fields.size() < policy::kMostFields) {
    state.fields.push_back({pointer, offset, width, value});
  } else {
    state.escape_argument({pointer, offset});  // not known any more
  }
}

}  // namespace scanner::trace
