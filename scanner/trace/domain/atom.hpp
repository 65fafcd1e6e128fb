// One possibility of an abstract value: a number, an address, what a location held at function entry, or what stands in
// memory that is read later. Atoms are made by the functions named like their kinds, and asked with the predicates
// below, so that no reader needs to know which field means what for which kind.
#pragma once

#include <cstdint>

#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

enum class AtomKind : std::uint8_t {
  constant,    ///< the number `a`
  initial,     ///< what location `where` held when the function was entered, masked, or plus `a`
  image,       ///< address in the image: RVA `a`
  frame,       ///< address in this frame: signed offset `a` from the stack pointer at entry
  import,      ///< pointer to import number `a`
  memory,      ///< content of `width` bytes at image RVA `a`
  field,       ///< content of `width` bytes at offset `a` behind the pointer that location `where` held at entry
  multiple,    ///< the number `a` plus an unknown multiple of `stride`
  returned,    ///< what the call at RVA `a` of this function returned
  via_field,   ///< content of `width` bytes at offset_behind_pointer() behind the pointer that stands at
               ///< pointer_offset() behind the pointer that location `where` held at entry: a vtable's entry, say, or a
               ///< tag
  via_global,  ///< content of `width` bytes at pointee_offset() behind the pointer that stands at image RVA rva(), or,
               ///< strided, behind one of the pointers in a table that begins there, or, linked, behind an element of
               ///< the list to which it leads
  halves       ///< 8 bytes: low_value() in the lower half, high_value() in the upper one; the last of all kinds
};

struct Atom {
  AtomKind kind = AtomKind::constant;
  std::uint8_t width = 8;   ///< contents (is_content()): bytes that are read
  std::uint16_t count = 0;  ///< strided: so many values at most; 0: nobody knows
  std::int32_t where = 0;   ///< initial, field, via_field: the location; via_global: see pointee_offset(); multiple,
                            ///< strided address: what chose the multiple, see roots()
  std::int32_t stride = 0;  ///< not 0: plus an unknown multiple of so many bytes; below 0: downwards
  std::uint64_t a = 0;      ///< see AtomKind; via_global: RVA, link() and hops() in 32, 16 and 16 bits; halves: the
                            ///< numbers of their values (ValueId), the low one below
  std::uint32_t and_mask = 0xFFFFFFFFU;  ///< initial, contents, returned: (value & and) | or
  std::uint32_t or_mask = 0;
  std::int32_t offset = 0;    ///< contents: bytes added to the content, when a pointer;
                              ///< initial: the first byte of the location that counts, 0 or 4;
                              ///< returned: the first byte of the result that counts, see in_second_result()
  std::uint16_t assumes = 0;  ///< what this possibility rests on: Flag::kAssumes… >> 16

  auto operator<=>(const Atom&) const = default;
  /// Are both the same possibility, whatever they rest on?
  [[nodiscard]] constexpr bool same_as(Atom other) const {
    other.assumes = assumes;
    return *this == other;
  }

  static constexpr Atom constant(std::uint64_t number) { return of(AtomKind::constant, number); }
  static constexpr Atom initial(Location location) { return of(AtomKind::initial, 0, location); }
  static constexpr Atom image(std::uint32_t rva) { return of(AtomKind::image, rva); }
  static constexpr Atom frame(std::int64_t offset) { return of(AtomKind::frame, static_cast<std::uint64_t>(offset)); }
  static constexpr Atom import(std::uint32_t number) { return of(AtomKind::import, number); }
  static constexpr Atom multiple(std::int32_t factor, std::uint16_t count = 0) {
    return of(AtomKind::multiple, 0).with_stride(factor, count);
  }
  static constexpr Atom returned(std::uint32_t call) { return of(AtomKind::returned, call); }
  /// `low`, `high`: ValueId. See ValuePool::halves.
  static constexpr Atom halves(std::uint32_t low, std::uint32_t high) {
    return of(AtomKind::halves, std::uint64_t{high} << 32 | low);
  }
  static constexpr Atom memory(std::uint32_t rva, unsigned width) { return of(AtomKind::memory, rva, 0, width); }
  static constexpr Atom field(Location location, std::int64_t offset, unsigned width) {
    return of(AtomKind::field, static_cast<std::uint64_t>(offset), location, width);
  }
  /// What stands `offset` bytes behind `pointer`, a field; see leads_behind_field().
  static constexpr Atom via_field(const Atom& pointer, std::int64_t offset, unsigned width) {
    const auto at = static_cast<std::uint32_t>(pointer.offset + offset);
    return of(AtomKind::via_field, pointer.a << 32 | at, pointer.where, width);
  }
  static constexpr Atom via_global(std::uint32_t rva, std::int32_t offset, unsigned width) {
    return of(AtomKind::via_global, rva, offset, width);
  }

