#include "scanner/trace/solve/call_results.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace scanner::trace {
namespace {

bool is_returned(const Atom& atom) { return atom.kind == AtomKind::returned; }

/// Does it depend on who calls the function?
bool depends_on_caller(const Atom& atom) { return atom.kind == AtomKind::initial || atom.is_behind_argument(); }

}  // namespace

ValueId CallResults::resolve(std::uint32_t function, ValueId value, const std::optional<MatchCall>& asker) {
  Question question;
  question.asker = asker;
  return with_returned(function, value, question, 0);
}

ValueId CallResults::with_returned(std::uint32_t function, ValueId value, Question& question, unsigned depth) {
  if (std::ranges::none_of(values_.atoms(value), is_returned)) return value;
  return values_.map_join(value, [&](const Atom& atom) {
    return is_returned(atom) ? returned_by(function, atom, question, depth) : values_.single(atom);
  });
}

/// What callees return may be what they were returned, and what they were passed may be, too: so far and no further.
ValueId CallResults::returned_by(std::uint32_t function, const Atom& returned, Question& question, unsigned depth) {
  constexpr unsigned kMostNested = 4;
  const auto call = solution_.site_at(function, returned.rva());
  if (!call || depth >= kMostNested) return values_.unknown(kTopReturned);
  const CallSite& site = solution_.sites[*call];
  if (site.import >= 0) return values_.unknown(kTopReturned);
  if (depth == 0) question.open = false;
  ValueId here = site.target != 0 ? of_callee(*call, site.target, returned, question, depth)
                                  : of_targets(*call, returned, question, depth);
  if (depth == 0 && question.open && asks_for_more(question, site)) here = values_.with_flags(here, kAssumesArgument);
  if (depth == 0 && question.asker) here = left_of(solution_.sites[question.asker->site], returned, here);
  return values_.masked_like(here, returned);
}

/// Those of the numbers that comparisons left before `site`.
ValueId CallResults::left_of(const CallSite& site, const Atom& returned, ValueId numbers) {
  Atom plain = returned.masked_as(Atom{});
  plain.assumes = 0;
  const ValueId compared = values_.single(plain);
  const auto excluded = [&](const Atom& number) {
    return number.is_constant() && std::ranges::any_of(site.state.narrowings, [&](const Narrowing& known) {
             return known.kind == Narrowing::Kind::bounded && known.value == compared && !known.bound.holds(number.a);
           });
  };
  if (site.state.narrowings.empty() || std::ranges::none_of(values_.atoms(numbers), excluded)) return numbers;
  std::vector<Atom> left;
  std::ranges::remove_copy_if(values_.atoms(numbers), std::back_inserter(left), excluded);
  return left.empty() ? numbers : values_.make(left, values_.flags(numbers));
}

/// Must more hold of the arguments for the question to be asked than for the call to be made?
bool CallResults::asks_for_more(const Question& question, const CallSite& call) const {
  return question.asker &&
         !std::ranges::includes(call.state.constraints, solution_.sites[question.asker->site].state.constraints);
}

/// What `returned` names of the two registers of a result, in terms of the callee.
ValueId CallResults::part_returned(const FunctionSummary& callee, const Atom& returned) {
  const unsigned word = program_.abi.word;
  const ValueId whole = returned.in_second_result(word) ? callee.returns_second : callee.returns;
  return static_cast<unsigned>(returned.offset) % word == 0 ? values_.low_half(whole) : values_.high_half(whole);
}

ValueId CallResults::of_callee(SiteId call, std::uint32_t callee, const Atom& returned, Question& question,
                               unsigned depth) {
  constexpr std::uint64_t kSteps = 10;
  if (question.results_left == 0) return values_.unknown(kTopReturned);
  --question.results_left;
  program_.budget.spend(kSteps);
  if (question.asker) context_.dependencies.add({FactKind::returned, callee}, *question.asker);
  const auto summary = solution_.summaries.find(callee);
  if (summary == solution_.summaries.end()) discovery_.analyse(callee);
  if (summary == solution_.summaries.end()) return values_.unknown(kTopReturned);
  const ValueId returns = part_returned(summary->second, returned);
  // What it returns in the second register may be what its own callee left there.
  const bool left = returned.in_second_result(program_.abi.word) && (values_.flags(returns) & kTopClobbered) != 0;
  if (left && question.asker) context_.ask_callees_of(callee);
  if (returns == kBottom) return values_.unknown(kTopReturned);
  if ((values_.flags(returns) & kTopReturned) != 0) context_.follow_pointers_in(callee);
  const CallSite& site = solution_.sites[call];
  const ValueId result = with_returned(callee, returns, question, depth + 1);
  const ValueId passed = in_terms_of_caller(program_, site, result, 4);
  const ValueId here = with_returned(site.function, passed, question, depth + 1);
  // One of several numbers may be told by what this call passes.
  const Atom* only = values_.only(here);
  const bool known = only != nullptr && only->is_constant();
  const ValueId number = known || returned.offset != 0 ? kBottom : evaluations_.returned_to(site);
  if (number != kBottom) return number;
  const Atom* one = values_.only(returns);
  const bool bits = one != nullptr && (one->kind == AtomKind::multiple || one->masked());
  const bool chooses = (values_.atoms(returns).size() > 1 || bits) && returned.offset == 0;
  const ValueId some = chooses ? evaluations_.possible(site) : kBottom;
  return some != kBottom ? some : here;
}

/// What the functions return that a call through a pointer is known to reach.
ValueId CallResults::of_targets(SiteId call, const Atom& returned, Question& question, unsigned depth) {
  ask_for_targets(call, question);
  ValueId result = kBottom;
  std::size_t targets = 0;
  for (auto it = solution_.targets.lower_bound({call, Target{}});
       it != solution_.targets.end() && it->first.first == call; ++it) {
    const auto& [at, assumed] = *it;
    const Target& target = at.second;
    const bool counts = target.kind == Target::Kind::function && ++targets <= policy::kMostTargets;
    const ValueId one =
        counts ? of_callee(call, target.number, returned, question, depth) : values_.unknown(kTopReturned);
    result = values_.join(result, values_.with_flags(one, assumed));
  }
  if (targets == 1 && !solution_.open_callee.contains(call) && !solution_.unsure_callee.contains(call)) return result;
  question.open = question.open || solution_.open_callee.contains(call);
  // What the callers pass may be meant for another of the functions.
  const ValueId some =
      values_.map_join(result == kBottom ? values_.unknown(kTopReturned) : result, [&](const Atom& atom) {
        const ValueId single = values_.single(atom);
        return depends_on_caller(atom) ? values_.with_flags(single, kAssumesPointer) : single;
      });
  return values_.with_flags(some, kTopReturned);
}

/// From now on it is worth a search which functions the call reaches.
void CallResults::ask_for_targets(SiteId call, const Question& question) {
  if (question.asker) context_.dependencies.add({FactKind::targets, call}, *question.asker);
  if (context_.results_wanted.insert(call).second) context_.worklist.add(FindTargets{call});
}

}  // namespace scanner::trace
