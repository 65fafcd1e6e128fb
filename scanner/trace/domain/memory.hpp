// What loads and stores find and leave behind: in the frame, in the image, and behind pointers that cannot be followed
// here, whose content gets a name (Atom::is_content()) that callers or other functions may know.
// A store to one certain place is a strong update; to one of several places, or past an unknown index, a weak one.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "pe/image.hpp"
#include "scanner/trace/domain/seen_stores.hpp"
#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/ir/budget.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/isa/abi.hpp"

namespace scanner::trace {

/// Of `width` writable bytes at `rva` (Globals::fixed).
using FixedContent = std::function<Fixed(std::uint32_t rva, unsigned width)>;

class Memory {
 public:
  /// Walks over whole states are taken from `budget`. `fixed` may be empty: then that is known of none.
  /// `through_fields`: what stands behind pointers that stand behind arguments gets a name, too.
  Memory(const pe::Image& image, const ImportTable& imports, ValuePool& values, const Abi& abi, Budget& budget,
         const FixedContent& fixed, bool through_fields = false)
      : image_(image),
        imports_(imports),
        values_(values),
        abi_(abi),
        budget_(budget),
        fixed_(fixed),
        through_fields_(through_fields) {}

  ValueId address_of(const State& state, const Mem& mem) {
    const ValueId base = mem.in_image         ? values_.image_address(0)
                         : mem.base == kNoReg ? kBottom
                                              : state.registers[mem.base];
    const ValueId index = mem.index == kNoReg ? kBottom : state.registers[mem.index];
    return values_.address(base, index, mem.scale, mem.disp);
  }
  /// The content of `width` bytes at `address`. `sign`: its sign matters, so that it is no tag.
  ValueId load(const State& state, ValueId address, unsigned width, bool sign = false);
  /// With numbers in place of names for what the file says of writable data, which is mostly an assumption. The same
  /// where that is known of none.
  ValueId with_contents(ValueId value);
  /// The operation stores (OpKind::store) in the function at RVA `function`. Stores that leave the frame are added to
  /// `log` unless it is null.
  ValueId store(State& state, const Op& op, std::uint32_t function, StoreLog* log);
  /// The operation stores many times (OpKind::repeat), log as above.
  void repeat(State& state, const Op& op, std::uint32_t function, StoreLog* log);
  /// `bytes` bytes of `value`, which are all alike if `from` is kBottom, or those at `from`, are stored at `to`.
  struct Move {
    ValueId to = kBottom, from = kBottom, value = kBottom;
    std::uint64_t bytes = 0;
    std::uint32_t rva = 0;  ///< of the instruction
  };
  /// False, and nothing is done: `to` may be several places, or there are too many bytes.
  bool move(State& state, const Move& move, std::uint32_t function, StoreLog* log);
  /// Frame addresses in `value` escape: aliases of them exist from now on.
  void escape(State& state, ValueId value) {
    if (values_.holds_frame_address(value)) escape_addresses(state, value);
  }
  /// The same for pointers that are arguments of this function.
  void escape_argument(State& state, ValueId value) {
    if (values_.holds_initial(value)) escape_pointers(state, value);
  }
  /// Code that can read a slot that escaped also knows the frame addresses in it.
  void escape_contents(State& state);
  /// The same for pointers that are arguments of this function.
  void escape_held_arguments(State& state);

 private:
  void escape_addresses(State& state, ValueId value);
  void escape_pointers(State& state, ValueId value);
  /// Where a store goes to, and what it stores there.
  struct Target {
    const Op& op;
    std::uint32_t function;
    ValueId address, value;
    bool strong;  // the old content is gone
  };

  ValueId load_atom(const State& state, const Atom& address, unsigned width, bool sign);
  ValueId load_global(const State& state, std::uint32_t rva, unsigned width);
  ValueId load_image(std::uint32_t rva, unsigned width);
  ValueId load_rows(const Atom& address, unsigned width, bool sign);
  [[nodiscard]] bool leads_back(const Atom& row) const;
  [[nodiscard]] bool names_behind_field(unsigned width) const;
  [[nodiscard]] bool begins_list(const Atom& pointer) const;
  ValueId load_element(const State& state, const Atom& address, unsigned width);
  [[nodiscard]] ValueId stored_value(const State& state, const Op& op);
  void store_to_array(State& state, const Target& target, const Atom& array);
  bool store_to_one_part(State& state, ValueId address, unsigned width, ValueId value);
  void store_to_frame(State& state, const Target& target, const Atom& atom);
  void store_to_image(State& state, const Target& target, std::span<const Atom> places);
  void store_behind_argument(State& state, const Target& target, const Atom& atom);
  void note(const Target& target, const Atom& atom, StoreLog& log) const;
  void weak_update_behind(State& state, std::int64_t offset, std::uint32_t assumed);
  void weak_update_below(State& state, std::int64_t end);
  void forget_whole_of(State& state, const Atom& array, unsigned width);
  void taint_aliased_fields(State& state, std::span<const Atom> atoms);
  void taint_aliased_locals(State& state, std::span<const Atom> atoms);
  void fill_in_arguments(State& state, std::int64_t offset);
  [[nodiscard]] bool is_place(ValueId address) const;
  bool repeat_as_move(State& state, const Op& op, std::uint64_t count, std::uint32_t function, StoreLog* log);
  void repeat_each(State& state, const Op& op, Op one, std::uint64_t count, std::uint32_t function, StoreLog* log);

  const pe::Image& image_;
  const ImportTable& imports_;
  ValuePool& values_;
  const Abi& abi_;
  Budget& budget_;
  const FixedContent& fixed_;
  const bool through_fields_;
};

}  // namespace scanner::trace
