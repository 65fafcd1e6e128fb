// For people: one aligned line per candidate or per tag of a driver; --explain adds every use with its chain.
#include <algorithm>
#include <set>
#include <tuple>

#include "scanner/report/text_leaks.hpp"
#include "scanner/report/words.hpp"
#include "tagdb/owners.hpp"

namespace scanner::report {
namespace {

constexpr std::string_view kBold = "\x1b[1m", kGreen = "\x1b[32;1m", kYellow = "\x1b[33m", kDim = "\x1b[2m",
                           kReset = "\x1b[0m";

std::string_view color_of(rank::Verdict verdict) {
  switch (verdict) {
    case rank::Verdict::proven: return kGreen;
    case rank::Verdict::likely: return kYellow;
    default: return kDim;
  }
}

class TextReporter final : public Reporter {
 public:
  TextReporter(std::ostream& out, const TextOptions& options) : out_(out), options_(options), leaks_(out, options) {}

  void begin(const RunInfo& run) override { command_ = run.command; }

  void candidate(const Candidate& candidate) override { candidates_.push_back(candidate); }

  void driver(const Driver& driver) override {
    if (options_.names_only) {
      print_name(driver.path);
      return;
    }
    out_ << paint(kBold, printable(driver.path)) << "  " << pe::to_string(driver.machine) << "  "
         << printable(product(driver.identity)) << '\n';
    if (!driver.traced) {
      out_ << "  (code for this processor cannot be traced)\n";
      return;
    }
    print_uses(driver);
    const auto dynamic = driver.allocate[trace::Bucket::dynamic] + driver.wrapper[trace::Bucket::dynamic];
    if (dynamic > 0) {
      out_ << "  " << dynamic << " of " << driver.allocate.total() + driver.wrapper.total()
           << " allocation sites not resolved:";
      for (const auto& [reason, count] : driver.dynamic_reasons) out_ << ' ' << reason << ' ' << count;
      out_ << '\n';
    }
    for (const std::string& problem : driver.problems) out_ << "  note: " << printable(problem) << '\n';
    out_.flush();
  }

  void copy(const std::string& path, const std::string& of, const std::string&) override {
    if (!options_.names_only) out_ << paint(kDim, printable(path) + "  same file as " + printable(of)) << '\n';
  }

  void finding(const std::string& path, const rank::Finding& finding) override {
    if (options_.names_only) {
      if (path != last_named_) print_name(path);
      last_named_ = path;
      return;
    }
    const std::string tag = finding.tag.value() != 0 ? " '" + finding.tag.text() + "'" : "";
    out_ << paint(kBold, printable(path)) << ": " << finding.code << tag << " at " << place(path, finding.site_rva)
         << ": " << printable(finding.text) << '\n';
  }

  void change(const std::string&, const rank::Change& change) override {
    const char sign = change.kind == rank::Change::Kind::added     ? '+'
                      : change.kind == rank::Change::Kind::removed ? '-'
                                                                   : '~';
    out_ << sign << ' ' << change.tag.text() << "  " << printable(in_words(change)) << '\n';
  }

  void listed(const tagdb::Entry& entry, tagdb::PoolTag tag) override { listed_.emplace_back(entry, tag); }

  void logs(const LogsInfo& logs) override { leaks_.logs(logs); }
  void leak(const Leak& leak) override { leaks_.leak(leak); }
  void growth(const poolmon::Growth& growth) override { leaks_.growth(growth); }
  void size(const Size& size) override { leaks_.size(size); }

  void summary(const Summary& summary) override {
    flush_candidates();
    leaks_.flush();
    if (command_ == "survey" && !options_.names_only) {
      out_ << with_commas(summary.drivers) << (summary.drivers == 1 ? " driver, " : " drivers, ")
           << with_commas(summary.allocate.total())
           << (summary.allocate.total() == 1 ? " allocation site: " : " allocation sites: ")
           << with_commas(summary.allocate[trace::Bucket::constant]) << " with a known tag, "
           << with_commas(summary.allocate[trace::Bucket::forwarded] + summary.allocate[trace::Bucket::table])
           << " through wrappers or tables, " << with_commas(summary.allocate[trace::Bucket::untagged]) << " untagged, "
           << with_commas(summary.allocate[trace::Bucket::suspect]) << " suspect, "
           << with_commas(summary.allocate[trace::Bucket::dynamic]) << " not resolved\n";
    }
  }

  void end() override {
    flush_candidates();
    out_.flush();
  }

 private:
  /// For other programs to the byte, for people's terminals harmless.
  void print_name(const std::string& path) { out_ << (options_.terminal ? printable(path) : path) << '\n'; }

  std::string paint(std::string_view color, const std::string& text) const {
    return options_.color ? std::string(color) + text + std::string(kReset) : text;
  }

