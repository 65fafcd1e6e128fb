// From which pool and how many bytes: what the listed function at the end of a chain of wrappers is given, in terms of
// the call where the chain begins.
#pragma once

#include <vector>

#include "scanner/trace/domain/program.hpp"
#include "scanner/trace/solve/solution.hpp"
#include "scanner/trace/trace.hpp"

namespace scanner::trace {

class AllocationArguments {
 public:
  AllocationArguments(Program& program, const Solution& solution) : program_(program), solution_(solution) {}

  enum class Which : std::uint8_t { pool_type, size };
  /// The value that reaches the listed function when `site` calls the sink.
  ValueId of(const CallSite& site, SinkId sink, Which which);
  /// Fills in pool, executable and bytes of the use.
  void describe(const SinkCall& call, TagUse& use);

 private:
  ValueId follow(const CallSite& site, SinkId sink, Which which, std::vector<SinkId>& path, unsigned& budget);

  Program& program_;
  const Solution& solution_;
};

}  // namespace scanner::trace
