// Times since a start that is not told: "T+1h", "[3600s]".
#include <cmath>
#include <cstdlib>
#include <string>

#include "scanner/poolmon/time_text.hpp"
#include "scanner/poolmon/words.hpp"

namespace scanner::poolmon {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

/// Seconds that a unit of time has; 0: no unit.
double seconds_of(std::string_view unit) {
  if (unit == "s" || unit == "sec" || unit == "secs" || unit == "second" || unit == "seconds" || unit == "sekunden")
    return 1;
  if (unit == "ms") return 0.001;
  if (unit == "m" || unit == "min" || unit == "mins" || unit == "minute" || unit == "minutes" || unit == "minuten")
    return 60;
  if (unit == "h" || unit == "hr" || unit == "hrs" || unit == "hour" || unit == "hours" || unit == "std" ||
      unit == "stunden" || unit == "stunde" || unit == "heures" || unit == "heure" || unit == "horas" ||
      unit == "uur" || unit == "ore")
    return 3600;
  if (unit == "d" || unit == "day" || unit == "days" || unit == "tage" || unit == "jours") return 86400;
  return 0;
}

}  // namespace

/// "T+1h", "[3600s]", "t = 90 min", "+2 h 30 min", "T+01:30:00", "after 2 hours", "uptime: 38.4 h".
std::optional<std::int64_t> elapsed_time(std::string_view text) {
  constexpr std::size_t kLongest = 80;
  if (text.size() > kLongest) return std::nullopt;
  std::size_t at = text.find_first_not_of(" \t-=#*[(<>~");
  if (at == std::string_view::npos) return std::nullopt;
  bool marked = at > 0 && (text[at - 1] == '[' || text[at - 1] == '(');
  // What says that a length of time follows.
  for (const std::string_view lead :
       {"elapsed time", "elapsed", "uptime", "after", "nach", "time", "hour", "T", "t", "+"}) {
    if (!text.substr(at).starts_with(lead)) continue;
    const std::size_t behind = at + lead.size();
    if (behind >= text.size() || (is_letter(lead[0]) && is_letter(text[behind]))) continue;
    if (lead == "time" || lead == "hour" ||
        ((lead == "T" || lead == "t") && text.find_first_of("+=", behind) == std::string_view::npos)) {
      if (lead != "time" || text.find_first_of("+=", behind) == std::string_view::npos) continue;
    }
    at = behind;
    marked = true;
    break;
  }
  at = text.find_first_not_of(" :=+", at);
  if (at == std::string_view::npos || !is_digit(text[at])) return std::nullopt;
  double total = 0;
  bool any = false;
  while (at < text.size() && is_digit(text[at])) {
    std::size_t end = at;
    std::string number;
    while (end < text.size() && (is_digit(text[end]) || ((text[end] == '.' || text[end] == ',') &&
                                                         end + 1 < text.size() && is_digit(text[end + 1]))))
      number += text[end] == ',' ? '.' : text[end], ++end;
    if (end < text.size() && text[end] == ':' && marked && text.find('+') != std::string_view::npos) {  // T+01:30:00
      unsigned parts[3] = {0, 0, 0};
      std::size_t count = 0;
      for (std::size_t place = at; count < 3 && place < text.size() && is_digit(text[place]); ++place) {
        while (place < text.size() && is_digit(text[place]) && parts[count] < 100000)
          parts[count] = parts[count] * 10 + static_cast<unsigned>(text[place++] - '0');
        ++count;
        if (place >= text.size() || text[place] != ':') break;
      }
      return count < 2 ? std::nullopt : std::optional<std::int64_t>(parts[0] * 3600LL + parts[1] * 60LL + parts[2]);
    }
    while (end < text.size() && text[end] == ' ') ++end;
    std::size_t word = end;
    while (word < text.size() && is_letter(text[word])) ++word;
    const double unit = seconds_of(folded(text.substr(end, word - end)));
    if (unit == 0 || number.size() > 12) return std::nullopt;
    total += std::strtod(number.c_str(), nullptr) * unit;
    any = true;
    at = word;
    while (at < text.size() && (text[at] == ' ' || text[at] == ',')) ++at;
  }
  if (!any) return std::nullopt;
  const bool closed = at < text.size() && (text[at] == ']' || text[at] == ')');
  const std::string_view rest = text.substr(std::min(at, text.size()));
  const bool alone = rest.find_first_not_of(" \t-=#*])>:.") == std::string_view::npos;
  if (!(alone && marked) && !(closed && marked)) return std::nullopt;
  return static_cast<std::int64_t>(std::llround(total));
}

}  // namespace scanner::poolmon
