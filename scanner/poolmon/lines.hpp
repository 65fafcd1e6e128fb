// Bytes to lines: UTF-8, other 8-bit text, and UTF-16 of both orders (what PowerShell's redirection writes), with or
// without byte order mark, LF or CRLF. A block at a time, so that a log may be larger than memory.
#pragma once

#include <istream>
#include <string>
#include <string_view>

namespace scanner::poolmon {

class LineReader {
 public:
  explicit LineReader(std::istream& in) : in_(in) {}

  /// The next line without its end, valid until the next call; false at the end. What is longer than 4 MiB is cut.
  bool next(std::string_view& line);
  [[nodiscard]] std::size_t number() const { return number_; }  ///< of the line last returned, from 1
  [[nodiscard]] bool cut() const { return cut_; }               ///< the line last returned is not whole

 private:
  enum class Encoding { unknown, bytes, utf16le, utf16be };
  bool fill();
  void detect(std::string_view start);
  void append_utf16(std::string_view block);

  std::istream& in_;
  std::string block_, buffer_, left_over_;
  std::size_t at_ = 0, number_ = 0;
  char16_t high_surrogate_ = 0;
  Encoding encoding_ = Encoding::unknown;
  bool ended_ = false, cut_ = false, skipping_ = false;
};

/// A code point as UTF-8.
void append_utf8(std::string& out, char32_t code);

}  // namespace scanner::poolmon
