// One page for locate, survey and leaks, made of the same records as the other formats. Each record is one row, marked
// data-row, so that pages can be counted against NDJSON. A survey is written as it comes; the rest at the end, because
// the answer stands at the top.
#include <algorithm>
#include <ctime>

#include "scanner/report/host.hpp"
#include "scanner/report/html_leaks.hpp"
#include "scanner/report/html_parts.hpp"
#include "scanner/report/words.hpp"
#include "tagdb/owners.hpp"

namespace scanner::report {
namespace {

using html::head;
using html::number_cell;
using html::tag_cell;
using html::text;

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::array<char, 32> out{};
  std::strftime(out.data(), out.size(), "%Y-%m-%d %H:%M UTC", std::gmtime(&now));
  return out.data();
}

class HtmlReporter final : public Reporter {
 public:
  HtmlReporter(std::ostream& out, SurveyView view) : out_(out), view_(view), leaks_(out) {}

  void begin(const RunInfo& run) override {
    run_ = run;
    if (run_.command != "survey") return;
    switch (view_) {
      case SurveyView::findings:
        open_page("What to look at in drivers", "habits with pool tags that cost somebody time later");
        open_table("Findings", {{"Driver"}, {"Finding"}, {"Tag"}, {"Place"}, {"Why"}});
        break;
      case SurveyView::changes:
        open_page("What tags do differently", "a driver beside an earlier build of it");
        open_table("Changes", {{"Driver"}, {"Change"}, {"Tag"}, {"Before"}, {"Now"}});
        break;
      case SurveyView::drivers:
        open_page("Pool tags of drivers", "every tag that a driver below these places uses, with the call");
        open_table(
            "Drivers",
            {{"Driver"}, {"Made by"}, {"Machine"}, {"Tags", true}, {"Allocation sites", true}, {"Not resolved", true}});
    }
  }

  void finding(const std::string& path, const rank::Finding& finding) override {
    ++rows_;
    out_ << "<tbody data-row=\"finding\"><tr><td class=\"path\">" << text(path) << "</td><td>" << text(finding.code)
         << "</td>" << (finding.tag.value() != 0 ? tag_cell(finding.tag) : "<td></td>") << "<td><code>"
         << text(place(path, finding.site_rva)) << "</code></td><td>" << text(finding.text) << "</td></tr></tbody>\n";
  }

  void change(const std::string& path, const rank::Change& change) override {
    ++rows_;
    out_ << "<tbody data-row=\"change\"><tr><td class=\"path\">" << text(path) << "</td><td>" << to_string(change.kind)
         << "</td>" << tag_cell(change.tag) << "<td>" << text(change.before) << "</td><td>" << text(change.after)
         << "</td></tr></tbody>\n";
  }

  void driver(const Driver& driver) override {
    std::vector<tagdb::PoolTag> tags;
    for (const Use& use : driver.uses) {
      if (use.use.evidence < trace::Evidence::constant &&
          std::find(tags.begin(), tags.end(), use.use.tag) == tags.end())
        tags.push_back(use.use.tag);
    }
    const auto dynamic = driver.allocate[trace::Bucket::dynamic] + driver.wrapper[trace::Bucket::dynamic];
    out_ << "<tbody data-row=\"driver\"><tr><td class=\"path\">" << text(driver.path) << "</td><td>"
         << text(product(driver.identity)) << "</td><td>" << pe::to_string(driver.machine) << "</td>"
         << number_cell(static_cast<double>(tags.size()), std::to_string(tags.size()))
         << number_cell(driver.allocate.total(), with_commas(driver.allocate.total()))
         << number_cell(dynamic, with_commas(dynamic))
         << "</tr><tr class=\"more\"><td colspan=\"6\"><details><summary>";
    constexpr std::size_t kShown = 16;
    for (std::size_t i = 0; i < tags.size() && i < kShown; ++i)
      out_ << "<span class=\"tag\">" << text(tags[i].text()) << "</span> ";
    if (tags.size() > kShown) out_ << "and " << tags.size() - kShown << " more";
    if (tags.empty()) out_ << "no tag in calls";
    out_ << "</summary><div class=\"box\">" << html::identity_list(driver.identity, driver.sha256)
         << "<ul class=\"plain\">";
    for (const Use& use : driver.uses) {
      std::string item = html::use_item(driver.path, use);
      item.insert(4, "<span class=\"tag\">" + text(use.use.tag.text()) + "</span> ");
      out_ << "<!--use-->" << item.insert(3, " data-row=\"use\"");
    }
    out_ << "</ul>";
    for (const std::string& gap : known_gaps(driver)) out_ << "<p class=\"dim\">" << text(gap) << "</p>";
    for (const std::string& problem : driver.problems) out_ << "<p class=\"dim\">" << text(problem) << "</p>";
    if (!driver.traced) out_ << "<p class=\"dim\">code for this processor cannot be traced</p>";
    out_ << "</div></details></td></tr></tbody>\n";
  }

  void copy(const std::string& path, const std::string& of, const std::string&) override {
    out_ << "<tbody data-row=\"copy\"><tr><td class=\"path\">" << text(path) << "</td><td colspan=\""
         << (view_ == SurveyView::drivers ? 5 : 4) << "\" class=\"dim\">same file as " << text(of)
         << "</td></tr></tbody>\n";
  }

  void candidate(const Candidate& candidate) override { candidates_.push_back(candidate); }
  void listed(const tagdb::Entry& entry, tagdb::PoolTag tag) override { listed_.emplace_back(entry, tag); }
  void logs(const LogsInfo& logs) override { leaks_.logs(logs); }
  void leak(const Leak& leak) override { leaks_.leak(leak); }
  void growth(const poolmon::Growth& growth) override { leaks_.growth(growth); }
  void size(const Size& size) override { leaks_.size(size); }
  void problem(const Problem& problem) override { problems_.push_back(problem); }
  void note(const std::string& note) override { notes_.push_back(note); }
  void summary(const Summary& summary) override { summary_ = summary; }

