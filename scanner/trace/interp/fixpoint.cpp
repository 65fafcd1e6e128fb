#include "scanner/trace/interp/fixpoint.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "scanner/trace/domain/state_cost.hpp"
#include "scanner/trace/interp/evaluation.hpp"
#include "scanner/trace/interp/jump_targets.hpp"
#include "scanner/trace/ir/lift_function.hpp"

namespace scanner::trace {
namespace {

FunctionSummary abandoned() {
  FunctionSummary nothing;
  nothing.given_up = true;
  return nothing;
}

bool is_call(const Op& op) { return op.kind == OpKind::call; }

}  // namespace

StatesOfBlocks::StatesOfBlocks(std::size_t blocks, SpareStates* spare) : spare_(spare) {
  if (spare_ != nullptr && !spare_->empty()) {
    states_ = std::move(spare_->back());
    spare_->pop_back();
  }
  if (states_.size() < blocks) states_.resize(blocks);
}

StatesOfBlocks::~StatesOfBlocks() {
  constexpr std::size_t kMostKept = 512;
  if (spare_ == nullptr || states_.size() > kMostKept) return;
  try {
    spare_->push_back(std::move(states_));
  } catch (const std::bad_alloc&) {  // then they are not kept
  }
}

Fixpoint::Fixpoint(const Context& context)
    : context_(context),
      function_(context.function),
      values_(context.values),
      abi_(context.abi),
      knowledge_(context.knowledge),
      effort_(context.budget, context.values),
      recorder_(context.function, context.imports, context.values, effort_),
      transfer_(context, recorder_),
      handlers_(context.function, context.values, context.abi, context.knowledge, transfer_.stack(),
                transfer_.calls().effects()),
      queue_(context.function),
      live_(context.function, queue_, context.imports, context.abi),
      in_(context.function.blocks.size(), context.knowledge.spare),
      visits_(context.function.blocks.size(), 0),
      begins_loop_(context.function.blocks.size(), 0) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> back;
  for (std::uint32_t number = 0; number < function_.blocks.size(); ++number) {
    if (number != 0 && !function_.blocks[number].has_predecessor) without_predecessor_.push_back(number);
    for (const std::uint32_t next : function_.blocks[number].successors) {
      if (!queue_.goes_back(number, next)) continue;
      begins_loop_[next] = 1;
      back.emplace_back(number, next);
    }
  }
  if (!back.empty()) loops_.emplace(function_, back, queue_.order());
}

JoinHow Fixpoint::join_how(unsigned visits, Fixpoint::Edge edge) {
  if (edge.goes_back) return {JoinKind::loop, edge.rounds};
  return visits > policy::kVisitsBeforeWidening ? JoinKind::widening : JoinKind::forward;
}

FunctionSummary Fixpoint::run() {
  if (function_.blocks.empty()) return {};
  if (handlers_.too_deep()) return abandoned();
  const State entry = knowledge_.entered != nullptr ? *knowledge_.entered : state_at_entry(values_, abi_);
  if (knowledge_.entered != nullptr) transfer_.comparison().start_deciding();
  enter_loop(0, entry);
  merge_into(0, entry, {});
  iterate();
  follow_unresolved_jumps();
  if (!effort_.given_up()) record();
  if (effort_.given_up()) return abandoned();
  if (knowledge_.ways_into != 0) record_paths(knowledge_.ways_into);
  if (knowledge_.apart_at != 0) record_apart(knowledge_.apart_at);
  return recorder_.take();
}

void Fixpoint::iterate() {
  while (!queue_.empty() && !effort_.given_up()) visit(queue_.take());
}

void Fixpoint::visit(std::uint32_t number) {
  const Block& block = function_.blocks[number];
  ++visits_[number];
  State& state = state_;
  state = in_[number];
  raised_known_ = false;
  raise(block, state);
  recorder_.begin_block(number, true);
  interpret(block, state);
  recorder_.end_block(state, abi_.stack_pointer, transfer_.may_leave(block), in_[number].escaped_arguments);
  for (std::size_t i = 0; i < block.successors.size(); ++i) {
    const std::uint32_t next = block.successors[i];
    if (impossible(block, next, state) || (loops_ && loops_->left_by(number, next))) continue;
    const bool back = queue_.goes_back(number, next);
    const State& found = refined(block, next, state, i + 1 != block.successors.size());
    if (!back) enter_loop(next, found);
    merge_into(next, found, {back, back ? rounds(block, next) : std::uint16_t{0}});
  }
  if (block.unresolved_jump && !transfer_.stack().at_entry_depth(state)) {
    follow_no_loop();
    for (const std::uint32_t next : without_predecessor_) {
      if (effort_.given_up()) return;
      merge_into(next, state, {queue_.goes_back(number, next), 0});
    }
  }
}

