// What stands around a reference of the index: which instruction it is, as far as a few bytes tell. The one place that
// knows how the processors write calls and jumps for those who ask before anything is lifted.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/image/functions.hpp"
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/image/index.hpp"

namespace scanner::trace {

/// RVA of the call instruction when the reference (of Index::calls) is a direct call.
std::optional<std::uint32_t> direct_call_at(const pe::Image& image, const Reference& reference);

/// RVA of the jump instruction when the reference (of Index::calls) is an unconditional jump.
std::optional<std::uint32_t> direct_jump_at(const pe::Image& image, const Reference& reference);

/// Where a thunk that jumps through the slot may begin (a reference of Index::slots); empty when no jump stands there.
std::vector<std::uint32_t> thunk_starts(const pe::Image& image, const Reference& reference);

/// RVA of the call instruction when the reference (of Index::slots) calls through the slot.
std::optional<std::uint32_t> slot_call_at(const pe::Image& image, const Reference& reference);

/// Does the instruction compute the address (of Index::data) instead of using what stands there?
bool computes_address(const pe::Image& image, const Reference& reference);

/// Does the instruction load what stands there, or call or push it (a reference of Index::data)? False where that is
/// not certain.
bool only_reads(const pe::Image& image, const Reference& reference);

/// May the instruction be a store of more than four bytes there (a reference of Index::data)?
bool stores_wide(const pe::Image& image, const Reference& reference);

/// Does code in `range` hold `index` as a number that it may multiply, as builds without optimisation do to reach an
/// element of a table? More than is there is told, so that little is looked at in vain and nothing is missed.
bool multiplies_index(const pe::Image& image, CodeRange range, std::uint32_t index);

/// Does code in `range` hold the number `offset` as displacement or constant?
bool mentions(const pe::Image& image, CodeRange range, std::uint32_t offset);

}  // namespace scanner::trace
