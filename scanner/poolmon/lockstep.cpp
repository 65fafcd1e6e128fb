// Two tags belong together when the second one's steps are a small ratio of the first one's, each of them. How surely
// is judged against chance: unrelated tags have any ratio, so that one lies within 0.1 % of 1:1 in one pair of
// thousands; and where the steps are uneven, unrelated tags are not uneven in the same way. Both chances of all members
// are multiplied, times the number of tags that might have been chosen.
#include "scanner/poolmon/lockstep.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>

namespace scanner::poolmon {
namespace {

constexpr std::size_t kMostSteps = 12;  // longer series are read at fewer places: noise counts less then
constexpr std::size_t kMostCandidates = 300;
constexpr std::size_t kEnoughSteps = 5;  // fewer are a hint
constexpr double kFewestBlocks = 32;     // gained; of one snapshot kFewestHeld
constexpr double kFewestHeld = 500;
constexpr double kLargestStep = 0.7, kLastThird = 0.15;  // parts of the rise: more is a jump, less has ended
constexpr std::size_t kMaySkip = 8;
constexpr double kLeastStep = 0.1;                 // of the mean step
constexpr double kOffStep = 0.15, kOffBlocks = 4;  // of one step against the ratio
constexpr double kOffWhole = 0.03;                 // of all steps together
constexpr double kDensity = 0.3;                   // of log ratios of unrelated tags around a small ratio
constexpr double kLeastBySteps = 1e-5;             // uneven steps in common prove no more: a busy hour moves everything
constexpr double kMostChance = 1e-4, kMostChanceFew = 2e-5, kMostChanceHeld = 2e-5;
constexpr double kSaysSomething = 0.03;  // how near to a small ratio a member must be
constexpr double kNearEnough = 0.5;      // tags that would be as near by chance: less belongs to a group that is there

struct Ratio {
  double value;
  double weight;  ///< 1 / the part of our trust that it has
};
constexpr std::array<Ratio, 9> kRatios = {
    {{1, 2}, {2, 8}, {0.5, 8}, {3, 24}, {1.0 / 3, 24}, {1.5, 24}, {2.0 / 3, 24}, {4, 24}, {0.25, 24}}};

struct Candidate {
  const Growth* growth = nullptr;
  std::vector<double> steps;  ///< blocks gained, all positive
  double gained = 0;
  std::optional<double> kept;
};

/// How `b` follows `a`.
struct Match {
  std::size_t index = 0;
  bool small_ratio = false;  ///< else the steps are alike, at a ratio that says nothing
  double by_ratio = 1;       ///< chance that an unrelated tag is as near to a small ratio
  double by_steps = 1;       ///< chance that the steps of an unrelated tag are as uneven in the same way
};

std::vector<std::size_t> places(std::size_t points) {
  std::vector<std::size_t> out;
  const std::size_t steps = std::min(points - 1, kMostSteps);
  for (std::size_t i = 0; i <= steps; ++i) out.push_back(i * (points - 1) / steps);
  return out;
}

/// The moments of the last run of the machine: positions of buckets that tags with blocks have.
std::vector<double> moments(const std::vector<Growth>& tags) {
  std::map<double, std::uint32_t> boots;
  for (const Growth& tag : tags) {
    for (const ChartPoint& point : tag.points) {
      if (point.diff) boots[point.at] = point.boot;
    }
  }
  std::vector<double> out;
  if (boots.empty()) return out;
  const std::uint32_t last = boots.rbegin()->second;
  for (const auto& [at, boot] : boots) {
    if (boot == last) out.push_back(at);
  }
  return out;
}

/// Of one snapshot: what is held counts as one step from nothing.
std::optional<Candidate> candidate_of(const Growth& growth, const std::vector<double>& at) {
  if (!growth.session.is_none() || growth.pool == Pool::unknown) return std::nullopt;
  std::vector<const ChartPoint*> points;
  for (const ChartPoint& point : growth.points) {
    if (point.diff && point.at == at[points.size() < at.size() ? points.size() : at.size() - 1] &&
        points.size() < at.size())
      points.push_back(&point);
  }
  if (points.size() != at.size()) return std::nullopt;
  Candidate out;
  out.growth = &growth;
  if (points.size() == 1) {
    out.gained = static_cast<double>(*points[0]->diff);
    if (out.gained < kFewestHeld) return std::nullopt;
    out.steps = {out.gained};
    if (points[0]->allocs && *points[0]->allocs > 0) out.kept = out.gained / static_cast<double>(*points[0]->allocs);
    return out;
  }
  const std::vector<std::size_t> at_places = places(points.size());
  for (std::size_t i = 1; i < at_places.size(); ++i) {
    const double step =
        static_cast<double>(*points[at_places[i]]->diff) - static_cast<double>(*points[at_places[i - 1]]->diff);
    if (step <= 0) return std::nullopt;
    out.steps.push_back(step);
    out.gained += step;
  }
  if (out.gained < kFewestBlocks) return std::nullopt;
  if (out.steps.size() >= 3) {
    double last = 0;
    for (std::size_t i = out.steps.size() - (out.steps.size() + 2) / 3; i < out.steps.size(); ++i) last += out.steps[i];
    if (last < kLastThird * out.gained ||
        *std::max_element(out.steps.begin(), out.steps.end()) > kLargestStep * out.gained)
      return std::nullopt;
    // A tag that stands still between jumps is no leak; in long series there may be a quiet night.
    const double least = *std::min_element(out.steps.begin(), out.steps.end());
    if (out.steps.size() < kMaySkip && least * static_cast<double>(out.steps.size()) < kLeastStep * out.gained)
      return std::nullopt;
  }
  const ChartPoint &first = *points.front(), &end = *points.back();
  if (first.allocs && end.allocs && *end.allocs > *first.allocs)
    out.kept = std::clamp(out.gained / static_cast<double>(*end.allocs - *first.allocs), 0.0, 1.0);
  return out;
}

/// 1 - r², of steps.
double unexplained(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n = static_cast<double>(a.size());
  double mean_a = 0, mean_b = 0, aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) mean_a += a[i] / n, mean_b += b[i] / n;
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
    ab += (a[i] - mean_a) * (b[i] - mean_b);
  }
  if (aa <= 0 || bb <= 0 || ab <= 0) return 1;
  return std::max(0.0, 1 - ab * ab / (aa * bb));
}

