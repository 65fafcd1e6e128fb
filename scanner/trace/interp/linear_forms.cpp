#include "scanner/trace/interp/linear_forms.hpp"

#include <algorithm>
#include <bit>

#include "scanner/trace/domain/policy.hpp"

namespace scanner::trace {

LinearForms::Form LinearForms::of(Reg reg, const State& state) {
  Form& form = forms_[reg];
  if (form.root < first_) form = {next_++, 1, state.registers[reg]};
  return form;
}

LinearForms::Form LinearForms::sum(const Form& a, const Form& b, std::uint64_t times) {
  if (a.root != b.root || a.factor == 0 || b.factor == 0) return {};
  const std::uint64_t factor = a.factor + b.factor * times;
  return factor < policy::kLargestFactor ? Form{a.root, static_cast<std::uint32_t>(factor), a.value} : Form{};
}

LinearForms::Form LinearForms::of_copy(const Op& op, const State& state) {
  if (op.width < 4 || op.a >= kFirstWide) return {};
  const Form form = of(op.a, state);
  Product* product = product_in(op.a);
  if (product != nullptr && op.dst < kFirstWide) {
    product->registers |= std::uint64_t{1} << op.dst;
    product->fresh = true;
  }
  return form;
}

LinearForms::Form LinearForms::of_alu(const Op& op, const State& state, const ValuePool& values) {
  if (op.width < 4 || op.a >= kFirstWide) return {};
  if (op.b == kNoReg) return of_number(op, op.a, op.imm, state);
  if (op.b >= kFirstWide) return {};
  std::uint64_t number = 0;
  if (op.alu == Alu::mul || op.alu == Alu::mul_high || op.alu == Alu::divide) {
    if (values.is_constant(state.registers[op.b], number)) return of_number(op, op.a, number, state);
    const bool either = op.alu != Alu::divide && values.is_constant(state.registers[op.a], number);
    return either ? of_number(op, op.b, number, state) : Form{};
  }
  const Form a = of(op.a, state), b = of(op.b, state);
  if (op.alu == Alu::add) return sum(a, b, 1);
  return op.alu == Alu::sub ? of_difference(a, b) : Form{};
}

/// `reg` and a number that is known.
LinearForms::Form LinearForms::of_number(const Op& op, Reg reg, std::uint64_t number, const State& state) {
  if (op.alu == Alu::divide) return quotient(of(reg, state), number);
  if (op.alu == Alu::shr || op.alu == Alu::bit_and) {
    Product* product = product_in(reg);
    return product != nullptr ? of_product(op, number, *product) : Form{};
  }
  const bool shifts = op.alu == Alu::shl && number < 12, wide = number >= policy::kLargestFactor;
  const bool high = op.alu == Alu::mul_high && op.width == 4;
  if (op.dst < kFirstWide && ((op.alu == Alu::mul && op.width == 8 && wide) || high)) {
    std::ranges::rotate(products_, products_.end() - 1);
    products_.front() = {std::uint64_t{1} << op.dst, of(reg, state), number, high ? 32U : 0U, true};
    return high ? shifted_product(products_.front(), 0) : Form{};
  }
  if (!shifts && (op.alu != Alu::mul || number == 0 || wide)) return {};
  Form form = of(reg, state);
  const std::uint64_t factor = form.factor * (shifts ? std::uint64_t{1} << number : number);
  form.factor = static_cast<std::uint32_t>(factor);
  return factor < policy::kLargestFactor ? form : Form{};
}

LinearForms::Form LinearForms::of_difference(const Form& a, const Form& b) const {
  if (a.root == b.root && a.factor > b.factor && b.factor != 0) return {a.root, a.factor - b.factor, a.value};
  for (const Quotient& known : quotients_) {
    const bool left = known.root >= first_ && b.root == known.root && b.factor == known.divisor && a.factor == 1;
    if (left && a.root == known.of.root) return {0, 0, a.value, known.divisor};
  }
  return {};
}

LinearForms::Form LinearForms::quotient(const Form& dividend, std::uint64_t divisor) {
  if (dividend.factor != 1 || divisor < 2 || divisor >= policy::kLargestFactor) return {};
  const auto same = std::ranges::find_if(quotients_, [&](const Quotient& known) {
    return known.root >= first_ && known.of.root == dividend.root && known.divisor == divisor;
  });
  if (same != quotients_.end()) return {same->root, 1, kBottom};
  std::ranges::rotate(quotients_, quotients_.end() - 1);
  quotients_.front() = {next_++, dividend, static_cast<std::uint32_t>(divisor)};
  return {quotients_.front().root, 1, kBottom};
}

/// The product without so many more bits, if it is a quotient then. Compilers divide by multiplying with a rounded
/// reciprocal. That is exact for all numbers of 32 bits if what the rounding adds stays below one part of those.
LinearForms::Form LinearForms::shifted_product(const Product& product, std::uint64_t bits) {
  constexpr unsigned kNumber = 32, kMost = 62;
  const std::uint64_t total = product.shifted + bits;
  if (product.of.root < first_ || bits > kMost || total < kNumber || total > kMost) return {};
  if (product.multiplier == 0 || product.multiplier >> kNumber != 0) return {};
  const std::uint64_t power = std::uint64_t{1} << total;
  const std::uint64_t divisor = (power + product.multiplier - 1) / product.multiplier;
  const std::uint64_t above = divisor * product.multiplier - power;
  return above <= std::uint64_t{1} << (total - kNumber) ? quotient(product.of, divisor) : Form{};
}

/// The product is shifted down, or its low bits are cleared.
LinearForms::Form LinearForms::of_product(const Op& op, std::uint64_t number, Product& product) {
  if (op.alu == Alu::bit_and) {
    const std::uint64_t cleared = ~(op.width == 4 ? number | ~std::uint64_t{0xFFFFFFFF} : number);
    const auto bits = static_cast<unsigned>(std::popcount(cleared));
    if (bits > 11 || (cleared & (cleared + 1)) != 0) return {};
    Form form = shifted_product(product, bits);
    form.factor <<= bits;
    return form;
  }
  const Form form = shifted_product(product, number);
  if (form.factor == 0 && op.dst < kFirstWide && number < 64) {
    product.registers = std::uint64_t{1} << op.dst;
    product.shifted += static_cast<unsigned>(number);
    product.fresh = true;
  }
  return form;
}

LinearForms::Form LinearForms::of_address(const Op& op, const State& state) {
  const Mem& mem = op.mem;
  if (op.width < 4 || mem.in_image || mem.disp != 0 || mem.index >= kFirstWide) return {};
  Form index = of(mem.index, state);
  if (mem.base != kNoReg) return mem.base < kFirstWide ? sum(of(mem.base, state), index, mem.scale) : Form{};
  index.factor *= mem.scale;
  return index.factor < policy::kLargestFactor ? index : Form{};
}

void LinearForms::scale(const Op& op, const Form& form, State& state, ValuePool& values) {
  const ValueId product = values.alu(Alu::mul, op.width, 0, form.value, values.constant(form.factor));
  const bool known = !values.atoms(product).empty();
  if (known) state.registers[op.dst] = op.width < 8 ? values.resize(product, op.width, false) : product;
}

}  // namespace scanner::trace
