// Copies and fills of many bytes: string operations, and the routines that do the same. A few words are moved one by
// one, so that each keeps what is known of it, however the processor or the routine divides the bytes.
#include <algorithm>
#include <boost/container/static_vector.hpp>

#include "scanner/trace/domain/memory.hpp"
#include "scanner/trace/domain/state_cost.hpp"

namespace scanner::trace {
namespace {

constexpr std::size_t kMostPieces = policy::kMostRepeats + 4;  // and what is left of less than a word

/// Do the `bytes` from two addresses on have some in common? Of two objects nobody copies one to the other and cares.
bool overlap(const Atom* a, const Atom* b, std::uint64_t bytes) {
  if (a == nullptr || b == nullptr || a->strided() || b->strided()) return true;
  if (a->kind != b->kind || a->where != b->where) return false;
  const std::int64_t apart = a->displacement() - b->displacement();
  return apart != 0 && apart < static_cast<std::int64_t>(bytes) && -apart < static_cast<std::int64_t>(bytes);
}

/// The number of `width` bytes that begins with `pattern` and goes on like that.
std::uint64_t repeated(std::uint64_t pattern, unsigned width) {
  if (width >= 8) return pattern;
  const unsigned bits = 8 * width;
  std::uint64_t all = 0;
  for (unsigned at = 0; at < 64; at += bits) all |= (pattern & ((std::uint64_t{1} << bits) - 1)) << at;
  return all;
}

Op store_by_scratch(std::uint32_t rva) {
  Op one;
  one.kind = OpKind::store;
  one.rva = rva;
  one.mem.base = kScratchB;
  one.a = kScratchA;
  return one;
}

}  // namespace

/// Is it one place whose content is known by that place?
bool Memory::is_place(ValueId address) const {
  const Atom* only = values_.only(address);
  return only != nullptr && !only->strided() && (only->is_address() || only->is_pointer_argument());
}

bool Memory::move(State& state, const Move& move, std::uint32_t function, StoreLog* log) {
  if (!is_place(move.to) || move.bytes > policy::kMostRepeats * abi_.word) return false;
  budget_.spend((move.bytes / abi_.word + 1) * (1 + steps_for(state) / 8));
  const auto width_at = [&](std::uint64_t at) {
    unsigned width = abi_.word;
    while (width > move.bytes - at) width /= 2;
    return width;
  };
  const auto moved = [&](ValueId pointer, std::uint64_t at) {
    return values_.add(pointer, static_cast<std::int64_t>(at));
  };
  boost::container::static_vector<ValueId, kMostPieces> pieces;
  for (std::uint64_t at = 0; at < move.bytes; at += width_at(at)) {
    const bool copies = move.from != kBottom;
    pieces.push_back(copies ? load(state, moved(move.from, at), width_at(at)) : move.value);
  }
  Op one = store_by_scratch(move.rva);
  std::uint64_t at = 0;
  for (const ValueId piece : pieces) {
    one.width = static_cast<std::uint8_t>(width_at(at));
    state.registers[kScratchB] = moved(move.to, at);
    state.registers[kScratchA] = piece;
    store(state, one, function, log);
    at += one.width;
  }
  return true;
}

/// A string operation as a move of all its bytes, when that is the same.
bool Memory::repeat_as_move(State& state, const Op& op, std::uint64_t count, std::uint32_t function, StoreLog* log) {
  Move all{state.registers[op.mem.base], kBottom, kBottom, count * op.width, op.rva};
  std::uint64_t number = 0;
  if (op.a == kNoReg) {
    all.from = state.registers[op.mem.index];
    if (overlap(values_.only(all.to), values_.only(all.from), all.bytes)) return false;
  } else if (values_.is_constant(state.registers[op.a], number)) {
    all.value = values_.constant(repeated(number, op.width));
  } else {
    return false;
  }
  return move(state, all, function, log);
}

/// `count` stores one after the other; `one` is the store, by way of the scratch registers.
void Memory::repeat_each(State& state, const Op& op, Op one, std::uint64_t count, std::uint32_t function,
                         StoreLog* log) {
  const ValueId destination = state.registers[op.mem.base];
  const bool copies = op.a == kNoReg;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto moved = [&](ValueId pointer) { return values_.add(pointer, static_cast<std::int64_t>(i * op.width)); };
    state.registers[kScratchB] = moved(destination);
    state.registers[kScratchA] =
        copies ? load(state, moved(state.registers[op.mem.index]), op.width) : state.registers[op.a];
    store(state, one, function, log);
  }
}

void Memory::repeat(State& state, const Op& op, std::uint32_t function, StoreLog* log) {
  std::uint64_t count = 0;
  const bool counted = values_.is_constant(state.registers[op.b], count);
  if (counted && count == 0) return;
  const ValueId destination = state.registers[op.mem.base];
  Op one = store_by_scratch(op.rva);
  one.width = op.width;
  constexpr std::uint64_t kMostBytes = 8 * policy::kMostRepeats;
  const bool understood = counted && !op.unknown;
  if (understood && count <= kMostBytes && repeat_as_move(state, op, count, function, log)) return;
  if (understood && count <= policy::kMostRepeats) {
    budget_.spend(count * (1 + steps_for(state) / 8));
    repeat_each(state, op, one, count, function, log);
    return;
  }
  budget_.spend(steps_for(state));
  // What is not carried out here one by one is not known afterwards, and neither is how far it goes.
  for (const Atom& atom : values_.atoms(destination)) {
    if (atom.kind != AtomKind::frame) continue;
    const std::int64_t begin = atom.displacement();
    for (FrameSlot& slot : state.frame) {
      const bool within = !counted || slot.offset < begin + static_cast<std::int64_t>(count * op.width);
      if (slot.offset >= begin && within) slot.value = values_.unknown(kTopNotUnderstood);
    }
  }
  constexpr std::uint64_t kWidest = 0xFF;  // that an operation can say
  one.unknown = true;
  one.width = static_cast<std::uint8_t>(counted ? std::min(count * op.width, kWidest) : kWidest);
  state.registers[kScratchB] = destination;
  store(state, one, function, log);
}

}  // namespace scanner::trace
