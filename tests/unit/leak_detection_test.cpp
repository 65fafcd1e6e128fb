// Detection on made-up machines: what must be found is found, and nothing innocent is accused.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "leak_generator.hpp"
#include "scanner/poolmon/growth.hpp"

using namespace scanner::poolmon;
using leak_generator::Kind;
using leak_generator::numbered_tag;
using leak_generator::Tag;

namespace {

/// POOLWHO_MACHINES=1000 is run by hand.
unsigned machines() {
  const char* asked = std::getenv("POOLWHO_MACHINES");
  return asked != nullptr ? static_cast<unsigned>(std::strtoul(asked, nullptr, 10)) : 100;
}

constexpr Kind kInnocent[] = {Kind::constant, Kind::noisy,   Kind::wandering, Kind::step,   Kind::stairs,
                              Kind::sawtooth, Kind::plateau, Kind::burst,     Kind::falling};

Analysis run(std::vector<Tag>& tags, std::size_t snapshots, std::mt19937& random) {
  SeriesTable table;
  Snapshot snapshot;
  for (std::size_t step = 0; step < snapshots; ++step) {
    snapshot.clear();
    for (Tag& tag : tags) snapshot.rows.push_back(tag.row(step, random));
    table.add(snapshot, "log");
  }
  return analyse(table, {});
}

std::vector<Tag> machine(unsigned count, std::size_t snapshots, std::mt19937& random) {
  std::vector<Tag> tags;
  for (unsigned i = 0; i < count; ++i)
    tags.emplace_back(numbered_tag(i), kInnocent[i % std::size(kInnocent)], random, snapshots);
  return tags;
}

}  // namespace

TEST_CASE("64 KiB per snapshot among 600 noisy tags over 12 snapshots is first, and alone, in 100 of 100 machines") {
  std::map<std::pair<Kind, Shape>, unsigned> shapes;
  const auto leak = tagdb::PoolTag::from_text("Leak");
  unsigned first = 0, alone = 0, accused = 0;
  for (unsigned seed = 1; seed <= machines(); ++seed) {
    INFO("seed ", seed);
    std::mt19937 random(seed);
    std::vector<Tag> tags = machine(600, 12, random);
    tags.emplace_back(leak, Kind::leak, random, 12, 64, 1024);
    const Analysis analysis = run(tags, 12, random);
    const bool found = analysis.tags.front().tag == leak && analysis.tags.front().shape == Shape::leak;
    if (!found) MESSAGE("not found with seed ", seed);
    CHECK(analysis.tags[1].shape != Shape::leak);
    first += found ? 1 : 0;
    alone += analysis.tags[1].shape != Shape::leak ? 1 : 0;
    for (const Growth& growth : analysis.tags) accused += growth.tag != leak && growth.shape == Shape::leak ? 1 : 0;
    std::map<tagdb::PoolTag, Kind> kinds;
    for (const Tag& tag : tags) kinds[tag.tag()] = tag.kind;
    for (const Growth& growth : analysis.tags) ++shapes[{kinds[growth.tag], growth.shape}];
  }
  MESSAGE("leak first in ", first, " of ", machines(), " machines, innocent tags accused ", accused);
  CHECK(first * 1000 >= machines() * 999);
  CHECK(alone == machines());
  CHECK(accused == 0);
  if (std::getenv("POOLWHO_SHOW") != nullptr) {
    for (const auto& [key, count] : shapes)
      MESSAGE("kind ", static_cast<int>(key.first), " called ", std::string(to_string(key.second)), ": ", count);
  }
}

TEST_CASE("a small and a large leak at once are both found, the large one first") {
  for (unsigned seed = 1; seed <= machines(); ++seed) {
    INFO("seed ", seed);
    std::mt19937 random(seed);
    std::vector<Tag> tags = machine(600, 12, random);
    tags.emplace_back(tagdb::PoolTag::from_text("Smal"), Kind::leak, random, 12, 16, 256);
    tags.emplace_back(tagdb::PoolTag::from_text("Larg"), Kind::leak, random, 12, 4096, 4096);
    const Analysis analysis = run(tags, 12, random);
    CHECK(analysis.tags[0].tag == tagdb::PoolTag::from_text("Larg"));
    CHECK(analysis.tags[1].tag == tagdb::PoolTag::from_text("Smal"));
    CHECK(analysis.tags[0].shape == Shape::leak);
    CHECK(analysis.tags[1].shape == Shape::leak);
    CHECK(analysis.tags[2].shape != Shape::leak);
  }
}

TEST_CASE("what is no leak is named as what it is") {
  const auto named = [](Kind kind) {
    std::map<Shape, unsigned> shapes;
    for (unsigned seed = 1; seed <= 20; ++seed) {
      std::mt19937 random(seed);
      std::vector<Tag> tags;
      for (unsigned i = 0; i < 20; ++i) tags.emplace_back(numbered_tag(i), kind, random, 24);
      for (const Growth& growth : run(tags, 24, random).tags) ++shapes[growth.shape];
    }
    return shapes;
  };
  CHECK(named(Kind::constant)[Shape::flat] == 400);
  CHECK(named(Kind::noisy)[Shape::flat] >= 360);
  CHECK(named(Kind::step)[Shape::step] >= 380);
  CHECK(named(Kind::stairs)[Shape::step] >= 380);
  CHECK(named(Kind::sawtooth)[Shape::sawtooth] >= 360);
  CHECK(named(Kind::plateau)[Shape::plateau] >= 380);
  CHECK(named(Kind::burst)[Shape::burst] >= 340);
  CHECK(named(Kind::falling)[Shape::falling] >= 380);
  CHECK(named(Kind::wild)[Shape::noisy] >= 380);
}

