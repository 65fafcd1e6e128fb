// Mutated drivers through the whole of `poolwho survey FILE --format ndjson --explain`, one after the other in one
// process:   poolwho_mutate [--mutations N] [--seed S] [--largest BYTES] [--keep DIR] FILE|FOLDER…
// Every (seed, file, number) gives the same mutant, so a finding can be repeated; mutants that crash, take more than
// two seconds of processor time, more than 256 MiB of heap or twenty times the steps of the original (or a small part
// of the budget, which is more for small drivers) are kept in DIR, and the exit code is 1. The work is done in a child
// process: a crash costs one mutant, not the run.
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/filesystem.hpp>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "pe/image.hpp"
#include "scanner/commands/commands.hpp"
#include "scanner/trace/ir/budget.hpp"
#include "scanner/trace/trace.hpp"
#include "tests/fuzz/target.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POOLWHO_COUNTS_HEAP 1
#endif
#endif
#ifdef POOLWHO_COUNTS_HEAP
#include <sanitizer/allocator_interface.h>
#endif

namespace fs = boost::filesystem;

namespace {

using Input = std::vector<std::uint8_t>;

constexpr double kMostSeconds = 2;
constexpr std::uint64_t kMostHeap = 256ULL << 20;
constexpr std::uint64_t kMostTimesSteps = 20, kFewSteps = scanner::trace::Budget::kMostSteps / 100;
constexpr int kHangSeconds = 60;  // of processor time; then the child is ended
constexpr std::size_t kLargestInput = 16U << 20;

struct Arguments {
  std::uint64_t mutations = 10, seed = 0;
  std::uintmax_t largest = 1U << 20;
  fs::path keep = ".";
  std::vector<fs::path> files;
};

/// What parent and child share.
struct Board {
  std::uint64_t next = 0;  ///< the mutant under way: file number * mutations + mutation
  std::uint64_t slow = 0, fat = 0, wrong = 0, costly = 0, most_steps = 0, drivers = 0, errors = 0, others = 0, uses = 0;
  double slowest = 0, seconds = 0;
  std::uint64_t fattest = 0;
  std::size_t input_size = 0;
  std::uint8_t input[kLargestInput];
};

std::atomic<std::uint64_t> heap{0}, heap_peak{0};

#ifdef POOLWHO_COUNTS_HEAP
void on_malloc(const volatile void*, std::size_t size) {
  const std::uint64_t now = heap += size;
  std::uint64_t peak = heap_peak;
  while (now > peak && !heap_peak.compare_exchange_weak(peak, now)) {
  }
}
void on_free(const volatile void* pointer) { heap -= __sanitizer_get_allocated_size(const_cast<const void*>(pointer)); }
#endif

std::uint64_t heap_of_run(std::uint64_t before) {
  const std::uint64_t peak = heap_peak;
  return peak > before ? peak - before : 0;
}

Input read(const fs::path& path) {
  std::ifstream in(path.string(), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Where it hurts: headers, the tables that directories point to, code, anything.
class Mutator {
 public:
  Mutator(const Input& original, const Input& other, std::uint64_t seed)
      : input_(original), other_(other), random_(seed) {
    // Behind the signatures, mostly: without those it is no image, and nothing happens.
    constexpr std::size_t kHeaders = 0x300;
    const auto headers = pe::Bytes(std::span<const std::uint8_t>(original)).read<std::uint32_t>(0x3C).value_or(0);
    ranges_.push_back({std::min<std::size_t>(headers + 4ULL, input_.size()), kHeaders});
    const auto image = pe::Image::open(original);
    if (!image) return;
    for (unsigned i = 0; i < 16; ++i) {
      const auto entry = image.value().directory(static_cast<pe::Directory>(i));
      const auto at = image.value().offset_of(entry.rva);
      if (entry.rva != 0 && at && *at < input_.size())
        ranges_.push_back({*at, std::clamp<std::size_t>(entry.size, 16, input_.size() - *at + 1)});
    }
    for (const pe::Section& section : image.value().sections()) {
      if (section.executable() && section.file_size > 0) code_.push_back({section.file_offset, section.file_size});
    }
  }

  Input run() {
    const std::size_t changes = 1 + below(below(4) == 0 ? 40 : 6);
    for (std::size_t i = 0; i < changes && !input_.empty(); ++i) change();
    return std::move(input_);
  }

 private:
  struct Range {
    std::size_t offset, size;
  };

  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : static_cast<std::size_t>(random_() % limit); }

  std::size_t place() {
    const std::size_t kind = below(8);
    const auto& from = kind < 5 || code_.empty() ? ranges_ : code_;
    if (kind == 7) return below(input_.size());
    const Range& range = from[below(from.size())];
    return std::min(range.offset + below(range.size), input_.size() - 1);
  }

  void put(std::size_t at, std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width && at + i < input_.size(); ++i)
      input_[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  }

  void copy(std::size_t to, const Input& source, std::size_t from, std::size_t count) {
    const Input part(source.begin() + static_cast<std::ptrdiff_t>(from),
                     source.begin() + static_cast<std::ptrdiff_t>(std::min(source.size(), from + count)));
    for (std::size_t i = 0; i < part.size() && to + i < input_.size(); ++i) input_[to + i] = part[i];
  }

  void change() {
    static constexpr std::array<std::uint64_t, 12> kTelling = {
        0, 1, 4, 0x10, 0x7F, 0x80, 0xFFFF, 0x1000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF0};
    const std::size_t at = place();
    switch (below(16)) {
      case 0:
        if (below(4) == 0) input_.resize(1 + below(input_.size()));
        break;
      case 1:
      case 2: input_[at] = static_cast<std::uint8_t>(random_()); break;
      case 3:
      case 4: input_[at] ^= static_cast<std::uint8_t>(1U << below(8)); break;
      case 5:
      case 6: put(at & ~std::size_t{3}, kTelling[below(kTelling.size())], 4); break;
      case 7: put(at & ~std::size_t{3}, random_(), 4); break;
      case 8: put(at & ~std::size_t{3}, below(input_.size() * 2), 4); break;
      case 9: put(at & ~std::size_t{1}, kTelling[below(kTelling.size())], 2); break;
      case 10: copy(at, input_, below(input_.size()), 1 + below(64)); break;
      case 11: copy(at, input_, place(), 1 + below(4096)); break;
      case 12: copy(at, other_, below(other_.size()), 1 + below(4096)); break;
      case 13: {
        const std::size_t count = 1 + below(32);
        for (std::size_t i = 0; i < count && at + i < input_.size(); ++i)
          input_[at + i] = static_cast<std::uint8_t>(random_());
        break;
      }
      case 14: {  // long runs of one byte: padding, loops of jumps
        const std::size_t count = 1 + below(2048);
        const auto byte = static_cast<std::uint8_t>(random_());
        for (std::size_t i = 0; i < count && at + i < input_.size(); ++i) input_[at + i] = byte;
        break;
      }
      default: input_.insert(input_.begin() + static_cast<std::ptrdiff_t>(at), 1 + below(16), 0xCC);
    }
  }

  Input input_;
  const Input& other_;
  std::mt19937_64 random_;
  std::vector<Range> ranges_, code_;
};

/// What tracing it costs, 0 for what is no driver.
std::uint64_t steps_of(const Input& input) {
  const auto image = pe::Image::open(input);
  return image && scanner::trace::can_trace(image.value())
             ? scanner::trace::trace(image.value(), tagdb::builtin_api_table()).steps
             : 0;
}

/// The command, as main() runs it. False when the answer is none.
bool survey(const std::string& path, Board& board) {
  const auto parsed = scanner::parse_command_line({"survey", path, "--format", "ndjson", "--explain", "-q", "-j", "1"});
  if (!parsed.options) return false;
  std::ostringstream out, err;
  scanner::StopFlag stop;
  const int code = scanner::run_command(*parsed.options, {out, err}, stop);
  std::istringstream lines(out.str());
  unsigned drivers = 0, errors = 0, others = 0;
  bool whole = false;
  for (std::string line; std::getline(lines, line);) {
    const auto record = nlohmann::json::parse(line, nullptr, false);
    if (record.is_discarded()) return false;
    const std::string type = record.at("type");
    drivers += type == "driver" ? 1 : 0;
    errors += type == "error" ? 1 : 0;
    board.uses += type == "use" ? 1 : 0;
    whole = type == "summary";
    if (whole) others = record.at("skipped").at("not_pe");
  }
  board.drivers += drivers;
  board.errors += errors;
  board.others += others;
  const int expected = errors > 0    ? scanner::kExitIncomplete
                       : drivers > 0 ? scanner::kExitFound
                                     : scanner::kExitNothing;
  return whole && drivers + errors + others == 1 && code == expected;
}

double seconds_used() {
  std::timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

void save(const Arguments& arguments, const Board& board, const char* why) {
  const std::uint64_t file = board.next / arguments.mutations;
  const fs::path path = arguments.keep / (std::string(why) + "-" + std::to_string(arguments.seed) + "-" +
                                          std::to_string(board.next) + ".sys");
  std::ofstream(path.string(), std::ios::binary)
      .write(reinterpret_cast<const char*>(board.input), static_cast<std::streamsize>(board.input_size));
  std::printf("%s: %s, mutation %llu: %s\n", why, arguments.files[file].c_str(),
              static_cast<unsigned long long>(board.next % arguments.mutations), path.c_str());
  std::fflush(stdout);
}

void work(const Arguments& arguments, Board& board, const fs::path& scratch) {
#ifdef POOLWHO_COUNTS_HEAP
  __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
#endif
  const std::uint64_t end = arguments.files.size() * arguments.mutations;
  std::uint64_t loaded = ~std::uint64_t{0}, most_steps = 0;
  Input original, other;
  for (; board.next < end; ++board.next) {
    const std::uint64_t file = board.next / arguments.mutations;
    if (file != loaded) {
      original = read(arguments.files[file]);
      other = read(arguments.files[(file + 1 + file * file) % arguments.files.size()]);
      most_steps = std::max(kMostTimesSteps * steps_of(original), kFewSteps);
      loaded = file;
    }
    std::seed_seq mixed{arguments.seed, board.next};
    const Input mutant = Mutator(original, other, std::mt19937_64(mixed)()).run();
    board.input_size = std::min(mutant.size(), kLargestInput);
    std::memcpy(board.input, mutant.data(), board.input_size);
    std::ofstream(scratch.string(), std::ios::binary)
        .write(reinterpret_cast<const char*>(mutant.data()), static_cast<std::streamsize>(mutant.size()));
    const itimerval patience{{0, 0}, {kHangSeconds, 0}};
    ::setitimer(ITIMER_PROF, &patience, nullptr);
    const double start = seconds_used();
    const std::uint64_t before = heap;
    heap_peak = before;
    const std::uint64_t steps = steps_of(mutant);
    const bool right = survey(scratch.string(), board);
    const double took = seconds_used() - start;
    const std::uint64_t fat = heap_of_run(before);
    board.seconds += took;
    board.slowest = std::max(board.slowest, took);
    board.fattest = std::max(board.fattest, fat);
    board.most_steps = std::max(board.most_steps, steps);
    if (steps > most_steps) ++board.costly, save(arguments, board, "costly");
    if (!right) ++board.wrong, save(arguments, board, "wrong");
    if (took > kMostSeconds) ++board.slow, save(arguments, board, "slow");
    if (fat > kMostHeap) ++board.fat, save(arguments, board, "fat");
  }
}

Arguments parse(int argc, char** argv) {
  Arguments out;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const std::string value = i + 1 < argc ? argv[i + 1] : "";
    if (word == "--mutations") {
      out.mutations = std::max<std::uint64_t>(1, std::stoull(value)), ++i;
    } else if (word == "--seed") {
      out.seed = std::stoull(value), ++i;
    } else if (word == "--largest") {
      out.largest = std::stoull(value), ++i;
    } else if (word == "--keep") {
      out.keep = value, ++i;
    } else if (fs::is_directory(word)) {
      for (const auto& entry : fs::recursive_directory_iterator(word)) {
        if (fs::is_regular_file(entry.path()) && entry.path().extension() == ".sys") out.files.push_back(entry.path());
      }
    } else {
      out.files.emplace_back(word);
    }
  }
  std::erase_if(out.files, [&out](const fs::path& path) { return fs::file_size(path) > out.largest; });
  std::sort(out.files.begin(), out.files.end());
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments = parse(argc, argv);
  if (arguments.files.empty()) return 2;
  if (arguments.seed == 0) arguments.seed = std::random_device{}();
  fs::create_directories(arguments.keep);
  std::printf("seed %llu, %zu files\n", static_cast<unsigned long long>(arguments.seed), arguments.files.size());
  std::fflush(stdout);
  void* memory = ::mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 2;
  auto& board = *new (memory) Board;
  const fs::path folder = fs::temp_directory_path() / ("poolwho-mutate-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const std::uint64_t end = arguments.files.size() * arguments.mutations;
  unsigned crashes = 0;
  while (board.next < end) {
    const pid_t child = ::fork();
    if (child == 0) {
      work(arguments, board, folder / "mutant.sys");
      std::_Exit(0);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child) return 2;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) break;
    ++crashes;
    save(arguments, board, WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF ? "hang" : "crash");
    ++board.next;
  }
  fs::remove_all(folder);
  std::printf(
      "%llu mutants: %llu drivers, %llu errors, %llu no images; %llu uses; %.0f s, slowest %.2f s, most heap "
      "%.1f MiB, most steps %llu; %u crashes or hangs, %llu slow, %llu fat, %llu costly, %llu wrong\n",
      static_cast<unsigned long long>(end), static_cast<unsigned long long>(board.drivers),
      static_cast<unsigned long long>(board.errors), static_cast<unsigned long long>(board.others),
      static_cast<unsigned long long>(board.uses), board.seconds, board.slowest,
      static_cast<double>(board.fattest) / (1U << 20), static_cast<unsigned long long>(board.most_steps), crashes,
      static_cast<unsigned long long>(board.slow), static_cast<unsigned long long>(board.fat),
      static_cast<unsigned long long>(board.costly), static_cast<unsigned long long>(board.wrong));
  return crashes + board.slow + board.fat + board.costly + board.wrong > 0 ? 1 : 0;
}
