// The engine's view of memory: which functions to lift because they may write or call through a global, what to
// conclude again when a store turns up, and the KMDF function table.
#include <algorithm>
#include <functional>

#include "scanner/trace/image/address_use.hpp"
#include "scanner/trace/solve/engine.hpp"
#include "scanner/trace/image/reference.hpp"

namespace scanner::trace {

/// Lifts every function that may read or write the global, once.
void Engine::watch(std::uint32_t global) {
  constexpr std::size_t kMostUsers = 400;
  if (!watched_.insert(global).second) return;
  if (const auto passed = passed_to_.find(global); passed != passed_to_.end()) {
    for (const std::uint32_t function : passed->second) schedule(function);
  }
  std::vector<std::uint32_t> users = globals_.users(global);
  const std::vector<std::uint32_t> wide = globals_.wide_stores_over(global);
  users.insert(users.end(), wide.begin(), wide.end());
  constexpr unsigned kMostNamed = 16;
  if (users.size() > kMostUsers && ++crowded_globals_ <= kMostNamed)
    problems_.push_back("a global with " + std::to_string(users.size()) + " users was followed to the first 400 only");
  budget_.spend(users.size());
  for (std::size_t i = 0; i < users.size() && i < kMostUsers; ++i) schedule(functions_.containing(users[i]));
}

/// A function that passes tags on may be called through pointers: look at everybody who could hold one.
void Engine::watch_pointers_to(std::uint32_t function) {
  constexpr std::size_t kMostTakers = 64;
  constexpr std::uint32_t kTableReach = 0x200;
  std::size_t takers = 0;
  for (const Reference& reference : Index::to(index_.addresses, function)) {
    if (++takers > kMostTakers) break;
    schedule(functions_.containing(reference.site));
  }
  for (const std::uint32_t word : globals_.words_holding(function)) {
    if (!budget_.spend(1)) return;
    watch(word);
    if (const std::uint32_t object = globals_.object_at(word, kTableReach); object != 0) {
      watch(object);
      if (!budget_.spend(globals_.words_holding(object).size())) return;
      for (const std::uint32_t holder : globals_.words_holding(object)) watch(holder);
    }
  }
  const std::set<std::uint32_t>& globals = globals_.stored_into(function);
  if (!budget_.spend(globals.size())) return;
  for (const std::uint32_t global : globals) watch(global);
  // Given to functions that call it, or that keep it behind a pointer of theirs.
  watch(function);
  if (const auto keepers = keepers_of_.find(function); keepers != keepers_of_.end()) {
    for (const std::uint32_t keeper : keepers->second) schedule_callers(keeper);
  }
}

/// Each store by itself, or all of many together: then what they change is concluded once, and not once for each.
void Engine::take_stores(const std::vector<GlobalStore>& stores) {
  constexpr std::size_t kMany = 256;
  const bool many = stores.size() > kMany;
  std::vector<GlobalStore> fresh;
  for (const GlobalStore& store : stores) {
    if (!globals_.add(store)) continue;
    watch_what_holds_code(store);
    if (many) {
      fresh.push_back(store);
    } else {
      conclude_again({&store, 1});
    }
  }
  conclude_again(fresh);
}

void Engine::watch_what_holds_code(const GlobalStore& store) {
  for (const Atom& atom : values_.atoms(store.value)) {
    const bool listed = atom.kind == AtomKind::import && imports_[static_cast<std::size_t>(atom.a)].row >= 0;
    const bool wrapper =
        atom.kind == AtomKind::image && entries_of_function_.contains(static_cast<std::uint32_t>(atom.a));
    if (listed || wrapper) watch(store.rva);
  }
}

/// What was concluded from the contents before these stores is concluded again.
void Engine::conclude_again(std::span<const GlobalStore> stores) {
  constexpr std::uint32_t kWidest = 8;
  constexpr std::uint32_t kLargestArray = 0x1000;
  std::set<std::uint32_t> read, called;  // globals
  for (const GlobalStore& store : stores) {
    const std::uint32_t low = store.rva > kWidest ? store.rva - kWidest : 0;
    const std::uint32_t high = store.rva + (store.strided ? kLargestArray : store.width);
    for (auto it = readers_.lower_bound(low); it != readers_.end() && it->first < high && budget_.spend(1); ++it)
      read.insert(it->first);
    for (auto it = pointer_readers_.lower_bound(low);
         it != pointer_readers_.end() && it->first < store.rva + store.width && budget_.spend(1); ++it)
      called.insert(it->first);
  }
  for (const std::uint32_t global : read) {
    for (const auto& [site, entry] : readers_[global]) enqueue(site, entry);
  }
  for (const std::uint32_t global : called) {
    for (const SiteId site : std::set<SiteId>(pointer_readers_[global])) register_site(site);
  }
}

/// Of several structures that may bind the framework, the one whose address code hands to somebody is bound.
void Engine::choose_kmdf() {
  std::vector<Kmdf> found = find_kmdf(image_);
  if (found.size() > 1) {
    const auto passed = [this](const Kmdf& kmdf) { return globals_.address_taken(kmdf.bind_info); };
    if (std::ranges::any_of(found, passed)) std::erase_if(found, std::not_fn(passed));
  }
  if (found.empty()) return;
  kmdf_ = found.front();
  values_.set_framework(kmdf_->table);
  several_kmdf_ = found.size() > 1;
}

void Engine::schedule_kmdf() {
  if (!kmdf_) return;
  std::set<std::uint32_t> loading;
  for (const std::uint32_t user : globals_.users(kmdf_->table)) loading.insert(functions_.containing(user));
  for (const tagdb::ApiRow& row : apis_.rows) {
    if (row.match != tagdb::ApiMatch::kmdf || row.kmdf_index >= kmdf_->count) continue;
    const std::uint32_t offset = row.kmdf_index * abi_.word;
    if (!kmdf_->through_pointer) watch(kmdf_->table + offset);
    // Everybody loads the pointer; only functions that hold the row's offset, or compute it, call it.
    for (const std::uint32_t function : loading) {
      for (const CodeRange& range : functions_.ranges_of(function)) {
        constexpr std::uint32_t kBytesOfStep = 16;
        if (!budget_.spend((range.end - range.begin) / kBytesOfStep)) return;
        const bool holds = kmdf_->through_pointer && mentions(image_, range, offset);
        if (holds || multiplies_index(image_, range, row.kmdf_index)) schedule(function);
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

/// Is this the framework's function and nothing else? WdfVersionBind fills the table in, so no store of the image says
/// what stands there. It is sure unless the image itself may write there: to the slot, by way of the table's address,
/// or to the pointer to it. (That addresses of other slots are computed means nothing: the framework's stub takes the
/// end of a list that stands before the table for one.)
bool Engine::surely_kmdf(ValueId pointer) {
  const auto atoms = values_.atoms(pointer);
  if (values_.flags(pointer) != 0 || atoms.size() != 1 || kmdf_row(atoms[0]) < 0 || several_kmdf_) return false;
  if (!leaves_kmdf_alone(kmdf_->table)) return false;
  if (kmdf_->through_pointer) return !globals_.stored_through(kmdf_->table, atoms[0].where);
  return leaves_kmdf_alone(static_cast<std::uint32_t>(atoms[0].a));
}

/// Does the image only read the word at `slot`, and keep its address to itself?
bool Engine::leaves_kmdf_alone(std::uint32_t slot) {
  const auto [at, fresh] = left_alone_.emplace(slot, false);
  if (!fresh) return at->second;
  // Whoever has the address of a table that stands in the image may write anywhere in it.
  const std::uint32_t table = kmdf_->through_pointer || slot != kmdf_->table ? abi_.word : kmdf_->count * abi_.word;
  const auto reads = [&](const Reference& reference) { return only_loads_from(reference, slot, table); };
  return left_alone_[slot] = globals_.only_read(slot, abi_.word, kmdf_->holder, reads);
}

/// Code computes an address in the object at `rva`: does it only load behind it? Asked where compilers do so as a rule.
bool Engine::only_loads_from(const Reference& reference, std::uint32_t rva, std::uint32_t written) {
  if (image_.machine() != pe::Machine::arm64) return false;
  ComputedAddress address;
  address.site = reference.site;
  address.offset = static_cast<std::int64_t>(reference.target) - static_cast<std::int64_t>(rva);
  address.given = abi_.word;
  address.written = written;
  const std::uint32_t function = functions_.containing(reference.site);
  const std::vector<CodeRange> ranges = functions_.ranges_of(function);
  std::optional<LiftedFunction> lifted;  // knows jump tables
  const auto targets_of = [&](std::uint32_t jump) {
    std::vector<std::uint32_t> targets;
    if (!lifted) lifted = affordable(ranges, 0) ? lift_function(image_, decoder_, ranges, {}) : LiftedFunction{};
    for (const Block& block : lifted->blocks) {
      if (block.instruction_count == 0) continue;
      const std::uint32_t last = lifted->order[block.first_instruction + block.instruction_count - 1];
      if (lifted->instructions[last].rva != jump) continue;
      for (const std::uint32_t next : block.successors) targets.push_back(lifted->blocks[next].rva);
    }
    return targets;
  };
  return only_loads_behind(image_, ranges, address, targets_of);
}

}  // namespace scanner::trace
