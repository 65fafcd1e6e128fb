#include "scanner/trace/solve/conditions.hpp"

#include <algorithm>
#include <span>

#include "scanner/trace/domain/state_join.hpp"

namespace scanner::trace {
namespace {

/// An argument of the calling function, as it is.
bool is_argument(const Atom* atom) {
  return atom != nullptr && atom->kind == AtomKind::initial && atom->a == 0 && atom->offset == 0 && atom->or_mask == 0;
}

}  // namespace

Conditions::Meets Conditions::meets(ValueId value, std::uint64_t number, bool equal) const {
  const auto atoms = values_.atoms(value);
  bool yes = false, no = false, unknown = (values_.flags(value) & kTopMask) != 0 || atoms.empty();
  for (const Atom& atom : atoms) {
    const bool address = atom.kind == AtomKind::image || atom.kind == AtomKind::frame || atom.kind == AtomKind::import;
    if (atom.kind != AtomKind::constant && !(address && number == 0)) {
      unknown = true;
      continue;
    }
    const bool same = atom.kind == AtomKind::constant && atom.a == number;  // an address is not 0
    (same == equal ? yes : no) = true;
  }
  // What rests on an assumption rules nothing out: a local that a callee may have filled need not be the 0 it was.
  const bool assumed = (values_.flags(value) & kAssumedMask) != 0;
  if (unknown || (assumed && !yes)) return Meets::maybe;
  return !yes ? Meets::none : no ? Meets::some : Meets::all;
}

Conditions::Meets Conditions::meets(const CallSite& site, const Constraint& constraint) {
  return meets(value_at(program_, site, constraint.where, constraint.width), constraint.value, constraint.equal);
}

/// The argument that decides whether the row applies.
ValueId Conditions::condition_of(const CallSite& site, const tagdb::ApiRow& row) {
  return values_.resize(argument_at(program_, site, row.condition_argument), 4, false);
}

bool Conditions::row_applies(const CallSite& site, const tagdb::ApiRow& row, SinkCall& call, ForCallers& callers) {
  if (row.condition_argument < 0) return true;
  const ValueId condition = condition_of(site, row);
  const Atom* atom = values_.only(condition);
  if (is_argument(atom) && !atom->strided()) {
    callers.constraints.push_back({atom->where, static_cast<std::uint32_t>(row.condition_value), true, 4});
    return true;
  }
  call.flags |= values_.flags(condition) & kAssumedMask;
  const Meets met = meets(condition, row.condition_value, true);
  call.some_values = call.some_values || met == Meets::some;
  if (met == Meets::maybe) call.flags |= kAssumesArgument;
  return met != Meets::none;
}

bool Conditions::edge_applies(const CallSite& site, const TagSink& sink, SinkCall& call, ForCallers& callers) {
  for (std::size_t i = 0; i < sink.edges.size(); ++i) {
    EdgeAnswer answer = try_edge(site, sink.edges[i]);
    if (!answer.possible) continue;
    call.edge = i;
    call.some_values = answer.some;
    call.flags |= answer.assumptions;
    callers.callees = std::move(answer.callers.callees);
    const auto& handed = answer.callers.constraints;
    callers.constraints.insert(callers.constraints.end(), handed.begin(), handed.end());
    return true;
  }
  return false;
}

Conditions::EdgeAnswer Conditions::try_edge(const CallSite& site, const SinkEdge& edge) {
  EdgeAnswer answer;
  for (const Constraint& constraint : edge.constraints) try_constraint(site, constraint, answer);
  for (const PassedCallee& callee : edge.callees) {
    const Answer passed = passes(site, callee, answer.callers.callees);
    answer.possible = answer.possible && passed != Answer::no;
    answer.some = answer.some || passed == Answer::some;
    if (passed == Answer::maybe) answer.assumptions |= kAssumesPointer;
  }
  return answer;
}

Conditions::Allowed Conditions::allows(const CallSite& site, const std::vector<Constraint>& constraints, bool several) {
  EdgeAnswer answer;
  Allowed allowed;
  for (const Constraint& constraint : constraints) {
    try_constraint(site, constraint, answer);
    allowed.certain = allowed.certain && meets(site, constraint) == Meets::all;
  }
  allowed.possible = answer.possible;
  allowed.assumed = answer.assumptions | (answer.some && several ? std::uint32_t{kAssumesArgument} : 0U);
  return allowed;
}

void Conditions::try_constraint(const CallSite& site, const Constraint& constraint, EdgeAnswer& answer) {
  const ValueId passed = value_at(program_, site, constraint.where, constraint.width);
  if (const Atom* atom = values_.only(passed); is_argument(atom)) {
    answer.callers.constraints.push_back({atom->where, constraint.value, constraint.equal, constraint.width});
    return;
  }
  const Meets met = meets(passed, constraint.value, constraint.equal);
  answer.possible = answer.possible && met != Meets::none;
  answer.some = answer.some || met == Meets::some;
  // That an unknown number is not a certain one is no assumption worth a word.
  const bool assumed = met == Meets::maybe || (values_.flags(passed) & kAssumedMask) != 0;
  if (constraint.equal && assumed) answer.assumptions |= kAssumesArgument;
}

// --- functions that are passed as arguments -----------------------------

const Atom* passed_pointer(const Program& program, const CallSite& site) {
  if (site.import >= 0 || site.target != 0) return nullptr;
  const Atom* atom = program.values.only(site.pointer);
  if (atom == nullptr || atom->offset != 0 || (atom->strided() && atom->kind != AtomKind::field)) return nullptr;
  const bool passed = (atom->kind == AtomKind::initial && atom->a == 0) || atom->is_behind_argument();
  return passed && !atom->masked() ? atom : nullptr;
}

bool Conditions::is_callee(const Atom& atom, const PassedCallee& callee) const {
  Callee target;
  if (atom.kind == AtomKind::import) target.import = static_cast<int>(atom.a);
  if (atom.is_image_address()) target = program_.callee_at(static_cast<std::uint32_t>(atom.a));
  if (callee.row < 0) return target.import < 0 && target.target == callee.function;
  return target.import >= 0 && program_.row_of_import(target.import) == callee.row;
}

/// Does this call pass the function that is to be called? What the callers of the calling function decide is handed up.
Conditions::Answer Conditions::passes(const CallSite& site, const PassedCallee& callee,
                                      std::vector<PassedCallee>& callers) {
  constexpr std::uint64_t kSteps = 50;
  program_.budget.spend(kSteps);
  const ValueId passed = in_terms_of_caller(program_, site, values_.single(callee.pointer), program_.abi.word);
  const ValueId value = program_.globals.resolve(passed).value;
  const auto atoms = values_.atoms(value);
  bool found = false, unknown = values_.flags(value) != 0, other = unknown;
  for (const Atom& atom : atoms) {
    if (atom.is_initial() || atom.is_behind_argument()) {
      if (atoms.size() == 1 && !other) {
        PassedCallee up = callee;
        up.pointer = atom;
        callers.push_back(up);
        return Answer::yes;
      }
      other = unknown = true;
      continue;
    }
    const bool same = is_callee(atom, callee);
    const bool null = atom.kind == AtomKind::constant && atom.a == 0;
    found = found || same;
    other = other || (!same && !null);
  }
  // Nothing but other functions: it is not called. Something unknown: it may be.
  if (!found) return unknown || atoms.empty() ? Answer::maybe : Answer::no;
  return unknown ? Answer::maybe : other ? Answer::some : Answer::yes;
}

// --- path by path -------------------------------------------------------

/// Could a call that is made on this path be one of the sink?
bool Conditions::may_call(const CallSite& path, const TagSink& sink) const {
  if (path.import >= 0) return sink.listed() && program_.row_of_import(path.import) == sink.row;
  if (path.target != 0) return sink.function == path.target || program_.imports.own(path.target) >= 0;
  return true;
}

/// … and does a condition allow that it does what the sink stands for?
bool Conditions::may_apply(const CallSite& path, const TagSink& sink) {
  if (!may_call(path, sink)) return false;
  const tagdb::ApiRow& row = program_.row(sink.row);
  if (sink.listed())
    return row.condition_argument < 0 || meets(condition_of(path, row), row.condition_value, true) != Meets::none;
  return std::ranges::any_of(sink.edges, [&](const SinkEdge& edge) { return !meets_none(path, edge); });
}

/// Is there a condition of the edge that this call meets with some values of an argument and not with others?
bool Conditions::meets_some(const CallSite& site, const SinkEdge& edge) {
  std::vector<PassedCallee> callers;
  const auto some = [&](const Constraint& constraint) { return meets(site, constraint) == Meets::some; };
  const auto one_of = [&](const PassedCallee& callee) { return passes(site, callee, callers) == Answer::some; };
  return std::ranges::any_of(edge.constraints, some) || std::ranges::any_of(edge.callees, one_of);
}

/// … that it does not meet?
bool Conditions::meets_none(const CallSite& site, const SinkEdge& edge) {
  std::vector<PassedCallee> callers;
  const auto none = [&](const Constraint& constraint) { return meets(site, constraint) == Meets::none; };
  const auto other = [&](const PassedCallee& callee) { return passes(site, callee, callers) == Answer::no; };
  return std::ranges::any_of(edge.constraints, none) || std::ranges::any_of(edge.callees, other);
}

/// Does it make a difference which path leads to the call?
bool Conditions::depends_on_path(const CallSite& site, const TagSink& sink) {
  constexpr std::size_t kMostCallees = 4;
  if (site.import < 0 && site.target == 0) {
    const auto atoms = values_.atoms(site.pointer);
    const auto callee = [](const Atom& atom) { return atom.kind == AtomKind::import || atom.is_image_address(); };
    if (atoms.size() > 1 && atoms.size() <= kMostCallees && std::ranges::all_of(atoms, callee)) return true;
  }
  const tagdb::ApiRow& row = program_.row(sink.row);
  if (sink.listed())
    return row.condition_argument >= 0 && meets(condition_of(site, row), row.condition_value, true) == Meets::some;
  return std::ranges::any_of(sink.edges, [&](const SinkEdge& edge) { return meets_some(site, edge); });
}

std::vector<CallSite> Conditions::interpret_again(
    SiteId id, const std::function<void(CalleeKnowledge&, const LiftedFunction&)>& ask) {
  const std::uint32_t function = solution_.sites[id].function;
  const std::vector<CodeRange> ranges = program_.functions.ranges_of(function);
  const auto scopes = program_.functions.scopes_of(function);
  if (ranges.empty() || !program_.affordable(ranges, scopes.size())) return {};
  const LiftedFunction lifted = program_.lift(ranges, scopes);
  CalleeKnowledge knowledge = summaries_.of_stack();
  knowledge.entered = solution_.entry_of(function);
  ask(knowledge, lifted);
  std::vector<CallSite> ways = summaries_.interpret(lifted, knowledge).ways;
  std::uint64_t bytes = 0;
  for (const CallSite& way : ways) bytes += sizeof(CallSite) + way.state.frame.size() * sizeof(FrameSlot);
  if (!program_.budget.keep(bytes)) ways.clear();
  return ways;
}

std::optional<CallSite> Conditions::when_entered(SiteId id, const State& entry) {
  const CallSite& site = solution_.sites[id];
  std::optional<FunctionSummary> summary = summaries_.entered(site.function, entry);
  if (!summary) return std::nullopt;
  const auto call = std::ranges::find(summary->calls, site.rva, &CallSite::rva);
  return call != summary->calls.end() ? std::optional(std::move(*call)) : std::nullopt;
}

const std::vector<CallSite>& Conditions::paths_into(SiteId id) {
  const auto [at, fresh] = paths_.try_emplace(id);
  if (!fresh) return at->second;
  const std::uint32_t rva = solution_.sites[id].rva;
  at->second =
      interpret_again(id, [rva](CalleeKnowledge& knowledge, const LiftedFunction&) { knowledge.ways_into = rva; });
  return at->second;
}

const CallSite* Conditions::on_ways_to(SiteId id) {
  constexpr unsigned kMostAsked = 8;  // of one function, which is interpreted for each
  const auto [at, fresh] = apart_.try_emplace(id);
  if (fresh && ++asked_apart_[solution_.sites[id].function] <= kMostAsked) {
    const std::uint32_t rva = solution_.sites[id].rva;
    at->second = interpret_again(id, [rva](CalleeKnowledge& knowledge, const LiftedFunction& function) {
      knowledge.apart_at = rva;
      // What is tested may be what an import returned.
      for (const Instruction& instruction : function.instructions) {
        const auto ops = std::span(function.ops).subspan(instruction.first_op, instruction.op_count);
        const bool calls = std::ranges::any_of(ops, [](const Op& op) { return op.kind == OpKind::call; });
        if (calls) knowledge.results_of.push_back(instruction.rva);
      }
    });
  }
  return at->second.size() == 1 ? &at->second.front() : nullptr;
}

std::optional<CallSite> Conditions::on_paths_to(SiteId id, const TagSink& sink, SinkCall& call) {
  const CallSite& site = solution_.sites[id];
  if (!site.reached || !depends_on_path(site, sink)) return std::nullopt;
  const std::vector<CallSite>& paths = paths_into(id);
  std::optional<CallSite> joined;
  bool others = false, certain = true;
  for (const CallSite& path : paths) {
    if (!may_apply(path, sink)) {
      others = true;
      continue;
    }
    certain = certain && (path.import >= 0 || path.target != 0);
    if (!joined) {
      joined = path;
    } else {
      join_states(joined->state, path.state, JoinKind::forward, values_, program_.abi);
    }
  }
  call.on_no_path = !joined && !paths.empty();
  if (!joined || !others) return std::nullopt;
  joined->reached = true;
  call.path_divided = certain;
  return joined;
}

}  // namespace scanner::trace
