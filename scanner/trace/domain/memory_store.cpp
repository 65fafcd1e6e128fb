// Stores: strong and weak updates of frame slots and of fields behind arguments, and what aliases may have changed.
#include <algorithm>
#include <boost/container/static_vector.hpp>

#include "scanner/trace/domain/known_bits.hpp"
#include "scanner/trace/domain/memory.hpp"
#include "scanner/trace/domain/state_cost.hpp"

namespace scanner::trace {
namespace {

constexpr unsigned kWhole = 4;  // bytes of a tag: what is smaller is a part of one

}  // namespace

/// A store may go anywhere behind `offset`: what stands there is that, or still what it was. `assumed` is what the
/// older content rests on from now on (tests/drivers/walked_down.c has nothing left of it).
void Memory::weak_update_behind(State& state, std::int64_t offset, std::uint32_t assumed) {
  budget_.spend(steps_for(state));
  if (offset >= static_cast<std::int64_t>(abi_.stack_arguments)) fill_in_arguments(state, offset);
  for (FrameSlot& slot : state.frame) {
    if (slot.offset >= offset && (slot.offset < 0) == (offset < 0))
      slot.value = values_.with_flags(slot.value, kTopComputed | assumed);
  }
}

/// An element of `array`, which are parts of numbers, is stored to: no number that all of them are part of is what it
/// was. One that a walk over parts begins in, however long it is, hardly ever is.
void Memory::forget_whole_of(State& state, const Atom& array, unsigned width) {
  if (width >= kWhole) return;
  const std::int64_t begin = array.displacement();
  const std::int64_t end = begin + std::int64_t{array.stride} * (std::int64_t{array.count} - 1) + width;
  budget_.spend(steps_for(state));
  if (array.count != 0 && end - begin <= 2 * kWhole)
    return frame_store(state, begin, static_cast<unsigned>(end - begin), values_.unknown(kTopComputed), values_);
  for (FrameSlot& slot : state.frame) {
    const bool meets = slot.offset < begin + kWhole && begin < slot.offset + std::int64_t{slot.width};
    if (meets) slot.value = values_.with_flags(slot.value, kTopComputed | kAssumesFrame);
  }
}

/// As weak_update_behind, for a pointer that walks down: every local below `end`.
void Memory::weak_update_below(State& state, std::int64_t end) {
  budget_.spend(steps_for(state));
  for (FrameSlot& slot : state.frame) {
    if (slot.offset < end && (slot.offset < 0) == (end <= 0))
      slot.value = values_.with_flags(slot.value, kTopComputed | kAssumesFrame);
  }
}

ValueId Memory::stored_value(const State& state, const Op& op) {
  const ValueId value = op.unknown       ? values_.unknown(kTopNotUnderstood)
                        : op.a != kNoReg ? state.registers[op.a]
                                         : values_.constant(op.imm);
  return op.width < 8 ? values_.resize(value, op.width, false) : value;
}

/// An element of an array in the frame. A loop of few rounds that copies a table of the image copies each to its place;
/// what the first round stored is known as a number, which is one of the table's.
void Memory::store_to_array(State& state, const Target& target, const Atom& array) {
  const unsigned width = target.op.width;
  const Atom* table = nullptr;
  for (const Atom& atom : values_.atoms(target.value)) {
    if (atom.kind == AtomKind::memory && atom.stride == array.stride && atom.count == array.count) table = &atom;
  }
  const bool few = array.count != 0 && array.count <= policy::kMostElementsCopied;
  const bool whole = width >= kWhole && array.stride >= static_cast<std::int32_t>(width);
  if (table == nullptr && whole && array.count != 0 && array.count <= policy::kMostElementsOnStack) {
    for (unsigned i = 0; i < array.count; ++i) {
      const std::int64_t offset = array.displacement() + std::int64_t{i} * array.stride;
      const ValueId before = frame_load(state, offset, width, values_, abi_);
      frame_store(state, offset, width, values_.join(before, target.value), values_);
    }
    return;
  }
  if (table == nullptr || !few || array.stride != static_cast<std::int32_t>(width)) {
    if (values_.only(target.address) != nullptr) forget_whole_of(state, array, width);
    return weak_update_behind(state, array.displacement(), 0);
  }
  boost::container::static_vector<ValueId, policy::kMostElementsCopied> elements;
  for (unsigned i = 0; i < array.count; ++i) elements.push_back(load_image(table->rva() + i * width, width));
  const auto of_table = [&](const Atom& atom) {
    return &atom == table || std::ranges::find(elements, values_.single(atom)) != elements.end();
  };
  const auto stored = values_.atoms(target.value);
  if (!std::ranges::all_of(stored, of_table)) return weak_update_behind(state, array.displacement(), 0);
  const std::uint32_t flags = values_.flags(target.value) | (stored.size() > 1 ? std::uint32_t{kTopComputed} : 0U);
  for (unsigned i = 0; i < array.count; ++i) {
    const std::int64_t offset = array.displacement() + std::int64_t{i} * array.stride;
    ValueId before = frame_load(state, offset, width, values_, abi_);
    // Of a number some of whose parts were copied nobody knows which of them are old together.
    if (width < kWhole) before = values_.with_flags(before, kAssumesFrame);
    frame_store(state, offset, width, values_.join(before, values_.with_flags(elements[i], flags)), values_);
  }
}

/// The address may be `atom`, in the frame, and may be something else.
void Memory::store_to_frame(State& state, const Target& target, const Atom& atom) {
  const std::int64_t offset = atom.displacement();
  const unsigned width = target.op.width;
  if (atom.stride < 0) return weak_update_below(state, offset + width);
  if (atom.strided()) return store_to_array(state, target, atom);
  const ValueId before = frame_load(state, offset, width, values_, abi_);
  frame_store(state, offset, width, values_.join(before, target.value), values_);
  // This slot or, when the rest of the address is an index that is not known, a neighbour.
  if ((values_.flags(target.address) & (kTopComputed | kTopCapped | kTopNotUnderstood)) != 0)
    weak_update_behind(state, offset, kAssumesFrame);
}

void Memory::store_behind_argument(State& state, const Target& target, const Atom& atom) {
  const std::int64_t offset = atom.displacement();
  const unsigned width = target.op.width;
  const ValueId stored =
      target.strong ? target.value : values_.join(field_load(state, atom.where, offset, width, values_), target.value);
  field_store(state, atom.where, offset, width, stored, values_);
}

/// What is known of globals behind a store to one of `places`; none: anywhere.
void Memory::store_to_image(State& state, const Target& target, std::span<const Atom> places) {
  constexpr unsigned kWidest = 16;  // a fill of unknown length says more
  const Atom* place = places.size() == 1 && target.strong && target.op.width <= kWidest ? &places[0] : nullptr;
  const bool global = place != nullptr && place->is_image_address() && !place->strided();
  const auto in_frame = [](const Atom& atom) { return atom.kind == AtomKind::frame; };
  if (!global && !places.empty() && std::ranges::all_of(places, in_frame)) return;
  if (!global) return forget_globals(state.fields);
  const auto tag = [](const Atom& atom) { return atom.is_constant() && four_letters(atom.a); };
  const auto values = values_.atoms(target.value);
  const bool tags =
      target.op.width == 4 && values_.flags(target.value) == 0 && !values.empty() && std::ranges::all_of(values, tag);
  const std::int64_t begin = place->rva(), end = begin + target.op.width;
  std::erase_if(state.fields, [&](const FieldSlot& slot) {
    return slot.pointer == kInImage && slot.offset < end && begin < slot.offset + std::int64_t{slot.width};
  });
  if (tags && state.fields.size() < policy::kMostFields)
    field_store(state, kInImage, begin, target.op.width, target.value, values_);
}

/// Other functions want to know of a store to `atom`.
void Memory::note(const Target& target, const Atom& atom, StoreLog& log) const {
  const Op& op = target.op;
  if (atom.is_pointer_argument())
    log.argument_stores.push_back({atom.where, atom.displacement(), op.width, target.value, op.rva});
  // Walks are thought to lead upwards from where they begin; one that leads down ends somewhere below.
  const std::int64_t down = atom.stride >= 0  ? 0
                            : atom.count != 0 ? std::int64_t{atom.stride} * (atom.count - 1)
                                              : -std::int64_t{policy::kLargestTable};
  const std::int64_t begin = std::max(std::int64_t{atom.rva()} + down, std::int64_t{0});
  GlobalStore record{
      static_cast<std::uint32_t>(begin), 0, false, op.width, target.value, target.function, op.rva, atom.strided()};
  if (atom.kind == AtomKind::image) log.stores.push_back(record);
  if (atom.is_pointer_in_image(abi_.word)) {
    record.through = true;
    record.offset = atom.offset;
    log.stores.push_back(record);
  }
}

/// One of a few bytes of a number in the frame is overwritten: each way makes another number. False: it is not that.
bool Memory::store_to_one_part(State& state, ValueId address, unsigned width, ValueId value) {
  boost::container::static_vector<std::int64_t, 2 * kWhole> places;
  if (width >= kWhole || values_.flags(address) != 0) return false;
  for (const Atom& atom : values_.atoms(address)) {
    const unsigned count = atom.strided() ? atom.count : 1;
    if (atom.kind != AtomKind::frame || count == 0 || places.size() + count > places.capacity()) return false;
    for (unsigned i = 0; i < count; ++i) places.push_back(atom.displacement() + std::int64_t{i} * atom.stride);
  }
  if (places.empty()) return false;
  const auto slot = slot_reaching(state.frame, std::ranges::min(places));
  const bool within = slot != state.frame.end() && slot->width <= kWhole && slot->offset <= std::ranges::min(places) &&
                      std::ranges::max(places) + width <= slot->offset + std::int64_t{slot->width};
  const auto numbers = [&](ValueId id) {
    return !values_.atoms(id).empty() && std::ranges::all_of(values_.atoms(id), &Atom::is_constant);
  };
  if (!within || !numbers(slot->value) || !numbers(value)) return false;
  ValueId either = kBottom;
  for (const std::int64_t place : places) {
    const auto shift = static_cast<unsigned>(8 * (place - slot->offset));
    either = values_.join(either, values_.alu(Alu::insert, width, shift, slot->value, value));
  }
  slot->value = either;
  return true;
}

ValueId Memory::store(State& state, const Op& op, std::uint32_t function, StoreLog* log) {
  const ValueId address = address_of(state, op.mem);
  ValueId value = stored_value(state, op);
  const Atom* only = values_.only(address);
  if (only != nullptr && only->is_frame_address()) {
    const std::int64_t offset = only->displacement();
    if (op.weak) value = values_.join(frame_load(state, offset, op.width, values_, abi_), value);
    frame_store(state, offset, op.width, value, values_);
    return address;
  }
  if (!op.weak && store_to_one_part(state, address, op.width, value)) return address;
  const Target target{op, function, address, value, only != nullptr && !op.weak};
  const auto atoms = values_.atoms(address);
  bool leaves_frame = atoms.empty();
  for (const Atom& atom : atoms) {
    if (atom.kind == AtomKind::frame) {
      store_to_frame(state, target, atom);
      continue;
    }
    leaves_frame = true;
    if (atom.is_pointer_argument() && !atom.strided()) store_behind_argument(state, target, atom);
    if (log != nullptr) note(target, atom, *log);
  }
  if (!leaves_frame) return address;
  budget_.spend(steps_for(state));
  const bool elsewhere = (values_.flags(address) & kTopMask) != 0;
  const std::span<const Atom> places = elsewhere ? std::span<const Atom>{} : atoms;
  store_to_image(state, target, places);
  taint_aliased_fields(state, places);
  taint_aliased_locals(state, places);
  escape(state, value);
  if (op.width == abi_.word) escape_argument(state, value);
  if (op.unknown && op.a != kNoReg) escape(state, state.registers[op.a]);
  return address;
}

/// Other pointers may be aliases of a field behind an argument. `atoms` are all that the address of the store may be;
/// none: anything.
void Memory::taint_aliased_fields(State& state, std::span<const Atom> atoms) {
  const auto in_image = [](const Atom& atom) { return atom.kind == AtomKind::image; };
  if (!atoms.empty() && std::ranges::all_of(atoms, in_image)) return;
  const Atom* only = atoms.size() == 1 && atoms[0].is_pointer_argument() ? &atoms[0] : nullptr;
  for (FieldSlot& slot : state.fields) {
    const bool by_its_own = only != nullptr && only->where == slot.pointer;
    const bool walks_there = by_its_own && only->strided() && slot.offset >= only->displacement();
    if (!by_its_own || walks_there) slot.value = values_.with_flags(slot.value, kAssumesField);
  }
}

/// A pointer of unknown origin may be an alias of a local that escaped.
void Memory::taint_aliased_locals(State& state, std::span<const Atom> atoms) {
  const bool elsewhere = !atoms.empty() && std::ranges::all_of(atoms, [](const Atom& atom) {
    return atom.kind == AtomKind::initial || atom.is_address();
  });
  if (elsewhere || state.escaped.empty()) return;
  for (FrameSlot& slot : state.frame) {
    if (values_.has_flags(slot.value, kAssumesFrame)) continue;
    // On x86 what is pushed for the next call lies below all locals.
    const bool member = !abi_.callee_removes && within_reach(state, slot, values_, abi_);
    if (member || state.may_alias(slot.offset, abi_)) slot.value = values_.with_flags(slot.value, kAssumesFrame);
  }
}

}  // namespace scanner::trace
