#include "scanner/trace/flow.hpp"

#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <limits>
#include <optional>
#include <string>

namespace scanner::trace {
namespace {

constexpr unsigned kVisitsBeforeWidening = 6;
constexpr unsigned kMaxVisits = 64;

void insert_sorted(std::vector<std::int32_t>& list, std::int32_t value) {
  const auto at = std::lower_bound(list.begin(), list.end(), value);
  if (at == list.end() || *at != value) list.insert(at, value);
}

class Interpreter {
 public:
  Interpreter(const pe::Image& image, const ImportTable& imports, const LiftedFunction& function, ValuePool& values,
              const Abi& abi, Budget& budget, const CalleeKnowledge& knowledge, StackDepths& depths)
      : image_(image),
        imports_(imports),
        function_(function),
        values_(values),
        abi_(abi),
        budget_(budget),
        knowledge_(knowledge),
        depths_(depths) {
    in_.resize(function.blocks.size());
    visits_.resize(function.blocks.size(), 0);
    queued_.resize(function.blocks.size(), 0);
  }

  FlowResult run() {
    if (function_.blocks.empty()) return {};
    merge_into(0, entry_state());
    order_blocks();
    while (!queue_empty()) {
      if (given_up_) return abandoned();
      const std::uint32_t number = take();
      State& state = state_;
      state = in_[number];
      const Block& block = function_.blocks[number];
      interpret(block, state);
      for (const std::uint32_t next : block.successors) merge_edge(block, number, next, state);
      if (block.unresolved_jump && !at_entry_depth(state)) {
        for (std::uint32_t next = 1; next < function_.blocks.size(); ++next) {
          if (!function_.blocks[next].has_predecessor) merge_into(next, state);
        }
      }
      back_edge_ = false;
      for (const std::uint32_t handler : block.exception_successors) {
        if (!has_frame(in_[number])) continue;
        merge_into(handler, in_handler(in_[number], handler));
        merge_into(handler, in_handler(state, handler));
      }
    }
    recording_ = true;
    for (std::uint32_t number = 0; number < function_.blocks.size(); ++number) {
      if (given_up_) return abandoned();
      reached_ = visits_[number] > 0;
      State state = reached_ ? in_[number] : unreached_state();
      if (!reached_ && !function_.blocks[number].has_predecessor && abi_.callee_removes && behind_return(number))
        result_.orphans.push_back(function_.blocks[number].rva);
      interpret(function_.blocks[number], state);
      if (reached_) check_depths(function_.blocks[number], state);
      if (reached_) leave(function_.blocks[number], state);
    }
    return std::move(result_);
  }

 private:
  static FlowResult abandoned() {
    FlowResult nothing;
    nothing.given_up = true;
    return nothing;
  }

  void spend(std::uint64_t steps) {
    steps_ += steps;
    given_up_ = !budget_.spend(steps) || steps_ > Budget::kMostStepsOfFunction ||
                values_.bytes() > Budget::kMostBytesOfValues || given_up_;
  }

  static std::uint64_t steps_for(const State& state) { return 1 + (kRegCount + state.frame.size()) / 8; }

  static std::uint64_t bytes_of(const State& state) {
    return sizeof(State) + state.frame.size() * sizeof(FrameSlot) + state.escaped.size() * sizeof(std::int32_t);
  }

  State entry_state() {
    State state;
    for (Reg reg = 0; reg < 32; ++reg) state.registers[reg] = values_.entry(reg);
    state.registers[abi_.stack_pointer] = values_.frame_address(0);
    state.registers[kScratchA] = state.registers[kScratchB] = values_.unknown(kUnset);
    return state;
  }

  /// Does the block stand behind a return? Then it may be another function; behind a jump it is dead code.
  [[nodiscard]] bool behind_return(std::uint32_t number) const {
    while (number > 1) {
      const Instruction* last = last_instruction(function_.blocks[--number]);
      if (last == nullptr || !last->padding) return last != nullptr && last->flow == Flow::ret;
    }
    return false;
  }

  State unreached_state() {
    State state;
    state.registers.fill(values_.unknown(kUnreached));
    return state;
  }

  /// The unwinder restores what callees preserve and the stack pointer; everything else is whatever it left there.
  State in_handler(State state, std::uint32_t handler) {
    if (abi_.callee_removes) {
      // Only the frame pointer is restored; the handler gets esp back from the frame.
      const ValueId frame = state.registers[kFramePointer];
      state.registers.fill(values_.unknown(kUnset));
      state.registers[kFramePointer] = frame;
      set_depth(state, depths_.at(StackDepths::Place::handler, function_.blocks[handler].rva, 0));
      return state;
    }
    for (Reg reg = 0; reg < 32; ++reg) {
      if (!abi_.preserved(reg) && reg != abi_.stack_pointer) state.registers[reg] = values_.unknown(kUnset);
    }
    return state;
  }

  [[nodiscard]] bool at_entry_depth(const State& state) const {
    const Atom* atom = values_.only(state.registers[abi_.stack_pointer]);
    return atom != nullptr && atom->kind == AtomKind::frame && !atom->strided && atom->a == 0;
  }

  // --- x86: where the stack pointer stands (stack_depth.hpp)
  // ----------------------------------------------------------

  static constexpr Reg kFramePointer = 5;

  /// x86: does ebp point into this frame? Elsewhere it does not matter.
  [[nodiscard]] bool has_frame(const State& state) const {
    if (!abi_.callee_removes) return true;
    const Atom* atom = values_.only(state.registers[kFramePointer]);
    return atom != nullptr && atom->kind == AtomKind::frame && !atom->strided;
  }

