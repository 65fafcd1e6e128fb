// What the two forms of unwind information share; unwind.cpp answers Image's questions with it.
#pragma once

#include <functional>

#include "pe/image.hpp"

namespace pe {

/// The scope table of __C_specific_handler at offset `table` of `record`. Other language handlers (C++) keep other data
/// there: it is believed only as far as every scope lies in the function.
Visited visit_scope_table(Bytes record, std::uint64_t table, const FunctionRange& range,
                          const std::function<void(const ExceptionScope&)>& visit);

namespace arm64 {

Visited for_each_function(const Image& image, const std::function<void(const FunctionRange&)>& visit);
/// Empty when the function's record has no handler.
Visited for_each_scope(const Image& image, const FunctionRange& range,
                       const std::function<void(const ExceptionScope&)>& visit);

}  // namespace arm64
}  // namespace pe
