// Whether a branch is taken, where what was compared is known (BranchRefinement::decides).
#include <algorithm>

#include "scanner/trace/interp/branch_refinement.hpp"

namespace scanner::trace {
namespace {

/// What `condition` says where the two compare like this.
std::optional<bool> holds(Condition condition, bool equal, bool below, bool negative) {
  switch (condition) {
    case Condition::equal: return equal;
    case Condition::not_equal: return !equal;
    case Condition::below: return below;
    case Condition::below_equal: return below || equal;
    case Condition::above: return !below && !equal;
    case Condition::above_equal: return !below;
    case Condition::negative: return negative;
    case Condition::not_negative: return !negative;
    case Condition::other: break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<bool> BranchRefinement::decides(Condition condition, bool sign) const {
  if (!deciding_ || !known_) return std::nullopt;
  const Atom *x = values_.only(sides_[0].value), *y = values_.only(sides_[1].value);
  if (x == nullptr || y == nullptr) return std::nullopt;
  const bool equality = condition == Condition::equal || condition == Condition::not_equal;
  const auto is_place = [&](const Atom& atom) {
    return width_ == abi_.word && (atom.is_image_address() || atom.is_frame_address());
  };
  if (equality && is_place(*x) && y->is_constant() && y->a == 0) return condition == Condition::not_equal;
  const bool places = is_place(*x) && is_place(*y) && x->kind == y->kind;
  if (!places && !(x->is_constant() && y->is_constant())) return std::nullopt;
  const unsigned unused = 64 - 8 * std::min<unsigned>(width_, 8);
  const std::uint64_t a = x->a << unused, b = y->a << unused;  // compare like those of the width
  const bool negative = static_cast<std::int64_t>(a - b) < 0;
  if (only_equality_) {
    const bool of_result = equality || condition == Condition::negative || condition == Condition::not_negative;
    const bool of_carry = !sign && (condition == Condition::below || condition == Condition::above_equal);
    if (!of_result && !(of_carry && carries_unless_minus_one_)) return std::nullopt;
    return holds(condition, a == b, a != ~std::uint64_t{0} << unused, negative);
  }
  // Offsets of places in the frame have a sign, the places have none.
  const bool below = sign || places ? static_cast<std::int64_t>(a) < static_cast<std::int64_t>(b) : a < b;
  return holds(condition, a == b, below, negative);
}

}  // namespace scanner::trace
