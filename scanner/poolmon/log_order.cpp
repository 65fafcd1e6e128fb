// Times in the logs decide, else times in their names, else the numbers in their names. A file's time of change never
// decides, since copying changes it; it gives hours where it agrees with the order. Where only names are left, the
// counters of the first snapshots are asked whether the order can be right: within one run of Windows they only grow.
#include "scanner/poolmon/log_order.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>

namespace scanner::poolmon {
namespace {

constexpr std::int64_t kNanoseconds = 1000000000, kDay = 86400;
constexpr std::int64_t kCopied = 2 * kNanoseconds;  // closer times of change are those of a copy
constexpr double kSameRun = 4;                      // logs of one run: no more than so many times the allocations

using Order = std::vector<std::size_t>;

Order as_given(std::size_t count) {
  Order order(count);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

// --- times

/// Files are told apart by these seconds; nothing where a log tells no day.
std::optional<std::vector<LogTime>> times_of(const std::vector<LogFacts>& logs, bool in_text) {
  std::vector<LogTime> times;
  for (const LogFacts& log : logs) {
    std::optional<LogTime> time = in_text ? log.time_in_text : log.time_in_name;
    if (!time) return std::nullopt;
    if (in_text && time->dayless && log.time_in_name && !log.time_in_name->dayless) {  // the name tells the day
      const auto start = [](std::int64_t seconds) { return seconds - seconds % kDay; };
      const LogTime day = *log.time_in_name;
      time = LogTime{start(day.seconds) + time->seconds, start(day.other) + time->other, false, false, false};
    }
    times.push_back(*time);
  }
  const bool dayless = times.front().dayless;
  for (const LogTime& time : times) {
    if (time.elapsed || time.dayless != dayless) return std::nullopt;  // each log may count from its own start
  }
  return times;
}

/// Times of day without a day go round; the longest pause is where they begin.
void unroll(std::vector<LogTime>& times) {
  std::vector<std::int64_t> seconds;
  for (const LogTime& time : times) seconds.push_back(time.seconds);
  std::sort(seconds.begin(), seconds.end());
  std::int64_t begin = seconds.front(), longest = seconds.front() + kDay - seconds.back();
  for (std::size_t i = 1; i < seconds.size(); ++i) {
    if (seconds[i] - seconds[i - 1] <= longest) continue;
    longest = seconds[i] - seconds[i - 1];
    begin = seconds[i];
  }
  for (LogTime& time : times) {
    time.seconds = time.other = time.seconds + (time.seconds < begin ? kDay : 0);
  }
}

bool all_equal(const std::vector<LogTime>& times) {
  return std::all_of(times.begin(), times.end(), [&](const LogTime& one) { return one.seconds == times[0].seconds; });
}

// --- numbers in names

struct NumberedName {
  std::string text;                  ///< without the numbers and what sets them off
  std::vector<std::string> numbers;  ///< without leading zeros
};

/// poolmon.txt, poolmon2.txt and "poolmon (3).txt" have one text.
NumberedName numbered(std::string_view name) {
  NumberedName out;
  for (std::size_t i = 0; i < name.size();) {
    if (name[i] < '0' || name[i] > '9') {
      out.text += name[i] == '\\' ? '/' : name[i];
      ++i;
      continue;
    }
    const std::size_t begin = i;
    while (i < name.size() && name[i] >= '0' && name[i] <= '9') ++i;
    std::string_view digits = name.substr(begin, i - begin);
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
    out.numbers.emplace_back(digits);
    while (!out.text.empty() && std::string_view(" _-(").find(out.text.back()) != std::string_view::npos)
      out.text.pop_back();
    if (i < name.size() && name[i] == ')') ++i;
  }
  return out;
}

bool less_number(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

/// Names that differ in their numbers only stand in the order of those; others stay where the first of their kind is.
Order by_numbers(const std::vector<LogFacts>& logs, bool& told) {
  std::vector<NumberedName> names;
  std::map<std::string, std::size_t> group_of;  // text → index of its first name
  for (const LogFacts& log : logs) {
    names.push_back(numbered(log.path));
    const auto [at, fresh] = group_of.try_emplace(names.back().text, names.size() - 1);
    told = told || !fresh;
  }
  Order order = as_given(logs.size());
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const std::size_t group_a = group_of[names[a].text], group_b = group_of[names[b].text];
    if (group_a != group_b) return group_a < group_b;
    return std::lexicographical_compare(names[a].numbers.begin(), names[a].numbers.end(), names[b].numbers.begin(),
                                        names[b].numbers.end(), less_number);
  });
  return order;
}

// --- counters

using Counters = std::map<std::uint64_t, std::int64_t>;

enum class Step { grows, drops, unknown };

/// Of the counters that both have: how many there are, and of how many `is_so` holds.
template <typename Test>
std::pair<std::size_t, std::size_t> compare(const Counters& earlier, const Counters& later, const Test& is_so) {
  std::size_t compared = 0, so = 0;
  for (const auto& [key, allocs] : later) {
    const auto at = earlier.find(key);
    if (at == earlier.end()) continue;
    ++compared;
    so += is_so(at->second, allocs) ? 1 : 0;
  }
  return {compared, so};
}

/// May `later` be a later snapshot of the same run? As SeriesTable sees it: a quarter of the tags has to agree.
Step step_between(const Counters& earlier, const Counters& later) {
  const auto [compared, dropped] =
      compare(earlier, later, [](std::int64_t before, std::int64_t after) { return after < before; });
  return compared == 0 ? Step::unknown : dropped > 0 && dropped * 4 >= compared ? Step::drops : Step::grows;
}

/// Half of the tags have more than `kSameRun` times the allocations: more likely another run than a later hour.
bool too_far(const Counters& earlier, const Counters& later) {
  const auto [compared, far] = compare(earlier, later, [](std::int64_t before, std::int64_t after) {
    return static_cast<double>(after) > kSameRun * static_cast<double>(before);
  });
  return far * 2 > compared;
}

std::size_t drops_in(const Order& order, const std::vector<Counters>& counters) {
  std::size_t drops = 0;
  for (std::size_t i = 1; i < order.size(); ++i)
    drops += step_between(counters[order[i - 1]], counters[order[i]]) == Step::drops ? 1 : 0;
  return drops;
}

/// The order in which no counter drops; empty where there is none, or the logs need not be of one run of Windows.
Order by_counters(const Order& start, const std::vector<Counters>& counters) {
  Counters shared = counters.front();
  for (const Counters& one : counters) {
    std::erase_if(shared, [&one](const auto& entry) { return one.find(entry.first) == one.end(); });
  }
  if (shared.empty()) return {};
  std::vector<double> sums;
  for (const Counters& one : counters) {
    double sum = 0;
    for (const auto& [key, allocs] : shared) sum += static_cast<double>(one.at(key));
    sums.push_back(sum);
  }
  Order order = start;
  std::stable_sort(order.begin(), order.end(), [&sums](std::size_t a, std::size_t b) { return sums[a] < sums[b]; });
  for (std::size_t i = 1; i < order.size(); ++i) {
    const Counters &before = counters[order[i - 1]], &now = counters[order[i]];
    if (step_between(before, now) != Step::grows || too_far(before, now)) return {};
  }
  return order;
}

/// Could a shell have put the names in this order, rather than a person?
bool alphabetical(const std::vector<LogFacts>& logs) {
  const auto folded = [](std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return text;
  };
  return std::is_sorted(logs.begin(), logs.end(),
                        [&](const LogFacts& a, const LogFacts& b) { return folded(a.path) < folded(b.path); }) ||
         std::is_sorted(logs.begin(), logs.end(), [](const LogFacts& a, const LogFacts& b) { return a.path < b.path; });
}

/// A log rotation gives the highest number to the oldest log; and names without numbers may stand in the shell's order.
bool corrected_by_counters(LogOrder& out, const std::vector<LogFacts>& logs) {
  std::vector<Counters> counters;
  for (const LogFacts& log : logs) counters.emplace_back(log.allocs.begin(), log.allocs.end());
  const std::size_t drops = drops_in(out.order, counters);
  const bool every = logs.size() > 2 && drops == logs.size() - 1;
  if (drops == 0 || !(every || (out.by == OrderedBy::given && alphabetical(logs)))) return false;
  Order order = by_counters(out.order, counters);
  if (order.empty()) return false;
  out.order = std::move(order);
  out.by = OrderedBy::counters;
  return true;
}

// --- the whole

/// Months and days may be exchanged: the reading that agrees with the numbers in the names, else the one in which the
/// logs lie closer together.
void order_by_time(LogOrder& out, const std::vector<LogFacts>& logs, const std::vector<LogTime>& times) {
  bool told = false;
  const Order numbers = by_numbers(logs, told);
  const auto sorted = [&](bool other) {
    Order order = numbers;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return other ? times[a].other < times[b].other : times[a].seconds < times[b].seconds;
    });
    return order;
  };
  out.order = sorted(false);
  const Order exchanged = sorted(true);
  if (exchanged == out.order) return;
  const bool agrees = told && out.order == numbers, other_agrees = told && exchanged == numbers;
  const auto span = [&times](const Order& order, bool other) {
    const LogTime &first = times[order.front()], &last = times[order.back()];
    return other ? last.other - first.other : last.seconds - first.seconds;
  };
  if (other_agrees != agrees ? other_agrees : span(exchanged, true) < span(out.order, false)) out.order = exchanged;
}

