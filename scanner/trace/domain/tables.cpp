// Entries of a table of tags that code walks or indexes. How many there are, the object's end, the code's own end or
// the entries themselves must tell. Elements of a list that stands in the image.
#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <map>
#include <vector>

#include "scanner/trace/domain/globals.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner::trace {

/// The table ends where the next named object begins, or where code stops walking. `bounded`: one of these is known.
/// What is named within the first row is another column of it.
std::uint32_t Globals::end_of_table(std::uint32_t base, std::uint32_t stride, const pe::Section& section,
                                    bool& bounded) {
  std::uint32_t end = base + policy::kLargestTable;
  const auto bound_by = [&](std::uint32_t other) {
    if (other <= base || other > end) return;
    end = other;
    bounded = true;
  };
  bound_by(facts_.object_above(base + std::max(stride, policy::kSmallestStride) - 1));
  if (const auto stop = ends_.upper_bound(base); stop != ends_.end()) bound_by(*stop);
  return std::min(end, section.rva + section.virtual_size);
}

Globals::Entries Globals::entries_of_table(std::uint32_t base, std::uint32_t end, std::uint32_t stride) {
  Entries out;
  out.behind = base;
  boost::container::static_vector<Atom, policy::kMostTags + 1> tags;
  // Rows without a tag come first in tables whose index 0 means nothing.
  for (unsigned free = 0; free < policy::kMostFreeRows && image_.load(out.behind, 4) == 0U; ++free)
    out.behind += stride;
  for (; out.behind + 4 <= end && tags.size() <= policy::kMostTags; out.behind += stride) {
    const auto word = image_.load(out.behind, 4);
    if (!word || !tagdb::plausible_tag(*word & ~0x80000000ULL)) break;
    out.readable = out.readable && tagdb::PoolTag(static_cast<std::uint32_t>(*word)).chosen();
    tags.push_back(Atom::constant(static_cast<std::uint32_t>(*word)));
  }
  out.rows = tags.size();
  std::ranges::sort(tags);
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  out.tags = values_.make({tags.data(), tags.size()}, tags.size() > policy::kMostTags ? std::uint32_t{kTopCapped} : 0U);
  return out;
}

/// All rows of a table whose number of rows the code knows.
ValueId Globals::rows_of_table(const Atom& atom, Resolution& out, unsigned depth) {
  std::vector<ValueId> rows;
  for (std::int64_t i = 0; i < atom.count; ++i) {
    const std::int64_t rva = std::int64_t{atom.rva()} + i * atom.stride;
    if (rva < 0 || rva > 0xFFFFFFFF) return values_.unknown(kTopComputed);
    rows.push_back(content(static_cast<std::uint32_t>(rva), atom.width, out, depth));
  }
  return values_.unite(rows);
}

/// Is the word at `rva` a pointer into the image, as the file has it?
bool Globals::holds_pointer(std::uint32_t rva) {
  const auto value = image_.load(rva, abi_.word);
  const auto target = value ? image_.rva_of_va(*value) : std::nullopt;
  return target && std::ranges::find(facts_.words_holding(*target), rva) != facts_.words_holding(*target).end();
}

/// The pointers in a table of them (AtomKind::memory or via_global). Without a bound they end where something else
/// stands, or the next object begins.
ValueId Globals::pointers_of_table(const Atom& atom, Resolution& out, unsigned depth) {
  const pe::Section* section = image_.section_at(atom.rva());
  if (section == nullptr) return values_.unknown(kTopComputed);
  Atom row = Atom::memory(atom.rva(), abi_.word).with_stride(atom.stride, atom.count);
  if (row.count == 0) {
    if (row.stride < static_cast<std::int32_t>(abi_.word)) return values_.unknown(kTopComputed);
    const auto stride = static_cast<std::uint32_t>(row.stride);
    for (unsigned free = 0; free < policy::kMostFreeRows && image_.load(row.rva(), abi_.word) == 0U; ++free)
      row.a += stride;
    bool bounded = false;
    const std::uint32_t end = end_of_table(row.rva(), stride, *section, bounded);
    for (std::uint32_t at = row.rva(); at + abi_.word <= end && row.count <= policy::kMostRows && holds_pointer(at);
         at += stride)
      ++row.count;
    if (row.count == 0) return values_.unknown(kTopComputed);
  }
  if (row.count > policy::kMostRows) return values_.unknown(kTopCapped);
  out.table = true;
  const ValueId rows = rows_of_table(row, out, depth);
  return atom.count != 0 ? rows : values_.with_flags(rows, kAssumesTable);
}

