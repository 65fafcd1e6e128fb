// Contents of globals: each is what the stores to it left, with the bytes of the file unless those are zero.
#include "scanner/trace/domain/globals.hpp"

#include <algorithm>

namespace scanner::trace {
namespace {

constexpr std::uint64_t kStepsOfContent = 16, kStepsOfStore = 8;  // of Budget

}  // namespace

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
    if (atom.kind == AtomKind::image && atom.a <= 0xFFFFFFFFU) stored_into_[atom.rva()].insert(store.rva);
  }
  return true;
}

const std::set<std::uint32_t>& Globals::stored_into(std::uint32_t rva) const {
  static const std::set<std::uint32_t> none;
  const auto found = stored_into_.find(rva);
  return found == stored_into_.end() ? none : found->second;
}

/// Could code write here without a store that is seen? When the address escapes, or one shortly before it, which may be
/// that of an object around it. Where the object ends is not known, so every address within reach counts.
bool Globals::escapes(std::uint32_t rva) {
  // No object reaches from one section into the next.
  const pe::Section* section = image_.section_at(rva);
  const std::uint32_t begin = section != nullptr ? section->rva : 0;
  const std::uint32_t low = std::max(rva > policy::kObjectReach ? rva - policy::kObjectReach : 0, begin);
  if (facts_.held_within(low, rva) || facts_.computed_within(low, rva)) return true;
  const auto walked = computed_.upper_bound({rva, 0xFFFFFFFFU});
  if (walked != computed_.begin() && rva - std::prev(walked)->first <= policy::kLargeObject) return true;
  // Farther away only when nothing else is known to stand in between: then it is likely the same large object.
  if (rva == 0) return false;
  const std::uint32_t object = facts_.object_at(rva - 1, policy::kLargeObject);
  return object != 0 && object >= begin &&
         (facts_.computed_within(object, object) || !facts_.words_holding(object).empty());
}

/// Other drivers may write what is exported.
bool Globals::is_exported(std::uint32_t rva, unsigned width) {
  if (!exported_) {
    std::vector<std::uint32_t>& all = exported_.emplace();
    image_.for_each_export([&all](const pe::Export& exported) { all.push_back(exported.rva); });
    std::ranges::sort(all);
  }
  const auto at = std::ranges::lower_bound(*exported_, rva - std::min(rva, policy::kObjectReach));
  return at != exported_->end() && *at < rva + width;
}

Fixed Globals::look_at_users(std::uint32_t rva, unsigned width) {
  // What is zero in the file is filled in, mostly in some way that no code shows.
  if (image_.load(rva, width).value_or(0) == 0 || is_exported(rva, width)) return Fixed::no;
  if (!facts_.unwritten(rva, width)) return Fixed::no;
  const std::uint32_t last = rva + width - 1;
  const bool escaped = escapes(rva) || facts_.held_within(rva, last) || facts_.computed_within(rva, last);
  return escaped || facts_.array_below(rva) ? Fixed::assumed : Fixed::yes;
}

Fixed Globals::fixed(std::uint32_t rva, unsigned width) {
  const auto [known, fresh] = fixed_.emplace(std::uint64_t{rva} << 32 | width, Fixed::no);
  if (fresh) known->second = look_at_users(rva, width);
  return known->second;
}

ValueId Globals::from_argument(const GlobalStore& store, const Atom& argument, std::uint32_t flags, Resolution& out) {
  if (argument.a != 0) return values_.unknown(kTopComputed);
  if (out.inflows.size() >= policy::kMostInflows) return values_.unknown(kTopCapped);
  out.inflows.push_back({store.function, argument, flags});
  return kBottom;
}

