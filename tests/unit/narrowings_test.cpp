// What comparisons say of an index that its value does not show: exclusions before its bound, tests of bits, numbers
// that were computed from it, an element that was read before, two indices that were compared with each other.
#include <doctest/doctest.h>

#include <vector>

#include "scanner/trace/interp/narrowings.hpp"
#include "tagdb/api_table.hpp"
#include "tests/unit/hand_made.hpp"

using namespace hand_made;
using trace::Alu;
using trace::Atom;
using trace::Condition;
using trace::ValueId;

namespace {

struct Run {
  explicit Run(Function& function)
      : imports(image.get(), tagdb::builtin_api_table(), image.machine()), values(abi.word, abi.entry_misalignment) {
    summary = trace::interpret_function(image.get(), imports, function.get(), values, abi, budget, {});
  }
  ValueId second_argument() { return trace::value_at(summary.calls.at(0), abi.argument(1), 4, values, abi); }
  /// The numbers that it may be, and whether each is one without assumption.
  std::vector<std::uint64_t> numbers(bool certain = true) {
    std::vector<std::uint64_t> out;
    for (const Atom& atom : values.atoms(second_argument())) {
      if (atom.is_constant() && (atom.assumes == 0) == certain) out.push_back(atom.a);
    }
    return out;
  }

  Image image;
  const trace::Abi& abi = trace::abi_of(pe::Machine::x64);
  trace::ImportTable imports;
  trace::ValuePool values;
  trace::Budget budget;
  trace::FunctionSummary summary;
};

using Numbers = std::vector<std::uint64_t>;

trace::Op copy(trace::Reg to, trace::Reg from) {
  trace::Op out = op(trace::OpKind::copy, to, from);
  out.width = 4;
  return out;
}

/// Block 0 runs `first` and leaves when `condition` holds, block 1 likewise; block 2 calls.
Function two_conditions(const std::vector<trace::Op>& first, Condition leaves, const std::vector<trace::Op>& second,
                        Condition leaves_too) {
  Function function;
  function.block({1, 3});
  for (const trace::Op& each : first) function.add(each);
  function.branch(leaves, 3).block({2, 3});
  for (const trace::Op& each : second) function.add(each);
  function.branch(leaves_too, 3).block({}).call_import(0).ret().block({}).ret();
  return function;
}

}  // namespace

TEST_CASE("narrowings: an argument that is not a number is not it when it is bounded later") {
  Function function = two_conditions({compare(kRdx, 2)}, Condition::equal, {compare(kRdx, 4)}, Condition::above);
  CHECK(Run(function).numbers() == Numbers{0, 1, 3, 4});
  Function least = two_conditions({compare(kRdx, 2)}, Condition::below, {compare(kRdx, 4)}, Condition::above);
  CHECK(Run(least).numbers() == Numbers{2, 3, 4});
}

TEST_CASE("narrowings: of a number in memory, which may be read again, the excluded one is an assumption") {
  Function function = two_conditions({load(kRdx, at(kRcx, 8), 4), compare(kRdx, 2)}, Condition::equal,
                                     {compare(kRdx, 4)}, Condition::above);
  Run run(function);
  CHECK(run.numbers() == Numbers{0, 1, 3, 4});
  CHECK(run.numbers(false) == Numbers{2});
}

TEST_CASE("narrowings: bits that were tested, before and behind the bound") {
  const std::vector<trace::Op> parity = {copy(kRax, kRdx), alu(Alu::bit_and, kRax, 1, 4), compare(kRax, 0)};
  Function before = two_conditions(parity, Condition::not_equal, {compare(kRdx, 5)}, Condition::above);
  CHECK(Run(before).numbers() == Numbers{0, 2, 4});
  Function behind = two_conditions({compare(kRdx, 5)}, Condition::above, parity, Condition::equal);
  CHECK(Run(behind).numbers() == Numbers{1, 3, 5});
}

TEST_CASE("narrowings: a range that is tested of a difference") {
  const std::vector<trace::Op> range = {lea(kRax, at(kRdx, -1)), compare(kRax, 3)};
  Function function = two_conditions({compare(kRdx, 7)}, Condition::above, range, Condition::below);
  CHECK(Run(function).numbers() == Numbers{0, 4, 5, 6, 7});
}

TEST_CASE("narrowings: a few values that a mask leaves are told apart") {
  Function function = two_conditions({alu(Alu::bit_and, kRdx, 3, 4), compare(kRdx, 1)}, Condition::equal,
                                     {compare(kRcx, 0)}, Condition::equal);
  CHECK(Run(function).numbers() == Numbers{0, 2, 3});
}

