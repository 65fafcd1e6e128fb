// What every command needs: options, tables, the reporter, and the bookkeeping that becomes summary and exit code.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/catalog/answers.hpp"
#include "scanner/catalog/store.hpp"
#include "scanner/scan/exported_allocators.hpp"
#include "scanner/cli/options.hpp"
#include "scanner/scan/pipeline.hpp"
#include "scanner/poolmon/live.hpp"
#include "scanner/commands/progress.hpp"
#include "scanner/report/model.hpp"
#include "scanner/platform/stop.hpp"
#include "tagdb/api_table.hpp"
#include "tagdb/database.hpp"

namespace scanner {

inline constexpr int kExitFound = 0, kExitNothing = 1, kExitUsage = 2, kExitIncomplete = 3, kExitInterrupted = 130;

class Context {
 public:
  /// `stop` is set by others, too (Ctrl-C); null: nobody else stops this run.
  Context(const Options& options, std::ostream& out, std::ostream& err, bool out_is_terminal, bool err_is_terminal,
          StopFlag* stop = nullptr);

  /// Reads --tagdb, --apis, --tags-from. False when the run makes no sense any more; the error is printed.
  bool load();

  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const tagdb::Database& database() const { return database_; }
  [[nodiscard]] const tagdb::ApiTable& apis() const { return apis_; }
  [[nodiscard]] const std::vector<tagdb::TagQuery>& queries() const { return queries_; }
  [[nodiscard]] report::Reporter& reporter() { return *reporter_; }
  /// Where results go, for what draws a whole screen by itself.
  [[nodiscard]] std::ostream& out() { return plain_out_; }
  /// Why the run ends before its end, if it does.
  [[nodiscard]] StopFlag& stop() { return stop_; }
  report::Summary& summary() { return summary_; }
  /// Replaces what is asked for (leaks: the tags that leak).
  void ask(std::vector<tagdb::TagQuery> queries) { queries_ = std::move(queries); }

  void begin(const char* command, std::vector<std::string> roots);
  /// Emits the summary and returns `code`, or the code of something worse that happened.
  int finish(int code);

  /// An error about a path: stderr, a record, a count. `named` errors make the exit code 2.
  void problem(const report::Problem& problem, bool named = false);
  void note(const std::string& text);
  /// A note about this scan, not about what it found: no part of a report, which a catalogue answers alike.
  void remark(const std::string& text);
  /// Every path that was named failed: there is nothing more to say.
  [[nodiscard]] bool nothing_to_search() const;
  /// --catalog: an error about every named place that is not in it.
  void demand_covered();
  /// Nothing was there to search: says so, instead of a finding about nothing. False when there were drivers.
  bool note_no_driver();
  /// A line of text on the terminal, while something is done that is no scan.
  void progress(const std::string& text);
  /// Adds a scanned file to the summary, reporting what is wrong with it. False when it is no driver to report.
  bool account(const ScannedFile& file);
  /// The same for all that a catalogue has numbers of.
  void account(const catalog::Rest& rest);

  /// --catalog: answers come from there; null without it.
  [[nodiscard]] catalog::Answers* catalog() { return catalog_.get(); }
  /// Opens --store for this run; null, with the error printed, when that fails.
  std::unique_ptr<catalog::Store> open_store();
  /// An error that ends the run: stderr only.
  void failure(const std::string& path, const std::string& message);

  /// Called on the writer's thread while nothing is ready, and with the walk's troubles when it is over.
  struct Hooks {
    std::function<void()> idle;
    /// One root of the walk, what was passed over below it and what went wrong; on the writer's thread, at the end.
    std::function<void(const std::string&, const walk::Skipped&, const std::vector<walk::Trouble>&)> walked;
    /// --catalog: the commands that need not see every file get numbers of those that cannot matter (Answers::scan).
    std::function<void(const catalog::Rest&)> rest;
  };
  using Done = scanner::Done;
  /// What every scan of this run has in common.
  [[nodiscard]] ScanRequest new_request() const;
  /// Walks PATHs, --files-from and folders, scans and hands over in path order.
  void scan(const std::vector<std::string>& paths, bool use_files_from, const Done& done, ScanRequest request,
            const std::function<void(ScannedFile&)>& consume) {
    scan(paths, use_files_from, done, std::move(request), consume, {});
  }
  void scan(const std::vector<std::string>& paths, bool use_files_from, const Done& done, ScanRequest request,
            const std::function<void(ScannedFile&)>& consume, const Hooks& hooks);
  /// Drivers that are looked at once more for some other reason; no accounting, no progress.
  void revisit(const std::function<void(const std::function<bool(walk::Found)>&)>& produce,
               const std::function<ScannedFile(const walk::Found&, ReadBuffer&)>& work,
               const std::function<void(ScannedFile&)>& consume);
  [[nodiscard]] bool incomplete() const { return incomplete_; }
  /// Is the root of a volume there? If not, that is an error about a named path. Catalogues need none.
  bool root_is_there(const std::string& root);

