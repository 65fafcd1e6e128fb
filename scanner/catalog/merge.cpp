#include "scanner/catalog/merge.hpp"

#include <algorithm>

#include "scanner/catalog/schema.hpp"
#include "scanner/catalog/totals.hpp"

namespace scanner::catalog {
namespace {

/// Everything but files from the attached catalogue `other`. Temporary tables map its numbers to ours.
constexpr const char* kTake = R"(
INSERT OR IGNORE INTO main.engines(engine,apis,tool) SELECT engine,apis,tool FROM other.engines ORDER BY id;
CREATE TEMP TABLE engine_of AS SELECT theirs.id AS theirs, ours.id AS ours, ours.engine AS engine
  FROM other.engines theirs JOIN main.engines ours ON ours.engine=theirs.engine AND ours.apis=theirs.apis;
INSERT OR IGNORE INTO main.runs(uuid,host,os,time,engine,tagdb,shard,complete)
  SELECT uuid,host,os,time,e.ours,tagdb,shard,complete FROM other.runs r JOIN engine_of e ON e.theirs=r.engine
  ORDER BY r.time, r.uuid;
CREATE TEMP TABLE run_of AS SELECT theirs.id AS theirs, ours.id AS ours, theirs.time AS time
  FROM other.runs theirs JOIN main.runs ours ON ours.uuid=theirs.uuid;

INSERT INTO main.tags SELECT value, (SELECT ifnull(max(seq), 0) FROM main.tags) + row_number() OVER (ORDER BY seq), tag
  FROM other.tags WHERE value NOT IN (SELECT value FROM main.tags);
-- Their numbers of tags mean other tags than ours: a driver was searched for all of ours below the first that it missed.
CREATE TEMP TABLE searched_of AS SELECT s.searched AS theirs, (
    SELECT ifnull(min(m.seq) - 1, (SELECT ifnull(max(seq), 0) FROM main.tags)) FROM main.tags m
    WHERE NOT EXISTS(SELECT 1 FROM other.tags t WHERE t.value=m.value AND t.seq<=s.searched)) AS ours
  FROM (SELECT DISTINCT searched FROM other.drivers) s;

-- Contents that are new here, or that a better engine traced there. What a trace found can depend on files beside the
-- driver: of two traces by one engine the one counts that a survey of all would have made, that of the first path.
CREATE TEMP TABLE wanted AS SELECT d.id AS theirs, o.id AS ours FROM other.drivers d
  JOIN engine_of e ON e.theirs=d.engine LEFT JOIN main.drivers o ON o.sha256=d.sha256
  LEFT JOIN main.engines oe ON oe.id=o.engine WHERE o.id IS NULL OR e.engine > oe.engine OR (e.engine=oe.engine AND
    (d.context<>o.context OR EXISTS(SELECT 1 FROM other.files f WHERE f.driver=d.id AND f.beside<>0) OR
      EXISTS(SELECT 1 FROM main.files f WHERE f.driver=o.id AND f.beside<>0)) AND
    (SELECT min(f.host || char(1) || replace(f.path, '/', char(1))) FROM other.files f WHERE f.driver=d.id) <
    (SELECT min(f.host || char(1) || replace(f.path, '/', char(1))) FROM main.files f WHERE f.driver=o.id));
DELETE FROM main.uses WHERE driver IN (SELECT ours FROM wanted WHERE ours IS NOT NULL);
DELETE FROM main.sites WHERE driver IN (SELECT ours FROM wanted WHERE ours IS NOT NULL);
DELETE FROM main.site_counts WHERE driver IN (SELECT ours FROM wanted WHERE ours IS NOT NULL);
DELETE FROM main.held WHERE driver IN (SELECT ours FROM wanted WHERE ours IS NOT NULL);
DELETE FROM main.occurrences WHERE driver IN (SELECT ours FROM wanted WHERE ours IS NOT NULL);
DELETE FROM main.gaps WHERE driver IN (SELECT ours FROM wanted WHERE ours IS NOT NULL);
DELETE FROM main.images WHERE driver IN (SELECT ours FROM wanted WHERE ours IS NOT NULL);
DELETE FROM main.places WHERE driver IN (SELECT ours FROM wanted WHERE ours IS NOT NULL);
INSERT OR REPLACE INTO main.drivers SELECT w.ours,sha256,size,machine,traced,e.ours,company,product,description,
  file_version,original_name,signer,signature,pdb,pdb_id,linked,binds_kmdf,exports_allocator,problems,s.ours,context
  FROM other.drivers d JOIN wanted w ON w.theirs=d.id JOIN engine_of e ON e.theirs=d.engine
  JOIN searched_of s ON s.theirs=d.searched ORDER BY d.sha256;
CREATE TEMP TABLE driver_of AS SELECT theirs.id AS theirs, ours.id AS ours, w.theirs IS NOT NULL AS taken
  FROM other.drivers theirs JOIN main.drivers ours ON ours.sha256=theirs.sha256
  LEFT JOIN wanted w ON w.theirs=theirs.id;
CREATE INDEX temp.driver_of_theirs ON driver_of(theirs);
INSERT INTO main.uses SELECT o.ours,n,tag,tag_value,protected,evidence,certainty,charges_pool,api,site_rva,origin_rva,
  function_rva,file_offset,pool,executable,bytes,assumptions,via,names,listing,handed_out
  FROM other.uses u JOIN driver_of o ON o.theirs=u.driver WHERE o.taken;
INSERT INTO main.sites SELECT o.ours,n,rva,function_rva,api,kind,wrapper,bucket,reason
  FROM other.sites s JOIN driver_of o ON o.theirs=s.driver WHERE o.taken;
INSERT INTO main.site_counts SELECT o.ours,kind,wrapper,bucket,reason,sites
  FROM other.site_counts s JOIN driver_of o ON o.theirs=s.driver WHERE o.taken;
INSERT INTO main.gaps SELECT o.ours,unresolved_api_sets,notes
  FROM other.gaps g JOIN driver_of o ON o.theirs=g.driver WHERE o.taken;
INSERT INTO main.images SELECT o.ours,oldest_system
  FROM other.images i JOIN driver_of o ON o.theirs=i.driver WHERE o.taken;
INSERT INTO main.places SELECT o.ours,rva,name,file,line
  FROM other.places p JOIN driver_of o ON o.theirs=p.driver WHERE o.taken;
-- What stands in the bytes is true whoever searched.
INSERT OR IGNORE INTO main.held SELECT tag,o.ours FROM other.held h JOIN driver_of o ON o.theirs=h.driver;
INSERT OR IGNORE INTO main.occurrences SELECT o.ours,tag,file_offset,protected,evidence,rva,what
  FROM other.occurrences x JOIN driver_of o ON o.theirs=x.driver;

-- A root as the latest run saw it.
CREATE TEMP TABLE root_taken AS SELECT r.id AS theirs, r.host AS host, r.path AS path FROM other.roots r
  LEFT JOIN run_of t ON t.theirs=r.run LEFT JOIN main.roots o ON o.host=r.host AND o.path=r.path
  LEFT JOIN main.runs ot ON ot.id=o.run WHERE o.id IS NULL OR t.time > ot.time;
INSERT INTO main.roots(host,path,spelled,run,not_pe,locked,denied,links,offline,too_large,special)
  SELECT r.host,r.path,spelled,t.ours,not_pe,locked,denied,links,offline,too_large,special
  FROM other.roots r JOIN root_taken k ON k.theirs=r.id LEFT JOIN run_of t ON t.theirs=r.run WHERE true ORDER BY r.id
  ON CONFLICT(host,path) DO UPDATE SET (spelled,run,not_pe,locked,denied,links,offline,too_large,special)=
  (excluded.spelled,excluded.run,excluded.not_pe,excluded.locked,excluded.denied,excluded.links,excluded.offline,
   excluded.too_large,excluded.special);
DELETE FROM main.troubles WHERE root IN (
  SELECT o.id FROM main.roots o JOIN root_taken k ON k.host=o.host AND k.path=o.path);
INSERT INTO main.troubles SELECT o.id, t.path, t.message FROM other.troubles t JOIN root_taken k ON k.theirs=t.root
  JOIN main.roots o ON o.host=k.host AND o.path=k.path;
)";

constexpr const char* kForget = R"(
DROP TABLE engine_of; DROP TABLE run_of; DROP TABLE searched_of; DROP TABLE wanted;
DROP TABLE driver_of; DROP TABLE root_taken;
)";

