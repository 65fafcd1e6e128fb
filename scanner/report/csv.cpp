// One row per use, candidate, copy of a driver or listed entry; the columns are the NDJSON keys. RFC 4180 quoting.
// Cells that a spreadsheet would run as a formula get a leading apostrophe: file names come from machines nobody
// vouches for.
#include <array>
#include <cstdio>

#include "scanner/report/model.hpp"
#include "tagdb/owners.hpp"

namespace scanner::report {
namespace {

/// "-15621.46": a number is no formula.
bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return digits(whole) && (point == std::string_view::npos || digits(text.substr(point + 1)));
}

std::string cell(std::string_view text) {
  std::string out;
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos && !is_number(text))
    out = "'";
  out += text;
  if (out.find_first_of("\",\r\n") == std::string::npos && (out.empty() || (out.front() != ' ' && out.back() != ' ')))
    return out;
  std::string quoted = "\"";
  for (const char c : out) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

class CsvReporter final : public Reporter {
 public:
  CsvReporter(std::ostream& out, bool judged) : out_(out), judged_(judged) {}

  void begin(const RunInfo& run) override {
    leaks_ = run.command == "leaks";  // the other commands keep their columns
    out_ << "type,rank,tag,tag_bytes,path,sha256,verdict,evidence,certainty,api,site_rva,origin_rva,file_offset,pool,"
            "bytes,"
            "company,product,description,file_version,owner,source";
    if (leaks_)
      out_ << ",shape,snapshots,bytes_first,bytes_last,bytes_per_hour,bytes_per_step,share,confidence,bytes_per_"
              "allocation";
    out_ << ",line,pattern,description_of" << (leaks_ ? ",session,count,growing" : "");
    if (judged_) out_ << ",code,severity,count,text,before,after,function,source_file,source_line";
    out_ << "\r\n";
  }

  void driver(const Driver& driver) override {
    for (const Use& use : driver.uses)
      use_row("use", 0, driver.path, driver.sha256, {}, use, driver.identity, pattern_of(use));
  }

  /// Copies of one image are rows like that of the candidate: who counts machines or folders needs every path.
  void candidate(const Candidate& candidate) override {
    Use best = candidate.uses.front();
    const std::string pattern = pattern_of(best);
    if (best.use.tag != candidate.tag) {  // a pattern that fits the tag in question
      best.use.tag = candidate.tag;
      best.use.open.reset();
    }
    const auto add = [&](const char* type, const std::string& path) {
      use_row(type, candidate.rank, path, candidate.sha256, rank::to_string(candidate.judgement.verdict), best,
              candidate.identity, pattern);
    };
    add("candidate", candidate.path);
    for (const std::string& path : candidate.copies) add("copy", path);
  }

  /// Its uses are those of the rows with the same sha256.
  void copy(const std::string& path, const std::string&, const std::string& sha256) override {
    std::vector<Cell> cells(kColumns, Cell(""));
    cells[0] = "copy";
    cells[4] = path;
    cells[5] = sha256;
    row(cells);
  }

  void listed(const tagdb::Entry& entry, tagdb::PoolTag tag) override {
    const auto description = tagdb::description_of(entry);
    row({"listed", "", tag.text(), tag.hex(),        "", "",          "",          "", "", "", "", "", "", "",
         "",       "", "",         description.text, "", entry.owner, entry.source},
        {std::to_string(entry.line), entry.pattern(),
         description.text.empty() ? ""
         : description.of_owner   ? "owner"
                                  : "tag"});
  }

  void leak(const Leak& leak) override {
    growth_row(to_string(leak.growth.shape), leak.growth);
    for (const Candidate& one : leak.candidates) candidate(one);
    for (const tagdb::Entry& entry : leak.listed) listed(entry, leak.growth.tag);
  }

  void growth(const poolmon::Growth& growth) override { growth_row("growth", growth); }

  void pool(const poolmon::Growth& growth) override { growth_row("pool", growth); }

  void size(const Size& size) override {
    const poolmon::Growth& growth = size.growth;
    std::vector<Cell> cells = series_cells("size", growth);
    cells[14] = std::to_string(growth.bytes_last);
    cells.resize(kLeakColumns - 1, Cell(""));
    cells.emplace_back(known(growth.bytes_per_allocation));
    row(cells, {}, {session_of(growth), known(growth.count), ""});
    for (const tagdb::Entry& entry : size.listed) listed(entry, growth.tag);
  }

  void finding(const Finding& finding) override {
    const rank::Finding& found = finding.found;
    const pe::CodePlace& first = finding.places.front();
    about("finding", finding.path, finding.sha256, found.tag, pe::hex_number(first.rva),
          {std::string(found.code->code), std::string(rank::to_string(found.code->severity)),
           std::to_string(found.places.size()), found.text, "", "", first.name, first.file,
           first.line != 0 ? std::to_string(first.line) : ""});
  }

  void change(const std::string& path, const rank::Change& change) override {
    about("change", path, "", change.tag, "",
          {std::string(to_string(change.kind)), "", "", "", change.before, change.after, "", "", ""});
  }

  void end() override { out_.flush(); }

 private:
  struct Cell {
    Cell(const char* text) : value(text) {}             // NOLINT(google-explicit-constructor)
    Cell(std::string_view text) : value(text) {}        // NOLINT(google-explicit-constructor)
    Cell(std::string text) : value(std::move(text)) {}  // NOLINT(google-explicit-constructor)
    std::string value;
  };

