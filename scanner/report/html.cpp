// One page for locate, survey and leaks, made of the same records as the other formats. Each record is one row, marked
// data-row, so that pages can be counted against NDJSON. A survey is written as it comes; the rest at the end, because
// the answer stands at the top.
#include <algorithm>
#include <ctime>

#include "scanner/report/host.hpp"
#include "scanner/report/html_parts.hpp"
#include "scanner/report/words.hpp"
#include "tagdb/owners.hpp"

namespace scanner::report {
namespace {

using html::text;

struct Column {
  const char* title;
  bool number = false;
};

std::string head(const std::vector<Column>& columns) {
  std::string out = "<thead><tr>";
  for (const Column& column : columns) {
    out += column.number ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">";
    if (*column.title != '\0') out += "<button type=\"button\">" + std::string(column.title) + "</button>";
    out += "</th>";
  }
  return out + "</tr></thead>";
}

std::string number_cell(double value, const std::string& shown) {
  return "<td class=\"number\" data-sort=\"" + std::to_string(value) + "\">" + text(shown) + "</td>";
}

std::string tag_cell(tagdb::PoolTag tag) { return "<td class=\"tag\">" + text(tag.text()) + "</td>"; }

std::string verdict_cell(rank::Verdict verdict) {
  const std::string name(rank::to_string(verdict));
  return "<td data-sort=\"" + std::to_string(static_cast<int>(verdict)) + "\"><span class=\"verdict " + name + "\">" +
         name + "</span></td>";
}

std::string percent(double part) { return std::to_string(static_cast<int>(part * 100)) + " %"; }

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::array<char, 32> out{};
  std::strftime(out.data(), out.size(), "%Y-%m-%d %H:%M UTC", std::gmtime(&now));
  return out.data();
}

class HtmlReporter final : public Reporter {
 public:
  HtmlReporter(std::ostream& out) : out_(out) {}

  void begin(const RunInfo& run) override {
    run_ = run;
    if (run_.command != "survey") return;
    open_page("Pool tags of drivers", "every tag that a driver below these places uses, with the call");
    out_ << "<main><section><h2>Drivers</h2>" << tools("drivers")
         << "<div class=\"scroll\"><table class=\"sortable\" id=\"drivers\">"
         << head({{"Driver"},
                  {"Made by"},
                  {"Machine"},
                  {"Tags", true},
                  {"Allocation sites", true},
                  {"Not resolved", true}});
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
    for (const std::string& problem : driver.problems) out_ << "<p class=\"dim\">" << text(problem) << "</p>";
    if (!driver.traced) out_ << "<p class=\"dim\">code for this processor cannot be traced</p>";
    out_ << "</div></details></td></tr></tbody>\n";
  }

  void copy(const std::string& path, const std::string& of, const std::string&) override {
    out_ << "<tbody data-row=\"copy\"><tr><td class=\"path\">" << text(path)
         << "</td><td colspan=\"5\" class=\"dim\">same file as " << text(of) << "</td></tr></tbody>\n";
  }

  void candidate(const Candidate& candidate) override { candidates_.push_back(candidate); }
  void listed(const tagdb::Entry& entry, tagdb::PoolTag tag) override { listed_.emplace_back(entry, tag); }
  void logs(const LogsInfo& logs) override { logs_ = logs; }
  void leak(const Leak& leak) override { leaks_.push_back(leak); }
  void growth(const poolmon::Growth& growth) override { others_.push_back(growth); }
  void problem(const Problem& problem) override { problems_.push_back(problem); }
  void note(const std::string& note) override { notes_.push_back(note); }
  void summary(const Summary& summary) override { summary_ = summary; }