/// One file as the other catalogue knows it, with our numbers.
struct Seen {
  std::string host, path, outcome, message, state;
  std::optional<std::int64_t> driver, first_run, last_run;
  std::optional<std::int64_t> kmdf_tag;
  std::int64_t size = 0, modified = 0, beside = 0, checked = 0, engine = 0;
};

/// Paths of one machine that hold one driver here and another there, neither catalogue knowing both: not one file that
/// was updated, but perhaps two machines under one name.
void find_conflicts(Sql& sql, Merged& merged) {
  Statement& rows = sql.query(
      "SELECT f.host, f.path FROM other.files f JOIN driver_of d ON d.theirs=f.driver JOIN main.files m ON "
      "m.host=f.host AND m.path=f.path AND m.state='present' WHERE f.state='present' AND m.driver IS NOT NULL AND "
      "m.driver<>d.ours AND NOT EXISTS(SELECT 1 FROM driver_of y JOIN other.files x ON x.driver=y.theirs WHERE "
      "y.ours=m.driver AND x.host=f.host AND x.path=f.path) AND NOT EXISTS(SELECT 1 FROM main.files x WHERE "
      "x.host=f.host AND x.path=f.path AND x.driver=d.ours) ORDER BY 1, 2");
  while (rows.step()) {
    if (merged.conflicts++ > 0) continue;
    merged.conflict_host = rows.text(0);
    merged.conflict_path = rows.text(1);
  }
}

