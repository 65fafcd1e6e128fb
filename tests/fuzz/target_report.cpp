// Any bytes as what a scan found: hostile paths, version resources, texts of databases and logs, in every format. The
// records come out of the bytes field by field; what is checked is that each format stays what it claims to be.
#include <nlohmann/json.hpp>
#include <sstream>

#include "scanner/report/model.hpp"
#include "scanner/report/words.hpp"
#include "tagdb/pooltag_txt.hpp"
#include "tests/fuzz/feed.hpp"
#include "tests/fuzz/markup.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using namespace scanner;
using fuzz::Feed;
using report::Reporter;

pe::Identity identity(Feed& feed) {
  pe::Identity out;
  for (std::string* field : {&out.company, &out.product, &out.description, &out.file_version, &out.original_name,
                             &out.signer, &out.pdb, &out.pdb_id})
    *field = feed.text();
  out.embedded_signature = feed.below(2) != 0;
  out.linked = static_cast<std::uint32_t>(feed.number(4));
  return out;
}

report::Use use(Feed& feed) {
  report::Use out;
  trace::TagUse& use = out.use;
  use.tag = tagdb::PoolTag(static_cast<std::uint32_t>(feed.number(4)));
  use.evidence = static_cast<trace::Evidence>(feed.below(8));
  use.certainty = static_cast<trace::Certainty>(feed.below(3));
  use.pool = static_cast<trace::Pool>(feed.below(4));
  use.row = feed.below(4) == 0 ? -1 : 1;
  if (use.row >= 0) use.api = feed.text();
  for (unsigned i = 0; i < 1 + feed.below(3); ++i) {
    use.via.push_back(static_cast<std::uint32_t>(feed.number(4)));
    out.names.push_back(feed.text());
    out.listing.push_back(feed.text());
  }
  use.origin_rva = use.via.front();
  use.site_rva = use.via.back();
  if (feed.below(2) != 0) use.bytes = feed.number(8);
  use.assumptions = static_cast<std::uint32_t>(feed.number(2));
  out.what = feed.text();
  // As everywhere in the program: what has no chain has no site.
  if (feed.below(4) == 0) {
    use.via.clear();
    out.names.clear();
    out.listing.clear();
    out.has_site = false;
  }
  return out;
}

report::Candidate candidate(Feed& feed) {
  report::Candidate out;
  out.rank = feed.byte();
  out.path = feed.text();
  out.copies.push_back(feed.text());
  out.identity = identity(feed);
  out.judgement.verdict = static_cast<rank::Verdict>(feed.below(4));
  out.judgement.reasons.push_back({"listed_owner", feed.text()});
  for (unsigned i = 0; i < 1 + feed.below(2); ++i) out.uses.push_back(use(feed));
  out.tag = out.uses.front().use.tag;
  return out;
}

poolmon::Growth growth(Feed& feed) {
  poolmon::Growth out;
  out.tag = tagdb::PoolTag(static_cast<std::uint32_t>(feed.number(4)));
  out.pool = static_cast<poolmon::Pool>(feed.below(4));
  out.shape = static_cast<poolmon::Shape>(feed.below(11));
  if (feed.below(4) == 0) out.session = poolmon::Session::number(static_cast<std::uint16_t>(feed.number(2)));
  if (feed.below(8) == 0) out.session = poolmon::Session::all();
  if (feed.below(2) != 0) out.count = static_cast<std::int64_t>(feed.number(8));
  if (feed.below(2) != 0) out.bytes_per_allocation = static_cast<std::int64_t>(feed.number(7));
  out.bytes_first = static_cast<std::int64_t>(feed.number(8));
  out.bytes_last = static_cast<std::int64_t>(feed.number(8));
  out.gained = static_cast<std::int64_t>(feed.number(4));
  out.bytes_per_step = static_cast<double>(feed.number(4));
  if (feed.below(2) != 0) out.bytes_per_hour = static_cast<double>(feed.number(8));
  out.share = out.confidence = static_cast<double>(feed.byte()) / 255;
  out.limit = feed.text();
  if (!out.limit.empty()) out.hours_left = static_cast<double>(feed.number(2));
  out.reasons.push_back(feed.text());
  for (unsigned i = 0; i < feed.below(5); ++i) {
    poolmon::ChartPoint point;
    point.at = i;
    point.low = point.high = point.bytes = static_cast<std::int64_t>(feed.number(8));
    if (feed.below(2) != 0) point.diff = point.allocs = point.frees = static_cast<std::int64_t>(feed.number(8));
    out.points.push_back(point);
  }
  return out;
}