bool hours_from_changes(LogOrder& out, const std::vector<LogFacts>& logs) {
  for (std::size_t i = 0; i < out.order.size(); ++i) {
    const LogFacts& log = logs[out.order[i]];
    if (log.modified == 0 || log.time_in_text) return false;
    if (i > 0 && log.modified - logs[out.order[i - 1]].modified <= kCopied) return false;
  }
  for (std::size_t i = 0; i < logs.size(); ++i) {
    const std::int64_t seconds = logs[i].modified / kNanoseconds;
    out.times[i] = LogTime{seconds, seconds, false, false, true};
  }
  return true;
}

}  // namespace

std::vector<std::pair<std::uint64_t, std::int64_t>> counters_of(const std::vector<Row>& rows) {
  constexpr std::int64_t k32 = std::int64_t{1} << 32;
  std::vector<std::pair<std::uint64_t, std::int64_t>> out;
  for (const Row& row : rows) {
    if (!row.allocs) continue;
    const std::uint64_t key = std::uint64_t{row.tag.value()} << 32 | std::uint64_t{row.session.key()} << 8 |
                              static_cast<std::uint64_t>(row.pool);
    out.emplace_back(key, *row.allocs < 0 && *row.allocs >= -k32 / 2 ? *row.allocs + k32 : *row.allocs);
  }
  return out;
}

