// What loads and stores find and leave behind: in the frame, in the image, and behind pointers that nobody can follow
// here, whose content gets a name (AtomKind::memory, field, via_global) that callers or other functions may know.
#pragma once

#include <cstdint>
#include <span>

#include "pe/image.hpp"
#include "scanner/trace/isa/abi.hpp"
#include "scanner/trace/solve/budget.hpp"
#include "scanner/trace/interp/interpreter.hpp"
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"

namespace scanner::trace {

class Memory {
 public:
  /// Walks over whole states are taken from `budget`.
  Memory(const pe::Image& image, const ImportTable& imports, ValuePool& values, const Abi& abi, Budget& budget)
      : image_(image), imports_(imports), values_(values), abi_(abi), budget_(budget) {}

  ValueId address_of(const State& state, const Mem& mem) {
    const ValueId base = mem.in_image         ? values_.image_address(0)
                         : mem.base == kNoReg ? kBottom
                                              : state.registers[mem.base];
    const ValueId index = mem.index == kNoReg ? kBottom : state.registers[mem.index];
    return values_.address(base, index, mem.scale, mem.disp);
  }
  /// The content of `width` bytes at `address`.
  ValueId load(const State& state, ValueId address, unsigned width);
  /// The operation stores (OpKind::store) in the function at RVA `function`. Stores that leave the frame are added to
  /// `notes` unless it is null.
  void store(State& state, const Op& op, std::uint32_t function, FunctionSummary* notes);
  /// The operation stores many times (OpKind::repeat), notes as above.
  void repeat(State& state, const Op& op, std::uint32_t function, FunctionSummary* notes);
  /// Somebody else gets `value`: frame addresses in it are known to others from now on.
  void escape(State& state, ValueId value);
  /// The same for pointers that are arguments of this function.
  void escape_argument(State& state, ValueId value);
  /// Whoever can read a slot also knows the frame addresses in it.
  void escape_contents(State& state);

 private:
  ValueId load_image(std::uint32_t rva, unsigned width);
  ValueId load_element(const State& state, const Atom& atom, unsigned width);
  void store_somewhere_behind(State& state, std::int64_t offset, ValueId value);
  void store_by_other_names(State& state, std::span<const Atom> atoms);
  void store_somewhere_below(State& state, std::int64_t end);
  void fill_in_arguments(State& state, std::int64_t offset);

  const pe::Image& image_;
  const ImportTable& imports_;
  ValuePool& values_;
  const Abi& abi_;
  Budget& budget_;
};

}  // namespace scanner::trace
