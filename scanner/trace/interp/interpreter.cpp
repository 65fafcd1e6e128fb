// Interprets the operations of one function, block after block. What is known about the stack pointer, memory, calls
// and comparisons is theirs (stack_pointer.hpp, memory.hpp, calls.hpp, comparison.hpp); here states are carried from
// block to block until nothing changes, and what callers and other functions want to know is noted.
#include "scanner/trace/interp/interpreter.hpp"

#include <algorithm>
#include <utility>

#include "scanner/trace/ir/block_ends.hpp"
#include "scanner/trace/ir/worklist.hpp"
#include "scanner/trace/interp/calls.hpp"
#include "scanner/trace/interp/branch_refinement.hpp"
#include "scanner/trace/interp/handlers.hpp"
#include "scanner/trace/domain/memory.hpp"
#include "scanner/trace/interp/stack_pointer.hpp"
#include "scanner/trace/domain/state_cost.hpp"
#include "scanner/trace/domain/state_join.hpp"

namespace scanner::trace {
namespace {

constexpr unsigned kVisitsBeforeWidening = 6;
constexpr unsigned kMaxVisits = 64;

class Interpreter {
 public:
  Interpreter(const pe::Image& image, const ImportTable& imports, const LiftedFunction& function, ValuePool& values,
              const Abi& abi, Budget& budget, const CalleeKnowledge& knowledge, StackDepths& depths)
      : imports_(imports),
        function_(function),
        values_(values),
        abi_(abi),
        budget_(budget),
        knowledge_(knowledge),
        memory_(image, imports, values, abi, budget),
        stack_(function, imports, values, abi, knowledge, depths),
        calls_(image, imports, values, abi, knowledge, memory_, stack_, budget),
        handlers_(function, values, abi, knowledge, stack_, calls_),
        comparison_(values),
        queue_(function) {
    in_.resize(function.blocks.size());
    visits_.resize(function.blocks.size(), 0);
    for (std::uint32_t number = 1; number < function.blocks.size(); ++number) {
      if (!function.blocks[number].has_predecessor) without_predecessor_.push_back(number);
    }
  }

  FunctionSummary run() {
    if (function_.blocks.empty()) return {};
    if (handlers_.too_deep()) return abandoned();
    merge_into(0, state_at_entry(values_, abi_), false);
    while (!queue_.empty()) {
      if (given_up_) return abandoned();
      const std::uint32_t number = queue_.take();
      State& state = state_;
      state = in_[number];
      const Block& block = function_.blocks[number];
      interpret(block, state);
      for (const std::uint32_t next : block.successors) merge_edge(block, number, next, state);
      if (block.unresolved_jump && !stack_.at_entry_depth(state)) {
        for (const std::uint32_t next : without_predecessor_) {
          if (given_up_) return abandoned();
          merge_into(next, state, queue_.goes_back(number, next));
        }
      }
      merge_into_handlers(block, in_[number]);
    }
    recording_ = true;
    for (std::uint32_t number = 0; number < function_.blocks.size(); ++number) {
      if (given_up_) return abandoned();
      reached_ = visits_[number] > 0;
      State state = reached_ ? in_[number] : unreached_state();
      if (!reached_ && !function_.blocks[number].has_predecessor && abi_.callee_removes &&
          stands_behind_return(function_, number))
        result_.orphans.push_back(function_.blocks[number].rva);
      interpret(function_.blocks[number], state);
      if (reached_) check_depths(function_.blocks[number], state);
      if (reached_) leave(function_.blocks[number], state);
      for (const EscapedArgument& pointer : state.escaped_arguments)
        escape_argument(result_.escaped_arguments, pointer);
      note_size();
    }
    if (given_up_) return abandoned();
    if (knowledge_.ways_into != 0) note_ways();
    result_.left = std::move(left_.fields);
    return std::move(result_);
  }

 private:
  static FunctionSummary abandoned() {
    FunctionSummary nothing;
    nothing.given_up = true;
    return nothing;
  }

  void spend(std::uint64_t steps) {
    given_up_ = !budget_.spend(steps) || budget_.steps() - steps_before_ > Budget::kMostStepsOfFunction ||
                values_.bytes() > Budget::kMostBytesOfValues || given_up_;
  }

