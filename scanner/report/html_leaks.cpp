#include "scanner/report/html_leaks.hpp"

#include <cstdlib>

#include "scanner/report/html_parts.hpp"
#include "scanner/report/words.hpp"
#include "tagdb/owners.hpp"

namespace scanner::report::html {
namespace {

bool suspected(const Leak& leak) { return leak.growth.shape == poolmon::Shape::suspect; }

/// The name of the best driver that is seen to allocate with the tag; empty when only the bytes occur.
std::string likeliest(const Leak& leak) {
  if (leak.candidates.empty() || leak.candidates.front().judgement.verdict == rank::Verdict::weak) return {};
  return std::string(file_name(leak.candidates.front().path));
}

}  // namespace

std::pair<std::string, std::string> LeaksPage::answer() const {
  const std::string logs = with_commas(logs_.snapshots) + (logs_.snapshots == 1 ? " snapshot" : " snapshots") +
                           (logs_.timed ? " over " + human_hours(logs_.hours) : "");
  if (leaks_.empty()) return {"No tag keeps growing", logs};
  const Leak& first = leaks_.front();
  std::string title = "Tag '" + first.growth.tag.text() + "' " +
                      (suspected(first) ? "may be leaking" : "keeps growing") + " in " +
                      std::string(to_string(first.growth.pool)) + " pool";
  if (leaks_.size() > 1)
    title += ", and " + std::to_string(leaks_.size() - 1) + (leaks_.size() == 2 ? " other tag" : " other tags");
  std::string lead = growth_in_words(first.growth, logs_.hours) + ". ";
  if (suspected(first)) lead += "So few snapshots cannot tell a leak from steps; take more. ";
  if (!first.candidates.empty() && first.candidates.front().judgement.verdict < rank::Verdict::weak) {
    const Candidate& best = first.candidates.front();
    lead += std::string(file_name(best.path)) + " allocates with it (" +
            std::string(rank::to_string(best.judgement.verdict)) + "): " + product(best.identity);
  } else {
    lead += logs_.searched ? "No driver that was searched allocates with it." : "Drivers were not searched.";
  }
  return {title, lead};
}

void LeaksPage::print() {
  if (leaks_.size() > 1) overview();
  for (std::size_t i = 0; i < leaks_.size(); ++i) leak_section(leaks_[i], i);
  other_growth();
}

/// With several leaks: a table of contents, which is also the comparison.
void LeaksPage::overview() {
  out_ << "<section><h2>Tags that keep growing</h2><nav class=\"contents\" aria-label=\"Contents\">";
  for (std::size_t i = 0; i < leaks_.size(); ++i)
    out_ << "<a href=\"#leak" << i + 1 << "\"><span class=\"tag\">" << text(leaks_[i].growth.tag.text())
         << "</span>, " << to_string(leaks_[i].growth.pool) << " pool</a> ";
  out_ << "</nav><table class=\"sortable\" id=\"leaks\"><colgroup>" << widths({8, 14, 12, 13, 13, 9, 14, 17}) << "</colgroup>"
       << head({{"Tag"},
                {"Pool"},
                {""},
                {"Gained", true},
                {"Rate", true},
                {"Share", true},
                {"Confidence", true},
                {"Likeliest driver"}});
  for (std::size_t i = 0; i < leaks_.size(); ++i) {
    const poolmon::Growth& growth = leaks_[i].growth;
    const double rate = growth.bytes_per_hour.value_or(growth.bytes_per_step);
    out_ << "<tbody><tr><td class=\"tag\" data-label=\"Tag\"><a href=\"#leak" << i + 1 << "\">"
         << text(growth.tag.text()) << "</a></td><td data-label=\"Pool\">" << to_string(growth.pool)
         << "</td><td data-label=\"Course\">" << spark(growth) << "</td>"
         << number_cell("Gained", static_cast<double>(growth.gained), human_bytes(static_cast<double>(growth.gained)))
         << number_cell("Rate", rate, human_bytes(rate) + (growth.bytes_per_hour ? "/h" : "/step"))
         << number_cell("Share", growth.share, percent(growth.share))
         << number_cell("Confidence", growth.confidence,
                        suspected(leaks_[i]) ? "suspected" : percent(growth.confidence))
         << "<td data-label=\"Likeliest driver\">" << breakable(likeliest(leaks_[i])) << "</td></tr></tbody>";
  }
  out_ << "</table></section>";
}

void LeaksPage::figures(const Leak& leak) {
  const poolmon::Growth& growth = leak.growth;
  const auto blocks =
      growth.bytes_per_allocation > 0 ? with_commas(static_cast<std::uint64_t>(growth.bytes_per_allocation)) : "";
  out_ << "<dl class=\"figures\">" << figure("From", human_bytes(static_cast<double>(growth.bytes_first)))
       << figure("To", human_bytes(static_cast<double>(growth.bytes_last)))
       << figure(growth.bytes_per_hour ? "Per hour" : "Per snapshot",
                 human_bytes(growth.bytes_per_hour.value_or(growth.bytes_per_step)))
       << figure("Of the pool's growth", percent(growth.share))
       << figure("Confidence", suspected(leak) ? "suspected only" : percent(growth.confidence))
       << figure("Bytes per block", blocks) << figure("Never freed", growth.kept ? percent(*growth.kept) : "")
       << figure("Until " + growth.limit, growth.hours_left ? human_hours(*growth.hours_left) : "") << "</dl>";
}

void LeaksPage::who_allocates(const Leak& leak, std::size_t index) {
  out_ << "<h3>Who allocates with it</h3>";
  if (!logs_.searched) {
    out_ << "<p>Drivers were not searched. To search those of a volume:</p>" << command("poolwho leaks LOG --root DIR");
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
  const poolmon::Growth& growth = leak.growth;
  out_ << "<section id=\"leak" << index + 1 << "\" data-row=\"" << to_string(growth.shape)
       << "\"><h2><span class=\"tag\">" << text(growth.tag.text()) << "</span> in " << to_string(growth.pool)
       << " pool</h2>";
  if (!leak.advice.empty()) out_ << "<aside class=\"banner\" role=\"note\"><p>" << text(leak.advice) << "</p></aside>";
  figures(leak);
  out_ << chart(growth, logs_.timed, logs_.start);
  numbers(growth);
  who_allocates(leak, index);
  out_ << "<h3>" << (suspected(leak) ? "Why this may be a leak" : "Why this is a leak") << "</h3><ul class=\"plain\">";
  for (const std::string& reason : growth.reasons) out_ << "<li>" << text(reason) << "</li>";
  out_ << "</ul><h3>Next steps</h3><ol class=\"steps\">";
  for (const NextStep& step : leak.next_steps)
    out_ << "<li>" << text(step.text) << (step.command.empty() ? "" : command(step.command)) << "</li>";
  out_ << "</ol></section>\n";
}

void LeaksPage::numbers(const poolmon::Growth& growth) {
  const char* const when = logs_.timed && logs_.start ? "Time" : logs_.timed ? "After" : "Snapshot";
  out_ << "<details><summary>The numbers</summary><table><thead><tr>";
  for (const char* const title : {when, "Bytes", "Blocks", "Allocated", "Freed"})
    out_ << "<th scope=\"col\" class=\"number\">" << title << "</th>";
  out_ << "</tr></thead><tbody>";
  const auto cell = [](const char* label, std::int64_t value) {
    const std::string sign = value < 0 ? "-" : "";
    return "<td class=\"number\" data-label=\"" + std::string(label) + "\">" + sign +
           with_commas(static_cast<std::uint64_t>(std::llabs(value))) + "</td>";
  };
  for (const poolmon::ChartPoint& point : growth.points)
    out_ << "<tr><td class=\"number\" data-label=\"" << when << "\">"
         << text(moment(point.at, logs_.timed, logs_.start)) << "</td>" << cell("Bytes", point.bytes)
         << cell("Blocks", point.diff) << cell("Allocated", point.allocs) << cell("Freed", point.frees) << "</tr>";
  out_ << "</tbody></table></details>";
}

void LeaksPage::other_growth() {
  if (others_.empty() && logs_.pools.empty()) return;
  const bool size = !others_.empty() && others_.front().shape == poolmon::Shape::size;
  out_ << "<section><h2>" << (size ? "Size, not growth: one snapshot only" : "Changed, but not leaking")
       << "</h2><table class=\"sortable\" id=\"growth\"><colgroup>" << widths({12, 14, 14, 14, 14, 32}) << "</colgroup>"
       << head({{"Tag"}, {"Pool"}, {""}, {"Gained", true}, {"Now", true}, {"Course"}});
  const auto row = [this](const poolmon::Growth& growth, bool whole) {
    out_ << "<tbody" << (whole ? "" : " data-row=\"growth\"") << "><tr>"
         << (whole ? "<td data-label=\"Tag\">whole pool</td>"
                   : "<td class=\"tag\" data-label=\"Tag\">" + text(growth.tag.text()) + "</td>")
         << "<td data-label=\"Pool\">" << to_string(growth.pool) << "</td><td>" << spark(growth) << "</td>"
         << number_cell("Gained", static_cast<double>(growth.gained), human_bytes(static_cast<double>(growth.gained)))
         << number_cell("Now", static_cast<double>(growth.bytes_last),
                        human_bytes(static_cast<double>(growth.bytes_last)))
         << "<td data-label=\"Course\">" << describe(growth.shape) << "</td></tr></tbody>";
  };
  for (const poolmon::Growth& pool : logs_.pools) row(pool, true);
  for (const poolmon::Growth& growth : others_) row(growth, false);
  out_ << "</table></section>";
}

}  // namespace scanner::report::html
