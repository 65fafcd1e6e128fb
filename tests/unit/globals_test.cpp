// Contents of globals from stores and references made by hand.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "scanner/trace/domain/globals.hpp"
#include "tests/unit/hand_made.hpp"

using namespace hand_made;
using trace::ValueId;

namespace {

constexpr std::uint64_t kTag = 0x6B61654C, kOther = 0x656E6F4E;

struct Room {
  trace::Globals globals() { return {image.machine(), index, values, budget}; }
  trace::GlobalStore stored(std::uint32_t rva, ValueId value, std::uint32_t width = 4) {
    trace::GlobalStore store;
    store.rva = rva;
    store.width = width;
    store.value = value;
    store.function = kCode;
    store.site = kCode + rva;
    return store;
  }
  ValueId content(std::uint32_t rva, unsigned width = 4) { return values.memory(rva, width); }

  Image image;
  trace::Index index;
  trace::ValuePool values;
  trace::Budget budget;
};

}  // namespace

TEST_CASE("globals: what the stores left, with the bytes of the file unless those are zero") {
  Room room;
  trace::Globals globals = room.globals();
  const trace::Resolution before = globals.resolve(room.content(kWritable));
  CHECK(room.values.flags(before.value) == trace::kTopGlobal);
  CHECK(before.asked == std::vector<std::uint32_t>{kWritable});
  CHECK(globals.add(room.stored(kWritable, room.values.constant(kTag))));
  CHECK_FALSE(globals.add(room.stored(kWritable, room.values.constant(kTag))));
  CHECK(globals.resolve(room.content(kWritable)).value == room.values.constant(kTag));

  room.image.put(kWritable, kOther, 4);
  trace::Globals filled = room.globals();
  CHECK(filled.resolve(room.content(kWritable)).value == room.values.constant(kOther));
  filled.add(room.stored(kWritable, room.values.constant(kTag)));
  const ValueId both = room.values.join(room.values.constant(kTag), room.values.constant(kOther));
  CHECK(filled.resolve(room.content(kWritable)).value == both);
}

TEST_CASE("globals: an address that escapes makes contents assumed, near and above it only") {
  Room room;
  room.image.put(kReadOnly, 0x058D48, 3);  // lea rax, [rip + …]
  room.index.data = {{kWritable, kReadOnly + 3}};
  trace::Globals globals = room.globals();
  globals.add(room.stored(kWritable + 8, room.values.constant(kTag)));
  globals.add(room.stored(kWritable - 8, room.values.constant(kTag)));
  const auto assumed = [&](std::uint32_t rva) {
    return (room.values.flags(globals.resolve(room.content(rva)).value) & trace::kAssumesGlobal) != 0;
  };
  CHECK(assumed(kWritable + 8));
  CHECK_FALSE(assumed(kWritable - 8));
}

TEST_CASE("globals: what no code writes is what the file says at all times, or if no alias writes it") {
  using trace::Fixed;
  Room room;
  room.image.put(kWritable, kTag, 4);
  const auto beside = [&](std::uint32_t target, std::uint32_t opcode) {
    room.image.put(kReadOnly, opcode, 3);  // the field stands behind it
    room.index.data = {{kWritable, kReadOnly + 0x22}, {target, kReadOnly + 3}};
    room.index.sort();
    return room.globals().fixed(kWritable, 4);
  };
  room.image.put(kReadOnly + 0x20, 0x058B, 2);  // mov eax, [rip + …]
  constexpr std::uint32_t kLoad = 0x058B90, kStore = 0x058990, kStoreNumber = 0x05C790, kStoreWide = 0x058948;
  constexpr std::uint32_t kAddress = 0x058D48;
  CHECK(beside(kWritable, kLoad) == Fixed::yes);
  CHECK(beside(kWritable, kStore) == Fixed::no);
  CHECK(beside(kWritable + 2, kStore) == Fixed::no);
  CHECK(beside(kWritable + 4, kStore) == Fixed::yes);
  // The index takes a displacement for the last field, which it is not in front of a number.
  CHECK(beside(kWritable - 4, kStoreNumber) == Fixed::no);
  CHECK(beside(kWritable - 12, kStoreNumber) == Fixed::yes);
  CHECK(beside(kWritable - 2, kStore) == Fixed::no);
  CHECK(beside(kWritable - 4, kStore) == Fixed::yes);
  CHECK(beside(kWritable - 4, kStoreWide) == Fixed::no);
  CHECK(beside(kWritable - 8, kStoreWide) == Fixed::yes);
  CHECK(beside(kWritable - 12, kAddress) == Fixed::assumed);
  CHECK(beside(kWritable + 2, kAddress) == Fixed::assumed);
  // What stands in front of the section is no object that reaches into it.
  CHECK(beside(kReadOnly + 0x200, kAddress) == Fixed::yes);

  CHECK(beside(kWritable + 0x40, kStore) == Fixed::yes);
  CHECK(room.globals().fixed(kWritable + 8, 4) == Fixed::no);  // zero: some code fills it in
  room.image.put(kReadOnly + 0x80, room.image.get().base() + kWritable, 8);
  room.index.data_pointers = {kReadOnly + 0x80};
  CHECK(room.globals().fixed(kWritable, 4) == Fixed::assumed);
}

