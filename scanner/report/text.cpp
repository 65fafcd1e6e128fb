// For people: candidates for a tag, the uses of every driver, findings, changes. In a window every line fits into it;
// for other programs every result is one line.
#include <algorithm>
#include <set>

#include "scanner/report/text_candidates.hpp"
#include "scanner/report/text_leaks.hpp"
#include "scanner/report/text_totals.hpp"
#include "scanner/report/words.hpp"

namespace scanner::report {
namespace {

class TextReporter final : public Reporter {
 public:
  TextReporter(std::ostream& out, const TextOptions& options)
      : out_(out),
        options_(options),
        style_(options),
        candidates_(out, options),
        totals_(out, options),
        leaks_(out, options) {}

  void begin(const RunInfo& run) override { command_ = run.command; }

  void candidate(const Candidate& candidate) override {
    if (options_.names_only) {
      named_.push_back(candidate.path);
      named_.insert(named_.end(), candidate.copies.begin(), candidate.copies.end());
    } else {
      candidates_.candidate(candidate);
    }
  }

  void driver(const Driver& driver) override {
    if (options_.names_only) {
      print_name(driver.path);
      return;
    }
    totals_.add(driver);
    if (options_.by_tag || options_.totals_only) return;
    print_heading(driver);
    if (!driver.traced) {
      out_ << "  (code for this processor cannot be traced)\n";
      return;
    }
    print_uses(driver);
    if (driver.unresolved() > 0) out_ << style_.line("  " + sites_in_words(driver, driver.dynamic_reasons), 4) << '\n';
    for (const std::string& gap : known_gaps(driver)) out_ << style_.line("  note: " + gap, 4) << '\n';
    for (const std::string& problem : driver.problems) out_ << style_.line("  note: " + printable(problem), 4) << '\n';
    out_.flush();
  }

  void copy(const std::string& path, const std::string& of, const std::string&) override {
    totals_.add_copy();
    if (options_.names_only && (!options_.judged || with_findings_.contains(of))) print_name(path);
    if (options_.names_only || options_.by_tag || options_.totals_only) return;
    if (!style_.windowed()) {
      out_ << style_.paint(kDim, printable(path) + "  same file as " + printable(of)) << '\n';
      return;
    }
    out_ << style_.paint(kDim, style_.path(path, style_.room())) << '\n'
         << style_.paint(kDim, "  same file as " + style_.path(of, style_.room() - 15)) << '\n';
  }

  void finding(const Finding& finding) override {
    if (options_.names_only) {
      if (with_findings_.insert(finding.path).second) print_name(finding.path);
      return;
    }
    const rank::Severity severity = finding.found.code->severity;
    out_ << style_.line(style_.paint(kBold, printable(finding.path)) + ": " +
                            style_.paint(severity == rank::Severity::error ? kRed : kYellow,
                                         std::string(rank::to_string(severity))) +
                            ": " + in_words(finding),
                        2)
         << '\n';
  }

  void compared(const Compared& pair) override { out_ << style_.line(in_words(pair), 2) << '\n'; }

  void change(const std::string&, const rank::Change& change) override {
    const char sign = change.kind == rank::Change::Kind::added     ? '+'
                      : change.kind == rank::Change::Kind::removed ? '-'
                                                                   : '~';
    out_ << style_.line(std::string(1, sign) + " " + style_.tag(change.tag) + "  " + printable(in_words(change)), 2)
         << '\n';
  }

  void listed(const tagdb::Entry& entry, tagdb::PoolTag tag) override {
    if (!options_.names_only) candidates_.listed(entry, tag);
  }

  void logs(const LogsInfo& logs) override { leaks_.logs(logs); }
  void leak(const Leak& leak) override { leaks_.leak(leak); }
  void cluster(const Cluster& cluster) override { leaks_.cluster(cluster); }
  void growth(const poolmon::Growth& growth) override { leaks_.growth(growth); }
  void size(const Size& size) override { leaks_.size(size); }

  void summary(const Summary& summary) override {
    flush();
    leaks_.flush();
    if (command_ != "survey" || options_.names_only) return;
    if (options_.by_tag) totals_.print_by_tag();
    totals_.print(summary);
    if (summary.findings) out_ << style_.line(in_words(*summary.findings), 2) << '\n';
  }

  void end() override {
    flush();
    out_.flush();
  }

 private:
  void flush() {
    for (const std::string& path : named_) print_name(path);
    named_.clear();
    candidates_.flush(command_ == "locate");
  }

