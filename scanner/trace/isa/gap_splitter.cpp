#include "scanner/trace/isa/gap_splitter.hpp"

#include <algorithm>

namespace scanner::trace {
namespace {

bool holds(std::span<const std::uint32_t> list, std::uint32_t rva) {
  return std::binary_search(list.begin(), list.end(), rva);
}

bool falls_through(ControlFlow flow) {
  return flow != ControlFlow::ret && flow != ControlFlow::jump && flow != ControlFlow::trap &&
         flow != ControlFlow::indirect_jump;
}

class GapSplitter {
 public:
  GapSplitter(Machine& machine, const KnownStarts& known, CodeRange gap, const CodeLayout& layout)
      : machine_(machine), known_(known), gap_(gap), layout_(layout) {}

  std::vector<CodeRange> run() {
    const pe::Bytes all = machine_.image().from_rva(gap_.begin);
    const pe::Bytes code = all.slice(0, std::min<std::size_t>(all.size(), gap_.end - gap_.begin)).value_or(pe::Bytes{});
    for (std::size_t at = 0; at < code.size();) at += step(gap_.begin + static_cast<std::uint32_t>(at), code.from(at));
    close(gap_.begin + static_cast<std::uint32_t>(code.size()));
    return std::move(functions_);
  }

 private:
  /// `code` begins at `rva`. Bytes to the next step.
  std::uint32_t step(std::uint32_t rva, pe::Bytes code) {
    const bool known = holds(known_.likely, rva);
    const bool surely = known && begins(rva);
    // What this function branches over is inside it, whatever stands there.
    const bool inside = start_ != 0 && rva <= branched_to_;
    if (start_ != 0 && known && ((ended_ && !inside) || surely)) close(rva);
    // Nothing before jumps here: where functions begin, another one does. One that ends on such a place has no padding.
    if (start_ != 0 && ended_ && !table_ && furthest_ < rva && rva % layout_.alignment == 0) close(rva);
    const Instruction instruction = machine_.decode_length(code, rva);
    const bool zeros = layout_.zeros_fill && code[0] == 0;
    // What only looks like a reference into padding does not make it a function; a call of it does.
    if (ended_ && !surely && !inside && (instruction.padding || zeros)) {
      // Cases of a jump by a table are aligned, too.
      if (!behind_table_) close(rva);
      return zeros ? 1 : instruction.length;
    }
    if (start_ == 0) {
      start_ = rva;
      furthest_ = 0;
      branched_to_ = 0;
      garbage_ = false;
      table_ = behind_table_ = false;
    }
    if (instruction.flow == ControlFlow::jump || instruction.flow == ControlFlow::branch)
      furthest_ = std::max(furthest_, instruction.target < gap_.end ? instruction.target : 0);
    garbage_ = garbage_ || instruction.flow == ControlFlow::undecodable;
    if (garbage_) branched_to_ = 0;  // texts are full of jumps
    const bool ahead = instruction.target > rva && instruction.target < gap_.end;
    if (!garbage_ && ahead && instruction.flow == ControlFlow::branch && !starts_between(rva, instruction.target))
      branched_to_ = std::max(branched_to_, instruction.target);
    behind_table_ = instruction.flow == ControlFlow::indirect_jump && layout_.jumps_by_table(machine_.image(), rva);
    table_ = table_ || behind_table_;
    ended_ = !falls_through(instruction.flow);
    // Tables stand between functions: what is read out of them may reach over the beginning of one.
    const std::uint32_t start = garbage_ || table_ ? begins_within(rva, rva + instruction.length) : 0;
    return start != 0 ? start - rva : instruction.length;
  }

  /// Is a function at `rva` called, or known to begin there? Behind a table in the code it is enough that a word of the
  /// data or a register gets its address.
  [[nodiscard]] bool begins(std::uint32_t rva) const {
    if (holds(known_.sure, rva) || called(rva)) return true;
    const auto computed = [this](const Reference& reference) { return machine_.computes_address(reference); };
    return garbage_ &&
           (holds(known_.held, rva) || std::ranges::any_of(Index::to(known_.index.addresses, rva), computed));
  }

  /// The first such function behind `low`, before `high`; 0: none.
  [[nodiscard]] std::uint32_t begins_within(std::uint32_t low, std::uint32_t high) const {
    auto at = std::upper_bound(known_.likely.begin(), known_.likely.end(), low);
    while (at != known_.likely.end() && *at < high && !begins(*at)) ++at;
    return at != known_.likely.end() && *at < high ? *at : 0;
  }

  /// A call leads to the middle of a function: a second entry, or bytes that only look like a call. Calls are believed,
  /// jumps are not.
  [[nodiscard]] bool called(std::uint32_t rva) const {
    for (const Reference& reference : Index::to(known_.index.calls, rva)) {
      const auto call = machine_.direct_call_at(reference);
      if (call && known_.is_boundary(*call)) return true;
    }
    return false;
  }

  /// Is it known that a function begins behind `low`, but not behind `high`?
  [[nodiscard]] bool starts_between(std::uint32_t low, std::uint32_t high) const {
    const auto next = std::upper_bound(known_.sure.begin(), known_.sure.end(), low);
    return next != known_.sure.end() && *next <= high;
  }

  void close(std::uint32_t end) {
    if (start_ != 0) functions_.push_back({start_, end});
    start_ = 0;
  }

  Machine& machine_;
  const KnownStarts& known_;
  const CodeRange gap_;
  const CodeLayout& layout_;
  std::vector<CodeRange> functions_;
  std::uint32_t start_ = 0;        // of the function being walked over, 0 when between functions
  std::uint32_t furthest_ = 0;     // target of a jump in this function
  std::uint32_t branched_to_ = 0;  // the same of conditional jumps, which are hardly ever tail calls
  bool garbage_ = false;           // it holds what is no instruction
  bool table_ = false;             // it jumps by a table
  bool behind_table_ = false;      // the last instruction does, padding left out
  bool ended_ = true;              // the last instruction does not fall through
};

}  // namespace

std::vector<CodeRange> split_gap(Machine& machine, const KnownStarts& known, CodeRange gap, const CodeLayout& layout) {
  return GapSplitter(machine, known, gap, layout).run();
}

}  // namespace scanner::trace