ValueId Globals::from_store(const GlobalStore& store, unsigned width, Resolution& out, unsigned depth) {
  const ValueId value = store.width > width ? values_.resize(store.value, width, false) : store.value;
  return values_.map_join(value, [&](const Atom& atom) {
    switch (atom.kind) {
      case AtomKind::constant:
      case AtomKind::import:
      case AtomKind::image: return values_.single(atom);
      case AtomKind::initial: return from_argument(store, atom, values_.flags_of(value, atom), out);
      case AtomKind::memory:
      case AtomKind::via_global: return expand(values_.single(atom), out, depth + 1);
      case AtomKind::field:
      case AtomKind::via_field: return values_.unknown(kTopField);
      case AtomKind::multiple:
      case AtomKind::frame: return values_.unknown(kTopNotUnderstood);
      case AtomKind::returned: return values_.unknown(kTopReturned);
      case AtomKind::halves: return values_.unknown(kTopComputed);
    }
    return kBottom;
  });
}

ValueId Globals::initial_content(std::uint64_t bytes, unsigned width) {
  if (width == abi_.word) {
    if (const auto target = image_.rva_of_va(bytes)) return values_.image_address(*target);
  }
  return values_.constant(bytes);
}

/// What the stores to some of the `width` bytes at `rva` left there. `stored`: there were any.
ValueId Globals::stored_at(std::uint32_t rva, unsigned width, Resolution& out, unsigned depth, bool& stored) {
  constexpr std::uint32_t kWidest = 64;
  ValueId result = kBottom;
  auto it = direct_.lower_bound(rva > kWidest ? rva - kWidest : 0);
  for (; it != direct_.end() && it->first < rva + width; ++it) {
    budget_->spend(kStepsOfStore * it->second.list.size());
    for (const GlobalStore& store : it->second.list) {
      if (store.rva + store.width <= rva) continue;
      stored = true;
      if (budget_->used_up()) return values_.unknown(kTopCapped);
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
  return result;
}

template <typename Find>
ValueId Globals::once(const Question& question, Resolution& out, const Find& find) {
  if (question.depth == 0) return find();
  const auto known = answers_.find(question);
  if (known != answers_.end() && out.inflows.size() + known->second.inflows.size() <= policy::kMostInflows) {
    budget_->spend(1);
    out.inflows.insert(out.inflows.end(), known->second.inflows.begin(), known->second.inflows.end());
    return budget_->used_up() ? values_.unknown(kTopCapped) : known->second.value;
  }
  const auto before = static_cast<std::ptrdiff_t>(out.inflows.size());
  const ValueId value = find();
  answers_[question] = {value, {out.inflows.begin() + before, out.inflows.end()}};
  return value;
}

ValueId Globals::content(std::uint32_t rva, unsigned width, Resolution& out, unsigned depth) {
  return once({depth, Atom::memory(rva, width)}, out, [&] { return content_of_place(rva, width, out, depth); });
}

ValueId Globals::content_of_place(std::uint32_t rva, unsigned width, Resolution& out, unsigned depth) {
  if (!budget_->spend(kStepsOfContent) || budget_->used_up()) return values_.unknown(kTopCapped);
  out.asked.push_back(rva);
  const pe::Section* section = image_.section_at(rva);
  const auto initial = image_.load(rva, width);
  if (section == nullptr || !initial || depth > policy::kMostHops) return values_.unknown(kTopGlobal);
  if (!section->writable()) return initial_content(*initial, width);
  bool stored = false;
  const std::size_t inflows = out.inflows.size();
  ValueId result = stored_at(rva, width, out, depth, stored);
  if (budget_->used_up()) return values_.unknown(kTopCapped);
  if (*initial != 0) {
    result = values_.join(result, initial_content(*initial, width));
  } else if (!stored) {
    // A zero that no store was seen to replace: it is filled in some way that is not modelled.
    result = values_.join(result, values_.unknown(kTopGlobal));
  }
  if (!escapes(rva)) return result;
  assume_unwritten(out, inflows);
  return values_.with_flags(result, kAssumesGlobal);
}

ValueId Globals::content_through(const Atom& atom, Resolution& out, unsigned depth) {
  const Atom content =
      Atom::via_global(atom.rva(), atom.pointee_offset(), atom.width).with_stride(atom.stride, atom.count);
  return once({depth, content}, out, [&] { return content_of_pointee(atom, out, depth); });
}

ValueId Globals::content_of_pointee(const Atom& atom, Resolution& out, unsigned depth) {
  if (depth > policy::kMostHops) return values_.unknown(kTopGlobal);
  const auto before = out.inflows.size();
  const ValueId pointer =
      atom.strided() ? pointers_of_table(atom, out, depth + 1) : content(atom.rva(), abi_.word, out, depth + 1);
  out.inflows.resize(before);  // the callers that pass the pointer in do not matter here
  const std::int32_t offset = atom.pointee_offset();
  std::vector<ValueId> contents;
  for (const Atom& pointee : values_.atoms(pointer)) {
    if (!pointee.is_image_address()) continue;
    const auto target = static_cast<std::uint32_t>(pointee.a + static_cast<std::uint64_t>(std::int64_t{offset}));
    contents.push_back(values_.with_flags(content(target, atom.width, out, depth + 1), assumptions_of(pointee)));
  }
  if (atom.strided()) {
    contents.push_back(values_.unknown(values_.flags(pointer)));
    return values_.unite(contents);
  }
  ValueId result = values_.unite(contents);
  // An object that is known by this pointer only: what was stored through it, by whichever function.
  if (const auto found = through_.find({atom.rva(), offset}); found != through_.end()) {
    budget_->spend(kStepsOfStore * found->second.list.size());
    const std::size_t inflows = out.inflows.size();
    for (const GlobalStore& store : found->second.list) {
      if (budget_->used_up()) return values_.unknown(kTopCapped);
      if (store.width >= atom.width) result = values_.join(result, from_store(store, atom.width, out, depth));
    }
    assume_unwritten(out, inflows);
    result = values_.with_flags(result, kAssumesGlobal);
  }
  return result == kBottom ? values_.unknown(kTopField) : result;
}

/// The inflows from number `first` on rest on it that no alias writes the global which they come through.
void Globals::assume_unwritten(Resolution& out, std::size_t first) {
  for (std::size_t i = first; i < out.inflows.size(); ++i) out.inflows[i].flags |= kAssumesGlobal;
}

/// The content that `atom` stands for, moved and masked as the atom says.
ValueId Globals::expand_atom(const Atom& atom, Resolution& out, unsigned depth) {
  if (atom.kind == AtomKind::multiple && (assumptions_of(atom) & kAssumesStep) != 0)
    return values_.single(atom.with_stride(atom.stride));  // which numbers it stands for is not known
  if (ValueId numbers = kBottom; values_.spell_out(atom, policy::kMostRows, numbers)) return numbers;
  const bool loaded = atom.kind == AtomKind::memory || atom.kind == AtomKind::via_global;
  const std::size_t inflows = out.inflows.size();
  ValueId part = !loaded                             ? values_.single(atom)
                 : atom.linked()                     ? content_of_list(atom, out, depth)
                 : atom.kind == AtomKind::via_global ? content_through(atom, out, depth)
                 : atom.strided()                    ? table(atom, out, depth)
                                                     : content(atom.rva(), atom.width, out, depth);
  if (atom.is_content() && atom.moved()) part = values_.add(part, atom.offset);
  if (!loaded) return part;
  for (std::size_t i = inflows; i < out.inflows.size(); ++i) {
    Atom& argument = out.inflows[i].argument;
    out.inflows[i].flags |= assumptions_of(atom);
    argument.or_mask = (argument.or_mask & atom.and_mask) | atom.or_mask;
    argument.and_mask &= atom.and_mask & ~atom.or_mask;
  }
  return part == kBottom ? part : values_.masked_like(part, atom);
}

ValueId Globals::expand(ValueId value, Resolution& out, unsigned depth) {
  const auto to_resolve = [](const Atom& atom) {
    return atom.kind == AtomKind::memory || atom.kind == AtomKind::via_global || atom.kind == AtomKind::multiple;
  };
  if (std::ranges::none_of(values_.atoms(value), to_resolve)) return value;
  return values_.map_join(value, [&](const Atom& atom) { return expand_atom(atom, out, depth); });
}

Resolution Globals::resolve(ValueId value) {
  Resolution out;
  answers_.clear();
  out.value = expand(value, out, 0);
  return out;
}

}  // namespace scanner::trace
