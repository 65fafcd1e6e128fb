#include "scanner/trace/engine.hpp"

#include <algorithm>
#include <array>

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
      functions_(image, index_, decoder),
      globals_(image, index_, imports_, values_, abi_) {
  if (imports_.binds_framework()) kmdf_ = find_kmdf(image);
}

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
  schedule_kmdf();
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
    return (values_.flags(value_at(site, tag, 4, values_, abi_)) & (kClobbered | kAssumesFrame | kUnset)) != 0;
  });
  if (!across_call && !careful_.contains(function.rva)) return flow;
  const CalleeKnowledge knowledge{[this](std::uint32_t callee) { return clobbered_by(callee); },
                                  [this](std::uint32_t callee) -> const std::vector<ArgumentStore>& { return stores_of(callee); }};
  return follow_values(image_, imports_, function, values_, abi_, knowledge);
}

/// What `function` stores behind its arguments, as far as one look at it alone tells.
const std::vector<ArgumentStore>& Engine::stores_of(std::uint32_t function) {
  const auto [at, fresh] = stores_of_.emplace(function, std::vector<ArgumentStore>{});
  if (!fresh) return at->second;
  const std::vector<CodeRange> ranges = functions_.ranges_of(function);
  if (ranges.empty() || !functions_.is_start(function)) return at->second;
  const LiftedFunction lifted = lift_function(image_, decoder_, ranges, functions_.scopes_of(function));
  auto stores = follow_values(image_, imports_, lifted, values_, abi_).argument_stores;
  return stores_of_[function] = std::move(stores);
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
  const std::vector<CallSite> calls = std::move(flow.calls);
  flow.calls.clear();
  flow.stores.clear();
  summaries_[function] = std::move(flow);
  for (const CallSite& call : calls) {
    const auto [at, fresh] = site_at_.emplace(std::pair{function, call.rva}, static_cast<SiteId>(sites_.size()));
    const SiteId id = at->second;
    if (!fresh) {
      // Looked at again with more knowledge: what was concluded is concluded anew.
      sites_[id] = call;
      for (const EntryId entry : entries_of_site_[id]) todo_.emplace_back(id, entry);
      continue;
    }
    sites_.push_back(call);
    note_objects_passed(id);
    register_site(id);
  }
  // Those who waited to know what this function returns or fills in.
  if (const auto waiting = return_readers_.find(function); waiting != return_readers_.end())
    todo_.insert(todo_.end(), waiting->second.begin(), waiting->second.end());
  for (const SiteId site : std::vector<SiteId>(sites_of_target_[function])) take_argument_stores(sites_[site], function);
}

/// Objects of the image whose address goes into a call: whoever wants to know their contents must look there.
void Engine::note_objects_passed(SiteId id) {
  const CallSite& site = sites_[id];
  if (site.target == 0) return;
  for (const Reg reg : abi_.arguments) {
    const Atom* atom = values_.only(site.state.registers[reg]);
    if (atom == nullptr) continue;
    if (atom->kind == AtomKind::import && imports_[static_cast<std::size_t>(atom->a)].row >= 0) schedule(site.target);
    if (atom->kind != AtomKind::image || atom->strided) continue;
    const auto object = static_cast<std::uint32_t>(atom->a);
    passed_to_[object].push_back(site.target);
    if (watched_.contains(object)) schedule(site.target);
  }
}

/// The callee stores behind a pointer that it got: when that is an object of the image, the store is one to the image.
void Engine::take_argument_stores(const CallSite& site, std::uint32_t callee) {
  const auto summary = summaries_.find(callee);
  if (summary == summaries_.end() || !site.reached) return;
  std::vector<GlobalStore> stores;
  for (const ArgumentStore& store : std::vector<ArgumentStore>(summary->second.argument_stores)) {
    const ValueId pointer = value_at(site, store.pointer, abi_.word, values_, abi_);
    for (const Atom& atom : std::vector<Atom>(values_.atoms(pointer).begin(), values_.atoms(pointer).end())) {
      if (atom.kind != AtomKind::image || atom.strided) continue;
      GlobalStore direct;
      direct.rva = static_cast<std::uint32_t>(atom.a + static_cast<std::uint64_t>(store.offset));
      direct.width = store.width;
      direct.value = substitute(site, store.value, store.width);
      direct.function = site.function;
      direct.site = store.site;
      stores.push_back(direct);
    }
  }
  take_stores(stores);
}

