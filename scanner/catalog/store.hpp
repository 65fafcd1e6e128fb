// survey --store: what was found goes into the catalogue, and what the catalogue knows is not traced again. Workers ask
// (Recall), the writer stores in batches; one lock serves both, a transaction lasts milliseconds. A file is reported
// only after the batch that holds it is committed.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "scanner/catalog/records.hpp"
#include "scanner/catalog/sql.hpp"
#include "scanner/scan/scan_file.hpp"
#include "tagdb/database.hpp"

namespace scanner::catalog {

struct RunFacts {
  std::string uuid, host, os, time, tagdb, shard;
};

struct StoreCounts {
  std::uint64_t fresh = 0, changed = 0, unchanged = 0, vanished = 0;
};

/// A driver whose bytes must still be searched for tags that came up after it was stored.
struct Unsearched {
  std::int64_t driver = 0;
  std::string path, sha256;
};

class Store final : public Recall {
 public:
  static pe::Result<std::unique_ptr<Store>> open(const std::string& path, const tagdb::ApiTable& apis,
                                                 const tagdb::Database& database, const RunFacts& run);

  bool unchanged(ScannedFile& file) override;
  bool known(ScannedFile& file) override;
  void load(ScannedFile& file, const ScanRequest& request) override;
  [[nodiscard]] const trace::TagSearch& tags() const override { return search_; }

  /// A root of the walk, as spelled, with what was passed over below it and what could not be entered.
  bool add_root(const std::string& spelled, const walk::Skipped& skipped, const std::vector<walk::Trouble>& troubles);
  /// Commits. False when that failed: error() says why and what to do.
  bool store(const std::vector<ScannedFile>& files);
  /// Files below the roots that this run did not see and that are no longer there become `vanished`. Not so below a
  /// root or folder that cannot be read now, nor below a root without any file: it may be a volume that is not mounted,
  /// of which warnings() then tells.
  bool note_vanished();
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  /// The next drivers of this machine that were not searched for every tag; empty when there are none left.
  std::vector<Unsearched> unsearched();
  [[nodiscard]] trace::TagSearch missing_tags();
  bool store_held(const std::vector<ScannedFile>& files);
  /// The last word of a run that was not interrupted.
  bool complete();

  [[nodiscard]] const StoreCounts& counts() const { return counts_; }
  [[nodiscard]] std::string error() const;

 private:
  Store(std::unique_ptr<Sql> sql, const tagdb::ApiTable& apis) : sql_(std::move(sql)), records_(*sql_, apis) {}
  void begin_change();
  [[nodiscard]] bool trusted(std::int64_t engine_row);
  void store_file(const ScannedFile& file, std::int64_t driver);
  struct Root {
    std::string path, spelled;  // path: absolute
  };
  void note_vanished_below(const Root& root);
  bool any_seen_below(const Root& root);

  std::mutex mutex_;
  std::unique_ptr<Sql> sql_;
  Records records_;
  RunFacts facts_;
  std::int64_t run_ = 0, engine_ = 0, searched_ = 0, all_tags_ = 0, last_unsearched_ = 0;
  std::vector<Root> roots_;
  std::vector<std::string> warnings_;
  trace::TagSearch search_;
  StoreCounts counts_;
};

/// The bounds of paths below `directory`: first <= path < second. For the root of a volume as well.
std::pair<std::string, std::string> below(const std::string& directory);

}  // namespace scanner::catalog
