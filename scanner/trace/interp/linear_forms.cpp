#include "scanner/trace/interp/linear_forms.hpp"

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

LinearForms::Form LinearForms::of_alu(const Op& op, const State& state) {
  if (op.width < 4 || op.a >= kFirstWide) return {};
  if (op.b == kNoReg) {
    const bool shifts = op.alu == Alu::shl && op.imm < 12;
    if (!shifts && (op.alu != Alu::mul || op.imm == 0 || op.imm >= policy::kLargestFactor)) return {};
    Form form = of(op.a, state);
    const std::uint64_t factor = form.factor * (shifts ? std::uint64_t{1} << op.imm : op.imm);
    form.factor = static_cast<std::uint32_t>(factor);
    return factor < policy::kLargestFactor ? form : Form{};
  }
  if (op.b >= kFirstWide) return {};
  const Form a = of(op.a, state), b = of(op.b, state);
  if (op.alu == Alu::add) return sum(a, b, 1);
  if (op.alu == Alu::sub && a.root == b.root && a.factor > b.factor && b.factor != 0)
    return {a.root, a.factor - b.factor, a.value};
  return {};
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
