// The machine that this program runs on, and its place on it.
#pragma once

#include <string>

namespace scanner {

std::string host_name();
std::string os_name();  ///< "Linux 6.1.0", "Windows 10.0.20348"

/// The whole process yields processor and disk to others. False where the system knows no such thing.
bool lower_priority();

/// Memory that is given back stays with the process, up to some megabytes for each thread: the next file needs as much.
/// Where the C library does so by itself, nothing happens.
void keep_freed_memory();

}  // namespace scanner
