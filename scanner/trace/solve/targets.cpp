#include "scanner/trace/solve/targets.hpp"

#include <algorithm>

namespace scanner::trace {
void CallTargets::find(const FindTargets& item) {
  const CallSite& site = solution_.sites[item.site];
  ValueId pointer = site.pointer;
  if (site.import >= 0) {
    pointer = program_.values.import_pointer(static_cast<std::uint32_t>(site.import));
  } else if (site.target != 0) {
    pointer = program_.values.image_address(site.target);
  } else {
    // Behind a field, perhaps: the functions that are worth it are told apart from others.
    const bool field = (program_.values.flags(site.pointer) & kTopField) != 0;
    if (field && (context_.results_wanted.contains(item.site) || passes_tag(site, false)))
      context_.follow_pointers_in(site.function);
    for (const Atom& atom : program_.values.atoms(site.pointer)) find_behind(item.site, atom);
  }
  context_.worklist.add(AddTargets{item.site, pointer});
}

/// What the pointer stands for beyond what it is known to be: a function of a framework, or whatever callers pass.
void CallTargets::find_behind(SiteId id, const Atom& pointer) {
  const CallSite& site = solution_.sites[id];
  if (const int row = context_.models.row_behind(pointer); row >= 0) add_row(id, row, 0);
  // A call of an argument: worth asking the callers only when something like a tag goes along. What stands behind an
  // argument is called everywhere, mostly with other arguments: that is for those callers to say that are known anyway.
  if (!is_passed(pointer)) return;
  note_open(id);
  const bool worth = worth_asking(id, pointer);
  if (worth || passes_tag(site, true)) call_through(site.function, id, pointer, worth);
}

/// An argument, or what stands behind one.
bool CallTargets::is_passed(const Atom& pointer) {
  return (pointer.kind == AtomKind::initial && pointer.a == 0) || pointer.is_behind_argument();
}

bool CallTargets::worth_asking(SiteId call, const Atom& pointer) {
  return context_.results_wanted.contains(call) || passes_tag(solution_.sites[call], pointer.kind == AtomKind::initial);
}

/// The call goes through what callers of `function` pass, or what stands behind it. `ask`: look for callers.
void CallTargets::call_through(std::uint32_t function, SiteId call, const Atom& pointer, bool ask) {
  context_.dependencies.add({FactKind::call_through, function}, AddTargets{call, program_.values.single(pointer)});
  if (ask) discovery_.analyse_callers(function);
  for (const SiteId caller : context_.callers_of(function)) context_.worklist.add(PassPointers{caller, function});
}

/// Does some argument hold a number that looks like a tag, or another argument of the calling function?
bool CallTargets::passes_tag(const CallSite& site, bool or_argument) {
  return std::ranges::any_of(program_.abi.candidates, [&](Location where) {
    const ValueId passed = value_at(program_, site, where, program_.abi.word);
    return std::ranges::any_of(program_.values.atoms(passed), [or_argument](const Atom& atom) {
      if (or_argument && atom.kind == AtomKind::initial && atom.a == 0) return true;
      return atom.kind == AtomKind::constant && atom.a <= 0xFFFFFFFFU &&
             tagdb::PoolTag(static_cast<std::uint32_t>(atom.a)).chosen();
    });
  });
}

void CallTargets::pass_pointers(const PassPointers& item) {
  const auto& calls = context_.dependencies.of({FactKind::call_through, item.callee});
  if (calls.empty() || !program_.budget.spend(calls.size())) return;
  context_.dependencies.add({FactKind::call_site, item.site}, item);
  for (const WorkItem& call : calls) {
    const auto& [through, pointer] = std::get<AddTargets>(call);
    pass_pointer(item.site, through, program_.values.atoms(pointer).front());
  }
}

/// The call `through` goes through `pointer`, in terms of the function that `id` calls.
void CallTargets::pass_pointer(SiteId id, SiteId through, const Atom& pointer) {
  const CallSite& site = solution_.sites[id];
  ValuePool& values = program_.values;
  ValueId passed = in_terms_of_caller(program_, site, values.single(pointer), program_.abi.word);
  std::uint32_t assumed = site.by_unknown_jump ? std::uint32_t{kAssumesJump} : 0U;
  if (!program_.abi.conventional(pointer.where)) assumed |= kAssumesRegister;
  // What the caller itself passes on was made subject to its own conditions further down.
  const CallSite& call = solution_.sites[through];
  const bool direct = call.function == site.target;
  const bool several = values.atoms(passed).size() > 1;
  Conditions::Allowed allowed;
  allowed.certain = call.state.constraints.empty();
  if (direct) allowed = conditions_.allows(site, call.state.constraints, several);
  if (!allowed.possible) return;
  // Which function is called decides what is returned; a tag that goes along is the same for all callers. But which of
  // several pointers goes with what must hold is not known.
  if (several || context_.results_wanted.contains(through)) assumed |= allowed.assumed;
  note_passed(site, through, passed, allowed.certain);
  passed = values.with_flags(passed, assumed);
  context_.worklist.add(AddTargets{through, passed});
  if (!site.reached || !worth_asking(through, pointer)) return;
  const bool closer = context_.results_wanted.contains(through) || pointer.kind == AtomKind::via_field;
  if (closer && (values.flags(passed) & kMayDependOnCallees) != 0) context_.ask_callees_of(site.function);
  for (const Atom& atom : values.atoms(passed)) {
    if (is_passed(atom)) pass_further(site, through, atom);
  }
}

/// `certain`: where `site` passes the pointer, the call through it is made.
void CallTargets::note_passed(const CallSite& site, SiteId through, ValueId passed, bool certain) {
  PassedTargets& of = solution_.passed_targets[through];
  of.functions.insert(solution_.sites[through].function);
  for (const Atom& atom : program_.values.atoms(passed)) {
    if (is_passed(atom)) of.functions.insert(site.function);
  }
  of.doubtful = of.doubtful || !certain;
  const Atom* only = program_.values.only(passed);
  const auto target = certain && site.reached && only != nullptr ? target_of(*only) : std::nullopt;
  if (target) of.certain.insert(*target);
}

/// The calling function got the pointer from its callers. What must hold for it to pass it on is not asked of them.
void CallTargets::pass_further(const CallSite& site, SiteId through, const Atom& pointer) {
  const auto& known = context_.dependencies.of({FactKind::call_through, site.function});
  const Atom further = pointer.assuming(site.state.constraints.empty() ? 0 : as_assumptions(kAssumesArgument));
  const bool fresh = !known.contains(AddTargets{through, program_.values.single(further)});
  if (fresh && known.size() < policy::kMostCallsThrough) call_through(site.function, through, further, true);
}

void CallTargets::add(const AddTargets& item) {
  constexpr std::uint64_t kSteps = 20;
  if (!program_.budget.spend(kSteps)) return;
  const Resolution found = program_.globals.resolve(item.pointer);
  const bool wanted = context_.results_wanted.contains(item.site);
  for (const std::uint32_t global : found.asked) {
    context_.dependencies.add({FactKind::code_pointer, global}, item);
    if (wanted) discovery_.track_global(global);
  }
  const auto named = [](const Atom& atom) {
    const bool null = atom.is_constant() && atom.a == 0;
    return null || atom.is_image_address() || atom.kind == AtomKind::import;
  };
  if (!found.inflows.empty() || !std::ranges::all_of(program_.values.atoms(found.value), named)) note_open(item.site);
  if (program_.values.flags(found.value) != 0 && !context_.models.surely(item.pointer)) note_unsure(item.site);
  for (const Atom& atom : program_.values.atoms(found.value)) add_target(item.site, atom);
}

/// The call was as sure as its pointer until now.
void CallTargets::note_unsure(SiteId site) {
  if (!solution_.unsure_callee.insert(site).second) return;
  context_.redo_dependents({FactKind::call_site, site});
  context_.redo_dependents({FactKind::targets, site});
}

/// What the call reaches is for callers to say, not all of whom may be known.
void CallTargets::note_open(SiteId site) {
  if (!context_.results_wanted.contains(site) || !solution_.open_callee.insert(site).second) return;
  context_.redo_dependents({FactKind::targets, site});
}

/// What a call through the pointer reaches; nothing when it is no code that is known.
std::optional<Target> CallTargets::target_of(const Atom& atom) {
  int import = atom.kind == AtomKind::import ? static_cast<int>(atom.a) : -1;
  std::uint32_t function = 0;
  if (atom.is_image_address()) {
    const Callee callee = program_.callee_at(static_cast<std::uint32_t>(atom.a));
    import = callee.import;
    function = callee.target;
  }
  if (import < 0) return function != 0 ? std::optional(Target{Target::Kind::function, function}) : std::nullopt;
  const int row = program_.row_of_import(import);
  return row >= 0 ? Target{Target::Kind::row, static_cast<std::uint32_t>(row)}
                  : Target{Target::Kind::unlisted_import, static_cast<std::uint32_t>(import)};
}

void CallTargets::add_target(SiteId site, const Atom& atom) {
  const std::optional<Target> target = target_of(atom);
  if (!target) return;
  const std::uint32_t assumed = assumptions_of(atom), function = target->number;
  if (target->kind == Target::Kind::row) return add_row(site, static_cast<int>(target->number), assumed);
  if (!note_target(site, *target, assumed) || target->kind != Target::Kind::function) return;
  context_.dependencies.add({FactKind::callee, function}, TakeStores{site, function});
  for (const SinkId sink : solution_.sinks_of(function)) context_.match({site, sink});
  context_.worklist.add(TakeStores{site, function});
  context_.worklist.add(PassPointers{site, function});
}

/// True when it is new. One that is reached without an assumption, too, rests on none.
bool CallTargets::note_target(SiteId site, const Target& target, std::uint32_t assumed) {
  const auto [at, fresh] = solution_.targets.emplace(std::pair(site, target), assumed);
  const bool surer = at->second != 0 && assumed == 0;
  if (surer) at->second = 0;
  if (fresh || surer) context_.redo_dependents({FactKind::targets, site});
  return fresh;
}

void CallTargets::add_row(SiteId site, int row, std::uint32_t assumed) {
  if (note_target(site, {Target::Kind::row, static_cast<std::uint32_t>(row)}, assumed))
    context_.match({site, solution_.sink_of_row(row)});
}

}  // namespace scanner::trace
