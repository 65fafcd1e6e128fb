#include "scanner/poolmon/time_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "scanner/poolmon/time_words.hpp"
#include "scanner/poolmon/words.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::int64_t kDay = 86400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

std::optional<std::int64_t> day_number(std::int64_t year, std::int64_t month, std::int64_t day) {
  if (year < 100) year += 2000;
  if (year < 1980 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  return days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
}

/// Walks over a text once; every number and word is looked at in its neighbourhood.
class Finder {
 public:
  explicit Finder(std::string_view text, bool in_name = false) : text_(text), in_name_(in_name) {}

  TimeText run() {
    while (at_ < text_.size()) {
      if (is_digit(text_[at_])) {
        number();
      } else if (is_letter(text_[at_])) {
        word();
      } else {
        ++at_;
      }
    }
    // "24 November 2026", "November 24, 2026", "24-Nov-2026"
    if (!out_.day && month_ > 0 && loose_day_ > 0 && year_ > 0) out_.day = day_number(year_, month_, loose_day_);
    if (out_.second && afternoon_ && *out_.second < 12 * 3600) *out_.second += 12 * 3600;
    if (out_.second && morning_ && *out_.second >= 12 * 3600) *out_.second -= 12 * 3600;
    if (!out_.second) out_.zone.reset();
    // A number of ten digits is a time where nothing else stands, or where words say so.
    if (epoch_ && !in_name_ && (others_ > 0 || (out_.letters > 0 && !epoch_word_) || out_.letters > 24)) return {};
    return out_;
  }

 private:
  std::int64_t digits(std::size_t& at, std::size_t most) const {
    std::int64_t value = 0;
    std::size_t count = 0;
    while (at < text_.size() && is_digit(text_[at]) && count < most) {
      value = value * 10 + (text_[at++] - '0');
      ++count;
    }
    return count == 0 || (at < text_.size() && is_digit(text_[at])) ? -1 : value;
  }

  [[nodiscard]] char peek(std::size_t at) const { return at < text_.size() ? text_[at] : '\0'; }
  [[nodiscard]] bool stands(std::size_t at, std::string_view what) const {
    return text_.substr(std::min(at, text_.size())).starts_with(what);
  }

  void number() {
    const std::size_t start = at_;
    std::size_t end = at_;
    while (is_digit(peek(end))) ++end;
    const std::size_t width = end - start;
    if (width < 10 || epoch_) ++others_;
    if (width > 4) {
      at_ = end;
      compact(start, width);
      return;
    }
    std::size_t at = start;
    const std::int64_t first = digits(at, 4);
    const char separator = peek(at);
    if (separator == ':' && width <= 2 && !out_.second && clock(first, at, ':')) return;
    if ((separator == 'h' || separator == 'H') && width <= 2 && !out_.second && is_digit(peek(at + 1)) &&
        clock(first, at, separator))
      return;
    if ((separator == '/' || separator == '.' || separator == '-') && date(first, width, separator, at)) {
      clock_behind_date();
      return;
    }
    // 2026年7月14日, 2026년 7월 14일, 8時30分
    for (const std::string_view mark : {"\xE5\xB9\xB4", "\xEB\x85\x84"}) {
      if (stands(at, mark) && width == 4) year_ = first, at += mark.size();
    }
    for (const std::string_view mark : {"\xE6\x9C\x88", "\xEC\x9B\x94"}) {
      if (stands(at, mark)) month_ = first, at += mark.size();
    }
    for (const std::string_view mark : {"\xE6\x97\xA5", "\xEC\x9D\xBC"}) {
      if (stands(at, mark)) loose_day_ = first, at += mark.size();
    }
    for (const std::string_view mark : {"\xE6\x99\x82", "\xE6\x97\xB6", "\xEC\x8B\x9C"}) {
      if (!stands(at, mark) || out_.second || first > 23) continue;
      at += mark.size();
      std::int64_t minute = 0;
      while (peek(at) == ' ') ++at;
      std::size_t behind = at;
      if (const std::int64_t value = digits(behind, 2); value >= 0 && value < 60) minute = value, at = behind;
      out_.second = first * 3600 + minute * 60;
    }
    if (at != end) {
      at_ = at;
      return;
    }
    at_ = at;
    if (width == 4 && first >= 1980 && first <= 2200) {
      year_ = first;
    } else if (loose_day_ == 0) {
      loose_day_ = first;
    }
  }

  /// 20260714, 20260714_080000, 20260714T0800Z, 202607140800, seconds and milliseconds since 1970.
  void compact(std::size_t start, std::size_t width) {
    const auto part = [this, start](std::size_t from, std::size_t count) {
      std::int64_t value = 0;
      for (std::size_t i = 0; i < count; ++i) value = value * 10 + (text_[start + from + i] - '0');
      return value;
    };
    if (out_.day) {
      if (width == 6 && !out_.second) set_clock(part(0, 2), part(2, 2), part(4, 2));
      return;
    }
    if (width == 8 || width == 12 || width == 14) {
      const auto day = day_number(part(0, 4), part(4, 2), part(6, 2));
      if (day && part(0, 4) >= 1980 && part(0, 4) < 2100) {
        out_.day = day;
        if (width > 8) {
          set_clock(part(8, 2), part(10, 2), width == 14 ? part(12, 2) : 0);
        } else {
          clock_behind_date();
        }
        zone();
        return;
      }
    }
    constexpr std::int64_t kFirst = 946684800, kLast = 2240524800;  // 2000 to 2040
    if (width != 10 && width != 13) return;
    const std::int64_t value = width == 10 ? part(0, 10) : part(0, 13) / 1000;
    if (value < kFirst || value >= kLast || (start > 0 && text_[start - 1] == '.')) return;
    if (peek(at_) == '.' && is_digit(peek(at_ + 1))) {
      ++at_;
      while (is_digit(peek(at_))) ++at_;
    }
    epoch_ = true;
    out_.day = value / kDay;
    out_.second = value % kDay;
    out_.zone = 0;
  }

  bool set_clock(std::int64_t hour, std::int64_t minute, std::int64_t second) {
    if (hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
    out_.second = hour * 3600 + minute * 60 + second;
    return true;
  }

  /// "_080000", ".0800", "T08-00-00", " 08.00" behind a date.
  void clock_behind_date() {
    std::size_t at = at_;
    if (out_.second) return;
    while (at < text_.size() && at < at_ + 2 &&
           (peek(at) == '_' || peek(at) == 'T' || peek(at) == '.' || peek(at) == '-' || peek(at) == ' ' ||
            peek(at) == '@'))
      ++at;
    if (at == at_) return;
    const std::size_t start = at;
    while (is_digit(peek(at))) ++at;
    const std::size_t width = at - start;
    const auto two = [this](std::size_t from) { return (text_[from] - '0') * 10 + (text_[from + 1] - '0'); };
    if (width == 4 || width == 6) {
      if (peek(at) == ':' || peek(at) == '/' || is_letter(peek(at)) ? peek(at) != 'Z' && peek(at) != 'h' : false)
        return;
      if (set_clock(two(start), two(start + 2), width == 6 ? two(start + 4) : 0)) {
        at_ = at;
        zone();
      }
      return;
    }
    if (width != 2) return;
    const char mark = peek(at);
    if ((mark != '-' && mark != '.' && mark != 'h' && mark != '_') || !is_digit(peek(at + 1)) ||
        !is_digit(peek(at + 2)) || is_digit(peek(at + 3)))
      return;
    std::int64_t second = 0;
    std::size_t end = at + 3;
    if ((peek(end) == mark || peek(end) == 'm' || peek(end) == '-') && is_digit(peek(end + 1)) &&
        is_digit(peek(end + 2)) && !is_digit(peek(end + 3))) {
      second = two(end + 1);
      end += 3;
    }
    if (set_clock(two(start), two(at + 1), second)) {
      at_ = end;
      zone();
    }
  }

  /// "Z", "+02:00", "+0200" right behind a time of day.
  void zone() {
    if (peek(at_) == 'Z' && !is_letter(peek(at_ + 1))) {
      out_.zone = 0;
      ++at_;
      return;
    }
    std::size_t at = at_;
    if (peek(at) == ' ' && (peek(at + 1) == '+' || peek(at + 1) == '-') && is_digit(peek(at + 2))) ++at;
    if (peek(at) != '+' && peek(at) != '-') return;
    const bool west = peek(at) == '-';
    const std::size_t start = ++at;
    while (is_digit(peek(at))) ++at;
    const auto two = [this](std::size_t from) { return (text_[from] - '0') * 10 + (text_[from + 1] - '0'); };
    int minutes = 0;
    if (at - start == 4) {
      minutes = two(start) * 60 + two(start + 2);
    } else if (at - start == 2 && peek(at) == ':' && is_digit(peek(at + 1)) && is_digit(peek(at + 2))) {
      minutes = two(start) * 60 + two(at + 1);
      at += 3;
    } else {
      return;
    }
    if (minutes > 15 * 60) return;
    out_.zone = west ? -minutes : minutes;
    at_ = at;
  }

  bool clock(std::int64_t hour, std::size_t at, char mark) {
    ++at;
    const std::int64_t minute = digits(at, 2);
    std::int64_t second = 0;
    if (peek(at) == ':' || (mark != ':' && (peek(at) == 'm' || peek(at) == mark) && is_digit(peek(at + 1)))) {
      ++at;
      second = digits(at, 2);
    }
    if (hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
    if (peek(at) == '.' || peek(at) == ',') {
      std::size_t end = at + 1;
      while (is_digit(peek(end))) ++end;
      if (end > at + 1) at = end;
    }
    out_.second = hour * 3600 + minute * 60 + second;
    at_ = at;
    zone();
    return true;
  }

  bool date(std::int64_t first, std::size_t width, char separator, std::size_t at) {
    ++at;
    // "14. 7. 2026", "2026. 7. 14."
    const auto skip = [this, separator](std::size_t& place) {
      if (separator == '.' && peek(place) == ' ') ++place;
    };
    skip(at);
    const std::int64_t second = digits(at, 2);
    if (second < 0 || peek(at) != separator) return false;
    ++at;
    skip(at);
    const std::size_t last_start = at;
    const std::int64_t third = digits(at, 4);
    if (third < 0 || out_.day) return false;
    if (width == 4) {
      out_.day = day_number(first, second, third);
    } else if (at - last_start == 4 || at - last_start == 2) {
      const auto american = day_number(third, first, second), other = day_number(third, second, first);
      // A dot is never written between an American month and day.
      out_.day = separator == '.' ? other : american ? american : other;
      if (separator != '.' && american && other) out_.other_day = other;
    }
    if (!out_.day) return false;
    at_ = at;
    return true;
  }

  void word() {
    const std::size_t start = at_;
    // "오전 10:00", "下午3:00"
    for (const std::string_view mark :
         {"\xEC\x98\xA4\xEC\xA0\x84", "\xE4\xB8\x8A\xE5\x8D\x88", "\xE5\x8D\x88\xE5\x89\x8D"}) {
      if (stands(at_, mark)) morning_ = true, at_ += mark.size();
    }
    for (const std::string_view mark :
         {"\xEC\x98\xA4\xED\x9B\x84", "\xE4\xB8\x8B\xE5\x8D\x88", "\xE5\x8D\x88\xE5\xBE\x8C"}) {
      if (stands(at_, mark)) afternoon_ = true, at_ += mark.size();
    }
    if (at_ != start) return;
    while (at_ < text_.size() && is_letter(text_[at_])) ++at_;
    const std::string_view text = text_.substr(start, at_ - start);
    // "a.m.", "p. m."
    const char small = static_cast<char>(text[0] | 0x20);
    if (text.size() == 1 && (small == 'a' || small == 'p') && peek(at_) == '.') {
      std::size_t end = at_ + 1;
      if (peek(end) == ' ') ++end;
      if ((peek(end) | 0x20) == 'm' && !is_letter(peek(end + 1))) {
        (small == 'a' ? morning_ : afternoon_) = true;
        at_ = end + 1;
        return;
      }
    }
    if (text.size() == 2 && (!in_name_ || out_.second) && (text[1] | 0x20) == 'm' && (small == 'a' || small == 'p')) {
      (small == 'a' ? morning_ : afternoon_) = true;
      return;
    }
    const std::string name = folded(text);
    if (name.empty()) return;
    epoch_word_ = epoch_word_ || is_epoch_word(name);
    if (name == "utc" || name == "gmt") {
      zone_behind_name();
    } else if (const auto month = month_of(name)) {
      month_ = *month + 1;
    } else if (!is_time_word(name)) {
      out_.letters += text.size();
    }
  }

  /// "(UTC + 1:00)", "UTC"
  void zone_behind_name() {
    out_.zone = 0;
    std::size_t at = at_;
    while (peek(at) == ' ') ++at;
    if (peek(at) != '+' && peek(at) != '-') return;
    const bool west = peek(at) == '-';
    ++at;
    while (peek(at) == ' ') ++at;
    const std::int64_t hours = digits(at, 2);
    std::int64_t minutes = 0;
    if (peek(at) == ':') {
      ++at;
      minutes = std::max<std::int64_t>(digits(at, 2), 0);
    }
    if (hours < 0 || hours > 15) return;
    out_.zone = static_cast<int>((west ? -1 : 1) * (hours * 60 + minutes));
    at_ = at;
  }

  std::string_view text_;
  bool in_name_;  ///< of a file: letters around the time mean nothing
  std::size_t at_ = 0;
  TimeText out_;
  std::int64_t month_ = 0, loose_day_ = 0, year_ = 0;
  bool morning_ = false, afternoon_ = false, epoch_ = false, epoch_word_ = false;
  std::size_t others_ = 0;  // numbers that are no epoch
};

}  // namespace

std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) {
  // Years begin in March, so that the leap day is the last; the months' lengths then follow a straight line.
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = year / 400, of_era = year - era * 400;
  const std::int64_t of_year = (153 * (static_cast<std::int64_t>(month) + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

LogTime TimeText::when() const {
  LogTime time;
  if (!day && !second && elapsed) {
    time.seconds = time.other = *elapsed;
    time.elapsed = true;
    return time;
  }
  time.dayless = !day;
  time.zoned = zone && day;
  const std::int64_t east = time.zoned ? *zone * 60 : 0;
  time.seconds = day.value_or(0) * kDay + second.value_or(0) - east;
  time.other = other_day ? *other_day * kDay + second.value_or(0) - east : time.seconds;
  return time;
}

TimeText find_time(std::string_view text) {
  TimeText found = Finder(text).run();
  if (!found.day) {
    if (const auto elapsed = elapsed_time(text)) {
      found.second.reset();
      found.elapsed = elapsed;
    }
  }
  return found;
}

std::optional<LogTime> time_in_name(std::string_view name) {
  if (const auto slash = name.find_last_of("/\\"); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  const TimeText found = Finder(name, true).run();
  if (!found.day) return std::nullopt;
  return found.when();
}

}  // namespace scanner::poolmon
