// Entries of a table of tags that code walks or indexes. How many there are, the object's end, the code's own end or
// the entries themselves must tell.
#include <algorithm>

#include "scanner/trace/domain/globals.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner::trace {

/// The table ends where the next named object begins, or where code stops walking. `bounded`: one of these is known.
std::uint32_t Globals::end_of_table(std::uint32_t base, const pe::Section& section, bool& bounded) {
  std::uint32_t end = base + policy::kLargestTable;
  const auto bound_by = [&](std::uint32_t other) {
    if (other <= base || other > end) return;
    end = other;
    bounded = true;
  };
  bound_by(facts_.object_above(base + 3));
  if (const auto stop = ends_.upper_bound(base); stop != ends_.end()) bound_by(*stop);
  return std::min(end, section.rva + section.virtual_size);
}

Globals::Entries Globals::entries_of_table(std::uint32_t base, std::uint32_t end, std::uint32_t stride) {
  Entries out;
  out.behind = base;
  for (std::size_t count = 0; out.behind + 4 <= end && count <= policy::kMostTags; ++count) {
    const auto word = image_.load(out.behind, 4);
    if (!word || !tagdb::plausible_tag(*word & ~0x80000000ULL)) break;
    out.readable = out.readable && tagdb::PoolTag(static_cast<std::uint32_t>(*word)).chosen();
    out.tags = values_.join(out.tags, values_.constant(static_cast<std::uint32_t>(*word)));
    out.behind += stride;
  }
  return out;
}

ValueId Globals::table(const Atom& atom, Resolution& out) {
  const std::uint32_t base = atom.rva();
  const pe::Section* section = image_.section_at(base);
  if (section == nullptr || atom.width != 4) return values_.unknown(kTopComputed);
  out.table = true;
  if (section->writable()) out.asked.push_back(base);
  bool bounded = false;
  const std::uint32_t end = end_of_table(base, *section, bounded);
  const auto stride = static_cast<std::uint32_t>(atom.stride);
  if (stride < policy::kSmallestStride) return values_.unknown(kTopComputed);  // the entries' distance is not known
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
  // Otherwise it runs on into something else.
  if (!fills && (!terminated || !entries.readable)) return values_.unknown(kTopComputed);
  return fills && !cut && !section->writable() ? entries.tags : values_.with_flags(entries.tags, kAssumesTable);
}

}  // namespace scanner::trace
