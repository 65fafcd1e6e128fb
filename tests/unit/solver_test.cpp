// The solver on small programs that are written in operations: what becomes a sink, what depends on what, and that the
// order of work does not depend on the order of discovery.
#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/trace/attribute/attribution.hpp"
#include "scanner/trace/solve/solver.hpp"
#include "tagdb/api_table.hpp"
#include "tests/unit/listing.hpp"

using namespace scanner::trace;
using listing::kGlobals, listing::kR8, listing::kR9, listing::kRax, listing::kRcx, listing::kRdx, listing::tag;

namespace {

/// A program that was solved, and questions about it.
struct Solved {
  explicit Solved(listing::Program& source)
      : program(source.machine(), tagdb::builtin_api_table()), solution(Solver(program).solve()) {}

  /// The constants that calls in `function` pass to any sink, with the flags of the value.
  [[nodiscard]] std::vector<std::pair<std::uint64_t, std::uint32_t>> tags_in(std::uint32_t function) const {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> tags;
    for (const SinkCall& call : solution.sink_calls) {
      if (solution.sites[call.site].function != function || !call.applies) continue;
      for (const Atom& atom : program.values.atoms(call.tag)) {
        if (atom.kind == AtomKind::constant) tags.emplace_back(atom.a, program.values.flags(call.tag));
      }
    }
    return tags;
  }
  [[nodiscard]] const TagSink& only_sink_of(std::uint32_t function) const {
    REQUIRE(solution.sinks_of(function).size() == 1);
    return solution.sinks[solution.sinks_of(function).front()];
  }

  Program program;
  const Solution solution;
};

using Tags = std::vector<std::pair<std::uint64_t, std::uint32_t>>;

}  // namespace

TEST_CASE("solver: a function that passes an argument on is a sink, and its callers are asked") {
  listing::Program source;
  source.function("main").set(kRdx, 64).set(kR8, tag("Leak")).call("wrapper").ret();
  source.function("wrapper").call(listing::allocate_with_tag).ret();
  const Solved solved(source);
  const TagSink& sink = solved.only_sink_of(source.rva("wrapper"));
  CHECK(sink.tag.where == kR8);
  CHECK(sink.depth == 1);
  CHECK(sink.called);
  REQUIRE(sink.edges.size() == 1);
  CHECK(solved.solution.sinks[sink.edges[0].callee].listed());
  CHECK(solved.tags_in(source.rva("main")) == Tags{{tag("Leak"), 0}});
  CHECK(solved.solution.complete());
}

TEST_CASE("solver: wrappers that call each other come to an end") {
  listing::Program source;
  source.function("main").set(kR8, tag("Ping")).call("ping").ret();
  source.function("ping").call("pong").ret();
  source.function("pong").call(listing::allocate_with_tag).ret();
  source.function("again").call("ping").call("again").ret();
  source.function("start").set(kR8, tag("Agai")).call("again").ret();
  const Solved solved(source);
  CHECK(solved.tags_in(source.rva("main")) == Tags{{tag("Ping"), 0}});
  CHECK(solved.tags_in(source.rva("start")) == Tags{{tag("Agai"), 0}});
  CHECK(solved.only_sink_of(source.rva("ping")).depth == 2);
}

TEST_CASE("solver: a tag that goes through a global is asked of the function that fills it") {
  listing::Program source;
  source.function("main").set(kRcx, tag("Glob")).call("keep").call("use").ret();
  source.function("keep").store(kGlobals + 0x10, kRcx).ret();
  source.function("use").load(kR8, kGlobals + 0x10).call(listing::allocate_with_tag).ret();
  const Solved solved(source);
  const TagSink& sink = solved.only_sink_of(source.rva("keep"));
  CHECK(sink.tag.where == kRcx);
  REQUIRE(sink.edges.size() == 1);
  CHECK(sink.edges[0].through_memory);
  CHECK(solved.tags_in(source.rva("main")) == Tags{{tag("Glob"), 0}});
}

