#include "scanner/trace/isa/x86/callee_stack.hpp"

#include <algorithm>
#include <vector>

namespace scanner::trace::x86 {
namespace {

constexpr std::size_t kLongestWalk = 4000;  // instructions
constexpr std::size_t kLongestHelper = 48;
constexpr unsigned kDeepestNesting = 3;

/// Addresses of instructions: a walk asks for one at every step, and most walks are short.
class SeenAddresses {
 public:
  /// False: it was among them.
  bool insert(std::uint32_t rva) {
    if (2 * (count_ + 1) > slots_.size()) grow();
    std::uint64_t& slot = find(rva);
    if (slot != 0) return false;
    slot = std::uint64_t{rva} + 1;
    ++count_;
    return true;
  }
  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  std::uint64_t& find(std::uint32_t rva) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = (rva * 0x9E3779B1U >> 8) & mask;
    while (slots_[at] != 0 && slots_[at] != std::uint64_t{rva} + 1) at = (at + 1) & mask;
    return slots_[at];
  }
  void grow() {
    constexpr std::size_t kFirst = 64;
    std::vector<std::uint64_t> old(slots_.empty() ? kFirst : 2 * slots_.size(), 0);
    old.swap(slots_);
    for (const std::uint64_t slot : old) {
      if (slot != 0) find(static_cast<std::uint32_t>(slot - 1)) = slot;
    }
  }

  std::vector<std::uint64_t> slots_;  // RVA + 1, or 0; a power of two
  std::size_t count_ = 0;
};

}  // namespace

/// One walk over a function's code, following both ways of every branch.
struct LocalCallees::Walk {
  std::vector<std::uint32_t> waiting;
  SeenAddresses seen;
  std::vector<std::uint32_t> order;    // instructions as they were met
  std::vector<std::uint32_t> removed;  // what returns and tail jumps take off
  bool straight = true;                // no branch so far
  bool calls = false;                  // calls something other than a helper that leaves the stack alone
  bool puzzled = false;                // leaves in a way nobody knows
};

LocalCallees::LocalCallees(X86Machine& machine, const ImportTable& imports, Budget& budget)
    : machine_(machine), image_(machine.image()), imports_(imports), budget_(budget) {}

const CalleeStack& LocalCallees::of(std::uint32_t rva) {
  const auto [at, fresh] = known_.emplace(rva, CalleeStack{});
  if (!fresh) return at->second;
  const CalleeStack found = look_at(rva);
  return known_[rva] = found;
}

/// Number of the import whose slot the operand of a `call [slot]` or `jmp [slot]` names, or -1.
int LocalCallees::import_at_operand(pe::Bytes code) const {
  const auto field = code.read<std::uint32_t>(2);
  const auto slot = field ? image_.rva_of_va(*field) : std::nullopt;
  return slot ? imports_.at(*slot) : -1;
}

void LocalCallees::visit(std::uint32_t rva, Walk& walk) {
  const pe::Section* section = nullptr;
  const SweptSection* swept = nullptr;
  pe::Bytes all;  // of the section
  while (walk.seen.size() < kLongestWalk && walk.seen.insert(rva)) {
    if (section == nullptr || !section->contains(rva)) {
      section = image_.section_at(rva);
      if (section == nullptr) return;
      all = image_.from_rva(section->rva);
      swept = machine_.swept_at(section->rva);
    }
    const pe::Bytes code = all.from(rva - section->rva);
    if (code.empty() || !section->executable()) return;
    const Instruction instruction = machine_.measured_at(swept, code, rva);
    walk.order.push_back(rva);
    const std::uint32_t next = rva + instruction.length;
    switch (instruction.flow) {
      case ControlFlow::undecodable:
      case ControlFlow::trap: return;
      case ControlFlow::ret:
        walk.removed.push_back(code[0] == 0xC2 ? code.read<std::uint16_t>(1).value_or(0) : 0U);
        return;
      case ControlFlow::jump: rva = instruction.target; continue;
      case ControlFlow::branch:
        walk.straight = false;
        walk.waiting.push_back(instruction.target);
        break;
      case ControlFlow::indirect_jump: {
        walk.straight = false;
        const int import = code[0] == 0xFF && code[1] == 0x25 ? import_at_operand(code) : -1;
        if (import >= 0) {
          const int bytes = imports_[static_cast<std::size_t>(import)].stack_bytes;
          if (bytes >= 0) walk.removed.push_back(static_cast<std::uint32_t>(bytes));
        } else {
          // A switch: any of its cases tells.
          for (std::uint32_t i = 2; i + 4 <= instruction.length; ++i) {
            const auto table =
                machine_.fields().at(rva + i) ? image_.rva_of_va(*code.read<std::uint32_t>(i)) : std::nullopt;
            const auto entry = table ? image_.load(*table, 4) : std::nullopt;
            if (const auto target = entry ? image_.rva_of_va(*entry) : std::nullopt) walk.waiting.push_back(*target);
          }
          walk.puzzled = true;
        }
        return;
      }
      case ControlFlow::next: break;
    }
    if (code[0] == 0xE8) {
      const std::uint32_t target = next + code.read<std::uint32_t>(1).value_or(0);
      const bool harmless = nested_ < kDeepestNesting && walk.order.size() < kLongestHelper && walk.straight &&
                            of(target).kind == CalleeStack::Kind::removes && of(target).bytes == 0;
      walk.calls = walk.calls || !harmless;
    } else if (code[0] == 0xFF && (code[1] & 0x38) == 0x10) {
      walk.calls = true;
      const int import = code[1] == 0x15 ? import_at_operand(code) : -1;
      if (import >= 0 && imports_[static_cast<std::size_t>(import)].routine == KnownRoutine::no_return) return;
    }
    rva = next;
  }
}

