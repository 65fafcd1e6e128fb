// Where the emitters of all processors put operations.
#pragma once

#include <cstdint>
#include <vector>

#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

class OpWriter {
 public:
  /// From now on, operations of the instruction at `rva` are appended to `ops`.
  void start(std::vector<Op>& ops, std::uint32_t rva) {
    ops_ = &ops;
    rva_ = rva;
  }
  /// Valid until the next one.
  Op& emit(OpKind kind) {
    Op& op = ops_->emplace_back();
    op.kind = kind;
    op.rva = rva_;
    return op;
  }
  /// Nothing for kNoReg.
  void clobber(Reg reg) {
    if (reg != kNoReg) emit(OpKind::clobber).dst = reg;
  }

 protected:
  [[nodiscard]] std::uint32_t rva() const { return rva_; }

 private:
  std::vector<Op>* ops_ = nullptr;
  std::uint32_t rva_ = 0;
};

}  // namespace scanner::trace