/// How far the steps are from `ratio` times those of `a`, as part of them; nothing when one of them is far off.
std::optional<double> scatter_at(double ratio, const Candidate& a, const Candidate& b) {
  double squares = 0, expected = 0;
  for (std::size_t i = 0; i < a.steps.size(); ++i) {
    const double should = ratio * a.steps[i], by = std::fabs(b.steps[i] - should);
    if (by > kOffStep * should + kOffBlocks * std::max(1.0, ratio)) return std::nullopt;
    squares += by * by;
    expected += should * should;
  }
  return a.steps.size() > 1 ? std::sqrt(squares / expected / static_cast<double>(a.steps.size())) : 0;
}

/// Nothing when the steps are not alike at any ratio. `held`: one snapshot, where only 1:1 says something.
std::optional<Match> match(const Candidate& a, const Candidate& b, bool held) {
  const double whole = b.gained / a.gained;
  const Ratio* best = kRatios.data();
  double off = 1;
  for (const Ratio& ratio : kRatios) {
    const double by = std::fabs(whole / ratio.value - 1);
    if (by < off) off = by, best = &ratio;
    if (held) break;
  }
  Match out;
  const auto scatter = off <= kOffWhole ? scatter_at(best->value, a, b) : std::nullopt;
  if (!scatter) {
    if (!scatter_at(whole, a, b)) return std::nullopt;
    return out;
  }
  out.small_ratio = true;
  const double exact = std::max({off, *scatter, 1 / std::min(a.gained, b.gained)});
  out.by_ratio = std::min(1.0, 2 * exact * kDensity * (held ? 0.5 : best->weight));
  if (a.steps.size() >= kEnoughSteps)
    out.by_steps = std::pow(unexplained(a.steps, b.steps), (static_cast<double>(a.steps.size()) - 2) / 2);
  return out;
}

struct Group {
  std::size_t reference = 0;
  std::vector<Match> others;
  double chance = 1;
  double alike = 0;  ///< tags whose steps are like those of the reference, at any ratio
};