  [[nodiscard]] constexpr bool strided() const { return stride != 0; }
  [[nodiscard]] constexpr bool masked() const { return and_mask != 0xFFFFFFFFU || or_mask != 0; }
  /// Neither masked nor strided.
  [[nodiscard]] constexpr bool plain() const { return !masked() && !strided(); }

  [[nodiscard]] constexpr bool is_constant() const { return kind == AtomKind::constant; }
  /// A certain address in the image, in this frame.
  [[nodiscard]] constexpr bool is_image_address() const { return kind == AtomKind::image && !strided(); }
  [[nodiscard]] constexpr bool is_frame_address() const { return kind == AtomKind::frame && !strided(); }
  /// A number: one, or one of a progression.
  [[nodiscard]] constexpr bool is_number() const { return kind == AtomKind::constant || kind == AtomKind::multiple; }
  /// Some number that is read from somewhere, of which at most a mask is known.
  [[nodiscard]] constexpr bool is_unknown_number() const {
    return kind == AtomKind::initial || kind == AtomKind::returned || is_content();
  }
  /// Addresses that arithmetic moves: in the image or the frame.
  [[nodiscard]] constexpr bool is_address() const { return kind == AtomKind::image || kind == AtomKind::frame; }
  /// Exactly what the location held, though perhaps masked: nothing was added to it.
  [[nodiscard]] constexpr bool is_initial() const { return came_in() && offset == 0; }
  /// The same, or the high half of what the location held: a member of a structure that was passed in a register.
  [[nodiscard]] constexpr bool came_in() const { return kind == AtomKind::initial && a == 0 && !strided(); }
  /// All 8 bytes of a register at entry or of a result, whose upper half is `from_byte(4)` of it.
  [[nodiscard]] constexpr bool has_upper_half() const {
    return (is_initial() || (kind == AtomKind::returned && offset % 8 == 0)) && plain();
  }
  [[nodiscard]] constexpr Atom from_byte(std::int32_t number) const {
    Atom out = *this;
    out.offset += number;
    return out;
  }
  /// returned: in the second register of results (Abi::second_result), not in the first.
  [[nodiscard]] constexpr bool in_second_result(unsigned word) const {
    return offset >= static_cast<std::int32_t>(word);
  }
  /// A pointer that the function got, plus a displacement; a masked one is no pointer. It may be strided.
  [[nodiscard]] constexpr bool is_pointer_argument() const {
    return kind == AtomKind::initial && !masked() && offset == 0;
  }
  /// Read from memory when it is resolved.
  [[nodiscard]] constexpr bool is_content() const {
    return kind == AtomKind::memory || kind == AtomKind::field || kind == AtomKind::via_field ||
           kind == AtomKind::via_global;
  }
  /// A content to which something is added, or that is an element behind an argument: masks would not say of what.
  [[nodiscard]] constexpr bool moved() const { return offset != 0 || (kind == AtomKind::field && strided()); }
  /// Read behind an argument of the function, or behind a pointer that stands there.
  [[nodiscard]] constexpr bool is_behind_argument() const {
    return kind == AtomKind::field || kind == AtomKind::via_field;
  }
  /// Can via_field() say what stands `distance` bytes behind this pointer?
  [[nodiscard]] constexpr bool leads_behind_field(std::int64_t distance, unsigned word) const {
    constexpr std::int64_t kReach = 0x10000;
    const std::int64_t at = offset + distance;
    return kind == AtomKind::field && width == word && plain() && at >= 0 && at < kReach && displacement() > -kReach &&
           displacement() < kReach;
  }
  /// The whole content of one global, of a pointer's width.
  [[nodiscard]] constexpr bool is_pointer_in_image(unsigned word) const {
    return is_pointer_of_table(word) && !strided();
  }
  /// The same, or one of the pointers in a table of them.
  [[nodiscard]] constexpr bool is_pointer_of_table(unsigned word) const {
    return kind == AtomKind::memory && width == word && !masked();
  }

