// Jump tables of ARM64, read from the words before the jump: the load of an entry, the label that it is added to, and
// the comparison that bounds the index.
#include <algorithm>
#include <bit>
#include <optional>
#include <vector>

#include "scanner/trace/isa/arm64/machine.hpp"

namespace scanner::trace::arm64 {
namespace {

constexpr std::uint32_t kWordBytes = 4;

/// The last instruction before `number` that writes `reg`, in address order, at most `kLookBack` back.
std::optional<std::size_t> writer_of(const std::vector<Word>& words, std::size_t before, std::uint8_t reg) {
  for (std::size_t i = before; i-- > 0;) {
    const Word& word = words[i];
    if (writes_rd(word) && word.rd == reg) return i;
    if (word.form == Form::load_pair && word.ra == reg) return std::nullopt;
    if (word.form == Form::call || word.form == Form::call_register) {
      if (reg < 19) return std::nullopt;
    }
  }
  return std::nullopt;
}

/// The address that `reg` holds: adr, or adrp and add.
std::optional<std::uint32_t> address_in(const std::vector<Word>& words, std::size_t before, std::uint8_t reg) {
  const auto at = writer_of(words, before, reg);
  if (!at) return std::nullopt;
  const Word& word = words[*at];
  if (word.form == Form::address) return static_cast<std::uint32_t>(word.imm);
  if (word.form != Form::add_immediate || word.flags || word.subtract) return std::nullopt;
  const auto page = writer_of(words, *at, word.rn);
  if (!page || words[*page].form != Form::address) return std::nullopt;
  return static_cast<std::uint32_t>(words[*page].imm + word.imm);
}

/// How many entries a comparison or a mask of the index allows; 0 when there is none.
std::uint32_t bound_of(const std::vector<Word>& words, std::size_t before, std::uint8_t index) {
  // What was compared may be a copy of the index, or the index a copy of it.
  std::uint32_t same = 1U << index;
  for (std::size_t i = before; i-- > 0;) {
    const Word& word = words[i];
    if (word.rd == kNone || word.rd == kZero || ((same >> word.rd) & 1) == 0 || !writes_rd(word)) continue;
    const bool copied = word.form == Form::logic_register && word.rn == kZero && word.alu == Alu::bit_or &&
                        word.extend == Extend::none && !word.invert;
    const bool extended = word.form == Form::bitfield && word.bits == Bits::zero && word.shift == 0;
    // Low bits of something: `and`, or what takes a few bits out of it.
    const bool masked = word.form == Form::logic_immediate && word.alu == Alu::bit_and && !word.flags;
    if (masked && std::has_single_bit(word.imm + 1)) return static_cast<std::uint32_t>(word.imm + 1);
    constexpr unsigned kLongestIndex = 7;  // bits
    if (word.form == Form::bitfield && word.bits == Bits::zero && word.last >= word.shift &&
        word.last < word.shift + kLongestIndex)
      return 1U << (word.last - word.shift + 1U);
    if (!copied && !extended) break;
    same |= 1U << (copied ? word.rm : word.rn);
  }
  constexpr std::size_t kReach = 8;
  for (std::size_t i = before; i-- > 0;) {
    const Word& word = words[i];
    const bool compares = word.form == Form::add_immediate && word.flags && word.subtract;
    if (!compares || ((same >> word.rn) & 1) == 0) continue;
    // `cmp w8, #last; b.hi default`, or `cmp w8, #count; b.hs default`.
    for (std::size_t k = i + 1; k < before && k < i + kReach; ++k) {
      constexpr std::uint8_t kHigher = 8, kHigherOrSame = 2;
      if (words[k].form != Form::branch) continue;
      if (words[k].condition == kHigher) return static_cast<std::uint32_t>(word.imm) + 1;
      if (words[k].condition == kHigherOrSame) return static_cast<std::uint32_t>(word.imm);
    }
    return 0;
  }
  return 0;
}

/// How a jump finds its target: the entry of a table, or a label and an entry.
struct TableForm {
  std::size_t load_at = 0;  ///< of the entry, among the words
  std::uint32_t base = 0;   ///< RVA of the label; 0: entries are addresses
  unsigned shift = 0;       ///< entries are shifted left before they are added
  bool sign = false;        ///< they are signed
};

/// Of the jump that is the last of `words`.
std::optional<TableForm> form_of(const std::vector<Word>& words) {
  const std::size_t last = words.size() - 1;
  const auto made = writer_of(words, last, words[last].rn);
  if (!made) return std::nullopt;
  TableForm form;
  form.load_at = *made;
  const Word& sum = words[*made];
  if (sum.form == Form::add_register && !sum.subtract) {
    // base + entry, the entry perhaps scaled and extended; either may be the first operand when nothing is scaled.
    for (const auto& [base_register, entry_register] : {std::pair{sum.rn, sum.rm}, std::pair{sum.rm, sum.rn}}) {
      if (base_register == sum.rm && sum.extend != Extend::none) continue;
      const auto label = address_in(words, *made, base_register);
      const auto entry = writer_of(words, *made, entry_register);
      if (!label || !entry || words[*entry].form != Form::load) continue;
      form.base = *label;
      form.load_at = *entry;
      form.shift = sum.shift;
      break;
    }
    if (form.base == 0) return std::nullopt;
  }
  const Word& entry = words[form.load_at];
  if (entry.form != Form::load || entry.mode != Address::indexed) return std::nullopt;
  form.sign = entry.sign || sum.extend == Extend::signed_word || sum.extend == Extend::signed_byte ||
              sum.extend == Extend::signed_half;
  return form;
}

/// The words of the function up to the jump, in the order of addresses: the sweep may have found those before the jump
/// at another time.
std::vector<Word> words_before(const pe::Image& image, const LiftedFunction& function, std::uint32_t jump) {
  constexpr std::uint32_t kLookBack = 40;
  std::uint32_t first = jump;
  for (const CodeRange& range : function.ranges) {
    if (jump >= range.begin && jump < range.end)
      first = std::max(range.begin, jump - std::min(jump, kLookBack * kWordBytes));
  }
  std::vector<Word> words;
  for (std::uint32_t at = first; at <= jump; at += kWordBytes) {
    const auto raw = word_at(image, at);
    words.push_back(raw ? decode(*raw, at) : Word{});
  }
  return words;
}

}  // namespace

bool jumps_by_table(const pe::Image& image, std::uint32_t rva) {
  constexpr std::uint32_t kReach = 12;
  const auto jump = word_at(image, rva);
  const std::uint8_t target = jump ? arm64::decode(*jump, rva).rn : kNone;
  for (std::uint32_t i = 1; i <= kReach && rva >= i * kWordBytes; ++i) {
    const auto raw = word_at(image, rva - i * kWordBytes);
    if (!raw) return false;
    const Word word = arm64::decode(*raw, rva - i * kWordBytes);
    if (!writes_rd(word) || word.rd != target) continue;
    return word.form == Form::add_register || (word.form == Form::load && word.mode == Address::indexed);
  }
  return false;
}

std::vector<std::uint32_t> Arm64Machine::jump_table(const LiftedFunction& function, std::size_t number) {
  const std::vector<Word> words = words_before(image(), function, function.instructions[number].rva);
  const auto form = form_of(words);
  if (!form) return {};
  const Word& entry = words[form->load_at];
  const auto table = address_in(words, form->load_at, entry.rn);
  if (!table) return {};
  constexpr std::uint32_t kMostEntries = 1024;
  std::uint32_t count = bound_of(words, form->load_at, entry.rm);
  // Entries of a byte or two lead nearly anywhere: without a bound nobody knows where such a table ends.
  if (count == 0 && entry.width < 4) return {};
  count = count == 0 ? kMostEntries : std::min(count, kMostEntries);
  std::vector<std::uint32_t> targets;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto value = image().load(*table + i * entry.width, entry.width);
    if (!value) break;
    std::uint64_t target = 0;
    if (form->base != 0) {
      const unsigned unused = 64 - 8U * entry.width;
      const auto offset =
          form->sign ? static_cast<std::int64_t>(*value << unused) >> unused : static_cast<std::int64_t>(*value);
      target = form->base + (static_cast<std::uint64_t>(offset) << form->shift);
    } else {
      target = image().rva_of_va(*value).value_or(0);
    }
    const bool inside = std::any_of(function.ranges.begin(), function.ranges.end(), [target](const CodeRange& range) {
      return target >= range.begin && target < range.end;
    });
    if (!inside || target % kWordBytes != 0) break;
    targets.push_back(static_cast<std::uint32_t>(target));
  }
  return targets;
}

}  // namespace scanner::trace::arm64
