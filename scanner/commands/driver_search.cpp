#include "scanner/commands/driver_search.hpp"

#include <algorithm>
#include <utility>

#include "scanner/commands/accounting.hpp"
#include "scanner/commands/file_records.hpp"
#include "scanner/rank/frees.hpp"

namespace scanner {

DriverSearch::DriverSearch(const Inputs& inputs, const std::vector<tagdb::TagQuery>& queries, Diagnostics& diagnostics,
                           ScanSession& session, Convinces convinces)
    : inputs_(inputs),
      queries_(queries),
      diagnostics_(diagnostics),
      session_(session),
      convinces_(std::move(convinces)) {
  for (const tagdb::TagQuery& query : queries_) {
    if (!query.exact()) every_query_exact_ = false;
    for (const tagdb::TagPattern& form : query.forms) {
      if (form.exact()) exact_tags_.push_back(form.tag());
    }
  }
}

void DriverSearch::run(const std::vector<Level>& levels, const MachineDrivers& likely) {
  likely_ = &likely;
  Done done;
  const report::Summary& summary = diagnostics_.summary();
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const Level& level = levels[i];
    const std::uint64_t before = summary.drivers;
    scan_level(level, done);
    record_.searched.push_back((diagnostics_.stop().set() ? "a part of " : "") + level.name + " (" +
                               count_of_drivers(summary.drivers - before) + ")");
    if (!level.path.empty()) done.directories.push_back(level.path);
    for (const std::string& file : level.files) done.files.insert(walk::same_name(file));
    if (diagnostics_.stop().set()) break;
    if (all_in(proven_) && !inputs_.options.all) {
      for (std::size_t rest = i + 1; rest < levels.size(); ++rest) record_.not_searched.push_back(levels[rest].name);
      break;
    }
  }
}

bool DriverSearch::account(const ScannedFile& file) {
  return scanner::account(file, inputs_.catalog != nullptr, diagnostics_);
}

void DriverSearch::scan_level(const Level& level, Done done) {
  const Options& options = inputs_.options;
  ScanRequest request = session_.new_request();
  request.queries = queries_;
  if (every_query_exact_) {
    request.bytes_first = exact_tags_;
    request.bytes_search = trace::TagSearch(exact_tags_);
    request.letters_search = trace::TagSearch::for_letters_of(exact_tags_);
  }
  if (likely_->driver_missing()) request.look_inside = ScanRequest::LookInside::all;
  Deferred deferred;
  const bool named = level.path.empty() && level.files.empty();
  const std::vector<std::string> paths = named                 ? options.paths
                                         : level.files.empty() ? std::vector<std::string>{level.path}
                                                               : level.files;
  done.listed = !level.files.empty();
  std::uint64_t others = 0;  // of a catalogue, deferred without a name
  ScanHooks hooks;
  // --explain names the files that could not be parsed.
  if (!options.explain) {
    hooks.rest = [&](const catalog::Rest& rest) {
      others = rest.deferred;
      take_rest(rest);
    };
  }
  session_.scan(
      paths, named, done, request,
      [&](ScannedFile& file) {
        note_copy(file);
        if (!account(file)) return;
        if (file.outcome == ScannedFile::Outcome::deferred) {
          deferred.add(file);
        } else {
          take(file);
        }
      },
      hooks);
  if (diagnostics_.stop().set()) {
    record_.bytes_only += deferred.paths.size() + others;
  } else if ((!deferred.paths.empty() || others > 0) && !all_proven()) {
    scan_deferred(std::move(deferred), std::move(request), hooks);
  }
}

void DriverSearch::Deferred::add(const ScannedFile& file) {
  if (file.container.empty()) {
    paths.push_back(file.file.path);
    return;
  }
  carriers.insert(file.container);
  if (!paths.empty() && paths.back() == file.container) return;  // it comes before what it carries
  paths.push_back(file.container);
  only_inside.insert(file.container);
}

