#include "scanner/trace/models/arguments.hpp"

#include <vector>

namespace scanner::trace {

ValueId value_at(Program& program, const CallSite& site, Location where, unsigned width) {
  return value_at(site, where, width, program.values, program.abi);
}

void set_at_entry(State& entry, Location where, ValueId value, Program& program) {
  if (is_stack(where)) {
    frame_store(entry, where - kStackBase, program.abi.word, value, program.values);
  } else {
    entry.registers[static_cast<std::size_t>(where)] = value;
  }
}

ValueId argument_at(Program& program, const CallSite& site, int index) {
  return value_at(program, site, program.abi.argument(static_cast<unsigned>(index)), program.abi.word);
}

Location tag_location(const Program& program, const tagdb::ApiRow& row) {
  const Abi& abi = program.abi;
  if (!abi.splits_wide_arguments()) return abi.argument(static_cast<unsigned>(row.tag));
  if (row.x86_fastcall) return abi.candidate_arguments[static_cast<std::size_t>(row.tag_x86 & 1)];
  return abi.argument(static_cast<unsigned>(row.tag_x86));
}

Location size_location(const Program& program, const tagdb::ApiRow& row) {
  const Abi& abi = program.abi;
  return abi.argument(static_cast<unsigned>(abi.splits_wide_arguments() ? row.size_x86 : row.size));
}

namespace {

/// What stands `offset` bytes behind an address in the image.
ValueId image_field(Program& program, std::uint32_t at, unsigned width) {
  const pe::Section* section = program.image.section_at(at);
  const auto value = program.image.load(at, width);
  // What is as wide as a pointer may be one: that is for the memory to say.
  const bool number = width <= 4 && (width != program.abi.word || !value || !program.image.rva_of_va(*value));
  const bool fixed =
      section != nullptr && value && number && (!section->writable() || program.globals.fixed(at, width) == Fixed::yes);
  return fixed ? program.values.constant(*value) : program.values.memory(at, width);
}

/// One of the elements of a table that begins `offset` bytes behind the pointer.
ValueId row_behind_atom(Program& program, const CallSite& site, const Atom& pointer, std::int64_t offset,
                        unsigned width, Rows rows) {
  ValuePool& values = program.values;
  const auto begin = static_cast<std::int64_t>(pointer.a) + offset;
  if (pointer.is_image_address())
    return values.single(Atom::memory(static_cast<std::uint32_t>(begin), width).with_stride(rows.stride, rows.count));
  if (pointer.is_pointer_argument() && pointer.plain())
    return values.single(Atom::field(pointer.where, begin, width).with_stride(rows.stride, rows.count));
  const bool few = rows.count != 0 && rows.count <= policy::kMostElementsOnStack;
  // Without a bound it is one of those that were filled.
  if (!pointer.is_frame_address() || (!few && rows.stride < static_cast<std::int32_t>(width)))
    return values.unknown(kTopField);
  ValueId elements = kBottom;
  for (int i = 0; i < (few ? int{rows.count} : policy::kMostElementsOnStack); ++i) {
    const std::int64_t place = begin + std::int64_t{i} * rows.stride;
    const auto slot = slot_reaching(site.state.frame, place);
    const bool filled = slot != site.state.frame.end() && slot->offset <= place &&
                        place + width <= std::int64_t{slot->offset} + slot->width;
    if (!few && !filled) break;
    elements = values.join(elements, frame_load(site.state, place, width, values, program.abi));
  }
  if (elements == kBottom) return values.unknown(kTopField);
  return few ? elements : values.with_flags(elements, kAssumesTable);
}

ValueId field_behind_atom(Program& program, const CallSite& site, const Atom& pointer, std::int64_t offset,
                          unsigned width, Rows rows) {
  ValuePool& values = program.values;
  const auto at = static_cast<std::uint32_t>(pointer.a + static_cast<std::uint64_t>(offset));
  if (rows.stride != 0) return row_behind_atom(program, site, pointer, offset, width, rows);
  if (pointer.is_image_address()) return image_field(program, at, width);
  if (pointer.is_frame_address())
    return frame_load(site.state, pointer.displacement() + offset, width, values, program.abi);
  if (pointer.is_pointer_argument() && !pointer.strided())
    return field_load(site.state, pointer.where, pointer.displacement() + offset, width, values);
  if (pointer.is_pointer_argument())
    return values.single(
        Atom::field(pointer.where, pointer.displacement() + offset, width).with_stride(pointer.stride, pointer.count));
  if ((width == program.abi.word || width == 4) && pointer.leads_behind_field(offset, program.abi.word))
    return values.single(Atom::via_field(pointer, offset, width));
  if (pointer.kind == AtomKind::memory)
    return values.single(Atom::via_global(pointer.rva(), static_cast<std::int32_t>(pointer.offset + offset), width)
                             .with_stride(pointer.stride, pointer.count)
                             .masked_as(pointer));
  return values.unknown(kTopField);
}

/// What the callee read behind a pointer that this call passes.
ValueId field_for_caller(Program& program, const CallSite& site, const Atom& field) {
  ValuePool& values = program.values;
  const ValueId pointer = value_at(program, site, field.where, program.abi.word);
  ValueId content =
      field_behind(program, site, pointer, field.displacement(), field.width, {field.stride, field.count});
  if (field.offset != 0) content = values.add(content, field.offset);
  return values.masked_like(content, field);
}

/// What the callee read behind a pointer that stands behind one that this call passes. Nothing tells which stores of
/// the callee go there: what stands in a frame is assumed to be left alone, and so is what this function stored itself.
ValueId via_field_for_caller(Program& program, const CallSite& site, const Atom& content) {
  ValuePool& values = program.values;
  const ValueId argument = value_at(program, site, content.where, program.abi.word);
  const ValueId pointer = field_behind(program, site, argument, content.pointer_offset(), program.abi.word);
  ValueId found = values.map_join(pointer, [&](const Atom& atom) {
    const ValueId behind = field_behind_atom(program, site, atom, content.offset_behind_pointer(), content.width, {});
    const bool here = atom.kind == AtomKind::frame || atom.kind == AtomKind::initial;
    return here ? values.with_flags(behind, kAssumesField) : behind;
  });
  if (content.offset != 0) found = values.add(found, content.offset);
  return values.masked_like(found, content);
}

}  // namespace

ValueId field_behind(Program& program, const CallSite& site, ValueId pointer, std::int64_t offset, unsigned width,
                     Rows rows) {
  ValuePool& values = program.values;
  return values.map_join(pointer,
                         [&](const Atom& atom) { return field_behind_atom(program, site, atom, offset, width, rows); });
}

ValueId in_terms_of_caller(Program& program, const CallSite& site, ValueId value, unsigned width) {
  ValuePool& values = program.values;
  return values.map_join(value, [&](const Atom& atom) {
    switch (atom.kind) {
      case AtomKind::constant:
      case AtomKind::image:
      case AtomKind::import:
      case AtomKind::memory:  // the image is the same for both
      case AtomKind::via_global: return values.single(atom);
      case AtomKind::field: return field_for_caller(program, site, atom);
      case AtomKind::via_field: return via_field_for_caller(program, site, atom);
      case AtomKind::initial:
        if (atom.came_in()) return values.masked_like(what_came_in(site, atom, width, values, program.abi), atom);
        break;
      case AtomKind::halves:
        return values.halves(in_terms_of_caller(program, site, atom.low_value(), 4),
                             in_terms_of_caller(program, site, atom.high_value(), 4));
      case AtomKind::frame:
      case AtomKind::multiple:
      case AtomKind::returned: break;
    }
    return values.unknown(kTopComputed);
  });
}

}  // namespace scanner::trace
