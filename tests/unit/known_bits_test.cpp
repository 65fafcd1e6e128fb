#include <doctest/doctest.h>

#include "scanner/trace/domain/known_bits.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/trace.hpp"

using namespace scanner::trace;

namespace {

constexpr std::uint32_t kLetters = 0x00636371;  // "qcc" and a NUL

/// The position of the only unknown letter, -1 when it is no pattern.
int open_in(const ValuePool& pool, ValueId value) {
  REQUIRE(pool.atoms(value).size() == 1);
  const auto open = open_letter(pool.atoms(value)[0]);
  return open ? static_cast<int>(*open) : -1;
}

}  // namespace

TEST_CASE("three letters and a byte that is not known are a pattern") {
  ValuePool pool;
  const ValueId byte = pool.single(Atom::field(2, 0, 1));
  const ValueId letter = pool.alu(Alu::add, 4, 0, byte, pool.constant(0x30));
  const ValueId fourth = pool.alu(Alu::shl, 4, 0, letter, pool.constant(24));
  CHECK(open_in(pool, pool.alu(Alu::bit_or, 4, 0, fourth, pool.constant(kLetters))) == 3);
  CHECK(open_in(pool, pool.alu(Alu::add, 4, 0, fourth, pool.constant(kLetters))) == 3);
  const ValueId first = pool.alu(Alu::bit_or, 4, 0, byte, pool.constant(kLetters << 8));
  CHECK(open_in(pool, first) == 0);
  CHECK(open_in(pool, pool.alu(Alu::bswap, 4, 0, first, pool.constant(0))) == 3);
  const ValueId over_tag = pool.alu(Alu::insert, 1, 0, pool.constant(0x65747942), byte);
  CHECK(open_in(pool, over_tag) == 0);
}

TEST_CASE("what may carry into another letter, blanks and two unknown letters are none") {
  ValuePool pool;
  const ValueId byte = pool.single(Atom::field(2, 0, 1));
  const ValueId letter = pool.alu(Alu::add, 4, 0, byte, pool.constant(0x30));
  const ValueId third = pool.alu(Alu::shl, 4, 0, letter, pool.constant(16));
  CHECK(open_in(pool, pool.alu(Alu::add, 4, 0, third, pool.constant(0x48006371))) == -1);
  const ValueId fourth = pool.alu(Alu::shl, 4, 0, byte, pool.constant(24));
  CHECK(open_in(pool, pool.alu(Alu::bit_or, 4, 0, fourth, pool.constant(0x202071))) == -1);
  const ValueId word = pool.single(Atom::field(2, 0, 2));
  CHECK(open_in(pool, pool.alu(Alu::bit_or, 4, 0, word, pool.constant(0x63710000))) == -1);
}

TEST_CASE("a letter with few values makes a tag of each") {
  ValuePool pool;
  const ValueId few = pool.alu(Alu::bit_and, 4, 0, pool.initial(1), pool.constant(3));
  const ValueId letter = pool.alu(Alu::shl, 4, 0, pool.alu(Alu::add, 4, 0, few, pool.constant('0')), pool.constant(24));
  const ValueId tag = pool.alu(Alu::bit_or, 4, 0, letter, pool.constant(kLetters));
  ValueId numbers = kBottom;
  REQUIRE(pool.atoms(tag).size() == 1);
  REQUIRE(pool.spell_out(pool.atoms(tag)[0], policy::kMostRows, numbers));
  REQUIRE(pool.atoms(numbers).size() == 4);
  CHECK(pool.atoms(numbers)[3].a == (std::uint32_t{'3'} << 24 | kLetters));
}

TEST_CASE("a pattern answers for every tag that fits, and a letter is printable") {
  TagUse use;
  use.tag = tagdb::PoolTag::from_text("qcc?");
  CHECK_FALSE(use.fits(tagdb::PoolTag::from_text("qccH")));
  use.open = std::uint8_t{3};
  CHECK(use.fits(tagdb::PoolTag::from_text("qccH")));
  CHECK_FALSE(use.fits(tagdb::PoolTag::from_text("qcdH")));
  CHECK_FALSE(use.fits(tagdb::PoolTag::from_text("qcc ")));
  CHECK(use.tag_bytes() == "716363??");
  std::string error;
  CHECK(use.answers(*tagdb::parse_query("qc*", error)));
  CHECK_FALSE(use.answers(*tagdb::parse_query("qcc", error)));
  CHECK_FALSE(use.answers(*tagdb::parse_query("Qcc*", error)));
}

TEST_CASE("bytes hold the letters that a tag is counted from, or the whole tag") {
  const auto look = [](const TagSearch& search, std::string_view bytes) {
    return search.look(pe::Bytes{std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size())});
  };
  std::vector<tagdb::PoolTag> many = {tagdb::PoolTag::from_text("qccH")};
  for (const TagSearch& search : {TagSearch(many), [&many] {
                                    for (const char* tag : {"AaAa", "BbBb", "CcCc", "DdDd", "EeEe", "FfFf"})
                                      many.push_back(tagdb::PoolTag::from_text(tag));
                                    return TagSearch(many);
                                  }()}) {
    using Held = TagSearch::Held;
    CHECK(look(search, std::string_view("..qcc\0....", 10)) == Held::letters);
    CHECK(look(search, "..qcc0....") == Held::letters);
    CHECK(look(search, "..qccI....") == Held::nothing);
    CHECK(look(search, "qcc0..qccH") == Held::whole);
    CHECK(look(search, "..qcdH....") == Held::nothing);
  }
}
