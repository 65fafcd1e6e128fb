#include "tests/unit/listing.hpp"

#include <doctest/doctest.h>

#include "tagdb/pool_tag.hpp"
#include "tests/fuzz/shell.hpp"

namespace listing {
namespace {

constexpr std::uint32_t kSlots = 0x1200, kLineBytes = 8;

Op make(OpKind kind) {
  Op op;
  op.kind = kind;
  return op;
}

Mem at_global(std::uint32_t rva) {
  Mem mem;
  mem.in_image = true;
  mem.disp = rva;
  return mem;
}

Mem behind(Reg pointer, std::int64_t offset) {
  Mem mem;
  mem.base = pointer;
  mem.disp = offset;
  return mem;
}

}  // namespace

std::uint32_t tag(const char* text) { return tagdb::PoolTag::from_text(text).value(); }

Program& Program::add(Line line) {
  lines_.push_back(std::move(line));
  return *this;
}

Program& Program::function(const std::string& name) {
  if (!lines_.empty()) add({ControlFlow::trap, {}, {}, {}, 0}).add({ControlFlow::trap, {}, {}, {}, 0});
  functions_[name] = end();
  return *this;
}

Program& Program::set(Reg reg, std::uint64_t number) {
  Op op = make(OpKind::set);
  op.dst = reg;
  op.imm = number;
  return add({ControlFlow::next, {op}, {}, {}, 0});
}

Program& Program::copy(Reg to, Reg from) {
  Op op = make(OpKind::copy);
  op.dst = to;
  op.a = from;
  return add({ControlFlow::next, {op}, {}, {}, 0});
}

Program& Program::choose(Reg to, Reg one, Reg other) {
  Op op = make(OpKind::select);
  op.dst = to;
  op.a = one;
  op.b = other;
  return add({ControlFlow::next, {op}, {}, {}, 0});
}

Program& Program::load(Reg to, std::uint32_t global) {
  Op op = make(OpKind::load);
  op.dst = to;
  op.mem = at_global(global);
  return add({ControlFlow::next, {op}, {}, {0x48, 0x8B, 0x05}, global});
}

Program& Program::load_field(Reg to, Reg pointer, std::int64_t offset) {
  Op op = make(OpKind::load);
  op.dst = to;
  op.mem = behind(pointer, offset);
  return add({ControlFlow::next, {op}, {}, {}, 0});
}

Program& Program::store(std::uint32_t global, Reg from) {
  Op op = make(OpKind::store);
  op.a = from;
  op.mem = at_global(global);
  return add({ControlFlow::next, {op}, {}, {0x48, 0x89, 0x05}, global});
}

Program& Program::store_field(Reg pointer, std::int64_t offset, Reg from) {
  Op op = make(OpKind::store);
  op.a = from;
  op.mem = behind(pointer, offset);
  return add({ControlFlow::next, {op}, {}, {}, 0});
}

Program& Program::address_of(Reg to, const std::string& function) {
  Op op = make(OpKind::address);
  op.dst = to;
  return add({ControlFlow::next, {op}, function, {0x48, 0x8D, 0x05}, 0});
}

Program& Program::address_of_global(Reg to, std::uint32_t global) {
  Op op = make(OpKind::address);
  op.dst = to;
  op.imm = global;
  return add({ControlFlow::next, {op}, {}, {0x48, 0x8D, 0x05}, global});
}

Program& Program::call(Import import) { return call_global(kSlots + 8 * static_cast<std::uint32_t>(import)); }

Program& Program::call(const std::string& function) {
  return add({ControlFlow::next, {make(OpKind::call)}, function, {0xE8}, 0});
}

Program& Program::call_register(Reg reg) {
  Op op = make(OpKind::call);
  op.a = reg;
  return add({ControlFlow::next, {op}, {}, {}, 0});
}

Program& Program::call_global(std::uint32_t global) {
  Op load = make(OpKind::load);
  load.dst = kScratchA;
  load.mem = at_global(global);
  Op call = make(OpKind::call);
  call.a = kScratchA;
  return add({ControlFlow::next, {load, call}, {}, {0xFF, 0x15}, global});
}

Program& Program::ret() { return add({ControlFlow::ret, {make(OpKind::ret)}, {}, {0xC3}, 0}); }

Machine& Program::machine() {
  std::vector<std::uint8_t> code;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    Line& line = lines_[i];
    if (!line.function.empty()) {
      line.target = functions_.at(line.function);
      (line.ops.back().kind == OpKind::call ? line.ops.back().target : line.target) = line.target;
      if (line.ops.back().kind == OpKind::address) line.ops.back().imm = line.target;
    }
    std::vector<std::uint8_t> bytes = line.bytes;
    if (line.target != 0) {
      const std::uint32_t next =
          kCode + kLineBytes * static_cast<std::uint32_t>(i) + static_cast<std::uint32_t>(bytes.size()) + 4;
      for (unsigned shift = 0; shift < 32; shift += 8)
        bytes.push_back(static_cast<std::uint8_t>((line.target - next) >> shift));
    }
    bytes.resize(kLineBytes, line.ops.empty() ? 0xCC : 0x90);
    code.insert(code.end(), bytes.begin(), bytes.end());
  }
  bytes_ = fuzz::image_around(fuzz::Shell::x64, code);
  const auto opened = pe::Image::open(bytes_);
  REQUIRE(opened);
  image_ = opened.value();
  machine_ = std::make_unique<Processor>(*image_, *this);
  return *machine_;
}

const Program::Line* Program::at(std::uint32_t rva) const {
  const std::uint32_t number = (rva - kCode) / kLineBytes;
  return rva >= kCode && rva % kLineBytes == 0 && number < lines_.size() ? &lines_[number] : nullptr;
}

Instruction Program::Processor::decode_length(pe::Bytes, std::uint32_t rva) {
  Instruction instruction;
  instruction.rva = rva;
  instruction.length = 1;
  const Line* line = program_.at(rva);
  instruction.padding = line == nullptr || line->ops.empty();
  instruction.flow = instruction.padding ? ControlFlow::trap : line->flow;
  if (!instruction.padding) instruction.length = kLineBytes;
  return instruction;
}

Instruction Program::Processor::decode(pe::Bytes code, std::uint32_t rva, LiftedFunction& function) {
  Instruction instruction = decode_length(code, rva);
  instruction.first_op = static_cast<std::uint32_t>(function.ops.size());
  if (instruction.padding) return instruction;
  for (Op op : program_.at(rva)->ops) {
    op.rva = rva;
    function.ops.push_back(op);
    ++instruction.op_count;
  }
  return instruction;
}

}  // namespace listing
