// Can the tag of a call be something else than the constants that were found? Also when nothing in the function itself
// is unknown: an argument may come from a caller that was not seen, or from one that is not understood.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "scanner/trace/domain/program.hpp"
#include "scanner/trace/solve/solution.hpp"

namespace scanner::trace {

class UnseenInputs {
 public:
  UnseenInputs(Program& program, const Solution& solution);

  /// Why the tag of this call may be something else than its constants, beyond what its value says (kTop… flags); 0
  /// when it is not.
  std::uint32_t of(const SinkCall& call);

 private:
  std::uint32_t of_call_itself(const SinkCall& call, std::vector<SinkId>& asked);
  std::uint32_t of_callers(std::uint32_t function, const Atom& argument, std::vector<SinkId>& asked);
  std::uint32_t of_sink(SinkId id);

  Program& program_;
  const Solution& solution_;
  std::vector<std::vector<const SinkCall*>> calls_of_;  // by sink
  std::unordered_map<SinkId, std::uint32_t> known_;     // of_sink()
  std::vector<SinkId> seen_for_;  // by sink: the last one for whose sake it was looked at, plus one
};

}  // namespace scanner::trace
