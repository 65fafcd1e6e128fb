#include "scanner/catalog/schema.hpp"

#include <sqlite3.h>

#include "scanner/scan/scan_file.hpp"
#include "scanner/walk/walk.hpp"

namespace scanner::catalog {
namespace {

constexpr const char* kTables = R"(
CREATE TABLE engines(
  id INTEGER PRIMARY KEY, engine INTEGER NOT NULL, apis TEXT NOT NULL, tool TEXT NOT NULL, UNIQUE(engine, apis));
CREATE TABLE runs(
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, host TEXT NOT NULL, os TEXT NOT NULL, time TEXT NOT NULL,
  engine INTEGER NOT NULL REFERENCES engines, tagdb TEXT NOT NULL, shard TEXT, complete INTEGER NOT NULL DEFAULT 0);
CREATE TABLE roots(
  id INTEGER PRIMARY KEY, host TEXT NOT NULL, path TEXT NOT NULL, spelled TEXT NOT NULL, run INTEGER REFERENCES runs,
  not_pe INTEGER NOT NULL DEFAULT 0, locked INTEGER NOT NULL DEFAULT 0, denied INTEGER NOT NULL DEFAULT 0,
  links INTEGER NOT NULL DEFAULT 0, offline INTEGER NOT NULL DEFAULT 0, too_large INTEGER NOT NULL DEFAULT 0,
  special INTEGER NOT NULL DEFAULT 0, UNIQUE(host, path));
CREATE TABLE drivers(
  id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, machine TEXT NOT NULL,
  traced INTEGER NOT NULL, engine INTEGER NOT NULL REFERENCES engines, company TEXT, product TEXT, description TEXT,
  file_version TEXT, original_name TEXT, signer TEXT, signature TEXT NOT NULL, pdb TEXT, pdb_id TEXT,
  linked INTEGER NOT NULL, binds_kmdf INTEGER NOT NULL, exports_allocator TEXT NOT NULL, problems TEXT NOT NULL,
  searched INTEGER NOT NULL, context TEXT NOT NULL);
CREATE TABLE uses(
  driver INTEGER NOT NULL REFERENCES drivers, n INTEGER NOT NULL, tag TEXT NOT NULL, tag_value INTEGER NOT NULL,
  protected INTEGER NOT NULL, evidence TEXT NOT NULL, certainty TEXT NOT NULL, charges_pool INTEGER NOT NULL, api TEXT,
  site_rva INTEGER NOT NULL, origin_rva INTEGER NOT NULL, function_rva INTEGER NOT NULL, file_offset INTEGER,
  pool TEXT, executable INTEGER NOT NULL, bytes INTEGER, assumptions INTEGER NOT NULL, via TEXT NOT NULL, names TEXT,
  listing TEXT, PRIMARY KEY(driver, n)) WITHOUT ROWID;
CREATE INDEX uses_by_tag ON uses(tag, evidence);
CREATE TABLE sites(
  driver INTEGER NOT NULL REFERENCES drivers, n INTEGER NOT NULL, rva INTEGER NOT NULL, function_rva INTEGER NOT NULL,
  api TEXT, kind TEXT NOT NULL, wrapper INTEGER NOT NULL, bucket TEXT NOT NULL, reason TEXT,
  PRIMARY KEY(driver, n)) WITHOUT ROWID;
)";

// Schema 2: nearly every answer wants the numbers of sites only, and there are fifty sites to a driver.
constexpr const char* kSiteCounts = R"(
CREATE TABLE site_counts(
  driver INTEGER NOT NULL REFERENCES drivers, kind TEXT NOT NULL, wrapper INTEGER NOT NULL, bucket TEXT NOT NULL,
  reason TEXT NOT NULL, sites INTEGER NOT NULL, PRIMARY KEY(driver, kind, wrapper, bucket, reason)) WITHOUT ROWID;
INSERT INTO site_counts SELECT driver, kind, wrapper, bucket, ifnull(reason, ''), count(*) FROM sites
  GROUP BY 1, 2, 3, 4, 5;
)";

// Schema 3: what a trace of the driver is known to lack.
constexpr const char* kGaps = R"(
CREATE TABLE IF NOT EXISTS gaps(driver INTEGER PRIMARY KEY REFERENCES drivers, unresolved_api_sets INTEGER, notes TEXT NOT NULL);
)";

