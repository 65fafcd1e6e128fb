// What arithmetic makes of two atoms, where the result still has a form that somebody can use: numbers, addresses with
// offsets, and what is read later with a mask or an offset.
#pragma once

#include <cstdint>
#include <optional>

#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

/// The lowest `width` bytes.
constexpr std::uint64_t cut(std::uint64_t value, unsigned width) {
  return width >= 8 ? value : value & ((1ULL << (8 * width)) - 1);
}

/// One pair of atoms: `out` = `x` ∘ `y`, of `width` bytes; `shift` as in Op. False when the result is nothing we have a
/// form for; `out` then means nothing. `misalignment`: Abi::entry_misalignment.
bool combine(Alu op, unsigned width, unsigned shift, const Atom& x, const Atom& y,
             std::optional<std::int64_t> misalignment, Atom& out);

}  // namespace scanner::trace
