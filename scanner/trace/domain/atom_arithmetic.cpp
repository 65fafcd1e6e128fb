#include "scanner/trace/domain/atom_arithmetic.hpp"

#include <algorithm>

namespace scanner::trace {

bool combine(Alu op, unsigned width, unsigned shift, const Atom& x, const Atom& y, std::int64_t misalignment,
             Atom& out) {
  const bool xc = x.kind == AtomKind::constant, yc = y.kind == AtomKind::constant;
  out = x;
  if (xc && yc) {
    const std::uint64_t a = cut(x.a, width), b = cut(y.a, width);
    const auto bits = 8 * width;
    const auto count = b & (width == 8 ? 63U : 31U);
    std::uint64_t result = 0;
    switch (op) {
      case Alu::add: result = a + b; break;
      case Alu::sub: result = a - b; break;
      case Alu::bit_or: result = a | b; break;
      case Alu::bit_and: result = a & b; break;
      case Alu::bit_xor: result = a ^ b; break;
      case Alu::shl: result = count < bits ? a << count : 0; break;
      case Alu::shr: result = count < bits ? a >> count : 0; break;
      case Alu::sar: {
        const auto signed_value = static_cast<std::int64_t>(a << (64 - bits)) >> (64 - bits);
        result = static_cast<std::uint64_t>(signed_value >> std::min<std::uint64_t>(count, 63));
        break;
      }
      case Alu::bswap: {
        for (unsigned i = 0; i < width; ++i) result |= ((a >> (8 * i)) & 0xFF) << (8 * (width - 1 - i));
        break;
      }
      case Alu::insert: {
        const std::uint64_t mask = (width >= 8 ? ~0ULL : (1ULL << bits) - 1) << shift;
        result = (x.a & ~mask) | ((y.a << shift) & mask);
        out.a = result;
        return true;
      }
      case Alu::mul: result = a * b; break;
      case Alu::other: return false;
    }
    out.a = cut(result, width);
    return true;
  }
  // Masking keeps track of whatever is read later: arguments and contents of memory.
  const bool kept = (x.kind == AtomKind::initial && x.a == 0) || x.kind == AtomKind::memory ||
                    x.kind == AtomKind::field || x.kind == AtomKind::via_global || x.kind == AtomKind::returned;
  if (kept && x.offset == 0 && yc && (op == Alu::bit_or || op == Alu::bit_and) && width >= 4) {
    const auto mask = static_cast<std::uint32_t>(y.a);
    if (op == Alu::bit_and) {
      out.and_mask &= mask;
      out.or_mask &= mask;
    } else {
      out.and_mask &= ~mask;
      out.or_mask |= mask;
    }
    return true;
  }
  if (x.kind == AtomKind::multiple && yc && (op == Alu::shl || op == Alu::mul) && y.a < 0x10000) {
    out.a = op == Alu::shl ? x.a << (y.a & 31) : x.a * y.a;
    return out.a != 0 && out.a < 0x10000;
  }
  const bool addressed = y.kind == AtomKind::image || y.kind == AtomKind::frame;
  if (x.kind == AtomKind::multiple && addressed && !y.strided && op == Alu::add) {
    out = y;
    out.strided = true;
    out.where = static_cast<std::int32_t>(x.a);
    return true;
  }
  if (y.kind == AtomKind::multiple && x.kind != AtomKind::multiple && op == Alu::add)
    return combine(op, width, shift, y, x, misalignment, out);
  // Bits that were masked out are set by an addition as well as by an OR.
  if (kept && x.offset == 0 && yc && op == Alu::add && x.and_mask != 0xFFFFFFFFU && y.a <= 0xFFFFFFFFU &&
      (static_cast<std::uint32_t>(y.a) & (x.and_mask | x.or_mask)) == 0) {
    out.or_mask |= static_cast<std::uint32_t>(y.a);
    return true;
  }
  // What an argument points at is reached by adding to it; a masked one is no pointer.
  const bool pointer_argument = x.kind == AtomKind::initial && x.and_mask == 0xFFFFFFFFU && x.or_mask == 0;
  const bool address = x.kind == AtomKind::image || x.kind == AtomKind::frame || pointer_argument;
  if (address && yc && width >= 4) {
    const auto delta = static_cast<std::int64_t>(
        width == 4 ? static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(y.a))) : y.a);
    if (op == Alu::add) {
      out.a = x.a + static_cast<std::uint64_t>(delta);
      return true;
    }
    if (op == Alu::sub) {
      out.a = x.a - static_cast<std::uint64_t>(delta);
      return true;
    }
    // Compilers set the low bits of what they know to be aligned: the address of a member.
    if (op == Alu::bit_or && y.a < 16) {
      out.a = x.a + y.a;
      return true;
    }
    if (op == Alu::bit_and && x.kind == AtomKind::frame && delta < 0) {
      // Aligning the stack pointer, which was `misalignment` below a multiple of 16 at entry.
      out.a = static_cast<std::uint64_t>(((static_cast<std::int64_t>(x.a) - misalignment) & delta) + misalignment);
      return true;
    }
  }
  const bool masked = x.and_mask != 0xFFFFFFFFU || x.or_mask != 0;
  const bool loaded_pointer =
      (x.kind == AtomKind::memory || x.kind == AtomKind::field || x.kind == AtomKind::via_global) && x.width == width &&
      !x.strided && !masked;
  if (loaded_pointer && yc && (op == Alu::add || op == Alu::sub)) {
    const auto delta = static_cast<std::int32_t>(y.a);
    if (static_cast<std::int64_t>(y.a) != delta && width == 8) return false;
    const std::int64_t sum = op == Alu::add ? std::int64_t{x.offset} + delta : std::int64_t{x.offset} - delta;
    out.offset = static_cast<std::int32_t>(sum);
    return sum == out.offset;  // hostile code adds up what no structure has
  }
  if (xc && y.kind != AtomKind::constant && op == Alu::add && width >= 4)
    return combine(op, width, shift, y, x, misalignment, out);
  return false;
}

}  // namespace scanner::trace
