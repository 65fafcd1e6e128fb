#include "scanner/trace/relocations.hpp"

#include <algorithm>

namespace scanner::trace {

RelocatedFields::RelocatedFields(const pe::Image& image) {
  constexpr unsigned kHighLow = 3;  // IMAGE_REL_BASED_HIGHLOW, the only kind that names a whole 32-bit field
  image.for_each_relocation([&](std::uint32_t rva, unsigned type) {
    if (type == kHighLow && rva < image.size_of_image()) fields_.push_back(rva);
  });
  std::sort(fields_.begin(), fields_.end());
  fields_.erase(std::unique(fields_.begin(), fields_.end()), fields_.end());
  if (fields_.empty()) return;
  bits_.resize(fields_.back() / 64 + 1);
  for (const std::uint32_t rva : fields_) bits_[rva / 64] |= std::uint64_t{1} << (rva % 64);
}

}  // namespace scanner::trace
