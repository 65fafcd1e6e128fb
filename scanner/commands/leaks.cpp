// `poolwho leaks LOG…`: from logs to leaks, and with a place to search from leaks to drivers. One scan serves all the
// leaking tags; what their figures say about pool and size then orders the candidates of each.
#include <algorithm>
#include <cstdlib>

#include "scanner/commands/commands.hpp"
#include "scanner/commands/driver_search.hpp"
#include "scanner/commands/leak_logs.hpp"
#include "scanner/commands/places.hpp"
#include "scanner/commands/tag_roles.hpp"
#include "scanner/poolmon/growth.hpp"
#include "scanner/rank/leak_terms.hpp"
#include "scanner/report/words.hpp"

namespace scanner {
namespace {

using poolmon::Shape;

constexpr std::size_t kOthers = 50;    // of what is no leak, the largest changes
constexpr std::size_t kSuspects = 10;  // whose drivers are looked for, the largest
constexpr std::size_t kAskFor = 3;     // tags of one snapshot that are worth a search

std::unique_ptr<poolmon::SnapshotSource> open_live(const Options& options,
                                                   std::unique_ptr<poolmon::LiveProvider> provider,
                                                   Diagnostics& diagnostics) {
  poolmon::LiveOptions how;
  how.every_seconds = options.every_seconds.value_or(how.every_seconds);
  how.for_seconds = options.for_seconds;
  how.stop = &diagnostics.stop().interrupted();
  auto opened = poolmon::watch(provider ? std::move(provider) : poolmon::make_live_provider(), how);
  if (opened) return std::move(opened.value());
  diagnostics.note("poolwho: " + opened.error().message);
  return nullptr;
}

class Leaks {
 public:
  Leaks(const Inputs& inputs, Diagnostics& diagnostics, ScanSession& session)
      : inputs_(inputs), options_(inputs.options), diagnostics_(diagnostics), session_(session) {}

  int run(std::unique_ptr<poolmon::LiveProvider> provider) {
    // A volume, and the machine itself on Windows, have an event log of their own.
    if (options_.logs.empty() && !options_.live && !options_.root && running_root().empty()) {
      diagnostics_.message(
          "poolwho: leaks needs logs, such as 'poolwho leaks poolmon*.txt --root DIR', or --root DIR for the volume's "
          "own event log");
      return kExitUsage;
    }
    std::unique_ptr<poolmon::SnapshotSource> live;
    if (options_.live && (live = open_live(options_, std::move(provider), diagnostics_)) == nullptr) return kExitUsage;
    std::vector<std::string> roots;
    if (options_.root) {
      roots.push_back(*options_.root);
    } else if (inputs_.catalog) {
      roots = inputs_.catalog->roots();
    }
    diagnostics_.reporter().begin(run_info(inputs_, "leaks", roots));
    LeakLogs logs(inputs_, diagnostics_, series_);
    logs.read_files();
    if (live) logs.watch(*live);
    if (series_.empty()) return nothing();
    series_.use_events();
    analyse();
    const bool searched = search();
    describe(searched);
    if (certain_ > 0 || std::any_of(pools_.tags.begin(), pools_.tags.end(),
                                    [](const poolmon::Growth& pool) { return pool.shape == Shape::leak; }))
      return diagnostics_.finish(kExitFound);
    return finish_empty();
  }

 private:
  /// No log holds a figure: what was said of them is all there is.
  int nothing() {
    for (const std::string& note : series_.notes) diagnostics_.note("poolwho: " + note);
    return finish_empty();
  }

  int finish_empty() { return diagnostics_.finish(diagnostics_.incomplete() ? kExitIncomplete : kExitNothing); }

  void analyse() {
    poolmon::AnalysisOptions how;
    if (options_.interval_seconds) how.interval_hours = *options_.interval_seconds / 3600;
    analysis_ = poolmon::analyse(series_.tags, how);
    pools_ = poolmon::analyse(series_.pools(), how);
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
          growth.tag.text().find('\\') == std::string::npos && tagdb::never_proves(growth.tag).empty())
        largest.push_back(growth.tag);
    }
    if (leaks_.empty()) info.next_steps = report::next_steps(info, largest);
    diagnostics_.reporter().logs(info);
    for (const poolmon::Growth& pool : pools_.tags) diagnostics_.reporter().pool(pool);
    show_clusters();
    for (const report::Leak& leak : leaks_) diagnostics_.reporter().leak(leak);
    show_others();
    for (const poolmon::Growth& growth : analysis_.tags) {
      if (growth.shape == Shape::size)
        diagnostics_.reporter().size({growth, listed(growth.tag), tool_owner(growth.tag)});
    }
  }

