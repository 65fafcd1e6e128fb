#include "scanner/rank/compare.hpp"

#include <compare>
#include <map>
#include <optional>
#include <string_view>

namespace scanner::rank {
namespace {

using trace::Evidence;
using trace::TagUse;

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
