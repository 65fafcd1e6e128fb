#include "scanner/trace/solve/store_facts.hpp"

namespace scanner::trace {

void StoreFacts::take(const std::vector<GlobalStore>& stores) {
  std::vector<GlobalStore> fresh;
  for (const GlobalStore& store : stores) {
    if (!program_.globals.add(store)) continue;
    track_what_holds_code(store);
    fresh.push_back(store);
  }
  announce(fresh);
}

void StoreFacts::track_what_holds_code(const GlobalStore& store) {
  for (const Atom& atom : program_.values.atoms(store.value)) {
    const bool function = atom.kind == AtomKind::image && context_.takes_part(static_cast<std::uint32_t>(atom.a));
    if (function || program_.is_listed_import(atom)) discovery_.track_global(store.rva);
  }
}

/// All together, so that what depends on several of them is done once.
void StoreFacts::announce(std::span<const GlobalStore> stores) {
  constexpr std::uint32_t kWidest = 8;
  constexpr std::uint32_t kLargestArray = 0x1000;
  std::set<Fact> changed;  // contents first
  const auto add = [&](FactKind kind, std::uint32_t low, std::uint32_t high) {
    for (const Fact& fact : context_.dependencies.between(kind, low, high)) {
      if (!program_.budget.spend(1)) return;
      changed.insert(fact);
    }
  };
  for (const GlobalStore& store : stores) {
    const std::uint32_t low = store.rva > kWidest ? store.rva - kWidest : 0;
    add(FactKind::content, low, store.rva + (store.strided ? kLargestArray : store.width));
    add(FactKind::code_pointer, low, store.rva + store.width);
  }
  for (const Fact& fact : changed) context_.worklist.add(NewFact{fact});
}

void StoreFacts::take_from_callee(const TakeStores& item) {
  const CallSite& site = context_.solution.sites[item.site];
  const auto summary = context_.solution.summaries.find(item.callee);
  if (summary == context_.solution.summaries.end() || !site.reached) return;
  const std::vector<ArgumentStore>& stores = summary->second.argument_stores;
  if (!program_.budget.spend(stores.size())) return;
  ValuePool& values = program_.values;
  std::vector<GlobalStore> direct;
  for (const ArgumentStore& store : stores) {
    const ValueId pointer = value_at(program_, site, store.pointer, program_.abi.word);
    for (const Atom& atom : values.atoms(pointer)) {
      if (!atom.is_image_address()) continue;
      GlobalStore global;
      global.rva = static_cast<std::uint32_t>(atom.a + static_cast<std::uint64_t>(store.offset));
      global.width = store.width;
      global.value = in_terms_of_caller(program_, site, store.value, store.width);
      global.function = site.function;
      global.site = store.site;
      direct.push_back(global);
    }
  }
  take(direct);
}

}  // namespace scanner::trace
