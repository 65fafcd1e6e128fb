#include "scanner/catalog/totals.hpp"

#include <string_view>

namespace scanner::catalog {
namespace {

/// Files below a root of their machine, as `below` finds them; drivers.id null for what is no driver.
constexpr const char* kWrite = R"(
CREATE TEMP TABLE counted AS SELECT f.driver AS driver, f.outcome AS outcome, f.size AS size FROM files f
  WHERE f.state='present' AND EXISTS(SELECT 1 FROM roots r WHERE r.host=f.host AND
    f.path>=rtrim(r.path,'/')||'/' AND f.path<rtrim(r.path,'/')||'0');
INSERT INTO totals SELECT outcome, '', count(*), 0, sum(CASE outcome WHEN 'unreadable' THEN 0 ELSE size END)
  FROM counted WHERE driver IS NULL GROUP BY outcome;
INSERT INTO totals SELECT CASE d.traced WHEN 0 THEN 'untraced' ELSE 'traced' END, CASE d.traced WHEN 0 THEN d.machine
  ELSE '' END, count(*), count(DISTINCT d.id), sum(c.size) FROM counted c JOIN drivers d ON d.id=c.driver GROUP BY 1, 2;
INSERT INTO total_sites SELECT s.kind, s.wrapper, s.bucket, s.reason, sum(s.sites) FROM site_counts s
  JOIN drivers d ON d.id=s.driver AND d.traced WHERE s.driver IN (SELECT driver FROM counted) GROUP BY 1, 2, 3, 4;
INSERT INTO unresolved SELECT sum(s.sites), s.driver FROM site_counts s JOIN drivers d ON d.id=s.driver AND d.traced
  WHERE (s.kind='allocate' OR s.wrapper) AND s.bucket='dynamic' AND s.driver IN (SELECT driver FROM counted)
  GROUP BY s.driver;
INSERT INTO totals SELECT 'unresolved', '', 0, count(*), 0 FROM unresolved;
DROP TABLE counted;
)";

/// `sign` is 1 or -1.
void count_site(Rest& rest, Statement& row, int sign) {
  const std::string_view kind = row.view(0), bucket = row.view(2);
  trace::BucketCounts& counts = row.integer(1) != 0  ? rest.wrapper
                                : kind == "allocate" ? rest.allocate
                                : kind == "free"     ? rest.free
                                                     : rest.other;
  const auto sites = static_cast<std::uint32_t>(row.integer(4));
  const std::uint32_t change = sign > 0 ? sites : 0U - sites;
  for (std::size_t i = 0; i < trace::kBucketCount; ++i) {
    if (trace::to_string(static_cast<trace::Bucket>(i)) == bucket) counts.count[i] += change;
  }
  if (bucket != trace::to_string(trace::Bucket::dynamic)) return;
  std::uint32_t& reason = rest.dynamic_reasons[row.text(3)];
  reason += change;
  if (reason == 0) rest.dynamic_reasons.erase(row.text(3));
}

}  // namespace

void drop_totals(Sql& sql) {
  for (const char* statement : {"DELETE FROM totals", "DELETE FROM total_sites", "DELETE FROM unresolved"})
    sql.execute(statement);
}

void write_totals(Sql& sql) {
  drop_totals(sql);
  Statement& named = sql.query(
      "SELECT 1 FROM roots r CROSS JOIN files f ON f.host=r.host AND f.path=r.path AND f.state='present' LIMIT 1");
  const bool file_is_root = named.step();
  named.reset();
  if (!file_is_root) sql.execute(kWrite);
}

bool read_totals(Sql& sql, Rest& rest) {
  bool any = false;
  Statement& rows = sql.query("SELECT name, machine, files, contents, bytes FROM totals");
  while (rows.step()) {
    any = true;
    const std::string_view name = rows.view(0);
    const auto files = static_cast<std::uint64_t>(rows.integer(2));
    const auto contents = static_cast<std::uint32_t>(rows.integer(3));
    rest.files += files;
    rest.bytes += static_cast<std::uint64_t>(rows.integer(4));
    if (name == "unresolved") {
      rest.unresolved_drivers = contents;
    } else if (name == "traced") {
      rest.drivers += files;
      rest.deferred += files;
    } else if (name == "untraced") {
      rest.drivers += files;
      rest.untraced[rows.text(1)] += contents;
    } else if (name == "not_pe") {
      rest.not_pe += files;
    } else if (name != "not_wanted") {
      rest.unparsed += files;
    }
  }
  Statement& sites = sql.query("SELECT kind, wrapper, bucket, reason, sites FROM total_sites");
  while (sites.step()) count_site(rest, sites, 1);
  // Totals of an earlier version left the calls of wrappers out of `unresolved`; who asks then counts anew.
  Statement& sum = sql.query("SELECT ifnull(sum(sites), 0) FROM unresolved");
  const bool agrees = sum.step() && sum.integer(0) == static_cast<std::int64_t>(rest.allocate[trace::Bucket::dynamic] +
                                                                                rest.wrapper[trace::Bucket::dynamic]);
  sum.reset();
  return any && agrees;
}

void take_sites(Sql& sql, std::int64_t driver, Rest& rest) {
  Statement& rows = sql.query(
                           "SELECT kind, wrapper, bucket, reason, sites FROM site_counts s JOIN drivers d ON "
                           "d.id=s.driver AND d.traced WHERE s.driver=?")
                        .bind(driver);
  bool unresolved = false;
  while (rows.step()) {
    unresolved = unresolved || ((rows.view(0) == "allocate" || rows.integer(1) != 0) && rows.view(2) == "dynamic");
    count_site(rest, rows, -1);
  }
  if (unresolved) --rest.unresolved_drivers;
}

std::vector<std::pair<std::uint32_t, std::int64_t>> most_unresolved(Sql& sql, const std::set<std::int64_t>& but) {
  std::vector<std::pair<std::uint32_t, std::int64_t>> worst;
  Statement& rows = sql.query("SELECT sites, driver FROM unresolved ORDER BY sites DESC");
  while (rows.step()) {
    const auto sites = static_cast<std::uint32_t>(rows.integer(0));
    if (worst.size() >= 2 && sites < worst[1].first) break;
    if (!but.contains(rows.integer(1))) worst.emplace_back(sites, rows.integer(1));
  }
  rows.reset();
  return worst;
}

}  // namespace scanner::catalog
