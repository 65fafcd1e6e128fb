#include "scanner/trace/engine.hpp"

#include <algorithm>

namespace scanner::trace {
namespace {

constexpr unsigned kMaxDepth = 16;
constexpr std::size_t kMaxEntries = 20000;
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
      index_(imports_.has_rows() ? build_index(image, imports_.interesting_slots()) : Index{}),
      functions_(image, index_, decoder) {}

TraceResult Engine::run() {
  TraceResult result;
  result.functions = functions_.size();
  if (functions_.overlaps() > 0)
    problems_.push_back(std::to_string(functions_.overlaps()) + " function ranges overlap in .pdata");
  if (!imports_.has_rows()) {
    result.problems = std::move(problems_);
    return result;
  }
  image_.for_each_export([this](const pe::Export& entry) {
    if (entry.forwarder.empty()) exports_.insert(entry.rva);
  });
  schedule_references();
  while (!waiting_.empty() || !todo_.empty()) {
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
  find_pointers();
  collect_uses(result);
  account(result);
  result.lifted = lifted_;
  result.problems = std::move(problems_);
  return result;
}

// --- which functions to look at
// ----------------------------------------------------------------------------------------

void Engine::schedule(std::uint32_t function) {
  if (function != 0 && !analysed_.contains(function)) waiting_.insert(function);
}

void Engine::schedule_callers(std::uint32_t function, int hops) {
  for (const Reference& reference : Index::to(index_.calls, function)) {
    schedule(functions_.containing(reference.site));
    // `jmp function` that others call is a thunk: its callers are callers.
    const std::uint32_t thunk = reference.site - 1;
    const pe::Bytes opcode = image_.from_rva(thunk);
    if (hops < kMaxThunkHops && !opcode.empty() && opcode[0] == 0xE9 && thunk != function)
      schedule_callers(thunk, hops + 1);
  }
  // Neighbours reach it with two-byte jumps (EB and 70 to 7F), which are too common in the bytes for the index.
  constexpr std::uint32_t kReach = 130;
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
    const std::uint32_t jump = reference.site - 2;
    const pe::Bytes opcode = image_.from_rva(jump);
    bool thunk = false;
    if (opcode.size() >= 2 && opcode[0] == 0xFF && opcode[1] == 0x25) {
      for (const std::uint32_t start : {jump, jump - 1}) {
        if (resolve_thunk(image_, imports_, start).import < 0) continue;
        schedule_callers(start);
        thunk = thunk || functions_.containing(start) == start;
      }
    }
    if (!thunk) schedule(functions_.containing(reference.site));
  }
}

/// Registers that `function` itself overwrites; all of them when it calls anything.
std::uint32_t Engine::clobbered_by(std::uint32_t function) {
  const auto [at, fresh] = clobbers_.emplace(function, ~0U);
  if (!fresh) return at->second;
  const std::vector<CodeRange> ranges = functions_.ranges_of(function);
  if (ranges.empty() || !functions_.is_start(function)) return ~0U;
  const LiftedFunction lifted = lift_function(image_, decoder_, ranges, {});
  std::uint32_t mask = 0;
  for (const Op& op : lifted.ops) {
    if (op.kind == OpKind::call || op.kind == OpKind::jump) return ~0U;
    if (op.dst < 32) mask |= 1U << op.dst;
  }
  for (const Block& block : lifted.blocks) {
    if (block.leaves_to != 0 || block.unresolved_jump) return ~0U;
  }
  clobbers_[function] = mask;
  return mask;
}

FlowResult Engine::follow(const LiftedFunction& function) {
  FlowResult flow = follow_values(image_, imports_, function, values_, abi_);
  // A tag that stands in a register across a call breaks the convention, unless the callee is known to spare it.
  const bool across_call = std::any_of(flow.calls.begin(), flow.calls.end(), [this](const CallSite& site) {
    const int row = site.import >= 0 ? imports_[static_cast<std::size_t>(site.import)].row : -1;
    if (row < 0 || apis_.rows[static_cast<std::size_t>(row)].tag < 0) return false;
    const Location tag = abi_.argument(static_cast<unsigned>(apis_.rows[static_cast<std::size_t>(row)].tag));
    return !is_stack(tag) && (values_.flags(site.state.registers[static_cast<std::size_t>(tag)]) & kClobbered) != 0;
  });
  if (!across_call) return flow;
  return follow_values(image_, imports_, function, values_, abi_,
                       [this](std::uint32_t callee) { return clobbered_by(callee); });
}

void Engine::analyse(std::uint32_t function) {
  if (!analysed_.insert(function).second) return;
  if (resolve_thunk(image_, imports_, function).import >= 0) return;  // a thunk is the import itself
  std::vector<CodeRange> ranges = functions_.ranges_of(function);
  if (ranges.empty()) return;
  const auto scopes = functions_.scopes_of(function);
  FlowResult flow;
  for (int round = 0;; ++round) {
    const LiftedFunction lifted = lift_function(image_, decoder_, ranges, scopes);
    ++lifted_;
    note_immediates(lifted);
    flow = follow(lifted);
    if (round == kMaxExtensions || flow.extensions.empty() || ranges.size() > kMaxRangesPerFunction) break;
    bool grown = false;
    for (const std::uint32_t rva : flow.extensions) {
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
  for (CallSite& call : flow.calls) {
    const auto id = static_cast<SiteId>(sites_.size());
    sites_.push_back(std::move(call));
    register_site(id);
  }
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

void Engine::register_site(SiteId id) {
  const CallSite& site = sites_[id];
  std::set<std::uint32_t> targets;
  const auto to_import = [&](int number) {
    const int row = imports_[static_cast<std::size_t>(number)].row;
    if (row >= 0) todo_.emplace_back(id, row_entry(row));
  };
  if (site.import >= 0) {
    to_import(site.import);
  } else if (site.target != 0) {
    targets.insert(site.target);
  } else {
    for (const Atom& atom : values_.atoms(site.pointer)) {
      if (atom.kind == AtomKind::import) to_import(static_cast<int>(atom.a));
      if (atom.kind != AtomKind::image || atom.strided) continue;
      const Callee callee = resolve_thunk(image_, imports_, static_cast<std::uint32_t>(atom.a));
      if (callee.import >= 0) {
        to_import(callee.import);
      } else {
        targets.insert(callee.target);
      }
    }
  }
  for (const std::uint32_t target : targets) {
    sites_of_target_[target].push_back(id);
    for (const EntryId entry : entries_of_function_[target]) todo_.emplace_back(id, entry);
  }
}

/// Does the row's condition hold at this call? `flags` get the assumption when nobody can tell.
bool Engine::applies(const CallSite& site, const tagdb::ApiRow& row, std::uint32_t& flags) {
  if (row.condition_argument < 0) return true;
  const ValueId condition =
      value_at(site, abi_.argument(static_cast<unsigned>(row.condition_argument)), 4, values_, abi_);
  std::uint64_t value = 0;
  if (values_.is_constant(condition, value)) return value == row.condition_value;
  flags |= kAssumesPointer;
  return true;
}

ValueId Engine::tag_of_row(const CallSite& site, const tagdb::ApiRow& row) {
  const ValueId argument =
      value_at(site, abi_.argument(static_cast<unsigned>(row.tag)), row.tag_in_struct ? abi_.word : 4, values_, abi_);
  if (!row.tag_in_struct) return argument;
  ValueId tag = values_.unknown(values_.flags(argument) != 0 ? values_.flags(argument) : 0U);
  std::vector<Atom> pointers(values_.atoms(argument).begin(), values_.atoms(argument).end());
  for (const Atom& atom : pointers) {
    const std::uint64_t at = atom.a + row.field_x64;
    if (atom.kind == AtomKind::frame && !atom.strided) {
      tag = values_.join(tag, frame_load(site.state, static_cast<std::int64_t>(at), 4, values_, abi_));
    } else if (atom.kind == AtomKind::image && !atom.strided) {
      const pe::Section* section = image_.section_at(static_cast<std::uint32_t>(at));
      const auto value = image_.load(static_cast<std::uint32_t>(at), 4);
      if (section != nullptr && !section->writable() && value) {
        tag = values_.join(tag, values_.constant(*value));
      } else {
        tag = values_.join(tag, values_.memory(static_cast<std::uint32_t>(at), 4));
      }
    } else {
      tag = values_.join(tag, values_.unknown(kField));
    }
  }
  return tag;
}

void Engine::pair_up(SiteId site_id, EntryId entry_id) {
  const CallSite& site = sites_[site_id];
  Pair pair{site_id, entry_id, kBottom, 0, true};
  const Entry entry = entries_[entry_id];  // a copy: add_entry() below may move the vector
  const tagdb::ApiRow& row = apis_.rows[static_cast<std::size_t>(entry.row)];
  if (entry.function == 0) {
    pair.applies = applies(site, row, pair.flags);
    if (row.tag >= 0) pair.tag = values_.with_flags(tag_of_row(site, row), pair.flags);
  } else {
    pair.tag = values_.masked(value_at(site, entry.tag, 4, values_, abi_), entry.and_mask, entry.or_mask);
    if (site.function != entry.function) entries_[entry_id].called = true;
  }
  if (!site.reached) pair.tag = values_.unknown(kUnreached);
  pairs_.push_back(pair);
  if (!pair.applies || pair.tag == kBottom || entry.depth >= kMaxDepth || !site.reached) return;
  const std::vector<Atom> atoms(values_.atoms(pair.tag).begin(), values_.atoms(pair.tag).end());
  for (const Atom& atom : atoms) {
    if (atom.kind != AtomKind::entry || atom.a != 0) continue;
    Link link{site_id, entry_id, values_.flags(pair.tag)};
    const bool conventional = is_stack(atom.where) || !abi_.preserved(static_cast<Reg>(atom.where));
    if (!conventional) link.flags |= kAssumesRegister;
    add_entry(site.function, atom, entry_id, link);
  }
}

void Engine::add_entry(std::uint32_t function, const Atom& atom, EntryId callee, const Link& link) {
  const Entry& target = entries_[callee];
  const tagdb::ApiRow& row = apis_.rows[static_cast<std::size_t>(target.row)];
  for (const EntryId id : entries_of_function_[function]) {
    Entry& known = entries_[id];
    const tagdb::ApiRow& known_row = apis_.rows[static_cast<std::size_t>(known.row)];
    if (known.tag == atom.where && known_row.kind == row.kind && known_row.charges_pool == row.charges_pool &&
        known.and_mask == atom.and_mask && known.or_mask == atom.or_mask) {
      known.links.push_back(link);
      return;
    }
  }
  if (entries_.size() >= kMaxEntries) return;
  Entry entry;
  entry.function = function;
  entry.row = target.row;
  entry.tag = atom.where;
  entry.and_mask = atom.and_mask;
  entry.or_mask = atom.or_mask;
  entry.depth = target.depth + 1;
  entry.links.push_back(link);
  const auto id = static_cast<EntryId>(entries_.size());
  entries_.push_back(std::move(entry));
  entries_of_function_[function].push_back(id);
  for (const SiteId site : sites_of_target_[function]) todo_.emplace_back(site, id);
  schedule_callers(function);
}

// --- what else the call says: pool type and size
// -----------------------------------------------------------------------

/// Expresses a value of the callee (in terms of its entry) in terms of the caller.
ValueId Engine::substitute(const CallSite& site, ValueId value, unsigned width) {
  ValueId out = values_.unknown(0);
  const std::vector<Atom> atoms(values_.atoms(value).begin(), values_.atoms(value).end());
  for (const Atom& atom : atoms) {
    if (atom.kind == AtomKind::constant) {
      out = values_.join(out, values_.single(atom));
    } else if (atom.kind == AtomKind::entry && atom.a == 0) {
      const ValueId passed = value_at(site, atom.where, width, values_, abi_);
      out = values_.join(out, values_.masked(passed, atom.and_mask, atom.or_mask));
    } else {
      out = values_.join(out, values_.unknown(kComputed));
    }
  }
  return values_.with_flags(out, values_.flags(value));
}

ValueId Engine::argument(SiteId site, EntryId entry, Argument which) {
  std::vector<EntryId> path;
  unsigned budget = 200;  // wrappers of wrappers with many callers: past this the answer is "unknown"
  return argument(site, entry, which, path, budget);
}

ValueId Engine::argument(SiteId site_id, EntryId entry_id, Argument which, std::vector<EntryId>& path,
                         unsigned& budget) {
  const CallSite& site = sites_[site_id];
  const Entry& entry = entries_[entry_id];
  const unsigned width = which == Argument::pool ? 4 : abi_.word;
  if (entry.function == 0) {
    const tagdb::ApiRow& row = apis_.rows[static_cast<std::size_t>(entry.row)];
    const int index = which == Argument::pool ? row.pool : row.size;
    if (which == Argument::pool) {
      // Rows that need no argument are written as POOL_TYPE values, so that both kinds can be joined.
      if (row.pool_form == tagdb::PoolForm::always_nonpaged) return values_.constant(0);
      if (row.pool_form == tagdb::PoolForm::always_paged) return values_.constant(1);
    }
    if (index < 0) return values_.unknown(kNotUnderstood);
    return value_at(site, abi_.argument(static_cast<unsigned>(index)), width, values_, abi_);
  }
  if (budget == 0) return values_.unknown(kCapped);
  --budget;
  path.push_back(entry_id);
  ValueId joined = kBottom;
  for (const Link& link : entry.links) {
    // Round a cycle of wrappers nothing new comes in.
    if (std::find(path.begin(), path.end(), link.callee) != path.end()) continue;
    const ValueId inner = argument(link.site, link.callee, which, path, budget);
    joined = values_.join(joined, substitute(site, inner, width));
  }
  path.pop_back();
  return joined == kBottom ? values_.unknown(kNotUnderstood) : joined;
}

}  // namespace scanner::trace