/// Where a loop begins that can be followed from `state`, what comes out of it goes on behind it. If it cannot, its
/// blocks tell what comes out, those that were visited before, too.
void Fixpoint::enter_loop(std::uint32_t number, const State& state) {
  ShortLoops::Loop* loop = loops_ ? loops_->entered_at(number) : nullptr;
  if (loop == nullptr) return;
  State through = state;
  if (const auto behind = follow_loop(context_, *loop, through)) {
    merge_into(*behind, through, {});
    return;
  }
  loop->followed = false;
  look_again_at(loop->blocks);
}

void Fixpoint::follow_no_loop() {
  if (loops_) look_again_at(loops_->give_up());
}

void Fixpoint::look_again_at(const std::vector<std::uint32_t>& blocks) {
  for (const std::uint32_t block : blocks) {
    if (visits_[block] > 0) queue_.push(block);
  }
}

/// What was noted of every block becomes the summary, in the order of the blocks.
void Fixpoint::record() {
  find_led_to();
  std::vector<std::uint32_t> unreached;  // blocks of calls that no path from the entry leads to
  for (std::uint32_t number = 0; number < function_.blocks.size() && !effort_.given_up(); ++number) {
    if (visits_[number] > 0) {
      record_block(number);
      continue;
    }
    const std::size_t calls = recorder_.calls();
    record_unreached(number);
    const bool local = !abi_.callee_removes && any_op(function_, function_.blocks[number], &is_call);
    if (recorder_.calls() != calls || local) unreached.push_back(number);
  }
  if (!unreached.empty()) note_orphans(std::move(unreached));
}

/// Nothing of this function leads to the blocks `found`, which call something: they, or blocks that lead to them, are
/// those of other functions, behind a return or a jump of this one.
void Fixpoint::note_orphans(std::vector<std::uint32_t> found) {
  std::vector<std::vector<std::uint32_t>> before(function_.blocks.size());
  for (std::uint32_t number = 0; number < function_.blocks.size(); ++number) {
    if (visits_[number] > 0) continue;
    for (const std::uint32_t next : function_.blocks[number].successors) before[next].push_back(number);
  }
  effort_.spend(function_.blocks.size());
  std::vector<std::uint8_t> noted(function_.blocks.size(), 0);
  for (const std::uint32_t number : found) noted[number] = 1;
  while (!found.empty()) {
    const std::uint32_t number = found.back();
    found.pop_back();
    const Block& block = function_.blocks[number];
    recorder_.orphan(block.rva, !block.has_predecessor && stands_behind_return(function_, number));
    for (const std::uint32_t other : before[number]) {
      if (std::exchange(noted[other], std::uint8_t{1}) == 0) found.push_back(other);
    }
  }
}

void Fixpoint::record_block(std::uint32_t number) {
  const Block& block = function_.blocks[number];
  BlockLog& log = recorder_.log_of(number);
  recorder_.take_block(number, !jumps_unresolved_ || led_to_[number] != 0);
  for (const StackPointer::Restored& restored : log.depths) transfer_.stack().believe(restored);
  if (log.returns) {
    const auto& registers = log.at_return->registers;
    recorder_.returns(registers[abi_.result], abi_.second_result == kNoReg ? kBottom : registers[abi_.second_result]);
    transfer_.stack().check_return(*log.at_return);
    recorder_.leave(*log.at_return);
  }
  if (abi_.callee_removes) {
    for (const std::uint32_t next : block.successors) {
      if (visits_[next] != 0) transfer_.stack().check_edge(log.stack_pointer, in_[next].registers[abi_.stack_pointer]);
    }
  }
  const bool leaves = transfer_.may_leave(block);
  if (leaves) transfer_.leave(block, *log.at_end);
  recorder_.add_escaped(leaves            ? log.at_end->escaped_arguments
                        : log.lets_escape ? log.escaped
                                          : in_[number].escaped_arguments);
}

