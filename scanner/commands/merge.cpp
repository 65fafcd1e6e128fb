// `poolwho merge CATALOG… -o OUT`: writes beside OUT and renames, so that OUT is whole or as it was.
#include <ostream>

#include "scanner/catalog/merge.hpp"
#include "scanner/commands/commands.hpp"
#include "scanner/platform/console.hpp"

namespace scanner {

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
  if (!options.quiet)
    err << "merged " << options.paths.size() << (options.paths.size() == 1 ? " catalogue" : " catalogues") << ": "
        << merged.value().drivers << " drivers, " << merged.value().files << " files of " << merged.value().hosts
        << (merged.value().hosts == 1 ? " machine\n" : " machines\n");
  return kExitFound;
}

}  // namespace scanner
