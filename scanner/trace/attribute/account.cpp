// The account: one bucket for every call site of a listed function or a wrapper, and for the calls in code that was
// never reached.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "scanner/trace/attribute/attribution.hpp"
#include "scanner/trace/domain/known_bits.hpp"
#include "scanner/trace/models/arguments.hpp"

namespace scanner::trace {
namespace {

SiteKind site_kind_of(tagdb::ApiKind kind) {
  if (kind == tagdb::ApiKind::allocate) return SiteKind::allocate;
  return kind == tagdb::ApiKind::free ? SiteKind::free : SiteKind::other;
}

/// The first that applies names the reason: what went wrong in our understanding comes before what the driver does.
std::string_view reason_of(std::uint32_t flags) {
  static constexpr std::pair<std::uint32_t, std::string_view> kReasons[] = {
      {kTopUnreached, "unreached"},  {kTopDepthLost, "depth_lost"},
      {kTopCapped, "cap"},           {kTopNotUnderstood, "not_understood"},
      {kTopUnset, "not_understood"}, {kTopClobbered, "not_understood"},
      {kTopGlobal, "global"},        {kTopField, "field"},
      {kTopReturned, "returned"},    {kTopComputed, "computed"}};
  for (const auto& [flag, name] : kReasons) {
    if ((flags & flag) != 0) return name;
  }
  return "not_understood";
}

/// What the atoms of a tag say of it.
struct Contents {
  bool plausible = false, constant = false, zero = false, forwarded = false;
  bool pattern = false;  ///< only one letter of it is not known
  std::uint32_t flags = 0;
};

Contents contents_of(const ValuePool& values, ValueId tag) {
  Contents of;
  of.flags = values.flags(tag);
  for (const Atom& atom : values.atoms(tag)) {
    of.pattern = of.pattern || open_letter(atom);
    switch (atom.kind) {
      case AtomKind::constant:
        of.constant = true;
        of.zero = of.zero || (atom.a & 0x7FFFFFFFU) == 0;
        of.plausible = of.plausible || tagdb::plausible_tag(atom.a & ~0x80000000ULL);
        break;
      case AtomKind::initial:
        of.forwarded = of.forwarded || atom.came_in();
        if (!atom.came_in()) of.flags |= kTopComputed;
        break;
      case AtomKind::memory:
      case AtomKind::via_global: of.flags |= kTopGlobal; break;
      case AtomKind::returned: of.flags |= kTopReturned; break;
      case AtomKind::multiple: of.flags |= kTopComputed; break;
      case AtomKind::via_field:
      case AtomKind::field: of.forwarded = true; break;
      default: of.constant = true; break;  // an address in a tag's place
    }
  }
  return of;
}

/// The function is listed itself (win32kbase's allocators in win32kbase): its callers' calls are sites of its row, and
/// what comes in where that row has the tag is told there.
std::string_view reason_in_listed(const Program& program, const SinkCall& call, int import) {
  const int row = program.row_of_import(import);
  if (row < 0 || program.row(row).tag < 0) return "not_understood";
  const auto told = [&](const Atom& atom) {
    return atom.is_initial() && atom.where == tag_location(program, program.row(row));
  };
  return std::ranges::any_of(program.values.atoms(call.tag), told) ? std::string_view{} : "not_understood";
}

/// Empty when some function calls those that this site's tag comes into (or may do so: exports).
std::string_view uncalled_reason(Program& program, const Solution& solution, const SinkCall& call) {
  const std::uint32_t function = solution.sites[call.site].function;
  if (const int own = program.imports.own(function); own >= 0) return reason_in_listed(program, call, own);
  const auto sinks = solution.sinks_of(function);
  if (sinks.empty()) return "cap";
  for (const Atom& atom : program.values.atoms(call.tag)) {
    if (atom.kind != AtomKind::initial && !atom.is_behind_argument()) continue;
    if (!program.attribution_budget.spend(sinks.size())) return "budget";
    const auto called = [&](SinkId id) {
      return solution.sinks[id].tag.where == atom.where && solution.sinks[id].called;
    };
    if (std::ranges::any_of(sinks, called)) return {};
  }
  if (solution.exports.contains(function)) return {};
  return program.globals.address_taken(function) ? "pointer_only" : "no_caller";
}

/// Tag 0 frees whatever the tag, and remove locks are often made with none.
bool zero_is_no_tag(const tagdb::ApiRow& row, SiteKind kind) {
  return kind == SiteKind::free || !row.charges_pool || row.tag_in_struct || row.match == tagdb::ApiMatch::kmdf;
}

Site classify(Program& program, const Solution& solution, const SinkCall& call) {
  const TagSink& sink = solution.sinks[call.sink];
  const tagdb::ApiRow& row = program.row(sink.row);
  Site site;
  site.rva = solution.sites[call.site].rva;
  site.function = solution.sites[call.site].function;
  site.row = sink.row;
  site.kind = site_kind_of(row.kind);
  site.wrapper = !sink.listed();
  if (row.tag < 0) {
    site.bucket = Bucket::untagged;
    return site;
  }
  const Contents tag = contents_of(program.values, call.tag);
  if (tag.plausible) {
    site.bucket = call.table ? Bucket::table : Bucket::constant;
  } else if (!call.inflows.empty()) {
    site.bucket = Bucket::forwarded;
  } else if (tag.forwarded) {
    site.reason = uncalled_reason(program, solution, call);
    site.bucket = site.reason.empty() ? Bucket::forwarded : tag.pattern ? Bucket::constant : Bucket::dynamic;
    if (site.bucket == Bucket::constant) site.reason = {};
  } else if (tag.pattern) {
    site.bucket = Bucket::constant;
  } else if (tag.zero && zero_is_no_tag(row, site.kind)) {
    site.bucket = Bucket::untagged;
  } else if (tag.constant) {
    site.bucket = Bucket::suspect;
  } else {
    site.bucket = Bucket::dynamic;
    site.reason = reason_of(tag.flags);
  }
  return site;
}

/// The same bytes can belong to two functions (shared tails): the more telling answer counts.
bool tells_more(const Site& site, const Site& other) {
  const auto unreached = [](const Site& of) { return of.reason == reason_of(kTopUnreached); };
  if (site.bucket != other.bucket) return site.bucket < other.bucket;
  return unreached(other) && !unreached(site);
}

/// Calls of listed functions in code that was never lifted or never reached still need their bucket.
void account_unseen(Program& program, const Solution& solution, const std::set<std::uint32_t>& seen,
                    TraceResult& result) {
  for (const Reference& reference : program.index.slots) {
    const auto call = program.machine.slot_call_at(reference);
    if (!call || seen.contains(*call) || seen.contains(*call - 1)) continue;
    const int import = program.imports.at(reference.target);
    const std::uint32_t function = program.functions.containing(*call);
    const bool too_costly = solution.budget_used_up || solution.given_up.contains(function);
    if (import < 0 || (solution.analysed.contains(function) && !too_costly)) continue;  // no instruction starts there
    const int row = program.row_of_import(import);
    if (row < 0) continue;  // a helper (RtlInitUnicodeString) takes no tag
    Site site;
    site.rva = *call;
    site.function = function;
    site.row = row;
    site.kind = site_kind_of(program.row(row).kind);
    site.reason = too_costly ? "budget" : "not_understood";
    result.sites.push_back(site);
  }
}

}  // namespace

void account(Program& program, const Solution& solution, TraceResult& result) {
  std::map<std::pair<bool, std::uint32_t>, Site> by_rva;
  std::set<std::uint32_t> seen;
  for (const SinkCall& call : solution.sink_calls) {
    const std::uint32_t rva = solution.sites[call.site].rva;
    seen.insert(rva);
    if (!call.applies) {
      if (solution.sinks[call.sink].listed()) result.ruled_out.push_back(rva);
      continue;
    }
    const Site site = classify(program, solution, call);
    const auto [at, fresh] = by_rva.emplace(std::pair{site.wrapper, site.rva}, site);
    if (!fresh && tells_more(site, at->second)) at->second = site;
  }
  for (const auto& [key, site] : by_rva) result.sites.push_back(site);
  account_unseen(program, solution, seen, result);
  std::sort(result.ruled_out.begin(), result.ruled_out.end());
  std::sort(result.sites.begin(), result.sites.end(),
            [](const Site& a, const Site& b) { return std::tie(a.rva, a.wrapper) < std::tie(b.rva, b.wrapper); });
}

}  // namespace scanner::trace