 private:
  bool read_text(const std::string& path, std::string& text);
  /// `name` is what entries give as their source.
  bool load_database(const std::string& path, const std::string& name);
  bool add_installed_databases();
  [[nodiscard]] unsigned jobs() const;
  [[nodiscard]] walk::Options walk_options() const;
  [[nodiscard]] bool in_shard(const std::string& root, const std::string& path) const;
  void resolve_link(ScannedFile& file);
  void show_progress(const ScannedFile& file);
  void write_message(const std::string& text);
  void note_reading(const tagdb::TagQuery& query);
  void note_unparsed();
  bool make_list_reporter();
  std::unique_ptr<Exporters> make_exporters() const;
  void run(Stages stages);

  const Options& options_;
  std::ostream& plain_out_;
  std::ostream& err_;
  ProgressLine progress_;
  std::function<unsigned()> err_columns_;  ///< of the window behind standard error; empty when there is none
  std::ostream& out_;
  StopFlag own_stop_;
  StopFlag& stop_;
  tagdb::Database database_;
  tagdb::ApiTable apis_;
  std::vector<tagdb::TagQuery> queries_;
  std::unique_ptr<Exporters> exporters_;  ///< made by the first scan
  std::unique_ptr<report::Reporter> reporter_;
  std::unique_ptr<catalog::Answers> catalog_;
  report::RunInfo run_;
  report::Summary summary_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::uint64_t summary_files_before_ = 0, summary_bytes_before_ = 0;  ///< when the scan under way began
  std::uint64_t read_ = 0;                                             ///< bytes, in both passes
  std::atomic<std::uint64_t> expected_files_{0}, expected_bytes_{0};   ///< 0: not counted
  bool incomplete_ = false;                                            ///< an image could not be read or parsed
  std::size_t named_failures_ = 0;                                     ///< errors about paths that the user named
  std::vector<std::string> unparsed_;  ///< --catalog --explain: files that could not be parsed
  bool named_no_driver_ = false;       ///< a file that was named is none

  /// What became of a file with several names, by device and inode.
  struct Linked {
    ScannedFile::Outcome outcome;
    ContentHash hash;
    std::string sha256, message;
    std::uint64_t size;
  };
  std::map<std::pair<std::uint64_t, std::uint64_t>, Linked> linked_;
};

/// The whole of a file or of standard input ("-") as lines.
bool read_lines(const std::string& path, bool nul_separated, std::vector<std::string>& lines, std::string& error);

/// The uses of a scanned file as report records, filtered by `wanted`.
std::vector<report::Use> uses_of(const ScannedFile& file, const std::function<bool(tagdb::PoolTag)>& wanted);

/// What ranking wants to know of a file; views `path` and `identity`.
rank::ImageFacts image_facts(const std::string& path, const pe::Identity& identity);

int run_locate(Context& context);
int run_survey(Context& context);
int run_lookup(Context& context);
/// `live`: what --live watches; the running system when null.
int run_leaks(Context& context, std::unique_ptr<poolmon::LiveProvider> live = nullptr);
/// lookup --catalog: candidates for the tags as locate would rank them. True when there is one better than weak.
bool report_catalogued(Context& context);
/// Writes --output itself, whole or not at all.
int run_merge(const Options& options, std::ostream& err);

/// The search of `locate` for the tags of context.queries(), which are exact, without a report. Nothing when no place
/// to search is known. The candidates are in no order yet.
/// The search goes on until every tag has a proven candidate that `convinces`.
std::optional<std::vector<report::Candidate>> find_candidates(
    Context& context, const std::function<bool(const report::Candidate&)>& convinces);

}  // namespace scanner
