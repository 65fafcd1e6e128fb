#include "scanner/report/html_leaks.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "scanner/report/html_answer.hpp"
#include "scanner/report/html_parts.hpp"
#include "scanner/report/words.hpp"
#include "tagdb/owners.hpp"

namespace scanner::report::html {
namespace {

using poolmon::Growth;
using poolmon::Shape;

bool suspected(const Leak& leak) { return leak.growth.shape == Shape::suspect; }

std::string human_bytes(std::int64_t bytes) { return report::human_bytes(static_cast<double>(bytes)); }

/// The name of the best driver that is seen to allocate with the tag; empty when only the bytes occur.
std::string likeliest(const Leak& leak) {
  if (leak.candidates.empty() || leak.candidates.front().judgement.verdict == rank::Verdict::weak) return {};
  return std::string(file_name(leak.candidates.front().path));
}

/// "nonpaged pool", "session 1"
std::string pool_of(const Growth& growth) {
  const std::string name = pool_in_words(growth);
  return name.find("session ") == 0 || name == "all sessions" ? name : name + " pool";
}

std::string rate_of(const Growth& growth) {
  return report::human_bytes(growth.bytes_per_hour.value_or(growth.bytes_per_step)) +
         (growth.bytes_per_hour ? "/h" : "/step");
}

std::string three_digits(double value) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%.3f", value);
  return out.data();
}

std::string listed_in_words(const Size& size) {
  std::string out;
  for (const tagdb::Entry& entry : size.listed) {
    out += (out.empty() ? "" : "; ") + (entry.owner.empty() ? "no owner given" : entry.owner);
    if (const auto about = tagdb::description_of(entry); !about.text.empty()) out += ", " + std::string(about.text);
  }
  if (!size.tool_owner.empty()) out += (out.empty() ? "" : "; ") + ("the log says " + size.tool_owner);
  return out;
}

}  // namespace

std::pair<std::string, std::string> LeaksPage::answer() const {
  const std::string logs =
      counted(logs_.snapshots, "snapshot", "snapshots") + (logs_.timed ? " over " + human_hours(logs_.hours) : "");
  if (leaks_.empty()) {
    const auto grows = std::find_if(logs_.pools.begin(), logs_.pools.end(),
                                    [](const Growth& pool) { return pool.shape == Shape::leak; });
    if (grows != logs_.pools.end())
      return {"The " + std::string(to_string(grows->pool)) + " pool as a whole keeps growing",
              logs + (logs_.tag_snapshots == 0 ? ", without tags" : ", no single tag keeps growing")};
    if (logs_.snapshots == 1) return {"Sizes of one snapshot", "One snapshot shows size, not growth."};
    return {"No tag keeps growing", logs};
  }
  const Leak& first = leaks_.front();
  std::string title = "Tag '" + first.growth.tag.text() + "' " +
                      (suspected(first) ? "may be leaking" : "keeps growing") + " in " + pool_of(first.growth);
  if (leaks_.size() > 1) title += ", and " + counted(leaks_.size() - 1, "other tag", "other tags");
  std::string lead = growth_in_words(first.growth, logs_.hours) + ". ";
  if (suspected(first)) lead += "Too few snapshots to confirm a leak: take more. ";
  if (!likeliest(first).empty()) {
    const Candidate& best = first.candidates.front();
    lead += likeliest(first) + " allocates with it (" + std::string(rank::to_string(best.judgement.verdict)) +
            "): " + product(best.identity);
  } else {
    lead += logs_.searched ? "No driver that was searched allocates with it." : "Drivers were not searched.";
  }
  return {title, lead};
}

void LeaksPage::print() {
  for (const Cluster& cluster : clusters_) cluster_section(cluster);
  if (leaks_.size() > 1) overview();
  for (std::size_t i = 0; i < leaks_.size(); ++i) leak_section(leaks_[i], i);
  whole_pools();
  if (!logs_.next_steps.empty()) {
    out_ << "<section><h2>Next steps</h2>";
    next_steps(logs_.next_steps, {});
    out_ << "</section>";
  }
  other_growth();
  sizes();
}