/// Second pass, for tags that do not stand in the bytes. These files were counted already.
void DriverSearch::scan_deferred(Deferred deferred, ScanRequest request, const ScanHooks& hooks) {
  request.bytes_first.clear();
  request.bytes_search = request.letters_search = {};
  request.look_inside = ScanRequest::LookInside::carriers;
  request.carriers = std::move(deferred.carriers);
  request.only_inside = std::move(deferred.only_inside);
  report::Summary& summary = diagnostics_.summary();
  const report::Summary before = summary;
  std::size_t traced = 0;
  session_.scan(
      deferred.paths, false, {{}, {}, true}, std::move(request),
      [&](ScannedFile& file) {
        if (file.container.empty()) ++traced;
        note_copy(file);
        if (account(file)) take(file);
      },
      hooks);
  if (diagnostics_.stop().set()) record_.bytes_only += deferred.paths.size() - std::min(traced, deferred.paths.size());
  summary.files = before.files;
  summary.drivers = before.drivers;
  summary.bytes = before.bytes;
}

/// What is told about drivers of a catalogue that were not looked at.
void DriverSearch::take_rest(const catalog::Rest& rest) {
  for (const auto& [machine, count] : rest.untraced) record_.untraced[machine] += count;
  std::uint64_t named = 0, sites = 0;
  for (const auto& [count, path] : rest.most_unresolved) {
    record_.unresolved.push_back({count, path});
    ++named, sites += count;
  }
  const std::uint64_t all = rest.allocate[trace::Bucket::dynamic] + rest.wrapper[trace::Bucket::dynamic];
  record_.more_unresolved = {rest.unresolved_drivers - named, all - sites};
}

/// The sites of a content are counted once, however many copies of it there are.
void DriverSearch::note_copy(ScannedFile& file) {
  using Outcome = ScannedFile::Outcome;
  if (file.outcome != Outcome::traced && file.outcome != Outcome::unsupported) return;
  if (!seen_.insert(file.hash).second) file.outcome = Outcome::copy;
}

/// Tags that resemble those that are asked for.
void DriverSearch::note_relatives(const ScannedFile& file) {
  for (const trace::TagUse& use : file.trace.uses) {
    if (use.evidence > trace::Evidence::frees || use.open) continue;
    for (const tagdb::PoolTag tag : exact_tags_) {
      if (tagdb::related(use.tag, tag)) record_.relatives[use.tag].insert(std::string(pe::file_name(file.file.path)));
    }
  }
}

void DriverSearch::take(ScannedFile& file) {
  const auto asked = [this](const trace::TagUse& use) {
    return std::any_of(queries_.begin(), queries_.end(),
                       [&use](const tagdb::TagQuery& query) { return use.answers(query); });
  };
  note_relatives(file);
  if (file.outcome == ScannedFile::Outcome::copy) {
    if (const auto known = by_hash_.find(file.hash); known != by_hash_.end()) {
      for (const std::size_t index : known->second) {
        report::Candidate& candidate = candidates_[index];
        // What a file carries may have been traced before the file itself was: it comes twice, and is no copy.
        if (candidate.path != file.file.path) candidate.copies.push_back(file.file.path);
      }
    }
    return;
  }
  if (file.outcome == ScannedFile::Outcome::unsupported) ++record_.untraced[std::string(pe::to_string(file.machine))];
  const std::uint32_t unresolved = file.trace.counts(trace::SiteKind::allocate)[trace::Bucket::dynamic] +
                                   file.trace.wrapper_counts()[trace::Bucket::dynamic];
  if (unresolved > 0) record_.unresolved.push_back({unresolved, file.file.path});
  std::map<tagdb::PoolTag, std::vector<report::Use>> by_tag;
  for (report::Use& use : uses_of(file, inputs_.apis, asked)) {
    for (const tagdb::PoolTag tag : asked_tags(use.use)) by_tag[tag].push_back(use);
  }
  if (by_tag.empty()) return;
  for (auto& [tag, uses] : by_tag) add_candidate(file, tag, std::move(uses));
}

/// Of which tags is the use told? A pattern is of each tag in question that it fits; asked for by a pattern, of itself.
std::vector<tagdb::PoolTag> DriverSearch::asked_tags(const trace::TagUse& use) const {
  if (!use.open) return {use.tag};
  std::vector<tagdb::PoolTag> tags;
  std::copy_if(exact_tags_.begin(), exact_tags_.end(), std::back_inserter(tags),
               [&use](tagdb::PoolTag tag) { return use.fits(tag); });
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags.empty() ? std::vector{use.tag} : tags;
}