// --- memory ------------------------------------------------------------------------------------------------------------

/// Lifts every function that may read or write the global, once.
void Engine::watch(std::uint32_t global) {
  constexpr std::size_t kMostUsers = 400;
  if (!watched_.insert(global).second) return;
  if (const auto passed = passed_to_.find(global); passed != passed_to_.end()) {
    for (const std::uint32_t function : passed->second) schedule(function);
  }
  const std::vector<std::uint32_t> users = globals_.users(global);
  for (std::size_t i = 0; i < users.size() && i < kMostUsers; ++i) schedule(functions_.containing(users[i]));
}

/// A function that passes tags on may be called through pointers: look at everybody who could hold one.
void Engine::watch_pointers_to(std::uint32_t function) {
  constexpr std::size_t kMostTakers = 64;
  constexpr std::uint32_t kTableReach = 0x200;
  std::size_t takers = 0;
  for (const Reference& reference : Index::to(index_.addresses, function)) {
    if (++takers <= kMostTakers) schedule(functions_.containing(reference.site));
  }
  for (const std::uint32_t word : globals_.words_holding(function)) {
    watch(word);
    if (const std::uint32_t object = globals_.object_at(word, kTableReach); object != 0) {
      watch(object);
      for (const std::uint32_t holder : globals_.words_holding(object)) watch(holder);
    }
  }
  for (const std::uint32_t global : globals_.stored_into(function)) watch(global);
  // Given to functions that call it, or that keep it behind a pointer of theirs.
  watch(function);
  if (const auto keepers = keepers_of_.find(function); keepers != keepers_of_.end()) {
    for (const std::uint32_t keeper : keepers->second) schedule_callers(keeper);
  }
}

void Engine::take_stores(const std::vector<GlobalStore>& stores) {
  for (const GlobalStore& store : stores) {
    if (!globals_.add(store)) continue;
    for (const Atom& atom : values_.atoms(store.value)) {
      const bool listed = atom.kind == AtomKind::import && imports_[static_cast<std::size_t>(atom.a)].row >= 0;
      const bool wrapper = atom.kind == AtomKind::image && entries_of_function_.contains(static_cast<std::uint32_t>(atom.a));
      if (listed || wrapper) watch(store.rva);
    }
    // What was concluded from the old contents is concluded again.
    constexpr std::uint32_t kWidest = 8;
    const std::uint32_t low = store.rva > kWidest ? store.rva - kWidest : 0;
    for (auto it = readers_.lower_bound(low); it != readers_.end() && it->first < store.rva + store.width; ++it)
      todo_.insert(todo_.end(), it->second.begin(), it->second.end());
    for (auto it = pointer_readers_.lower_bound(low);
         it != pointer_readers_.end() && it->first < store.rva + store.width; ++it) {
      for (const SiteId site : std::set<SiteId>(it->second)) register_site(site);
    }
  }
}

// --- KMDF --------------------------------------------------------------------------------------------------------------

void Engine::schedule_kmdf() {
  if (!kmdf_) return;
  for (const tagdb::ApiRow& row : apis_.rows) {
    if (row.match != tagdb::ApiMatch::kmdf || row.kmdf_index >= kmdf_->count) continue;
    const std::uint32_t offset = row.kmdf_index * abi_.word;
    if (!kmdf_->through_pointer) {
      watch(kmdf_->table + offset);
      continue;
    }
    // Everybody loads the pointer; only functions that hold the row's offset call it.
    for (const std::uint32_t user : globals_.users(kmdf_->table)) {
      const std::uint32_t function = functions_.containing(user);
      for (const CodeRange& range : functions_.ranges_of(function)) {
        const pe::Bytes code = image_.from_rva(range.begin);
        for (std::size_t at = 0; at + 4 <= std::min<std::size_t>(code.size(), range.end - range.begin); ++at) {
          if (code.read<std::uint32_t>(at) != offset) continue;
          schedule(function);
          break;
        }
      }
    }
  }
}

