// What comparisons said of a number that its value does not show: `x != 2`, and later `x < 5` makes an index of x,
// which is not 2; bits of x that were tested; two indices that are not the same. What is known of an argument leaves
// the others of its values. What is known of a number in memory, which may be read again, makes them uncertain.
#pragma once

#include <cstdint>
#include <optional>

#include "scanner/trace/domain/state.hpp"

namespace scanner::trace {

/// What is worth to be remembered where `bound` holds of `compared`, which then is `becomes`.
std::optional<Narrowing> narrowing_of(const ValuePool& values, ValueId compared, ValueId becomes, const Bound& bound);
/// The same of every argument and every result of a call, whatever `bound` says of it.
std::optional<Narrowing> narrowing_of_any(const ValuePool& values, ValueId compared, const Bound& bound);
/// The same where two numbers were compared of which none is known.
std::optional<Narrowing> narrowing_of_two(const ValuePool& values, ValueId a, ValueId b, Bound::Kind kind);
/// The argument, or the result of a call, of which `value` is a part, or to which something was added; else kBottom.
ValueId whole_number(ValuePool& values, ValueId value);
/// Can `bound` not hold of `compared`, an argument plus something, after what is known of that? `results`: nor of what
/// a call returned; only where forget_result() is told of every call.
bool contradicts(const ValuePool& values, const State& state, ValueId compared, const Bound& bound, bool results);
/// The call at RVA `call` is made again: its result is another number than what it returned before, which has no name
/// from now on.
void forget_result(ValuePool& values, State& state, std::uint32_t call);
/// Adds it to what is known.
void note(Narrowings& list, const Narrowing& narrowing);
/// A comparison made the few numbers `becomes` of `compared`: those that earlier ones left of them.
ValueId without_excluded(ValuePool& values, const Narrowings& known, ValueId compared, ValueId becomes);
/// `value` is a few bits of a number of which others were tested: those of its values that this left; else itself.
ValueId left_of_bits(ValuePool& values, const Narrowings& known, ValueId value);
/// `element` was read from a table, where `index` chose it.
void note_choice(const ValuePool& values, State& state, ValueId element, ValueId index);
/// Some of the numbers of `index` are left out: not every element that it chose before is left.
void doubt_chosen(ValuePool& values, State& state, ValueId index, std::uint32_t assumed = kAssumesTable);
/// What was compared, `element`, was read from a table: the number that chose it; kBottom when it is none such.
ValueId index_behind(const State& state, ValueId element);
/// An element that `index` chose was compared: others that it chooses from now on may be out of reach.
void doubt_index(State& state, ValueId index);
bool doubted(const State& state, ValueId index);
/// Were the numbers that choose one of these addresses together compared with each other?
bool chosen_together(const ValuePool& values, const State& state, ValueId addresses);

}  // namespace scanner::trace
