// Numbers of 8 bytes of which each half is a value by itself: a tag in the upper half and a number that nobody knows in
// the lower one, or two fields of a structure in one register. Shifts by 32 and more, OR and its kin, and inserts keep
// the halves apart; whatever mixes them makes an unknown number. No half ever consists of halves, so that nothing here
// recurses. Joins keep pairs as they are; loops join each half by itself (loop_join.cpp), which may invent a pair, but
// never a half: no two halves are told to belong together.
#include <algorithm>
#include <utility>

#include "scanner/trace/domain/values.hpp"

namespace scanner::trace {
namespace {

constexpr unsigned kHalfWidth = 4, kHalfBits = 32;
constexpr std::uint64_t kAllSet = 0xFFFFFFFFU;

constexpr std::uint64_t upper(std::uint64_t number) { return number >> kHalfBits; }
constexpr std::uint64_t lower(std::uint64_t number) { return number & kAllSet; }

bool works_on_bits(Alu op) { return op == Alu::bit_or || op == Alu::bit_xor || op == Alu::bit_and; }
bool works_on_halves(Alu op) { return works_on_bits(op) || op == Alu::add || op == Alu::sub; }
bool is_shift(Alu op) { return op == Alu::shl || op == Alu::shr || op == Alu::sar; }

/// Does the number change the upper half of another, but not as the sign of a small number does?
bool changes_upper_half(Alu op, std::uint64_t number) {
  const std::uint64_t high = upper(number);
  if (op == Alu::add || op == Alu::sub) return high != 0 && lower(number) == 0;
  return works_on_bits(op) && high != 0 && high != kAllSet;
}

}  // namespace

bool ValuePool::are_constants(ValueId id) const {
  return !atoms(id).empty() && std::ranges::all_of(atoms(id), &Atom::is_constant);
}

/// An address is none any more when it is cut, and nobody looks for one in a half.
ValueId ValuePool::number_in_half(ValueId id) {
  const auto stays = [this](const Atom& atom) {
    return atom.kind != AtomKind::frame &&
           (word_ == kHalfWidth || !(atom.is_address() || atom.kind == AtomKind::import));
  };
  if (std::ranges::all_of(atoms(id), stays)) return id;
  return map_join(id, [&](const Atom& atom) { return stays(atom) ? single(atom) : unknown(kTopComputed); });
}

ValueId ValuePool::halves(ValueId low, ValueId high) {
  if (low == kBottom || high == kBottom) return kBottom;
  low = number_in_half(low_half(low));
  high = number_in_half(low_half(high));
  std::uint64_t low_number = 0, high_number = 0;
  if (is_constant(low, low_number) && is_constant(high, high_number))
    return constant(high_number << kHalfBits | low_number);
  if (atoms(low).empty() && atoms(high).empty())
    return unknown(kTopComputed | ((flags(low) | flags(high)) & (kTopLasting | kAssumedMask)));
  has_halves_ = true;
  return single(Atom::halves(low, high));
}

ValueId ValuePool::part_of_halves(const Atom& atom, unsigned at, unsigned width) {
  if (at + width <= kHalfWidth) return bytes_of(atom.low_value(), at, width);
  if (at >= kHalfWidth && at + width <= 2 * kHalfWidth) return bytes_of(atom.high_value(), at - kHalfWidth, width);
  return unknown(kTopComputed);
}

/// What is left where halves are mixed.
ValueId ValuePool::without_halves(ValueId id) {
  if (!holds_halves(id)) return id;
  return map_join(id, [&](const Atom& atom) {
    if (!atom.is_halves()) return single(atom);
    const std::uint32_t reasons = flags(atom.low_value()) | flags(atom.high_value());
    return unknown(kTopComputed | (reasons & (kTopLasting | kAssumedMask)));
  });
}

ValueId ValuePool::zero_extended(ValueId id) {
  return holds_halves(id) || are_constants(id) ? id : halves(id, constant(0));
}

bool ValuePool::asks_upper_half(Alu op, ValueId a, ValueId b) const {
  if (!works_on_halves(op)) return false;
  if (holds_halves(a) || holds_halves(b)) return true;
  std::uint64_t number = 0;
  return (is_constant(b, number) || is_constant(a, number)) && changes_upper_half(op, number);
}

/// `a` ∘ `b` of 4 bytes, also where nothing is known of one and the other changes nothing.
ValueId ValuePool::half_of(Alu op, ValueId a, ValueId b) {
  std::uint64_t number = 0;
  const std::uint64_t neutral = op == Alu::bit_and ? kAllSet : 0;
  if (is_constant(b, number) && number == neutral) return a;
  if (op != Alu::sub && is_constant(a, number) && number == neutral) return b;
  const bool zero = (is_constant(a, number) && number == 0) || (is_constant(b, number) && number == 0);
  if (op == Alu::bit_and && zero) return constant(0);
  return low_half(alu(op, kHalfWidth, 0, a, b));
}

/// kBottom when nothing comes of it that is known by halves.
ValueId ValuePool::shift_halves(Alu op, ValueId number, std::uint64_t bits) {
  if (bits < kHalfBits || bits >= 2 * kHalfBits) return kBottom;
  const std::uint64_t rest = bits - kHalfBits;
  const auto shifted = [&](ValueId half) {
    return rest == 0 ? half : low_half(alu(op, kHalfWidth, 0, half, constant(rest)));
  };
  if (op == Alu::shl) {
    const ValueId half = number_in_half(low_half(number));
    return atoms(half).empty() && !holds_halves(number) ? kBottom : halves(constant(0), shifted(half));
  }
  const ValueId half = high_half(number);
  if (atoms(half).empty() && !holds_halves(number)) return kBottom;
  return op == Alu::sar ? resize(shifted(half), kHalfWidth, true) : shifted(half);
}

/// `width` bytes of `part` in the place of those from bit `shift` on of `whole`, which lie in one half.
ValueId ValuePool::insert_half(unsigned width, unsigned shift, ValueId whole, ValueId part) {
  const bool high = shift >= kHalfBits;
  const ValueId old = high ? high_half(whole) : low_half(whole);
  const ValueId half =
      width == kHalfWidth ? low_half(part) : low_half(alu(Alu::insert, width, shift % kHalfBits, old, low_half(part)));
  return high ? halves(low_half(whole), half) : halves(half, high_half(whole));
}

/// Is `other` a number of which `by` changes the upper half? Addresses are moved by large numbers, too.
bool ValuePool::divides(Alu op, ValueId by, ValueId other) const {
  const auto is_number = [](const Atom& atom) { return atom.is_number() || atom.is_unknown_number(); };
  std::uint64_t number = 0;
  return is_constant(by, number) && changes_upper_half(op, number) && !are_constants(other) &&
         std::ranges::all_of(atoms(other), is_number);
}

/// Each half by itself. kBottom where the lower one may change the upper one.
ValueId ValuePool::combine_halves(Alu op, ValueId a, ValueId b) {
  const ValueId low_a = low_half(a), low_b = low_half(b);
  std::uint64_t number = 0;
  const bool nothing_carried = works_on_bits(op) || (is_constant(low_b, number) && number == 0) ||
                               (op == Alu::add && is_constant(low_a, number) && number == 0);
  return nothing_carried ? halves(half_of(op, low_a, low_b), half_of(op, high_half(a), high_half(b))) : kBottom;
}

/// Some numbers of 32 bits, and some of which only the upper half is not 0, in one register: which of them belong
/// together is not known, but each half is. kBottom when they are none.
ValueId ValuePool::side_by_side(Alu op, unsigned width, ValueId a, ValueId b) {
  const bool joins = op == Alu::bit_or || op == Alu::bit_xor || op == Alu::add;
  if (!joins || width < 2 * kHalfWidth || !are_constants(a) || !are_constants(b)) return kBottom;
  const auto fits_below = [](const Atom& number) { return upper(number.a) == 0; };
  const auto stands_above = [](const Atom& number) { return lower(number.a) == 0; };
  for (const auto& [low, high] : {std::pair(a, b), std::pair(b, a)}) {
    if (std::ranges::all_of(atoms(low), fits_below) && std::ranges::all_of(atoms(high), stands_above))
      return halves(low_half(low), high_half(high));
  }
  return kBottom;
}

/// compute() where halves are told apart: `a` or `b` has some, or gets some. kBottom where that is not so.
ValueId ValuePool::compute_halves(Alu op, unsigned width, unsigned shift, ValueId a, ValueId b) {
  const bool in_a = holds_halves(a), in_b = holds_halves(b), has = in_a || in_b;
  if (op == Alu::insert) {
    if (!has && (width != kHalfWidth || (are_constants(a) && are_constants(b)))) return kBottom;
    return in_a || width == kHalfWidth ? insert_half(width, shift, a, b) : alu(op, width, shift, a, low_half(b));
  }
  if (width < 2 * kHalfWidth)
    return has ? alu(op, width, shift, in_a ? low_half(a) : a, in_b ? low_half(b) : b) : kBottom;
  ValueId result = kBottom;
  if (is_shift(op)) {
    std::uint64_t bits = 0;
    const bool apart = is_constant(b, bits) && bits >= kHalfBits && (in_a || (!are_constants(a) && op != Alu::sar));
    if (apart) result = shift_halves(op, a, bits);
  } else if (works_on_halves(op)) {
    if (has || divides(op, b, a) || (op != Alu::sub && divides(op, a, b))) result = combine_halves(op, a, b);
  }
  if (result != kBottom || !has) return result;
  return alu(op, width, shift, without_halves(a), without_halves(b));
}

/// Is each one number that is known by halves, or a constant?
bool ValuePool::are_single_halves(ValueId a, ValueId b) const {
  if (atoms(a).size() != 1 || atoms(b).size() != 1) return false;
  const Atom &older = atoms(a)[0], &newer = atoms(b)[0];
  return (older.is_halves() || older.is_constant()) && (newer.is_halves() || newer.is_constant());
}

}  // namespace scanner::trace
