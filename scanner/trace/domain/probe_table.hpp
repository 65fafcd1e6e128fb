// A table of numbers by hash with open addressing: what interning needs and no more. Profiles of surveys spend a tenth
// of their time in look-ups of values; a node per entry, as the standard containers have it, costs most of that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace scanner::trace {

class ProbeTable {
 public:
  /// The first number stored under `hash` for which `is_it` holds, or null. The pointer dies with the next insert().
  template <typename Predicate>
  [[nodiscard]] const std::uint32_t* find(std::uint64_t hash, Predicate is_it) const {
    if (slots_.empty()) return nullptr;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = spread(hash) & mask; slots_[at].used; at = (at + 1) & mask) {
      if (slots_[at].hash == hash && is_it(slots_[at].number)) return &slots_[at].number;
    }
    return nullptr;
  }

  /// Several numbers may be stored under one hash.
  void insert(std::uint64_t hash, std::uint32_t number) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    place(hash, number);
    ++used_;
  }

  [[nodiscard]] std::size_t bytes() const { return slots_.size() * sizeof(Slot); }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t number = 0;
    bool used = false;
  };

  /// Keys may be pairs of small numbers: their entropy must reach the low bits (the golden ratio does that).
  static std::size_t spread(std::uint64_t hash) {
    return static_cast<std::size_t>((hash * 0x9E3779B97F4A7C15ULL) >> 32);
  }

  void place(std::uint64_t hash, std::uint32_t number) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = spread(hash) & mask;
    while (slots_[at].used) at = (at + 1) & mask;
    slots_[at] = {hash, number, true};
  }

  void grow() {
    constexpr std::size_t kFirst = 256;
    std::vector<Slot> old(slots_.empty() ? kFirst : 2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.used) place(slot.hash, slot.number);
    }
  }

  std::vector<Slot> slots_;  // a power of two
  std::size_t used_ = 0;
};

}  // namespace scanner::trace
