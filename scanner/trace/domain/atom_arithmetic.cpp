#include "scanner/trace/domain/atom_arithmetic.hpp"

#include <algorithm>

#include "scanner/trace/domain/policy.hpp"
#include "scanner/trace/domain/progression.hpp"

namespace scanner::trace {
namespace {

/// Of the product of two numbers of 8 bytes.
std::uint64_t upper_half(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t kLow = 0xFFFFFFFFU;
  const std::uint64_t low = (a & kLow) * (b & kLow), left = (a >> 32) * (b & kLow), right = (a & kLow) * (b >> 32);
  const std::uint64_t carry = ((low >> 32) + (left & kLow) + (right & kLow)) >> 32;
  return (a >> 32) * (b >> 32) + (left >> 32) + (right >> 32) + carry;
}

/// `a` ∘ `b`, both of `width` bytes. What combine_constants() answers itself is not asked for.
std::uint64_t compute(Alu op, unsigned width, std::uint64_t a, std::uint64_t b) {
  const auto bits = 8 * width;
  const auto count = b & (width == 8 ? 63U : 31U);
  switch (op) {
    case Alu::add: return a + b;
    case Alu::sub: return a - b;
    case Alu::bit_or: return a | b;
    case Alu::bit_and: return a & b;
    case Alu::bit_xor: return a ^ b;
    case Alu::shl: return count < bits ? a << count : 0;
    case Alu::shr: return count < bits ? a >> count : 0;
    case Alu::sar: {
      const auto signed_value = static_cast<std::int64_t>(a << (64 - bits)) >> (64 - bits);
      return static_cast<std::uint64_t>(signed_value >> std::min<std::uint64_t>(count, 63));
    }
    case Alu::bswap: {
      std::uint64_t result = 0;
      for (unsigned i = 0; i < width; ++i) result |= ((a >> (8 * i)) & 0xFF) << (8 * (width - 1 - i));
      return result;
    }
    case Alu::mul: return a * b;
    case Alu::mul_high: return width == 8 ? upper_half(a, b) : a * b >> 32;
    case Alu::divide: return a / b;
    case Alu::remainder: return a % b;
    case Alu::insert:
    case Alu::other: break;
  }
  return 0;
}

bool combine_constants(Alu op, unsigned width, unsigned shift, const Atom& x, const Atom& y, Atom& out) {
  const bool divides = op == Alu::divide || op == Alu::remainder;
  if (op == Alu::other || (divides && cut(y.a, width) == 0)) return false;
  if (op == Alu::insert) {
    const std::uint64_t mask = cut(~0ULL, width) << shift;
    out.a = (x.a & ~mask) | ((y.a << shift) & mask);
    return true;
  }
  out.a = cut(compute(op, width, cut(x.a, width), cut(y.a, width)), width);
  return true;
}

/// What is read later keeps its masks; bits that were masked out are set by an addition as well as by an OR.
bool combine_masks(Alu op, std::uint64_t number, Atom& out) {
  const auto mask = static_cast<std::uint32_t>(number);
  if (op == Alu::bit_and) {
    out.and_mask &= mask;
    out.or_mask &= mask;
    return true;
  }
  if (op == Alu::bit_or) {
    out.and_mask &= ~mask;
    out.or_mask |= mask;
    return true;
  }
  const bool free = out.and_mask != 0xFFFFFFFFU && number <= 0xFFFFFFFFU && (mask & (out.and_mask | out.or_mask)) == 0;
  if (op != Alu::add || !free) return false;
  out.or_mask |= mask;
  return true;
}

/// An address plus or minus `number`. An aligned member's offset may be set with OR; the stack pointer is aligned with
/// AND, and was `misalignment` below a multiple of 16 at entry.
bool combine_address(Alu op, unsigned width, std::uint64_t number, std::optional<std::int64_t> misalignment,
                     Atom& out) {
  const std::int64_t delta = width == 4 ? static_cast<std::int32_t>(number) : static_cast<std::int64_t>(number);
  if (op == Alu::add) {
    out.a += static_cast<std::uint64_t>(delta);
    return true;
  }
  if (op == Alu::sub) {
    out.a -= static_cast<std::uint64_t>(delta);
    return true;
  }
  if (op == Alu::bit_or && number < policy::kAlignmentOfMembers) {
    out.a += number;
    return true;
  }
  if (op == Alu::bit_and && out.kind == AtomKind::frame && delta < 0 && misalignment) {
    out.a = static_cast<std::uint64_t>(((out.displacement() - *misalignment) & delta) + *misalignment);
    return true;
  }
  return false;
}

/// Are the bits that `number` may set clear in the certain `address`? Images begin on whole pages, and the stack
/// pointer was `misalignment` below a multiple of 16 at entry. An index is inserted where that is so (bfi).
bool clear_in_address(const Atom& number, const Atom& address, std::optional<std::int64_t> misalignment) {
  const std::uint64_t bits = possible_bits(number);
  if (address.is_image_address()) return bits < 0x1000 && (address.a & bits) == 0;
  if (!address.is_frame_address() || !misalignment || bits >= policy::kAlignmentOfMembers) return false;
  return (static_cast<std::uint64_t>(address.displacement() - *misalignment) & bits) == 0;
}

/// A pointer that was loaded from memory, plus or minus `number`.
bool combine_loaded_pointer(Alu op, unsigned width, std::uint64_t number, Atom& out) {
  if (op != Alu::add && op != Alu::sub) return false;
  const auto delta = static_cast<std::int32_t>(number);
  if (static_cast<std::int64_t>(number) != delta && width == 8) return false;
  const std::int64_t sum = op == Alu::add ? std::int64_t{out.offset} + delta : std::int64_t{out.offset} - delta;
  out.offset = static_cast<std::int32_t>(sum);
  return sum == out.offset;  // hostile code adds up what no structure has
}

/// A number that is read from somewhere and has few values. Not below zero: what counts down to it would go on.
bool combine_few(Alu op, unsigned width, const Atom& x, const Atom& y, Atom& out) {
  Atom few;
  return masked_progression(x, few) && combine_progression(op, width, few, y, out) &&
         static_cast<std::int64_t>(out.a) >= 0;
}

/// A number less one of a few: the same distances, from the other end.
bool subtract_few(unsigned width, std::uint64_t number, const Atom& few, Atom& out) {
  out = few;
  if (few.kind != AtomKind::multiple && !masked_progression(few, out)) return false;
  if (out.count == 0 || out.stride <= 0) return false;
  const std::uint64_t last = out.a + static_cast<std::uint64_t>(out.stride) * (out.count - 1U);
  out.a = cut(number, width) - last;
  return cut(number, width) >= last;
}

/// An index of which a mask leaves few values, in an array of bytes: elsewhere it is scaled, and a progression.
bool combine_index_of_bytes(Alu op, unsigned width, const Atom& index, const Atom& address,
                            std::optional<std::int64_t> misalignment, Atom& out) {
  Atom few;
  if ((op != Alu::add && op != Alu::bit_or) || !masked_progression(index, few)) return false;
  const bool sum = op == Alu::add || clear_in_address(few, address, misalignment);
  return sum && combine_progression(Alu::add, width, few, address, out);
}

}  // namespace

bool combine(Alu op, unsigned width, unsigned shift, const Atom& x, const Atom& y,
             std::optional<std::int64_t> misalignment, Atom& out) {
  const bool xc = x.is_constant(), yc = y.is_constant();
  out = x;
  if (xc && yc) return combine_constants(op, width, shift, x, y, out);
  const bool keeps_masks = x.came_in() || x.kind == AtomKind::returned || (x.is_content() && !x.moved());
  if (keeps_masks && yc && width >= 4 && (op == Alu::bit_or || op == Alu::bit_and)) return combine_masks(op, y.a, out);
  if (x.kind == AtomKind::multiple) {
    const bool inserted = op == Alu::bit_or && clear_in_address(x, y, misalignment);
    return combine_progression(inserted ? Alu::add : op, width, x, y, out);
  }
  if (y.kind == AtomKind::multiple && op == Alu::add) return combine(op, width, shift, y, x, misalignment, out);
  if (xc && op == Alu::sub && (y.kind == AtomKind::multiple || y.is_unknown_number()))
    return subtract_few(width, x.a, y, out);
  if (x.is_unknown_number() && y.is_address()) return combine_index_of_bytes(op, width, x, y, misalignment, out);
  if (op == Alu::add && x.is_address() && y.is_unknown_number())
    return combine_index_of_bytes(op, width, y, x, misalignment, out);
  if (keeps_masks && yc && op == Alu::add && combine_masks(op, y.a, out)) return true;
  // What an argument points at is reached by adding to it.
  if ((x.is_address() || x.is_pointer_argument()) && yc && width >= 4 &&
      combine_address(op, width, y.a, misalignment, out))
    return true;
  const bool row = x.kind == AtomKind::memory || !x.strided();
  const bool loaded_pointer = x.is_content() && x.width == width && !x.masked() && row;
  if (loaded_pointer && yc && (op == Alu::add || op == Alu::sub)) return combine_loaded_pointer(op, width, y.a, out);
  if (xc && !yc && op == Alu::add && width >= 4) return combine(op, width, shift, y, x, misalignment, out);
  return yc && x.is_unknown_number() && combine_few(op, width, x, y, out);
}

}  // namespace scanner::trace
