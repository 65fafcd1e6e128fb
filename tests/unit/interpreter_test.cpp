// The interpreter on functions made of operations by hand: what each call gets, and what the summary says.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "scanner/trace/interp/evaluation.hpp"
#include "tagdb/api_table.hpp"
#include "tests/unit/hand_made.hpp"

using namespace hand_made;
using trace::Condition;
using trace::ValueId;

namespace {

constexpr std::uint64_t kTag = 0x6B61654C, kOther = 0x656E6F4E;
constexpr std::uint32_t kAllocate = 0;

struct Run {
  explicit Run(Function& function, const trace::CalleeKnowledge& knowledge = {},
               const std::function<void(Image&)>& prepare = nullptr)
      : image(prepared(prepare)),
        imports(image.get(), tagdb::builtin_api_table(), image.machine()),
        values(abi.word, abi.entry_misalignment) {
    summary = trace::interpret_function(image.get(), imports, function.get(), values, abi, budget, knowledge);
  }
  static Image prepared(const std::function<void(Image&)>& prepare) {
    Image image;
    if (prepare) prepare(image);
    return image;
  }
  /// Argument `index` of the first call.
  ValueId argument(unsigned index, std::size_t call = 0) {
    return trace::value_at(summary.calls.at(call), abi.argument(index), 4, values, abi);
  }
  /// Is it exactly these constants, and nothing else?
  bool is(ValueId value, std::vector<std::uint64_t> constants) {
    ValueId expected = trace::kBottom;
    for (const std::uint64_t constant : constants) expected = values.join(expected, values.constant(constant));
    return value == expected;
  }

  Image image;
  const trace::Abi& abi = trace::abi_of(pe::Machine::x64);
  trace::ImportTable imports;
  trace::ValuePool values;
  trace::Budget budget;
  trace::FunctionSummary summary;
};

}  // namespace

TEST_CASE("interpreter: a call gets the constant that was set, and the import that its slot names") {
  Function function;
  function.block({}).add(set(kR8, kTag)).call_import(kAllocate).ret();
  Run run(function);
  REQUIRE(run.summary.calls.size() == 1);
  CHECK(run.summary.calls[0].import >= 0);
  CHECK(run.summary.calls[0].reached);
  CHECK(run.is(run.argument(2), {kTag}));
  CHECK((run.values.flags(run.summary.returns) & trace::kTopReturned) != 0);
}

TEST_CASE("interpreter: where paths meet, either constant is possible, and nothing else") {
  Function function;
  function.block({1, 2}).add(compare(kRcx, 7)).branch(Condition::equal, 2);
  function.block({3}).add(set(kR8, kTag));
  function.block({3}).add(set(kR8, kOther));
  function.block({}).call_import(kAllocate).ret();
  Run run(function);
  REQUIRE(run.summary.calls.size() == 1);
  CHECK(run.is(run.argument(2), {kTag, kOther}));
}

TEST_CASE("interpreter: a branch on an argument says what the argument is on either side") {
  Function function;
  function.block({1, 2}).add(compare(kRcx, 7)).branch(Condition::equal, 2);
  function.block({}).ret();
  function.block({}).add(set(kR8, kTag)).call_import(kAllocate).ret();
  Run run(function);
  REQUIRE(run.summary.calls.size() == 1);
  const auto& constraints = run.summary.calls[0].state.constraints;
  REQUIRE(constraints.size() == 1);
  CHECK(constraints[0].where == kRcx);
  CHECK(constraints[0].value == 7);
  CHECK(constraints[0].equal);
  CHECK(run.is(run.argument(0), {7}));
}

TEST_CASE("interpreter: a bounded index is the few numbers that the comparison leaves") {
  Function function;
  function.block({1, 2}).add(load(kRdx, at(kRcx, 8), 4)).add(compare(kRdx, 3)).branch(Condition::above_equal, 2);
  function.block({}).call_import(kAllocate).ret();
  function.block({}).ret();
  Run run(function);
  CHECK(run.is(run.argument(1), {0, 1, 2}));
}

