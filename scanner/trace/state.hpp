// What registers and frame slots hold at one point of a function.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "scanner/trace/abi.hpp"
#include "scanner/trace/ops.hpp"
#include "scanner/trace/values.hpp"

namespace scanner::trace {

inline constexpr std::size_t kMostFrameSlots = 512;

struct FrameSlot {
  std::int32_t offset = 0;  ///< from the stack pointer at entry
  std::uint32_t width = 0;
  ValueId value = kBottom;

  bool operator==(const FrameSlot&) const = default;
};

/// On every path to here, the content of `where` at entry was (or was not) `value`.
struct Constraint {
  Location where = 0;
  std::uint64_t value = 0;
  bool equal = true;
  std::uint8_t width = 4;  ///< bytes that were compared

  auto operator<=>(const Constraint&) const = default;
};

struct State {
  std::array<ValueId, kRegCount> registers{};
  std::vector<FrameSlot> frame;         // ascending by offset, not overlapping
  std::vector<std::int32_t> escaped;    // frame addresses that were given away, ascending
  std::vector<Constraint> constraints;  // ascending

  bool operator==(const State&) const = default;

  /// Somebody else may know the frame address `offset` from now on.
  void escape(std::int32_t offset) {
    const auto at = std::lower_bound(escaped.begin(), escaped.end(), offset);
    if (at == escaped.end() || *at != offset) escaped.insert(at, offset);
  }
};

/// The content of `width` bytes at `offset` of the frame.
ValueId frame_load(const State& state, std::int64_t offset, unsigned width, ValuePool& values, const Abi& abi);
/// Overwrites `width` bytes at `at`; what is left of slots that it overlaps only partly is kept where it can be.
void frame_store(State& state, std::int64_t at, std::uint32_t width, ValueId value, ValuePool& values);

}  // namespace scanner::trace