TEST_CASE("solver: a call through a global reaches the functions that are stored there, whoever is analysed first") {
  for (const bool user_first : {true, false}) {
    listing::Program source;
    source.function("main").call("first").call("second").ret();
    const auto user = [&](const char* name) {
      source.function(name).set(kR8, tag("Ptr1")).call_global(kGlobals + 0x20).ret();
    };
    const auto keeper = [&](const char* name) {
      source.function(name).address_of(kRax, "wrapper").store(kGlobals + 0x20, kRax).ret();
    };
    if (user_first) {
      user("first");
      keeper("second");
    } else {
      keeper("first");
      user("second");
    }
    source.function("wrapper").call(listing::allocate_with_tag).ret();
    const Solved solved(source);
    const Tags tags = solved.tags_in(source.rva(user_first ? "first" : "second"));
    REQUIRE(tags.size() == 1);
    CHECK(tags[0].first == tag("Ptr1"));
  }
}

TEST_CASE("solver: what a callee returns is the tag of its caller") {
  listing::Program source;
  source.function("main").call("choose").copy(kR8, kRax).call(listing::allocate_with_tag).ret();
  source.function("choose").set(kRax, tag("Retn")).ret();
  const Solved solved(source);
  CHECK(solved.tags_in(source.rva("main")) == Tags{{tag("Retn"), 0}});
}

TEST_CASE("solver: a callee returns what a global holds, what stands behind its argument, or what its callee returns") {
  listing::Program source;
  source.function("main").call("of_global").copy(kR8, kRax).call(listing::allocate_with_tag).ret();
  source.function("of_global").load(kRax, kGlobals + 0x10).ret();
  source.function("setter").set(kRcx, tag("Glob")).store(kGlobals + 0x10, kRcx).ret();
  source.function("other")
      .address_of_global(kRcx, kGlobals + 0x40)
      .call("of_field")
      .copy(kR8, kRax)
      .call(listing::allocate_with_tag)
      .ret();
  source.function("of_field").load_field(kRax, kRcx, 8).ret();
  source.function("filler").set(kRcx, tag("Fiel")).store(kGlobals + 0x48, kRcx).ret();
  source.function("third").call("of_callee").copy(kR8, kRax).call(listing::allocate_with_tag).ret();
  source.function("of_callee").call("of_global").ret();
  const Solved solved(source);
  CHECK(solved.tags_in(source.rva("main")) == Tags{{tag("Glob"), 0}});
  CHECK(solved.tags_in(source.rva("third")) == Tags{{tag("Glob"), 0}});
  const Tags field = solved.tags_in(source.rva("other"));
  REQUIRE(field.size() == 1);
  CHECK(field[0].first == tag("Fiel"));
}

TEST_CASE("solver: a local that a callee fills in is passed on by its address") {
  constexpr Reg kRsp = 4;
  listing::Program source;
  source.function("main").copy(kRcx, kRsp).set(kRdx, tag("Objt")).call("construct").copy(kRcx, kRsp).call("uses").ret();
  source.function("construct").store_field(kRcx, -0x40, kRdx).ret();
  source.function("uses").load_field(kR8, kRcx, -0x40).call(listing::allocate_with_tag).ret();
  const Solved solved(source);
  const Tags tags = solved.tags_in(source.rva("main"));
  REQUIRE(tags.size() == 1);
  CHECK(tags[0].first == tag("Objt"));
}

TEST_CASE("solver: what callees return is asked for so often only") {
  listing::Program source;
  source.function("main").call("again").copy(kR8, kRax).call(listing::allocate_with_tag).ret();
  source.function("again").call("again").ret();
  const Solved solved(source);
  CHECK(solved.tags_in(source.rva("main")).empty());
  CHECK(solved.solution.complete());
}

TEST_CASE("solver: a callee finds what its caller stored behind the caller's own argument") {
  listing::Program source;
  source.function("main").address_of_global(kRcx, kGlobals + 0x40).call("stores").ret();
  source.function("stores").set(kRdx, tag("Mine")).store_field(kRcx, 8, kRdx).call("uses").ret();
  source.function("uses").load_field(kR8, kRcx, 8).call(listing::allocate_with_tag).ret();
  source.function("before").set(kRdx, tag("Old1")).store(kGlobals + 0x48, kRdx).ret();
  const Solved solved(source);
  CHECK(solved.tags_in(source.rva("stores")) == Tags{{tag("Mine"), 0}});
}

