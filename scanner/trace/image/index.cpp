#include "scanner/trace/image/index.hpp"

#include <algorithm>

#include "scanner/trace/image/rva_sort.hpp"

namespace scanner::trace {
namespace {

/// Sites mostly ascend already.
void sort_references(std::vector<Reference>& list) {
  sort_by_rva(list, [](const Reference& reference) { return reference.target; });
  for (auto first = list.begin(); first != list.end();) {
    const auto other = [target = first->target](const Reference& reference) { return reference.target != target; };
    const auto last = std::find_if(first + 1, list.end(), other);
    if (!std::is_sorted(first, last)) std::sort(first, last);
    first = last;
  }
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
