#include "scanner/trace/isa/arm64/thunks.hpp"

#include "scanner/trace/isa/arm64/decode.hpp"

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

/// How many entries a comparison of the index allows; 0 when there is none.
std::uint32_t bound_of(const std::vector<Word>& words, std::size_t before, std::uint8_t index) {
  // What was compared may be a copy of the index, or the index a copy of it.
  std::uint32_t same = 1U << index;
  for (std::size_t i = before; i-- > 0;) {
    const Word& word = words[i];
    if (word.rd == kNone || word.rd == kZero || ((same >> word.rd) & 1) == 0 || !writes_rd(word)) continue;
    const bool copied = word.form == Form::logic_register && word.rn == kZero && word.alu == Alu::bit_or &&
                        word.extend == Extend::none && !word.invert;
    const bool extended = word.form == Form::bitfield && word.bits == Bits::zero && word.shift == 0;
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

}  // namespace

Callee resolve_thunk(const pe::Image& image, const ImportTable& imports, std::uint32_t rva) {
  Callee callee;
  callee.target = rva;
  constexpr int kMaxHops = 4;
  for (int hop = 0; hop < kMaxHops; ++hop) {
    if (callee.import = imports.own(callee.target); callee.import >= 0) return callee;
    const auto first = word_at(image, callee.target);
    if (!first) return callee;
    const Word one = decode(*first, callee.target);
    if (one.form == Form::jump) {
      callee.target = static_cast<std::uint32_t>(one.imm);
      continue;
    }
    if (one.form == Form::jump_register) {
      callee.jumps_to_register = true;
      callee.jump_register = one.rn;
      return callee;
    }
    if (one.form != Form::address) return callee;
    const auto second = word_at(image, callee.target + kWordBytes),
               third = word_at(image, callee.target + 2 * kWordBytes);
    if (!second || !third) return callee;
    const Word two = decode(*second, callee.target + kWordBytes),
               three = decode(*third, callee.target + 2 * kWordBytes);
    if (three.form != Form::jump_register || two.rn != one.rd || three.rn != two.rd) return callee;
    if (two.form == Form::load && two.mode == Address::offset && two.width == 8) {
      callee.import = imports.at(static_cast<std::uint32_t>(one.imm + two.imm));
      return callee;
    }
    if (two.form != Form::add_immediate || two.flags || two.subtract) return callee;
    callee.target = static_cast<std::uint32_t>(one.imm + two.imm);
  }
  return callee;
}

std::int64_t stack_effect(const pe::Image& image, std::uint32_t rva) {
  constexpr int kLongestHelper = 12;
  std::int64_t effect = 0;
  for (int i = 0; i < kLongestHelper; ++i, rva += kWordBytes) {
    const auto raw = word_at(image, rva);
    if (!raw) return 0;
    const Word word = decode(*raw, rva);
    switch (word.form) {
      case Form::ret: return effect;
      case Form::add_immediate:
        if (word.rd != kStack || word.flags) break;
        if (word.rn != kStack) return 0;
        effect += word.subtract ? -static_cast<std::int64_t>(word.imm) : static_cast<std::int64_t>(word.imm);
        break;
      case Form::load:
      case Form::store:
      case Form::load_pair:
      case Form::store_pair:
        if (word.rn == kStack && word.mode != Address::offset && word.mode != Address::indexed)
          effect += static_cast<std::int64_t>(word.imm);
        break;
      case Form::branch:
      case Form::branch_zero:
      case Form::branch_bit: break;  // to the report of a broken cookie
      case Form::add_register:
        if (word.stack && word.rd == kStack && !word.flags) return 0;
        break;
      case Form::undecodable:
      case Form::trap:
      case Form::jump:
      case Form::call:
      case Form::jump_register:
      case Form::call_register: return 0;
      default: break;
    }
  }
  return 0;
}

bool jumps_by_table(const pe::Image& image, std::uint32_t rva) {
  constexpr std::uint32_t kReach = 12;
  const auto jump = word_at(image, rva);
  const std::uint8_t target = jump ? decode(*jump, rva).rn : kNone;
  for (std::uint32_t i = 1; i <= kReach && rva >= i * kWordBytes; ++i) {
    const auto raw = word_at(image, rva - i * kWordBytes);
    if (!raw) return false;
    const Word word = decode(*raw, rva - i * kWordBytes);
    if (!writes_rd(word) || word.rd != target) continue;
    return word.form == Form::add_register || (word.form == Form::load && word.mode == Address::indexed);
  }
  return false;
}

std::vector<std::uint32_t> jump_table(const pe::Image& image, const LiftedFunction& function, std::size_t number) {
  // Address order is what counts: the sweep may have found the words before the jump at another time.
  constexpr std::uint32_t kLookBack = 40;
  const std::uint32_t jump = function.instructions[number].rva;
  std::vector<Word> words;
  std::uint32_t first = jump;
  for (const CodeRange& range : function.ranges) {
    if (jump >= range.begin && jump < range.end)
      first = std::max(range.begin, jump - std::min(jump, kLookBack * kWordBytes));
  }
  for (std::uint32_t at = first; at <= jump; at += kWordBytes) {
    const auto raw = word_at(image, at);
    words.push_back(raw ? decode(*raw, at) : Word{});
  }
  const auto inside = [&function](std::uint64_t rva) {
    for (const CodeRange& range : function.ranges) {
      if (rva >= range.begin && rva < range.end) return true;
    }
    return false;
  };
  std::vector<std::uint32_t> targets;
  const std::size_t last = words.size() - 1;
  const auto made = writer_of(words, last, words[last].rn);
  if (!made) return targets;
  const Word& sum = words[*made];
  std::size_t load_at = *made;
  std::uint32_t base = 0;  // 0: entries are addresses
  unsigned shift = 0;
  if (sum.form == Form::add_register && !sum.subtract) {
    // base + entry, the entry perhaps scaled and extended; either may be the first operand when nothing is scaled.
    for (const auto& [base_register, entry_register] : {std::pair{sum.rn, sum.rm}, std::pair{sum.rm, sum.rn}}) {
      if (base_register == sum.rm && sum.extend != Extend::none) continue;
      const auto label = address_in(words, *made, base_register);
      const auto entry = writer_of(words, *made, entry_register);
      if (!label || !entry || words[*entry].form != Form::load) continue;
      base = *label;
      load_at = *entry;
      shift = sum.shift;
      break;
    }
    if (base == 0) return targets;
  }
  const Word& entry = words[load_at];
  if (entry.form != Form::load || entry.mode != Address::indexed) return targets;
  const auto table = address_in(words, load_at, entry.rn);
  if (!table) return targets;
  constexpr std::uint32_t kMostEntries = 1024;
  std::uint32_t count = bound_of(words, load_at, entry.rm);
  // Entries of a byte or two lead nearly anywhere: without a bound nobody knows where such a table ends.
  if (count == 0 && entry.width < 4) return targets;
  count = count == 0 ? kMostEntries : std::min(count, kMostEntries);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto value = image.load(*table + i * entry.width, entry.width);
    if (!value) break;
    std::uint64_t target = 0;
    if (base != 0) {
      const unsigned unused = 64 - 8U * entry.width;
      const bool sign = entry.sign || sum.extend == Extend::signed_word || sum.extend == Extend::signed_byte ||
                        sum.extend == Extend::signed_half;
      const auto offset =
          sign ? static_cast<std::int64_t>(*value << unused) >> unused : static_cast<std::int64_t>(*value);
      target = base + (static_cast<std::uint64_t>(offset) << shift);
    } else {
      target = image.rva_of_va(*value).value_or(0);
    }
    if (!inside(target) || target % kWordBytes != 0) break;
    targets.push_back(static_cast<std::uint32_t>(target));
  }
  return targets;
}

}  // namespace scanner::trace::arm64
