// What a support engineer would do next: who made it, what to search for, and how to catch it in the act.
#include <array>
#include <cstdio>

#include "scanner/report/words.hpp"

namespace scanner::report {
namespace {

/// The tag where a command line wants it: with blanks in quotes, with bytes that nobody can type not at all.
std::string typed(tagdb::PoolTag tag) {
  const std::string text = tag.text();
  if (text.find('\\') != std::string::npos) return {};
  return text.find(' ') != std::string::npos ? "\"" + text + "\"" : text;
}

std::string hex(std::uint32_t value, const char* format) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

void about_driver(const Candidate& candidate, const Leak& leak, std::vector<NextStep>& steps) {
  const pe::Identity& identity = candidate.identity;
  const std::string name(printable(file_name(candidate.path)));
  for (const rank::Reason& reason : candidate.judgement.reasons) {
    if (reason.code == "known_leak") steps.push_back({name + ": " + printable(reason.text), {}});
  }
  std::string who = "see whether there is a newer " + name + ": this is " + printable(product(identity));
  if (identity.linked != 0) who += ", linked " + iso_date(identity.linked);
  steps.push_back({std::move(who), {}});
  std::string search = "\"" + name + "\" pool leak " + leak.growth.tag.text();
  if (!identity.company.empty()) search += " " + printable(identity.company);
  if (const std::string version = version_of(identity); !version.empty()) search += " " + printable(version);
  steps.push_back({"search for", std::move(search)});
  steps.push_back(
      {"have Driver Verifier count its blocks (pool tracking, after a restart; verifier /reset ends it, and "
       "!verifier 3 " +
           name + " in a kernel debugger lists them)",
       "verifier /flags 0x8 /driver " + name});
}

/// Breakpoints on the proven call, and where the tag goes in.
void breakpoints(const Candidate& candidate, std::vector<NextStep>& steps) {
  const trace::TagUse& use = candidate.uses.front().use;
  const std::string_view name = file_name(candidate.path);
  const std::string module(printable(name.substr(0, name.find_last_of('.'))));
  steps.push_back({"stop where it allocates, in a kernel debugger", "bp " + module + hex(use.site_rva, "+0x%x")});
  if (use.origin_rva != use.site_rva)
    steps.push_back({"or where the tag goes in, one call earlier", "bp " + module + hex(use.origin_rva, "+0x%x")});
}

}  // namespace

std::vector<NextStep> next_steps(const Leak& leak) {
  std::vector<NextStep> steps;
  if (leak.growth.shape == poolmon::Shape::suspect)
    steps.push_back(
        {"take more snapshots before you accuse anybody, evenly over some hours", "poolmon -b -n poolmon.txt"});
  const std::string tag = typed(leak.growth.tag);
  const bool paged = leak.growth.pool == poolmon::Pool::paged || leak.growth.pool == poolmon::Pool::session;
  if (!leak.advice.empty()) steps.push_back({leak.advice, {}});
  const Candidate* best = nullptr;
  if (!leak.candidates.empty() && leak.candidates.front().judgement.verdict < rank::Verdict::weak)
    best = &leak.candidates.front();
  if (best != nullptr) about_driver(*best, leak, steps);
  if (!tag.empty()) {
    steps.push_back({"record the stacks of its allocations (xperf -d pool.etl ends it, after some growth)",
                     "xperf -on PROC_THREAD+LOADER+POOL -stackwalk PoolAlloc+PoolFree+PoolAllocSession+PoolFreeSession "
                     "-PoolTag " +
                         tag + " -BufferSize 1024 -MaxFile 1024 -FileMode Circular"});
    steps.push_back(
        {"or with the recorder (wpr -stop pool.etl ends it), and find " + tag + " in the analyzer's pool graph",
         "wpr -start Pool -filemode"});
    steps.push_back({"in a kernel debugger or a dump", "!poolused " + std::string(paged ? "4 " : "2 ") + tag});
  }
  if (best != nullptr && best->uses.front().has_site && best->uses.front().use.row >= 0) {
    breakpoints(*best, steps);
  } else {
    steps.push_back({"stop at every use of the tag, in a kernel debugger",
                     "ed nt!PoolHitTag " + hex(leak.growth.tag.value(), "0x%08X")});
  }
  return steps;
}

}  // namespace scanner::report
