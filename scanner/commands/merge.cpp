// `poolwho merge CATALOG… -o OUT`: writes beside OUT and renames, so that OUT is whole or as it was.
#include <ostream>

#include "scanner/catalog/merge.hpp"
#include "scanner/commands/commands.hpp"
#include "scanner/platform/console.hpp"

namespace scanner {
namespace {

std::string counted(std::uint64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

}  // namespace

int run_merge(const Options& options, std::ostream& err) {
  const std::string& out = *options.output;
  if (is_device(out)) {
    err << "poolwho: " << pe::printable(out) << ": is not a file; a catalogue is written to a file\n";
    return kExitUsage;
  }
  const std::string partial = out + ".partial";
  const auto fail = [&](const std::string& path, const std::string& message) {
    err << "poolwho: " << pe::printable(path) << ": " << pe::printable(message) << "\n";
    remove_file(partial);
    return kExitUsage;
  };
  remove_file(partial);
  std::string where;
  const auto merged = catalog::merge(options.paths, partial, where);
  if (!merged) return fail(where == partial ? out : where, merged.error().message);
  std::string error;
  if (!replace_file(partial, out, error)) return fail(out, error);
  const catalog::Merged& what = merged.value();
  if (what.conflicts > 0) {
    err << "poolwho: '" << pe::printable(what.conflict_host) << "' has two contents for "
        << pe::printable(what.conflict_path);
    if (what.conflicts > 1)
      err << ", and for " << what.conflicts - 1 << (what.conflicts == 2 ? " other path" : " other paths");
    err << "; the later one is kept. Different machines? Survey each with its own --host\n";
  }
  if (!options.quiet)
    err << "merged " << counted(options.paths.size(), "catalogue", "catalogues") << ": "
        << counted(what.files, "driver", "drivers") << " of " << counted(what.hosts, "machine", "machines") << ", "
        << what.drivers << " different\n";
  return kExitFound;
}

}  // namespace scanner
