#include "scanner/trace/solve/known_arguments.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "scanner/trace/interp/narrowings.hpp"
#include "scanner/trace/models/arguments.hpp"

namespace scanner::trace {
namespace {

constexpr std::size_t kMostPassed = 4;

/// In the place of an address in the image: some address, or some number of which the low half is not zero.
constexpr std::uint32_t kSomeAddress = 0, kNotZero = 1;

bool is_not_zero(const Atom& atom) { return atom.is_image_address() && atom.rva() == kNotZero; }

bool is_place(const Atom& atom) {
  return atom.is_image_address() || atom.is_frame_address() || atom.kind == AtomKind::import;
}

/// Does it charge pool with a tag, or configure what does?
bool accuses(tagdb::ApiKind kind) {
  return kind == tagdb::ApiKind::allocate || kind == tagdb::ApiKind::lookaside || kind == tagdb::ApiKind::configure;
}

/// More than that a pointer is one.
bool tests_number(const Constraint& constraint, unsigned word) {
  return constraint.value != 0 || constraint.width != word;
}

/// The argument, or what stands behind one, of which `atom` is a part.
std::optional<Atom> whole_argument(const Atom& atom) {
  if (atom.kind == AtomKind::initial && atom.offset == 0) return Atom::initial(atom.where);
  if (atom.kind == AtomKind::field && !atom.moved()) return Atom::field(atom.where, atom.displacement(), atom.width);
  return std::nullopt;
}

}  // namespace

/// What must hold of arguments for the call to be made.
void KnownArguments::add_conditions_of(const CallSite& site, Arguments& conditions) const {
  for (const Constraint& constraint : site.state.constraints) {
    if (tests_number(constraint, program_.abi.word)) conditions.insert(Atom::initial(constraint.where));
  }
  for (const Narrowing& known : site.state.narrowings) {
    const Atom* number = known.kind == Narrowing::Kind::bounded ? values_.only(known.value) : nullptr;
    const auto argument = number != nullptr ? whole_argument(*number) : std::nullopt;
    if (argument) conditions.insert(*argument);
  }
}

/// Arguments that may decide which tag a function passes or returns, or whether it does.
std::map<std::uint32_t, KnownArguments::Arguments> KnownArguments::functions_with_choices() const {
  std::map<std::uint32_t, Arguments> found;
  const auto add_tested = [&](std::uint32_t function, ValueId tag) {
    const auto summary = solution_.summaries.find(function);
    const bool chosen = values_.atoms(tag).size() > 1 && std::ranges::any_of(values_.atoms(tag), &Atom::is_constant);
    if (summary == solution_.summaries.end() || !chosen) return;
    found[function].insert(summary->second.tested.begin(), summary->second.tested.end());
  };
  for (const SinkCall& call : solution_.sink_calls) {
    const CallSite& site = solution_.sites[call.site];
    if (!call.applies || !site.reached || !accuses(program_.row(solution_.sinks[call.sink].row).kind)) continue;
    if (!program_.budget.spend(1)) return {};
    if (std::ranges::none_of(values_.atoms(call.tag), &Atom::is_constant)) continue;
    add_tested(site.function, call.tag);
    add_conditions_of(site, found[site.function]);
  }
  for (const Fact& fact : context_.dependencies.between(FactKind::returned, 0, ~0U)) {
    const auto summary = solution_.summaries.find(fact.subject);
    if (summary != solution_.summaries.end()) add_tested(fact.subject, summary->second.returns);
  }
  return found;
}

/// False when it was refuted, or too many callers or arguments would be asked for: a recursion along an object asks for
/// ever new ones.
bool KnownArguments::ask_of(std::uint32_t function, const Atom& argument) {
  constexpr unsigned kMostArguments = 16;
  constexpr std::size_t kMostCallers = 16, kMostOfWrapper = 64;  // those of a wrapper are analysed
  if (refuted_.contains({function, argument})) return false;
  Arguments& arguments = asked_[function];
  if (arguments.contains(argument)) return true;
  const std::size_t callers = Index::to(program_.index.calls, function).size();
  const bool many = callers > (is_tag(function, argument) ? kMostOfWrapper : kMostCallers);
  if (many || ++questions_[function] > kMostArguments) return false;
  arguments.insert(argument);
  if (std::ranges::find(open_, function) == open_.end()) open_.push_back(function);
  return true;
}

bool KnownArguments::called_by_others(std::uint32_t function) const {
  return function == program_.image.entry_rva() || solution_.exports.contains(function) ||
         program_.imports.own(function) >= 0 || program_.globals.address_taken(function);
}

void KnownArguments::choose() {
  most_steps_ = program_.budget.steps() + policy::kStepsForCallers + program_.budget.steps() / policy::kPartForCallers;
  for (const auto& [function, arguments] : functions_with_choices()) {
    if (arguments.empty() || called_by_others(function)) continue;
    for (const Atom& argument : arguments) ask_of(function, argument);
  }
}

/// In terms of the caller.
ValueId KnownArguments::passed_by(const CallSite& site, const Atom& argument) {
  const unsigned width = argument.kind == AtomKind::field ? argument.width : program_.abi.word;
  return in_terms_of_caller(program_, site, values_.single(argument), width);
}

/// An argument of the caller, or what stands behind one, is passed as it is; else null.
const Atom* KnownArguments::passed_on(ValueId passed) const {
  const Atom* atom = values_.only(passed);
  if (atom == nullptr || !atom->plain()) return nullptr;
  return atom->is_initial() || (atom->kind == AtomKind::field && !atom->moved()) ? atom : nullptr;
}

/// Does no caller that was analysed pass what is not known?
bool KnownArguments::may_be_known(std::uint32_t function, const Atom& argument) {
  for (const SiteId id : context_.callers_of(function)) {
    const CallSite& site = solution_.sites[id];
    program_.budget.spend(1);
    if (!site.reached) continue;
    const ValueId passed = passed_by(site, argument);
    if (const Atom* further = passed_on(passed)) {
      if (called_by_others(site.function) || !ask_of(site.function, *further)) return false;
    } else if (known_of(function, passed, argument) == kBottom && !look_closer_at(site, passed)) {
      return false;
    }
  }
  return true;
}

/// A number that stood in a local across a call, perhaps: what callees do is asked once.
bool KnownArguments::look_closer_at(const CallSite& caller, ValueId passed) {
  const auto atoms = values_.atoms(passed);
  const bool numbers = !atoms.empty() && std::ranges::all_of(atoms, &Atom::is_constant);
  const bool depends = (values_.flags(passed) & kMayDependOnCallees) != 0;
  if (!numbers || !depends || context_.needs_callee_summaries.contains(caller.function)) return false;
  if (!affordable(caller.function)) return false;
  context_.ask_callees_of(caller.function);
  return looks_again_ = true;
}

/// Callers are lifted for this alone, as long as that is little beside all the work.
bool KnownArguments::affordable(std::uint32_t caller) {
  constexpr std::uint64_t kStepsOfByte = 4;
  std::uint64_t bytes = 0;
  for (const CodeRange& range : program_.functions.ranges_of(caller)) bytes += range.end - range.begin;
  return program_.budget.steps() + kStepsOfByte * bytes < most_steps_;
}

/// One that was not analysed yet; 0 when all were, or cannot be.
std::uint32_t KnownArguments::another_caller(std::uint32_t function) {
  for (const Reference& reference : Index::to(program_.index.calls, function)) {
    const std::uint32_t caller = program_.functions.containing(reference.site);
    if (!program_.budget.spend(1)) return 0;
    if (caller != 0 && !solution_.analysed.contains(caller) && tried_.insert(caller).second) return caller;
  }
  return 0;
}

bool KnownArguments::ask() {
  if (open_.empty()) return false;
  const std::uint32_t function = open_.back();
  Arguments& arguments = asked_[function];
  const Arguments before = arguments;
  looks_again_ = false;
  for (const Atom& argument : before) {
    if (may_be_known(function, argument)) continue;
    arguments.erase(argument);
    refuted_.emplace(function, argument);
  }
  if (looks_again_) return true;
  const std::uint32_t caller = arguments.empty() ? 0 : another_caller(function);
  if (caller != 0 && affordable(caller)) {
    discovery_.analyse(caller);
  } else if (caller == 0 && !arguments.empty() && last_.insert(function).second) {
    discovery_.analyse_callers(function);  // and those that are no plain calls
  } else {
    std::erase(open_, function);
  }
  return true;
}

/// Is every call of the function known, and none made through a pointer?
bool KnownArguments::knows_callers(std::uint32_t function, unsigned hops) {
  constexpr unsigned kMostHops = 3;
  if (const auto known = known_.find(function); known != known_.end()) return known->second;
  known_[function] = false;
  if (called_by_others(function) || hops > kMostHops) return false;
  std::set<std::uint32_t> calls;
  for (const SiteId id : context_.callers_of(function)) {
    if (solution_.sites[id].reached) calls.insert(solution_.sites[id].rva);
  }
  for (const Reference& reference : Index::to(program_.index.calls, function)) {
    if (!program_.budget.spend(1)) return false;
    if (calls.contains(program_.machine.transfer_at(reference))) continue;
    const auto thunk = program_.machine.direct_jump_at(reference);
    const std::uint32_t holder = program_.functions.containing(reference.site);
    if (holder != function && !(thunk && *thunk == holder && knows_callers(holder, hops + 1))) return false;
  }
  for (const std::uint32_t jump : program_.machine.short_jumps_into({function, function + 1}, program_.budget)) {
    if (!calls.contains(jump) && program_.functions.containing(jump) != function) return false;
  }
  return known_[function] = !calls.empty();
}

bool KnownArguments::is_tag(std::uint32_t function, const Atom& argument) const {
  return std::ranges::any_of(solution_.sinks_of(function), [&](SinkId id) {
    const TagSource& tag = solution_.sinks[id].tag;
    const bool field = argument.kind == AtomKind::field;
    return tag.where == argument.where && tag.field.has_value() == field &&
           (!field || *tag.field == argument.displacement());
  });
}

/// What `function` can reckon with of a value that is passed; kBottom when it is nothing.
ValueId KnownArguments::known_of(std::uint32_t function, ValueId passed, const Atom& argument) const {
  const auto atoms = values_.atoms(passed);
  if (values_.flags(passed) != 0 || atoms.empty()) return kBottom;
  const bool numbers = std::ranges::all_of(atoms, &Atom::is_constant);
  // Callers are asked for the tag itself, one by one.
  if (numbers && atoms.size() <= kMostPassed && !is_tag(function, argument)) return passed;
  if (argument.kind != AtomKind::initial) return kBottom;
  const auto not_zero = [](const Atom& atom) { return atom.is_constant() && static_cast<std::uint32_t>(atom.a) != 0; };
  const auto some = [&](const Atom& atom) { return is_place(atom) || not_zero(atom); };
  if (std::ranges::all_of(atoms, some)) {
    const bool number =
        std::ranges::all_of(atoms, [&](const Atom& atom) { return not_zero(atom) || is_not_zero(atom); });
    return values_.image_address(number ? kNotZero : kSomeAddress);
  }
  const Atom& bits = atoms.front();
  return atoms.size() == 1 && bits.is_unknown_number() && bits.masked() ? values_.single(argument.masked_as(bits))
                                                                        : kBottom;
}

/// What all calls pass; kBottom when it is not known.
ValueId KnownArguments::passed_to(std::uint32_t function, const Atom& argument, unsigned depth) {
  constexpr unsigned kMostDepth = 4;
  const auto [known, fresh] = passed_.emplace(std::pair(function, argument), kBottom);
  if (!fresh || depth > kMostDepth || !knows_callers(function, 0)) return known->second;
  ValueId all = kBottom;
  for (const SiteId id : context_.callers_of(function)) {
    const CallSite& site = solution_.sites[id];
    if (!site.reached || solution_.unlikely.contains(id)) continue;
    program_.budget.spend(1);
    const ValueId passed = passed_by(site, argument);
    const Atom* further = passed_on(passed);
    if (further != nullptr && site.function == function && *further == argument) continue;  // recursion
    const ValueId one =
        known_of(function, further != nullptr ? passed_to(site.function, *further, depth + 1) : passed, argument);
    if (one == kBottom) return kBottom;
    all = values_.join(all, one);
  }
  return passed_[{function, argument}] = known_of(function, all, argument);
}

State KnownArguments::entered_with(const Values& values) {
  State entry = state_at_entry(values_, program_.abi);
  for (const auto& [argument, value] : values) {
    const Location where = argument.where;
    const Atom* only = values_.only(value);
    if (argument.kind == AtomKind::field) {
      field_store(entry, where, argument.displacement(), argument.width, value, values_);
    } else if (only != nullptr && only->is_image_address()) {
      Bound bound;
      bound.kind = Bound::Kind::not_equal;
      for (const unsigned width : {program_.abi.word, 4U}) {
        if (width < program_.abi.word && !is_not_zero(*only)) continue;
        bound.width = static_cast<std::uint8_t>(width);
        note(entry.narrowings, {Narrowing::Kind::bounded, values_.single(argument), kBottom, bound});
      }
    } else {
      set_at_entry(entry, where, value, program_);
    }
  }
  return entry;
}

bool KnownArguments::take() {
  known_.clear();
  passed_.clear();
  std::set<std::uint32_t> again;
  for (const auto& [function, arguments] : asked_) {
    const auto summary = solution_.summaries.find(function);
    if (summary == solution_.summaries.end()) continue;
    Values values;
    // Which of several numbers is passed is asked of each caller, where it decides what another argument is for.
    const bool asks =
        !solution_.sinks_of(function).empty() || !context_.dependencies.of({FactKind::call_through, function}).empty();
    for (const Atom& argument : arguments) {
      const ValueId value = passed_to(function, argument, 0);
      if (value != kBottom && (!asks || values_.only(value) != nullptr)) values.emplace(argument, value);
    }
    if (values == taken_[function]) continue;
    taken_[function] = values;
    solution_.entries.erase(function);
    if (!values.empty()) solution_.entries.emplace(function, entered_with(values));
    context_.analyse_again(function);
    again.insert(function);
  }
  if (!again.empty()) doubt_calls_of(again);
  return !again.empty();
}

/// Until it turns out that they are made after all.
void KnownArguments::doubt_calls_of(const std::set<std::uint32_t>& functions) {
  program_.budget.spend(solution_.sites.size() / 8);
  for (SiteId id = 0; id < solution_.sites.size(); ++id) {
    if (solution_.sites[id].reached && functions.contains(solution_.sites[id].function)) solution_.unlikely.insert(id);
  }
}

void KnownArguments::tell_unlikely() {
  for (const SiteId id : solution_.unlikely) context_.worklist.add(NewFact{{FactKind::call_site, id}});
}

}  // namespace scanner::trace
