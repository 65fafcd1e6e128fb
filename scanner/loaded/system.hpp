// Where lists of drivers come from without a file that the user names: the running Windows, and the registry of a
// volume that is not running. system_win32.cpp and system_posix.cpp; hive_hivex.cpp where libhivex was there at build
// time, else hive_none.cpp.
#pragma once

#include <string>
#include <vector>

#include "pe/result.hpp"
#include "scanner/loaded/driver_list.hpp"

namespace scanner::loaded {

/// Drivers loaded now. Empty elsewhere than on Windows, or when the system does not tell.
std::vector<Driver> running_drivers();
/// Driver services of the running system that are not disabled. Empty elsewhere than on Windows.
std::vector<Driver> configured_drivers();
/// The Windows folder of the running system (`C:\Windows`); empty elsewhere than on Windows.
std::string windows_directory();
/// Something worth saying once about this process (32-bit on 64-bit Windows), else empty.
std::string system_note();

/// Can this build read registry hives?
bool hives_supported();
/// Driver services of the current control set in the SYSTEM hive at `path` that are not disabled.
pe::Result<std::vector<Driver>> drivers_of_hive(const std::string& path);

/// A driver service as the registry describes it: is it one, may it start, and where is its image?
/// `type`, `start`: the values of those names. `image_path` may be empty.
bool driver_of_service(std::string_view name, std::uint32_t type, std::uint32_t start, std::string_view image_path,
                       Driver& driver);

}  // namespace scanner::loaded
