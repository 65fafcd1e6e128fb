// The events of a log together: in the order of time, and what people should know of them.
#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <tuple>

#include "scanner/poolmon/event.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::size_t kMostEvents = 100'000;
/// From this part of all committed memory on, pools are called a cause.
constexpr double kPoolsMatter = 0.25;

std::string gib(double bytes) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f GiB", bytes / (1024.0 * 1024 * 1024));
  return text.data();
}

std::string moment(const LogTime& time, std::time_t seconds) {
  std::array<char, 32> text{};
  std::tm parts{};
#ifdef _WIN32
  if (::gmtime_s(&parts, &seconds) != 0) return "?";
#else
  if (::gmtime_r(&seconds, &parts) == nullptr) return "?";
#endif
  std::strftime(text.data(), text.size(), time.zoned ? "%Y-%m-%d %H:%M UTC" : "%Y-%m-%d %H:%M", &parts);
  return text.data();
}

/// Both readings of 3/5/2026.
std::string moment(const LogTime& time) {
  const std::string text = moment(time, time.seconds);
  return time.other == time.seconds ? text : text + " (or " + moment(time, time.other) + ")";
}

std::string times(std::size_t count) { return count == 1 ? "once" : std::to_string(count) + " times"; }

/// ", at 2026-…", ", first at … and last at …"; empty where no time is known.
std::string when(const std::vector<const PoolEvent*>& events) {
  const PoolEvent *first = nullptr, *last = nullptr;
  for (const PoolEvent* event : events) {
    if (!event->time) continue;
    if (first == nullptr || event->time->seconds < first->time->seconds) first = event;
    if (last == nullptr || event->time->seconds > last->time->seconds) last = event;
  }
  if (first == nullptr) return {};
  if (first->time->seconds == last->time->seconds) return ", at " + moment(*first->time);
  return ", first at " + moment(*first->time) + " and last at " + moment(*last->time);
}

std::optional<double> pools_of(const PoolEvent& event) {
  if (!event.totals.nonpaged || !event.totals.paged) return std::nullopt;
  return static_cast<double>(*event.totals.nonpaged) + static_cast<double>(*event.totals.paged);
}

/// What was exhausted, where the event tells.
enum class Cause : std::uint8_t { pool, commit, unknown };

Cause cause_of(const PoolEvent& event) {
  const auto pools = pools_of(event);
  if (!pools || !event.totals.commit) return Cause::unknown;
  return *pools < kPoolsMatter * static_cast<double>(*event.totals.commit) ? Cause::commit : Cause::pool;
}

std::string exhaustion_note(const std::vector<const PoolEvent*>& events, Cause cause) {
  const PoolEvent& last = *std::max_element(events.begin(), events.end(), [](const PoolEvent* a, const PoolEvent* b) {
    return (a->time ? a->time->seconds : 0) < (b->time ? b->time->seconds : 0);
  })[0];
  std::string text = "event 2004: memory ran short " + times(events.size()) + when(events);
  if (cause == Cause::commit) text += "; commit was exhausted, not pool: programs hold it";
  if (cause == Cause::pool) text += "; the pools hold a large part of it";
  if (const auto pools = pools_of(last); pools && last.totals.commit) {
    text += std::string(" (") + (events.size() > 1 ? "the last time " : "") + "the pools held " + gib(*pools) + " of " +
            gib(static_cast<double>(*last.totals.commit)) + " committed";
    if (cause == Cause::commit && !last.program.empty())
      text += ", " + last.program + " alone " + gib(static_cast<double>(last.program_bytes));
    text += ")";
  }
  return text;
}

std::string_view event_text(PoolEvent::Kind kind) {
  switch (kind) {
    case PoolEvent::Kind::nonpaged_limit: return "event 2017: the server service reached its limit of nonpaged pool";
    case PoolEvent::Kind::paged_limit: return "event 2018: the server service reached its limit of paged pool";
    case PoolEvent::Kind::nonpaged_empty: return "event 2019: the nonpaged pool was empty";
    case PoolEvent::Kind::paged_empty: return "event 2020: the paged pool was empty";
    case PoolEvent::Kind::exhausted:
    case PoolEvent::Kind::started: break;
  }
  return "";
}

}  // namespace

void EventLog::add(PoolEvent event) {
  if (events_.size() < kMostEvents) events_.push_back(std::move(event));
}

std::vector<Snapshot> EventLog::take_snapshots() {
  std::vector<PoolEvent> events = std::move(events_);
  events_.clear();
  if (std::all_of(events.begin(), events.end(), [](const PoolEvent& event) { return event.time.has_value(); })) {
    // What is of one second: a start comes first.
    std::stable_sort(events.begin(), events.end(), [](const PoolEvent& a, const PoolEvent& b) {
      return std::tuple(a.time->seconds, a.kind != PoolEvent::Kind::started) <
             std::tuple(b.time->seconds, b.kind != PoolEvent::Kind::started);
    });
  }
  std::vector<Snapshot> out;
  bool restarted = false;
  for (PoolEvent& event : events) {
    restarted = restarted || event.kind == PoolEvent::Kind::started;
    if (event.kind != PoolEvent::Kind::exhausted || (event.rows.empty() && !event.totals.any())) continue;
    // An event that was exported twice.
    if (!out.empty() && out.back().time && event.time && out.back().time->seconds == event.time->seconds) continue;
    Snapshot snapshot;
    snapshot.line = std::max<std::size_t>(event.line, 1);
    snapshot.time = event.time;
    snapshot.totals = event.totals;
    snapshot.rows = std::move(event.rows);
    snapshot.largest_only = true;
    snapshot.restarted = !out.empty() && restarted;
    restarted = false;
    out.push_back(std::move(snapshot));
  }
  return out;
}

std::vector<std::string> EventLog::notes() const {
  using Kind = PoolEvent::Kind;
  std::map<Kind, std::vector<const PoolEvent*>> by_kind;
  std::map<Cause, std::vector<const PoolEvent*>> by_cause;
  for (const PoolEvent& event : events_) {
    by_kind[event.kind].push_back(&event);
    if (event.kind == Kind::exhausted) by_cause[cause_of(event)].push_back(&event);
  }
  std::vector<std::string> out;
  for (const auto& [cause, events] : by_cause) out.push_back(exhaustion_note(events, cause));
  for (const auto& [kind, events] : by_kind) {
    if (!event_text(kind).empty())
      out.push_back(std::string(event_text(kind)) + " " + times(events.size()) + when(events));
  }
  if (by_kind[Kind::exhausted].size() > 1 && !by_kind.contains(Kind::started))
    out.emplace_back(
        "no start of Windows is among the events: they may be of several runs; the whole System log tells");
  if (without_figures_ > 0)
    out.push_back("event 2004 stands there " + times(without_figures_) +
                  " as a message, which names programs and no tag: copy it from Event Viewer's Details, XML view");
  return out;
}

}  // namespace scanner::poolmon
