// Uses: every constant that a call passes to a sink, with the chain of calls to the listed function.
#include <algorithm>
#include <set>
#include <tuple>

#include "scanner/trace/attribute/allocation.hpp"
#include "scanner/trace/attribute/attribution.hpp"
#include "scanner/trace/attribute/unseen_inputs.hpp"
#include "scanner/trace/domain/known_bits.hpp"
#include "scanner/trace/solve/conditions.hpp"

namespace scanner::trace {
namespace {

constexpr std::size_t kMaxChain = 32;
constexpr std::uint64_t kProtectedBit = 0x80000000U;

Evidence evidence_of(tagdb::ApiKind kind) {
  switch (kind) {
    case tagdb::ApiKind::allocate: return Evidence::allocates;
    case tagdb::ApiKind::lookaside: return Evidence::lookaside;
    case tagdb::ApiKind::configure: return Evidence::configures;
    case tagdb::ApiKind::free: return Evidence::frees;
    case tagdb::ApiKind::reference: return Evidence::references;
    case tagdb::ApiKind::predict: return Evidence::predicted;
  }
  return Evidence::references;
}

class Uses {
 public:
  Uses(Program& program, const Solution& solution, TraceResult& result)
      : program_(program),
        solution_(solution),
        result_(result),
        unseen_(program, solution),
        allocation_(program, solution) {}

  void add_of(const SinkCall& call);

 private:
  std::uint32_t follow_chain(const SinkCall& call, TagUse& use);
  bool may_be_for_another(SiteId site, const tagdb::ApiRow& row);
  bool may_call_else(SiteId site, const tagdb::ApiRow& row);
  bool does_else(const Target& target, const tagdb::ApiRow& row);
  [[nodiscard]] Certainty certainty_of(std::uint32_t flags) const;
  void add(const SinkCall& call, TagUse use, std::uint64_t constant, std::uint32_t flags);
  void add_unlikely(const SinkCall& call, const TagUse& use, std::uint32_t flags);
  void add_pattern(const SinkCall& call, TagUse use, const Atom& atom, std::uint32_t flags);

