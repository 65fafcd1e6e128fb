// `poolwho leaks LOG…`: from logs to leaks, and with a place to search from leaks to drivers. One scan serves all the
// leaking tags; what their figures say about pool and size then orders the candidates of each.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <map>

#include "scanner/commands/context.hpp"
#include "scanner/commands/live_view.hpp"
#include "scanner/pipeline.hpp"
#include "scanner/poolmon/growth.hpp"
#include "scanner/poolmon/live.hpp"
#include "scanner/poolmon/log_reader.hpp"
#include "scanner/rank/leak_terms.hpp"
#include "scanner/report/words.hpp"

namespace scanner {
namespace {

constexpr std::size_t kOthers = 50;    // of what is no leak, the largest changes
constexpr std::size_t kSuspects = 10;  // whose drivers are looked for, the largest

class Leaks {
 public:
  Leaks(Context& context, std::unique_ptr<poolmon::LiveProvider> provider)
      : context_(context), options_(context.options()), provider_(std::move(provider)) {}

  int run() {
    std::unique_ptr<poolmon::SnapshotSource> live;
    if (options_.live) {
      poolmon::LiveOptions how;
      how.every_seconds = options_.every_seconds.value_or(how.every_seconds);
      how.for_seconds = options_.for_seconds;
      how.stop = &context_.stop().interrupted();
      auto opened = poolmon::watch(provider_ ? std::move(provider_) : poolmon::make_live_provider(), how);
      if (!opened) {
        context_.note("poolwho: " + opened.error().message);
        return kExitUsage;
      }
      live = std::move(opened.value());
    }
    std::vector<std::string> roots;
    if (options_.root) {
      roots.push_back(*options_.root);
    } else if (context_.catalog() != nullptr) {
      roots = context_.catalog()->roots();
    }
    context_.begin("leaks", roots);
    for (const std::string& log : in_order()) read(log);
    if (live) watch(*live);
    if (table_.snapshots() == 0 && totals_.snapshots() == 0) return context_.finish(nothing_read());
    poolmon::AnalysisOptions how;
    if (options_.interval_seconds) how.interval_hours = *options_.interval_seconds / 3600;
    analysis_ = poolmon::analyse(table_, how);
    const poolmon::Analysis pools = poolmon::analyse(totals_, how);
    for (const poolmon::Growth& growth : analysis_.tags) {
      if (growth.shape == poolmon::Shape::leak) ++certain_;
      if (growth.shape == poolmon::Shape::leak ||
          (growth.shape == poolmon::Shape::suspect && leaks_.size() < certain_ + kSuspects))
        leaks_.push_back({growth, {}, {}, {}, {}, {}});
    }
    const bool searched = search();
    describe_logs(pools, searched);
    for (report::Leak& leak : leaks_) context_.reporter().leak(leak);
    std::size_t others = 0;
    for (std::size_t i = leaks_.size(); i < analysis_.tags.size(); ++i) {  // leaks and suspects stand first
      const poolmon::Growth& growth = analysis_.tags[i];
      if (growth.shape == poolmon::Shape::flat) continue;
      if (++others > kOthers) break;
      context_.reporter().growth(growth);
    }
    if (certain_ > 0) return context_.finish(kExitFound);
    return context_.finish(context_.incomplete() ? kExitIncomplete : kExitNothing);
  }

 private:
  int nothing_read() const { return context_.incomplete() ? kExitIncomplete : kExitNothing; }

  /// Can it be read twice? A pipe cannot: what was read to see the time would be missing.
  static bool is_file(const std::string& log) {
    walk::DirectoryEntry entry;
    std::string ignored;
    return walk::inspect(log, entry, ignored) && entry.kind == walk::DirectoryEntry::Kind::file;
  }

