// `poolwho TAG [PATH…]`: the main job. Level by level, the likeliest place first; in each level first the files whose
// bytes hold the tag, then, when those prove no owner, the rest (tags built from parts are not in the bytes).
#include <algorithm>
#include <map>
#include <set>

#include "scanner/commands/context.hpp"
#include "scanner/commands/likely_first.hpp"
#include "scanner/commands/locate_notes.hpp"
#include "scanner/scan/pipeline.hpp"
#include "scanner/rank/frees.hpp"

namespace scanner {
namespace {

struct Level {
  std::string path;
  std::string name;                ///< for the note about what was searched
  std::vector<std::string> files;  ///< instead of a path: the drivers of the machine's list
};

class Locate {
 public:
  explicit Locate(Context& context) : context_(context), options_(context.options()) {}

  int run() {
    std::vector<Level> levels;
    if (!find_levels(levels)) return kExitUsage;
    std::vector<std::string> roots = options_.paths;
    if (!root_.empty() && (options_.root || options_.paths.empty())) roots.push_back(root_);
    if (roots.empty() && context_.catalog() != nullptr) roots = context_.catalog()->roots();
    context_.begin("locate", roots);
    prepare();
    search(levels);
    return report();
  }

  /// lookup --catalog: the candidates and nothing else.
  bool catalogued() {
    prepare();
    search({{{}, "the catalogue", {}}});
    report_candidates();
    return found_;
  }

  /// For `leaks`: only the search. Nothing when there is no place to search.
  std::optional<std::vector<report::Candidate>> candidates(
      const std::function<bool(const report::Candidate&)>& convinces) {
    convinces_ = convinces;
    std::vector<Level> levels;
    if (!find_levels(levels)) return std::nullopt;
    prepare();
    search(levels);
    note_searched(context_, record_, exact_tags_, likely_.missing_note());
    return std::move(candidates_);
  }

 private:
  void prepare() {
    for (const tagdb::TagQuery& query : context_.queries()) {
      if (!query.exact()) every_query_exact_ = false;
      for (const tagdb::TagPattern& form : query.forms) {
        if (form.exact()) exact_tags_.push_back(form.tag());
      }
    }
  }

  bool find_levels(std::vector<Level>& levels) {
    catalog::Answers* const catalog = context_.catalog();
    context_.demand_covered();
    root_ = options_.root.value_or(catalog != nullptr ? std::string() : running_root());
    // A catalogue answers for machines that are not here: only a list that was given tells what they have loaded.
    if (!likely_.read(context_, root_, !options_.paths.empty() || options_.files_from || catalog != nullptr))
      return false;
    if (!options_.paths.empty() || options_.files_from) {
      levels.push_back({{}, "the named paths", {}});
      return true;
    }
    if (root_.empty() && catalog != nullptr) {
      levels.push_back({{}, "the catalogue", {}});
      return true;
    }
    if (root_.empty()) {
      context_.note(
          "poolwho: a place to search is needed: drivers or folders (poolwho Leak DIR), or the root of a Windows "
          "volume (poolwho Leak --root /mnt/c). --help shows all commands.");
      return false;
    }
    if (!context_.root_is_there(root_)) return false;
    if (!likely_.files().empty()) levels.push_back({{}, likely_.name(), likely_.files()});
    const auto find = [&](const char* relative) {
      return catalog != nullptr ? catalog->find_path(root_, relative) : walk::find_path(root_, relative);
    };
    const std::string path = find("Windows/System32/drivers");
    if (path.empty()) {
      context_.note("poolwho: no Windows/System32/drivers below " + root_ + "; searching all of it");
      levels.push_back({root_, "the volume", {}});
    } else {
      levels.push_back({path, "System32\\drivers", {}});
      levels.push_back({find("Windows/System32"), "the rest of System32", {}});
      levels.push_back({find("Windows"), "the rest of Windows", {}});
      levels.push_back({root_, "the rest of the volume", {}});
    }
    return true;
  }

  void search(const std::vector<Level>& levels) {
    Context::Done done;
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const Level& level = levels[i];
      const std::uint64_t before = context_.summary().drivers;
      scan_level(level, done);
      record_.searched.push_back((context_.stop().set() ? "a part of " : "") + level.name + " (" +
                                 count_of_drivers(context_.summary().drivers - before) + ")");
      if (!level.path.empty()) done.directories.push_back(level.path);
      for (const std::string& file : level.files) done.files.insert(walk::same_name(file));
      if (context_.stop().set()) break;
      if (all_proven() && !options_.all) {
        for (std::size_t rest = i + 1; rest < levels.size(); ++rest) record_.not_searched.push_back(levels[rest].name);
        break;
      }
    }
  }