TEST_CASE("solver: what a callee reads behind its argument is what stands where the caller points") {
  listing::Program source;
  constexpr Reg kStackPointer = 4;
  const auto build = [&source](const char* name) {
    source.function(name).copy(kRcx, kStackPointer).set(kRax, tag("Read")).store_field(kRcx, 0x40, kRax);
  };
  build("main");
  source.call("read").copy(kR8, kRax).call(listing::allocate_with_tag).ret();
  source.function("read").load_field(kRax, kRcx, 0x40).ret();
  // A pointer that is an argument itself is a question to the next caller.
  build("outer");
  source.call("inner").ret();
  source.function("inner").call("read").copy(kR8, kRax).call(listing::allocate_with_tag).ret();
  const Solved solved(source);
  CHECK(solved.tags_in(source.rva("main")) == Tags{{tag("Read"), 0}});
  CHECK(solved.only_sink_of(source.rva("inner")).tag.field == 0x40);
  CHECK(solved.tags_in(source.rva("outer")) == Tags{{tag("Read"), 0}});
}

TEST_CASE("solver: a callee's store behind an argument is a store to the global that the caller passes") {
  listing::Program source;
  source.function("main")
      .address_of_global(kRcx, kGlobals + 0x40)
      .set(kRdx, tag("Fill"))
      .call("fill")
      .call("use")
      .ret();
  source.function("fill").store_field(kRcx, 8, kRdx).ret();
  source.function("use").load(kR8, kGlobals + 0x48).call(listing::allocate_with_tag).ret();
  const Solved solved(source);
  const Tags tags = solved.tags_in(source.rva("use"));
  REQUIRE(tags.size() == 1);
  CHECK(tags[0].first == tag("Fill"));
}

TEST_CASE("solver: a function that is passed as an argument is called through it") {
  listing::Program source;
  source.function("main").address_of(kRcx, "wrapper").set(kRdx, tag("Cbak")).call("calls").ret();
  source.function("calls").copy(kRax, kRcx).copy(kR8, kRdx).call_register(kRax).ret();
  source.function("wrapper").call(listing::allocate_with_tag).ret();
  const Solved solved(source);
  const Tags tags = solved.tags_in(source.rva("main"));
  REQUIRE(tags.size() == 1);
  CHECK(tags[0].first == tag("Cbak"));
}

TEST_CASE("solver: one of several functions is passed, and the tag goes to the one that takes it") {
  listing::Program source;
  source.function("main").address_of(kRax, "wrapper").address_of(kR9, "other").choose(kRcx, kRax, kR9);
  source.set(kRdx, tag("Cbak")).call("calls").ret();
  source.function("elsewhere").address_of(kRcx, "other").set(kRdx, tag("None")).call("calls").ret();
  source.function("calls").copy(kRax, kRcx).copy(kR8, kRdx).call_register(kRax).ret();
  source.function("wrapper").call(listing::allocate_with_tag).ret();
  source.function("other").ret();
  const Solved solved(source);
  // Where the other function is called instead, no tag is handed over.
  CHECK(solved.tags_in(source.rva("main")) == Tags{{tag("Cbak"), kTopComputed}});
  CHECK(solved.tags_in(source.rva("elsewhere")).empty());
}

TEST_CASE("solver: what a function returns that callers pass is the tag on some path") {
  listing::Program source;
  source.function("main").address_of(kRcx, "one").call("use").ret();
  source.function("outer").address_of(kRcx, "two").call("between").ret();
  source.function("between").call("use").ret();
  source.function("use").copy(kRax, kRcx).call_register(kRax).copy(kR8, kRax).call(listing::allocate_with_tag).ret();
  source.function("one").set(kRax, tag("One1")).ret();
  source.function("two").set(kRax, tag("Two2")).ret();
  source.function("none").set(kRax, tag("None")).ret();
  const Solved solved(source);
  CHECK(solved.tags_in(source.rva("use")) == Tags{{tag("One1"), kTopReturned}, {tag("Two2"), kTopReturned}});
}

TEST_CASE("solver: what one function returns is no tag where another one is called") {
  listing::Program source;
  source.function("main").address_of(kRcx, "hands_back").set(kRdx, tag("Back")).call("use").ret();
  source.function("other").address_of(kRcx, "constant").set(kRdx, tag("Othr")).call("use").ret();
  source.function("use").copy(kRax, kRcx).call_register(kRax).copy(kR8, kRax).call(listing::allocate_with_tag).ret();
  source.function("hands_back").copy(kRax, kRdx).ret();
  source.function("constant").set(kRax, tag("Cons")).ret();
  const Solved solved(source);
  const Tags inside = solved.tags_in(source.rva("use"));
  REQUIRE(inside.size() == 1);
  CHECK(inside[0].first == tag("Cons"));
  // Which function goes with which argument is not known: that both do is an assumption.
  const TagSink& sink = solved.only_sink_of(source.rva("use"));
  REQUIRE(sink.edges.size() == 1);
  CHECK((sink.edges[0].flags & kAssumesPointer) != 0);
}

