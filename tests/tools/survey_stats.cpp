// Bucket totals and reasons over many drivers, and a listing of sites for a closer look. For developers of the engine.
//   poolwho_survey_stats [--sites] FILE…      (file names from standard input when none is given)
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <new>
#include <string>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/attribute/attribution.hpp"
#include "scanner/trace/solve/solver.hpp"
#include "tagdb/api_table.hpp"

namespace trace = scanner::trace;

namespace {

std::uint64_t allocations = 0;

/// What the traces did, added up, with the ratios that explain the cost.
class Work {
 public:
  void add(const trace::Program& program, const trace::Solution& solution) {
    const trace::TraceWork& work = program.budget.work;
    const std::array<std::size_t, 14> one = {program.functions.size(),
                                             solution.analysed.size(),
                                             work.lifted,
                                             work.interpreted,
                                             work.rounds,
                                             work.instructions_lifted,
                                             work.blocks_visited,
                                             work.instructions_visited,
                                             work.items,
                                             solution.sites.size(),
                                             solution.sinks.size(),
                                             solution.sink_calls.size(),
                                             program.values.size(),
                                             program.values.bytes()};
    for (std::size_t i = 0; i < one.size(); ++i) all_[i] += one[i];
  }
  void print(std::uint64_t made) const {
    const auto per = [this](std::size_t a, std::size_t b) {
      return all_[b] == 0 ? 0.0 : static_cast<double>(all_[a]) / static_cast<double>(all_[b]);
    };
    std::printf(
        "work: %zu functions found, %zu analysed, lifted %zu times, interpreted %zu times (%.2f each), %zu fixed "
        "points\n",
        all_[0], all_[1], all_[2], all_[3], per(3, 1), all_[4]);
    std::printf("      %zu instructions lifted, %zu visited (%.2f each) in %zu visits of blocks\n", all_[5], all_[7],
                per(7, 5), all_[6]);
    std::printf("      %zu items of the worklist, %zu call sites, %zu sinks, %zu calls of sinks\n", all_[8], all_[9],
                all_[10], all_[11]);
    std::printf("      %zu values of %zu bytes (%.3f for each instruction visited), %llu allocations of memory\n",
                all_[12], all_[13], per(12, 7), static_cast<unsigned long long>(made));
  }

 private:
  std::array<std::size_t, 14> all_{};
};

}  // namespace

void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

int main(int argc, char** argv) {
  bool list_sites = false;
  std::vector<std::string> paths;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--sites") {
      list_sites = true;
    } else {
      paths.emplace_back(argv[i]);
    }
  }
  if (paths.empty()) {
    for (std::string line; std::getline(std::cin, line);) paths.push_back(line);
  }
  const auto& apis = tagdb::builtin_api_table();
  trace::BucketCounts kinds[3], wrappers;
  std::map<std::string, std::uint32_t> reasons, alloc_reasons, evidence, depths;
  std::size_t drivers = 0, lifted = 0, functions = 0;
  std::uint64_t steps = 0, most_steps = 0;
  std::string costliest;
  Work work;
  std::uint64_t traced_allocations = 0;
  for (const std::string& path : paths) {
    std::ifstream in(path, std::ios::binary);
    const std::vector<char> bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto image = pe::Image::open({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    if (!image) {
      std::printf("%s: %s\n", path.c_str(), image.error().message.c_str());
      continue;
    }
    ++drivers;
    const auto start = std::chrono::steady_clock::now();
    const std::uint64_t before = allocations;
    const auto machine = trace::make_machine(image.value());
    if (!machine) continue;
    trace::Program program(*machine, apis);
    const trace::Solution solution = trace::Solver(program).solve();
    const trace::TraceResult result = trace::attribute(program, solution);
    traced_allocations += allocations - before;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (seconds > 0.5) std::printf("slow: %.2f s, %zu bytes, %s\n", seconds, bytes.size(), path.c_str());
    work.add(program, solution);
    functions += result.functions;
    lifted += result.lifted;
    steps += result.steps;
    if (result.steps > most_steps) most_steps = result.steps, costliest = path;
    for (std::size_t kind = 0; kind < 3; ++kind) kinds[kind].add(result.counts(static_cast<trace::SiteKind>(kind)));
    wrappers.add(result.wrapper_counts());
    for (const auto& [reason, count] : result.dynamic_reasons()) reasons[reason] += count;
    for (const auto& [reason, count] : result.depth_lost) depths[reason] += count;
    for (const auto& use : result.uses)
      ++evidence[std::string(trace::to_string(use.evidence)) + "/" + std::string(trace::to_string(use.certainty))];
    for (const auto& site : result.sites) {
      if (!site.wrapper && site.kind == trace::SiteKind::allocate && site.bucket == trace::Bucket::dynamic)
        ++alloc_reasons[std::string(site.reason)];
      if (list_sites)
        std::printf("%s\t0x%x\t0x%x\t%s\t%s\t%s%s\n", path.c_str(), site.rva, site.function,
                    apis.rows[static_cast<std::size_t>(site.row)].name.c_str(),
                    std::string(trace::to_string(site.bucket)).c_str(), std::string(site.reason).c_str(),
                    site.wrapper ? "\twrapper" : "");
    }
  }
  std::printf("%zu drivers, %zu functions known, %zu lifted\n", drivers, functions, lifted);
  std::printf("%llu steps, at most %llu (%s)\n", static_cast<unsigned long long>(steps),
              static_cast<unsigned long long>(most_steps), costliest.c_str());
  work.print(traced_allocations);
  const auto print = [](const char* name, const trace::BucketCounts& counts) {
    std::printf("%-10s total %7u", name, counts.total());
    for (std::size_t i = 0; i < trace::kBucketCount; ++i)
      std::printf("  %s %u", std::string(trace::to_string(static_cast<trace::Bucket>(i))).c_str(), counts.count[i]);
    std::printf("\n");
  };
  print("allocate", kinds[0]);
  print("free", kinds[1]);
  print("other", kinds[2]);
  print("wrapper", wrappers);
  for (const auto& [name, count] : alloc_reasons) std::printf("  allocate dynamic %-16s %u\n", name.c_str(), count);
  for (const auto& [name, count] : reasons) std::printf("  dynamic %-16s %u\n", name.c_str(), count);
  for (const auto& [name, count] : evidence) std::printf("  uses %-24s %u\n", name.c_str(), count);
  for (const auto& [name, count] : depths) std::printf("  depth lost: %-24s %u functions\n", name.c_str(), count);
}
