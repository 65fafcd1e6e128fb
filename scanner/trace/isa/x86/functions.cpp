// Where functions begin and end on x86, which has no .pdata: from calls, exports, the entry point, pointers to code and
// padding.
#include <algorithm>
#include <bit>
#include <iterator>

#include "scanner/trace/image/rva_sort.hpp"
#include "scanner/trace/isa/x86/machine.hpp"

namespace scanner::trace::x86 {
namespace {

/// Printable bytes, or UTF-16 of them.
bool is_text(pe::Bytes code) {
  constexpr std::size_t kShortest = 8;
  if (code.size() < kShortest) return false;
  const auto printable = [](std::uint8_t byte) {
    return (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\r';
  };
  bool narrow = true, wide = true;
  for (std::size_t i = 0; i < kShortest; ++i) {
    narrow = narrow && printable(code[i]);
    wide = wide && (i % 2 == 0 ? printable(code[i]) : code[i] == 0);
  }
  return narrow || wide;
}

/// Bytes to the end of the text, its NUL included.
std::uint32_t length_of_text(pe::Bytes code) {
  const std::uint32_t unit = code[1] == 0 ? 2 : 1;
  std::uint32_t at = 0;
  while (at + unit < code.size() && code[at] != 0) at += unit;
  return at + unit;
}

/// {level, filter or 0, handler}: such pointers lead into the middle of a function.
bool in_scope_table(const pe::Image& image, const RelocatedFields& fields, std::uint32_t word) {
  const auto filter_before = image.load(word - 4, 4);
  const bool handler = is_level(image, fields, word - 8) && (filter_before == 0U || fields.at(word - 4));
  const bool filter = is_level(image, fields, word - 4) && code_word(image, fields, word + 4);
  return handler || filter;
}

/// Is an RVA in the list? For questions in ascending order.
class Cursor {
 public:
  explicit Cursor(const std::vector<std::uint32_t>& list) : at_(list.begin()), end_(list.end()) { step(); }
  bool holds(std::uint32_t rva) { return next(rva) == rva; }
  /// The first in the list that is not before `rva`.
  std::uint32_t next(std::uint32_t rva) {
    while (found_ < rva) step();
    return found_;
  }

 private:
  void step() { found_ = at_ != end_ ? *at_++ : 0xFFFFFFFFU; }

  std::vector<std::uint32_t>::const_iterator at_, end_;  // behind `found_`
  std::uint32_t found_ = 0;
};

/// `push ebp; mov ebp, esp`, perhaps behind `mov edi, edi`: what is pointed at and begins so is a function, whatever
/// the bytes before it look like (a text that is too short to be recognised reaches into it).
bool is_prolog(pe::Bytes code) {
  const std::size_t at = code.size() >= 2 && code[0] == 0x8B && code[1] == 0xFF ? 2 : 0;
  if (code.size() < at + 3 || code[at] != 0x55) return false;
  // Both encodings of the move: Microsoft's and the GNU assembler's.
  return (code[at + 1] == 0x8B && code[at + 2] == 0xEC) || (code[at + 1] == 0x89 && code[at + 2] == 0xE5);
}

class Splitter {
 public:
  Splitter(X86Machine& machine, const KnownStarts& known)
      : machine_(machine),
        image_(machine.image()),
        fields_(machine.fields()),
        sure_(known.sure.begin(), known.sure.end()) {
    const pe::Image& image = image_;
    for (const Reference& reference : known.index.addresses) likely_.push_back(reference.target);
    for (const std::uint32_t word : known.index.data_pointers) {
      const pe::Section* holder = image.section_at(word);
      if (holder == nullptr || holder->executable() || in_scope_table(image, fields_, word)) continue;
      if (const auto target = code_word(image, fields_, word)) likely_.push_back(*target);
    }
    // Old linkers put texts between the functions; their addresses are passed on like those of functions.
    std::erase_if(likely_, [&image](std::uint32_t rva) { return is_text(image.from_rva(rva)); });
    sort_rvas(likely_);
    std::copy_if(likely_.begin(), likely_.end(), std::back_inserter(sure_),
                 [&image](std::uint32_t rva) { return is_prolog(image.from_rva(rva)); });
    sort_rvas(sure_);
  }

  std::vector<CodeRange> run(std::uint32_t begin, std::uint32_t end) {
    swept_ = machine_.swept_at(begin);
    Cursor sure_starts(sure_), likely_starts(likely_);
    const pe::Bytes all = image_.from_rva(begin);
    for (std::uint32_t at = begin; at < end;) {
      if (start_ != 0) at = skip_quiet(at, std::min({end, sure_starts.next(at), likely_starts.next(at)}));
      if (at >= end) break;
      if (start_ == 0) at = skip_breakpoints(all, begin, at, std::min(end, sure_starts.next(at)));
      const pe::Bytes code = all.from(at - begin);
      if (at >= end || code.empty()) break;
      const bool sure = sure_starts.holds(at), pointed_at = likely_starts.holds(at);
      const bool behind = ended_ && at > furthest_;  // nothing of the function so far leads here
      if (start_ != 0 && (sure || (behind && pointed_at))) close(at);
      const Instruction instruction = machine_.measured_at(swept_, code, at);
      if (start_ == 0 && !sure && is_text(code)) {
        at += length_of_text(code);
        continue;
      }
      const bool row = code.size() > 2 && code[0] == 0xCC && code[1] == 0xCC && code[2] == 0xCC;
      if (row && !sure) close(at);  // no function holds a row of breakpoints
      const bool filler = instruction.padding || code[0] == 0 || instruction.flow == ControlFlow::undecodable;
      const bool likely = !single_byte_filler(code, instruction) && pointed_at;
      if (filler && !sure && !likely && (start_ == 0 || (ended_ && at > furthest_))) {
        close(at);
        at += code[0] == 0 ? 1U : instruction.length;
        continue;
      }
      if (start_ == 0) {
        start_ = at;
        furthest_ = 0;
        next_sure_ = next_after(at);
      }
      follow(code, instruction, end);
      at += step_to_start(at, instruction.length);
    }
    close(end);
    return std::move(functions_);
  }

 private:
  /// Over instructions that only lead to the next one, as long as they end before `limit`.
  std::uint32_t skip_quiet(std::uint32_t at, std::uint32_t limit) {
    if (swept_ == nullptr) return at;
    const std::uint8_t* const steps = swept_->steps.data();
    const std::uint32_t first = swept_->rva,
                        last = std::min(limit - first, static_cast<std::uint32_t>(swept_->steps.size()));
    const std::uint32_t begin = at - first;
    std::uint32_t offset = begin;
    while (offset < last) {
      const std::uint8_t step = steps[offset];
      const std::uint32_t next = offset + (step & SweptSection::kLength);
      if ((step & SweptSection::kQuiet) == 0 || next > limit - first) break;
      offset = next;
    }
    if (offset != begin) ended_ = false;
    return first + offset;
  }

  /// Between functions they are only filler.
  std::uint32_t skip_breakpoints(pe::Bytes all, std::uint32_t begin, std::uint32_t at, std::uint32_t limit) const {
    if (swept_ == nullptr) return at;
    const std::size_t known = swept_->steps.size();
    while (at < limit && at - begin < all.size() && all[at - begin] == 0xCC && at - swept_->rva < known &&
           swept_->steps[at - swept_->rva] == 1)
      ++at;
    return at;
  }

  static bool holds(const std::vector<std::uint32_t>& list, std::uint32_t rva) {
    return std::binary_search(list.begin(), list.end(), rva);
  }

  /// A pointer may lead to `mov edi, edi`, but hardly to these.
  static bool single_byte_filler(pe::Bytes code, const Instruction& instruction) {
    return code[0] == 0 || code[0] == 0x90 || code[0] == 0xCC || instruction.flow == ControlFlow::undecodable;
  }

  [[nodiscard]] std::uint32_t next_after(std::uint32_t rva) const {
    const auto next = std::upper_bound(sure_.begin(), sure_.end(), rva);
    return next == sure_.end() ? 0xFFFFFFFFU : *next;
  }

  void close(std::uint32_t end) {
    if (start_ != 0 && end > start_) functions_.push_back({start_, end});
    start_ = 0;
  }

  /// Bytes between functions may look like an instruction that reaches into the next one.
  [[nodiscard]] std::uint32_t step_to_start(std::uint32_t at, std::uint32_t length) const {
    return next_sure_ > at && next_sure_ < at + length ? next_sure_ - at : length;
  }

  void reaches(std::uint32_t target) {
    if (target > start_ && target < next_sure_) furthest_ = std::max(furthest_, target);
  }

  void follow(pe::Bytes code, const Instruction& instruction, std::uint32_t end) {
    ended_ = instruction.flow == ControlFlow::ret || instruction.flow == ControlFlow::jump ||
             instruction.flow == ControlFlow::trap || instruction.flow == ControlFlow::indirect_jump ||
             instruction.flow == ControlFlow::undecodable;
    const bool branches = instruction.flow == ControlFlow::jump || instruction.flow == ControlFlow::branch;
    // A jump to what others point at is a tail call.
    const bool tail = instruction.flow == ControlFlow::jump && holds(likely_, instruction.target);
    if (branches && !tail && instruction.target < end) reaches(instruction.target);
    // [register * 4 + table]: the cases of a switch belong to the function.
    if (instruction.length < 5) return;
    std::uint32_t left = fields_.among(instruction.rva, instruction.length - 3U) & ~1U;
    for (; left != 0; left &= left - 1) {
      const std::uint32_t field = instruction.rva + static_cast<std::uint32_t>(std::countr_zero(left));
      const auto value = image_.load(field, 4);
      const auto table = value ? image_.rva_of_va(*value) : std::nullopt;
      // Most name no table: that is asked first, because it costs less than what the instruction does with the address.
      if (!table || !fields_.at(*table) || machine_.takes_address(code, instruction.rva, field)) continue;
      constexpr std::uint32_t kMostCases = 1024;
      for (std::uint32_t k = 0; k < kMostCases; ++k) {
        const auto target = code_word(image_, fields_, *table + 4 * k);
        if (!target || *target <= start_ || *target >= next_sure_) break;
        reaches(*target);
      }
    }
  }

  X86Machine& machine_;
  const pe::Image& image_;
  const RelocatedFields& fields_;
  const SweptSection* swept_ = nullptr;  // the section that is being split
  std::vector<std::uint32_t> sure_;
  std::vector<std::uint32_t> likely_;  // addresses that code or data hold
  std::vector<CodeRange> functions_;
  std::uint32_t start_ = 0;     // of the function being walked over, 0 when between functions
  std::uint32_t furthest_ = 0;  // address that code of this function jumps to
  std::uint32_t next_sure_ = 0xFFFFFFFFU;
  bool ended_ = true;  // the last instruction does not fall through
};

}  // namespace

std::vector<CodeRange> X86Machine::split(const KnownStarts& known, CodeRange code) {
  return Splitter(*this, known).run(code.begin, code.end);
}

}  // namespace scanner::trace::x86
