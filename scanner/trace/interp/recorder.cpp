#include "scanner/trace/interp/recorder.hpp"

#include <utility>

#include "scanner/trace/domain/state_cost.hpp"
#include "scanner/trace/domain/state_join.hpp"

namespace scanner::trace {

void Recorder::end_block(const State& state) {
  escape_arguments(summary_.escaped_arguments, state.escaped_arguments);
  effort_.check(summary_.stores.size() * sizeof(GlobalStore) + summary_.argument_stores.size() * sizeof(ArgumentStore));
}

void Recorder::call(const Call& call, const State& state) {
  if (path_to_ != 0 && call.rva == path_to_) {
    summary_.ways.push_back({call, state});
    summary_.ways.back().function = function_.rva;
    return;
  }
  if (!recording_) return;
  const bool uninteresting = call.import >= 0 && imports_[static_cast<std::size_t>(call.import)].row < 0;
  if (uninteresting || (!reached_ && call.import < 0)) return;
  effort_.keep(sizeof(CallSite) - sizeof(State) + bytes_of(state));
  summary_.calls.push_back({call, state});
  summary_.calls.back().function = function_.rva;
  summary_.calls.back().reached = reached_;
}

void Recorder::leave(const State& state) {
  if (!certain()) return;
  if (returns_) {
    join_fields(left_, state, JoinKind::forward, values_);
  } else {
    left_.fields = state.fields;
    left_.escaped_arguments = state.escaped_arguments;
  }
  returns_ = true;
}

void Recorder::compare(const Op& op, const State& state) {
  if (!recording_ || op.a == kNoReg || op.b == kNoReg) return;
  const Atom* end = values_.only(state.registers[op.b]);
  if (end == nullptr || !end->is_image_address()) return;
  for (const Atom& atom : values_.atoms(state.registers[op.a])) {
    if (atom.kind == AtomKind::image && atom.strided()) summary_.ends.push_back(end->rva());
  }
}

FunctionSummary Recorder::take() {
  summary_.left = std::move(left_.fields);
  return std::move(summary_);
}

}  // namespace scanner::trace
