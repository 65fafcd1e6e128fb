#include "scanner/poolmon/live.hpp"

namespace scanner::poolmon {

pe::Result<std::vector<LiveTag>> parse_pooltag_information(pe::Bytes answer, unsigned pointer_size) {
  const bool wide = pointer_size == 8;
  // Fields keep their natural alignment: 4+4+4+8 and 4+4+8 with 64-bit sizes, all 4 with 32-bit ones.
  const std::size_t first = wide ? 8 : 4, row = wide ? 40 : 28, paged_bytes = wide ? 16 : 12,
                    nonpaged_allocs = wide ? 24 : 16, nonpaged_bytes = wide ? 32 : 24;
  const auto count = answer.read<std::uint32_t>(0);
  if (!count || !answer.contains(first, std::uint64_t{*count} * row))
    return pe::Error{pe::Fault::truncated, "the system's table of pool tags is shorter than it says"};
  const auto bytes_at = [&](std::size_t at) -> std::uint64_t {
    return wide ? *answer.read<std::uint64_t>(at) : *answer.read<std::uint32_t>(at);
  };
  std::vector<LiveTag> tags;
  for (std::size_t i = 0; i < *count; ++i) {
    const std::size_t at = first + i * row;
    constexpr std::uint32_t kProtected = 0x80000000U;
    const std::uint32_t value = *answer.read<std::uint32_t>(at);
    const auto add = [&](LivePool pool, std::size_t allocs, std::size_t bytes) {
      LiveTag tag;
      tag.tag = tagdb::PoolTag(value & ~kProtected);
      tag.protected_bit = (value & kProtected) != 0;
      tag.pool = pool;
      tag.allocs = *answer.read<std::uint32_t>(at + allocs);
      tag.frees = *answer.read<std::uint32_t>(at + allocs + 4);
      tag.bytes = bytes_at(at + bytes);
      if (tag.allocs != 0 || tag.frees != 0 || tag.bytes != 0) tags.push_back(tag);
    };
    add(LivePool::nonpaged, nonpaged_allocs, nonpaged_bytes);
    add(LivePool::paged, 4, paged_bytes);
  }
  return tags;
}

}  // namespace scanner::poolmon
