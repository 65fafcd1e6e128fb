// What one image may cost. Code is written by people nobody vouches for, and a fixed point over hostile code can take
// for ever; so work and memory are counted, in steps and bytes rather than seconds, for the same answer on every
// machine. What the budget did not suffice for is named in the file's record and counted with the reason `budget`.
#pragma once

#include <cstddef>
#include <cstdint>

namespace scanner::trace {

/// What the steps were spent on, for developers of the engine.
struct TraceWork {
  std::uint64_t lifted = 0;                ///< functions, each as often as it was
  std::uint64_t instructions_lifted = 0;   ///< likewise
  std::uint64_t interpreted = 0;           ///< functions, each as often as it was
  std::uint64_t rounds = 0;                ///< fixed points: on x86 a function may need more than one
  std::uint64_t blocks_visited = 0;        ///< until no state changed
  std::uint64_t instructions_visited = 0;  ///< likewise
  std::uint64_t items = 0;                 ///< of the solver's worklist
};

/// A step is an operation interpreted, a fact looked at (a store, a caller, a reference), or eight registers or frame
/// slots copied or joined: some 10 nanoseconds.
class Budget {
 public:
  /// Five times what the costliest image of the public ones needs (76 million: an x86 kernel of Windows XP).
  static constexpr std::uint64_t kMostSteps = 400'000'000;
  /// Of one function, so that a single one cannot use up what the others need.
  static constexpr std::uint64_t kMostStepsOfFunction = kMostSteps / 8;
  /// What is kept until the end of the trace: states of call sites (3.6 MB at most were seen); values (50 MB: an x86
  /// kernel of Windows 7).
  static constexpr std::uint64_t kMostBytes = 64U << 20;
  static constexpr std::uint64_t kMostBytesOfValues = 80U << 20;
  /// While one function is looked at: the states of its blocks.
  static constexpr std::uint64_t kMostBytesOfFunction = 48U << 20;
  /// Bytes of one function, in as many ranges at most.
  static constexpr std::uint64_t kLargestFunction = 4U << 20;
  static constexpr std::size_t kMostRanges = 1024;
  /// Ways between the blocks of one function: jump tables and handlers.
  static constexpr std::size_t kMostEdges = 2U << 20;
  /// Functions that are followed within each other, because what one does depends on the next: no depth of the call
  /// stack depends on the image. Three were seen.
  static constexpr unsigned kMostNested = 16;
  /// Places that a function is known to fill in behind its arguments.
  static constexpr std::size_t kMostPlaces = 256;

  /// False from when it is used up.
  bool spend(std::uint64_t steps) {
    steps_ += steps;
    return steps_ <= kMostSteps;
  }
  bool keep(std::uint64_t bytes) {
    bytes_ += bytes;
    return bytes_ <= kMostBytes;
  }
  [[nodiscard]] bool used_up() const { return steps_ > kMostSteps || bytes_ > kMostBytes; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  TraceWork work;

 private:
  std::uint64_t steps_ = 0, bytes_ = 0;
};

}  // namespace scanner::trace