  void end() override {
    if (run_.command == "survey") {
      out_ << "</table></div>";
      if (rows_ == 0 && view_ == SurveyView::findings) out_ << "<p>Nothing to say.</p>";
      if (rows_ == 0 && view_ == SurveyView::changes) out_ << "<p>Every tag does what it did.</p>";
      out_ << "</section>";
    } else if (run_.command == "leaks") {
      const auto [title, lead] = leaks_.answer();
      open_page(title, lead);
      out_ << "<main>";
      leaks_.print();
    } else {
      locate_page();
    }
    not_understood();
    out_ << "</main>";
    footer();
    out_.flush();
  }

 private:
  void open_page(const std::string& title, const std::string& lead) {
    out_ << "<!doctype html>\n<html lang=\"en\" class=\"no-script\"><head><meta charset=\"utf-8\">\n"
         << "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '"
         << html::digest(html::style()) << "'; script-src '" << html::digest(html::script())
         << "'; base-uri 'none'; form-action 'none'\">\n"
         << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"referrer\" "
            "content=\"no-referrer\">\n"
         << "<title>" << text(title) << "</title>\n<style>" << html::style() << "</style></head>\n<body>\n"
         << "<header><p class=\"tool\">poolwho " << text(run_.command) << " report</p><h1>" << text(title)
         << "</h1><p class=\"lead\">" << text(lead) << "</p></header>\n";
  }

  void open_table(const char* title, const std::vector<html::Column>& columns) {
    out_ << "<main><section><h2>" << title << "</h2>" << html::tools("survey")
         << "<div class=\"scroll\"><table class=\"sortable\" id=\"survey\">" << head(columns);
  }

  void listed_table() {
    if (listed_.empty()) return;
    out_ << "<section><h2>What tag databases say</h2><div class=\"scroll\"><table class=\"sortable\">"
         << head({{"Tag"}, {"Owner"}, {"Description"}, {"Source"}});
    for (const auto& [entry, tag] : listed_) {
      out_ << "<tbody data-row=\"listed\"><tr>" << tag_cell(tag) << "<td>" << text(entry.owner) << "</td><td>"
           << text(tagdb::description_of(entry).text) << "</td><td class=\"dim\">"
           << text(entry.source + ":" + std::to_string(entry.line)) << "</td></tr></tbody>";
    }
    out_ << "</table></div></section>";
  }

  void locate_page() {
    std::string title = "Nobody found", lead = "no driver that was searched allocates with the tag";
    if (!candidates_.empty()) {
      const Candidate& best = candidates_.front();
      const std::string verdict(rank::to_string(best.judgement.verdict));
      title = "'" + best.tag.text() + "': " + std::string(file_name(best.path));
      lead = verdict + ": " + proof(best) + ". " + product(best.identity);
    }
    open_page(title, lead);
    out_ << "<main><section><h2>Who allocates with it</h2>" << html::tools("candidates")
         << html::candidate_table(candidates_, "candidates", true) << "</section>";
    listed_table();
  }

  void not_understood() {
    std::vector<std::string> all = leaks_.logs().notes;
    all.insert(all.end(), notes_.begin(), notes_.end());
    if (all.empty() && problems_.empty()) return;
    out_ << "<section><h2>What was searched, and what was not understood</h2><ul class=\"plain\">";
    for (const std::string& note : all) out_ << "<li>" << text(note) << "</li>";
    for (const Problem& problem : problems_) {
      out_ << "<li data-row=\"error\"><code>" << text(problem.path)
           << (problem.line != 0 ? ":" + std::to_string(problem.line) : "") << "</code> " << text(problem.message)
           << "</li>";
    }
    out_ << "</ul></section>";
  }

  void footer() {
    out_ << "<footer><p>poolwho " POOLWHO_VERSION ", " << utc_now() << " on " << text(host_name())
         << "; tags: " << text(run_.tagdb);
    if (!run_.roots.empty()) out_ << "; searched below";
    for (const std::string& root : run_.roots) out_ << ' ' << text(root);
    const std::vector<std::string>& logs = leaks_.logs().logs;
    if (!logs.empty()) out_ << "; logs:";
    for (const std::string& log : logs) out_ << ' ' << text(log);
    out_ << "; " << with_commas(summary_.drivers) << (summary_.drivers == 1 ? " driver" : " drivers") << ", "
         << with_commas(summary_.allocate.total()) << " allocation sites, "
         << with_commas(summary_.allocate[trace::Bucket::dynamic])
         << " not resolved.</p><p>A driver <em>allocates with</em> a tag; that it leaks, only the numbers over time "
            "can tell.</p></footer>\n"
         << "<script>" << html::script() << "</script>\n</body></html>\n";
  }

  std::ostream& out_;
  SurveyView view_;
  std::uint64_t rows_ = 0;  ///< findings or changes
  RunInfo run_;
  Summary summary_;
  html::LeaksPage leaks_;
  std::vector<Candidate> candidates_;
  std::vector<std::pair<tagdb::Entry, tagdb::PoolTag>> listed_;
  std::vector<Problem> problems_;
  std::vector<std::string> notes_;
};

}  // namespace

std::unique_ptr<Reporter> make_html_reporter(std::ostream& out, SurveyView view) {
  return std::make_unique<HtmlReporter>(out, view);
}

}  // namespace scanner::report
