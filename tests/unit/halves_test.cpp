// Numbers of 8 bytes of which each half is known by itself: what keeps the halves apart, what mixes them, and what
// joins may say of them.
#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/isa/machine.hpp"

using namespace scanner::trace;

namespace {

constexpr std::uint64_t kTag = 0x31676154, kOther = 0x32676154;

struct Numbers {
  ValuePool pool;
  ValueId unknown = pool.unknown(kTopReturned), argument = pool.initial(1);

  ValueId number(std::uint64_t value) { return pool.constant(value); }
  ValueId alu(Alu op, ValueId a, std::uint64_t b) { return pool.alu(op, 8, 0, a, number(b)); }
  /// A number of 4 bytes in the lower half, `tag` in the upper one.
  ValueId beside(ValueId low, std::uint64_t tag) {
    return pool.alu(Alu::bit_or, 8, 0, pool.zero_extended(low), number(tag << 32));
  }
  bool is(ValueId id, std::uint64_t value) {
    std::uint64_t constant = 0;
    return pool.is_constant(id, constant) && constant == value;
  }
};

}  // namespace

TEST_CASE("a tag in the upper half is known beside a number that nobody knows") {
  Numbers n;
  for (const ValueId low : {n.argument, n.unknown}) {
    const ValueId both = n.beside(low, kTag);
    CHECK(n.is(n.pool.high_half(both), kTag));
    CHECK(n.is(n.alu(Alu::shr, both, 32), kTag));
    CHECK(n.is(n.alu(Alu::shr, both, 40), kTag >> 8));
    CHECK(n.pool.low_half(both) == low);
    CHECK(n.pool.bytes_of(both, 5, 1) == n.number(kTag >> 8 & 0xFF));
    CHECK(n.is(n.pool.high_half(n.alu(Alu::bit_and, both, 0xFFFFFFFF00000000)), kTag));
    CHECK(n.pool.low_half(n.alu(Alu::bit_and, both, 0xFFFFFFFF)) == low);
    CHECK(n.pool.alu(Alu::bit_or, 4, 0, both, n.number(0)) == n.pool.alu(Alu::bit_or, 4, 0, low, n.number(0)));
  }
}

TEST_CASE("the upper half of an operand that was not cleared is part of the result") {
  Numbers n;
  const ValueId both = n.alu(Alu::bit_or, n.argument, kTag << 32);
  CHECK_FALSE(n.is(n.pool.high_half(both), kTag));
  CHECK(n.alu(Alu::shr, both, 32) != n.alu(Alu::shr, n.argument, 32));
  const ValueId unknown = n.alu(Alu::bit_or, n.unknown, kTag << 32);
  CHECK(n.pool.atoms(n.pool.high_half(unknown)).empty());
}

TEST_CASE("a number that is shifted into the upper half leaves the lower one to another") {
  Numbers n;
  const ValueId high = n.alu(Alu::shl, n.argument, 32);
  CHECK(n.is(n.pool.low_half(high), 0));
  const ValueId both = n.alu(Alu::bit_or, high, kTag);
  CHECK(n.is(n.pool.low_half(both), kTag));
  CHECK(n.alu(Alu::shr, both, 32) == n.argument);
  CHECK(n.pool.alu(Alu::add, 8, 0, high, n.pool.zero_extended(n.unknown)) != high);
  CHECK(n.is(n.pool.low_half(n.pool.alu(Alu::insert, 4, 0, high, n.number(kTag))), kTag));
  CHECK(n.is(n.pool.high_half(n.pool.alu(Alu::insert, 4, 32, n.argument, n.number(kTag))), kTag));
}

TEST_CASE("what mixes the halves, or carries from one into the other, is no number that is known") {
  Numbers n;
  const ValueId both = n.beside(n.argument, kTag);
  for (const ValueId mixed : {n.alu(Alu::shr, both, 8), n.alu(Alu::add, both, 1), n.pool.bytes_of(both, 2, 4)}) {
    CHECK(n.pool.atoms(mixed).empty());
    CHECK(n.pool.flags(mixed) != 0);
  }
  for (const ValueId mixed : {n.alu(Alu::mul, both, 3), n.alu(Alu::shl, both, 8)}) {
    REQUIRE(n.pool.only(mixed) != nullptr);
    CHECK(n.pool.only(mixed)->kind == AtomKind::multiple);
  }
  // Why a half is not known is not forgotten.
  const ValueId lost = n.beside(n.pool.unknown(kTopClobbered), kTag);
  CHECK((n.pool.flags(n.alu(Alu::add, lost, 1)) & kTopClobbered) != 0);
}

