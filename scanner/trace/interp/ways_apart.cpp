// Tests that depend on each other: `if (x > 5) tag = ...; if (x > 5) allocate(tag)`. Where paths meet, which value goes
// with which outcome of a test is lost. Here states are not joined that come from different sides of a test of what is
// tested again, or that hold different numbers where one of a few is tested; the ways on which tests contradict each
// other then lead nowhere.
#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "scanner/trace/domain/state_cost.hpp"
#include "scanner/trace/interp/evaluation.hpp"
#include "scanner/trace/interp/fixpoint.hpp"

namespace scanner::trace {
namespace {

/// Where a number stands that is one of few when it is tested.
struct Place {
  std::int64_t slot = 0;
  std::uint32_t slot_width = 0;  // 0: in `reg`
  Reg reg = kNoReg;

  auto operator<=>(const Place&) const = default;
};

}  // namespace

class Fixpoint::WaysApart {
 public:
  explicit WaysApart(Fixpoint& fixpoint)
      : at_(fixpoint), values_(fixpoint.values_), tested_(fixpoint.visits_.size(), 0), parting_(tested_.size(), 0) {}

  /// Which tests depend on each other, or have one outcome only? False: none do.
  bool find_tests();
  /// From the entry until no state changes; false when there are too many, or what leads where is not known.
  bool follow();
  /// After follow() failed: is there a place that need not be looked at the next time, because it counts?
  bool counts_less();
  /// Records the call at `rva` in the states that reach it.
  void record(std::uint32_t rva);

 private:
  /// What tells states of one block apart: by block, the side on which a test was left last; by place, with kPlace, the
  /// number that stands there.
  using Key = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
  static constexpr std::uint32_t kPlace = 0x80000000U, kSelection = 0x40000000U;
  struct Way {
    Key outcomes;  // without places
    State state;
    unsigned visits = 0;
  };
  using Name = std::pair<std::uint32_t, Key>;  // the block's rank, and what tells it apart

  void note_subject(std::uint32_t block, const BranchRefinement::Subject& subject);
  [[nodiscard]] bool is_one_of_few(ValueId value) const;
  [[nodiscard]] ValueId content(const Place& place, const State& state) const;
  [[nodiscard]] std::vector<State> entries(const State& entry);
  bool put(std::uint32_t block, const Key& outcomes, const State& state, Edge edge);
  bool visit(const Name& name);
  unsigned interpret(std::uint32_t block, std::uint32_t choices, State& state);
  static void set_outcome(Key& outcomes, std::uint32_t test, std::uint32_t outcome);
  bool leave(std::uint32_t block, std::uint32_t next, Key outcomes, const State& state);

