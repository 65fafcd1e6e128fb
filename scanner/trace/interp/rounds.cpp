// How often a loop is entered that a comparison ends (BranchRefinement::rounds).
#include <algorithm>
#include <array>
#include <boost/container/static_vector.hpp>

#include "scanner/trace/interp/branch_refinement.hpp"

namespace scanner::trace {
namespace {

/// Per register: which number it holds, plus an offset. Numbers without a name get new ones.
class Offsets {
 public:
  Offsets() {
    for (Reg reg = 0; reg < kFirstWide; ++reg) held_[reg] = {reg, 0};
  }
  struct Sum {
    std::uint32_t number = 0;
    std::int64_t offset = 0;
  };
  [[nodiscard]] Sum of(Reg reg) const { return reg < kFirstWide ? held_[reg] : Sum{}; }

  void follow(const Op& op) {
    if (op.kind == OpKind::call) {
      for (Sum& sum : held_) sum = {next_++, 0};
    }
    if (op.dst >= kFirstWide) return;
    const bool whole = op.width >= 4 && !op.sign;
    const bool copies = op.kind == OpKind::copy && op.a < kFirstWide;
    const bool adds = op.kind == OpKind::alu && (op.alu == Alu::add || op.alu == Alu::sub) && op.b == kNoReg;
    const bool moves = op.kind == OpKind::lea && op.mem.base < kFirstWide && op.mem.index == kNoReg && !op.mem.in_image;
    Sum sum{next_++, 0};
    if (whole && (copies || (adds && op.a < kFirstWide))) sum = held_[op.a];
    if (whole && moves) sum = held_[op.mem.base];
    if (whole && adds && op.a < kFirstWide) {
      const auto by =
          op.width == 4 ? std::int64_t{static_cast<std::int32_t>(op.imm)} : static_cast<std::int64_t>(op.imm);
      sum.offset += op.alu == Alu::add ? by : -by;
    }
    if (whole && moves) sum.offset += op.mem.disp;
    held_[op.dst] = sum;
  }

