// What writable memory of the image holds: initial bytes, the stores that were seen, and whether an alias could write.
// A value that was read from memory is resolved only when a tag or a callee depends on it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/domain/seen_stores.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/image/index.hpp"
#include "scanner/trace/ir/budget.hpp"
#include "scanner/trace/isa/machine.hpp"

namespace scanner::trace {

/// A global got its value from an argument of `function`: the callers of that function decide.
struct GlobalInflow {
  std::uint32_t function = 0;
  Atom argument;
  std::uint32_t flags = 0;
};

struct Resolution {
  ValueId value = kBottom;  ///< without memory and via_global atoms
  std::vector<GlobalInflow> inflows;
  std::vector<std::uint32_t> asked;  ///< RVAs of the globals that were read, for re-evaluation when stores appear
  bool table = false;                ///< entries of a table took part
};

/// Which code and data name addresses of the image: by displacement fields, computed addresses, and data words.
class AddressFacts {
 public:
  AddressFacts(const Machine& machine, const Index& index, Budget& budget)
      : machine_(machine), index_(index), budget_(&budget) {}

  void charge_to(Budget& budget) { budget_ = &budget; }

  /// RVAs of code that may read or write the `width` bytes at `rva` (displacement fields, see Index).
  [[nodiscard]] std::vector<std::uint32_t> users(std::uint32_t rva) const;
  /// Does code use some of the `bytes` at `rva` without computing the address first?
  [[nodiscard]] bool used(std::uint32_t rva, std::uint32_t bytes);
  /// RVAs of stores that begin shortly before `rva` and may be wide enough to cover it.
  [[nodiscard]] std::vector<std::uint32_t> wide_stores_over(std::uint32_t rva) const;
  /// Data words that hold the address `rva`.
  [[nodiscard]] std::span<const std::uint32_t> words_holding(std::uint32_t rva);
  /// Is the address of `rva` taken by code or stored in data?
  [[nodiscard]] bool address_taken(std::uint32_t rva);
  /// Does no instruction that names one of the `width` bytes at `rva` write there? Arrays below are another question,
  /// and so is code that computes an address first.
  [[nodiscard]] bool unwritten(std::uint32_t rva, unsigned width);
  /// Is there an array below that code writes to, and that may reach `rva`?
  [[nodiscard]] bool array_below(std::uint32_t rva);
  /// Does all code that names some of the `bytes` at `rva` only read there, and is the data word at `holder` the only
  /// one with an address of them? `reads` is asked about code that computes the address first.
  [[nodiscard]] bool only_read(std::uint32_t rva, std::uint32_t bytes, std::uint32_t holder,
                               const std::function<bool(const Reference&)>& reads);
  /// The nearest address at or below `rva` that code or data names, within `reach` bytes; 0 when there is none.
  [[nodiscard]] std::uint32_t object_at(std::uint32_t rva, std::uint32_t reach);
  /// The nearest address above `rva` that code or data names; 0 when there is none.
  [[nodiscard]] std::uint32_t object_above(std::uint32_t rva);
  /// Is one of the addresses from `low` to `high`, both included, computed by code?
  [[nodiscard]] bool computed_within(std::uint32_t low, std::uint32_t high);
  /// Does a data word hold one of them?
  [[nodiscard]] bool held_within(std::uint32_t low, std::uint32_t high);

 private:
  void collect_pointers();
  [[nodiscard]] std::vector<Reference>::const_iterator first_reference(std::uint32_t rva) const;

  const Machine& machine_;
  const Index& index_;
  Budget* budget_;
  std::vector<std::uint32_t> targets_, words_;  // what data words hold, ascending, and the words in the same order
  bool pointers_collected_ = false;
  std::unordered_map<std::uint64_t, bool> computed_within_, used_;  // by first and last address, or bytes
};

class Globals {
 public:
  /// Stores and references that are looked at are taken from `budget`; when it is used up, nothing is known any more.
  Globals(const Machine& machine, const Index& index, ValuePool& values, Budget& budget)
      : image_(machine.image()),
        values_(values),
        abi_(machine.abi()),
        budget_(&budget),
        facts_(machine, index, budget) {}

  /// From now on they are taken from another one.
  void charge_to(Budget& budget) {
    budget_ = &budget;
    facts_.charge_to(budget);
  }

  /// True when the store is new.
  bool add(const GlobalStore& store);
  Resolution resolve(ValueId value);
  /// Are the `width` bytes at `rva`, which are writable, what the file says at all times?
  [[nodiscard]] Fixed fixed(std::uint32_t rva, unsigned width);
  /// Some code walks through a table up to here.
  void add_end(std::uint32_t rva) { ends_.insert(rva); }
  /// Was a store seen at `offset` behind the pointer that stands at `rva`?
  [[nodiscard]] bool stored_through(std::uint32_t rva, std::int32_t offset) const {
    return through_.contains({rva, offset});
  }
  /// Globals into which the address of code at `rva` is stored by code.
  [[nodiscard]] const std::set<std::uint32_t>& stored_into(std::uint32_t rva) const;

