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

}  // namespace scanner
