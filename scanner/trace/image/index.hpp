// The few places of an image that matter, found in one pass over its executable bytes: references to import slots, to
// code and to data. Candidates only; the lifted function decides which are real. A Machine makes the index.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "pe/image.hpp"

namespace scanner::trace {

/// Where `site` lies within the instruction is the Machine's to know: the displacement field on x64, the relocated
/// field on x86, the instruction itself on ARM64.
struct Reference {
  std::uint32_t target = 0;  ///< RVA
  std::uint32_t site = 0;    ///< RVA

  auto operator<=>(const Reference&) const = default;
};

/// References are ascending by target, then site.
struct Index {
  std::vector<Reference> slots;              ///< to interesting import slots
  std::vector<Reference> calls;              ///< direct calls, jumps and branches into executable sections
  std::vector<Reference> addresses;          ///< operands that name code: its address is taken
  std::vector<Reference> data;               ///< operands that name data
  std::vector<std::uint32_t> data_pointers;  ///< RVAs of relocated words that are no part of an instruction

  // How far the lists can be believed; false: bytes that only look like it are among them.
  bool exact_calls = false;
  bool exact_addresses = false;
  bool exact_data = false;  ///< false: a target may be 1, 2 or 4 bytes too low, where an immediate follows the field

  /// Puts every list of references into its order.
  void sort();
  /// All references in `list` (which must be sorted) to `target`.
  static std::span<const Reference> to(const std::vector<Reference>& list, std::uint32_t target);
};

/// Everything the relocation table names, in its order: where code holds no absolute addresses, that is
/// Index::data_pointers.
std::vector<std::uint32_t> relocated_words(const pe::Image& image);

}  // namespace scanner::trace
