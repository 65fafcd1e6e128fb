// What a survey adds up: the tags of all drivers, which of them are shared, and the block of totals at its end.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "scanner/report/text_style.hpp"

namespace scanner::report {

class SurveyTotals {
 public:
  SurveyTotals(std::ostream& out, const TextOptions& options) : out_(out), options_(options), style_(options) {}

  void add(const Driver& driver);
  void add_copy() { ++copies_; }
  /// --by tag: every tag with its drivers, those that allocate with it first.
  void print_by_tag();
  void print(const Summary& summary);

 private:
  /// Names of drivers with the strongest evidence that any file of the name gives.
  using Drivers = std::map<std::string, trace::Evidence>;

  [[nodiscard]] std::string most_shared() const;
  [[nodiscard]] std::string drivers_and_tags(const Summary& summary) const;

  std::ostream& out_;
  TextOptions options_;
  TextStyle style_;
  std::map<tagdb::PoolTag, Drivers> tags_;
  std::set<tagdb::PoolTag> implied_;  ///< charged for calls that take no tag: nobody allocates with them
  std::uint64_t copies_ = 0, untraced_ = 0, with_unresolved_ = 0;
};

}  // namespace scanner::report
