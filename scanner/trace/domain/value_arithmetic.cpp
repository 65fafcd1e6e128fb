// Arithmetic on whole values: on each atom of one operand with each of the other (atom_arithmetic.hpp), as long as one
// of them has a single atom.
#include <algorithm>
#include <bit>
#include <boost/container/static_vector.hpp>

#include "scanner/trace/domain/atom_arithmetic.hpp"
#include "scanner/trace/domain/known_bits.hpp"
#include "scanner/trace/domain/progression.hpp"
#include "scanner/trace/domain/values.hpp"

namespace scanner::trace {
namespace {

using Atoms = boost::container::static_vector<Atom, ValuePool::kCap>;

std::span<const Atom> view_of(const Atoms& atoms) { return {atoms.data(), atoms.size()}; }

bool commutes(Alu op) { return op == Alu::bit_or || op == Alu::bit_and; }

/// Does the mask leave nothing of what is read?
bool known_whole(const Atom& atom) { return atom.masked() && known_bits(atom).open == 0; }

bool become_constant(Atom& atom) {
  atom = Atom::constant(known_bits(atom).value).assuming(atom.assumes);
  return true;
}

/// `atom` cut to `width` bytes. False when nothing of it is known then.
bool cut_atom(Atom& atom, unsigned width, bool sign) {
  switch (atom.kind) {
    case AtomKind::constant:
      atom.a = cut(atom.a, width);
      if (sign) {
        const auto bits = 64 - 8 * width;
        atom.a = static_cast<std::uint64_t>(static_cast<std::int64_t>(atom.a << bits) >> bits);
      }
      return true;
    case AtomKind::initial:
      if (width < 4) {
        atom.and_mask &= (1U << (8 * width)) - 1;
        atom.or_mask &= (1U << (8 * width)) - 1;
      }
      return !known_whole(atom) || become_constant(atom);
    case AtomKind::memory:
    case AtomKind::field:
    case AtomKind::via_field:
    case AtomKind::via_global:
      if (atom.moved() && width < atom.width) return false;
      atom.width = static_cast<std::uint8_t>(std::min<unsigned>(width, atom.width));
      if (width < 4 && atom.masked()) {
        atom.and_mask &= (1U << (8 * width)) - 1;
        atom.or_mask &= (1U << (8 * width)) - 1;
      }
      return !known_whole(atom) || become_constant(atom);
    case AtomKind::image:
    case AtomKind::frame:
    case AtomKind::import: return width >= 4;
    case AtomKind::multiple: return width >= 4 || cut_progression(atom, width);
    case AtomKind::returned: return true;
    case AtomKind::halves: return false;  // part_of_halves()
  }
  return true;
}

/// A number of which only low bits are left, as the progression that it is.
Atom low_bits_as_progression(const Atom& atom) {
  const std::uint32_t values = atom.is_unknown_number() && !atom.strided() ? values_of(atom) : 0;
  return values == 0
             ? atom
             : Atom::multiple(1, static_cast<std::uint16_t>(values)).chosen_by(atom.root()).assuming(atom.assumes);
}

/// Is one of them one of a few numbers or tables, and the other an index? What has to do with what is not known.
bool few_and_index(std::span<const Atom> left, std::span<const Atom> right) {
  const auto few = [](std::span<const Atom> atoms) {
    return atoms.size() > 1 && std::ranges::all_of(atoms, [](const Atom& atom) { return !atom.strided(); });
  };
  const auto index = [](std::span<const Atom> atoms) { return atoms.size() == 1 && atoms[0].strided(); };
  return (few(left) && index(right)) || (few(right) && index(left));
}

}  // namespace

bool ValuePool::combine_either_way(Alu op, unsigned width, unsigned shift, const Atom& x, const Atom& y,
                                   Atom& out) const {
  const bool known = combine(op, width, shift, x, y, misalignment_, out) ||
                     (commutes(op) && combine(op, width, shift, y, x, misalignment_, out));
  out.assumes |= x.assumes | y.assumes;
  return known;
}

/// What takes part in choosing it (Atom::roots); 0 when that is not known.
std::int32_t ValuePool::roots_of(ValueId id) const {
  std::int32_t roots = 0;
  for (const Atom& atom : atoms(id)) {
    if (!atom.is_unknown_number()) return 0;
    roots |= atom.root();
  }
  return (values_[id].flags & kTopMask) != 0 ? 0 : roots;
}

ValueId ValuePool::number_below(ValueId number, std::uint32_t limit) {
  if (number == kBottom) return kBottom;
  Atom out = Atom::multiple(1, limit <= policy::kLargestBound ? static_cast<std::uint16_t>(limit) : std::uint16_t{0});
  out.where = roots_of(number);
  return single(out);
}

/// Two progressions that are added, also by an OR of bits that do not meet.
bool ValuePool::sum_of(Alu op, const Atom& left, const Atom& right, Sums& sums) const {
  if (!left.strided() && !right.strided()) return false;
  const Atom x = low_bits_as_progression(left), y = low_bits_as_progression(right);
  const bool set = (op == Alu::bit_or || op == Alu::bit_xor) && x.kind == y.kind && no_common_bits(x, y);
  bool independent = false;
  if (!x.strided() || !y.strided() || (op != Alu::add && !set) || !add_progressions(x, y, sums, independent))
    return false;
  for (Atom& sum : sums) {
    sum.assumes |= x.assumes | y.assumes;
    if (!independent) sum.assumes |= as_assumptions(kAssumesTable);
  }
  return true;
}

/// A few numbers, or addresses, that stand at equal distances, as the progression that they came of; else the value
/// itself.
ValueId ValuePool::folded(ValueId id) {
  const auto view = atoms(id);
  if (view.size() < 2 || values_[id].flags != 0) return id;
  Atom out = view[0];
  const std::uint64_t step = view[1].a - view[0].a;
  for (std::size_t i = 0; i < view.size(); ++i) {
    const bool fits = view[i].kind == out.kind &&
                      (out.is_constant() ? view[i].a < policy::kLargestCounter : view[i].is_image_address());
    if (!fits || view[i].a - out.a != i * step) return id;
  }
  if (step > policy::kLongestStride) return id;
  if (out.is_constant()) out.kind = AtomKind::multiple;
  return single(out.with_stride(static_cast<std::int32_t>(step), static_cast<std::uint16_t>(view.size())));
}

/// An unknown number that is scaled or cut by a mask: how far apart its values are then, and how many there are, is
/// remembered. kBottom when it is not that.
ValueId ValuePool::progression_of(Alu op, ValueId number, ValueId operand) {
  std::uint64_t by = 0;
  if ((op != Alu::shl && op != Alu::mul && op != Alu::bit_and) || !is_constant(operand, by)) return kBottom;
  // Masks of what is read later are kept as such: they are bits of a tag.
  const bool one_byte = only_open_byte({0, static_cast<std::uint32_t>(by)}).has_value() && by <= 0xFFFFFFFFU;
  if (op == Alu::bit_and && (!atoms(number).empty() || (by > policy::kLargestBound && !one_byte))) return kBottom;
  Atom out;
  if (!as_progression(number, out)) return kBottom;
  return combine_progression(op, word_, out, Atom::constant(by), out) ? single(out) : kBottom;
}

/// An unknown number as a progression: how many values it has at most, and which bits of it are known, if that is told.
bool ValuePool::as_progression(ValueId number, Atom& out) const {
  const auto view = atoms(number);
  const std::uint32_t flags = values_[number].flags;
  if ((flags & kTopDepthLost) != 0 || !std::ranges::all_of(view, &Atom::is_unknown_number)) return false;
  const bool all = !view.empty() && (flags & kTopMask) == 0;
  if (all && view.size() == 1 && masked_progression(view[0], out)) {
    out.assumes = as_assumptions(flags);
    out.where = roots_of(number);
    return true;
  }
  std::uint32_t most = all ? 1 : 0;
  for (const Atom& atom : view) most = most == 0 ? 0 : values_of(atom) == 0 ? 0 : std::max(most, values_of(atom));
  out = Atom::multiple(1, most <= policy::kLargestBound ? static_cast<std::uint16_t>(most) : 0);
  out.assumes = as_assumptions(flags);
  out.where = roots_of(number);
  return true;
}

/// The byte `part` in the place of one of `whole`, of which not everything is known.
ValueId ValuePool::insert_byte(unsigned shift, ValueId whole, ValueId part) {
  const ValueId byte = resize(part, 1, false);
  const auto view = atoms(byte);
  ValueId rest = alu(Alu::bit_and, 8, 0, whole, constant(~(std::uint64_t{0xFF} << shift)));
  // An address of which one byte is overwritten is none any more.
  const auto is_number = [](const Atom& atom) { return atom.is_number() || atom.is_unknown_number(); };
  if (shift == 0 && (atoms(rest).empty() || !std::ranges::all_of(atoms(whole), is_number))) {
    // Of the rest nothing is known. A byte that is read later is itself, or is in front of something else.
    if (!view.empty() && std::ranges::all_of(view, &Atom::is_content)) return with_flags(byte, kTopComputed);
    rest = single(Atom::multiple(0x100).assuming(as_assumptions(flags(whole))));
  }
  return alu(Alu::bit_or, 8, 0, rest, alu(Alu::shl, 8, 0, byte, constant(shift)));
}

ValueId ValuePool::any_byte(std::uint32_t flags) {
  return single(Atom::multiple(1, 0x100).assuming(as_assumptions(flags)));
}

/// An address plus something unknown stays "somewhere behind that address". kBottom when neither is a single address.
ValueId ValuePool::somewhere_behind(ValueId a, ValueId b) {
  for (const ValueId side : {a, b}) {
    const auto view = atoms(side);
    if (view.size() != 1 || !view[0].is_address()) continue;
    const Atom out = view[0].with_stride(view[0].stride < 0 ? -1 : 1);
    return single(out.assuming(as_assumptions(flags(a) | flags(b))));
  }
  return kBottom;
}

/// A number of which nothing is left but its sign: one of two choose so without a branch. kBottom when it is not that.
ValueId ValuePool::sign_of(Alu op, unsigned width, ValueId number, ValueId by) {
  std::uint64_t bits = 0;
  if ((op != Alu::sar && op != Alu::shr) || !is_constant(by, bits) || bits != 8U * width - 1) return kBottom;
  const std::uint64_t set = op == Alu::shr ? 1 : cut(~std::uint64_t{0}, width);
  return with_flags(join(constant(0), constant(set)), flags(number) & kAssumedMask);
}

ValueId ValuePool::compute(Alu op, unsigned width, unsigned shift, ValueId a, ValueId b) {
  if (a == kBottom || b == kBottom) return kBottom;
  const std::uint32_t flags = values_[a].flags | values_[b].flags;
  if (may_concern_halves(op, width, a, b)) {
    if (const ValueId known = compute_halves(op, width, shift, a, b); known != kBottom) return known;
  }
  if ((flags & kTopCapped) != 0) return unknown(kTopCapped | kTopComputed);
  const std::span<const Atom> left = atoms(a), right = atoms(b);
  if (flags == 0 && left.size() == 1 && right.size() == 1) {
    if (Atom out; combine_either_way(op, width, shift, left[0], right[0], out)) return single(out);
  }
  if (op == Alu::insert && width == 1) return insert_byte(shift, a, b);
  const bool numbers = !left.empty() && std::ranges::all_of(left, &Atom::is_constant);
  if (std::uint64_t limit = 0;
      op == Alu::remainder && !numbers && is_constant(b, limit) && limit != 0 && limit <= 0xFFFFFFFFU)
    return number_below(a, static_cast<std::uint32_t>(limit));
  if (const ValueId some = progression_of(op, a, b); some != kBottom) return some;
  if (op == Alu::add && left.size() > 1 && right.size() > 1) {
    // Indices that a comparison left few values of, of two dimensions of a table.
    const ValueId x = folded(a), y = folded(b);
    if ((x != a || y != b) && atoms(x).size() == 1 && atoms(y).size() == 1 && atoms(x)[0].strided() &&
        atoms(y)[0].strided())
      return alu(op, width, shift, x, y);
  }
  // Two sets are rarely independent (an index and three times the same index): their product would invent numbers.
  if (left.size() > 1 && right.size() > 1) {
    const ValueId apart = side_by_side(op, width, a, b);
    return apart != kBottom ? apart : unknown(kTopComputed | (flags & (kTopLasting | kAssumedMask)));
  }
  Atoms results;
  bool lost = (flags & kTopMask) != 0;
  const bool together = op == Alu::add && few_and_index(left, right);
  for (const Atom& x : left) {
    for (const Atom& y : right) {
      Sums outs;
      if (!sum_of(op, x, y, outs)) {
        Atom out;
        if (combine_either_way(op, width, shift, x, y, out)) outs.assign(1, out);
      }
      lost = lost || outs.empty();
      for (Atom& out : outs) {
        if (together) out.assumes |= as_assumptions(kAssumesTable);
        if (std::find(results.begin(), results.end(), out) != results.end()) continue;
        if (results.size() == kCap) return unknown(kTopCapped | kTopComputed);
        results.push_back(out);
      }
    }
  }
  if (lost && results.empty()) {
    if (const ValueId sign = sign_of(op, width, a, b); sign != kBottom) return sign;
  }
  // An aligned address is added to with OR, too.
  if (lost && results.empty() && (op == Alu::add || op == Alu::bit_or)) {
    if (const ValueId behind = somewhere_behind(a, b); behind != kBottom) return behind;
  }
  std::sort(results.begin(), results.end());
  results.resize(unify({results.data(), results.size()}));
  std::uint32_t result_flags = flags & kAssumedMask;
  if (lost) result_flags |= kTopComputed | (flags & kTopLasting);
  return make(view_of(results), result_flags);
}

ValueId ValuePool::resize(ValueId id, unsigned width, bool sign) {
  if (width >= 8) return id;
  if (holds_halves(id)) {
    return map_join(id, [&](const Atom& atom) {
      return resize(atom.is_halves() ? part_of_halves(atom, 0, width) : single(atom), width, sign);
    });
  }
  if (const auto view = atoms(id); view.size() == 1) {
    Atom out = view.front();
    if (!cut_atom(out, width, sign)) return unknown(values_[id].flags | kTopComputed);
    return out == view.front() ? id : make({&out, 1}, values_[id].flags);
  }
  Atoms results;
  bool changed = false, lost = false;
  for (const Atom& atom : atoms(id)) {
    Atom out = atom;
    if (!cut_atom(out, width, sign)) {
      lost = true;
      continue;
    }
    changed = changed || out != atom;
    results.push_back(out);
  }
  if (!changed && !lost) return id;
  std::sort(results.begin(), results.end());
  results.resize(unify({results.data(), results.size()}));
  return make(view_of(results), values_[id].flags | (lost ? kTopComputed : 0U));
}

ValueId ValuePool::bytes_of(ValueId id, unsigned at, unsigned width) {
  if (at == 0 && (width == 1 || width == 2 || width == 4 || width >= 8)) return resize(id, width, false);
  if (holds_halves(id)) {
    return map_join(id, [&](const Atom& atom) {
      return atom.is_halves() ? part_of_halves(atom, at, width) : bytes_of(single(atom), at, width);
    });
  }
  Atoms results;
  bool lost = false;
  for (const Atom& atom : atoms(id)) {
    Atom out = atom;
    if (atom.is_constant()) {
      out.a = at < 8 ? cut(atom.a >> (8 * at), width) : 0;
    } else if (atom.has_upper_half() && word_ == 8 && at == 4 && width == 4) {
      out = atom.from_byte(4);
    } else if (atom.is_content() && !atom.masked() && !atom.moved() && at + width <= atom.width &&
               std::has_single_bit(width)) {
      if (atom.kind == AtomKind::via_global) {
        out.where += static_cast<std::int32_t>(at);
      } else {
        out.a += at;
      }
      out.width = static_cast<std::uint8_t>(width);
    } else {
      lost = true;
      continue;
    }
    results.push_back(out);
  }
  std::sort(results.begin(), results.end());
  results.resize(unify({results.data(), results.size()}));
  return make(view_of(results), values_[id].flags | (lost ? kTopComputed : 0U));
}

ValueId ValuePool::address(ValueId base, ValueId index, unsigned scale, std::int64_t disp) {
  ValueId sum = base;
  if (index != kBottom) {
    ValueId scaled = index;
    if (scale > 1)
      scaled = alu(Alu::shl, word_, 0, index, constant(static_cast<std::uint64_t>(std::countr_zero(scale))));
    sum = base == kBottom ? scaled : alu(Alu::add, word_, 0, base, scaled);
  }
  if (sum == kBottom) return constant(static_cast<std::uint64_t>(disp));
  return disp == 0 ? sum : add(sum, disp);
}

ValueId ValuePool::masked(ValueId id, std::uint32_t and_mask, std::uint32_t or_mask) {
  ValueId out = id;
  if (and_mask != 0xFFFFFFFFU) out = alu(Alu::bit_and, 4, 0, out, constant(and_mask));
  if (or_mask != 0) out = alu(Alu::bit_or, 4, 0, out, constant(or_mask));
  return out;
}

}  // namespace scanner::trace
