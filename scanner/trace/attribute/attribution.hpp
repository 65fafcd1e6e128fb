// From a solution to what is told: uses with their certainty, one bucket for every call site, and what the image offers
// to drivers that import from it. Pure functions of the solution, but for mark_handed_out; values that are made on the
// way are interned in the program's pool, which changes none that are there.
#pragma once

#include <functional>

#include "scanner/trace/domain/program.hpp"
#include "scanner/trace/solve/solution.hpp"
#include "scanner/trace/trace.hpp"

namespace scanner::trace {

/// Everything of the result but TagUse::handed_out. Takes what it costs from the program's report budget.
TraceResult attribute(Program& program, const Solution& solution);

void collect_uses(Program& program, const Solution& solution, TraceResult& result);
void account(Program& program, const Solution& solution, TraceResult& result);
void collect_exports(Program& program, const Solution& solution, TraceResult& result);
/// Fills in TagUse::handed_out for the tags that are `asked` (empty: for all), where it can matter: not in a driver
/// that frees memory without a tag that is known. Interprets the functions in question once more, at the expense of the
/// program's budget.
void mark_handed_out(Program& program, Solution& solution, const std::function<bool(tagdb::PoolTag)>& asked,
                     TraceResult& result);

}  // namespace scanner::trace