/// The API row that a pointer from the framework's table stands for, or -1.
int Engine::kmdf_row(const Atom& atom) const {
  if (!kmdf_ || atom.offset != 0 || atom.strided) return -1;
  std::int64_t offset = -1;
  if (atom.kind == AtomKind::memory && !kmdf_->through_pointer)
    offset = static_cast<std::int64_t>(atom.a) - static_cast<std::int64_t>(kmdf_->table);
  if (atom.kind == AtomKind::via_global && kmdf_->through_pointer && atom.a == kmdf_->table) offset = atom.where;
  if (offset < 0 || offset % abi_.word != 0) return -1;
  const auto index = static_cast<std::uint64_t>(offset / abi_.word);
  for (std::size_t row = 0; row < apis_.rows.size(); ++row) {
    if (apis_.rows[row].match == tagdb::ApiMatch::kmdf && apis_.rows[row].kmdf_index == index && index < kmdf_->count)
      return static_cast<int>(row);
  }
  return -1;
}

// --- pairing call sites with entries -----------------------------------------------------------------------------------

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

/// Replaces what calls of this function returned by what their callees return, as far as those are known.
ValueId Engine::with_returned(const CallSite& site, ValueId value) {
  const std::vector<Atom> atoms(values_.atoms(value).begin(), values_.atoms(value).end());
  if (std::none_of(atoms.begin(), atoms.end(), [](const Atom& atom) { return atom.kind == AtomKind::returned; }))
    return value;
  ValueId result = values_.unknown(values_.flags(value));
  for (const Atom& atom : atoms) {
    ValueId part = values_.single(atom);
    if (atom.kind == AtomKind::returned) {
      part = values_.unknown(kReturned);
      const auto call = site_at_.find({site.function, static_cast<std::uint32_t>(atom.a)});
      if (call != site_at_.end()) {
        const CallSite& inner = sites_[call->second];
        const auto summary = summaries_.find(inner.target);
        if (summary == summaries_.end()) {
          schedule(inner.target);
        } else if (summary->second.returns != kBottom) {
          part = values_.masked(substitute(inner, summary->second.returns, 4), atom.and_mask, atom.or_mask);
        }
      }
    }
    result = values_.join(result, part);
  }
  return result;
}

/// Everything that stands between a value and its constants: returns of callees, then memory.
Resolution Engine::resolve(const CallSite& site, ValueId value, EntryId entry) {
  for (const Atom& atom : values_.atoms(value)) {
    if (atom.kind != AtomKind::returned) continue;
    const auto call = site_at_.find({site.function, static_cast<std::uint32_t>(atom.a)});
    if (call == site_at_.end()) continue;
    const auto self = site_at_.find({site.function, site.rva});
    if (self != site_at_.end()) return_readers_[sites_[call->second].target].emplace(self->second, entry);
  }
  return globals_.resolve(with_returned(site, value));
}

/// A call through a pointer turns out to go to what `pointer` may be.
void Engine::target_found(SiteId id, ValueId pointer) {
  const Resolution found = globals_.resolve(pointer);
  for (const std::uint32_t global : found.asked) pointer_readers_[global].insert(id);
  for (const Atom& atom : std::vector<Atom>(values_.atoms(found.value).begin(), values_.atoms(found.value).end())) {
    int import = atom.kind == AtomKind::import ? static_cast<int>(atom.a) : -1;
    std::uint32_t function = 0;
    if (atom.kind == AtomKind::image && !atom.strided) {
      const Callee callee = resolve_thunk(image_, imports_, static_cast<std::uint32_t>(atom.a));
      import = callee.import;
      function = callee.target;
    }
    if (import >= 0) {
      const int row = imports_[static_cast<std::size_t>(import)].row;
      if (row >= 0 && targets_.emplace(id, std::uint64_t{1} << 32 | static_cast<std::uint32_t>(row)).second)
        todo_.emplace_back(id, row_entry(row));
    } else if (function != 0 && targets_.emplace(id, function).second) {
      sites_of_target_[function].push_back(id);
      for (const EntryId entry : entries_of_function_[function]) todo_.emplace_back(id, entry);
      take_argument_stores(sites_[id], function);
      resolve_passed_pointers(sites_[id], function);
    }
  }
}

/// The callee calls something that it got from us: an argument, or a field behind one.
void Engine::resolve_passed_pointers(const CallSite& site, std::uint32_t callee) {
  const auto found = passed_pointers_.find(callee);
  if (found == passed_pointers_.end()) return;
  for (const auto& [id, atom] : std::vector<std::pair<SiteId, Atom>>(found->second)) {
    const ValueId passed = value_at(site, atom.where, abi_.word, values_, abi_);
    if (atom.kind == AtomKind::entry) {
      target_found(id, passed);
    } else {
      target_found(id, field_behind(site, passed, static_cast<std::int64_t>(atom.a), abi_.word));
    }
  }
}