void LeaksPage::cluster_section(const Cluster& cluster) {
  const poolmon::Cluster& group = cluster.cluster;
  out_ << "<section data-row=\"cluster\"><h2>Tags in lockstep</h2><p>" << text(lockstep_in_words(group)) << "</p>"
       << lockstep_chart(cluster) << "<table><colgroup>" << widths({14, 14, 17, 13, 17, 25}) << "</colgroup>"
       << head({{"Tag"}, {"Pool"}, {"Blocks", true}, {"Ratio", true}, {"Never freed", true}, {""}}, false);
  for (const poolmon::ClusterMember& member : group.members) {
    const auto blocks = static_cast<double>(member.gained);
    out_ << "<tbody><tr><td class=\"tag\" data-label=\"Tag\">" << text(member.tag.text())
         << "</td><td data-label=\"Pool\">" << text(to_string(member.pool)) << "</td>"
         << number_cell("Blocks", blocks, with_commas(static_cast<std::uint64_t>(member.gained)))
         << number_cell("Ratio", member.ratio, three_digits(member.ratio))
         << number_cell("Never freed", member.kept.value_or(0), member.kept ? percent(*member.kept) : "") << "<td>"
         << (&member == &group.members.front() ? "the one to look at" : "") << "</td></tr></tbody>";
  }
  out_ << "</table><ul class=\"plain\">";
  for (const std::string& reason : group.reasons) out_ << "<li>" << text(reason) << "</li>";
  out_ << "</ul></section>\n";
}

/// With several leaks: a table of contents, which is also the comparison.
void LeaksPage::overview() {
  out_ << "<section><h2>Tags that keep growing</h2><nav class=\"contents\" aria-label=\"Contents\">";
  for (std::size_t i = 0; i < leaks_.size(); ++i)
    out_ << "<a href=\"#leak" << i + 1 << "\"><span class=\"tag\">" << text(leaks_[i].growth.tag.text()) << "</span>, "
         << text(pool_of(leaks_[i].growth)) << "</a> ";
  out_ << "</nav><table class=\"sortable\" id=\"leaks\"><colgroup>" << widths({8, 14, 12, 13, 13, 9, 14, 17})
       << "</colgroup>"
       << head({{"Tag"},
                {"Pool"},
                {""},
                {"Gained", true},
                {"Rate", true},
                {"Share", true},
                {"Confidence", true},
                {"Likeliest driver"}});
  for (std::size_t i = 0; i < leaks_.size(); ++i) {
    const Growth& growth = leaks_[i].growth;
    out_ << "<tbody><tr><td class=\"tag\" data-label=\"Tag\"><a href=\"#leak" << i + 1 << "\">"
         << text(growth.tag.text()) << "</a></td><td data-label=\"Pool\">" << text(pool_in_words(growth))
         << "</td><td data-label=\"Course\">" << spark(growth) << "</td>"
         << number_cell("Gained", static_cast<double>(growth.gained), human_bytes(growth.gained))
         << number_cell("Rate", growth.bytes_per_hour.value_or(growth.bytes_per_step), rate_of(growth))
         << number_cell("Share", growth.share, percent(growth.share))
         << number_cell("Confidence", growth.confidence,
                        suspected(leaks_[i]) ? "suspected" : percent(growth.confidence))
         << "<td data-label=\"Likeliest driver\">" << breakable(likeliest(leaks_[i])) << "</td></tr></tbody>";
  }
  out_ << "</table></section>";
}

void LeaksPage::figures(const Leak& leak) {
  const Growth& growth = leak.growth;
  const auto blocks = growth.bytes_per_allocation.value_or(0) > 0
                          ? with_commas(static_cast<std::uint64_t>(*growth.bytes_per_allocation))
                          : "";
  out_ << "<dl class=\"figures\">" << figure("From", human_bytes(growth.bytes_first))
       << figure("To", human_bytes(growth.bytes_last))
       << figure(growth.bytes_per_hour ? "Per hour" : "Per snapshot",
                 report::human_bytes(growth.bytes_per_hour.value_or(growth.bytes_per_step)))
       << figure("Of the growth of all tags", percent(growth.share))
       << figure("Confidence", suspected(leak) ? "suspected only" : percent(growth.confidence))
       << figure("Bytes per block", blocks) << figure("Never freed", growth.kept ? percent(*growth.kept) : "")
       << figure(growth.limit == poolmon::kNoMemoryLeft ? "Available memory lasts about" : "About, to " + growth.limit,
                 growth.hours_left ? time_left(*growth.hours_left) : "")
       << "</dl>";
}