tagdb::Entry entry(Feed& feed) {
  tagdb::Entry out;
  tagdb::read_line(feed.text(), out);
  if (feed.below(2) != 0) out.owner = feed.text();
  out.source = feed.text();
  return out;
}

report::Leak leak(Feed& feed) {
  report::Leak out;
  out.growth = growth(feed);
  out.candidates.push_back(candidate(feed));
  out.listed.push_back(entry(feed));
  out.tool_owner = feed.text();
  out.advice = feed.text();
  out.next_steps = report::next_steps(out);
  return out;
}

report::Driver driver(Feed& feed) {
  report::Driver out;
  out.path = feed.text();
  out.identity = identity(feed);
  for (unsigned i = 0; i < feed.below(4); ++i) out.uses.push_back(use(feed));
  out.dynamic_reasons["computed"] = out.allocate.count[5] = feed.byte();
  out.exports_allocator.push_back(feed.text());
  out.problems.push_back(feed.text());
  out.traced = feed.below(4) != 0;
  return out;
}

/// The same bytes give every reporter the same records. Returns how many were handed over, as NDJSON counts them.
std::size_t tell(Reporter& to, Feed feed) {
  std::size_t records = 2;  // begin and summary
  report::RunInfo run;
  run.command = std::array{"locate", "survey", "leaks"}[feed.below(3)];
  run.roots = {feed.text()};
  run.tagdb = feed.text();
  to.begin(run);
  const bool survey = run.command == "survey", leaks = run.command == "leaks";
  if (leaks) {
    report::LogsInfo logs;
    logs.logs = {feed.text()};
    logs.notes = {feed.text()};
    logs.timed = feed.below(2) != 0;
    logs.snapshots = logs.tag_snapshots = feed.byte();
    for (unsigned i = 0; i < feed.below(3); ++i) logs.pools.push_back(growth(feed));
    logs.next_steps = report::next_steps(logs, {tagdb::PoolTag(static_cast<std::uint32_t>(feed.number(4)))});
    to.logs(logs);
    for (const poolmon::Growth& pool : logs.pools) to.pool(pool);
    records += 1 + logs.pools.size();
  }
  for (unsigned i = 0; i < 24 && !feed.empty(); ++i) {
    if (survey) {
      switch (feed.below(4)) {
        case 0: {
          const report::Driver one = driver(feed);
          to.driver(one);
          records += one.uses.size();
          break;
        }
        case 1: to.copy(feed.text(), feed.text(), "00"); break;
        case 2: {
          report::Finding finding;
          finding.path = feed.text();
          finding.found = {rank::find_code("untagged"), {}, {7}, feed.text()};
          finding.places = {{7, feed.text(), feed.text(), feed.byte()}};
          to.finding(finding);
          break;
        }
        default: to.change(feed.text(), {rank::Change::Kind::changed, {}, feed.text(), feed.text()});
      }
    } else if (leaks && feed.below(4) != 0) {
      switch (feed.below(3)) {
        case 0: to.leak(leak(feed)); break;
        case 1: to.growth(growth(feed)); break;
        default: to.size({growth(feed), {entry(feed)}, feed.text()}); break;
      }
    } else {
      feed.below(3) != 0 ? to.candidate(candidate(feed)) : to.listed(entry(feed), tagdb::PoolTag::from_text("Leak"));
    }
    ++records;
  }
  const auto path = feed.text(), message = feed.text();
  to.problem({path, "parse", feed.byte(), message});
  ++records;
  to.note(feed.text());
  report::Summary summary;
  to.summary(summary);
  to.end();
  return records;
}

