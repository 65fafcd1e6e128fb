#include "scanner/trace/solve/evaluations.hpp"

#include <algorithm>

#include "scanner/trace/domain/progression.hpp"
#include "scanner/trace/interp/narrowings.hpp"

namespace scanner::trace {
namespace {

/// What a callee can reckon with, whoever calls it.
bool is_known(const Atom& atom) { return atom.is_constant() || atom.is_image_address(); }

}  // namespace

void Evaluations::set(const Arguments& arguments, State& entry) {
  for (const auto& [where, value] : arguments) set_at_entry(entry, where, value, program_);
}

ValueId Evaluations::evaluate(std::uint32_t function, const Arguments& arguments) {
  State entry = state_at_entry(program_.values, program_.abi);
  set(arguments, entry);
  const ValueId result = summaries_.evaluate(function, entry);
  if (result == kBottom) return kBottom;
  const ValueId number = program_.values.resize(result, 4, false);
  std::uint64_t constant = 0;
  return program_.values.is_constant(number, constant) ? number : kBottom;
}

ValueId Evaluations::returned(std::uint32_t function, const Arguments& arguments) {
  const auto [known, fresh] = known_.emplace(std::pair(function, arguments), kBottom);
  if (fresh) known->second = evaluate(function, arguments);
  return known->second;
}

/// What is known of a number that is passed at `where`, in terms of the callee: one of a few, or some of its bits.
/// kBottom when it is nothing.
ValueId Evaluations::known_number(ValueId passed, Location where) {
  ValuePool& values = program_.values;
  if (values.flags(passed) != 0 || values.atoms(passed).empty()) return kBottom;
  if (std::ranges::all_of(values.atoms(passed), is_known)) return passed;
  const Atom* bits = values.only(passed);
  if (bits == nullptr) return kBottom;
  if (bits->kind == AtomKind::multiple && bits->count != 0) return passed;
  Atom few;
  if (!bits->is_unknown_number() || !bits->masked()) return kBottom;
  return values.single(masked_progression(*bits, few) ? few : Atom::initial(where).masked_as(*bits));
}

/// An argument of the caller is passed: what comparisons said of it holds in the callee, too.
void Evaluations::note_known(const CallSite& site, Location where, const Atom& passed, State& entry) {
  ValuePool& values = program_.values;
  const auto add = [&](std::uint64_t more, const Bound& bound) {
    Atom argument = Atom::initial(where);
    argument.a = more;
    note(entry.narrowings, {Narrowing::Kind::bounded, values.single(argument), kBottom, bound});
  };
  for (const Narrowing& known : site.state.narrowings) {
    const Atom* other = known.kind == Narrowing::Kind::bounded ? values.only(known.value) : nullptr;
    const bool same =
        other != nullptr && other->is_pointer_argument() && other->plain() && other->where == passed.where;
    if (same) add(other->a - passed.a, known.bound);
  }
  for (const Constraint& known : site.state.constraints) {
    if (known.where != passed.where || passed.a != 0) continue;
    Bound bound;
    bound.kind = known.equal ? Bound::Kind::equal : Bound::Kind::not_equal;
    bound.width = known.width;
    bound.limit = known.value;
    add(0, bound);
  }
}

ValueId Evaluations::possible(const CallSite& site) {
  ValuePool& values = program_.values;
  if (site.target == 0 || site.tail || !site.reached) return kBottom;
  State entry = state_at_entry(values, program_.abi);
  Arguments arguments;
  for (const Location where : program_.abi.candidates) {
    const ValueId passed = value_at(program_, site, where, program_.abi.word);
    if (const ValueId number = known_number(passed, where); number != kBottom) {
      arguments.emplace_back(where, number);
    } else if (const Atom* atom = values.only(passed);
               atom != nullptr && atom->is_pointer_argument() && atom->plain()) {
      note_known(site, where, *atom, entry);
    }
  }
  if (arguments.empty() && entry.narrowings.empty()) return kBottom;
  const auto [known, fresh] = possible_.emplace(std::tuple(site.target, arguments, entry.narrowings), kBottom);
  if (!fresh) return known->second;
  set(arguments, entry);
  const auto summary = summaries_.entered(site.target, entry);
  const ValueId result = summary ? summary->returns : kBottom;
  if (result == kBottom || values.flags(result) != 0) return kBottom;
  const ValueId numbers = values.resize(result, 4, false);
  const auto certain = [](const Atom& atom) { return atom.is_constant() && atom.assumes == 0; };
  if (values.atoms(numbers).empty() || !std::ranges::all_of(values.atoms(numbers), certain)) return kBottom;
  return known->second = numbers;
}

/// The numbers of a small progression one by one; anything else stays as it is.
ValueId Evaluations::counted_out(ValueId passed) {
  ValuePool& values = program_.values;
  const Atom* only = values.flags(passed) == 0 ? values.only(passed) : nullptr;
  if (only == nullptr) return passed;
  Atom few = *only;
  if (only->is_unknown_number() && only->masked() && !masked_progression(*only, few)) return passed;
  ValueId numbers = kBottom;
  return values.spell_out(few, policy::kMostEvaluated, numbers) ? numbers : passed;
}

ValueId Evaluations::returned_to(const CallSite& site) {
  ValuePool& values = program_.values;
  if (site.target == 0 || site.tail || !site.reached) return kBottom;
  Arguments arguments;
  std::size_t varied = 0;  // number of the argument that has several values, and 1
  for (const Location where : program_.abi.candidates) {
    const ValueId passed = counted_out(value_at(program_, site, where, program_.abi.word));
    const auto atoms = values.atoms(passed);
    const bool few = !atoms.empty() && atoms.size() <= policy::kMostEvaluated;
    if (!few || !std::ranges::all_of(atoms, is_known)) continue;
    // Which value of one goes with which of another is not known.
    const bool one = values.only(passed) != nullptr;
    if (!one && varied != 0) continue;
    arguments.emplace_back(where, passed);
    if (!one) varied = arguments.size();
  }
  if (varied == 0) return returned(site.target, arguments);
  bool all = true;
  const ValueId result = values.map_join(arguments[varied - 1].second, [&](const Atom& atom) {
    Arguments single = arguments;
    Atom alone = atom;
    alone.assumes = 0;
    single[varied - 1].second = values.single(alone);
    const ValueId number = returned(site.target, single);
    all = all && number != kBottom;
    return number;
  });
  return all ? result : kBottom;
}

}  // namespace scanner::trace
