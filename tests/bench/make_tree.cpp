// A reproducible tree of drivers for measuring: poolwho_bench_tree BASES OUT MEGABYTES
// Copies the compiled drivers of BASES round robin until OUT holds MEGABYTES (10^6 bytes), and gives every copy a tag
// of its own: each base allocates once with 'BnCh', and those four bytes in its code become 'A000', 'A001', … So all
// contents differ, each tag has exactly one owner, and nothing is random. One file in sixteen lies in each folder.
#include <algorithm>
#include <boost/filesystem.hpp>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace fs = boost::filesystem;

namespace {

/// 'A000' … 'Zzzz' over digits and letters: 26 * 62^3 names.
std::string tag_of(std::size_t number) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string tag(4, '0');
  for (std::size_t i = 3; i > 0; --i, number /= kDigits.size()) tag[i] = kDigits[number % kDigits.size()];
  tag[0] = static_cast<char>('A' + number % 26);
  return tag;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: poolwho_bench_tree BASES OUT MEGABYTES\n");
    return 2;
  }
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(argv[1])) {
    if (entry.path().extension() == ".sys") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> bases;
  for (const fs::path& path : paths) {
    std::ifstream in(path.string(), std::ios::binary);
    bases.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  const auto limit = static_cast<std::uint64_t>(std::strtoull(argv[3], nullptr, 10)) * 1'000'000;
  std::uint64_t bytes = 0;
  std::size_t number = 0;
  for (; bytes < limit && !bases.empty(); ++number) {
    std::string image = bases[number % bases.size()];
    const std::size_t at = image.find("BnCh");
    if (at == std::string::npos) {
      std::fprintf(stderr, "%s holds no 'BnCh'\n", paths[number % paths.size()].c_str());
      return 1;
    }
    image.replace(at, 4, tag_of(number));
    char folder[32], name[32];
    std::snprintf(folder, sizeof folder, "%02zu", number % 16);
    std::snprintf(name, sizeof name, "bench%06zu.sys", number);
    fs::create_directories(fs::path(argv[2]) / folder);
    std::ofstream((fs::path(argv[2]) / folder / name).string(), std::ios::binary) << image;
    bytes += image.size();
  }
  std::printf("%zu drivers, %llu bytes\n", number, static_cast<unsigned long long>(bytes));
  return number == 0 ? 1 : 0;
}