/// Finds out what a site calls, as far as that is known now.
void Engine::register_site(SiteId id) {
  const CallSite& site = sites_[id];
  if (site.import >= 0) {
    target_found(id, values_.import_pointer(static_cast<std::uint32_t>(site.import)));
    return;
  }
  if (site.target != 0) {
    target_found(id, values_.image_address(site.target));
    return;
  }
  const std::vector<Atom> atoms(values_.atoms(site.pointer).begin(), values_.atoms(site.pointer).end());
  for (const Atom& atom : atoms) {
    const int row = kmdf_row(atom);
    if (row >= 0 && targets_.emplace(id, std::uint64_t{1} << 32 | static_cast<std::uint32_t>(row)).second)
      todo_.emplace_back(id, row_entry(row));
    // A call of an argument: worth asking the callers only when something like a tag goes along.
    const bool passed = (atom.kind == AtomKind::entry && atom.a == 0) || atom.kind == AtomKind::field;
    if (!passed || !passes_tag(site, atom.kind == AtomKind::entry)) continue;
    passed_pointers_[site.function].emplace_back(id, atom);
    schedule_callers(site.function);
    for (const SiteId caller : std::vector<SiteId>(sites_of_target_[site.function]))
      resolve_passed_pointers(sites_[caller], site.function);
  }
  target_found(id, site.pointer);
}

/// Does some register argument hold a number that looks like a tag, or another argument of our own?
bool Engine::passes_tag(const CallSite& site, bool or_argument) const {
  return std::any_of(abi_.arguments.begin(), abi_.arguments.end(), [&](Reg reg) {
    const auto atoms = values_.atoms(site.state.registers[reg]);
    return std::any_of(atoms.begin(), atoms.end(), [or_argument](const Atom& atom) {
      if (or_argument && atom.kind == AtomKind::entry && atom.a == 0) return true;
      return atom.kind == AtomKind::constant && atom.a <= 0xFFFFFFFFU &&
             tagdb::PoolTag(static_cast<std::uint32_t>(atom.a)).chosen();
    });
  });
}

/// Does the row's condition hold at this call? An argument that is passed on becomes a constraint on the callers.
bool Engine::applies(const CallSite& site, const tagdb::ApiRow& row, Pair& pair, std::vector<Constraint>& constraints) {
  if (row.condition_argument < 0) return true;
  const ValueId condition = values_.resize(
      value_at(site, abi_.argument(static_cast<unsigned>(row.condition_argument)), abi_.word, values_, abi_), 4, false);
  std::uint64_t value = 0;
  if (values_.is_constant(condition, value)) return value == row.condition_value;
  const Atom* atom = values_.only(condition);
  if (atom != nullptr && (atom->kind == AtomKind::image || atom->kind == AtomKind::frame || atom->kind == AtomKind::import))
    return row.condition_value != 0;  // an address is not 0
  if (atom != nullptr && atom->kind == AtomKind::entry && atom->a == 0 && atom->or_mask == 0) {
    constraints.push_back({atom->where, static_cast<std::uint32_t>(row.condition_value), true});
  } else {
    pair.flags |= kAssumesPointer;
  }
  return true;
}

/// Is there a link of the entry whose constraints this call meets? Those that depend on our own caller are handed up.
bool Engine::satisfies(const CallSite& site, const Entry& entry, Pair& pair, std::vector<Constraint>& constraints) {
  for (std::size_t i = 0; i < entry.links.size(); ++i) {
    bool possible = true;
    std::vector<Constraint> handed;
    for (const Constraint& constraint : entry.links[i].constraints) {
      const ValueId passed = value_at(site, constraint.where, 4, values_, abi_);
      std::uint64_t value = 0;
      if (values_.is_constant(passed, value)) {
        possible = possible && (value == constraint.value) == constraint.equal;
        continue;
      }
      const Atom* atom = values_.only(passed);
      if (atom != nullptr && atom->kind == AtomKind::entry && atom->a == 0 && atom->or_mask == 0)
        handed.push_back({atom->where, constraint.value, constraint.equal});
    }
    if (!possible) continue;
    pair.link = i;
    constraints.insert(constraints.end(), handed.begin(), handed.end());
    return true;
  }
  return false;
}

