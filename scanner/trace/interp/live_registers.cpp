#include "scanner/trace/interp/live_registers.hpp"

#include <algorithm>
#include <span>

#include "scanner/trace/ir/lift_function.hpp"

namespace scanner::trace {
namespace {

/// What a call may pass, whatever its convention: functions of one image may have agreed on any.
constexpr RegisterSet kGeneral = RegisterSet::of_bits(0xFFFFFFFFU);

void ask(RegisterSet& asked, Reg reg) {
  if (reg < kRegCount) asked.add(reg);
}

/// What a call overwrites that keeps to the convention.
RegisterSet overwritten_by_calls(const Abi& abi) {
  RegisterSet out = RegisterSet::all();
  for (Reg reg = 0; reg < kRegCount; ++reg) {
    const bool scratch = reg >= kScratchA && reg < kFirstWide;
    if (scratch || abi.preserved(reg) || reg == abi.stack_pointer) out.remove(reg);
  }
  return out;
}

/// What handlers find of the code that raised.
RegisterSet found_by_handlers(const Abi& abi) {
  RegisterSet out;
  for (Reg reg = 0; reg < kRegCount; ++reg) {
    if (abi.unwinder_restores && abi.preserved(reg)) out.add(reg);
  }
  return out;
}

}  // namespace

LiveRegisters::LiveRegisters(const LiftedFunction& function, const BlockQueue& queue, const ImportTable& imports,
                             const Abi& abi)
    : function_(function),
      imports_(imports),
      abi_(abi),
      overwritten_(overwritten_by_calls(abi)),
      live_(function.blocks.size()) {
  // Such jumps may lead to any block, whose states are compared with theirs.
  if (std::ranges::any_of(function.blocks, &Block::unresolved_jump)) {
    std::ranges::fill(live_, RegisterSet::all());
    return;
  }
  RegisterSet always;
  ask(always, abi.stack_pointer);
  ask(always, abi.frame_pointer);
  const RegisterSet found = found_by_handlers(abi);
  std::vector<Effect> effects;
  effects.reserve(function.blocks.size());
  for (const Block& block : function.blocks) effects.push_back(effect_of(block));
  const std::span<const std::uint32_t> order = queue.blocks();
  // Once is enough without loops.
  for (bool changed = true, loops = true; changed && loops;) {
    changed = loops = false;
    for (std::size_t i = order.size(); i-- > 0;) {
      const std::uint32_t number = order[i];
      const Block& block = function.blocks[number];
      RegisterSet behind, in_handlers;
      for (const std::uint32_t next : block.successors) {
        behind = behind | live_[next];
        loops = loops || queue.goes_back(number, next);
      }
      for (const std::uint32_t next : block.exception_successors) {
        in_handlers = in_handlers | live_[next];
        loops = loops || queue.goes_back(number, next);
      }
      const RegisterSet live =
          always | effects[number].asked | behind.without(effects[number].written) | (in_handlers & found);
      changed = changed || !(live == live_[number]);
      live_[number] = live;
    }
  }
}

LiveRegisters::Effect LiveRegisters::effect_of(const Block& block) const {
  Effect effect;
  const Instruction* last = last_instruction(function_, block);
  // Where the function is left, another one may go on.
  if (block.leaves_to != 0 || (last != nullptr && last->flow == ControlFlow::indirect_jump)) effect.asked = kGeneral;
  for (std::uint32_t i = block.instruction_count; i-- > 0;) {
    const Instruction& instruction = function_.instructions[function_.order[block.first_instruction + i]];
    for (unsigned k = instruction.op_count; k-- > 0;) {
      const Op& op = function_.ops[instruction.first_op + k];
      if (op.kind == OpKind::call) {
        add_call(block, i, op, effect);
      } else if (op.kind == OpKind::ret) {
        ask(effect.asked, abi_.result);
        ask(effect.asked, abi_.second_result);
      } else if (op.dst < kRegCount) {
        effect.asked.remove(op.dst);
        effect.written.add(op.dst);
      }
      for (const Reg reg : {op.a, op.b, op.mem.base, op.mem.index}) ask(effect.asked, reg);
    }
  }
  if (block.compared != Block::kNothing) {
    for (const Reg reg : {function_.ops[block.compared].a, function_.ops[block.compared].b}) ask(effect.asked, reg);
  }
  return effect;
}

void LiveRegisters::add_call(const Block& block, std::uint32_t instruction, const Op& call, Effect& effect) const {
  if (call.keeps_registers) return;
  const int import = import_of(block, instruction, call);
  const KnownRoutine routine = import >= 0 ? imports_[static_cast<std::size_t>(import)].routine : KnownRoutine::none;
  if (import < 0 || routine == KnownRoutine::guard_check || routine == KnownRoutine::guard_dispatch ||
      routine == KnownRoutine::stack_probe) {
    effect.asked = effect.asked | kGeneral;
    return;
  }
  effect.asked = effect.asked.without(overwritten_);
  effect.written = effect.written | overwritten_;
  for (const Reg reg : abi_.candidate_arguments) ask(effect.asked, reg);
}

/// Number of the import that is called, as far as the block tells, or -1.
int LiveRegisters::import_of(const Block& block, std::uint32_t instruction, const Op& call) const {
  if (call.target != 0) return imports_.callee_at(call.target).import;
  const Op* load = writer_of(call.a, block, instruction, call);
  if (load == nullptr || load->kind != OpKind::load || load->width != abi_.word || load->mem.index != kNoReg) return -1;
  if (load->mem.in_image) return imports_.at(static_cast<std::uint32_t>(load->mem.disp));
  const Op* page = writer_of(load->mem.base, block, instruction, *load);
  if (page == nullptr || page->kind != OpKind::address) return -1;
  return imports_.at(static_cast<std::uint32_t>(page->imm + static_cast<std::uint64_t>(load->mem.disp)));
}

/// The operation of the block that wrote `reg` last before the operation `before`, which is one of instruction number
/// `instruction` or of an earlier one; null when none did.
const Op* LiveRegisters::writer_of(Reg reg, const Block& block, std::uint32_t instruction, const Op& before) const {
  if (reg == kNoReg) return nullptr;
  bool behind = true;
  for (std::uint32_t i = instruction + 1; i-- > 0;) {
    const Instruction& here = function_.instructions[function_.order[block.first_instruction + i]];
    for (unsigned k = here.op_count; k-- > 0;) {
      const Op& op = function_.ops[here.first_op + k];
      if (behind) {
        behind = &op != &before;
        continue;
      }
      if (op.kind == OpKind::call && !op.keeps_registers) return nullptr;
      if (op.dst == reg) return &op;
    }
  }
  return nullptr;
}

}  // namespace scanner::trace
