// Does the catalogue answer like a scan, and does the fast path for single tags find the owners that a full trace
// finds? poolwho_same_answers DRIVERS [--tags N] [--formats text,ndjson,json,csv] Surveys DRIVERS into a catalogue,
// then asks locate for every tag with a proven owner (or N of them, evenly spread) twice, by scan and by catalogue, in
// every format, and compares what is printed on both streams. The owners of the full trace are read from the catalogue
// with SQL, apart from all code that ranks. Tags that nobody proves are asked for too: the catalogue then answers with
// numbers of sites where a scan traces every driver.
#include <algorithm>
#include <boost/filesystem.hpp>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "scanner/catalog/schema.hpp"
#include "scanner/commands/commands.hpp"
#include "tagdb/database.hpp"

namespace fs = boost::filesystem;

namespace {

struct Answer {
  int code = 0;
  std::string out, err;
};

Answer run(const scanner::Options& options) {
  std::ostringstream out, err;
  scanner::StopFlag stop;
  Answer answer;
  answer.code = scanner::run_command(options, {out, err}, stop);
  answer.out = out.str();
  answer.err = err.str();
  return answer;
}

std::string without_times(const std::string& text) {
  static const std::regex volatile_parts("\"(seconds|time|run)\":(\"[^\"]*\"|[-+.e0-9]+)");
  return std::regex_replace(text, volatile_parts, "");
}

/// A tag as it is typed: every byte escaped, so that blanks, stars and question marks are themselves.
std::string typed(std::uint32_t value) {
  char text[20];
  std::snprintf(text, sizeof text, "0x%08X", value);
  return text;
}

/// SHA-256 of the proven candidates in a CSV answer: column 6 where column 7 says so.
std::set<std::string> proven_in(const std::string& csv) {
  std::set<std::string> found;
  static const std::regex row("[\\r\\n]candidate,[^\\r\\n]*?,([0-9a-f]{64}),proven,");
  for (std::sregex_iterator it(csv.begin(), csv.end(), row), end; it != end; ++it) found.insert((*it)[1]);
  return found;
}

/// Tags without a proven owner: used in some other way, charged by KMDF to drivers without a tag, mistyped, made up.
std::vector<std::uint32_t> other_tags(scanner::catalog::Sql& sql,
                                      const std::map<std::uint32_t, std::set<std::string>>& owners) {
  std::set<std::uint32_t> tags = {0x3F717A78U}, predicted;
  auto& used = sql.query("SELECT DISTINCT tag_value FROM uses JOIN tags ON value=tag_value");
  while (used.step()) tags.insert(static_cast<std::uint32_t>(used.integer(0)));
  auto& charged = sql.query("SELECT path FROM files JOIN drivers ON drivers.id=driver WHERE binds_kmdf");
  while (charged.step()) predicted.insert(scanner::kmdf_tag_of(charged.text(0)).value());
  std::size_t n = 0;
  for (const auto& [tag, images] : owners) {
    if (n++ % 16 == 0) tags.insert(tag ^ 0x20U);  // the other case of its first letter
  }
  const auto owned = [&owners](std::uint32_t tag) { return owners.contains(tag); };
  std::erase_if(predicted, owned);
  std::vector<std::uint32_t> chosen(predicted.begin(), predicted.end());
  std::erase_if(tags, owned);
  // Some twenty that are spread over them.
  const std::size_t stride = std::max<std::size_t>(1, tags.size() / 20);
  n = 0;
  for (const std::uint32_t tag : tags) {
    if (n++ % stride == 0) chosen.push_back(tag);
  }
  return chosen;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: poolwho_same_answers DRIVERS [--tags N] [--formats F,F]\n");
    return 2;
  }
  const std::string drivers = argv[1];
  std::size_t wanted = ~std::size_t{0};
  std::string formats = "text,ndjson,json,csv";
  for (int i = 2; i + 1 < argc; i += 2) {
    if (std::string(argv[i]) == "--tags") wanted = std::strtoul(argv[i + 1], nullptr, 10);
    if (std::string(argv[i]) == "--formats") formats = argv[i + 1];
  }
  const std::string file =
      (fs::temp_directory_path() / ("poolwho-same-" + std::to_string(::getpid()) + ".db")).string();
  fs::remove(file);
  scanner::Options survey;
  survey.verb = scanner::Verb::survey;
  survey.paths = {drivers};
  survey.format = scanner::Format::ndjson;
  const Answer plain = run(survey);
  survey.store = file;
  const Answer stored = run(survey);
  const Answer again = run(survey);
  unsigned failures = 0;
  const auto fail = [&failures](const std::string& what) {
    if (++failures <= 20) std::printf("FAILED: %s\n", what.c_str());
  };
  if (without_times(stored.out) != without_times(plain.out)) fail("a survey that stores prints something else");
  if (without_times(again.out) != without_times(plain.out)) fail("a survey of what is stored prints something else");

  // Every view of a survey, from the catalogue and from the drivers.
  const auto same_survey = [&](const char* name, const std::function<void(scanner::Options&)>& change) {
    scanner::Options view;
    view.verb = scanner::Verb::survey;
    view.paths = {drivers};
    change(view);
    const Answer scan = run(view);
    view.catalog = file;
    const Answer catalogue = run(view);
    if (without_times(scan.out) != without_times(catalogue.out)) fail(std::string("survey, ") + name);
    if (scan.code != catalogue.code) fail(std::string("exit code of survey, ") + name);
    if (scan.out.empty()) fail(std::string("nothing in survey, ") + name);
  };
  using scanner::Format;
  using scanner::Options;
  same_survey("text", [](Options&) {});
  same_survey("names", [](Options& view) { view.names_only = true; });
  same_survey("by tag", [](Options& view) { view.by_tag = true; });
  same_survey("summary", [](Options& view) { view.totals_only = true; });
  same_survey("only frees", [](Options& view) { view.only = scanner::trace::Evidence::frees; });
  same_survey("check", [](Options& view) { view.check = true; });
  same_survey("explain", [](Options& view) { view.explain = true; });
  same_survey("csv", [](Options& view) { view.format = Format::csv; });
  same_survey("ndjson", [](Options& view) { view.format = Format::ndjson; });
  same_survey("localtag", [](Options& view) { view.format = Format::localtag; });
  same_survey("pooltag", [](Options& view) { view.format = Format::pooltag; });

