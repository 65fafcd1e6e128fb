// Numbers as any locale and tool writes them: grouped, with units, with a change in parentheses behind them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scanner::poolmon {

/// Reads the numbers of one table. What is written 1.234 can be read in two ways where fractions are possible; other
/// numbers of the table tell which.
class Numbers {
 public:
  /// `unit`: bytes that 1 stands for where the cell names none. `sized`: the cell may have a unit and fractions. False
  /// with the reason in `why`. Blank or absent is no number.
  bool read(std::string_view cell, std::optional<std::int64_t> unit, bool sized, std::int64_t& value, std::string& why);

 private:
  struct Written;
  /// The mark before a fraction.
  struct Mark {
    enum class Kind { known, open, wrong };  ///< open: it may group digits as well; wrong: this is no number
    Kind kind = Kind::known;
    char decimal = 0;  ///< 0: there is no fraction
  };
  /// False when this is no number. An exponent is cut from `cell`.
  static bool take_apart(std::string_view& cell, bool sized, Written& out);
  [[nodiscard]] Mark decimal_mark(const Written& written) const;
  static bool value_of(const Written& written, char decimal, std::int64_t& value);

  char decimal_ = 0;  ///< '.' or ',', once it is known
};

/// Nothing, or what stands for nothing: "-", "n/a".
bool is_blank_cell(std::string_view cell);
/// A number to the eye: a digit first, behind a sign at most.
bool looks_like_number(std::string_view cell);

std::string_view trimmed(std::string_view text);
/// Reads an integer with optional sign at `at` and moves behind it; false when there is none or it does not fit.
bool read_integer(std::string_view text, std::size_t& at, std::int64_t& value);

}  // namespace scanner::poolmon
