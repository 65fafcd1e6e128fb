// The state behind each operation that stays in the function.
#include "scanner/trace/interp/transfer.hpp"

#include "scanner/trace/interp/narrowings.hpp"

namespace scanner::trace {

Transfer::Transfer(const Context& context, Recorder& recorder)
    : context_(context),
      values_(context.values),
      abi_(context.abi),
      recorder_(recorder),
      memory_(context.image, context.imports, context.values, context.abi, context.budget, context.knowledge.fixed,
              context.knowledge.through_pointers),
      stack_(context.function, context.imports, context.values, context.abi, context.knowledge, context.depths),
      calls_(context.image, context.imports, context.values, context.abi, context.knowledge, memory_, stack_,
             context.budget),
      comparison_(context.values, context.abi, context.image) {}

bool Transfer::may_raise(const Op& op, const State& state) {
  if (op.kind == OpKind::call) return !op.keeps_registers;
  if (op.kind == OpKind::repeat) return true;
  if (op.kind != OpKind::load && op.kind != OpKind::store) return false;
  const Atom* address = values_.only(memory_.address_of(state, op.mem));
  return address == nullptr || !address->is_address();
}

void Transfer::load(const Op& op, State& state) {
  if (op.mem.index != kNoReg) recorder_.depend_on(state.registers[op.mem.index]);
  const ValueId address = memory_.address_of(state, op.mem);
  ValueId value = memory_.load(state, address, op.width, op.sign);
  if (!state.narrowings.empty() && chosen_together(values_, state, address))
    value = values_.with_flags(value, kAssumesTable);
  comparison_.note_element(op, state, address, value);
  if (abi_.callee_removes && op.mem.base == abi_.stack_pointer) stack_.note_popped(op, state, value);
  if (const Atom* slot = values_.only(address); slot != nullptr && slot->is_frame_address())
    comparison_.note_load(op.dst, slot->displacement(), op.width);
  state.registers[op.dst] = op.sign && op.width < 8 ? values_.resize(value, op.width, true) : value;
}

/// Does the result hold something of the upper half of an operand, and nothing but the halves?
bool Transfer::asks_upper_half(const Op& op, ValueId left, ValueId right) const {
  constexpr unsigned kHalf = 4, kBits = 32;
  if (op.alu == Alu::insert) return op.width == kHalf;
  if (op.width != 2 * kHalf) return false;
  if (op.alu == Alu::shr || op.alu == Alu::sar) return op.b == kNoReg && op.imm >= kBits;
  if (op.b == kNoReg && op.imm >> kBits == 0 && !values_.holds_halves(left)) return false;  // most
  return values_.asks_upper_half(op.alu, left, right);
}

/// What writes 4 bytes to a register of 8 clears the others, which no value says. Few operations ask, so that the block
/// is looked through only then, up to the operation, and from where the last one asked.
void Transfer::UpperHalves::follow(const LiftedFunction& function, const Block& block, const Op& until) {
  for (; next_ < block.instruction_count; ++next_) {
    const Instruction& instruction = function.instructions[function.order[block.first_instruction + next_]];
    const Op* const first = function.ops.data() + instruction.first_op;
    for (; op_ < instruction.op_count; ++op_) {
      if (first + op_ == &until) return;
      note(first[op_]);
    }
    op_ = 0;
  }
  clear_.reset();  // it stands elsewhere
}

void Transfer::UpperHalves::note(const Op& op) {
  constexpr unsigned kHalf = 4, kBits = 32;
  if (op.kind == OpKind::call) clear_.reset();
  if (op.dst >= kRegCount) return;
  bool clear = op.width <= kHalf && !op.sign;
  switch (op.kind) {
    case OpKind::copy: clear = clear || (op.width > kHalf && clear_[op.a]); break;
    case OpKind::alu:
      if (op.alu == Alu::insert) {
        clear = clear_[op.dst] && op.dst == op.a && op.shift < kBits;
      } else if (op.b == kNoReg) {
        clear = clear || (op.alu == Alu::shr && op.imm >= kBits) || (op.alu == Alu::bit_and && op.imm >> kBits == 0);
      }
      break;
    case OpKind::load:
    case OpKind::lea:
    case OpKind::select: break;
    default: clear = false;
  }
  clear_[op.dst] = clear;
}

void Transfer::alu(const Op& op, State& state) {
  ValueId right = op.b != kNoReg ? state.registers[op.b] : values_.constant(op.imm);
  ValueId left = state.registers[op.a];
  if (asks_upper_half(op, left, right)) {
    if (op.kind == OpKind::alu) upper_halves_.follow(context_.function, *current_, op);
    if (upper_halves_.clear(op.a)) left = values_.zero_extended(left);
    if (op.b != kNoReg && upper_halves_.clear(op.b)) right = values_.zero_extended(right);
  }
  ValueId result = values_.alu(op.alu, op.width, op.shift, left, right);
  // Nothing can be computed with the name of a place, but with what the file has there.
  if (values_.atoms(result).empty()) {
    const ValueId x = memory_.with_contents(left), y = memory_.with_contents(right);
    if (x != left || y != right) result = values_.alu(op.alu, op.width, op.shift, x, y);
  }
  const bool whole = op.alu == Alu::insert || op.width >= 8;
  if (!whole) result = values_.resize(result, op.width, false);
  if (op.alu == Alu::bit_and && !state.narrowings.empty()) result = left_of_bits(values_, state.narrowings, result);
  state.registers[op.dst] = result;
}

void Transfer::lea(const Op& op, State& state) {
  const bool sum = op.mem.base != kNoReg && op.mem.index != kNoReg && op.mem.scale == 1 && op.mem.disp == 0;
  if (sum && op.width == 8 &&
      values_.asks_upper_half(Alu::add, state.registers[op.mem.base], state.registers[op.mem.index])) {
    Op add = op;  // of its own kind: it does not stand in the block
    add.alu = Alu::add;
    add.a = op.mem.base;
    add.b = op.mem.index;
    upper_halves_.follow(context_.function, *current_, op);
    return alu(add, state);
  }
  state.registers[op.dst] = values_.resize(memory_.address_of(state, op.mem), op.width, false);
}

void Transfer::step(const Op& op, State& state) {
  auto& registers = state.registers;
  // Before it is noted that the register no longer holds what was compared.
  const ValueId selected = op.kind == OpKind::select ? comparison_.selected(op, state) : kBottom;
  comparison_.note_writes(op, state);
  const LinearForms::Form form = forms_.of_result(op, state, values_);
  if (recorder_.recording() && abi_.callee_removes) {
    if (const auto depth = stack_.check_restored(op, state)) recorder_.note_depth(depth->first, depth->second);
  }
  switch (op.kind) {
    case OpKind::compare:
      recorder_.compare(op, state);
      comparison_.compare(op, state);
      break;
    case OpKind::set: registers[op.dst] = values_.constant(op.imm); break;
    case OpKind::address: registers[op.dst] = values_.image_address(static_cast<std::uint32_t>(op.imm)); break;
    case OpKind::copy: registers[op.dst] = values_.resize(registers[op.a], op.width, op.sign); break;
    case OpKind::alu: alu(op, state); break;
    case OpKind::load: load(op, state); break;
    case OpKind::store: {
      const ValueId address = memory_.store(state, op, context_.function.rva, recorder_.stores());
      comparison_.note_element_stored(op, state, address);
      break;
    }
    case OpKind::repeat: memory_.repeat(state, op, context_.function.rva, recorder_.stores()); break;
    case OpKind::lea: lea(op, state); break;
    case OpKind::select: registers[op.dst] = values_.resize(selected, op.width, false); break;
    case OpKind::call: call(op, state); break;
    case OpKind::clobber: registers[op.dst] = values_.unknown(kTopNotUnderstood); break;
    case OpKind::ret: recorder_.note_return(state); break;
    case OpKind::jump: break;
  }
  forms_.settle(op, form, state, values_);
  if (op.dst == abi_.stack_pointer && abi_.callee_removes && op.kind != OpKind::call) stack_.settle(op, state);
}

void Transfer::call(const Op& op, State& state) {
  if (op.keeps_registers) return;
  Call site;
  site.rva = op.rva;
  site.function = context_.function.rva;
  site.target = op.target;
  if (op.a != kNoReg) site.pointer = state.registers[op.a];
  std::int64_t depth = 0;
  site.depth_known = stack_.depth_in(state, depth);
  site.callee_frame = depth - static_cast<std::int64_t>(abi_.return_address);
  if (!calls_.resolve(site, state)) {
    const bool probe = abi_.callee_removes && site.import >= 0 &&
                       context_.imports[static_cast<std::size_t>(site.import)].routine == KnownRoutine::stack_probe;
    if (probe) stack_.probe(op, state);
    return;
  }
  recorder_.call(site, state);
  if (!call_helper(site, op, state)) calls_.return_from(site, op, *current_, state, recorder_.stores());
}

/// Calls of the compilers' helpers that move the caller's own registers. True when this was one.
bool Transfer::call_helper(const Call& site, const Op& op, State& state) {
  if (!abi_.callee_removes || site.target == 0 || !context_.knowledge.stack) return false;
  const CalleeStack& callee = context_.knowledge.stack(site.target);
  if (callee.kind == CalleeStack::Kind::probe) {
    stack_.probe(op, state);
    return true;
  }
  std::int64_t depth = 0;
  if (callee.kind != CalleeStack::Kind::inlined || !stack_.depth_in(state, depth)) return false;
  run_inlined(callee, op, state);
  return true;
}

/// The helper's operations, as if they stood here; what it calls itself overwrites the registers of the convention.
void Transfer::run_inlined(const CalleeStack& callee, const Op& op, State& state) {
  const auto return_address = static_cast<std::int64_t>(abi_.return_address);
  std::int64_t depth = 0;
  if (!stack_.depth_in(state, depth)) return;
  stack_.set_depth(state, depth - return_address);
  frame_store(state, depth - return_address, abi_.word, values_.image_address(op.rva), values_);
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
}

}  // namespace scanner::trace