/// The tags that follow `reference` so that chance is the worst explanation.
Group group_of(const std::vector<Candidate>& all, const std::vector<bool>& taken, std::size_t reference, bool held) {
  Group group;
  group.reference = reference;
  bool common = false;  // unrelated tags have steps like these, too
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == reference || taken[i]) continue;
    auto found = match(all[reference], all[i], held);
    if (!found) continue;
    ++group.alike;
    common = common || !found->small_ratio;
    found->index = i;
    if (found->small_ratio) group.others.push_back(*found);
  }
  std::sort(group.others.begin(), group.others.end(),
            [](const Match& a, const Match& b) { return a.by_ratio < b.by_ratio; });
  // Any tag might have been the reference, and of those that are alike so many lie as near as the last of its members
  // by chance. The group whose size is the least likely decides; what is near enough then belongs to it.
  const auto free = static_cast<double>(std::count(taken.begin(), taken.end(), false));
  std::size_t size = 0;
  double by_steps = 0, arrangements = 1;
  group.chance = free;
  for (std::size_t k = 0; k < group.others.size(); ++k) {
    arrangements *= static_cast<double>(k + 2);
    by_steps = std::max({by_steps, kLeastBySteps, group.others[k].by_steps});
    const double chance = free * std::pow(group.alike * group.others[k].by_ratio, static_cast<double>(k + 1)) /
                          arrangements * (common ? 1 : by_steps);
    if (chance < group.chance && group.others[k].by_ratio < kSaysSomething) group.chance = chance, size = k + 1;
  }
  while (size > 0 && size < group.others.size() && group.alike * group.others[size].by_ratio < kNearEnough) ++size;
  group.others.resize(size);
  return group;
}

/// Tags that follow a member as well: 3:2 and 1:2 are small ratios to the same reference, but not to each other.
void absorb(const std::vector<Candidate>& all, const std::vector<bool>& taken, Group& group, bool held) {
  std::vector<bool> in(taken);
  in[group.reference] = true;
  for (const Match& one : group.others) in[one.index] = true;
  for (std::size_t k = 0; k < group.others.size(); ++k) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (in[i]) continue;
      auto found = match(all[group.others[k].index], all[i], held);
      if (!found || !found->small_ratio || group.alike * found->by_ratio >= kNearEnough) continue;
      found->index = i;
      in[i] = true;
      group.others.push_back(*found);
    }
  }
}

bool better_holder(const ClusterMember& a, const TagRole& role_a, const ClusterMember& b, const TagRole& role_b) {
  if (role_a.kind != role_b.kind) return role_a.kind < role_b.kind;
  constexpr double kNeverFreed = 0.995;
  const bool held_a = a.kept.value_or(0) >= kNeverFreed, held_b = b.kept.value_or(0) >= kNeverFreed;
  if (held_a != held_b) return held_a;
  if (role_a.microsoft != role_b.microsoft) return !role_a.microsoft;
  if (a.kept && b.kept && std::fabs(*a.kept - *b.kept) > 0.01) return *a.kept > *b.kept;
  return false;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i)
    out += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  return out;
}

std::string percent(double part) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), part > 0 && part < 0.01 ? "%.1f %%" : "%.0f %%", part * 100);
  return text.data();
}

