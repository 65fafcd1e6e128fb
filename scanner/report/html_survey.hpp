// The part of the page that is about drivers one by one: every tag of each, or findings (--check), or what changed
// since an earlier build (--baseline). Rows are kept until the end, because a summary of them stands first.
#pragma once

#include <map>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scanner/report/html_table.hpp"
#include "scanner/report/model.hpp"

namespace scanner::report::html {

class SurveyPage {
 public:
  explicit SurveyPage(SurveyView view);

  void driver(const Driver& driver);
  void copy(const std::string& path, const std::string& of);
  void finding(const Finding& finding);
  void compared(const Compared& pair) { compared_.push_back(pair); }
  void change(const std::string& path, const rank::Change& change);

  /// Title and lead of the page.
  [[nodiscard]] std::pair<std::string, std::string> answer(const std::vector<std::string>& roots) const;
  void print(std::ostream& out, const Summary& summary) const;

 private:
  void print_drivers(std::ostream& out, const Summary& summary) const;
  void print_findings(std::ostream& out, const Summary& summary) const;
  void print_changes(std::ostream& out) const;
  void print_table(std::ostream& out, const char* title) const;

  SurveyView view_;
  Table table_;
  std::uint64_t copies_ = 0, untraced_ = 0;
  std::map<tagdb::PoolTag, std::uint64_t> drivers_of_tag_;
  std::set<std::string> drivers_;                                                    ///< paths with findings or changes
  std::map<std::string, std::pair<std::uint64_t, std::set<std::string>>> findings_;  ///< code: findings, drivers
  std::map<std::string, std::uint64_t> changes_;
  std::vector<Compared> compared_;
};

}  // namespace scanner::report::html
