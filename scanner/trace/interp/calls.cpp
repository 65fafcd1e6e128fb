#include "scanner/trace/interp/calls.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "scanner/trace/domain/state_cost.hpp"

namespace scanner::trace {
namespace {

/// ASCII from a NUL-terminated UTF-16 text; empty when it is anything else.
std::string wide_text(const pe::Image& image, std::uint32_t rva) {
  std::string out;
  const pe::Bytes bytes = image.from_rva(rva);
  constexpr std::size_t kLongestName = 64;
  for (std::size_t i = 0; i < kLongestName; ++i) {
    const auto unit = bytes.read<std::uint16_t>(2 * i);
    if (!unit || *unit > 0x7E) return {};
    if (*unit == 0) return out;
    out += static_cast<char>(*unit);
  }
  return {};
}

/// Bytes that a callee wrote: behind an argument of ours, or (-1) in our frame.
class Places {
 public:
  [[nodiscard]] bool overlap(Location argument, std::int64_t at, std::uint32_t width) const {
    constexpr std::int64_t kWidest = 0xFF;  // that an operation can say
    for (auto it = places_.lower_bound({argument, at - kWidest}); it != places_.end(); ++it) {
      if (it->first.first != argument || it->first.second >= at + width) return false;
      if (it->first.second + it->second > at) return true;
    }
    return false;
  }
  void add(Location argument, std::int64_t at, std::uint32_t width) {
    std::uint32_t& widest = places_[{argument, at}];
    widest = std::max(widest, width);
  }

