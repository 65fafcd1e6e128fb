#include "scanner/trace/domain/progression.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <limits>
#include <utility>

#include "scanner/trace/domain/known_bits.hpp"
#include "scanner/trace/domain/policy.hpp"

namespace scanner::trace {
namespace {

constexpr auto kLargest = static_cast<std::int64_t>(policy::kLargestMultiple);

std::uint16_t as_count(std::int64_t values) {
  return values > 0 && values <= std::int64_t{policy::kLargestBound} ? static_cast<std::uint16_t>(values) : 0;
}

bool scale(Atom& atom, std::uint64_t factor) {
  if (factor == 0 || factor > policy::kLargestMultiple) return false;
  const std::int64_t stride = std::int64_t{atom.stride} * static_cast<std::int64_t>(factor);
  const bool whole_bytes = stride == 0x100 || stride == 0x10000 || stride == 0x1000000;
  if ((factor >= policy::kLargestFactor && !whole_bytes) || stride > kLargest || stride < -kLargest) return false;
  atom.stride = static_cast<std::int32_t>(stride);
  atom.a *= factor;
  return true;
}

/// All bits that one of the values may have above the stride's; only for a stride that is a power of two.
std::uint64_t bits_of(const Atom& atom) {
  if (atom.count == 0) return ~std::uint64_t{0};
  const std::uint64_t last = atom.a + static_cast<std::uint64_t>(atom.stride) * (atom.count - 1U);
  return std::bit_ceil(last + 1) - 1;
}

bool mask(Atom& atom, std::uint64_t bits, unsigned width) {
  if (width < 8) bits &= (std::uint64_t{1} << (8 * width)) - 1;
  const auto stride = static_cast<std::uint64_t>(atom.stride);
  if (atom.stride < 0 || !std::has_single_bit(stride)) return false;
  const std::uint64_t low = stride - 1, high = bits & ~low;
  if (atom.count != 0 && (bits_of(atom) & ~low & ~bits) == 0) {
    atom.a &= ~low | bits;  // the same in all values
    return true;
  }
  if (high == 0) {
    atom = Atom::constant(atom.a & bits).assuming(atom.assumes);
    return true;
  }
  const std::uint64_t unit = std::uint64_t{1} << std::countr_zero(high);
  const std::uint64_t most = high / unit + 1;
  if (unit > policy::kLargestMultiple) return false;
  // A mask with holes leaves less than all multiples of its lowest bit: how many is then not said.
  atom.a &= bits & low;
  atom.stride = static_cast<std::int32_t>(unit);
  const bool countable = std::has_single_bit(most) && most <= policy::kLargestBound;
  atom.count = countable ? static_cast<std::uint16_t>(most) : std::uint16_t{0};
  return true;
}

bool set_bits(Atom& atom, std::uint64_t bits) {
  const auto stride = static_cast<std::uint64_t>(atom.stride);
  if (atom.stride < 0 || !std::has_single_bit(stride)) return false;
  const std::uint64_t above = bits & ~(stride - 1);
  if (above != 0 && (atom.count == 0 || (bits_of(atom) & above) != 0)) return false;
  atom.a |= bits;
  return true;
}

/// Bits below the stride are the same in all values; of a range that holds every number of its bits, those bits change
/// places only.
bool flip_bits(Atom& atom, std::uint64_t bits) {
  const auto stride = static_cast<std::uint64_t>(atom.stride);
  if (atom.stride < 0 || !std::has_single_bit(stride)) return false;
  const std::uint64_t above = bits & ~(stride - 1), range = stride * atom.count;
  if (above == 0) {
    atom.a ^= bits;
    return true;
  }
  if (!std::has_single_bit(range) || (atom.a & (range - 1) & ~(stride - 1)) != 0) return false;
  atom.a ^= bits & ~((range - 1) & ~(stride - 1));
  return true;
}

/// Of a walk without an end only the bits of the register are left.
bool shift_down(Atom& atom, std::uint64_t by, unsigned width) {
  const std::uint64_t bits = std::uint64_t{8} * width;
  if (by >= 32 || atom.stride <= 0 || (atom.stride & ((std::int64_t{1} << by) - 1)) != 0) return false;
  if (width == 4) atom.a &= 0xFFFFFFFFU;
  const std::uint64_t last = atom.a + static_cast<std::uint64_t>(atom.stride) * (std::max<unsigned>(atom.count, 1) - 1);
  if (last > 0xFFFFFFFFU || (atom.count == 0 && width != 4)) return false;
  atom.stride = static_cast<std::int32_t>(atom.stride >> by);
  atom.a >>= by;
  if (atom.count != 0) return true;
  const auto stride = static_cast<std::uint64_t>(atom.stride);
  if (!std::has_single_bit(stride)) return false;
  atom.a &= stride - 1;
  if (by != 0) atom.count = as_count(static_cast<std::int64_t>((std::uint64_t{1} << (bits - by)) / stride));
  return true;
}

/// A number of which one byte is not known: that one goes elsewhere.
bool swap_bytes(Atom& atom) {
  const KnownBits bits = known_bits(atom);
  const auto open = only_open_byte(bits);
  if (!open || atom.stride <= 0 || !std::has_single_bit(static_cast<std::uint32_t>(atom.stride))) return false;
  const std::uint32_t step = static_cast<std::uint32_t>(atom.stride) >> (8 * *open);
  const std::uint32_t first = atom.count != 0 ? static_cast<std::uint32_t>(atom.a) : bits.value;
  if (atom.count == 0) atom.count = static_cast<std::uint16_t>(0x100 / step);
  atom.stride = static_cast<std::int32_t>(step << (8 * (3 - *open)));
  atom.a = (first & 0xFFU) << 24 | (first & 0xFF00U) << 8 | (first >> 8 & 0xFF00U) | first >> 24;
  return true;
}

/// The same values, counted upwards. False: where they end is not known.
bool turn_upwards(Atom& atom) {
  if (atom.stride > 0) return true;
  if (atom.count == 0) return false;
  atom.a += static_cast<std::uint64_t>(std::int64_t{atom.stride} * (atom.count - 1));
  atom.stride = -atom.stride;
  return true;
}

}  // namespace

std::uint64_t possible_bits(const Atom& atom) {
  const auto stride = static_cast<std::uint64_t>(atom.stride);
  if (atom.count == 0 || atom.stride < 0 || !std::has_single_bit(stride)) return ~std::uint64_t{0};
  return (bits_of(atom) & ~(stride - 1)) | (atom.a & (stride - 1));
}

bool no_common_bits(const Atom& x, const Atom& y) { return (possible_bits(x) & possible_bits(y)) == 0; }

bool add_progressions(Atom x, Atom y, Sums& sums, bool& independent) {
  if (x.kind != AtomKind::multiple) std::swap(x, y);
  if (x.kind != AtomKind::multiple || (y.kind != AtomKind::multiple && !y.is_address())) return false;
  if (!turn_upwards(x) || !turn_upwards(y)) return false;
  // The same index twice: most of the sums are none.
  if (x.roots() != 0 && x.roots() == y.roots()) return false;
  independent = x.roots() != 0 && y.roots() != 0 && (x.roots() & y.roots()) == 0;
  Atom base = y;
  base.a += x.a;
  base.assumes |= x.assumes;
  base.where = independent ? x.roots() | y.roots() : 0;
  const auto [inner, outer] = x.stride <= y.stride ? std::pair(x, y) : std::pair(y, x);
  if (inner.count == 0) return false;
  const std::int64_t rows = outer.stride / inner.stride;
  if (outer.stride % inner.stride == 0 && inner.count >= rows) {  // no gap between the rows
    const std::int64_t all = outer.count == 0 ? 0 : (outer.count - 1) * rows + inner.count;
    if (all > std::int64_t{policy::kLargestBound}) return false;
    sums.push_back(base.with_stride(inner.stride, static_cast<std::uint16_t>(all)));
    return true;
  }
  const bool few_rows = outer.count != 0 && outer.count < inner.count;
  const Atom& few = few_rows ? outer : inner;
  const Atom& many = few_rows ? inner : outer;
  if (few.count > sums.capacity()) return false;
  for (unsigned i = 0; i < few.count; ++i) {
    sums.push_back(base.with_stride(many.stride, many.count));
    base.a += static_cast<std::uint64_t>(few.stride);
  }
  return true;
}

bool combine_progression(Alu op, unsigned width, const Atom& x, const Atom& y, Atom& out) {
  out = x;
  if (y.is_constant()) {
    const std::int64_t delta = width == 4 ? static_cast<std::int32_t>(y.a) : static_cast<std::int64_t>(y.a);
    switch (op) {
      case Alu::shl: return y.a < 32 && scale(out, std::uint64_t{1} << y.a);
      case Alu::mul: return scale(out, y.a);
      case Alu::add: out.a += static_cast<std::uint64_t>(delta); return true;
      case Alu::sub: out.a -= static_cast<std::uint64_t>(delta); return true;
      case Alu::bit_and: return mask(out, y.a, width);
      case Alu::bit_or: return set_bits(out, y.a);
      case Alu::bit_xor: return flip_bits(out, width == 4 ? y.a & 0xFFFFFFFFU : y.a);
      case Alu::shr: return shift_down(out, y.a, width);
      case Alu::bswap: return width == 4 && swap_bytes(out);
      default: return false;
    }
  }
  const bool pointer = y.is_pointer_argument() && y.plain() && width >= 4;
  if ((!y.is_address() && !pointer) || y.strided() || op != Alu::add) return false;
  out = y.with_stride(x.stride, x.count);
  if (!pointer) out.where = x.where;
  out.a += width == 4 ? static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(x.a)}) : x.a;
  return true;
}