/// The latest view of a path is the one that is present, or vanished; earlier ones are history.
void take_file(Sql& sql, const Seen& file) {
  std::optional<std::int64_t> same, present;
  std::int64_t same_checked = 0, latest = 0;
  Statement& rows = sql.query(
                           "SELECT id, driver IS ?3 AND outcome=?4 AND size=?5 AND modified=?6, checked, state FROM "
                           "main.files WHERE host=?1 AND path=?2")
                        .bind(file.host, file.path, file.driver, file.outcome, file.size, file.modified);
  while (rows.step()) {
    latest = std::max(latest, rows.integer(2));
    if (rows.integer(1) != 0) {
      same = rows.integer(0);
      same_checked = rows.integer(2);
    }
    if (rows.view(3) == "present") present = rows.integer(0);
  }
  const bool newest = file.checked > latest;
  if (same && file.checked <= same_checked) return;
  if (newest && present && present != same)
    sql.query("UPDATE main.files SET state='changed' WHERE id=?").bind(*present).run();
  const std::string state = newest ? file.state : "changed";
  if (same) {
    if (newest)
      sql.query("UPDATE main.files SET state=?, checked=?, last_run=?, beside=?, engine=?, kmdf_tag=? WHERE id=?")
          .bind(state, file.checked, file.last_run, file.beside, file.engine, file.kmdf_tag, *same)
          .run();
    return;
  }
  sql.query(
         "INSERT INTO main.files(host,path,driver,outcome,message,size,modified,beside,checked,engine,state,first_run,"
         "last_run,kmdf_tag) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
      .bind(file.host, file.path, file.driver, file.outcome, file.message, file.size, file.modified, file.beside,
            file.checked, file.engine, state, file.first_run, file.last_run, file.kmdf_tag)
      .run();
}

void take_files(Sql& sql) {
  const auto number = [](Statement& row, int column) {
    return row.null(column) ? std::nullopt : std::optional<std::int64_t>(row.integer(column));
  };
  Statement& rows = sql.query(
      "SELECT f.host, f.path, f.outcome, f.message, f.state, d.ours, a.ours, z.ours, f.size, f.modified, "
      "f.beside, f.checked, e.ours, f.kmdf_tag FROM other.files f LEFT JOIN driver_of d ON d.theirs=f.driver LEFT JOIN "
      "run_of a ON a.theirs=f.first_run LEFT JOIN run_of z ON z.theirs=f.last_run JOIN engine_of e ON "
      "e.theirs=f.engine ORDER BY f.id");
  while (rows.step()) {
    Seen file;
    file.host = rows.text(0);
    file.path = rows.text(1);
    file.outcome = rows.text(2);
    file.message = rows.text(3);
    file.state = rows.text(4);
    file.driver = number(rows, 5);
    file.first_run = number(rows, 6);
    file.last_run = number(rows, 7);
    file.size = rows.integer(8);
    file.modified = rows.integer(9);
    file.beside = rows.integer(10);
    file.checked = rows.integer(11);
    file.engine = rows.integer(12);
    file.kmdf_tag = number(rows, 13);
    take_file(sql, file);
  }
}

}  // namespace

pe::Result<Merged> merge(const std::vector<std::string>& catalogues, const std::string& out, std::string& where) {
  where = out;
  auto opened = open_catalog(out, Sql::Mode::write);
  if (!opened) return opened.error();
  Sql& sql = *opened.value();
  // The file is thrown away when anything goes wrong: nothing need reach the disk in time. The journal is a file all
  // the same, as the pages that one catalogue changes may be more than fit into memory.
  sql.execute("PRAGMA synchronous=OFF; CREATE INDEX files_by_path ON files(host, path);");
  Merged merged;
  for (const std::string& path : catalogues) {
    where = path;
    {
      const auto checked = open_catalog(path, Sql::Mode::read);
      if (!checked) return checked.error();
    }
    sql.query("ATTACH ? AS other").bind(path).run();
    sql.execute("BEGIN IMMEDIATE");
    sql.execute(kTake);
    if (!sql.failed()) find_conflicts(sql, merged);
    if (!sql.failed()) take_files(sql);
    sql.execute("COMMIT");
    sql.execute(kForget);
    sql.forget_statements();
    sql.execute("DETACH other");
    if (sql.failed()) return pe::Error{pe::Fault::unreadable, remedy(sql)};
  }
  where = out;
  sql.execute("DROP INDEX files_by_path; BEGIN;");
  write_totals(sql);
  sql.execute("COMMIT");
  const auto count = [&sql](const char* query) {
    Statement& row = sql.query(query);
    const std::int64_t value = row.step() ? row.integer(0) : 0;
    row.reset();
    return static_cast<std::uint64_t>(value);
  };
  merged.drivers = count("SELECT count(DISTINCT driver) FROM files WHERE state='present'");
  merged.files = count("SELECT count(driver) FROM files WHERE state='present'");
  merged.hosts = count("SELECT count(DISTINCT host) FROM roots");
  if (sql.failed()) return pe::Error{pe::Fault::unreadable, remedy(sql)};
  return merged;
}

}  // namespace scanner::catalog
