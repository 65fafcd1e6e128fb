// Every heuristic of the domain and the interpreter by name: what is taken for a counter, how far an object reaches,
// how many possibilities are told apart. They decide precision and cost, not soundness: where one gives up, the value
// is "possibly something else" with a reason, or rests on an assumption that is named.
#pragma once

#include <cstddef>
#include <cstdint>

namespace scanner::trace::policy {

// --- values ---------------------------------------------------------------------------------------------------------

/// Atoms of one value: the tags of a table. Paths that meet add to a value only up to the second figure.
inline constexpr std::size_t kMostAtoms = 32, kMostJoined = 16;
/// Numbers below this that differ from round to round are a counter; tags are larger.
inline constexpr std::uint64_t kLargestCounter = 0x10000;
/// Two addresses of one object farther apart than this are no walk through a table.
inline constexpr std::int64_t kLongestStride = 0x1000;
/// What counts by more each round, up to the last letter of a tag, must do it twice.
inline constexpr std::int64_t kLongestStep = 0x8000000;
/// An index that is scaled by more is no index of a table in an image. Whole bytes are shifted farther: letters of
/// tags.
inline constexpr std::uint64_t kLargestFactor = 0x1000, kLargestMultiple = 0x1000000;
/// A number below this is bounded by a comparison or a mask; what is larger is no index.
inline constexpr std::uint64_t kLargestBound = 0xFFFF;
/// Compilers set bits below this of what they know to be aligned so: the address of a member.
inline constexpr std::uint64_t kAlignmentOfMembers = 16;
/// A comparison that leaves so many numbers at most turns an unknown index into them.
inline constexpr std::uint64_t kMostIndices = 16;

// --- states ---------------------------------------------------------------------------------------------------------

inline constexpr std::size_t kMostFrameSlots = 512, kMostEscaped = 256, kMostEscapedArguments = 256;
inline constexpr std::size_t kMostFields = 64;      ///< that were stored behind arguments
inline constexpr std::size_t kMostConstraints = 6;  ///< on the arguments, of one path
inline constexpr std::size_t kMostNarrowings = 8;   ///< comparisons that no value shows, of one path
/// Incoming stack arguments that get a slot when a callee may write there.
inline constexpr unsigned kMostArgumentsFilledIn = 16;
/// Stack offsets above the return address that can be incoming arguments.
inline constexpr std::int64_t kHighestArgument = 0x1000;
/// Elements of an array on the stack that a load with an unknown index may read.
inline constexpr int kMostElementsOnStack = 16;
/// Elements that a loop copies from the image to the stack, each to its place.
inline constexpr std::uint16_t kMostElementsCopied = 16;
/// Rounds of a string operation that are carried out one by one.
inline constexpr std::uint64_t kMostRepeats = 64;
/// Bytes above the callee's frame that can be its arguments, when their number is not known.
inline constexpr std::int64_t kArgumentArea = 0x60;

// --- the fixed point of one function ---------------------------------------------------------------------------------

inline constexpr std::size_t kMostHandlersApart = 4;  ///< of a block; more find what is joined once for all of them
inline constexpr unsigned kVisitsBeforeWidening = 6, kMostVisits = 64;
/// Paths into one call that are followed one by one, and blocks between where they meet and the call.
inline constexpr std::size_t kMostPaths = 16, kMostBlocksOfPath = 16;

/// States of all blocks of a function, where those are kept apart in which tests had different outcomes.
inline constexpr std::size_t kMostWaysApart = 512;

/// Blocks on the path through a function that is called with what is known, each as often as it is run.
inline constexpr unsigned kMostBlocksEvaluated = 256;
/// The same of the path through a loop over the letters of a tag.
inline constexpr unsigned kMostBlocksOfLoop = 64;
/// Values of one argument for which a function is followed, each by itself.
inline constexpr std::size_t kMostEvaluated = 8;

/// Functions that one call reaches through a pointer, of which it is asked what they return.
inline constexpr std::size_t kMostTargets = 16;
/// Calls through arguments of one function, or of those that it passes them on to.
inline constexpr std::size_t kMostCallsThrough = 64;

/// Steps for callers that are looked at only for what they pass: so many, and such a part of those that all else took.
inline constexpr std::uint64_t kStepsForCallers = 5'000, kPartForCallers = 400;

// --- globals --------------------------------------------------------------------------------------------------------

/// How far behind an address that escapes its object may reach; farther when nothing else is known to stand between.
inline constexpr std::uint32_t kObjectReach = 0x100, kLargeObject = 0x1000;
/// Globals that are read to know one global.
inline constexpr unsigned kMostHops = 4;
/// Arguments of functions that are known to end up in one global.
inline constexpr std::size_t kMostInflows = 4096;
/// A table of tags: its bytes, its entries, and how much padding may follow it.
inline constexpr std::uint32_t kLargestTable = 0x1000, kMostPadding = 64;
inline constexpr std::size_t kMostTags = kMostAtoms;
/// Elements of a list that stands in the image.
inline constexpr std::size_t kMostElements = kMostAtoms;
/// A bound says what is in a table only if it is this low: a byte is below 256 in every table.
inline constexpr std::uint16_t kMostRows = kMostAtoms;
inline constexpr std::uint32_t kSmallestStride = 4;
/// Rows without a tag before the first, and rows with one that make a table of what ends like something else.
inline constexpr unsigned kMostFreeRows = 2;
inline constexpr std::size_t kFewestRows = 3;

}  // namespace scanner::trace::policy
