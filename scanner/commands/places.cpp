#include "scanner/commands/places.hpp"

#include <utility>
#include <vector>

#include "scanner/loaded/system.hpp"
#include "scanner/report/screen.hpp"

namespace scanner {
namespace {

/// Files of this name below folders that are no Windows volume, where a module may lie anywhere. No file is opened.
std::vector<std::string> modules_below(const std::vector<std::string>& folders, const std::string& module,
                                       const StopFlag& stop) {
  std::vector<std::string> paths;
  walk::Options options;
  options.include = {module};
  options.any_suffix = true;
  options.stop = [&stop] { return stop.set(); };
  walk::Skipped ignored;
  for (const std::string& folder : folders) {
    walk::walk(
        folder, options,
        [&paths](walk::Found found) {
          paths.push_back(std::move(found.path));
          return true;
        },
        [](const walk::Trouble&) {}, ignored);
  }
  if (stop.set()) paths.clear();  // the only one so far need not be the only one
  return paths;
}

}  // namespace

std::string running_root() {
  const std::string windows = loaded::windows_directory();
  return windows.size() >= 3 ? windows.substr(0, 3) : std::string();
}

bool root_is_there(const Inputs& inputs, const std::string& root, Diagnostics& diagnostics) {
  if (inputs.catalog || root.empty() || walk::is_directory(root)) return true;
  diagnostics.problem({root, "walk", 0, kNoVolume}, true);
  return false;
}

void demand_covered(const Inputs& inputs, Diagnostics& diagnostics) {
  if (!inputs.catalog) return;
  std::vector<std::string> places = inputs.options.paths;
  if (inputs.options.root) places.push_back(*inputs.options.root);
  for (const std::string& place : places) {
    if (inputs.catalog->covers(place)) continue;
    diagnostics.problem({place, "walk", 0,
                         "is not in the catalogue; 'poolwho survey " + report::shell_quoted(place) + " --store " +
                             report::shell_quoted(*inputs.options.catalog) + "' adds it"},
                        true);
  }
}

walk::Options walk_options(const Options& options, const StopFlag& stop) {
  walk::Options out;
  out.include = options.include;
  out.exclude = options.exclude;
  out.any_suffix = options.any_suffix;
  out.follow_links = options.follow;
  out.read_offline = options.offline;
  out.max_file_size = options.max_file_size;
  out.volume_root = options.root.value_or(running_root());
  out.stop = [&stop] { return stop.set(); };
  return out;
}

/// Which part a file belongs to depends on its path below the root only, in any letter case and with either slash, so
/// that machines that mount the same volume in different places agree. FNV-1a, because it is defined everywhere.
bool in_shard(const Options& options, const std::string& root, const std::string& path) {
  if (options.shards == 0) return true;
  std::size_t at = path.size() > root.size() && path.starts_with(root) ? root.size() : 0;
  while (at < path.size() && (path[at] == '/' || path[at] == '\\' || path.compare(at, 2, "./") == 0)) ++at;
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (; at < path.size(); ++at) {
    const char c = path[at] == '\\' ? '/' : path[at];
    hash = (hash ^ static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c)) * 0x100000001B3ULL;
  }
  return (hash >> 16) % options.shards == options.shard - 1;
}

std::unique_ptr<ExportedAllocators> make_exported_allocators(const Inputs& inputs, const StopFlag& stop) {
  const Options& options = inputs.options;
  std::vector<std::string> roots = options.paths;
  if (options.root) roots.push_back(*options.root);
  if (roots.empty() && !options.files_from) roots.push_back(running_root());
  std::vector<std::string> folders, others;
  for (const std::string& root : roots) {
    if (root.empty()) continue;
    const std::string system = walk::find_path(root, "Windows/System32");
    if (system.empty()) {
      if (walk::is_directory(root)) others.push_back(root);
      continue;
    }
    if (std::string drivers = walk::find_path(system, "drivers"); !drivers.empty())
      folders.push_back(std::move(drivers));
    folders.push_back(system);
  }
  std::function<std::vector<std::string>(const std::string&)> below;
  if (!others.empty())
    below = [others, &stop](const std::string& module) { return modules_below(others, module, stop); };
  return std::make_unique<ExportedAllocators>(inputs.apis, std::move(folders), options.max_file_size, std::move(below));
}

}  // namespace scanner
