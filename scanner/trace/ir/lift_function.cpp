#include "scanner/trace/ir/lift_function.hpp"

#include <algorithm>
#include <unordered_set>

#include "scanner/trace/ir/budget.hpp"
#include "scanner/trace/ir/carried_comparisons.hpp"

namespace scanner::trace {
namespace {

/// One function on its way: which instruction starts at which byte of which range.
class Lifting {
 public:
  Lifting(Machine& machine, LiftedFunction& function) : machine_(machine), function_(function) {
    std::size_t bytes = 0;
    for (const CodeRange& range : function.ranges) {
      starts_.emplace_back(range.end - range.begin, 0);
      bytes += range.end - range.begin;
    }
    constexpr std::size_t kBytesOfInstruction = 4;  // and some of them make two operations
    function.instructions.reserve(bytes / kBytesOfInstruction + 1);
    function.order.reserve(bytes / kBytesOfInstruction + 1);
    function.ops.reserve(bytes / kBytesOfInstruction + 1);
  }

  /// Number of the instruction at `rva` plus one, 0 when none starts there or it lies outside.
  [[nodiscard]] std::uint32_t at(std::uint32_t rva) const {
    const std::uint32_t* slot = const_cast<Lifting*>(this)->slot(rva);
    return slot == nullptr ? 0 : *slot;
  }

  [[nodiscard]] bool inside(std::uint32_t rva) const { return const_cast<Lifting*>(this)->slot(rva) != nullptr; }

  /// Decodes from `rva` to the end of its range, or to an instruction that is known already.
  void sweep(std::uint32_t rva) {
    const CodeRange* range = range_of(rva);
    if (range == nullptr) return;
    pe::Bytes code;  // from `rva` to the end of the range, or of its section
    while (rva < range->end) {
      std::uint32_t& known = *slot(rva);
      if (known != 0) return;
      if (code.empty()) {
        code = machine_.image().from_rva(rva);
        code = code.slice(0, std::min<std::size_t>(code.size(), range->end - rva)).value_or(pe::Bytes{});
      }
      if (code.empty()) return;
      Instruction instruction = machine_.decode(code, rva, function_);
      if (instruction.flow == ControlFlow::undecodable) function_.undecodable += instruction.length;
      known = static_cast<std::uint32_t>(function_.instructions.size()) + 1;
      function_.instructions.push_back(instruction);
      rva += instruction.length;
      code = code.from(instruction.length);
    }
  }

  void find_targets() {
    // New instructions appear while we look at their targets, so this is no range-for.
    for (std::size_t i = 0; i < function_.instructions.size(); ++i) {
      const Instruction instruction = function_.instructions[i];
      const bool goes = instruction.flow == ControlFlow::jump || instruction.flow == ControlFlow::branch;
      if (goes && inside(instruction.target)) {
        leaders_.push_back(instruction.target);
        if (at(instruction.target) == 0) sweep(instruction.target);
      }
      if (instruction.flow == ControlFlow::indirect_jump) {
        auto table = machine_.jump_table(function_, i);
        std::ranges::copy_if(table, std::back_inserter(function_.far_cases),
                             [this](std::uint32_t target) { return !inside(target); });
        std::erase_if(table, [this](std::uint32_t target) { return at(target) == 0; });
        std::sort(table.begin(), table.end());
        table.erase(std::unique(table.begin(), table.end()), table.end());
        if (!afford(table.size())) return;
        leaders_.insert(leaders_.end(), table.begin(), table.end());
        tables_.emplace_back(static_cast<std::uint32_t>(i), std::move(table));
      }
      if (instruction.flow != ControlFlow::next) leaders_.push_back(instruction.rva + instruction.length);
    }
  }

  void build_blocks(const std::vector<pe::ExceptionScope>& scopes) {
    for (const CodeRange& range : function_.ranges) leaders_.push_back(range.begin);
    for (const pe::ExceptionScope& scope : scopes) {
      note_funclet(scope.handler);
      if (scope.target == 0) continue;  // __finally
      for (const std::uint32_t rva : {scope.begin, scope.end, scope.target}) {
        if (at(rva) != 0) leaders_.push_back(rva);
      }
    }
    std::sort(leaders_.begin(), leaders_.end());
    leaders_.erase(std::unique(leaders_.begin(), leaders_.end()), leaders_.end());
    std::erase_if(leaders_, [this](std::uint32_t rva) { return at(rva) == 0; });
    // The entry comes first whatever its address.
    const auto entry = std::find(leaders_.begin(), leaders_.end(), function_.rva);
    if (entry != leaders_.end()) std::rotate(leaders_.begin(), entry, entry + 1);
    block_of_.assign(function_.instructions.size(), kNone);
    for (std::size_t i = 0; i < leaders_.size(); ++i) block_of_[at(leaders_[i]) - 1] = static_cast<std::uint32_t>(i);
    for (const std::uint32_t leader : leaders_) add_block(leader);
    for (const Block& block : function_.blocks) drop_unread_comparisons(block);
    for (const Block& block : function_.blocks) {
      for (const std::uint32_t next : block.successors) function_.blocks[next].has_predecessor = true;
    }
    for (const pe::ExceptionScope& scope : scopes) {
      const std::uint32_t target = at(scope.target);
      if (target == 0) continue;
      const std::uint32_t handler = block_of_[target - 1];
      function_.blocks[handler].has_predecessor = true;
      // All but the entry's block stand in the order of their addresses.
      const auto first = std::lower_bound(function_.blocks.begin() + 1, function_.blocks.end(), scope.begin,
                                          [](const Block& block, std::uint32_t rva) { return block.rva < rva; });
      const auto last = std::lower_bound(first, function_.blocks.end(), std::max(scope.begin, scope.end),
                                         [](const Block& block, std::uint32_t rva) { return block.rva < rva; });
      if (!afford(static_cast<std::size_t>(last - first) + 1)) return;
      Block& entry_block = function_.blocks.front();
      if (entry_block.rva >= scope.begin && entry_block.rva < scope.end)
        entry_block.exception_successors.push_back(handler);
      for (auto block = first; block != last; ++block) block->exception_successors.push_back(handler);
    }
  }

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;

