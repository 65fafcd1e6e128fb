// The part of the text report that is about leaks: one aligned line per leak, its candidates and next steps below.
#pragma once

#include <vector>

#include "scanner/report/model.hpp"

namespace scanner::report {

class TextLeaks {
 public:
  TextLeaks(std::ostream& out, const TextOptions& options) : out_(out), options_(options) {}

  void logs(const LogsInfo& logs);
  void leak(const Leak& leak) { leaks_.push_back(leak); }
  void growth(const poolmon::Growth& growth) { others_.push_back(growth); }
  void flush();

 private:
  [[nodiscard]] std::string paint(std::string_view color, const std::string& text) const;
  void print(const Leak& leak, const std::vector<std::string>& cells, const std::vector<std::size_t>& widths);
  void print_others();

  std::ostream& out_;
  TextOptions options_;
  LogsInfo info_;
  bool any_ = false;
  std::vector<Leak> leaks_;
  std::vector<poolmon::Growth> others_;
};

/// Eight levels of blocks, one per point, at most `width` of them.
std::string sparkline(const std::vector<poolmon::ChartPoint>& points, std::size_t width);

}  // namespace scanner::report