TEST_CASE("interpreter: a number less its quotient times the divisor is below the divisor") {
  const auto values_left = [](std::uint64_t multiplier, std::uint64_t shift) {
    trace::Op product = alu(trace::Alu::mul, kRax, 0), rest = alu(trace::Alu::sub, kR8, 0, 4);
    product.a = kRcx;
    product.b = kRdx;
    rest.a = kRcx;
    rest.b = kRax;
    Function function;
    function.block({}).add(set(kRdx, multiplier)).add(product).add(alu(trace::Alu::shr, kRax, shift));
    function.add(alu(trace::Alu::mul, kRax, 3, 4)).add(rest).call_import(kAllocate).ret();
    Run run(function);
    const trace::Atom* left = run.values.only(run.argument(2));
    return left != nullptr ? int{left->count} : -1;
  };
  CHECK(values_left(0xAAAAAAAB, 33) == 3);
  CHECK(values_left(0xAAAAAAAA, 33) == -1);  // not exact for all numbers
  CHECK(values_left(0xCCCCCCCD, 34) == -1);  // a fifth
}

TEST_CASE("interpreter: a jump whose targets are not known may lead to a block that others lead to") {
  Function function;
  function.block({1, 2}).add(alu(trace::Alu::sub, kRsp, 0x28)).add(compare(kRcx, 0)).branch(Condition::equal, 2);
  function.block({}).add(set(kR8, kOther));
  function.block({3}).add(set(kR8, kTag));
  function.block({}).call_import(kAllocate).ret();
  function.get().blocks[1].unresolved_jump = true;
  Run run(function);
  // What it brings there is not accused, and what others bring is no longer all.
  CHECK(run.argument(2) == run.values.with_flags(run.values.constant(kTag), trace::kTopComputed));
}

TEST_CASE("interpreter: a counter ends as an unknown number, a pointer that walks keeps its stride") {
  Function function;
  function.block({1}).add(set(kR8, 0)).add(lea(kRdx, in_image(kWritable)));
  function.block({1, 2}).add(alu(trace::Alu::add, kR8, 1)).add(alu(trace::Alu::add, kRdx, 12));
  function.add(compare(kR8, 100)).branch(Condition::not_equal, 1);
  function.block({}).add(load(kR8, at(kRdx, 0), 4)).call_import(kAllocate).ret();
  Run run(function);
  const auto atoms = run.values.atoms(run.argument(2));
  REQUIRE(!atoms.empty());
  CHECK(std::ranges::all_of(atoms, [](const trace::Atom& atom) { return atom.kind == trace::AtomKind::memory; }));
  CHECK(atoms.back().stride == 12);
}

TEST_CASE("interpreter: what is pushed out of registers comes back, what a callee may have written is assumed") {
  Function function;
  function.block({}).add(alu(trace::Alu::sub, kRsp, 0x48)).add(set(kRax, kTag));
  function.add(store(at(kRsp, 0x28), kRax, 4)).add(store(at(kRsp, 0x38), kRax, 4));
  function.add(lea(kRcx, at(kRsp, 0x38))).add(call(kCode + 0x800));
  function.add(load(kR8, at(kRsp, 0x28), 4)).add(load(kRdx, at(kRsp, 0x38), 4)).call_import(kAllocate).ret();
  Run run(function);
  REQUIRE(run.summary.calls.size() == 2);
  // The callee may know a structure around the local whose address it got.
  CHECK((run.values.flags(run.argument(2, 1)) & trace::kAssumesFrame) != 0);
  CHECK((run.values.flags(run.argument(1, 1)) & trace::kAssumesFrame) != 0);
  CHECK(run.values.atoms(run.argument(1, 1)).size() == 1);
}

TEST_CASE("interpreter: a callee whose summary is known fills in the caller's local") {
  Function function;
  function.block({}).add(alu(trace::Alu::sub, kRsp, 0x48));
  function.add(lea(kRcx, at(kRsp, 0x38))).add(call(kCode + 0x800));
  function.add(load(kR8, at(kRsp, 0x38), 4)).call_import(kAllocate).ret();
  trace::ArgumentEffects effects;
  effects.known = true;
  trace::CalleeKnowledge knowledge;
  knowledge.stores = [&effects](std::uint32_t) -> const trace::ArgumentEffects& { return effects; };
  // The value's number is the first that a pool hands out for a constant: made in the pool of the run, see below.
  Run probe(function);
  effects.stores.push_back({kRcx, 0, 4, trace::kBottom, kCode + 0x800});
  Image image;
  const trace::Abi& abi = trace::abi_of(pe::Machine::x64);
  const trace::ImportTable imports(image.get(), tagdb::builtin_api_table(), image.machine());
  trace::ValuePool values(abi.word, abi.entry_misalignment);
  trace::Budget budget;
  effects.stores[0].value = values.constant(kTag);
  const auto summary = trace::interpret_function(image.get(), imports, function.get(), values, abi, budget, knowledge);
  REQUIRE(summary.calls.size() == 2);
  CHECK(trace::value_at(summary.calls[1], abi.argument(2), 4, values, abi) == values.constant(kTag));
  // Without the summary the local was never set.
  CHECK(probe.values.atoms(probe.argument(2, 1)).empty());
}

