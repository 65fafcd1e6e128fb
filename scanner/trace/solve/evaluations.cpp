#include "scanner/trace/solve/evaluations.hpp"

#include <algorithm>

namespace scanner::trace {
namespace {

/// What a callee can reckon with, whoever calls it.
bool is_known(const Atom& atom) { return atom.is_constant() || atom.is_image_address(); }

}  // namespace

ValueId Evaluations::evaluate(std::uint32_t function, const Arguments& arguments) {
  State entry = state_at_entry(program_.values, program_.abi);
  for (const auto& [where, value] : arguments) {
    if (is_stack(where)) {
      frame_store(entry, where - kStackBase, program_.abi.word, value, program_.values);
    } else {
      entry.registers[static_cast<std::size_t>(where)] = value;
    }
  }
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

ValueId Evaluations::returned_to(const CallSite& site) {
  ValuePool& values = program_.values;
  if (site.target == 0 || site.tail || !site.reached) return kBottom;
  Arguments arguments;
  std::size_t varied = 0;  // number of the argument that has several values, and 1
  for (const Location where : candidate_arguments_of(program_.abi)) {
    const ValueId passed = value_at(program_, site, where, program_.abi.word);
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
