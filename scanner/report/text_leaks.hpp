// The part of the text report that is about leaks: one aligned line per leak, its candidates and
// numbered next steps below, each command on a line of its own.
#pragma once

#include <vector>

#include "scanner/report/model.hpp"
#include "scanner/report/text_style.hpp"

namespace scanner::report {

class TextLeaks {
 public:
  TextLeaks(std::ostream& out, const TextOptions& options) : out_(out), options_(options), style_(options) {}

  void logs(const LogsInfo& logs);
  void leak(const Leak& leak) { leaks_.push_back(leak); }
  void cluster(const Cluster& cluster) { clusters_.push_back(cluster); }
  void growth(const poolmon::Growth& growth) { others_.push_back(growth); }
  void size(const Size& size) { sizes_.push_back(size); }
  void flush();

 private:
  /// One line, or as many as the window makes of it; those that follow begin with `indent` blanks.
  void print_line(const std::string& text, std::size_t indent) { out_ << style_.line(text, indent) << '\n'; }
  void print(const Leak& leak, const std::vector<std::string>& cells, const std::vector<std::size_t>& widths);
  void print(const Cluster& cluster);
  void print_candidates(const Leak& leak);
  void print_candidate(const Candidate& candidate);
  void print_listed(const std::vector<tagdb::Entry>& listed);
  void print_steps(const std::vector<NextStep>& steps, const char* indent);
  void print_others();
  void print_sizes();

  std::ostream& out_;
  TextOptions options_;
  TextStyle style_;
  LogsInfo info_;
  bool any_ = false;
  std::vector<Cluster> clusters_;
  std::vector<Leak> leaks_;
  std::vector<poolmon::Growth> others_;
  std::vector<Size> sizes_;
};

/// Eight levels of blocks, one per point, at most `width` of them.
std::string sparkline(const std::vector<poolmon::ChartPoint>& points, std::size_t width);

}  // namespace scanner::report