  /// What lies below the stack pointer is gone; older regions cannot be reached from a new one.
  void set_depth(State& state, std::int64_t depth) {
    state.registers[abi_.stack_pointer] = values_.frame_address(depth);
    std::erase_if(state.frame, [depth](const FrameSlot& slot) {
      constexpr std::int64_t kRegion = 0x20000;
      if (slot.offset >= depth) return depth_lost(depth) && depth_lost(slot.offset) && slot.offset > depth + kRegion;
      return !depth_lost(depth) || depth_lost(slot.offset);
    });
  }

  /// Behind an operation that wrote the stack pointer.
  void settle_stack_pointer(const Op& op, State& state) {
    std::int64_t depth = 0;
    // Which multiple the caller's stack pointer is of, nobody knows.
    const bool aligned = op.kind == OpKind::alu && op.alu == Alu::bit_and;
    if (aligned || !frame_offset_of_stack_pointer(state, depth))
      depth = depths_.at(StackDepths::Place::operation, op.rva, kDepthComputed);
    set_depth(state, depth);
  }

  static void set_stack_pointer(State& state, ValueId value) { state.registers[4] = value; }

  /// Two ways to a block with different depths: the known one, else the block's own region.
  bool join_depths(State& into, const State& from, std::uint32_t block) {
    std::int64_t a = 0, b = 0;
    if (into.registers[abi_.stack_pointer] == from.registers[abi_.stack_pointer]) return false;
    if (!frame_offset_of_stack_pointer(into, a) || !frame_offset_of_stack_pointer(from, b)) return false;
    const std::uint32_t rva = function_.blocks[block].rva;
    if (depths_.is_base_of(a, StackDepths::Place::join, rva) || (!depth_lost(a) && depth_lost(b))) return true;
    set_depth(into, depth_lost(a) && !depth_lost(b) ? b : depths_.at(StackDepths::Place::join, rva, kDepthJoin));
    return true;
  }

  /// Every way into a block must agree on the depth, or tells it.
  void check_depths(const Block& block, const State& state) {
    std::int64_t out = 0, in = 0;
    if (!abi_.callee_removes || !frame_offset_of_stack_pointer(state, out)) return;
    for (const std::uint32_t next : block.successors) {
      if (visits_[next] == 0 || !frame_offset_of_stack_pointer(in_[next], in) || in == out) continue;
      if (!depth_lost(out) && !depth_lost(in)) depths_.contradict();
      if (depth_lost(out) && !depth_lost(in)) depths_.deduce(out, in);
      if (!depth_lost(out) && depth_lost(in)) depths_.deduce(in, out);
    }
  }

  void check_return(const State& state) {
    std::int64_t depth = 0;
    if (!abi_.callee_removes || !frame_offset_of_stack_pointer(state, depth)) return;
    if (depth_lost(depth)) {
      depths_.deduce(depth, 0);
    } else if (depth != 0) {
      depths_.contradict();
    }
  }

  /// `pop` of a preserved register from an unknown depth: it must be where the register was saved.
  void check_restored(const Op& op, const State& state) {
    if (restored_from_ == 0 || op.kind != OpKind::copy || op.a != kScratchB || !abi_.preserved(op.dst)) return;
    const ValueId saved = values_.entry(op.dst);
    std::int64_t slot = 0;
    int found = 0;
    for (const FrameSlot& other : state.frame) {
      if (other.value != saved || depth_lost(other.offset) || other.offset >= 0) continue;
      slot = other.offset;
      ++found;
    }
    if (found == 1) depths_.deduce(restored_from_, slot);
    restored_from_ = 0;
  }

  void note_restored(const Op& op, const State& state, ValueId value) {
    std::int64_t depth = 0;
    const bool lost = values_.atoms(value).empty() && (values_.flags(value) & kDepthLost) != 0;
    restored_from_ = lost && op.dst == kScratchB && frame_offset_of_stack_pointer(state, depth) ? depth : 0;
  }

  /// The stack pointer behind a call, from what the callee takes off.
  void settle_call(const CallSite& site, const Op& op, State& state) {
    if (!abi_.callee_removes) return;
    std::int64_t depth = 0;
    const bool known = frame_offset_of_stack_pointer(state, depth);
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
    if (removed < 0 && depths_.trusts_callees() && caller_cleans_behind(op.rva)) removed = 0;
    if (known && removed >= 0) {
      set_depth(state, depth + removed);
      return;
    }
    const std::int64_t behind = depths_.at(StackDepths::Place::call, op.rva, reason);
    constexpr std::int64_t kMostArguments = 0x100;
    if (known && !depth_lost(behind) && !depth_lost(depth) && (behind < depth || behind > depth + kMostArguments))
      depths_.contradict();
    set_depth(state, behind);
  }

