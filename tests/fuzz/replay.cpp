// Runs a fuzz target without a fuzzer: over every file of the named files and folders, and over MUTATIONS seeded
// mutations of each.   fuzz_TARGET MUTATIONS SEED PATH…   A fresh seed is printed, so that a failure can be repeated;
// the input that ended the program is left in fuzz-input.bin in the current folder.
#include <algorithm>
#include <boost/filesystem.hpp>
#include <csignal>
#include <fstream>
#include <iterator>
#include <random>

#include "tests/fuzz/target.hpp"

namespace fs = boost::filesystem;

namespace {

using Input = std::vector<std::uint8_t>;

Input read(const fs::path& path) {
  std::ifstream in(path.string(), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

const Input* under_way = nullptr;

extern "C" void keep_input(int signal) {
  if (std::FILE* out = std::fopen("fuzz-input.bin", "wb")) {
    std::fwrite(under_way->data(), 1, under_way->size(), out);
    std::fclose(out);
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const Input& input) {
  under_way = &input;
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

Input mutated(Input input, std::mt19937_64& random) {
  const auto below = [&random](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  const std::size_t changes = 1 + below(8);
  for (std::size_t i = 0; i < changes && !input.empty(); ++i) {
    static constexpr std::array<std::uint8_t, 6> kTelling = {0, 1, 0x7F, 0x80, 0xFF, 0xE8};
    const std::size_t at = below(input.size());
    switch (below(12)) {
      case 0: input.resize(at + 1); break;
      case 1:
      case 2:
      case 3: input[at] = static_cast<std::uint8_t>(random()); break;
      case 4:
      case 5: input[at] ^= static_cast<std::uint8_t>(1U << below(8)); break;
      case 6:
      case 7: input[at] = kTelling[below(kTelling.size())]; break;
      default: {
        const std::size_t from = below(input.size()),
                          count = std::min({below(16) + 1, input.size() - at, input.size() - from});
        std::copy_n(Input(input.begin() + static_cast<std::ptrdiff_t>(from),
                          input.begin() + static_cast<std::ptrdiff_t>(from + count))
                        .begin(),
                    count, input.begin() + static_cast<std::ptrdiff_t>(at));
      }
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const unsigned long mutations = std::stoul(argv[1]);
  std::uint64_t seed = std::stoull(argv[2]);
  if (seed == 0) seed = std::random_device{}();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  for (const int fatal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGTERM}) std::signal(fatal, keep_input);
  std::mt19937_64 random(seed);
  std::size_t runs = 0;
  for (int i = 3; i < argc; ++i) {
    std::vector<fs::path> files;
    if (fs::is_directory(argv[i])) {
      for (const auto& entry : fs::recursive_directory_iterator(argv[i])) {
        if (fs::is_regular_file(entry.path())) files.push_back(entry.path());
      }
      std::sort(files.begin(), files.end());
    } else if (fs::exists(argv[i])) {
      files.emplace_back(argv[i]);
    }
    for (const fs::path& file : files) {
      const Input input = read(file);
      run(input);
      for (unsigned long k = 0; k < mutations; ++k) run(mutated(input, random));
      runs += 1 + mutations;
    }
  }
  std::printf("%zu inputs\n", runs);
  return runs > 0 ? 0 : 1;
}