  Program& program_;
  const Solution& solution_;
  TraceResult& result_;
  UnseenInputs unseen_;
  AllocationArguments allocation_;
  // origin, function that it calls (a call through a table has several), tag, is it a pattern, evidence, charges
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, bool, Evidence, bool>> seen_;
};

void Uses::add_of(const SinkCall& call) {
  if (!call.applies) return;
  const CallSite& site = solution_.sites[call.site];
  const TagSink& sink = solution_.sinks[call.sink];
  const tagdb::ApiRow& row = program_.row(sink.row);
  TagUse use;
  use.row = sink.row;
  use.api = row.name;
  use.evidence = evidence_of(row.kind);
  use.charges_pool = row.charges_pool;
  use.origin_rva = site.rva;
  const std::uint32_t unseen = call.tag != kBottom ? unseen_.of(call) : 0;
  std::uint32_t flags = call.flags | unseen;
  if (!call.path_divided && may_call_else(call.site, row)) flags |= kAssumesPointer;
  flags |= follow_chain(call, use);
  if (row.tag < 0) {
    if (row.default_tag.empty() || !site.reached) return;
    use.protected_bit = false;
    if (call.tag != kBottom) flags |= program_.values.flags(call.tag);
    add(call, std::move(use), tagdb::PoolTag::from_text(row.default_tag).value(), flags);
    return;
  }
  for (const Atom& atom : program_.values.atoms(call.tag)) {
    const std::uint32_t of_atom = flags | program_.values.flags_of(call.tag, atom);
    if (atom.kind == AtomKind::constant && tagdb::plausible_tag(atom.a & ~kProtectedBit)) {
      use.protected_bit = (atom.a & kProtectedBit) != 0;
      add(call, use, atom.a, of_atom);
    } else if (atom.kind != AtomKind::constant && (atom.is_number() || (unseen & kTopMask) != 0)) {
      // An argument of which all callers are known is told as what they pass.
      add_pattern(call, use, atom, of_atom);
    }
  }
  add_unlikely(call, use, flags);
}

/// Only with arguments that no known caller passes.
void Uses::add_unlikely(const SinkCall& call, const TagUse& use, std::uint32_t flags) {
  for (const Atom& atom : program_.values.atoms(call.unlikely)) {
    if (!tagdb::plausible_tag(atom.a & ~kProtectedBit)) continue;
    TagUse one = use;
    one.protected_bit = (atom.a & kProtectedBit) != 0;
    add(call, std::move(one), atom.a, flags | assumptions_of(atom) | kAssumesArgument);
  }
}

/// Three letters are known, one is made at run time.
void Uses::add_pattern(const SinkCall& call, TagUse use, const Atom& atom, std::uint32_t flags) {
  const auto open = open_letter(atom);
  if (!open) return;
  use.open = static_cast<std::uint8_t>(*open);
  const std::uint32_t letters = known_bits(atom).value;
  use.protected_bit = (letters & kProtectedBit) != 0;
  add(call, std::move(use), letters | std::uint32_t{'?'} << (8 * *open), flags | kAssumesLetter);
}

/// Fills in `via` and the site of the listed function; what the chain rests on, as flags.
std::uint32_t Uses::follow_chain(const SinkCall& call, TagUse& use) {
  const tagdb::ApiRow& row = program_.row(solution_.sinks[call.sink].row);
  std::uint32_t flags = 0;
  SiteId last = call.site;
  std::size_t number = call.edge;
  use.via.push_back(use.origin_rva);
  for (SinkId id = call.sink; !solution_.sinks[id].listed() && use.via.size() <= kMaxChain;) {
    const auto& edges = solution_.sinks[id].edges;
    const SinkEdge& edge = edges[std::min(number, edges.size() - 1)];
    const SinkCall* next = solution_.find(edge.site, edge.callee);
    number = next != nullptr ? next->edge : 0;
    flags |= edge.flags;
    if (may_call_else(edge.site, row)) flags |= kAssumesPointer;
    last = edge.site;
    use.via.push_back(solution_.sites[last].rva);
    id = edge.callee;
  }
  use.site_rva = solution_.sites[last].rva;
  use.function_rva = solution_.sites[last].function;
  return flags;
}

/// May the call be made with another pointer only than those that are known to be passed? Then what they do may never
/// be done with this tag.
bool Uses::may_be_for_another(SiteId id, const tagdb::ApiRow& row) {
  const auto found = solution_.passed_targets.find(id);
  if (found == solution_.passed_targets.end() || !found->second.doubtful) return false;
  const PassedTargets& passed = found->second;
  program_.attribution_budget.spend(passed.certain.size() + passed.functions.size());
  if (std::ranges::any_of(passed.certain, [&](const Target& target) { return !does_else(target, row); })) return false;
  const auto called_by_others = [&](std::uint32_t function) {
    return solution_.exports.contains(function) || program_.globals.address_taken(function);
  };
  if (std::ranges::any_of(passed.functions, called_by_others)) return true;
  for (auto it = solution_.targets.lower_bound({id, Target{}}); it != solution_.targets.end() && it->first.first == id;
       ++it) {
    if (!program_.attribution_budget.spend(1) || does_else(it->first.second, row)) return true;
  }
  return false;
}

/// May this call go to a function that does not do with the tag what `row` does?
bool Uses::may_call_else(SiteId id, const tagdb::ApiRow& row) {
  if (may_be_for_another(id, row)) return true;
  const CallSite& site = solution_.sites[id];
  if (site.import >= 0 || site.target != 0 || passed_pointer(program_, site) != nullptr) return false;
  for (auto it = solution_.targets.lower_bound({id, Target{}}); it != solution_.targets.end() && it->first.first == id;
       ++it) {
    if (!program_.attribution_budget.spend(1) || does_else(it->first.second, row)) return true;
  }
  return false;
}

bool Uses::does_else(const Target& target, const tagdb::ApiRow& row) {
  const auto same = [&](int other) { return other >= 0 && program_.row(other).kind == row.kind; };
  switch (target.kind) {
    case Target::Kind::row: return !same(static_cast<int>(target.number));
    case Target::Kind::unlisted_import: return true;
    case Target::Kind::function: break;
  }
  const auto sinks = solution_.sinks_of(target.number);
  program_.attribution_budget.spend(sinks.size());
  return std::ranges::none_of(sinks, [&](SinkId sink) { return same(solution_.sinks[sink].row); });
}

/// Half a search has not seen every path.
Certainty Uses::certainty_of(std::uint32_t flags) const {
  if ((flags & kAssumedMask) != 0) return Certainty::assumed;
  return (flags & kTopMask) != 0 || !solution_.complete() ? Certainty::one_path : Certainty::sure;
}

void Uses::add(const SinkCall& call, TagUse use, std::uint64_t constant, std::uint32_t flags) {
  use.tag = tagdb::PoolTag(static_cast<std::uint32_t>(constant));
  use.certainty = certainty_of(flags);
  use.assumptions = flags & kAssumedMask;
  const std::uint32_t callee = solution_.sinks[call.sink].function;
  if (!seen_.emplace(use.origin_rva, callee, use.tag.value(), use.open.has_value(), use.evidence, use.charges_pool)
           .second)
    return;
  allocation_.describe(call, use);
  result_.uses.push_back(std::move(use));
}

/// Immediates that no traced use explains: weak evidence, but evidence.
void add_constants(Program& program, const Solution& solution, TraceResult& result) {
  std::set<tagdb::PoolTag> explained;
  std::vector<TagUse> patterns;
  for (const TagUse& use : result.uses) {
    if (use.open) {
      patterns.push_back(use);
    } else {
      explained.insert(use.tag);
    }
  }
  for (const auto& [value, rva] : solution.immediates) {
    TagUse use;
    use.tag = tagdb::PoolTag(value);
    const auto made_of_it = [&](const TagUse& pattern) {
      return tagdb::TagPattern::exactly(pattern.tag).opened(*pattern.open).matches(use.tag);
    };
    if (explained.contains(use.tag) || std::ranges::any_of(patterns, made_of_it)) continue;
    use.protected_bit = (value & kProtectedBit) != 0;
    use.evidence = Evidence::constant;
    use.charges_pool = false;
    use.site_rva = use.origin_rva = rva;
    use.function_rva = program.functions.containing(rva);
    use.via = {rva};
    result.uses.push_back(std::move(use));
  }
}

}  // namespace

void collect_uses(Program& program, const Solution& solution, TraceResult& result) {
  Uses uses(program, solution, result);
  for (const SinkCall& call : solution.sink_calls) uses.add_of(call);
  add_constants(program, solution, result);
  std::sort(result.uses.begin(), result.uses.end(), [](const TagUse& a, const TagUse& b) {
    return std::tie(a.tag, a.evidence, a.certainty, a.origin_rva, a.site_rva) <
           std::tie(b.tag, b.evidence, b.certainty, b.origin_rva, b.site_rva);
  });
}

}  // namespace scanner::trace
