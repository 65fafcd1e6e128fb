// Images with code for more than one processor: the map of their code in the CHPE metadata. Layout:
// IMAGE_ARM64EC_METADATA and IMAGE_CHPE_RANGE_ENTRY, winnt.h.
#include "pe/image.hpp"

namespace pe {

Visited Image::for_each_hybrid_range(const std::function<void(const HybridRange&)>& visit) const {
  Visited visited;
  const std::uint32_t metadata = load_config().hybrid_metadata;
  if (metadata == 0) return visited;
  const Bytes header = from_rva(metadata);
  const auto map = header.read<std::uint32_t>(4), count = header.read<std::uint32_t>(8);
  constexpr std::uint32_t kMostRanges = 1U << 16;
  if (!map || !count || *count == 0 || *count > kMostRanges) {
    visited.stopped = Error{Fault::malformed, "its CHPE metadata cannot be read"};
    return visited;
  }
  const Bytes table = from_rva(*map);
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto start = table.read<std::uint32_t>(std::uint64_t{i} * 8);
    const auto length = table.read<std::uint32_t>(std::uint64_t{i} * 8 + 4);
    if (!start || !length) {
      visited.stopped = Error{Fault::truncated, "its map of code reaches past the end of its section"};
      break;
    }
    constexpr std::uint32_t kKindMask = 3, kArm64 = 0, kArm64Ec = 1;
    HybridRange range;
    range.begin = *start & ~kKindMask;
    range.end = range.begin + *length;
    const std::uint32_t kind = *start & kKindMask;
    range.machine = kind == kArm64 ? Machine::arm64 : kind == kArm64Ec ? Machine::arm64ec : Machine::x64;
    if (range.end < range.begin || range.end > size_of_image_) {
      visited.stopped = Error{Fault::malformed, "its map of code reaches past the end of the image"};
      break;
    }
    visit(range);
    ++visited.count;
  }
  return visited;
}

}  // namespace pe
