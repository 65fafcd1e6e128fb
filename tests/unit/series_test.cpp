// Series of one pool and session each, from figures of which some are not known; and whole pools.
#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/poolmon/growth.hpp"
#include "scanner/report/words.hpp"

using namespace scanner::poolmon;

namespace {

Row row(const char* tag, Pool pool, std::optional<std::int64_t> bytes, std::optional<std::int64_t> diff = std::nullopt,
        std::optional<std::int64_t> allocs = std::nullopt, std::optional<std::int64_t> frees = std::nullopt) {
  Row out;
  out.tag = tagdb::PoolTag::from_text(tag);
  out.pool = pool;
  out.allocs = allocs;
  out.frees = frees;
  out.diff = diff;
  out.bytes = bytes;
  return out;
}

Row in_session(Row row, Session session) {
  row.session = session;
  row.pool = Pool::session;
  return row;
}

void add(SeriesTable& table, std::vector<Row> rows, std::optional<std::int64_t> hour = std::nullopt) {
  Snapshot snapshot;
  snapshot.rows = std::move(rows);
  if (hour) snapshot.time = LogTime{*hour * 3600, *hour * 3600, false, false, false};
  table.add(snapshot, "log");
}

const Growth* found(const Analysis& analysis, const char* tag, Session session = Session()) {
  const auto at = std::find_if(analysis.tags.begin(), analysis.tags.end(), [&](const Growth& growth) {
    return growth.tag == tagdb::PoolTag::from_text(tag) && growth.session == session;
  });
  return at == analysis.tags.end() ? nullptr : &*at;
}

/// A whole pool whose bytes are `values`, hour by hour.
Growth whole(const std::vector<std::int64_t>& values) {
  SeriesTable table;
  std::int64_t hour = 0;
  for (const std::int64_t value : values) {
    Row one;
    one.pool = Pool::paged;
    one.bytes = value;
    add(table, {one}, hour++);
  }
  return analyse(table, {}).tags.at(0);
}

std::string said(const Growth& pool, double hours) {
  scanner::report::LogsInfo logs;
  logs.timed = true;
  logs.hours = hours;
  return scanner::report::whole_pool_in_words(pool, logs);
}

}  // namespace

TEST_CASE("sessions, their sum and the system's pool are never one series") {
  SeriesTable table;
  for (std::int64_t i = 0; i < 8; ++i) {
    add(table, {row("Gxyz", Pool::paged, 90000, 900, 7000 + i, 6100 + i),
                in_session(row("Gxyz", Pool::paged, 500000 + 40000 * i, 500 + 40 * i, 4000 + 45 * i, 3500 + 5 * i),
                           Session::number(3)),
                in_session(row("Gxyz", Pool::paged, 60000, 60, 200, 140), Session::number(0)),
                in_session(row("Gxyz", Pool::paged, 560000 + 40000 * i, 560 + 40 * i, 4200 + 45 * i, 3640 + 5 * i),
                           Session::all())});
  }
  CHECK(table.notes().empty());  // no counter went back
  const Analysis analysis = analyse(table, {});
  CHECK(analysis.tags.size() == 4);
  CHECK(found(analysis, "Gxyz", Session::number(3))->shape == Shape::leak);
  CHECK(found(analysis, "Gxyz", Session::number(3))->bytes_first == 500000);
  CHECK(found(analysis, "Gxyz", Session::number(0))->shape == Shape::flat);
  CHECK(found(analysis, "Gxyz", Session::all())->bytes_last == 840000);
  CHECK(found(analysis, "Gxyz")->shape == Shape::flat);
  CHECK(scanner::report::pool_in_words(*found(analysis, "Gxyz", Session::number(3))) == "session 3");
  CHECK(scanner::report::pool_in_words(*found(analysis, "Gxyz", Session::all())) == "all sessions");
}

TEST_CASE("sessions that take turns, snapshot by snapshot, start no counter again") {
  SeriesTable table;
  for (std::int64_t i = 0; i < 6; ++i) {
    add(table, {in_session(row("Uspi", Pool::paged, 880000, 1250, 9000, 7750), Session::number(1))});
    add(table, {in_session(row("Uspi", Pool::paged, 70400, 100, 1200, 1100), Session::number(2))});
  }
  CHECK(table.notes().empty());
  const Analysis analysis = analyse(table, {});
  CHECK(analysis.tags.size() == 2);
  for (const Growth& growth : analysis.tags) CHECK(growth.shape == Shape::flat);
}

TEST_CASE("what a snapshot does not tell is no drop to 0") {
  SeriesTable table;
  for (std::int64_t i = 0; i < 10; ++i) {
    const std::int64_t blocks = 1000 + 50 * i;
    if (i == 4) {  // bytes only
      add(table, {row("Half", Pool::nonpaged, blocks * 96)}, i);
    } else if (i == 6) {  // counts only
      add(table, {row("Half", Pool::nonpaged, std::nullopt, blocks, 8000 + 70 * i, 7000 + 20 * i)}, i);
    } else {
      add(table, {row("Half", Pool::nonpaged, blocks * 96, blocks, 8000 + 70 * i, 7000 + 20 * i)}, i);
    }
  }
  CHECK(table.notes().empty());
  const Analysis analysis = analyse(table, {});
  const Growth& growth = *found(analysis, "Half");
  CHECK(growth.shape == Shape::leak);
  CHECK(growth.snapshots == 9);
  CHECK(growth.bytes_per_allocation == 96);
  CHECK_FALSE(growth.points.at(4).diff.has_value());
  CHECK_FALSE(growth.points.at(4).allocs.has_value());
  REQUIRE(growth.kept.has_value());
  CHECK(*growth.kept > 0.7);
}

