// Progressions: `a` plus an unknown multiple of `stride`, of which `count` values are possible. They are what an index,
// a counter of a loop and a pointer that walks through a table have in common (AtomKind::multiple, image, frame,
// initial, with a stride).
#pragma once

#include <boost/container/static_vector.hpp>
#include <cstdint>
#include <span>

#include "scanner/trace/domain/atom.hpp"
#include "scanner/trace/domain/policy.hpp"
#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

/// A comparison that holds: with a number of `width` bytes, or with the address at an RVA of the image.
struct Bound {
  enum class Kind : std::uint8_t { equal, not_equal, at_most, at_least };

  Kind kind = Kind::equal;
  bool in_image = false;
  bool is_signed = false;
  std::uint8_t width = 8;   ///< in bytes
  std::uint64_t limit = 0;  ///< the number or the RVA

  auto operator<=>(const Bound&) const = default;

  /// Is it a comparison with something of the kind that `atom` is?
  [[nodiscard]] bool concerns(const Atom& atom) const {
    return in_image ? atom.kind == AtomKind::image : atom.is_number();
  }
  /// The limit as the comparison sees it.
  [[nodiscard]] std::int64_t value() const { return seen(limit); }
  /// A number as the comparison sees it.
  [[nodiscard]] std::int64_t seen(std::uint64_t number) const;
  [[nodiscard]] bool holds(std::uint64_t number) const;
};

/// `x`, which is of kind multiple, ∘ `y`, of `width` bytes. False: `out` means nothing, and the result has no such
/// form.
bool combine_progression(Alu op, unsigned width, const Atom& x, const Atom& y, Atom& out);
/// Sums of a value of one progression and one of another are progressions again.
using Sums = boost::container::static_vector<Atom, policy::kMostJoined>;
/// The sums of a value of `x` and one of `y`, which are numbers, or one of them an address; exactly all of them, if
/// what chooses the two has nothing to do with each other. `independent`: that is known. False: they are not known, or
/// too many.
bool add_progressions(Atom x, Atom y, Sums& sums, bool& independent);
/// All bits that one of the values of a number may have; all there are when that is not known.
std::uint64_t possible_bits(const Atom& atom);
/// Has no value of one number a bit that some value of the other has, too?
bool no_common_bits(const Atom& x, const Atom& y);
/// `atom`, of kind multiple, cut to 1 or 2 bytes. False: nothing is known of it then.
bool cut_progression(Atom& atom, unsigned width);
/// How many values a number that is read from somewhere has at most, 0 when nobody knows: bytes, and masks of low bits.
std::uint32_t values_of(const Atom& atom);
/// The smallest and the largest number that a value may be.
struct NumberRange {
  std::uint64_t first = 0, last = 0;
};
/// Of a number, or of one that is read from somewhere as a byte or through a mask. False when nobody knows.
bool range_of(const Atom& atom, NumberRange& range);
/// What a mask, or a load of few bytes, leaves of a number that is read from somewhere: `out` is the smallest
/// progression that holds all of its values. False when nothing is known of it, or when the mask has holes.
bool masked_progression(const Atom& atom, Atom& out);
/// `base` becomes what holds itself and `newer`, where it stands one or more rounds of a loop later. `rounds` as in
/// ValuePool::join_loop. False when the two are no walk in one direction with one stride.
bool walk(Atom& base, const Atom& newer, std::uint16_t rounds);
/// Two values in a row made `base` a progression. Is `newer`, the same one round later, what a step from each of its
/// values leads to? `newer` ascends. If not, some of its values may be none.
bool moves_on(const Atom& base, std::span<const Atom> newer);
/// `a` as a counter: the last numbers of 32 bits are small ones below zero.
std::int64_t counted(const Atom& atom);
/// Is `atom` one of the values of the progression `all`, or are all its values such, and not the same ones?
bool includes(const Atom& all, const Atom& atom);
/// Where `bound` holds of the strided `atom`. True when it became less.
bool restrict_progression(Atom& atom, const Bound& bound);
/// How often a loop is entered whose head finds `at_head`, and which goes on only if `bound` holds of `at_end`, that is
/// `at_head` one round later. 0 when they do not tell.
std::uint16_t rounds_of(const Atom& at_head, const Atom& at_end, const Bound& bound);

}  // namespace scanner::trace
