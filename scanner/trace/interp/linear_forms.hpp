// Within one block: which registers hold a multiple of what another one held. An index and twice the same index make
// three times the index, which cannot be told from their values alone when those are not known.
#pragma once

#include <array>
#include <cstdint>

#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

class LinearForms {
 public:
  /// `factor` times what `root` numbers; 0: no such form.
  struct Form {
    std::uint32_t root = 0;
    std::uint32_t factor = 0;
    ValueId value = kBottom;  ///< of the root
  };

  /// A new block begins, or a call may have changed everything.
  void forget() { first_ = next_; }
  /// Before `op`: the form of what it writes.
  Form of_result(const Op& op, const State& state) {
    switch (op.kind) {
      case OpKind::alu: return of_alu(op, state);
      case OpKind::lea: return of_address(op, state);
      case OpKind::copy: return op.width >= 4 && op.a < kFirstWide ? of(op.a, state) : Form{};
      default: return {};
    }
  }
  /// Behind `op`, whose result has this form: a sum of multiples becomes one.
  void settle(const Op& op, const Form& form, State& state, ValuePool& values) {
    if (op.kind == OpKind::call) return forget();
    if (op.dst >= kFirstWide) return;
    forms_[op.dst] = form;
    if (form.factor > 1 && op.kind != OpKind::copy) scale(op, form, state, values);
  }

 private:
  Form of(Reg reg, const State& state);
  Form of_alu(const Op& op, const State& state);
  Form of_address(const Op& op, const State& state);
  static Form sum(const Form& a, const Form& b, std::uint64_t times);
  static void scale(const Op& op, const Form& form, State& state, ValuePool& values);

  std::array<Form, kFirstWide> forms_{};
  std::uint32_t next_ = 1, first_ = 1;  // roots below `first_` are those of older blocks
};

}  // namespace scanner::trace