TEST_CASE("interpreter: memcpy and memset of a certain number of bytes are what they do") {
  constexpr std::uint32_t kCopy = 6, kFill = 7;
  const auto program = [](std::uint64_t bytes) {
    Function function;
    function.block({})
        .add(alu(trace::Alu::sub, kRsp, 0x88))
        .add(lea(kRcx, at(kRsp, 0x40)))
        .add(lea(kRdx, in_image(kReadOnly)))
        .add(set(kR8, bytes))
        .call_import(kCopy)
        .add(load(kR8, at(kRax, 8), 4))
        .call_import(kAllocate)
        .add(lea(kRcx, at(kRsp, 0x40)))
        .add(set(kRdx, 0x20))
        .add(set(kR8, bytes))
        .call_import(kFill)
        .add(load(kR8, at(kRsp, 0x48), 4))
        .call_import(kAllocate)
        .ret();
    return function;
  };
  Function twelve = program(12), eight = program(8);
  Run run(twelve, {}, [](Image& image) { image.put(kReadOnly + 8, kTag, 4); });
  REQUIRE(run.summary.calls.size() == 2);
  CHECK(run.is(run.argument(2, 0), {kTag}));
  CHECK(run.is(run.argument(2, 1), {0x20202020}));
  Run less(eight, {}, [](Image& image) { image.put(kReadOnly + 8, kTag, 4); });
  REQUIRE(less.summary.calls.size() == 2);
  CHECK(less.values.atoms(less.argument(2, 0)).empty());
}

TEST_CASE("interpreter: paths into one call are told apart when asked for") {
  Function function;
  function.block({1, 2}).add(compare(kRcx, 7)).branch(Condition::equal, 2);
  function.block({3}).add(set(kR8, kTag));
  function.block({3}).add(set(kR8, kOther));
  function.block({}).call_import(kAllocate).ret();
  trace::CalleeKnowledge knowledge;
  knowledge.ways_into = kCode + 0x301;
  Run run(function, knowledge);
  REQUIRE(run.summary.ways.size() == 2);
  const auto tag = [&](std::size_t way) {
    return trace::value_at(run.summary.ways[way], run.abi.argument(2), 4, run.values, run.abi);
  };
  CHECK(run.is(tag(0), {kTag}));
  CHECK(run.is(tag(1), {kOther}));
}

TEST_CASE("interpreter: a handler finds what the frame held at any place that may raise") {
  Function function;
  function.block({1}).add(set(kRax, kTag)).add(store(at(kRsp, -8), kRax, 4)).add(load(kRdx, at(kRcx, 0), 4));
  function.add(set(kRax, kOther)).add(store(at(kRsp, -8), kRax, 4)).add(load(kRdx, at(kRcx, 8), 4));
  function.block({}).ret();
  function.block({}).add(load(kR8, at(kRsp, -8), 4)).call_import(kAllocate).ret();
  function.get().blocks[0].exception_successors = {2};
  Run run(function);
  REQUIRE(run.summary.calls.size() == 1);
  const auto atoms = run.values.atoms(run.argument(2));
  CHECK(atoms.size() == 2);
}

TEST_CASE("interpreter: a function that costs more than the budget has is given up") {
  Function function;
  function.block({}).add(set(kR8, kTag)).call_import(kAllocate).ret();
  Image image;
  const trace::Abi& abi = trace::abi_of(pe::Machine::x64);
  const trace::ImportTable imports(image.get(), tagdb::builtin_api_table(), image.machine());
  trace::ValuePool values(abi.word, abi.entry_misalignment);
  trace::Budget budget;
  budget.spend(trace::Budget::kMostSteps);
  const auto summary = trace::interpret_function(image.get(), imports, function.get(), values, abi, budget);
  CHECK(summary.given_up);
  CHECK(summary.calls.empty());
}