/// The `width` bytes at `offset` behind each place that `pointer` may be.
ValueId Engine::field_behind(const CallSite& site, ValueId pointer, std::int64_t offset, unsigned width,
                             std::int32_t stride) {
  ValueId tag = values_.unknown(values_.flags(pointer));
  for (const Atom& atom : std::vector<Atom>(values_.atoms(pointer).begin(), values_.atoms(pointer).end())) {
    Atom content = atom;
    content.width = static_cast<std::uint8_t>(width);
    content.offset = 0;
    ValueId part = values_.unknown(kField);
    if (stride != 0) {
      if (atom.kind == AtomKind::image && !atom.strided) {
        content.kind = AtomKind::memory;
        content.a = atom.a + static_cast<std::uint64_t>(offset);
        content.strided = true;
        content.where = stride;
        part = values_.single(content);
      }
    } else if (atom.kind == AtomKind::frame && !atom.strided) {
      part = frame_load(site.state, static_cast<std::int64_t>(atom.a) + offset, width, values_, abi_);
    } else if (atom.kind == AtomKind::image && !atom.strided) {
      const auto at = static_cast<std::uint32_t>(atom.a + static_cast<std::uint64_t>(offset));
      const pe::Section* section = image_.section_at(at);
      const auto value = image_.load(at, width);
      part = section != nullptr && !section->writable() && value && width == 4 ? values_.constant(*value) : values_.memory(at, width);
    } else if (atom.kind == AtomKind::entry && atom.and_mask == 0xFFFFFFFFU && atom.or_mask == 0) {
      content.kind = AtomKind::field;
      content.a = atom.a + static_cast<std::uint64_t>(offset);
      part = values_.single(content);
    } else if (atom.kind == AtomKind::memory && !atom.strided) {
      content.kind = AtomKind::via_global;
      content.where = static_cast<std::int32_t>(atom.offset + offset);
      part = values_.single(content);
    }
    tag = values_.join(tag, part);
  }
  return tag;
}

/// FLT_REGISTRATION → ContextRegistration → entries up to ContextType 0xFFFF. Offsets: fltkernel.h.
ValueId Engine::flt_contexts(const CallSite& site, Pair& pair) {
  const unsigned word = abi_.word;
  const bool wide = word == 8;
  const std::uint32_t size = wide ? 0x38 : 0x1C;
  const auto resolved = [&](ValueId pointer, std::int64_t offset, unsigned width) {
    return globals_.resolve(field_behind(site, pointer, offset, width)).value;
  };
  const ValueId contexts = resolved(value_at(site, abi_.argument(1), word, values_, abi_), 8, word);
  ValueId tags = values_.unknown(values_.flags(contexts));
  for (const Atom& table : std::vector<Atom>(values_.atoms(contexts).begin(), values_.atoms(contexts).end())) {
    if (table.kind == AtomKind::constant && table.a == 0) continue;
    const ValueId start = values_.single(table);
    constexpr std::uint32_t kMostEntries = 64, kEnd = 0xFFFF;
    for (std::uint32_t i = 0; i < kMostEntries; ++i) {
      const std::int64_t at = std::int64_t{i} * size;
      const auto number = [this](ValueId value) -> std::optional<std::uint64_t> {
        const auto view = values_.atoms(value);
        const bool plain = view.size() == 1 && view[0].kind == AtomKind::constant && (values_.flags(value) & kOtherMask) == 0;
        return plain ? std::optional(view[0].a) : std::nullopt;
      };
      const auto type = number(resolved(start, at, 2));
      if (!type || *type == kEnd) break;
      // With an allocate callback of the driver's own, the filter manager does not use the tag.
      const ValueId callback = resolved(start, at + (wide ? 0x20 : 0x10), word);
      // Zeroed memory that nobody was seen to fill stays zero.
      const bool untouched = values_.atoms(callback).empty() && (values_.flags(callback) & kOtherMask & ~kGlobal) == 0;
      if (untouched) pair.flags |= kAssumesGlobal;
      if (!untouched && number(callback) != 0U) continue;
      tags = values_.join(tags, field_behind(site, start, at + (wide ? 0x18 : 0xC), 4));
    }
  }
  pair.table = true;
  // No contexts at all is how many filters register: nothing is allocated for them.
  return tags == kBottom ? values_.constant(0) : tags;
}

