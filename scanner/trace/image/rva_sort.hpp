// Long lists of addresses are put into order digit by digit: addresses of one image have few bits.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace scanner::trace {

/// Ascending by what `rva` says of each element; equal ones keep their order.
template <typename T, typename Rva>
void sort_by_rva(std::vector<T>& list, Rva rva) {
  constexpr unsigned kDigit = 11;
  constexpr std::size_t kShort = 256, kValues = std::size_t{1} << kDigit;
  if (list.size() < kShort) {
    std::ranges::stable_sort(list, {}, rva);
    return;
  }
  std::uint32_t used = 0;
  for (const T& element : list) used |= rva(element);
  std::vector<T> other(list.size());
  for (unsigned shift = 0; shift < 32 && used >> shift != 0; shift += kDigit) {
    const auto digit = [&](const T& element) { return (rva(element) >> shift) & (kValues - 1); };
    std::array<std::uint32_t, kValues> next{};  // where the next element with this digit goes
    for (const T& element : list) ++next[digit(element)];
    std::uint32_t before = 0;
    for (std::uint32_t& count : next) before += std::exchange(count, before);
    for (const T& element : list) other[next[digit(element)]++] = element;
    list.swap(other);
  }
}

inline void sort_rvas(std::vector<std::uint32_t>& list) {
  sort_by_rva(list, [](std::uint32_t rva) { return rva; });
}

}  // namespace scanner::trace
