// survey --check: which checks are made, which findings are in order, what is told at the end.
#pragma once

#include <string>

#include "scanner/commands/inputs.hpp"
#include "scanner/rank/allow.hpp"

namespace scanner {

class DriverChecks {
 public:
  DriverChecks(const Inputs& inputs, Diagnostics& diagnostics)
      : inputs_(inputs), diagnostics_(diagnostics), checks_(inputs.options.checks) {}

  /// Reads --allow and --allow-from. False when one cannot be used; that is said.
  bool load();
  /// What the earlier build of --baseline does is known.
  void know(const ScannedFile& baseline, const std::string& path);
  /// Reports the findings about a traced driver.
  void run(const ScannedFile& file);
  /// Tells stale entries, and hands the totals to the summary.
  void finish();
  [[nodiscard]] bool any() const { return totals_.total > 0; }

 private:
  [[nodiscard]] std::vector<rank::Finding> findings_of(const ScannedFile& file, const std::string& path) const;

  const Inputs& inputs_;
  Diagnostics& diagnostics_;
  const std::vector<const rank::CheckCode*>& checks_;
  rank::AllowList allowed_;
  report::Summary::Findings totals_;
  std::uint64_t outdated_ = 0;  ///< drivers from the catalogue that cannot be checked
};

}  // namespace scanner