ValueId Engine::tag_of_row(const CallSite& site, const tagdb::ApiRow& row) {
  const ValueId argument =
      value_at(site, abi_.argument(static_cast<unsigned>(row.tag)), row.tag_in_struct ? abi_.word : 4, values_, abi_);
  return row.tag_in_struct ? field_behind(site, argument, row.field_x64) : argument;
}

/// A lookaside list with an allocate function of the driver's own calls it with (type, size, tag).
void Engine::call_back(SiteId id, const tagdb::ApiRow& row) {
  const CallSite& site = sites_[id];
  const ValueId function = value_at(site, abi_.argument(static_cast<unsigned>(row.condition_argument)), abi_.word, values_, abi_);
  const Atom* atom = values_.only(function);
  if (atom == nullptr || atom->kind != AtomKind::image || atom->strided) return;
  CallSite call = site;
  call.import = -1;
  call.target = static_cast<std::uint32_t>(atom->a);
  const ValueId type = row.pool_form == tagdb::PoolForm::type_argument
                           ? value_at(site, abi_.argument(static_cast<unsigned>(row.pool)), 4, values_, abi_)
                           : values_.constant(row.pool_form == tagdb::PoolForm::always_paged ? 1 : 0);
  const ValueId size = value_at(site, abi_.argument(static_cast<unsigned>(row.size)), abi_.word, values_, abi_);
  const ValueId tag = value_at(site, abi_.argument(static_cast<unsigned>(row.tag)), 4, values_, abi_);
  const std::array<ValueId, 3> passed = {type, size, tag};
  for (unsigned i = 0; i < passed.size(); ++i) {
    const Location where = abi_.argument(i);
    if (!is_stack(where)) call.state.registers[static_cast<std::size_t>(where)] = passed[i];
  }
  const auto fresh = static_cast<SiteId>(sites_.size());
  sites_.push_back(std::move(call));
  register_site(fresh);
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
  const CallSite& site = sites_[site_id];
  const bool known = pair_index_.contains(std::uint64_t{site_id} << 32 | entry_id);
  Pair pair;
  pair.site = site_id;
  pair.entry = entry_id;
  const Entry entry = entries_[entry_id];  // a copy: add_entry() below may move the vector
  const tagdb::ApiRow& row = apis_.rows[static_cast<std::size_t>(entry.row)];
  std::vector<Constraint> constraints = site.state.constraints;
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
    pair.applies = satisfies(site, entry, pair, constraints);
    if (entry.field) {
      raw = field_behind(site, value_at(site, entry.tag, abi_.word, values_, abi_), *entry.field, 4,
                         entry.stride);
    } else {
      raw = values_.masked(value_at(site, entry.tag, 4, values_, abi_), entry.and_mask, entry.or_mask);
    }
    if (site.function != entry.function) entries_[entry_id].called = true;
  }
  if (!site.reached) raw = values_.unknown(kUnreached);
  Resolution tag = resolve(site, raw, entry_id);
  pair.tag = raw == kBottom ? kBottom : values_.with_flags(tag.value, pair.flags);
  pair.table = pair.table || tag.table;
  pair.inflow = !tag.inflows.empty();
  pair_of(site_id, entry_id) = pair;
  entries_of_site_[site_id].insert(entry_id);
  if ((values_.flags(pair.tag) & kClobbered) != 0 && site.reached && careful_.insert(site.function).second) {
    analysed_.erase(site.function);
    waiting_.insert(site.function);
  }
  if (!pair.applies || raw == kBottom || entry.depth >= kMaxDepth || !site.reached) return;
  for (const std::uint32_t global : tag.asked) {
    constexpr std::uint32_t kObjectReach = 0x100;
    readers_[global].emplace(site_id, entry_id);
    watch(global);
    // It may be filled by somebody who got the address of the object it lies in.
    if (const std::uint32_t object = globals_.object_at(global, kObjectReach); object != 0) watch(object);
  }
  for (const Inflow& inflow : tag.inflows) {
    Link link{site_id, entry_id, inflow.flags | values_.flags(tag.value), true, {}};
    Atom atom = inflow.argument;
    add_entry(inflow.function, atom, link);
  }
  const std::vector<Atom> atoms(values_.atoms(pair.tag).begin(), values_.atoms(pair.tag).end());
  for (const Atom& atom : atoms) {
    const bool argument = atom.kind == AtomKind::entry && atom.a == 0 && !atom.strided;
    if (!argument && atom.kind != AtomKind::field) continue;
    Link link{site_id, entry_id, values_.flags(pair.tag), false, constraints};
    const bool conventional = is_stack(atom.where) || !abi_.preserved(static_cast<Reg>(atom.where));
    if (!conventional) link.flags |= kAssumesRegister;
    add_entry(site.function, atom, link);
  }
}

