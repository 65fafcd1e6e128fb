// What a support engineer would do next: who made it, what to search for, and how to catch it in the act.
#include <algorithm>
#include <array>
#include <cstdio>

#include "scanner/report/screen.hpp"
#include "scanner/report/words.hpp"

namespace scanner::report {
namespace {

constexpr const char* kPoolmon = "poolmon -b -n poolmon.txt";
constexpr std::size_t kLogsNamed = 6;  // more are not repeated in a command

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

/// On Windows the machine at hand is the likeliest one.
std::string root_option() { return native_shell() == Shell::windows ? " --root C:\\" : " --root DIR"; }

/// The tag as the debugger's commands take it: exactly four characters, and a blank would end it.
std::string for_debugger(tagdb::PoolTag tag) {
  std::string text = tag.text();
  if (text.find('\\') != std::string::npos) return {};
  text.resize(4, ' ');
  for (char& c : text) c = c == ' ' ? '?' : c;
  return text;
}

/// !poolused shows the pool of one session only with flag 8, and of that session which is the debugger's context.
void in_debugger(const poolmon::Growth& growth, std::vector<NextStep>& steps) {
  const std::string tag = for_debugger(growth.tag);
  if (growth.session.is_none() && growth.pool != poolmon::Pool::session) {
    steps.push_back({"in a kernel debugger or a dump",
                     "!poolused " + std::string(growth.pool == poolmon::Pool::paged ? "4 " : "2 ") + tag});
    return;
  }
  if (growth.session.id()) {
    steps.push_back({"in a kernel debugger or a dump, go to session " + std::to_string(*growth.session.id()),
                     "!session -s " + std::to_string(*growth.session.id())});
    steps.push_back(
        {"and look at its session pool (8: the session's pool, 4: sorted by paged bytes)", "!poolused 0xc " + tag});
    return;
  }
  steps.push_back({"in a kernel debugger or a dump, list the sessions; !session -s N goes to one", "!session"});
  steps.push_back({"and look at the session pool of each (8: the session's pool, 4: sorted by paged bytes)",
                   "!poolused 0xc " + tag});
}

/// "version 1.0.0.0 of 'Leaks on request' (poolwho sample)"
std::string version_and_product(const pe::Identity& identity) {
  const std::string version = version_of(identity),
                    &name = identity.product.empty() ? identity.description : identity.product;
  if (version.empty() || name.empty()) return product(identity);
  return "version " + version + " of '" + name + "'" + (identity.company.empty() ? "" : " (" + identity.company + ")");
}

void about_driver(const Candidate& candidate, const Leak& leak, std::vector<NextStep>& steps) {
  const pe::Identity& identity = candidate.identity;
  const std::string name(printable(file_name(candidate.path)));
  for (const rank::Reason& reason : candidate.judgement.reasons) {
    if (reason.code == "known_leak") steps.push_back({name + ": " + printable(reason.text), {}});
  }
  std::string who =
      "look for a newer " + name + "; the one that was searched: " + printable(version_and_product(identity));
  if (identity.linked != 0) who += ", linked " + iso_date(identity.linked);
  steps.push_back({std::move(who), {}});
  std::string search = "\"" + name + "\" pool leak " + leak.growth.tag.text();
  if (!identity.company.empty()) search += " " + printable(identity.company);
  if (const std::string version = version_of(identity); !version.empty()) search += " " + printable(version);
  steps.push_back({"search for", std::move(search)});
  steps.push_back(
      {"track its allocations with Driver Verifier (needs a restart; undo with verifier /reset; !verifier 3 " + name +
           " in a kernel debugger lists them)",
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
        {"take more snapshots, evenly spread over several hours, before blaming a driver (each run appends one)",
         kPoolmon});
  const std::string tag = typed(leak.growth.tag);
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
    in_debugger(leak.growth, steps);
  }
  if (best != nullptr && best->uses.front().has_site && best->uses.front().use.row >= 0) {
    breakpoints(*best, steps);
  } else {
    steps.push_back({"stop at every use of the tag, in a kernel debugger",
                     "ed nt!PoolHitTag " + hex(leak.growth.tag.value(), "0x%08X")});
  }
  return steps;
}

NextStep search_step(const std::vector<tagdb::PoolTag>& tags, const std::vector<std::string>& logs) {
  std::string command = "poolwho";
  if (!logs.empty() && logs.size() <= kLogsNamed && std::find(logs.begin(), logs.end(), "-") == logs.end()) {
    command += " leaks";
    for (const std::string& log : logs) command += " " + shell_quoted(printable(log));
  } else {
    for (const tagdb::PoolTag tag : tags) command += " -t " + tag_argument(tag);
  }
  return {tags.size() == 1 ? "find the driver that allocates with it, on that machine or with a copy of its drive"
                           : "find the drivers that allocate with them, on that machine or with a copy of its drive",
          command + root_option()};
}

std::vector<NextStep> next_steps(const LogsInfo& logs, const std::vector<tagdb::PoolTag>& largest) {
  std::vector<NextStep> steps;
  const bool pool_rises = std::any_of(logs.pools.begin(), logs.pools.end(),
                                      [](const poolmon::Growth& pool) { return leaks_or_may(pool.shape); });
  if (logs.tag_snapshots == 0 && !logs.pools.empty()) {
    const bool larger = std::any_of(logs.pools.begin(), logs.pools.end(),
                                    [](const poolmon::Growth& pool) { return pool.shape == poolmon::Shape::growing; });
    steps.push_back({pool_rises || larger
                         ? "which tags? take poolmon logs now: a snapshot every hour, into one file"
                         : "whole pools name no tag; poolmon logs do: a snapshot every hour, into one file",
                     kPoolmon});
    steps.push_back({"then ask which tags grow", "poolwho leaks poolmon.txt"});
    return steps;
  }
  if (logs.tag_snapshots == 1)
    steps.push_back({"take more snapshots, an hour apart, to see what grows (each run appends one)", kPoolmon});
  if (logs.tag_snapshots == 1 && !largest.empty()) {
    std::string command = "poolwho";
    for (const tagdb::PoolTag tag : largest) command += " -t " + tag_argument(tag);
    steps.push_back({"find the drivers that allocate with the largest, on that machine or with a copy of its drive",
                     command + root_option()});
  }
  if (logs.tag_snapshots > 1 && pool_rises)
    steps.push_back(
        {"a whole pool rises and no tag does: take more snapshots, of all tags (each run appends one)", kPoolmon});
  return steps;
}

}  // namespace scanner::report
