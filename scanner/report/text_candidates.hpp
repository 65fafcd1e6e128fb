// The text of `poolwho TAG` and `lookup`: candidates, then what the lists say.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scanner/report/text_style.hpp"

namespace scanner::report {

/// What was found, its chain of calls with the instructions, and what it rests on, as lines with line feeds.
std::string explained_use(const TextStyle& style, const std::string& path, const Use& item);

class TextCandidates {
 public:
  TextCandidates(std::ostream& out, const TextOptions& options) : out_(out), options_(options), style_(options) {}

  void candidate(const Candidate& candidate) { candidates_.push_back(candidate); }
  void listed(const tagdb::Entry& entry, tagdb::PoolTag tag) { listed_.emplace_back(entry, tag); }
  /// Prints and forgets everything. `once`: an entry for several tags is printed once.
  void flush(bool once);

 private:
  void print_tag(std::size_t begin, std::size_t end);
  void print_line(const Candidate& candidate, std::size_t path_width, std::size_t proof_width);
  void print_in_window(const Candidate& candidate);
  void print_listed(bool once);
  void explain(const Candidate& candidate);

  std::ostream& out_;
  TextOptions options_;
  TextStyle style_;
  std::vector<Candidate> candidates_;
  std::vector<std::pair<tagdb::Entry, tagdb::PoolTag>> listed_;
};

}  // namespace scanner::report
