// `poolwho leaks LOG…`: from logs to leaks, and with a place to search from leaks to drivers. One scan serves all the
// leaking tags; what their figures say about pool and size then orders the candidates of each.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <tuple>

#include "scanner/commands/context.hpp"
#include "scanner/commands/live_view.hpp"
#include "scanner/commands/log_files.hpp"
#include "scanner/scan/pipeline.hpp"
#include "scanner/poolmon/growth.hpp"
#include "scanner/poolmon/live.hpp"
#include "scanner/poolmon/log_reader.hpp"
#include "scanner/rank/leak_terms.hpp"
#include "scanner/report/words.hpp"

namespace scanner {
namespace {

using poolmon::Shape;

constexpr std::size_t kOthers = 50;     // of what is no leak, the largest changes
constexpr std::size_t kSuspects = 10;   // whose drivers are looked for, the largest
constexpr std::size_t kAskFor = 3;      // tags of one snapshot that are worth a search
constexpr std::size_t kNotes = 20;      // of one kind
constexpr std::size_t kNamesShown = 5;  // files without figures

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
    read_logs();
    if (live) watch(*live);
    if (tags_.snapshots() == 0 && totals_.snapshots() == 0)
      return context_.finish(context_.incomplete() ? kExitIncomplete : kExitNothing);
    analyse();
    const bool searched = search();
    describe(searched);
    if (certain_ > 0 || std::any_of(pools_.tags.begin(), pools_.tags.end(),
                                    [](const poolmon::Growth& pool) { return pool.shape == Shape::leak; }))
      return context_.finish(kExitFound);
    return context_.finish(context_.incomplete() ? kExitIncomplete : kExitNothing);
  }

 private:
  void read_logs() {
    LogFiles logs = find_logs(context_, options_.logs, !options_.interval_seconds);
    times_of_change_ = logs.times_of_change;
    notes_ = std::move(logs.notes);
    for (const LogFile& log : logs.files) {
      if (context_.stop().set()) break;  // what was not read is not to be called empty
      if (log.path == "-") {
        read(std::cin, log);
      } else {
        std::ifstream in(log.path, std::ios::binary);
        read(in, log);
      }
    }
    if (no_figures_.empty()) return;
    std::string note = report::with_commas(no_figures_.size()) +
                       (no_figures_.size() == 1 ? " file holds" : " files hold") + " no figures of pools:";
    for (std::size_t i = 0; i < no_figures_.size() && i < kNamesShown; ++i)
      note += (i == 0 ? " " : ", ") + std::string(report::file_name(no_figures_[i]));
    if (no_figures_.size() > kNamesShown) note += " and " + std::to_string(no_figures_.size() - kNamesShown) + " more";
    notes_.push_back(std::move(note));
    // A folder in which nothing is a log is no search that found nothing.
    if (tags_.snapshots() + totals_.snapshots() == 0)
      for (const std::string& log : no_figures_) context_.problem({log, "log", 0, kNoFigures});
  }

  static constexpr const char* kNoFigures =
      "no figures of pools in it: poolmon's snapshots and screens, WinDbg's !poolused, and CSV of poolmon or perfmon "
      "are read";

  void read(std::istream& in, const LogFile& log) {
    poolmon::LogReader reader(in);
    const bool figures = read(reader, log) > 0;
    if (figures || log.named) read_.push_back(log.path);
    if (figures) return;
    if (log.named) {
      context_.problem({log.path, "log", 0, kNoFigures});
    } else {
      no_figures_.push_back(log.path);
    }
  }

  /// Ctrl-C ends the watching; the report is what it was for. One that comes later ends the search.
  void watch(poolmon::SnapshotSource& live) {
    LiveView view(context_);
    read(live, {"this machine", true, std::nullopt}, &view);
    if (context_.stop().interrupted()) context_.stop().interrupt_served();
    view.close();
  }