TEST_CASE("globals: two fields that are written at once") {
  Room room;
  trace::Globals globals = room.globals();
  globals.add(room.stored(kWritable, room.values.constant(kTag << 32 | 64), 8));
  CHECK(globals.resolve(room.content(kWritable + 4)).value == room.values.constant(kTag));
}

TEST_CASE("globals: what an argument brings is an inflow, masked as the reader masks it") {
  Room room;
  trace::Globals globals = room.globals();
  globals.add(room.stored(kWritable, room.values.initial(kRcx)));
  const ValueId read = room.values.masked(room.content(kWritable), 0x7FFFFFFF, 0);
  const trace::Resolution found = globals.resolve(read);
  REQUIRE(found.inflows.size() == 1);
  CHECK(found.inflows[0].function == kCode);
  CHECK(found.inflows[0].argument.where == kRcx);
  CHECK(found.inflows[0].argument.and_mask == 0x7FFFFFFF);
}

TEST_CASE("globals: computed from each other, each is asked once, and what arguments bring keeps every mask") {
  Room room;
  trace::Globals globals = room.globals();
  constexpr std::uint32_t kCount = 20, kOf = 8;
  for (std::uint32_t to = 0; to < kCount; ++to) {
    for (std::uint32_t from = 0; from < kCount; ++from)
      globals.add(room.stored(kWritable + kOf * to, room.content(kWritable + kOf * from)));
  }
  globals.add(room.stored(kWritable + kOf, room.values.constant(kTag)));
  const std::uint64_t before = room.budget.steps();
  const auto atoms = room.values.atoms(globals.resolve(room.content(kWritable)).value);
  CHECK(std::ranges::any_of(atoms, [](const trace::Atom& atom) { return atom.a == kTag; }));
  CHECK(room.budget.steps() - before < 400 * kCount * kCount);  // every path to a global: kCount to the fifth

  // Two readers of one global that an argument fills: the second answer is the first one's, under a mask of its own.
  const std::uint32_t both = kWritable + 0x400, filled = kWritable + 0x500;
  globals.add(room.stored(filled, room.values.initial(kRcx)));
  globals.add(room.stored(both, room.values.masked(room.content(filled), 0x7FFFFFFF, 0)));
  globals.add(room.stored(both, room.values.masked(room.content(filled), 0x00FFFFFF, 0)));
  std::set<std::uint64_t> masks;
  for (const trace::GlobalInflow& inflow : globals.resolve(room.content(both)).inflows)
    masks.insert(inflow.argument.and_mask);
  CHECK(masks == std::set<std::uint64_t>{0x7FFFFFFF, 0x00FFFFFF});
}

TEST_CASE("globals: a pointer and the table that begins with it are two questions") {
  Room room;
  for (std::uint32_t i = 0; i < 2; ++i) {
    room.image.put(kReadOnly + 8 * i, room.image.machine().image().base() + kReadOnly + 0x100 + 8 * i, 8);
    room.image.put(kReadOnly + 0x100 + 8 * i, i == 0 ? kTag : kOther, 4);
  }
  trace::Globals globals = room.globals();
  const trace::Atom one = trace::Atom::via_global(kReadOnly, 0, 4);
  globals.add(room.stored(kWritable, room.values.single(one)));
  globals.add(room.stored(kWritable + 0x80, room.values.single(one.with_stride(8, 2))));
  const ValueId both = room.values.join(room.content(kWritable), room.content(kWritable + 0x80));
  const auto atoms = room.values.atoms(globals.resolve(both).value);
  CHECK(std::ranges::any_of(atoms, [](const trace::Atom& atom) { return atom.a == kTag; }));
  CHECK(std::ranges::any_of(atoms, [](const trace::Atom& atom) { return atom.a == kOther; }));
}

TEST_CASE("globals: behind a pointer, what was stored through it and what stands where it points") {
  Room room;
  trace::Globals globals = room.globals();
  const ValueId field = room.values.single(trace::Atom::via_global(kWritable, 0x10, 4));
  CHECK(room.values.atoms(globals.resolve(field).value).empty());
  globals.add(room.stored(kWritable, room.values.image_address(kWritable + 0x100), 8));
  globals.add(room.stored(kWritable + 0x110, room.values.constant(kTag)));
  const auto atoms = room.values.atoms(globals.resolve(field).value);
  REQUIRE(atoms.size() == 1);
  CHECK(atoms[0].a == kTag);
  CHECK(globals.stored_into(kWritable + 0x100).contains(kWritable));
}

