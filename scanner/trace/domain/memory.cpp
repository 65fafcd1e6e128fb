#include "scanner/trace/domain/memory.hpp"

#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <vector>

#include "scanner/trace/domain/state_cost.hpp"

namespace scanner::trace {

/// Somebody may write anywhere behind `offset`: what stands there is joined with `value`.
void Memory::store_somewhere_behind(State& state, std::int64_t offset, ValueId value) {
  budget_.spend(steps_for(state));
  if (offset >= static_cast<std::int64_t>(abi_.stack_arguments)) fill_in_arguments(state, offset);
  for (FrameSlot& slot : state.frame) {
    if (slot.offset >= offset && (slot.offset < 0) == (offset < 0)) slot.value = values_.join(slot.value, value);
  }
}

/// The same for a pointer that walks down: every local below `end`.
void Memory::store_somewhere_below(State& state, std::int64_t end) {
  budget_.spend(steps_for(state));
  for (FrameSlot& slot : state.frame) {
    if (slot.offset < end && (slot.offset < 0) == (end <= 0))
      slot.value = values_.join(slot.value, values_.unknown(kTopComputed | kAssumesFrame));
  }
}

/// Gives incoming stack arguments from `offset` on a slot each, so that somebody else can be seen to write there.
void Memory::fill_in_arguments(State& state, std::int64_t offset) {
  constexpr unsigned kMostArguments = 16;
  const auto word = static_cast<std::int64_t>(abi_.word);
  for (unsigned i = 0; i < kMostArguments; ++i) {
    const std::int64_t at = offset - offset % word + i * word;
    const auto slot = slot_reaching(state.frame, at);
    const bool known = slot != state.frame.end() && slot->offset < at + word;
    if (!known) frame_store(state, at, abi_.word, frame_load(state, at, abi_.word, values_, abi_), values_);
  }
}

void Memory::escape(State& state, ValueId value) {
  for (std::size_t i = 0; i < values_.atoms(value).size(); ++i) {  // by number: filling in makes values
    const Atom& atom = values_.atoms(value)[i];
    if (atom.kind != AtomKind::frame) continue;
    const auto offset = static_cast<std::int32_t>(atom.a);
    if (!state.escape(offset)) continue;
    if (offset >= static_cast<std::int32_t>(abi_.stack_arguments)) fill_in_arguments(state, offset);
  }
}

void Memory::escape_argument(State& state, ValueId value) {
  for (const Atom& atom : values_.atoms(value)) {
    if (atom.kind == AtomKind::initial && atom.and_mask == 0xFFFFFFFFU && atom.or_mask == 0)
      state.escape_argument({atom.where, static_cast<std::int64_t>(atom.a)});
  }
}

void Memory::escape_contents(State& state) {
  for (std::size_t known = 0; known != state.escaped.size();) {
    known = state.escaped.size();
    budget_.spend(steps_for(state));
    // By number: giving away may add slots, but none before the one that is looked at.
    for (std::size_t i = 0; i < state.frame.size(); ++i) {
      if (state.may_alias(state.frame[i].offset, abi_)) escape(state, state.frame[i].value);
    }
  }
}

ValueId Memory::load_image(std::uint32_t rva, unsigned width) {
  if (width == abi_.word) {
    if (const int import = imports_.at(rva); import >= 0)
      return values_.import_pointer(static_cast<std::uint32_t>(import));
  }
  const pe::Section* section = image_.section_at(rva);
  if (section == nullptr) return values_.unknown(kTopNotUnderstood);
  if (section->writable()) return values_.memory(rva, width);
  const auto value = image_.load(rva, width);
  if (!value) return values_.unknown(kTopNotUnderstood);
  if (width == abi_.word) {
    if (const auto target = image_.rva_of_va(*value)) return values_.image_address(*target);
  }
  return values_.constant(*value);
}

ValueId Memory::load(const State& state, ValueId address, unsigned width) {
  if (address == kBottom) return kBottom;
  ValueId result = kBottom;
  const std::uint32_t flags = values_.flags(address);
  const auto view = values_.atoms(address);
  const boost::container::static_vector<Atom, ValuePool::kCap> atoms(view.begin(), view.end());
  for (const Atom& atom : atoms) {
    ValueId part = values_.unknown(kTopField);
    switch (atom.kind) {
      case AtomKind::frame:
        part = atom.strided ? load_element(state, atom, width)
                            : frame_load(state, static_cast<std::int64_t>(atom.a), width, values_, abi_);
        break;
      case AtomKind::image:
        if (atom.strided) {
          Atom table = atom;
          table.kind = AtomKind::memory;
          table.width = static_cast<std::uint8_t>(width);
          part = values_.single(table);
        } else if (atom.a <= 0xFFFFFFFFU) {
          part = load_image(static_cast<std::uint32_t>(atom.a), width);
        }
        break;
      case AtomKind::initial:
        if (atom.and_mask == 0xFFFFFFFFU && atom.or_mask == 0 && !atom.strided) {
          part = field_load(state, atom.where, static_cast<std::int64_t>(atom.a), width, values_);
        } else if (atom.and_mask == 0xFFFFFFFFU && atom.or_mask == 0) {
          Atom field = atom;
          field.kind = AtomKind::field;
          field.width = static_cast<std::uint8_t>(width);
          part = values_.single(field);
        }
        break;
      case AtomKind::memory:
        if (!atom.strided && atom.width == abi_.word && atom.and_mask == 0xFFFFFFFFU && atom.or_mask == 0) {
          Atom content = atom;
          content.kind = AtomKind::via_global;
          content.where = atom.offset;
          content.offset = 0;
          content.width = static_cast<std::uint8_t>(width);
          part = values_.single(content);
        }
        break;
      default: break;
    }
    result = values_.join(result, part);
  }
  if ((flags & kTopMask) != 0)
    result = values_.join(result, values_.unknown(flags & kTopDepthLost ? kTopDepthLost : kTopField));
  if ((flags & kAssumedMask) != 0) result = values_.with_flags(result, flags & kAssumedMask);
  return result == kBottom ? values_.unknown(kTopField) : result;
}

/// An element of an array on the stack whose index is not known: one of those that were filled.
ValueId Memory::load_element(const State& state, const Atom& atom, unsigned width) {
  ValueId result = kBottom;
  if (atom.where < static_cast<std::int32_t>(width)) return values_.unknown(kTopComputed);
  constexpr int kMostElements = 16;
  for (int i = 0; i < kMostElements; ++i) {
    const std::int64_t offset = static_cast<std::int64_t>(atom.a) + std::int64_t{i} * atom.where;
    const auto slot = slot_reaching(state.frame, offset);
    const bool filled = slot != state.frame.end() && slot->offset == offset && slot->width == width;
    if (!filled) break;
    result = values_.join(result, frame_load(state, offset, width, values_, abi_));
  }
  return result == kBottom ? values_.unknown(kTopComputed) : values_.with_flags(result, kAssumesTable);
}

void Memory::store(State& state, const Op& op, std::uint32_t function, FunctionSummary* notes) {
  const ValueId address = address_of(state, op.mem);
  ValueId value = op.unknown       ? values_.unknown(kTopNotUnderstood)
                  : op.a != kNoReg ? state.registers[op.a]
                                   : values_.constant(op.imm);
  if (op.width < 8) value = values_.resize(value, op.width, false);
  const Atom* only = values_.only(address);  // dies with the next value made: below it only says whether there was one
  if (only != nullptr && only->kind == AtomKind::frame && !only->strided) {
    const auto offset = static_cast<std::int64_t>(only->a);
    if (op.weak) value = values_.join(frame_load(state, offset, op.width, values_, abi_), value);
    frame_store(state, offset, op.width, value, values_);
    return;
  }
  const auto view = values_.atoms(address);
  const boost::container::static_vector<Atom, ValuePool::kCap> atoms(view.begin(), view.end());
  bool leaves_frame = atoms.empty();
  for (const Atom& atom : atoms) {
    if (atom.kind == AtomKind::frame) {
      const auto offset = static_cast<std::int64_t>(atom.a);
      if (atom.strided && atom.where < 0) {
        store_somewhere_below(state, offset + op.width);
      } else if (atom.strided) {
        store_somewhere_behind(state, offset, values_.unknown(kTopComputed));
      } else {
        const ValueId before = frame_load(state, offset, op.width, values_, abi_);
        frame_store(state, offset, op.width, values_.join(before, value), values_);
        // This or, when the rest is an index that is not known, a neighbour.
        if ((values_.flags(address) & (kTopComputed | kTopCapped | kTopNotUnderstood)) != 0)
          store_somewhere_behind(state, offset, values_.unknown(kTopComputed | kAssumesFrame));
      }
      continue;
    }
    leaves_frame = true;
    const bool argument = atom.kind == AtomKind::initial && atom.and_mask == 0xFFFFFFFFU && atom.or_mask == 0;
    if (argument && !atom.strided) {
      const auto offset = static_cast<std::int64_t>(atom.a);
      const ValueId stored = only != nullptr && !op.weak
                                 ? value
                                 : values_.join(field_load(state, atom.where, offset, op.width, values_), value);
      field_store(state, atom.where, offset, op.width, stored, values_);
    }
    if (notes == nullptr) continue;
    GlobalStore record{static_cast<std::uint32_t>(atom.a), 0, false, op.width, value, function, op.rva, atom.strided};
    if (argument)
      notes->argument_stores.push_back({atom.where, static_cast<std::int64_t>(atom.a), op.width, value, op.rva});
    if (atom.kind == AtomKind::image) notes->stores.push_back(record);
    if (atom.kind == AtomKind::memory && !atom.strided && atom.width == abi_.word) {
      record.through = true;
      record.offset = atom.offset;
      notes->stores.push_back(record);
    }
  }
  if (!leaves_frame) return;
  budget_.spend(steps_for(state));
  store_by_other_names(state, {atoms.data(), atoms.size()});
  escape(state, value);
  if (op.width == abi_.word) escape_argument(state, value);
  if (op.unknown && op.a != kNoReg) escape(state, state.registers[op.a]);
}

/// Where a store goes to may be known by other pointers, too. `atoms` are all that its address may be; none: anything.
void Memory::store_by_other_names(State& state, std::span<const Atom> atoms) {
  const auto in_image = [](const Atom& atom) { return atom.kind == AtomKind::image; };
  if (atoms.empty() || !std::ranges::all_of(atoms, in_image)) {
    const Atom* only = atoms.size() == 1 ? &atoms[0] : nullptr;
    for (FieldSlot& slot : state.fields) {
      const bool by_its_own = only != nullptr && only->kind == AtomKind::initial && only->where == slot.pointer &&
                              only->and_mask == 0xFFFFFFFFU && only->or_mask == 0;
      const bool walks_there = by_its_own && only->strided && slot.offset >= static_cast<std::int64_t>(only->a);
      if (!by_its_own || walks_there) slot.value = values_.with_flags(slot.value, kAssumesField);
    }
  }
  // A pointer of which nobody knows where it points may point to a local that was given away.
  const bool elsewhere = !atoms.empty() && std::ranges::all_of(atoms, [](const Atom& atom) {
    return atom.kind == AtomKind::initial || atom.kind == AtomKind::image || atom.kind == AtomKind::frame;
  });
  if (elsewhere || state.escaped.empty()) return;
  for (FrameSlot& slot : state.frame) {
    // On x86 what is pushed for the next call lies below all locals.
    const bool member = !abi_.callee_removes && within_reach(state, slot, values_, abi_);
    if (member || state.may_alias(slot.offset, abi_)) slot.value = values_.with_flags(slot.value, kAssumesFrame);
  }
}

void Memory::repeat(State& state, const Op& op, std::uint32_t function, FunctionSummary* notes) {
  constexpr std::uint64_t kMostElements = 64;
  std::uint64_t count = 0;
  const bool counted = values_.is_constant(state.registers[op.b], count);
  if (counted && count == 0) return;
  const ValueId destination = state.registers[op.mem.base];
  const bool copies = op.a == kNoReg;
  Op one;
  one.kind = OpKind::store;
  one.width = op.width;
  one.rva = op.rva;
  one.mem.base = kScratchB;
  one.a = kScratchA;
  if (counted && count <= kMostElements) {
    budget_.spend(count * (1 + steps_for(state) / 8));
    for (std::uint64_t i = 0; i < count; ++i) {
      const ValueId offset = values_.constant(i * op.width);
      const auto moved = [&](ValueId pointer) { return values_.alu(Alu::add, abi_.word, 0, pointer, offset); };
      state.registers[kScratchB] = moved(destination);
      state.registers[kScratchA] =
          copies ? load(state, moved(state.registers[op.mem.index]), op.width) : state.registers[op.a];
      store(state, one, function, notes);
    }
    return;
  }
  budget_.spend(steps_for(state));
  // What is not counted out here is not known afterwards, and neither is how far it goes.
  const std::vector<Atom> atoms(values_.atoms(destination).begin(), values_.atoms(destination).end());
  for (const Atom& atom : atoms) {
    if (atom.kind != AtomKind::frame) continue;
    const auto begin = static_cast<std::int64_t>(atom.a);
    for (FrameSlot& slot : state.frame) {
      const bool within = !counted || slot.offset < begin + static_cast<std::int64_t>(count * op.width);
      if (slot.offset >= begin && within) slot.value = values_.unknown(kTopNotUnderstood);
    }
  }
  constexpr std::uint64_t kWidest = 0xFF;  // that an operation can say
  one.unknown = true;
  one.width = static_cast<std::uint8_t>(counted ? std::min(count * op.width, kWidest) : kWidest);
  state.registers[kScratchB] = destination;
  store(state, one, function, notes);
}

}  // namespace scanner::trace
