// What a state costs: steps to join it, and memory to keep it (budget.hpp).
#pragma once

#include <cstdint>

#include "scanner/trace/domain/state.hpp"

namespace scanner::trace {

inline std::uint64_t steps_for(const State& state) {
  return 1 + (kFirstWide + state.frame.size() + state.fields.size() + state.escaped.size() +
              state.escaped_arguments.size()) /
                 8;
}

inline std::uint64_t bytes_of(const State& state) {
  return sizeof(State) + state.frame.size() * sizeof(FrameSlot) + state.escaped.size() * sizeof(std::int32_t) +
         state.fields.size() * sizeof(FieldSlot) + state.escaped_arguments.size() * sizeof(EscapedArgument) +
         state.constraints.size() * sizeof(Constraint) + state.narrowings.size() * sizeof(Narrowing);
}

}  // namespace scanner::trace
