// Within one block: which registers hold a multiple of what another one held. An index and twice the same index make
// three times the index, which cannot be told from their values alone when those are not known. Likewise a number less
// as often the divisor as it goes into the number: what is left is below the divisor.
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
    ValueId value = kBottom;    ///< of the root
    std::uint32_t left_of = 0;  ///< not 0: no multiple, but what is left of the root when it is divided by this
  };

  /// A new block begins, or a call may have changed everything.
  void forget() { first_ = next_; }
  /// Before `op`: the form of what it writes.
  Form of_result(const Op& op, const State& state, const ValuePool& values) {
    switch (op.kind) {
      case OpKind::alu: return of_alu(op, state, values);
      case OpKind::lea: return of_address(op, state);
      case OpKind::copy: return of_copy(op, state);
      default: return {};
    }
  }
  /// Behind `op`, whose result has this form: a sum of multiples becomes one.
  void settle(const Op& op, const Form& form, State& state, ValuePool& values) {
    if (op.kind == OpKind::call) return forget();
    if (op.dst >= kFirstWide) return;
    for (Product& product : products_) {
      if (!product.fresh) product.registers &= ~(std::uint64_t{1} << op.dst);
      product.fresh = false;
    }
    if (form.left_of != 0) {
      forms_[op.dst] = {};
      state.registers[op.dst] = values.alu(Alu::remainder, 4, 0, form.value, values.constant(form.left_of));
      return;
    }
    forms_[op.dst] = form;
    if (form.factor > 1 && op.kind != OpKind::copy) scale(op, form, state, values);
  }

 private:
  /// A root that is how often `divisor` goes into another one.
  struct Quotient {
    std::uint32_t root = 0;
    Form of;
    std::uint32_t divisor = 0;
  };
  /// Registers that hold `of`, a number of 32 bits, times `multiplier`, without the lowest `shifted` bits.
  struct Product {
    std::uint64_t registers = 0;  // bit n: register n
    Form of;
    std::uint64_t multiplier = 0;
    unsigned shifted = 0;
    bool fresh = false;  // by the operation that is looked at
  };

  Form of(Reg reg, const State& state);
  Form of_copy(const Op& op, const State& state);
  Form of_alu(const Op& op, const State& state, const ValuePool& values);
  Form of_number(const Op& op, Reg reg, std::uint64_t number, const State& state);
  Form of_difference(const Form& a, const Form& b) const;
  Form of_address(const Op& op, const State& state);
  Form quotient(const Form& dividend, std::uint64_t divisor);
  Product* product_in(Reg reg) {
    for (Product& product : products_) {
      if (((product.registers >> reg) & 1) != 0) return &product;
    }
    return nullptr;
  }
  Form shifted_product(const Product& product, std::uint64_t bits);
  Form of_product(const Op& op, std::uint64_t number, Product& product);
  static Form sum(const Form& a, const Form& b, std::uint64_t times);
  static void scale(const Op& op, const Form& form, State& state, ValuePool& values);

  std::array<Form, kFirstWide> forms_{};
  std::array<Quotient, 4> quotients_{};  // the latest ones
  std::array<Product, 4> products_{};
  std::uint32_t next_ = 1, first_ = 1;  // roots below `first_` are those of older blocks
};

}  // namespace scanner::trace
