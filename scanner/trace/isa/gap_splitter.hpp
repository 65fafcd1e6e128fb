// Where functions begin and end in code that .pdata says nothing about, for processors that have .pdata: one walk over
// the instructions, from what is known to be a start to where the code ends and nothing jumps on.
#pragma once

#include <vector>

#include "scanner/trace/isa/machine.hpp"

namespace scanner::trace {

/// How linkers lay out code for a processor.
struct CodeLayout {
  std::uint32_t alignment = 16;  ///< of functions; where it is more than an instruction, padding fills up to it
  bool zeros_fill = false;       ///< a zero byte between functions is padding, too
  /// Does the indirect jump at an RVA go by a table, to places that no instruction names?
  bool (*jumps_by_table)(const pe::Image& image, std::uint32_t rva) = nullptr;
};

/// See Machine::split.
std::vector<CodeRange> split_gap(Machine& machine, const KnownStarts& known, CodeRange gap, const CodeLayout& layout);

}  // namespace scanner::trace
