// Jump tables of x64 and x86: from the operations before the jump, as far back as a `switch` reaches.
#include <algorithm>
#include <optional>

#include "scanner/trace/isa/x86/machine.hpp"

namespace scanner::trace::x86 {
namespace {

/// The operations of instruction `number` and of those before it that may belong to the same `switch`, latest first.
std::vector<const Op*> operations_before(const LiftedFunction& function, std::size_t number) {
  constexpr std::size_t kLookBack = 40;
  const std::size_t first = number > kLookBack ? number - kLookBack : 0;
  std::vector<const Op*> ops;
  for (std::size_t i = number + 1; i-- > first;) {
    const Instruction& instruction = function.instructions[i];
    for (unsigned k = instruction.op_count; k-- > 0;) ops.push_back(&function.ops[instruction.first_op + k]);
  }
  return ops;
}

/// The address in the image that `reg` holds ahead of `ops[from]`, when it was the last thing loaded there.
std::optional<std::uint64_t> address_in(const std::vector<const Op*>& ops, Reg reg, std::size_t from) {
  for (std::size_t i = from; i < ops.size(); ++i) {
    if (ops[i]->dst == reg) return ops[i]->kind == OpKind::address ? std::optional(ops[i]->imm) : std::nullopt;
  }
  return std::nullopt;
}

bool loads_entry(const Op* op) {
  return op->kind == OpKind::load && op->mem.index != kNoReg && (op->mem.scale == 4 || op->mem.scale == 8);
}

/// The table that an entry is loaded from by an index which was scaled before: either register may hold it.
std::optional<std::uint64_t> table_beside_index(const std::vector<const Op*>& ops, std::size_t at) {
  const Op& op = *ops[at];
  const bool plain = op.kind == OpKind::load && op.width == 4 && op.mem.index != kNoReg && op.mem.scale == 1;
  if (!plain || op.mem.in_image || op.mem.disp != 0) return std::nullopt;
  const auto by_index = address_in(ops, op.mem.index, at + 1);
  return by_index ? by_index : address_in(ops, op.mem.base, at + 1);
}

/// The table to whose address a scaled index was added before an entry is loaded from there.
std::optional<std::uint64_t> table_below_index(const std::vector<const Op*>& ops, std::size_t at) {
  const Op& op = *ops[at];
  const bool plain = op.kind == OpKind::load && op.width == 4 && op.mem.index == kNoReg && op.mem.base != kNoReg;
  if (!plain || op.mem.in_image || op.mem.disp != 0) return std::nullopt;
  for (std::size_t i = at + 1; i < ops.size(); ++i) {
    if (ops[i]->dst != op.mem.base) continue;
    const bool sum = ops[i]->kind == OpKind::alu && ops[i]->alu == Alu::add && ops[i]->b != kNoReg;
    return sum ? address_in(ops, ops[i]->b, i + 1) : std::nullopt;
  }
  return std::nullopt;
}

/// Is what `ops[entry]` loads, and perhaps something added to it, what the jump `ops[0]` goes to? There are other jumps
/// behind one by a table: those that end a case by way of an import.
bool decides_jump(const std::vector<const Op*>& ops, std::size_t entry) {
  const auto bit = [](Reg reg) { return reg < kFirstWide ? std::uint64_t{1} << reg : 0; };
  std::uint64_t wanted = bit(ops.front()->a);
  for (std::size_t i = 1; i < entry && wanted != 0; ++i) {
    const Op& op = *ops[i];
    if (op.dst == kNoReg || (wanted & bit(op.dst)) == 0) continue;
    wanted &= ~bit(op.dst);
    if (op.kind == OpKind::copy || op.kind == OpKind::alu) wanted |= bit(op.a) | bit(op.b);
    if (op.kind == OpKind::lea) wanted |= bit(op.mem.base) | bit(op.mem.index);
  }
  return (wanted & bit(ops[entry]->dst)) != 0;
}

/// How many entries of the table that `index` chooses at the jump are certain: a comparison right before, and the
/// branch that larger numbers take. 0: nobody tells.
std::uint32_t entries_below(const LiftedFunction& function, std::size_t jump, Reg index) {
  constexpr std::size_t kLookBack = 6;
  constexpr std::uint64_t kMost = 1024;
  Condition leaves = Condition::other;
  for (std::size_t i = jump; i-- > 0 && i + kLookBack >= jump;) {
    const Instruction& instruction = function.instructions[i];
    if (instruction.flow == ControlFlow::branch) {
      leaves = instruction.condition;
      const bool larger = leaves == Condition::above || leaves == Condition::above_equal;
      if (!larger || instruction.signed_condition) return 0;
    }
    for (unsigned k = instruction.op_count; k-- > 0;) {
      const Op& op = function.ops[instruction.first_op + k];
      if (op.kind == OpKind::compare && leaves != Condition::other) {
        const bool bounds = op.a == index && op.b == kNoReg && op.width == 4 && !op.unknown && op.imm < kMost;
        return bounds ? static_cast<std::uint32_t>(op.imm) + (leaves == Condition::above ? 1 : 0) : 0;
      }
      if (op.dst == index) return 0;
    }
  }
  return 0;
}

/// A table ends where an entry leads out of the function, or (x86) is no address.
class TableReader {
 public:
  TableReader(const pe::Image& image, const RelocatedFields* relocated, const LiftedFunction& function)
      : image_(image), relocated_(relocated), function_(function) {}