bool cut_progression(Atom& atom, unsigned width) { return mask(atom, (std::uint64_t{1} << (8 * width)) - 1, width); }

std::uint32_t values_of(const Atom& atom) {
  const bool content = atom.is_content() && !atom.moved();
  const std::uint64_t of_width = content && atom.width < 4 ? std::uint64_t{1} << (8 * atom.width) : 0;
  const bool low_bits = atom.or_mask == 0 && std::has_single_bit(std::uint64_t{atom.and_mask} + 1);
  const std::uint64_t of_mask = low_bits ? std::uint64_t{atom.and_mask} + 1 : 0;
  const std::uint64_t most = of_width == 0 || of_mask == 0 ? std::max(of_width, of_mask) : std::min(of_width, of_mask);
  return most <= policy::kLargestBound ? static_cast<std::uint32_t>(most) : 0;
}

bool range_of(const Atom& atom, NumberRange& range) {
  if (atom.is_constant()) {
    range = {atom.a, atom.a};
    return true;
  }
  Atom numbers = atom;
  if (atom.is_unknown_number()) {
    const std::uint32_t values = values_of(atom);
    if (values != 0) numbers = Atom::multiple(1, static_cast<std::uint16_t>(values));
    if (values == 0 && !masked_progression(atom, numbers)) return false;
  }
  if (numbers.kind != AtomKind::multiple || numbers.count == 0) return false;
  const std::int64_t first = counted(numbers), last = first + std::int64_t{numbers.stride} * (numbers.count - 1);
  constexpr std::int64_t kLargest32 = 0xFFFFFFFF;
  if (std::min(first, last) < 0 || std::max(first, last) > kLargest32) return false;
  range = {static_cast<std::uint64_t>(std::min(first, last)), static_cast<std::uint64_t>(std::max(first, last))};
  return true;
}