  /// What is noted is kept in memory until the function is done.
  void note_size() {
    const std::uint64_t noted =
        result_.stores.size() * sizeof(GlobalStore) + result_.argument_stores.size() * sizeof(ArgumentStore) + bytes_;
    given_up_ = given_up_ || noted > Budget::kMostBytesOfFunction;
  }

  State unreached_state() {
    State state;
    state.registers.fill(values_.unknown(kTopUnreached));
    return state;
  }

  void check_depths(const Block& block, const State& state) {
    if (!abi_.callee_removes) return;
    for (const std::uint32_t next : block.successors) {
      if (visits_[next] != 0) stack_.check_edge(state, in_[next]);
    }
  }

  // --- from block to block ------------------------------------------------------------------------------------------

  [[nodiscard]] static JoinKind joining(unsigned visits, bool back_edge) {
    if (back_edge) return JoinKind::loop;
    return visits > kVisitsBeforeWidening ? JoinKind::widening : JoinKind::forward;
  }

  /// `back_edge`: the way to the block closes a loop.
  void merge_into(std::uint32_t number, const State& state, bool back_edge) {
    State& in = in_[number];
    unsigned& visits = visits_[number];
    spend(steps_for(state));
    if (visits == 0) {
      in = state;
      bytes_ += bytes_of(in);
      given_up_ = given_up_ || bytes_ > Budget::kMostBytesOfFunction;
    } else if (in == state) {
      return;
    } else {
      spend(in.fields.size() * state.fields.size() / 8);
      State& joined = joined_;
      joined = in;
      const bool depth_decided = abi_.callee_removes && stack_.join(joined, state, function_.blocks[number].rva);
      const ValueId stack_pointer = joined.registers[abi_.stack_pointer];
      join_states(joined, state, joining(visits, back_edge), values_, abi_);
      if (visits > kMaxVisits) force_fixpoint(joined, in, values_);
      if (depth_decided) joined.registers[abi_.stack_pointer] = stack_pointer;
      if (joined == in) return;
      std::swap(in, joined);
    }
    ++visits;
    queue_.push(number);
  }

  void merge_edge(const Block& block, std::uint32_t number, std::uint32_t next, const State& state) {
    const bool back_edge = queue_.goes_back(number, next);
    merge_into(next, refined(block, next, state), back_edge);
  }

  /// `state` at the end of the block as the block `next` finds it: what the branch between them says is known.
  const State& refined(const Block& block, std::uint32_t next, const State& state) {
    const Instruction* last = last_instruction(function_, block);
    if (last == nullptr || last->flow != ControlFlow::branch || last->condition == Condition::other ||
        block.successors.size() != 2 || !comparison_.known() || block.successors[0] == block.successors[1])
      return state;
    refined_ = state;
    comparison_.refine(refined_, *last, function_.blocks[next].rva == last->target);
    return refined_;
  }

  // --- the ways into one call
  // -----------------------------------------------------------------------------------------

  [[nodiscard]] std::vector<std::uint32_t> predecessors(std::uint32_t number) const {
    std::vector<std::uint32_t> before;
    for (std::uint32_t other = 0; other < function_.blocks.size(); ++other) {
      const auto& next = function_.blocks[other].successors;
      if (visits_[other] > 0 && std::find(next.begin(), next.end(), number) != next.end()) before.push_back(other);
    }
    return before;
  }

  /// Where ways meet before the call, what it gets is what all of them bring, joined. Here each is followed by itself
  /// from there on.
  void note_ways() {
    constexpr std::size_t kMostWays = 16, kMostBlocks = 16;
    std::vector<std::uint32_t> chain;  // from where ways meet to the call, that first
    for (std::uint32_t number = 0; number < function_.blocks.size() && chain.empty(); ++number) {
      const Block& block = function_.blocks[number];
      for (std::uint32_t i = 0; i < block.instruction_count; ++i) {
        const Instruction& one = function_.instructions[function_.order[block.first_instruction + i]];
        if (one.rva == knowledge_.ways_into) chain.assign(1, number);
      }
    }
    if (chain.empty() || visits_[chain.front()] == 0) return;
    std::vector<std::uint32_t> before = predecessors(chain.front());
    while (before.size() == 1 && chain.size() < kMostBlocks &&
           std::find(chain.begin(), chain.end(), before.front()) == chain.end()) {
      chain.insert(chain.begin(), before.front());
      before = predecessors(chain.front());
    }
    if (before.size() < 2 || before.size() > kMostWays) return;
    recording_ = false;
    for (const std::uint32_t from : before) {
      if (given_up_) return;
      State state = in_[from];
      interpret(function_.blocks[from], state);
      state = refined(function_.blocks[from], chain.front(), state);
      on_one_way_ = true;
      for (std::size_t i = 0; i < chain.size(); ++i) {
        interpret(function_.blocks[chain[i]], state);
        if (i + 1 < chain.size()) state = refined(function_.blocks[chain[i]], chain[i + 1], state);
      }
      on_one_way_ = false;
    }
    if (result_.ways.size() != before.size()) result_.ways.clear();
  }

