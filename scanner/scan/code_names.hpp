// Function names and source lines for the places that a report tells of.
#pragma once

#include <string>
#include <vector>

#include "pe/image.hpp"
#include "scanner/scan/scan_file.hpp"

namespace scanner {

/// Fills in `names` and `places` of a traced file, from its exports and from a PDB and a .map that are found. A PDB
/// that belongs to another build is named among the trace's problems and not used.
void add_names(const pe::Image& image, const ScanRequest& request, ScannedFile& out);

}  // namespace scanner