bool masked_progression(const Atom& atom, Atom& out) {
  const KnownBits bits = known_bits(atom);
  const std::uint64_t mask = bits.open;
  if (mask == 0 || mask == 0xFFFFFFFFU) return false;
  const std::uint64_t unit = mask & (~mask + 1), values = mask / unit + 1;
  if (unit > policy::kLargestMultiple || !std::has_single_bit(values) || values > policy::kLargestBound) return false;
  out = Atom::multiple(static_cast<std::int32_t>(unit), static_cast<std::uint16_t>(values));
  if (atom.is_unknown_number()) out.where = atom.root();
  out.a = bits.value;
  out.assumes = atom.assumes;
  return true;
}

/// A small number below zero, of 32 bits, is less than zero.
std::int64_t counted(const Atom& atom) {
  const bool negative = atom.is_constant() && atom.a >= 0xFFFF0000U && atom.a <= 0xFFFFFFFFU;
  return negative ? std::int64_t{static_cast<std::int32_t>(atom.a)} : static_cast<std::int64_t>(atom.a);
}

bool walk(Atom& base, const Atom& newer, std::uint16_t rounds) {
  const bool numbers = base.is_number() && newer.is_number();
  if (!numbers && newer.kind != base.kind) return false;
  if (base.is_pointer_argument() && newer.where != base.where) return false;
  const std::int64_t delta = counted(newer) - counted(base);
  base.assumes |= newer.assumes;
  if (!base.strided()) {
    if (delta == 0 && !newer.strided()) return true;
    if (delta == 0 || newer.strided() || (delta < 0 && base.is_pointer_argument())) return false;
    if (delta > policy::kLongestStride || delta < -policy::kLongestStride) return false;
    base.a = static_cast<std::uint64_t>(counted(base));
    if (numbers) base.kind = AtomKind::multiple;
    base.stride = static_cast<std::int32_t>(delta);
    base.count = rounds;
    return true;
  }
  if (delta % base.stride != 0 || newer.stride % base.stride != 0 || delta / base.stride < 0) return false;
  // What moves on by one step a round makes as many steps as there are rounds, whatever it is itself compared with.
  const bool in_step = rounds != 0 && rounds == base.count && newer.count == base.count && delta == base.stride &&
                       newer.stride == base.stride;
  if (base.count == 0 || in_step) return true;
  const std::int64_t steps = newer.strided() ? newer.stride / base.stride : 0;
  const bool endless = newer.strided() && newer.count == 0;
  const std::int64_t last = delta / base.stride + (newer.count > 0 ? steps * (newer.count - 1) : 0);
  if (endless || last >= base.count) base.count = 0;
  return true;
}

