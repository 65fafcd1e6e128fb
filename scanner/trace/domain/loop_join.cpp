// Joins that make loops come to an end: a pointer that walks through a table becomes "base + unknown · stride", a
// counter becomes unknown, and new constants in a block that was visited often are no longer told apart.
#include <algorithm>

#include "scanner/trace/domain/values.hpp"

namespace scanner::trace {
namespace {

/// `newer` is where a pointer `base` stands one round later, or many. False when it is no walk in one direction with
/// one stride. Downwards only locals are walked often enough to matter.
bool walk(Atom& base, const Atom& newer) {
  const bool argument = base.is_pointer_argument();
  if (newer.kind != base.kind || (argument && newer.where != base.where)) return false;
  const auto delta = static_cast<std::int64_t>(newer.a - base.a);
  base.assumes |= newer.assumes;
  if (delta == 0) return true;
  const bool down = delta < 0;
  if (down && (base.kind != AtomKind::frame || base.stride > 0)) return false;
  if (!down && base.stride < 0) return false;
  if (base.strided()) return delta % base.stride == 0;
  if (delta > policy::kLongestStride || delta < -policy::kLongestStride || newer.strided()) return false;
  base.stride = static_cast<std::int32_t>(delta);
  return true;
}

}  // namespace

bool ValuePool::walking_pointer(ValueId a, ValueId b, ValueId& walked) {
  const auto older = atoms(a), newer = atoms(b);
  if (older.size() != 1 || newer.empty()) return false;
  Atom base = older[0];
  if (!base.is_address() && !base.is_pointer_argument()) return false;
  if (!std::ranges::all_of(newer, [&base](const Atom& atom) { return walk(base, atom); })) return false;
  walked = make({&base, 1}, flags(a) | flags(b));
  return true;
}

ValueId ValuePool::widen(ValueId a, ValueId b) {
  if (ValueId walked = kBottom; a != b && walking_pointer(a, b, walked)) return walked;
  const ValueId joined = join(a, b);
  if (a == kBottom || values_[joined].count <= values_[a].count) return joined;
  return make(atoms(a), values_[joined].flags | kTopComputed);
}

bool ValuePool::is_counter(ValueId id) const {
  const auto small = [](const Atom& atom) { return atom.is_constant() && atom.a < policy::kLargestCounter; };
  return !atoms(id).empty() && std::ranges::all_of(atoms(id), small);
}

ValueId ValuePool::join_loop(ValueId a, ValueId b) {
  if (a == b || a == kBottom || b == kBottom) return join(a, b);
  if (ValueId walked = kBottom; walking_pointer(a, b, walked)) return walked;
  const ValueId joined = join(a, b);
  if (joined != a && is_counter(a) && is_counter(b)) return unknown(kTopComputed | flags(a) | flags(b));
  return joined;
}

}  // namespace scanner::trace
