// The census: every instruction of every executable section, decoded from every function start and straight through,
// and all calls and jumps that can reach a listed function's import slot. Knows nothing of the tracer, so it can
// contradict it.
#pragma once

#include <cstdint>
#include <set>

#include "pe/image.hpp"
#include "scanner/trace/trace.hpp"
#include "tagdb/api_table.hpp"
#include "tests/census/census_kmdf.hpp"

namespace census {

struct Census {
  std::set<std::uint32_t> sites;       ///< calls and jumps through the slot, or to a thunk of it
  std::set<std::uint32_t> slots;       ///< RVAs of the listed functions' import slots
  std::set<std::uint32_t> slot_loads;  ///< loads of the slot into a register: some later `call reg` is a site
  KmdfCensus kmdf;
  std::set<int> kmdf_rows;  ///< numbers of the rows for KMDF's functions
};

Census take(const pe::Image& image, const tagdb::ApiTable& apis);

struct Difference {
  std::set<std::uint32_t> only_census, only_account;
  std::set<std::uint32_t> kmdf;  ///< loads of a listed function of KMDF in functions without a call site of one
  bool kmdf_table = false;       ///< the tracer says that there is no table, and there may be one
  [[nodiscard]] bool empty() const {
    return only_census.empty() && only_account.empty() && kmdf.empty() && !kmdf_table;
  }
};

/// Sites of the account that go through a register, or through memory other than an import slot, are left out: the
/// census cannot know where those lead.
Difference compare(const pe::Image& image, const Census& census, const scanner::trace::TraceResult& result);

}  // namespace census