  void end() override {
    if (run_.command == "survey") {
      out_ << "</table></div></section>";
    } else if (run_.command == "leaks") {
      leaks_page();
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

  static std::string tools(const std::string& table) {
    return "<div class=\"tools needs-script\"><button type=\"button\" data-unfold aria-pressed=\"false\">Unfold "
           "everything</button>"
           "<input type=\"search\" data-filter=\"" +
           table + "\" aria-label=\"Show only rows that hold this text\" placeholder=\"Filter rows\"></div>";
  }

  void candidate_table(const std::vector<Candidate>& candidates, const std::string& id, bool with_tag) {
    std::vector<Column> columns = {{"Rank", true}, {"Verdict"}, {"Driver"}, {"Proof"}, {"Made by"}};
    if (with_tag) columns.insert(columns.begin(), {"Tag"});
    out_ << "<div class=\"scroll\"><table class=\"sortable\" id=\"" << id << "\">" << head(columns);
    for (const Candidate& candidate : candidates) {
      out_ << "<tbody data-row=\"candidate\"><tr>" << (with_tag ? tag_cell(candidate.tag) : "")
           << number_cell(candidate.rank, std::to_string(candidate.rank)) << verdict_cell(candidate.judgement.verdict)
           << "<td class=\"path\"><strong>" << text(file_name(candidate.path)) << "</strong><br><span class=\"dim\">"
           << text(candidate.path) << "</span></td><td class=\"path\">" << text(proof(candidate)) << "</td><td>"
           << text(product(candidate.identity)) << "</td></tr><tr class=\"more\"><td colspan=\"" << columns.size()
           << "\">" << html::candidate_details(candidate) << "</td></tr></tbody>\n";
    }
    out_ << "</table></div>";
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
    out_ << "<main><section><h2>Who allocates with it</h2>" << tools("candidates");
    candidate_table(candidates_, "candidates", true);
    out_ << "</section>";
    listed_table();
  }

  [[nodiscard]] std::pair<std::string, std::string> leaks_answer() const {
    const std::string logs = with_commas(logs_.snapshots) + (logs_.snapshots == 1 ? " snapshot" : " snapshots") +
                             (logs_.timed ? " over " + human_hours(logs_.hours) : "");
    if (leaks_.empty()) return {"No tag keeps growing", logs};
    const Leak& first = leaks_.front();
    std::string title =
        "Tag '" + first.growth.tag.text() + "' keeps growing in " + std::string(to_string(first.growth.pool)) + " pool";
    if (leaks_.size() > 1)
      title += ", and " + std::to_string(leaks_.size() - 1) + (leaks_.size() == 2 ? " other tag" : " other tags");
    std::string lead = growth_in_words(first.growth, logs_.hours) + ". ";
    if (!first.candidates.empty() && first.candidates.front().judgement.verdict < rank::Verdict::weak) {
      const Candidate& best = first.candidates.front();
      lead += std::string(file_name(best.path)) + " allocates with it (" +
              std::string(rank::to_string(best.judgement.verdict)) + "): " + product(best.identity);
    } else {
      lead += logs_.searched ? "No driver that was searched allocates with it." : "Drivers were not searched.";
    }
    return {title, lead};
  }

  void leaks_page() {
    const auto [title, lead] = leaks_answer();
    open_page(title, lead);
    out_ << "<main>";
    if (leaks_.size() > 1) overview();
    for (std::size_t i = 0; i < leaks_.size(); ++i) leak_section(leaks_[i], i);
    other_growth();
  }

  void overview() {
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
           << "</a></td><td>" << to_string(growth.pool) << "</td><td>" << html::spark(growth) << "</td>"
           << number_cell(static_cast<double>(growth.gained), human_bytes(static_cast<double>(growth.gained)))
           << number_cell(rate, human_bytes(rate) + (growth.bytes_per_hour ? "/h" : "/step"))
           << number_cell(growth.share, percent(growth.share))
           << number_cell(growth.confidence, percent(growth.confidence)) << "<td>" << text(best)
           << "</td></tr></tbody>";
    }
    out_ << "</table></div></section>";
  }

  void leak_section(const Leak& leak, std::size_t index) {
    const poolmon::Growth& growth = leak.growth;
    const std::string id = "leak" + std::to_string(index + 1);
    out_ << "<section id=\"" << id << "\" data-row=\"leak\"><h2><span class=\"tag\">" << text(growth.tag.text())
         << "</span> in " << to_string(growth.pool) << " pool</h2><dl class=\"figures\">";
    const auto figure = [this](const char* name, const std::string& value) {
      if (!value.empty()) out_ << "<div><dt>" << name << "</dt><dd>" << text(value) << "</dd></div>";
    };
    figure("From", human_bytes(static_cast<double>(growth.bytes_first)));
    figure("To", human_bytes(static_cast<double>(growth.bytes_last)));
    figure(growth.bytes_per_hour ? "Per hour" : "Per snapshot",
           human_bytes(growth.bytes_per_hour.value_or(growth.bytes_per_step)));
    figure("Of the pool's growth", percent(growth.share));
    figure("Confidence", percent(growth.confidence));
    figure("Bytes per block",
           growth.bytes_per_allocation > 0 ? with_commas(static_cast<std::uint64_t>(growth.bytes_per_allocation)) : "");
    if (growth.kept) figure("Never freed", percent(*growth.kept));
    if (growth.hours_left) figure(("Until " + growth.limit).c_str(), human_hours(*growth.hours_left));
    out_ << "</dl>" << html::chart(growth, logs_.timed);
    numbers(growth);
    out_ << "<h3>Who allocates with it</h3>";
    if (leak.candidates.empty()) {
      out_ << "<p>"
           << (logs_.searched ? "No driver that was searched."
                              : "Drivers were not searched; poolwho leaks … --root DIR does.")
           << "</p>";
    } else {
      candidate_table(leak.candidates, "candidates" + std::to_string(index + 1), false);
    }
    for (const tagdb::Entry& entry : leak.listed)
      out_ << "<p class=\"dim\">listed: " << text(entry.owner)
           << (tagdb::description_of(entry).text.empty() ? "" : ", ") << text(tagdb::description_of(entry).text) << " ["
           << text(entry.source + ":" + std::to_string(entry.line)) << "]</p>";
    if (!leak.tool_owner.empty()) out_ << "<p class=\"dim\">the log says: " << text(leak.tool_owner) << "</p>";
    out_ << "<h3>Why this is a leak</h3><ul class=\"plain\">";
    for (const std::string& reason : growth.reasons) out_ << "<li>" << text(reason) << "</li>";
    out_ << "</ul><h3>Next steps</h3><ol class=\"steps\">";
    for (const NextStep& step : leak.next_steps) {
      out_ << "<li>" << text(step.text);
      if (!step.command.empty()) out_ << "<code>" << text(step.command) << "</code>";
      out_ << "</li>";
    }
    out_ << "</ol></section>\n";
  }

  void numbers(const poolmon::Growth& growth) {
    out_ << "<details><summary>The numbers</summary><div class=\"scroll\"><table><thead><tr><th class=\"number\">"
         << (logs_.timed ? "After" : "Snapshot")
         << "</th><th class=\"number\">Bytes</th><th class=\"number\">Blocks</th><th "
            "class=\"number\">Allocated</th><th class=\"number\">Freed</th></tr></thead><tbody>";
    for (const poolmon::ChartPoint& point : growth.points) {
      const auto cell = [](std::int64_t value) {
        return "<td class=\"number\">" +
               (value < 0 ? "-" + with_commas(static_cast<std::uint64_t>(-value))
                          : with_commas(static_cast<std::uint64_t>(value))) +
               "</td>";
      };
      out_ << "<tr><td class=\"number\">"
           << (logs_.timed ? human_hours(point.at) : std::to_string(static_cast<long>(point.at) + 1)) << "</td>"
           << cell(point.bytes) << cell(point.diff) << cell(point.allocs) << cell(point.frees) << "</tr>";
    }
    out_ << "</tbody></table></div></details>";
  }

  void other_growth() {
    if (others_.empty() && logs_.pools.empty()) return;
    const bool size = !others_.empty() && others_.front().shape == poolmon::Shape::size;
    out_ << "<section><h2>" << (size ? "Size, not growth: one snapshot only" : "What else changed, and is no leak")
         << "</h2><div class=\"scroll\"><table class=\"sortable\" id=\"growth\">"
         << head({{"Tag"}, {"Pool"}, {""}, {"Gained", true}, {"Now", true}, {"What it does"}});
    const auto row = [this](const poolmon::Growth& growth, bool whole) {
      out_ << "<tbody" << (whole ? "" : " data-row=\"growth\"") << "><tr>"
           << (whole ? "<td>whole pool</td>" : tag_cell(growth.tag)) << "<td>" << to_string(growth.pool) << "</td><td>"
           << html::spark(growth) << "</td>"
           << number_cell(static_cast<double>(growth.gained), human_bytes(static_cast<double>(growth.gained)))
           << number_cell(static_cast<double>(growth.bytes_last), human_bytes(static_cast<double>(growth.bytes_last)))
           << "<td>" << describe(growth.shape) << "</td></tr></tbody>";
    };
    for (const poolmon::Growth& pool : logs_.pools) row(pool, true);
    for (const poolmon::Growth& growth : others_) row(growth, false);
    out_ << "</table></div></section>";
  }

  void not_understood() {
    std::vector<std::string> all = logs_.notes;
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
    if (!logs_.logs.empty()) out_ << "; logs:";
    for (const std::string& log : logs_.logs) out_ << ' ' << text(log);
    out_ << "; " << with_commas(summary_.drivers) << (summary_.drivers == 1 ? " driver" : " drivers") << ", "
         << with_commas(summary_.allocate.total()) << " allocation sites, "
         << with_commas(summary_.allocate[trace::Bucket::dynamic])
         << " not resolved.</p><p>A driver <em>allocates with</em> a tag; that it leaks, only the numbers over time "
            "can tell.</p></footer>\n"
         << "<script>" << html::script() << "</script>\n</body></html>\n";
  }

  std::ostream& out_;
  RunInfo run_;
  LogsInfo logs_;
  Summary summary_;
  std::vector<Candidate> candidates_;
  std::vector<std::pair<tagdb::Entry, tagdb::PoolTag>> listed_;
  std::vector<Leak> leaks_;
  std::vector<poolmon::Growth> others_;
  std::vector<Problem> problems_;
  std::vector<std::string> notes_;
};

}  // namespace

std::unique_ptr<Reporter> make_html_reporter(std::ostream& out) { return std::make_unique<HtmlReporter>(out); }

}  // namespace scanner::report