void LeaksPage::who_allocates(const Leak& leak, std::size_t index) {
  out_ << "<h3>Who allocates with it</h3>";
  if (!logs_.searched) {
    out_ << "<p>Drivers were not searched: the next steps tell how.</p>";
  } else if (likeliest(leak).empty()) {
    out_ << "<p>No driver that was searched is seen to allocate with it.</p>";
  }
  if (!leak.candidates.empty())
    out_ << candidates_by_strength(leak.candidates, "candidates" + std::to_string(index + 1), false);
  for (const tagdb::Entry& entry : leak.listed)
    out_ << "<p class=\"dim\">listed: " << text(entry.owner) << (tagdb::description_of(entry).text.empty() ? "" : ", ")
         << text(tagdb::description_of(entry).text) << " [" << text(entry.source + ":" + std::to_string(entry.line))
         << "]</p>";
  if (!leak.tool_owner.empty()) out_ << "<p class=\"dim\">the log says: " << text(leak.tool_owner) << "</p>";
}

void LeaksPage::leak_section(const Leak& leak, std::size_t index) {
  const Growth& growth = leak.growth;
  out_ << "<section id=\"leak" << index + 1 << "\" data-row=\"" << to_string(growth.shape)
       << "\"><h2><span class=\"tag\">" << text(growth.tag.text()) << "</span> in " << text(pool_of(growth)) << "</h2>";
  if (!leak.advice.empty()) out_ << "<aside class=\"banner\" role=\"note\"><p>" << text(leak.advice) << "</p></aside>";
  figures(leak);
  out_ << chart(growth, logs_.timed, {logs_.start, logs_.utc});
  numbers(growth);
  who_allocates(leak, index);
  out_ << "<h3>" << (suspected(leak) ? "Why this may be a leak" : "Why this is a leak") << "</h3><ul class=\"plain\">";
  for (const std::string& reason : growth.reasons) out_ << "<li>" << text(reason) << "</li>";
  out_ << "</ul><h3>Next steps</h3>";
  next_steps(leak.next_steps, leak.advice);
  out_ << "</section>\n";
}

/// Without the step that is `said` elsewhere on the page.
void LeaksPage::next_steps(const std::vector<NextStep>& steps, const std::string& said) {
  out_ << "<ol class=\"steps\">";
  for (const NextStep& step : steps) {
    if (step.command.empty() && step.text == said) continue;
    out_ << "<li>" << text(step.text) << (step.command.empty() ? "" : command(step.command)) << "</li>";
  }
  out_ << "</ol>";
}

void LeaksPage::numbers(const Growth& growth) {
  const char* const when = !logs_.timed ? "Snapshot" : !logs_.start ? "After" : logs_.utc ? "Time (UTC)" : "Time";
  out_ << "<details><summary>The numbers</summary><table><thead><tr>";
  for (const char* const title : {when, "Bytes", "Blocks", "Allocated", "Freed"})
    out_ << "<th scope=\"col\" class=\"number\">" << title << "</th>";
  out_ << "</tr></thead><tbody>";
  const auto cell = [](const char* label, std::optional<std::int64_t> value) {
    const std::string sign = value.value_or(0) < 0 ? "-" : "";
    return "<td class=\"number\" data-label=\"" + std::string(label) + "\">" +
           (value ? sign + with_commas(static_cast<std::uint64_t>(std::llabs(*value))) : "") + "</td>";
  };
  for (const poolmon::ChartPoint& point : growth.points)
    out_ << "<tr><td class=\"number\" data-label=\"" << when << "\">"
         << text(moment(point.at, logs_.timed, logs_.start)) << "</td>" << cell("Bytes", point.bytes)
         << cell("Blocks", point.diff) << cell("Allocated", point.allocs) << cell("Freed", point.frees) << "</tr>";
  out_ << "</tbody></table></details>";
}