  /// Six digits, for parts of a whole.
  static std::string decimal(double value) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.6g", value);
    return text.data();
  }

  /// Bytes per hour or step: never with an exponent, which spreadsheets round and scripts misread.
  static std::string plain(double value) {
    std::array<char, 400> text{};
    std::snprintf(text.data(), text.size(), "%.2f", value);
    std::string out = text.data();
    while (out.back() == '0') out.pop_back();
    if (out.back() == '.') out.pop_back();
    return out == "-0" ? "0" : out;
  }

  static std::string known(const std::optional<std::int64_t>& value) { return value ? std::to_string(*value) : ""; }

  static std::string session_of(const poolmon::Growth& growth) {
    return growth.session.is_all() ? "all" : growth.session.id() ? std::to_string(*growth.session.id()) : "";
  }

  static std::vector<Cell> series_cells(std::string_view type, const poolmon::Growth& growth) {
    std::vector<Cell> cells(kColumns, Cell(""));
    cells[0] = type;
    if (growth.tag.value() != 0) {
      cells[2] = growth.tag.text();
      cells[3] = growth.tag.hex();
    }
    if (growth.pool != poolmon::Pool::unknown) cells[13] = to_string(growth.pool);
    return cells;
  }

  void growth_row(std::string_view type, const poolmon::Growth& growth) {
    const bool whole = type == "pool", leak = growth.shape == poolmon::Shape::leak && !whole;
    std::vector<Cell> cells = series_cells(type, growth);
    for (const std::string& value :
         {std::string(to_string(growth.shape)), std::to_string(growth.snapshots), std::to_string(growth.bytes_first),
          std::to_string(growth.bytes_last), growth.bytes_per_hour ? plain(*growth.bytes_per_hour) : "",
          plain(growth.bytes_per_step), leaks_or_may(growth.shape) && !whole ? decimal(growth.share) : "",
          leak ? decimal(growth.confidence) : "", whole ? "" : known(growth.bytes_per_allocation)})
      cells.emplace_back(value);
    const char* growing = !whole ? "" : growth.shape == poolmon::Shape::leak ? "true" : "false";
    row(cells, {}, {session_of(growth), whole ? "" : known(growth.count), growing});
  }

  /// The columns behind the others that only findings and changes have.
  struct Judged {
    std::string code, severity, count, text, before, after, function, source, source_line;
  };

  void about(const char* type, const std::string& path, const std::string& sha256, tagdb::PoolTag tag,
             const std::string& site, const Judged& judged) {
    std::vector<Cell> cells(kColumns, Cell(""));
    cells[0] = type;
    if (tag.value() != 0) {
      cells[2] = tag.text();
      cells[3] = tag.hex();
    }
    cells[4] = path;
    cells[5] = sha256;
    cells[10] = site;
    row(cells, {}, {}, judged);
  }

  /// "qcc?", or nothing for a use of one tag.
  static std::string pattern_of(const Use& use) { return use.use.open ? use.use.tag.text() : std::string(); }

  void use_row(std::string_view type, unsigned rank, const std::string& path, const std::string& sha256,
               std::string_view verdict, const Use& item, const pe::Identity& identity, const std::string& pattern) {
    const trace::TagUse& use = item.use;
    row({type,
         rank != 0 ? std::to_string(rank) : "",
         use.tag.text(),
         use.tag_bytes(),
         path,
         sha256,
         verdict,
         trace::to_string(use.evidence),
         trace::to_string(use.certainty),
         use.api,
         item.has_site ? pe::hex_number(use.site_rva) : "",
         item.has_site ? pe::hex_number(use.origin_rva) : "",
         item.file_offset != 0xFFFFFFFFU ? std::to_string(item.file_offset) : "",
         trace::to_string(use.pool),
         use.bytes ? std::to_string(*use.bytes) : "",
         identity.company,
         identity.product,
         identity.description,
         identity.file_version,
         "",
         ""},
        {"", pattern, ""});
  }

  /// Where a listed entry stands; the last columns, because they came last and some read columns by number.
  struct Place {
    std::string line, pattern, description_of;
  };

  /// Columns of leaks that were added later.
  struct Added {
    std::string session, count, growing;
  };

  void row(const std::vector<Cell>& cells, const Place& place = {}, const Added& added = {},
           const Judged& judged = {}) {
    for (std::size_t i = 0; i < cells.size(); ++i) out_ << (i == 0 ? "" : ",") << cell(cells[i].value);
    if (leaks_) out_ << std::string(cells.size() < kLeakColumns ? kLeakColumns - cells.size() : 0, ',');
    out_ << "," << cell(place.line) << "," << cell(place.pattern) << "," << cell(place.description_of);
    if (leaks_) out_ << "," << cell(added.session) << "," << cell(added.count) << "," << cell(added.growing);
    if (judged_) {
      for (const std::string* text : {&judged.code, &judged.severity, &judged.count, &judged.text, &judged.before,
                                      &judged.after, &judged.function, &judged.source, &judged.source_line})
        out_ << "," << cell(*text);
    }
    out_ << "\r\n";
  }

  static constexpr std::size_t kColumns = 21, kLeakColumns = 30;
  std::ostream& out_;
  bool judged_;  ///< --check or --baseline
  bool leaks_ = false;
};

}  // namespace

std::unique_ptr<Reporter> make_csv_reporter(std::ostream& out, bool judged) {
  return std::make_unique<CsvReporter>(out, judged);
}

}  // namespace scanner::report
