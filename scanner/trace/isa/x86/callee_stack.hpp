// What local functions of an x86 image do to the stack pointer, from their own code: the operand of the first returns
// that are reached, or, for the compilers' prolog and epilog helpers, their few instructions.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "pe/image.hpp"
#include "scanner/trace/solve/budget.hpp"
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/ir/cfg.hpp"
#include "scanner/trace/ir/stack_depth.hpp"

namespace scanner::trace {

class CalleeStacks {
 public:
  CalleeStacks(const pe::Image& image, const ImportTable& imports, Decoder& decoder, Budget& budget);

  /// Of the function that starts at `rva`, which is no thunk of an import. Looks into three callees within each other
  /// at most.
  const CalleeStack& of(std::uint32_t rva);

 private:
  struct Walk;
  CalleeStack look_at(std::uint32_t rva);
  void visit(std::uint32_t rva, Walk& walk);
  bool moves_stack(const Walk& walk, LiftedFunction& body);
  [[nodiscard]] int import_at_operand(pe::Bytes code) const;

  const pe::Image& image_;
  const ImportTable& imports_;
  Decoder& decoder_;
  Budget& budget_;
  std::unordered_map<std::uint32_t, CalleeStack> known_;
  std::vector<std::unique_ptr<LiftedFunction>> bodies_;
  unsigned nested_ = 0;
};

}  // namespace scanner::trace