  /// Returns how many snapshots there were.
  std::uint64_t read(poolmon::SnapshotSource& source, const LogFile& log, LiveView* view = nullptr) {
    poolmon::Snapshot snapshot;
    std::uint64_t found = 0;
    const auto tell = [&] {
      // Of a file in a folder that turns out to be no log, nothing is an error.
      if (found == 0 && !log.named) return;
      for (poolmon::LineProblem& problem : source.take_problems())
        context_.problem({log.path, "log", problem.line, std::move(problem.message)});
      for (const poolmon::LineProblem& note : source.take_notes()) add_note(log, note);
    };
    while (!context_.stop().set() && source.next(snapshot)) {
      if (++found == 1 && log.time && (!snapshot.time || snapshot.time->dayless)) snapshot.time = log.time;
      if (view != nullptr && view->shown()) {
        view->show(snapshot);
        if (!context_.out()) break;  // nobody reads any more
        add(snapshot, log);
        continue;
      }
      add(snapshot, log);
      tell();
      context_.progress(std::to_string(tags_.snapshots()) + " snapshots  " + report::printable(log.path));
    }
    tell();
    return found;
  }

  void add_note(const LogFile& log, const poolmon::LineProblem& note) {
    if (++reader_notes_ > kNotes) return;
    const std::string line = note.line > 0 ? ":" + std::to_string(note.line) : "";
    notes_.push_back(std::string(report::file_name(log.path)) + line + ": " + note.message);
  }

  /// Totals of whole pools are a series of their own: perfmon has many samples and no tags.
  void add(const poolmon::Snapshot& snapshot, const LogFile& log) {
    const bool tagged = !snapshot.rows.empty();
    const bool restarted = tagged && tags_.add(snapshot, report::file_name(log.path));
    poolmon::Snapshot whole;
    whole.line = snapshot.line;
    whole.time = snapshot.time;
    for (const poolmon::Pool pool : {poolmon::Pool::nonpaged, poolmon::Pool::paged}) {
      const auto bytes = snapshot.totals.of(pool);
      if (!bytes) continue;
      poolmon::Row row;
      row.pool = pool;
      row.bytes = static_cast<std::int64_t>(*bytes);
      whole.rows.push_back(row);
    }
    if (whole.rows.empty() && tagged) return;
    (tagged ? beside_tags_ : totals_).add(whole, report::file_name(log.path), restarted);
  }

  void analyse() {
    poolmon::AnalysisOptions how;
    if (options_.interval_seconds) how.interval_hours = *options_.interval_seconds / 3600;
    analysis_ = poolmon::analyse(tags_, how);
    // Counters of whole pools say more than what stands beside tags by the way.
    pools_ = poolmon::analyse(totals_.snapshots() > 0 ? totals_ : beside_tags_, how);
    for (const poolmon::Growth& growth : analysis_.tags) {
      if (growth.shape == Shape::leak) ++certain_;
      if (growth.shape == Shape::leak || (growth.shape == Shape::suspect && leaks_.size() < certain_ + kSuspects))
        leaks_.push_back({growth, {}, {}, {}, {}, {}});
    }
  }

  void describe(bool searched) {
    report::LogsInfo info = logs_info(searched);
    std::vector<tagdb::PoolTag> largest;
    for (const poolmon::Growth& growth : analysis_.tags) {
      const bool seen = std::find(largest.begin(), largest.end(), growth.tag) != largest.end();
      if (growth.shape == Shape::size && !seen && largest.size() < kAskFor &&
          growth.tag.text().find('\\') == std::string::npos)
        largest.push_back(growth.tag);
    }
    if (leaks_.empty()) info.next_steps = report::next_steps(info, largest);
    context_.reporter().logs(info);
    for (const poolmon::Growth& pool : pools_.tags) context_.reporter().pool(pool);
    for (const report::Leak& leak : leaks_) context_.reporter().leak(leak);
    show_others();
    for (const poolmon::Growth& growth : analysis_.tags) {
      if (growth.shape == Shape::size) context_.reporter().size({growth, listed(growth.tag), tool_owner(growth.tag)});
    }
  }

  /// What is no leak: the largest changes. What stays about as it is, is shown where nothing else changed.
  void show_others() {
    std::vector<const poolmon::Growth*> changed, flat;
    for (std::size_t i = leaks_.size(); i < analysis_.tags.size(); ++i) {  // leaks and suspects stand first
      const poolmon::Growth& growth = analysis_.tags[i];
      if (growth.shape == Shape::size) continue;
      if (growth.shape != Shape::flat) {
        changed.push_back(&growth);
      } else if (growth.gained != 0) {
        flat.push_back(&growth);
      }
    }
    if (changed.empty() && leaks_.empty()) {
      std::stable_sort(flat.begin(), flat.end(),
                       [](const auto* a, const auto* b) { return std::llabs(a->gained) > std::llabs(b->gained); });
      changed = std::move(flat);
    }
    for (std::size_t i = 0; i < changed.size() && i < kOthers; ++i) context_.reporter().growth(*changed[i]);
  }

