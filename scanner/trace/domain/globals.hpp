// What writable memory of the image holds: initial bytes, the stores that were seen, and whether somebody else could
// write. A value that was read from memory is resolved only when a tag or a callee depends on it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/solve/budget.hpp"
#include "scanner/trace/interp/interpreter.hpp"
#include "scanner/trace/image/index.hpp"
#include "scanner/trace/domain/values.hpp"

namespace scanner::trace {

/// A global got its value from an argument of `function`: whoever calls that function decides.
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

class Globals {
 public:
  /// Stores and references that are looked at are taken from `budget`; when it is used up, nothing is known any more.
  Globals(const pe::Image& image, const Index& index, ValuePool& values, const Abi& abi, Budget& budget);

  /// From now on they are taken from another one.
  void charge_to(Budget& budget) { budget_ = &budget; }

  /// True when the store is new.
  bool add(const GlobalStore& store);
  Resolution resolve(ValueId value);
  /// Some code walks through a table up to here.
  void add_end(std::uint32_t rva) { ends_.insert(rva); }
  /// RVAs of code that may read or write the `width` bytes at `rva` (displacement fields, see Index).
  [[nodiscard]] std::vector<std::uint32_t> users(std::uint32_t rva) const;
  /// Does code use some of the `bytes` at `rva` without computing the address first?
  [[nodiscard]] bool used(std::uint32_t rva, std::uint32_t bytes);
  /// RVAs of stores that begin shortly before `rva` and may be wide enough to cover it.
  [[nodiscard]] std::vector<std::uint32_t> wide_stores_over(std::uint32_t rva) const;
  /// Data words that hold the address `rva`.
  [[nodiscard]] const std::vector<std::uint32_t>& words_holding(std::uint32_t rva);
  /// Is the address of `rva` taken by code or stored in data?
  [[nodiscard]] bool address_taken(std::uint32_t rva);
  /// Does all code that names some of the `bytes` at `rva` only read there, and is the data word at `holder` the only
  /// one with an address of them? `reads` is asked about code that computes the address first.
  [[nodiscard]] bool only_read(std::uint32_t rva, std::uint32_t bytes, std::uint32_t holder,
                               const std::function<bool(const Reference&)>& reads);
  /// Was a store seen at `offset` behind the pointer that stands at `rva`?
  [[nodiscard]] bool stored_through(std::uint32_t rva, std::int32_t offset) const {
    return through_.contains({rva, offset});
  }
  /// The nearest address at or below `rva` that code or data names, within `reach` bytes; 0 when there is none.
  [[nodiscard]] std::uint32_t object_at(std::uint32_t rva, std::uint32_t reach);
  /// Globals into which the address of code at `rva` is stored by code.
  [[nodiscard]] const std::set<std::uint32_t>& stored_into(std::uint32_t rva) const;

 private:
  /// Stores to one place. Each is kept once.
  struct Stores {
    using Key = std::tuple<std::uint32_t, ValueId, std::uint32_t>;  // site, value, function
    bool add(const GlobalStore& store);

    std::vector<GlobalStore> list;
    std::set<Key> known;  // empty while the list is short
  };
  ValueId content(std::uint32_t rva, unsigned width, Resolution& out, unsigned depth);
  ValueId content_through(std::uint32_t rva, std::int32_t offset, unsigned width, Resolution& out, unsigned depth);
  ValueId table(const Atom& atom, Resolution& out);
  ValueId expand(ValueId value, Resolution& out, unsigned depth);
  ValueId from_store(const GlobalStore& store, unsigned width, Resolution& out, unsigned depth);
  [[nodiscard]] bool escapes(std::uint32_t rva);
  [[nodiscard]] bool is_lea(const Reference& reference) const;
  bool lea_of(std::uint32_t rva);
  bool lea_within(std::uint32_t low, std::uint32_t high);
  void collect_pointers();

  const pe::Image& image_;
  const Index& index_;
  ValuePool& values_;
  const Abi& abi_;
  Budget* budget_;
  std::map<std::uint32_t, Stores> direct_;
  std::map<std::pair<std::uint32_t, std::int32_t>, Stores> through_;
  std::unordered_map<std::uint32_t, std::set<std::uint32_t>> stored_into_;  // address → globals, of direct_
  std::set<std::pair<std::uint32_t, std::uint32_t>> computed_;              // strided stores: base and site
  std::set<std::uint32_t> ends_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> pointers_;  // target → data words
  bool pointers_collected_ = false;
  std::unordered_map<std::uint64_t, bool> lea_within_, used_;  // by first and last address, or bytes
};

}  // namespace scanner::trace
