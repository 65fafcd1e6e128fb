// The search for the drivers that use tags. Level by level, the likeliest place first; in each level first the files
// whose bytes hold the tag, then, when those prove no owner, the rest (tags built from parts are not in the bytes).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scanner/commands/locate_notes.hpp"
#include "scanner/commands/scan_session.hpp"
#include "scanner/commands/search_levels.hpp"

namespace scanner {

class DriverSearch {
 public:
  using Convinces = std::function<bool(const report::Candidate&)>;

  /// The search goes on until every query has a proven candidate that `convinces`; empty: every one does.
  DriverSearch(const Inputs& inputs, const std::vector<tagdb::TagQuery>& queries, Diagnostics& diagnostics,
               ScanSession& session, Convinces convinces = {});

  void run(const std::vector<Level>& levels, const MachineDrivers& likely);

  /// In no order yet.
  [[nodiscard]] std::vector<report::Candidate>& candidates() { return candidates_; }
  /// The tags that are asked for without wildcards.
  [[nodiscard]] const std::vector<tagdb::PoolTag>& exact_tags() const { return exact_tags_; }
  [[nodiscard]] const SearchRecord& record() const { return record_; }
  /// Is there a candidate better than weak?
  [[nodiscard]] bool found() const { return found_; }

 private:
  /// Files for the second pass.
  struct Deferred {
    std::vector<std::string> paths;
    std::set<std::string> carriers, only_inside;  ///< see ScanRequest
    void add(const ScannedFile& file);
  };

  void scan_level(const Level& level, Done done);
  void scan_deferred(Deferred deferred, ScanRequest request, const ScanHooks& hooks);
  void take_rest(const catalog::Rest& rest);
  void note_copy(ScannedFile& file);
  void note_relatives(const ScannedFile& file);
  void take(ScannedFile& file);
  void add_candidate(const ScannedFile& file, tagdb::PoolTag tag, std::vector<report::Use> uses);
  [[nodiscard]] bool account(const ScannedFile& file);
  [[nodiscard]] std::vector<tagdb::PoolTag> asked_tags(const trace::TagUse& use) const;
  [[nodiscard]] bool all_in(const std::set<tagdb::PoolTag>& tags) const;
  /// Is it known, for every query, whose code it is? Perhaps from another version than the one that is loaded.
  [[nodiscard]] bool all_proven() const;

  const Inputs& inputs_;
  const std::vector<tagdb::TagQuery>& queries_;
  Diagnostics& diagnostics_;
  ScanSession& session_;
  Convinces convinces_;
  const MachineDrivers* likely_ = nullptr;
  bool every_query_exact_ = true;
  std::vector<tagdb::PoolTag> exact_tags_;
  std::vector<report::Candidate> candidates_;
  std::map<ContentHash, std::vector<std::size_t>> by_hash_;
  std::set<ContentHash> seen_;
  std::set<tagdb::PoolTag> proven_;
  std::set<tagdb::PoolTag> stored_;  ///< proven by a version in a store of packages, and by no other yet
  SearchRecord record_;
  bool found_ = false;
};

/// leaks: the candidates for `queries`, in no order yet, with the notes about the search. Nothing when no place to
/// search is known.
std::optional<std::vector<report::Candidate>> find_candidates(const Inputs& inputs,
                                                              const std::vector<tagdb::TagQuery>& queries,
                                                              Diagnostics& diagnostics, ScanSession& session,
                                                              const DriverSearch::Convinces& convinces);
/// In order, to the reporter. Returns their tags and those that were asked for.
std::set<tagdb::PoolTag> report_candidates(DriverSearch& search, const Options& options, report::Reporter& reporter);
/// lookup --catalog: candidates for the tags as locate would rank them. True when there is one better than weak.
bool report_catalogued(const Inputs& inputs, Diagnostics& diagnostics, ScanSession& session);

}  // namespace scanner