  void scan_level(const Level& level, Context::Done done) {
    ScanRequest request = context_.new_request();
    request.queries = context_.queries();
    if (every_query_exact_) {
      request.bytes_first = exact_tags_;
      request.bytes_search = trace::TagSearch(exact_tags_);
    }
    std::vector<std::string> deferred;
    const bool named = level.path.empty() && level.files.empty();
    const std::vector<std::string> paths = named                 ? options_.paths
                                           : level.files.empty() ? std::vector<std::string>{level.path}
                                                                 : level.files;
    done.listed = !level.files.empty();
    std::uint64_t others = 0;  // of a catalogue, deferred without a name
    Context::Hooks hooks;
    // --explain names the files that could not be parsed.
    if (!options_.explain) {
      hooks.rest = [&](const catalog::Rest& rest) {
        others = rest.deferred;
        take_rest(rest);
      };
    }
    context_.scan(
        paths, named, done, request,
        [&](ScannedFile& file) {
          note_copy(file);
          if (!context_.account(file)) return;
          if (file.outcome == ScannedFile::Outcome::deferred) {
            deferred.push_back(file.file.path);
          } else {
            take(file);
          }
        },
        hooks);
    if (context_.stop().set()) record_.bytes_only += deferred.size() + others;
    if ((deferred.empty() && others == 0) || all_proven() || context_.stop().set()) {
      return;
    }
    // Second pass, for tags that do not stand in the bytes. These files were counted already.
    request.bytes_first.clear();
    request.bytes_search = {};
    const report::Summary before = context_.summary();
    std::size_t traced = 0;
    context_.scan(
        deferred, false, {{}, {}, true}, request,
        [&](ScannedFile& file) {
          ++traced;
          note_copy(file);
          if (context_.account(file)) take(file);
        },
        hooks);
    if (context_.stop().set()) record_.bytes_only += deferred.size() - std::min(traced, deferred.size());
    report::Summary& after = context_.summary();
    after.files = before.files;
    after.drivers = before.drivers;
    after.bytes = before.bytes;
  }

  /// What is told about drivers of a catalogue that were not looked at.
  void take_rest(const catalog::Rest& rest) {
    for (const auto& [machine, count] : rest.untraced) record_.untraced[machine] += count;
    std::uint64_t named = 0, sites = 0;
    for (const auto& [count, path] : rest.most_unresolved) {
      record_.unresolved.push_back({count, path});
      ++named, sites += count;
    }
    const std::uint64_t all = rest.allocate[trace::Bucket::dynamic];
    record_.more_unresolved = {rest.unresolved_drivers - named, all - sites};
  }

  /// The sites of a content are counted once, however many copies of it there are.
  void note_copy(ScannedFile& file) {
    using Outcome = ScannedFile::Outcome;
    if (file.outcome != Outcome::traced && file.outcome != Outcome::unsupported) return;
    if (!seen_.insert(file.hash).second) file.outcome = Outcome::copy;
  }

  void take(ScannedFile& file) {
    const auto asked = [this](tagdb::PoolTag tag) { return matches(tag); };
    for (const trace::TagUse& use : file.trace.uses) {
      if (use.evidence > trace::Evidence::frees) continue;
      for (const tagdb::PoolTag tag : exact_tags_) {
        if (tagdb::related(use.tag, tag))
          record_.relatives[use.tag].insert(std::string(report::file_name(file.file.path)));
      }
    }
    if (file.outcome == ScannedFile::Outcome::copy) {
      if (const auto known = by_hash_.find(file.hash); known != by_hash_.end()) {
        for (const std::size_t index : known->second) candidates_[index].copies.push_back(file.file.path);
      }
      return;
    }
    if (file.outcome == ScannedFile::Outcome::unsupported) ++record_.untraced[std::string(pe::to_string(file.machine))];
    const trace::BucketCounts counts = file.trace.counts(trace::SiteKind::allocate);
    if (const auto unresolved = counts[trace::Bucket::dynamic]; unresolved > 0)
      record_.unresolved.push_back({unresolved, file.file.path});
    std::map<tagdb::PoolTag, std::vector<report::Use>> by_tag;
    for (report::Use& use : uses_of(file, asked)) by_tag[use.use.tag].push_back(std::move(use));
    if (by_tag.empty()) return;
    for (auto& [tag, uses] : by_tag) add_candidate(file, tag, std::move(uses));
  }

