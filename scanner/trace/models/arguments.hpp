// Reading the arguments of a call: where the API table says they are, what stands behind pointers, and what a value of
// the callee is in the caller's terms.
#pragma once

#include <cstdint>

#include "scanner/trace/domain/program.hpp"
#include "scanner/trace/interp/call_site.hpp"

namespace scanner::trace {

/// The value at `where` as the callee sees it at its entry; `width` bytes of it.
ValueId value_at(Program& program, const CallSite& site, Location where, unsigned width);
/// The other way round: a callee that is entered in `entry` finds `value`, a whole word, at `where`.
void set_at_entry(State& entry, Location where, ValueId value, Program& program);
/// Argument `index` of the calling convention, a whole word.
ValueId argument_at(Program& program, const CallSite& site, int index);

/// Where the listed function gets its tag: on x86 64-bit parameters take two slots, and some travel in ecx and edx.
Location tag_location(const Program& program, const tagdb::ApiRow& row);
Location size_location(const Program& program, const tagdb::ApiRow& row);

/// A table: how far apart its rows are (0: it is none), and how many there are at most (0: nobody knows).
struct Rows {
  std::int32_t stride = 0;
  std::uint16_t count = 0;

  bool operator==(const Rows&) const = default;
};

/// The `width` bytes at `offset` behind each place that `pointer` may be; with a stride, an element of a table there.
ValueId field_behind(Program& program, const CallSite& site, ValueId pointer, std::int64_t offset, unsigned width = 4,
                     Rows rows = {});

/// Expresses a value of the callee (in terms of its entry) in terms of the caller. What stands in the image is left for
/// the caller to resolve, who depends on it.
ValueId in_terms_of_caller(Program& program, const CallSite& site, ValueId value, unsigned width);

}  // namespace scanner::trace
