// `poolwho survey PATH…`: every tag of every driver, in path order, each distinct image once.
#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "scanner/catalog/store.hpp"
#include "scanner/commands/accounting.hpp"
#include "scanner/commands/commands.hpp"
#include "scanner/commands/driver_checks.hpp"
#include "scanner/commands/file_records.hpp"
#include "scanner/commands/places.hpp"
#include "scanner/platform/host.hpp"
#include "scanner/rank/compare.hpp"

namespace scanner {
namespace {

struct Reported {
  std::string path, sha256;
};

/// Which contents were reported. Workers ask, the writer adds.
class ReportedContents {
 public:
  bool contains(const ContentHash& hash) {
    const std::lock_guard lock(mutex_);
    return reported_.contains(hash);
  }
  /// Null when `hash` is new; it is then remembered.
  const Reported* find_or_add(const ContentHash& hash, const Reported& reported) {
    const std::lock_guard lock(mutex_);
    const auto [at, fresh] = reported_.emplace(hash, reported);
    return fresh ? nullptr : &at->second;
  }

 private:
  std::mutex mutex_;
  std::map<ContentHash, Reported> reported_;
};

/// The earlier build that --baseline names; false when it cannot be read, which is then said.
bool trace_baseline(const std::string& path, const ScanRequest& request, Diagnostics& diagnostics, ScannedFile& out) {
  walk::Found file;
  file.path = path;
  file.named = true;
  ReadBuffer buffer;
  out = scan_file(file, request, buffer);
  if (out.outcome == ScannedFile::Outcome::traced) return true;
  const std::string reason = out.message.empty() ? "its processor cannot be traced" : out.message;
  diagnostics.problem({path, "read", 0, reason + " (--baseline takes an earlier build of the driver)"}, true);
  return false;
}

/// Opens --store for this run; null, with the error told, when that fails.
std::unique_ptr<catalog::Store> open_store(const Inputs& inputs, const report::RunInfo& run, Diagnostics& diagnostics) {
  const Options& options = inputs.options;
  catalog::RunFacts facts{
      run.uuid, options.host.value_or(host_name()), os_name(), report::iso_time(run.time), run.tagdb, {}};
  if (options.shards != 0) facts.shard = std::to_string(options.shard) + "/" + std::to_string(options.shards);
  auto opened = catalog::Store::open(*options.store, inputs.apis, inputs.database, facts);
  if (opened) return std::move(opened.value());
  diagnostics.failure(*options.store, opened.error().message);
  return nullptr;
}

/// Files wait here until the batch that holds them is in the catalogue; only then are they reported.
class Survey {
 public:
  Survey(const Inputs& inputs, Diagnostics& diagnostics, ScanSession& session)
      : inputs_(inputs),
        options_(inputs.options),
        diagnostics_(diagnostics),
        session_(session),
        checks_(inputs, diagnostics) {}

  int run() {
    if (!checks_.load()) return kExitUsage;
    std::vector<std::string> paths = options_.paths;
    if (inputs_.catalog && options_.root) paths.push_back(*options_.root);
    const report::RunInfo run =
        run_info(inputs_, "survey", paths.empty() && inputs_.catalog ? inputs_.catalog->roots() : paths);
    diagnostics_.reporter().begin(run);
    demand_covered(inputs_, diagnostics_);
    ScanRequest request = session_.new_request();
    request.check_frees = options_.check;
    request.already_reported = [this](const ContentHash& hash) { return contents_.contains(hash); };
    if (options_.baseline && !trace_baseline(*options_.baseline, request, diagnostics_, baseline_))
      return diagnostics_.finish(kExitUsage);
    if (options_.baseline && options_.check) checks_.know(baseline_, *options_.baseline);
    if (options_.store) {
      store_ = open_store(inputs_, run, diagnostics_);
      if (!store_) return kExitUsage;
      request.recall = store_.get();
      request.with_text = true;
    }
    ScanHooks hooks;
    if (store_) {
      hooks.idle = [this] { flush(); };
      hooks.walked = [this](const std::string& root, const walk::Skipped& skipped,
                            const std::vector<walk::Trouble>& troubles) {
        flush();
        if (!failed_ && !options_.files_from) failed_ = !store_->add_root(root, skipped, troubles);
      };
    }
    session_.scan(
        paths, true, {}, request, [this](ScannedFile& file) { take(file); }, hooks);
    flush();
    if (store_ && !failed_ && !diagnostics_.stop().set()) finish_store();
    if (failed_) {
      diagnostics_.failure(*options_.store, store_->error());
      return diagnostics_.finish(kExitUsage);
    }
    if (!diagnostics_.nothing_to_search()) note_skipped(diagnostics_);
    const bool no_driver = !diagnostics_.stop().set() && diagnostics_.note_no_driver();
    tell_totals();
    if (diagnostics_.incomplete()) return diagnostics_.finish(kExitIncomplete);
    // A build whose drivers are not where they are looked for has not passed.
    if (options_.check && !no_driver) return diagnostics_.finish(checks_.any() ? kExitNothing : kExitFound);
    if (options_.baseline && !no_driver) return diagnostics_.finish(changes_ > 0 ? kExitNothing : kExitFound);
    const int code = diagnostics_.finish(diagnostics_.summary().drivers > 0 ? kExitFound : kExitNothing);
    // A list is compared when all drivers are known.
    const bool differs = options_.exit_code && diagnostics_.summary().changes.value_or(0) > 0;
    return code == kExitFound && differs ? kExitNothing : code;
  }

