#include "tagdb/known_leaks.hpp"

#include <algorithm>
#include <charconv>

#include "tagdb/text.hpp"
#include "tagdb/tsv.hpp"

namespace tagdb {
namespace {

constexpr std::uint32_t kAny = 0xFFFFFFFFU;
constexpr std::size_t kCells = 7;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A version and nothing else: "1.77". Resource texts may say more behind it, the table may not.
std::optional<FileVersion> exact_version(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
  if (!plain || text.empty() || text.front() == '.' || text.back() == '.') return {};
  if (text.find("..") != std::string_view::npos || std::count(text.begin(), text.end(), '.') > 3) return {};
  return parse_version(text);
}

/// "3.42.*": from 3.42.0.0 to the last 3.42.
std::optional<VersionRange> below(std::string_view prefix) {
  const auto first = exact_version(prefix);
  if (!first) return {};
  VersionRange range{*first, *first, false};
  const auto given = static_cast<std::size_t>(std::count(prefix.begin(), prefix.end(), '.')) + 1;
  for (std::size_t i = given; i < range.last.size(); ++i) range.last[i] = kAny;
  return range;
}

std::optional<VersionRange> parse_range(std::string_view text) {
  if (text.ends_with(".*")) return below(text.substr(0, text.size() - 2));
  if (text.starts_with('<')) {
    const auto last = exact_version(text.substr(1));
    return last ? std::optional<VersionRange>({FileVersion{}, *last, true}) : std::nullopt;
  }
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) {
    const auto one = exact_version(text);
    return one ? std::optional<VersionRange>({*one, *one, false}) : std::nullopt;
  }
  std::string_view end = text.substr(dots + 2);
  const bool open = end.starts_with('<');
  if (open) end.remove_prefix(1);
  const auto first = exact_version(text.substr(0, dots)), last = exact_version(end);
  if (!first || !last || *last < *first) return {};
  return VersionRange{*first, *last, open};
}

/// Empty when the row is good.
std::string_view add_row(const TsvRow& row, std::vector<KnownLeak>& leaks) {
  if (row.cells.size() != kCells) return "a report has seven cells";
  if (std::any_of(row.cells.begin(), row.cells.end(), [](std::string_view cell) { return cell.empty(); }))
    return "a cell is empty";
  if (row.cells[0].size() != 4) return "a tag has four columns";
  KnownLeak leak;
  leak.tag = PoolTag::from_text(row.cells[0]);
  leak.image = fold_case(row.cells[1]);
  leak.versions = row.cells[2];
  auto ranges = parse_versions(row.cells[2]);
  if (!ranges) return "versions are '1.2', '1.2..1.4', '1.2..<1.5', '<1.5', '1.2.*' or '?'";
  leak.ranges = std::move(*ranges);
  leak.systems = row.cells[3];
  leak.fixed = row.cells[4];
  leak.date = row.cells[5];
  leak.source = row.cells[6];
  leak.line = row.line;
  leaks.push_back(std::move(leak));
  return {};
}

std::string remedy(const KnownLeak& leak) {
  return (leak.fixed == "-" ? "no remedy is known" : "fixed in " + leak.fixed) + " (" + leak.source + "; " + leak.date +
         ")";
}

/// "before 1.5", "1.76 to 1.77", "1.5 to below 1.7": one of the versions of a report, for people.
std::string spoken(std::string_view text) {
  if (text.starts_with('<')) return "before " + std::string(text.substr(1));
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) return std::string(text);
  const std::string_view end = text.substr(dots + 2);
  const bool open = end.starts_with('<');
  return std::string(text.substr(0, dots)) + (open ? " to below " : " to ") + std::string(end.substr(open ? 1 : 0));
}

/// "version 1.2 is", "versions before 1.5, 1.6 to 1.7 are".
std::string affected(std::string_view versions) {
  if (versions == "?") return "a version that is not told is";
  const bool one =
      versions.find_first_of("<*,") == std::string_view::npos && versions.find("..") == std::string_view::npos;
  std::string text = one ? "version " : "versions ";
  while (true) {
    const auto comma = versions.find(',');
    text += spoken(trimmed(versions.substr(0, comma)));
    if (comma == std::string_view::npos) return text + (one ? " is" : " are");
    text += ", ";
    versions = versions.substr(comma + 1);
  }
}

