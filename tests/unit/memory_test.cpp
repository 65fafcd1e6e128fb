// Memory on states made by hand: strong and weak updates, aliases, contents that get a name.
#include <doctest/doctest.h>

#include "scanner/trace/domain/memory.hpp"
#include "tagdb/api_table.hpp"
#include "tests/unit/hand_made.hpp"

using namespace hand_made;
using trace::ValueId;

namespace {

constexpr std::uint64_t kTag = 0x6B61654C;

struct Room {
  Room() : imports(image.get(), tagdb::builtin_api_table(), image.machine()), values(abi.word, abi.entry_misalignment) {
    state = trace::state_at_entry(values, abi);
  }
  ValueId load(trace::Mem from, unsigned width) { return memory.load(state, memory.address_of(state, from), width); }
  void put(trace::Mem to, ValueId value, std::uint8_t width) {
    state.registers[kRax] = value;
    memory.store(state, store(to, kRax, width), kCode, &log);
  }
  [[nodiscard]] const trace::Atom& atom(ValueId value) const {
    REQUIRE(values.only(value) != nullptr);
    return *values.only(value);
  }

  Image image;
  const trace::Abi& abi = trace::abi_of(pe::Machine::x64);
  trace::ImportTable imports;
  trace::ValuePool values;
  trace::Budget budget;
  trace::FixedContent fixed;
  trace::Memory memory{image.get(), imports, values, abi, budget, fixed};
  trace::State state;
  trace::StoreLog log;
};

}  // namespace

TEST_CASE("memory: a certain slot is updated strongly, one of two weakly") {
  Room room;
  const ValueId one = room.values.constant(1), tag = room.values.constant(kTag);
  room.put(at(kRsp, -16), one, 4);
  room.put(at(kRsp, -16), tag, 4);
  CHECK(room.load(at(kRsp, -16), 4) == tag);
  CHECK(room.load(at(kRsp, -16), 2) == room.values.constant(kTag & 0xFFFF));
  CHECK(room.log.stores.empty());
  room.state.registers[kRdx] = room.values.join(room.values.frame_address(-16), room.values.frame_address(-32));
  room.put(at(kRdx, 0), one, 4);
  CHECK(room.load(at(kRsp, -16), 4) == room.values.join(tag, one));
}

TEST_CASE("memory: a store with an unknown index may hit every slot above") {
  Room room;
  const ValueId tag = room.values.constant(kTag);
  for (const std::int64_t offset : {-48, -32, -16}) room.put(at(kRsp, offset), tag, 4);
  room.state.registers[kRdx] = room.values.unknown(trace::kTopField);
  room.put(at(kRsp, -32, kRdx, 4), room.values.constant(1), 4);
  CHECK(room.load(at(kRsp, -48), 4) == tag);
  CHECK(room.values.only(room.load(at(kRsp, -32), 4)) == nullptr);
  CHECK(room.values.only(room.load(at(kRsp, -16), 4)) == nullptr);
  CHECK((room.values.flags(room.load(at(kRsp, -16), 4)) & trace::kTopComputed) != 0);
}

TEST_CASE("memory: the image's bytes, its writable words by name, and what stands behind them") {
  Room room;
  room.image.put(kReadOnly, kTag, 4);
  CHECK(room.load(in_image(kReadOnly), 4) == room.values.constant(kTag));
  CHECK(room.atom(room.load(in_image(kWritable), 8)).kind == trace::AtomKind::memory);
  room.state.registers[kRdx] = room.load(in_image(kWritable), 8);
  const trace::Atom behind = room.atom(room.load(at(kRdx, 0x20), 4));
  CHECK(behind.kind == trace::AtomKind::via_global);
  CHECK(behind.rva() == kWritable);
  CHECK(behind.pointee_offset() == 0x20);
  CHECK(room.atom(room.load(in_image(kSlots), 8)).kind == trace::AtomKind::import);
}

TEST_CASE("memory: the next element of a list has a name when the file has one there") {
  Room room;
  const auto behind_next = [&] {
    room.state.registers[kRdx] = room.load(in_image(kWritable), 8);
    room.state.registers[kRdx] = room.load(at(kRdx, 16), 8);
    return room.load(at(kRdx, 8), 4);
  };
  CHECK(behind_next() == room.values.unknown(trace::kTopField));
  const std::uint64_t base = room.image.get().base();
  room.image.put(kWritable, base + kReadOnly, 8);
  CHECK(behind_next() == room.values.unknown(trace::kTopField));
  room.image.put(kReadOnly + 16, base + kReadOnly + 32, 8);
  const auto named = room.values.atoms(behind_next());
  REQUIRE(named.size() == 1);
  CHECK(named[0].linked());
  CHECK(named[0].rva() == kWritable);
  CHECK(named[0].link() == 16);
  CHECK(named[0].pointee_offset() == 8);
  CHECK(trace::assumptions_of(named[0]) == trace::kAssumesList);
}

TEST_CASE("memory: an index that is not known makes a table of the image's bytes") {
  Room room;
  room.state.registers[kRdx] = room.values.unknown(trace::kTopField);
  const trace::Atom element = room.atom(room.load(in_image(kReadOnly, kRdx, 4), 4));
  CHECK(element.kind == trace::AtomKind::memory);
  CHECK(element.stride == 4);
  CHECK(element.rva() == kReadOnly);
}

