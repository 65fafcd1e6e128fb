#include "scanner/trace/interp/derivations.hpp"

#include <algorithm>
#include <boost/container/static_vector.hpp>

#include "scanner/trace/domain/progression.hpp"

namespace scanner::trace {
namespace {

/// One address in the image?
bool is_table(const Atom* atom) { return atom != nullptr && atom->is_image_address() && !atom->strided(); }

}  // namespace

/// An index that a comparison or a mask bounded.
bool Derivations::few_numbers(ValueId id) const {
  const auto atoms = values_.atoms(id);
  if ((values_.flags(id) & kTopMask) != 0 || atoms.empty()) return false;
  if (atoms.size() > 1) return std::ranges::all_of(atoms, &Atom::is_constant) || few_rows(id);
  if (atoms[0].kind == AtomKind::image) return few_rows(id);
  if (atoms[0].kind == AtomKind::multiple) return atoms[0].count > 1 && atoms[0].count <= policy::kMostAtoms;
  const std::uint32_t values = atoms[0].is_unknown_number() ? values_of(atoms[0]) : 0;
  return values > 1 && values <= policy::kMostAtoms;
}

/// Addresses in the image, of which there are several.
bool Derivations::few_rows(ValueId id) const {
  const auto atoms = values_.atoms(id);
  const auto row = [](const Atom& atom) { return atom.kind == AtomKind::image && !atom.masked(); };
  return values_.flags(id) == 0 && std::ranges::all_of(atoms, row) && (atoms.size() > 1 || atoms[0].strided());
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

/// Is what `op` (load, lea) finds an element of a table, or its address, chosen by an origin?
bool Derivations::addresses(const Op& op, const State& state, Derived& out) {
  const Mem& mem = op.mem;
  const Derived* source = mem.in_image ? nullptr : from(mem.base, state);
  const bool by_index = source == nullptr;
  if (by_index) source = from(mem.index, state);
  if (source == nullptr) return false;
  out = *source;
  const bool twice = !by_index && mem.index == mem.base;
  const Reg other = by_index ? mem.base : twice ? kNoReg : mem.index;
  const ValueId beside = by_index && mem.in_image ? values_.image_address(0)
                         : other < kFirstWide     ? state.registers[other]
                                                  : kBottom;
  const Atom* only = beside != kBottom ? values_.only(beside) : nullptr;
  const bool fixed = is_table(only) || (only != nullptr && only->is_constant());
  out.exact = out.exact && (beside == kBottom || fixed) && out.steps + (twice ? 1U : 0U) < Derived::kMostSteps;
  if (!out.exact) return true;
  if (twice) out.how[out.steps++] = {OpKind::alu, Alu::mul, op.width, 0, false, false, mem.scale + 1ULL, kBottom};
  const auto moved = static_cast<std::uint64_t>(mem.disp);
  if (op.kind == OpKind::lea && !by_index && beside == kBottom) {
    out.how[out.steps++] = {OpKind::alu, Alu::add, op.width, 0, false, false, moved, kBottom};
  } else {
    out.how[out.steps++] = {op.kind, Alu::other, op.width, mem.scale, op.sign, !by_index, moved, beside};
  }
  return true;
}

bool Derivations::never_changes(ValueId address) const {
  const Atom* place = values_.only(address);
  const pe::Section* section = is_table(place) ? image_.section_at(place->rva()) : nullptr;
  return section != nullptr && !section->writable();
}

/// The address, or what stands there in a table that nobody writes to.
ValueId Derivations::at_address(const Step& step, ValueId from) {
  const ValueId base = step.reversed ? from : step.beside, index = step.reversed ? step.beside : from;
  const ValueId address = values_.address(base, index, step.shift, static_cast<std::int64_t>(step.imm));
  const bool whole = step.width >= 8 || !image_.is_64();
  if (step.kind == OpKind::lea) return whole ? address : values_.resize(address, step.width, false);
  const ValueId result = values_.map_join(address, [&](const Atom& atom) {
    const auto number = never_changes(values_.single(atom)) ? image_.load(atom.rva(), step.width) : std::nullopt;
    const bool known = number && !image_.rva_of_va(*number);
    return known ? values_.constant(*number) : values_.unknown(kTopComputed);
  });
  return step.sign && step.width < 8 ? values_.resize(result, step.width, true) : result;
}

/// Is what `op` writes computed from an origin?
bool Derivations::computes(const Op& op, const State& state, Derived& out) {
  if (op.kind == OpKind::load || op.kind == OpKind::lea) return addresses(op, state, out);
  if (op.kind != OpKind::copy && op.kind != OpKind::alu) return false;
  const Reg first = op.a, second = op.b;
  const bool letter = op.alu == Alu::shl && becomes_letter(op, state);
  const Derived* source = letter ? begin(first, state) : from(first, state);
  bool alone = source != nullptr && second == kNoReg;
  std::uint64_t number = op.imm;
  const bool reversed = source == nullptr;
  // A bit of a constant, chosen by an index; a table and what is added to it.
  if (reversed) source = from(second, state);
  const Reg other = reversed ? first : second;
  ValueId beside = kBottom;
  if (source != nullptr && !alone && op.kind == OpKind::alu && other < kRegCount) {
    const ValueId value = state.registers[other];
    alone = values_.is_constant(value, number);
    if (const Atom* table = values_.only(value); !alone && op.alu == Alu::add && is_table(table)) {
      beside = value;
      alone = true;
    }
  }
  if (source == nullptr) return false;
  out = *source;
  if (op.kind == OpKind::copy && (op.width >= 8 || (op.width == 4 && !op.sign && fits_in_half(out)))) return true;
  out.exact = out.exact && alone && out.steps < Derived::kMostSteps;
  if (!out.exact) return true;
  out.how[out.steps++] = Step{op.kind, op.alu, op.width, op.shift, op.sign, reversed, number, beside};
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
    if (step.kind == OpKind::load || step.kind == OpKind::lea) {
      result = at_address(step, result);
      continue;
    }
    const bool whole = step.kind == OpKind::copy || (step.alu != Alu::insert && step.width < 8);
    const ValueId number = step.beside != kBottom ? step.beside : values_.constant(step.imm);
    if (step.kind == OpKind::alu)
      result = values_.alu(step.alu, step.width, step.shift, step.reversed ? number : result,
                           step.reversed ? result : number);
    if (whole) result = values_.resize(result, step.width, step.sign);
  }
  return result;
}

/// One by one. False: there are too many, or it is not known which.
bool Derivations::spell_out(ValueId& numbers) {
  if (values_.atoms(numbers).size() != 1) return true;
  // A mask leaves a few numbers, too, of one that is read from somewhere.
  const Atom one = values_.atoms(numbers)[0];
  Atom few = one;
  if (few.is_unknown_number() && !masked_progression(one, few)) return false;
  if (few.kind != AtomKind::image) return values_.spell_out(few, ValuePool::kCap, numbers);
  if (few.count == 0 || few.count > ValuePool::kCap) return false;
  ValueId rows = kBottom;
  for (std::int64_t i = 0; i < few.count; ++i) {
    const auto rva = static_cast<std::uint32_t>(few.displacement() + i * few.stride);
    rows = values_.join(rows, values_.single(Atom::image(rva).assuming(few.assumes)));
  }
  numbers = rows;
  return true;
}

ValueId Derivations::left_of(const Derived& derived, const Bound& bound) {
  const Origin* from = origin(derived);
  ValueId numbers = from != nullptr ? from->value : kBottom;
  if (from == nullptr || !spell_out(numbers)) return kBottom;
  boost::container::static_vector<Atom, ValuePool::kCap> left;
  const std::size_t all = values_.atoms(numbers).size();
  for (std::size_t i = 0; i < all; ++i) {
    const Atom number = values_.atoms(numbers)[i];
    Atom certain = number;
    certain.assumes = 0;
    const ValueId result = result_of(derived, values_.single(certain));
    std::uint64_t computed = 0;
    if (!values_.is_constant(result, computed)) return kBottom;
    if (bound.holds(computed)) left.push_back(number);
  }
  if (left.size() == all) return from->value;
  return left.empty() ? kBottom : values_.make({left.data(), left.size()}, values_.flags(from->value));
}

}  // namespace scanner::trace
