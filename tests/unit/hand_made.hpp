// Operations and functions made by hand, for tests of the rooms that interpret them: what a lifter would make of bytes,
// without bytes. Block n begins at RVA kHandMadeCode + 0x100 · n, its instruction i stands i bytes behind that.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/interp/interpreter.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/isa/machine.hpp"
#include "tests/fuzz/shell.hpp"

namespace hand_made {

namespace trace = scanner::trace;

inline constexpr std::uint32_t kSlots = 0x1200, kReadOnly = 0x1400, kWritable = 0x2010, kCode = 0x3000;
inline constexpr trace::Reg kRax = 0, kRcx = 1, kRdx = 2, kRsp = 4, kR8 = 8;

inline trace::Op op(trace::OpKind kind, trace::Reg dst = trace::kNoReg, trace::Reg a = trace::kNoReg) {
  trace::Op out;
  out.kind = kind;
  out.dst = dst;
  out.a = a;
  return out;
}
inline trace::Op set(trace::Reg dst, std::uint64_t number) {
  trace::Op out = op(trace::OpKind::set, dst);
  out.imm = number;
  return out;
}
inline trace::Op alu(trace::Alu what, trace::Reg dst, std::uint64_t number, std::uint8_t width = 8) {
  trace::Op out = op(trace::OpKind::alu, dst, dst);
  out.alu = what;
  out.imm = number;
  out.width = width;
  return out;
}
inline trace::Mem at(trace::Reg base, std::int64_t disp, trace::Reg index = trace::kNoReg, std::uint8_t scale = 1) {
  return {base, index, scale, false, disp};
}
inline trace::Mem in_image(std::uint32_t rva, trace::Reg index = trace::kNoReg, std::uint8_t scale = 1) {
  return {trace::kNoReg, index, scale, true, rva};
}
inline trace::Op load(trace::Reg dst, trace::Mem from, std::uint8_t width) {
  trace::Op out = op(trace::OpKind::load, dst);
  out.mem = from;
  out.width = width;
  return out;
}
inline trace::Op lea(trace::Reg dst, trace::Mem of) {
  trace::Op out = op(trace::OpKind::lea, dst);
  out.mem = of;
  return out;
}
inline trace::Op store(trace::Mem to, trace::Reg a, std::uint8_t width) {
  trace::Op out = op(trace::OpKind::store, trace::kNoReg, a);
  out.mem = to;
  out.width = width;
  return out;
}
inline trace::Op compare(trace::Reg a, std::uint64_t number, std::uint8_t width = 4) {
  trace::Op out = op(trace::OpKind::compare, trace::kNoReg, a);
  out.imm = number;
  out.width = width;
  return out;
}
inline trace::Op call(std::uint32_t target) {
  trace::Op out = op(trace::OpKind::call);
  out.target = target;
  return out;
}

/// An x64 image with the imports of the fuzzers' shell, a writable section and a read-only one.
class Image {
 public:
  Image() : bytes_(fuzz::image_around(fuzz::Shell::x64, {})) { open(); }
  /// Puts `width` bytes of `number` at `rva`.
  void put(std::uint32_t rva, std::uint64_t number, unsigned width) {
    for (unsigned i = 0; i < width; ++i) bytes_[rva + i] = static_cast<std::uint8_t>(number >> (8 * i));
    open();
  }
  [[nodiscard]] const pe::Image& get() const { return *image_; }
  [[nodiscard]] const trace::Machine& machine() const { return *machine_; }

 private:
  void open() {
    auto opened = pe::Image::open(bytes_);
    if (opened) image_ = opened.value();
    if (!machine_) machine_ = trace::make_machine(*image_);
  }
  std::vector<std::uint8_t> bytes_;
  std::optional<pe::Image> image_;
  std::unique_ptr<trace::Machine> machine_;
};

class Function {
 public:
  Function() { function_.rva = kCode; }

  /// The following operations are a new block's, which goes on in `successors`.
  Function& block(const std::vector<std::uint32_t>& successors) {
    trace::Block next;
    next.rva = kCode + 0x100 * static_cast<std::uint32_t>(function_.blocks.size());
    next.first_instruction = static_cast<std::uint32_t>(function_.order.size());
    next.successors.assign(successors.begin(), successors.end());
    next.has_predecessor = true;
    function_.blocks.push_back(std::move(next));
    return *this;
  }
  Function& add(trace::Op what) {
    trace::Instruction& instruction = next();
    what.rva = instruction.rva;
    instruction.first_op = static_cast<std::uint32_t>(function_.ops.size());
    instruction.op_count = 1;
    function_.ops.push_back(what);
    return *this;
  }
  /// Calls import number `import` of the shell.
  Function& call_import(std::uint32_t import) {
    add(load(trace::kScratchA, in_image(kSlots + 8 * import), 8));
    return add(op(trace::OpKind::call, trace::kNoReg, trace::kScratchA));
  }
  /// Ends the block with a branch to `taken`.
  Function& branch(trace::Condition condition, std::uint32_t taken) {
    trace::Instruction& instruction = next();
    instruction.flow = trace::ControlFlow::branch;
    instruction.condition = condition;
    instruction.target = kCode + 0x100 * taken;
    return *this;
  }
  Function& ret() {
    add(op(trace::OpKind::ret));
    function_.instructions.back().flow = trace::ControlFlow::ret;
    return *this;
  }
  trace::LiftedFunction& get() { return function_; }

 private:
  trace::Instruction& next() {
    trace::Block& block = function_.blocks.back();
    trace::Instruction instruction;
    instruction.rva = block.rva + block.instruction_count++;
    instruction.length = 1;
    function_.order.push_back(static_cast<std::uint32_t>(function_.instructions.size()));
    function_.instructions.push_back(instruction);
    return function_.instructions.back();
  }
  trace::LiftedFunction function_;
};

}  // namespace hand_made
