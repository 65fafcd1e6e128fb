// Charts as inline SVG: presentation comes from the page's style sheet, so that they follow light, dark and print. Only
// the curves are scaled to the width of the window: texts, points and lines stand at percentages of it, so that they
// keep their size on a phone.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "scanner/report/html_parts.hpp"
#include "scanner/report/words.hpp"

namespace scanner::report::html {
namespace {

constexpr double kTop = 16, kHeight = 200;  // of the plot, in pixels; the curves' own units across are 0 to kAcross
constexpr double kAcross = 1000;

struct Frame {
  double top = kTop, width = kAcross, height = kHeight;
  double x0 = 0, x1 = 1, y0 = 0, y1 = 1;
  [[nodiscard]] double part(double at) const { return x1 > x0 ? (at - x0) / (x1 - x0) : 0.5; }
  [[nodiscard]] double x(double at) const { return part(at) * width; }
  [[nodiscard]] double y(double value) const {
    return top + height - (y1 > y0 ? (value - y0) / (y1 - y0) : 0.5) * height;
  }
};

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", value);
  return text.data();
}

/// A round step that gives about `count` ticks; bytes are round in powers of two.
double tick_step(double range, int count, bool binary) {
  if (range <= 0) return 1;
  const double raw = range / count, base = binary ? 2 : 10;
  const double power = std::pow(base, std::floor(std::log(raw) / std::log(base)));
  if (binary) return power * 2 < raw * 1.5 ? power * 2 : power;
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    if (power * factor >= raw) return power * factor;
  }
  return power * 10;
}

/// Steps that clocks have.
double hours_step(double least) {
  static constexpr std::array<double, 14> kSteps = {1.0 / 60, 2.0 / 60, 5.0 / 60, 0.25, 0.5, 1,  2,
                                                    3,        6,        12,       24,   48,  96, 168};
  for (const double step : kSteps) {
    if (step >= least) return step;
  }
  return std::ceil(least / 168) * 168;
}

/// `x0` and `x1` are parts of the width, 0 to 1.
std::string line(double x0, double y0, double x1, double y1, const char* style) {
  return "<line class=\"" + std::string(style) + "\" x1=\"" + number(x0 * 100) + "%\" y1=\"" + number(y0) + "\" x2=\"" +
         number(x1 * 100) + "%\" y2=\"" + number(y1) + "\"/>";
}

std::string label(double x, double y, const char* anchor, const std::string& content, const char* classes = "") {
  return "<text x=\"" + number(x * 100) + "%\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\"" +
         (*classes != '\0' ? " class=\"" + std::string(classes) + "\"" : "") + ">" + text(content) + "</text>";
}

Frame frame_of(const poolmon::Growth& growth, bool from_zero) {
  Frame frame;
  frame.x0 = growth.points.front().at;
  frame.x1 = growth.points.back().at;
  double low = static_cast<double>(growth.points.front().low), high = low;
  for (const poolmon::ChartPoint& point : growth.points) {
    low = std::min(low, static_cast<double>(point.low));
    high = std::max(high, static_cast<double>(point.high));
  }
  frame.y0 = from_zero || low < high * 0.5 ? 0 : low - (high - low) * 0.1;
  frame.y1 = high + (high - frame.y0) * 0.06;
  // Next to a very large number one more is nothing.
  if (frame.y1 <= frame.y0) frame.y1 = frame.y0 + std::max(1.0, std::abs(frame.y0) * 1e-6);
  return frame;
}

/// One path per boot: nothing connects what a restart separates.
std::string series(const poolmon::Growth& growth, const Frame& frame) {
  std::string path;
  for (std::size_t i = 0; i < growth.points.size(); ++i) {
    const bool start = i == 0 || growth.points[i].boot != growth.points[i - 1].boot;
    path += (start ? "M" : "L") + number(frame.x(growth.points[i].at)) + " " +
            number(frame.y(static_cast<double>(growth.points[i].bytes)));
  }
  return "<path class=\"series\" d=\"" + path + "\"/>";
}

std::string band(const poolmon::Growth& growth, const Frame& frame) {
  const bool any = std::any_of(growth.points.begin(), growth.points.end(),
                               [](const auto& point) { return point.low != point.high; });
  if (!any) return {};
  std::string out;
  for (std::size_t begin = 0; begin < growth.points.size();) {
    std::size_t end = begin;
    while (end < growth.points.size() && growth.points[end].boot == growth.points[begin].boot) ++end;
    std::string points;
    for (std::size_t i = begin; i < end; ++i)
      points += number(frame.x(growth.points[i].at)) + "," +
                number(frame.y(static_cast<double>(growth.points[i].high))) + " ";
    for (std::size_t i = end; i > begin; --i)
      points += number(frame.x(growth.points[i - 1].at)) + "," +
                number(frame.y(static_cast<double>(growth.points[i - 1].low))) + " ";
    out += "<polygon class=\"band\" points=\"" + points + "\"/>";
    begin = end;
  }
  return out;
}