  void flush_candidates() {
    if (options_.names_only) {
      for (const Candidate& candidate : candidates_) print_name(candidate.path);
      candidates_.clear();
      listed_.clear();
      return;
    }
    std::size_t path_width = 0, proof_width = 0;
    for (const Candidate& candidate : candidates_) {
      path_width = std::max(path_width, printable(candidate.path).size());
      proof_width = std::max(proof_width, proof(candidate).size());
    }
    path_width = std::min<std::size_t>(path_width, 60);
    proof_width = std::min<std::size_t>(proof_width, 90);
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const Candidate& candidate = candidates_[i];
      const auto verdict = candidate.judgement.verdict;
      out_ << paint(kBold, candidate.tag.text()) << "  "
           << paint(color_of(verdict), pad(std::string(rank::to_string(verdict)), 8)) << "  "
           << pad(printable(candidate.path), path_width) << "  " << pad(printable(proof(candidate)), proof_width)
           << "  " << printable(product(candidate.identity)) << '\n';
      for (const std::string& path : candidate.copies) out_ << "                same file: " << printable(path) << '\n';
      if (options_.explain) explain(candidate);
    }
    std::set<std::pair<std::string, std::size_t>> printed;  // by locate a pattern is listed for each of its tags
    for (const auto& [entry, tag] : listed_) {
      if (!printed.emplace(entry.source, entry.line).second && command_ == "locate") continue;
      const std::string pattern =
          entry.range() ? entry.first.text() + "-" + entry.last.text() : pad(entry.first.text(), 4);
      out_ << paint(kBold, pattern) << "  " << pad("listed", 8) << "  "
           << (entry.owner.empty() ? "(no owner given)" : printable(entry.owner));
      if (const auto description = tagdb::description_of(entry); !description.text.empty())
        out_ << "  " << printable(description.text);
      out_ << "  " << paint(kDim, "[" + printable(entry.source) + ":" + std::to_string(entry.line) + "]") << '\n';
    }
    candidates_.clear();
    listed_.clear();
  }

  void explain(const Candidate& candidate) {
    for (const rank::Reason& reason : candidate.judgement.reasons)
      out_ << "      " << reason.code << ": " << printable(reason.text) << '\n';
    for (const Use& item : candidate.uses) explain_use(candidate.path, item);
  }

  /// What was found, its chain of calls with the instructions, and what it rests on.
  void explain_use(const std::string& path, const Use& item) {
    const trace::TagUse& use = item.use;
    out_ << "      " << trace::to_string(use.evidence);
    if (use.row < 0) {
      out_ << "  " << printable(item.what);
      if (item.has_site) out_ << "  at " << place(path, use.site_rva);
      out_ << '\n';
      return;
    }
    out_ << "  " << printable(use.api) << "  " << trace::to_string(use.certainty);
    const std::string details = pool_and_size(use);
    if (!details.empty()) out_ << "  " << details;
    if (use.protected_bit) out_ << "  protected";
    out_ << '\n';
    for (std::size_t i = 0; i < use.via.size(); ++i) {
      out_ << "          " << pad(place(path, item, i), 28) << "  "
           << (i < item.listing.size() ? printable(item.listing[i]) : std::string());
      if (i == 0) out_ << "    ; '" << use.tag.text() << "' goes in";
      if (i + 1 == use.via.size()) out_ << "    ; " << printable(use.api);
      out_ << '\n';
    }
    if (use.assumptions != 0)
      out_ << "          assuming that " << trace::describe_assumptions(use.assumptions) << '\n';
  }

  /// One line per tag and evidence of a driver.
  void print_uses(const Driver& driver) {
    for (std::size_t i = 0; i < driver.uses.size();) {
      const trace::TagUse& first = driver.uses[i].use;
      std::size_t end = i;
      bool same_pool = true;
      while (end < driver.uses.size() && driver.uses[end].use.tag == first.tag &&
             driver.uses[end].use.evidence == first.evidence) {
        same_pool = same_pool && driver.uses[end].use.pool == first.pool;
        ++end;
      }
      if (first.evidence != trace::Evidence::constant || options_.explain) {
        out_ << "  " << paint(kBold, first.tag.text()) << "  " << pad(std::string(trace::to_string(first.evidence)), 10)
             << "  " << pad(std::string(trace::to_string(first.certainty)), 8) << "  ";
        std::string how = printable(first.row >= 0 ? first.api : driver.uses[i].what);
        if (end - i > 1) how += " x" + std::to_string(end - i);
        out_ << how;
        if (driver.uses[i].has_site) out_ << " at " << place(driver.path, driver.uses[i], first.via.size() - 1);
        if (same_pool && first.pool != trace::Pool::unknown) out_ << ", " << trace::to_string(first.pool);
        if (end - i == 1 && first.bytes) out_ << ", " << with_commas(*first.bytes) << " bytes";
        out_ << '\n';
        for (std::size_t k = i; options_.explain && k < end; ++k) explain_use(driver.path, driver.uses[k]);
      }
      i = end;
    }
  }

  std::ostream& out_;
  TextOptions options_;
  TextLeaks leaks_;
  std::string command_;
  std::vector<Candidate> candidates_;
  std::vector<std::pair<tagdb::Entry, tagdb::PoolTag>> listed_;
  std::string last_named_;
};

}  // namespace

std::unique_ptr<Reporter> make_text_reporter(std::ostream& out, const TextOptions& options) {
  return std::make_unique<TextReporter>(out, options);
}

}  // namespace scanner::report
