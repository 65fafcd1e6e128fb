#include "scanner/catalog/store.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "scanner/catalog/schema.hpp"
#include "scanner/catalog/totals.hpp"

namespace scanner::catalog {
namespace {

using Outcome = ScannedFile::Outcome;

/// A change within this time after we looked could bear the same time stamp: such a file is looked at again.
constexpr std::int64_t kClockGrain = 2'000'000'000;

bool is_driver(Outcome outcome) {
  return outcome == Outcome::traced || outcome == Outcome::unsupported || outcome == Outcome::copy;
}

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::not_pe: return "not_pe";
    case Outcome::not_wanted: return "not_wanted";
    case Outcome::failed:  // perhaps not the next time
    case Outcome::unreadable: return "unreadable";
    case Outcome::malformed: return "malformed";
    default: return "driver";
  }
}

/// Is a path below `root` no longer there? Only a folder that can be listed tells: what cannot be read may still be
/// there.
class Gone {
 public:
  explicit Gone(std::string root) : root_(std::move(root)) {}

  bool operator()(const std::string& path) {
    if (path.size() <= root_.size() || walk::exists(path)) return false;
    const auto slash = path.rfind('/');
    const bool volume = slash == 0 || path[slash - 1] == ':';  // its root ends with the slash
    const Folder& folder = listed(path.substr(0, volume ? slash + 1 : slash));
    return folder.gone || (folder.readable && !folder.names.contains(walk::same_name(path.substr(slash + 1))));
  }

 private:
  struct Folder {
    bool readable = false, gone = false;
    std::set<std::string> names;
  };

  /// The absolute path of a folder of the catalogue; each is listed once.
  const Folder& listed(const std::string& path) {
    if (const auto known = folders_.find(path); known != folders_.end()) return known->second;
    Folder folder;
    std::vector<walk::DirectoryEntry> entries;
    std::string error;
    bool denied = false;
    folder.readable = walk::list_directory(path, entries, error, denied);
    for (const walk::DirectoryEntry& entry : entries) folder.names.insert(walk::same_name(entry.name));
    folder.gone = !folder.readable && !denied && (*this)(path);
    return folders_.emplace(path, std::move(folder)).first->second;
  }

  std::string root_;
  std::map<std::string, Folder> folders_;
};

}  // namespace

std::pair<std::string, std::string> below(const std::string& directory) {
  std::string low = directory;
  if (!low.ends_with('/')) low += '/';
  std::string high = low;
  high.back() = '0';  // the character behind the slash
  return {low, high};
}

pe::Result<std::unique_ptr<Store>> Store::open(const std::string& path, const tagdb::ApiTable& apis,
                                               const tagdb::Database& database, const RunFacts& run) {
  auto sql = open_catalog(path, Sql::Mode::write);
  if (!sql) return sql.error();
  const std::string digest = digest_of(apis.rows);
  std::unique_ptr<Store> store(new Store(std::move(sql.value()), apis));
  store->facts_ = run;
  Sql& db = *store->sql_;
  db.execute("BEGIN IMMEDIATE");
  db.query("INSERT OR IGNORE INTO engines(engine,apis,tool) VALUES(?,?,?)")
      .bind(trace::kEngineVersion, digest, POOLWHO_VERSION)
      .run();
  Statement& engine = db.query("SELECT id FROM engines WHERE engine=? AND apis=?").bind(trace::kEngineVersion, digest);
  if (engine.step()) store->engine_ = engine.integer(0);
  engine.reset();
  db.query("INSERT INTO runs(uuid,host,os,time,engine,tagdb,shard) VALUES(?,?,?,?,?,?,?)")
      .bind(run.uuid, run.host, run.os, run.time, store->engine_, run.tagdb,
            run.shard.empty() ? std::nullopt : std::optional<std::string>(run.shard))
      .run();
  store->run_ = db.last_id();
  for (const tagdb::Entry* entry : database.entries()) {
    if (!entry->range() && entry->first.exact()) store->records_.add_tag(entry->first.tag());
  }
  std::vector<tagdb::PoolTag> tags;
  Statement& known = db.query("SELECT value, seq FROM tags");
  while (known.step()) {
    tags.emplace_back(static_cast<std::uint32_t>(known.integer(0)));
    store->searched_ = std::max(store->searched_, known.integer(1));
  }
  store->search_ = trace::TagSearch(std::move(tags));
  db.execute("COMMIT");
  if (db.failed()) return pe::Error{pe::Fault::unreadable, remedy(db)};
  return store;
}

