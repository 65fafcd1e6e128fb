#include "scanner/poolmon/numbers.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "scanner/poolmon/words.hpp"

namespace scanner::poolmon {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "0x11000", with the L of Python's long integers.
std::optional<std::int64_t> hexadecimal(std::string_view cell) {
  if (!cell.starts_with("0x") && !cell.starts_with("0X")) return std::nullopt;
  if (cell.ends_with('L')) cell.remove_suffix(1);
  cell.remove_prefix(2);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value, 16);
  if (error != std::errc{} || end != cell.data() + cell.size()) return std::nullopt;
  return value;
}

/// What is no part of the number: emphasis, "about", the change behind it ("169392 ( 16)").
std::string_view bare(std::string_view cell) {
  for (;;) {
    cell = trimmed(cell);
    const std::size_t before = cell.size();
    while (!cell.empty() && (cell.front() == '*' || cell.front() == '`' || cell.front() == '~' || cell.front() == '"'))
      cell.remove_prefix(1);
    while (!cell.empty() && (cell.back() == '*' || cell.back() == '`' || cell.back() == '"')) cell.remove_suffix(1);
    if (cell.ends_with(')')) {
      const auto open = cell.rfind('(');
      if (open != std::string_view::npos && open > 0 && !unit_of_word(cell.substr(open))) cell = cell.substr(0, open);
    }
    if (cell.size() == before) return cell;
  }
}

/// Does a number in exponential form end the text? perfmon and spreadsheets write large values so.
bool exponential(std::string_view cell) {
  const auto e = cell.find_first_of("eE");
  if (e == std::string_view::npos || e < 3 || e + 2 >= cell.size()) return false;
  const std::string_view before = cell.substr(0, e), behind = cell.substr(e + 2);
  return (cell[e + 1] == '+' || cell[e + 1] == '-') && is_digit(before[0]) && (before[1] == '.' || before[1] == ',') &&
         std::all_of(before.begin() + 2, before.end(), is_digit) && behind.size() <= 3 &&
         std::all_of(behind.begin(), behind.end(), is_digit);
}

/// Bytes of the marks that group digits at the start of `text`: blanks, apostrophes, underscores; 0: none.
std::size_t grouping(std::string_view text) {
  for (const std::string_view mark : {" ", "'", "_", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x99", "\xE2\x80\x89"}) {
    if (text.starts_with(mark)) return mark.size();
  }
  return 0;
}

/// 12,345,678 and 12,34,567 (India), but not 1,2,3.
bool grouped_well(std::string_view digits, char mark) {
  std::size_t at = digits.find(mark);
  if (at == 0 || at > 3) return false;
  const std::size_t last = digits.rfind(mark);
  if (digits.size() - last - 1 != 3) return false;
  while (at != last) {
    const std::size_t next = digits.find(mark, at + 1);
    if (next - at != 4 && next - at != 3) return false;
    at = next;
  }
  return true;
}

}  // namespace

/// A cell taken apart.
struct Numbers::Written {
  std::string plain;     ///< sign, digits, dots and commas
  std::string exponent;  ///< "e+09"
  std::int64_t unit = 1;
  bool fraction = false;  ///< it may have one
};

bool Numbers::take_apart(std::string_view& cell, bool sized, Written& out) {
  if (exponential(cell)) {
    const auto e = cell.find_first_of("eE");
    out.exponent = cell.substr(e);
    cell = cell.substr(0, e);
    out.fraction = true;
  }
  for (std::size_t i = 0; i < cell.size(); ++i) {
    const char c = cell[i];
    if (is_digit(c) || c == '.' || c == ',' || ((c == '-' || c == '+') && out.plain.empty())) {
      out.plain += c;
      continue;
    }
    if (const std::size_t mark = grouping(cell.substr(i));
        mark > 0 && i + mark < cell.size() && (is_digit(cell[i + mark]) || grouping(cell.substr(i + mark)) > 0)) {
      i += mark - 1;
      continue;
    }
    const auto written = unit_of_word(trimmed(cell.substr(i)));
    if (!written || !out.exponent.empty() || (!sized && *written != 1)) return false;
    out.unit = *written;
    out.fraction = out.unit != 1;
    break;
  }
  return true;
}

