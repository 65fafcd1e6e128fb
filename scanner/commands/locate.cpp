// `poolwho TAG [PATH…]`: the main job. Level by level, the likeliest place first; in each level first the files whose
// bytes hold the tag, then, when those prove no owner, the rest (tags built from parts are not in the bytes).
#include <algorithm>
#include <map>
#include <set>

#include "scanner/commands/context.hpp"
#include "scanner/commands/likely_first.hpp"
#include "scanner/pipeline.hpp"
#include "tagdb/text.hpp"

namespace scanner {
namespace {

struct Level {
  std::string path;
  std::string name;                ///< for the note about what was searched
  std::vector<std::string> files;  ///< instead of a path: the drivers of the machine's list
};

/// Drivers whose allocation sites stayed unresolved: where a tag that is found nowhere may hide.
struct Unresolved {
  std::uint32_t sites = 0;
  std::string path;
};

std::string drivers(std::uint64_t count) { return std::to_string(count) + (count == 1 ? " driver" : " drivers"); }

class Locate {
 public:
  explicit Locate(Context& context) : context_(context), options_(context.options()) {}

  int run() {
    std::vector<Level> levels;
    if (!find_levels(levels)) return kExitUsage;
    std::vector<std::string> roots = options_.paths;
    if (!root_.empty() && (options_.root || options_.paths.empty())) {
      context_.add_installed_databases(root_);
      roots.push_back(root_);
    }
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
    note_searched();
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
    if (catalog != nullptr) {
      std::vector<std::string> places = options_.paths;
      if (options_.root) places.push_back(*options_.root);
      for (const std::string& place : places) {
        if (!catalog->covers(place))
          context_.problem(
              {place, "walk", 0,
               "is not in the catalogue; 'poolwho survey " + place + " --store " + *options_.catalog + "' adds it"},
              true);
      }
    }
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
          "poolwho: where to look? Name drivers or folders (poolwho Leak DIR), or the root of a Windows volume\n"
          "(poolwho Leak --root /mnt/c).");
      return false;
    }
    if (catalog == nullptr && !walk::is_directory(root_)) {
      context_.problem(
          {root_, "walk", 0, "is not a directory that can be read; --root wants the root of a Windows volume"}, true);
      return false;
    }
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
      searched_.push_back((interrupted ? "a part of " : "") + level.name + " (" +
                          drivers(context_.summary().drivers - before) + ")");
      if (!level.path.empty()) done.directories.push_back(level.path);
      for (const std::string& file : level.files) done.files.insert(walk::same_name(file));
      if (interrupted) break;
      if (all_proven() && !options_.all) {
        for (std::size_t rest = i + 1; rest < levels.size(); ++rest) not_searched_.push_back(levels[rest].name);
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
    context_.scan(paths, named, done, request, [&](ScannedFile& file) {
      note_copy(file);
      if (!context_.account(file)) return;
      if (file.outcome == ScannedFile::Outcome::deferred) {
        deferred.push_back(file.file.path);
      } else {
        take(file);
      }
    });
    if (deferred.empty() || all_proven() || interrupted) {
      return;
    }
    // Second pass, for tags that do not stand in the bytes. These files were counted already.
    request.bytes_first.clear();
    request.bytes_search = {};
    const report::Summary before = context_.summary();
    context_.scan(deferred, false, {{}, {}, true}, request, [&](ScannedFile& file) {
      note_copy(file);
      if (context_.account(file)) take(file);
    });
    report::Summary& after = context_.summary();
    after.files = before.files;
    after.drivers = before.drivers;
    after.bytes = before.bytes;
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
        if (tagdb::related(use.tag, tag)) relatives_[use.tag].insert(std::string(report::file_name(file.file.path)));
      }
    }
    if (file.outcome == ScannedFile::Outcome::copy) {
      if (const auto known = by_hash_.find(file.hash); known != by_hash_.end()) {
        for (const std::size_t index : known->second) candidates_[index].copies.push_back(file.file.path);
      }
      return;
    }
    if (file.outcome == ScannedFile::Outcome::unsupported) ++untraced_[std::string(pe::to_string(file.machine))];
    const trace::BucketCounts counts = file.trace.counts(trace::SiteKind::allocate);
    if (const auto unresolved = counts[trace::Bucket::dynamic]; unresolved > 0)
      unresolved_.push_back({unresolved, file.file.path});
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
    rank::ImageFacts facts = image_facts(candidate.path, candidate.identity);
    likely_.mark(candidate.path, facts);
    candidate.judgement = rank::judge(tag, plain, facts, context_.database().lookup(tag));
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
    explain(tags);
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
      if (candidate.judgement.verdict <= options_.min_verdict) context_.reporter().candidate(candidate);
    }
    return tags;
  }

  void note_searched() {
    std::string searched = "searched ";
    for (std::size_t i = 0; i < searched_.size(); ++i) searched += (i == 0 ? "" : ", ") + searched_[i];
    if (!not_searched_.empty()) {
      searched += "; not searched: ";
      for (std::size_t i = 0; i < not_searched_.size(); ++i) searched += (i == 0 ? "" : ", ") + not_searched_[i];
      searched += " (--all does)";
    }
    context_.note(searched);
    if (const std::string missing = likely_.missing_note(); !missing.empty()) context_.note(missing);
    const walk::Skipped& skipped = context_.summary().skipped;
    if (skipped.total() > 0) {
      std::string text = "passed over:";
      const auto add = [&text](std::uint64_t count, const char* what) {
        if (count > 0) text += " " + std::to_string(count) + " " + what + ",";
      };
      add(skipped.not_pe, "that are no PE files");
      add(skipped.locked, "locked");
      add(skipped.denied, "denied folders");
      add(skipped.links, "links");
      add(skipped.offline, "offline files");
      add(skipped.too_large, "too large");
      add(skipped.special, "special files");
      text.pop_back();
      context_.note(text);
    }
    if (context_.catalog() != nullptr) {
      for (const tagdb::PoolTag tag : exact_tags_) {
        if (!context_.catalog()->searched_for(tag))
          context_.note("not every driver of the catalogue was searched for the bytes of '" + tag.text() +
                        "': evidence of a text or a number may be missing");
      }
    }
    if (!untraced_.empty()) {
      std::string text = "not traced, their bytes only searched:";
      for (const auto& [machine, count] : untraced_) text += " " + drivers(count) + " for " + machine + ",";
      text.pop_back();
      context_.note(text);
    }
  }

  /// Notes on stderr: what was searched, and when nothing was found, why that may be and what to try.
  void explain(const std::set<tagdb::PoolTag>& tags) {
    note_searched();
    for (const tagdb::PoolTag tag : tags) {
      if (const std::string advice = tagdb::advice_for(tag); !advice.empty()) context_.note(advice);
    }
    note_on_behalf(tags);
    if (found_ || interrupted || (context_.catalog() != nullptr && context_.catalog()->failed())) return;
    std::string text = "nothing found that allocates with";
    for (const tagdb::TagQuery& query : context_.queries()) text += " '" + query.text + "'";
    context_.note(text);
    suggest_relatives(tags);
    if (!unresolved_.empty()) {
      std::stable_sort(unresolved_.begin(), unresolved_.end(),
                       [](const Unresolved& a, const Unresolved& b) { return a.sites > b.sites; });
      std::uint32_t sum = 0;
      for (const Unresolved& driver : unresolved_) sum += driver.sites;
      std::string list = std::to_string(sum) + " allocation sites could not be resolved, in";
      constexpr std::size_t kShown = 5;
      for (std::size_t i = 0; i < unresolved_.size() && i < kShown; ++i)
        list += (i == 0 ? " " : ", ") + report::printable(report::file_name(unresolved_[i].path)) + " (" +
                std::to_string(unresolved_[i].sites) + ")";
      if (unresolved_.size() > kShown) list += " and " + std::to_string(unresolved_.size() - kShown) + " more";
      context_.note(list);
    }
    context_.note(
        "what to try: more places (DriverStore, Program Files, --any-suffix for kernel modules with other suffixes),\n"
        "  `poolwho lookup` for tags of the kernel itself, `!poolused` and Driver Verifier for tags made at run time");
  }

  /// The way past drivers that allocate for others, for those that were found or are listed.
  void note_on_behalf(const std::set<tagdb::PoolTag>& tags) {
    std::set<std::string> images;
    for (const report::Candidate& candidate : candidates_) {
      if (candidate.judgement.verdict < rank::Verdict::weak)
        images.insert(
            {tagdb::fold_case(report::file_name(candidate.path)), tagdb::fold_case(candidate.identity.original_name)});
    }
    for (const tagdb::PoolTag tag : tags) {
      for (const tagdb::Entry* entry : context_.database().lookup(tag)) {
        for (std::string& image : tagdb::owner_images(entry->owner)) images.insert(std::move(image));
      }
    }
    for (const std::string& image : images) {
      if (const auto advice = tagdb::on_behalf(image); !advice.empty())
        context_.note(image + " allocates for others: " + std::string(advice));
    }
  }

  void suggest_relatives(const std::set<tagdb::PoolTag>& tags) {
    for (const auto& [tag, drivers] : relatives_) {
      std::string text = "did you mean '" + tag.text() + "'? It is used by";
      std::size_t shown = 0;
      for (const std::string& driver : drivers) {
        if (++shown > 3) break;
        text += " " + report::printable(driver);
      }
      context_.note(text);
    }
    for (const tagdb::PoolTag tag : tags) {
      for (const tagdb::PoolTag relative : context_.database().relatives(tag)) {
        if (!relatives_.contains(relative))
          context_.note("'" + relative.text() + "' is a known tag (poolwho lookup '" + relative.text() + "')");
      }
    }
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
  std::map<tagdb::PoolTag, std::set<std::string>> relatives_;
  std::vector<Unresolved> unresolved_;
  std::map<std::string, std::uint32_t> untraced_;  // machine → drivers whose bytes were searched and no more
  std::vector<std::string> searched_, not_searched_;
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
