// What a call site calls and what its callee does to it: pointers that turn out to be functions, values that are
// returned, locals and objects that are filled in through pointers, registers that are spared.
#include <algorithm>
#include <tuple>
#include <utility>

#include "scanner/trace/solve/engine.hpp"
#include "scanner/trace/domain/state_cost.hpp"

namespace scanner::trace {

/// Registers that `function` itself overwrites; all of them when it calls anything.
std::uint32_t Engine::clobbered_by(std::uint32_t function) {
  const auto [at, fresh] = clobbers_.emplace(function, ~0U);
  if (!fresh) return at->second;
  const std::vector<CodeRange> ranges = functions_.ranges_of(function);
  if (ranges.empty() || !functions_.is_start(function) || !affordable(ranges, 0)) return ~0U;
  const LiftedFunction lifted = lift_function(image_, decoder_, ranges, {});
  if (lifted.too_large) return ~0U;
  std::uint32_t mask = 0;
  for (const Op& op : lifted.ops) {
    if (op.kind == OpKind::call || op.kind == OpKind::jump) return ~0U;
    if (op.dst < 32) mask |= 1U << op.dst;
  }
  for (const Block& block : lifted.blocks) {
    if (block.leaves_to != 0 || block.unresolved_jump) return ~0U;
  }
  clobbers_[function] = mask;
  return mask;
}

/// What every function is followed with: on x86, what callees do to the stack pointer, elsewhere what filters do to the
/// frame.
CalleeKnowledge Engine::stack_knowledge() {
  CalleeKnowledge knowledge;
  knowledge.used = [this](std::uint32_t rva, std::uint32_t bytes) { return globals_.used(rva, bytes); };
  if (!stacks_) {
    knowledge.funclet = [this](std::uint32_t rva) -> const ArgumentEffects& { return stores_of(rva); };
    return knowledge;
  }
  knowledge.stack = [this](std::uint32_t callee) -> const CalleeStack& { return stacks_->of(callee); };
  knowledge.is_called = [this](std::uint32_t rva) {
    return !Index::to(index_.calls, rva).empty() && functions_.is_start(rva);
  };
  return knowledge;
}

/// What `function` stores behind its arguments, as far as one look at it and at its funclets tells. Funclets have
/// funclets: how many may hang on each other is a property of the code (Summary::height), so that the answer does not
/// depend on who asks first, and what was answered on the way, when one hangs on itself or on too many, is not kept.
const ArgumentEffects& Engine::stores_of(std::uint32_t function) {
  static const ArgumentEffects nothing_known;
  if (const auto known = stores_of_.find(function); known != stores_of_.end()) {
    highest_ = std::max(highest_, known->second.height);
    return known->second.effects;
  }
  if (cut_ == Cut::none && std::find(asked_.begin(), asked_.end(), function) != asked_.end()) cut_ = Cut::cycle;
  if (cut_ == Cut::none && asked_.size() >= Budget::kMostNested) cut_ = Cut::too_deep;
  if (cut_ != Cut::none) return nothing_known;
  asked_.push_back(function);
  const unsigned before = std::exchange(highest_, 0U);
  Summary summary;
  summary.effects = look_at_stores(function);
  summary.height = highest_ + 1;
  asked_.pop_back();
  // All on the way to a cycle hang on it without end; of a long chain only the first is known to hang on too many.
  const bool kept = cut_ != Cut::too_deep || asked_.empty();
  if (cut_ != Cut::none || summary.height > Budget::kMostNested) {
    summary = {{}, Budget::kMostNested};
    summary.effects.too_deep = true;
  }
  if (asked_.empty()) cut_ = Cut::none;
  highest_ = std::max(before, summary.height);
  if (!kept) return nothing_known;
  return stores_of_.emplace(function, std::move(summary)).first->second.effects;
}

ArgumentEffects Engine::look_at_stores(std::uint32_t function) {
  const std::vector<CodeRange> ranges = functions_.ranges_of(function);
  const auto scopes = functions_.scopes_of(function);
  if (ranges.empty() || !functions_.is_start(function)) return {};
  FunctionSummary flow;
  flow.given_up = !affordable(ranges, scopes.size());
  if (!flow.given_up) {
    const LiftedFunction lifted = lift_function(image_, decoder_, ranges, scopes);
    flow = interpret_function(image_, imports_, lifted, values_, abi_, budget_, stack_knowledge());
  }
  if (flow.given_up) {
    if (cut_ == Cut::none) given_up_.insert(function);
    return {};
  }
  return effects_of(std::move(flow));
}

/// A function may store to one place on several paths, and to more places than are kept.
ArgumentEffects Engine::effects_of(FunctionSummary flow) {
  ArgumentEffects effects;
  effects.known = true;
  effects.escaped_arguments = std::move(flow.escaped_arguments);
  effects.left = std::move(flow.left);
  std::sort(effects.left.begin(), effects.left.end(), [](const FieldSlot& a, const FieldSlot& b) {
    return std::pair(a.pointer, a.offset) < std::pair(b.pointer, b.offset);
  });
  budget_.spend(flow.argument_stores.size());
  std::map<std::tuple<Location, std::int64_t, std::uint32_t>, std::size_t> places;
  for (const ArgumentStore& store : flow.argument_stores) {
    const auto known = places.find({store.pointer, store.offset, store.width});
    if (known != places.end()) {
      ValueId& value = effects.stores[known->second].value;
      value = values_.join(value, store.value);
    } else if (effects.stores.size() < Budget::kMostPlaces) {
      places.emplace(std::tuple(store.pointer, store.offset, store.width), effects.stores.size());
      effects.stores.push_back(store);
    } else {
      // From here on anything may be written.
      escape_argument(effects.escaped_arguments, {store.pointer, store.offset});
    }
  }
  return effects;
}

/// Objects of the image whose address goes into a call: whoever wants to know their contents must look there.
void Engine::note_objects_passed(SiteId id) {
  const CallSite& site = sites_[id];
  if (site.target == 0) return;
  budget_.spend(steps_for(site.state));
  for (const Location where : carriers_of(abi_)) {
    const Atom* atom = values_.only(value_at(site, where, abi_.word, values_, abi_));
    if (atom == nullptr) continue;
    const auto listed = [this](const Atom* passed) {
      return passed != nullptr && passed->kind == AtomKind::import &&
             imports_[static_cast<std::size_t>(passed->a)].row >= 0;
    };
    if (listed(atom)) schedule(site.target);
    if (atom->kind == AtomKind::frame) {
      // A table of functions that was filled in here.
      const auto begin = static_cast<std::int64_t>(atom->a);
      const auto& frame = site.state.frame;
      if (std::any_of(frame.begin(), frame.end(),
                      [&](const FrameSlot& slot) { return slot.offset >= begin && listed(values_.only(slot.value)); }))
        schedule(site.target);
    }
    if (atom->kind != AtomKind::image || atom->strided) continue;
    const auto object = static_cast<std::uint32_t>(atom->a);
    passed_to_[object].push_back(site.target);
    if (watched_.contains(object)) schedule(site.target);
  }
}

/// The callee stores behind a pointer that it got: when that is an object of the image, the store is one to the image.
void Engine::take_argument_stores(const CallSite& site, std::uint32_t callee) {
  const auto summary = summaries_.find(callee);
  if (summary == summaries_.end() || !site.reached) return;
  if (!budget_.spend(summary->second.argument_stores.size())) return;
  std::vector<GlobalStore> stores;
  for (const ArgumentStore& store : std::vector<ArgumentStore>(summary->second.argument_stores)) {
    const ValueId pointer = value_at(site, store.pointer, abi_.word, values_, abi_);
    for (const Atom& atom : std::vector<Atom>(values_.atoms(pointer).begin(), values_.atoms(pointer).end())) {
      if (atom.kind != AtomKind::image || atom.strided) continue;
      GlobalStore direct;
      direct.rva = static_cast<std::uint32_t>(atom.a + static_cast<std::uint64_t>(store.offset));
      direct.width = store.width;
      direct.value = substitute(site, store.value, store.width);
      direct.function = site.function;
      direct.site = store.site;
      stores.push_back(direct);
    }
  }
  take_stores(stores);
}

/// Replaces what calls of this function returned by what their callees return, as far as those are known.
ValueId Engine::with_returned(const CallSite& site, ValueId value) {
  const std::vector<Atom> atoms(values_.atoms(value).begin(), values_.atoms(value).end());
  if (std::none_of(atoms.begin(), atoms.end(), [](const Atom& atom) { return atom.kind == AtomKind::returned; }))
    return value;
  ValueId result = values_.unknown(values_.flags(value));
  for (const Atom& atom : atoms) {
    ValueId part = values_.single(atom);
    if (atom.kind == AtomKind::returned) {
      part = values_.unknown(kTopReturned);
      const auto call = site_at_.find({site.function, static_cast<std::uint32_t>(atom.a)});
      if (call != site_at_.end()) {
        const CallSite& inner = sites_[call->second];
        const auto summary = summaries_.find(inner.target);
        if (summary == summaries_.end()) {
          schedule(inner.target);
        } else if (summary->second.returns != kBottom) {
          part = values_.masked(substitute(inner, summary->second.returns, 4), atom.and_mask, atom.or_mask);
        }
      }
    }
    result = values_.join(result, part);
  }
  return result;
}

/// Everything that stands between a value and its constants: returns of callees, then memory.
Resolution Engine::resolve(const CallSite& site, ValueId value, EntryId entry) {
  for (const Atom& atom : values_.atoms(value)) {
    if (atom.kind != AtomKind::returned) continue;
    const auto call = site_at_.find({site.function, static_cast<std::uint32_t>(atom.a)});
    if (call == site_at_.end()) continue;
    const auto self = site_at_.find({site.function, site.rva});
    if (self != site_at_.end()) return_readers_[sites_[call->second].target].emplace(self->second, entry);
  }
  return globals_.resolve(with_returned(site, value));
}

/// A call through a pointer turns out to go to what `pointer` may be. That may tell of stores, which may tell of more
/// calls: those that lie too deep wait until this one is done.
void Engine::target_found(SiteId id, ValueId pointer) {
  constexpr std::uint64_t kStepsOfTarget = 20;
  if (!budget_.spend(kStepsOfTarget)) return;
  if (nested_targets_ >= Budget::kMostNested) {
    found_later_.emplace_back(id, pointer);
    return;
  }
  ++nested_targets_;
  add_targets(id, pointer);
  --nested_targets_;
}

void Engine::add_targets(SiteId id, ValueId pointer) {
  const Resolution found = globals_.resolve(pointer);
  for (const std::uint32_t global : found.asked) pointer_readers_[global].insert(id);
  if (values_.flags(found.value) != 0 && !surely_kmdf(pointer) && unsure_callee_.insert(id).second) {
    if (const auto paired = entries_of_site_.find(id); paired != entries_of_site_.end()) {
      for (const EntryId entry : paired->second) enqueue(id, entry);  // as sure, until now
    }
  }
  for (const Atom& atom : std::vector<Atom>(values_.atoms(found.value).begin(), values_.atoms(found.value).end())) {
    int import = atom.kind == AtomKind::import ? static_cast<int>(atom.a) : -1;
    std::uint32_t function = 0;
    if (atom.kind == AtomKind::image && !atom.strided) {
      const Callee callee = resolve_thunk(image_, imports_, static_cast<std::uint32_t>(atom.a));
      import = callee.import;
      function = callee.target;
    }
    if (import >= 0) {
      const int row = imports_[static_cast<std::size_t>(import)].row;
      if (row >= 0 && targets_.emplace(id, std::uint64_t{1} << 32 | static_cast<std::uint32_t>(row)).second)
        enqueue(id, row_entry(row));
      if (row < 0) targets_.emplace(id, std::uint64_t{2} << 32 | static_cast<std::uint32_t>(import));
    } else if (function != 0 && targets_.emplace(id, function).second) {
      sites_of_target_[function].push_back(id);
      for (const EntryId entry : entries_of_function_[function]) enqueue(id, entry);
      take_argument_stores(sites_[id], function);
      resolve_passed_pointers(sites_[id], function);
    }
  }
}

/// The callee calls something that it got from us: an argument, or a field behind one.
void Engine::resolve_passed_pointers(const CallSite& site, std::uint32_t callee) {
  const auto found = passed_pointers_.find(callee);
  if (found == passed_pointers_.end() || !budget_.spend(found->second.size())) return;
  for (const auto& [id, atom] : std::vector<std::pair<SiteId, Atom>>(found->second)) {
    const ValueId passed = value_at(site, atom.where, abi_.word, values_, abi_);
    if (atom.kind == AtomKind::initial) {
      target_found(id, passed);
    } else {
      target_found(id, field_behind(site, passed, static_cast<std::int64_t>(atom.a), abi_.word));
    }
  }
}

/// Finds out what a site calls, as far as that is known now.
void Engine::register_site(SiteId id) {
  const CallSite& site = sites_[id];
  if (site.import >= 0) {
    target_found(id, values_.import_pointer(static_cast<std::uint32_t>(site.import)));
    return;
  }
  if (site.target != 0) {
    target_found(id, values_.image_address(site.target));
    return;
  }
  const std::vector<Atom> atoms(values_.atoms(site.pointer).begin(), values_.atoms(site.pointer).end());
  for (const Atom& atom : atoms) {
    const int row = kmdf_row(atom);
    if (row >= 0 && targets_.emplace(id, std::uint64_t{1} << 32 | static_cast<std::uint32_t>(row)).second)
      enqueue(id, row_entry(row));
    // A call of an argument: worth asking the callers only when something like a tag goes along.
    const bool passed = (atom.kind == AtomKind::initial && atom.a == 0) || atom.kind == AtomKind::field;
    if (!passed || !passes_tag(site, atom.kind == AtomKind::initial)) continue;
    if (passed_known_.emplace(id, atom).second) passed_pointers_[site.function].emplace_back(id, atom);
    schedule_callers(site.function);
    for (const SiteId caller : std::vector<SiteId>(sites_of_target_[site.function]))
      resolve_passed_pointers(sites_[caller], site.function);
  }
  target_found(id, site.pointer);
}

/// Does some argument hold a number that looks like a tag, or another argument of our own?
bool Engine::passes_tag(const CallSite& site, bool or_argument) {
  const std::vector<Location> carriers = carriers_of(abi_);
  return std::any_of(carriers.begin(), carriers.end(), [&](Location where) {
    const auto atoms = values_.atoms(value_at(site, where, abi_.word, values_, abi_));
    return std::any_of(atoms.begin(), atoms.end(), [or_argument](const Atom& atom) {
      if (or_argument && atom.kind == AtomKind::initial && atom.a == 0) return true;
      return atom.kind == AtomKind::constant && atom.a <= 0xFFFFFFFFU &&
             tagdb::PoolTag(static_cast<std::uint32_t>(atom.a)).chosen();
    });
  });
}

}  // namespace scanner::trace