  // See AddressFacts.
  [[nodiscard]] std::vector<std::uint32_t> users(std::uint32_t rva) const { return facts_.users(rva); }
  [[nodiscard]] bool used(std::uint32_t rva, std::uint32_t bytes) { return facts_.used(rva, bytes); }
  [[nodiscard]] std::vector<std::uint32_t> wide_stores_over(std::uint32_t rva) const {
    return facts_.wide_stores_over(rva);
  }
  [[nodiscard]] std::span<const std::uint32_t> words_holding(std::uint32_t rva) { return facts_.words_holding(rva); }
  [[nodiscard]] bool address_taken(std::uint32_t rva) { return facts_.address_taken(rva); }
  [[nodiscard]] bool only_read(std::uint32_t rva, std::uint32_t bytes, std::uint32_t holder,
                               const std::function<bool(const Reference&)>& reads) {
    return facts_.only_read(rva, bytes, holder, reads);
  }
  [[nodiscard]] std::uint32_t object_at(std::uint32_t rva, std::uint32_t reach) { return facts_.object_at(rva, reach); }

 private:
  /// Stores to one place. Each is kept once.
  struct Stores {
    using Key = std::tuple<std::uint32_t, ValueId, std::uint32_t>;  // site, value, function
    bool add(const GlobalStore& store);

    std::vector<GlobalStore> list;
    std::set<Key> known;  // empty while the list is short
  };
  /// The entries of a table of tags, and where they end.
  struct Entries {
    ValueId tags = kBottom;
    std::uint32_t behind = 0;  // RVA
    std::size_t rows = 0;
    bool readable = true;  // nothing but what programmers choose; texts have blanks and punctuation
  };

  /// A question that one resolution may ask again and again: globals that are computed from each other, or themselves.
  struct Question {
    unsigned depth = 0;
    Atom content;  ///< of a place, or through a pointer, as its kind says
    auto operator<=>(const Question&) const = default;
  };
  struct Answer {
    ValueId value = kBottom;
    std::vector<GlobalInflow> inflows;
  };

  /// The answer to `question`, by `find` the first time it is asked.
  template <typename Find>
  ValueId once(const Question& question, Resolution& out, const Find& find);
  ValueId content(std::uint32_t rva, unsigned width, Resolution& out, unsigned depth);
  ValueId content_of_place(std::uint32_t rva, unsigned width, Resolution& out, unsigned depth);
  ValueId stored_at(std::uint32_t rva, unsigned width, Resolution& out, unsigned depth, bool& stored);
  ValueId initial_content(std::uint64_t bytes, unsigned width);
  static void assume_unwritten(Resolution& out, std::size_t first);
  ValueId content_through(const Atom& atom, Resolution& out, unsigned depth);
  ValueId content_of_pointee(const Atom& atom, Resolution& out, unsigned depth);
  ValueId expand(ValueId value, Resolution& out, unsigned depth);
  ValueId expand_atom(const Atom& atom, Resolution& out, unsigned depth);
  ValueId from_store(const GlobalStore& store, unsigned width, Resolution& out, unsigned depth);
  ValueId from_argument(const GlobalStore& store, const Atom& argument, std::uint32_t flags, Resolution& out);
  ValueId table(const Atom& atom, Resolution& out, unsigned depth);
  ValueId pointers_of_table(const Atom& atom, Resolution& out, unsigned depth);
  ValueId content_of_list(const Atom& atom, Resolution& out, unsigned depth);
  ValueId next_elements(ValueId pointers, std::int32_t link, Resolution& out, unsigned depth);
  [[nodiscard]] bool holds_pointer(std::uint32_t rva);
  ValueId rows_of_table(const Atom& atom, Resolution& out, unsigned depth);
  std::uint32_t end_of_table(std::uint32_t base, std::uint32_t stride, const pe::Section& section, bool& bounded);
  Entries entries_of_table(std::uint32_t base, std::uint32_t end, std::uint32_t stride);
  [[nodiscard]] bool escapes(std::uint32_t rva);
  Fixed look_at_users(std::uint32_t rva, unsigned width);
  [[nodiscard]] bool is_exported(std::uint32_t rva, unsigned width);

  const pe::Image& image_;
  ValuePool& values_;
  const Abi& abi_;
  Budget* budget_;
  AddressFacts facts_;
  std::map<std::uint32_t, Stores> direct_;
  std::map<std::pair<std::uint32_t, std::int32_t>, Stores> through_;
  std::unordered_map<std::uint32_t, std::set<std::uint32_t>> stored_into_;  // address → globals, of direct_
  std::set<std::pair<std::uint32_t, std::uint32_t>> computed_;              // strided stores: base and site
  std::set<std::uint32_t> ends_;
  std::unordered_map<std::uint64_t, Fixed> fixed_;      // by RVA and width
  std::optional<std::vector<std::uint32_t>> exported_;  // RVAs, ascending; once they were asked for
  std::map<Question, Answer> answers_;                  // of the resolution that is under way
};

}  // namespace scanner::trace
