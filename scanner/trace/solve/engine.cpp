#include "scanner/trace/solve/engine.hpp"

#include <algorithm>

#include "scanner/trace/image/reference.hpp"
#include "scanner/trace/domain/state_cost.hpp"

namespace scanner::trace {
namespace {

constexpr std::uint64_t kStepsOfPair = 100;  // a call site held against what takes a tag
constexpr std::uint64_t kBytesOfPair = sizeof(Pair) + 100;
constexpr int kMaxExtensions = 6;
constexpr int kMaxThunkHops = 4;
constexpr std::size_t kMaxRangesPerFunction = 64;

}  // namespace

Engine::Engine(const pe::Image& image, const tagdb::ApiTable& apis, Decoder& decoder)
    : image_(image),
      apis_(apis),
      decoder_(decoder),
      abi_(abi_of(image.machine())),
      imports_(image, apis),
      index_(imports_.has_rows() ? build_index(image, imports_.interesting_slots(), decoder) : Index{}),
      functions_(image, index_, decoder),
      values_(abi_.word, abi_.entry_misalignment),
      globals_(image, index_, values_, abi_, budget_) {
  if (imports_.binds_framework()) choose_kmdf();
  if (abi_.callee_removes) stacks_.emplace(image, imports_, decoder, budget_);
}

TraceResult Engine::run() {
  TraceResult result;
  result.functions = functions_.size();
  result.binds_kmdf = imports_.binds_framework();
  if (result.binds_kmdf && !kmdf_) result.notes.emplace_back("kmdf_table_missing");
  if (functions_.overlaps() > 0)
    problems_.push_back(std::to_string(functions_.overlaps()) + " function ranges overlap in .pdata");
  // What a damaged table holds beyond the damage was not seen.
  for (const auto* damage : {&imports_.damage(), &functions_.damage()}) {
    if (*damage) problems_.push_back((*damage)->message);
  }
  if (const RelocatedFields* fields = decoder_.relocations(); fields != nullptr && fields->damage())
    problems_.push_back(fields->damage()->message);
  if (!imports_.has_rows()) {
    result.problems = std::move(problems_);
    return result;
  }
  image_.for_each_export([this](const pe::Export& entry) {
    if (entry.forwarder.empty()) exports_.insert(entry.rva);
  });
  schedule_references();
  schedule_kmdf();
  while (!waiting_.empty() || !todo_.empty() || !found_later_.empty()) {
    if (budget_.used_up()) break;
    if (!found_later_.empty()) {
      const auto [site, pointer] = found_later_.front();
      found_later_.pop_front();
      target_found(site, pointer);
      continue;
    }
    // Pairs first: breadth-first over entries keeps the first chain found the shortest.
    if (!todo_.empty()) {
      const auto [site, entry] = todo_.front();
      todo_.pop_front();
      pair_up(site, entry);
      continue;
    }
    const std::uint32_t function = *waiting_.begin();
    waiting_.erase(waiting_.begin());
    analyse(function);
  }
  note_budget();
  globals_.charge_to(report_budget_);
  collect_uses(result);
  account(result);
  collect_exports(result);
  if (report_budget_.used_up())
    problems_.emplace_back(
        "the budget for one driver was used up while its calls were counted: pool, size and certainty "
        "of some uses are less than could be known");
  result.lifted = lifted_;
  result.steps = budget_.steps() + report_budget_.steps();
  result.depth_lost = std::move(depth_lost_);
  result.problems = std::move(problems_);
  return result;
}

// --- which functions to look at
// ----------------------------------------------------------------------------------------

void Engine::schedule(std::uint32_t function) {
  if (function != 0 && !analysed_.contains(function)) waiting_.insert(function);
}

/// A call site is to be held against what takes a tag.
void Engine::enqueue(SiteId site, EntryId entry) {
  if (budget_.spend(kStepsOfPair)) todo_.emplace_back(site, entry);
}

void Engine::schedule_callers(std::uint32_t function, int hops) {
  for (const Reference& reference : Index::to(index_.calls, function)) {
    if (!budget_.spend(1)) return;
    schedule(functions_.containing(reference.site));
    // `jmp function` that others call is a thunk: its callers are callers.
    const auto thunk = direct_jump_at(image_, reference);
    if (hops < kMaxThunkHops && thunk && *thunk != function) schedule_callers(*thunk, hops + 1);
  }
  if (image_.machine() == pe::Machine::arm64) return;
  // Neighbours reach it with two-byte jumps (EB and 70 to 7F), which are too common in the bytes for the index.
  constexpr std::uint32_t kReach = 130;
  budget_.spend(kReach / 4);
  const pe::Section* section = image_.section_at(function);
  if (section == nullptr) return;
  const std::uint32_t low = function - section->rva > kReach ? function - kReach : section->rva;
  const pe::Bytes around = image_.from_rva(low);
  for (std::uint32_t i = 0; i + 1 < around.size() && i < 2 * kReach; ++i) {
    const bool short_jump = around[i] == 0xEB || (around[i] & 0xF0) == 0x70;
    if (!short_jump || low + i + 2 + static_cast<std::uint32_t>(static_cast<std::int8_t>(around[i + 1])) != function)
      continue;
    const std::uint32_t other = functions_.containing(low + i);
    if (other != function) schedule(other);
  }
}

void Engine::schedule_references() {
  for (const Reference& reference : index_.slots) {
    bool thunk = false;
    for (const std::uint32_t start : thunk_starts(image_, reference)) {
      if (resolve_thunk(image_, imports_, start).import < 0) continue;
      schedule_callers(start);
      thunk = thunk || functions_.containing(start) == start;
    }
    if (!thunk) schedule(functions_.containing(reference.site));
  }
  for (const auto& [function, number] : imports_.own()) {
    schedule_callers(function);
    watch_pointers_to(function);
  }
}

FunctionSummary Engine::follow(const LiftedFunction& function) {
  FunctionSummary flow = interpret_function(image_, imports_, function, values_, abi_, budget_, stack_knowledge());
  // A tag that stands in a register across a call breaks the convention, unless the callee is known to spare it.
  const bool across_call = std::any_of(flow.calls.begin(), flow.calls.end(), [this](const CallSite& site) {
    const int row = site.import >= 0 ? imports_[static_cast<std::size_t>(site.import)].row : -1;
    if (row < 0 || apis_.rows[static_cast<std::size_t>(row)].tag < 0) return false;
    const Location tag = tag_location(apis_.rows[static_cast<std::size_t>(row)]);
    return (values_.flags(value_at(site, tag, 4, values_, abi_)) &
            (kTopClobbered | kAssumesFrame | kAssumesField | kTopUnset)) != 0;
  });
  if (!across_call && !careful_.contains(function.rva)) return flow;
  CalleeKnowledge knowledge = stack_knowledge();
  knowledge.clobbered = [this](std::uint32_t callee) { return clobbered_by(callee); };
  knowledge.stores = [this](std::uint32_t callee) -> const ArgumentEffects& { return stores_of(callee); };
  return interpret_function(image_, imports_, function, values_, abi_, budget_, knowledge);
}

/// Calls that no path leads to: without .pdata two functions may pass for one, so the second is looked at by itself.
void Engine::schedule_orphans(const FunctionSummary& flow) {
  constexpr std::size_t kMostOrphans = 64;
  const bool any =
      std::any_of(flow.calls.begin(), flow.calls.end(), [](const CallSite& site) { return !site.reached; });
  if (!any || flow.orphans.size() > kMostOrphans) return;
  for (const std::uint32_t rva : flow.orphans) schedule(rva);
}

void Engine::analyse(std::uint32_t function) {
  if (!analysed_.insert(function).second) return;
  const bool thunk = imports_.own(function) < 0 && resolve_thunk(image_, imports_, function).import >= 0;
  if (thunk) return;  // it is the import itself
  std::vector<CodeRange> ranges = functions_.ranges_of(function);
  if (ranges.empty()) return;
  const auto scopes = functions_.scopes_of(function);
  FunctionSummary flow;
  for (int round = 0;; ++round) {
    if (!affordable(ranges, scopes.size())) {
      flow = {};
      flow.given_up = true;
    }
    if (flow.given_up) break;
    const LiftedFunction lifted = lift_function(image_, decoder_, ranges, scopes);
    ++lifted_;
    note_immediates(lifted);
    flow = follow(lifted);
    if (round == kMaxExtensions || flow.extensions.empty() || ranges.size() > kMaxRangesPerFunction) break;
    bool grown = false;
    for (const std::uint32_t rva : flow.extensions) {
      if (ranges.size() > Budget::kMostRanges || !budget_.spend(ranges.size())) break;
      const CodeRange more = functions_.range_at(rva);
      const bool known = std::any_of(ranges.begin(), ranges.end(),
                                     [rva](const CodeRange& range) { return rva >= range.begin && rva < range.end; });
      if (known || more.begin == more.end) continue;
      ranges.push_back(more);
      // A part that nobody calls belongs to us alone; one that is a function of its own is only shared.
      if (Index::to(index_.calls, more.begin).empty()) {
        functions_.absorb(rva, function);
        waiting_.erase(more.begin);
      }
      grown = true;
    }
    if (!grown) break;
  }
  if (flow.given_up) {
    given_up_.insert(function);
    return;
  }
  if (!budget_.keep(flow.argument_stores.size() * sizeof(ArgumentStore))) given_up_.insert(function);
  for (const std::uint32_t end : flow.ends) globals_.add_end(end);
  take_stores(flow.stores);
  for (const ArgumentStore& store : flow.argument_stores) {
    for (const Atom& atom : values_.atoms(store.value)) {
      if (atom.kind != AtomKind::image) continue;
      const auto kept = static_cast<std::uint32_t>(atom.a);
      keepers_of_[kept].insert(function);
      if (entries_of_function_.contains(kept)) schedule_callers(function);
    }
  }
  if (flow.depth_lost != 0) ++depth_lost_[std::string(depth_reason(flow.depth_lost))];
  schedule_orphans(flow);
  const std::vector<CallSite> calls = std::move(flow.calls);
  flow.calls.clear();
  flow.stores.clear();
  summaries_[function] = std::move(flow);
  for (const CallSite& call : calls) {
    const auto [at, fresh] = site_at_.emplace(std::pair{function, call.rva}, static_cast<SiteId>(sites_.size()));
    const SiteId id = at->second;
    if (!budget_.keep(sizeof(CallSite) - sizeof(State) + bytes_of(call.state))) {
      given_up_.insert(function);  // only a part of its sites is known
      break;
    }
    if (!fresh) {
      // Looked at again with more knowledge: what was concluded is concluded anew.
      sites_[id] = call;
      ways_.erase(id);
      for (const EntryId entry : entries_of_site_[id]) enqueue(id, entry);
      continue;
    }
    sites_.push_back(call);
    note_objects_passed(id);
    register_site(id);
  }
  // Those who waited to know what this function returns or fills in.
  if (const auto waiting = return_readers_.find(function); waiting != return_readers_.end()) {
    for (const auto& [site, entry] : waiting->second) enqueue(site, entry);
  }
  for (const SiteId site : std::vector<SiteId>(sites_of_target_[function]))
    take_argument_stores(sites_[site], function);
}

// --- pairing call sites with entries
// -----------------------------------------------------------------------------------

EntryId Engine::row_entry(int row) {
  const auto found = entry_of_row_.find(row);
  if (found != entry_of_row_.end()) return found->second;
  Entry entry;
  entry.row = row;
  const auto id = static_cast<EntryId>(entries_.size());
  entries_.push_back(std::move(entry));
  entry_of_row_.emplace(row, id);
  return id;
}

Pair& Engine::pair_of(SiteId site, EntryId entry) {
  const auto [at, fresh] = pair_index_.emplace(std::uint64_t{site} << 32 | entry, pairs_.size());
  if (fresh) {
    Pair pair;
    pair.site = site;
    pair.entry = entry;
    pairs_.push_back(pair);
  }
  return pairs_[at->second];
}

void Engine::pair_up(SiteId site_id, EntryId entry_id) {
  const CallSite& all = sites_[site_id];
  const bool known = pair_index_.contains(std::uint64_t{site_id} << 32 | entry_id);
  Pair pair;
  pair.site = site_id;
  pair.entry = entry_id;
  const Entry& entry = entries_[entry_id];
  const tagdb::ApiRow& row = apis_.rows[static_cast<std::size_t>(entry.row)];
  const std::optional<CallSite> narrowed = narrow(site_id, entry, pair);
  const CallSite& site = narrowed ? *narrowed : all;
  std::vector<Constraint> constraints = site.state.constraints;
  std::vector<PassedCallee> callees;
  ValueId raw = kBottom;
  if (entry.function == 0) {
    pair.applies = applies(site, row, pair, constraints);
    if (row.match == tagdb::ApiMatch::flt_register) {
      raw = flt_contexts(site, pair);
    } else if (row.tag >= 0) {
      raw = tag_of_row(site, row);
    }
    if (!pair.applies && !known && row.kind == tagdb::ApiKind::lookaside) call_back(site_id, row);
  } else {
    budget_.spend(4 * entry.links.size());
    pair.applies = satisfies(site, entry, pair, constraints, callees);
    if (entry.field) {
      const ValueId pointer = value_at(site, entry.tag, abi_.word, values_, abi_);
      raw = field_behind(site, pointer, *entry.field, entry.width, entry.stride);
      if (entry.added != 0)
        raw = values_.alu(Alu::add, 4, 0, raw, values_.constant(static_cast<std::uint32_t>(entry.added)));
    } else {
      raw = value_at(site, entry.tag, 4, values_, abi_);
    }
    raw = values_.masked(raw, entry.and_mask, entry.or_mask);
    if (site.function != entry.function) entries_[entry_id].called = true;
  }
  pair.applies = pair.applies && !pair.never;
  if (unsure_callee_.contains(site_id) && !pair.narrowed) pair.flags |= kAssumesPointer;
  if (row.assumed) pair.flags |= kAssumesExporter;
  if (!site.reached) raw = values_.unknown(kTopUnreached);
  Resolution tag = resolve(site, raw, entry_id);
  // Some of an argument's possibilities make the call do this. One constant goes with all of them; which of several
  // goes with which nobody knows.
  if (pair.on_some_ways) pair.flags |= values_.atoms(tag.value).size() == 1 ? kTopComputed : kAssumesPointer;
  pair.tag = raw == kBottom ? kBottom : values_.with_flags(tag.value, pair.flags);
  pair.table = pair.table || tag.table;
  pair.inflows = tag.inflows;
  if (!budget_.keep((known ? 0 : kBytesOfPair) + pair.inflows.size() * sizeof(GlobalInflow))) pair.inflows.clear();
  pair_of(site_id, entry_id) = pair;
  entries_of_site_[site_id].insert(entry_id);
  if ((values_.flags(pair.tag) & (kTopClobbered | kAssumesField)) != 0 && site.reached &&
      careful_.insert(site.function).second) {
    analysed_.erase(site.function);
    waiting_.insert(site.function);
  }
  if (!pair.applies || raw == kBottom || !site.reached) return;
  if (entry.depth >= kMaxDepth) {
    const auto atoms = values_.atoms(pair.tag);
    depth_capped_ += std::any_of(atoms.begin(), atoms.end(), [](const Atom& atom) {
      return atom.kind == AtomKind::initial || atom.kind == AtomKind::field;
    });
    return;
  }
  for (const std::uint32_t global : tag.asked) {
    constexpr std::uint32_t kObjectReach = 0x1000;
    readers_[global].emplace(site_id, entry_id);
    watch(global);
    // It may be filled by somebody who got the address of the object it lies in.
    if (const std::uint32_t object = globals_.object_at(global - 1, kObjectReach); object != 0) watch(object);
  }
  if (const Atom* pointer = passed_pointer(site)) {
    PassedCallee callee;
    callee.where = pointer->where;
    if (pointer->kind == AtomKind::field) callee.field = static_cast<std::int64_t>(pointer->a);
    if (entry.function == 0) {
      callee.row = entry.row;
    } else {
      callee.function = entry.function;
    }
    callees.push_back(callee);
  }
  for (const GlobalInflow& inflow : tag.inflows) {
    Link link{site_id, entry_id, inflow.flags | values_.flags(tag.value), true, {}, {}};
    Atom atom = inflow.argument;
    add_entry(inflow.function, atom, link);
  }
  const std::vector<Atom> atoms(values_.atoms(pair.tag).begin(), values_.atoms(pair.tag).end());
  for (const Atom& atom : atoms) {
    const bool argument = atom.kind == AtomKind::initial && atom.a == 0 && !atom.strided;
    if (!argument && atom.kind != AtomKind::field) continue;
    Link link{site_id, entry_id, values_.flags(pair.tag), false, constraints, callees};
    const bool conventional = is_stack(atom.where) || !abi_.preserved(static_cast<Reg>(atom.where));
    if (!conventional) link.flags |= kAssumesRegister;
    add_entry(site.function, atom, link);
  }
}

void Engine::add_entry(std::uint32_t function, const Atom& atom, const Link& link) {
  if (imports_.own(function) >= 0) return;  // a row says what it takes
  const Entry& target = entries_[link.callee];
  const tagdb::ApiRow& row = apis_.rows[static_cast<std::size_t>(target.row)];
  budget_.spend(entries_of_function_[function].size());
  const std::optional<std::int64_t> field =
      atom.kind == AtomKind::field ? std::optional(static_cast<std::int64_t>(atom.a)) : std::nullopt;
  const std::int32_t stride = field && atom.strided ? atom.offset : 0;
  const std::int32_t added = field && !atom.strided ? atom.offset : 0;
  const unsigned width = field ? std::min<unsigned>(atom.width, 4) : 4;
  for (const EntryId id : entries_of_function_[function]) {
    Entry& known = entries_[id];
    const tagdb::ApiRow& known_row = apis_.rows[static_cast<std::size_t>(known.row)];
    if (known.tag != atom.where || known.field != field || known.stride != stride || known_row.kind != row.kind ||
        known_row.charges_pool != row.charges_pool || known.and_mask != atom.and_mask ||
        known.or_mask != atom.or_mask || known.added != added || known.width != width)
      continue;
    budget_.spend(known.links.size() / 2);
    for (Link& old : known.links) {
      if (old.site == link.site && old.callee == link.callee) {
        old = link;
        return;
      }
    }
    budget_.keep(sizeof(Link) + link.constraints.size() * sizeof(Constraint));
    known.links.push_back(link);
    // A way that was ruled out for a caller may be open by this link.
    for (const SiteId site : sites_of_target_[function]) enqueue(site, id);
    return;
  }
  if (entries_.size() >= kMaxEntries) return;
  Entry entry;
  entry.function = function;
  entry.row = target.row;
  entry.tag = atom.where;
  entry.field = field;
  entry.stride = stride;
  entry.added = added;
  entry.width = width;
  entry.and_mask = atom.and_mask;
  entry.or_mask = atom.or_mask;
  entry.depth = target.depth + 1;
  entry.links.push_back(link);
  const auto id = static_cast<EntryId>(entries_.size());
  entries_.push_back(std::move(entry));
  entries_of_function_[function].push_back(id);
  for (const SiteId site : sites_of_target_[function]) enqueue(site, id);
  schedule_callers(function);
  watch_pointers_to(function);
}

}  // namespace scanner::trace
