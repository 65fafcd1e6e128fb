#include "scanner/trace/models/arguments.hpp"

#include <vector>

namespace scanner::trace {

ValueId value_at(Program& program, const CallSite& site, Location where, unsigned width) {
  return value_at(site, where, width, program.values, program.abi);
}

ValueId argument_at(Program& program, const CallSite& site, int index) {
  return value_at(program, site, program.abi.argument(static_cast<unsigned>(index)), program.abi.word);
}

Location tag_location(const Program& program, const tagdb::ApiRow& row) {
  const Abi& abi = program.abi;
  if (program.image.machine() != pe::Machine::x86) return abi.argument(static_cast<unsigned>(row.tag));
  if (row.x86_fastcall) return abi.carriers[static_cast<std::size_t>(row.tag_x86 & 1)];
  return abi.argument(static_cast<unsigned>(row.tag_x86));
}

Location size_location(const Program& program, const tagdb::ApiRow& row) {
  const bool x86 = program.image.machine() == pe::Machine::x86;
  return program.abi.argument(static_cast<unsigned>(x86 ? row.size_x86 : row.size));
}

namespace {

/// What stands `offset` bytes behind an address in the image.
ValueId image_field(Program& program, const Atom& address, std::int64_t offset, unsigned width) {
  const auto at = static_cast<std::uint32_t>(address.a + static_cast<std::uint64_t>(offset));
  const pe::Section* section = program.image.section_at(at);
  const auto value = program.image.load(at, width);
  // What is as wide as a pointer may be one: that is for the memory to say.
  const bool number = width <= 4 && (width != program.abi.word || !value || !program.image.rva_of_va(*value));
  const bool fixed = section != nullptr && !section->writable() && value && number;
  return fixed ? program.values.constant(*value) : program.values.memory(at, width);
}

ValueId field_behind_atom(Program& program, const CallSite& site, const Atom& pointer, std::int64_t offset,
                          unsigned width, std::int32_t stride) {
  ValuePool& values = program.values;
  Atom content = pointer;
  content.width = static_cast<std::uint8_t>(width);
  content.offset = 0;
  const bool image = pointer.kind == AtomKind::image && !pointer.strided;
  if (stride != 0) {
    if (!image) return values.unknown(kTopField);
    content.kind = AtomKind::memory;
    content.a = pointer.a + static_cast<std::uint64_t>(offset);
    content.strided = true;
    content.where = stride;
    return values.single(content);
  }
  if (image) return image_field(program, pointer, offset, width);
  if (pointer.kind == AtomKind::frame && !pointer.strided)
    return frame_load(site.state, static_cast<std::int64_t>(pointer.a) + offset, width, values, program.abi);
  if (pointer.kind == AtomKind::initial && pointer.and_mask == 0xFFFFFFFFU && pointer.or_mask == 0) {
    content.kind = AtomKind::field;
    content.a = pointer.a + static_cast<std::uint64_t>(offset);
    return values.single(content);
  }
  if (pointer.kind == AtomKind::memory && !pointer.strided) {
    content.kind = AtomKind::via_global;
    content.where = static_cast<std::int32_t>(pointer.offset + offset);
    return values.single(content);
  }
  return values.unknown(kTopField);
}

}  // namespace

ValueId field_behind(Program& program, const CallSite& site, ValueId pointer, std::int64_t offset, unsigned width,
                     std::int32_t stride) {
  ValuePool& values = program.values;
  ValueId field = values.unknown(values.flags(pointer));
  for (const Atom& atom : std::vector<Atom>(values.atoms(pointer).begin(), values.atoms(pointer).end()))
    field = values.join(field, field_behind_atom(program, site, atom, offset, width, stride));
  return field;
}

ValueId in_terms_of_caller(Program& program, const CallSite& site, ValueId value, unsigned width) {
  ValuePool& values = program.values;
  ValueId out = values.unknown(0);
  for (const Atom& atom : std::vector<Atom>(values.atoms(value).begin(), values.atoms(value).end())) {
    ValueId part = values.unknown(kTopComputed);
    if (atom.kind == AtomKind::constant || atom.kind == AtomKind::image || atom.kind == AtomKind::import) {
      part = values.single(atom);
    } else if (atom.kind == AtomKind::initial && atom.a == 0) {
      const ValueId passed = program.globals.resolve(value_at(program, site, atom.where, width)).value;
      part = values.masked(passed, atom.and_mask, atom.or_mask);
    }
    out = values.join(out, part);
  }
  return values.with_flags(out, values.flags(value));
}

}  // namespace scanner::trace
