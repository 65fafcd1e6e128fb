#include "scanner/trace/solve/solver.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "scanner/trace/domain/state_cost.hpp"
#include "scanner/trace/solve/immediates.hpp"

namespace scanner::trace {
namespace {

std::string hex(std::uint32_t rva) {
  std::array<char, 16> out{};
  std::snprintf(out.data(), out.size(), "0x%x", rva);
  return out.data();
}

}  // namespace

Solver::Solver(Program& program)
    : program_(program),
      models_(program),
      context_(program, models_, solution_),
      discovery_(context_),
      summaries_(program, solution_),
      conditions_(program, solution_, summaries_),
      stores_(context_, discovery_),
      targets_(context_, discovery_, conditions_),
      matcher_(context_, discovery_, conditions_, summaries_),
      arguments_(context_, discovery_) {}

Solution Solver::solve() {
  note_damage();
  solution_.notes = models_.missing();
  if (!program_.imports.has_rows()) return std::move(solution_);
  program_.image.for_each_export([this](const pe::Export& exported) {
    if (exported.forwarder.empty()) solution_.exports.insert(exported.rva);
  });
  discovery_.start();
  work_off();
  look_at_arguments();
  note_budget();
  return std::move(solution_);
}

void Solver::work_off() {
  while (!program_.budget.used_up()) {
    const std::optional<WorkItem> item = context_.worklist.next();
    if (!item) break;
    ++program_.budget.work.items;
    do_item(*item);
  }
}

/// Each time that functions are entered with less, they may pass less.
void Solver::look_at_arguments() {
  constexpr unsigned kMostRounds = 3;
  tells_immediates_ = false;
  arguments_.choose();
  while (arguments_.ask()) work_off();
  matcher_.keep_what_was();
  for (unsigned round = 0; round < kMostRounds && arguments_.take(); ++round) {
    work_off();
    arguments_.tell_unlikely();
    work_off();
  }
}

void Solver::do_item(const WorkItem& item) {
  struct Visitor {
    Solver& solver;
    void operator()(const NewFact& of) { solver.context_.redo_dependents(of.fact); }
    void operator()(const AnalyseFunction& of) { solver.analyse(of.function); }
    void operator()(const AnalyseCallers& of) { solver.discovery_.analyse_callers(of.function); }
    void operator()(const MatchCall& of) { solver.matcher_.match(of); }
    void operator()(const FindTargets& of) { solver.targets_.find(of); }
    void operator()(const AddTargets& of) { solver.targets_.add(of); }
    void operator()(const TakeStores& of) { solver.stores_.take_from_callee(of); }
    void operator()(const PassPointers& of) { solver.targets_.pass_pointers(of); }
  };
  std::visit(Visitor{*this}, item);
}

// --- one function -------------------------------------------------------

void Solver::analyse(std::uint32_t function) {
  if (!solution_.analysed.insert(function).second) return;
  const bool thunk = program_.imports.own(function) < 0 && program_.callee_at(function).import >= 0;
  if (thunk) return;  // it is the import itself
  std::optional<FunctionSummary> interpreted = interpret(function);
  if (!interpreted) return;
  FunctionSummary& summary = *interpreted;
  if (summary.given_up) {
    solution_.given_up.insert(function);
    return;
  }
  if (!program_.budget.keep(summary.argument_stores.size() * sizeof(ArgumentStore)))
    solution_.given_up.insert(function);
  for (const std::uint32_t end : summary.ends) program_.globals.add_end(end);
  stores_.take(summary.stores);
  note_addresses_kept(function, summary);
  if (summary.depth_lost != 0) ++solution_.depth_lost[std::string(depth_reason(summary.depth_lost))];
  std::vector<CallSite> calls = std::exchange(summary.calls, {});
  discovery_.analyse_orphans(function, summary);
  summary.stores.clear();
  solution_.summaries[function] = std::move(summary);
  register_calls(function, std::move(calls));
  discovery_.look_for_expected_calls(function);
  context_.worklist.add(NewFact{{FactKind::returned, function}});
  context_.worklist.add(NewFact{{FactKind::callee, function}});
}

/// Lifts and interprets it, again when it turns out to go on elsewhere. Nothing for what is not code.
std::optional<FunctionSummary> Solver::interpret(std::uint32_t function) {
  constexpr int kMaxExtensions = 6;
  constexpr std::size_t kMaxRanges = 64;
  std::vector<CodeRange> ranges = program_.functions.ranges_of(function);
  if (ranges.empty()) return std::nullopt;
  const auto scopes = program_.functions.scopes_of(function);
  FunctionSummary summary;
  for (int round = 0;; ++round) {
    if (!program_.affordable(ranges, scopes.size())) {
      summary = {};
      summary.given_up = true;
    }
    if (summary.given_up) return summary;
    const LiftedFunction lifted = program_.lift(ranges, scopes);
    ++solution_.lifted;
    if (tells_immediates_) note_immediates(lifted, solution_.immediates);
    summary = interpret(lifted);
    if (program_.abi.callee_removes)
      summary.extensions.insert(summary.extensions.end(), lifted.far_cases.begin(), lifted.far_cases.end());
    const bool last = round == kMaxExtensions || summary.extensions.empty() || ranges.size() > kMaxRanges;
    if (last || !extend(function, summary.extensions, ranges)) return summary;
    program_.functions.extend(function, ranges);
  }
}

FunctionSummary Solver::interpret(const LiftedFunction& function) {
  const auto with = [&](CalleeKnowledge knowledge) {
    knowledge.through_pointers = context_.needs_pointers.contains(function.rva);
    knowledge.entered = solution_.entry_of(function.rva);
    return summaries_.interpret(function, knowledge);
  };
  if (context_.needs_callee_summaries.contains(function.rva)) return with(summaries_.of_callees());
  FunctionSummary summary = with(summaries_.of_stack());
  // A tag that stands in a register across a call breaks the convention, unless the callee is known to spare it.
  const auto across_call = [this](const CallSite& site) {
    const int row = site.import >= 0 ? program_.row_of_import(site.import) : -1;
    if (row < 0 || program_.row(row).tag < 0) return false;
    const ValueId tag = value_at(program_, site, tag_location(program_, program_.row(row)), 4);
    return (program_.values.flags(tag) & (kTopClobbered | kAssumesFrame | kAssumesField | kTopUnset)) != 0;
  };
  if (std::ranges::none_of(summary.calls, across_call)) return summary;
  return with(summaries_.of_callees());
}

/// Adds the ranges that hold what the function jumps to; false when all were known.
bool Solver::extend(std::uint32_t function, const std::vector<std::uint32_t>& extensions,
                    std::vector<CodeRange>& ranges) {
  bool grown = false;
  for (const std::uint32_t rva : extensions) {
    if (ranges.size() > Budget::kMostRanges || !program_.budget.spend(ranges.size())) break;
    const CodeRange more = program_.functions.range_at(rva);
    const auto holds = [rva](const CodeRange& range) { return rva >= range.begin && rva < range.end; };
    if (more.begin == more.end || std::ranges::any_of(ranges, holds)) continue;
    if (program_.abi.callee_removes) {
      // Blocks of several functions may stand there, one behind the other.
      const std::vector<CodeRange> parts = program_.far_blocks.parts_from(rva, ranges, program_.budget);
      if (parts.empty()) continue;
      ranges.insert(ranges.end(), parts.begin(), parts.end());
    } else {
      ranges.push_back(more);
      // A part that nothing calls belongs to this function alone; one that is a function of its own is only shared.
      const bool recorded = program_.functions.has_record(more.begin);
      const bool referred = recorded && !Index::to(program_.index.calls, more.begin).empty();
      if (!referred && !program_.functions.is_called(more.begin)) {
        program_.functions.absorb(rva, function);
        context_.worklist.drop(AnalyseFunction{more.begin});
      }
    }
    grown = true;
  }
  return grown;
}

void Solver::note_addresses_kept(std::uint32_t function, const FunctionSummary& summary) {
  for (const ArgumentStore& store : summary.argument_stores) {
    for (const Atom& atom : program_.values.atoms(store.value)) {
      if (atom.kind != AtomKind::image) continue;
      const auto kept = static_cast<std::uint32_t>(atom.a);
      context_.dependencies.add({FactKind::address_kept, kept}, AnalyseCallers{function});
      if (context_.takes_part(kept)) discovery_.analyse_callers(function);
    }
  }
}

void Solver::register_calls(std::uint32_t function, std::vector<CallSite> calls) {
  for (CallSite& call : calls) {
    if (call.tail && call.target != 0) discovery_.note_tail_call(function, call.target);
    if (!program_.budget.keep(sizeof(CallSite) - sizeof(State) + bytes_of(call.state))) {
      solution_.given_up.insert(function);  // only a part of its sites is known
      return;
    }
    if (const auto known = solution_.site_at(function, call.rva)) {
      // Bytes that are read in two ways, of which the entry leads to one only.
      if (solution_.sites[*known].reached && !call.reached) continue;
      solution_.unlikely.erase(*known);
      // Interpreted again with more knowledge: what was concluded is concluded again.
      const bool indirect = call.import < 0 && call.target == 0;
      if (indirect && call.pointer != solution_.sites[*known].pointer) context_.worklist.add(FindTargets{*known});
      solution_.sites[*known] = std::move(call);
      conditions_.forget(*known);
      context_.worklist.add(NewFact{{FactKind::call_site, *known}});
      continue;
    }
    const SiteId site = solution_.add_site(std::move(call));
    discovery_.note_objects_passed(solution_.sites[site]);
    context_.worklist.add(FindTargets{site});
  }
}

// --- what is said of the whole ------------------------------------------

/// What a damaged table holds beyond the damage was not seen.
void Solver::note_damage() {
  if (program_.functions.overlaps() > 0)
    solution_.problems.push_back(std::to_string(program_.functions.overlaps()) + " function ranges overlap in .pdata");
  for (const auto* damage : {&program_.imports.damage(), &program_.functions.damage()}) {
    if (*damage) solution_.problems.push_back((*damage)->message);
  }
  if (const auto damage = program_.machine.damage()) solution_.problems.push_back(damage->message);
}

/// What was too much is said, and nothing that rests on half a search is called sure.
void Solver::note_budget() {
  solution_.budget_used_up = program_.budget.used_up();
  if (solution_.budget_used_up)
    solution_.problems.push_back(
        "the budget for one driver was used up: " + std::to_string(context_.worklist.functions()) +
        " functions and what they call were not looked at");
  if (const auto& given_up = solution_.given_up; !given_up.empty())
    solution_.problems.push_back(std::to_string(given_up.size()) +
                                 (given_up.size() == 1 ? " function was" : " functions were") +
                                 " too costly to follow, the first at RVA " + hex(*given_up.begin()));
  if (matcher_.depth_capped())
    solution_.problems.push_back("wrappers of wrappers were followed for " + std::to_string(SinkMatcher::kMaxDepth) +
                                 " calls only");
  if (solution_.sinks.size() >= SinkMatcher::kMaxSinks)
    solution_.problems.push_back("only the first " + std::to_string(SinkMatcher::kMaxSinks) +
                                 " wrappers were followed");
}

}  // namespace scanner::trace