TEST_CASE("globals: a table ends where code stops walking, and is sure when its entries fill it") {
  Room room;
  room.image.put(kReadOnly, kTag, 4);
  room.image.put(kReadOnly + 8, kOther, 4);
  trace::Globals globals = room.globals();
  trace::Atom entry = trace::Atom::memory(kReadOnly, 4).with_stride(8);
  const ValueId both = room.values.join(room.values.constant(kTag), room.values.constant(kOther));
  const ValueId open = globals.resolve(room.values.single(entry)).value;
  CHECK((room.values.flags(open) & trace::kAssumesTable) != 0);
  globals.add_end(kReadOnly + 16);
  const trace::Resolution closed = globals.resolve(room.values.single(entry));
  CHECK(closed.table);
  CHECK(closed.value == both);
  // Entries whose distance is not known are none.
  CHECK(room.values.atoms(globals.resolve(room.values.single(entry.with_stride(1))).value).empty());
}

TEST_CASE("globals: that another object follows does not say that code ends its walk there") {
  Room room;
  room.image.put(kReadOnly, kTag, 4);
  room.image.put(kReadOnly + 4, kOther, 4);
  room.image.put(kReadOnly + 8, 0, 4);
  room.index.data = {{kReadOnly + 8, kReadOnly + 0x100}};
  trace::Globals globals = room.globals();
  const ValueId entry = room.values.single(trace::Atom::memory(kReadOnly, 4).with_stride(4));
  const ValueId both = room.values.join(room.values.constant(kTag), room.values.constant(kOther));
  CHECK(globals.resolve(entry).value == room.values.with_flags(both, trace::kAssumesTable));
  globals.add_end(kReadOnly + 8);
  CHECK(globals.resolve(entry).value == both);
}

TEST_CASE("globals: a table of pointers ends with its bound, or assumed where no relocated word stands") {
  Room room;
  const std::uint64_t base = room.image.get().base();
  const std::uint32_t tags = kReadOnly + 0x40;
  for (std::uint32_t i = 0; i < 3; ++i) room.image.put(kReadOnly + 8 * i, base + tags + 8 * i, 8);
  room.image.put(tags + 4, kTag, 4);
  room.image.put(tags + 12, kOther, 4);
  room.image.put(tags + 20, kTag + 1, 4);
  room.index.data_pointers = {kReadOnly, kReadOnly + 8};
  trace::Globals globals = room.globals();
  const trace::Atom field = trace::Atom::via_global(kReadOnly, 4, 4).with_stride(8);
  const ValueId two = room.values.join(room.values.constant(kTag), room.values.constant(kOther));
  CHECK(globals.resolve(room.values.single(field.with_stride(8, 2))).value == two);
  const trace::Resolution open = globals.resolve(room.values.single(field));
  CHECK(open.value == room.values.with_flags(two, trace::kAssumesTable));
  CHECK(open.table);
  // The pointers themselves, and one that is no pointer.
  const trace::Atom pointer = trace::Atom::memory(kReadOnly, 8);
  CHECK(room.values.atoms(globals.resolve(room.values.single(pointer.with_stride(8))).value).size() == 2);
  CHECK(room.values.atoms(globals.resolve(room.values.single(pointer.with_stride(4))).value).empty());
  CHECK(room.values.atoms(globals.resolve(room.values.single(field.with_stride(8, 600))).value).empty());
}

TEST_CASE("globals: elements of a list, the second alone or all that follow it, to the end or once round a ring") {
  Room room;
  const std::uint64_t base = room.image.get().base();
  for (std::uint32_t i = 0; i < 4; ++i) {
    if (i < 3) room.image.put(kReadOnly + 16 * i, base + kReadOnly + 16 * (i + 1), 8);
    room.image.put(kReadOnly + 16 * i + 8, kTag + i, 4);
  }
  room.image.put(kWritable, base + kReadOnly, 8);
  trace::Globals globals = room.globals();
  const auto tag_behind = [&](trace::Atom pointer) {
    pointer.offset = 8;
    return globals.resolve(room.values.single(pointer.in_next_element(4))).value;
  };
  const auto constant = [&](std::uint64_t number) { return room.values.constant(number); };
  const trace::Atom next = trace::Atom::via_global(kWritable, 0, 8);
  REQUIRE(next.leads_on(8));
  CHECK(tag_behind(next) == constant(kTag + 1));
  const trace::Atom later = next.in_next_element(8);
  REQUIRE(later.leads_on(8));
  CHECK_FALSE(trace::Atom::via_global(kWritable, -8, 8).leads_on(8));
  CHECK(tag_behind(later) == room.values.join(constant(kTag + 2), constant(kTag + 3)));
  CHECK(tag_behind(later.in_next_element(8)) == tag_behind(later));

  room.image.put(kReadOnly + 48, base + kReadOnly, 8);
  CHECK(room.values.atoms(tag_behind(later)).size() == 4);
}

TEST_CASE("globals: numbers of stores and references are taken from the budget; used up, nothing is known") {
  Room room;
  trace::Globals globals = room.globals();
  globals.add(room.stored(kWritable, room.values.constant(kTag)));
  room.budget.spend(trace::Budget::kMostSteps);
  CHECK(room.values.flags(globals.resolve(room.content(kWritable)).value) == trace::kTopCapped);
}