  void add_candidate(const ScannedFile& file, tagdb::PoolTag tag, std::vector<report::Use> uses) {
    report::Candidate candidate;
    candidate.tag = tag;
    candidate.path = file.file.path;
    candidate.sha256 = file.sha256;
    candidate.identity = file.identity;
    candidate.machine = file.machine;
    std::vector<trace::TagUse> plain;
    plain.reserve(uses.size());
    for (const report::Use& use : uses) plain.push_back(use.use);
    std::vector<const trace::TagUse*> each;
    for (const trace::TagUse& use : plain) each.push_back(&use);
    const bool never_freed = rank::never_freed(each, file.trace, context_.apis());
    rank::ImageFacts facts = image_facts(candidate.path, candidate.identity);
    likely_.mark(candidate.path, facts);
    candidate.judgement = rank::judge(tag, plain, facts, context_.database().lookup(tag), never_freed);
    candidate.uses = std::move(uses);
    if (candidate.judgement.verdict == rank::Verdict::proven && (!convinces_ || convinces_(candidate)))
      proven_.insert(tag);
    if (candidate.judgement.verdict < rank::Verdict::weak) found_ = true;
    by_hash_[file.hash].push_back(candidates_.size());
    candidates_.push_back(std::move(candidate));
  }

  [[nodiscard]] bool matches(tagdb::PoolTag tag) const {
    return std::any_of(context_.queries().begin(), context_.queries().end(),
                       [tag](const tagdb::TagQuery& query) { return query.matches(tag); });
  }

  [[nodiscard]] bool all_proven() const {
    return std::all_of(context_.queries().begin(), context_.queries().end(), [this](const tagdb::TagQuery& query) {
      return std::any_of(proven_.begin(), proven_.end(), [&query](tagdb::PoolTag tag) { return query.matches(tag); });
    });
  }

  int report() {
    const std::set<tagdb::PoolTag> tags = report_candidates();
    for (const tagdb::PoolTag tag : tags) {
      for (const tagdb::Entry* entry : context_.database().lookup(tag)) context_.reporter().listed(*entry, tag);
    }
    int code = found_ ? kExitFound : context_.incomplete() ? kExitIncomplete : kExitNothing;
    note_searched(context_, record_, exact_tags_, likely_.missing_note());
    note_advice(context_, candidates_, tags);
    const bool whole = !context_.stop().set() && (context_.catalog() == nullptr || !context_.catalog()->failed());
    if (!found_ && whole) note_nothing_found(context_, record_, tags);
    return context_.finish(code);
  }

  /// The candidates in order; returns their tags and those that were asked for.
  std::set<tagdb::PoolTag> report_candidates() {
    std::stable_sort(candidates_.begin(), candidates_.end(),
                     [](const report::Candidate& a, const report::Candidate& b) {
                       if (a.tag != b.tag) return a.tag.text() < b.tag.text();
                       if (a.judgement.verdict != b.judgement.verdict) return a.judgement.verdict < b.judgement.verdict;
                       if (a.judgement.score != b.judgement.score) return a.judgement.score > b.judgement.score;
                       return a.path < b.path;
                     });
    unsigned rank = 0;
    tagdb::PoolTag last;
    std::set<tagdb::PoolTag> tags(exact_tags_.begin(), exact_tags_.end());
    for (report::Candidate& candidate : candidates_) {
      rank = candidate.tag == last ? rank + 1 : 1;
      last = candidate.tag;
      candidate.rank = rank;
      tags.insert(candidate.tag);
      const auto lowest = options_.names_only ? rank::Verdict::likely : rank::Verdict::weak;
      if (candidate.judgement.verdict <= options_.min_verdict.value_or(lowest))
        context_.reporter().candidate(candidate);
    }
    return tags;
  }

  Context& context_;
  const Options& options_;
  std::string root_;  ///< of the volume to climb; empty when there is none
  LikelyFirst likely_;
  bool every_query_exact_ = true;
  std::vector<tagdb::PoolTag> exact_tags_;
  std::vector<report::Candidate> candidates_;
  std::map<ContentHash, std::vector<std::size_t>> by_hash_;
  std::set<ContentHash> seen_;
  std::set<tagdb::PoolTag> proven_;
  SearchRecord record_;
  bool found_ = false;
  std::function<bool(const report::Candidate&)> convinces_;  ///< leaks: a proof that fits the leak
};

}  // namespace

int run_locate(Context& context) { return Locate(context).run(); }

bool report_catalogued(Context& context) { return Locate(context).catalogued(); }
std::optional<std::vector<report::Candidate>> find_candidates(
    Context& context, const std::function<bool(const report::Candidate&)>& convinces) {
  return Locate(context).candidates(convinces);
}

}  // namespace scanner
