// Bytes to lines: UTF-8, other 8-bit text, and UTF-16 of both orders (what PowerShell's redirection writes), with or
// without byte order mark, LF or CRLF, and files that change it from one line to the next. A block at a time, so that a
// log may be larger than memory.
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
  enum class Encoding { bytes, utf16le, utf16be };
  bool fill();
  void choose_encoding();
  [[nodiscard]] std::size_t find_end(std::size_t searched) const;
  [[nodiscard]] std::size_t last_event_end() const;
  void decode(std::string_view bytes);

  std::istream& in_;
  std::string raw_, decoded_;
  std::size_t at_ = 0, number_ = 0;
  Encoding encoding_ = Encoding::bytes;
  bool ended_ = false, cut_ = false, skipping_ = false;
};

}  // namespace scanner::poolmon
