#include "scanner/trace/interp/callee_effects.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "scanner/trace/domain/state_cost.hpp"

namespace scanner::trace {
namespace {

constexpr std::uint32_t kWidestStore = 16;  // of an instruction that stores once
constexpr unsigned kEstablisherFrame = 1;   // which argument of a funclet is the frame that it belongs to

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

}  // namespace

void CalleeEffects::apply(const CallView& call, const ArgumentEffects& effects, State& state) {
  budget_.spend(steps_for(call.state) + effects.stores.size());
  Places written;
  for (const ArgumentStore& store : effects.stores) {
    // How far a fill of unknown length goes is not known; what stands there is assumed to be left alone, as it was
    // told of everything behind an address that escapes.
    if (store.width > kWidestStore) continue;
    const Atom* pointer = values_.only(value_at(call, store.pointer, abi_.word, values_, abi_));
    if (pointer == nullptr || pointer->strided()) continue;
    const bool field = pointer->is_pointer_argument();
    if (!field && pointer->kind != AtomKind::frame) continue;
    const Location argument = field ? pointer->where : -1;
    const std::int64_t place = pointer->displacement() + store.offset;
    const auto content = [&](const State& from) {
      return field ? field_load(from, argument, place, store.width, values_)
                   : frame_load(from, place, store.width, values_, abi_);
    };
    ValueId left = left_by_callee(call, effects, store, content(call.state));
    // The callee took two pointers for two places, or writes parts of one: which store comes last is not known.
    const bool again = written.overlap(argument, place, store.width);
    if (again) left = values_.join(content(state), left);
    const bool escaped = argument_escaped(effects.escaped_arguments, store.pointer);
    if (again || escaped) left = values_.with_flags(left, field ? kAssumesField : kAssumesFrame);
    if (field) {
      field_store(state, argument, place, store.width, left, values_);
    } else {
      frame_store(state, place, store.width, left, values_);
    }
    written.add(argument, place, store.width);
  }
}

bool CalleeEffects::writes_frame(const ArgumentEffects& funclet) const {
  const auto through_frame = [frame = abi_.argument(kEstablisherFrame)](const auto& effect) {
    return effect.pointer == frame;
  };
  return !funclet.known || std::ranges::any_of(funclet.stores, through_frame) ||
         std::ranges::any_of(funclet.escaped_arguments, through_frame);
}

void CalleeEffects::run_funclet(const ArgumentEffects& funclet, State& state) {
  const Location argument = abi_.argument(kEstablisherFrame);
  std::int64_t frame = 0;
  bool anywhere = !funclet.known || !stack_.depth_in(state, frame);
  budget_.spend(2 * steps_for(state) + funclet.escaped_arguments.size());
  State before = state;
  before.registers[static_cast<std::size_t>(argument)] = values_.frame_address(frame);
  if (!anywhere) apply({before, 0, true}, funclet, state);
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
ValueId CalleeEffects::left_by_callee(const CallView& call, const ArgumentEffects& effects, const ArgumentStore& store,
                                      ValueId old) {
  const auto is_old = [&store](const Atom& atom) {
    return atom.kind == AtomKind::field && atom.where == store.pointer && !atom.strided() &&
           atom.displacement() == store.offset;
  };
  const auto slot = std::lower_bound(
      effects.left.begin(), effects.left.end(), store, [](const FieldSlot& left, const ArgumentStore& wanted) {
        return std::pair(left.pointer, left.offset) < std::pair(wanted.pointer, wanted.offset);
      });
  const bool found = slot != effects.left.end() && slot->pointer == store.pointer && slot->offset == store.offset &&
                     slot->width == store.width;
  const bool overwritten = found && std::ranges::none_of(values_.atoms(slot->value), is_old);
  if (overwritten) return stored_by_callee(call, effects, slot->value, store.width);
  const ValueId value = stored_by_callee(call, effects, store.value, store.width);
  // A caller does not rely on what was never set.
  const bool unset = (values_.flags(old) & kTopUnset) != 0 && values_.atoms(old).empty();
  return unset ? value : values_.join(old, value);
}

/// What the callee read behind a pointer that it got. It stood there before the call.
ValueId CalleeEffects::read_by_callee(const CallView& call, const ArgumentEffects& effects, const Atom& field) {
  const ValueId pointer = value_at(call, field.where, abi_.word, values_, abi_);
  const ValueId address = values_.address(pointer, kBottom, 1, field.displacement());
  if (may_overwrite(call, effects, field, address)) return values_.unknown(kTopNotUnderstood);
  ValueId content = memory_.load(call.state, address, field.width);
  if (field.offset != 0) content = values_.add(content, field.offset);
  return values_.masked_like(content, field);
}

/// Does the callee store there by another pointer that it got? It may have done so before it read.
bool CalleeEffects::may_overwrite(const CallView& call, const ArgumentEffects& effects, const Atom& field,
                                  ValueId address) {
  budget_.spend(effects.stores.size() + 1);
  return std::ranges::any_of(effects.stores, [&](const ArgumentStore& store) {
    if (store.pointer == field.where) return false;
    const ValueId other = value_at(call, store.pointer, abi_.word, values_, abi_);
    return std::ranges::any_of(values_.atoms(other), [&](const Atom& to) {
      return std::ranges::any_of(values_.atoms(address), [&](const Atom& from) {
        if (to.kind != from.kind || (to.kind == AtomKind::initial && to.where != from.where)) return false;
        const std::int64_t begin = to.displacement() + store.offset;
        const bool meets = begin < from.displacement() + std::int64_t{field.width} &&
                           from.displacement() < begin + std::int64_t{store.width};
        return meets || to.strided() || from.strided();
      });
    });
  });
}

/// In terms of the caller.
ValueId CalleeEffects::stored_by_callee(const CallView& call, const ArgumentEffects& effects, ValueId stored,
                                        unsigned width) {
  return values_.map_join(stored, [&](const Atom& atom) {
    const bool same_for_both = atom.is_constant() || atom.is_image_address() || atom.kind == AtomKind::import ||
                               atom.kind == AtomKind::memory || atom.kind == AtomKind::via_global;
    if (same_for_both) return values_.single(atom);
    if (atom.is_halves())
      return values_.halves(stored_by_callee(call, effects, atom.low_value(), 4),
                            stored_by_callee(call, effects, atom.high_value(), 4));
    if (atom.kind == AtomKind::field && !atom.strided()) return read_by_callee(call, effects, atom);
    if (!atom.came_in()) return values_.unknown(kTopNotUnderstood);
    return values_.masked_like(what_came_in(call, atom, width, values_, abi_), atom);
  });
}

}  // namespace scanner::trace
