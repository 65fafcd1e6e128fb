// Where the stack pointer stands on x86, where callees take their arguments off the stack. When a call, a join or an
// alignment leaves it unknown, what follows is expressed relative to a *region* of its own: arguments pushed behind
// that point stay exact, everything older is lost. Where a return, a join with a known depth or the restoring of a
// saved register later tells the depth, it is deduced and the function is followed again with that knowledge; a
// contradiction takes trust away step by step instead of guessing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace {

/// Frame offsets below this belong to a region: no real frame is that deep (kernel stacks have 12 KiB).
inline constexpr std::int64_t kDeepestFrame = -0x80000;
constexpr bool depth_lost(std::int64_t offset) { return offset < kDeepestFrame; }

/// Why a function's stack depth is not known everywhere: bits.
enum DepthReason : std::uint32_t {
  kDepthPointer = 1U << 0,   ///< a call through a pointer that nobody knows
  kDepthImport = 1U << 1,    ///< an import that the table of argument bytes lacks
  kDepthCallee = 1U << 2,    ///< a local function whose returns could not be read
  kDepthComputed = 1U << 3,  ///< alignment, alloca, or another computed stack pointer
  kDepthJoin = 1U << 4,      ///< two paths arrive with different unknown depths
  kDepthConflict = 1U << 5   ///< a return or a join contradicts what was known
};

/// The weightiest of the reasons, a fixed word.
std::string_view depth_reason(std::uint32_t reasons);

/// How a local function leaves the stack.
struct CalleeStack {
  enum class Kind : std::uint8_t {
    removes,  ///< takes `bytes` off and preserves what the convention says
    inlined,  ///< a helper that moves esp or ebp (__SEH_prolog4, __EH_epilog3, …): its straight code is `body`
    probe,    ///< _chkstk: takes eax bytes off for the caller's frame
    unknown
  };
  Kind kind = Kind::unknown;
  std::uint32_t bytes = 0;
  const LiftedFunction* body = nullptr;
};

/// The same of every function of an image. Where callers clean up behind calls, nobody asks.
class CalleeStacks {
 public:
  virtual ~CalleeStacks() = default;
  /// Of the function that starts at `rva`, which is no thunk of an import.
  virtual const CalleeStack& of(std::uint32_t rva) = 0;
};

class StackDepths {
 public:
  enum class Place : std::uint8_t { call, operation, join, handler };
  /// How far callees are believed, in the order in which contradictions take it away.
  enum class Trust : std::uint8_t { all, imports, nothing_deduced, pushes_only };

  /// The depth behind the operation (or at the block) at `rva`: what was deduced, else the base of its region.
  std::int64_t at(Place place, std::uint32_t rva, std::uint32_t reason);
  [[nodiscard]] bool is_base_of(std::int64_t offset, Place place, std::uint32_t rva) const;
  /// `offset`, in a region, is really `depth`.
  void deduce(std::int64_t offset, std::int64_t depth);
  void contradict() { contradicted_ = true; }
  /// Before the call at `rva` the depth is `depth`, perhaps an offset in a region: no callee leaves less on the stack.
  void note_before(std::uint32_t rva, std::int64_t depth);
  /// `offset`, in a region, is `depth` at most. That tells it if it is no less, either.
  void deduce_from_most(std::int64_t offset, std::int64_t depth);

  [[nodiscard]] bool trusts_callees() const { return trust_ == Trust::all; }
  [[nodiscard]] bool trusts_imports() const { return trust_ != Trust::pushes_only; }

  /// After following the function once: true when it should be followed again.
  bool another_round();
  [[nodiscard]] std::uint32_t reasons() const { return reasons_; }

 private:
  static constexpr std::int64_t kFirstRegion = -0x100000, kRegionSize = 0x40000;
  static constexpr std::size_t kMostRegions = 4000;
  static std::uint64_t key(Place place, std::uint32_t rva) { return static_cast<std::uint64_t>(place) << 32 | rva; }

  /// The number of the region that an offset is in; nothing for one that is in none.
  [[nodiscard]] std::optional<std::size_t> region_of(std::int64_t offset) const;
  static std::int64_t base_of(std::size_t region) {
    return kFirstRegion - static_cast<std::int64_t>(region) * kRegionSize;
  }

  std::map<std::uint64_t, std::size_t> regions_;
  std::vector<std::uint64_t> keys_;  // by region
  std::map<std::uint64_t, std::int64_t> known_, deduced_;
  std::map<std::uint64_t, std::int64_t> least_;  // of the bases of regions behind calls
  std::uint32_t reasons_ = 0;
  Trust trust_ = Trust::all;
  bool contradicted_ = false;
  unsigned rounds_ = 0;
};

}  // namespace scanner::trace