  // --- calls, and leaving the function ------------------------------------------------------------------------------

  void record(CallSite site, const State& state) {
    if (on_one_way_ && site.rva == knowledge_.ways_into) {
      site.function = function_.rva;
      site.state = state;
      result_.ways.push_back(std::move(site));
      return;
    }
    if (!recording_) return;
    const bool uninteresting = site.import >= 0 && imports_[static_cast<std::size_t>(site.import)].row < 0;
    if (uninteresting || (!reached_ && site.import < 0)) return;
    site.function = function_.rva;
    site.reached = reached_;
    site.state = state;
    bytes_ += sizeof(CallSite) - sizeof(State) + bytes_of(state);
    result_.calls.push_back(std::move(site));
  }

  void call(State& state, const Op& op) {
    if (op.keeps_registers) return;
    CallSite site;
    site.rva = op.rva;
    site.target = op.target;
    if (op.a != kNoReg) site.pointer = state.registers[op.a];
    std::int64_t depth = 0;
    site.depth_known = stack_.depth_in(state, depth);
    site.callee_frame = depth - static_cast<std::int64_t>(abi_.return_address);
    if (!calls_.resolve(site, state)) {
      const bool probe = abi_.callee_removes && site.import >= 0 &&
                         imports_[static_cast<std::size_t>(site.import)].helper == Helper::stack_probe;
      if (probe) stack_.probe(op, state);
      return;
    }
    record(site, state);
    if (!call_helper(site, op, state)) calls_.return_from(site, op, *current_, state);
  }

  /// Calls of the compilers' helpers that move the caller's own registers. True when this was one.
  bool call_helper(const CallSite& site, const Op& op, State& state) {
    if (!abi_.callee_removes || site.target == 0 || !knowledge_.stack) return false;
    const CalleeStack& callee = knowledge_.stack(site.target);
    if (callee.kind == CalleeStack::Kind::probe) {
      stack_.probe(op, state);
      return true;
    }
    if (callee.kind != CalleeStack::Kind::inlined) return false;
    std::int64_t depth = 0;
    if (!stack_.depth_in(state, depth)) return false;
    stack_.set_depth(state, depth - static_cast<std::int64_t>(abi_.return_address));
    frame_store(state, depth - static_cast<std::int64_t>(abi_.return_address), abi_.word, values_.image_address(op.rva),
                values_);
    for (const Op& inner : callee.body->ops) {
      if (inner.kind == OpKind::call) {
        for (const Reg reg : {Reg{0}, Reg{1}, Reg{2}}) state.registers[reg] = values_.unknown(kTopClobbered);
      } else if (inner.kind == OpKind::ret) {
        if (stack_.depth_in(state, depth))
          stack_.set_depth(state, depth + static_cast<std::int64_t>(abi_.return_address + inner.imm));
      } else {
        step(inner, state);
      }
    }
    return true;
  }

