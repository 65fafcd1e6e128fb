#include "scanner/commands/locate_notes.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "scanner/commands/accounting.hpp"
#include "scanner/report/screen.hpp"
#include "scanner/walk/walk.hpp"
#include "tagdb/text.hpp"

namespace scanner {
namespace {

/// The way past drivers that allocate for others, for those that were found or are listed.
void note_on_behalf(const tagdb::Database& database, Diagnostics& diagnostics,
                    const std::vector<report::Candidate>& candidates, const std::set<tagdb::PoolTag>& tags) {
  std::set<std::string> images;
  for (const report::Candidate& candidate : candidates) {
    if (candidate.judgement.verdict < rank::Verdict::weak)
      images.insert({pe::fold_case(pe::file_name(candidate.path)), pe::fold_case(candidate.identity.original_name)});
  }
  for (const tagdb::PoolTag tag : tags) {
    for (const tagdb::Entry* entry : database.lookup(tag)) {
      for (std::string& image : tagdb::owner_images(entry->owner)) images.insert(std::move(image));
    }
  }
  for (const std::string& image : images) {
    if (const auto advice = tagdb::on_behalf(image); !advice.empty())
      diagnostics.note(image + " allocates for others: " + std::string(advice));
  }
}

/// What others report about the very versions that were found: the way to a remedy, and seen without --explain.
void note_known_leaks(Diagnostics& diagnostics, const std::vector<report::Candidate>& candidates) {
  std::set<std::string> said;
  for (const report::Candidate& candidate : candidates) {
    for (const rank::Reason& reason : candidate.judgement.reasons) {
      if (reason.code != "known_leak") continue;
      const std::string text = pe::printable(pe::file_name(candidate.path)) + ": " + reason.text;
      if (said.insert(text).second) diagnostics.note(text);
    }
  }
}

void suggest_relatives(const tagdb::Database& database, Diagnostics& diagnostics, const SearchRecord& record,
                       const std::set<tagdb::PoolTag>& tags) {
  for (const auto& [tag, drivers] : record.relatives) {
    std::string text = "did you mean '" + tag.text() + "'? It is used by";
    std::size_t shown = 0;
    for (const std::string& driver : drivers) {
      if (++shown > 3) break;
      text += " " + pe::printable(driver);
    }
    diagnostics.note(text);
  }
  for (const tagdb::PoolTag tag : tags) {
    for (const tagdb::PoolTag relative : database.relatives(tag)) {
      if (!record.relatives.contains(relative))
        diagnostics.note("'" + relative.text() + "' is a known tag (poolwho lookup '" + relative.text() + "')");
    }
  }
}

/// `Ntf?`: the lists are asked for the tags that were found, and none was.
void note_listed_pattern(const tagdb::Database& database, Diagnostics& diagnostics, const tagdb::TagQuery& query) {
  if (query.exact()) return;
  std::vector<std::string> owners;
  for (const tagdb::Entry* entry : database.search(query)) {
    if (!entry->owner.empty() && std::find(owners.begin(), owners.end(), entry->owner) == owners.end())
      owners.push_back(entry->owner);
  }
  if (owners.empty()) return;
  std::string text = "the lists name " + owners.front();
  if (owners.size() > 1)
    text += " and " + std::to_string(owners.size() - 1) + (owners.size() == 2 ? " other" : " others");
  diagnostics.note(text + " for '" + query.text + "': poolwho lookup " + report::shell_quoted(query.text));
}

/// The ways on that this search has not gone.
std::string what_to_try(const Inputs& inputs) {
  const Options& options = inputs.options;
  std::string text = "what to try: ";
  if (options.catalog) {
    text += "survey more folders into the catalogue";
  } else {
    text += options.root ? "other volumes" : "more folders, or a whole volume (--root DIR)";
    if (!options.any_suffix) text += "; every file, not only *.sys (--any-suffix)";
  }
  if (!options.ignore_case) text += "; any letter case (-i)";
  if (!inputs.queries.empty() && inputs.queries.front().exact())
    text += "; the tag lists (poolwho lookup " + report::shell_quoted(inputs.queries.front().text) + ")";
  return text + "; on that machine, pool stacks (wpr -start Pool) or Driver Verifier";
}

}  // namespace

std::string count_of_drivers(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " driver" : " drivers");
}

