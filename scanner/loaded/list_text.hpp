// What the readers of driver lists have in common: words, cells, and what the tools' states mean.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/loaded/driver_list.hpp"

namespace scanner::loaded {

std::string lower(std::string_view text);
/// Does the name end like an image of the kernel's?
bool is_image_name(std::string_view text);
/// `start_mode` and `state` in the words of Windows Management Instrumentation ("Boot", "Running").
void set_state(Driver& driver, std::string_view start_mode, std::string_view state);
/// The cells of one line of CSV; a quote inside a cell is doubled.
std::vector<std::string> csv_cells(std::string_view line, char separator = ',');

/// Lists whose columns have names (CSV and JSON of Win32_SystemDriver or of osquery's `drivers`), and the tables of
/// `fltmc` and `sc query`. Empty when `text` (UTF-8) is none of these.
std::vector<Driver> drivers_of_records(std::string_view text);

}  // namespace scanner::loaded
