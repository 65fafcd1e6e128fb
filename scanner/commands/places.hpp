// Where a run looks: volumes, folders, the part of a tree, and where the modules lie that drivers import from.
#pragma once

#include <memory>
#include <string>

#include "scanner/commands/inputs.hpp"
#include "scanner/scan/exported_allocators.hpp"
#include "scanner/walk/walk.hpp"

namespace scanner {

inline constexpr const char* kNoVolume =
    "is not a directory that can be read; --root takes the root of a Windows volume";

/// The root of the drive that Windows runs from; empty elsewhere than on Windows.
std::string running_root();
/// Is the root of a volume there? If not, that is an error about a named path. Catalogues need none.
bool root_is_there(const Inputs& inputs, const std::string& root, Diagnostics& diagnostics);
/// --catalog: an error about every named place that is not in it.
void demand_covered(const Inputs& inputs, Diagnostics& diagnostics);

/// What every walk of a run has in common.
walk::Options walk_options(const Options& options, const StopFlag& stop);
/// --shard: does the file at `path`, below `root`, belong to the part that is asked for?
bool in_shard(const Options& options, const std::string& root, const std::string& path);
/// Looks for modules where the named places and the running system hold them.
std::unique_ptr<ExportedAllocators> make_exported_allocators(const Inputs& inputs, const StopFlag& stop);

}  // namespace scanner
