// One page for locate, survey and leaks, made of the same records as the other formats. Each record is one row, marked
// data-row, so that pages can be counted against NDJSON. The page is written at the end: the answer and a summary stand
// at its top.
#include <algorithm>
#include <ctime>
#include <set>

#include "scanner/platform/host.hpp"
#include "scanner/report/html_answer.hpp"
#include "scanner/report/html_leaks.hpp"
#include "scanner/report/html_parts.hpp"
#include "scanner/report/html_survey.hpp"
#include "scanner/report/words.hpp"
#include "tagdb/owners.hpp"

namespace scanner::report {
namespace {

using html::text;

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::array<char, 32> out{};
  std::strftime(out.data(), out.size(), "%Y-%m-%d %H:%M UTC", std::gmtime(&now));
  return out.data();
}

/// A note for a terminal may be broken into lines.
std::string in_one_line(const std::string& note) {
  std::string out;
  for (const char c : note) {
    if (c == '\n') {
      out += ' ';
    } else if (c != ' ' || out.empty() || out.back() != ' ') {
      out += c;
    }
  }
  return out;
}

class HtmlReporter final : public Reporter {
 public:
  HtmlReporter(std::ostream& out, SurveyView view) : out_(out), survey_(view), leaks_(out) {}

  void begin(const RunInfo& run) override { run_ = run; }
  void driver(const Driver& driver) override { survey_.driver(driver); }
  void copy(const std::string& path, const std::string& of, const std::string&) override { survey_.copy(path, of); }
  void finding(const Finding& finding) override { survey_.finding(finding); }
  void compared(const Compared& pair) override { survey_.compared(pair); }
  void change(const std::string& path, const rank::Change& change) override { survey_.change(path, change); }
  void candidate(const Candidate& candidate) override { candidates_.push_back(candidate); }
  void listed(const tagdb::Entry& entry, tagdb::PoolTag tag) override { listed_.emplace_back(entry, tag); }
  void logs(const LogsInfo& logs) override { leaks_.logs(logs); }
  void leak(const Leak& leak) override { leaks_.leak(leak); }
  void cluster(const Cluster& cluster) override { leaks_.cluster(cluster); }
  void growth(const poolmon::Growth& growth) override { leaks_.growth(growth); }
  void size(const Size& size) override { leaks_.size(size); }
  void problem(const Problem& problem) override { problems_.push_back(problem); }
  void note(const std::string& note) override { notes_.push_back(note); }
  void summary(const Summary& summary) override { summary_ = summary; }

  void end() override {
    if (run_.command == "survey") {
      const auto [title, lead] = survey_.answer(run_.roots);
      open_page(title, lead);
      survey_.print(out_, summary_);
    } else if (run_.command == "leaks") {
      const auto [title, lead] = leaks_.answer();
      open_page(title, lead);
      leaks_.print();
    } else {
      locate_page();
    }
    scope();
    out_ << "</main>\n";
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
         << "<header><p class=\"tool\">" << text(question()) << "</p><h1>" << html::breakable(title)
         << "</h1><p class=\"lead\">" << html::breakable(lead) << "</p></header>\n<main>";
  }

  /// What was asked, above the answer.
  [[nodiscard]] std::string question() const {
    if (run_.command != "locate" || run_.asked.empty()) return "poolwho " + run_.command + " report";
    std::string tags;
    for (const tagdb::TagQuery& query : run_.asked) tags += (tags.empty() ? "'" : ", '") + query.text + "'";
    return "poolwho: who allocates with " + tags + "?";
  }

  void listed_table() {
    if (listed_.empty()) return;
    html::Table table("listed", {{"Tag", html::CellKind::tag, 8},
                                 {"Owner", html::CellKind::text, 26},
                                 {"Description", html::CellKind::text, 40},
                                 {"Source", html::CellKind::dim, 26}});
    for (const auto& [entry, tag] : listed_)
      table.add({"listed",
                 {{tag.text()},
                  {entry.owner},
                  {std::string(tagdb::description_of(entry).text)},
                  {entry.source + ":" + std::to_string(entry.line)}},
                 std::nullopt});
    out_ << "<section><h2>What the tag databases say</h2>";
    table.print(out_);
    out_ << "</section>";
  }

  void locate_page() {
    const auto [title, lead] = html::headline(run_.asked, candidates_, summary_.drivers);
    open_page(title, lead);
    const std::vector<std::string> advice = html::advice(run_.asked, candidates_);
    if (!advice.empty()) {
      out_ << "<aside class=\"banner\" role=\"note\">";
      for (const std::string& sentence : advice) {
        out_ << "<p>" << text(sentence) << "</p>";
        notes_.erase(std::remove(notes_.begin(), notes_.end(), sentence), notes_.end());  // once is enough
      }
      out_ << "</aside>";
    }
    const bool any = std::any_of(candidates_.begin(), candidates_.end(), [](const Candidate& candidate) {
      return candidate.judgement.verdict < rank::Verdict::weak;
    });
    std::set<tagdb::PoolTag> tags;
    for (const Candidate& candidate : candidates_) tags.insert(candidate.tag);
    const bool with_tag = run_.asked.size() > 1 || tags.size() > 1;
    out_ << "<section><h2>Who allocates with " << (with_tag ? "them" : "it") << "</h2>";
    if (!any)
      out_ << "<p>No driver that was searched is seen to allocate with " << (with_tag ? "them" : "it") << ".</p>";
    out_ << html::candidates_by_strength(candidates_, "candidates", with_tag) << "</section>";
    listed_table();
  }

  void scope() {
    std::vector<std::string> all = leaks_.logs().notes;
    all.insert(all.end(), notes_.begin(), notes_.end());
    if (all.empty() && problems_.empty()) return;
    out_ << "<section><h2>Scope and limits of this scan</h2><ul class=\"plain\">";
    for (const std::string& note : all) out_ << "<li>" << text(in_one_line(note)) << "</li>";
    constexpr std::size_t kShown = 200;
    for (std::size_t i = 0; i < problems_.size(); ++i) {
      if (i == kShown)
        out_ << "</ul><details><summary>" << html::counted(problems_.size() - kShown, "more file", "more files")
             << "</summary><ul class=\"plain\">";
      const Problem& problem = problems_[i];
      out_ << "<li data-row=\"error\"><code>" << html::breakable(problem.path)
           << (problem.line != 0 ? ":" + std::to_string(problem.line) : "") << "</code> " << text(problem.message)
           << "</li>";
    }
    out_ << "</ul>" << (problems_.size() > kShown ? "</details>" : "") << "</section>";
  }

  void footer() {
    out_ << "<footer><p>poolwho " POOLWHO_VERSION ", " << utc_now() << " on " << text(host_name())
         << "; tags: " << text(run_.tagdb);
    if (!run_.roots.empty()) out_ << "; searched below";
    for (const std::string& root : run_.roots) out_ << ' ' << html::breakable(root);
    const std::vector<std::string>& logs = leaks_.logs().logs;
    if (!logs.empty()) out_ << "; logs:";
    for (const std::string& log : logs) out_ << ' ' << html::breakable(log);
    out_ << "; " << html::counted(summary_.drivers, "driver", "drivers") << ", " << sites_in_words(summary_)
         << ".</p><p>poolwho proves that a driver <em>allocates with</em> a tag. Only measurements over "
            "time can show that it leaks.</p></footer>\n"
         << "<script>" << html::script() << "</script>\n</body></html>\n";
  }

  std::ostream& out_;
  RunInfo run_;
  Summary summary_;
  html::SurveyPage survey_;
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
