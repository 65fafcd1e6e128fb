// Tags that grow together: what people found by hand in public threads, made-up machines where nothing belongs
// together, and planted groups. POOLWHO_MACHINES=1000 is run by hand.
#include "scanner/poolmon/lockstep.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "leak_generator.hpp"

using namespace scanner::poolmon;
using leak_generator::Kind;
using leak_generator::numbered_tag;

namespace {

unsigned machines() {
  const char* asked = std::getenv("POOLWHO_MACHINES");
  return asked != nullptr ? static_cast<unsigned>(std::strtoul(asked, nullptr, 10)) : 30;
}

constexpr Kind kInnocent[] = {Kind::constant, Kind::noisy,   Kind::wandering, Kind::step,   Kind::stairs,
                              Kind::sawtooth, Kind::plateau, Kind::burst,     Kind::falling};

TagRole unknown(tagdb::PoolTag /*tag*/) { return {}; }

/// Roles as the lists give them, for the tags of the threads.
TagRole in_threads(tagdb::PoolTag tag) {
  const std::string name = tag.text();
  TagRole role;
  role.microsoft = true;
  if (name.starts_with("WC")) return role;
  for (const char* object : {"File", "Toke"}) {
    if (name == object) role.kind = TagRole::Kind::object;
  }
  if (role.kind == TagRole::Kind::driver) role.kind = TagRole::Kind::system;
  return role;
}

struct Line {
  const char* tag;
  std::int64_t allocs, frees, before;  ///< `before`: blocks at the first snapshot
};

/// Two snapshots of which the second has these allocations and frees more; with `before` of -1 one snapshot only.
std::vector<Cluster> of_table(const std::vector<Line>& lines) {
  SeriesTable table;
  const bool one = lines[0].before < 0;
  for (const bool last : {false, true}) {
    if (one && !last) continue;
    Snapshot snapshot;
    for (const Line& line : lines) {
      Row row;
      row.tag = tagdb::PoolTag::from_text(line.tag);
      const std::int64_t start = one ? 0 : 1000000 + line.before;
      row.allocs = start + (last ? line.allocs : 0);
      row.frees = (one ? 0 : 1000000) + (last ? line.frees : 0);
      row.diff = *row.allocs - *row.frees;
      row.bytes = *row.diff * 100;
      snapshot.rows.push_back(row);
    }
    table.add(snapshot, "log");
  }
  return find_clusters(analyse(table, {}).tags, in_threads);
}

std::set<std::string> names(const Cluster& cluster) {
  std::set<std::string> out;
  for (const ClusterMember& member : cluster.members) out.insert(member.tag.text());
  return out;
}

/// Blocks of planted tags: background that hardly moves, plus their part of what leaks, which goes in uneven steps.
struct Planted {
  std::vector<double> leaked;  ///< by snapshot
  struct One {
    tagdb::PoolTag tag;
    double base, ratio, noise;
  };
  std::vector<One> tags;
};

Planted plant(std::size_t count, std::size_t snapshots, std::mt19937& random) {
  const auto uniform = [&random](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  Planted out;
  const double each = std::exp(uniform(std::log(300), std::log(100000)));
  double sum = 0;
  for (std::size_t i = 0; i < snapshots; ++i) {
    out.leaked.push_back(sum);
    sum += each * uniform(0.6, 1.4);
  }
  constexpr double kRatios[] = {1, 1, 1, 2, 1, 3, 1, 0.5, 1.5, 1, 1, 2};
  for (std::size_t i = 0; i < count; ++i)
    out.tags.push_back({tagdb::PoolTag::from_text(std::string("Pl") + static_cast<char>('a' + i) + "x"),
                        std::floor(uniform(0, 20000)), kRatios[i], i == 0 ? 0 : uniform(0, 0.004)});
  return out;
}

std::vector<Cluster> run(std::size_t innocents, std::size_t snapshots, const Planted* planted, std::mt19937& random) {
  std::vector<leak_generator::Tag> tags;
  for (unsigned i = 0; i < innocents; ++i)
    tags.emplace_back(numbered_tag(i), kInnocent[i % std::size(kInnocent)], random, snapshots);
  SeriesTable table;
  Snapshot snapshot;
  for (std::size_t step = 0; step < snapshots; ++step) {
    snapshot.clear();
    for (leak_generator::Tag& tag : tags) snapshot.rows.push_back(tag.row(step, random));
    if (planted != nullptr) {
      for (const Planted::One& one : planted->tags) {
        Row row;
        row.tag = one.tag;
        const double each = planted->leaked[1] > 0 ? planted->leaked[1] : 1;
        const double noise = std::normal_distribution<double>(0, 1)(random) * one.noise * each * one.ratio;
        row.diff = std::llround(one.base + one.ratio * planted->leaked[step] + noise);
        row.frees = 100;
        row.allocs = *row.diff + 100;
        row.bytes = *row.diff * 96;
        snapshot.rows.push_back(row);
      }
    }
    table.add(snapshot, "log");
  }
  return find_clusters(analyse(table, {}).tags, unknown);
}

}  // namespace

TEST_CASE("lockstep: a public table of differences, where people found WCsc (WSL 40804)") {
  const auto found = of_table({{"NtfC", 700000, 196288, 400},
                               {"File", 9514826, 9000000, 90000},
                               {"IoNm", 1504435, 1000000, 5000},
                               {"FOCX", 503787, 0, 20},
                               {"WCsc", 503677, 0, 10},
                               {"FMfc", 503797, 0, 300},
                               {"FMwi", 503677, 0, 0},
                               {"IoFE", 2006714, 1000000, 7000}});
  REQUIRE(found.size() == 1);
  CHECK(found[0].members.size() == 8);
  CHECK(found[0].holder().text() == "WCsc");
  CHECK(found[0].hint);
  CHECK(found[0].members.back().tag.text() == "IoFE");
  CHECK(found[0].members.back().ratio == doctest::Approx(1.999).epsilon(0.001));
}

TEST_CASE("lockstep: a reproducer's differences (Windows-Containers 646), and counts of one snapshot (WSL 41296)") {
  const auto run = of_table({{"FMwi", 1999, 0, 10},
                             {"WCfc", 1999, 0, 5},
                             {"WCri", 1999, 0, 5},
                             {"WCsc", 1999, 0, 5},
                             {"FMfc", 1999, 0, 70},
                             {"WCfn", 2003, 2003, 5}});
  REQUIRE(run.size() == 1);
  CHECK(run[0].holder().text().starts_with("WC"));
  CHECK(names(run[0]) == std::set<std::string>{"FMfc", "FMwi", "WCfc", "WCri", "WCsc"});
  const auto boot = of_table({{"WCri", 1137, 263, -1},
                              {"WCse", 903, 29, -1},
                              {"WCss", 903, 29, -1},
                              {"WCsc", 874, 0, -1},
                              {"WCfc", 874, 0, -1},
                              {"WCfn", 878, 878, -1}});
  REQUIRE(boot.size() == 1);
  CHECK((boot[0].holder().text() == "WCsc" || boot[0].holder().text() == "WCfc"));
  CHECK(boot[0].members.size() == 5);
  // Tokens and their parts, and what belongs to open files.
  const auto host = of_table({{"Toke", 3708367, 0, -1},
                              {"FMfn", 13564307, 0, -1},
                              {"Ntfc", 13346730, 0, -1},
                              {"IoNm", 13356474, 0, -1},
                              {"SeAt", 15601954, 0, -1},
                              {"SeTd", 3708367, 0, -1},
                              {"D2d ", 13325627, 0, -1},
                              {"NtfF", 250672, 0, -1}});
  REQUIRE(host.size() == 2);
  for (const Cluster& cluster : host) {
    CHECK(cluster.hint);
    CHECK(cluster.steps == 0);
  }
}

TEST_CASE("lockstep: 600 innocent tags belong to nobody") {
  for (const std::size_t snapshots : {1U, 2U, 4U, 6U, 8U, 12U, 40U}) {
    unsigned wrong = 0;
    for (unsigned seed = 1; seed <= machines(); ++seed) {
      std::mt19937 random(seed * 7919);
      wrong += run(600, snapshots, nullptr, random).empty() ? 0 : 1;
    }
    if (std::getenv("POOLWHO_SHOW") != nullptr) MESSAGE(snapshots, " snapshots: ", wrong, " false clusters");
    CHECK(wrong <= machines() / 1000);
  }
}

TEST_CASE("lockstep: planted groups are found whole, among 600 innocent tags") {
  for (const std::size_t snapshots : {6U, 8U, 12U, 30U}) {
    unsigned missed = 0, parts = 0, more = 0, groups = 0;
    for (unsigned seed = 1; seed <= machines(); ++seed) {
      for (std::size_t count : {2U, 3U, 5U, 8U, 12U}) {
        std::mt19937 random(seed * 104729 + static_cast<unsigned>(count));
        const Planted planted = plant(count, snapshots, random);
        const auto found = run(600, snapshots, &planted, random);
        ++groups;
        CHECK(found.size() <= 1);
        std::set<std::string> expected;
        for (const Planted::One& one : planted.tags) expected.insert(one.tag.text());
        const auto best = std::find_if(found.begin(), found.end(), [&expected](const Cluster& cluster) {
          return expected.contains(cluster.holder().text());
        });
        missed += best == found.end() ? 1 : 0;
        if (best == found.end()) continue;
        const std::set<std::string> whole = names(*best);
        if (!std::includes(whole.begin(), whole.end(), expected.begin(), expected.end())) ++parts;
        if (!std::includes(expected.begin(), expected.end(), whole.begin(), whole.end())) ++more;
      }
    }
    if (std::getenv("POOLWHO_SHOW") != nullptr)
      MESSAGE(snapshots, " snapshots: ", groups, " groups, ", missed, " missed, ", parts, " in part, ", more,
              " with more");
    CHECK(missed == 0);
    CHECK(more == 0);
    CHECK(parts * 100 <= groups);
  }
}

TEST_CASE("lockstep: two leaks that have nothing to do with each other stay apart") {
  unsigned wrong = 0;
  for (unsigned seed = 1; seed <= machines(); ++seed) {
    std::mt19937 random(seed * 31);
    SeriesTable table;
    const auto uniform = [&random](double low, double high) {
      return std::uniform_real_distribution<double>(low, high)(random);
    };
    double rate[6], blocks[6] = {0, 0, 0, 0, 0, 0};
    for (double& one : rate) one = std::exp(uniform(std::log(100), std::log(100000)));
    for (std::size_t step = 0; step < 10; ++step) {
      Snapshot snapshot;
      const double busy = uniform(0.5, 1.5);  // the whole machine is more or less busy
      for (unsigned i = 0; i < 6; ++i) {
        Row row;
        row.tag = numbered_tag(i);
        row.diff = std::llround(blocks[i]);
        row.bytes = *row.diff * 64;
        blocks[i] += rate[i] * busy * uniform(0.97, 1.03);
        snapshot.rows.push_back(row);
      }
      table.add(snapshot, "log");
    }
    wrong += find_clusters(analyse(table, {}).tags, unknown).empty() ? 0 : 1;
  }
  if (std::getenv("POOLWHO_SHOW") != nullptr) MESSAGE(wrong, " of ", machines(), " machines");
  CHECK(wrong * 20 <= machines());
}
