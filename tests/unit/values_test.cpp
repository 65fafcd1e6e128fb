#include <doctest/doctest.h>

#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/isa/machine.hpp"

using namespace scanner::trace;

TEST_CASE("values are interned, joins unite, and the cap keeps the older atoms") {
  ValuePool pool;
  CHECK(pool.constant(7) == pool.constant(7));
  const ValueId both = pool.join(pool.constant(1), pool.constant(2));
  CHECK(pool.atoms(both).size() == 2);
  CHECK(pool.join(both, pool.constant(1)) == both);
  CHECK(pool.join(kBottom, both) == both);
  ValueId many = pool.constant(0);
  for (std::uint64_t i = 1; i < 40; ++i) many = pool.join(many, pool.constant(i));
  CHECK(pool.atoms(many).size() == policy::kMostJoined);
  CHECK((pool.flags(many) & kTopCapped) != 0);
}

TEST_CASE("a value that grows in a loop stops growing") {
  ValuePool pool;
  ValueId counter = pool.constant(0);
  for (int i = 0; i < 100; ++i) counter = pool.widen(counter, pool.alu(Alu::add, 4, 0, counter, pool.constant(1)));
  REQUIRE(pool.atoms(counter).size() == 1);
  CHECK(pool.atoms(counter)[0] == Atom::multiple(1));
}

TEST_CASE("arithmetic on constants is exact at every width") {
  ValuePool pool;
  std::uint64_t value = 0;
  const auto run = [&](Alu op, unsigned width, unsigned shift, std::uint64_t a, std::uint64_t b) {
    REQUIRE(pool.is_constant(pool.alu(op, width, shift, pool.constant(a), pool.constant(b)), value));
    return value;
  };
  CHECK(run(Alu::add, 4, 0, 0xFFFFFFFF, 2) == 1);
  CHECK(run(Alu::sub, 4, 0, 0, 1) == 0xFFFFFFFF);
  CHECK(run(Alu::shl, 4, 0, 1, 31) == 0x80000000);
  CHECK(run(Alu::shr, 8, 0, 1ULL << 63, 63) == 1);
  CHECK(run(Alu::sar, 4, 0, 0x80000000, 4) == 0xF8000000);
  CHECK(run(Alu::bswap, 4, 0, 0x4C65616B, 0) == 0x6B61654C);
  CHECK(run(Alu::insert, 2, 16, 0x0000654C, 0x6B61) == 0x6B61654C);
  CHECK(run(Alu::insert, 1, 8, 0xFFFF, 0) == 0x00FF);
}

TEST_CASE("what an argument becomes on the way is remembered") {
  ValuePool pool;
  const ValueId tag = pool.alu(Alu::bit_or, 4, 0, pool.initial(2), pool.constant(0x80000000));
  REQUIRE(pool.only(tag) != nullptr);
  CHECK(pool.only(tag)->or_mask == 0x80000000);
  std::uint64_t value = 0;
  const Atom atom = *pool.only(tag);
  CHECK(pool.is_constant(pool.masked(pool.constant(0x6B61654C), atom.and_mask, atom.or_mask), value));
  CHECK(value == 0xEB61654C);
  CHECK(pool.only(pool.alu(Alu::add, 8, 0, pool.initial(2), pool.constant(8)))->a == 8);
}

TEST_CASE("frame addresses move with the stack pointer and survive alignment") {
  ValuePool pool;
  const ValueId sp = pool.alu(Alu::sub, 8, 0, pool.frame_address(0), pool.constant(0x28));
  CHECK(static_cast<std::int64_t>(pool.only(sp)->a) == -0x28);
  const ValueId aligned = pool.alu(Alu::bit_and, 8, 0, sp, pool.constant(~std::uint64_t{15}));
  CHECK((static_cast<std::int64_t>(pool.only(aligned)->a) - 8) % 16 == 0);
}

