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
    for (const Atom& atom : program_.values.atoms(site.pointer)) find_behind(item.site, atom);
  }
  context_.worklist.add(AddTargets{item.site, pointer});
}

/// What the pointer stands for beyond what it is known to be: a function of a framework, or whatever callers pass.
void CallTargets::find_behind(SiteId id, const Atom& pointer) {
  const CallSite& site = solution_.sites[id];
  if (const int row = context_.models.row_behind(pointer); row >= 0) add_row(id, row);
  // A call of an argument: worth asking the callers only when something like a tag goes along. What stands behind an
  // argument is called everywhere, mostly with other arguments: that is for those callers to say that are known anyway.
  const bool argument = pointer.kind == AtomKind::initial && pointer.a == 0;
  if (!argument && pointer.kind != AtomKind::field) return;
  const bool worth_asking = passes_tag(site, argument);
  if (!worth_asking && !passes_tag(site, true)) return;
  context_.dependencies.add({FactKind::call_through, site.function}, AddTargets{id, program_.values.single(pointer)});
  if (worth_asking) discovery_.analyse_callers(site.function);
  for (const SiteId caller : context_.callers_of(site.function))
    context_.worklist.add(PassPointers{caller, site.function});
}

/// Does some argument hold a number that looks like a tag, or another argument of the calling function?
bool CallTargets::passes_tag(const CallSite& site, bool or_argument) {
  return std::ranges::any_of(candidate_arguments_of(program_.abi), [&](Location where) {
    const ValueId passed = value_at(program_, site, where, program_.abi.word);
    return std::ranges::any_of(program_.values.atoms(passed), [or_argument](const Atom& atom) {
      if (or_argument && atom.kind == AtomKind::initial && atom.a == 0) return true;
      return atom.kind == AtomKind::constant && atom.a <= 0xFFFFFFFFU &&
             tagdb::PoolTag(static_cast<std::uint32_t>(atom.a)).chosen();
    });
  });
}

void CallTargets::pass_pointers(const PassPointers& item) {
  const CallSite& site = solution_.sites[item.site];
  const auto& calls = context_.dependencies.of({FactKind::call_through, item.callee});
  if (calls.empty() || !program_.budget.spend(calls.size())) return;
  for (const WorkItem& call : calls) {
    const auto& [through, pointer] = std::get<AddTargets>(call);
    const Atom& atom = program_.values.atoms(pointer).front();
    ValueId passed = value_at(program_, site, atom.where, program_.abi.word);
    if (atom.kind == AtomKind::field)
      passed = field_behind(program_, site, passed, atom.displacement(), program_.abi.word, {atom.stride, atom.count});
    context_.worklist.add(AddTargets{through, passed});
  }
}

void CallTargets::add(const AddTargets& item) {
  constexpr std::uint64_t kSteps = 20;
  if (!program_.budget.spend(kSteps)) return;
  const Resolution found = program_.globals.resolve(item.pointer);
  for (const std::uint32_t global : found.asked)
    context_.dependencies.add({FactKind::code_pointer, global}, FindTargets{item.site});
  if (program_.values.flags(found.value) != 0 && !context_.models.surely(item.pointer)) note_unsure(item.site);
  for (const Atom& atom : program_.values.atoms(found.value)) add_target(item.site, atom);
}

/// The call was as sure as its pointer until now.
void CallTargets::note_unsure(SiteId site) {
  if (solution_.unsure_callee.insert(site).second) context_.redo_dependents({FactKind::call_site, site});
}

void CallTargets::add_target(SiteId site, const Atom& atom) {
  int import = atom.kind == AtomKind::import ? static_cast<int>(atom.a) : -1;
  std::uint32_t function = 0;
  if (atom.is_image_address()) {
    const Callee callee = program_.callee_at(static_cast<std::uint32_t>(atom.a));
    import = callee.import;
    function = callee.target;
  }
  if (import >= 0) {
    const int row = program_.row_of_import(import);
    if (row >= 0) {
      add_row(site, row);
    } else {
      solution_.targets.emplace(site, Target{Target::Kind::unlisted_import, static_cast<std::uint32_t>(import)});
    }
    return;
  }
  if (function == 0 || !solution_.targets.emplace(site, Target{Target::Kind::function, function}).second) return;
  context_.dependencies.add({FactKind::callee, function}, TakeStores{site, function});
  for (const SinkId sink : solution_.sinks_of(function)) context_.match({site, sink});
  context_.worklist.add(TakeStores{site, function});
  context_.worklist.add(PassPointers{site, function});
}

void CallTargets::add_row(SiteId site, int row) {
  const Target target{Target::Kind::row, static_cast<std::uint32_t>(row)};
  if (solution_.targets.emplace(site, target).second) context_.match({site, solution_.sink_of_row(row)});
}

}  // namespace scanner::trace