  void leave(const Block& block, State& state) {
    const Instruction* const last = last_instruction(function_, block);
    if (last == nullptr) return;
    if (block.leaves_to != 0) {
      const bool jumps = last->flow == ControlFlow::jump || last->flow == ControlFlow::branch;
      if (!jumps) {
        // Falls out of its range. Behind a call that is how functions end that never return.
        if (abi_.callee_removes && last->padding) return;
        const bool behind_call =
            last->op_count > 0 && function_.ops[last->first_op + last->op_count - 1U].kind == OpKind::call;
        if (!behind_call) result_.extensions.push_back(block.leaves_to);
        return;
      }
      std::int64_t depth = 0;
      const bool tail = abi_.callee_removes && stack_.depth_in(state, depth) && depth_lost(depth) &&
                        knowledge_.is_called && knowledge_.is_called(block.leaves_to);
      if (tail) stack_.check_return(state);
      if (!tail && !stack_.at_entry_depth(state)) {
        result_.extensions.push_back(block.leaves_to);
        return;
      }
      tail_call(state, last->rva, block.leaves_to, kBottom);
    } else if (last->flow == ControlFlow::indirect_jump) {
      // Far jumps name no register.
      const Op* op = last->op_count > 0 ? &function_.ops[last->first_op + last->op_count - 1U] : nullptr;
      const bool known = op != nullptr && op->kind == OpKind::jump && op->a != kNoReg;
      tail_call(state, last->rva, 0, known ? state.registers[op->a] : values_.unknown(kTopNotUnderstood));
    }
  }

  void tail_call(State& state, std::uint32_t rva, std::uint32_t target, ValueId pointer) {
    result_.returns = values_.join(result_.returns, values_.unknown(kTopReturned));
    CallSite site;
    site.rva = rva;
    site.target = target;
    site.pointer = pointer;
    site.tail = true;
    site.depth_known = stack_.depth_in(state, site.callee_frame);
    if (!calls_.resolve(site, state)) return note_left(state);
    record(site, state);
    calls_.escape_arguments_passed(site, state);
    note_left(state);
  }

  /// What callers find behind the pointers that they passed.
  void note_left(const State& state) {
    if (!recording_ || !reached_) return;
    if (returns_) {
      join_fields(left_, state, JoinKind::forward, values_);
    } else {
      left_.fields = state.fields;
      left_.escaped_arguments = state.escaped_arguments;
    }
    returns_ = true;
  }

  // --- operations ---------------------------------------------------------------------------------------------------

  void interpret(const Block& block, State& state) {
    comparison_.forget();
    current_ = &block;
    spend(block.instruction_count + steps_for(state));
    for (std::uint32_t i = 0; i < block.instruction_count && !given_up_; ++i) {
      const Instruction& instruction = function_.instructions[function_.order[block.first_instruction + i]];
      for (unsigned k = 0; k < instruction.op_count; ++k) {
        const Op& op = function_.ops[instruction.first_op + k];
        const bool raises = !recording_ && !block.exception_successors.empty() && may_raise(op, state);
        if (raises) merge_into_handlers(block, state);
        step(op, state);
        if (raises && op.kind == OpKind::call && !state.escaped.empty()) merge_into_handlers(block, state);
      }
    }
  }

  /// Calls, and accesses outside the frame.
  [[nodiscard]] bool may_raise(const Op& op, const State& state) {
    if (op.kind == OpKind::call) return !op.keeps_registers;
    if (op.kind == OpKind::repeat) return true;
    if (op.kind != OpKind::load && op.kind != OpKind::store) return false;
    const Atom* address = values_.only(memory_.address_of(state, op.mem));
    return address == nullptr || (address->kind != AtomKind::frame && address->kind != AtomKind::image);
  }

  /// What the frame holds when an exception is raised here. Between two such places it may hold something else.
  void merge_into_handlers(const Block& block, const State& state) {
    if (!stack_.has_frame(state)) return;
    for (const std::uint32_t handler : block.exception_successors) {
      if (given_up_) return;
      merge_into(handler, handlers_.enter(state, handler), false);
    }
  }

  /// A pointer that walks through data is compared with where the data end.
  void note_end(const Op& op, const State& state) {
    if (op.a == kNoReg || op.b == kNoReg) return;
    const Atom* end = values_.only(state.registers[op.b]);
    if (end == nullptr || end->kind != AtomKind::image || end->strided) return;
    for (const Atom& atom : values_.atoms(state.registers[op.a])) {
      if (atom.kind == AtomKind::image && atom.strided) result_.ends.push_back(static_cast<std::uint32_t>(end->a));
    }
  }

