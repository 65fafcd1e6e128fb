// Joins of states tell whether they changed anything; what they and memos leave out changes no answer.
#include <doctest/doctest.h>

#include <random>

#include "scanner/trace/domain/state_join.hpp"
#include "scanner/trace/isa/machine.hpp"

using namespace scanner::trace;

namespace {

class States {
 public:
  explicit States(unsigned seed) : random_(seed) {}

  State make(std::size_t most) {
    State state = state_at_entry(values, abi);
    const auto some = [&](int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); };
    const auto value = [&] { return values.constant(static_cast<std::uint64_t>(some(3))); };
    for (int i = some(8); i > 0; --i) state.registers[static_cast<std::size_t>(some(16))] = value();
    for (int i = some(20); i > 0; --i)
      frame_store(state, -4 * some(24) - 8, static_cast<unsigned>(4 << some(2)), value(), values);
    for (int i = some(20); i > 0; --i)
      field_store(state, some(3), 2 * some(24), static_cast<unsigned>(2 << some(3)), value(), values);
    const auto many = static_cast<int>(most);
    for (int i = some(many); i > 0; --i) state.escape(-8 * some(many));
    for (int i = some(many); i > 0; --i) state.escape_argument({some(4), 8 * some(many)});
    return state;
  }

  const Abi& abi = abi_of(pe::Machine::x64);
  ValuePool values{8, 8};

 private:
  std::mt19937 random_;
};

}  // namespace

TEST_CASE("a join of states says whether it brought anything new") {
  States states(7);
  unsigned news = 0;
  for (int i = 0; i < 2000; ++i) {
    State into = states.make(12);
    const State from = states.make(12);
    for (int round = 0; round < 3; ++round) {
      const State before = into;
      const bool changed = join_states(into, round == 1 ? before : from, JoinKind::forward, states.values, states.abi);
      CHECK(changed == (into != before));
      if (round == 1) CHECK(!changed);
      news += changed ? 1 : 0;
    }
  }
  CHECK(news >= 2000);
}

TEST_CASE("what escapes is the same whether it is added one by one or at once") {
  States states(11);
  for (const std::size_t most : {std::size_t{16}, std::size_t{600}}) {
    for (int i = 0; i < 200; ++i) {
      State one = states.make(most), all = one;
      const State from = states.make(most);
      for (const EscapedArgument& pointer : from.escaped_arguments) one.escape_argument(pointer);
      for (const std::int32_t offset : from.escaped) one.escape(offset);
      const State before = all;
      CHECK(escape_arguments(all.escaped_arguments, from.escaped_arguments) ==
            (one.escaped_arguments != before.escaped_arguments));
      CHECK(all.escape_all(from.escaped) == (one.escaped != before.escaped));
      CHECK(all == one);
    }
  }
}

TEST_CASE("answers that newer ones overwrote are given again") {
  ValuePool values(8, 8);
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t i = 0; i < 5000; ++i) {
      const ValueId number = values.constant(i);
      CHECK(*values.only(number) == Atom::constant(i));
      CHECK(values.alu(Alu::add, 8, 0, number, values.constant(7)) == values.constant(i + 7));
      CHECK(values.alu(Alu::sub, 8, 0, number, values.constant(7)) == values.constant(i - 7));
      const ValueId both = values.join(number, values.constant(i + 1));
      CHECK(values.atoms(both).size() == 2);
      CHECK(values.atoms(both)[0] == Atom::constant(i));
      CHECK(values.flags(values.with_flags(number, kTopField)) == kTopField);
      CHECK(values.atoms(values.with_flags(both, kAssumesFrame))[1].assumes == as_assumptions(kAssumesFrame));
    }
  }
}

TEST_CASE("an assumption that one atom makes is added to the others") {
  ValuePool values(8, 8);
  const ValueId one = values.with_flags(values.constant(1), kAssumesField);
  const ValueId both = values.join(one, values.constant(2));
  CHECK(values.flags(both) == kAssumesField);
  const ValueId all = values.with_flags(both, kAssumesField);
  CHECK(all != both);
  for (const Atom& atom : values.atoms(all)) CHECK(atom.assumes == as_assumptions(kAssumesField));
}

TEST_CASE("bytes of a word that several stores made: not of what may be something else, and old, and new") {
  States states(1);
  ValuePool& values = states.values;
  const auto word_of = [&](ValueId letters, bool byte_by_byte) {
    State state = state_at_entry(values, states.abi);
    if (byte_by_byte) {
      for (int i = 0; i < 3; ++i) frame_store(state, -16 + i, 1, letters, values);
    } else {
      frame_store(state, -16, 4, letters, values);
    }
    frame_store(state, -13, 1, values.constant('0'), values);
    return frame_load(state, -16, 4, values, states.abi);
  };
  std::uint64_t word = 0;
  CHECK(values.is_constant(word_of(values.constant(0x20202020), false), word));
  CHECK(word == 0x30202020);
  // A loop stored letters there, of which it is not known how many: four blanks, or what it stored.
  const ValueId blanks = values.with_flags(values.constant(0x20202020), kTopComputed);
  CHECK(values.atoms(word_of(blanks, false)).empty());
  const ValueId either = values.with_flags(values.join(values.constant(' '), values.constant('l')), kTopComputed);
  CHECK(values.atoms(word_of(either, true)).empty());
  // Each of them was stored, and is the only one that was.
  CHECK(values.atoms(word_of(values.with_flags(values.constant('l'), kTopComputed), true)).size() == 1);
}
