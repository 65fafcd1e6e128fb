#include "scanner/trace/domain/globals.hpp"

#include <algorithm>
#include <array>

#include "scanner/trace/image/reference.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner::trace {
namespace {

constexpr unsigned kMaxDepth = 4;
constexpr std::uint32_t kObjectReach = 0x100;  // how far behind an address that escapes its object may reach
constexpr std::uint32_t kLargeObject = 0x1000;
constexpr std::uint32_t kMaxTableBytes = 0x1000;
constexpr std::size_t kMaxTableTags = ValuePool::kCap;
constexpr std::size_t kMostInflows = 4096;
constexpr std::uint64_t kStepsOfContent = 16, kStepsOfStore = 8;

}  // namespace

Globals::Globals(const pe::Image& image, const Index& index, ValuePool& values, const Abi& abi, Budget& budget)
    : image_(image), index_(index), values_(values), abi_(abi), budget_(&budget) {}

bool Globals::Stores::add(const GlobalStore& store) {
  constexpr std::size_t kShort = 16;
  const auto key = [](const GlobalStore& of) { return Key{of.site, of.value, of.function}; };
  if (list.size() < kShort) {
    const bool present =
        std::any_of(list.begin(), list.end(), [&](const auto& other) { return key(other) == key(store); });
    if (present) return false;
  } else {
    if (known.empty()) {
      for (const GlobalStore& other : list) known.insert(key(other));
    }
    if (!known.insert(key(store)).second) return false;
  }
  list.push_back(store);
  return true;
}

bool Globals::add(const GlobalStore& store) {
  budget_->spend(1);
  if (store.strided) return computed_.emplace(store.rva, store.site).second;
  if (store.through) return through_[{store.rva, store.offset}].add(store);
  if (!direct_[store.rva].add(store)) return false;
  for (const Atom& atom : values_.atoms(store.value)) {
    if (atom.kind == AtomKind::image && atom.a <= 0xFFFFFFFFU)
      stored_into_[static_cast<std::uint32_t>(atom.a)].insert(store.rva);
  }
  return true;
}

std::vector<std::uint32_t> Globals::users(std::uint32_t rva) const {
  std::vector<std::uint32_t> sites;
  // The index takes the displacement for the instruction's last field; an immediate behind it moves the target down.
  for (const std::uint32_t behind : {0U, 1U, 2U, 4U}) {
    if (index_.absolute && behind != 0) continue;
    for (const Reference& reference : Index::to(index_.data, rva - behind)) sites.push_back(reference.site);
  }
  std::sort(sites.begin(), sites.end());
  return sites;
}

bool Globals::used(std::uint32_t rva, std::uint32_t bytes) {
  const auto [known, fresh] = used_.emplace(std::uint64_t{rva} << 32 | bytes, false);
  if (!fresh) return known->second;
  auto it = std::lower_bound(index_.data.begin(), index_.data.end(), Reference{rva, 0});
  for (; it != index_.data.end() && it->target < rva + bytes && !known->second; ++it) known->second = !is_lea(*it);
  return known->second;
}

std::vector<std::uint32_t> Globals::wide_stores_over(std::uint32_t rva) const {
  constexpr std::uint32_t kWidest = 28;  // stp q0, q1: all but the last word
  std::vector<std::uint32_t> sites;
  const auto first =
      std::lower_bound(index_.data.begin(), index_.data.end(), Reference{rva - std::min(rva, kWidest), 0});
  for (auto it = first; it != index_.data.end() && it->target < rva; ++it) {
    if (stores_wide(image_, *it)) sites.push_back(it->site);
  }
  return sites;
}

void Globals::collect_pointers() {
  pointers_collected_ = true;
  const auto collect = [this](std::uint32_t rva, unsigned) {
    const auto value = image_.load(rva, image_.pointer_size());
    if (const auto target = value ? image_.rva_of_va(*value) : std::nullopt) pointers_[*target].push_back(rva);
  };
  if (index_.absolute) {
    for (const std::uint32_t word : index_.words) collect(word, 0);
  } else {
    image_.for_each_relocation(collect);
  }
}

const std::vector<std::uint32_t>& Globals::words_holding(std::uint32_t rva) {
  if (!pointers_collected_) collect_pointers();
  static const std::vector<std::uint32_t> none;
  const auto found = pointers_.find(rva);
  return found == pointers_.end() ? none : found->second;
}

/// An address is computed, not a content used.
bool Globals::is_lea(const Reference& reference) const {
  if (index_.absolute) return std::binary_search(index_.taken.begin(), index_.taken.end(), reference.site);
  return computes_address(image_, reference);
}

