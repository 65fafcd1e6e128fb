// How a function is left other than by a return: tail calls, and blocks that continue outside its ranges.
#include "scanner/trace/interp/transfer.hpp"
#include "scanner/trace/ir/lift_function.hpp"

namespace scanner::trace {

/// The block falls out of its range. Behind a call that is how functions end that never return.
void Transfer::fall_out(const Block& block, const Instruction& last) {
  if (abi_.callee_removes && last.padding) return;
  const bool behind_call =
      last.op_count > 0 && context_.function.ops[last.first_op + last.op_count - 1U].kind == OpKind::call;
  if (!behind_call) recorder_.extend(block.leaves_to);
}

bool Transfer::may_leave(const Block& block) const {
  const Instruction* const last = last_instruction(context_.function, block);
  return last != nullptr && (block.leaves_to != 0 || last->flow == ControlFlow::indirect_jump);
}

void Transfer::leave(const Block& block, State& state) {
  const LiftedFunction& function = context_.function;
  const Instruction* const last = last_instruction(function, block);
  if (last == nullptr) return;
  if (block.leaves_to != 0) {
    if (last->flow != ControlFlow::jump && last->flow != ControlFlow::branch) return fall_out(block, *last);
    std::int64_t depth = 0;
    const bool tail = abi_.callee_removes && stack_.depth_in(state, depth) && depth_lost(depth) &&
                      context_.knowledge.is_called && context_.knowledge.is_called(block.leaves_to);
    if (tail) stack_.check_return(state);
    if (!tail && !stack_.at_entry_depth(state)) return recorder_.extend(block.leaves_to);
    tail_call(state, last->rva, block.leaves_to, kBottom);
  } else if (last->flow == ControlFlow::indirect_jump) {
    // Far jumps name no register.
    const Op* op = last->op_count > 0 ? &function.ops[last->first_op + last->op_count - 1U] : nullptr;
    const bool known = op != nullptr && op->kind == OpKind::jump && op->a != kNoReg;
    tail_call(state, last->rva, 0, known ? state.registers[op->a] : values_.unknown(kTopNotUnderstood));
  }
}

void Transfer::tail_call(State& state, std::uint32_t rva, std::uint32_t target, ValueId pointer) {
  Call site;
  site.rva = rva;
  site.target = target;
  site.pointer = pointer;
  site.tail = true;
  site.depth_known = stack_.depth_in(state, site.callee_frame);
  const bool resolved = calls_.resolve(site, state);
  const bool local = resolved && calls_.has_local_result(site);
  const Atom result = Atom::returned(rva);
  recorder_.returns(
      local ? values_.single(result) : values_.unknown(kTopReturned),
      local ? values_.single(result.from_byte(static_cast<std::int32_t>(abi_.word))) : values_.unknown(kTopReturned));
  if (resolved) {
    recorder_.add_call(site, state);
    calls_.escape_arguments_passed(site, state);
  }
  recorder_.leave(state);
}

}  // namespace scanner::trace
