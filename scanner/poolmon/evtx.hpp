// Event logs as Windows keeps them (.evtx): evtx_libevtx.cpp where libevtx was there at build time, evtx_win32.cpp on
// Windows, else evtx_none.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "pe/result.hpp"

namespace scanner::poolmon {

/// Can this build read event logs?
bool evtx_supported();

/// The numbers of the events that matter here (event.hpp); their sources are looked at later.
std::span<const std::uint32_t> evtx_numbers();

struct EvtxCount {
  std::uint64_t events = 0;      ///< in the log, 0 where the reader does not tell
  std::uint64_t unreadable = 0;  ///< records that are damaged
};

/// Calls `take` with the XML (UTF-8) of each event that has one of evtx_numbers(), and the number of its record.
/// `path` empty: the System log of the running Windows.
pe::Result<EvtxCount> read_evtx(const std::string& path,
                                const std::function<void(std::string_view xml, std::uint64_t record)>& take);

}  // namespace scanner::poolmon