// Schema 4: what makes the time of a question depend on what it finds, not on how many drivers there are. totals.hpp
// says what the totals are; files.kmdf_tag is the tag that KMDF charges a driver of this file's name to, when it binds
// KMDF.
constexpr const char* kQuickAnswers = R"(
ALTER TABLE files ADD COLUMN kmdf_tag INTEGER;
CREATE INDEX files_by_kmdf_tag ON files(kmdf_tag) WHERE kmdf_tag IS NOT NULL;
CREATE INDEX files_with_names ON files(driver) WHERE beside<>0;
CREATE INDEX drivers_by_searched ON drivers(searched);
CREATE INDEX troubles_by_root ON troubles(root);
CREATE TABLE totals(
  name TEXT NOT NULL, machine TEXT NOT NULL, files INTEGER NOT NULL, contents INTEGER NOT NULL, bytes INTEGER NOT NULL,
  PRIMARY KEY(name, machine)) WITHOUT ROWID;
CREATE TABLE total_sites(
  kind TEXT NOT NULL, wrapper INTEGER NOT NULL, bucket TEXT NOT NULL, reason TEXT NOT NULL, sites INTEGER NOT NULL,
  PRIMARY KEY(kind, wrapper, bucket, reason)) WITHOUT ROWID;
CREATE TABLE unresolved(sites INTEGER NOT NULL, driver INTEGER NOT NULL REFERENCES drivers, PRIMARY KEY(sites, driver))
  WITHOUT ROWID;
)";

// Schema 5: what --check and its reports want to know. Drivers that were stored before have no row in images: they are
// traced again, as the engine is newer too.
constexpr const char* kChecks = R"(
ALTER TABLE uses ADD COLUMN handed_out INTEGER NOT NULL DEFAULT 0;
CREATE TABLE images(driver INTEGER PRIMARY KEY REFERENCES drivers, oldest_system INTEGER NOT NULL);
CREATE TABLE places(
  driver INTEGER NOT NULL REFERENCES drivers, rva INTEGER NOT NULL, name TEXT, file TEXT, line INTEGER,
  PRIMARY KEY(driver, rva)) WITHOUT ROWID;
)";

constexpr const char* kMoreTables = R"(
CREATE TABLE files(
  id INTEGER PRIMARY KEY, host TEXT NOT NULL, path TEXT NOT NULL, driver INTEGER REFERENCES drivers,
  outcome TEXT NOT NULL, message TEXT, size INTEGER NOT NULL, modified INTEGER NOT NULL, beside INTEGER NOT NULL,
  checked INTEGER NOT NULL, engine INTEGER NOT NULL REFERENCES engines, state TEXT NOT NULL,
  first_run INTEGER REFERENCES runs, last_run INTEGER REFERENCES runs);
CREATE UNIQUE INDEX files_present ON files(host, path) WHERE state = 'present';
CREATE INDEX files_by_driver ON files(driver);
CREATE TABLE troubles(root INTEGER NOT NULL REFERENCES roots, path TEXT NOT NULL, message TEXT NOT NULL);
CREATE TABLE tags(value INTEGER PRIMARY KEY, seq INTEGER NOT NULL UNIQUE, tag TEXT NOT NULL);
CREATE TABLE held(tag INTEGER NOT NULL, driver INTEGER NOT NULL REFERENCES drivers, PRIMARY KEY(tag, driver))
  WITHOUT ROWID;
CREATE INDEX held_by_driver ON held(driver);
CREATE TABLE occurrences(
  driver INTEGER NOT NULL REFERENCES drivers, tag INTEGER NOT NULL, file_offset INTEGER NOT NULL,
  protected INTEGER NOT NULL, evidence TEXT NOT NULL, rva INTEGER, what TEXT NOT NULL,
  PRIMARY KEY(driver, tag, file_offset)) WITHOUT ROWID;
)";

/// Files of catalogues before schema 4.
void add_kmdf_tags(Sql& sql) {
  Statement& rows = sql.query("SELECT f.id, f.path FROM files f JOIN drivers d ON d.id=f.driver WHERE d.binds_kmdf");
  while (rows.step())
    sql.query("UPDATE files SET kmdf_tag=? WHERE id=?").bind(kmdf_tag_of(rows.view(1)).value(), rows.integer(0)).run();
}

std::string not_a_catalogue() {
  return "is not a poolwho catalogue; name a file that `poolwho survey PATH --store FILE` wrote";
}

/// The one number that a query answers.
std::int64_t number(Sql& sql, const char* query) {
  Statement& rows = sql.query(query);
  const std::int64_t value = rows.step() ? rows.integer(0) : 0;
  rows.reset();
  return value;
}

