// What is known about a function once it was interpreted, and what the interpreter asks about callees.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "scanner/trace/domain/memory.hpp"
#include "scanner/trace/domain/seen_stores.hpp"
#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/interp/call_site.hpp"
#include "scanner/trace/ir/stack_depth.hpp"

namespace scanner::trace {

/// What a function does to what its arguments point to.
struct ArgumentEffects {
  std::vector<ArgumentStore> stores;  ///< one for each place, Budget::kMostPlaces of them; others count as escaped
  std::vector<FieldSlot> left;        ///< see FunctionSummary; ascending by pointer and offset
  /// Ascending; arguments that it passes on or keeps: an alias may store there, too.
  std::vector<EscapedArgument> escaped_arguments;
  bool known = false;     ///< false: it was not looked at
  bool too_deep = false;  ///< then: because more functions hang on each other than are followed
};

/// A block that no path from the function's entry leads to.
struct OrphanBlock {
  std::uint32_t rva = 0;
  bool may_be_function = false;  ///< nothing leads to it, and it stands behind a return
};

struct FunctionSummary : StoreLog {
  ValueId returns = kBottom;                       ///< of every return, in terms of the function's entry
  ValueId returns_second = kBottom;                ///< the same of Abi::second_result
  std::vector<FieldSlot> left;                     ///< what stands behind arguments at every return
  std::vector<EscapedArgument> escaped_arguments;  ///< see ArgumentEffects
  std::vector<CallSite> calls;
  std::vector<std::uint32_t> ends;        ///< addresses that a pointer walking through data is compared with
  std::vector<std::uint32_t> extensions;  ///< RVAs outside the ranges that are still this function
  std::vector<OrphanBlock> orphans;       ///< blocks of unreached calls, and those that lead to them
  std::uint32_t depth_lost = 0;           ///< x86: DepthReason bits
  std::vector<Atom> tested;               ///< arguments, and fields behind them, that something depends on; ascending
  bool given_up = false;                  ///< the budget did not suffice: nothing else is filled in
  std::vector<CallSite> ways;             ///< see CalleeKnowledge::ways_into and apart_at
};

/// States of no meaning whose memory may be used again: one list for each interpretation that is under way within
/// another, and for those that were.
using SpareStates = std::vector<std::vector<State>>;

/// What is known about functions of the image beyond the calling convention. Compilers with interprocedural register
/// allocation count on callees that spare registers, and callees fill in locals of their callers.
struct CalleeKnowledge {
  std::function<std::uint32_t(std::uint32_t function)> clobbered;  ///< registers it overwrites; bit n for register n
  std::function<const ArgumentEffects&(std::uint32_t function)> stores;
  std::function<const ArgumentEffects&(std::uint32_t function)> funclet;  ///< not x86: the same of filters and the like
  std::function<const CalleeStack&(std::uint32_t function)> stack;        ///< x86
  std::function<bool(std::uint32_t rva)> is_called;                       ///< x86: some code calls what starts there
  /// Does code use what stands in these bytes of the image, and does not only take their address?
  std::function<bool(std::uint32_t rva, std::uint32_t bytes)> used;
  FixedContent fixed;
  /// RVA of a call: FunctionSummary::ways gets it once for each path into the block where paths meet before it, in the
  /// state that this path brings along; none where there is one path, or where that is not known. 0: nothing is asked.
  std::uint32_t ways_into = 0;
  /// RVA of a call: FunctionSummary::ways gets it once, in the state that all ways bring along on which tests of one
  /// number agree with each other; not where no number is tested twice, or where that is not known. 0: nothing is
  /// asked.
  std::uint32_t apart_at = 0;
  /// RVAs of calls of imports whose results are told from others, as those of local functions always are.
  std::vector<std::uint32_t> results_of;
  /// Give names to what stands behind pointers that stand behind arguments (AtomKind::via_field), and to what calls
  /// through pointers return: they cost, and few functions have tags that depend on them.
  bool through_pointers = false;
  /// The state that one call, or every one, enters the function in: branches on numbers that are known then are
  /// decided. Null: nothing is known of the calls.
  const State* entered = nullptr;
  SpareStates* spare = nullptr;  ///< null: there are none
};

}  // namespace scanner::trace
