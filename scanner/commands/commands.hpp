// The verbs of the command line. Each takes the parts of a run that it needs: what is asked (Inputs), how to tell
// (Diagnostics) and how to scan (ScanSession).
#pragma once

#include <iosfwd>
#include <memory>

#include "scanner/commands/diagnostics.hpp"
#include "scanner/commands/inputs.hpp"
#include "scanner/commands/scan_session.hpp"
#include "scanner/poolmon/live.hpp"

namespace scanner {

/// Makes the parts, reads the inputs and runs the verb of `options` (not `merge`); returns the exit code.
int run_command(const Options& options, const Streams& streams, StopFlag& stop);

int run_locate(const Inputs& inputs, Diagnostics& diagnostics, ScanSession& session);
int run_survey(const Inputs& inputs, Diagnostics& diagnostics, ScanSession& session);
int run_lookup(const Inputs& inputs, Diagnostics& diagnostics, ScanSession& session);
/// `live`: what --live watches; the running system when null.
int run_leaks(const Inputs& inputs, Diagnostics& diagnostics, ScanSession& session,
              std::unique_ptr<poolmon::LiveProvider> live = nullptr);
/// Writes --output itself, whole or not at all.
int run_merge(const Options& options, std::ostream& err);

}  // namespace scanner
