// Hands out a fuzzer's bytes as the numbers and texts of whatever a target builds; zeros and nothing when they are used
// up. Texts end at a bar, so that corpora are text.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace fuzz {

class Feed {
 public:
  explicit Feed(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }

  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const std::uint8_t out = rest_.front();
    rest_ = rest_.subspan(1);
    return out;
  }
  unsigned below(unsigned limit) { return byte() % limit; }
  std::uint64_t number(unsigned width) {
    std::uint64_t out = 0;
    for (unsigned i = 0; i < width; ++i) out = out << 8 | byte();
    return out;
  }
  std::string text() {
    std::string out;
    while (!rest_.empty()) {
      const std::uint8_t next = byte();
      if (next == '|') break;
      out += static_cast<char>(next);
    }
    return out;
  }

 private:
  std::span<const std::uint8_t> rest_;
};

}  // namespace fuzz
