// What functions return for the arguments of one call, where what they return in general is not known: loops over
// strings, numbers that are put together from several (interp/evaluation.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "scanner/trace/solve/callee_summaries.hpp"

namespace scanner::trace {

class Evaluations {
 public:
  Evaluations(Program& program, CalleeSummaries& summaries) : program_(program), summaries_(summaries) {}

  /// What the function that `site` calls directly returns to it. kBottom when that is not one number, or for several
  /// values of one argument one number each.
  ValueId returned_to(const CallSite& site);
  /// The numbers that it may return to it, after what is known of the arguments. kBottom when that tells nothing, or
  /// others may be returned.
  ValueId possible(const CallSite& site);

 private:
  using Arguments = std::vector<std::pair<Location, ValueId>>;

  void set(const Arguments& arguments, State& entry);
  ValueId counted_out(ValueId passed);
  ValueId known_number(ValueId passed, Location where);
  void note_known(const CallSite& site, Location where, const Atom& passed, State& entry);

  ValueId returned(std::uint32_t function, const Arguments& arguments);
  ValueId evaluate(std::uint32_t function, const Arguments& arguments);

  Program& program_;
  CalleeSummaries& summaries_;
  std::map<std::pair<std::uint32_t, Arguments>, ValueId> known_;
  std::map<std::tuple<std::uint32_t, Arguments, std::vector<Narrowing>>, ValueId> possible_;
};

}  // namespace scanner::trace
