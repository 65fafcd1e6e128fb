#include <algorithm>
#include <boost/filesystem.hpp>

#include "tests/unit/files.hpp"

namespace fs = boost::filesystem;

namespace {

std::vector<std::string> drivers_below(const fs::path& root) {
  std::vector<std::string> paths;
  if (!fs::exists(root)) return paths;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (fs::is_regular_file(entry.path()) && entry.path().extension() == ".sys") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

std::vector<std::string> test_drivers() { return drivers_below(TEST_DRIVERS); }
std::vector<std::string> wine_drivers() { return drivers_below(REAL_DRIVERS); }

std::vector<std::string> all_drivers() {
  std::vector<std::string> all = test_drivers();
  const auto wine = wine_drivers();
  all.insert(all.end(), wine.begin(), wine.end());
  return all;
}
