// `poolwho TAG [PATH…]`: the main job.
#include "scanner/commands/commands.hpp"
#include "scanner/commands/driver_search.hpp"
#include "scanner/commands/locate_notes.hpp"

namespace scanner {
namespace {

int report_search(const Inputs& inputs, Diagnostics& diagnostics, DriverSearch& search, const std::string& missing) {
  const std::set<tagdb::PoolTag> tags = report_candidates(search, inputs.options, diagnostics.reporter());
  for (const tagdb::PoolTag tag : tags) {
    for (const tagdb::Entry* entry : inputs.database.lookup(tag)) diagnostics.reporter().listed(*entry, tag);
  }
  const int code = search.found() ? kExitFound : diagnostics.incomplete() ? kExitIncomplete : kExitNothing;
  note_searched(inputs, diagnostics, search.record(), search.exact_tags(), missing);
  note_advice(inputs, diagnostics, search.candidates(), tags);
  const bool whole = !diagnostics.stop().set() && (!inputs.catalog || !inputs.catalog->failed());
  if (!search.found() && whole) note_nothing_found(inputs, diagnostics, search.record(), tags);
  return diagnostics.finish(code);
}

}  // namespace

int run_locate(const Inputs& inputs, Diagnostics& diagnostics, ScanSession& session) {
  const Options& options = inputs.options;
  SearchPlan plan;
  if (!plan_search(inputs, diagnostics, plan)) return kExitUsage;
  std::vector<std::string> roots = options.paths;
  if (!plan.root.empty() && (options.root || options.paths.empty())) roots.push_back(plan.root);
  if (roots.empty() && inputs.catalog) roots = inputs.catalog->roots();
  diagnostics.reporter().begin(run_info(inputs, "locate", roots));
  DriverSearch search(inputs, inputs.queries, diagnostics, session);
  search.run(plan.levels, plan.likely);
  return report_search(inputs, diagnostics, search, plan.likely.missing_note());
}

}  // namespace scanner