TEST_CASE("twelve snapshots: what goes up and down at random is called noisy, not stairs or a saw") {
  std::mt19937 random(77);
  std::map<Shape, unsigned> shapes;
  for (const double wild : {0.15, 0.3, 0.5}) {
    std::vector<Tag> tags;
    for (unsigned i = 0; i < 200; ++i) {
      tags.emplace_back(numbered_tag(i), Kind::wild, random, 12);
      tags.back().wild = wild;
    }
    for (const Growth& growth : run(tags, 12, random).tags) ++shapes[growth.shape];
  }
  CHECK(shapes[Shape::noisy] >= 560);
  CHECK(shapes[Shape::leak] + shapes[Shape::suspect] == 0);
  CHECK(shapes[Shape::sawtooth] + shapes[Shape::step] <= 30);
}

TEST_CASE("nothing innocent is called a leak, whatever the number of snapshots") {
  for (const std::size_t snapshots : {1U, 2U, 3U, 4U, 6U, 8U, 12U, 20U, 31U, 40U, 100U, 600U, 3000U}) {
    const unsigned seeds = snapshots > 200 ? 2 : 20;
    unsigned accused = 0, missed = 0;
    std::map<Kind, unsigned> kinds_accused;
    for (unsigned seed = 1; seed <= seeds; ++seed) {
      std::mt19937 random(1000 + seed);
      std::vector<Tag> tags = machine(300, snapshots, random);
      const auto leak = tagdb::PoolTag::from_text("Leak");
      tags.emplace_back(leak, Kind::leak, random, snapshots, 640, 1024);
      std::map<tagdb::PoolTag, Kind> kinds;
      for (const Tag& tag : tags) kinds[tag.tag()] = tag.kind;
      bool found = false;
      for (const Growth& growth : run(tags, snapshots, random).tags) {
        if (growth.shape != Shape::leak) continue;
        if (growth.tag == leak) {
          found = true;
        } else {
          ++accused;
          ++kinds_accused[kinds[growth.tag]];
        }
      }
      missed += found ? 0 : 1;
    }
    INFO("snapshots ", snapshots, ": accused ", accused, ", missed ", missed);
    if (std::getenv("POOLWHO_SHOW") != nullptr) {
      MESSAGE("snapshots ", snapshots, ": accused ", accused, ", missed ", missed, " of ", seeds);
      for (const auto& [kind, count] : kinds_accused) MESSAGE("   kind ", static_cast<int>(kind), ": ", count);
    }
    CHECK(accused == 0);
    if (snapshots >= 12) CHECK(missed == 0);
  }
}

namespace {

struct Few {
  unsigned accused = 0, innocent_suspects = 0, found = 0, suspected = 0;
};

/// Machines of 600 innocent tags and a leak with little noise that keeps a good part of what it allocates.
Few few(std::size_t snapshots) {
  Few out;
  const auto leak = tagdb::PoolTag::from_text("Leak");
  for (unsigned seed = 1; seed <= machines(); ++seed) {
    std::mt19937 random(seed);
    std::vector<Tag> tags = machine(600, snapshots, random);
    tags.emplace_back(leak, Kind::leak, random, snapshots, 64000, 1024);
    tags.back().leak_noise = 0.1;
    for (const Growth& growth : run(tags, snapshots, random).tags) {
      const bool guilty = growth.tag == leak, leaks = growth.shape == Shape::leak;
      if (growth.shape == Shape::suspect) ++(guilty ? out.suspected : out.innocent_suspects);
      if (leaks) ++(guilty ? out.found : out.accused);
    }
  }
  return out;
}

}  // namespace

TEST_CASE(
    "three to eight snapshots: nothing innocent is called a leak in 100 machines, and a leak at least suspected") {
  for (std::size_t snapshots = 3; snapshots <= 8; ++snapshots) {
    const Few got = few(snapshots);
    INFO("snapshots ", snapshots, ": accused ", got.accused, ", innocent suspects ", got.innocent_suspects, ", found ",
         got.found, ", suspected ", got.suspected);
    if (std::getenv("POOLWHO_SHOW") != nullptr)
      MESSAGE("snapshots ", snapshots, ": accused ", got.accused, ", innocent suspects ", got.innocent_suspects,
              ", found ", got.found, ", suspected ", got.suspected);
    CHECK(got.accused == 0);
    CHECK(got.innocent_suspects <= 60000 / 50);
    CHECK(got.found + got.suspected >= (snapshots == 3 ? 50 : 98));
    if (snapshots == 3) CHECK(got.found == 0);
    if (snapshots >= 6) CHECK(got.found >= 98);
  }
}

TEST_CASE("a verdict from few snapshots says how many would do") {
  SeriesTable table;
  for (std::int64_t step = 0; step < 3; ++step) {
    Snapshot snapshot;
    for (unsigned i = 0; i < 40; ++i) {
      Row row;
      row.tag = numbered_tag(i);
      row.diff = 1000 + (i == 0 ? 1000 * step : 0);
      row.allocs = row.diff;
      row.frees = 0;
      row.bytes = *row.diff * 64;
      snapshot.rows.push_back(row);
    }
    table.add(snapshot, "log");
  }
  const Analysis analysis = analyse(table, {});
  CHECK(analysis.enough == 8);  // 40 / 8! < 0.002
  const Growth& first = analysis.tags.front();
  CHECK(first.shape == Shape::suspect);
  CHECK(first.confidence == 0);
  CHECK(std::any_of(first.reasons.begin(), first.reasons.end(),
                    [](const std::string& reason) { return reason.find("; 8 can") != std::string::npos; }));
}