void LeaksPage::whole_pools() {
  if (logs_.pools.empty()) return;
  out_ << "<section><h2>Whole pools</h2>";
  for (const Growth& pool : logs_.pools) {
    out_ << "<div data-row=\"pool\"><p>" << text(whole_pool_in_words(pool, logs_)) << "</p>";
    // A curve where it is the answer, and no tag has one of its own.
    if (leaks_or_may(pool.shape) && leaks_.empty()) out_ << chart(pool, logs_.timed, {logs_.pools_start, logs_.utc});
    out_ << "</div>";
  }
  out_ << "</section>";
}

void LeaksPage::other_growth() {
  if (others_.empty()) return;
  out_ << "<section><h2>" << (logs_.tag_snapshots < 3 ? "What changed most" : "Changed, but not leaking")
       << "</h2><table" << (others_.size() > 1 ? " class=\"sortable\"" : "") << " id=\"growth\"><colgroup>"
       << widths({12, 14, 14, 14, 14, 32}) << "</colgroup>"
       << head({{"Tag"}, {"Pool"}, {""}, {"Gained", true}, {"Now", true}, {"Course"}}, others_.size() > 1);
  // With a curve each; a log of thousands of tags has more changes than anybody looks at.
  constexpr std::size_t kCurves = 300;
  const std::size_t shown = std::min(others_.size(), kCurves);
  for (std::size_t i = 0; i < shown; ++i) {
    const Growth& growth = others_[i];
    out_ << "<tbody data-row=\"growth\"><tr><td class=\"tag\" data-label=\"Tag\">" << text(growth.tag.text())
         << "</td><td data-label=\"Pool\">" << text(pool_in_words(growth)) << "</td><td>" << spark(growth) << "</td>"
         << number_cell("Gained", static_cast<double>(growth.gained), human_bytes(growth.gained))
         << number_cell("Now", static_cast<double>(growth.bytes_last), human_bytes(growth.bytes_last))
         << "<td data-label=\"Course\">" << describe(growth.shape) << "</td></tr></tbody>";
  }
  out_ << "</table>";
  if (shown < others_.size()) {
    Table rest("growth-rest", {{"Tag", CellKind::tag, 12},
                               {"Pool", CellKind::text, 14},
                               {"Gained", CellKind::number, 14},
                               {"Now", CellKind::number, 14},
                               {"Course", CellKind::text, 32}});
    for (std::size_t i = shown; i < others_.size(); ++i) {
      const Growth& growth = others_[i];
      rest.add({"growth",
                {{growth.tag.text()},
                 {pool_in_words(growth)},
                 {human_bytes(growth.gained), static_cast<double>(growth.gained)},
                 {human_bytes(growth.bytes_last), static_cast<double>(growth.bytes_last)},
                 {std::string(describe(growth.shape))}},
                std::nullopt});
    }
    out_ << "<details class=\"fold\"><summary>Smaller changes (" << with_commas(rest.size()) << ")</summary>";
    rest.print(out_);
    out_ << "</details>";
  }
  out_ << "</section>";
}

void LeaksPage::sizes() {
  if (sizes_.empty()) return;
  Table table("sizes", {{"Tag", CellKind::tag, 12},
                        {"Pool", CellKind::text, 14},
                        {"Bytes", CellKind::number, 14},
                        {"Blocks", CellKind::number, 11},
                        {"Bytes each", CellKind::number, 11},
                        {"Listed owner", CellKind::text, 33}});
  const auto number = [](std::optional<std::int64_t> value) {
    return Cell{value && *value >= 0 ? with_commas(static_cast<std::uint64_t>(*value)) : "",
                static_cast<double>(value.value_or(-1))};
  };
  for (const Size& size : sizes_)
    table.add({"size",
               {{size.growth.tag.text()},
                {pool_in_words(size.growth)},
                {human_bytes(size.growth.bytes_last), static_cast<double>(size.growth.bytes_last)},
                number(size.growth.count),
                number(size.growth.bytes_per_allocation),
                {listed_in_words(size)}},
               std::nullopt});
  out_ << "<section><h2>" << (logs_.tag_snapshots == 1 ? "Sizes, largest first" : "Seen in one snapshot only")
       << "</h2>";
  table.print(out_);
  out_ << "</section>";
}

}  // namespace scanner::report::html
