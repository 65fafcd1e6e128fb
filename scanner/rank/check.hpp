// What a driver's maker should look at before shipping: a lint over one traced image. Findings say what is seen and
// why it matters, with the places; they are about habits, not about leaks. check_codes.hpp lists the kinds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scanner/rank/check_codes.hpp"
#include "scanner/rank/rank.hpp"
#include "scanner/trace/trace.hpp"
#include "tagdb/api_table.hpp"
#include "tagdb/database.hpp"

namespace scanner::rank {

/// One for a driver, a tag and a code, however many places there are.
struct Finding {
  const CheckCode* code = nullptr;
  tagdb::PoolTag tag;                 ///< 0 for `suspect_tag`
  std::vector<std::uint32_t> places;  ///< RVAs of calls, ascending, not empty
  std::string text;
};

/// What the checks want to know of a driver besides its code.
struct CheckedImage {
  ImageFacts names;
  std::string_view company;         ///< from the version resource, may be empty
  std::uint32_t oldest_system = 0;  ///< see pe::Image::oldest_system()
};

/// NonPagedPoolNx came with Windows 8.
inline constexpr std::uint32_t kWindows8 = 6U << 16 | 2U;

/// In the order of tags; `suspect_tag` last.
std::vector<Finding> check(const trace::TraceResult& trace, const CheckedImage& image, const tagdb::Database& database,
                           const tagdb::ApiTable& apis);

}  // namespace scanner::rank
