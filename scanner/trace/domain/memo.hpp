// Answers that were given last, by what was asked: a table of fixed size, in which a newer answer overwrites an older
// one. For pure functions that are asked the same again and again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace scanner::trace {

/// `kSize`: a power of two.
template <std::size_t kSize>
class Memo {
 public:
  /// What was asked; `b` is never 0.
  struct Question {
    std::uint64_t a = 0, b = 0;
    bool operator==(const Question&) const = default;
  };

  /// The answer to `question`, which `make` gives when it is not known.
  template <typename Make>
  std::uint32_t answer(const Question& question, Make make) {
    const std::uint64_t hash = (question.a ^ (question.b << 32 | question.b >> 32)) * 0x9E3779B97F4A7C15ULL;
    Entry& entry = entries_[static_cast<std::size_t>(hash >> 40) & (kSize - 1)];
    if (entry.question == question) return entry.answer;
    const std::uint32_t answer = make();
    entry = {question, answer};
    return answer;
  }

 private:
  struct Entry {
    Question question;
    std::uint32_t answer = 0;
  };
  std::vector<Entry> entries_ = std::vector<Entry>(kSize);  // not in the object: that may stand on a small stack
};

}  // namespace scanner::trace
