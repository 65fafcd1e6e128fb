// A block that one block alone leads to finds the flags of its comparison, if nothing has changed them on the way: then
// what was compared stands where it stood, and the comparison may as well be made again. Only operations are let
// through of which it is certain that no instruction with flags makes them.
#include "scanner/trace/ir/carried_comparisons.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace scanner::trace {
namespace {

class Carrying {
 public:
  explicit Carrying(LiftedFunction& function) : function_(function), before_(function.blocks.size(), 0) {
    for (const Block& block : function.blocks) {
      for (const std::uint32_t next : block.successors) ++before_[next];
      for (const std::uint32_t next : block.exception_successors) ++before_[next];
    }
  }

  /// Blocks stand in the order of their addresses, which is mostly that of the branches.
  void run() {
    for (const Block& block : function_.blocks) {
      if (block.successors.size() < 2 || !branches(block)) continue;
      const std::uint32_t compared = compared_at_end(block);
      if (compared == Block::kNothing) continue;
      for (const std::uint32_t next : block.successors) {
        Block& behind = function_.blocks[next];
        if (next != 0 && before_[next] == 1 && looks_at_flags(behind)) behind.compared = compared;
      }
    }
  }

 private:
  [[nodiscard]] const Instruction& at(const Block& block, std::uint32_t i) const {
    return function_.instructions[function_.order[block.first_instruction + i]];
  }
  [[nodiscard]] const Instruction& last_of(const Block& block) const { return at(block, block.instruction_count - 1); }
  [[nodiscard]] std::span<const Op> ops_of(const Instruction& instruction) const {
    return std::span(function_.ops).subspan(instruction.first_op, instruction.op_count);
  }
  /// By a condition that is known: of others no comparison is kept.
  [[nodiscard]] bool branches(const Block& block) const {
    return last_of(block).flow == ControlFlow::branch && last_of(block).condition != Condition::other;
  }
  static bool spares_flags(const Op& op) {
    switch (op.kind) {
      case OpKind::set:
      case OpKind::address:
      case OpKind::copy:
      case OpKind::load:
      case OpKind::store:
      case OpKind::lea:
      case OpKind::select: return true;
      default: return false;
    }
  }

  /// Number of the comparison whose flags are those at the end of the block, and whose operands have not changed since.
  [[nodiscard]] std::uint32_t compared_at_end(const Block& block) const {
    if (!ops_of(last_of(block)).empty()) return Block::kNothing;  // it compares by itself, perhaps without flags
    std::uint64_t written = 0;
    const auto good = [&](std::uint32_t number) {
      const Op& op = function_.ops[number];
      const auto kept = [written](Reg reg) { return reg == kNoReg || (written >> reg & 1) == 0; };
      return op.a < kFirstWide && (op.b == kNoReg || op.b < kFirstWide) && kept(op.a) && kept(op.b);
    };
    for (std::uint32_t i = block.instruction_count - 1; i-- > 0;) {
      const Instruction& instruction = at(block, i);
      for (std::uint32_t k = instruction.op_count; k-- > 0;) {
        const std::uint32_t number = instruction.first_op + k;
        const Op& op = function_.ops[number];
        if (op.kind == OpKind::compare) return op.a != kNoReg && good(number) ? number : Block::kNothing;
        if (!spares_flags(op)) return Block::kNothing;
        if (op.dst < kFirstWide) written |= std::uint64_t{1} << op.dst;
      }
    }
    return block.compared != Block::kNothing && good(block.compared) ? block.compared : Block::kNothing;
  }

  /// Before it compares anything itself?
  [[nodiscard]] bool looks_at_flags(const Block& block) const {
    for (std::uint32_t i = 0; i < block.instruction_count; ++i) {
      for (const Op& op : ops_of(at(block, i))) {
        if (op.kind == OpKind::select) return true;
        if (!spares_flags(op)) return false;
      }
    }
    return branches(block);
  }

  LiftedFunction& function_;
  std::vector<std::uint32_t> before_;  // by block: how many ways lead there
};

}  // namespace

void carry_comparisons(LiftedFunction& function) {
  if (function.too_large || std::ranges::any_of(function.blocks, &Block::unresolved_jump)) return;
  if (std::ranges::any_of(function.blocks, [](const Block& block) { return block.instruction_count == 0; })) return;
  Carrying(function).run();
}

}  // namespace scanner::trace
