// The abstract interpreter of one function: values are carried forward over its blocks to a fixed point, and what the
// last visit of each block showed is recorded, in terms of the function's own entry (arguments, frame), so that callers
// can be asked later.
#pragma once

#include "pe/image.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/interp/function_summary.hpp"
#include "scanner/trace/ir/budget.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/isa/abi.hpp"

namespace scanner::trace {

/// Without `knowledge`, calls lose all that the convention allows. Steps are taken from `budget`. Given up, too, is a
/// function whose filters and __finally code hang on more of their kind than are followed.
FunctionSummary interpret_function(const pe::Image& image, const ImportTable& imports, const LiftedFunction& function,
                                   ValuePool& values, const Abi& abi, Budget& budget,
                                   const CalleeKnowledge& knowledge = {});

}  // namespace scanner::trace
