#include "scanner/poolmon/time_text.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace scanner::poolmon {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                      "may",       "june",     "july",     "august",
                                                      "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 7> kDays = {"monday", "tuesday",  "wednesday", "thursday",
                                                   "friday", "saturday", "sunday"};

/// Index of the word in `names`, whole or its first three letters; -1 when it is none.
template <std::size_t N>
int index_of(std::string_view word, const std::array<std::string_view, N>& names) {
  std::string folded(word);
  for (char& c : folded) c = static_cast<char>(c | 0x20);
  for (std::size_t i = 0; i < N; ++i) {
    if (folded == names[i] || folded == names[i].substr(0, 3)) return static_cast<int>(i);
  }
  return -1;
}

std::optional<std::int64_t> day_number(std::int64_t year, std::int64_t month, std::int64_t day) {
  if (year < 100) year += 2000;
  if (year < 1980 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  return days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
}

/// Walks over a text once; every number and word is looked at in its neighbourhood.
class Finder {
 public:
  explicit Finder(std::string_view text) : text_(text) {}

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

  void number() {
    const std::size_t start = at_;
    std::size_t at = at_;
    const std::int64_t first = digits(at, 4);
    const std::size_t width = at - start;
    if (first < 0) {
      while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
      return;
    }
    const char separator = peek(at);
    if (separator == ':' && width <= 2 && !out_.second && clock(first, at)) return;
    if ((separator == '/' || separator == '.' || separator == '-') && date(first, width, separator, at)) return;
    at_ = at;
    if (width == 4) {
      year_ = first;
    } else if (loose_day_ == 0) {
      loose_day_ = first;
    }
  }

  bool clock(std::int64_t hour, std::size_t at) {
    ++at;
    const std::int64_t minute = digits(at, 2);
    std::int64_t second = 0;
    if (peek(at) == ':') {
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
    return true;
  }

  bool date(std::int64_t first, std::size_t width, char separator, std::size_t at) {
    ++at;
    const std::int64_t second = digits(at, 2);
    if (second < 0 || peek(at) != separator) return false;
    ++at;
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
    while (at_ < text_.size() && is_letter(text_[at_])) ++at_;
    const std::string_view word = text_.substr(start, at_ - start);
    if (const int month = index_of(word, kMonths); month >= 0) {
      month_ = month + 1;
    } else if (word.size() == 2 && (word[1] | 0x20) == 'm' && ((word[0] | 0x20) == 'a' || (word[0] | 0x20) == 'p')) {
      ((word[0] | 0x20) == 'a' ? morning_ : afternoon_) = true;
    } else if (word != "T" && word != "Z" && index_of(word, kDays) < 0) {
      out_.letters += word.size();
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  TimeText out_;
  std::int64_t month_ = 0, loose_day_ = 0, year_ = 0;
  bool morning_ = false, afternoon_ = false;
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
  constexpr std::int64_t kDay = 86400;
  LogTime time;
  time.dayless = !day;
  time.seconds = day.value_or(0) * kDay + second.value_or(0);
  time.other = other_day ? *other_day * kDay + second.value_or(0) : time.seconds;
  return time;
}

TimeText find_time(std::string_view text) { return Finder(text).run(); }

std::optional<LogTime> time_in_name(std::string_view name) {
  const TimeText found = find_time(name);
  if (!found.day) return std::nullopt;
  return found.when();
}

}  // namespace scanner::poolmon
