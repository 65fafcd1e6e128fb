// What search tools, loggers and mail put before a line, and lines that carry nothing.
#include <algorithm>

#include "scanner/poolmon/numbers.hpp"
#include "scanner/poolmon/plain_text.hpp"
#include "scanner/poolmon/time_text.hpp"

namespace scanner::poolmon {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Digits at `at`, moved behind them.
bool digits(std::string_view line, std::size_t& at, std::size_t most) {
  const std::size_t start = at;
  while (at < line.size() && is_digit(line[at])) ++at;
  return at > start && at - start <= most;
}

/// "> ", ">> ", "| " of mail, "- ", "* ", "# ".
std::size_t mark(std::string_view line) {
  std::size_t at = line.find_first_not_of(" \t");
  if (at == std::string_view::npos) return 0;
  if (line[at] == '>') {
    while (at < line.size() && (line[at] == '>' || line[at] == ' ')) {
      if (line[at] == ' ' && (at + 1 >= line.size() || line[at + 1] != '>')) break;
      ++at;
    }
    return at + (at < line.size() && line[at] == ' ' ? 1 : 0);
  }
  if ((line[at] == '-' || line[at] == '*' || line[at] == '+' || line[at] == '#') && at + 1 < line.size()) {
    std::size_t end = at;
    while (end < line.size() && line[end] == line[at]) ++end;
    if (end < line.size() && line[end] == ' ' && end - at <= 3) return end + 1;
  }
  return 0;
}

/// "  7: ", "12:", "[  12] ", "(12) ", "12| ", "12. ", and "NAME:12:" of grep -n and Select-String, "NAME-12-".
std::size_t line_number(std::string_view line) {
  std::size_t at = line.find_first_not_of(" \t");
  if (at == std::string_view::npos) return 0;
  if (line[at] == '[' || line[at] == '(' || line[at] == '{') {
    std::size_t end = line.find_first_not_of(" \t", at + 1);
    if (end != std::string_view::npos && digits(line, end, 9) && end < line.size() &&
        (line[end] == ']' || line[end] == ')' || line[end] == '}'))
      return end + 1;
    return 0;
  }
  if (line[at] == 'L' && at + 1 < line.size() && is_digit(line[at + 1])) ++at;
  std::size_t end = at;
  if (at < line.size() && is_digit(line[at]) && digits(line, end, 9) && end < line.size() &&
      (line[end] == ':' || line[end] == '|' || line[end] == '-' || line[end] == ')' || line[end] == '.') &&
      (end + 1 >= line.size() || !is_digit(line[end + 1])))
    return end + 1;
  // A name that ends in a suffix, then a number: no text of poolmon's has ".log:12:".
  constexpr std::size_t kLongest = 300;
  for (std::size_t colon = line.find_first_of(":-", at); colon != std::string_view::npos && colon < kLongest;
       colon = line.find_first_of(":-", colon + 1)) {
    std::size_t number = colon + 1;
    const std::string_view file = line.substr(at, colon - at);
    const bool log =
        file.ends_with(".txt") || file.ends_with(".log") || file.ends_with(".csv") || file.ends_with(".out");
    if (line[colon] == ':' && log && number < line.size() && !is_digit(line[number])) return number;  // findstr, grep
    if (!digits(line, number, 9) || number >= line.size() || line[number] != line[colon]) continue;
    const std::string_view name = line.substr(at, colon - at);
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos || name.size() - dot > 6 || dot + 1 >= name.size()) continue;
    return number + 1;
  }
  return 0;
}

