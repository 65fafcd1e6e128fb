// Windows' store of driver packages: System32\DriverStore\FileRepository\NAME.inf_PROCESSOR_HASH. Newer drivers are
// loaded from there, and old versions stay beside them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scanner {

class DriverStore {
 public:
  explicit DriverStore(std::string root) : root_(std::move(root)) {}
  /// Files called `name`, or `name`.sys where it has no suffix, in any package, in any letter case; in path order. The
  /// store is listed when it is asked for the first time.
  const std::vector<std::string>& find(std::string_view name);

 private:
  void list();

  std::string root_;                                                      ///< of the volume
  std::optional<std::map<std::string, std::vector<std::string>>> files_;  ///< folded name → paths
};

}  // namespace scanner
