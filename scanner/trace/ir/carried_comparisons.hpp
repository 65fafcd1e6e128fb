// Comparisons that more than one branch looks at: `cmp; je; jb`. The second branch stands in a block of its own.
#pragma once

#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

/// Sets Block::compared of all blocks. Where a jump leads is not known: of none.
void carry_comparisons(LiftedFunction& function);

}  // namespace scanner::trace