TEST_CASE("where paths meet, no half becomes what it never was, and none is the only one") {
  Numbers n;
  const ValueId joined = n.pool.join(n.beside(n.argument, kTag), n.beside(n.pool.initial(2), kOther));
  const ValueId tag = n.pool.high_half(joined);
  CHECK(tag == n.pool.join(n.number(kTag), n.number(kOther)));
  CHECK(n.pool.only(tag) == nullptr);
  const ValueId perhaps = n.pool.join(n.beside(n.argument, kTag), n.unknown);
  CHECK((n.pool.flags(n.pool.high_half(perhaps)) & kTopReturned) != 0);
  // Which goes with which is not known: the halves of both together are no number.
  const ValueId two = n.pool.join(n.beside(n.number(1), kTag), n.beside(n.argument, kOther));
  const ValueId sum = n.pool.alu(Alu::add, 4, 0, n.pool.low_half(two), n.pool.high_half(two));
  CHECK(n.pool.atoms(sum).empty());
}

TEST_CASE("a loop that counts in one half leaves the other as it is, and comes to an end") {
  Numbers n;
  for (const bool widen : {true, false}) {
    ValueId both = n.pool.halves(n.number(0), n.pool.join(n.number(kTag), n.argument));
    int rounds = 0;
    for (ValueId before = kBottom; both != before; ++rounds) {
      before = both;
      const ValueId next =
          n.pool.halves(n.pool.alu(Alu::add, 4, 0, n.pool.low_half(both), n.number(1)), n.pool.high_half(both));
      both = widen ? n.pool.widen(both, next) : n.pool.join_loop(both, next);
      REQUIRE(rounds < 10);
    }
    CHECK(n.pool.high_half(both) == n.pool.join(n.number(kTag), n.argument));
    CHECK_FALSE(n.is(n.pool.low_half(both), 0));
  }
}

TEST_CASE("halves of halves do not nest, numbers stay numbers, and addresses are none in a half") {
  Numbers n;
  const ValueId both = n.beside(n.argument, kTag);
  CHECK(n.pool.halves(both, n.pool.high_half(both)) == both);
  CHECK(n.is(n.pool.halves(n.number(1), n.number(2)), 0x200000001));
  CHECK(n.pool.atoms(n.pool.halves(n.unknown, n.unknown)).empty());
  const ValueId address = n.pool.halves(n.pool.frame_address(-8), n.number(kTag));
  CHECK_FALSE(n.pool.holds_frame_address(n.pool.low_half(address)));
  CHECK(n.is(n.pool.high_half(address), kTag));
}

TEST_CASE("a comparison of one half tells nothing of the other") {
  Numbers n;
  const ValueId both = n.beside(n.argument, kTag);
  Bound bound;
  bound.kind = Bound::Kind::equal;
  bound.limit = 5;
  CHECK(n.is(n.pool.high_half(n.pool.restricted(both, bound)), kTag));
}

TEST_CASE("two fields that are read at once are told apart") {
  Numbers n;
  const Abi& abi = abi_of(pe::Machine::x64);
  State state = state_at_entry(n.pool, abi);
  frame_store(state, -16, 4, n.argument, n.pool);
  frame_store(state, -12, 4, n.number(kTag), n.pool);
  const ValueId both = frame_load(state, -16, 8, n.pool, abi);
  CHECK(n.is(n.pool.high_half(both), kTag));
  CHECK(n.pool.low_half(both) == n.argument);
  frame_store(state, -32, 8, both, n.pool);
  CHECK(n.is(frame_load(state, -28, 4, n.pool, abi), kTag));
  field_store(state, 2, 0, 4, n.argument, n.pool);
  field_store(state, 2, 4, 4, n.number(kTag), n.pool);
  CHECK(n.is(n.pool.high_half(field_load(state, 2, 0, 8, n.pool)), kTag));
}

TEST_CASE("the upper half of a result has a name of its own") {
  Numbers n;
  const ValueId result = n.pool.single(Atom::returned(0x1000));
  const ValueId high = n.alu(Alu::shr, result, 32);
  REQUIRE(n.pool.only(high) != nullptr);
  CHECK(*n.pool.only(high) == Atom::returned(0x1000).from_byte(4));
  CHECK(n.pool.high_half(result) == high);
  // Nothing is above 4 bytes where a register has no more.
  ValuePool narrow(4, std::nullopt);
  CHECK(narrow.atoms(narrow.high_half(narrow.single(Atom::returned(0x1000)))).empty());
}