ValueId Globals::table(const Atom& atom, Resolution& out, unsigned depth) {
  const std::uint32_t base = atom.rva();
  const pe::Section* section = image_.section_at(base);
  const bool pointers = atom.width == abi_.word && (abi_.word != 4 || holds_pointer(base));
  if (pointers) return pointers_of_table(atom, out, depth);
  if (section == nullptr || atom.width != 4) return values_.unknown(kTopComputed);
  out.table = true;
  if (atom.count != 0 && atom.count <= policy::kMostRows) return rows_of_table(atom, out, depth);
  if (section->writable()) out.asked.push_back(base);
  // The entries' distance is not known, or they are walked downwards.
  if (atom.stride < static_cast<std::int32_t>(policy::kSmallestStride)) return values_.unknown(kTopComputed);
  const auto stride = static_cast<std::uint32_t>(atom.stride);
  bool bounded = false;
  std::uint32_t end = end_of_table(base, stride, *section, bounded);
  // An index that may lie beyond the object is held below by something that is not seen, and that may leave out more.
  const std::uint64_t last = atom.count != 0 ? base + (atom.count - 1ULL) * stride + 4 : 0;
  const bool counted = atom.count != 0 && last <= end;
  if (counted) end = static_cast<std::uint32_t>(last);
  const Entries entries = entries_of_table(base, end, stride);
  if (entries.tags == kBottom) return values_.unknown(kTopComputed);
  const std::uint32_t at = entries.behind;
  // Where a mere reference ends it and tags go on behind, that may be one to an element of this very table.
  const auto behind = static_cast<std::uint32_t>(image_.load(at, 4).value_or(0)) & 0x7FFFFFFFU;
  const bool cut = bounded && at == end && !ends_.contains(end) && tagdb::PoolTag(behind).chosen();
  // Sure when the entries fill the object, but for padding; a zero ends a table that is walked to its end.
  bool fills = bounded;
  for (std::uint32_t i = at; fills && i < std::min(end, at + policy::kMostPadding); ++i)
    fills = image_.load(i, 1).value_or(1) == 0;
  fills = fills && (at + stride > end || end - at < policy::kMostPadding);
  const bool terminated = image_.load(at, 4).value_or(1) == 0;
  // Several rows of something else and a tag are no chance, whatever comes behind them.
  const bool rows = stride > policy::kSmallestStride && entries.rows >= policy::kFewestRows;
  // Otherwise it runs on into something else.
  if (!fills && ((!terminated && !rows) || !entries.readable)) return values_.unknown(kTopComputed);
  // Nothing but the index itself, or code that compares with the end, tells that no more than the object is walked.
  const bool told = counted || ends_.contains(end);
  return told && fills && !cut && !section->writable() ? entries.tags : values_.with_flags(entries.tags, kAssumesTable);
}

/// What the pointers that stand `link` bytes behind these elements may be.
ValueId Globals::next_elements(ValueId pointers, std::int32_t link, Resolution& out, unsigned depth) {
  ValueId next = kBottom;
  for (const Atom& element : values_.atoms(pointers)) {
    if (!element.is_image_address()) continue;
    const std::uint32_t at = element.rva() + static_cast<std::uint32_t>(link);
    next = values_.join(next, values_.with_flags(content(at, abi_.word, out, depth), assumptions_of(element)));
  }
  return next;
}

/// What stands in the elements of a list that are meant (Atom::linked).
ValueId Globals::content_of_list(const Atom& atom, Resolution& out, unsigned depth) {
  if (depth > policy::kMostHops) return values_.unknown(kTopGlobal);
  const auto before = out.inflows.size();
  ValueId pointers = content(atom.rva(), abi_.word, out, depth + 1);
  for (unsigned hop = 0; hop < atom.hops(); ++hop) pointers = next_elements(pointers, atom.link(), out, depth + 1);
  std::map<std::uint32_t, std::uint32_t> elements;  // what each rests on
  std::uint32_t flags = 0;
  for (bool more = true; more; pointers = next_elements(pointers, atom.link(), out, depth + 1)) {
    more = false;
    flags |= values_.flags(pointers) & kTopMask;
    for (const Atom& element : values_.atoms(pointers))
      more = (element.is_image_address() && elements.emplace(element.rva(), assumptions_of(element)).second) || more;
    if (atom.hops() < Atom::kManyHops) break;
    if (elements.size() > policy::kMostElements) return values_.unknown(kTopCapped);
  }
  out.inflows.resize(before);  // the callers that pass the pointers in do not matter here
  if (elements.empty()) return values_.unknown(kTopField);
  std::vector<ValueId> contents = {values_.unknown(flags)};
  for (const auto& [element, assumed] : elements) {
    const std::uint32_t at = element + static_cast<std::uint32_t>(atom.pointee_offset());
    contents.push_back(values_.with_flags(content(at, atom.width, out, depth + 1), assumed));
  }
  return values_.unite(contents);
}

}  // namespace scanner::trace