/// "2026-11-21 06:00"
std::string clock_time(std::int64_t seconds) {
  std::string out = iso_time(static_cast<std::time_t>(seconds)).substr(0, 16);
  out[10] = ' ';
  return out;
}

std::int64_t seconds_at(double at, std::int64_t start) {
  return start + static_cast<std::int64_t>(std::llround(at * 3600));
}

std::string point_title(const poolmon::ChartPoint& point, bool timed, std::optional<std::int64_t> start) {
  std::string out = start || !timed ? "" : "after ";
  out += (timed ? "" : "snapshot ") + moment(point.at, timed, start);
  out += ": " + human_bytes(static_cast<double>(point.bytes));
  if (point.diff.value_or(0) > 0) out += " in " + with_commas(static_cast<std::uint64_t>(*point.diff)) + " blocks";
  if (point.allocs.value_or(0) > 0 && point.frees.value_or(-1) >= 0)
    out += "; " + with_commas(static_cast<std::uint64_t>(*point.allocs)) + " allocated, " +
           with_commas(static_cast<std::uint64_t>(*point.frees)) + " freed since boot";
  return out;
}

struct Tick {
  double at = 0;
  std::string name;
};

/// By the machine's clock: at round times of day, with the date where a day begins.
std::vector<Tick> clock_ticks(const Frame& frame, double step, std::int64_t start) {
  std::vector<Tick> ticks;
  const auto every = static_cast<std::int64_t>(std::llround(step * 3600));
  const std::int64_t first = seconds_at(frame.x0, start), last = seconds_at(frame.x1, start);
  std::string day;
  for (std::int64_t when = (first + every - 1) / every * every; when <= last && ticks.size() < 40; when += every) {
    const std::string time = clock_time(when), date = time.substr(5, 5);
    const bool midnight = time.substr(11) == "00:00";
    ticks.push_back({static_cast<double>(when - start) / 3600, date == day ? time.substr(11)
                                                               : midnight  ? date
                                                                           : date + " " + time.substr(11)});
    day = date;
  }
  return ticks;
}

std::vector<Tick> ticks_across(const Frame& frame, bool timed, std::optional<std::int64_t> start) {
  const double across = frame.x1 - frame.x0;
  if (across <= 0) return {};
  constexpr int kAbout = 8;
  if (timed && start) return clock_ticks(frame, hours_step(across / kAbout), *start);
  const double step = timed ? hours_step(across / kAbout) : std::max(1.0, std::round(tick_step(across, kAbout, false)));
  std::vector<Tick> ticks;
  constexpr int kMostTicks = 40;
  for (int i = 0; i < kMostTicks; ++i) {
    const double at = (std::ceil(frame.x0 / step) + i) * step;
    if (at > frame.x1 + 1e-9) break;
    ticks.push_back({at, timed ? (at == 0 ? "0" : human_hours(at)) : std::to_string(static_cast<long>(at) + 1)});
  }
  return ticks;
}

std::string axes(const Frame& frame, const std::vector<Tick>& ticks) {
  constexpr int kMostTicks = 40;
  std::string out;
  const double step = tick_step(frame.y1 - frame.y0, 4, true);
  for (int i = 0; i < kMostTicks; ++i) {  // counted: a sum of steps need not get anywhere
    const double value = (std::ceil(frame.y0 / step) + i) * step;
    if (value > frame.y1) break;
    out += line(0, frame.y(value), 1, frame.y(value), "grid");
  }
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    const double part = frame.part(ticks[i].at);
    const char* const anchor = part < 0.05 ? "start" : part > 0.95 ? "end" : "middle";
    // A narrow window shows every third.
    out += label(part, frame.top + frame.height + 20, anchor, ticks[i].name, i % 3 == 0 ? "" : "wide");
  }
  return out;
}

/// The names of the grid's lines, left of the plot.
std::string scale(const Frame& frame) {
  constexpr int kMostTicks = 40;
  std::string out = "<svg class=\"scale\" aria-hidden=\"true\">";
  const double step = tick_step(frame.y1 - frame.y0, 4, true);
  for (int i = 0; i < kMostTicks; ++i) {
    const double value = (std::ceil(frame.y0 / step) + i) * step;
    if (value > frame.y1) break;
    out += label(0.9, frame.y(value) + 4, "end", human_bytes(value));
  }
  return out + "</svg>";
}

}  // namespace

std::string moment(double at, bool timed, std::optional<std::int64_t> start) {
  if (timed && start) return clock_time(seconds_at(at, *start));
  return timed ? human_hours(at) : with_commas(static_cast<std::uint64_t>(at) + 1);
}

