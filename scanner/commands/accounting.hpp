// What a scanned file adds to the summary, and which errors and notes it is worth.
#pragma once

#include "scanner/catalog/totals.hpp"
#include "scanner/commands/diagnostics.hpp"
#include "scanner/scan/scan_file.hpp"

namespace scanner {

/// False when it is no driver to report. `catalogued`: it comes from --catalog.
bool account(const ScannedFile& file, bool catalogued, Diagnostics& diagnostics);
/// The same for all that a catalogue has numbers of.
void account(const catalog::Rest& rest, report::Summary& summary);

/// Says how many files were not looked at, by reason; nothing when there are none.
void note_skipped(Diagnostics& diagnostics);

}  // namespace scanner
