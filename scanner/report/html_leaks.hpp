// The part of the page that is about leaks: the answer, then per tag its chart, candidates, reasons and next steps,
// then whole pools, what else changed, and what was seen once.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scanner/report/model.hpp"

namespace scanner::report::html {

class LeaksPage {
 public:
  explicit LeaksPage(std::ostream& out) : out_(out) {}

  void logs(const LogsInfo& logs) { logs_ = logs; }
  void leak(const Leak& leak) { leaks_.push_back(leak); }
  void cluster(const Cluster& cluster) { clusters_.push_back(cluster); }
  void growth(const poolmon::Growth& growth) { others_.push_back(growth); }
  void size(const Size& size) { sizes_.push_back(size); }
  [[nodiscard]] const LogsInfo& logs() const { return logs_; }

  /// Title and lead of the page.
  [[nodiscard]] std::pair<std::string, std::string> answer() const;
  void print();

 private:
  void overview();
  void cluster_section(const Cluster& cluster);
  void leak_section(const Leak& leak, std::size_t index);
  void figures(const Leak& leak);
  void who_allocates(const Leak& leak, std::size_t index);
  void numbers(const poolmon::Growth& growth);
  void whole_pools();
  void other_growth();
  void sizes();
  void next_steps(const std::vector<NextStep>& steps, const std::string& said);

  std::ostream& out_;
  LogsInfo logs_;
  std::vector<Leak> leaks_;
  std::vector<Cluster> clusters_;
  std::vector<poolmon::Growth> others_;
  std::vector<Size> sizes_;
};

}  // namespace scanner::report::html