  std::map<std::uint32_t, std::set<std::string>> owners;
  std::vector<std::uint32_t> others;
  std::size_t driver_count = 0;
  {
    auto sql = scanner::catalog::open_catalog(file, scanner::catalog::Sql::Mode::read);
    if (!sql) {
      std::printf("FAILED: %s\n", sql.error().message.c_str());
      return 1;
    }
    auto& rows = sql.value()->query(
        "SELECT DISTINCT tag_value, sha256 FROM uses JOIN drivers ON drivers.id=driver WHERE evidence IN "
        "('allocates','lookaside','configures') AND charges_pool AND certainty<>'assumed'");
    while (rows.step()) {
      const tagdb::PoolTag tag(static_cast<std::uint32_t>(rows.integer(0)));
      // Tags of shared code make a candidate, not the owner.
      if (tagdb::never_proves(tag).empty() && tagdb::shared_code(tag).empty()) owners[tag.value()].insert(rows.text(1));
    }
    others = other_tags(*sql.value(), owners);
    auto& count = sql.value()->query("SELECT count(*) FROM drivers");
    if (count.step()) driver_count = static_cast<std::size_t>(count.integer(0));
  }
  const auto compare = [&](std::uint32_t tag, scanner::Format format, const std::string& label) {
    scanner::Options locate;
    locate.tags = {typed(tag)};
    locate.paths = {drivers};
    locate.format = format;
    locate.explain = format == scanner::Format::json;
    Answer scan = run(locate);
    locate.catalog = file;
    const Answer catalogue = run(locate);
    const std::string name = "'" + tagdb::PoolTag(tag).text() + "' as " + label;
    if (without_times(scan.out) != without_times(catalogue.out))
      fail(name + ": catalogue and scan print different things");
    // For tags that nobody knew when the catalogue was made, it says so. What to try next is a survey there, a search
    // here.
    static const std::regex own("(not every driver of the catalogue was searched for|what to try: )[^\\n]*\\n");
    if (std::regex_replace(scan.err, own, "") != std::regex_replace(catalogue.err, own, ""))
      fail(name + ": different notes:\n" + scan.err + "and\n" + catalogue.err);
    if (scan.code != catalogue.code) fail(name + ": different exit codes");
    // Asked about all of it, it looks only at drivers that may matter, and knows numbers of the others.
    locate.paths.clear();
    const Answer quick = run(locate);
    if (quick.out != catalogue.out && without_times(quick.out) != without_times(scan.out))
      fail(name + ": the whole catalogue answers differently than its root");
    static const std::regex place("the named paths|the catalogue");
    if (std::regex_replace(quick.err, place, "") != std::regex_replace(catalogue.err, place, ""))
      fail(name + ": the whole catalogue notes:\n" + quick.err + "and its root\n" + catalogue.err);
    if (quick.code != scan.code) fail(name + ": different exit codes for the whole catalogue");
    return scan;
  };
  std::vector<std::uint32_t> tags;
  for (const auto& [tag, images] : owners) tags.push_back(tag);
  const std::size_t step = tags.size() > wanted ? tags.size() / wanted : 1;
  std::size_t asked = 0, same_owners = 0, fewer = 0, answers = 0;
  for (std::size_t i = 0; i < tags.size(); i += step) {
    ++asked;
    const std::string name = tagdb::PoolTag(tags[i]).text();
    for (const auto& [format, label] : {std::pair(scanner::Format::text, "text"),
                                        {scanner::Format::ndjson, "ndjson"},
                                        {scanner::Format::json, "json"},
                                        {scanner::Format::csv, "csv"}}) {
      if (formats.find(label) == std::string::npos ||
          (format == scanner::Format::json && formats.find(",json") == std::string::npos &&
           formats.rfind("json", 0) != 0))
        continue;
      const Answer scan = compare(tags[i], format, label);
      ++answers;
      if (format != scanner::Format::csv) continue;
      const std::set<std::string> found = proven_in(scan.out);
      if (found == owners[tags[i]]) {
        ++same_owners;
      } else if (!found.empty() &&
                 std::includes(owners[tags[i]].begin(), owners[tags[i]].end(), found.begin(), found.end())) {
        // By design: once an owner is proven, images that do not hold the bytes are not traced.
        ++fewer;
        std::printf("note: '%s': %zu of %zu owners, the others build the tag from parts\n", name.c_str(), found.size(),
                    owners[tags[i]].size());
      } else {
        fail("'" + name + "': the fast path proves other owners than the full trace");
      }
    }
  }
  for (const std::uint32_t tag : others) {
    compare(tag, scanner::Format::text, "text");
    compare(tag, scanner::Format::ndjson, "ndjson");
  }
  fs::remove(file);
  std::printf(
      "%zu drivers, %zu tags with proven owners, %zu asked, %zu answers compared, %zu with the same owners as the "
      "full trace, %zu with fewer; %zu other tags; %u failures\n",
      driver_count, tags.size(), asked, answers, same_owners, fewer, others.size(), failures);
  return failures == 0 && asked > 0 && !others.empty() ? 0 : 1;
}
