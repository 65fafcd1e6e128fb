// A valid PE image around bytes that a fuzzer chose: one code section, an import table with functions that take tags,
// a writable section. So that the tracer is fuzzed, not the header parser.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fuzz {

enum class Shell { x64, x86, arm64 };

std::vector<std::uint8_t> image_around(Shell shell, std::span<const std::uint8_t> code);

}  // namespace fuzz
