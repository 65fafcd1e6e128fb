// Loads, and addresses that escape.
#include "scanner/trace/domain/memory.hpp"

#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <cstdlib>

#include "scanner/trace/domain/state_cost.hpp"

namespace scanner::trace {
namespace {

/// Why nobody knows what stands behind a pointer of which nobody knows what it is. A closer look at callees may tell.
std::uint32_t unknown_behind(std::uint32_t pointer) {
  return (pointer & kTopDepthLost) != 0 ? kTopDepthLost : kTopField | (pointer & kTopClobbered);
}

}  // namespace

/// Gives incoming stack arguments from `offset` on a slot each, so that stores of callees are seen there.
void Memory::fill_in_arguments(State& state, std::int64_t offset) {
  const auto word = static_cast<std::int64_t>(abi_.word);
  for (unsigned i = 0; i < policy::kMostArgumentsFilledIn; ++i) {
    const std::int64_t at = offset - offset % word + i * word;
    const auto slot = slot_reaching(state.frame, at);
    const bool known = slot != state.frame.end() && slot->offset < at + word;
    if (!known) frame_store(state, at, abi_.word, frame_load(state, at, abi_.word, values_, abi_), values_);
  }
}

void Memory::escape_addresses(State& state, ValueId value) {
  for (const Atom& atom : values_.atoms(value)) {
    if (atom.kind != AtomKind::frame) continue;
    const auto offset = static_cast<std::int32_t>(atom.a);
    if (!state.escape(offset)) continue;
    if (offset >= static_cast<std::int32_t>(abi_.stack_arguments)) fill_in_arguments(state, offset);
  }
}

void Memory::escape_pointers(State& state, ValueId value) {
  for (const Atom& atom : values_.atoms(value)) {
    if (atom.is_pointer_argument()) state.escape_argument({atom.where, atom.displacement()});
  }
}

void Memory::escape_contents(State& state) {
  for (std::size_t known = 0; known != state.escaped.size();) {
    known = state.escaped.size();
    budget_.spend(steps_for(state));
    // By number: an escape may add slots, but none before the one that is looked at.
    for (std::size_t i = 0; i < state.frame.size(); ++i) {
      const ValueId value = state.frame[i].value;
      if (values_.holds_frame_address(value) && state.may_alias(state.frame[i].offset, abi_)) escape(state, value);
    }
  }
}

void Memory::escape_held_arguments(State& state) {
  if (state.escaped.empty()) return;
  budget_.spend(steps_for(state));
  for (const FrameSlot& slot : state.frame) {
    if (values_.holds_initial(slot.value) && state.may_alias(slot.offset, abi_)) escape_pointers(state, slot.value);
  }
}

ValueId Memory::load_global(const State& state, std::uint32_t rva, unsigned width) {
  for (const FieldSlot& slot : state.fields) {
    if (slot.pointer == kInImage && slot.offset == rva && slot.width == width) return slot.value;
  }
  return load_image(rva, width);
}

ValueId Memory::load_image(std::uint32_t rva, unsigned width) {
  if (width == abi_.word) {
    if (const int import = imports_.at(rva); import >= 0)
      return values_.import_pointer(static_cast<std::uint32_t>(import));
  }
  const pe::Section* section = image_.section_at(rva);
  if (section == nullptr) return values_.unknown(kTopNotUnderstood);
  const auto value = image_.load(rva, width);
  const auto target = width == abi_.word && value ? image_.rva_of_va(*value) : std::nullopt;
  if (section->writable()) {
    // A pointer keeps the name of its place: what stands behind it is known by that name.
    const bool number = value && !target && width <= abi_.word;
    const bool fixed = number && fixed_ && fixed_(rva, width) == Fixed::yes;
    return fixed ? values_.constant(*value) : values_.memory(rva, width);
  }
  if (!value) return values_.unknown(kTopNotUnderstood);
  if (target) return values_.image_address(*target);
  // Two pointers at once are no number.
  if (width > abi_.word && (image_.rva_of_va(*value & 0xFFFFFFFFU) || image_.rva_of_va(*value >> 32)))
    return values_.unknown(kTopNotUnderstood);
  return values_.constant(*value);
}

ValueId Memory::with_contents(ValueId value) {
  const auto is_number = [&](const Atom& atom) {
    return atom.kind == AtomKind::memory && atom.plain() && atom.offset == 0 && atom.width <= sizeof(std::uint32_t);
  };
  if (!fixed_ || std::ranges::none_of(values_.atoms(value), is_number)) return value;
  return values_.map_join(value, [&](const Atom& atom) {
    const auto number = is_number(atom) ? image_.load(atom.rva(), atom.width) : std::nullopt;
    const bool pointer = number && atom.width == abi_.word && image_.rva_of_va(*number);
    const Fixed fixed = number && !pointer ? fixed_(atom.rva(), atom.width) : Fixed::no;
    if (fixed == Fixed::no) return values_.single(atom);
    return values_.with_flags(values_.constant(*number), fixed == Fixed::yes ? 0U : std::uint32_t{kAssumesGlobal});
  });
}

/// A number of 4 bytes that is no tag, but leads from a place of the image to one before it.
bool Memory::leads_back(const Atom& row) const {
  const auto distance = static_cast<std::int32_t>(row.a);
  return row.is_constant() && distance < 0 && -std::int64_t{distance} < std::int64_t{image_.size_of_image()};
}

/// The rows of a short table that is never written, when they are pointers, or distances from an address, which are
/// below zero unless they have a sign; else kBottom: what may be a tag is looked up later.
ValueId Memory::load_rows(const Atom& address, unsigned width, bool sign) {
  const pe::Section* section = image_.section_at(address.rva());
  const bool bounded = address.count != 0 && address.count <= policy::kMostJoined;
  if (!(width == 4 || width == abi_.word || sign) || !bounded || section == nullptr || section->writable())
    return kBottom;
  boost::container::static_vector<ValueId, policy::kMostJoined> rows;
  for (unsigned i = 0; i < address.count; ++i) {
    const std::int64_t rva = address.displacement() + std::int64_t{i} * address.stride;
    if (rva < 0 || rva > 0xFFFFFFFF) return kBottom;
    rows.push_back(load_image(static_cast<std::uint32_t>(rva), width));
    const Atom* row = values_.only(rows.back());
    const bool pointer = row != nullptr && (row->kind == AtomKind::import || row->kind == AtomKind::image);
    const bool distance = row != nullptr && ((sign && row->is_constant()) || (width == 4 && leads_back(*row)));
    if (!pointer && !distance) return kBottom;
  }
  return values_.unite({rows.data(), rows.size()});
}

/// The content at one of the places that an address may be.
ValueId Memory::load_atom(const State& state, const Atom& address, unsigned width, bool sign) {
  const auto element = [&](AtomKind kind) {
    Atom content = address;
    content.kind = kind;
    if (kind == AtomKind::memory) content.where = 0;  // who chose it does not matter any more
    content.width = static_cast<std::uint8_t>(width);
    return values_.single(content);
  };
  switch (address.kind) {
    case AtomKind::frame:
      return address.strided() ? load_element(state, address, width)
                               : frame_load(state, address.displacement(), width, values_, abi_);
    case AtomKind::image:
      if (address.strided()) {
        const ValueId rows = load_rows(address, width, sign);
        return rows != kBottom ? rows : element(AtomKind::memory);
      }
      if (address.a <= 0xFFFFFFFFU) return load_global(state, address.rva(), width);
      break;
    case AtomKind::initial:
      if (address.masked()) break;
      return address.strided() ? element(AtomKind::field)
                               : field_load(state, address.where, address.displacement(), width, values_);
    case AtomKind::memory:
      if (address.is_pointer_of_table(abi_.word))
        return values_.single(
            Atom::via_global(address.rva(), address.offset, width).with_stride(address.stride, address.count));
      break;
    case AtomKind::field:
      if (through_fields_ && names_behind_field(width) && address.leads_behind_field(0, abi_.word))
        return values_.single(Atom::via_field(address, 0, width));
      break;
    case AtomKind::via_global:
      if (address.leads_on(abi_.word) && (address.linked() || begins_list(address)))
        return values_.with_flags(values_.single(address.in_next_element(width)), kAssumesList);
      break;
    default: break;
  }
  return values_.unknown(kTopField);
}

/// Pointers to functions, and tags.
bool Memory::names_behind_field(unsigned width) const { return width == abi_.word || width == sizeof(std::uint32_t); }

/// Does the file have two elements of a list there, at least?
bool Memory::begins_list(const Atom& pointer) const {
  const auto pointee = [&](std::uint32_t rva) { return image_.rva_of_va(image_.load(rva, abi_.word).value_or(0)); };
  const auto first = pointee(pointer.rva());
  return first && pointee(*first + static_cast<std::uint32_t>(pointer.pointee_offset()));
}

ValueId Memory::load(const State& state, ValueId address, unsigned width, bool sign) {
  if (address == kBottom) return kBottom;
  ValueId result = kBottom;
  for (const Atom& atom : values_.atoms(address))
    result = values_.join(result, values_.with_flags(load_atom(state, atom, width, sign), assumptions_of(atom)));
  const std::uint32_t flags = values_.flags(address);
  if ((flags & kTopMask) != 0) result = values_.join(result, values_.unknown(unknown_behind(flags)));
  if ((flags & kAssumedMask) != 0) result = values_.join(result, values_.unknown(flags & kAssumedMask));
  return result == kBottom ? values_.unknown(kTopField) : result;
}

/// An element of an array on the stack whose index is not known: one of those that were filled.
ValueId Memory::load_element(const State& state, const Atom& address, unsigned width) {
  ValueId result = kBottom;
  const bool bounded = address.count != 0 && address.count <= policy::kMostElementsOnStack;
  const std::int32_t distance = bounded ? std::abs(address.stride) : address.stride;  // downwards they are the same
  if (distance < static_cast<std::int32_t>(width)) return values_.unknown(kTopComputed);
  for (int i = 0; i < (bounded ? int{address.count} : policy::kMostElementsOnStack); ++i) {
    const std::int64_t offset = address.displacement() + std::int64_t{i} * address.stride;
    const auto slot = slot_reaching(state.frame, offset);
    const bool filled = slot != state.frame.end() && slot->offset <= offset &&
                        std::int64_t{slot->offset} + slot->width >= offset + std::int64_t{width};
    if (!filled && !bounded) break;
    result = values_.join(result, frame_load(state, offset, width, values_, abi_));
  }
  if (result == kBottom) return values_.unknown(kTopComputed);
  return bounded ? result : values_.with_flags(result, kAssumesTable);
}

}  // namespace scanner::trace
