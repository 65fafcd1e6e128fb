// Tags that grow together. When one context leaks, dozens of tags grow with it: each leaked block keeps a file object,
// a name, a control block. Their blocks rise by a small ratio (1:1, 2:1, 3:2) at every step, and only one of them is
// the leak. Which one is judged from what the tags are; drivers are not known here.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "scanner/poolmon/growth.hpp"

namespace scanner::poolmon {

/// What is known of a tag beside its figures.
struct TagRole {
  enum class Kind : std::uint8_t {
    driver,  ///< a driver's own: contexts, handles, filters, or nothing is known of it
    system,  ///< the kernel's, a file system's or another part's that works for everybody
    object   ///< an object type: files, events, tokens
  };
  Kind kind = Kind::driver;
  bool microsoft = false;  ///< known to be Microsoft's
  std::string owner;       ///< for the reasons: "wcifs.sys"; may be empty
};
using RoleOf = std::function<TagRole(tagdb::PoolTag)>;

struct ClusterMember {
  tagdb::PoolTag tag;
  Pool pool = Pool::nonpaged;
  double ratio = 1;            ///< blocks gained for each block of the holder
  std::int64_t gained = 0;     ///< blocks; of one snapshot: blocks outstanding
  std::optional<double> kept;  ///< of what was allocated meanwhile, the part that was not freed
};

struct Cluster {
  std::vector<ClusterMember> members;  ///< the holder first, then by ratio
  std::size_t steps = 0;               ///< between snapshots, that agree; 0: one snapshot
  bool hint = false;                   ///< fewer than five steps: more snapshots can tell
  double chance = 1;                   ///< expected number of such groups if all tags were unrelated
  std::vector<std::string> reasons;

  [[nodiscard]] tagdb::PoolTag holder() const { return members.front().tag; }
};

/// In the latest run of the machine that the logs hold. `tags`: of analyse(). Each tag is in one cluster at most.
std::vector<Cluster> find_clusters(const std::vector<Growth>& tags, const RoleOf& role_of);

}  // namespace scanner::poolmon
