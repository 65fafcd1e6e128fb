// Small memory dumps of the kernel (Windows\Minidump\*.dmp): the drivers that were loaded and unloaded when Windows
// stopped, and why it stopped. Offsets were read off public samples of Windows 10 (x64) and Windows 11 (ARM64); those
// of 32-bit dumps follow from the documented structures and were tried on composed dumps only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pe/result.hpp"
#include "scanner/loaded/driver_list.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner::loaded {

struct KernelDump {
  std::uint32_t bugcheck = 0;  ///< without the flag that marks a stop by an exception handler (0x10000000)
  std::array<std::uint64_t, 4> parameters{};
  std::vector<Driver> drivers;  ///< loaded ones in load order, then unloaded ones (Driver::gone)
  std::size_t loaded = 0;       ///< how many of `drivers` were loaded
};

/// Does the file begin as a dump of the kernel does (64-bit or 32-bit, small or complete)?
bool is_kernel_dump(std::span<const std::uint8_t> file);

/// The whole of a small dump. Errors: a dump of another kind (kernel or complete memory), a list that reaches past the
/// end of the file.
pe::Result<KernelDump> read_kernel_dump(std::span<const std::uint8_t> file);

/// The tag that a stop names, with what the stop says of it.
struct BlamedTag {
  tagdb::PoolTag tag;
  std::string reason;
};
/// For BAD_POOL_CALLER (0xC2), as far as its documented parameters hold a tag; nothing for every other stop.
std::optional<BlamedTag> blamed_tag(const KernelDump& dump);

}  // namespace scanner::loaded