/// "2026-07-14 10:00:00,123 INFO poolmon: ", "[10:00:01] ", "Jul 14 10:00:00 host poolmon[12]: ".
std::size_t stamp(std::string_view line, std::optional<LogTime>& time) {
  constexpr std::size_t kLongest = 100;
  const std::size_t start = line.find_first_not_of(" \t");
  if (start == std::string_view::npos) return 0;
  const bool bracket = line[start] == '[';
  // The stamp ends behind the first time of day.
  std::size_t at = start;
  std::size_t clock = 0;
  for (std::size_t i = start; i + 4 < std::min(line.size(), kLongest); ++i) {
    if (line[i] == ':' && i > start && is_digit(line[i - 1]) && is_digit(line[i + 1]) && is_digit(line[i + 2])) {
      clock = i + 3;
      break;
    }
  }
  if (clock == 0) return 0;
  while (clock < line.size() &&
         (is_digit(line[clock]) || ((line[clock] == ':' || line[clock] == '.' || line[clock] == ',') &&
                                    clock + 1 < line.size() && is_digit(line[clock + 1]))))
    ++clock;
  if (clock < line.size() && (line[clock] == 'Z' || line[clock] == '+' || line[clock] == '-')) {
    ++clock;
    while (clock < line.size() && (is_digit(line[clock]) || line[clock] == ':')) ++clock;
  }
  const TimeText found = find_time(line.substr(start, clock - start));
  if (!found.second || found.letters > 6) return 0;
  if (line.substr(clock).starts_with(" AM") || line.substr(clock).starts_with(" PM")) clock += 3;
  time = find_time(line.substr(start, clock - start)).when();
  at = clock;
  if (bracket) {
    if (at >= line.size() || line[at] != ']') return 0;
    ++at;
  }
  // Level and name, up to a colon or a closing bracket; without them a blank is enough.
  std::size_t end = at;
  const auto colon = line.find(": ", at);
  constexpr std::size_t kNames = 60;
  if (colon != std::string_view::npos && colon - at < kNames) {
    const std::string_view names = line.substr(at, colon - at);
    const bool words = names.find("  ") == std::string_view::npos || trimmed(names).size() < 24;
    if (words && names.find_first_of("(|,") == std::string_view::npos) return colon + 2;
  }
  if (line.size() > at && line.substr(at).starts_with(" [")) {
    const auto close = line.find("] ", at);
    if (close != std::string_view::npos && close - at < kNames) end = close + 1;
  }
  for (const std::string_view level : {" INFO", " DEBUG", " WARN", " WARNING", " ERROR", " TRACE", " VERBOSE"}) {
    if (line.substr(end).starts_with(std::string(level) + " ")) {
      end += level.size();
      break;
    }
  }
  return end;
}

}  // namespace

std::string_view without_prefix(std::string_view line, std::optional<LogTime>& time) {
  constexpr unsigned kMost = 4;
  for (unsigned i = 0; i < kMost; ++i) {
    std::size_t length = mark(line);
    if (length == 0) length = line_number(line);
    if (length == 0) length = stamp(line, time);
    if (length == 0) break;
    line.remove_prefix(std::min(length, line.size()));
  }
  return line;
}

bool is_noise(std::string_view line) {
  const std::string_view text = trimmed(line);
  if (text.empty()) return true;
  if (text.find_first_not_of(".-=_*~`+#|>: ") == std::string_view::npos) return true;
  if (text.starts_with("```") || text.starts_with("~~~")) return true;
  const bool dots = text.starts_with("...") || text.starts_with("\xE2\x80\xA6") || text.starts_with("[...") ||
                    text.starts_with("(...");
  if (dots && text.size() < 60) return true;
  const char end = text.back();
  if (text.size() < 80 && ((text[0] == '[' && end == ']') || (text[0] == '<' && end == '>') ||
                           (text[0] == '(' && end == ')') || (text[0] == '{' && end == '}')))
    return true;
  // "0: kd> !poolused 2", "lkd> x", "PS C:\logs> dir", "C:\>poolmon", "# poolmon", "$ vol.py"
  if (text.find("kd>") < 16 || text.starts_with("PS ") || text.starts_with("$ ") || text.starts_with("!")) return true;
  if (text.size() > 3 && is_letter(text[0]) && text[1] == ':' && (text[2] == '\\' || text[2] == '/') &&
      text.find('>') != std::string_view::npos)
    return true;
  return text.starts_with("poolmon ") || text.starts_with("poolmon.exe");
}

}  // namespace scanner::poolmon
