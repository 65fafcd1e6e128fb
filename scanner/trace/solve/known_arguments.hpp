// What all callers of a function pass, where it is known who they are: numbers that decide what the function does. A
// tag that goes with other numbers is not passed by any code that was seen. The question is asked when all else is
// done, of functions with several tags that test their arguments; they are interpreted once more, entered with what is
// passed, and what that leaves out becomes an assumption.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "scanner/trace/solve/context.hpp"
#include "scanner/trace/solve/discovery.hpp"

namespace scanner::trace {

class KnownArguments {
 public:
  KnownArguments(SolverContext& context, Discovery& discovery)
      : program_(context.program),
        values_(context.program.values),
        solution_(context.solution),
        context_(context),
        discovery_(discovery) {}

  /// Which functions are worth the question.
  void choose();
  /// One more caller is analysed. False: there are none, or it would cost too much.
  bool ask();
  /// Solution::entries are made of what is passed; where they are others than before, the functions are analysed again.
  /// False: there are none.
  bool take();
  /// Calls that those no longer make are matched again.
  void tell_unlikely();

 private:
  using Arguments = std::set<Atom>;        // initial or field, as a whole
  using Values = std::map<Atom, ValueId>;  // few numbers, some bits, or an address, which stands for any

  [[nodiscard]] std::map<std::uint32_t, Arguments> functions_with_choices() const;
  void add_conditions_of(const CallSite& site, Arguments& conditions) const;
  void doubt_calls_of(const std::set<std::uint32_t>& functions);
  bool ask_of(std::uint32_t function, const Atom& argument);
  [[nodiscard]] bool called_by_others(std::uint32_t function) const;
  bool may_be_known(std::uint32_t function, const Atom& argument);
  [[nodiscard]] ValueId passed_by(const CallSite& site, const Atom& argument);
  const Atom* passed_on(ValueId passed) const;
  bool look_closer_at(const CallSite& caller, ValueId passed);
  std::uint32_t another_caller(std::uint32_t function);
  bool affordable(std::uint32_t caller);
  bool knows_callers(std::uint32_t function, unsigned hops);
  ValueId passed_to(std::uint32_t function, const Atom& argument, unsigned depth);
  [[nodiscard]] bool is_tag(std::uint32_t function, const Atom& argument) const;
  [[nodiscard]] ValueId known_of(std::uint32_t function, ValueId passed, const Atom& argument) const;
  State entered_with(const Values& values);

  Program& program_;
  ValuePool& values_;
  Solution& solution_;
  SolverContext& context_;
  Discovery& discovery_;
  /// By function: those of which all callers that are known pass few numbers.
  std::map<std::uint32_t, Arguments> asked_;
  std::set<std::pair<std::uint32_t, Atom>> refuted_;  // others
  std::map<std::uint32_t, unsigned> questions_;       // how many arguments of a function were asked for
  std::vector<std::uint32_t> open_;                   // functions some callers of which were not looked at
  std::set<std::uint32_t> tried_;                     // callers that were to be analysed
  std::uint64_t most_steps_ = 0;
  bool looks_again_ = false;
  std::set<std::uint32_t> last_;         // functions all callers of which are analysed, or on the list
  std::map<std::uint32_t, bool> known_;  // knows_callers(), of one round
  std::map<std::pair<std::uint32_t, Atom>, ValueId> passed_;  // passed_to(), of one round
  std::map<std::uint32_t, Values> taken_;                     // what functions are entered with
};

}  // namespace scanner::trace