  /// Is the next instruction `add esp, n`?
  [[nodiscard]] bool caller_cleans_behind(std::uint32_t rva) const {
    const auto first = function_.order.begin() + current_->first_instruction;
    const auto end = first + current_->instruction_count;
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

  /// Calls of the compilers' helpers that move the caller's own registers. True when this was one.
  bool call_helper(const CallSite& site, const Op& op, State& state) {
    if (!abi_.callee_removes || site.target == 0 || !knowledge_.stack) return false;
    const CalleeStack& callee = knowledge_.stack(site.target);
    if (callee.kind == CalleeStack::Kind::probe) {
      probe_stack(op, state);
      return true;
    }
    if (callee.kind != CalleeStack::Kind::inlined) return false;
    std::int64_t depth = 0;
    if (!frame_offset_of_stack_pointer(state, depth)) return false;
    set_depth(state, depth - static_cast<std::int64_t>(abi_.return_address));
    frame_store(state, depth - static_cast<std::int64_t>(abi_.return_address), abi_.word, values_.image_address(op.rva),
                values_);
    for (const Op& inner : callee.body->ops) {
      if (inner.kind == OpKind::call) {
        for (const Reg reg : {Reg{0}, Reg{1}, Reg{2}}) state.registers[reg] = values_.unknown(kClobbered);
      } else if (inner.kind == OpKind::ret) {
        if (frame_offset_of_stack_pointer(state, depth))
          set_depth(state, depth + static_cast<std::int64_t>(abi_.return_address + inner.imm));
      } else {
        step(inner, state);
      }
    }
    return true;
  }

  /// _chkstk: eax bytes more of frame.
  void probe_stack(const Op& op, State& state) {
    ValueId& pointer = state.registers[abi_.stack_pointer];
    pointer =
        values_.resize(values_.alu(Alu::sub, abi_.word, 0, pointer, state.registers[abi_.result]), abi_.word, false);
    state.registers[abi_.result] = values_.unknown(kClobbered);
    settle_stack_pointer(op, state);
  }

  // --- worklist: reverse postorder, so that most blocks are visited once -------------------------------------------

  void order_blocks() {
    rank_.assign(function_.blocks.size(), 0);
    std::vector<std::uint8_t> seen(function_.blocks.size(), 0);
    std::uint32_t next_rank = static_cast<std::uint32_t>(function_.blocks.size());
    std::vector<std::pair<std::uint32_t, std::size_t>> stack;
    const auto visit = [&](std::uint32_t root) {
      if (seen[root] != 0) return;
      seen[root] = 1;
      stack.emplace_back(root, 0);
      while (!stack.empty()) {
        auto& [block, edge] = stack.back();
        if (edge < function_.blocks[block].successors.size()) {
          const std::uint32_t next = function_.blocks[block].successors[edge++];
          if (seen[next] == 0) {
            seen[next] = 1;
            stack.emplace_back(next, 0);
          }
        } else {
          rank_[block] = --next_rank;
          stack.pop_back();
        }
      }
    };
    visit(0);
    for (std::uint32_t i = 0; i < function_.blocks.size(); ++i) visit(i);
    by_rank_.resize(function_.blocks.size());
    for (std::uint32_t i = 0; i < function_.blocks.size(); ++i) by_rank_[rank_[i]] = i;
    for (std::uint32_t i = 0; i < queued_.size(); ++i) {
      if (queued_[i] != 0) lowest_ = std::min(lowest_, rank_[i]);
    }
  }

  bool queue_empty() {
    while (lowest_ < by_rank_.size() && queued_[by_rank_[lowest_]] == 0) ++lowest_;
    return lowest_ >= by_rank_.size();
  }

  std::uint32_t take() {
    const std::uint32_t block = by_rank_[lowest_];
    queued_[block] = 0;
    return block;
  }

  void merge_into(std::uint32_t number, const State& state) {
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
      State& joined = joined_;
      joined = in;
      const bool depth_decided = abi_.callee_removes && join_depths(joined, state, number);
      const ValueId stack_pointer = joined.registers[abi_.stack_pointer];
      join(joined, state, visits > kVisitsBeforeWidening);
      if (visits > kMaxVisits) stop_changing(joined, in);
      if (depth_decided) set_stack_pointer(joined, stack_pointer);
      if (joined == in) return;
      std::swap(in, joined);
    }
    ++visits;
    queued_[number] = 1;
    if (!rank_.empty()) lowest_ = std::min(lowest_, rank_[number]);
  }

  /// A block that was visited that often may go on changing for long: whatever still does is "possibly something else"
  /// from now on, once and for all.
  void stop_changing(State& joined, const State& in) {
    const auto settle = [this](ValueId fresh, ValueId old) {
      if (fresh == old || (values_.flags(old) & kCapped) != 0) return old;
      return values_.with_flags(old, kCapped);
    };
    for (std::size_t reg = 0; reg < kRegCount; ++reg)
      joined.registers[reg] = settle(joined.registers[reg], in.registers[reg]);
    for (FrameSlot& slot : joined.frame) {  // joining adds slots, and takes none away
      const auto at = std::lower_bound(in.frame.begin(), in.frame.end(), slot.offset,
                                       [](const FrameSlot& s, std::int32_t offset) { return s.offset < offset; });
      const bool known = at != in.frame.end() && at->offset == slot.offset;
      slot.value = known ? settle(slot.value, at->value) : values_.with_flags(slot.value, kCapped);
    }
  }

  // --- what a branch tells about the values it compared -------------------------------------------------------------

  void merge_edge(const Block& block, std::uint32_t number, std::uint32_t next, const State& state) {
    back_edge_ = rank_[number] >= rank_[next];
    const Instruction* last = last_instruction(block);
    if (last == nullptr || last->flow != Flow::branch || last->condition == Condition::other ||
        block.successors.size() != 2 || compared_ == kBottom || block.successors[0] == block.successors[1]) {
      merge_into(next, state);
      return;
    }
    const bool taken = function_.blocks[next].rva == last->target;
    State& refined = refined_;
    refined = state;
    if (last->condition == Condition::equal || last->condition == Condition::not_equal) {
      refine(refined, taken == (last->condition == Condition::equal));
    } else {
      // The largest value that goes this way, when the comparison bounds it from above.
      const bool below = last->condition == Condition::below || last->condition == Condition::below_equal;
      assumed_bound_ = last->signed_condition;
      const bool or_equal =
          taken == (last->condition == Condition::below_equal || last->condition == Condition::above_equal);
      if (taken == below && (compared_with_ > 0 || or_equal))
        bound(refined, or_equal ? compared_with_ : compared_with_ - 1);
    }
    merge_into(next, refined);
  }

  /// On this edge `compared_` is at most `most`: an unknown index becomes the few numbers it can be.
  void bound(State& state, std::uint64_t most) {
    if (most >= ValuePool::kCap) return;
    ValueId becomes = kBottom;
    for (std::uint64_t i = 0; i <= most; ++i) becomes = values_.join(becomes, values_.constant(i));
    if (assumed_bound_) becomes = values_.with_flags(becomes, kAssumesTable);
    for (const Atom& atom : values_.atoms(compared_)) {
      // A number that is known already is not to be forgotten.
      if (atom.kind == AtomKind::constant) return;
    }
    replace_compared(state, becomes);
  }

