#include "scanner/trace/domain/program.hpp"

namespace scanner::trace {

Program::Program(Machine& of, const tagdb::ApiTable& table)
    : machine(of),
      image(machine.image()),
      apis(table),
      abi(machine.abi()),
      imports(image, apis, machine),
      index(imports.has_rows() ? machine.build_index(imports.interesting_slots()) : Index{}),
      functions(machine, index),
      far_blocks(machine, index, functions),
      values(abi.word, abi.entry_misalignment),
      globals(machine, index, values, budget) {}

bool Program::is_listed_import(const Atom& atom) const {
  return atom.kind == AtomKind::import && row_of_import(static_cast<int>(atom.a)) >= 0;
}

bool Program::affordable(const std::vector<CodeRange>& ranges, std::size_t scopes) {
  std::uint64_t bytes = 0;
  for (const CodeRange& range : ranges) bytes += range.end - range.begin;
  if (ranges.size() > Budget::kMostRanges || bytes > Budget::kLargestFunction) return false;
  const std::uint64_t steps = bytes + bytes * (ranges.size() - 1) / 64 + bytes / 64 * scopes;
  return steps <= Budget::kMostStepsOfFunction && budget.spend(steps);
}

LiftedFunction Program::lift(const std::vector<CodeRange>& ranges, const std::vector<pe::ExceptionScope>& scopes) {
  LiftedFunction lifted = lift_function(machine, ranges, scopes);
  ++budget.work.lifted;
  budget.work.instructions_lifted += lifted.instructions.size();
  return lifted;
}

}  // namespace scanner::trace