std::string Store::error() const { return remedy(*sql_); }

/// Two surveys may fill one catalogue: the totals that one wrote are wrong as soon as the other goes on.
void Store::begin_change() {
  sql_->execute("BEGIN IMMEDIATE");
  drop_totals(*sql_);
}

/// Was a row made by an engine no worse than ours?
bool Store::trusted(std::int64_t engine_row) {
  if (engine_row == engine_) return true;
  Statement& row = sql_->query("SELECT engine FROM engines WHERE id=?").bind(engine_row);
  const bool newer = row.step() && row.integer(0) > static_cast<std::int64_t>(trace::kEngineVersion);
  row.reset();
  return newer;
}

bool Store::unchanged(ScannedFile& file) {
  if (file.file.modified == 0) return false;
  const std::string path = walk::absolute_path(file.file.path);
  const std::lock_guard lock(mutex_);
  Statement& row =
      sql_->query(
              "SELECT f.driver, f.outcome, f.message, f.size, f.modified, f.beside, f.checked, "
              "ifnull(d.engine, f.engine), d.sha256, d.traced, d.context FROM files f LEFT JOIN drivers d ON "
              "d.id=f.driver WHERE f.host=? AND f.path=? AND f.state='present'")
          .bind(facts_.host, path);
  if (!row.step()) return false;
  const bool driver = !row.null(0);
  const std::string outcome = row.text(1);
  const bool same =
      static_cast<std::uint64_t>(row.integer(3)) == file.file.size && row.integer(4) == file.file.modified &&
      static_cast<std::uint64_t>(row.integer(5)) == file.symbol_files && row.integer(6) - row.integer(4) > kClockGrain;
  const std::int64_t engine = row.integer(7);
  // What other drivers give to this one may have changed with them: the imports must be looked at.
  const bool alone = row.view(10).empty();
  if (driver) {
    file.sha256 = row.text(8);
    file.outcome = row.integer(9) != 0 ? Outcome::traced : Outcome::unsupported;
  } else {
    file.message = row.text(2);
    file.outcome = outcome == "not_pe" ? Outcome::not_pe : Outcome::malformed;
  }
  row.reset();
  // An .exe or .dll counts or not depending on how the walk met it; unreadable files are tried again.
  const bool certain = (driver && alone && !file.file.native_only) || outcome == "not_pe" || outcome == "malformed";
  if (!same || !certain || !trusted(engine)) {
    file.sha256.clear();
    file.message.clear();
    return false;
  }
  if (driver) file.hash = content_hash(file.sha256);
  file.size = file.file.size;
  file.recalled = true;
  return true;
}

bool Store::known(ScannedFile& file) {
  // Names of functions come from files beside the driver, which the content does not tell.
  if (file.symbol_files != 0) return false;
  const std::lock_guard lock(mutex_);
  Statement& row = sql_->query(
                           "SELECT d.engine, EXISTS(SELECT 1 FROM files f WHERE f.driver=d.id AND f.beside<>0) "
                           "FROM drivers d WHERE d.sha256=? AND d.context=?")
                       .bind(file.sha256, file.context);
  if (!row.step()) return false;
  const std::int64_t engine = row.integer(0);
  const bool plain = row.integer(1) == 0;
  row.reset();
  return plain && trusted(engine);
}

void Store::load(ScannedFile& file, const ScanRequest& request) {
  const std::lock_guard lock(mutex_);
  Statement& row = sql_->query("SELECT id FROM drivers WHERE sha256=?").bind(file.sha256);
  const std::int64_t driver = row.step() ? row.integer(0) : 0;
  row.reset();
  records_.load(driver, request, false, nullptr, file);
}

