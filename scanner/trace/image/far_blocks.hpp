// Blocks that stand away from their function, behind the end of another one: linkers gather code that seldom runs. On
// x86 no table says whose they are; the jumps that lead there do.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "scanner/trace/image/functions.hpp"
#include "scanner/trace/image/index.hpp"
#include "scanner/trace/ir/budget.hpp"
#include "scanner/trace/isa/machine.hpp"

namespace scanner::trace {

class FarBlocks {
 public:
  FarBlocks(Machine& machine, const Index& index, FunctionMap& functions)
      : machine_(machine), index_(index), functions_(functions) {}

  /// Entries of the functions from which jumps lead to the instruction at `rva`, also by way of other such blocks.
  /// Those are left out that were told before.
  std::vector<std::uint32_t> owners_of(std::uint32_t rva, Budget& budget);
  /// What belongs to a function that jumps to `rva`, in the range of another one: from there to where nothing of it
  /// goes on, and what that jumps to. `known` are the function's ranges already.
  std::vector<CodeRange> parts_from(std::uint32_t rva, std::span<const CodeRange> known, Budget& budget);

 private:
  [[nodiscard]] std::vector<std::uint32_t> jumps_into(CodeRange code, Budget& budget) const;
  std::vector<std::uint32_t> users_of_tables(std::uint32_t rva, Budget& budget);
  void collect_pointers();
  CodeRange part_at(std::uint32_t rva, std::vector<std::uint32_t>& far, Budget& budget);

  Machine& machine_;
  const Index& index_;
  FunctionMap& functions_;
  std::vector<Reference> pointers_;  // to code, from the data words at their sites; ascending
  bool pointers_collected_ = false;
  std::set<std::uint32_t> asked_;  // instructions, and the jumps that lead to one
};

}  // namespace scanner::trace
