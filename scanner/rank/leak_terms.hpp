// What a leak's own figures say about the candidates for its tag: pool type and bytes per allocation.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "scanner/rank/rank.hpp"

namespace scanner::rank {

struct LeakFigures {
  bool pool_known = true;
  bool paged = false;                     ///< Paged or session pool; else nonpaged
  std::int64_t bytes_per_allocation = 0;  ///< poolmon's average; 0 when not known
};

/// Adds reasons and score to `judgement`. `uses` are those of the image for the leaking tag, strongest first.
/// `narrow`: a 32-bit image. `place` names a call site for people.
void weigh_leak(Judgement& judgement, const std::vector<trace::TagUse>& uses, const LeakFigures& leak, bool narrow,
                const std::function<std::string(std::size_t use)>& place);

/// Can allocations of `asked` bytes show as `average` in poolmon? The pool adds a header, rounds up, and gives whole
/// pages to what is larger than a page.
bool size_agrees(std::uint64_t asked, std::int64_t average, bool narrow);

}  // namespace scanner::rank