 private:
  void take(ScannedFile& file) {
    using Outcome = ScannedFile::Outcome;
    if (failed_) return;
    if (file.outcome == Outcome::traced || file.outcome == Outcome::unsupported || file.outcome == Outcome::copy) {
      if (const Reported* first = contents_.find_or_add(file.hash, {file.file.path, file.sha256})) {
        // Its sites are counted with the first copy.
        file.outcome = Outcome::copy;
        file.sha256 = first->sha256;
        copy_of_.emplace(file.file.path, first->path);
      }
    }
    if (!store_) {
      report(file);
      return;
    }
    left_inside_ += file.embedded_left_out;
    pending_.push_back(std::move(file));
    constexpr std::size_t kBatch = 128;
    constexpr auto kLongest = std::chrono::milliseconds(200);
    if (pending_.size() >= kBatch || std::chrono::steady_clock::now() - last_flush_ > kLongest) flush();
  }

  void flush() {
    if (!store_ || failed_) return;
    last_flush_ = std::chrono::steady_clock::now();
    if (!store_->store(pending_)) {
      failed_ = true;
      diagnostics_.stop().fail();  // the rest of the work would be lost
      return;
    }
    for (ScannedFile& file : pending_) report(file);
    pending_.clear();
  }

  void report(ScannedFile& file) {
    if (!account(file, inputs_.catalog != nullptr, diagnostics_)) return;
    const auto copy = copy_of_.find(file.file.path);
    if (copy != copy_of_.end()) {
      if (records_wanted() && !left_out_.contains(copy->second))
        diagnostics_.reporter().copy(file.file.path, copy->second, file.sha256);
      copy_of_.erase(copy);
      return;
    }
    if (!options_.explain) file.listings.clear();
    const bool judged = options_.check || options_.baseline.has_value();
    if (judged && file.outcome == ScannedFile::Outcome::unsupported) {
      // No finding and no change would read as "all is well".
      const std::string why = file.trace.problems.empty() ? "its code is not traced" : file.trace.problems.front();
      const report::Problem problem{file.file.path, "trace", 0,
                                    why + (options_.check ? "; not checked" : "; not compared")};
      if (file.file.named) {
        diagnostics_.problem(problem);
      } else {
        diagnostics_.record(problem);
        ++untraced_;
      }
    } else if (options_.check) {
      checks_.run(file);
    } else if (options_.baseline) {
      const std::vector<rank::Change> changes = rank::compare(baseline_.trace, file.trace);
      changes_ += changes.size();
      diagnostics_.reporter().compared(
          {file.file.path, *options_.baseline, file.identity, baseline_.identity, changes.size()});
      for (const rank::Change& change : changes) diagnostics_.reporter().change(file.file.path, change);
    } else {
      report::Driver driver = driver_record(file, inputs_.apis);
      if (options_.only) {
        std::erase_if(driver.uses, [this](const report::Use& use) { return use.use.evidence != *options_.only; });
        if (driver.uses.empty()) {
          left_out_.insert(file.file.path);
          return;
        }
      }
      if (records_wanted()) diagnostics_.reporter().driver(driver);
    }
  }