  /// The date and time that the first snapshot tells; nothing when it tells no date. The files' own times do not count.
  std::optional<std::int64_t> beginning(const poolmon::SeriesTable& table, bool& utc) const {
    if (times_of_change_ || table.buckets().empty() || !table.buckets().front().time) return std::nullopt;
    const poolmon::LogTime& time = *table.buckets().front().time;
    if (time.dayless || time.elapsed) return std::nullopt;
    utc = utc || time.zoned;
    return table.clock() == poolmon::SeriesTable::Clock::exchanged ? time.other : time.seconds;
  }

  report::LogsInfo logs_info(bool searched) {
    const poolmon::Analysis& main = tags_.snapshots() > 0 ? analysis_ : pools_;
    report::LogsInfo info;
    info.logs = read_;
    info.snapshots = tags_.snapshots() + totals_.snapshots();
    info.tag_snapshots = tags_.snapshots();
    info.pool_snapshots = pools_.snapshots;
    info.timed = main.timed && main.snapshots > 1;
    info.hours = main.hours;
    info.searched = searched;
    info.notes = std::move(notes_);
    info.notes.insert(info.notes.end(), main.notes.begin(), main.notes.end());
    if (times_of_change_ && main.clocked)
      info.notes.emplace_back("the logs tell no time: hours are those of the files' last changes");
    if (analysis_.snapshots == 1)
      info.notes.emplace_back("one snapshot shows size, not growth: take more, an hour apart");
    if (leaks_.size() > certain_)
      info.notes.push_back(std::to_string(analysis_.snapshots) + " snapshots are too few to confirm " +
                           (certain_ > 0 ? "every" : "a") + " leak; growing tags are shown as suspects. Take " +
                           std::to_string(analysis_.enough) + " or more");
    if (!main.timed && main.snapshots > 1)
      info.notes.emplace_back(
          "the snapshots have no timestamps, or they are out of order: growth is per snapshot (--interval gives the "
          "time between them)");
    info.pools = pools_.tags;
    if (analysis_.clocked) info.start = beginning(tags_, info.utc);
    if (pools_.clocked) info.pools_start = beginning(totals_.snapshots() > 0 ? totals_ : beside_tags_, info.utc);
    return info;
  }

  std::vector<tagdb::Entry> listed(tagdb::PoolTag tag) const {
    std::vector<tagdb::Entry> out;
    for (const tagdb::Entry* entry : context_.database().lookup(tag)) out.push_back(*entry);
    return out;
  }

  std::string tool_owner(tagdb::PoolTag tag) const {
    const std::string* owner = tags_.owner(tag);
    return owner != nullptr ? *owner : std::string();
  }

  /// Candidates for all leaks from one search. False when no place was named.
  bool search() {
    for (report::Leak& leak : leaks_) {
      leak.listed = listed(leak.growth.tag);
      leak.advice = tagdb::advice_for(leak.growth.tag);
      leak.tool_owner = tool_owner(leak.growth.tag);
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
    for (report::Leak& leak : leaks_) {
      leak.next_steps = report::next_steps(leak);
      if (place) continue;
      const auto at = leak.next_steps.begin() + (leak.growth.shape == Shape::suspect ? 1 : 0);
      leak.next_steps.insert(at, report::search_step({leak.growth.tag}, options_.log_words));
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
    figures.bytes_per_allocation = growth.bytes_per_allocation.value_or(0);
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
  poolmon::SeriesTable tags_;
  poolmon::SeriesTable totals_;       ///< of snapshots without tags
  poolmon::SeriesTable beside_tags_;  ///< totals of snapshots with tags
  poolmon::Analysis analysis_, pools_;
  std::vector<std::string> read_;        ///< the logs, earliest first
  std::vector<std::string> no_figures_;  ///< files of folders that are no logs
  std::vector<std::string> notes_;
  std::size_t reader_notes_ = 0;
  bool times_of_change_ = false;
  std::vector<report::Leak> leaks_;  ///< then suspects
  std::size_t certain_ = 0;          ///< of them are leaks
};

}  // namespace

int run_leaks(Context& context, std::unique_ptr<poolmon::LiveProvider> live) {
  return Leaks(context, std::move(live)).run();
}

}  // namespace scanner