  void step(const Op& op, State& state) {
    auto& registers = state.registers;
    comparison_.note_writes(op);
    if (recording_ && abi_.callee_removes) stack_.check_restored(op, state);
    switch (op.kind) {
      case OpKind::compare:
        if (recording_) note_end(op, state);
        comparison_.compare(op, state);
        break;
      case OpKind::set: registers[op.dst] = values_.constant(op.imm); break;
      case OpKind::address: registers[op.dst] = values_.image_address(static_cast<std::uint32_t>(op.imm)); break;
      case OpKind::copy: registers[op.dst] = values_.resize(registers[op.a], op.width, op.sign); break;
      case OpKind::alu: {
        const ValueId right = op.b != kNoReg ? registers[op.b] : values_.constant(op.imm);
        ValueId result = values_.alu(op.alu, op.width, op.shift, registers[op.a], right);
        registers[op.dst] = op.alu == Alu::insert || op.width >= 8 ? result : values_.resize(result, op.width, false);
        break;
      }
      case OpKind::load: {
        const ValueId address = memory_.address_of(state, op.mem);
        const ValueId value = memory_.load(state, address, op.width);
        if (abi_.callee_removes && op.mem.base == abi_.stack_pointer) stack_.note_popped(op, state, value);
        if (const Atom* slot = values_.only(address);
            slot != nullptr && slot->kind == AtomKind::frame && !slot->strided) {
          comparison_.note_load(op.dst, static_cast<std::int64_t>(slot->a));
        }
        registers[op.dst] = op.sign && op.width < 8 ? values_.resize(value, op.width, true) : value;
        break;
      }
      case OpKind::store: memory_.store(state, op, function_.rva, recording_ && reached_ ? &result_ : nullptr); break;
      case OpKind::repeat: memory_.repeat(state, op, function_.rva, recording_ && reached_ ? &result_ : nullptr); break;
      case OpKind::lea: registers[op.dst] = values_.resize(memory_.address_of(state, op.mem), op.width, false); break;
      case OpKind::select: {
        const ValueId joined = values_.join(registers[op.a], registers[op.b]);
        registers[op.dst] = values_.resize(joined, op.width, false);
        break;
      }
      case OpKind::call: call(state, op); break;
      case OpKind::clobber: registers[op.dst] = values_.unknown(kTopNotUnderstood); break;
      case OpKind::ret:
        if (recording_ && reached_) result_.returns = values_.join(result_.returns, registers[abi_.result]);
        if (recording_ && reached_) stack_.check_return(state);
        note_left(state);
        break;
      case OpKind::jump: break;
    }
    if (op.dst == abi_.stack_pointer && abi_.callee_removes && op.kind != OpKind::call) stack_.settle(op, state);
  }

  const ImportTable& imports_;
  const LiftedFunction& function_;
  ValuePool& values_;
  const Abi& abi_;
  Budget& budget_;
  const CalleeKnowledge& knowledge_;
  Memory memory_;
  StackPointer stack_;
  Calls calls_;
  Handlers handlers_;
  Comparison comparison_;           // the last one of the block being interpreted
  const Block* current_ = nullptr;  // being interpreted
  BlockQueue queue_;
  std::vector<State> in_;
  State state_, joined_, refined_;  // scratch: assigning keeps their memory
  std::vector<unsigned> visits_;
  std::vector<std::uint32_t> without_predecessor_;  // where jumps may go that are not resolved
  State left_;                                      // at the returns seen so far, the fields
  bool returns_ = false;
  bool recording_ = false;
  bool on_one_way_ = false;
  bool reached_ = true;
  bool given_up_ = false;
  const std::uint64_t steps_before_ = budget_.steps();
  std::uint64_t bytes_ = 0;
  FunctionSummary result_;
};

}  // namespace

FunctionSummary interpret_function(const pe::Image& image, const ImportTable& imports, const LiftedFunction& function,
                         ValuePool& values, const Abi& abi, Budget& budget, const CalleeKnowledge& knowledge) {
  StackDepths depths;
  FunctionSummary result;
  result.given_up = function.too_large;
  if (result.given_up) return result;
  do {
    result = Interpreter(image, imports, function, values, abi, budget, knowledge, depths).run();
  } while (!result.given_up && abi.callee_removes && depths.another_round());
  result.depth_lost = depths.reasons();
  return result;
}

}  // namespace scanner::trace
