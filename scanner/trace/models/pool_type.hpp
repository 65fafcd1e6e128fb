// POOL_TYPE and POOL_FLAGS (wdm.h): from which pool a listed function allocates, and how many bytes. All forms are
// written as POOL_TYPE, so that a wrapper of functions of several forms has one answer.
#pragma once

#include <cstdint>

#include "scanner/trace/models/arguments.hpp"
#include "scanner/trace/trace.hpp"

namespace scanner::trace {

/// NonPagedPoolNx of POOL_TYPE, and POOL_NX_ALLOCATION among the flags of a lookaside list.
inline constexpr std::uint32_t kNonPagedNx = 0x200;

/// What the call of a listed function says of the pool, as POOL_TYPE; unknown where the row names no argument.
ValueId pool_type_at(Program& program, const CallSite& site, const tagdb::ApiRow& row);
/// The size that it says, in bytes.
ValueId size_at(Program& program, const CallSite& site, const tagdb::ApiRow& row);

Pool pool_of_type(std::uint64_t type);
/// Functions that let the driver no choice count as NonPagedPoolNx, so only what the driver itself says is executable.
bool is_executable(std::uint64_t type);

}  // namespace scanner::trace
