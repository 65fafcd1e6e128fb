// Which report the options ask for.
#pragma once

#include <memory>

#include "scanner/cli/options.hpp"
#include "scanner/commands/diagnostics.hpp"
#include "scanner/report/model.hpp"

namespace scanner {

/// Null when the lists that --tagdb and --difference name cannot be read; the error is told.
std::unique_ptr<report::Reporter> make_reporter(const Options& options, Diagnostics& diagnostics);

}  // namespace scanner
