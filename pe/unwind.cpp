// Function ranges of x64: .pdata records, chained unwind information, and the scope tables of structured exception
// handling. Layout: "x64 exception handling", learn.microsoft.com.
#include <algorithm>

#include "pe/image.hpp"
#include "pe/unwind.hpp"

namespace pe {
namespace {

constexpr std::uint8_t kHandlerFlags = 3;  // UNW_FLAG_EHANDLER | UNW_FLAG_UHANDLER
constexpr std::uint8_t kChained = 4;       // UNW_FLAG_CHAININFO
constexpr int kMaxChain = 32;
constexpr std::uint32_t kMaxScopes = 4096;

/// Where the unwind codes end: the handler or the chained record stands there, aligned to 4.
std::uint64_t behind_codes(Bytes unwind) { return 4 + 2 * ((std::uint64_t{unwind[2]} + 1) & ~std::uint64_t{1}); }

}  // namespace

Visited Image::for_each_function(const std::function<void(const FunctionRange&)>& visit) const {
  Visited visited;
  if (machine_ == Machine::arm64) return arm64::for_each_function(*this, visit);
  if (machine_ != Machine::x64) return visited;
  const auto dir = directory(Directory::exceptions);
  if (dir.rva == 0) return visited;
  const Bytes all = from_rva(dir.rva);
  const Bytes table = all.slice(0, std::min<std::uint64_t>(dir.size, all.size())).value_or(Bytes{});
  for (std::size_t at = 0; table.contains(at, 12); at += 12) {
    FunctionRange range{*table.read<std::uint32_t>(at), *table.read<std::uint32_t>(at + 4),
                        *table.read<std::uint32_t>(at + 8), 0};
    if (range.begin == 0 && range.end == 0) continue;
    if (range.begin >= range.end || range.end > size_of_image_) {
      visited.stopped = Error{Fault::malformed, "a .pdata record has its end before its begin or outside the image"};
      continue;
    }
    range.primary = range.begin;
    std::uint32_t unwind = range.unwind;
    for (int depth = 0; depth < kMaxChain; ++depth) {
      // An odd address points at another .pdata record instead of unwind information.
      if ((unwind & 1) != 0) {
        const Bytes record = from_rva(unwind & ~1U);
        const auto begin = record.read<std::uint32_t>(0);
        const auto next = record.read<std::uint32_t>(8);
        if (!begin || !next) break;
        range.primary = *begin;
        unwind = *next;
        continue;
      }
      const Bytes info = from_rva(unwind);
      if (info.size() < 4 || ((info[0] >> 3) & kChained) == 0) break;
      const std::uint64_t record = behind_codes(info);
      const auto begin = info.read<std::uint32_t>(record);
      const auto next = info.read<std::uint32_t>(record + 8);
      if (!begin || !next) break;
      range.primary = *begin;
      unwind = *next;
    }
    visit(range);
    ++visited.count;
  }
  return visited;
}

Visited Image::for_each_scope(const FunctionRange& range,
                              const std::function<void(const ExceptionScope&)>& visit) const {
  Visited visited;
  if (machine_ == Machine::arm64) return arm64::for_each_scope(*this, range, visit);
  if (machine_ != Machine::x64 || (range.unwind & 1) != 0) return visited;
  const Bytes info = from_rva(range.unwind);
  if (info.size() < 4 || ((info[0] >> 3) & kHandlerFlags) == 0 || ((info[0] >> 3) & kChained) != 0) return visited;
  return visit_scope_table(info, behind_codes(info) + 4, range, visit);
}

Visited visit_scope_table(Bytes record, std::uint64_t table, const FunctionRange& range,
                          const std::function<void(const ExceptionScope&)>& visit) {
  Visited visited;
  const auto count = record.read<std::uint32_t>(table);
  if (!count || *count > kMaxScopes) return visited;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const std::uint64_t at = table + 4 + i * 16ULL;
    if (!record.contains(at, 16)) return visited;
    const ExceptionScope scope{*record.read<std::uint32_t>(at), *record.read<std::uint32_t>(at + 4),
                               *record.read<std::uint32_t>(at + 8), *record.read<std::uint32_t>(at + 12)};
    if (scope.begin < range.begin || scope.end > range.end || scope.begin > scope.end) return visited;
    visit(scope);
    ++visited.count;
  }
  return visited;
}

}  // namespace pe
