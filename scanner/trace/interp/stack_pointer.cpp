#include "scanner/trace/interp/stack_pointer.hpp"

#include <algorithm>

namespace scanner::trace {

bool StackPointer::depth_in(const State& state, std::int64_t& depth) const {
  return depth_of(state.registers[abi_.stack_pointer], depth);
}

bool StackPointer::depth_of(ValueId stack_pointer, std::int64_t& depth) const {
  const Atom* atom = values_.only(stack_pointer);
  if (atom == nullptr || !atom->is_frame_address()) return false;
  depth = atom->displacement();
  return true;
}

bool StackPointer::at_entry_depth(const State& state) const {
  const Atom* atom = values_.only(state.registers[abi_.stack_pointer]);
  return atom != nullptr && atom->is_frame_address() && atom->a == 0;
}

bool StackPointer::has_frame(const State& state) const {
  if (abi_.unwinder_restores) return true;
  const Atom* atom = values_.only(state.registers[abi_.frame_pointer]);
  return atom != nullptr && atom->is_frame_address();
}

void StackPointer::set_depth(State& state, std::int64_t depth) {
  state.registers[abi_.stack_pointer] = values_.frame_address(depth);
  if (state.frame.empty()) return;
  const auto from = [&state](std::int64_t offset) {
    return std::partition_point(state.frame.begin(), state.frame.end(),
                                [offset](const FrameSlot& slot) { return slot.offset < offset; });
  };
  if (depth_lost(depth) && depth_lost(state.frame.front().offset)) {
    constexpr std::int64_t kRegion = 0x20000;
    const auto older = from(std::min(depth + kRegion + 1, kDeepestFrame));
    state.frame.erase(older, from(kDeepestFrame));
  }
  auto kept = state.frame.begin();  // mostly one of the first
  while (kept != state.frame.end() && kept->offset < depth) ++kept;
  if (kept != state.frame.begin()) state.frame.erase(state.frame.begin(), kept);
}

void StackPointer::settle(const Op& op, State& state) {
  std::int64_t depth = 0;
  // Which multiple the caller's stack pointer is of is not known.
  const bool aligned = op.kind == OpKind::alu && op.alu == Alu::bit_and;
  if (aligned || !depth_in(state, depth)) depth = depths_.at(StackDepths::Place::operation, op.rva, kDepthComputed);
  set_depth(state, depth);
}

bool StackPointer::join(State& into, const State& from, std::uint32_t rva) {
  std::int64_t a = 0, b = 0;
  if (into.registers[abi_.stack_pointer] == from.registers[abi_.stack_pointer]) return false;
  if (!depth_in(into, a) || !depth_in(from, b)) return false;
  if (depths_.is_base_of(a, StackDepths::Place::join, rva) || (!depth_lost(a) && depth_lost(b))) return true;
  set_depth(into, depth_lost(a) && !depth_lost(b) ? b : depths_.at(StackDepths::Place::join, rva, kDepthJoin));
  return true;
}

void StackPointer::check_edge(ValueId before, ValueId behind) {
  std::int64_t out = 0, in = 0;
  if (!depth_of(before, out) || !depth_of(behind, in) || in == out) return;
  if (!depth_lost(out) && !depth_lost(in)) depths_.contradict();
  if (depth_lost(out) && !depth_lost(in)) depths_.deduce(out, in);
  if (!depth_lost(out) && depth_lost(in)) depths_.deduce(in, out);
}

void StackPointer::check_return(const State& state) {
  std::int64_t depth = 0;
  if (!abi_.callee_removes || !depth_in(state, depth)) return;
  if (depth_lost(depth)) {
    depths_.deduce(depth, 0);
  } else if (depth != 0) {
    depths_.contradict();
  }
}

/// `pop` of a preserved register from an unknown depth: it must be where the register was saved.
std::optional<StackPointer::Restored> StackPointer::deduce_from_restored(const Op& op, const State& state) {
  if (op.kind != OpKind::copy || op.a != kScratchB || !abi_.preserved(op.dst)) return std::nullopt;
  const ValueId saved = values_.initial(op.dst);
  std::int64_t slot = 0;
  int found = 0;
  for (const FrameSlot& other : state.frame) {
    if (other.value != saved || depth_lost(other.offset) || other.offset >= 0) continue;
    slot = other.offset;
    ++found;
  }
  const std::int64_t from = std::exchange(restored_from_, 0);
  return found == 1 ? std::optional(Restored(from, slot)) : std::nullopt;
}

void StackPointer::note_popped(const Op& op, const State& state, ValueId value) {
  std::int64_t depth = 0;
  const bool lost = values_.atoms(value).empty() && (values_.flags(value) & kTopDepthLost) != 0;
  restored_from_ = lost && op.dst == kScratchB && depth_in(state, depth) ? depth : 0;
}

void StackPointer::settle_call(const Call& site, const Op& op, const Block& block, State& state) {
  std::int64_t depth = 0;
  const bool known = depth_in(state, depth);
  std::uint32_t reason = kDepthPointer;
  std::int64_t removed = -1;
  if (site.import >= 0) {
    reason = kDepthImport;
    if (depths_.trusts_imports()) removed = imports_[static_cast<std::size_t>(site.import)].stack_bytes;
  } else if (site.target != 0 && knowledge_.stack) {
    reason = kDepthCallee;
    const CalleeStack& callee = knowledge_.stack(site.target);
    if (callee.kind == CalleeStack::Kind::removes && depths_.trusts_callees()) removed = callee.bytes;
  }
  // The caller takes the arguments off itself: the callee left them. Believed until something contradicts.
  if (removed < 0 && depths_.trusts_callees() && caller_cleans_behind(op.rva, block)) removed = 0;
  if (known && removed >= 0) {
    set_depth(state, depth + removed);
    return;
  }
  const std::int64_t behind = depths_.at(StackDepths::Place::call, op.rva, reason);
  constexpr std::int64_t kMostArguments = 0x100;
  if (known && !depth_lost(behind) && !depth_lost(depth) && (behind < depth || behind > depth + kMostArguments))
    depths_.contradict();
  if (known && depth_lost(behind)) depths_.note_before(op.rva, depth);
  if (known && depth_lost(depth)) depths_.deduce_from_most(depth, behind);
  set_depth(state, behind);
}

/// Is the next instruction `add esp, n`?
bool StackPointer::caller_cleans_behind(std::uint32_t rva, const Block& block) const {
  const auto first = function_.order.begin() + block.first_instruction;
  const auto end = first + block.instruction_count;
  const auto call = std::lower_bound(first, end, rva, [this](std::uint32_t number, std::uint32_t wanted) {
    return function_.instructions[number].rva < wanted;
  });
  if (call == end || function_.instructions[*call].rva != rva || call + 1 == end) return false;
  const Instruction& next = function_.instructions[*(call + 1)];
  if (next.op_count == 0) return false;
  const Op& op = function_.ops[next.first_op];
  return op.kind == OpKind::alu && op.alu == Alu::add && op.dst == abi_.stack_pointer && op.b == kNoReg &&
         static_cast<std::int32_t>(op.imm) > 0;
}

void StackPointer::enter_handler(State& state, std::uint32_t rva) {
  // Only the frame pointer is restored; the handler gets esp back from the frame.
  const ValueId frame = state.registers[abi_.frame_pointer];
  state.registers.fill(values_.unknown(kTopUnset));
  state.registers[abi_.frame_pointer] = frame;
  set_depth(state, depths_.at(StackDepths::Place::handler, rva, 0));
}

void StackPointer::probe(const Op& op, State& state) {
  ValueId& pointer = state.registers[abi_.stack_pointer];
  pointer =
      values_.resize(values_.alu(Alu::sub, abi_.word, 0, pointer, state.registers[abi_.result]), abi_.word, false);
  state.registers[abi_.result] = values_.unknown(kTopClobbered);
  settle(op, state);
}

}  // namespace scanner::trace
