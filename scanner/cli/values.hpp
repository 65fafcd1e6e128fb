// The arguments of options.
#pragma once

#include <boost/program_options/variables_map.hpp>
#include <string>
#include <string_view>

#include "scanner/cli/options.hpp"

namespace scanner::cli {

/// Fills `options` from what the parser read. Returns an error that says what is wanted, or nothing.
std::string take_values(const boost::program_options::variables_map& values, Options& options);

/// "--color is one of auto, always, never, not 'red'"
std::string one_of(std::string_view option, const std::string& given, unsigned verbs = kAllVerbs);

}  // namespace scanner::cli