TEST_CASE("memory: fields behind arguments are named, remembered, and told to callers") {
  Room room;
  const trace::Atom field = room.atom(room.load(at(kRcx, 0x18), 4));
  CHECK(field.kind == trace::AtomKind::field);
  CHECK(field.where == kRcx);
  CHECK(field.displacement() == 0x18);
  room.put(at(kRcx, 0x18), room.values.constant(kTag), 4);
  CHECK(room.load(at(kRcx, 0x18), 4) == room.values.constant(kTag));
  REQUIRE(room.log.argument_stores.size() == 1);
  CHECK(room.log.argument_stores[0].offset == 0x18);
  // Another argument may be an alias of the first.
  room.put(at(kRdx, 0), room.values.constant(1), 4);
  CHECK((room.values.flags(room.load(at(kRcx, 0x18), 4)) & trace::kAssumesField) != 0);
}

TEST_CASE("memory: a store through a pointer of unknown origin leaves locals alone until their address escapes") {
  Room room;
  const ValueId tag = room.values.constant(kTag);
  room.put(at(kRsp, -16), tag, 4);
  room.state.registers[kRdx] = room.values.unknown(trace::kTopReturned);
  room.put(at(kRdx, 0), room.values.constant(1), 4);
  CHECK(room.load(at(kRsp, -16), 4) == tag);
  room.memory.escape(room.state, room.values.frame_address(-16));
  room.put(at(kRdx, 0), room.values.constant(1), 4);
  CHECK((room.values.flags(room.load(at(kRsp, -16), 4)) & trace::kAssumesFrame) != 0);
}

TEST_CASE("memory: a counted fill writes each element, one that is not counted leaves nothing known") {
  Room room;
  trace::Op fill = op(trace::OpKind::repeat, trace::kNoReg, kRax);
  fill.b = kRcx;
  fill.width = 4;
  fill.mem = at(kRdx, 0);
  room.state.registers[kRax] = room.values.constant(kTag);
  room.state.registers[kRdx] = room.values.frame_address(-32);
  room.state.registers[kRcx] = room.values.constant(3);
  room.memory.repeat(room.state, fill, kCode, nullptr);
  CHECK(room.load(at(kRsp, -24), 4) == room.values.constant(kTag));
  CHECK(room.values.atoms(room.load(at(kRsp, -20), 4)).empty());
  room.state.registers[kRcx] = room.values.unknown(trace::kTopField);
  room.memory.repeat(room.state, fill, kCode, nullptr);
  CHECK(room.values.atoms(room.load(at(kRsp, -24), 4)).empty());
}

TEST_CASE("memory: a string operation moves words, each with what is known of it") {
  Room room;
  const ValueId tag = room.values.constant(kTag), argument = room.values.initial(kRcx);
  room.put(at(kRsp, -64), argument, 8);
  room.put(at(kRsp, -56), tag, 4);
  trace::Op copy = op(trace::OpKind::repeat);
  copy.b = kRcx;
  copy.width = 1;
  copy.mem = at(kRdx, 0, kR8);
  room.state.registers[kRdx] = room.values.frame_address(-32);
  room.state.registers[kR8] = room.values.frame_address(-64);
  room.state.registers[kRcx] = room.values.constant(12);
  room.memory.repeat(room.state, copy, kCode, nullptr);
  CHECK(room.load(at(kRsp, -32), 8) == argument);
  CHECK(room.load(at(kRsp, -24), 4) == tag);
  CHECK(room.values.atoms(room.load(at(kRsp, -20), 4)).empty());
  // One that reads what it has written is no move.
  room.state.registers[kRdx] = room.values.frame_address(-52);
  room.state.registers[kR8] = room.values.frame_address(-56);
  room.state.registers[kRcx] = room.values.constant(8);
  room.memory.repeat(room.state, copy, kCode, nullptr);
  CHECK(room.load(at(kRsp, -48), 4) == tag);
}

TEST_CASE("memory: a fill of bytes makes words of them") {
  Room room;
  trace::Op fill = op(trace::OpKind::repeat, trace::kNoReg, kRax);
  fill.b = kRcx;
  fill.width = 1;
  fill.mem = at(kRdx, 0);
  room.state.registers[kRax] = room.values.constant(0x41);
  room.state.registers[kRdx] = room.values.frame_address(-256);
  room.state.registers[kRcx] = room.values.constant(200);
  room.memory.repeat(room.state, fill, kCode, nullptr);
  CHECK(room.load(at(kRsp, -256 + 196), 4) == room.values.constant(0x41414141));
  CHECK(room.values.atoms(room.load(at(kRsp, -256 + 200), 4)).empty());
}

TEST_CASE("memory: two tags that were stored at once are two elements of an array") {
  Room room;
  room.put(at(kRsp, -32), room.values.constant(std::uint64_t{0x656E6F4E} << 32 | kTag), 8);
  room.state.registers[kRdx] = room.values.single(trace::Atom::frame(-32).with_stride(4, 2));
  CHECK(room.load(at(kRdx, 0), 4) == room.values.join(room.values.constant(kTag), room.values.constant(0x656E6F4E)));
  room.state.registers[kRdx] = room.values.single(trace::Atom::frame(-32).with_stride(4, 3));
  CHECK((room.values.flags(room.load(at(kRdx, 0), 4)) & trace::kTopUnset) != 0);
}