bool Globals::lea_of(std::uint32_t rva) { return lea_within(rva, rva); }

/// Is one of the addresses from `low` to `high`, both included, computed? Asked again and again.
bool Globals::lea_within(std::uint32_t low, std::uint32_t high) {
  const auto [known, fresh] = lea_within_.emplace(std::uint64_t{low} << 32 | high, false);
  if (!fresh) return known->second;
  auto it = std::lower_bound(index_.data.begin(), index_.data.end(), Reference{low, 0});
  std::uint64_t looked_at = 1;
  for (; it != index_.data.end() && it->target <= high && !known->second; ++it, ++looked_at)
    known->second = is_lea(*it);
  budget_->spend(looked_at);
  return known->second;
}

bool Globals::address_taken(std::uint32_t rva) {
  return !words_holding(rva).empty() || !Index::to(index_.addresses, rva).empty() || lea_of(rva);
}

bool Globals::only_read(std::uint32_t rva, std::uint32_t bytes, std::uint32_t holder,
                        const std::function<bool(const Reference&)>& reads) {
  if (!pointers_collected_) collect_pointers();
  for (auto it = pointers_.lower_bound(rva); it != pointers_.end() && it->first < rva + bytes; ++it) {
    if (it->second != std::vector<std::uint32_t>{holder}) return false;
  }
  auto it = std::lower_bound(index_.data.begin(), index_.data.end(), Reference{rva, 0});
  for (; it != index_.data.end() && it->target < rva + bytes; ++it) {
    if (!budget_->spend(1)) return false;
    if (!only_reads(image_, *it) && !(is_lea(*it) && reads(*it))) return false;
  }
  return true;
}

std::uint32_t Globals::object_at(std::uint32_t rva, std::uint32_t reach) {
  if (!pointers_collected_) collect_pointers();
  std::uint32_t best = 0;
  const auto after = std::upper_bound(index_.data.begin(), index_.data.end(), Reference{rva, 0xFFFFFFFFU});
  if (after != index_.data.begin()) best = std::prev(after)->target;
  const auto pointer = pointers_.upper_bound(rva);
  if (pointer != pointers_.begin()) best = std::max(best, std::prev(pointer)->first);
  return best != 0 && rva - best <= reach ? best : 0;
}

const std::set<std::uint32_t>& Globals::stored_into(std::uint32_t rva) const {
  static const std::set<std::uint32_t> none;
  const auto found = stored_into_.find(rva);
  return found == stored_into_.end() ? none : found->second;
}

/// Could code that we do not see as a store write here? When the address was given away, or one shortly before it,
/// which may be that of an object around it. Where the object ends nobody knows, so every address within reach counts.
bool Globals::escapes(std::uint32_t rva) {
  if (!pointers_collected_) collect_pointers();
  const std::uint32_t low = rva > kObjectReach ? rva - kObjectReach : 0;
  const auto pointer = pointers_.lower_bound(low);
  if (pointer != pointers_.end() && pointer->first <= rva) return true;
  if (lea_within(low, rva)) return true;
  const auto walked = computed_.upper_bound({rva, 0xFFFFFFFFU});
  if (walked != computed_.begin() && rva - std::prev(walked)->first <= kLargeObject) return true;
  // Farther away only when nothing else is known to stand in between: then it is likely the same large object.
  if (rva == 0) return false;
  const std::uint32_t object = object_at(rva - 1, kLargeObject);
  return object != 0 && (lea_of(object) || !words_holding(object).empty());
}

ValueId Globals::from_store(const GlobalStore& store, unsigned width, Resolution& out, unsigned depth) {
  const ValueId value = store.width > width ? values_.resize(store.value, width, false) : store.value;
  ValueId result = values_.unknown(values_.flags(value));
  for (const Atom& atom : std::vector<Atom>(values_.atoms(value).begin(), values_.atoms(value).end())) {
    switch (atom.kind) {
      case AtomKind::constant:
      case AtomKind::import:
      case AtomKind::image: result = values_.join(result, values_.single(atom)); break;
      case AtomKind::initial:
        if (atom.a == 0 && out.inflows.size() >= kMostInflows) {
          result = values_.join(result, values_.unknown(kTopCapped));
        } else if (atom.a == 0) {
          out.inflows.push_back({store.function, atom, values_.flags(value)});
        } else {
          result = values_.join(result, values_.unknown(kTopComputed));
        }
        break;
      case AtomKind::memory:
      case AtomKind::via_global: result = values_.join(result, expand(values_.single(atom), out, depth + 1)); break;
      case AtomKind::field: result = values_.join(result, values_.unknown(kTopField)); break;
      case AtomKind::multiple:
      case AtomKind::frame: result = values_.join(result, values_.unknown(kTopNotUnderstood)); break;
      case AtomKind::returned: result = values_.join(result, values_.unknown(kTopReturned)); break;
    }
  }
  return result;
}