/// Does the short function leave the stack pointer elsewhere than it found it, or move it in a way that only its own
/// code tells? Lifts it on the way.
bool LocalCallees::moves_stack(const Walk& walk, LiftedFunction& body) {
  for (const std::uint32_t rva : walk.order) {
    Instruction instruction = machine_.decode(image_.from_rva(rva), rva, body);
    body.instructions.push_back(instruction);
  }
  std::int64_t depth = 0;
  bool computed = false;
  for (const Op& op : body.ops) {
    if (op.dst != kStackPointer) continue;
    if (op.kind == OpKind::alu && op.alu == Alu::add && op.a == kStackPointer && op.b == kNoReg) {
      depth += static_cast<std::int32_t>(op.imm);
    } else if (op.kind == OpKind::alu && op.alu == Alu::sub && op.a == kStackPointer && op.b == kNoReg) {
      depth -= static_cast<std::int32_t>(op.imm);
    } else {
      computed = true;
    }
  }
  return computed || depth != 0;
}

CalleeStack LocalCallees::look_at(std::uint32_t rva) {
  if (budget_.used_up()) return {};
  ++nested_;
  Walk walk;
  walk.waiting.push_back(rva);
  while (!walk.waiting.empty()) {
    const std::uint32_t next = walk.waiting.back();
    walk.waiting.pop_back();
    visit(next, walk);
  }
  --nested_;
  constexpr std::uint64_t kStepsOfInstruction = 4;
  budget_.spend(kStepsOfInstruction * walk.order.size());
  CalleeStack found;
  if (!walk.calls && walk.order.size() <= kLongestHelper && !walk.removed.empty()) {
    auto body = std::make_unique<LiftedFunction>();
    body->rva = rva;
    const bool moves = moves_stack(walk, *body);
    if (moves && walk.straight) {
      found.kind = CalleeStack::Kind::inlined;
      found.body = body.get();
      bodies_.push_back(std::move(body));
      return found;
    }
    // `xchg esp, eax` or `mov esp, ecx` between branches: the probe of large frames.
    const bool probe = std::any_of(body->ops.begin(), body->ops.end(), [](const Op& op) {
      return op.kind == OpKind::copy && op.dst == kStackPointer && op.a != kFramePointer && op.a != kStackPointer;
    });
    if (probe) {
      found.kind = CalleeStack::Kind::probe;
      return found;
    }
  }
  if (walk.removed.empty()) {
    // Never returns, as far as was seen: what stands behind the call does not matter.
    if (!walk.puzzled && walk.seen.size() < kLongestWalk) found.kind = CalleeStack::Kind::removes;
    return found;
  }
  const bool agree = std::all_of(walk.removed.begin(), walk.removed.end(),
                                 [&walk](std::uint32_t bytes) { return bytes == walk.removed.front(); });
  if (!agree) return found;
  found.kind = CalleeStack::Kind::removes;
  found.bytes = walk.removed.front();
  return found;
}

std::unique_ptr<CalleeStacks> X86Machine::callee_stacks(const ImportTable& imports, Budget& budget) {
  return std::make_unique<LocalCallees>(*this, imports, budget);
}

}  // namespace scanner::trace::x86
