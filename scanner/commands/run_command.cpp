#include "scanner/commands/commands.hpp"
#include "scanner/platform/host.hpp"

namespace scanner {

int run_command(const Options& options, const Streams& streams, StopFlag& stop) {
  if (options.low_priority) lower_priority();
  Diagnostics diagnostics(options, streams, stop);
  Inputs inputs(options);
  if (!load(inputs, diagnostics)) return kExitUsage;
  ScanSession session(inputs, diagnostics);
  switch (options.verb) {
    case Verb::locate: return run_locate(inputs, diagnostics, session);
    case Verb::survey: return run_survey(inputs, diagnostics, session);
    case Verb::lookup: return run_lookup(inputs, diagnostics, session);
    case Verb::leaks: return run_leaks(inputs, diagnostics, session);
    case Verb::merge: break;  // its output is no text: main() calls it
  }
  return kExitUsage;
}

}  // namespace scanner
