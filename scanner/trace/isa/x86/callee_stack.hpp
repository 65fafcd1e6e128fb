// What local functions of an x86 image do to the stack pointer, from their own code: the operand of the first returns
// that are reached, or, for the compilers' prolog and epilog helpers, their few instructions.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "pe/image.hpp"
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/isa/x86/machine.hpp"

namespace scanner::trace::x86 {

class LocalCallees final : public CalleeStacks {
 public:
  LocalCallees(X86Machine& machine, const ImportTable& imports, Budget& budget);

  /// Looks into three callees within each other at most.
  const CalleeStack& of(std::uint32_t rva) override;

 private:
  struct Walk;
  CalleeStack look_at(std::uint32_t rva);
  void visit(std::uint32_t rva, Walk& walk);
  bool moves_stack(const Walk& walk, LiftedFunction& body);
  [[nodiscard]] int import_at_operand(pe::Bytes code) const;

  X86Machine& machine_;
  const pe::Image& image_;
  const ImportTable& imports_;
  Budget& budget_;
  std::unordered_map<std::uint32_t, CalleeStack> known_;
  std::vector<std::unique_ptr<LiftedFunction>> bodies_;
  unsigned nested_ = 0;
};

}  // namespace scanner::trace::x86