/// A new catalogue gets all tables, an older one those that it has not. Two programs may create the same catalogue at
/// the same time: the second finds it made.
void make_tables(Sql& sql) {
  sql.execute("BEGIN IMMEDIATE");
  const bool empty = number(sql, "SELECT count(*) FROM sqlite_schema") == 0;
  const std::string versions = "PRAGMA application_id=" + std::to_string(kApplicationId) +
                               "; PRAGMA user_version=" + std::to_string(kSchemaVersion) + ";";
  if (empty && !sql.failed()) {
    sql.execute(std::string(kTables) + kMoreTables + kSiteCounts + kGaps + kQuickAnswers + kChecks + versions);
  } else if (number(sql, "PRAGMA application_id") == kApplicationId) {
    const std::int64_t older = number(sql, "PRAGMA user_version");
    if (older == 1) sql.execute(kSiteCounts);
    if (older == 1 || older == 2) sql.execute(kGaps);
    if (older >= 1 && older <= 3) {
      sql.execute(kQuickAnswers);
      add_kmdf_tags(sql);
    }
    if (older >= 1 && older < kSchemaVersion) sql.execute(kChecks + versions);
  }
  sql.execute("COMMIT");
}

}  // namespace

std::string remedy(const Sql& sql) {
  switch (sql.code()) {
    case SQLITE_CANTOPEN:
      return "cannot be opened (" + sql.error() +
             "); check the rights of the file and of its folder; after a killed writer the folder must be writable "
             "once, so that what was half written can be taken back";
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return "cannot be written (" + sql.error() + "); make file and folder writable, or work on a copy";
    case SQLITE_NOTADB: return not_a_catalogue();
    case SQLITE_CORRUPT: return "is damaged (" + sql.error() + "); restore a copy, or delete it and survey again";
    case SQLITE_BUSY: return "is in use by another program for a minute (" + sql.error() + "); try again later";
    case SQLITE_FULL: return "cannot grow (" + sql.error() + "); free some space and run again, what is stored stays";
    default: return sql.error() + "; if that happens again, restore a copy of the catalogue or survey anew";
  }
}

pe::Result<std::unique_ptr<Sql>> open_catalog(const std::string& path, Sql::Mode mode) {
  // SQLite has one word for all of these.
  walk::DirectoryEntry entry;
  std::string reason;
  if (walk::inspect(path, entry, reason)) {
    if (entry.kind == walk::DirectoryEntry::Kind::directory)
      return pe::Error{pe::Fault::unreadable, "is a folder, and a catalogue is one file"};
  } else if (mode == Sql::Mode::read) {
    return pe::Error{pe::Fault::unreadable,
                     "cannot be opened: " + reason + "; `poolwho survey PATH --store FILE` makes a catalogue"};
  }
  auto sql = std::make_unique<Sql>();
  const auto failure = [&sql] { return pe::Error{pe::Fault::unreadable, remedy(*sql)}; };
  if (!sql->open(path, mode)) {
    const auto slash = path.find_last_of("/\\");
    if (!reason.empty() && slash != std::string::npos && !walk::exists(path.substr(0, slash + 1)))
      return pe::Error{pe::Fault::unreadable, "cannot be made: there is no folder " + path.substr(0, slash)};
    return failure();
  }
  if (mode == Sql::Mode::write) {
    // DELETE is SQLite's own choice of journal for a new file, and nobody else's choice is overruled.
    sql->execute("PRAGMA synchronous=FULL; PRAGMA cache_size=-8192;");
  } else {
    sql->execute("PRAGMA temp_store=MEMORY;");  // a question needs no file but the catalogue, and sorts little
  }
  if (mode == Sql::Mode::write) make_tables(*sql);
  const std::int64_t application = number(*sql, "PRAGMA application_id"), version = number(*sql, "PRAGMA user_version");
  number(*sql,
         "SELECT count(*) FROM sqlite_schema");  // SQLite reads the schema when it must, and better now than half-way
  if (sql->failed()) return failure();
  if (application != kApplicationId) return pe::Error{pe::Fault::unreadable, not_a_catalogue()};
  if (version != kSchemaVersion)
    return pe::Error{pe::Fault::unreadable,
                     "has catalogue schema " + std::to_string(version) + ", this version of poolwho knows " +
                         std::to_string(kSchemaVersion) +
                         (version > kSchemaVersion ? "; use the newer poolwho that wrote it"
                                                   : "; `poolwho survey --store` brings it up to date")};
  return sql;
}

}  // namespace scanner::catalog
