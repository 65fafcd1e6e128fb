#include "scanner/trace/interp/recorder.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "scanner/trace/domain/state_cost.hpp"
#include "scanner/trace/domain/state_join.hpp"

namespace scanner::trace {
namespace {

/// Assigning keeps the memory of what stood there.
void keep_state(std::unique_ptr<State>& kept, const State& state) {
  if (kept) {
    *kept = state;
  } else {
    kept = std::make_unique<State>(state);
  }
}

template <typename T>
void move_behind(std::vector<T>& all, std::vector<T>& more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

void Recorder::begin_block(std::uint32_t number, bool reached) {
  log_ = &logs_[number];
  reached_ = reached;
  bytes_ -= log_->bytes;
  log_->stores.clear();
  log_->argument_stores.clear();
  log_->call_count = 0;
  log_->ends.clear();
  log_->depths.clear();
  log_->returns = false;
  log_->bytes = 0;
}

void Recorder::end_block(const State& state, Reg stack_pointer, bool keep,
                         const std::vector<EscapedArgument>& escaped) {
  BlockLog& log = *log_;
  log_ = nullptr;
  log.lets_escape = !keep && state.escaped_arguments != escaped;
  if (log.lets_escape) log.escaped = state.escaped_arguments;
  log.stack_pointer = state.registers[stack_pointer];
  if (keep) keep_state(log.at_end, state);
  log.bytes += log.stores.size() * sizeof(GlobalStore) + log.argument_stores.size() * sizeof(ArgumentStore);
  bytes_ += log.bytes;
  effort_.check(bytes_);
}

bool Recorder::uninteresting(const Call& call) const {
  return call.import >= 0 && imports_[static_cast<std::size_t>(call.import)].row < 0;
}

/// Is one of several paths into a call followed? Then it is noted when it is this one.
bool Recorder::on_path(const Call& call, const State& state) {
  if (path_to_ == 0 || call.rva != path_to_) return false;
  summary_.ways.push_back({call, state});
  summary_.ways.back().function = function_.rva;
  return true;
}

void Recorder::call(const Call& call, const State& state) {
  if (on_path(call, state)) return;
  if (log_ == nullptr || uninteresting(call) || (!reached_ && call.import < 0)) return;
  if (log_->call_count == log_->calls.size()) log_->calls.emplace_back();
  CallSite& site = log_->calls[log_->call_count++];
  static_cast<Call&>(site) = call;
  site.state = state;
  site.function = function_.rva;
  site.reached = reached_;
  log_->bytes += sizeof(CallSite) - sizeof(State) + bytes_of(state);
  effort_.check(bytes_ + log_->bytes);
}

void Recorder::note_return(const State& state) {
  if (log_ == nullptr || !reached_) return;
  keep_state(log_->at_return, state);
  log_->returns = true;
}

void Recorder::depend_on(ValueId value) {
  constexpr std::size_t kMost = 8;
  for (const Atom& atom : values_.atoms(value)) {
    const bool field = atom.kind == AtomKind::field && !atom.moved();
    if (!field && (atom.kind != AtomKind::initial || atom.offset != 0)) continue;
    const Atom whole = field ? Atom::field(atom.where, atom.displacement(), atom.width) : Atom::initial(atom.where);
    const auto at = std::ranges::lower_bound(summary_.tested, whole);
    const bool fresh = at == summary_.tested.end() || *at != whole;
    if (fresh && summary_.tested.size() < kMost) summary_.tested.insert(at, whole);
  }
}

void Recorder::compare(const Op& op, const State& state) {
  if (log_ == nullptr || op.a == kNoReg) return;
  depend_on(state.registers[op.a]);
  if (op.b == kNoReg) return;
  depend_on(state.registers[op.b]);
  const Atom* end = values_.only(state.registers[op.b]);
  if (end == nullptr || !end->is_image_address()) return;
  for (const Atom& atom : values_.atoms(state.registers[op.a])) {
    if (atom.kind == AtomKind::image && atom.strided()) log_->ends.push_back(end->rva());
  }
}

void Recorder::take_block(std::uint32_t number, bool led_to) {
  BlockLog& log = logs_[number];
  led_to_ = led_to;
  log.calls.resize(log.call_count);
  for (CallSite& call : log.calls) call.by_unknown_jump = !led_to;
  move_behind(summary_.calls, log.calls);
  move_behind(summary_.stores, log.stores);
  move_behind(summary_.argument_stores, log.argument_stores);
  move_behind(summary_.ends, log.ends);
}

void Recorder::add_call(const Call& call, const State& state) {
  if (uninteresting(call) || on_path(call, state)) return;
  effort_.keep(sizeof(CallSite) - sizeof(State) + bytes_of(state));
  summary_.calls.push_back({call, state});
  summary_.calls.back().function = function_.rva;
  summary_.calls.back().by_unknown_jump = !led_to_;
}

void Recorder::leave(const State& state) {
  if (returns_) {
    join_fields(left_, state, JoinKind::forward, values_);
  } else {
    left_.fields = state.fields;
    left_.escaped_arguments = state.escaped_arguments;
  }
  returns_ = true;
}

FunctionSummary Recorder::take() {
  forget_globals(left_.fields);
  summary_.left = std::move(left_.fields);
  return std::move(summary_);
}

}  // namespace scanner::trace