TEST_CASE("narrowings: where paths meet only what both know is left") {
  Function function;
  function.block({1, 2}).add(compare(kRcx, 0)).branch(Condition::equal, 2);
  function.block({3, 4}).add(compare(kRdx, 2)).branch(Condition::equal, 4);
  function.block({3});
  function.block({5, 4}).add(compare(kRdx, 4)).branch(Condition::above, 4);
  function.block({}).ret();
  function.block({}).call_import(0).ret();
  CHECK(Run(function).numbers() == Numbers{0, 1, 2, 3, 4});
}

TEST_CASE("narrowings: two indices that were compared with each other are not combined freely") {
  trace::ValuePool values;
  trace::State state;
  const auto index = [&](trace::Reg reg) {
    return values.alu(Alu::bit_and, 4, 0, values.initial(reg), values.constant(3));
  };
  const ValueId i = index(kRcx), k = index(kRdx);
  const ValueId row = values.alu(Alu::shl, 8, 0, i, values.constant(4));
  const ValueId place = values.address(values.add(row, 0), k, 4, 0);
  const ValueId element = values.alu(Alu::add, 8, 0, values.image_address(kReadOnly), place);
  CHECK_FALSE(trace::chosen_together(values, state, element));
  const auto known = trace::narrowing_of_two(values, i, k, trace::Bound::Kind::not_equal);
  REQUIRE(known);
  trace::note(state.narrowings, *known);
  CHECK(trace::chosen_together(values, state, element));
  const ValueId of_one = values.address(values.image_address(kReadOnly), k, 4, 0);
  CHECK_FALSE(trace::chosen_together(values, state, of_one));
}

TEST_CASE("narrowings: what was read before some of its indices were left out is an assumption") {
  trace::ValuePool values;
  trace::State state;
  const ValueId element = values.join(values.constant(0x61616161), values.constant(0x62626262));
  const ValueId index = values.join(values.constant(0), values.constant(1));
  state.registers[kRax] = element;
  trace::note_choice(values, state, element, index);
  trace::doubt_chosen(values, state, values.constant(7));
  CHECK(state.registers[kRax] == element);
  trace::doubt_chosen(values, state, index);
  CHECK(state.registers[kRax] == values.with_flags(element, trace::kAssumesTable));
}

TEST_CASE("narrowings: a way that none of the few numbers takes leads nowhere") {
  Function function = two_conditions({compare(kRdx, 3)}, Condition::above, {compare(kRdx, 7)}, Condition::not_equal);
  CHECK_FALSE(Run(function).summary.calls.at(0).reached);
  // The same of an argument that two comparisons leave nothing of.
  const std::vector<trace::Op> range = {lea(kRax, at(kRdx, -6)), compare(kRax, 0xFFFFFFFB)};
  const std::vector<trace::Op> beyond = {lea(kRax, at(kRdx, -1)), compare(kRax, 4)}, within = {compare(kRdx, 4)};
  Function excluded = two_conditions(range, Condition::below, beyond, Condition::below_equal);
  CHECK_FALSE(Run(excluded).summary.calls.at(0).reached);
  Function left = two_conditions(range, Condition::below, within, Condition::below_equal);
  CHECK(Run(left).summary.calls.at(0).reached);
}

TEST_CASE("narrowings: a tag counts up as often as a counter that begins with few numbers counts down") {
  constexpr trace::Reg kRsi = 6, kRdi = 7;  // which callees preserve
  Function function;
  function.block({1, 4}).add(compare(kRcx, 3)).branch(Condition::above, 4);
  function.block({2, 4}).add(copy(kRsi, kRcx)).add(compare(kRsi, 0)).branch(Condition::equal, 4);
  function.block({3}).add(set(kRdi, 0x30616263));
  function.block({3, 4}).add(copy(kRdx, kRdi)).call_import(0).add(compare(kRsi, 1)).add(alu(Alu::sub, kRsi, 1, 4));
  function.add(alu(Alu::add, kRdi, 0x1000000, 4)).branch(Condition::not_equal, 3);
  function.block({}).ret();
  Run run(function);
  const auto atoms = run.values.atoms(run.second_argument());
  REQUIRE(atoms.size() == 1);
  CHECK(atoms[0].a == 0x30616263);
  CHECK(int{atoms[0].count} == 3);
  CHECK((run.values.flags(run.second_argument()) & trace::kTopMask) == 0);
}

TEST_CASE("narrowings: code that only a jump of unknown targets may lead to is marked") {
  Function function;
  function.block({1, 3}).add(alu(Alu::sub, kRsp, 0x28)).add(compare(kRcx, 0)).branch(Condition::equal, 3);
  function.block({});
  function.block({}).call_import(0).ret();
  function.block({}).call_import(0).ret();
  function.get().blocks[1].unresolved_jump = true;
  function.get().blocks[2].has_predecessor = false;
  Run run(function);
  REQUIRE(run.summary.calls.size() == 2);
  CHECK(run.summary.calls[0].by_unknown_jump);
  CHECK_FALSE(run.summary.calls[1].by_unknown_jump);
}
