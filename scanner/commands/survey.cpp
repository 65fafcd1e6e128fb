// `poolwho survey PATH…`: every tag of every driver, in path order, each distinct image once.
#include <algorithm>
#include <map>
#include <mutex>

#include "scanner/commands/context.hpp"
#include "scanner/pipeline.hpp"

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

report::Driver driver_record(const ScannedFile& file) {
  report::Driver driver;
  driver.path = file.file.path;
  driver.sha256 = file.sha256;
  driver.size = file.size;
  driver.machine = file.machine;
  driver.identity = file.identity;
  driver.uses = uses_of(file, [](tagdb::PoolTag) { return true; });
  std::stable_sort(driver.uses.begin(), driver.uses.end(),
                   [](const report::Use& a, const report::Use& b) { return a.use.tag.text() < b.use.tag.text(); });
  driver.allocate = file.trace.counts(trace::SiteKind::allocate);
  driver.free = file.trace.counts(trace::SiteKind::free);
  driver.other = file.trace.counts(trace::SiteKind::other);
  driver.wrapper = file.trace.wrapper_counts();
  driver.dynamic_reasons = file.trace.dynamic_reasons();
  driver.exports_allocator = file.trace.exported_allocators;
  driver.problems = file.trace.problems;
  driver.traced = file.outcome == ScannedFile::Outcome::traced;
  return driver;
}

/// The earlier build that --baseline names; false when it cannot be read, which is then said.
bool trace_baseline(Context& context, const ScanRequest& request, ScannedFile& out) {
  const std::string& path = *context.options().baseline;
  out = scan_file({path, 0, true, false}, request);
  if (out.outcome == ScannedFile::Outcome::traced) return true;
  const std::string reason = out.message.empty() ? "its processor cannot be traced" : out.message;
  context.problem({path, "read", 0, reason + " (--baseline wants an earlier build of the driver)"}, true);
  return false;
}

}  // namespace

int run_survey(Context& context) {
  const Options& options = context.options();
  if (options.paths.empty() && !options.files_from) {
    context.note(
        "poolwho: survey what? Name drivers or folders, such as 'poolwho survey /mnt/c/Windows/System32/drivers'");
    return kExitUsage;
  }
  context.begin("survey", options.paths);
  ReportedContents contents;
  ScanRequest request;
  request.apis = &context.apis();
  request.max_file_size = options.max_file_size;
  request.with_text = options.explain;
  request.already_reported = [&contents](const ContentHash& hash) { return contents.contains(hash); };
  ScannedFile baseline;
  if (options.baseline && !trace_baseline(context, request, baseline)) return context.finish(kExitUsage);
  std::uint64_t findings = 0;
  const auto report_file = [&](const ScannedFile& file) {
    if (options.check) {
      for (const auto& finding :
           rank::check(file.trace, image_facts(file.file.path, file.identity), context.database())) {
        ++findings;
        context.reporter().finding(file.file.path, finding);
      }
    } else if (options.baseline) {
      for (const auto& change : rank::compare(baseline.trace, file.trace))
        context.reporter().change(file.file.path, change);
    } else {
      context.reporter().driver(driver_record(file));
    }
  };
  context.scan(options.paths, true, {}, request, [&](ScannedFile& file) {
    using Outcome = ScannedFile::Outcome;
    const bool image =
        file.outcome == Outcome::traced || file.outcome == Outcome::unsupported || file.outcome == Outcome::copy;
    if (image) {
      if (const Reported* first = contents.find_or_add(file.hash, {file.file.path, file.sha256})) {
        // Its sites are counted with the first copy.
        file.outcome = Outcome::copy;
        if (context.account(file)) context.reporter().copy(file.file.path, first->path, first->sha256);
        return;
      }
    }
    if (context.account(file)) report_file(file);
  });
  if (context.incomplete()) return context.finish(kExitIncomplete);
  if (options.check) return context.finish(findings > 0 ? kExitNothing : kExitFound);
  return context.finish(context.summary().drivers > 0 ? kExitFound : kExitNothing);
}

}  // namespace scanner