  void replace_compared(State& state, ValueId becomes) {
    const Atom* atom = values_.only(compared_);
    if (atom != nullptr && atom->kind == AtomKind::entry) {
      // An argument is the same wherever it stands; two unknown values need not be.
      for (ValueId& reg : state.registers) reg = reg == compared_ ? becomes : reg;
      for (FrameSlot& slot : state.frame) slot.value = slot.value == compared_ ? becomes : slot.value;
      return;
    }
    for (Reg reg = 0; reg < kRegCount; ++reg) {
      if (((compared_registers_ >> reg) & 1) != 0) state.registers[reg] = becomes;
    }
    if (compared_slot_width_ != 0) frame_store(state, compared_slot_, compared_slot_width_, becomes, values_);
  }

  /// After this edge `compared_` is (or is not) `compared_with_`.
  void refine(State& state, bool equal) {
    const std::vector<Atom> atoms(values_.atoms(compared_).begin(), values_.atoms(compared_).end());
    const bool argument = atoms.size() == 1 && atoms[0].kind == AtomKind::entry && atoms[0].and_mask == 0xFFFFFFFFU &&
                          atoms[0].or_mask == 0 && values_.flags(compared_) == 0;
    ValueId becomes = compared_;
    if (equal) {
      becomes = values_.constant(compared_with_);
    } else {
      std::vector<Atom> rest;
      for (const Atom& atom : atoms) {
        if (atom.kind != AtomKind::constant || atom.a != compared_with_) rest.push_back(atom);
      }
      if (rest.size() != atoms.size() && !rest.empty()) becomes = values_.make(rest, values_.flags(compared_));
    }
    if (argument) {
      constexpr std::size_t kMostConstraints = 6;
      const auto value = static_cast<std::uint32_t>(compared_with_ - atoms[0].a);
      const Constraint constraint{atoms[0].where, value, equal};
      auto& list = state.constraints;
      const auto at = std::lower_bound(list.begin(), list.end(), constraint);
      if ((at == list.end() || *at != constraint) && list.size() < kMostConstraints) list.insert(at, constraint);
    }
    if (becomes == compared_) return;
    replace_compared(state, becomes);
  }

  [[nodiscard]] const Instruction* last_instruction(const Block& block) const {
    if (block.instruction_count == 0) return nullptr;
    return &function_.instructions[function_.order[block.first_instruction + block.instruction_count - 1]];
  }

  void compare(const Op& op, const State& state) {
    compared_ = kBottom;
    compared_registers_ = 0;
    compared_slot_width_ = 0;
    if (op.a == kNoReg) return;
    if (recording_ && op.b != kNoReg) {
      const Atom* end = values_.only(state.registers[op.b]);
      for (const Atom& atom : values_.atoms(state.registers[op.a])) {
        if (end != nullptr && end->kind == AtomKind::image && !end->strided && atom.kind == AtomKind::image &&
            atom.strided)
          result_.ends.push_back(static_cast<std::uint32_t>(end->a));
      }
    }
    std::uint64_t value = op.imm;
    if (op.b != kNoReg && !values_.is_constant(state.registers[op.b], value)) return;
    compared_ = state.registers[op.a];
    compared_registers_ = std::uint64_t{1} << op.a;
    if (op.a == loaded_register_) {
      compared_slot_ = loaded_slot_;
      compared_slot_width_ = op.width;
    }
    compared_with_ = op.width == 4 ? value & 0xFFFFFFFFU : value;
  }

  ValueId merge_value(ValueId older, ValueId newer, bool widen) {
    if (back_edge_) return values_.join_loop(older, newer);
    return widen ? values_.widen(older, newer) : values_.join(older, newer);
  }

  void join(State& into, const State& from, bool widen) {
    for (std::size_t reg = 0; reg < kRegCount; ++reg)
      into.registers[reg] = merge_value(into.registers[reg], from.registers[reg], widen);
    auto other = from.frame.begin();
    std::size_t alike = 0;  // slots that stand in both frames
    for (FrameSlot& slot : into.frame) {
      while (other != from.frame.end() && other->offset < slot.offset) ++other;
      const bool same = other != from.frame.end() && other->offset == slot.offset && other->width == slot.width;
      const ValueId value = same ? other->value : frame_load(from, slot.offset, slot.width, values_, abi_);
      slot.value = merge_value(slot.value, value, widen);
      alike += same ? 1 : 0;
    }
    if (alike < from.frame.size()) join_missing_slots(into, from, widen);
    for (const std::int32_t offset : from.escaped) insert_sorted(into.escaped, offset);
    std::erase_if(into.constraints, [&from](const Constraint& constraint) {
      return !std::binary_search(from.constraints.begin(), from.constraints.end(), constraint);
    });
  }

  /// Slots that only `from` holds.
  void join_missing_slots(State& into, const State& from, bool widen) {
    for (const FrameSlot& slot : from.frame) {
      const auto at = std::lower_bound(into.frame.begin(), into.frame.end(), slot.offset,
                                       [](const FrameSlot& s, std::int32_t offset) { return s.offset < offset; });
      const bool overlaps_next =
          at != into.frame.end() && at->offset < slot.offset + static_cast<std::int32_t>(slot.width);
      const bool overlaps_previous =
          at != into.frame.begin() &&
          std::prev(at)->offset + static_cast<std::int32_t>(std::prev(at)->width) > slot.offset;
      if (overlaps_next || overlaps_previous || into.frame.size() >= kMostFrameSlots) continue;
      const ValueId missing = frame_load(into, slot.offset, slot.width, values_, abi_);
      // An argument on the stack has a value before anybody stores there: this may be the loop that walks it.
      const ValueId both =
          abi_.callee_removes ? merge_value(missing, slot.value, widen) : values_.join(missing, slot.value);
      into.frame.insert(at, {slot.offset, slot.width, both});
    }
  }

