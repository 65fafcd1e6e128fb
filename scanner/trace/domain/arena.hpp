// Runs of objects that stay where they are: what was handed out as a span or a pointer is valid as long as the arena.
// Objects live in chunks of fixed size, so adding more never moves those that are there.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace scanner::trace {

template <typename T>
class Arena {
 public:
  /// Copies `run`, of at most kChunk objects, and returns where the copy stands.
  std::span<const T> add(std::span<const T> run) {
    if (run.empty()) return {};
    if (chunks_.empty() || chunks_.back().size() + run.size() > kChunk) {
      chunks_.emplace_back();
      chunks_.back().reserve(kChunk);
    }
    std::vector<T>& chunk = chunks_.back();
    const std::size_t first = chunk.size();
    for (const T& object : run) chunk.push_back(object);  // mostly one
    count_ += run.size();
    return {chunk.data() + first, run.size()};
  }

  /// Of the objects that were added, without what the last chunk has left.
  [[nodiscard]] std::size_t bytes() const { return count_ * sizeof(T); }

  static constexpr std::size_t kChunk = 512;

 private:
  std::vector<std::vector<T>> chunks_;  // growing moves the vectors, not what they hold
  std::size_t count_ = 0;
};

}  // namespace scanner::trace
