// What calls return to the function that makes them, in its own terms. A call through a pointer returns what one of the
// functions returns that it is known to reach: on some path, unless it is known to reach no other.
#pragma once

#include <cstdint>
#include <optional>

#include "scanner/trace/solve/context.hpp"
#include "scanner/trace/solve/discovery.hpp"
#include "scanner/trace/solve/evaluations.hpp"

namespace scanner::trace {

class CallResults {
 public:
  CallResults(SolverContext& context, Discovery& discovery, CalleeSummaries& summaries)
      : program_(context.program),
        values_(context.program.values),
        solution_(context.solution),
        context_(context),
        discovery_(discovery),
        evaluations_(context.program, summaries) {}

  /// `value` of `function`, with what callees return in place of what its calls returned, as far as that is known.
  /// `asker` depends on the answer.
  ValueId resolve(std::uint32_t function, ValueId value, const std::optional<MatchCall>& asker);

 private:
  /// Who asks, and how many results may be looked at for that.
  struct Question {
    std::optional<MatchCall> asker;
    unsigned results_left = 64;
    bool open = false;  ///< the answer rests on what callers pass
  };

  ValueId with_returned(std::uint32_t function, ValueId value, Question& question, unsigned depth);
  ValueId returned_by(std::uint32_t function, const Atom& returned, Question& question, unsigned depth);
  ValueId of_callee(SiteId call, std::uint32_t callee, const Atom& returned, Question& question, unsigned depth);
  ValueId of_targets(SiteId call, const Atom& returned, Question& question, unsigned depth);
  ValueId left_of(const CallSite& site, const Atom& returned, ValueId numbers);
  ValueId part_returned(const FunctionSummary& callee, const Atom& returned);
  [[nodiscard]] bool asks_for_more(const Question& question, const CallSite& call) const;
  void ask_for_targets(SiteId call, const Question& question);

  Program& program_;
  ValuePool& values_;
  Solution& solution_;
  SolverContext& context_;
  Discovery& discovery_;
  Evaluations evaluations_;
};

}  // namespace scanner::trace
