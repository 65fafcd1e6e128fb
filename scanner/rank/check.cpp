#include "scanner/rank/check.hpp"

#include <algorithm>
#include <compare>
#include <map>
#include <optional>

#include "scanner/rank/frees.hpp"

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

/// What two builds are compared by: everything of a use but where it stands.
struct Habit {
  Evidence evidence;
  std::string_view api;
  trace::Pool pool;
  bool executable;
  std::optional<std::uint64_t> bytes;
  trace::Certainty certainty;

  explicit Habit(const TagUse& use)
      : evidence(use.evidence),
        api(use.api),
        pool(use.pool),
        executable(use.executable),
        bytes(use.bytes),
        certainty(use.certainty) {}
  auto operator<=>(const Habit&) const = default;
};

/// "allocates at 2 sites: ExAllocatePoolWithTag nonpaged 1024 bytes; frees at 1 site: ExFreePoolWithTag"
std::string in_words(const std::vector<const TagUse*>& uses) {
  std::map<Habit, unsigned> count;
  for (const TagUse* use : uses) ++count[Habit(*use)];
  std::string out;
  for (const auto& [habit, sites] : count) {
    if (!out.empty()) out += "; ";
    out += std::string(trace::to_string(habit.evidence)) + " at " + std::to_string(sites) +
           (sites == 1 ? " site: " : " sites: ") + std::string(habit.api);
    if (habit.executable) out += " executable";
    if (habit.pool != trace::Pool::unknown) out += " " + std::string(trace::to_string(habit.pool));
    if (habit.bytes) out += " " + std::to_string(*habit.bytes) + (*habit.bytes == 1 ? " byte" : " bytes");
    if (habit.certainty != trace::Certainty::sure) out += " (" + std::string(trace::to_string(habit.certainty)) + ")";
  }
  return out;
}

}  // namespace

std::vector<Finding> check(const trace::TraceResult& trace, const ImageFacts& image, const tagdb::Database& database,
                           const tagdb::ApiTable& apis) {
  std::vector<Finding> findings;
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
    if (never_freed(uses, trace, apis))
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
