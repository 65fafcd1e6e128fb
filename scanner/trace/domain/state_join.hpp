// Where two paths through a function meet: what registers and frame slots hold behind that point.
#pragma once

#include <cstdint>

#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/isa/abi.hpp"

namespace scanner::trace {

enum class JoinKind : std::uint8_t {
  forward,   ///< ValuePool::join
  widening,  ///< ValuePool::widen: the block was visited often
  loop       ///< ValuePool::join_loop: along the back edge of one
};

struct JoinHow {
  JoinHow(JoinKind of, std::uint16_t times = 0) : kind(of), rounds(times) {}

  JoinKind kind;
  std::uint16_t rounds;  ///< JoinKind::loop: see ValuePool::join_loop
};

/// `into` becomes what holds on either path. False: it was that already. Other registers than `registers` stay.
bool join_states(State& into, const State& from, JoinHow how, ValuePool& values, const Abi& abi,
                 const RegisterSet& registers = RegisterSet::all());
/// The part of it that is about fields behind arguments.
bool join_fields(State& into, const State& from, JoinHow how, ValuePool& values);

/// A block that was visited very often may go on changing for long: whatever still differs between `in` and `joined`,
/// which came of it, is "possibly something else" (kTopCapped) from now on, once and for all.
void force_fixpoint(State& joined, const State& in, ValuePool& values);

}  // namespace scanner::trace
