#include "scanner/trace/domain/program.hpp"

namespace scanner::trace {

Program::Program(const pe::Image& of, const tagdb::ApiTable& table, Decoder& with)
    : image(of),
      apis(table),
      decoder(with),
      abi(abi_of(image.machine())),
      imports(image, apis),
      index(imports.has_rows() ? build_index(image, imports.interesting_slots(), decoder) : Index{}),
      functions(image, index, decoder),
      values(abi.word, abi.entry_misalignment),
      globals(image, index, values, abi, budget) {}

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

}  // namespace scanner::trace