namespace {

/// `main` passes an object to `use`, which calls the function in the table that the object points to.
void use_object(listing::Program& source) {
  source.function("use").load_field(kRax, kRcx, 0).load_field(kRax, kRax, 8).call_register(kRax);
  source.copy(kR8, kRax).call(listing::allocate_with_tag).ret();
  source.function("getter").set(kRax, tag("Gett")).ret();
  source.function("fills").address_of(kRax, "getter").store(kGlobals + 0x88, kRax).call(listing::free_with_tag).ret();
}

}  // namespace

TEST_CASE("solver: a call of a function in the table that an argument's object points to") {
  constexpr Reg kRsp = 4;
  listing::Program source;
  source.function("main").address_of_global(kRax, kGlobals + 0x80).store_field(kRsp, 0x40, kRax);
  source.copy(kRcx, kRsp).call("between").ret();
  source.function("between").load_field(kR9, kRcx, 8).call("inner").ret();
  source.function("inner").load_field(kRax, kRcx, 0x40).load_field(kRax, kRax, 8).call_register(kRax);
  source.copy(kR8, kRax).call(listing::allocate_with_tag).ret();
  use_object(source);
  const Solved solved(source);
  const Tags tags = solved.tags_in(source.rva("inner"));
  REQUIRE(tags.size() == 1);
  CHECK(tags[0].first == tag("Gett"));
  CHECK((tags[0].second & kTopReturned) != 0);
  CHECK((tags[0].second & kAssumesGlobal) != 0);  // the table's address is known to others
}

TEST_CASE("solver: an object whose table is not known any more calls no function of it") {
  constexpr Reg kRsp = 4;
  listing::Program source;
  source.function("main").address_of_global(kRax, kGlobals + 0x80).store_field(kRsp, 0, kRax);
  source.store_field(kRsp, 0, kRdx).copy(kRcx, kRsp).call("use").ret();
  use_object(source);
  const Solved solved(source);
  CHECK(solved.tags_in(source.rva("use")).empty());
}

TEST_CASE("solver: what stands in a frame behind a pointer that a callee follows may have been overwritten by it") {
  constexpr Reg kRsp = 4;
  listing::Program source;
  source.function("main").address_of(kRax, "getter").store_field(kRsp, 0x48, kRax);
  source.copy(kRdx, kRsp).store_field(kRsp, 0, kRdx).copy(kRcx, kRsp).call("use").ret();
  source.function("use").load_field(kRax, kRcx, 0).load_field(kRax, kRax, 0x48).call_register(kRax);
  source.copy(kR8, kRax).call(listing::allocate_with_tag).ret();
  source.function("getter").set(kRax, tag("Gett")).ret();
  const Solved solved(source);
  CHECK(solved.tags_in(source.rva("use")) == Tags{{tag("Gett"), kTopReturned | kAssumesField}});
}

TEST_CASE("solver: a list with an allocate function of its own calls that with the tag") {
  listing::Program source;
  // ExInitializeNPagedLookasideList(list, allocate, free, flags, size, tag, depth): the last three on the stack.
  const auto store_argument = [&](std::int64_t at, Reg from) { source.store_field(4, at, from); };
  source.function("main").address_of(kRdx, "own").set(kR8, 0).set(kRax, tag("Look"));
  store_argument(0x28, kRax);
  source.set(kRax, 64);
  store_argument(0x20, kRax);
  source.call(listing::lookaside).ret();
  source.function("own").call(listing::allocate_with_tag).ret();
  const Solved solved(source);
  const TagSink& sink = solved.only_sink_of(source.rva("own"));
  CHECK(sink.tag.where == kR8);
  const Tags tags = solved.tags_in(source.rva("main"));
  REQUIRE(tags.size() == 1);
  CHECK(tags[0].first == tag("Look"));
}

