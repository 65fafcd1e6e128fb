#include "scanner/report/html_survey.hpp"

#include <algorithm>

#include "scanner/report/html_answer.hpp"
#include "scanner/report/html_parts.hpp"
#include "scanner/report/words.hpp"

namespace scanner::report::html {
namespace {

std::vector<Column> columns_of(SurveyView view) {
  switch (view) {
    case SurveyView::findings: return finding_columns();
    case SurveyView::changes: return change_columns();
    case SurveyView::drivers: break;
  }
  return driver_columns();
}

std::string name_and_version(const std::string& path, const pe::Identity& identity) {
  std::string out(file_name(path));
  if (!identity.file_version.empty()) out += " " + identity.file_version;
  return out;
}

}  // namespace

SurveyPage::SurveyPage(SurveyView view) : view_(view), table_("survey", columns_of(view)) {}

void SurveyPage::driver(const Driver& driver) {
  std::set<tagdb::PoolTag> tags;
  for (const Use& use : driver.uses) {
    if (use.use.evidence < trace::Evidence::constant) tags.insert(use.use.tag);
  }
  for (const tagdb::PoolTag tag : tags) ++drivers_of_tag_[tag];
  if (!driver.traced) ++untraced_;
  table_.add(row_of(driver));
}

void SurveyPage::copy(const std::string& path, const std::string& of) {
  ++copies_;
  table_.add(copy_row(path, of));
}

void SurveyPage::finding(const Finding& finding) {
  drivers_.insert(finding.path);
  auto& [count, drivers] = findings_[std::string(finding.found.code->code)];
  ++count;
  drivers.insert(finding.path);
  table_.add(row_of(finding));
}

void SurveyPage::change(const std::string& path, const rank::Change& change) {
  drivers_.insert(path);
  ++changes_[std::string(to_string(change.kind))];
  table_.add(row_of(path, change));
}

std::pair<std::string, std::string> SurveyPage::answer(const std::vector<std::string>& roots) const {
  const std::uint64_t rows = table_.size() - copies_;
  switch (view_) {
    case SurveyView::findings:
      return {"Pool tag check", rows == 0 ? "No findings"
                                          : counted(rows, "finding", "findings") + " in " +
                                                counted(drivers_.size(), "driver", "drivers")};
    case SurveyView::changes: {
      std::string lead;
      if (compared_.size() == 1) {
        const Compared& pair = compared_.front();
        lead = name_and_version(pair.path, pair.identity) + " compared with " +
               name_and_version(pair.baseline, pair.baseline_identity);
      } else if (!compared_.empty()) {
        const Compared& pair = compared_.front();
        lead = counted(compared_.size(), "driver", "drivers") + " compared with " +
               name_and_version(pair.baseline, pair.baseline_identity);
      }
      const std::string what = rows == 0 ? "No changes" : counted(rows, "tag changed", "tags changed");
      return {"Pool tag changes", lead.empty() ? what : lead + ": " + what};
    }
    case SurveyView::drivers: break;
  }
  std::string lead = counted(rows, "driver", "drivers") + ", " + counted(drivers_of_tag_.size(), "tag", "tags");
  constexpr std::size_t kNamed = 3;
  for (std::size_t i = 0; i < roots.size() && i < kNamed; ++i) lead += (i == 0 ? " below " : ", ") + roots[i];
  if (roots.size() > kNamed) lead += " and " + counted(roots.size() - kNamed, "other place", "other places");
  return {"Pool tag survey", lead};
}

void SurveyPage::print(std::ostream& out, const Summary& summary) const {
  switch (view_) {
    case SurveyView::findings: return print_findings(out, summary);
    case SurveyView::changes: return print_changes(out);
    case SurveyView::drivers: return print_drivers(out, summary);
  }
}

void SurveyPage::print_drivers(std::ostream& out, const Summary& summary) const {
  const auto shared =
      std::count_if(drivers_of_tag_.begin(), drivers_of_tag_.end(), [](const auto& tag) { return tag.second > 1; });
  const auto count = [](std::uint64_t number) { return with_commas(number); };
  out << "<section><h2>Summary</h2><dl class=\"figures\">" << figure("Drivers", count(table_.size() - copies_))
      << figure("Further copies", copies_ > 0 ? count(copies_) : "") << figure("Tags", count(drivers_of_tag_.size()))
      << figure("Tags of several drivers", count(static_cast<std::uint64_t>(shared)))
      << figure("Allocation sites", count(summary.allocate.total()))
      << figure("With a known tag",
                count(summary.allocate[trace::Bucket::constant] + summary.allocate[trace::Bucket::forwarded] +
                      summary.allocate[trace::Bucket::table]))
      << figure("Calls of own wrappers", summary.wrapper.total() > 0 ? count(summary.wrapper.total()) : "")
      << figure("Not resolved", count(summary.unresolved()))
      << figure("Not traced", untraced_ > 0 ? count(untraced_) : "")
      << figure("Could not be read", summary.errors > 0 ? count(summary.errors) : "") << "</dl></section>";
  print_table(out, "Drivers");
}

void SurveyPage::print_findings(std::ostream& out, const Summary& summary) const {
  out << "<section><h2>Summary</h2>";
  if (findings_.empty()) {
    out << "<p>No findings in " << counted(summary.drivers, "driver", "drivers");
    if (summary.findings && summary.findings->allowed > 0)
      out << " but " << with_commas(summary.findings->allowed) << " that are allowed";
    out << ".</p></section>";
  } else {
    out << "<dl class=\"figures\">" << figure("Drivers checked", with_commas(summary.drivers))
        << figure("Drivers with findings", with_commas(drivers_.size()))
        << figure("Allowed findings",
                  summary.findings && summary.findings->allowed > 0 ? with_commas(summary.findings->allowed) : "")
        << "</dl><h3>By kind</h3><ul class=\"plain\">";
    std::vector<std::pair<std::string, std::pair<std::uint64_t, std::size_t>>> kinds;
    for (const auto& [code, where] : findings_) kinds.push_back({code, {where.first, where.second.size()}});
    std::stable_sort(kinds.begin(), kinds.end(),
                     [](const auto& a, const auto& b) { return a.second.first > b.second.first; });
    for (const auto& [code, where] : kinds)
      out << "<li><code>" << text(code) << "</code> " << counted(where.first, "finding", "findings") << " in "
          << counted(where.second, "driver", "drivers") << "</li>";
    out << "</ul></section>";
  }
  if (!table_.empty()) print_table(out, "Findings");
}

void SurveyPage::print_changes(std::ostream& out) const {
  out << "<section><h2>Summary</h2>";
  if (changes_.empty()) {
    out << "<p>No changes.</p>";
  } else {
    out << "<dl class=\"figures\">";
    for (const auto& [kind, number] : changes_) out << figure("Tags " + kind, with_commas(number));
    out << "</dl>";
  }
  constexpr std::size_t kShown = 20;
  if (!compared_.empty()) out << "<h3>Compared files</h3><ul class=\"plain\">";
  for (std::size_t i = 0; i < compared_.size() && i < kShown; ++i) {
    const Compared& pair = compared_[i];
    out << "<li><code>" << breakable(pair.path) << "</code> (" << text(product(pair.identity)) << ") with <code>"
        << breakable(pair.baseline) << "</code> (" << text(product(pair.baseline_identity)) << ")</li>";
  }
  if (compared_.size() > kShown) out << "<li>and " << counted(compared_.size() - kShown, "other", "others") << "</li>";
  out << (compared_.empty() ? "" : "</ul>") << "</section>";
  if (!table_.empty()) print_table(out, "Changes");
}

void SurveyPage::print_table(std::ostream& out, const char* title) const {
  out << "<section><h2>" << title << "</h2>";
  table_.print(out);
  out << "</section>";
}

}  // namespace scanner::report::html