  /// For other programs to the byte, for people's terminals harmless.
  void print_name(const std::string& path) {
    out_ << (options_.terminal && !options_.nul_separated ? printable(path) : path)
         << (options_.nul_separated ? '\0' : '\n');
  }

  void print_heading(const Driver& driver) {
    const std::string about =
        "  " + std::string(pe::to_string(driver.machine)) + "  " + printable(product(driver.identity));
    if (!style_.windowed()) {
      out_ << style_.paint(kBold, printable(driver.path)) << about << '\n';
      return;
    }
    const std::size_t room = style_.room(), path = display_width(printable(driver.path));
    const std::size_t most = std::max(room / 2, room - std::min(room, display_width(about)));
    out_ << style_.fit(style_.paint(kBold, style_.path(driver.path, std::min(path, most))) + about, room) << '\n';
  }

  /// One line per tag and evidence of a driver.
  void print_uses(const Driver& driver) {
    for (std::size_t i = 0; i < driver.uses.size();) {
      const trace::TagUse& first = driver.uses[i].use;
      std::size_t end = i;
      bool same_pool = true;
      while (end < driver.uses.size() && driver.uses[end].use.tag == first.tag &&
             driver.uses[end].use.evidence == first.evidence) {
        same_pool = same_pool && pool_in_words(driver.uses[end].use) == pool_in_words(first);
        ++end;
      }
      if (first.evidence != trace::Evidence::constant || options_.explain || options_.some_uses)
        print_use(driver, i, end, same_pool);
      i = end;
    }
  }

  /// "ExAllocatePoolWithTag x5, WdfMemoryCreate x4"
  static std::string functions(const Driver& driver, std::size_t begin, std::size_t end) {
    std::vector<std::pair<std::string_view, std::size_t>> counts;
    for (std::size_t i = begin; i < end; ++i) {
      const std::string_view name = driver.uses[i].use.api;
      const auto known =
          std::find_if(counts.begin(), counts.end(), [name](const auto& one) { return one.first == name; });
      if (known != counts.end()) {
        ++known->second;
      } else {
        counts.emplace_back(name, 1);
      }
    }
    std::string out;
    for (const auto& [name, count] : counts)
      out += (out.empty() ? "" : ", ") + printable(name) + (end - begin > 1 ? " x" + std::to_string(count) : "");
    return out;
  }

  void print_use(const Driver& driver, std::size_t begin, std::size_t end, bool same_pool) {
    const Use& item = driver.uses[begin];
    const trace::TagUse& first = item.use;
    const bool frees = first.evidence == trace::Evidence::frees;
    const bool sure = first.certainty != trace::Certainty::assumed;
    // A number in code is tied to no call: nothing about it is certain.
    const std::string certainty = pad(first.row >= 0 ? std::string(trace::to_string(first.certainty)) : "", 8);
    std::string line = "  " + (frees ? style_.tag(first.tag) : style_.paint(kBold, style_.tag(first.tag))) + "  " +
                       pad(std::string(trace::to_string(first.evidence)), 10) + "  " +
                       (frees ? certainty : style_.paint(sure ? kGreen : kYellow, certainty)) + "  ";
    line += first.row >= 0 ? functions(driver, begin, end) : printable(item.what);
    if (first.row < 0 && end - begin > 1) line += " x" + std::to_string(end - begin);
    if (item.has_site)
      line += (end - begin > 1 ? ", first at " : " at ") + place(driver.path, item, first.via.size() - 1);
    if (same_pool && first.pool != trace::Pool::unknown) line += ", " + pool_in_words(first);
    if (end - begin == 1 && first.bytes) line += ", " + with_commas(*first.bytes) + " bytes";
    out_ << (frees ? style_.paint(kDim, style_.line(line, 8)) : style_.line(line, 8)) << '\n';
    for (std::size_t k = begin; options_.explain && k < end; ++k)
      out_ << explained_use(style_, driver.path, driver.uses[k]);
  }

  std::ostream& out_;
  TextOptions options_;
  TextStyle style_;
  TextCandidates candidates_;
  SurveyTotals totals_;
  TextLeaks leaks_;
  std::string command_;
  std::vector<std::string> named_;
  std::set<std::string> with_findings_;  // of those whose names are printed
};

}  // namespace

std::unique_ptr<Reporter> make_text_reporter(std::ostream& out, const TextOptions& options) {
  return std::make_unique<TextReporter>(out, options);
}

}  // namespace scanner::report