/// Is there anything that would be noted of the block, were it interpreted without a path to it? Calls, ends of data
/// that a pointer is compared with, on x86 registers that are taken from the stack again.
bool Fixpoint::tells_unreached(const Block& block) const {
  const auto tells = [this](const Op& op) {
    const bool pops = abi_.callee_removes && op.kind == OpKind::load && op.mem.base == abi_.stack_pointer;
    return op.kind == OpKind::call || pops || (op.kind == OpKind::compare && op.b != kNoReg);
  };
  return any_op(function_, block, tells);
}

/// Code that no path was found to is interpreted for what it calls.
void Fixpoint::record_unreached(std::uint32_t number) {
  const Block& block = function_.blocks[number];
  if (!tells_unreached(block)) return;
  State& state = state_;
  state = {};
  state.registers.fill(values_.unknown(kTopUnreached));
  recorder_.begin_block(number, false);
  interpret(block, state);
  recorder_.end_block(state, abi_.stack_pointer, false, {});
  recorder_.take_block(number, true);
  for (const StackPointer::Restored& restored : recorder_.log_of(number).depths) transfer_.stack().believe(restored);
  recorder_.add_escaped(state.escaped_arguments);
}

void Fixpoint::interpret(const Block& block, State& state) {
  transfer_.enter(block, state, begins_loop_[static_cast<std::size_t>(&block - function_.blocks.data())] != 0);
  effort_.visit(block.instruction_count);
  effort_.spend(block.instruction_count + steps_for(state));
  const bool unreached = recorder_.recording() && !recorder_.reached();
  const bool handled = !unreached && !block.exception_successors.empty();
  for (std::uint32_t i = 0; i < block.instruction_count && !effort_.given_up(); ++i) {
    const Instruction& instruction = function_.instructions[function_.order[block.first_instruction + i]];
    if (!handled) {
      transfer_.run(instruction, state);
      continue;
    }
    for (unsigned k = 0; k < instruction.op_count; ++k) {
      const Op& op = function_.ops[instruction.first_op + k];
      const bool raises = transfer_.may_raise(op, state);
      if (raises) raise(block, state);
      transfer_.step(op, state);
      if (raises && op.kind == OpKind::call && !state.escaped.empty()) raise(block, state);
    }
  }
}

void Fixpoint::merge_into(std::uint32_t number, const State& state, Edge edge) {
  State& in = in_[number];
  unsigned& visits = visits_[number];
  effort_.spend(steps_for(state));
  if (visits == 0) {
    begin_with(number, state);
    effort_.keep(bytes_of(in));
  } else {
    effort_.spend(in.fields.size() * state.fields.size() / 8);
    const bool depths_differ =
        abi_.callee_removes && in.registers[abi_.stack_pointer] != state.registers[abi_.stack_pointer];
    const bool changed = depths_differ || visits > policy::kMostVisits
                             ? join_and_settle(number, state, edge)
                             : join_states(in, state, join_how(visits, edge), values_, abi_, live_[number]);
    if (!changed) return;
  }
  visits = std::max(visits, 1U);
  queue_.push(number);
}

/// The first state that block `number` begins with. Of registers that nothing asks for nothing is known.
void Fixpoint::begin_with(std::uint32_t number, const State& state) {
  State& in = in_[number];
  in = state;
  const ValueId unset = values_.unknown(kTopUnset);
  const auto forget = [&](Reg reg) { in.registers[reg] = unset; };
  RegisterSet dead = RegisterSet::all().without(live_[number]);
  if (live_[number].all_below(kFirstWide)) {
    std::fill(in.registers.begin() + kFirstWide, in.registers.end(), unset);
    dead = RegisterSet::of_bits(dead.low_bits() & ((std::uint64_t{1} << kFirstWide) - 1));
  }
  dead.for_each(forget);
}

/// Joins into what block `number` begins with, where the stack pointers differ or the block was visited very often.
/// False: that brought nothing new.
bool Fixpoint::join_and_settle(std::uint32_t number, const State& state, Edge edge) {
  State& in = in_[number];
  const unsigned visits = visits_[number];
  State& joined = joined_;
  joined = in;
  const bool depth_decided = abi_.callee_removes && transfer_.stack().join(joined, state, function_.blocks[number].rva);
  const ValueId stack_pointer = joined.registers[abi_.stack_pointer];
  join_states(joined, state, join_how(visits, edge), values_, abi_, live_[number]);
  if (visits > policy::kMostVisits) force_fixpoint(joined, in, values_);
  if (depth_decided) joined.registers[abi_.stack_pointer] = stack_pointer;
  if (joined == in) return false;
  std::swap(in, joined);
  return true;
}

