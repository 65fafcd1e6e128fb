#include "scanner/report/text_leaks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>

#include "scanner/report/words.hpp"
#include "tagdb/owners.hpp"

namespace scanner::report {
namespace {

constexpr std::string_view kGreen = "\x1b[32;1m", kYellow = "\x1b[33m", kRed = "\x1b[31;1m", kDim = "\x1b[2m",
                           kReset = "\x1b[0m";
constexpr std::size_t kSparkWidth = 16, kOthersShown = 12;
// What a Windows pool is allowed to do without anybody's interest.
constexpr std::int64_t kWorthALine = 64 << 10;

std::string number(double value, const char* format) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

/// How wide a text is on the screen: continuation bytes of UTF-8 take no column.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(std::string text, std::size_t width) {
  const std::size_t used = columns(text);
  if (used < width) text.append(width - used, ' ');
  return text;
}

std::vector<std::string> cells_of(const Leak& leak, const LogsInfo& info, bool unicode) {
  const poolmon::Growth& growth = leak.growth;
  std::vector<std::string> cells = {growth.tag.text(), std::string(to_string(growth.pool))};
  if (unicode) cells.push_back(sparkline(growth.points, kSparkWidth));
  cells.push_back(human_bytes(static_cast<double>(growth.bytes_first)) + " to " +
                  human_bytes(static_cast<double>(growth.bytes_last)));
  cells.push_back(growth.bytes_per_hour ? human_bytes(*growth.bytes_per_hour) + "/h"
                                        : human_bytes(growth.bytes_per_step) + "/step");
  cells.push_back(number(std::floor(growth.share * 100), "%.0f %% of the growth"));
  cells.push_back(growth.shape == poolmon::Shape::suspect
                      ? "suspected only"
                      : "confidence " + number(std::floor(growth.confidence * 100) / 100, "%.2f"));
  std::string each = growth.bytes_per_allocation > 0
                         ? with_commas(static_cast<std::uint64_t>(growth.bytes_per_allocation)) + " bytes each"
                         : "";
  if (growth.hours_left)
    each += (each.empty() ? "" : "; ") + human_hours(*growth.hours_left) + " until " + printable(growth.limit);
  cells.push_back(each);
  (void)info;
  return cells;
}

}  // namespace

