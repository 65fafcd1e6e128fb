#include "scanner/rank/check.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace scanner::rank {
namespace {

using trace::Bucket;
using trace::Evidence;
using trace::SiteKind;
using trace::TagUse;

bool allocates(const TagUse& use) { return use.evidence <= Evidence::configures && use.charges_pool; }

/// The first listed owner that is some other image, or null when the list agrees, knows nothing or names no image.
const tagdb::Entry* other_owner(tagdb::PoolTag tag, const ImageFacts& image, const tagdb::Database& database) {
  const auto listed = database.lookup(tag);
  if (listed_owner(image, listed) != nullptr) return nullptr;
  for (const tagdb::Entry* entry : listed) {
    constexpr unsigned kExact = 4;
    if (entry->specificity() == kExact && !tagdb::owner_images(entry->owner).empty()) return entry;
  }
  return nullptr;
}

/// The uses of one tag, as a map of what is done with it.
using ByTag = std::map<tagdb::PoolTag, std::vector<const TagUse*>>;

ByTag by_tag(const trace::TraceResult& trace) {
  ByTag out;
  for (const TagUse& use : trace.uses) {
    if (use.evidence < Evidence::constant) out[use.tag].push_back(&use);
  }
  return out;
}

std::string in_words(const std::vector<const TagUse*>& uses) {
  std::map<Evidence, unsigned> count;
  std::set<std::string_view> pools;
  for (const TagUse* use : uses) {
    ++count[use->evidence];
    if (allocates(*use) && use->pool != trace::Pool::unknown) pools.insert(trace::to_string(use->pool));
  }
  std::string out;
  for (const auto& [evidence, sites] : count) {
    if (!out.empty()) out += ", ";
    out += std::string(trace::to_string(evidence)) + " at " + std::to_string(sites) + (sites == 1 ? " site" : " sites");
  }
  for (const std::string_view pool : pools) out += " " + std::string(pool);
  return out;
}

}  // namespace

std::vector<Finding> check(const trace::TraceResult& trace, const ImageFacts& image, const tagdb::Database& database) {
  std::vector<Finding> findings;
  const trace::BucketCounts frees = trace.counts(SiteKind::free);
  // A free without a tag, or with one we do not know, may free anything.
  const bool frees_are_known =
      frees[Bucket::untagged] == 0 && frees[Bucket::dynamic] == 0 && frees[Bucket::forwarded] == 0;
  for (const auto& [tag, uses] : by_tag(trace)) {
    const auto first = std::find_if(uses.begin(), uses.end(), [](const TagUse* use) { return allocates(*use); });
    if (first == uses.end()) continue;
    const std::uint32_t site = (*first)->origin_rva;
    if (tag == tagdb::PoolTag::from_text("None")) {
      for (const TagUse* use : uses)
        findings.push_back({"untagged", tag, use->origin_rva,
                            use->api + " takes no tag: poolmon cannot tell this memory from everybody else's"});
    } else if (!tagdb::advice_for(tag).empty()) {
      findings.push_back({"default_tag", tag, site, "many drivers use this tag: give the driver one of its own"});
    } else if (const tagdb::Entry* other = other_owner(tag, image, database)) {
      findings.push_back({"collision", tag, site,
                          other->source + ":" + std::to_string(other->line) + " lists the tag for " + other->owner});
    }
    for (const TagUse* use : uses) {
      if (allocates(*use) && use->executable && use->pool == trace::Pool::nonpaged)
        findings.push_back({"executable_pool", tag, use->origin_rva,
                            "nonpaged pool that can be executed: NonPagedPoolNx or POOL_FLAG_NON_PAGED is meant"});
    }
    const bool allocated = (*first)->evidence == Evidence::allocates && tag != tagdb::PoolTag::from_text("None");
    const bool freed =
        std::any_of(uses.begin(), uses.end(), [](const TagUse* use) { return use->evidence == Evidence::frees; });
    if (allocated && !freed && frees_are_known)
      findings.push_back({"never_freed", tag, site, "no call of the driver frees with this tag"});
  }
  for (const trace::Site& site : trace.sites) {
    if (site.bucket == Bucket::suspect && site.kind == SiteKind::allocate)
      findings.push_back({"suspect_tag", {}, site.rva, "the number in the tag's place cannot be a tag"});
  }
  return findings;
}

std::vector<Change> compare(const trace::TraceResult& before, const trace::TraceResult& after) {
  std::map<tagdb::PoolTag, std::pair<std::string, std::string>> words;
  for (const auto& [tag, uses] : by_tag(before)) words[tag].first = in_words(uses);
  for (const auto& [tag, uses] : by_tag(after)) words[tag].second = in_words(uses);
  std::vector<Change> changes;
  for (auto& [tag, both] : words) {
    if (both.first == both.second) continue;
    const Change::Kind kind = both.first.empty()    ? Change::Kind::added
                              : both.second.empty() ? Change::Kind::removed
                                                    : Change::Kind::changed;
    changes.push_back({kind, tag, std::move(both.first), std::move(both.second)});
  }
  return changes;
}

}  // namespace scanner::rank