/// What the frame holds when an exception is raised here. Between two such places it may hold something else; mostly it
/// does not, and what the handlers have found in this visit need not be joined again.
void Fixpoint::raise(const Block& block, const State& state) {
  if (block.exception_successors.empty() || !transfer_.stack().has_frame(state)) return;
  if (raised_known_ && handlers_.find_the_same(raised_, state)) return;
  raised_ = state;
  raised_known_ = true;
  const State* found = &state;
  if (block.exception_successors.size() > policy::kMostHandlersApart) {
    found = joined_for_all(block, state);
    if (found == nullptr) return;
  }
  for (const std::uint32_t handler : block.exception_successors) {
    if (effort_.given_up()) return;
    State& entered = refined_;
    entered = *found;
    handlers_.enter(entered, handler);
    merge_into(handler, entered, {});
  }
}

/// x86's code tells by a number on the stack which handler is the one, and so each guarded block may lead to all of
/// them: a function of 80 has 40,000 such edges. What was raised is joined once for all; null: that brought nothing
/// new.
const State* Fixpoint::joined_for_all(const Block& block, const State& state) {
  const auto [at, first] = raised_by_handlers_.try_emplace(block.exception_successors);
  auto& [all, visits] = at->second;
  State seen = handlers_.before_handler(state);
  effort_.spend(steps_for(seen));
  if (first) {
    all = std::move(seen);
    effort_.keep(bytes_of(all));
  } else {
    State joined = all;
    join_states(joined, seen, join_how(visits, {}), values_, abi_);
    if (visits > policy::kMostVisits) force_fixpoint(joined, all, values_);
    if (joined == all) return nullptr;
    all = std::move(joined);
  }
  ++visits;
  return &all;
}

/// The branch at the end of the block, if it depends on a comparison that is known; else null.
const Instruction* Fixpoint::deciding_branch(const Block& block) {
  const Instruction* last = last_instruction(function_, block);
  const bool decides = last != nullptr && last->flow == ControlFlow::branch && last->condition != Condition::other &&
                       block.successors.size() == 2 && block.successors[0] != block.successors[1];
  return decides && transfer_.comparison().known() ? last : nullptr;
}

/// Does what was compared, or the address that is jumped to, rule out that the block leads to `next`?
bool Fixpoint::impossible(const Block& block, std::uint32_t next, const State& state) {
  const std::uint32_t rva = function_.blocks[next].rva;
  if (block.successors.size() > 1 && jumps_past(function_, block, rva, state, values_)) return true;
  const Instruction* branch = deciding_branch(block);
  if (branch == nullptr) return false;
  const bool taken = rva == branch->target;
  if (knowledge_.entered != nullptr || (apart_ && transfer_.comparison().certain())) {
    const auto decided = transfer_.comparison().decides(branch->condition, branch->signed_condition);
    if (decided) return *decided != taken;
  }
  return transfer_.comparison().impossible(*branch, taken, state);
}

/// `state` at the end of the block as the block `next` finds it: what the branch between them says is known. `keep`:
/// the state itself is not changed.
const State& Fixpoint::refined(const Block& block, std::uint32_t next, State& state, bool keep) {
  const Instruction* branch = deciding_branch(block);
  if (branch == nullptr) return state;
  const BranchRefinement::News news =
      transfer_.comparison().look(*branch, function_.blocks[next].rva == branch->target, state);
  if (!news.any()) return state;
  if (keep) refined_ = state;
  State& out = keep ? refined_ : state;
  transfer_.comparison().refine(out, news);
  return out;
}

/// How often the loop is entered that the edge from the block to `next` closes; 0 when nobody knows.
std::uint16_t Fixpoint::rounds(const Block& block, std::uint32_t next) {
  const Instruction* branch = deciding_branch(block);
  if (branch == nullptr || visits_[next] == 0) return 0;
  const bool taken = function_.blocks[next].rva == branch->target;
  return transfer_.comparison().rounds(in_[next], *branch, taken, function_, block);
}

}  // namespace scanner::trace