bool Store::add_root(const std::string& spelled, const walk::Skipped& skipped,
                     const std::vector<walk::Trouble>& troubles) {
  const std::lock_guard lock(mutex_);
  const std::string path = walk::absolute_path(spelled);
  if (std::none_of(roots_.begin(), roots_.end(), [&path](const Root& root) { return root.path == path; }))
    roots_.push_back({path, spelled});
  begin_change();
  sql_->query(
          "INSERT INTO roots(host,path,spelled,run,not_pe,locked,denied,links,offline,too_large,special) "
          "VALUES(?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(host,path) DO UPDATE SET "
          "(spelled,run,not_pe,locked,denied,links,offline,too_large,special)=(excluded.spelled,excluded.run,"
          "excluded.not_pe,excluded.locked,excluded.denied,excluded.links,excluded.offline,excluded.too_large,"
          "excluded.special)")
      .bind(facts_.host, path, spelled, run_, skipped.not_pe, skipped.locked, skipped.denied, skipped.links,
            skipped.offline, skipped.too_large, skipped.special)
      .run();
  sql_->query("DELETE FROM troubles WHERE root=(SELECT id FROM roots WHERE host=? AND path=?)")
      .bind(facts_.host, path)
      .run();
  for (const walk::Trouble& trouble : troubles)
    sql_->query("INSERT INTO troubles SELECT id, ?, ? FROM roots WHERE host=? AND path=?")
        .bind(walk::absolute_path(trouble.path), trouble.message, facts_.host, path)
        .run();
  sql_->execute("COMMIT");
  return !sql_->failed();
}

void Store::store_file(const ScannedFile& file, std::int64_t driver) {
  const std::string path = walk::absolute_path(file.file.path);
  const std::uint64_t size = file.recalled || file.size == 0 ? file.file.size : file.size;
  std::optional<std::uint32_t> kmdf_tag;
  Statement& kmdf = sql_->query("SELECT 1 FROM drivers WHERE id=? AND binds_kmdf").bind(driver);
  if (kmdf.step()) kmdf_tag = kmdf_tag_of(path).value();
  kmdf.reset();
  // A copy under another name, too: which of them was traced depends on how the tree was shared out.
  if (kmdf_tag) records_.add_tag(tagdb::PoolTag(*kmdf_tag));
  Statement& row = sql_->query(
                           "SELECT id, ifnull(driver,0), size, modified FROM files WHERE host=? AND path=? AND "
                           "state='present'")
                       .bind(facts_.host, path);
  if (row.step()) {
    const std::int64_t id = row.integer(0);
    const bool same = row.integer(1) == driver ||
                      (static_cast<std::uint64_t>(row.integer(2)) == size && row.integer(3) == file.file.modified);
    row.reset();
    if (same) {
      ++counts_.unchanged;
      sql_->query(
              "UPDATE files SET driver=nullif(?,0), outcome=?, message=?, size=?, modified=?, beside=?, checked=?, "
              "engine=?, last_run=?, kmdf_tag=? WHERE id=?")
          .bind(driver, name_of(file.outcome), file.message, size, file.file.modified, file.symbol_files, file.checked,
                engine_, run_, kmdf_tag, id)
          .run();
      return;
    }
    ++counts_.changed;
    sql_->query("UPDATE files SET state='changed' WHERE id=?").bind(id).run();
  } else {
    ++counts_.fresh;
  }
  row.reset();
  sql_->query(
          "INSERT INTO files(host,path,driver,outcome,message,size,modified,beside,checked,engine,state,first_run,"
          "last_run,kmdf_tag) VALUES(?,?,nullif(?,0),?,?,?,?,?,?,?,'present',?,?,?)")
      .bind(facts_.host, path, driver, name_of(file.outcome), file.message, size, file.file.modified, file.symbol_files,
            file.checked, engine_, run_, run_, kmdf_tag)
      .run();
}

bool Store::store(const std::vector<ScannedFile>& files) {
  if (files.empty()) return !sql_->failed();
  const std::lock_guard lock(mutex_);
  begin_change();
  for (const ScannedFile& file : files) {
    std::int64_t driver = 0;
    if (is_driver(file.outcome)) {
      Statement& row = sql_->query("SELECT id FROM drivers WHERE sha256=?").bind(file.sha256);
      if (row.step()) driver = row.integer(0);
      row.reset();
      // A copy that was seen before its first one was stored: the batch stores in order, so it is there by now.
      if (!file.recalled && file.outcome != Outcome::copy) driver = records_.save(file, engine_, searched_);
    }
    store_file(file, driver);
  }
  sql_->execute("COMMIT");
  return !sql_->failed();
}

bool Store::note_vanished() {
  const std::lock_guard lock(mutex_);
  begin_change();
  for (const Root& root : roots_) note_vanished_below(root);
  sql_->execute("COMMIT");
  return !sql_->failed();
}