std::string sparkline(const std::vector<poolmon::ChartPoint>& points, std::size_t width) {
  static constexpr std::array<std::string_view, 8> kBars = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (points.empty() || width == 0) return {};
  const auto [low, high] =
      std::minmax_element(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
  const double floor = static_cast<double>(low->bytes), range = static_cast<double>(high->bytes) - floor;
  std::string out;
  const std::size_t count = std::min(width, points.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = count == 1 ? 0 : i * (points.size() - 1) / (count - 1);
    const double part = range > 0 ? (static_cast<double>(points[at].bytes) - floor) / range : 0;
    out += kBars[std::min<std::size_t>(7, static_cast<std::size_t>(part * 8))];
  }
  return out;
}

std::string TextLeaks::paint(std::string_view color, const std::string& text) const {
  return options_.color ? std::string(color) + text + std::string(kReset) : text;
}

void TextLeaks::logs(const LogsInfo& logs) {
  info_ = logs;
  any_ = true;
  out_ << with_commas(logs.snapshots) << (logs.snapshots == 1 ? " snapshot" : " snapshots");
  if (logs.logs.empty()) {
    out_ << " of this machine";
  } else {
    out_ << " in " << logs.logs.size() << (logs.logs.size() == 1 ? " log" : " logs");
  }
  if (logs.timed) out_ << ", " << human_hours(logs.hours);
  out_ << '\n';
  for (const std::string& note : logs.notes) out_ << "note: " << printable(note) << '\n';
  for (const poolmon::Growth& pool : logs.pools) {
    out_ << "the " << to_string(pool.pool) << " pool as a whole " << describe(pool.shape) << ": "
         << growth_in_words(pool, logs.hours) << '\n';
  }
}

void TextLeaks::flush() {
  if (!any_) return;
  any_ = false;
  std::vector<std::vector<std::string>> table;
  std::vector<std::size_t> widths;
  for (const Leak& leak : leaks_) {
    table.push_back(cells_of(leak, info_, options_.unicode));
    widths.resize(table.back().size(), 0);
    for (std::size_t i = 0; i < table.back().size(); ++i) widths[i] = std::max(widths[i], columns(table.back()[i]));
  }
  for (std::size_t i = 0; i < leaks_.size(); ++i) print(leaks_[i], table[i], widths);
  if (leaks_.empty())
    out_ << (info_.snapshots < 3 ? "too few snapshots to tell a leak from use; the more, the surer\n"
                                 : "no tag keeps growing\n");
  print_others();
  leaks_.clear();
  others_.clear();
}

void TextLeaks::print(const Leak& leak, const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string cell = i + 1 == cells.size() ? cells[i] : padded(cells[i], widths[i]);
    line += (i == 0 ? "" : "  ") + (i == 0 ? paint(kRed, cell) : cell);
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  out_ << line << '\n';
  if (options_.explain) {
    for (const std::string& reason : leak.growth.reasons) out_ << "      growth: " << printable(reason) << '\n';
  }
  for (const Candidate& candidate : leak.candidates) {
    const auto verdict = candidate.judgement.verdict;
    const std::string_view color = verdict == rank::Verdict::proven   ? kGreen
                                   : verdict == rank::Verdict::likely ? kYellow
                                                                      : kDim;
    out_ << "  " << paint(color, pad(std::string(rank::to_string(verdict)), 8)) << "  " << printable(candidate.path)
         << "  " << printable(proof(candidate)) << "  " << printable(product(candidate.identity)) << '\n';
    for (const std::string& path : candidate.copies) out_ << "            same file: " << printable(path) << '\n';
    for (const rank::Reason& reason : candidate.judgement.reasons) {
      const bool about_leak =
          reason.code == "pool_agrees" || reason.code == "size_agrees" || reason.code == "pool_contradicts";
      if (about_leak || options_.explain) out_ << "            " << printable(reason.text) << '\n';
    }
  }
  for (const tagdb::Entry& entry : leak.listed) {
    out_ << "  " << paint(kDim, "listed  ") << "  "
         << (entry.owner.empty() ? "(no owner given)" : printable(entry.owner));
    if (const auto about = tagdb::description_of(entry); !about.text.empty()) out_ << "  " << printable(about.text);
    out_ << "  " << paint(kDim, "[" + printable(entry.source) + ":" + std::to_string(entry.line) + "]") << '\n';
  }
  if (!leak.tool_owner.empty()) out_ << "  the log says " << printable(leak.tool_owner) << '\n';
  if (leak.candidates.empty() && info_.searched) out_ << "  no driver that was searched allocates with it\n";
  for (const NextStep& step : leak.next_steps) {
    out_ << "  next: " << printable(step.text);
    if (!step.command.empty()) out_ << ": " << printable(step.command);
    out_ << '\n';
  }
}

void TextLeaks::print_others() {
  std::map<poolmon::Shape, std::size_t> counts;
  std::size_t shown = 0;
  bool headed = false;
  for (const poolmon::Growth& growth : others_) {
    const bool size = growth.shape == poolmon::Shape::size;
    if (!size && std::llabs(growth.gained) < kWorthALine) continue;
    if (++shown > kOthersShown) {
      ++counts[growth.shape];
      continue;
    }
    if (!headed) {
      out_ << (size             ? "size, not growth (one snapshot only), largest first:\n"
               : leaks_.empty() ? "what changed most:\n"
                                : "no leaks, though they changed:\n");
      headed = true;
    }
    std::string line = "  " + pad(growth.tag.text(), 4) + "  " + pad(std::string(to_string(growth.pool)), 8);
    if (size) {
      line += "  " + human_bytes(static_cast<double>(growth.bytes_last)) + "  " +
              with_commas(static_cast<std::uint64_t>(std::max<std::int64_t>(0, growth.bytes_per_allocation))) +
              " bytes each";
    } else {
      if (options_.unicode) line += "  " + padded(sparkline(growth.points, kSparkWidth), kSparkWidth);
      line += "  " + pad((growth.gained > 0 ? "+" : "") + human_bytes(static_cast<double>(growth.gained)), 10) + "  " +
              std::string(to_string(growth.shape)) + ": " + std::string(describe(growth.shape));
    }
    out_ << line << '\n';
  }
  if (counts.empty()) return;
  out_ << "  and";
  const char* separator = " ";
  for (const auto& [shape, count] : counts) {
    out_ << separator << count << (shape == poolmon::Shape::size ? "" : " ")
         << (shape == poolmon::Shape::size ? "" : to_string(shape));
    separator = ", ";
  }
  out_ << " more\n";
}

}  // namespace scanner::report
