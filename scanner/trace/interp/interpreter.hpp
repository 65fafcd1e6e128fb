// Follows values through one lifted function: forward over its blocks to a fixed point, then once more to note what
// every call gets. What is noted is in terms of the function's own entry (arguments, frame), so callers can be asked
// later.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/isa/abi.hpp"
#include "scanner/trace/solve/budget.hpp"
#include "scanner/trace/interp/call_site.hpp"
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/ir/stack_depth.hpp"
#include "scanner/trace/domain/values.hpp"

namespace scanner::trace {

/// A store to an address in the image, or (`through`) behind the pointer that stands there.
struct GlobalStore {
  std::uint32_t rva = 0;
  std::int32_t offset = 0;  ///< through: behind the pointer
  bool through = false;
  std::uint32_t width = 0;
  ValueId value = kBottom;
  std::uint32_t function = 0;
  std::uint32_t site = 0;
  bool strided = false;
};

/// A store behind a pointer that the function got as argument.
struct ArgumentStore {
  Location pointer = 0;
  std::int64_t offset = 0;
  std::uint32_t width = 0;
  ValueId value = kBottom;
  std::uint32_t site = 0;
};

/// What a function does to what its arguments point to.
struct ArgumentEffects {
  std::vector<ArgumentStore> stores;  ///< one for each place, Budget::kMostPlaces of them; others count as shared
  std::vector<FieldSlot> left;        ///< see FunctionSummary; ascending by pointer and offset
  /// Ascending; arguments that it passes on or keeps: others may store there, too.
  std::vector<EscapedArgument> escaped_arguments;
  bool known = false;                 ///< false: it was not looked at
  bool too_deep = false;              ///< then: because more functions hang on each other than are followed
};

struct FunctionSummary {
  ValueId returns = kBottom;  ///< of every return, in terms of the function's entry
  std::vector<ArgumentStore> argument_stores;
  std::vector<FieldSlot> left;        ///< what stands behind arguments at the return, whichever it is
  std::vector<EscapedArgument> escaped_arguments;  ///< see ArgumentEffects
  std::vector<CallSite> calls;
  std::vector<GlobalStore> stores;        ///< to addresses in the image
  std::vector<std::uint32_t> ends;        ///< addresses that a pointer walking through data is compared with
  std::vector<std::uint32_t> extensions;  ///< RVAs outside the ranges that are still this function
  std::vector<std::uint32_t> orphans;     ///< x86: blocks that nothing was seen to lead to
  std::uint32_t depth_lost = 0;           ///< x86: DepthReason bits
  bool given_up = false;                  ///< the budget did not suffice: nothing else is filled in
  std::vector<CallSite> ways;             ///< see CalleeKnowledge::ways_into
};

/// What is known about functions of the image beyond the calling convention. Compilers with interprocedural register
/// allocation count on callees that spare registers, and callees fill in locals of their callers.
struct CalleeKnowledge {
  std::function<std::uint32_t(std::uint32_t function)> clobbered;  ///< registers it overwrites; bit n for register n
  std::function<const ArgumentEffects&(std::uint32_t function)> stores;
  std::function<const ArgumentEffects&(std::uint32_t function)> funclet;  ///< not x86: the same of filters and the like
  std::function<const CalleeStack&(std::uint32_t function)> stack;        ///< x86
  std::function<bool(std::uint32_t rva)> is_called;                       ///< x86: somebody calls what starts there
  /// Does code use what stands in these bytes of the image, and does not only take their address?
  std::function<bool(std::uint32_t rva, std::uint32_t bytes)> used;
  /// RVA of a call: FunctionSummary::ways gets it once for each way into the block where ways meet before it, in the
  /// state that this way brings along; none where there is one way, or where that is not known. 0: nothing is asked.
  std::uint32_t ways_into = 0;
};

/// Without `knowledge`, calls lose all that the convention allows. Steps are taken from `budget`. Given up, too, is a
/// function whose filters and __finally code hang on more of their kind than are followed.
FunctionSummary interpret_function(const pe::Image& image, const ImportTable& imports, const LiftedFunction& function,
                         ValuePool& values, const Abi& abi, Budget& budget, const CalleeKnowledge& knowledge = {});

}  // namespace scanner::trace
