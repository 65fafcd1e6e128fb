// Jumps whose targets are not known: they may lead to any block of the function, also to those that other ways lead to,
// and what they bring along makes what stands there less certain.
#include <algorithm>
#include <vector>

#include "scanner/trace/domain/state_cost.hpp"
#include "scanner/trace/interp/fixpoint.hpp"

namespace scanner::trace {

/// Carries the states at such jumps to all blocks until none changes.
void Fixpoint::follow_unresolved_jumps() {
  std::vector<std::uint32_t> jumps;
  for (std::uint32_t number = 0; number < function_.blocks.size(); ++number) {
    if (function_.blocks[number].unresolved_jump && visits_[number] > 0) jumps.push_back(number);
  }
  for (bool changed = !jumps.empty(); changed && !effort_.given_up();) {
    for (const std::uint32_t jump : jumps) follow_unresolved_jump(jump);
    changed = !queue_.empty();
    iterate();
  }
}

void Fixpoint::follow_unresolved_jump(std::uint32_t number) {
  State state = in_[number];
  interpret(function_.blocks[number], state);
  if (transfer_.stack().at_entry_depth(state)) return;  // it leaves the function
  follow_no_loop();
  for (std::uint32_t next = 1; next < function_.blocks.size() && !effort_.given_up(); ++next) {
    // Nobody jumps to where the stack would have another depth.
    const bool same_depth = in_[next].registers[abi_.stack_pointer] == state.registers[abi_.stack_pointer];
    if (visits_[next] > 0 && same_depth)
      merge_into(next, doubted(in_[next], state), {queue_.goes_back(number, next), 0});
  }
}

/// `known`, into which `other` may come by a jump that may as well lead elsewhere: what differs may be something else,
/// and nobody says what.
State Fixpoint::doubted(State known, const State& other) {
  effort_.spend(steps_for(known));
  for (Reg reg = 0; reg < kFirstWide; ++reg) {
    if (known.registers[reg] != other.registers[reg])
      known.registers[reg] = values_.with_flags(known.registers[reg], kTopComputed);
  }
  for (FrameSlot& slot : known.frame) {
    if (frame_load(other, slot.offset, slot.width, values_, abi_) != slot.value)
      slot.value = values_.with_flags(slot.value, kTopComputed);
  }
  return known;
}

/// Which blocks the entry leads to by branches, jumps of known targets and exceptions.
void Fixpoint::find_led_to() {
  const auto unresolved = [](const Block& block) { return block.unresolved_jump; };
  jumps_unresolved_ = std::ranges::any_of(function_.blocks, unresolved);
  if (!jumps_unresolved_) return;
  led_to_.assign(function_.blocks.size(), 0);
  led_to_[0] = 1;
  std::vector<std::uint32_t> next{0};
  const auto lead = [&](std::uint32_t number) {
    if (led_to_[number] == 0) next.push_back(number);
    led_to_[number] = 1;
  };
  while (!next.empty()) {
    const Block& block = function_.blocks[next.back()];
    next.pop_back();
    for (const std::uint32_t number : block.successors) lead(number);
    for (const std::uint32_t number : block.exception_successors) lead(number);
  }
}

}  // namespace scanner::trace
