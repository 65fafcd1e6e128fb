// The engine's side of the budget: what may be lifted, and what is said when it did not suffice.
#include <array>
#include <cstdio>

#include "scanner/trace/solve/engine.hpp"

namespace scanner::trace {
namespace {

std::string hex(std::uint32_t rva) {
  std::array<char, 16> out{};
  std::snprintf(out.data(), out.size(), "0x%x", rva);
  return out.data();
}

}  // namespace

/// What was too much is said, and nothing that rests on half a search is called sure.
void Engine::note_budget() {
  not_looked_at_ = budget_.used_up() ? waiting_.size() : 0;
  if (budget_.used_up())
    problems_.push_back("the budget for one driver was used up: " + std::to_string(not_looked_at_) +
                        " functions and what they call were not looked at");
  if (!given_up_.empty())
    problems_.push_back(std::to_string(given_up_.size()) +
                        (given_up_.size() == 1 ? " function was" : " functions were") +
                        " too costly to follow, the first at RVA " + hex(*given_up_.begin()));
  if (depth_capped_ > 0)
    problems_.push_back("wrappers of wrappers were followed for " + std::to_string(kMaxDepth) + " calls only");
  if (entries_.size() >= kMaxEntries)
    problems_.push_back("only the first " + std::to_string(kMaxEntries) + " wrappers were followed");
}

/// May a function of these ranges be lifted? Overlapping records can claim far more code than there is.
bool Engine::affordable(const std::vector<CodeRange>& ranges, std::size_t scopes) {
  std::uint64_t bytes = 0;
  for (const CodeRange& range : ranges) bytes += range.end - range.begin;
  if (ranges.size() > Budget::kMostRanges || bytes > Budget::kLargestFunction) return false;
  const std::uint64_t steps = bytes + bytes * (ranges.size() - 1) / 64 + bytes / 64 * scopes;
  return steps <= Budget::kMostStepsOfFunction && budget_.spend(steps);
}

}  // namespace scanner::trace
