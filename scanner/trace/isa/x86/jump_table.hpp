// Where the indirect jump of a `switch` goes on x64 and x86: from the operations before it to the table, and from the
// table to its targets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/image/relocations.hpp"

namespace scanner::trace::x86 {

/// See Decoder::jump_table. `relocated` is null for x64.
std::vector<std::uint32_t> jump_table(const pe::Image& image, const RelocatedFields* relocated,
                                      const LiftedFunction& function, std::size_t number);

}  // namespace scanner::trace::x86
