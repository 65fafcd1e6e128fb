// Where the tests find drivers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

std::vector<std::uint8_t> read_bytes(const std::string& path);
std::string sample_driver();  ///< myfault.sys of data/sample

// In drivers.cpp, which -DPOOLWHO_TESTS=unit leaves out.
/// The compiled test drivers, sorted.
std::vector<std::string> test_drivers();
/// The drivers of Debian's libwine, sorted; bootstrap.sh unpacks them.
std::vector<std::string> wine_drivers();
std::vector<std::string> all_drivers();
