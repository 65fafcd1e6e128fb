#include "scanner/trace/isa/x86/relocations.hpp"
#include "scanner/trace/image/rva_sort.hpp"

#include <algorithm>

namespace scanner::trace::x86 {

RelocatedFields::RelocatedFields(const pe::Image& image) {
  constexpr unsigned kHighLow = 3;  // IMAGE_REL_BASED_HIGHLOW, the only kind that names a whole 32-bit field
  const auto visited = image.for_each_relocation([&](std::uint32_t rva, unsigned type) {
    if (type == kHighLow && image.offset_of(rva)) fields_.push_back(rva);
  });
  damage_ = visited.stopped;
  sort_rvas(fields_);
  fields_.erase(std::unique(fields_.begin(), fields_.end()), fields_.end());
  if (fields_.empty()) return;
  page_of_.resize(fields_.back() / kPage + 1, 0);
  pages_.emplace_back();
  for (const std::uint32_t rva : fields_) {
    std::uint32_t& page = page_of_[rva / kPage];
    if (page == 0) {
      page = static_cast<std::uint32_t>(pages_.size());
      pages_.emplace_back();
    }
    pages_[page][rva % kPage / 64] |= std::uint64_t{1} << (rva % 64);
  }
}

std::optional<std::uint32_t> code_word(const pe::Image& image, const RelocatedFields& fields, std::uint32_t rva) {
  if (!fields.at(rva)) return std::nullopt;
  const auto value = image.load(rva, 4);
  const auto target = value ? image.rva_of_va(*value) : std::nullopt;
  const pe::Section* section = target ? image.section_at(*target) : nullptr;
  return section != nullptr && section->executable() ? target : std::nullopt;
}

bool is_level(const pe::Image& image, const RelocatedFields& fields, std::uint32_t rva) {
  constexpr std::uint32_t kMostLevels = 64;
  const auto value = image.load(rva, 4);
  return value && !fields.at(rva) && (*value < kMostLevels || *value >= 0xFFFFFFFEU);
}

}  // namespace scanner::trace::x86
