#include "scanner/trace/interp/calls.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "scanner/trace/domain/state_cost.hpp"
#include "scanner/trace/interp/narrowings.hpp"

namespace scanner::trace {

Calls::Calls(const pe::Image& image, const ImportTable& imports, ValuePool& values, const Abi& abi,
             const CalleeKnowledge& knowledge, Memory& memory, StackPointer& stack, Budget& budget)
    : imports_(imports),
      values_(values),
      abi_(abi),
      knowledge_(knowledge),
      memory_(memory),
      stack_(stack),
      budget_(budget),
      effects_(values, abi, memory, stack, budget),
      routines_(image, imports, values, abi, knowledge, memory) {}

KnownRoutine Calls::routine_of(int import) const {
  return import >= 0 ? imports_[static_cast<std::size_t>(import)].routine : KnownRoutine::none;
}

/// The function that starts at `pointer`; none when that is not certain.
Callee Calls::callee_at(ValueId pointer) const {
  Callee callee;
  const Atom* atom = values_.only(pointer);
  if (atom == nullptr) return callee;
  if (atom->kind == AtomKind::import) callee.import = static_cast<int>(atom->a);
  if (atom->is_image_address()) callee = imports_.callee_at(atom->rva());
  return callee;
}

bool Calls::resolve(Call& site, const State& state) {
  Callee callee = site.target != 0 ? imports_.callee_at(site.target) : callee_at(site.pointer);
  const KnownRoutine routine = routine_of(callee.import);
  if (routine == KnownRoutine::guard_check || routine == KnownRoutine::stack_probe) {
    site.import = callee.import;
    return false;
  }
  if (routine == KnownRoutine::guard_dispatch || callee.jumps_to_register) {
    site.target = 0;
    // A register holds the real target: rax on x64.
    site.pointer = state.registers[callee.jumps_to_register ? callee.jump_register : abi_.dispatched];
    callee = callee_at(site.pointer);
  }
  site.import = callee.import;
  site.target = callee.import >= 0 ? 0 : callee.target;
  return true;
}

void Calls::clobber_registers(const Call& site, State& state) {
  const std::uint32_t clobbered = knowledge_.clobbered && site.target != 0 ? knowledge_.clobbered(site.target) : ~0U;
  const ValueId unknown = values_.unknown(kTopClobbered);
  const std::uint32_t spared = abi_.kept | (1U << abi_.stack_pointer);
  for (std::uint32_t left = clobbered & ~spared; left != 0; left &= left - 1)
    state.registers[static_cast<std::size_t>(std::countr_zero(left))] = unknown;
  // It is asked for only where a tag rests on it, as what callees spare is.
  const Reg second = abi_.second_result;
  if (second != kNoReg && knowledge_.clobbered && site.target != 0 && (clobbered >> second & 1) != 0)
    state.registers[second] = values_.single(Atom::returned(site.rva).from_byte(static_cast<std::int32_t>(abi_.word)));
  std::array<ValueId, 2 * kWideCount> kept;
  std::copy(state.registers.begin() + kFirstWide, state.registers.end(), kept.begin());
  std::fill(state.registers.begin() + kFirstWide, state.registers.end(), unknown);
  for (std::uint32_t left = abi_.kept_wide; left != 0; left &= left - 1) {
    const auto number = static_cast<unsigned>(std::countr_zero(left));
    for (unsigned half = 0; half < (abi_.keeps_high_halves ? 2U : 1U); ++half)
      state.registers[wide_register(number, half)] = kept[2 * number + half];
  }
}

/// Could a callee that was given an address in this frame write this slot?
bool Calls::exposed(const State& state, const FrameSlot& slot, const Call& site) const {
  // The outgoing argument area is the callee's own.
  if (slot.offset < 0 && site.depth_known &&
      slot.offset < site.callee_frame + static_cast<std::int64_t>(abi_.stack_arguments))
    return true;
  if (state.may_alias(slot.offset, abi_)) return true;
  // Functions of the kernel are trusted to look for no structure around a member.
  return site.import < 0 && within_reach(state, slot, values_, abi_);
}

/// What the callee may have written by way of addresses that escaped rests on the assumption that it did not.
void Calls::taint_exposed(const Call& site, State& state) {
  // Who is called through a pointer may know the same structures, without being given them.
  if (site.import < 0 && site.target == 0) {
    for (FieldSlot& slot : state.fields) slot.value = values_.with_flags(slot.value, kAssumesField);
  }
  if (site.import < 0 && !state.escaped_arguments.empty()) {
    for (FieldSlot& slot : state.fields) {
      if (state.argument_escaped(slot.pointer)) slot.value = values_.with_flags(slot.value, kAssumesField);
    }
  }
  if (state.escaped.empty() && !site.depth_known) return;
  for (FrameSlot& slot : state.frame) {
    if (!values_.has_flags(slot.value, kAssumesFrame) && exposed(state, slot, site))
      slot.value = values_.with_flags(slot.value, kAssumesFrame);
  }
}

/// May it be known what the callee returns? Of imports it is not.
bool Calls::has_local_result(const Call& site) const {
  const bool by_pointer = knowledge_.through_pointers && !values_.atoms(site.pointer).empty();
  return site.import < 0 && (site.target != 0 || by_pointer);
}

void Calls::return_from(const Call& site, const Op& op, const Block& block, State& state, StoreLog* log) {
  budget_.spend(steps_for(state));
  if (may_write_globals(site, state)) forget_globals(state.fields);
  const KnownRoutine routine = routine_of(site.import);
  ValueId result = values_.unknown(kTopReturned);
  if (has_local_result(site) || std::ranges::find(knowledge_.results_of, op.rva) != knowledge_.results_of.end())
    result = values_.single(Atom::returned(op.rva));
  if (knowledge_.apart_at != 0) forget_result(values_, state, op.rva);
  const CallView call{state, site.callee_frame, site.depth_known};
  const std::optional<ValueId> moved = routines_.move_bytes(call, site, state, log);
  if (moved) {
    result = *moved;
  } else if (routine == KnownRoutine::init_string) {
    routines_.init_string(call, state);
  } else if (routine == KnownRoutine::find_routine) {
    result = routines_.find_routine(call);
  } else {
    escape_locals_passed(site, state);
  }
  const bool fills = knowledge_.stores && site.target != 0;
  if (fills) before_ = state;
  escape_arguments_passed(site, state);
  clobber_registers(site, state);
  state.registers[abi_.result] = result;
  if (abi_.callee_removes) stack_.settle_call(site, op, block, state);
  if (moved || routine == KnownRoutine::init_string || routine == KnownRoutine::find_routine) return;
  taint_exposed(site, state);
  if (!fills) return;
  effects_.apply({before_, site.callee_frame, site.depth_known}, knowledge_.stores(site.target), state);
  note_filled(result, state);
}

/// What the callee stored on some of its paths only goes with what it returned there.
void Calls::note_filled(ValueId result, State& state) const {
  const Atom* returned = values_.only(result);
  if (returned == nullptr || returned->kind != AtomKind::returned) return;
  for (const FrameSlot& slot : state.frame) {
    if (values_.atoms(slot.value).size() > 1 &&
        slot.value != frame_load(before_, slot.offset, slot.width, values_, abi_))
      note_choice(values_, state, slot.value, result);
  }
}

/// x86: how many bytes of arguments stand on the stack for this callee, when it takes them off itself.
std::optional<std::int64_t> Calls::stack_bytes_of(const Call& site) {
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

/// … of which something is known. The kernel knows a global only if it is given its address.
bool Calls::may_write_globals(const Call& site, const State& state) const {
  const auto global = [](const FieldSlot& slot) { return slot.pointer == kInImage; };
  if (std::ranges::none_of(state.fields, global)) return false;
  if (site.import < 0) return true;
  const int most = imports_[static_cast<std::size_t>(site.import)].most_arguments;
  const auto in_image = [](const Atom& atom) { return atom.kind == AtomKind::image; };
  const auto count = most < 0 || abi_.callee_removes ? abi_.candidates.size() : static_cast<std::size_t>(most);
  const auto arguments = std::span(abi_.candidates).first(std::min(count, abi_.candidates.size()));
  const CallView call{state, site.callee_frame, site.depth_known};
  return std::ranges::any_of(arguments, [&](Location where) {
    if (is_stack(where) && !site.depth_known) return true;
    return std::ranges::any_of(values_.atoms(value_at(call, where, abi_.word, values_, abi_)), in_image);
  });
}

/// Is it an argument of the import at all? Without knowing, what this function was itself given is none while it stands
/// where it came in, or in a local.
bool Calls::may_pass(const Call& site, std::size_t number, const Atom& atom) const {
  const ImportInfo& info = imports_[static_cast<std::size_t>(site.import)];
  const Location where = abi_.candidates[number];
  if (abi_.callee_removes) {
    const std::size_t first = is_stack(where) ? abi_.candidate_arguments.size() : 0;
    const int bytes = info.caller_cleans ? -1 : info.stack_bytes;
    if (!is_stack(where)) return info.most_arguments * static_cast<int>(abi_.word) > bytes;  // fastcall
    return bytes < 0 || (number - first) * abi_.word < static_cast<std::size_t>(bytes);
  }
  if (info.most_arguments >= 0) return number < static_cast<std::size_t>(info.most_arguments);
  return atom.displacement() != 0 || (!is_stack(where) && atom.where != where);
}

/// A function of the kernel that is given the address of a field fills it, perhaps.
void Calls::doubt_fields_passed(const Call& site, State& state) {
  if (state.fields.empty()) return;
  auto slot = state.frame.cbegin();
  for (std::size_t i = 0; i < abi_.candidates.size(); ++i) {
    const Location where = abi_.candidates[i];
    const std::int64_t place = site.callee_frame + (where - kStackBase);
    if (is_stack(where) && (!site.depth_known || place >= 0)) continue;
    const ValueId passed =
        is_stack(where) ? passed_on_stack(state, place, slot) : state.registers[static_cast<std::size_t>(where)];
    for (const Atom& atom : values_.atoms(passed)) {
      if (atom.is_pointer_argument() && may_pass(site, i, atom)) doubt_field(state, atom.where, atom.displacement());
    }
  }
}

void Calls::doubt_field(State& state, Location pointer, std::int64_t offset) {
  for (FieldSlot& slot : state.fields) {
    const std::int64_t behind = slot.offset - offset;
    if (slot.pointer == pointer && behind > -std::int64_t{slot.width} && behind < std::int64_t{abi_.word})
      slot.value = values_.with_flags(slot.value, kAssumesField);
  }
}

void Calls::escape_arguments_passed(const Call& site, State& state) {
  if (site.import >= 0) return doubt_fields_passed(site, state);
  const ArgumentEffects* effects = knowledge_.stores && site.target != 0 ? &knowledge_.stores(site.target) : nullptr;
  const bool known = effects != nullptr && effects->known;
  const auto escape = [&](Location where, ValueId value) {
    if (!known) return memory_.escape_argument(state, value);
    for (const EscapedArgument& on : effects->escaped_arguments) {
      if (on.pointer == where) memory_.escape_argument(state, values_.address(value, kBottom, 1, on.offset));
    }
  };
  if (known && effects->escaped_arguments.empty()) return;
  if (const Reg beside = abi_.beside_convention; beside != kNoReg) escape(beside, state.registers[beside]);
  auto slot = state.frame.cbegin();  // the first that reaches behind the argument: those on the stack ascend
  for (const Location where : abi_.candidates) {
    if (is_stack(where) && !site.depth_known) continue;
    escape(where, is_stack(where) ? passed_on_stack(state, site.callee_frame + (where - kStackBase), slot)
                                  : state.registers[static_cast<std::size_t>(where)]);
  }
}

/// frame_load() of a word, where `slot` is not behind the first slot that ends behind `offset`; it is moved there. But
/// where the first arguments travel in registers, what was not stored as a word is none of the others: kBottom.
ValueId Calls::passed_on_stack(const State& state, std::int64_t offset, std::vector<FrameSlot>::const_iterator& slot) {
  while (slot != state.frame.cend() && std::int64_t{slot->offset} + slot->width <= offset) ++slot;
  const bool stored = slot != state.frame.cend() && slot->offset < offset + std::int64_t{abi_.word};
  if (!stored) return abi_.callee_removes || offset >= 0 ? frame_content(offset, abi_.word, values_, abi_) : kBottom;
  if (slot->offset == offset && slot->width == abi_.word) return slot->value;
  if (!abi_.callee_removes) return kBottom;
  return frame_load(state, offset, abi_.word, values_, abi_);
}

/// Frame addresses that the callee gets, in registers or on the stack, escape.
void Calls::escape_locals_passed(const Call& site, State& state) {
  for (const Reg reg : abi_.candidate_arguments) memory_.escape(state, state.registers[reg]);
  const Reg beside = site.import < 0 ? abi_.beside_convention : kNoReg;
  if (beside != kNoReg) memory_.escape(state, state.registers[beside]);
  if (!site.depth_known) return;
  const std::int64_t first = site.callee_frame + abi_.stack_arguments;
  const std::int64_t area = stack_bytes_of(site).value_or(policy::kArgumentArea);
  for (std::size_t i = 0; i < state.frame.size() && state.frame[i].offset < first + area; ++i) {
    if (state.frame[i].offset >= first) memory_.escape(state, state.frame[i].value);
  }
  memory_.escape_contents(state);
  if (site.import < 0) memory_.escape_held_arguments(state);
}

}  // namespace scanner::trace
