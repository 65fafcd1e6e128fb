#include "scanner/commands/search_levels.hpp"

#include "scanner/commands/places.hpp"

namespace scanner {
namespace {

/// From the drivers of the running system to all that is on the volume.
void add_volume_levels(const Inputs& inputs, Diagnostics& diagnostics, SearchPlan& plan) {
  if (!plan.likely.files().empty()) plan.levels.push_back({{}, plan.likely.name(), plan.likely.files()});
  const auto find = [&](const char* relative) {
    return inputs.catalog ? inputs.catalog->find_path(plan.root, relative) : walk::find_path(plan.root, relative);
  };
  const std::string path = find("Windows/System32/drivers");
  if (path.empty()) {
    std::vector<walk::DirectoryEntry> entries;
    std::string error;
    bool denied = false;
    // What cannot be read is told by the search.
    if (inputs.catalog || walk::list_directory(plan.root, entries, error, denied))
      diagnostics.note("poolwho: no Windows/System32/drivers below " + plan.root + "; searching all of it");
    plan.levels.push_back({plan.root, "the volume", {}});
    return;
  }
  plan.levels.push_back({path, "System32\\drivers", {}});
  plan.levels.push_back({find("Windows/System32"), "the rest of System32", {}});
  plan.levels.push_back({find("Windows"), "the rest of Windows", {}});
  plan.levels.push_back({plan.root, "the rest of the volume", {}});
}

}  // namespace

bool plan_search(const Inputs& inputs, Diagnostics& diagnostics, SearchPlan& plan) {
  const Options& options = inputs.options;
  const bool named = !options.paths.empty() || options.files_from;
  demand_covered(inputs, diagnostics);
  plan.root = options.root.value_or(inputs.catalog ? std::string() : running_root());
  // A catalogue answers for machines that are not here: only a list that was given tells what they have loaded.
  if (!plan.likely.read(options, plan.root, named || inputs.catalog, diagnostics)) return false;
  if (named) {
    plan.levels.push_back({{}, "the named paths", {}});
    return true;
  }
  if (plan.root.empty() && inputs.catalog) {
    plan.levels.push_back({{}, "the catalogue", {}});
    return true;
  }
  if (plan.root.empty()) {
    std::string text =
        "poolwho: a place to search is needed: drivers or folders (poolwho Leak DIR), or the root of a Windows "
        "volume (poolwho Leak --root /mnt/c). --help shows all commands.";
    for (const std::string& tag : options.tags) {
      if (walk::exists(tag))
        text += "\n'" + tag + "' is a file or a folder here: poolwho survey ./" + tag + " lists its tags";
    }
    diagnostics.note(text);
    return false;
  }
  if (!root_is_there(inputs, plan.root, diagnostics)) return false;
  add_volume_levels(inputs, diagnostics, plan);
  return true;
}

}  // namespace scanner
