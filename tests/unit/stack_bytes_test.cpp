#include <doctest/doctest.h>

#include "scanner/trace/ir/stack_depth.hpp"
#include "tagdb/api_table.hpp"
#include "tagdb/stack_bytes.hpp"

using scanner::trace::StackDepths;

TEST_CASE("argument bytes of kernel functions on x86") {
  CHECK(tagdb::x86_stack_bytes("ExAllocatePoolWithTag")->removed == 12);
  CHECK(tagdb::x86_stack_bytes("ExAllocatePool2")->removed == 16);  // the flags take two slots
  CHECK(tagdb::x86_stack_bytes("IofCallDriver")->removed == 0);     // both arguments in registers
  CHECK(tagdb::x86_stack_bytes("IofCallDriver")->in_registers == 8);
  CHECK(tagdb::x86_stack_bytes("ExAllocatePoolWithTag")->in_registers == 0);
  CHECK(tagdb::x86_stack_bytes("DbgPrint")->caller_cleans);
  CHECK_FALSE(tagdb::x86_stack_bytes("NoSuchFunction"));
}

TEST_CASE("decorated names tell their argument bytes themselves") {
  CHECK(tagdb::x86_stack_bytes("_NoSuchFunction@20")->removed == 20);
  CHECK(tagdb::x86_stack_bytes("@NoSuchFunction@12")->removed == 4);
  CHECK(tagdb::x86_stack_bytes("@NoSuchFunction@12")->in_registers == 8);
  CHECK(tagdb::x86_stack_bytes("@NoSuchFunction@4")->removed == 0);
  CHECK_FALSE(tagdb::x86_stack_bytes("_NoSuchFunction@"));
  CHECK_FALSE(tagdb::x86_stack_bytes("NoSuchFunction@8"));
}

TEST_CASE("every import of the table of functions has its argument bytes, and they hold the tag") {
  for (const tagdb::ApiRow& row : tagdb::builtin_api_table().rows) {
    const bool import = row.match == tagdb::ApiMatch::import || row.match == tagdb::ApiMatch::flt_register;
    if (!import) continue;
    CAPTURE(row.name);
    const auto bytes = tagdb::x86_stack_bytes(row.name);
    // Undocumented functions of which no 32-bit image was at hand: how much they remove is not known.
    if (!bytes && row.source.starts_with("call sites")) continue;
    REQUIRE(bytes);
    if (row.tag_x86 >= 0 && !row.x86_fastcall && !bytes->caller_cleans)
      CHECK(static_cast<unsigned>(row.tag_x86) * 4 < bytes->removed);
  }
}

TEST_CASE("a lost depth is a region of its own until something tells it") {
  StackDepths depths;
  const auto base = depths.at(StackDepths::Place::call, 0x1000, scanner::trace::kDepthPointer);
  CHECK(scanner::trace::depth_lost(base));
  CHECK(depths.at(StackDepths::Place::call, 0x1000, scanner::trace::kDepthPointer) == base);
  CHECK(depths.at(StackDepths::Place::call, 0x1010, scanner::trace::kDepthPointer) != base);
  depths.deduce(base + 16, 0);  // a return, 16 bytes further up
  CHECK(depths.another_round());
  CHECK(depths.at(StackDepths::Place::call, 0x1000, scanner::trace::kDepthPointer) == -16);
  CHECK(scanner::trace::depth_lost(depths.at(StackDepths::Place::call, 0x1010, scanner::trace::kDepthPointer)));
}

TEST_CASE("a contradiction takes trust away, and the deduction with it") {
  StackDepths depths;
  const auto base = depths.at(StackDepths::Place::call, 0x1000, scanner::trace::kDepthPointer);
  depths.deduce(base + 16, 0);
  depths.deduce(base + 12, 0);
  CHECK(depths.trusts_callees());
  CHECK(depths.another_round());
  CHECK_FALSE(depths.trusts_callees());
  CHECK(depths.trusts_imports());
  CHECK(scanner::trace::depth_lost(depths.at(StackDepths::Place::call, 0x1000, scanner::trace::kDepthPointer)));
}