ValueId Globals::content(std::uint32_t rva, unsigned width, Resolution& out, unsigned depth) {
  if (!budget_->spend(kStepsOfContent) || budget_->used_up()) return values_.unknown(kTopCapped);
  out.asked.push_back(rva);
  const pe::Section* section = image_.section_at(rva);
  const auto initial = image_.load(rva, width);
  if (section == nullptr || !initial || depth > kMaxDepth) return values_.unknown(kTopGlobal);
  const auto initial_value = [&] {
    if (width == abi_.word) {
      if (const auto target = image_.rva_of_va(*initial)) return values_.image_address(*target);
    }
    return values_.constant(*initial);
  };
  if (!section->writable()) return initial_value();
  ValueId result = kBottom;
  bool stored = false;
  constexpr std::uint32_t kWidest = 64;
  for (auto it = direct_.lower_bound(rva > kWidest ? rva - kWidest : 0); it != direct_.end() && it->first < rva + width;
       ++it) {
    budget_->spend(kStepsOfStore * it->second.list.size());
    for (const GlobalStore& store : it->second.list) {
      if (store.rva + store.width <= rva) continue;
      if (budget_->used_up()) return values_.unknown(kTopCapped);
      stored = true;
      ValueId part = values_.unknown(kTopGlobal);
      std::uint64_t wide = 0;
      if (store.rva == rva && store.width >= width) {
        part = from_store(store, width, out, depth);
      } else if (store.rva < rva && store.rva + store.width >= rva + width && values_.is_constant(store.value, wide)) {
        // Two fields written at once.
        part = values_.resize(values_.constant(wide >> (8 * (rva - store.rva))), width, false);
      }
      result = values_.join(result, part);
    }
  }
  if (!stored || *initial != 0) {
    // A zero that nobody was seen to replace: it is filled in some way we do not see.
    result = values_.join(result, stored || *initial != 0 ? initial_value() : values_.unknown(kTopGlobal));
  }
  if (result == kBottom) result = values_.unknown(0);
  return escapes(rva) ? values_.with_flags(result, kAssumesGlobal) : result;
}

ValueId Globals::content_through(std::uint32_t rva, std::int32_t offset, unsigned width, Resolution& out,
                                 unsigned depth) {
  if (depth > kMaxDepth) return values_.unknown(kTopGlobal);
  const auto before = out.inflows.size();
  const ValueId pointer = content(rva, abi_.word, out, depth + 1);
  out.inflows.resize(before);  // who passes the pointer in does not matter here
  ValueId result = kBottom;
  for (const Atom& atom : std::vector<Atom>(values_.atoms(pointer).begin(), values_.atoms(pointer).end())) {
    if (atom.kind != AtomKind::image || atom.strided) continue;
    const auto target =
        static_cast<std::uint32_t>(atom.a + static_cast<std::uint64_t>(static_cast<std::int64_t>(offset)));
    result = values_.join(result, content(target, width, out, depth + 1));
  }
  // An object that is known by this pointer only: what was stored through it, by whichever function.
  if (const auto found = through_.find({rva, offset}); found != through_.end()) {
    budget_->spend(kStepsOfStore * found->second.list.size());
    for (const GlobalStore& store : found->second.list) {
      if (budget_->used_up()) return values_.unknown(kTopCapped);
      if (store.width >= width) result = values_.join(result, from_store(store, width, out, depth));
    }
    result = values_.with_flags(result, kAssumesGlobal);
  }
  return result == kBottom ? values_.unknown(kTopField) : result;
}

