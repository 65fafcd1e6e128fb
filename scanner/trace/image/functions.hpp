// Which function holds an address. .pdata gives ranges, chained records fold into their primary function. Leaf
// functions have no record, and x86 has no .pdata at all: the gaps between records are split by the Machine, and only
// when an address in one is asked for.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/image/index.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/isa/machine.hpp"

namespace scanner::trace {

class FunctionMap {
 public:
  FunctionMap(Machine& machine, const Index& index);

  /// RVA of the entry of the function that holds `rva`; 0 when `rva` is not in executable bytes of the file.
  std::uint32_t containing(std::uint32_t rva);
  /// The ranges of the function that starts at `entry`, entry range first; the range that holds `entry` when it is no
  /// known start. Empty when there is none.
  std::vector<CodeRange> ranges_of(std::uint32_t entry);
  std::vector<pe::ExceptionScope> scopes_of(std::uint32_t entry);
  /// True when `rva` starts a function (a .pdata record that is not chained, or a function found in a gap).
  bool is_start(std::uint32_t rva);
  /// Is it one beyond doubt: the entry point, an export, a valid target of indirect calls?
  [[nodiscard]] bool is_certain_start(std::uint32_t rva);
  /// Is it called, or a certain start? Jumps alone may lead to a part of a function.
  [[nodiscard]] bool is_called(std::uint32_t rva);
  /// Does .pdata tell where the function at `rva` ends?
  [[nodiscard]] bool has_record(std::uint32_t rva) const { return part_at(rva) != nullptr; }
  /// The single range (a .pdata record or a gap function) that holds `rva`; begin == end when there is none.
  CodeRange range_at(std::uint32_t rva);
  /// From now on the range at `rva` belongs to `function`.
  void absorb(std::uint32_t rva, std::uint32_t function);
  /// `function` was found to go on elsewhere: these are its ranges from now on.
  void extend(std::uint32_t function, std::vector<CodeRange> ranges) { extended_[function] = std::move(ranges); }

  [[nodiscard]] std::size_t size() const { return parts_.size(); }
  /// Records of .pdata that overlap their neighbour.
  [[nodiscard]] std::size_t overlaps() const { return overlaps_; }
  /// What is wrong with .pdata, when there are records that cannot be.
  [[nodiscard]] const std::optional<pe::Error>& damage() const { return damage_; }

 private:
  struct Part {
    std::uint32_t begin = 0, end = 0, function = 0, unwind = 0;
  };
  struct Gap {
    std::uint32_t end = 0;
    std::vector<CodeRange> functions;
  };
  [[nodiscard]] const Part* part_at(std::uint32_t rva) const;
  const CodeRange* gap_function_at(std::uint32_t rva);
  [[nodiscard]] bool is_boundary(std::uint32_t rva);
  void collect_starts();

  Machine& machine_;
  const pe::Image& image_;
  const Index& index_;
  std::vector<Part> parts_;  // ascending by begin
  std::vector<std::size_t> by_function_;
  std::map<std::uint32_t, Gap> gaps_;
  std::map<std::uint32_t, std::uint32_t> absorbed_;           // begin of a range → function it was found to belong to
  std::map<std::uint32_t, std::vector<CodeRange>> extended_;  // by entry
  std::vector<std::uint32_t> starts_;  // what may be a start: targets of calls and jumps, addresses in code and data
  std::vector<std::uint32_t> sure_starts_;  // what is one: entry point, exports, valid targets of indirect calls
  std::vector<std::uint32_t> held_starts_;  // addresses of code that words of the data hold
  bool starts_collected_ = false;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::uint32_t>> boundaries_;  // of ranges asked about
  std::uint64_t measured_ = 0;                                                                // bytes, for those
  std::size_t overlaps_ = 0;
  std::optional<pe::Error> damage_;
};

}  // namespace scanner::trace
