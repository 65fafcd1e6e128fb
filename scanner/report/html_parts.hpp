// Building blocks of the HTML report. Everything that comes from files goes through text(): it is never markup.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/report/html_table.hpp"
#include "scanner/report/model.hpp"

namespace scanner::report::html {

/// For element content and quoted attributes; control and bidirectional characters become visible.
std::string text(std::string_view raw);
/// The same for element content, with places to break long words at: after / \ . _ and +.
std::string breakable(std::string_view raw);
/// File name in bold, its folder dim below.
std::string file_and_folder(std::string_view path);

/// The page's own style and script; their digests stand in its Content-Security-Policy, nothing else may run.
std::string_view style();
std::string_view script();
/// "sha256-…" as a policy names the text of an element.
std::string digest(std::string_view content);

/// When a chart begins, as LogsInfo tells it; nothing when unknown.
struct Clock {
  std::optional<std::int64_t> start;
  bool utc = false;
};
/// A chart of one series with axes, points and the trend, as inline SVG. Its texts keep their size however wide it is.
std::string chart(const poolmon::Growth& growth, bool timed, const Clock& clock);
/// Where a point stands: "2026-11-21 06:00" by the clock, else "3 h 20 min" or the number of the snapshot.
std::string moment(double at, bool timed, std::optional<std::int64_t> start);
/// The same as a thumbnail without axes.
std::string spark(const poolmon::Growth& growth);

/// All members of a cluster in one chart, each from its lowest to its highest number of blocks: lines that lie on each
/// other grow in lockstep.
std::string lockstep_chart(const Cluster& cluster);

/// A number with its name, for <dl class="figures">; nothing when `value` is empty.
std::string figure(std::string_view name, std::string_view value);
/// A command line, with a button that copies it.
std::string command(std::string_view line);

// --- rows, made of records
std::vector<Column> candidate_columns(bool with_tag);
Row row_of(const Candidate& candidate, bool with_tag);
std::vector<Column> driver_columns();
Row row_of(const Driver& driver);
std::vector<Column> finding_columns();
Row row_of(const Finding& finding);
std::vector<Column> change_columns();
Row row_of(const std::string& path, const rank::Change& change);
Row copy_row(const std::string& path, const std::string& of);

/// Candidates better than `weak` as a table, the weak ones below a folded heading: they are no answer. `id` is unique.
std::string candidates_by_strength(const std::vector<Candidate>& candidates, const std::string& id, bool with_tag);

// --- heads and cells of tables that are not made of rows of records
struct Head {
  const char* title;
  bool number = false;
};
/// `sorts`: there are rows to sort.
std::string head(const std::vector<Head>& columns, bool sorts = true);
/// Columns of that many per cent each; the style knows those that are in use.
std::string widths(const std::vector<unsigned>& shares);
/// Sorted by `value`, whatever is `shown`.
std::string number_cell(const char* label, double value, const std::string& shown);
std::string percent(double part);

}  // namespace scanner::report::html