TEST_CASE("solver: targets that are found because of targets follow each other however long the chain is") {
  // Each function stores what it gets at the place that it gets, each user has the next pointer filled in so, and the
  // first pointer is known last.
  constexpr unsigned kLength = 400;
  const auto global = [](unsigned number) { return kGlobals + 8 * number; };
  const auto name = [](const char* kind, unsigned number) { return kind + std::to_string(number); };
  listing::Program source;
  for (unsigned i = 0; i < kLength; ++i) {
    source.function(name("user", i)).call(listing::free_with_tag).address_of_global(kRcx, global(i + 1));
    source.address_of(kRdx, name("fill", i + 1)).call_global(global(i)).ret();
    source.function(name("fill", i)).store_field(kRcx, 0, kRdx).call(listing::free_with_tag).ret();
  }
  source.function(name("user", kLength)).call(listing::free_with_tag).set(kR8, tag("Last"));
  source.call_global(global(kLength)).ret();
  source.function(name("fill", kLength)).call(listing::allocate_with_tag).ret();
  source.function("start").call(listing::free_with_tag).address_of(kRax, name("fill", 0)).store(global(0), kRax).ret();
  const Solved solved(source);
  const Tags tags = solved.tags_in(source.rva(name("user", kLength)));
  CHECK(std::ranges::any_of(tags, [](const auto& found) { return found.first == tag("Last"); }));
  CHECK(solved.solution.complete());
}

TEST_CASE("solver: attribution reads a solution and leaves it as it is") {
  listing::Program source;
  source.function("main").set(kRcx, 1).set(kRdx, 64).set(kR8, tag("Leak")).call("wrapper").ret();
  source.function("wrapper").call(listing::allocate_with_tag).ret();
  Solved solved(source);
  const std::size_t sites = solved.solution.sites.size();
  const TraceResult once = attribute(solved.program, solved.solution);
  const TraceResult twice = attribute(solved.program, solved.solution);
  REQUIRE(once.uses.size() == 1);
  CHECK(once.uses[0].certainty == Certainty::sure);
  CHECK(once.uses[0].via.size() == 2);
  CHECK(once.uses[0].pool == Pool::paged);
  CHECK(once.uses[0].bytes == 64U);
  CHECK(twice.uses.size() == once.uses.size());
  CHECK(twice.sites.size() == once.sites.size());
  CHECK(solved.solution.sites.size() == sites);
}

TEST_CASE("worklist: consequences first and in order, then calls as they came, then functions by address") {
  Worklist list;
  list.add(AnalyseFunction{0x3000});
  list.add(AnalyseFunction{0x2000});
  list.add(AnalyseFunction{0x2000});
  list.add(MatchCall{2, 0});
  list.add(MatchCall{1, 0});
  list.add(FindTargets{7});
  list.add(FindTargets{8});
  CHECK(list.functions() == 2);
  CHECK(list.next() == WorkItem(FindTargets{7}));
  list.add(TakeStores{7, 0x2000});  // what follows from the first comes before the second
  CHECK(list.next() == WorkItem(TakeStores{7, 0x2000}));
  CHECK(list.next() == WorkItem(FindTargets{8}));
  CHECK(list.next() == WorkItem(MatchCall{2, 0}));
  CHECK(list.next() == WorkItem(MatchCall{1, 0}));
  CHECK(list.next() == WorkItem(AnalyseFunction{0x2000}));
  list.drop(AnalyseFunction{0x3000});
  CHECK_FALSE(list.next());
}

TEST_CASE("dependencies: dependents are kept once, ascending, and found by ranges of addresses") {
  Dependencies dependencies;
  CHECK(dependencies.add({FactKind::content, 0x2008}, MatchCall{5, 1}));
  CHECK(dependencies.add({FactKind::content, 0x2008}, MatchCall{3, 1}));
  CHECK_FALSE(dependencies.add({FactKind::content, 0x2008}, MatchCall{5, 1}));
  CHECK(dependencies.add({FactKind::code_pointer, 0x2008}, FindTargets{5}));
  const auto& dependents = dependencies.of({FactKind::content, 0x2008});
  REQUIRE(dependents.size() == 2);
  CHECK(*dependents.begin() == WorkItem(MatchCall{3, 1}));
  CHECK(dependencies.of({FactKind::returned, 0x2008}).empty());
  CHECK(dependencies.between(FactKind::content, 0x2000, 0x2008).empty());
  CHECK(dependencies.between(FactKind::content, 0x2008, 0x2009) == std::vector<Fact>{{FactKind::content, 0x2008}});
  CHECK(dependencies.establish({FactKind::tracked_global, 1}));
  CHECK_FALSE(dependencies.establish({FactKind::tracked_global, 1}));
}