std::string on_systems(const KnownLeak& leak) { return leak.systems == "-" ? "" : " (" + leak.systems + ")"; }

}  // namespace

std::optional<FileVersion> parse_version(std::string_view text) {
  text = trimmed(text);
  if (!text.empty() && (text.front() == 'v' || text.front() == 'V')) text.remove_prefix(1);
  FileVersion version{};
  std::size_t count = 0;
  while (count < version.size() && !text.empty() && is_digit(text.front())) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), version[count]);
    if (read.ec != std::errc{}) return {};
    ++count;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    const std::string_view rest = trimmed(text);  // "1, 2, 3, 4"
    if (rest.empty() || (rest.front() != '.' && rest.front() != ',')) break;
    text = trimmed(rest.substr(1));
  }
  if (count == 0) return {};
  return version;
}

bool VersionRange::contains(const FileVersion& version) const {
  return version >= first && (open ? version < last : version <= last);
}

std::optional<std::vector<VersionRange>> parse_versions(std::string_view text) {
  std::vector<VersionRange> ranges;
  if (text == "?") return ranges;
  while (true) {
    const auto comma = text.find(',');
    const auto range = parse_range(trimmed(text.substr(0, comma)));
    if (!range) return {};
    ranges.push_back(*range);
    if (comma == std::string_view::npos) return ranges;
    text = text.substr(comma + 1);
  }
}

std::vector<KnownLeak> parse_known_leaks(std::string_view text, std::string& error) {
  std::vector<KnownLeak> leaks;
  for (const TsvRow& row : read_tsv(text)) {
    if (const auto bad = add_row(row, leaks); !bad.empty()) {
      error = "line " + std::to_string(row.line) + ": " + std::string(bad);
      return {};
    }
  }
  return leaks;
}

const std::vector<KnownLeak>& builtin_known_leaks() {
  static const std::vector<KnownLeak> leaks = [] {
    std::string error;  // the table is tested at build time
    return parse_known_leaks(builtin_known_leaks_tsv(), error);
  }();
  return leaks;
}

const KnownLeak* known_leak(PoolTag tag, const LeakSuspect& file, const std::vector<KnownLeak>& reports) {
  const auto version = parse_version(file.file_version);
  if (!version) return nullptr;
  const auto fits = std::find_if(reports.begin(), reports.end(), [&](const KnownLeak& leak) {
    if (leak.tag != tag) return false;
    if (!equal_but_case(leak.image, file.file_name) && !equal_but_case(leak.image, file.original_name)) return false;
    return std::any_of(leak.ranges.begin(), leak.ranges.end(),
                       [&version](const VersionRange& range) { return range.contains(*version); });
  });
  return fits != reports.end() ? &*fits : nullptr;
}

const KnownLeak* known_leak(PoolTag tag, const LeakSuspect& file) {
  return known_leak(tag, file, builtin_known_leaks());
}

std::string in_words(const KnownLeak& leak) {
  return "this version is reported to leak '" + leak.tag.text() + "'" + on_systems(leak) + "; " + remedy(leak);
}

std::vector<Entry> known_leaks_of(PoolTag tag, const std::vector<KnownLeak>& reports) {
  std::vector<Entry> entries;
  for (const KnownLeak& leak : reports) {
    if (leak.tag != tag) continue;
    Entry entry;
    entry.first = entry.last = TagPattern::exactly(tag);
    for (unsigned i = 0; i < 4; ++i) entry.columns += static_cast<char>(tag.byte(i));
    entry.owner = leak.image;
    entry.description =
        affected(leak.versions) + " reported to leak '" + tag.text() + "'" + on_systems(leak) + "; " + remedy(leak);
    entry.source = "known leaks";
    entry.line = leak.line;
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<Entry> known_leaks_of(PoolTag tag) { return known_leaks_of(tag, builtin_known_leaks()); }

}  // namespace tagdb