  void note_funclet(std::uint32_t rva) {
    constexpr std::uint32_t kExecuteHandler = 1;  // a filter that is no code
    if (rva > kExecuteHandler && funclets_.insert(rva).second) function_.funclets.push_back(rva);
  }

  /// So many ways more between blocks.
  bool afford(std::size_t edges) {
    edges_ += edges;
    function_.too_large = function_.too_large || edges_ > Budget::kMostEdges;
    return !function_.too_large;
  }

  const CodeRange* range_of(std::uint32_t rva) const {
    for (const CodeRange& range : function_.ranges) {
      if (rva >= range.begin && rva < range.end) return &range;
    }
    return nullptr;
  }

  std::uint32_t* slot(std::uint32_t rva) {
    for (std::size_t i = 0; i < function_.ranges.size(); ++i) {
      const CodeRange& range = function_.ranges[i];
      if (rva >= range.begin && rva < range.end) return &starts_[i][rva - range.begin];
    }
    return nullptr;
  }

  void link(Block& block, std::uint32_t rva) {
    const std::uint32_t instruction = at(rva);
    if (instruction != 0 && block_of_[instruction - 1] != kNone) {
      block.successors.push_back(block_of_[instruction - 1]);
    } else {
      block.leaves_to = rva;
    }
  }

  void add_block(std::uint32_t leader) {
    Block block;
    block.rva = leader;
    block.first_instruction = static_cast<std::uint32_t>(function_.order.size());
    std::uint32_t rva = leader, before = 0;
    while (true) {
      // Mostly it is the one that was decoded next.
      const bool in_line = before < function_.instructions.size() && function_.instructions[before].rva == rva;
      const std::uint32_t number = in_line ? before + 1 : at(rva);
      if (number == 0) {
        block.leaves_to = rva;  // fell out of the function's ranges
        break;
      }
      if (rva != leader && block_of_[number - 1] != kNone) {
        block.successors.push_back(block_of_[number - 1]);
        break;
      }
      const Instruction& instruction = function_.instructions[number - 1];
      function_.order.push_back(number - 1);
      ++block.instruction_count;
      before = number;
      rva = instruction.rva + instruction.length;
      if (instruction.flow == ControlFlow::next) continue;
      if (instruction.flow == ControlFlow::jump || instruction.flow == ControlFlow::branch)
        link(block, instruction.target);
      if (instruction.flow == ControlFlow::branch) {
        // Both ways may leave the function; the fall-through is then found by the next range.
        const std::uint32_t leaves = block.leaves_to;
        link(block, rva);
        if (leaves != 0) block.leaves_to = leaves;
      }
      if (instruction.flow == ControlFlow::indirect_jump) {
        const auto table = std::lower_bound(tables_.begin(), tables_.end(), number - 1,
                                            [](const auto& entry, std::uint32_t jump) { return entry.first < jump; });
        block.unresolved_jump = table == tables_.end() || table->first != number - 1 || table->second.empty();
        if (!block.unresolved_jump) {
          for (const std::uint32_t target : table->second) link(block, target);
        }
      }
      break;
    }
    function_.blocks.push_back(std::move(block));
  }

  /// Most arithmetic sets flags that the next one overwrites, or that no branch of the block looks at.
  void drop_unread_comparisons(const Block& block) {
    const Instruction* last = last_instruction(function_, block);
    bool read = last != nullptr && last->flow == ControlFlow::branch && last->condition != Condition::other;
    for (std::uint32_t i = block.instruction_count; i-- > 0;) {
      Instruction& instruction = function_.instructions[function_.order[block.first_instruction + i]];
      for (std::uint32_t k = instruction.op_count; k-- > 0;) {
        const Op& op = function_.ops[instruction.first_op + k];
        if (op.kind == OpKind::select) read = true;
        if (op.kind != OpKind::compare) continue;
        // What is compared with a register may be where data end: that is recorded.
        if (!read && op.b == kNoReg && k + 1U == instruction.op_count) --instruction.op_count;
        read = false;
      }
    }
  }

  Machine& machine_;
  LiftedFunction& function_;
  std::vector<std::vector<std::uint32_t>> starts_;
  std::vector<std::uint32_t> leaders_;
  std::vector<std::uint32_t> block_of_;
  std::vector<std::pair<std::uint32_t, std::vector<std::uint32_t>>> tables_;  // ascending by jump
  std::unordered_set<std::uint32_t> funclets_;
  std::size_t edges_ = 0;
};

}  // namespace

LiftedFunction lift_function(Machine& machine, std::vector<CodeRange> ranges,
                             const std::vector<pe::ExceptionScope>& scopes) {
  LiftedFunction function;
  if (ranges.empty()) return function;
  function.rva = ranges.front().begin;
  function.ranges = std::move(ranges);
  Lifting lifting(machine, function);
  for (const CodeRange& range : function.ranges) lifting.sweep(range.begin);
  lifting.find_targets();
  lifting.build_blocks(scopes);
  carry_comparisons(function);
  return function;
}

}  // namespace scanner::trace