TEST_CASE("the size of a block is not known where blocks are not, and never 0") {
  SeriesTable table;
  add(table,
      {row("Byte", Pool::nonpaged, 4096), row("Zero", Pool::nonpaged, 4096, 0), row("Same", Pool::nonpaged, 4096, 4096),
       row("None", Pool::paged, 0, 12), row("Both", Pool::paged, 960, 10)});
  const Analysis analysis = analyse(table, {});
  CHECK_FALSE(found(analysis, "Byte")->bytes_per_allocation.has_value());
  CHECK_FALSE(found(analysis, "Byte")->count.has_value());
  CHECK_FALSE(found(analysis, "Zero")->bytes_per_allocation.has_value());
  CHECK_FALSE(found(analysis, "Same")->bytes_per_allocation.has_value());
  CHECK_FALSE(found(analysis, "None")->bytes_per_allocation.has_value());
  CHECK(found(analysis, "Both")->bytes_per_allocation == 96);
  CHECK(found(analysis, "Both")->count == 10);
}

TEST_CASE("rows of one tag in one snapshot are one figure, counts too, also in the first one and after a restart") {
  SeriesTable table;
  for (std::int64_t i = 0; i < 4; ++i) {
    const std::int64_t counter = i < 2 ? 5000 + i : 300 + i;  // restarted before the third
    add(table, {row("Twin", Pool::nonpaged, 1000, 10, counter, counter - 10),
                row("Twin", Pool::nonpaged, 200, 2, counter, counter - 2)});
  }
  const Series& series = table.series().at(0);
  CHECK(series.snapshots == 4);
  CHECK(series.bytes_first == 1200);
  CHECK(series.bytes_last == 1200);
  CHECK(series.points.back().diff == 12);
  CHECK(series.points.back().low == 1200);
  CHECK(table.notes().size() == 1);
}

TEST_CASE("whole pools: growing, flat, falling, and nothing is printed against its slope") {
  std::vector<std::int64_t> growing, flat, falling, up_at_the_end;
  for (std::int64_t i = 0; i < 20; ++i) {
    growing.push_back(800000000 + 90000000 * i + (i % 3) * 1000000);
    flat.push_back(900000000 - (i % 7) * 1000000);
    falling.push_back(2000000000 - 50000000 * i);
    up_at_the_end.push_back(i == 19 ? 960000000 : 950000000 - 900000 * i);
  }
  CHECK(whole(growing).shape == Shape::leak);
  CHECK(*whole(growing).bytes_per_hour == doctest::Approx(90000000).epsilon(0.01));
  CHECK(said(whole(growing), 19).find(" keeps growing: 762.9 MiB to ") != std::string::npos);
  CHECK(whole(flat).shape == Shape::flat);
  CHECK(said(whole(flat), 19) == "the paged pool as a whole stays as it is: between 852.6 MiB and 858.3 MiB in 19 h");
  CHECK(whole(falling).shape == Shape::falling);
  CHECK(said(whole(falling), 19).find(" is smaller than before: 1.9 GiB to 1001.4 MiB in 19 h, -47.7 MiB per hour") !=
        std::string::npos);
  const Growth odd = whole(up_at_the_end);
  CHECK(odd.gained > 0);
  CHECK(*odd.bytes_per_hour < 0);
  CHECK(said(odd, 19).find("per hour") == std::string::npos);
  CHECK(said(whole({5000000}), 0) == "the paged pool as a whole: 4.8 MiB");
  CHECK(said(whole({5000000, 5000000}), 1) == "the paged pool as a whole stays at 4.8 MiB in 1 h");
}

TEST_CASE("a restart that the tags tell splits the whole pools too") {
  SeriesTable totals;
  for (std::int64_t i = 0; i < 8; ++i) {
    Snapshot snapshot;
    Row one;
    one.bytes = i < 4 ? 900 + i : 100 + 2 * i;
    snapshot.rows = {one};
    totals.add(snapshot, "log", i == 4);
  }
  CHECK(totals.notes().empty());
  CHECK(analyse(totals, {}).tags.at(0).bytes_first == 108);
}

TEST_CASE("dates that can be read in two ways are read so that the snapshots lie closer together, and it is said") {
  SeriesTable table;
  constexpr std::int64_t kDay = 86400;
  for (std::int64_t i = 0; i < 3; ++i) {  // 1/2, 2/2, 3/2: three days in February, or one in each of three months
    Snapshot snapshot;
    snapshot.rows = {row("Abcd", Pool::paged, 100 + i)};
    snapshot.time = LogTime{(i * 31 + 1) * kDay, (31 + i) * kDay, false, false, false};
    table.add(snapshot, "log");
  }
  CHECK(table.clock() == SeriesTable::Clock::exchanged);
  const Analysis analysis = analyse(table, {});
  CHECK(analysis.hours == 48);
  CHECK(std::any_of(analysis.notes.begin(), analysis.notes.end(),
                    [](const std::string& note) { return note.find("day before the month") != std::string::npos; }));
}

TEST_CASE("times with a zone and times without are no one clock") {
  SeriesTable table;
  for (std::int64_t i = 0; i < 3; ++i) {
    Snapshot snapshot;
    snapshot.rows = {row("Abcd", Pool::paged, 100 + i)};
    snapshot.time = LogTime{i * 3600, i * 3600, false, false, i == 1};
    table.add(snapshot, "log");
  }
  CHECK(table.clock() == SeriesTable::Clock::steps);
}