  // --- frame and memory ----------------------------------------------------------------------------------------------

  /// Somebody may write anywhere behind `offset`: what stands there is joined with `value`.
  void weak_store_behind(State& state, std::int64_t offset, ValueId value) {
    for (FrameSlot& slot : state.frame) {
      if (slot.offset >= offset && slot.offset < 0) slot.value = values_.join(slot.value, value);
    }
  }

  ValueId address_of(const State& state, const Mem& mem) {
    const ValueId base = mem.in_image         ? values_.image_address(0)
                         : mem.base == kNoReg ? kBottom
                                              : state.registers[mem.base];
    const ValueId index = mem.index == kNoReg ? kBottom : state.registers[mem.index];
    return values_.address(base, index, mem.scale, mem.disp);
  }

  ValueId load_image(std::uint32_t rva, unsigned width) {
    if (width == abi_.word) {
      if (const int import = imports_.at(rva); import >= 0)
        return values_.import_pointer(static_cast<std::uint32_t>(import));
    }
    const pe::Section* section = image_.section_at(rva);
    if (section == nullptr) return values_.unknown(kNotUnderstood);
    if (section->writable()) return values_.memory(rva, width);
    const auto value = image_.load(rva, width);
    if (!value) return values_.unknown(kNotUnderstood);
    if (width == abi_.word) {
      if (const auto target = image_.rva_of_va(*value)) return values_.image_address(*target);
    }
    return values_.constant(*value);
  }

