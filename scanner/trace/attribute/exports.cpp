// What an image offers to others: exported functions that pass one of their arguments on as a tag become rows of the
// API table for the drivers that import them. The function is asked as if it were called with every argument unknown,
// so that pool type and size come out as "argument n" or as a constant.
#include <algorithm>
#include <optional>

#include "scanner/trace/attribute/allocation.hpp"
#include "scanner/trace/attribute/attribution.hpp"

namespace scanner::trace {
namespace {

constexpr unsigned kMostArguments = 16;
constexpr std::uint64_t kStepsOfExport = 1000;  // a call from outside is made, with all its registers

/// Index of the argument that stands at `where`, or nothing for a place outside the calling convention.
std::optional<int> argument_index(const Abi& abi, Location where) {
  for (unsigned i = 0; i < kMostArguments; ++i) {
    if (abi.argument(i) == where) return static_cast<int>(i);
  }
  return std::nullopt;
}

/// A call of `function` in which every register and stack slot is what it was at entry.
CallSite call_from_outside(Program& program, std::uint32_t function) {
  CallSite site;
  site.rva = site.function = function;
  for (Reg reg = 0; reg < 32; ++reg) site.state.registers[reg] = program.values.initial(reg);
  site.state.registers[program.abi.stack_pointer] = program.values.frame_address(0);
  return site;
}

/// Number of the argument that the value is and nothing else, or -1.
int argument_passed_on(const Program& program, ValueId value) {
  const Atom* atom = program.values.only(value);
  const bool plain = atom != nullptr && atom->is_initial() && !atom->masked();
  return plain ? argument_index(program.abi, atom->where).value_or(-1) : -1;
}

std::optional<tagdb::ApiRow> row_for_importers(Program& program, const Solution& solution, SinkId id) {
  const TagSink& sink = solution.sinks[id];
  const tagdb::ApiRow& listed = program.row(sink.row);
  const auto tag = argument_index(program.abi, sink.tag.where);
  const bool as_it_is = !sink.tag.field && sink.tag.and_mask == 0xFFFFFFFFU && sink.tag.or_mask == 0;
  if (!tag || !as_it_is) return std::nullopt;
  // Only what happens on every call: a path that depends on other arguments, or on memory, is no row.
  const bool always = std::ranges::any_of(sink.edges, [](const SinkEdge& edge) {
    return !edge.through_memory && edge.constraints.empty() && (edge.flags & kAssumedMask) == 0;
  });
  if (!always) return std::nullopt;
  tagdb::ApiRow row;
  row.kind = listed.kind;
  row.match = tagdb::ApiMatch::import;
  row.charges_pool = listed.charges_pool;
  row.tag = row.tag_x86 = *tag;
  using Which = AllocationArguments::Which;
  AllocationArguments allocation(program, solution);
  const CallSite site = call_from_outside(program, sink.function);
  if (listed.pool_form != tagdb::PoolForm::unknown) {
    const ValueId pool = allocation.of(site, id, Which::pool_type);
    std::uint64_t constant = 0;
    if (program.values.is_constant(pool, constant)) {
      row.pool_form = (constant & 1) != 0 ? tagdb::PoolForm::always_paged : tagdb::PoolForm::always_nonpaged;
    } else if (row.pool = argument_passed_on(program, pool); row.pool >= 0) {
      row.pool_form = tagdb::PoolForm::type_argument;
    }
  }
  if (listed.size >= 0) row.size = row.size_x86 = argument_passed_on(program, allocation.of(site, id, Which::size));
  return row;
}

}  // namespace

void collect_exports(Program& program, const Solution& solution, TraceResult& result) {
  program.image.for_each_export([&](const pe::Export& exported) {
    const auto sinks = solution.sinks_of(exported.rva);
    if (sinks.empty() || exported.name.empty()) return;
    std::optional<tagdb::ApiRow> best;
    bool allocates = false;
    for (const SinkId id : sinks) {
      if (!program.attribution_budget.spend(kStepsOfExport)) break;
      const tagdb::ApiRow& listed = program.row(solution.sinks[id].row);
      allocates = allocates || (listed.charges_pool && listed.kind == tagdb::ApiKind::allocate);
      auto row = row_for_importers(program, solution, id);
      if (row && (!best || row->kind < best->kind)) best = std::move(row);
    }
    if (allocates) result.exported_allocators.emplace_back(exported.name);
    if (!best) return;
    best->name = std::string(exported.name);
    result.exported_rows.push_back(std::move(*best));
  });
}

}  // namespace scanner::trace
