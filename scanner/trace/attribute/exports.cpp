// What an image offers to others: exported functions that pass one of their arguments on as a tag become rows of the
// API table for the drivers that import them. The function is asked as if somebody called it with every argument
// unknown, so that pool type and size come out as "argument n" or as a constant.
#include <algorithm>
#include <optional>

#include "scanner/trace/solve/engine.hpp"

namespace scanner::trace {
namespace {

constexpr unsigned kMostArguments = 16;
constexpr std::uint64_t kStepsOfExport = 1000;  // a call from outside is kept, with all its registers

/// Index of the argument that stands at `where`, or nothing for a place outside the calling convention.
std::optional<int> argument_index(const Abi& abi, Location where) {
  for (unsigned i = 0; i < kMostArguments; ++i) {
    if (abi.argument(i) == where) return static_cast<int>(i);
  }
  return std::nullopt;
}

}  // namespace

/// A call of `function` in which every register and stack slot is what it was at entry.
SiteId Engine::call_from_outside(std::uint32_t function) {
  CallSite site;
  site.rva = site.function = function;
  for (Reg reg = 0; reg < 32; ++reg) site.state.registers[reg] = values_.initial(reg);
  site.state.registers[abi_.stack_pointer] = values_.frame_address(0);
  const auto id = static_cast<SiteId>(sites_.size());
  sites_.push_back(std::move(site));
  return id;
}

std::optional<tagdb::ApiRow> Engine::row_for_importers(EntryId id) {
  const Entry entry = entries_[id];
  const tagdb::ApiRow& listed = apis_.rows[static_cast<std::size_t>(entry.row)];
  const auto tag = argument_index(abi_, entry.tag);
  const bool as_it_is = !entry.field && entry.and_mask == 0xFFFFFFFFU && entry.or_mask == 0;
  if (!tag || !as_it_is) return std::nullopt;
  // Only what happens on every call: a way that depends on other arguments, or on memory, is no row.
  const bool always = std::any_of(entry.links.begin(), entry.links.end(), [](const Link& link) {
    return !link.through_memory && link.constraints.empty() && (link.flags & kAssumedMask) == 0;
  });
  if (!always) return std::nullopt;
  tagdb::ApiRow row;
  row.kind = listed.kind;
  row.match = tagdb::ApiMatch::import;
  row.charges_pool = listed.charges_pool;
  row.tag = row.tag_x86 = *tag;
  const SiteId site = call_from_outside(entry.function);
  const auto passed_on = [&](ValueId value) -> int {
    const Atom* atom = values_.only(value);
    const bool plain = atom != nullptr && atom->kind == AtomKind::initial && atom->a == 0 && !atom->strided &&
                       atom->and_mask == 0xFFFFFFFFU && atom->or_mask == 0;
    return plain ? argument_index(abi_, atom->where).value_or(-1) : -1;
  };
  if (listed.pool_form != tagdb::PoolForm::unknown) {
    const ValueId pool = argument(site, id, Argument::pool);
    std::uint64_t constant = 0;
    if (values_.is_constant(pool, constant)) {
      row.pool_form = (constant & 1) != 0 ? tagdb::PoolForm::always_paged : tagdb::PoolForm::always_nonpaged;
    } else if (row.pool = passed_on(pool); row.pool >= 0) {
      row.pool_form = tagdb::PoolForm::type_argument;
    }
  }
  if (listed.size >= 0) row.size = row.size_x86 = passed_on(argument(site, id, Argument::size));
  return row;
}

void Engine::collect_exports(TraceResult& result) {
  image_.for_each_export([&](const pe::Export& exported) {
    const auto found = entries_of_function_.find(exported.rva);
    if (found == entries_of_function_.end() || exported.name.empty()) return;
    std::optional<tagdb::ApiRow> best;
    bool allocates = false;
    for (const EntryId id : std::vector<EntryId>(found->second)) {
      if (!report_budget_.spend(kStepsOfExport)) break;
      const tagdb::ApiRow& listed = apis_.rows[static_cast<std::size_t>(entries_[id].row)];
      allocates = allocates || (listed.charges_pool && listed.kind == tagdb::ApiKind::allocate);
      auto row = row_for_importers(id);
      if (row && (!best || row->kind < best->kind)) best = std::move(row);
    }
    if (allocates) result.exported_allocators.emplace_back(exported.name);
    if (!best) return;
    best->name = std::string(exported.name);
    result.exported_rows.push_back(std::move(*best));
  });
}

}  // namespace scanner::trace