  ValueId load(const State& state, ValueId address, unsigned width) {
    if (address == kBottom) return kBottom;
    ValueId result = kBottom;
    const std::uint32_t flags = values_.flags(address);
    const auto view = values_.atoms(address);
    const boost::container::static_vector<Atom, ValuePool::kCap> atoms(view.begin(), view.end());
    for (const Atom& atom : atoms) {
      ValueId part = values_.unknown(kField);
      switch (atom.kind) {
        case AtomKind::frame:
          part = atom.strided ? frame_element(state, atom, width)
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
        case AtomKind::entry:
          if (atom.and_mask == 0xFFFFFFFFU && atom.or_mask == 0) {
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
    if ((flags & kOtherMask) != 0)
      result = values_.join(result, values_.unknown(flags & kDepthLost ? kDepthLost : kField));
    if ((flags & kAssumedMask) != 0) result = values_.with_flags(result, flags & kAssumedMask);
    return result == kBottom ? values_.unknown(kField) : result;
  }

  /// An element of an array on the stack whose index is not known: one of those that were filled.
  ValueId frame_element(const State& state, const Atom& atom, unsigned width) {
    ValueId result = kBottom;
    if (atom.where < static_cast<std::int32_t>(width)) return values_.unknown(kComputed);
    constexpr int kMostElements = 16;
    for (int i = 0; i < kMostElements; ++i) {
      const std::int64_t offset = static_cast<std::int64_t>(atom.a) + std::int64_t{i} * atom.where;
      const bool filled = std::any_of(state.frame.begin(), state.frame.end(), [offset, width](const FrameSlot& slot) {
        return slot.offset == offset && slot.width == width;
      });
      if (!filled) break;
      result = values_.join(result, frame_load(state, offset, width, values_, abi_));
    }
    return result == kBottom ? values_.unknown(kComputed) : values_.with_flags(result, kAssumesTable);
  }

  void escape(State& state, ValueId value) {
    for (const Atom& atom : values_.atoms(value)) {
      if (atom.kind == AtomKind::frame) insert_sorted(state.escaped, static_cast<std::int32_t>(atom.a));
    }
  }

  void store(State& state, const Op& op) {
    const ValueId address = address_of(state, op.mem);
    ValueId value = op.unknown       ? values_.unknown(kNotUnderstood)
                    : op.a != kNoReg ? state.registers[op.a]
                                     : values_.constant(op.imm);
    if (op.width < 8) value = values_.resize(value, op.width, false);
    const Atom* only = values_.only(address);
    if (only != nullptr && only->kind == AtomKind::frame && !only->strided) {
      frame_store(state, static_cast<std::int64_t>(only->a), op.width, value, values_);
      return;
    }
    const auto view = values_.atoms(address);
    const boost::container::static_vector<Atom, ValuePool::kCap> atoms(view.begin(), view.end());
    bool leaves_frame = atoms.empty();
    for (const Atom& atom : atoms) {
      if (atom.kind == AtomKind::frame) {
        const auto offset = static_cast<std::int64_t>(atom.a);
        if (atom.strided) {
          weak_store_behind(state, offset, values_.unknown(kComputed));
        } else {
          const ValueId before = frame_load(state, offset, op.width, values_, abi_);
          frame_store(state, offset, op.width, values_.join(before, value), values_);
        }
        continue;
      }
      leaves_frame = true;
      if (!recording_ || !reached_) continue;
      GlobalStore record{
          static_cast<std::uint32_t>(atom.a), 0, false, op.width, value, function_.rva, op.rva, atom.strided};
      if (atom.kind == AtomKind::entry && atom.and_mask == 0xFFFFFFFFU && atom.or_mask == 0)
        result_.argument_stores.push_back({atom.where, static_cast<std::int64_t>(atom.a), op.width, value, op.rva});
      if (atom.kind == AtomKind::image) result_.stores.push_back(record);
      if (atom.kind == AtomKind::memory && !atom.strided && atom.width == abi_.word) {
        record.through = true;
        record.offset = atom.offset;
        result_.stores.push_back(record);
      }
    }
    if (leaves_frame) escape(state, value);
  }

  // --- calls
  // -----------------------------------------------------------------------------------------------------------

  [[nodiscard]] bool frame_offset_of_stack_pointer(const State& state, std::int64_t& offset) const {
    const Atom* atom = values_.only(state.registers[abi_.stack_pointer]);
    if (atom == nullptr || atom->kind != AtomKind::frame || atom->strided) return false;
    offset = static_cast<std::int64_t>(atom->a);
    return true;
  }

  /// Fills in where a call through a pointer goes; returns false when the "call" is a helper that keeps everything.
  bool resolve(CallSite& site, State& state) {
    Callee callee;
    callee.target = site.target;
    if (site.target != 0) {
      callee = resolve_thunk(image_, imports_, site.target);
    } else if (const Atom* atom = values_.only(site.pointer)) {
      if (atom->kind == AtomKind::import) {
        callee.import = static_cast<int>(atom->a);
      } else if (atom->kind == AtomKind::image && !atom->strided) {
        callee = resolve_thunk(image_, imports_, static_cast<std::uint32_t>(atom->a));
      }
    }
    const Helper helper = callee.import >= 0 ? imports_[static_cast<std::size_t>(callee.import)].helper : Helper::none;
    if (helper == Helper::guard_check || helper == Helper::stack_probe) {
      site.import = callee.import;
      return false;
    }
    if (helper == Helper::guard_dispatch || callee.jumps_to_register) {
      site.target = 0;
      // A register holds the real target: rax on x64.
      site.pointer = state.registers[callee.jumps_to_register ? callee.jump_register : abi_.dispatched];
      const Atom* atom = values_.only(site.pointer);
      callee = {};
      if (atom != nullptr && atom->kind == AtomKind::import) callee.import = static_cast<int>(atom->a);
      if (atom != nullptr && atom->kind == AtomKind::image && !atom->strided)
        callee = resolve_thunk(image_, imports_, static_cast<std::uint32_t>(atom->a));
    }
    site.import = callee.import;
    site.target = callee.import >= 0 ? 0 : callee.target;
    return true;
  }

  void record(CallSite site, const State& state) {
    if (!recording_) return;
    const bool uninteresting = site.import >= 0 && imports_[static_cast<std::size_t>(site.import)].row < 0;
    if (uninteresting || (!reached_ && site.import < 0)) return;
    site.function = function_.rva;
    site.reached = reached_;
    site.state = state;
    result_.calls.push_back(std::move(site));
  }

  void call(State& state, const Op& op) {
    if (op.keeps_registers) return;
    CallSite site;
    site.rva = op.rva;
    site.target = op.target;
    if (op.a != kNoReg) site.pointer = state.registers[op.a];
    std::int64_t depth = 0;
    site.depth_known = frame_offset_of_stack_pointer(state, depth);
    site.callee_frame = depth - static_cast<std::int64_t>(abi_.return_address);
    if (!resolve(site, state)) {
      const bool probe = abi_.callee_removes && site.import >= 0 &&
                         imports_[static_cast<std::size_t>(site.import)].helper == Helper::stack_probe;
      if (probe) probe_stack(op, state);
      return;
    }
    record(site, state);
    if (call_helper(site, op, state)) return;

    const Helper helper = site.import >= 0 ? imports_[static_cast<std::size_t>(site.import)].helper : Helper::none;
    ValueId result = values_.unknown(kReturned);
    if (site.target != 0) {
      Atom atom;
      atom.kind = AtomKind::returned;
      atom.a = op.rva;
      result = values_.single(atom);
    }
    if (helper == Helper::init_string) {
      init_string(site, state);
    } else if (helper == Helper::find_routine) {
      result = find_routine(site, state);
    } else {
      give_away_arguments(site, state);
    }
    const bool fills = knowledge_.stores && site.target != 0 && !state.escaped.empty();
    if (fills) before_ = state;
    const std::uint32_t clobbered = knowledge_.clobbered && site.target != 0 ? knowledge_.clobbered(site.target) : ~0U;
    for (Reg reg = 0; reg < 32; ++reg) {
      if (!abi_.preserved(reg) && reg != abi_.stack_pointer && ((clobbered >> reg) & 1) != 0)
        state.registers[reg] = values_.unknown(kClobbered);
    }
    state.registers[abi_.result] = result;
    settle_call(site, op, state);
    if (state.escaped.empty() || helper == Helper::init_string || helper == Helper::find_routine) return;
    for (FrameSlot& slot : state.frame) {
      if (exposed(state, slot, site)) slot.value = values_.with_flags(slot.value, kAssumesFrame);
    }
    if (fills) fill_in_locals(site, before_, state);
  }

  /// What the callee stores behind pointers into our frame.
  void fill_in_locals(const CallSite& site, const State& before, State& state) {
    CallSite view;
    view.callee_frame = site.callee_frame;
    view.depth_known = site.depth_known;
    view.state = before;
    for (const ArgumentStore& store : std::vector<ArgumentStore>(knowledge_.stores(site.target))) {
      const Atom* only = values_.only(value_at(view, store.pointer, abi_.word, values_, abi_));
      if (only == nullptr || only->kind != AtomKind::frame || only->strided) continue;
      const auto base = static_cast<std::int64_t>(only->a);  // `only` dies with the next value made
      ValueId value = values_.unknown(values_.flags(store.value));
      for (const Atom& atom : std::vector<Atom>(values_.atoms(store.value).begin(), values_.atoms(store.value).end())) {
        const bool argument = atom.kind == AtomKind::entry && atom.a == 0 && !atom.strided;
        const ValueId part = atom.kind == AtomKind::constant ? values_.single(atom)
                             : argument ? values_.masked(value_at(view, atom.where, store.width, values_, abi_),
                                                         atom.and_mask, atom.or_mask)
                                        : values_.unknown(kNotUnderstood);
        value = values_.join(value, part);
      }
      const std::int64_t at = base + store.offset;
      // Perhaps not on every path of the callee: what stood there before is still possible.
      const ValueId old = frame_load(before, at, store.width, values_, abi_);
      const bool unset = (values_.flags(old) & kUnset) != 0 && values_.atoms(old).empty();
      frame_store(state, at, store.width, unset ? value : values_.join(old, value), values_);
    }
  }

  ValueId argument_of(const CallSite& site, const State& state, unsigned index) {
    CallSite view;
    view.callee_frame = site.callee_frame;
    view.depth_known = site.depth_known;
    view.state = state;
    return value_at(view, abi_.argument(index), abi_.word, values_, abi_);
  }

  /// UNICODE_STRING: two lengths, then the pointer to the text, aligned.
  void init_string(const CallSite& site, State& state) {
    const ValueId text = argument_of(site, state, 1);
    const ValueId target = argument_of(site, state, 0);
    for (const Atom& atom : std::vector<Atom>(values_.atoms(target).begin(), values_.atoms(target).end())) {
      if (atom.kind == AtomKind::frame && !atom.strided)
        frame_store(state, static_cast<std::int64_t>(atom.a) + abi_.word, abi_.word, text, values_);
    }
  }

  ValueId find_routine(const CallSite& site, const State& state) {
    const ValueId string = values_.address(argument_of(site, state, 0), kBottom, 1, abi_.word);
    const ValueId text = load(state, string, abi_.word);
    ValueId result = kBottom;
    for (const Atom& atom : std::vector<Atom>(values_.atoms(text).begin(), values_.atoms(text).end())) {
      ValueId one = values_.unknown(kReturned);
      std::optional<std::uint32_t> at;
      if (atom.kind == AtomKind::image && !atom.strided) at = static_cast<std::uint32_t>(atom.a);
      // A UNICODE_STRING in writable data, filled by the linker.
      if (atom.kind == AtomKind::memory && !atom.strided && atom.offset == 0) {
        const auto pointer = image_.load(static_cast<std::uint32_t>(atom.a), abi_.word);
        at = pointer ? image_.rva_of_va(*pointer) : std::nullopt;
      }
      if (at) {
        const int import = imports_.by_name(wide_text(*at));
        if (import >= 0) one = values_.import_pointer(static_cast<std::uint32_t>(import));
      }
      result = values_.join(result, one);
    }
    return result == kBottom ? values_.unknown(kReturned) : result;
  }

  /// ASCII from a NUL-terminated UTF-16 text; empty when it is anything else.
  [[nodiscard]] std::string wide_text(std::uint32_t rva) const {
    std::string out;
    const pe::Bytes bytes = image_.from_rva(rva);
    constexpr std::size_t kLongestName = 64;
    for (std::size_t i = 0; i < kLongestName; ++i) {
      const auto unit = bytes.read<std::uint16_t>(2 * i);
      if (!unit || *unit > 0x7E) return {};
      if (*unit == 0) return out;
      out += static_cast<char>(*unit);
    }
    return {};
  }

  /// x86: how many bytes of arguments stand on the stack for this callee, when it takes them off itself.
  std::optional<std::int64_t> stack_bytes_of(const CallSite& site) {
    if (!abi_.callee_removes) return std::nullopt;
    std::int64_t bytes = 0;
    if (site.import >= 0) {
      const ImportInfo& info = imports_[static_cast<std::size_t>(site.import)];
      if (info.stack_bytes >= 0 && !info.caller_cleans) return info.stack_bytes;
    } else if (site.target != 0 && knowledge_.stack) {
      const CalleeStack& callee = knowledge_.stack(site.target);
      if (callee.kind == CalleeStack::Kind::removes) bytes = callee.bytes;
    }
    return bytes > 0 ? std::optional(bytes) : std::nullopt;
  }

  void give_away_arguments(const CallSite& site, State& state) {
    for (const Reg reg : abi_.carriers) escape(state, state.registers[reg]);
    if (!site.depth_known) return;
    const std::int64_t first = site.callee_frame + abi_.stack_arguments;
    const std::int64_t area = stack_bytes_of(site).value_or(0x60);
    for (const FrameSlot& slot : std::vector<FrameSlot>(state.frame)) {
      if (slot.offset >= first && slot.offset < first + area) escape(state, slot.value);
    }
  }

  /// Could a callee that was given an address in this frame write this slot?
  [[nodiscard]] bool exposed(const State& state, const FrameSlot& slot, const CallSite& site) const {
    // The outgoing argument area is the callee's own; incoming stack arguments and home space are single objects.
    if (slot.offset >= 0) return std::binary_search(state.escaped.begin(), state.escaped.end(), slot.offset);
    if (site.depth_known && slot.offset < site.callee_frame + static_cast<std::int64_t>(abi_.stack_arguments))
      return true;
    const auto behind = std::upper_bound(state.escaped.begin(), state.escaped.end(), slot.offset);
    return behind != state.escaped.begin();
  }

  void leave(const Block& block, const State& state) {
    if (block.instruction_count == 0) return;
    const Instruction& last =
        function_.instructions[function_.order[block.first_instruction + block.instruction_count - 1]];
    if (block.leaves_to != 0) {
      const bool jumps = last.flow == Flow::jump || last.flow == Flow::branch;
      if (!jumps) {
        // Falls out of its range. Behind a call that is how functions end that never return.
        if (abi_.callee_removes && last.padding) return;
        const bool behind_call =
            last.op_count > 0 && function_.ops[last.first_op + last.op_count - 1U].kind == OpKind::call;
        if (!behind_call) result_.extensions.push_back(block.leaves_to);
        return;
      }
      std::int64_t depth = 0;
      const bool tail = abi_.callee_removes && frame_offset_of_stack_pointer(state, depth) && depth_lost(depth) &&
                        knowledge_.is_called && knowledge_.is_called(block.leaves_to);
      if (tail) check_return(state);
      if (!tail && !at_entry_depth(state)) {
        result_.extensions.push_back(block.leaves_to);
        return;
      }
      State copy = state;
      tail_call(copy, last.rva, block.leaves_to, kBottom);
    } else if (last.flow == Flow::indirect_jump) {
      const Op& op = function_.ops[last.first_op + last.op_count - 1U];
      State copy = state;
      tail_call(copy, last.rva, 0, state.registers[op.a]);
    }
  }

  void tail_call(State& state, std::uint32_t rva, std::uint32_t target, ValueId pointer) {
    result_.returns = values_.join(result_.returns, values_.unknown(kReturned));
    CallSite site;
    site.rva = rva;
    site.target = target;
    site.pointer = pointer;
    site.tail = true;
    site.depth_known = frame_offset_of_stack_pointer(state, site.callee_frame);
    if (resolve(site, state)) record(std::move(site), state);
  }

  // --- operations
  // ------------------------------------------------------------------------------------------------------

  void interpret(const Block& block, State& state) {
    compared_ = kBottom;
    current_ = &block;
    spend(block.instruction_count + steps_for(state));
    for (std::uint32_t i = 0; i < block.instruction_count; ++i) {
      const Instruction& instruction = function_.instructions[function_.order[block.first_instruction + i]];
      for (unsigned k = 0; k < instruction.op_count; ++k) step(function_.ops[instruction.first_op + k], state);
    }
  }

  void step(const Op& op, State& state) {
    auto& registers = state.registers;
    if (op.dst < kRegCount) {
      // A copy of what was compared is refined with it; anything else that is written no longer is it.
      const bool copies = op.kind == OpKind::copy && ((compared_registers_ >> op.a) & 1) != 0;
      const std::uint64_t bit = std::uint64_t{1} << op.dst;
      compared_registers_ = copies ? compared_registers_ | bit : compared_registers_ & ~bit;
      if (op.dst == loaded_register_) loaded_register_ = kNoReg;
    }
    if (op.kind == OpKind::store || op.kind == OpKind::call) {
      loaded_register_ = kNoReg;
      compared_slot_width_ = 0;
    }
    if (recording_ && abi_.callee_removes) check_restored(op, state);
    switch (op.kind) {
      case OpKind::compare: compare(op, state); break;
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
        const ValueId address = address_of(state, op.mem);
        const ValueId value = load(state, address, op.width);
        if (abi_.callee_removes && op.mem.base == abi_.stack_pointer) note_restored(op, state, value);
        if (const Atom* slot = values_.only(address);
            slot != nullptr && slot->kind == AtomKind::frame && !slot->strided) {
          loaded_register_ = op.dst;
          loaded_slot_ = static_cast<std::int64_t>(slot->a);
        }
        registers[op.dst] = op.sign && op.width < 8 ? values_.resize(value, op.width, true) : value;
        break;
      }
      case OpKind::store: store(state, op); break;
      case OpKind::lea: registers[op.dst] = values_.resize(address_of(state, op.mem), op.width, false); break;
      case OpKind::select: {
        const ValueId joined = values_.join(registers[op.a], registers[op.b]);
        registers[op.dst] = values_.resize(joined, op.width, false);
        break;
      }
      case OpKind::call: call(state, op); break;
      case OpKind::clobber: registers[op.dst] = values_.unknown(kNotUnderstood); break;
      case OpKind::ret:
        if (recording_ && reached_) result_.returns = values_.join(result_.returns, registers[abi_.result]);
        if (recording_ && reached_) check_return(state);
        break;
      case OpKind::jump: break;
    }
    if (op.dst == abi_.stack_pointer && abi_.callee_removes && op.kind != OpKind::call) settle_stack_pointer(op, state);
  }

  const pe::Image& image_;
  const ImportTable& imports_;
  const LiftedFunction& function_;
  ValuePool& values_;
  const Abi& abi_;
  Budget& budget_;
  const CalleeKnowledge& knowledge_;
  StackDepths& depths_;             // x86
  const Block* current_ = nullptr;  // being interpreted
  std::int64_t restored_from_ = 0;  // unknown depth that was just popped from, 0 when none
  std::vector<State> in_;
  State state_, joined_, refined_, before_;  // scratch: assigning keeps their memory
  std::vector<unsigned> visits_;
  std::vector<std::uint8_t> queued_;
  std::vector<std::uint32_t> rank_, by_rank_;
  std::uint32_t lowest_ = 0xFFFFFFFFU;
  ValueId compared_ = kBottom;  // by the last comparison of the block being interpreted
  std::uint64_t compared_with_ = 0;
  std::uint64_t compared_registers_ = 0;  // bit n: register n still holds what was compared
  std::int64_t compared_slot_ = 0, loaded_slot_ = 0;
  std::uint32_t compared_slot_width_ = 0;  // 0: it stands in no frame slot
  Reg loaded_register_ = kNoReg;           // what was last loaded from `loaded_slot_`
  bool back_edge_ = false;
  bool assumed_bound_ = false;  // the comparison was signed: a negative index is taken for impossible
  bool recording_ = false;
  bool reached_ = true;
  bool given_up_ = false;
  std::uint64_t steps_ = 0, bytes_ = 0;
  FlowResult result_;
};

}  // namespace

FlowResult follow_values(const pe::Image& image, const ImportTable& imports, const LiftedFunction& function,
                         ValuePool& values, const Abi& abi, Budget& budget, const CalleeKnowledge& knowledge) {
  StackDepths depths;
  FlowResult result;
  do {
    result = Interpreter(image, imports, function, values, abi, budget, knowledge, depths).run();
  } while (!result.given_up && abi.callee_removes && depths.another_round());
  result.depth_lost = depths.reasons();
  return result;
}

ValueId value_at(const CallSite& site, Location where, unsigned width, ValuePool& values, const Abi& abi) {
  if (!is_stack(where)) return values.resize(site.state.registers[static_cast<std::size_t>(where)], width, false);
  if (!site.reached) return values.unknown(kUnreached);
  if (!site.depth_known) return values.unknown(kDepthLost);
  return frame_load(site.state, site.callee_frame + (where - kStackBase), width, values, abi);
}

}  // namespace scanner::trace