std::string chart(const poolmon::Growth& growth, bool timed, const Clock& clock) {
  if (growth.points.empty()) return {};
  const Frame frame = frame_of(growth, false);
  std::string out =
      "<div class=\"plot\">" + scale(frame) + "<svg class=\"chart\" role=\"img\" aria-label=\"" +
      text("bytes " + (growth.tag.value() != 0 ? "of " + growth.tag.text() + " " : std::string()) + "in " +
           pool_in_words(growth) + " pool, from " + human_bytes(static_cast<double>(growth.bytes_first)) + " to " +
           human_bytes(static_cast<double>(growth.bytes_last))) +
      "\">";
  out += axes(frame, ticks_across(frame, timed, clock.start));
  for (std::size_t i = 1; i < growth.points.size(); ++i) {
    if (growth.points[i].boot == growth.points[i - 1].boot) continue;
    const double x = (frame.part(growth.points[i].at) + frame.part(growth.points[i - 1].at)) / 2;
    out += line(x, frame.top, x, frame.top + frame.height, "boot") +
           label(x, frame.top - 4, x > 0.8 ? "end" : "start", "restart");
  }
  // The trend goes through the middle of the points, with the slope that was judged.
  const double slope = timed && growth.bytes_per_hour ? *growth.bytes_per_hour : growth.bytes_per_step;
  const bool one_boot = growth.points.front().boot == growth.points.back().boot;
  std::string trend;
  if (leaks_or_may(growth.shape) && one_boot && growth.points.size() > 2) {
    std::vector<double> rest;
    for (const poolmon::ChartPoint& point : growth.points)
      rest.push_back(static_cast<double>(point.bytes) - slope * point.at);
    std::nth_element(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(rest.size() / 2), rest.end());
    const double offset = rest[rest.size() / 2];
    const auto inside = [&frame](double value) { return std::clamp(value, frame.y0, frame.y1); };
    trend = line(0, frame.y(inside(offset + slope * frame.x0)), 1, frame.y(inside(offset + slope * frame.x1)), "trend");
  }
  const std::string box = number(kTop + kHeight);
  out += "<svg x=\"0\" y=\"0\" width=\"100%\" height=\"" + box + "\" viewBox=\"0 0 " + number(kAcross) + " " + box +
         "\" preserveAspectRatio=\"none\" overflow=\"visible\">" + band(growth, frame) + series(growth, frame) +
         "</svg>" + trend;
  constexpr std::size_t kDotted = 80;
  const char* radius = growth.points.size() > kDotted ? "1.5" : "4";
  for (const poolmon::ChartPoint& point : growth.points) {
    out += "<circle class=\"point\" r=\"" + std::string(radius) + "\" cx=\"" + number(frame.part(point.at) * 100) +
           "%\" cy=\"" + number(frame.y(static_cast<double>(point.bytes))) + "\"><title>" +
           text(point_title(point, timed, clock.start)) + "</title></circle>";
  }
  out += "</svg></div>";
  if (timed && clock.start)
    out += clock.utc ? "<p class=\"dim\">Times are UTC.</p>" : "<p class=\"dim\">Times are those of the log.</p>";
  return out;
}

std::string spark(const poolmon::Growth& growth) {
  if (growth.points.size() < 2) return {};
  Frame frame = frame_of(growth, false);
  frame.top = 2;
  frame.width = 106;
  frame.height = 20;
  return "<svg class=\"spark\" viewBox=\"-2 0 110 24\" aria-hidden=\"true\">" + series(growth, frame) + "</svg>";
}

std::string lockstep_chart(const Cluster& cluster) {
  constexpr double kPart = 1e6;
  std::vector<poolmon::Growth> parts;
  for (const poolmon::Growth& growth : cluster.growths) {
    poolmon::Growth part;
    part.tag = growth.tag;
    double low = 0, high = 0;
    for (const poolmon::ChartPoint& point : growth.points) {
      if (!point.diff) continue;
      const auto blocks = static_cast<double>(*point.diff);
      low = part.points.empty() ? blocks : std::min(low, blocks);
      high = part.points.empty() ? blocks : std::max(high, blocks);
      part.points.push_back(point);
    }
    for (poolmon::ChartPoint& point : part.points) {
      const double at = high > low ? (static_cast<double>(*point.diff) - low) / (high - low) : 0;
      point.bytes = point.low = point.high = static_cast<std::int64_t>(at * kPart);
    }
    if (part.points.size() > 1) parts.push_back(std::move(part));
  }
  if (parts.empty()) return {};
  Frame frame = frame_of(parts.front(), true);
  frame.top = 2;
  frame.width = 106;
  frame.height = 20;
  std::string names, lines;
  for (const poolmon::Growth& part : parts) {
    names += (names.empty() ? "" : ", ") + part.tag.text();
    lines += series(part, frame);
  }
  return "<svg class=\"spark lockstep\" role=\"img\" aria-label=\"" + text("blocks of " + names + ", in one chart") +
         "\" viewBox=\"-2 0 110 24\">" + lines + "</svg>";
}

}  // namespace scanner::report::html