using Json = nlohmann::json;

void check_ndjson(Feed feed) {
  std::ostringstream out;
  const std::size_t records = tell(*report::make_json_reporter(out, false), feed);
  std::istringstream lines(out.str());
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const Json record = Json::parse(line, nullptr, false);
    if (!record.is_object() || !record.contains("type")) fuzz::fail("a line of NDJSON that is no record");
    if (!report::valid_utf8(line)) fuzz::fail("NDJSON that is no UTF-8");
  }
  if (count != records) fuzz::fail("a record was lost, or became two");
  std::ostringstream array;
  tell(*report::make_json_reporter(array, true), feed);
  const Json all = Json::parse(array.str(), nullptr, false);
  if (!all.is_array() || all.size() != records) fuzz::fail("JSON that is no array of the same records");
}

/// Paths come back to the byte, whatever they are.
void check_path(const std::string& path) {
  std::ostringstream out;
  report::make_json_reporter(out, false)->problem({path, "walk", 0, ""});
  const Json record = Json::parse(out.str(), nullptr, false);
  if (record.is_discarded()) fuzz::fail("an error record that cannot be read");
  if (report::valid_utf8(path)) {
    if (record.at("path") != path || record.contains("path_bytes")) fuzz::fail("a path was changed");
  } else if (record.at("path_bytes") != report::base64(path)) {
    fuzz::fail("the bytes of a path were lost");
  }
}

/// RFC 4180: every row has as many cells as the first one.
void check_csv(Feed feed) {
  std::ostringstream out;
  tell(*report::make_csv_reporter(out, true), feed);
  const std::string text = out.str();
  std::size_t columns = 0, cells = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '"') {
      do {
        i = text.find('"', i + 1);
        if (i == std::string::npos) fuzz::fail("a quoted cell without an end");
      } while (text[++i] == '"');
    } else {
      if (i < text.size() && std::string_view("=+-@\t").find(text[i]) != std::string_view::npos && text[i + 1] > '9')
        fuzz::fail("a cell that a spreadsheet runs");
      i = std::min(text.find_first_of(",\r\n", i), text.size());
    }
    ++cells;
    if (text[i] == ',') {
      ++i;
      continue;
    }
    if (text.compare(i, 2, "\r\n") != 0) fuzz::fail("a cell or line with a strange end");
    if (columns == 0) columns = cells;
    if (cells != columns) fuzz::fail("a row with more or fewer cells");
    cells = 0;
    i += 2;
  }
}

void check_lists(Feed feed) {
  for (const bool poolmon : {false, true}) {
    std::ostringstream out;
    report::TagListOptions options;
    options.for_poolmon = poolmon;
    tell(*report::make_taglist_reporter(out, std::move(options)), feed);
    if (fuzz::commands_a_terminal(out.str())) fuzz::fail("a list with characters that no list holds");
    const tagdb::PooltagFile file = tagdb::read_pooltag(out.str(), "list");
    for (const tagdb::Line& line : file.others) {
      if (line.kind != tagdb::Line::Kind::comment) fuzz::fail("a list with lines that are no entries");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Feed feed({data, size});
  check_ndjson(feed);
  check_path(std::string(reinterpret_cast<const char*>(data), size));
  check_csv(feed);
  check_lists(feed);
  std::ostringstream page;
  tell(*report::make_html_reporter(page), feed);
  if (const std::string why = fuzz::judge_page(page.str()); !why.empty()) fuzz::fail(("a page with " + why).c_str());
  if (fuzz::commands_a_terminal(page.str()) || !report::valid_utf8(page.str())) fuzz::fail("a page with raw controls");
  report::TextOptions options;
  for (const bool explain : {false, true}) {
    options.explain = explain;
    std::ostringstream text;
    tell(*report::make_text_reporter(text, options), feed);
    if (fuzz::commands_a_terminal(text.str()) || !report::valid_utf8(text.str()))
      fuzz::fail("text that commands a terminal");
  }
  return 0;
}