bool Numbers::value_of(const Written& written, char decimal, std::int64_t& value) {
  std::string number;
  for (const char c : written.plain) {
    if (c == '.' || c == ',') {
      if (c == decimal) number += '.';
    } else {
      number += c;
    }
  }
  if (number.empty() || !is_digit(number.back())) return false;
  number += written.exponent;
  char* end = nullptr;
  const double result = std::strtod(number.c_str(), &end) * static_cast<double>(written.unit);
  constexpr double kMost = 9.0e18;
  if (end != number.c_str() + number.size() || !std::isfinite(result) || std::fabs(result) > kMost) return false;
  // Beyond 53 bits only what is written without fraction and unit is exact.
  value = decimal == 0 && written.exponent.empty() && written.unit == 1 ? std::strtoll(number.c_str(), nullptr, 10)
                                                                        : std::llround(result);
  return true;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool read_integer(std::string_view text, std::size_t& at, std::int64_t& value) {
  const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
  if (error != std::errc{}) return false;
  at = static_cast<std::size_t>(end - text.data());
  return true;
}

bool is_blank_cell(std::string_view cell) {
  cell = trimmed(cell);
  if (cell.size() > 6) return false;
  return cell.find_first_not_of("-. \xE2\x80\x93\x94\x92") == std::string_view::npos || cell == "n/a" ||
         cell == "N/A" || cell == "NA" || cell == "null" || cell == "None" || cell == "?";
}

bool looks_like_number(std::string_view cell) {
  cell = bare(cell);
  if (!cell.empty() && (cell[0] == '-' || cell[0] == '+')) cell.remove_prefix(1);
  return !cell.empty() && is_digit(cell[0]);
}

Numbers::Mark Numbers::decimal_mark(const Written& written) const {
  const std::string& plain = written.plain;
  const auto dots = std::count(plain.begin(), plain.end(), '.'), commas = std::count(plain.begin(), plain.end(), ',');
  const std::size_t sign = !plain.empty() && (plain[0] == '-' || plain[0] == '+') ? 1 : 0;
  if (dots > 0 && commas > 0) {
    const char decimal = plain.rfind('.') > plain.rfind(',') ? '.' : ',';
    const char other = decimal == '.' ? ',' : '.';
    if ((decimal == '.' ? dots : commas) > 1 || plain.find(other, plain.find(decimal)) != std::string::npos)
      return {Mark::Kind::wrong};
    return {Mark::Kind::known, decimal};
  }
  if (dots + commas > 1) {
    const bool grouped = grouped_well(std::string_view(plain).substr(sign), dots > 0 ? '.' : ',');
    return {grouped ? Mark::Kind::known : Mark::Kind::wrong};
  }
  if (dots + commas == 0) return {};
  const char mark = dots > 0 ? '.' : ',';
  const std::size_t at = plain.find(mark), before = at - sign;
  const bool could_group = plain.size() - at - 1 == 3 && before >= 1 && before <= 3 && plain[at - 1] != '-' &&
                           !(before == 1 && plain[at - 1] == '0') && written.exponent.empty();
  if (!could_group) return {Mark::Kind::known, mark};
  if (written.fraction && decimal_ != 0) return {Mark::Kind::known, mark == decimal_ ? mark : '\0'};
  return {written.fraction && mark == '.' ? Mark::Kind::open : Mark::Kind::known};
}

bool Numbers::read(std::string_view cell, std::optional<std::int64_t> default_unit, bool sized, std::int64_t& value,
                   std::string& why) {
  cell = bare(cell);
  if (const auto hex = hexadecimal(cell)) {
    value = *hex;
    return true;
  }
  Written written;
  written.unit = default_unit.value_or(1);
  written.fraction = sized && written.unit != 1;
  const std::string_view shown = cell.substr(0, 40);
  const bool whole = take_apart(cell, sized, written);
  const Mark mark = whole ? decimal_mark(written) : Mark{Mark::Kind::wrong};
  if (mark.kind == Mark::Kind::open) {
    why = "'" + std::string(shown) + "' can be read in two ways, and nothing before it tells which";
    return false;
  }
  if (mark.kind == Mark::Kind::known && mark.decimal != 0 && written.exponent.empty()) decimal_ = mark.decimal;
  if (mark.kind == Mark::Kind::wrong || !value_of(written, mark.decimal, value)) {
    why = "a number belongs where '" + std::string(shown) + "' stands";
    return false;
  }
  return true;
}

}  // namespace scanner::poolmon