  void show_clusters() {
    const auto role = [this](tagdb::PoolTag tag) { return role_of(tag, inputs_.database, leaks_); };
    for (poolmon::Cluster& cluster : poolmon::find_clusters(analysis_.tags, role)) {
      report::Cluster shown{std::move(cluster), {}};
      for (const poolmon::ClusterMember& member : shown.cluster.members) {
        const auto growth = std::find_if(analysis_.tags.begin(), analysis_.tags.end(), [&member](const auto& one) {
          return one.tag == member.tag && one.pool == member.pool && one.session.is_none();
        });
        if (growth != analysis_.tags.end()) shown.growths.push_back(*growth);
      }
      diagnostics_.reporter().cluster(shown);
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
    for (std::size_t i = 0; i < changed.size() && i < kOthers; ++i) diagnostics_.reporter().growth(*changed[i]);
  }

  /// The date and time that the first snapshot tells; nothing when it tells no date. The files' own times do not count.
  std::optional<std::int64_t> beginning(const poolmon::SeriesTable& table, bool& utc) const {
    if (series_.times_of_change || table.buckets().empty() || !table.buckets().front().time) return std::nullopt;
    const poolmon::LogTime& time = *table.buckets().front().time;
    if (time.dayless || time.elapsed) return std::nullopt;
    utc = utc || time.zoned;
    return table.clock() == poolmon::SeriesTable::Clock::exchanged ? time.other : time.seconds;
  }

  report::LogsInfo logs_info(bool searched) {
    const poolmon::Analysis& main = series_.tags.snapshots() > 0 ? analysis_ : pools_;
    report::LogsInfo info;
    info.logs = series_.read;
    info.snapshots = series_.tags.snapshots() + series_.totals.snapshots();
    info.tag_snapshots = series_.tags.snapshots();
    info.pool_snapshots = pools_.snapshots;
    info.timed = main.timed && main.snapshots > 1;
    info.hours = main.hours;
    info.searched = searched;
    info.notes = std::move(series_.notes);
    info.notes.insert(info.notes.end(), main.notes.begin(), main.notes.end());
    if (series_.times_of_change && main.clocked)
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
    if (analysis_.clocked) info.start = beginning(series_.tags, info.utc);
    if (pools_.clocked) info.pools_start = beginning(series_.pools(), info.utc);
    return info;
  }

  std::vector<tagdb::Entry> listed(tagdb::PoolTag tag) const {
    std::vector<tagdb::Entry> out;
    for (const tagdb::Entry* entry : inputs_.database.lookup(tag)) out.push_back(*entry);
    return out;
  }

  std::string tool_owner(tagdb::PoolTag tag) const {
    const std::string* owner = series_.tags.owner(tag);
    return owner != nullptr ? *owner : std::string();
  }

  /// Candidates for all leaks from one search. False when no place was named.
  bool search() {
    for (report::Leak& leak : leaks_) {
      leak.listed = listed(leak.growth.tag);
      leak.advice = tagdb::advice_for(leak.growth.tag);
      leak.tool_owner = tool_owner(leak.growth.tag);
    }
    if (leaks_.empty() && options_.root)
      root_is_there(inputs_, *options_.root, diagnostics_);  // else the search says it
    const bool place = options_.root || options_.files_from || inputs_.catalog;
    if (place && !leaks_.empty()) {
      std::vector<tagdb::TagQuery> queries;
      for (const report::Leak& leak : leaks_) {
        const auto pattern = tagdb::TagPattern::exactly(leak.growth.tag);
        queries.push_back({leak.growth.tag.text(), {pattern}});
      }
      const auto convinces = [this](const report::Candidate& one) { return fits(one); };
      if (auto found = find_candidates(inputs_, queries, diagnostics_, session_, convinces)) {
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

  const Inputs& inputs_;
  const Options& options_;
  Diagnostics& diagnostics_;
  ScanSession& session_;
  LeakSeries series_;
  poolmon::Analysis analysis_, pools_;
  std::vector<report::Leak> leaks_;  ///< then suspects
  std::size_t certain_ = 0;          ///< of them are leaks
};

}  // namespace

int run_leaks(const Inputs& inputs, Diagnostics& diagnostics, ScanSession& session,
              std::unique_ptr<poolmon::LiveProvider> live) {
  return Leaks(inputs, diagnostics, session).run(std::move(live));
}

}  // namespace scanner
