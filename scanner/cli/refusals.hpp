// Options that have no effect where they stand are refused by name: what is ignored silently is believed to work.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "scanner/cli/options.hpp"

namespace scanner::cli {

/// Was the option with this name given?
using Given = std::function<bool(std::string_view)>;

/// The sentence about the first option without effect for the verb or beside the others; empty when there is none.
std::string refused(const Given& given, const Options& options);

}  // namespace scanner::cli
