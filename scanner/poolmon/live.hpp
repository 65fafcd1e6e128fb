// The running system's pool tags: a provider of snapshots, so that what analyses them can be tested with snapshots of
// its own. live_win32.cpp asks NtQuerySystemInformation; elsewhere nobody can answer.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "pe/bytes.hpp"
#include "pe/result.hpp"
#include "scanner/poolmon/snapshot.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner::poolmon {

enum class LivePool { nonpaged, paged };

/// Counters since the system started, as poolmon shows them.
struct LiveTag {
  tagdb::PoolTag tag;
  bool protected_bit = false;  ///< bit 31 was set in the kernel's table
  LivePool pool = LivePool::nonpaged;
  std::uint32_t allocs = 0, frees = 0;  ///< the kernel counts in 32 bits: they wrap
  std::uint64_t bytes = 0;              ///< in use now
};

class LiveProvider {
 public:
  virtual ~LiveProvider() = default;
  /// One row per tag and pool that was ever used. The error says in words why the system does not tell.
  virtual pe::Result<std::vector<LiveTag>> snapshot() = 0;
};

/// Asks the running system.
std::unique_ptr<LiveProvider> make_live_provider();

/// SYSTEM_POOLTAG_INFORMATION as the system fills it in, for pointers of `pointer_size` bytes: a count, then per tag
/// {tag, paged allocs, frees, bytes used, nonpaged allocs, frees, bytes used}. Malformed when it is shorter than it
/// says.
pe::Result<std::vector<LiveTag>> parse_pooltag_information(pe::Bytes answer, unsigned pointer_size);

struct LiveOptions {
  double every_seconds = 60;
  std::optional<double> for_seconds;        ///< until `stop` otherwise
  const std::atomic<bool>* stop = nullptr;  ///< set by Ctrl-C: next() then returns false soon
};

/// `provider` asked every so often, the first time at once. The error says in a sentence why it cannot be watched.
pe::Result<std::unique_ptr<SnapshotSource>> watch(std::unique_ptr<LiveProvider> provider, const LiveOptions& options);

}  // namespace scanner::poolmon