void Store::note_vanished_below(const Root& root) {
  std::vector<std::int64_t> gone;
  std::uint64_t drivers = 0;
  Gone is_gone(root.path);
  const auto [low, high] = below(root.path);
  Statement& rows = sql_->query(
                            "SELECT id, path, driver FROM files WHERE host=?1 AND state='present' AND last_run<>?2 AND "
                            "(path=?3 OR (path>=?4 AND path<?5))")
                        .bind(facts_.host, run_, root.path, low, high);
  while (rows.step()) {
    if (!is_gone(rows.text(1))) continue;
    gone.push_back(rows.integer(0));
    if (!rows.null(2)) ++drivers;
  }
  if (gone.empty()) return;
  if (!any_seen_below(root)) {
    if (facts_.shard.empty() && drivers > 0)
      warnings_.push_back("no driver below " + root.spelled + ", where " + std::to_string(drivers) +
                          (drivers == 1 ? " was" : " were") +
                          " last time: is the volume mounted? Nothing was marked as vanished");
    return;
  }
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  for (const std::int64_t id : gone)
    sql_->query("UPDATE files SET state='vanished', checked=? WHERE id=?").bind(now, id).run();
  counts_.vanished += gone.size();
}

bool Store::any_seen_below(const Root& root) {
  const auto [low, high] = below(root.path);
  Statement& row = sql_->query(
                           "SELECT 1 FROM files WHERE host=?1 AND state='present' AND last_run=?2 AND "
                           "(path=?3 OR (path>=?4 AND path<?5)) LIMIT 1")
                       .bind(facts_.host, run_, root.path, low, high);
  const bool seen = row.step();
  row.reset();
  return seen;
}

trace::TagSearch Store::missing_tags() {
  const std::lock_guard lock(mutex_);
  std::int64_t least = 0;
  Statement& all = sql_->query("SELECT ifnull(max(seq), 0) FROM tags");
  if (all.step()) all_tags_ = all.integer(0);
  all.reset();
  Statement& searched = sql_->query(
                                "SELECT ifnull(min(searched), ?1) FROM drivers d WHERE searched<?1 AND EXISTS("
                                "SELECT 1 FROM files f WHERE f.driver=d.id AND f.host=?2 AND f.state='present')")
                            .bind(all_tags_, facts_.host);
  if (searched.step()) least = searched.integer(0);
  searched.reset();
  std::vector<tagdb::PoolTag> tags;
  Statement& rows = sql_->query("SELECT value FROM tags WHERE seq>?").bind(least);
  while (rows.step()) tags.emplace_back(static_cast<std::uint32_t>(rows.integer(0)));
  return trace::TagSearch(std::move(tags));
}

std::vector<Unsearched> Store::unsearched() {
  const std::lock_guard lock(mutex_);
  std::vector<Unsearched> found;
  Statement& rows = sql_->query(
                            "SELECT d.id, d.sha256, min(f.path) FROM drivers d JOIN files f ON f.driver=d.id AND "
                            "f.host=? AND f.state='present' WHERE d.id>? AND d.searched<? GROUP BY d.id ORDER BY "
                            "d.id LIMIT 256")
                        .bind(facts_.host, last_unsearched_, all_tags_);
  while (rows.step()) found.push_back({rows.integer(0), rows.text(2), rows.text(1)});
  if (!found.empty()) last_unsearched_ = found.back().driver;
  return found;
}

bool Store::store_held(const std::vector<ScannedFile>& files) {
  const std::lock_guard lock(mutex_);
  begin_change();
  for (const ScannedFile& file : files) {
    Statement& row = sql_->query("SELECT id FROM drivers WHERE sha256=?").bind(file.sha256);
    const std::int64_t driver = row.step() ? row.integer(0) : 0;
    row.reset();
    if (driver == 0) continue;
    std::vector<trace::Occurrence> open = file.held_occurrences;
    const auto told = records_.explained_tags(driver);
    std::erase_if(open, [&told](const trace::Occurrence& place) {
      return std::find(told.begin(), told.end(), place.tag) != told.end();
    });
    records_.save_held(driver, file.held, open);
    sql_->query("UPDATE drivers SET searched=max(searched,?) WHERE id=?").bind(all_tags_, driver).run();
  }
  sql_->execute("COMMIT");
  return !sql_->failed();
}

bool Store::complete() {
  const std::lock_guard lock(mutex_);
  sql_->execute("BEGIN IMMEDIATE");
  sql_->query("UPDATE runs SET complete=1 WHERE id=?").bind(run_).run();
  write_totals(*sql_);
  sql_->execute("COMMIT");
  return !sql_->failed();
}

}  // namespace scanner::catalog
