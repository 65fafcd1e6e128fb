// Building blocks of the HTML report. Everything that comes from files goes through text(): it is never markup.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/report/model.hpp"

namespace scanner::report::html {

/// For element content and quoted attributes; control and bidirectional characters become visible.
std::string text(std::string_view raw);

/// The page's own style and script; their digests stand in its Content-Security-Policy, nothing else may run.
std::string_view style();
std::string_view script();
/// "sha256-…" as a policy names the text of an element.
std::string digest(std::string_view content);

/// A chart of one series with axes, points and the trend, as inline SVG.
std::string chart(const poolmon::Growth& growth, bool timed);
/// The same as a thumbnail without axes.
std::string spark(const poolmon::Growth& growth);

/// Call sites with their chains, identity and reasons of a candidate: what unfolds below its row.
std::string candidate_details(const Candidate& candidate);
std::string identity_list(const pe::Identity& identity, const std::string& sha256);
std::string use_item(std::string_view path, const Use& use);

// --- tables: every row is a <tbody>, so that what unfolds below it is sorted with it
struct Column {
  const char* title;
  bool number = false;
};
std::string head(const std::vector<Column>& columns);
/// Sorted by `value`, whatever is `shown`.
std::string number_cell(double value, const std::string& shown);
std::string tag_cell(tagdb::PoolTag tag);
/// Unfold everything, and a filter, for the table with that id.
std::string tools(const std::string& table);
std::string candidate_table(const std::vector<Candidate>& candidates, const std::string& id, bool with_tag);
std::string percent(double part);

}  // namespace scanner::report::html
