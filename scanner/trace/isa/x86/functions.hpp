// Where functions begin and end on x86, which has no .pdata: from calls, exports, the entry point, pointers to code and
// padding; and the __try blocks of a function from the scope table that its prolog pushes.
#pragma once

#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/image/index.hpp"
#include "scanner/trace/ir/cfg.hpp"

namespace scanner::trace {

/// The functions in [begin, end), which lies in one executable section; ascending. `sure` are starts whatever the code
/// around them says, ascending.
std::vector<CodeRange> split_x86(const pe::Image& image, const Index& index, Decoder& decoder,
                                 const std::vector<std::uint32_t>& sure, std::uint32_t begin, std::uint32_t end);

/// Filters and handlers of __try blocks, each reachable from anywhere behind the prolog of the function.
std::vector<pe::ExceptionScope> scopes_x86(const pe::Image& image, Decoder& decoder, const CodeRange& function);

}  // namespace scanner::trace
