// --catalog: the catalogue in the place of a scan. Delivers the same files in the same order with the same contents as
// ScanSession::scan() would have, so that the commands cannot tell the difference.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "scanner/catalog/records.hpp"
#include "scanner/catalog/sql.hpp"
#include "scanner/catalog/totals.hpp"
#include "scanner/scan/scan_file.hpp"

namespace scanner::catalog {

class Answers {
 public:
  static pe::Result<std::unique_ptr<Answers>> open(const std::string& path, const tagdb::ApiTable& apis);

  /// The roots that were surveyed, as they were spelled, outermost ones only.
  [[nodiscard]] std::vector<std::string> roots();
  /// Does the catalogue hold a file below `path`, or was it surveyed and empty?
  bool covers(const std::string& path);
  /// walk::find_path() over the catalogued paths.
  std::string find_path(const std::string& root, std::string_view relative);
  /// Were the bytes of every driver searched for the tag? Else evidence `bytes` is missing from answers.
  bool searched_for(tagdb::PoolTag tag);

  /// The driver that surely allocates with the tag, by its file's name; "a.sys, +2" when there are more. Empty: none.
  std::string who_allocates(tagdb::PoolTag tag);

  /// Everything present below `paths` (none: below all roots) but not below `done`. Stops when `consume` is false.
  /// `rest`: may be empty; else a question for single tags about the whole catalogue gets the files that may matter to
  /// it one by one, and numbers of the others. A second look at all of them has no paths and `done.listed`.
  void scan(const std::vector<std::string>& paths, const Done& done, const ScanRequest& request,
            const std::function<bool(ScannedFile&)>& consume, const std::function<void(const Rest&)>& rest,
            walk::Skipped& skipped, const std::function<void(walk::Trouble)>& trouble);
  [[nodiscard]] bool failed() const { return sql_->failed(); }
  [[nodiscard]] std::string error() const;

 private:
  struct Row {
    std::string path;  ///< as shown
    std::string message, outcome;
    std::uint64_t size = 0;
    std::int64_t driver = 0;
    bool traced = false, named = false;
  };
  struct Root {
    std::string host, path, spelled;
  };
  Answers(std::unique_ptr<Sql> sql, const tagdb::ApiTable& apis) : sql_(std::move(sql)), records_(*sql_, apis) {}
  /// "serverB:/mnt/c", as answers about several machines write paths; the host is empty when none is named.
  std::pair<std::string, std::string> host_and_path(const std::string& path);
  std::vector<Root> outer_roots();
  /// A path below `root` as answers show it.
  static std::string shown_path(const Root& root, const std::string& path);
  std::vector<std::string> hosts();
  /// In the order of the walk.
  std::vector<Row> rows_below(const Root& root);
  /// What a question makes of the drivers, ascending by number.
  struct Asked {
    std::vector<std::int64_t> held;    ///< the bytes hold one of ScanRequest::bytes_first
    std::vector<std::int64_t> made;    ///< they hold the letters of one of `tags`, and code makes it of them
    std::vector<tagdb::PoolTag> tags;  ///< asked for one by one; empty: by pattern, or everything
    bool told_apart = false;           ///< only uses of single tags are told: `uses`; else all
    /// Driver → uses.n, ascending, of these tags and of those that people mistype for them.
    std::map<std::int64_t, std::vector<std::int64_t>> uses;
  };
  Asked asked(const ScanRequest& request);
  void find_uses(const std::vector<tagdb::PoolTag>& tags, Asked& out);
  void find_patterns(tagdb::PoolTag tag, Asked& out);
  bool deliver(const Row& row, const Asked& asked, const ScanRequest& request,
               const std::function<bool(ScannedFile&)>& consume);
  /// All roots, spelled as answers name them.
  std::vector<Root> shown_roots();
  /// The present files of these drivers below `roots`, by root and in the order of the walk.
  std::vector<std::vector<Row>> rows_of(const std::vector<std::int64_t>& drivers, const std::vector<Root>& roots);
  void first_look(const ScanRequest& request, const std::function<bool(ScannedFile&)>& consume,
                  const std::function<void(const Rest&)>& rest, walk::Skipped& skipped,
                  const std::function<void(walk::Trouble)>& trouble);
  void second_look(const ScanRequest& request, const std::function<bool(ScannedFile&)>& consume,
                   const std::function<void(const Rest&)>& rest);
  void name_unresolved(const std::vector<Root>& roots, Rest& rest);
  void add_skipped(const Root& root, walk::Skipped& skipped, const std::function<void(walk::Trouble)>& trouble);

  std::unique_ptr<Sql> sql_;
  Records records_;
  std::unordered_map<std::string, Row> deferred_;  // shown path → what a second look will ask for
  bool first_looked_ = false;                      // at drivers that hold the bytes, with numbers of the others
  std::set<std::int64_t> looked_at_;               // then: contents that were delivered
};

}  // namespace scanner::catalog