bool moves_on(const Atom& base, std::span<const Atom> newer) {
  if (newer.size() == 1 && newer[0].strided())
    return newer[0].stride == base.stride && (counted(newer[0]) - counted(base)) / base.stride >= 1;
  if (base.kind != AtomKind::multiple) return true;
  if (newer.empty() || !std::ranges::all_of(newer, &Atom::is_constant)) return false;
  // A comparison may have spelled the numbers out.
  const std::int64_t distance = std::abs(std::int64_t{base.stride});
  for (std::size_t i = 1; i < newer.size(); ++i) {
    if (counted(newer[i]) - counted(newer[i - 1]) != distance) return false;
  }
  const Atom& first = base.stride > 0 ? newer.front() : newer.back();
  return (counted(first) - counted(base)) / base.stride >= 1 && (newer.size() > 1 || base.count == 2);
}

bool includes(const Atom& all, const Atom& atom) {
  const bool numbers = all.is_number() && atom.is_number();
  if ((!numbers && atom.kind != all.kind) || atom.is_content()) return false;
  if ((atom.kind == AtomKind::initial && atom.where != all.where) || atom.assumes != all.assumes) return false;
  const std::int64_t delta = counted(atom) - counted(all);
  if (delta % all.stride != 0 || atom.stride % all.stride != 0 || delta / all.stride < 0) return false;
  if (delta == 0 && atom.stride == all.stride && atom.count == all.count) return false;
  if (all.count == 0) return true;
  if (atom.strided() && atom.count == 0) return false;
  const std::int64_t steps = atom.strided() ? std::int64_t{atom.stride / all.stride} * (atom.count - 1) : 0;
  const std::int64_t last = delta / all.stride + steps;
  return last >= 0 && last < all.count;
}