  /// image, memory, via_global, returned.
  [[nodiscard]] constexpr std::uint32_t rva() const { return static_cast<std::uint32_t>(a); }
  /// frame: from the stack pointer at entry; initial, field: behind the pointer.
  [[nodiscard]] constexpr std::int64_t displacement() const { return static_cast<std::int64_t>(a); }
  /// multiple, strided address: a bit for each unknown number that takes part in choosing the multiple; 0: nobody knows
  /// which they are.
  [[nodiscard]] constexpr std::int32_t roots() const { return where; }
  /// Of a number that is read from somewhere: its bit. Few numbers choose an element, so that 31 bits tell them apart.
  [[nodiscard]] constexpr std::int32_t root() const {
    constexpr std::uint32_t kBits = 31, kRegisters = 16;
    const auto location = static_cast<std::uint32_t>(where);
    const bool stack = kind == AtomKind::initial && is_stack(where);
    std::uint32_t bit = location % kRegisters;
    if (stack) bit = kRegisters + location / 4 % (kBits - kRegisters);
    if (kind != AtomKind::initial) bit = static_cast<std::uint32_t>((a ^ location * 7U ^ a >> 5) % kBits);
    return static_cast<std::int32_t>(1U << bit);
  }
  /// via_field: from the argument to the pointer that stands behind it, and from there to the content.
  [[nodiscard]] constexpr std::int64_t pointer_offset() const { return static_cast<std::int64_t>(a) >> 32; }
  [[nodiscard]] constexpr std::int64_t offset_behind_pointer() const { return static_cast<std::uint32_t>(a); }
  /// via_global: behind the pointer that stands in the image.
  [[nodiscard]] constexpr std::int32_t pointee_offset() const { return where; }

  [[nodiscard]] constexpr bool is_halves() const { return kind == AtomKind::halves; }
  /// halves: a ValueId.
  [[nodiscard]] constexpr std::uint32_t low_value() const { return static_cast<std::uint32_t>(a); }
  [[nodiscard]] constexpr std::uint32_t high_value() const { return static_cast<std::uint32_t>(a >> 32); }

  // via_global: the first element of a list is the one that the pointer in the image leads to.
  [[nodiscard]] constexpr bool linked() const { return kind == AtomKind::via_global && hops() != 0; }
  /// Bytes from an element to its pointer to the next one.
  [[nodiscard]] constexpr std::int32_t link() const { return static_cast<std::int32_t>(a >> 32 & 0xFFFF); }
  /// 0: behind the first element, 1: the second, kManyHops: the third or a later one.
  [[nodiscard]] constexpr unsigned hops() const { return static_cast<unsigned>(a >> 48); }
  static constexpr unsigned kManyHops = 2;
  /// May it be the pointer to the next element? Elements of one list have it in the same place.
  [[nodiscard]] constexpr bool leads_on(unsigned word) const {
    const bool pointer = kind == AtomKind::via_global && width == word && plain();
    return pointer && where >= 0 && where <= 0xFFFF && (!linked() || where == link());
  }
  /// What stands behind the pointer that leads on.
  [[nodiscard]] constexpr Atom in_next_element(unsigned bytes) const {
    Atom out = via_global(rva(), offset, bytes);
    const std::uint64_t more = hops() < kManyHops ? hops() + 1 : kManyHops;
    out.a |= more << 48 | static_cast<std::uint64_t>(where) << 32;
    return out;
  }

  [[nodiscard]] constexpr Atom masked_as(const Atom& other) const {
    Atom out = *this;
    out.and_mask = other.and_mask;
    out.or_mask = other.or_mask;
    return out;
  }
  [[nodiscard]] constexpr Atom assuming(std::uint16_t more) const {
    Atom out = *this;
    out.assumes |= more;
    return out;
  }
  [[nodiscard]] constexpr Atom chosen_by(std::int32_t roots) const {
    Atom out = *this;
    out.where = roots;
    return out;
  }
  [[nodiscard]] constexpr Atom with_stride(std::int32_t bytes, std::uint16_t values = 0) const {
    Atom out = *this;
    out.stride = bytes;
    out.count = values;
    return out;
  }

 private:
  static constexpr Atom of(AtomKind kind, std::uint64_t a, std::int32_t where = 0, unsigned width = 8) {
    Atom atom;
    atom.kind = kind;
    atom.a = a;
    atom.where = where;
    atom.width = static_cast<std::uint8_t>(width);
    return atom;
  }
};

}  // namespace scanner::trace