 private:
  std::map<std::pair<Location, std::int64_t>, std::uint32_t> places_;  // by beginning; bytes
};

constexpr unsigned kEstablisherFrame = 1;  // which argument of a funclet is the frame that it belongs to

/// Could a callee that was given an address in this frame write this slot?
bool exposed(const State& state, const FrameSlot& slot, const CallSite& site, const ValuePool& values, const Abi& abi) {
  // The outgoing argument area is the callee's own.
  if (slot.offset < 0 && site.depth_known &&
      slot.offset < site.callee_frame + static_cast<std::int64_t>(abi.stack_arguments))
    return true;
  // Functions of the kernel are trusted to look for no structure around a member.
  if (site.import < 0 && within_reach(state, slot, values, abi)) return true;
  return state.may_alias(slot.offset, abi);
}

}  // namespace

Helper Calls::helper_of(int import) const {
  return import >= 0 ? imports_[static_cast<std::size_t>(import)].helper : Helper::none;
}

bool Calls::resolve(CallSite& site, const State& state) {
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
  const Helper helper = helper_of(callee.import);
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

void Calls::return_from(const CallSite& site, const Op& op, const Block& block, State& state) {
  budget_.spend(steps_for(state));
  const Helper helper = helper_of(site.import);
  ValueId result = values_.unknown(kTopReturned);
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
    escape_locals_passed(site, state);
  }
  const bool fills = knowledge_.stores && site.target != 0;
  if (fills) before_ = state;
  escape_arguments_passed(site, state);
  const std::uint32_t clobbered = knowledge_.clobbered && site.target != 0 ? knowledge_.clobbered(site.target) : ~0U;
  for (Reg reg = 0; reg < 32; ++reg) {
    if (!abi_.preserved(reg) && reg != abi_.stack_pointer && ((clobbered >> reg) & 1) != 0)
      state.registers[reg] = values_.unknown(kTopClobbered);
  }
  state.registers[abi_.result] = result;
  if (abi_.callee_removes) stack_.settle_call(site, op, block, state);
  if (helper == Helper::init_string || helper == Helper::find_routine) return;
  if (site.import < 0 && !state.escaped_arguments.empty()) {
    for (FieldSlot& slot : state.fields) {
      if (state.argument_escaped(slot.pointer, slot.offset)) slot.value = values_.with_flags(slot.value, kAssumesField);
    }
  }
  for (FrameSlot& slot : state.frame) {
    if (exposed(state, slot, site, values_, abi_)) slot.value = values_.with_flags(slot.value, kAssumesFrame);
  }
  if (fills) fill_in_locals(site, knowledge_.stores(site.target), before_, state);
}

/// What the callee stores behind pointers into our frame.
void Calls::fill_in_locals(const CallSite& site, const ArgumentEffects& effects, const State& before, State& state) {
  CallSite view;
  view.callee_frame = site.callee_frame;
  view.depth_known = site.depth_known;
  view.state = before;
  budget_.spend(steps_for(before) + effects.stores.size());
  Places written;
  for (const ArgumentStore& store : effects.stores) {
    const Atom* only = values_.only(value_at(view, store.pointer, abi_.word, values_, abi_));
    if (only == nullptr || only->strided) continue;
    const Atom pointer = *only;  // `only` dies with the next value made
    const bool field = pointer.kind == AtomKind::initial && pointer.and_mask == 0xFFFFFFFFU && pointer.or_mask == 0;
    if (!field && pointer.kind != AtomKind::frame) continue;
    const Location argument = field ? pointer.where : -1;
    const std::int64_t place = static_cast<std::int64_t>(pointer.a) + store.offset;
    const auto content = [&](const State& from) {
      return field ? field_load(from, pointer.where, place, store.width, values_)
                   : frame_load(from, place, store.width, values_, abi_);
    };
    ValueId left = left_by_callee(view, effects, store, content(before));
    // The callee took two pointers for two places, or writes parts of one: which store comes last is not known.
    const bool again = written.overlap(argument, place, store.width);
    if (again) left = values_.join(content(state), left);
    const bool shared = argument_escaped(effects.escaped_arguments, store.pointer, store.offset);
    if (again || shared) left = values_.with_flags(left, field ? kAssumesField : kAssumesFrame);
    if (field) {
      field_store(state, pointer.where, place, store.width, left, values_);
    } else {
      frame_store(state, place, store.width, left, values_);
    }
    written.add(argument, place, store.width);
  }
}

bool Calls::writes_frame(const ArgumentEffects& funclet) const {
  const auto through_frame = [frame = abi_.argument(kEstablisherFrame)](const auto& effect) {
    return effect.pointer == frame;
  };
  return !funclet.known || std::ranges::any_of(funclet.stores, through_frame) ||
         std::ranges::any_of(funclet.escaped_arguments, through_frame);
}

void Calls::run_funclet(const ArgumentEffects& funclet, State& state) {
  const Location argument = abi_.argument(kEstablisherFrame);
  std::int64_t frame = 0;
  bool anywhere = !funclet.known || !stack_.depth_in(state, frame);
  budget_.spend(2 * steps_for(state) + funclet.escaped_arguments.size());
  CallSite site;
  State before = state;
  before.registers[static_cast<std::size_t>(argument)] = values_.frame_address(frame);
  if (!anywhere) fill_in_locals(site, funclet, before, state);
  for (const EscapedArgument& given : funclet.escaped_arguments) {
    if (given.pointer == argument) memory_.escape(state, values_.frame_address(frame + given.offset));
    anywhere = anywhere || given.pointer == argument;
  }
  for (FrameSlot& slot : state.frame) {
    const ValueId old = frame_load(before, slot.offset, slot.width, values_, abi_);
    if (anywhere || slot.value != old) slot.value = values_.with_flags(values_.join(old, slot.value), kAssumesFrame);
  }
}

/// What stands at the place of `store` behind the call, where `old` stood before.
ValueId Calls::left_by_callee(const CallSite& view, const ArgumentEffects& effects, const ArgumentStore& store,
                              ValueId old) {
  const auto is_old = [&store](const Atom& atom) {
    return atom.kind == AtomKind::field && atom.where == store.pointer && !atom.strided &&
           atom.a == static_cast<std::uint64_t>(store.offset);
  };
  const auto slot = std::lower_bound(
      effects.left.begin(), effects.left.end(), store, [](const FieldSlot& left, const ArgumentStore& wanted) {
        return std::pair(left.pointer, left.offset) < std::pair(wanted.pointer, wanted.offset);
      });
  const bool found = slot != effects.left.end() && slot->pointer == store.pointer && slot->offset == store.offset &&
                     slot->width == store.width;
  const bool overwritten = found && std::ranges::none_of(values_.atoms(slot->value), is_old);
  if (overwritten) return stored_by_callee(view, slot->value, store.width);
  const ValueId value = stored_by_callee(view, store.value, store.width);
  // Nobody relies on what was never set.
  const bool unset = (values_.flags(old) & kTopUnset) != 0 && values_.atoms(old).empty();
  return unset ? value : values_.join(old, value);
}

/// In terms of this function.
ValueId Calls::stored_by_callee(const CallSite& view, ValueId stored, unsigned width) {
  ValueId value = values_.unknown(values_.flags(stored));
  for (const Atom& atom : std::vector<Atom>(values_.atoms(stored).begin(), values_.atoms(stored).end())) {
    const bool argument = atom.kind == AtomKind::initial && atom.a == 0 && !atom.strided;
    const ValueId part =
        atom.kind == AtomKind::constant ? values_.single(atom)
        : argument ? values_.masked(value_at(view, atom.where, width, values_, abi_), atom.and_mask, atom.or_mask)
                   : values_.unknown(kTopNotUnderstood);
    value = values_.join(value, part);
  }
  return value;
}

ValueId Calls::argument_of(const CallSite& site, const State& state, unsigned index) {
  CallSite view;
  view.callee_frame = site.callee_frame;
  view.depth_known = site.depth_known;
  view.state = state;
  return value_at(view, abi_.argument(index), abi_.word, values_, abi_);
}

/// UNICODE_STRING: two lengths, then the pointer to the text, aligned.
void Calls::init_string(const CallSite& site, State& state) {
  const ValueId text = argument_of(site, state, 1);
  const ValueId target = argument_of(site, state, 0);
  for (const Atom& atom : std::vector<Atom>(values_.atoms(target).begin(), values_.atoms(target).end())) {
    if (atom.kind == AtomKind::frame && !atom.strided)
      frame_store(state, static_cast<std::int64_t>(atom.a) + abi_.word, abi_.word, text, values_);
  }
}

/// Writable, and some code may write there.
bool Calls::used(std::uint32_t rva, std::uint32_t bytes) const {
  const pe::Section* section = image_.section_at(rva);
  return section != nullptr && section->writable() && knowledge_.used && knowledge_.used(rva, bytes);
}

ValueId Calls::find_routine(const CallSite& site, const State& state) {
  const ValueId string = values_.address(argument_of(site, state, 0), kBottom, 1, abi_.word);
  const ValueId text = memory_.load(state, string, abi_.word);
  ValueId result = kBottom;
  for (const Atom& atom : std::vector<Atom>(values_.atoms(text).begin(), values_.atoms(text).end())) {
    ValueId one = values_.unknown(kTopReturned);
    std::uint32_t assumed = 0;
    std::size_t length = 0;  // of a string that the linker filled, in characters
    std::optional<std::uint32_t> at;
    if (atom.kind == AtomKind::image && !atom.strided) at = static_cast<std::uint32_t>(atom.a);
    // A UNICODE_STRING in writable data, filled by the linker.
    if (atom.kind == AtomKind::memory && !atom.strided && atom.offset == 0) {
      const auto pointer = image_.load(static_cast<std::uint32_t>(atom.a), abi_.word);
      at = pointer ? image_.rva_of_va(*pointer) : std::nullopt;
      const auto string_rva = static_cast<std::uint32_t>(atom.a) - abi_.word;
      length = image_.load(string_rva, 2).value_or(0) / 2;
      if (used(string_rva, 2 * abi_.word)) assumed = kAssumesGlobal;
    }
    if (at) {
      const std::string name = wide_text(image_, *at);
      const int import = imports_.by_name(length != 0 ? name.substr(0, length) : name);
      if (used(*at, static_cast<std::uint32_t>(2 * name.size()))) assumed = kAssumesGlobal;
      if (import >= 0) one = values_.with_flags(values_.import_pointer(static_cast<std::uint32_t>(import)), assumed);
    }
    result = values_.join(result, one);
  }
  return result == kBottom ? values_.unknown(kTopReturned) : result;
}

/// x86: how many bytes of arguments stand on the stack for this callee, when it takes them off itself.
std::optional<std::int64_t> Calls::stack_bytes_of(const CallSite& site) {
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

void Calls::escape_arguments_passed(const CallSite& site, State& state) {
  if (site.import >= 0) return;
  const ArgumentEffects* effects = knowledge_.stores && site.target != 0 ? &knowledge_.stores(site.target) : nullptr;
  for (const Location where : carriers_) {
    if (is_stack(where) && !site.depth_known) continue;
    const ValueId value = is_stack(where)
                              ? frame_load(state, site.callee_frame + (where - kStackBase), abi_.word, values_, abi_)
                              : state.registers[static_cast<std::size_t>(where)];
    if (effects == nullptr || !effects->known) {
      memory_.escape_argument(state, value);
      continue;
    }
    for (const EscapedArgument& on : effects->escaped_arguments) {
      if (on.pointer == where) memory_.escape_argument(state, values_.address(value, kBottom, 1, on.offset));
    }
  }
}

void Calls::escape_locals_passed(const CallSite& site, State& state) {
  for (const Reg reg : abi_.carriers) memory_.escape(state, state.registers[reg]);
  if (!site.depth_known) return;
  const std::int64_t first = site.callee_frame + abi_.stack_arguments;
  const std::int64_t area = stack_bytes_of(site).value_or(0x60);
  for (std::size_t i = 0; i < state.frame.size() && state.frame[i].offset < first + area; ++i) {
    if (state.frame[i].offset >= first) memory_.escape(state, state.frame[i].value);
  }
  memory_.escape_contents(state);
}

}  // namespace scanner::trace
