#include "scanner/trace/attribute/attribution.hpp"

namespace scanner::trace {

TraceResult attribute(Program& program, const Solution& solution) {
  TraceResult result;
  result.functions = program.functions.size();
  result.binds_kmdf = program.imports.binds_framework();
  result.notes = solution.notes;
  result.problems = solution.problems;
  if (!program.imports.has_rows()) return result;
  program.globals.charge_to(program.attribution_budget);
  collect_uses(program, solution, result);
  account(program, solution, result);
  collect_exports(program, solution, result);
  if (program.attribution_budget.used_up())
    result.problems.emplace_back(
        "the budget for one driver was used up while its calls were counted: pool, size and certainty "
        "of some uses are less than could be known");
  result.lifted = solution.lifted;
  result.steps = program.budget.steps() + program.attribution_budget.steps();
  result.depth_lost = solution.depth_lost;
  return result;
}

}  // namespace scanner::trace