  /// What --check and --baseline say at the end.
  void tell_totals() {
    if (untraced_ > 0)
      diagnostics_.message("poolwho: " + std::to_string(untraced_) + (untraced_ == 1 ? " driver is" : " drivers are") +
                           " for processors whose code is not traced, and not " +
                           (options_.check ? "checked" : "compared"));
    if (options_.check) {
      checks_.finish();
    } else if (options_.baseline) {
      diagnostics_.summary().changes = changes_;
    }
  }

  /// The totals of text are made from its records.
  [[nodiscard]] bool records_wanted() const { return !options_.totals_only || options_.format == Format::text; }

  /// Tags that came up in this run were not searched for in the drivers before: that is made good now.
  void finish_store() {
    failed_ = !store_->note_vanished();
    for (const std::string& warning : store_->warnings()) diagnostics_.message("poolwho: " + pe::printable(warning));
    const trace::TagSearch missing = store_->missing_tags();
    std::vector<ScannedFile> batch;
    const auto write = [&] {
      if (!batch.empty() && !failed_) failed_ = !store_->store_held(batch);
      batch.clear();
    };
    session_.revisit(
        [&](const std::function<bool(walk::Found)>& push) {
          for (auto drivers = store_->unsearched(); !drivers.empty(); drivers = store_->unsearched()) {
            for (const catalog::Unsearched& driver : drivers) {
              walk::Found found;
              found.path = driver.path;
              if (!push(std::move(found))) return;
            }
          }
        },
        [&](const walk::Found& found, ReadBuffer& buffer) {
          return search_file(found, missing, options_.max_file_size, buffer);
        },
        [&](ScannedFile& file) {
          diagnostics_.progress("searching for new tags: " + pe::printable(file.file.path));
          if (file.sha256.empty()) return;  // gone, or no longer what it was
          batch.push_back(std::move(file));
          constexpr std::size_t kBatch = 256;
          if (batch.size() >= kBatch) write();
        });
    write();
    if (!failed_ && !diagnostics_.stop().set()) failed_ = !store_->complete();
    const catalog::StoreCounts& counts = store_->counts();
    diagnostics_.note("stored in " + pe::printable(*options_.store) + ": " + std::to_string(counts.fresh) + " new, " +
                      std::to_string(counts.changed) + " changed, " + std::to_string(counts.unchanged) + " unchanged" +
                      (counts.vanished > 0 ? ", " + std::to_string(counts.vanished) + " vanished" : ""));
    if (left_inside_ > 0)
      diagnostics_.note(std::to_string(left_inside_) +
                        (left_inside_ == 1 ? " driver inside a program was" : " drivers inside programs were") +
                        " found and left out: a catalogue holds whole files; a survey without --store tells about "
                        "them");
  }

  const Inputs& inputs_;
  const Options& options_;
  Diagnostics& diagnostics_;
  ScanSession& session_;
  ReportedContents contents_;
  ScannedFile baseline_;
  DriverChecks checks_;
  std::uint64_t changes_ = 0, untraced_ = 0;
  std::uint64_t left_inside_ = 0;  // --store: drivers inside programs
  std::unique_ptr<catalog::Store> store_;
  std::vector<ScannedFile> pending_;
  std::set<std::string> left_out_;              // --only: without such uses
  std::map<std::string, std::string> copy_of_;  // of those that wait
  std::chrono::steady_clock::time_point last_flush_ = std::chrono::steady_clock::now();
  bool failed_ = false;
};

}  // namespace

int run_survey(const Inputs& inputs, Diagnostics& diagnostics, ScanSession& session) {
  const Options& options = inputs.options;
  if (options.paths.empty() && !options.files_from && !options.catalog) {
    diagnostics.note(
        "poolwho: survey needs a path: drivers or folders, such as 'poolwho survey /mnt/c/Windows/System32/drivers'");
    return kExitUsage;
  }
  return Survey(inputs, diagnostics, session).run();
}

}  // namespace scanner