std::int64_t Bound::seen(std::uint64_t number) const {
  if (in_image || width >= 8) return static_cast<std::int64_t>(number);
  const auto low = static_cast<std::uint32_t>(number);
  const bool equality = kind == Kind::equal || kind == Kind::not_equal;
  return is_signed || equality ? std::int64_t{static_cast<std::int32_t>(low)} : std::int64_t{low};
}

bool Bound::holds(std::uint64_t number) const {
  const bool wide = width >= 8 && !is_signed && !in_image;
  const std::int64_t left = seen(number), right = value();
  const bool less = wide ? number < limit : left < right;
  switch (kind) {
    case Kind::equal: return left == right;
    case Kind::not_equal: return left != right;
    case Kind::at_most: return less || left == right;
    case Kind::at_least: return !less;
  }
  return true;
}

bool restrict_progression(Atom& atom, const Bound& bound) {
  // Numbers that are below zero, or wrap around on the way, are compared in ways that are not followed here.
  constexpr std::int64_t kMiddle = 0x40000000;
  const auto first = static_cast<std::int64_t>(atom.a);
  const std::int64_t stride = atom.stride, limit = bound.value();
  if (first < 0 || first > kMiddle || limit < 0 || limit > kMiddle) return false;
  const std::int64_t steps = (limit - first) / stride;  // towards the limit
  const bool hit = (limit - first) % stride == 0, ahead = (limit - first) * stride >= 0;
  const bool up = stride > 0;
  if (bound.kind == Bound::Kind::not_equal) {
    if (!hit || !ahead) return false;
    if (atom.count != 0 && steps == atom.count - 1) return atom.count > 1 && (--atom.count, true);
    return false;
  }
  if (bound.kind == Bound::Kind::equal) return false;
  if ((bound.kind == Bound::Kind::at_most) == up) {  // an end
    if (!ahead) return false;
    const std::uint16_t count = as_count(steps + 1);
    if (count == 0 || (atom.count != 0 && atom.count <= count)) return false;
    atom.count = count;
    return true;
  }
  if (!ahead || steps == 0) return false;  // a beginning
  const std::int64_t skipped = hit ? steps : steps + 1;
  if (atom.count != 0 && skipped >= atom.count) return false;
  atom.a += static_cast<std::uint64_t>(stride * skipped);
  if (atom.count != 0) atom.count = static_cast<std::uint16_t>(atom.count - skipped);
  return true;
}

std::uint16_t rounds_of(const Atom& at_head, const Atom& at_end, const Bound& bound) {
  if (!bound.concerns(at_head) || !bound.concerns(at_end)) return 0;
  const std::int64_t first = counted(at_head);
  const std::int64_t step = counted(at_end) - first, limit = bound.value();
  const bool same = (!at_head.strided() || at_head.stride == step) && (!at_end.strided() || at_end.stride == step);
  if (step == 0 || !same) return 0;
  const std::int64_t steps = (limit - first) / step;
  const bool hit = (limit - first) % step == 0, ahead = (limit - first) * step > 0;
  if (!ahead) return 0;
  switch (bound.kind) {
    case Bound::Kind::not_equal: return hit ? as_count(steps) : 0;
    case Bound::Kind::at_most: return step > 0 ? as_count(steps + 1) : 0;
    case Bound::Kind::at_least: return step < 0 ? as_count(steps + 1) : 0;
    case Bound::Kind::equal: break;
  }
  return 0;
}

}  // namespace scanner::trace