TEST_CASE("offsets behind a loaded pointer that no structure has are given up") {
  ValuePool pool;
  const ValueId pointer = pool.memory(0x2000, 8);
  const ValueId once = pool.alu(Alu::add, 8, 0, pointer, pool.constant(0x7000'0000));
  REQUIRE(pool.only(once) != nullptr);
  CHECK(pool.only(once)->offset == 0x7000'0000);
  CHECK(pool.atoms(pool.alu(Alu::add, 8, 0, once, pool.constant(0x7000'0000))).empty());
}

TEST_CASE("an aligned stack pointer: where the next multiple of 16 lies is the convention's to say") {
  const auto aligned = [](pe::Machine machine, std::int64_t offset) {
    const scanner::trace::Abi& abi = scanner::trace::abi_of(machine);
    ValuePool values(abi.word, abi.entry_misalignment);
    const ValueId result =
        values.alu(Alu::bit_and, 8, 0, values.frame_address(offset), values.constant(~std::uint64_t{15}));
    REQUIRE(values.only(result) != nullptr);
    return static_cast<std::int64_t>(values.only(result)->a);
  };
  CHECK(aligned(pe::Machine::arm64, -0x30) == -0x30);
  CHECK(aligned(pe::Machine::arm64, -0x28) == -0x30);
  CHECK(aligned(pe::Machine::x64, -0x30) == -0x38);
  CHECK(aligned(pe::Machine::x64, -0x28) == -0x28);
}

TEST_CASE("an index is inserted where an address has no bits") {
  ValuePool pool(8, 0);
  const ValueId index = pool.single(Atom::multiple(4, 4));
  const ValueId array = pool.alu(Alu::bit_or, 8, 0, pool.frame_address(-32), index);
  CHECK(array == pool.single(Atom::frame(-32).with_stride(4, 4)));
  CHECK(pool.alu(Alu::bit_or, 8, 0, index, pool.image_address(0x2010)) ==
        pool.single(Atom::image(0x2010).with_stride(4, 4)));
  // Where bits meet, it is somewhere behind.
  CHECK(pool.alu(Alu::bit_or, 8, 0, pool.frame_address(-24), index) == pool.single(Atom::frame(-24).with_stride(1)));
  CHECK(pool.alu(Alu::bit_or, 8, 0, pool.image_address(0x2008), index) ==
        pool.single(Atom::image(0x2008).with_stride(1)));
  const ValueId more = pool.single(Atom::multiple(4, 8));  // past what is known to be aligned
  CHECK(pool.alu(Alu::bit_or, 8, 0, pool.frame_address(-32), more) == pool.single(Atom::frame(-32).with_stride(1)));
}

TEST_CASE("a loop goes on with a step that the next round confirms; else it is an assumption") {
  ValuePool pool(8, 8);
  const auto assumed = [&](ValueId id) { return (pool.flags_of(id, pool.atoms(id)[0]) & kAssumesStep) != 0; };
  const ValueId base = pool.join_loop(pool.constant(1), pool.constant(2), 3);
  CHECK(base == pool.add(pool.single(Atom::multiple(1, 3)), 1));
  CHECK(assumed(pool.join_loop(base, pool.add(pool.single(Atom::multiple(2, 3)), 2), 3)));  // it doubles
  CHECK(!assumed(pool.join_loop(base, pool.add(base, 1), 3)));
  CHECK(assumed(pool.join_loop(base, pool.unknown(kTopComputed), 3)));
  // A pointer that was loaded and moved on.
  Atom moved = Atom::field(1, 0, 8);
  moved.offset = 4;
  CHECK(assumed(pool.join_loop(pool.single(Atom::field(1, 0, 8)), pool.single(moved), 0)));
}

TEST_CASE("an aligned stack pointer on x86: no convention says where a multiple of 16 lies") {
  const scanner::trace::Abi& abi = scanner::trace::abi_of(pe::Machine::x86);
  ValuePool values(abi.word, abi.entry_misalignment);
  const ValueId result = values.alu(Alu::bit_and, 4, 0, values.frame_address(-0x30), values.constant(0xFFFFFFF0U));
  CHECK(values.only(result) == nullptr);
}

TEST_CASE("what others know of the frame and of arguments is no less when the list is full") {
  const scanner::trace::Abi& abi = scanner::trace::abi_of(pe::Machine::x64);
  scanner::trace::State few, many;
  for (std::int32_t offset : {-80, -40, 0x30, 0x80}) few.escape(offset);
  for (std::int32_t i = 0; i < 2000; ++i) {
    many.escape(-16 * i);
    many.escape(0x40 + 16 * i);
    many.escape_argument({1, 8 * (2000 - i)});
    many.escape_argument({2, 8 * i});
    many.escape_argument({scanner::trace::stack_location(0x28 + 8 * i), 8});
  }
  CHECK(many.escaped.size() < 400);
  CHECK(many.may_alias(-16 * 1999, abi));
  CHECK(many.may_alias(-24, abi));
  CHECK(many.may_alias(0x40 + 16 * 1999, abi));
  CHECK_FALSE(many.may_alias(-16 * 1999 - 8, abi));
  CHECK_FALSE(many.may_alias(0x38, abi));
  CHECK_FALSE(few.may_alias(-88, abi));
  CHECK(few.may_alias(-72, abi));
  CHECK(many.argument_escaped(1));
  CHECK(many.argument_escaped(2));
  CHECK(many.argument_escaped(scanner::trace::stack_location(0x28 + 8 * 1999)));
  CHECK_FALSE(many.argument_escaped(3));
}

TEST_CASE("two indices of a table: every element that a pair of them reaches, and no other") {
  scanner::trace::ValuePool pool;
  const auto index = [&](scanner::trace::Location which, std::uint32_t below) {
    return pool.number_below(pool.initial(which), below);
  };
  const auto scaled = [&](scanner::trace::ValueId value, std::uint64_t by) {
    return pool.alu(scanner::trace::Alu::mul, 8, 0, value, pool.constant(by));
  };
  const auto sum = [&](scanner::trace::ValueId a, scanner::trace::ValueId b) {
    return pool.alu(scanner::trace::Alu::add, 8, 0, a, b);
  };
  const scanner::trace::ValueId rows = sum(pool.image_address(0x1000), scaled(index(1, 3), 20));
  // Filled rows are one progression, others stay apart.
  const scanner::trace::Atom* filled = pool.only(sum(rows, scaled(index(2, 5), 4)));
  REQUIRE(filled != nullptr);
  CHECK(filled->count == 15);
  CHECK(filled->stride == 4);
  const scanner::trace::ValueId part = sum(rows, scaled(index(2, 2), 4));
  REQUIRE(pool.atoms(part).size() == 2);
  CHECK(pool.atoms(part)[1].a == 0x1004);
  CHECK(pool.atoms(part)[1].stride == 20);
  CHECK(pool.atoms(part)[1].count == 3);
  CHECK(pool.flags(part) == 0);
  // What chooses them is not known to be two numbers; the same number makes no pairs.
  const scanner::trace::ValueId unknown = pool.number_below(pool.unknown(scanner::trace::kTopReturned), 5);
  CHECK(pool.flags(sum(rows, scaled(unknown, 4))) == scanner::trace::kAssumesTable);
  for (const scanner::trace::Atom& atom : pool.atoms(sum(rows, scaled(index(1, 5), 4)))) CHECK(atom.stride == 1);
  // Bits that do not meet.
  const scanner::trace::ValueId either =
      pool.alu(scanner::trace::Alu::bit_or, 8, 0, scaled(index(1, 2), 2), index(2, 2));
  REQUIRE(pool.only(either) != nullptr);
  CHECK(pool.only(either)->count == 4);
}
