// From a scanned file to the records that ranking and reports know.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "scanner/rank/rank.hpp"
#include "scanner/report/model.hpp"
#include "scanner/scan/scan_file.hpp"

namespace scanner {

/// The uses of a scanned file, which was traced with `apis`, filtered by `wanted`; the strongest evidence first.
std::vector<report::Use> uses_of(const ScannedFile& file, const tagdb::ApiTable& apis,
                                 const std::function<bool(const trace::TagUse&)>& wanted);
/// A driver with all its uses, by tag.
report::Driver driver_record(const ScannedFile& file, const tagdb::ApiTable& apis);
/// What ranking wants to know of an image, which may be one that `container` carries; views its arguments.
rank::ImageFacts image_facts(const std::string& path, const std::string& container, const pe::Identity& identity);

}  // namespace scanner
