#include "scanner/trace/interp/derivations.hpp"

#include <algorithm>
#include <boost/container/static_vector.hpp>

#include "scanner/trace/domain/progression.hpp"

namespace scanner::trace {

/// An index that a comparison or a mask bounded.
bool Derivations::few_numbers(ValueId id) const {
  const auto atoms = values_.atoms(id);
  if ((values_.flags(id) & kTopMask) != 0 || atoms.empty()) return false;
  if (atoms.size() > 1) return std::ranges::all_of(atoms, &Atom::is_constant);
  if (atoms[0].kind == AtomKind::multiple) return atoms[0].count > 1 && atoms[0].count <= policy::kMostAtoms;
  const std::uint32_t values = atoms[0].is_unknown_number() ? values_of(atoms[0]) : 0;
  return values > 1 && values <= policy::kMostAtoms;
}

ValueId Derivations::numbers_behind(Reg reg, const State& state) const {
  if (reg >= kFirstWide) return kBottom;
  if (next_ == first_ && !values_.may_be_few(state.registers[reg])) return kBottom;
  if (known(derived_[reg].origin)) return origins_[derived_[reg].origin % origins_.size()].value;
  return few_numbers(state.registers[reg]) ? state.registers[reg] : kBottom;
}

/// How `reg` is computed from an origin, which it may be itself; null when it is not.
const Derivations::Derived* Derivations::from(Reg reg, const State& state) {
  if (reg >= kFirstWide) return nullptr;
  Derived& derived = derived_[reg];
  if (known(derived.origin)) return &derived;
  return few_numbers(state.registers[reg]) ? begin(reg, state) : nullptr;
}

/// What `reg` holds is an origin from now on.
const Derivations::Derived* Derivations::begin(Reg reg, const State& state) {
  Derived& derived = derived_[reg];
  origins_[next_ % origins_.size()] = {state.registers[reg], std::uint64_t{1} << reg, 0, 0};
  derived = {};
  derived.origin = next_++;
  return &derived;
}

/// A number of which nothing is known goes where a letter of a tag stands. A comparison may leave few values later.
bool Derivations::becomes_letter(const Op& op, const State& state) const {
  constexpr std::uint64_t kBits = 8;
  const bool shifts = op.kind == OpKind::alu && op.alu == Alu::shl && op.b == kNoReg && op.a < kFirstWide;
  if (!shifts || op.imm < kBits || op.imm % kBits != 0 || known(derived_[op.a].origin)) return false;
  const Atom* number = values_.only(state.registers[op.a]);
  return number != nullptr && number->is_unknown_number();
}

/// Are all numbers of the origin below 2^32?
bool Derivations::fits_in_half(const Derived& derived) const {
  const auto atoms = values_.atoms(origins_[derived.origin % origins_.size()].value);
  return std::ranges::all_of(atoms, [](const Atom& atom) { return !atom.is_constant() || atom.a >> 32 == 0; });
}

/// Is what `op` writes computed from an origin?
bool Derivations::computes(const Op& op, const State& state, Derived& out) {
  if (op.kind != OpKind::copy && op.kind != OpKind::alu && op.kind != OpKind::lea) return false;
  const bool lea = op.kind == OpKind::lea;
  const Reg first = lea ? op.mem.base : op.a, second = lea ? op.mem.index : op.b;
  const bool letter = op.alu == Alu::shl && becomes_letter(op, state);
  const Derived* source = letter ? begin(first, state) : from(first, state);
  bool alone = source != nullptr && second == kNoReg && !(lea && op.mem.in_image);
  std::uint64_t number = op.imm;
  const bool reversed = source == nullptr;
  if (source != nullptr && !alone && op.kind == OpKind::alu && second < kRegCount)
    alone = values_.is_constant(state.registers[second], number);
  if (source == nullptr) {
    // A bit of a constant, chosen by an index.
    source = from(second, state);
    alone = op.kind == OpKind::alu && first < kFirstWide && values_.is_constant(state.registers[first], number);
  }
  if (source == nullptr) return false;
  out = *source;
  if (op.kind == OpKind::copy && (op.width >= 8 || (op.width == 4 && !op.sign && fits_in_half(out)))) return true;
  out.exact = out.exact && alone && out.steps < Derived::kMostSteps;
  if (!out.exact) return true;
  out.how[out.steps++] =
      lea ? Step{OpKind::alu, Alu::add, op.width, 0, false, false, static_cast<std::uint64_t>(op.mem.disp)}
          : Step{op.kind, op.alu, op.width, op.shift, op.sign, reversed, number};
  return true;
}

void Derivations::follow(const Op& op, const State& state, std::int64_t slot, std::uint32_t width) {
  if (op.kind == OpKind::store || op.kind == OpKind::repeat || op.kind == OpKind::call) {
    for (Origin& origin : origins_) origin.slot_width = 0;
  }
  if (op.dst >= kFirstWide) return;
  Derived out;
  const std::uint32_t before = next_;
  const bool computed = computes(op, state, out);
  const std::uint64_t bit = std::uint64_t{1} << op.dst;
  for (Origin& origin : origins_) origin.registers &= ~bit;
  derived_[op.dst].origin = 0;
  if (!computed) return;
  derived_[op.dst] = out;
  Origin& origin = origins_[out.origin % origins_.size()];
  if (out.origin >= before && op.kind != OpKind::lea) {
    origin.slot = slot;
    origin.slot_width = width;
  }
  if (out.exact && out.steps == 0) origin.registers |= bit;
}

ValueId Derivations::result_of(const Derived& derived, ValueId numbers) {
  ValueId result = numbers;
  for (unsigned k = 0; k < derived.steps; ++k) {
    const Step& step = derived.how[k];
    const bool whole = step.kind == OpKind::copy || (step.alu != Alu::insert && step.width < 8);
    const ValueId number = values_.constant(step.imm);
    if (step.kind == OpKind::alu)
      result = values_.alu(step.alu, step.width, step.shift, step.reversed ? number : result,
                           step.reversed ? result : number);
    if (whole) result = values_.resize(result, step.width, step.sign);
  }
  return result;
}

ValueId Derivations::left_of(const Derived& derived, const Bound& bound) {
  const Origin* from = origin(derived);
  if (from == nullptr) return kBottom;
  boost::container::static_vector<Atom, ValuePool::kCap> left;
  ValueId numbers = from->value;
  if (values_.atoms(numbers).size() == 1) {
    // A mask leaves a few numbers, too, of one that is read from somewhere.
    Atom few = values_.atoms(numbers)[0];
    if (few.is_unknown_number() && !masked_progression(values_.atoms(numbers)[0], few)) return kBottom;
    if (!values_.spell_out(few, ValuePool::kCap, numbers)) return kBottom;
  }
  const std::size_t all = values_.atoms(numbers).size();
  for (std::size_t i = 0; i < all; ++i) {
    const Atom number = values_.atoms(numbers)[i];
    const ValueId result = result_of(derived, values_.constant(number.a));
    std::uint64_t computed = 0;
    if (!values_.is_constant(result, computed)) return kBottom;
    if (bound.holds(computed)) left.push_back(number);
  }
  const bool fewer = !left.empty() && left.size() < all;
  return fewer ? values_.make({left.data(), left.size()}, values_.flags(from->value)) : kBottom;
}

}  // namespace scanner::trace