 private:
  std::array<Sum, kFirstWide> held_{};
  std::uint32_t next_ = kRegCount;
};

}  // namespace

std::uint16_t BranchRefinement::rounds(const State& head, const Instruction& branch, bool taken,
                                       const LiftedFunction& function, const Block& block) const {
  for (unsigned side = 0; side < sides_.size(); ++side) {
    const std::optional<Bound> bound = bound_of(side, branch, taken, true);
    if (!bound) continue;
    const Atom* at_end = values_.only(sides_[side].value);
    if (at_end == nullptr) {
      if (const std::uint16_t rounds = rounds_of_second(head, side, *bound); rounds != 0) return rounds;
      continue;
    }
    const auto of_head = [&](ValueId value) {
      const Atom* at_head = values_.only(value);
      return at_head != nullptr ? rounds_of(*at_head, *at_end, *bound) : std::uint16_t{0};
    };
    for (Reg reg = 0; reg < 32; ++reg) {
      if (((sides_[side].registers >> reg) & 1) == 0) continue;
      if (const std::uint16_t rounds = of_head(head.registers[reg]); rounds != 0) return rounds;
    }
    if (sides_[side].stepped != kNoReg) {
      const Atom* at_head = values_.only(head.registers[sides_[side].stepped]);
      Atom next = *at_end;
      next.a = static_cast<std::uint64_t>(counted(next) + sides_[side].step);
      Bound later = *bound;
      later.limit += static_cast<std::uint64_t>(sides_[side].step);
      if (const std::uint16_t rounds = at_head != nullptr ? rounds_of(*at_head, next, later) : 0; rounds != 0)
        return rounds;
    }
    if (sides_[side].slot_width == 0) continue;
    const ValueId slot = frame_load(head, sides_[side].slot, sides_[side].slot_width, values_, abi_);
    if (const std::uint16_t rounds = of_head(slot); rounds != 0) return rounds;
  }
  return rounds_of_others(head, branch, taken, function, block);
}

/// From what `block` does with the number that it compared: `i + 1` is computed, `i` compared, then `i` becomes the
/// other.
std::uint16_t BranchRefinement::rounds_of_others(const State& head, const Instruction& branch, bool taken,
                                                 const LiftedFunction& function, const Block& block) const {
  Offsets sums;
  std::array<Offsets::Sum, 2> compared{};
  bool any = false;
  for (std::uint32_t i = 0; i < block.instruction_count; ++i) {
    const Instruction& instruction = function.instructions[function.order[block.first_instruction + i]];
    for (unsigned k = 0; k < instruction.op_count; ++k) {
      const Op& op = function.ops[instruction.first_op + k];
      if (op.kind == OpKind::compare) {
        compared = {sums.of(op.a), sums.of(op.b)};
        any = op.a != kNoReg;
      }
      sums.follow(op);
    }
  }
  for (unsigned side = 0; any && side < sides_.size(); ++side) {
    const Atom* at_end = values_.only(sides_[side].value);
    const std::optional<Bound> bound = is_single(1 - side) ? bound_of(side, branch, taken, true) : std::nullopt;
    if (!bound || at_end == nullptr || !at_end->is_number() || bound->in_image) continue;
    for (Reg reg = 0; reg < 32; ++reg) {
      const Offsets::Sum sum = sums.of(reg);
      const Atom* at_head = values_.only(head.registers[reg]);
      if (sum.number != compared[side].number || at_head == nullptr || !at_head->is_number()) continue;
      const std::int64_t step = sum.offset - compared[side].offset;
      Atom next = *at_end;
      next.a = static_cast<std::uint64_t>(counted(next) + step);
      Bound later = *bound;
      later.limit += static_cast<std::uint64_t>(step);
      if (const std::uint16_t rounds = rounds_of(*at_head, next, later); rounds != 0) return rounds;
    }
  }
  return 0;
}

/// Each of a few numbers made the same step: how often a loop is entered at most. 0 when that is not known.
std::uint16_t BranchRefinement::most_rounds(std::span<const Atom> at_head, std::span<const Atom> at_end,
                                            const Bound& bound) {
  const auto numbers = [](std::span<const Atom> atoms) { return std::ranges::all_of(atoms, &Atom::is_constant); };
  if (at_head.size() < 2 || at_head.size() != at_end.size() || !numbers(at_head) || !numbers(at_end)) return 0;
  std::uint16_t most = 0;
  const std::int64_t step = counted(at_end[0]) - counted(at_head[0]);
  for (std::size_t i = 0; i < at_head.size(); ++i) {
    const bool same = counted(at_end[i]) - counted(at_head[i]) == step;
    const std::uint16_t rounds = same ? rounds_of(at_head[i], at_end[i], bound) : std::uint16_t{0};
    // What does not go around once more ends here.
    if (rounds == 0 && (!same || bound.holds(at_end[i].a))) return 0;
    most = std::max(most, rounds);
  }
  return most;
}

/// The second time around: {c, c + d} became {c + d, c + 2d} (ValuePool::join_loop). Or a counter begins with one of a
/// few numbers: then the largest number of rounds counts.
std::uint16_t BranchRefinement::rounds_of_second(const State& head, unsigned side, const Bound& bound) const {
  const Side& compared = sides_[side];
  const auto at_end = values_.atoms(compared.value);
  for (Reg reg = 0; reg < kFirstWide; ++reg) {
    if (((compared.registers >> reg) & 1) == 0) continue;
    if (const std::uint16_t rounds = most_rounds(values_.atoms(head.registers[reg]), at_end, bound); rounds != 0)
      return rounds;
  }
  if (compared.stepped == kNoReg) return 0;
  boost::container::static_vector<Atom, ValuePool::kCap> stepped(at_end.begin(), at_end.end());
  for (Atom& atom : stepped) atom.a = static_cast<std::uint64_t>(counted(atom) + compared.step);
  Bound later = bound;
  later.limit += static_cast<std::uint64_t>(compared.step);
  return most_rounds(values_.atoms(head.registers[compared.stepped]), {stepped.data(), stepped.size()}, later);
}

}  // namespace scanner::trace