/// Entries of a table that code walks or indexes. The table ends where the next named object begins.
ValueId Globals::table(const Atom& atom, Resolution& out) {
  const auto base = static_cast<std::uint32_t>(atom.a);
  const pe::Section* section = image_.section_at(base);
  if (section == nullptr || atom.width != 4) return values_.unknown(kTopComputed);
  out.table = true;
  if (section->writable()) out.asked.push_back(base);
  std::uint32_t end = base + kMaxTableBytes;
  bool bounded = false;
  const auto bound_by = [&](std::uint32_t other) {
    if (other > base && other <= end) {
      end = other;
      bounded = true;
    }
  };
  if (!pointers_collected_) collect_pointers();
  const auto next = std::upper_bound(index_.data.begin(), index_.data.end(), Reference{base + 3, 0xFFFFFFFFU});
  if (next != index_.data.end()) bound_by(next->target);
  if (const auto pointer = pointers_.upper_bound(base + 3); pointer != pointers_.end()) bound_by(pointer->first);
  if (const auto stop = ends_.upper_bound(base); stop != ends_.end()) bound_by(*stop);
  end = std::min(end, section->rva + section->virtual_size);
  const auto stride = static_cast<std::uint32_t>(atom.where);
  if (stride < 4) return values_.unknown(kTopComputed);  // scaled in steps: nobody knows how far apart the entries are
  std::vector<std::uint32_t> tags;
  bool readable = true;  // nothing but what programmers choose; texts have blanks and punctuation
  std::uint32_t at = base;
  while (at + 4 <= end && tags.size() <= kMaxTableTags) {
    const auto word = image_.load(at, 4);
    if (!word || !tagdb::plausible_tag(*word & ~0x80000000ULL)) break;
    readable = readable && tagdb::PoolTag(static_cast<std::uint32_t>(*word)).chosen();
    tags.push_back(static_cast<std::uint32_t>(*word));
    at += stride;
  }
  if (tags.empty()) return values_.unknown(kTopComputed);
  // Where a mere reference ends it and tags go on behind, that may be one to an element of this very table.
  const auto behind = static_cast<std::uint32_t>(image_.load(at, 4).value_or(0)) & 0x7FFFFFFFU;
  const bool cut = bounded && at == end && !ends_.contains(end) && tagdb::PoolTag(behind).chosen();
  ValueId result = kBottom;
  for (const std::uint32_t tag : tags) result = values_.join(result, values_.constant(tag));
  // Sure when the entries fill the object, but for padding; a zero ends a table that is walked to its end.
  bool fills = bounded;
  for (std::uint32_t i = at; fills && i < std::min(end, at + 64); ++i) fills = image_.load(i, 1).value_or(1) == 0;
  fills = fills && (at + stride > end || end - at < 64);
  const bool terminated = image_.load(at, 4).value_or(1) == 0;
  if (!fills && (!terminated || !readable)) return values_.unknown(kTopComputed);  // it runs on into something else
  return fills && !cut && !section->writable() ? result : values_.with_flags(result, kAssumesTable);
}

ValueId Globals::expand(ValueId value, Resolution& out, unsigned depth) {
  const std::vector<Atom> atoms(values_.atoms(value).begin(), values_.atoms(value).end());
  const bool plain = std::none_of(atoms.begin(), atoms.end(), [](const Atom& atom) {
    return atom.kind == AtomKind::memory || atom.kind == AtomKind::via_global;
  });
  if (plain) return value;
  ValueId result = values_.unknown(values_.flags(value));
  for (const Atom& atom : atoms) {
    ValueId part = kBottom;
    const std::size_t inflows = out.inflows.size();
    if (atom.kind == AtomKind::memory && atom.strided) {
      part = table(atom, out);
    } else if (atom.kind == AtomKind::memory) {
      part = content(static_cast<std::uint32_t>(atom.a), atom.width, out, depth);
    } else if (atom.kind == AtomKind::via_global) {
      part = content_through(static_cast<std::uint32_t>(atom.a), atom.where, atom.width, out, depth);
    } else {
      part = values_.single(atom);
    }
    if (atom.kind != AtomKind::constant && atom.offset != 0)
      part = values_.alu(Alu::add, abi_.word, 0, part,
                         values_.constant(static_cast<std::uint64_t>(static_cast<std::int64_t>(atom.offset))));
    if (atom.kind == AtomKind::memory || atom.kind == AtomKind::via_global) {
      part = part == kBottom ? part : values_.masked(part, atom.and_mask, atom.or_mask);
      for (std::size_t i = inflows; i < out.inflows.size(); ++i) {
        Atom& argument = out.inflows[i].argument;
        argument.or_mask = (argument.or_mask & atom.and_mask) | atom.or_mask;
        argument.and_mask &= atom.and_mask & ~atom.or_mask;
      }
    }
    if (part != kBottom) result = values_.join(result, part);
  }
  return result;
}

Resolution Globals::resolve(ValueId value) {
  Resolution out;
  out.value = expand(value, out, 0);
  return out;
}

}  // namespace scanner::trace