void DriverSearch::add_candidate(const ScannedFile& file, tagdb::PoolTag tag, std::vector<report::Use> uses) {
  report::Candidate candidate;
  candidate.tag = tag;
  candidate.path = file.file.path;
  candidate.container = file.container;
  candidate.sha256 = file.sha256;
  candidate.identity = file.identity;
  candidate.machine = file.machine;
  std::vector<trace::TagUse> plain;
  plain.reserve(uses.size());
  for (const report::Use& use : uses) plain.push_back(use.use);
  std::vector<const trace::TagUse*> each;
  for (const trace::TagUse& use : plain) each.push_back(&use);
  const bool never_freed = rank::never_freed(each, file.trace, inputs_.apis);
  rank::ImageFacts facts = image_facts(candidate.path, candidate.container, candidate.identity);
  if (candidate.container.empty()) {
    likely_->mark(candidate.path, facts);
  } else {
    likely_->mark_embedded(file.stamp, facts);
  }
  candidate.judgement = rank::judge(tag, plain, facts, inputs_.database.lookup(tag), never_freed);
  candidate.uses = std::move(uses);
  // Stores of packages keep old versions: one that is not known to be loaded does not end the search before the one is
  // found that is.
  const bool version = facts.in_component_store && !facts.loaded_now && !facts.configured;
  if (candidate.judgement.verdict == rank::Verdict::proven && (!convinces_ || convinces_(candidate)))
    (version ? stored_ : proven_).insert(tag);
  if (candidate.judgement.verdict < rank::Verdict::weak) found_ = true;
  by_hash_[file.hash].push_back(candidates_.size());
  candidates_.push_back(std::move(candidate));
}

bool DriverSearch::all_in(const std::set<tagdb::PoolTag>& tags) const {
  return std::all_of(queries_.begin(), queries_.end(), [&tags](const tagdb::TagQuery& query) {
    return std::any_of(tags.begin(), tags.end(), [&query](tagdb::PoolTag tag) { return query.matches(tag); });
  });
}

bool DriverSearch::all_proven() const {
  std::set<tagdb::PoolTag> tags = proven_;
  tags.insert(stored_.begin(), stored_.end());
  return all_in(tags);
}

std::optional<std::vector<report::Candidate>> find_candidates(const Inputs& inputs,
                                                              const std::vector<tagdb::TagQuery>& queries,
                                                              Diagnostics& diagnostics, ScanSession& session,
                                                              const DriverSearch::Convinces& convinces) {
  SearchPlan plan;
  if (!plan_search(inputs, diagnostics, plan)) return std::nullopt;
  DriverSearch search(inputs, queries, diagnostics, session, convinces);
  search.run(plan.levels, plan.likely);
  note_searched(inputs, diagnostics, search.record(), search.exact_tags(), plan.likely.missing_note());
  return std::move(search.candidates());
}

bool report_catalogued(const Inputs& inputs, Diagnostics& diagnostics, ScanSession& session) {
  DriverSearch search(inputs, inputs.queries, diagnostics, session);
  search.run({{{}, "the catalogue", {}}}, MachineDrivers());
  report_candidates(search, inputs.options, diagnostics.reporter());
  return search.found();
}

std::set<tagdb::PoolTag> report_candidates(DriverSearch& search, const Options& options, report::Reporter& reporter) {
  std::vector<report::Candidate>& candidates = search.candidates();
  std::stable_sort(candidates.begin(), candidates.end(), [](const report::Candidate& a, const report::Candidate& b) {
    if (a.tag != b.tag) return a.tag.text() < b.tag.text();
    if (a.judgement.verdict != b.judgement.verdict) return a.judgement.verdict < b.judgement.verdict;
    if (a.judgement.score != b.judgement.score) return a.judgement.score > b.judgement.score;
    return a.path < b.path;
  });
  unsigned rank = 0;
  tagdb::PoolTag last;
  std::set<tagdb::PoolTag> tags(search.exact_tags().begin(), search.exact_tags().end());
  for (report::Candidate& candidate : candidates) {
    rank = candidate.tag == last ? rank + 1 : 1;
    last = candidate.tag;
    candidate.rank = rank;
    tags.insert(candidate.tag);
    const auto lowest = options.names_only ? rank::Verdict::likely : rank::Verdict::weak;
    if (candidate.judgement.verdict <= options.min_verdict.value_or(lowest)) reporter.candidate(candidate);
  }
  return tags;
}

}  // namespace scanner