void Engine::add_entry(std::uint32_t function, const Atom& atom, const Link& link) {
  const Entry& target = entries_[link.callee];
  const tagdb::ApiRow& row = apis_.rows[static_cast<std::size_t>(target.row)];
  const std::optional<std::int64_t> field =
      atom.kind == AtomKind::field ? std::optional(static_cast<std::int64_t>(atom.a)) : std::nullopt;
  const std::int32_t stride = field && atom.strided ? atom.offset : 0;
  for (const EntryId id : entries_of_function_[function]) {
    Entry& known = entries_[id];
    const tagdb::ApiRow& known_row = apis_.rows[static_cast<std::size_t>(known.row)];
    if (known.tag != atom.where || known.field != field || known.stride != stride || known_row.kind != row.kind ||
        known_row.charges_pool != row.charges_pool || known.and_mask != atom.and_mask || known.or_mask != atom.or_mask)
      continue;
    for (Link& old : known.links) {
      if (old.site == link.site && old.callee == link.callee) {
        old = link;
        return;
      }
    }
    known.links.push_back(link);
    // A way that was ruled out for a caller may be open by this link.
    for (const SiteId site : sites_of_target_[function]) todo_.emplace_back(site, id);
    return;
  }
  if (entries_.size() >= kMaxEntries) return;
  Entry entry;
  entry.function = function;
  entry.row = target.row;
  entry.tag = atom.where;
  entry.field = field;
  entry.stride = stride;
  entry.and_mask = atom.and_mask;
  entry.or_mask = atom.or_mask;
  entry.depth = target.depth + 1;
  entry.links.push_back(link);
  const auto id = static_cast<EntryId>(entries_.size());
  entries_.push_back(std::move(entry));
  entries_of_function_[function].push_back(id);
  for (const SiteId site : sites_of_target_[function]) todo_.emplace_back(site, id);
  schedule_callers(function);
  watch_pointers_to(function);
}

// --- what else the call says: pool type and size
// -----------------------------------------------------------------------

/// Expresses a value of the callee (in terms of its entry) in terms of the caller.
ValueId Engine::substitute(const CallSite& site, ValueId value, unsigned width) {
  ValueId out = values_.unknown(0);
  const std::vector<Atom> atoms(values_.atoms(value).begin(), values_.atoms(value).end());
  for (const Atom& atom : atoms) {
    if (atom.kind == AtomKind::constant || atom.kind == AtomKind::image || atom.kind == AtomKind::import) {
      out = values_.join(out, values_.single(atom));
    } else if (atom.kind == AtomKind::entry && atom.a == 0) {
      const ValueId passed = globals_.resolve(value_at(site, atom.where, width, values_, abi_)).value;
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
    return globals_.resolve(value_at(site, abi_.argument(static_cast<unsigned>(index)), width, values_, abi_)).value;
  }
  if (budget == 0) return values_.unknown(kCapped);
  --budget;
  path.push_back(entry_id);
  ValueId joined = kBottom;
  for (const Link& link : entry.links) {
    // Round a cycle of wrappers nothing new comes in.
    if (std::find(path.begin(), path.end(), link.callee) != path.end()) continue;
    ValueId inner = argument(link.site, link.callee, which, path, budget);
    // What the reader of a global passes along is no concern of who filled it, unless it is a constant.
    if (link.through_memory) {
      std::uint64_t constant = 0;
      if (!values_.is_constant(inner, constant)) inner = values_.unknown(kNotUnderstood);
    }
    joined = values_.join(joined, substitute(site, inner, width));
  }
  path.pop_back();
  return joined == kBottom ? values_.unknown(kNotUnderstood) : joined;
}

}  // namespace scanner::trace
