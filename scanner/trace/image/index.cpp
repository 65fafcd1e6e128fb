#include "scanner/trace/image/index.hpp"

#include <algorithm>
#include <boost/sort/spreadsort/integer_sort.hpp>

namespace scanner::trace {
namespace {

void sort_references(std::vector<Reference>& list) {
  std::vector<std::uint64_t> keys(list.size());
  std::transform(list.begin(), list.end(), keys.begin(),
                 [](const Reference& ref) { return std::uint64_t{ref.target} << 32 | ref.site; });
  boost::sort::spreadsort::integer_sort(keys.begin(), keys.end());
  std::transform(keys.begin(), keys.end(), list.begin(), [](std::uint64_t key) {
    return Reference{static_cast<std::uint32_t>(key >> 32), static_cast<std::uint32_t>(key)};
  });
}

}  // namespace

std::span<const Reference> Index::to(const std::vector<Reference>& list, std::uint32_t target) {
  const auto [first, last] =
      std::equal_range(list.begin(), list.end(), Reference{target, 0},
                       [](const Reference& a, const Reference& b) { return a.target < b.target; });
  return {first, last};
}

void Index::sort() {
  for (auto* list : {&slots, &calls, &addresses, &data}) sort_references(*list);
}

std::vector<std::uint32_t> relocated_words(const pe::Image& image) {
  std::vector<std::uint32_t> words;
  image.for_each_relocation([&words](std::uint32_t rva, unsigned) { words.push_back(rva); });
  return words;
}

}  // namespace scanner::trace
