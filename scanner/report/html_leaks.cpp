#include "scanner/report/html_leaks.hpp"

#include "scanner/report/html_parts.hpp"
#include "scanner/report/words.hpp"
#include "tagdb/owners.hpp"

namespace scanner::report::html {
namespace {

bool suspected(const Leak& leak) { return leak.growth.shape == poolmon::Shape::suspect; }

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

void LeaksPage::overview() {
  out_ << "<section><h2>Tags that keep growing</h2><div class=\"scroll\"><table class=\"sortable\" id=\"leaks\">"
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
    const std::string best =
        leaks_[i].candidates.empty() ? "" : std::string(file_name(leaks_[i].candidates.front().path));
    out_ << "<tbody><tr><td class=\"tag\"><a href=\"#leak" << i + 1 << "\">" << text(growth.tag.text())
         << "</a></td><td>" << to_string(growth.pool) << "</td><td>" << spark(growth) << "</td>"
         << number_cell(static_cast<double>(growth.gained), human_bytes(static_cast<double>(growth.gained)))
         << number_cell(rate, human_bytes(rate) + (growth.bytes_per_hour ? "/h" : "/step"))
         << number_cell(growth.share, percent(growth.share))
         << number_cell(growth.confidence, suspected(leaks_[i]) ? "suspected" : percent(growth.confidence)) << "<td>"
         << text(best) << "</td></tr></tbody>";
  }
  out_ << "</table></div></section>";
}

void LeaksPage::leak_section(const Leak& leak, std::size_t index) {
  const poolmon::Growth& growth = leak.growth;
  const std::string id = "leak" + std::to_string(index + 1);
  out_ << "<section id=\"" << id << "\" data-row=\"" << to_string(growth.shape) << "\"><h2><span class=\"tag\">"
       << text(growth.tag.text()) << "</span> in " << to_string(growth.pool) << " pool</h2><dl class=\"figures\">";
  const auto figure = [this](const char* name, const std::string& value) {
    if (!value.empty()) out_ << "<div><dt>" << text(name) << "</dt><dd>" << text(value) << "</dd></div>";
  };
  figure("From", human_bytes(static_cast<double>(growth.bytes_first)));
  figure("To", human_bytes(static_cast<double>(growth.bytes_last)));
  figure(growth.bytes_per_hour ? "Per hour" : "Per snapshot",
         human_bytes(growth.bytes_per_hour.value_or(growth.bytes_per_step)));
  figure("Of the pool's growth", percent(growth.share));
  figure("Confidence", suspected(leak) ? "suspected only" : percent(growth.confidence));
  figure("Bytes per block",
         growth.bytes_per_allocation ? with_commas(static_cast<std::uint64_t>(*growth.bytes_per_allocation)) : "");
  if (growth.kept) figure("Never freed", percent(*growth.kept));
  if (growth.hours_left) figure(("Until " + growth.limit).c_str(), human_hours(*growth.hours_left));
  out_ << "</dl>" << chart(growth, logs_.timed);
  numbers(growth);
  out_ << "<h3>Who allocates with it</h3>";
  if (leak.candidates.empty()) {
    out_ << "<p>"
         << (logs_.searched ? "No driver that was searched."
                            : "Drivers were not searched; poolwho leaks … --root DIR does.")
         << "</p>";
  } else {
    out_ << candidate_table(leak.candidates, "candidates" + std::to_string(index + 1), false);
  }
  for (const tagdb::Entry& entry : leak.listed)
    out_ << "<p class=\"dim\">listed: " << text(entry.owner) << (tagdb::description_of(entry).text.empty() ? "" : ", ")
         << text(tagdb::description_of(entry).text) << " [" << text(entry.source + ":" + std::to_string(entry.line))
         << "]</p>";
  if (!leak.tool_owner.empty()) out_ << "<p class=\"dim\">the log says: " << text(leak.tool_owner) << "</p>";
  out_ << "<h3>" << (suspected(leak) ? "Why this may be a leak" : "Why this is a leak") << "</h3><ul class=\"plain\">";
  for (const std::string& reason : growth.reasons) out_ << "<li>" << text(reason) << "</li>";
  out_ << "</ul><h3>Next steps</h3><ol class=\"steps\">";
  for (const NextStep& step : leak.next_steps) {
    out_ << "<li>" << text(step.text);
    if (!step.command.empty()) out_ << "<code>" << text(step.command) << "</code>";
    out_ << "</li>";
  }
  out_ << "</ol></section>\n";
}

void LeaksPage::numbers(const poolmon::Growth& growth) {
  out_ << "<details><summary>The numbers</summary><div class=\"scroll\"><table><thead><tr><th class=\"number\">"
       << (logs_.timed ? "After" : "Snapshot")
       << "</th><th class=\"number\">Bytes</th><th class=\"number\">Blocks</th><th "
          "class=\"number\">Allocated</th><th class=\"number\">Freed</th></tr></thead><tbody>";
  for (const poolmon::ChartPoint& point : growth.points) {
    const auto cell = [](std::optional<std::int64_t> value) {
      return "<td class=\"number\">" +
             (!value       ? ""
              : *value < 0 ? "-" + with_commas(static_cast<std::uint64_t>(-*value))
                           : with_commas(static_cast<std::uint64_t>(*value))) +
             "</td>";
    };
    out_ << "<tr><td class=\"number\">"
         << (logs_.timed ? human_hours(point.at) : std::to_string(static_cast<long>(point.at) + 1)) << "</td>"
         << cell(point.bytes) << cell(point.diff) << cell(point.allocs) << cell(point.frees) << "</tr>";
  }
  out_ << "</tbody></table></div></details>";
}

void LeaksPage::other_growth() {
  if (others_.empty() && logs_.pools.empty()) return;
  const bool size = !others_.empty() && others_.front().shape == poolmon::Shape::size;
  out_ << "<section><h2>" << (size ? "Size, not growth: one snapshot only" : "What else changed, and is no leak")
       << "</h2><div class=\"scroll\"><table class=\"sortable\" id=\"growth\">"
       << head({{"Tag"}, {"Pool"}, {""}, {"Gained", true}, {"Now", true}, {"What it does"}});
  const auto row = [this](const poolmon::Growth& growth, bool whole) {
    out_ << "<tbody" << (whole ? "" : " data-row=\"growth\"") << "><tr>"
         << (whole ? "<td>whole pool</td>" : tag_cell(growth.tag)) << "<td>" << to_string(growth.pool) << "</td><td>"
         << spark(growth) << "</td>"
         << number_cell(static_cast<double>(growth.gained), human_bytes(static_cast<double>(growth.gained)))
         << number_cell(static_cast<double>(growth.bytes_last), human_bytes(static_cast<double>(growth.bytes_last)))
         << "<td>" << describe(growth.shape) << "</td></tr></tbody>";
  };
  for (const poolmon::Growth& pool : logs_.pools) row(pool, true);
  for (const poolmon::Growth& growth : others_) row(growth, false);
  out_ << "</table></div></section>";
}

}  // namespace scanner::report::html
