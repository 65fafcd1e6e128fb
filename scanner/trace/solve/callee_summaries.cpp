#include "scanner/trace/solve/callee_summaries.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "scanner/trace/interp/evaluation.hpp"

namespace scanner::trace {
namespace {

std::uint32_t overwritten_by(const LiftedFunction& function) {
  if (std::ranges::any_of(function.blocks, &Block::unresolved_jump)) return ~0U;
  std::uint32_t mask = 0;
  for (const Op& op : function.ops) {
    if (op.kind == OpKind::call || op.kind == OpKind::jump) return ~0U;
    if (op.dst < 32) mask |= 1U << op.dst;
  }
  return mask;
}

}  // namespace

CalleeSummaries::CalleeSummaries(Program& program, Solution& solution)
    : program_(program), solution_(solution), stacks_(program.machine.callee_stacks(program.imports, program.budget)) {}

CalleeKnowledge CalleeSummaries::of_stack() {
  CalleeKnowledge knowledge;
  knowledge.spare = &spare_;
  knowledge.used = [this](std::uint32_t rva, std::uint32_t bytes) { return program_.globals.used(rva, bytes); };
  knowledge.fixed = [this](std::uint32_t rva, unsigned width) { return program_.globals.fixed(rva, width); };
  if (!stacks_) {
    knowledge.funclet = [this](std::uint32_t rva) -> const ArgumentEffects& { return stores_of(rva); };
    return knowledge;
  }
  knowledge.stack = [this](std::uint32_t callee) -> const CalleeStack& { return stacks_->of(callee); };
  knowledge.is_called = [this](std::uint32_t rva) {
    return !Index::to(program_.index.calls, rva).empty() && program_.functions.is_start(rva);
  };
  return knowledge;
}

CalleeKnowledge CalleeSummaries::of_callees() {
  CalleeKnowledge knowledge = of_stack();
  knowledge.clobbered = [this](std::uint32_t callee) { return clobbered_by(callee); };
  knowledge.stores = [this](std::uint32_t callee) -> const ArgumentEffects& { return stores_of(callee); };
  return knowledge;
}

FunctionSummary CalleeSummaries::interpret(const LiftedFunction& function, const CalleeKnowledge& knowledge) {
  return interpret_function(program_.image, program_.imports, function, program_.values, program_.abi, program_.budget,
                            knowledge);
}

ValueId CalleeSummaries::evaluate(std::uint32_t function, const State& entry) {
  const std::vector<CodeRange> ranges = program_.functions.ranges_of(function);
  const auto scopes = program_.functions.scopes_of(function);
  if (ranges.empty() || !program_.functions.is_start(function) || !program_.affordable(ranges, scopes.size()))
    return kBottom;
  return evaluate_function(program_.image, program_.imports, program_.lift(ranges, scopes), program_.values,
                           program_.abi, program_.budget, of_stack(), entry);
}

std::optional<FunctionSummary> CalleeSummaries::entered(std::uint32_t function, const State& entry) {
  const std::vector<CodeRange> ranges = program_.functions.ranges_of(function);
  const auto scopes = program_.functions.scopes_of(function);
  if (ranges.empty() || !program_.functions.is_start(function) || !program_.affordable(ranges, scopes.size()))
    return std::nullopt;
  CalleeKnowledge knowledge = of_stack();
  knowledge.entered = &entry;
  FunctionSummary summary = interpret(program_.lift(ranges, scopes), knowledge);
  return summary.given_up ? std::nullopt : std::optional(std::move(summary));
}

/// Registers that `function` itself overwrites; all of them when it calls anything.
std::uint32_t CalleeSummaries::clobbered_by(std::uint32_t function) {
  const auto [at, fresh] = clobbered_.emplace(function, ~0U);
  if (fresh) at->second = look_at_registers(function);
  return at->second;
}

std::uint32_t CalleeSummaries::look_at_registers(std::uint32_t function) {
  constexpr int kMostParts = 6;
  constexpr std::uint64_t kMostBytes = 1024;  // what spares registers is small
  const auto longer = [](std::uint64_t sum, const CodeRange& range) { return sum + (range.end - range.begin); };
  std::vector<CodeRange> ranges = program_.functions.ranges_of(function);
  if (ranges.empty() || !program_.functions.is_start(function)) return ~0U;
  for (int round = 0; round < kMostParts; ++round) {
    const std::uint64_t bytes = std::accumulate(ranges.begin(), ranges.end(), std::uint64_t{0}, longer);
    if (bytes > kMostBytes || !program_.affordable(ranges, 0)) return ~0U;
    const LiftedFunction lifted = program_.lift(ranges);
    if (lifted.too_large) return ~0U;
    const auto left_to = std::ranges::find_if(lifted.blocks, [](const Block& block) { return block.leaves_to != 0; });
    if (left_to == lifted.blocks.end()) return overwritten_by(lifted);
    // Blocks that seldom run stand elsewhere; a function that this one ends with overwrites for it.
    const CodeRange part = program_.functions.range_at(left_to->leaves_to);
    if (part.begin == part.end) return ~0U;
    ranges.push_back(part);
  }
  return ~0U;
}

/// What `function` stores behind its arguments, as far as one look at it and at its funclets tells. Funclets have
/// funclets: how many may hang on each other is a property of the code (Summary::height), so that the answer does not
/// depend on who asks first, and what was answered on the way, when one hangs on itself or on too many, is not kept.
/// This recursion (through the interpreter) is bounded by Budget::kMostNested and stays one: the interpreter needs the
/// answer in the middle of a function.
const ArgumentEffects& CalleeSummaries::stores_of(std::uint32_t function) {
  static const ArgumentEffects nothing_known;
  if (const auto known = summaries_.find(function); known != summaries_.end()) {
    highest_ = std::max(highest_, known->second.height);
    return known->second.effects;
  }
  if (cut_ == Cut::none && std::ranges::find(open_, function) != open_.end()) cut_ = Cut::cycle;
  if (cut_ == Cut::none && open_.size() >= Budget::kMostNested) cut_ = Cut::too_deep;
  if (cut_ != Cut::none) return nothing_known;
  open_.push_back(function);
  const unsigned before = std::exchange(highest_, 0U);
  Summary summary;
  summary.effects = look_at_stores(function);
  summary.height = highest_ + 1;
  open_.pop_back();
  // All on the way to a cycle hang on it without end; of a long chain only the first is known to hang on too many.
  const bool kept = cut_ != Cut::too_deep || open_.empty();
  if (cut_ != Cut::none || summary.height > Budget::kMostNested) {
    summary = {{}, Budget::kMostNested};
    summary.effects.too_deep = true;
  }
  if (open_.empty()) cut_ = Cut::none;
  highest_ = std::max(before, summary.height);
  if (!kept) return nothing_known;
  return summaries_.emplace(function, std::move(summary)).first->second.effects;
}

ArgumentEffects CalleeSummaries::look_at_stores(std::uint32_t function) {
  const std::vector<CodeRange> ranges = program_.functions.ranges_of(function);
  const auto scopes = program_.functions.scopes_of(function);
  if (ranges.empty() || !program_.functions.is_start(function)) return {};
  FunctionSummary summary;
  summary.given_up = !program_.affordable(ranges, scopes.size());
  if (!summary.given_up) {
    summary = interpret(program_.lift(ranges, scopes), of_stack());
  }
  if (summary.given_up) {
    if (cut_ == Cut::none) solution_.given_up.insert(function);
    return {};
  }
  return effects_of(std::move(summary));
}

/// A function may store to one place on several paths, and to more places than are kept.
ArgumentEffects CalleeSummaries::effects_of(FunctionSummary summary) {
  ArgumentEffects effects;
  effects.known = true;
  effects.escaped_arguments = std::move(summary.escaped_arguments);
  effects.left = std::move(summary.left);
  std::sort(effects.left.begin(), effects.left.end(), [](const FieldSlot& a, const FieldSlot& b) {
    return std::pair(a.pointer, a.offset) < std::pair(b.pointer, b.offset);
  });
  program_.budget.spend(summary.argument_stores.size());
  std::map<std::tuple<Location, std::int64_t, std::uint32_t>, std::size_t> places;
  for (const ArgumentStore& store : summary.argument_stores) {
    const auto known = places.find({store.pointer, store.offset, store.width});
    if (known != places.end()) {
      ValueId& value = effects.stores[known->second].value;
      value = program_.values.join(value, store.value);
    } else if (effects.stores.size() < Budget::kMostPlaces) {
      places.emplace(std::tuple(store.pointer, store.offset, store.width), effects.stores.size());
      effects.stores.push_back(store);
    } else {
      // From here on anything may be written.
      escape_argument(effects.escaped_arguments, {store.pointer, store.offset});
    }
  }
  return effects;
}

}  // namespace scanner::trace