void explain(Cluster& cluster, const RoleOf& role_of) {
  const ClusterMember& holder = cluster.members.front();
  const TagRole role = role_of(holder.tag);
  cluster.reasons.push_back(cluster.steps == 0
                                ? "they have nearly the same number of blocks"
                                : "their blocks rise in the same proportion at " +
                                      (cluster.steps == 1 ? std::string("the one step that was seen")
                                                          : "each of " + std::to_string(cluster.steps) + " steps"));
  std::vector<std::string> objects, system, rivals;
  for (std::size_t i = 1; i < cluster.members.size(); ++i) {
    const auto kind = role_of(cluster.members[i].tag).kind;
    (kind == TagRole::Kind::object   ? objects
     : kind == TagRole::Kind::system ? system
                                     : rivals)
        .push_back(cluster.members[i].tag.text());
  }
  const std::string name = holder.tag.text() + (role.owner.empty() ? "" : " (" + role.owner + ")");
  if (role.kind == TagRole::Kind::driver && objects.size() + system.size() > 0) {
    if (!system.empty())
      cluster.reasons.push_back(listed(system) + (system.size() == 1 ? " is" : " are") +
                                " made by the system for whoever opens something; " + name + " is a driver's own");
    if (!objects.empty())
      cluster.reasons.push_back(listed(objects) + (objects.size() == 1 ? " is an object" : " are objects") +
                                " that a driver or a program holds");
  } else if (role.kind != TagRole::Kind::driver) {
    cluster.reasons.push_back("none of them is a driver's own tag: who holds them is not among them");
  }
  if (holder.kept && *holder.kept >= 0.995) {
    std::vector<std::string> freed;
    for (const ClusterMember& member : cluster.members) {
      if (member.kept && *member.kept < 0.995) freed.push_back(member.tag.text() + " " + percent(1 - *member.kept));
    }
    cluster.reasons.push_back("no " + holder.tag.text() + " was freed" +
                              (freed.empty() ? "" : ", but of " + listed(freed)));
  }
  if (!rivals.empty())
    cluster.reasons.push_back(listed(rivals) + (rivals.size() == 1 ? " may" : " may each") + " as well be the one");
}

Cluster cluster_of(const std::vector<Candidate>& all, const Group& group, std::size_t steps, const RoleOf& role_of) {
  Cluster cluster;
  cluster.steps = steps;
  cluster.hint = steps < kEnoughSteps;
  cluster.chance = group.chance;
  std::vector<std::size_t> indices = {group.reference};
  for (const Match& one : group.others) indices.push_back(one.index);
  for (const std::size_t index : indices) {
    const Candidate& one = all[index];
    cluster.members.push_back({one.growth->tag, one.growth->pool, 1, static_cast<std::int64_t>(one.gained), one.kept});
  }
  std::vector<TagRole> roles;
  for (const ClusterMember& member : cluster.members) roles.push_back(role_of(member.tag));
  std::size_t holder = 0;
  for (std::size_t i = 1; i < indices.size(); ++i) {
    if (better_holder(cluster.members[i], roles[i], cluster.members[holder], roles[holder])) holder = i;
  }
  std::rotate(cluster.members.begin(), cluster.members.begin() + static_cast<std::ptrdiff_t>(holder),
              cluster.members.begin() + static_cast<std::ptrdiff_t>(holder) + 1);
  const auto base = static_cast<double>(cluster.members.front().gained);
  for (ClusterMember& member : cluster.members) member.ratio = static_cast<double>(member.gained) / base;
  std::stable_sort(cluster.members.begin() + 1, cluster.members.end(),
                   [](const ClusterMember& a, const ClusterMember& b) { return a.ratio < b.ratio; });
  explain(cluster, role_of);
  return cluster;
}

}  // namespace

std::vector<Cluster> find_clusters(const std::vector<Growth>& tags, const RoleOf& role_of) {
  std::vector<Cluster> out;
  const std::vector<double> at = moments(tags);
  if (at.empty()) return out;
  std::vector<Candidate> all;
  for (const Growth& growth : tags) {
    if (auto one = candidate_of(growth, at)) all.push_back(std::move(*one));
  }
  const bool held = at.size() == 1;
  std::stable_sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) { return a.gained > b.gained; });
  if (all.size() > kMostCandidates) all.resize(kMostCandidates);
  const std::size_t steps = held ? 0 : all.empty() ? 0 : all.front().steps.size();
  std::vector<bool> taken(all.size(), false);
  for (;;) {
    std::optional<Group> best;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (taken[i]) continue;
      Group group = group_of(all, taken, i, held);
      if (!group.others.empty() && (!best || group.chance < best->chance)) best = std::move(group);
    }
    const double most = held ? kMostChanceHeld : steps < kEnoughSteps ? kMostChanceFew : kMostChance;
    if (!best || best->chance > most) return out;
    absorb(all, taken, *best, held);
    taken[best->reference] = true;
    for (const Match& one : best->others) taken[one.index] = true;
    out.push_back(cluster_of(all, *best, steps, role_of));
  }
}

}  // namespace scanner::poolmon
