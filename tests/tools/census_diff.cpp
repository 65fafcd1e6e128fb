// Compares census and account on drivers: poolwho_census_diff FILE…  (file names from standard input when none is
// given)
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/census/census.hpp"

int main(int argc, char** argv) {
  std::vector<std::string> paths(argv + 1, argv + argc);
  if (paths.empty()) {
    for (std::string line; std::getline(std::cin, line);) paths.push_back(line);
  }
  const auto& apis = tagdb::builtin_api_table();
  std::size_t equal = 0, different = 0, sites = 0, kmdf = 0;
  for (const std::string& path : paths) {
    std::ifstream in(path, std::ios::binary);
    const std::vector<char> bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto image = pe::Image::open({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    if (!image) continue;
    const auto result = scanner::trace::trace(image.value(), apis);
    const auto counted = census::take(image.value(), apis);
    sites += counted.sites.size();
    kmdf += counted.kmdf.loads.size();
    const auto difference = census::compare(image.value(), counted, result);
    if (difference.empty()) {
      ++equal;
      continue;
    }
    ++different;
    std::printf("%s\n", path.c_str());
    for (const auto rva : difference.only_census) std::printf("  only census   0x%x\n", rva);
    for (const auto rva : difference.only_account) std::printf("  only account  0x%x\n", rva);
    for (const auto rva : difference.kmdf) std::printf("  KMDF function loaded, no site in its function  0x%x\n", rva);
    if (difference.kmdf_table) std::printf("  KMDF table not found by the tracer\n");
  }
  std::printf("%zu equal, %zu different, %zu sites and %zu loads of KMDF's functions in the census\n", equal, different,
              sites, kmdf);
  return different == 0 ? 0 : 1;
}