namespace {

/// Blocks 0 to n - 1, each of which stores a number of its own into one local and may raise into any of the handlers n
/// to 2n - 1; the last handler passes the local on.
std::uint64_t steps_with_handlers(std::uint32_t n, bool& knows_first) {
  Function function;
  std::vector<std::uint32_t> handlers;
  for (std::uint32_t i = n; i < 2 * n; ++i) handlers.push_back(i);
  for (std::uint32_t i = 0; i < n; ++i) {
    function.block(i + 1 < n ? std::vector<std::uint32_t>{i + 1} : std::vector<std::uint32_t>{});
    function.add(set(kRax, i % 2 == 0 ? kTag : kOther))
        .add(store(at(kRsp, -0x20), kRax, 8))
        .add(load(kRdx, at(kRcx, 0), 8));
    if (i + 1 == n) function.ret();
  }
  for (std::uint32_t i = n; i < 2 * n; ++i) {
    function.block({});
    if (i + 1 == 2 * n) function.add(load(kR8, at(kRsp, -0x20), 4)).call_import(kAllocate);
    function.ret();
  }
  for (std::uint32_t i = 0; i < n; ++i) function.get().blocks[i].exception_successors = handlers;
  Run run(function);
  REQUIRE(run.summary.calls.size() == 1);
  const auto found = run.values.atoms(run.argument(2));
  knows_first = std::any_of(found.begin(), found.end(), [](const trace::Atom& atom) { return atom.a == kTag; }) &&
                std::any_of(found.begin(), found.end(), [](const trace::Atom& atom) { return atom.a == kOther; });
  return run.budget.steps();
}

}  // namespace

TEST_CASE("interpreter: many handlers of many guarded blocks cost about as much as blocks and handlers") {
  for (const std::uint32_t n : {3U, 40U}) {
    bool knows = false;
    const std::uint64_t once = steps_with_handlers(n, knows);
    CHECK(knows);
    const std::uint64_t twice = steps_with_handlers(2 * n, knows);
    CHECK(knows);
    if (n > 3) CHECK(twice < once * 5 / 2);
  }
}

TEST_CASE("interpreter: a key in writable data cancels, surely or if no alias writes it") {
  for (const trace::Fixed fixed : {trace::Fixed::yes, trace::Fixed::assumed, trace::Fixed::no}) {
    Function function;
    function.block({}).add(load(kRcx, in_image(kWritable), 4)).add(alu(trace::Alu::bit_xor, kRcx, kTag, 4));
    function.add(load(kRdx, in_image(kWritable), 4)).add(op(trace::OpKind::alu, kR8, kRcx));
    function.get().ops.back().alu = trace::Alu::bit_xor;
    function.get().ops.back().width = 4;
    function.get().ops.back().b = kRdx;
    function.call_import(kAllocate).ret();
    trace::CalleeKnowledge knowledge;
    knowledge.fixed = [fixed](std::uint32_t, unsigned) { return fixed; };
    Run empty(function);
    empty.image.put(kWritable, kOther, 4);
    empty.summary = trace::interpret_function(empty.image.get(), empty.imports, function.get(), empty.values, empty.abi,
                                              empty.budget, knowledge);
    const ValueId passed = empty.argument(2);
    const bool assumed = fixed == trace::Fixed::assumed;
    if (fixed == trace::Fixed::no) {
      CHECK(empty.values.atoms(passed).empty());
    } else {
      CHECK(passed == empty.values.with_flags(empty.values.constant(kTag), assumed ? trace::kAssumesGlobal : 0U));
    }
  }
}

namespace {

/// What the function returns when rcx holds this address of the image.
ValueId evaluated(Run& run, Function& function, std::uint32_t rcx) {
  trace::State entry = trace::state_at_entry(run.values, run.abi);
  entry.registers[kRcx] = run.values.image_address(rcx);
  return trace::evaluate_function(run.image.get(), run.imports, function.get(), run.values, run.abi, run.budget, {},
                                  entry);
}

trace::Op add(trace::Alu what, trace::Reg dst, trace::Reg other) {
  trace::Op out = alu(what, dst, 0, 4);
  out.b = other;
  return out;
}

}  // namespace

