// The pool tag as a value. Four bytes, shown lowest byte first: the C literal 'kaeL' is 0x6B61654C, lies in memory as
// 4C 65 61 6B and is shown as "Leak". Bit 31 (PROTECTED_POOL) is no part of the tag: the kernel's tracker drops it.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tagdb {

class PoolTag {
 public:
  constexpr PoolTag() = default;
  /// From the ULONG as code holds it; bit 31 is dropped.
  constexpr explicit PoolTag(std::uint32_t value) : value_(value & 0x7FFFFFFFU) {}
  /// From exactly four characters in display order ("Leak").
  static constexpr PoolTag from_text(std::string_view four) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4 && i < four.size(); ++i)
      value |= std::uint32_t{static_cast<unsigned char>(four[i])} << (8 * i);
    return PoolTag(value);
  }

  [[nodiscard]] constexpr std::uint32_t value() const { return value_; }
  [[nodiscard]] constexpr std::uint8_t byte(unsigned index) const {
    return static_cast<std::uint8_t>(value_ >> (8 * index));
  }
  /// Display form: printable ASCII as is, backslash doubled, every other byte as \xNN.
  [[nodiscard]] std::string text() const;
  /// The bytes in memory order as eight hexadecimal digits.
  [[nodiscard]] std::string hex() const;

  /// Four printable bytes, or at least one and the rest blanks or NULs.
  [[nodiscard]] bool plausible() const;

  /// Plausible, and at least three letters or digits: what programmers choose, and numbers and texts rarely are.
  [[nodiscard]] bool chosen() const;

  auto operator<=>(const PoolTag&) const = default;

 private:
  std::uint32_t value_ = 0;
};

/// Is a constant that stands in a tag's place one? Bits above 32 set, or bytes that no tag has: no.
bool plausible_tag(std::uint64_t constant);

/// Four positions, each a byte or "any". `Aml*` and `Bu* ` leave every position from the star on open.
class TagPattern {
 public:
  constexpr TagPattern() = default;
  static TagPattern exactly(PoolTag tag);
  /// From four columns of a database or of the command line; '?' and '*' are wildcards.
  static TagPattern from_columns(std::string_view four);

  [[nodiscard]] bool matches(PoolTag tag) const;
  [[nodiscard]] bool overlaps(const TagPattern& other) const;
  [[nodiscard]] unsigned fixed() const;  ///< how many positions are given; 4 means exact
  [[nodiscard]] bool exact() const { return fixed() == 4; }
  [[nodiscard]] PoolTag tag() const;                         ///< meaningful when exact
  [[nodiscard]] TagPattern opened(unsigned position) const;  ///< anything may stand at that position, too
  [[nodiscard]] TagPattern small() const;                    ///< letters in lower case
  /// The pattern in every letter case, itself first: 16 forms of four letters.
  [[nodiscard]] std::vector<TagPattern> letter_cases() const;
  [[nodiscard]] TagPattern reversed() const;  ///< as a debugger's ULONG reads; blanks and NULs stay at the end
  [[nodiscard]] std::string text() const;

  auto operator<=>(const TagPattern&) const = default;

 private:
  std::array<std::uint8_t, 4> bytes_{};
  std::array<bool, 4> open_{};
};

/// What a user asked for. A short tag stands for its blank-padded and NUL-padded forms.
struct TagQuery {
  std::string text;               ///< as typed
  std::vector<TagPattern> forms;  ///< never empty

  [[nodiscard]] bool matches(PoolTag tag) const;
  [[nodiscard]] bool exact() const;  ///< no wildcard
};

/// Accepts `Leak`, `Io`, `\x4c\x65ak`, `0x6B61654C`, `Afd?`, `Afd*`, and `Thrå` as a screen shows a letter above 127.
/// On failure `error` gets a sentence with the remedy.
std::optional<TagQuery> parse_query(std::string_view text, std::string& error);

/// The same question in every letter case.
TagQuery ignoring_case(const TagQuery& query);

}  // namespace tagdb