bool needs_counters(const std::vector<LogFacts>& logs) {
  if (logs.size() < 2) return false;
  for (const bool in_text : {true, false}) {
    const auto times = times_of(logs, in_text);
    if (times && !all_equal(*times)) return false;
  }
  return true;
}

LogOrder order_logs(const std::vector<LogFacts>& logs) {
  LogOrder out;
  out.order = as_given(logs.size());
  out.times.resize(logs.size());
  if (logs.empty()) return out;
  for (std::size_t i = 0; i < logs.size(); ++i) {
    if (logs[i].time_in_name && !logs[i].time_in_name->dayless && !logs[i].time_in_text)
      out.times[i] = logs[i].time_in_name;
  }
  if (logs.size() < 2) return out;
  for (const bool in_text : {true, false}) {
    auto times = times_of(logs, in_text);
    if (!times || all_equal(*times)) continue;
    const bool dayless = times->front().dayless;
    if (dayless) unroll(*times);
    order_by_time(out, logs, *times);
    out.by = in_text ? OrderedBy::text : OrderedBy::names;
    if (dayless || in_text) {
      for (std::size_t i = 0; i < logs.size(); ++i) {
        if (!in_text || logs[i].time_in_text->dayless) out.times[i] = (*times)[i];
        if (out.times[i]) out.times[i]->dayless = false;
      }
    }
    break;
  }
  if (out.by == OrderedBy::given) {
    bool told = false;
    out.order = by_numbers(logs, told);
    if (told) out.by = OrderedBy::numbers;
    corrected_by_counters(out, logs);
    out.by_change = hours_from_changes(out, logs);
  }
  const bool moved = out.order != as_given(logs.size());
  switch (out.by) {
    case OrderedBy::text:
      if (moved) out.notes.emplace_back("the logs are read in the order of the times in them, not as given");
      break;
    case OrderedBy::names:
      if (moved) out.notes.emplace_back("the logs are read in the order of the times in their names, not as given");
      break;
    case OrderedBy::numbers:
      if (moved) out.notes.emplace_back("the logs are read in the order of the numbers in their names, not as given");
      break;
    case OrderedBy::counters:
      out.notes.emplace_back(
          "nothing in the logs or in their names tells when they were taken: they are read in the order in which the "
          "counters of allocations grow");
      break;
    case OrderedBy::given:
      out.notes.emplace_back(
          "nothing in the logs or in their names tells when they were taken: they are read as given");
      break;
  }
  return out;
}

}  // namespace scanner::poolmon
