// The end of a trace: uses from the pairs that hold constants, and one bucket for every call site.
#include <algorithm>
#include <tuple>

#include "scanner/trace/solve/engine.hpp"
#include "scanner/trace/image/reference.hpp"

namespace scanner::trace {
namespace {

using tagdb::ApiKind;

Evidence evidence_of(ApiKind kind) {
  switch (kind) {
    case ApiKind::allocate: return Evidence::allocates;
    case ApiKind::lookaside: return Evidence::lookaside;
    case ApiKind::configure: return Evidence::configures;
    case ApiKind::free: return Evidence::frees;
    case ApiKind::reference: return Evidence::references;
    case ApiKind::predict: return Evidence::predicted;
  }
  return Evidence::references;
}

constexpr std::size_t kMaxChain = 32;

SiteKind site_kind_of(ApiKind kind) {
  if (kind == ApiKind::allocate) return SiteKind::allocate;
  return kind == ApiKind::free ? SiteKind::free : SiteKind::other;
}

Certainty certainty_of(std::uint32_t flags) {
  if ((flags & kAssumedMask) != 0) return Certainty::assumed;
  return (flags & kTopMask) != 0 ? Certainty::one_path : Certainty::sure;
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

/// POOL_TYPE: bit 0 paged, 0x20 session (wdm.h).
Pool pool_from_type(std::uint64_t type) {
  if ((type & 0x20) != 0) return Pool::session;
  return (type & 1) != 0 ? Pool::paged : Pool::nonpaged;
}

}  // namespace

void Engine::describe_allocation(const Pair& pair, TagUse& use) {
  const Entry& entry = entries_[pair.entry];
  const tagdb::ApiRow& row = apis_.rows[static_cast<std::size_t>(entry.row)];
  if (row.pool_form != tagdb::PoolForm::unknown) {
    const ValueId pool = argument(pair.site, pair.entry, Argument::pool);
    bool first = true;
    bool mixed = (values_.flags(pool) & kTopMask) != 0;
    for (const Atom& atom : values_.atoms(pool)) {
      if (atom.kind != AtomKind::constant) {
        mixed = true;
        continue;
      }
      const Pool one = pool_from_type(atom.a);
      if (!first && one != use.pool) mixed = true;
      use.pool = one;
      // NonPagedPool (0) is executable, NonPagedPoolNx is 512: that is what a function without a choice is given, so
      // that only what the driver itself says counts.
      use.executable = use.executable || (atom.a & 0x201) == 0;
      first = false;
    }
    if (mixed) use.pool = row.pool_form == tagdb::PoolForm::lookaside_flags ? Pool::nonpaged : Pool::unknown;
  }
  if (row.size >= 0) {
    std::uint64_t bytes = 0;
    if (values_.is_constant(argument(pair.site, pair.entry, Argument::size), bytes)) use.bytes = bytes;
  }
}

void Engine::collect_uses(TraceResult& result) {
  std::set<std::tuple<std::uint32_t, std::uint32_t, Evidence, bool>> seen;  // origin, tag, evidence, charges
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    const Pair pair = pairs_[i];
    if (!pair.applies) continue;
    const Entry& entry = entries_[pair.entry];
    const tagdb::ApiRow& row = apis_.rows[static_cast<std::size_t>(entry.row)];
    TagUse use;
    use.row = entry.row;
    use.api = row.name;
    use.evidence = evidence_of(row.kind);
    use.charges_pool = row.charges_pool;
    use.origin_rva = sites_[pair.site].rva;
    std::uint32_t flags = pair.flags | (pair.tag == kBottom ? 0 : values_.flags(pair.tag) | what_else(pair));
    if (!pair.narrowed && may_call_else(pair.site, row)) flags |= kAssumesPointer;
    use.via.push_back(use.origin_rva);
    SiteId last = pair.site;
    std::size_t way = pair.link;
    for (EntryId id = pair.entry; entries_[id].function != 0;) {
      const Link& link = entries_[id].links[std::min(way, entries_[id].links.size() - 1)];
      way = pair_index_.contains(std::uint64_t{link.site} << 32 | link.callee)
                ? pairs_[pair_index_.at(std::uint64_t{link.site} << 32 | link.callee)].link
                : 0;
      if (use.via.size() > kMaxChain) break;
      flags |= link.flags;
      if (may_call_else(link.site, row)) flags |= kAssumesPointer;
      last = link.site;
      use.via.push_back(sites_[last].rva);
      id = link.callee;
    }
    use.site_rva = sites_[last].rva;
    use.function_rva = sites_[last].function;
    const auto add = [&](std::uint64_t constant, bool untagged) {
      const auto value = static_cast<std::uint32_t>(constant);
      use.tag = tagdb::PoolTag(value);
      use.protected_bit = !untagged && (value >> 31) != 0;
      use.certainty = certainty_of(flags);
      // Half a search has not seen every path.
      if ((budget_.used_up() || !given_up_.empty()) && use.certainty == Certainty::sure)
        use.certainty = Certainty::one_path;
      use.assumptions = flags & kAssumedMask;
      if (!seen.emplace(use.origin_rva, use.tag.value(), use.evidence, use.charges_pool).second) return;
      TagUse complete = use;
      describe_allocation(pair, complete);
      result.uses.push_back(std::move(complete));
    };
    if (row.tag < 0) {
      if (!row.default_tag.empty() && sites_[pair.site].reached)
        add(tagdb::PoolTag::from_text(row.default_tag).value(), true);
      continue;
    }
    const std::vector<Atom> atoms(values_.atoms(pair.tag).begin(), values_.atoms(pair.tag).end());
    for (const Atom& atom : atoms) {
      if (atom.kind == AtomKind::constant && tagdb::plausible_tag(atom.a & ~0x80000000ULL)) add(atom.a, false);
    }
  }
  collect_constants(result);
  std::sort(result.uses.begin(), result.uses.end(), [](const TagUse& a, const TagUse& b) {
    return std::tie(a.tag, a.evidence, a.certainty, a.origin_rva, a.site_rva) <
           std::tie(b.tag, b.evidence, b.certainty, b.origin_rva, b.site_rva);
  });
}

namespace {

/// The number that an operation holds. One half of a number (movk of ARM64) is joined with the other, which was set
/// shortly before.
std::optional<std::uint64_t> immediate_of(const std::vector<Op>& ops, std::size_t number) {
  const Op& op = ops[number];
  if (op.kind == OpKind::set || (op.kind == OpKind::store && op.a == kNoReg && !op.unknown)) return op.imm;
  const bool half = op.kind == OpKind::alu && op.alu == Alu::bit_or && op.b == kNoReg && op.a == op.dst;
  if (!half || number == 0) return std::nullopt;
  const Op& mask = ops[number - 1];
  if (mask.kind != OpKind::alu || mask.alu != Alu::bit_and || mask.dst != op.dst || mask.b != kNoReg ||
      (mask.imm & op.imm) != 0 || mask.rva != op.rva)
    return std::nullopt;
  constexpr std::size_t kApart = 64;
  for (std::size_t i = number - 1; i-- > 0 && number - i < kApart;) {
    if (ops[i].dst != op.dst) continue;
    return ops[i].kind == OpKind::set ? std::optional((ops[i].imm & mask.imm) | op.imm) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

void Engine::note_immediates(const LiftedFunction& function) {
  for (std::size_t i = 0; i < function.ops.size(); ++i) {
    const Op& op = function.ops[i];
    const auto immediate = immediate_of(function.ops, i);
    if (!immediate || *immediate > 0xFFFFFFFFU) continue;
    const auto number = static_cast<std::uint32_t>(*immediate);
    if (!tagdb::PoolTag(number).chosen()) continue;
    const auto [at, fresh] = immediates_.emplace(number, op.rva);
    if (!fresh && op.rva < at->second) at->second = op.rva;
  }
}

/// Immediates that no traced use explains: weak evidence, but evidence.
void Engine::collect_constants(TraceResult& result) {
  std::set<tagdb::PoolTag> explained;
  for (const TagUse& use : result.uses) explained.insert(use.tag);
  for (const auto& [value, rva] : immediates_) {
    TagUse use;
    use.tag = tagdb::PoolTag(value);
    if (explained.contains(use.tag)) continue;
    use.protected_bit = (value >> 31) != 0;
    use.evidence = Evidence::constant;
    use.charges_pool = false;
    use.site_rva = use.origin_rva = rva;
    use.function_rva = functions_.containing(rva);
    use.via = {rva};
    result.uses.push_back(std::move(use));
  }
}

/// Empty when someone calls the functions that this site's tag comes into (or may: exports).
std::string_view Engine::uncalled_reason(const Pair& pair) {
  const CallSite& site = sites_[pair.site];
  bool pointer = false;
  const auto found = entries_of_function_.find(site.function);
  if (found == entries_of_function_.end()) return "cap";
  for (const Atom& atom : values_.atoms(pair.tag)) {
    if (atom.kind != AtomKind::initial && atom.kind != AtomKind::field) continue;
    if (!report_budget_.spend(found->second.size())) return "budget";
    for (const EntryId id : found->second) {
      const Entry& entry = entries_[id];
      if (entry.tag == atom.where && entry.called) return {};
    }
  }
  if (exports_.contains(site.function)) return {};
  pointer = globals_.address_taken(site.function);
  return pointer ? "pointer_only" : "no_caller";
}

Site Engine::classify(const Pair& pair) {
  const CallSite& call = sites_[pair.site];
  const Entry& entry = entries_[pair.entry];
  const tagdb::ApiRow& row = apis_.rows[static_cast<std::size_t>(entry.row)];
  Site site;
  site.rva = call.rva;
  site.function = call.function;
  site.row = entry.row;
  site.kind = site_kind_of(row.kind);
  site.wrapper = entry.function != 0;
  if (row.tag < 0) {
    site.bucket = Bucket::untagged;
    return site;
  }
  bool plausible = false, constant = false, zero = false, forwarded = false;
  std::uint32_t flags = values_.flags(pair.tag);
  for (const Atom& atom : values_.atoms(pair.tag)) {
    switch (atom.kind) {
      case AtomKind::constant:
        constant = true;
        zero = zero || (atom.a & 0x7FFFFFFFU) == 0;
        plausible = plausible || tagdb::plausible_tag(atom.a & ~0x80000000ULL);
        break;
      case AtomKind::initial:
        forwarded = forwarded || (atom.a == 0 && !atom.strided);
        if (atom.a != 0 || atom.strided) flags |= kTopComputed;
        break;
      case AtomKind::memory:
      case AtomKind::via_global: flags |= kTopGlobal; break;
      case AtomKind::returned: flags |= kTopReturned; break;
      case AtomKind::multiple: flags |= kTopComputed; break;
      case AtomKind::field: forwarded = true; break;
      default: constant = true; break;  // an address in a tag's place
    }
  }
  if (plausible) {
    site.bucket = pair.table ? Bucket::table : Bucket::constant;
  } else if (!pair.inflows.empty()) {
    site.bucket = Bucket::forwarded;
  } else if (forwarded) {
    const std::string_view reason = uncalled_reason(pair);
    site.bucket = reason.empty() ? Bucket::forwarded : Bucket::dynamic;
    site.reason = reason;
  } else if (zero && (site.kind == SiteKind::free || !row.charges_pool || row.tag_in_struct ||
                      row.match == tagdb::ApiMatch::kmdf)) {
    site.bucket = Bucket::untagged;  // tag 0 frees whatever the tag, and remove locks are often made with none
  } else if (constant) {
    site.bucket = Bucket::suspect;
  } else {
    site.bucket = Bucket::dynamic;
    site.reason = reason_of(flags);
  }
  return site;
}

void Engine::account(TraceResult& result) {
  std::map<std::pair<bool, std::uint32_t>, Site> by_rva;
  std::set<std::uint32_t> seen;
  for (const Pair& pair : pairs_) {
    seen.insert(sites_[pair.site].rva);
    if (!pair.applies) {
      if (entries_[pair.entry].function == 0) result.ruled_out.push_back(sites_[pair.site].rva);
      continue;
    }
    const Site site = classify(pair);
    const auto [at, fresh] = by_rva.emplace(std::pair{site.wrapper, site.rva}, site);
    // The same bytes can belong to two functions (shared tails): the more telling answer counts.
    if (!fresh && site.bucket < at->second.bucket) at->second = site;
  }
  for (const auto& [key, site] : by_rva) result.sites.push_back(site);
  account_unseen(result, seen);
  std::sort(result.ruled_out.begin(), result.ruled_out.end());
  std::sort(result.sites.begin(), result.sites.end(),
            [](const Site& a, const Site& b) { return std::tie(a.rva, a.wrapper) < std::tie(b.rva, b.wrapper); });
}

/// Calls of listed functions in code that was never lifted or never reached still need their bucket.
void Engine::account_unseen(TraceResult& result, const std::set<std::uint32_t>& seen) {
  for (const Reference& reference : index_.slots) {
    const auto call = slot_call_at(image_, reference);
    if (!call || seen.contains(*call) || seen.contains(*call - 1)) continue;
    const std::uint32_t rva = *call;
    const int import = imports_.at(reference.target);
    const std::uint32_t function = functions_.containing(rva);
    const bool too_costly = budget_.used_up() || given_up_.contains(function);
    if (import < 0 || (analysed_.contains(function) && !too_costly)) continue;  // lifted: no instruction starts there
    const int row = imports_[static_cast<std::size_t>(import)].row;
    if (row < 0) continue;  // a helper (RtlInitUnicodeString) takes no tag
    Site site;
    site.rva = rva;
    site.function = function;
    site.row = row;
    site.kind = site_kind_of(apis_.rows[static_cast<std::size_t>(row)].kind);
    site.reason = too_costly ? "budget" : "not_understood";
    result.sites.push_back(site);
  }
}

}  // namespace scanner::trace
