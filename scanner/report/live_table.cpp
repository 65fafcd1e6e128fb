#include "scanner/report/live_table.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "scanner/report/words.hpp"

namespace scanner::report {
namespace {

constexpr std::size_t kAppendedRows = 20;  // of a table that is not drawn over
constexpr std::size_t kNarrowest = 8;      // columns that the driver's name is still worth

struct Title {
  const char* text;
  bool number;
  int worth;  ///< what is worth least goes first where the window is narrow
};
constexpr std::array<Title, 10> kTitles = {{{"Tag", false, 9},
                                            {"Type", false, 9},
                                            {"Allocs", true, 2},
                                            {"Frees", true, 1},
                                            {"Diff", true, 5},
                                            {"Bytes", true, 8},
                                            {"Per Alloc", true, 3},
                                            {"Change", true, 7},
                                            {"Since start", true, 6},
                                            {"Driver", false, 4}}};

std::string signed_number(std::int64_t value) { return (value > 0 ? "+" : "") + std::to_string(value); }

std::string clock(std::int64_t seconds) {
  const std::time_t when = static_cast<std::time_t>(seconds);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", std::gmtime(&when));
  return text.data();
}

/// Whole characters of `text` that fit; everything we print is one column wide.
std::string cut(const std::string& text, std::size_t width) {
  std::size_t columns = 0, at = 0;
  while (at < text.size()) {
    std::size_t next = at + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    if (++columns > width) break;
    at = next;
  }
  return text.substr(0, at);
}

/// Four columns as poolmon prints them; what cannot be shown is a dot.
std::string shown_tag(tagdb::PoolTag tag) {
  std::string out;
  for (unsigned shift = 0; shift < 32; shift += 8) {
    const auto byte = static_cast<char>(tag.value() >> shift & 0xFF);
    out += byte >= ' ' && byte <= '~' ? byte : '.';
  }
  return out;
}

std::string shown(const std::optional<std::int64_t>& figure) { return figure ? std::to_string(*figure) : ""; }

}  // namespace

std::vector<LiveTable::Line> LiveTable::ordered(const poolmon::Snapshot& now) {
  std::vector<Line> lines;
  for (const poolmon::Row& row : now.rows) {
    if (!row.bytes) continue;
    const std::int64_t bytes = *row.bytes;
    const std::uint64_t key = std::uint64_t{row.tag.value()} << 32 | std::uint64_t{row.session.key()} << 8 |
                              static_cast<std::uint64_t>(row.pool);
    // What was not there at the first look has all its bytes since then.
    const auto [at, fresh] = known_.try_emplace(key, Known{looks_ == 0 ? bytes : 0, looks_ == 0 ? bytes : 0});
    lines.push_back({&row, bytes - at->second.last, bytes - at->second.first});
    at->second.last = bytes;
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return a.since != b.since ? a.since > b.since : a.row->bytes > b.row->bytes;
  });
  return lines;
}

std::vector<std::string> LiveTable::table(const std::vector<Line>& lines, std::size_t count, std::size_t width) const {
  std::vector<std::array<std::string, kTitles.size()>> cells(1);
  for (std::size_t i = 0; i < kTitles.size(); ++i) cells[0][i] = kTitles[i].text;
  for (std::size_t i = 0; i < count && i < lines.size(); ++i) {
    const poolmon::Row& row = *lines[i].row;
    cells.push_back({shown_tag(row.tag), row.pool == poolmon::Pool::nonpaged ? "Nonp" : "Paged", shown(row.allocs),
                     shown(row.frees), shown(row.diff), shown(row.bytes),
                     row.bytes && row.diff.value_or(0) > 0 ? std::to_string(*row.bytes / *row.diff) : "",
                     signed_number(lines[i].change), signed_number(lines[i].since), printable(owner_(row.tag))});
  }
  std::array<std::size_t, kTitles.size()> widths{};
  std::array<bool, kTitles.size()> wanted{};
  wanted.fill(true);
  std::size_t total = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    for (const auto& line : cells) widths[i] = std::max(widths[i], line[i].size());
    if (i + 1 == widths.size()) widths[i] = std::min(widths[i], kNarrowest);
    total += 1 + widths[i];
  }
  for (int worth = 0; worth < 8 && total > width; ++worth) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (kTitles[i].worth != worth) continue;
      wanted[i] = false;
      total -= 1 + widths[i];
    }
  }
  std::vector<std::string> out;
  for (const auto& line : cells) {
    std::string text;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (!wanted[i]) continue;
      const std::string blanks(widths[i] > line[i].size() ? widths[i] - line[i].size() : 0, ' ');
      text += ' ' + (kTitles[i].number ? blanks + line[i] : line[i] + blanks);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out.push_back(cut(text, width));
  }
  return out;
}

std::string LiveTable::frame(const poolmon::Snapshot& now, unsigned columns, unsigned rows) {
  const std::size_t width = std::max(columns, 20U) - 1;
  const std::int64_t second = now.time ? now.time->seconds : 0;
  if (looks_ == 0) first_second_ = second;
  const std::vector<Line> lines = ordered(now);
  ++looks_;
  std::int64_t nonpaged = 0, paged = 0, growth = 0;
  for (const Line& line : lines) {
    (line.row->pool == poolmon::Pool::nonpaged ? nonpaged : paged) += line.row->bytes.value_or(0);
    growth += line.since;
  }
  std::string out;
  std::vector<std::string> text;
  if (!options_.redraw) {
    text.push_back("===== " + clock(second) + " UTC =====");
    for (std::string& line : table(lines, kAppendedRows, width)) text.push_back(std::move(line));
    text.emplace_back();
  } else {
    const auto bytes = [](std::int64_t value) { return human_bytes(static_cast<double>(value)); };
    text.push_back("look " + std::to_string(looks_) + ", " +
                   human_hours(static_cast<double>(second - first_second_) / 3600) + "; nonpaged " + bytes(nonpaged) +
                   ", paged " + bytes(paged) + ", " + (growth > 0 ? "+" : "") + bytes(growth) +
                   " since the start; Ctrl-C ends with the report");
    text[0] = cut(text[0], width);
    const std::size_t room = std::max(rows, 6U) - 1;
    for (std::string& line : table(lines, room - 2, width)) text.push_back(std::move(line));
    if (columns_ != 0 && columns_ != columns) {
      out += "\x1b[H\x1b[J";  // the terminal has broken the old lines anew: nobody knows how many they are
    } else if (drawn_ > 0) {
      out += "\r\x1b[" + std::to_string(drawn_) + "A";
    }
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool changed = i >= 2 && i - 2 < lines.size() && lines[i - 2].change > 0;
    const bool bright = options_.color && (i == 1 || changed) && !text[i].empty();
    out += (bright ? "\x1b[1m" : "") + text[i] + (bright ? "\x1b[0m" : "") + (options_.redraw ? "\x1b[K\n" : "\n");
  }
  if (options_.redraw) out += "\x1b[J";
  drawn_ = text.size();
  columns_ = columns;
  return out;
}

}  // namespace scanner::report