  Fixpoint& at_;
  ValuePool& values_;
  std::map<std::int64_t, std::vector<std::uint32_t>> by_slot_;  // blocks that test it, for each test
  std::map<ValueId, std::vector<std::uint32_t>> by_number_;
  std::map<Place, std::set<ValueId>> places_;  // and the numbers that were met there
  std::optional<Place> counter_;               // it holds more of them than are kept apart
  std::vector<std::uint8_t> tested_;           // by block: its test counts
  std::vector<std::uint32_t> parting_;         // by block: its selections that count, see BranchRefinement::part()
  std::map<Name, Way> ways_;
  std::set<Name> waiting_;
};

bool Fixpoint::WaysApart::is_one_of_few(ValueId value) const {
  const auto atoms = values_.atoms(value);
  const bool counts = atoms.size() == 1 && atoms[0].kind == AtomKind::multiple;
  const bool several = atoms.size() > 1 && atoms.size() <= policy::kMostPaths;
  return values_.flags(value) == 0 && (counts || (several && std::ranges::all_of(atoms, &Atom::is_constant)));
}

void Fixpoint::WaysApart::note_subject(std::uint32_t block, const BranchRefinement::Subject& subject) {
  const Atom* number = values_.only(subject.value);
  if (number != nullptr && number->is_constant()) return;
  if (is_one_of_few(subject.value) && (subject.slot_width != 0 || subject.reg != kNoReg)) {
    places_.try_emplace(subject.slot_width != 0 ? Place{subject.slot, subject.slot_width, kNoReg}
                                                : Place{0, 0, subject.reg});
    return;
  }
  if (subject.slot_width != 0) by_slot_[subject.slot].push_back(block);
  // Where paths met, it may be a number that an earlier test left, too.
  for (const Atom& atom : values_.atoms(subject.value)) {
    const ValueId whole = whole_number(values_, values_.single(atom));
    if (whole != kBottom) by_number_[whole].push_back(block);
  }
}

bool Fixpoint::WaysApart::find_tests() {
  BranchRefinement& comparison = at_.transfer_.comparison();
  bool any = false;
  for (std::uint32_t number = 0; number < tested_.size() && !at_.effort_.given_up(); ++number) {
    const Block& block = at_.function_.blocks[number];
    if (at_.visits_[number] == 0) continue;
    State state = at_.in_[number];
    BranchRefinement::Selections selections;
    comparison.note_selections(&selections);
    at_.interpret(block, state);
    comparison.note_selections(nullptr);
    if (block.unresolved_jump && !at_.transfer_.stack().at_entry_depth(state)) return false;
    // What two selections leave goes together, whatever they look at.
    parting_[number] = selections.twice;
    auto& subjects = selections.subjects;
    any = any || comparison.settled();
    if (at_.deciding_branch(block) != nullptr) std::ranges::copy(comparison.subjects(), std::back_inserter(subjects));
    for (const BranchRefinement::Subject& subject : subjects) note_subject(number, subject);
  }
  const auto again = [this](const std::vector<std::uint32_t>& blocks) {
    if (blocks.size() < 2) return false;
    for (const std::uint32_t block : blocks) {
      tested_[block] = 1;
      if (parting_[block] == 0) parting_[block] = ~0U;
    }
    return true;
  };
  any = any || !places_.empty();  // pairs alone contradict nothing
  for (const auto& [slot, blocks] : by_slot_) any = again(blocks) || any;
  for (const auto& [number, blocks] : by_number_) any = again(blocks) || any;
  return any && places_.size() <= policy::kMostPaths;
}

ValueId Fixpoint::WaysApart::content(const Place& place, const State& state) const {
  return place.slot_width == 0 ? state.registers[place.reg]
                               : frame_load(state, place.slot, place.slot_width, values_, at_.abi_);
}

/// `state` leads into the block. False: there are too many.
bool Fixpoint::WaysApart::put(std::uint32_t block, const Key& outcomes, const State& state, Edge edge) {
  constexpr std::size_t kMostNumbers = 4;
  Name name{at_.queue_.order()[block], outcomes};
  for (std::uint32_t i = 0; auto& [place, numbers] : places_) {
    const ValueId value = content(place, state);
    const Atom* number = values_.only(value);
    if (number != nullptr && number->is_constant() && numbers.insert(value).second && numbers.size() > kMostNumbers)
      counter_ = place;
    if (number != nullptr && number->is_constant()) name.second.emplace_back(kPlace | i, value);
    ++i;
  }
  if (counter_) return false;
  const auto [at, fresh] = ways_.try_emplace(name);
  Way& way = at->second;
  if (fresh) {
    if (ways_.size() > policy::kMostWaysApart) return false;
    way.outcomes = outcomes;
    way.state = state;
    at_.effort_.keep(bytes_of(state));
  } else if (way.state == state ||
             !join_states(way.state, state, join_how(way.visits, edge), values_, at_.abi_, at_.live_[block])) {
    return true;
  }
  waiting_.insert(std::move(name));
  return way.visits <= policy::kMostVisits;
}

void Fixpoint::WaysApart::set_outcome(Key& outcomes, std::uint32_t test, std::uint32_t outcome) {
  const auto place = std::ranges::lower_bound(outcomes, std::pair{test, std::uint32_t{0}});
  if (place != outcomes.end() && place->first == test) {
    place->second = outcome;
  } else {
    outcomes.insert(place, {test, outcome});
  }
}

bool Fixpoint::WaysApart::leave(std::uint32_t block, std::uint32_t next, Key outcomes, const State& state) {
  const Block& from = at_.function_.blocks[block];
  if (at_.impossible(from, next, state) || (at_.loops_ && at_.loops_->left_by(block, next))) return true;
  if (tested_[block] != 0) set_outcome(outcomes, block, next);
  State found = state;
  at_.refined(from, next, found, false);
  if (at_.queue_.goes_back(block, next)) return put(next, outcomes, found, {true, 0});
  if (ShortLoops::Loop* loop = at_.loops_ ? at_.loops_->entered_at(next) : nullptr) {
    State through = found;
    const auto behind = follow_loop(at_.context_, *loop, through);
    if (!behind || !put(*behind, outcomes, through, {})) return false;
  }
  return put(next, outcomes, found, {});
}

/// The number of selections that the block makes on ways that part, when it does what `choices` says.
unsigned Fixpoint::WaysApart::interpret(std::uint32_t block, std::uint32_t choices, State& state) {
  constexpr std::uint32_t kNoCall = 0x80000000;  // no RVA of a call
  const Block& code = at_.function_.blocks[block];
  BranchRefinement& comparison = at_.transfer_.comparison();
  at_.raised_known_ = false;
  const bool parts = tested_[block] != 0 || parting_[block] != 0;
  comparison.part(parts ? code.rva | kNoCall : 0, parting_[block], choices);
  at_.interpret(code, state);
  if (tested_[block] != 0 && at_.deciding_branch(code) != nullptr) comparison.name_tested(state);
  return comparison.parted();
}

bool Fixpoint::WaysApart::visit(const Name& name) {
  const std::uint32_t block = at_.queue_.block_at(name.first);
  Way& entered = ways_.at(name);
  ++entered.visits;
  const Way way = entered;
  const auto& next = at_.function_.blocks[block].successors;
  for (std::uint32_t choices = 0, all = 1; choices < all; ++choices) {
    State state = way.state;
    all = std::max(all, 1U << interpret(block, choices, state));
    Key outcomes = way.outcomes;
    if (all > 1) set_outcome(outcomes, block | kSelection, choices);
    if (!std::ranges::all_of(next, [&](std::uint32_t to) { return leave(block, to, outcomes, state); })) return false;
  }
  return true;
}

/// What is passed may be one of few numbers: a state for each, where it is tested.
std::vector<State> Fixpoint::WaysApart::entries(const State& entry) {
  constexpr std::size_t kMost = 8;
  std::vector<State> all{entry};
  for (const auto& [place, numbers] : places_) {
    const ValueId value = content(place, entry);
    const auto atoms = values_.atoms(value);
    if (atoms.size() < 2 || atoms.size() * all.size() > kMost || !is_one_of_few(value)) continue;
    std::vector<State> more;
    for (const State& state : all) {
      for (const Atom& atom : atoms) {
        State& one = more.emplace_back(state);
        if (place.slot_width == 0) {
          one.registers[place.reg] = values_.single(atom);
        } else {
          frame_store(one, place.slot, place.slot_width, values_.single(atom), values_);
        }
      }
    }
    all = std::move(more);
  }
  return all;
}

bool Fixpoint::WaysApart::follow() {
  const State entry = at_.knowledge_.entered != nullptr ? *at_.knowledge_.entered : state_at_entry(values_, at_.abi_);
  for (const State& one : entries(entry)) {
    if (!put(0, {}, one, {})) return false;
  }
  // What is raised is not kept apart: handlers begin with all that they were given.
  std::set<std::uint32_t> handlers;
  for (const Block& block : at_.function_.blocks)
    handlers.insert(block.exception_successors.begin(), block.exception_successors.end());
  for (const std::uint32_t handler : handlers) {
    if (at_.visits_[handler] > 0 && !put(handler, {}, at_.in_[handler], {})) return false;
  }
  while (!waiting_.empty()) {
    const Name name = std::move(waiting_.extract(waiting_.begin()).value());
    if (!visit(name) || at_.effort_.given_up()) return false;
  }
  return true;
}

bool Fixpoint::WaysApart::counts_less() {
  if (!counter_) return false;
  places_.erase(*counter_);
  counter_.reset();
  ways_.clear();
  waiting_.clear();
  return !places_.empty() || std::ranges::find(tested_, 1) != tested_.end();
}

void Fixpoint::WaysApart::record(std::uint32_t rva) {
  std::vector<CallSite>& found = at_.recorder_.paths();
  for (const auto& [name, way] : ways_) {
    const std::uint32_t number = at_.queue_.block_at(name.first);
    if (!at_.holds_instruction(number, rva)) continue;
    for (std::uint32_t choices = 0, all = 1; choices < all; ++choices) {
      State state = way.state;
      at_.recorder_.follow_path_to(rva);
      all = std::max(all, 1U << interpret(number, choices, state));
      const Block& block = at_.function_.blocks[number];
      if (at_.transfer_.may_leave(block)) at_.transfer_.leave(block, state);  // it may be a tail call
      at_.recorder_.follow_path_to(0);
      if (found.size() < 2) continue;
      join_states(found.front().state, found.back().state, JoinKind::forward, values_, at_.abi_);
      found.pop_back();
    }
  }
}

void Fixpoint::record_apart(std::uint32_t call) {
  WaysApart ways(*this);
  if (!ways.find_tests()) return;
  apart_ = true;
  transfer_.comparison().keep_apart();
  bool known = ways.follow();
  while (!known && ways.counts_less()) known = ways.follow();
  if (known) ways.record(call);
  apart_ = false;
}

}  // namespace scanner::trace
