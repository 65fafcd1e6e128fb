#include "scanner/rank/frees.hpp"

#include <algorithm>

namespace scanner::rank {
namespace {

using trace::Bucket;
using trace::Evidence;
using trace::TagUse;

/// By name: rows that came from another image's exports are not in the table, and of what they allocate it is not known
/// who frees it.
bool freed_as_pool(const TagUse& use, const tagdb::ApiTable& apis) {
  const int row = apis.find_row(use.api);
  return row >= 0 && apis.rows[static_cast<std::size_t>(row)].freed_as_pool;
}

}  // namespace

bool never_freed(const std::vector<const TagUse*>& uses, const trace::TraceResult& trace, const tagdb::ApiTable& apis) {
  bool allocated = false;
  for (const TagUse* use : uses) {
    if (use->evidence == Evidence::frees) return false;
    if (!use->charges_pool || use->evidence > Evidence::configures) continue;
    // A list's or an object's memory goes with it, and may be what the tag is for everywhere.
    if (use->evidence != Evidence::allocates || !freed_as_pool(*use, apis)) return false;
    if (use->handed_out) return false;
    allocated = true;
  }
  if (!allocated) return false;
  // A free without a tag, or with one that is not known, may free anything.
  const trace::BucketCounts frees = trace.counts(trace::SiteKind::free);
  return frees.total() == frees[Bucket::constant] + frees[Bucket::table];
}

}  // namespace scanner::rank
