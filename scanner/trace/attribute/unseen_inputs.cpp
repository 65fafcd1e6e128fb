#include "scanner/trace/attribute/unseen_inputs.hpp"

namespace scanner::trace {

UnseenInputs::UnseenInputs(Program& program, const Solution& solution)
    : program_(program), solution_(solution), calls_of_(solution.sinks.size()), seen_for_(solution.sinks.size(), 0) {
  for (const SinkCall& call : solution.sink_calls) calls_of_[call.sink].push_back(&call);
}

std::uint32_t UnseenInputs::of(const SinkCall& call) {
  std::vector<SinkId> asked;
  std::uint32_t flags = of_call_itself(call, asked);
  for (const SinkId id : asked) flags |= of_sink(id);
  return flags;
}

/// Why what callers pass for this sink may be something that was not found. Sinks hang on each other, in cycles, too:
/// each is looked at once, in whatever order, since the answer is the union of what is said of each.
std::uint32_t UnseenInputs::of_sink(SinkId id) {
  if (const auto known = known_.find(id); known != known_.end()) return known->second;
  constexpr std::uint64_t kStepsOfCall = 4;
  std::uint32_t flags = 0;
  std::vector<SinkId> asked{id};
  while (!asked.empty()) {
    const SinkId next = asked.back();
    asked.pop_back();
    if (seen_for_[next] == id + 1) continue;
    seen_for_[next] = id + 1;
    if (const auto known = known_.find(next); known != known_.end()) {
      flags |= known->second;
      continue;
    }
    for (const SinkCall* call : calls_of_[next]) {
      if (!program_.attribution_budget.spend(kStepsOfCall)) return known_[id] = flags | kTopCapped;
      if (!call->applies || !solution_.sites[call->site].reached || call->tag == kBottom) continue;
      flags |= (program_.values.flags(call->tag) & kTopMask) | of_call_itself(*call, asked);
    }
  }
  return known_[id] = flags;
}

/// Why this argument of `function`, or what stands behind it, may be something that was not found, as far as calls of
/// these very sinks tell, which are added to `asked`.
std::uint32_t UnseenInputs::of_callers(std::uint32_t function, const Atom& argument, std::vector<SinkId>& asked) {
  const bool is_field = argument.is_behind_argument(), behind = argument.kind == AtomKind::via_field;
  const std::int64_t offset = behind ? argument.pointer_offset() : static_cast<std::int64_t>(argument.a);
  const std::uint32_t unknown = is_field ? kTopField : kTopComputed;
  const auto sinks = solution_.sinks_of(function);
  if (solution_.exports.contains(function) || sinks.empty()) return unknown;
  if (!program_.attribution_budget.spend(sinks.size())) return unknown;
  bool called = false;
  for (const SinkId id : sinks) {
    const TagSink& sink = solution_.sinks[id];
    const bool same_field = sink.tag.field.has_value() == is_field && sink.tag.behind.has_value() == behind &&
                            (!is_field || *sink.tag.field == offset) &&
                            (!behind || *sink.tag.behind == argument.offset_behind_pointer());
    if (sink.tag.where != argument.where || !same_field) continue;
    called = called || sink.called;
    asked.push_back(id);
  }
  return called ? 0 : unknown;
}

/// The same without what callers pass, which is for the sinks to say that are added to `asked`.
std::uint32_t UnseenInputs::of_call_itself(const SinkCall& call, std::vector<SinkId>& asked) {
  const std::uint32_t function = solution_.sites[call.site].function;
  std::uint32_t flags = 0;
  for (const Atom& atom : program_.values.atoms(call.tag)) {
    switch (atom.kind) {
      case AtomKind::initial: flags |= atom.came_in() ? of_callers(function, atom, asked) : kTopComputed; break;
      case AtomKind::via_field:
      case AtomKind::field: flags |= of_callers(function, atom, asked); break;
      case AtomKind::memory:
      case AtomKind::via_global: flags |= kTopGlobal; break;
      case AtomKind::returned: flags |= kTopReturned; break;
      case AtomKind::multiple: flags |= kTopComputed; break;
      default: break;
    }
  }
  for (const GlobalInflow& inflow : call.inflows) flags |= of_callers(inflow.function, inflow.argument, asked);
  return flags;
}

}  // namespace scanner::trace
