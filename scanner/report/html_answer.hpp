// What the page of a question says first: the drivers that allocate with each tag, or that there is none. Only `likely`
// and better is an answer; a name in a headline is an accusation.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scanner/report/model.hpp"

namespace scanner::report::html {

/// Title and lead of the page for the tags that were asked for. `candidates` are best first for each tag, `searched` is
/// a number of drivers.
std::pair<std::string, std::string> headline(const std::vector<tagdb::TagQuery>& asked,
                                             const std::vector<Candidate>& candidates, std::uint64_t searched);

/// Why tags of the question prove no owner, or not the only one: sentences for the banner.
std::vector<std::string> advice(const std::vector<tagdb::TagQuery>& asked, const std::vector<Candidate>& candidates);

/// "3 drivers", "1 driver"
std::string counted(std::uint64_t count, const char* one, const char* many);

}  // namespace scanner::report::html