void note_searched(const Inputs& inputs, Diagnostics& diagnostics, const SearchRecord& record,
                   const std::vector<tagdb::PoolTag>& exact_tags, const std::string& missing) {
  if (diagnostics.nothing_to_search()) return;
  std::string searched = "searched ";
  for (std::size_t i = 0; i < record.searched.size(); ++i) searched += (i == 0 ? "" : ", ") + record.searched[i];
  if (!record.not_searched.empty()) {
    searched += "; not searched: ";
    for (std::size_t i = 0; i < record.not_searched.size(); ++i)
      searched += (i == 0 ? "" : ", ") + record.not_searched[i];
    searched += " (--all does)";
  }
  if (!record.untraced.empty()) {
    searched += "; bytes only:";
    for (const auto& [machine, count] : record.untraced) searched += " " + std::to_string(count) + " " + machine + ",";
    searched.pop_back();
  }
  diagnostics.note(searched);
  if (!missing.empty()) diagnostics.note(missing);
  note_skipped(diagnostics);
  if (inputs.catalog) {
    for (const tagdb::PoolTag tag : exact_tags) {
      if (!inputs.catalog->searched_for(tag))
        diagnostics.note("not every driver of the catalogue was searched for the bytes of '" + tag.text() +
                         "': strings and numbers with it may be missing");
      if (inputs.options.ignore_case) break;  // sixteen spellings, one note
    }
  }
  if (record.bytes_only > 0)
    diagnostics.note("only the bytes were searched so far: " + count_of_drivers(record.bytes_only));
}

void note_advice(const Inputs& inputs, Diagnostics& diagnostics, const std::vector<report::Candidate>& candidates,
                 const std::set<tagdb::PoolTag>& tags) {
  for (const tagdb::PoolTag tag : tags) {
    if (const std::string advice = tagdb::advice_for(tag); !advice.empty()) diagnostics.note(advice);
  }
  note_on_behalf(inputs.database, diagnostics, candidates, tags);
  note_known_leaks(diagnostics, candidates);
}

void note_nothing_found(const Inputs& inputs, Diagnostics& diagnostics, const SearchRecord& record,
                        const std::set<tagdb::PoolTag>& tags) {
  if (diagnostics.note_no_driver()) return;
  std::string text = "no driver found that allocates with";
  for (const tagdb::TagQuery& query : inputs.queries) text += " '" + query.text + "'";
  diagnostics.note(text);
  const bool hopeless =
      std::all_of(tags.begin(), tags.end(), [](tagdb::PoolTag tag) { return !tagdb::never_proves(tag).empty(); });
  if (!tags.empty() && hopeless) return;  // the advice about the tag says where to look
  suggest_relatives(inputs.database, diagnostics, record, tags);
  for (const tagdb::TagQuery& query : inputs.queries) note_listed_pattern(inputs.database, diagnostics, query);
  if (!record.unresolved.empty()) {
    std::vector<UnresolvedDriver> unresolved = record.unresolved;
    // Of equal ones the first of the walk: a catalogue looks at some drivers and has numbers of the others.
    std::stable_sort(unresolved.begin(), unresolved.end(), [](const UnresolvedDriver& a, const UnresolvedDriver& b) {
      return a.sites != b.sites ? a.sites > b.sites : walk::before_in_walk(a.path, b.path);
    });
    std::uint64_t sum = record.more_unresolved.sites;
    const std::uint64_t drivers = unresolved.size() + record.more_unresolved.drivers;
    for (const UnresolvedDriver& driver : unresolved) sum += driver.sites;
    std::string list = std::to_string(sum) + (sum == 1 ? " call" : " calls") + " not resolved:";
    constexpr std::size_t kShown = 2;
    for (std::size_t i = 0; i < unresolved.size() && i < kShown; ++i)
      list += (i == 0 ? " " : ", ") + pe::printable(pe::file_name(unresolved[i].path)) + " (" +
              std::to_string(unresolved[i].sites) + ")";
    if (drivers > kShown) list += " and " + std::to_string(drivers - kShown) + " more";
    diagnostics.note(list);
  }
  diagnostics.note(what_to_try(inputs));
}

}  // namespace scanner
