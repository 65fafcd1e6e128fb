// Function ranges of ARM64, for unwind.cpp.
#pragma once

#include <functional>

#include "pe/image.hpp"

namespace pe::arm64 {

Visited for_each_function(const Image& image, const std::function<void(const FunctionRange&)>& visit);
/// Empty when the function's record has no handler.
Visited for_each_scope(const Image& image, const FunctionRange& range,
                       const std::function<void(const ExceptionScope&)>& visit);

}  // namespace pe::arm64
