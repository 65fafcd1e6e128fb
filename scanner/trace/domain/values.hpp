// Values as the tracer knows them: a small set of atoms and flags for "possibly something else". Values are interned,
// so a state is an array of numbers, equality is equality of numbers, and a join of equals costs nothing.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/domain/probe_table.hpp"

namespace scanner::trace {

enum class AtomKind : std::uint8_t {
  constant,   ///< `a`
  initial,    ///< what location `where` held when the function was entered, then (x & and) | or, or plus `a`
  image,      ///< address in the image: RVA `a`; `strided`: plus an unknown multiple of `where`
  frame,      ///< address in this frame: `a` as signed offset from the stack pointer at entry; `strided` as above
  import,     ///< pointer to import number `a`
  memory,     ///< content of `width` bytes at image RVA `a`; `strided`: an element of a table there, stride `where`
  field,      ///< content of `width` bytes at offset `a` behind the pointer that location `where` held at entry
  multiple,   ///< an unknown number times `a`
  returned,   ///< what the call at RVA `a` of this function returned
  via_global  ///< content of `width` bytes at offset `where` behind the pointer that stands at image RVA `a`
};

/// A place that holds a value when a function is entered: a register, or a stack slot at a byte offset from the stack
/// pointer at entry (which points at the return address on x86 and x64).
using Location = std::int32_t;
inline constexpr Location kStackBase = 0x1000;
constexpr Location stack_location(std::int32_t offset) { return kStackBase + offset; }
constexpr bool is_stack(Location location) { return location >= kStackBase; }

struct Atom {
  AtomKind kind = AtomKind::constant;
  std::uint8_t width = 8;
  bool strided = false;
  std::int32_t where = 0;
  std::uint64_t a = 0;
  std::uint32_t and_mask = 0xFFFFFFFFU;
  std::uint32_t or_mask = 0;
  std::int32_t offset = 0;  ///< memory, field, via_global: bytes added to the content, when it is a pointer;
                            ///< entry, field when strided: the stride

  auto operator<=>(const Atom&) const = default;
};

/// Why a value is possibly something else (low half), and which assumptions its atoms rest on (high half).
enum Flag : std::uint32_t {
  kTopReturned = 1U << 0,       ///< returned by a call
  kTopField = 1U << 1,          ///< read from a structure that this function did not build
  kTopComputed = 1U << 2,       ///< the result of arithmetic on unknown numbers
  kTopUnset = 1U << 3,          ///< a register or slot that nothing was seen to fill
  kTopDepthLost = 1U << 4,      ///< stack slot at an unknown depth
  kTopCapped = 1U << 5,         ///< too many possibilities
  kTopNotUnderstood = 1U << 6,  ///< an instruction or form that is not modelled
  kTopGlobal = 1U << 7,         ///< a writable global whose values are not known
  kTopUnreached = 1U << 8,      ///< no path from the entry was found
  kTopClobbered = 1U << 9,      ///< a register that a callee may have overwritten
  kTopMask = 0xFFFFU,

  kAssumesFrame = 1U << 16,     ///< that a callee given a neighbour's address leaves this local alone
  kAssumesTable = 1U << 17,     ///< that an index stays within the printable entries of a table
  kAssumesGlobal = 1U << 18,    ///< that nobody writes this global through a pointer
  kAssumesRegister = 1U << 19,  ///< that an argument travels in a register outside the calling convention
  kAssumesPointer = 1U << 20,   ///< that a call through memory reaches this function
  kAssumesExporter = 1U << 21,  ///< that the exporting driver is the file that was found
  kAssumesField = 1U << 22,     ///< that others who know an argument's pointer leave this field behind it alone
  kAssumedMask = 0xFFFF0000U
};

using ValueId = std::uint32_t;
inline constexpr ValueId kBottom = 0;  ///< no value yet

class ValuePool {
 public:
  /// `word`: bytes of an address.
  explicit ValuePool(unsigned word = 8, std::int64_t misalignment = 8);

  ValueId constant(std::uint64_t value);
  ValueId initial(Location location);
  ValueId image_address(std::uint32_t rva);
  ValueId frame_address(std::int64_t offset);
  ValueId import_pointer(std::uint32_t index);
  ValueId memory(std::uint32_t rva, unsigned width);
  ValueId single(const Atom& atom);
  ValueId unknown(std::uint32_t flags);
  ValueId make(std::span<const Atom> atoms, std::uint32_t flags);

  [[nodiscard]] std::span<const Atom> atoms(ValueId id) const;
  [[nodiscard]] std::uint32_t flags(ValueId id) const { return values_[id].flags; }
  /// The only constant, or nothing.
  [[nodiscard]] bool is_constant(ValueId id, std::uint64_t& value) const;
  /// The only atom when the value is nothing else, or null.
  [[nodiscard]] const Atom* only(ValueId id) const;

  ValueId with_flags(ValueId id, std::uint32_t flags);
  /// `a` is the older value: when the union is too large, its atoms stay and kTopCapped is set.
  ValueId join(ValueId a, ValueId b);
  /// As join, but new constants become kTopComputed: used where a loop keeps producing them.
  ValueId widen(ValueId a, ValueId b);
  /// As join, along the back edge of a loop: a pointer that walks becomes "base + unknown · stride", a counter unknown.
  ValueId join_loop(ValueId a, ValueId b);
  ValueId alu(Alu op, unsigned width, unsigned shift, ValueId a, ValueId b);
  /// Cuts to `width` bytes; with `sign` extends the sign to 64 bits, else with zeros.
  ValueId resize(ValueId id, unsigned width, bool sign);
  /// base + index * scale + disp.
  ValueId address(ValueId base, ValueId index, unsigned scale, std::int64_t disp);
  /// (id & and_mask) | or_mask, on constants and entries.
  ValueId masked(ValueId id, std::uint32_t and_mask, std::uint32_t or_mask);

  /// What it takes of memory.
  [[nodiscard]] std::size_t bytes() const {
    return arena_.size() * sizeof(Atom) + values_.size() * sizeof(Value) + index_.bytes() + joins_.bytes();
  }

  static constexpr std::size_t kCap = 16;

  /// RVA of KMDF's table, or of the pointer to it, when the image has one.
  void set_framework(std::uint32_t table) { framework_ = table; }
  /// Is it an address in that table, or what was read from it? Code keeps those in registers only (or spills them).
  [[nodiscard]] bool of_framework(const Atom& atom) const {
    const bool kind =
        atom.kind == AtomKind::image || atom.kind == AtomKind::memory || atom.kind == AtomKind::via_global;
    return kind && framework_ != 0 && atom.a == framework_;
  }

 private:
  std::uint32_t framework_ = 0;
  const unsigned word_;
  const std::int64_t misalignment_;  // Abi::entry_misalignment
  bool walking_pointer(ValueId a, ValueId b, ValueId& walked);

  struct Value {
    std::uint32_t first = 0, count = 0, flags = 0;
  };
  std::vector<Atom> arena_;
  std::vector<Value> values_;
  ProbeTable index_;                     // by hash of atoms and flags
  ProbeTable joins_;                     // by the two values
  std::array<ValueId, 1024> unknown_{};  // unknown() for the low flags alone, asked for more than anything else
};

}  // namespace scanner::trace
