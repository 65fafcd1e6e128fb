// Charts as inline SVG: presentation comes from the page's style sheet, so that they follow light, dark and print.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "scanner/report/html_parts.hpp"
#include "scanner/report/words.hpp"

namespace scanner::report::html {
namespace {

struct Frame {
  double left = 74, top = 12, width = 930, height = 210;
  double x0 = 0, x1 = 1, y0 = 0, y1 = 1;
  [[nodiscard]] double x(double at) const { return left + (x1 > x0 ? (at - x0) / (x1 - x0) : 0.5) * width; }
  [[nodiscard]] double y(double value) const {
    return top + height - (y1 > y0 ? (value - y0) / (y1 - y0) : 0.5) * height;
  }
};

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
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

std::string line(double x0, double y0, double x1, double y1, const char* style) {
  return "<line class=\"" + std::string(style) + "\" x1=\"" + number(x0) + "\" y1=\"" + number(y0) + "\" x2=\"" +
         number(x1) + "\" y2=\"" + number(y1) + "\"/>";
}

std::string label(double x, double y, const char* anchor, const std::string& content) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\">" + text(content) +
         "</text>";
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

std::string point_title(const poolmon::ChartPoint& point, bool timed) {
  std::string out =
      timed ? "after " + human_hours(point.at) : "snapshot " + with_commas(static_cast<std::uint64_t>(point.at) + 1);
  out += ": " + human_bytes(static_cast<double>(point.bytes));
  if (point.diff.value_or(0) > 0) out += " in " + with_commas(static_cast<std::uint64_t>(*point.diff)) + " blocks";
  if (point.allocs.value_or(0) > 0 && point.frees.value_or(-1) >= 0)
    out += "; " + with_commas(static_cast<std::uint64_t>(*point.allocs)) + " allocated, " +
           with_commas(static_cast<std::uint64_t>(*point.frees)) + " freed since boot";
  return out;
}

std::string axes(const Frame& frame, bool timed) {
  constexpr int kMostTicks = 40;
  std::string out;
  const double step = tick_step(frame.y1 - frame.y0, 4, true);
  for (int i = 0; i < kMostTicks; ++i) {  // counted: a sum of steps need not get anywhere
    const double value = (std::ceil(frame.y0 / step) + i) * step;
    if (value > frame.y1) break;
    out += line(frame.left, frame.y(value), frame.left + frame.width, frame.y(value), "grid");
    out += label(frame.left - 8, frame.y(value) + 4, "end", human_bytes(value));
  }
  const double across = frame.x1 - frame.x0;
  double x_step = timed ? hours_step(across / 8) : tick_step(across, 8, false);
  if (!timed) x_step = std::max(1.0, std::round(x_step));
  for (int i = 0; i < kMostTicks && across > 0; ++i) {
    const double at = (std::ceil(frame.x0 / x_step) + i) * x_step;
    if (at > frame.x1 + 1e-9) break;
    out += label(frame.x(at), frame.top + frame.height + 20, "middle",
                 timed ? (at == 0 ? "0" : human_hours(at)) : std::to_string(static_cast<long>(at) + 1));
  }
  return out;
}

}  // namespace

std::string chart(const poolmon::Growth& growth, bool timed) {
  if (growth.points.empty()) return {};
  const Frame frame = frame_of(growth, false);
  std::string out = "<svg class=\"chart\" viewBox=\"0 0 1024 252\" role=\"img\" aria-label=\"" +
                    text("bytes of " + growth.tag.text() + " in " + std::string(to_string(growth.pool)) +
                         " pool, from " + human_bytes(static_cast<double>(growth.bytes_first)) + " to " +
                         human_bytes(static_cast<double>(growth.bytes_last))) +
                    "\">";
  out += axes(frame, timed);
  for (std::size_t i = 1; i < growth.points.size(); ++i) {
    if (growth.points[i].boot == growth.points[i - 1].boot) continue;
    const double x = (frame.x(growth.points[i].at) + frame.x(growth.points[i - 1].at)) / 2;
    out += line(x, frame.top, x, frame.top + frame.height, "boot") + label(x + 4, frame.top + 12, "start", "restart");
  }
  out += band(growth, frame);
  // The trend goes through the middle of the points, with the slope that was judged.
  const double slope = timed && growth.bytes_per_hour ? *growth.bytes_per_hour : growth.bytes_per_step;
  const bool one_boot = growth.points.front().boot == growth.points.back().boot;
  if (leaks_or_may(growth.shape) && one_boot && growth.points.size() > 2) {
    std::vector<double> rest;
    for (const poolmon::ChartPoint& point : growth.points)
      rest.push_back(static_cast<double>(point.bytes) - slope * point.at);
    std::nth_element(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(rest.size() / 2), rest.end());
    const double offset = rest[rest.size() / 2];
    const auto inside = [&frame](double value) { return std::clamp(value, frame.y0, frame.y1); };
    out += line(frame.x(frame.x0), frame.y(inside(offset + slope * frame.x0)), frame.x(frame.x1),
                frame.y(inside(offset + slope * frame.x1)), "trend");
  }
  out += series(growth, frame);
  constexpr std::size_t kDotted = 80;
  const char* radius = growth.points.size() > kDotted ? "1.5" : "4";
  for (const poolmon::ChartPoint& point : growth.points) {
    out += "<circle class=\"point\" r=\"" + std::string(radius) + "\" cx=\"" + number(frame.x(point.at)) + "\" cy=\"" +
           number(frame.y(static_cast<double>(point.bytes))) + "\"><title>" + text(point_title(point, timed)) +
           "</title></circle>";
  }
  return out + "</svg>";
}

std::string spark(const poolmon::Growth& growth) {
  if (growth.points.size() < 2) return {};
  Frame frame = frame_of(growth, false);
  frame.left = 2;
  frame.top = 2;
  frame.width = 106;
  frame.height = 20;
  return "<svg class=\"spark\" viewBox=\"0 0 110 24\" aria-hidden=\"true\">" + series(growth, frame) + "</svg>";
}

}  // namespace scanner::report::html
