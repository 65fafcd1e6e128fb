#include "scanner/trace/solve/discovery.hpp"

#include <algorithm>

#include "scanner/trace/domain/state_cost.hpp"

namespace scanner::trace {

void Discovery::start() {
  for (const Reference& reference : program_.index.slots) {
    bool thunk = false;
    for (const std::uint32_t start : program_.machine.thunk_starts(reference)) {
      if (program_.callee_at(start).import < 0) continue;
      analyse_callers(start);
      thunk = thunk || program_.functions.containing(start) == start;
    }
    if (!thunk) analyse(program_.functions.containing(reference.site));
  }
  for (const auto& [function, number] : program_.imports.own()) {
    analyse_callers(function);
    track_pointers_to(function);
  }
  const Leads leads = context_.models.leads();
  for (const std::uint32_t global : leads.globals) track_global(global);
  for (const std::uint32_t function : leads.functions) analyse(function);
}

void Discovery::analyse(std::uint32_t function) {
  if (function == 0 || solution_.analysed.contains(function)) return;
  context_.worklist.add(AnalyseFunction{function});
  if (!program_.abi.callee_removes && !program_.functions.has_record(function)) analyse_jumpers(function);
}

/// Without .pdata, what only jumps lead to may be a part of the function that jumps.
void Discovery::analyse_jumpers(std::uint32_t function) {
  const auto references = Index::to(program_.index.calls, function);
  if (references.empty() || program_.functions.is_called(function) || !jumpers_asked_.insert(function).second) return;
  for (const Reference& reference : references) {
    if (!program_.budget.spend(1)) return;
    analyse(program_.functions.containing(reference.site));
  }
}

void Discovery::analyse_callers(std::uint32_t function, int hops) {
  constexpr int kMaxThunkHops = 4;
  for (const Reference& reference : Index::to(program_.index.calls, function)) {
    if (!program_.budget.spend(1)) return;
    const std::uint32_t caller = program_.functions.containing(reference.site);
    analyse(caller);
    if (program_.abi.callee_removes) expect_call(caller, program_.machine.transfer_at(reference));
    // `jmp function` that others call is a thunk: its callers are callers.
    const auto thunk = program_.machine.direct_jump_at(reference);
    if (hops < kMaxThunkHops && thunk && *thunk != function) analyse_callers(*thunk, hops + 1);
  }
  for (const std::uint32_t jump : program_.machine.short_jumps_into({function, function + 1}, program_.budget)) {
    const std::uint32_t other = program_.functions.containing(jump);
    if (other == function) continue;
    analyse(other);
    if (program_.abi.callee_removes) expect_call(other, jump);
  }
}

void Discovery::track_global(std::uint32_t global) {
  constexpr std::size_t kMostUsers = 400;
  constexpr unsigned kMostNamed = 16;
  const Fact tracked{FactKind::tracked_global, global};
  if (!context_.dependencies.establish(tracked)) return;
  for (const WorkItem& item : context_.dependencies.of(tracked)) analyse(std::get<AnalyseFunction>(item).function);
  std::vector<std::uint32_t> users = program_.globals.users(global);
  const std::vector<std::uint32_t> wide = program_.globals.wide_stores_over(global);
  users.insert(users.end(), wide.begin(), wide.end());
  if (users.size() > kMostUsers && ++crowded_globals_ <= kMostNamed)
    solution_.problems.push_back("a global with " + std::to_string(users.size()) +
                                 " users was followed to the first 400 only");
  program_.budget.spend(users.size());
  for (std::size_t i = 0; i < users.size() && i < kMostUsers; ++i) analyse(program_.functions.containing(users[i]));
}

void Discovery::track_pointers_to(std::uint32_t function) {
  constexpr std::size_t kMostTakers = 64;
  constexpr std::uint32_t kTableReach = 0x200;
  Globals& globals = program_.globals;
  std::size_t takers = 0;
  for (const Reference& reference : Index::to(program_.index.addresses, function)) {
    if (++takers > kMostTakers) break;
    analyse(program_.functions.containing(reference.site));
  }
  for (const std::uint32_t word : globals.words_holding(function)) {
    if (!program_.budget.spend(1)) return;
    track_global(word);
    if (const std::uint32_t object = globals.object_at(word, kTableReach); object != 0) {
      track_global(object);
      if (!program_.budget.spend(globals.words_holding(object).size())) return;
      for (const std::uint32_t holder : globals.words_holding(object)) track_global(holder);
    }
  }
  const std::set<std::uint32_t>& storing = globals.stored_into(function);
  if (!program_.budget.spend(storing.size())) return;
  for (const std::uint32_t global : storing) track_global(global);
  // Functions that call it may get its address, or keep it behind a pointer of theirs.
  track_global(function);
  for (const WorkItem& item : context_.dependencies.of({FactKind::address_kept, function}))
    analyse_callers(std::get<AnalyseCallers>(item).function);
}

bool Discovery::is_listed(ValueId pointer) const {
  const Atom* atom = program_.values.only(pointer);
  return atom != nullptr && program_.is_listed_import(*atom);
}

void Discovery::note_objects_passed(const CallSite& site) {
  if (site.target == 0) return;
  program_.budget.spend(steps_for(site.state));
  for (const Location where : program_.abi.candidates) {
    const ValueId passed = value_at(program_, site, where, program_.abi.word);
    for (const Atom& atom : program_.values.atoms(passed)) note_object_passed(site, atom);
  }
}

void Discovery::note_object_passed(const CallSite& site, const Atom& object) {
  if (program_.is_listed_import(object)) analyse(site.target);
  if (object.kind == AtomKind::frame) note_tables_in_frame(site, object);
  if (object.is_image_address()) analyse_with(object.rva(), site.target);
}

/// An object in the frame: its functions were filled in here, or it has a pointer to a table of them.
void Discovery::note_tables_in_frame(const CallSite& site, const Atom& object) {
  const auto begin = object.displacement();
  for (const FrameSlot& slot : site.state.frame) {
    if (slot.offset < begin) continue;
    if (is_listed(slot.value)) analyse(site.target);
    const Atom* table = program_.values.only(slot.value);
    const bool near = slot.offset < begin + std::int64_t{policy::kObjectReach};
    if (near && table != nullptr && table->is_image_address() && begins_with_code(table->rva()))
      analyse_with(table->rva(), site.target);
  }
}

/// The function gets the address of the global: it is analysed if, or once, the global is tracked.
void Discovery::analyse_with(std::uint32_t global, std::uint32_t function) {
  const Fact tracked{FactKind::tracked_global, global};
  context_.dependencies.add(tracked, AnalyseFunction{function});
  if (context_.dependencies.established(tracked)) analyse(function);
}

/// Does a pointer to code stand there?
bool Discovery::begins_with_code(std::uint32_t rva) const {
  const auto pointer = program_.image.load(rva, program_.abi.word);
  const auto code = pointer ? program_.image.rva_of_va(*pointer) : std::nullopt;
  const pe::Section* section = code ? program_.image.section_at(*code) : nullptr;
  return section != nullptr && section->executable();
}

void Discovery::analyse_orphans(std::uint32_t function, const FunctionSummary& summary) {
  if (program_.functions.has_record(function)) return;
  for (const OrphanBlock& block : summary.orphans) {
    if (!program_.budget.spend(1)) return;
    orphans_.insert(block.rva);
    if (block.may_be_function || ended_with_.contains(block.rva)) analyse(block.rva);
    if (program_.abi.callee_removes) {
      analyse_owners(block.rva);
    } else {
      // Short jumps are no borders of functions: whether others end with this the stack tells when they do.
      for (const std::uint32_t jump : program_.machine.short_jumps_into({block.rva, block.rva + 1}, program_.budget))
        analyse(program_.functions.containing(jump));
    }
  }
}

void Discovery::note_tail_call(std::uint32_t function, std::uint32_t target) {
  if (program_.functions.has_record(target) || !tail_calls_[function].insert(target).second) return;
  // A part of a function that is taken for one tells nothing: its depth of the stack is another.
  if (!ended_with_.contains(function) && !program_.functions.is_called(function)) return;
  for (std::vector<std::uint32_t> next{target}; !next.empty() && program_.budget.spend(1);) {
    const std::uint32_t last = next.back();
    next.pop_back();
    if (!ended_with_.insert(last).second) continue;
    if (orphans_.contains(last)) analyse(last);
    if (const auto more = tail_calls_.find(last); more != tail_calls_.end())
      next.insert(next.end(), more->second.begin(), more->second.end());
  }
}

/// Whose code it may be, behind the end of another function.
void Discovery::analyse_owners(std::uint32_t rva) {
  for (const std::uint32_t owner : program_.far_blocks.owners_of(rva, program_.budget)) analyse(owner);
}

void Discovery::expect_call(std::uint32_t function, std::uint32_t call) {
  if (!solution_.analysed.contains(function)) {
    expected_[function].push_back(call);
    return;
  }
  const auto site = solution_.site_at(function, call);
  if (!site || !solution_.sites[*site].reached) analyse_owners(call);
}

void Discovery::look_for_expected_calls(std::uint32_t function) {
  const auto expected = expected_.extract(function);
  if (expected.empty()) return;
  for (const std::uint32_t call : expected.mapped()) expect_call(function, call);
}

}  // namespace scanner::trace
