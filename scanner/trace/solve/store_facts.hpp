// Stores to globals, by functions themselves or by callees behind pointers that they pass: what rested on the contents
// before is to be done again, and globals that hold code are tracked.
#pragma once

#include <span>
#include <vector>

#include "scanner/trace/solve/context.hpp"
#include "scanner/trace/solve/discovery.hpp"

namespace scanner::trace {

class StoreFacts {
 public:
  StoreFacts(SolverContext& context, Discovery& discovery)
      : program_(context.program), context_(context), discovery_(discovery) {}

  void take(const std::vector<GlobalStore>& stores);
  /// What the callee stores behind pointers that this call passes: where they point into the image, that is a store to
  /// a global.
  void take_from_callee(const TakeStores& item);

 private:
  void track_what_holds_code(const GlobalStore& store);
  void announce(std::span<const GlobalStore> stores);

  Program& program_;
  SolverContext& context_;
  Discovery& discovery_;
};

}  // namespace scanner::trace