  /// Entries are addresses. So many of them may lead to blocks of the function that stand elsewhere.
  [[nodiscard]] std::vector<std::uint32_t> absolute(std::uint64_t table, std::uint32_t certain = 0) const {
    return read(
        table, image_.is_64() ? 8 : 4,
        [this](std::uint64_t value) -> std::uint64_t { return image_.rva_of_va(value).value_or(0); }, certain);
  }
  /// Entries are signed distances from `base`.
  [[nodiscard]] std::vector<std::uint32_t> relative(std::uint64_t table, std::uint64_t base) const {
    return read(table, 4, [base](std::uint64_t value) {
      return base + static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(value)));
    });
  }

 private:
  template <typename Target>
  [[nodiscard]] std::vector<std::uint32_t> read(std::uint64_t table, unsigned width, Target target_of,
                                                std::uint32_t certain = 0) const {
    constexpr std::uint32_t kMaxEntries = 1024;
    std::vector<std::uint32_t> targets;
    for (std::uint32_t i = 0; i < kMaxEntries; ++i) {
      if (relocated_ != nullptr && !relocated_->empty() && !relocated_->at(static_cast<std::uint32_t>(table + i * 4)))
        break;
      const auto value = image_.load(static_cast<std::uint32_t>(table + i * std::uint64_t{width}), width);
      if (!value) break;
      const std::uint64_t target = target_of(*value);
      if (!inside(target) && (i >= certain || !is_code(target))) break;
      targets.push_back(static_cast<std::uint32_t>(target));
    }
    return targets;
  }

  [[nodiscard]] bool inside(std::uint64_t rva) const {
    return std::any_of(function_.ranges.begin(), function_.ranges.end(),
                       [rva](const CodeRange& range) { return rva >= range.begin && rva < range.end; });
  }

  [[nodiscard]] bool is_code(std::uint64_t rva) const {
    const pe::Section* section = image_.section_at(static_cast<std::uint32_t>(rva));
    return section != nullptr && section->executable();
  }

  const pe::Image& image_;
  const RelocatedFields* relocated_;
  const LiftedFunction& function_;
};

}  // namespace

std::vector<std::uint32_t> CommonMachine::jump_table(const LiftedFunction& function, std::size_t number) {
  const RelocatedFields* relocated = addresses_.relocated();
  // Look back for the load of the table entry, the addition of a base, and what was last loaded into their registers.
  const std::vector<const Op*> ops = operations_before(function, number);
  auto entry = std::find_if(ops.begin(), ops.end(), loads_entry);
  std::optional<std::uint64_t> start;
  for (auto at = ops.begin(); at != entry; ++at) {
    const auto place = static_cast<std::size_t>(at - ops.begin());
    start = abi().word == 4 ? table_below_index(ops, place) : std::nullopt;
    if (!start) start = table_beside_index(ops, place);
    if (!start) continue;
    entry = at;
    break;
  }
  if (entry == ops.end() || ops.front()->kind != OpKind::jump) return {};
  if (!decides_jump(ops, static_cast<std::size_t>(entry - ops.begin()))) return {};
  const TableReader reader(image(), relocated, function);
  const Mem& mem = (*entry)->mem;
  const auto position = static_cast<std::size_t>(entry - ops.begin());
  const unsigned word = abi().word;
  if ((*entry)->width == word && mem.in_image) {
    const bool relocations = relocated != nullptr && !relocated->empty();
    return reader.absolute(static_cast<std::uint64_t>(mem.disp),
                           relocations ? entries_below(function, number, mem.index) : 0);
  }
  if (!start) start = address_in(ops, mem.base, position + 1);
  if (!start) return {};
  const std::uint64_t table = *start + static_cast<std::uint64_t>(mem.disp);
  if ((*entry)->width == word) return reader.absolute(table);
  // The base is what is added to the entry: the image base (MSVC), the table itself (clang, gcc), or some label nearby.
  for (std::size_t i = 0; i < position; ++i) {
    if (ops[i]->kind != OpKind::alu || ops[i]->alu != Alu::add || ops[i]->b == kNoReg) continue;
    for (const Reg reg : {ops[i]->b, ops[i]->a}) {
      const auto base = address_in(ops, reg, i + 1);
      if (!base) continue;
      if (auto targets = reader.relative(table, *base); !targets.empty()) return targets;
    }
  }
  return {};
}

}  // namespace scanner::trace::x86