  /// By the time of their first snapshot where all tell one, else as given.
  std::vector<std::string> in_order() {
    if (options_.logs.size() < 2) return options_.logs;
    std::vector<std::pair<std::int64_t, std::string>> timed;
    for (const std::string& log : options_.logs) {
      if (!is_file(log)) return options_.logs;
      std::ifstream in(log, std::ios::binary);
      const auto time = in ? poolmon::LogReader(in).first_time() : std::nullopt;
      if (!time || time->dayless) return options_.logs;
      timed.emplace_back(time->seconds, log);
    }
    std::stable_sort(timed.begin(), timed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> logs;
    logs.reserve(timed.size());
    for (auto& [time, log] : timed) logs.push_back(std::move(log));
    return logs;
  }

  /// A stream only says that it failed.
  static std::string why_unreadable(const std::string& log) {
    walk::Skipped ignored;
    const auto tried = walk::read_file(log, 0, ignored);
    return tried ? "cannot be read" : tried.error().message;
  }

  void read(const std::string& log) {
    if (log == "-") return read(std::cin, log);
    std::ifstream in(log, std::ios::binary);
    walk::DirectoryEntry entry;
    std::string reason;
    if (walk::inspect(log, entry, reason)) {
      if (entry.kind == walk::DirectoryEntry::Kind::directory)
        reason = "is a folder; name the logs in it";
      else if (!in)
        reason = why_unreadable(log);
    }
    if (!reason.empty()) {
      context_.problem({log, "read", 0, reason}, true);
    } else {
      read(in, log);
    }
  }

  void read(std::istream& in, const std::string& log) {
    poolmon::LogReader reader(in);
    if (read(reader, log) == 0)
      context_.problem({log, "log", 0,
                        "no figures of pools in it: poolmon's snapshots and screens, WinDbg's !poolused, and CSV of "
                        "poolmon or perfmon are read"});
  }

  /// Ctrl-C ends the watching; the report is what it was for. One that comes later ends the search.
  void watch(poolmon::SnapshotSource& live) {
    LiveView view(context_);
    read(live, "this machine", &view);
    if (context_.stop().interrupted()) context_.stop().interrupt_served();
    view.close();
  }

  /// Returns how many snapshots there were.
  std::uint64_t read(poolmon::SnapshotSource& source, const std::string& name, LiveView* view = nullptr) {
    poolmon::Snapshot snapshot;
    std::uint64_t found = 0;
    const auto tell = [&] {
      for (poolmon::LineProblem& problem : source.take_problems())
        context_.problem({name, "log", problem.line, std::move(problem.message)});
    };
    while (!context_.stop().set() && source.next(snapshot)) {
      ++found;
      if (view != nullptr && view->shown()) {
        view->show(snapshot);
        if (!context_.out()) break;  // nobody reads any more
        add(snapshot, name);
        continue;
      }
      add(snapshot, name);
      tell();
      context_.progress(std::to_string(table_.snapshots()) + " snapshots  " + report::printable(name));
    }
    tell();
    return found;
  }

  /// Totals of whole pools are a series of their own: perfmon has many samples and no tags.
  void add(poolmon::Snapshot& snapshot, const std::string& log) {
    if (!snapshot.rows.empty()) {
      table_.add(snapshot, report::file_name(log));
      return;
    }
    for (const auto& [pool, bytes] : {std::pair{poolmon::Pool::nonpaged, snapshot.totals.nonpaged},
                                      std::pair{poolmon::Pool::paged, snapshot.totals.paged}}) {
      if (!bytes) continue;
      poolmon::Row row;
      row.pool = pool;
      row.bytes = row.diff = static_cast<std::int64_t>(*bytes);
      row.counted = false;
      snapshot.rows.push_back(row);
    }
    totals_.add(snapshot, report::file_name(log));
  }

  void describe_logs(const poolmon::Analysis& pools, bool searched) {
    report::LogsInfo info;
    info.logs = options_.logs;
    info.snapshots = analysis_.snapshots + pools.snapshots;
    info.timed = table_.snapshots() > 0 ? analysis_.timed : pools.timed;
    info.hours = table_.snapshots() > 0 ? analysis_.hours : pools.hours;
    info.searched = searched;
    info.notes = analysis_.notes;
    if (analysis_.snapshots == 1)
      info.notes.emplace_back("one snapshot shows size, not growth: take more, an hour apart");
    if (leaks_.size() > certain_)
      info.notes.push_back("so few snapshots cannot tell a leak from steps or from one tooth of a saw: what rises is " +
                           std::string(certain_ > 0 ? "in part " : "") + "suspected only; take " +
                           std::to_string(analysis_.enough) + " or more");
    if (!analysis_.timed && analysis_.snapshots > 1)
      info.notes.emplace_back(
          "the snapshots tell no time, or times that go backwards: growth is per snapshot (--interval gives the time "
          "between them)");
    for (const poolmon::Growth& growth : pools.tags) info.pools.push_back(growth);
    context_.reporter().logs(info);
  }

  /// Candidates for all leaks from one search. False when no place was named.
  bool search() {
    for (report::Leak& leak : leaks_) {
      for (const tagdb::Entry* entry : context_.database().lookup(leak.growth.tag)) leak.listed.push_back(*entry);
      leak.advice = tagdb::advice_for(leak.growth.tag);
      if (const std::string* owner = table_.owner(leak.growth.tag)) leak.tool_owner = *owner;
    }
    if (leaks_.empty() && options_.root) context_.root_is_there(*options_.root);  // else the search says it
    const bool place = options_.root || options_.files_from || context_.catalog() != nullptr;
    if (place && !leaks_.empty()) {
      std::vector<tagdb::TagQuery> queries;
      for (const report::Leak& leak : leaks_) {
        const auto pattern = tagdb::TagPattern::exactly(leak.growth.tag);
        queries.push_back({leak.growth.tag.text(), {pattern}});
      }
      context_.ask(std::move(queries));
      if (auto found = find_candidates(context_, [this](const report::Candidate& one) { return fits(one); })) {
        for (report::Leak& leak : leaks_) judge(leak, *found);
      }
    }
    for (report::Leak& leak : leaks_) leak.next_steps = report::next_steps(leak);
    if (!place && !leaks_.empty()) {
      std::string command = "who allocates with it? On that machine, or with a copy of its drive: poolwho";
      for (const report::Leak& leak : leaks_) command += " -t '" + leak.growth.tag.text() + "'";
      context_.note(command + " --root DIR");
    }
    return place;
  }

  /// A driver that takes another pool only is no reason to stop searching.
  [[nodiscard]] bool fits(const report::Candidate& candidate) const {
    return std::any_of(leaks_.begin(), leaks_.end(), [&candidate](const report::Leak& leak) {
      if (leak.growth.tag != candidate.tag) return false;
      report::Candidate copy = candidate;
      weigh(copy, leak.growth);
      return std::none_of(copy.judgement.reasons.begin(), copy.judgement.reasons.end(),
                          [](const rank::Reason& reason) { return reason.code == "pool_contradicts"; });
    });
  }

  static void weigh(report::Candidate& candidate, const poolmon::Growth& growth) {
    rank::LeakFigures figures;
    figures.pool_known = growth.pool != poolmon::Pool::unknown;
    figures.paged = growth.pool != poolmon::Pool::nonpaged;
    figures.bytes_per_allocation = growth.bytes_per_allocation;
    std::vector<trace::TagUse> uses;
    for (const report::Use& use : candidate.uses) uses.push_back(use.use);
    const bool narrow = candidate.machine == pe::Machine::x86 || candidate.machine == pe::Machine::arm;
    rank::weigh_leak(candidate.judgement, uses, figures, narrow, [&candidate](std::size_t use) {
      const report::Use& item = candidate.uses[use];
      return item.has_site ? report::place(candidate.path, item, item.use.via.size() - 1)
                           : std::string("a use without a call");
    });
  }

  void judge(report::Leak& leak, const std::vector<report::Candidate>& found) {
    for (const report::Candidate& candidate : found) {
      if (candidate.tag != leak.growth.tag) continue;
      leak.candidates.push_back(candidate);
      weigh(leak.candidates.back(), leak.growth);
    }
    std::erase_if(leak.candidates, [this](const report::Candidate& candidate) {
      return candidate.judgement.verdict > options_.min_verdict.value_or(rank::Verdict::weak);
    });
    std::stable_sort(leak.candidates.begin(), leak.candidates.end(),
                     [](const report::Candidate& a, const report::Candidate& b) {
                       if (a.judgement.verdict != b.judgement.verdict) return a.judgement.verdict < b.judgement.verdict;
                       if (a.judgement.score != b.judgement.score) return a.judgement.score > b.judgement.score;
                       return a.path < b.path;
                     });
    for (std::size_t i = 0; i < leak.candidates.size(); ++i) leak.candidates[i].rank = static_cast<unsigned>(i + 1);
  }

  Context& context_;
  const Options& options_;
  std::unique_ptr<poolmon::LiveProvider> provider_;
  poolmon::SeriesTable table_, totals_;
  poolmon::Analysis analysis_;
  std::vector<report::Leak> leaks_;  ///< then suspects
  std::size_t certain_ = 0;          ///< of them are leaks
};

}  // namespace

int run_leaks(Context& context, std::unique_ptr<poolmon::LiveProvider> live) {
  return Leaks(context, std::move(live)).run();
}

}  // namespace scanner