TEST_CASE("evaluation: a loop over a string is followed round by round, to its end or for so many rounds") {
  // eax = 0; do eax = eax << 8 | *rcx++; while (edx = edx - 1)
  Function counted;
  counted.block({1}).add(set(kRax, 0)).add(set(kRdx, 4));
  counted.block({1, 2})
      .add(alu(trace::Alu::shl, kRax, 8, 4))
      .add(load(kR8, at(kRcx, 0), 1))
      .add(add(trace::Alu::bit_or, kRax, kR8))
      .add(alu(trace::Alu::add, kRcx, 1))
      .add(alu(trace::Alu::sub, kRdx, 1, 4))
      .add(compare(kRdx, 0))
      .branch(Condition::not_equal, 1);
  counted.block({}).ret();
  Run run(counted);
  run.image.put(kReadOnly, kTag, 4);
  run.image.put(kWritable, kTag, 4);
  CHECK(run.is(evaluated(run, counted, kReadOnly), {0x4C65616B}));
  // What may be written is not known, and neither is what it decides.
  CHECK(!run.is(evaluated(run, counted, kWritable), {0x4C65616B}));

  // The bytes up to NUL, compared as bytes, into a local that is read as a whole.
  Function ended;
  ended.block({1}).add(alu(trace::Alu::sub, kRsp, 24)).add(set(kRax, 0)).add(store(at(kRsp, 8), kRax, 4));
  ended.block({3, 2}).add(load(kR8, at(kRcx, 0, kRax), 1)).add(compare(kR8, 0, 1)).branch(Condition::equal, 3);
  ended.block({1}).add(store(at(kRsp, 8, kRax), kR8, 1)).add(alu(trace::Alu::add, kRax, 1));
  ended.block({}).add(load(kRax, at(kRsp, 8), 4)).add(alu(trace::Alu::add, kRsp, 24)).ret();
  Run other(ended);
  other.image.put(kReadOnly, 0x6F4E, 4);
  CHECK(other.is(evaluated(other, ended, kReadOnly), {0x6F4E}));
  CHECK(evaluated(other, ended, kWritable) == trace::kBottom);
}

TEST_CASE("evaluation: a loop that does not end is given up") {
  Function function;
  function.block({0}).add(set(kRax, 0));
  Run run(function);
  CHECK(evaluated(run, function, kReadOnly) == trace::kBottom);
}

TEST_CASE("evaluation: every condition of two numbers, and of a step") {
  struct Case {
    std::uint64_t number;
    trace::Op compare;
    Condition condition;
    bool sign;
    bool taken;
  };
  trace::Op step = compare(kRdx, 0);
  step.unknown = true;
  step.carries_unless_minus_one = true;
  const std::uint64_t minus = 0xFFFFFFFF;
  const Case cases[] = {
      {5, compare(kRdx, 5), Condition::equal, false, true},
      {5, compare(kRdx, 5), Condition::not_equal, false, false},
      {4, compare(kRdx, 5), Condition::below, false, true},
      {minus, compare(kRdx, 5), Condition::below, false, false},
      {minus, compare(kRdx, 5), Condition::below, true, true},
      {5, compare(kRdx, 5), Condition::below_equal, true, true},
      {6, compare(kRdx, 5), Condition::below_equal, false, false},
      {minus, compare(kRdx, 5), Condition::above, false, true},
      {minus, compare(kRdx, 5), Condition::above, true, false},
      {5, compare(kRdx, 5), Condition::above_equal, true, true},
      {4, compare(kRdx, 5), Condition::negative, false, true},
      {6, compare(kRdx, 5), Condition::not_negative, false, true},
      {0x05, compare(kRdx, 5, 1), Condition::equal, false, true},
      {0xF0, compare(kRdx, 0, 1), Condition::below, true, true},
      {minus, step, Condition::below, false, false},
      {0, step, Condition::below, false, true},
      {0, step, Condition::equal, false, true},
      {minus, step, Condition::negative, false, true},
  };
  for (const Case& one : cases) {
    CAPTURE(one.number);
    CAPTURE(static_cast<int>(one.condition));
    Function function;
    function.block({2, 1}).add(set(kRdx, one.number)).add(one.compare).branch(one.condition, 2);
    function.get().instructions.back().signed_condition = one.sign;
    function.block({}).add(set(kRax, 1)).ret();
    function.block({}).add(set(kRax, 2)).ret();
    Run run(function);
    CHECK(run.is(evaluated(run, function, kReadOnly), {one.taken ? 2U : 1U}));

    // The same as a choice between two registers.
    trace::Op choice = op(trace::OpKind::select, kRax, kRcx);
    choice.b = kRdx;
    choice.condition = one.condition;
    choice.signed_condition = one.sign;
    Function chosen;
    chosen.block({}).add(set(kRdx, one.number)).add(one.compare).add(set(kRcx, 1)).add(set(kRdx, 2)).add(choice).ret();
    CHECK(run.is(evaluated(run, chosen, kReadOnly), {one.taken ? 2U : 1U}));
  }
  // What is signed of a step is not known: the difference may have overflowed.
  Function function;
  function.block({2, 1}).add(set(kRdx, 3)).add(step).branch(Condition::below, 2);
  function.get().instructions.back().signed_condition = true;
  function.block({}).add(set(kRax, 1)).ret();
  function.block({}).add(set(kRax, 2)).ret();
  Run run(function);
  CHECK(evaluated(run, function, kReadOnly) == trace::kBottom);
}
