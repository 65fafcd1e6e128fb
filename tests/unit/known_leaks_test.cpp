// Reports of leaks count for the file, the version and the tag that they name, and for nothing else.
#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/commands/file_records.hpp"
#include "scanner/rank/rank.hpp"
#include "scanner/report/words.hpp"
#include "tagdb/known_leaks.hpp"
#include "tests/unit/data_lint.hpp"

using namespace scanner;

namespace {

const std::string kTable =
    "# reports\n"
    "Abcd\tacme.sys\t2.1..<2.4\tWindows 11\t2.4\t2024-02-29\texample.com, note 7\n"
    "Abcd\tacme.sys\t3.*, 5.0.0.7\t-\t-\t2025\texample.com, note 8\n"
    "Efgh\tacme.sys\t?\tWindows 10\t-\t2025-06\texample.com, note 9\n";

std::vector<tagdb::KnownLeak> reports() {
  std::string error;
  auto leaks = tagdb::parse_known_leaks(kTable, error);
  REQUIRE(error.empty());
  return leaks;
}

bool leaks(std::string_view tag, std::string_view file, std::string_view version, std::string_view original = {}) {
  static const auto all = reports();
  return tagdb::known_leak(tagdb::PoolTag::from_text(tag), {file, original, version}, all) != nullptr;
}

std::string error_of(std::string_view row) {
  std::string error;
  CHECK(tagdb::parse_known_leaks(row, error).empty());
  return error;
}

bool complains(std::string_view row, std::string_view about) {
  const auto problems = lint::known_leaks(row);
  return std::any_of(problems.begin(), problems.end(),
                     [about](const std::string& one) { return one.find(about) != std::string::npos; });
}

}  // namespace

TEST_CASE("file versions are compared as numbers, however a resource writes them") {
  using tagdb::parse_version;
  CHECK(parse_version("10.0.26100.1 (WinBuild.160101.0800)") == tagdb::FileVersion{10, 0, 26100, 1});
  CHECK(parse_version("1, 2, 3, 4") == tagdb::FileVersion{1, 2, 3, 4});
  CHECK(parse_version(" v7.03") == tagdb::FileVersion{7, 3, 0, 0});
  CHECK(parse_version("1.2.3.4.5") == tagdb::FileVersion{1, 2, 3, 4});
  CHECK(parse_version("1.77 beta 2") == tagdb::FileVersion{1, 77, 0, 0});
  CHECK(*parse_version("2.10") > *parse_version("2.9"));
  CHECK_FALSE(parse_version("").has_value());
  CHECK_FALSE(parse_version("beta").has_value());
  CHECK_FALSE(parse_version("1.99999999999").has_value());
}

TEST_CASE("a report fits when file, version and tag do") {
  CHECK(leaks("Abcd", "acme.sys", "2.1"));
  CHECK(leaks("Abcd", "ACME.SYS", "2.3.9.9"));
  CHECK(leaks("Abcd", "renamed.sys", "2.2", "Acme.sys"));
  CHECK_FALSE(leaks("Abcd", "acme.sys", "2.0.9"));
  CHECK_FALSE(leaks("Abcd", "acme.sys", "2.4"));
  CHECK_FALSE(leaks("Abcd", "acme.sys", "2.10"));
  CHECK_FALSE(leaks("Abcd", "other.sys", "2.2"));
  CHECK_FALSE(leaks("abcd", "acme.sys", "2.2"));
  CHECK_FALSE(leaks("Abcd", "acme.sys", ""));
  CHECK_FALSE(leaks("Abcd", "acme.sys", "unknown"));
  CHECK(leaks("Abcd", "acme.sys", "3.0"));
  CHECK(leaks("Abcd", "acme.sys", "3.9.9.9"));
  CHECK_FALSE(leaks("Abcd", "acme.sys", "4.0"));
  CHECK(leaks("Abcd", "acme.sys", "5.0.0.7"));
  CHECK_FALSE(leaks("Abcd", "acme.sys", "5.0.0.8"));
  CHECK_FALSE(leaks("Efgh", "acme.sys", "1.0"));  // the report tells no version
  CHECK_FALSE(leaks("Abcd", "", "2.2"));
}

TEST_CASE("versions of a report") {
  const auto count = [](std::string_view text) {
    const auto ranges = tagdb::parse_versions(text);
    return ranges ? static_cast<int>(ranges->size()) : -1;
  };
  CHECK(count("?") == 0);
  CHECK(count("<1.2, 1.3..1.4, 1.5..<1.6.1, 2.*, 3") == 5);
  for (const char* bad : {"", "1.2..1.1", "*", "1..2..3", "1.2.3.4.5", "1.x", "<", "1.2,", "1.2.", ">1", "1.2 - 1.3"}) {
    INFO(bad);
    CHECK(count(bad) == -1);
  }
}

TEST_CASE("what a report says, with and without remedy") {
  const auto all = reports();
  CHECK(tagdb::in_words(all[0]) ==
        "this version is reported to leak 'Abcd' (Windows 11); fixed in 2.4 (example.com, note 7; 2024-02-29)");
  CHECK(tagdb::in_words(all[1]) ==
        "this version is reported to leak 'Abcd'; no remedy is known (example.com, note 8; 2025)");
  const auto listed = tagdb::known_leaks_of(tagdb::PoolTag::from_text("Efgh"), all);
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].owner == "acme.sys");
  CHECK(listed[0].columns == "Efgh");
  CHECK(listed[0].line == 4);
  CHECK(listed[0].description.starts_with("a version that is not told is reported to leak 'Efgh' (Windows 10)"));
  const auto two = tagdb::known_leaks_of(tagdb::PoolTag::from_text("Abcd"), all);
  REQUIRE(two.size() == 2);
  CHECK(two[0].description.starts_with("versions 2.1 to below 2.4 are reported to leak 'Abcd'"));
  CHECK(two[1].description.starts_with("versions 3.*, 5.0.0.7 are reported to leak 'Abcd'; no remedy is known"));
  CHECK(tagdb::known_leaks_of(tagdb::PoolTag::from_text("Zzzz"), all).empty());
}

TEST_CASE("rows that are no report name line and reason") {
  CHECK(error_of("Abcd\tacme.sys\t1.2\n") == "line 1: a report has seven cells");
  CHECK(error_of("\nAbcd\tacme.sys\t1.2\t-\t\t2024\tsource\n") == "line 2: a cell is empty");
  CHECK(error_of("Abc\tacme.sys\t1.2\t-\t-\t2024\tsource\n") == "line 1: a tag has four columns");
  CHECK(error_of("Abcd\tacme.sys\tall\t-\t-\t2024\tsource\n").starts_with("line 1: versions are"));
}

TEST_CASE("lint of known_leaks.tsv: each broken row is found") {
  CHECK(lint::known_leaks(kTable).empty());
  const std::string head = "Abcd\tacme.sys\t", tail = "\texample.com, note 7\n";
  CHECK(complains("", "no reports"));
  CHECK(complains(kTable + head + "1.0\t-\t-\t2024" + tail, "out of order"));
  CHECK(complains(kTable + "Efgh\tacme.sys\t?\t-\t-\t2024" + tail, "twice"));
  for (const char* bad : {"2023-02-29", "24", "2024-13", "2024-00-01", "1601", "2024/01/02", "soon", "2024-04-31"}) {
    INFO(bad);
    CHECK(complains(head + "1.0\t-\t-\t" + bad + tail, "no date"));
  }
  CHECK(complains("Abcd\tacme\t1.0\t-\t-\t2024" + tail, "file name of a driver"));
  CHECK(complains(head + "1.0\t-\t-\t2024\tmail\n", "source is too short"));
  CHECK(complains(head + "1.0\tcaf\xC3\xA9\t-\t2024" + tail, "ASCII"));
}

TEST_CASE("a known leak is a reason and raises the rank, never the verdict") {
  const auto& builtin = tagdb::builtin_known_leaks();
  const auto row = std::find_if(builtin.begin(), builtin.end(), [](const auto& leak) { return !leak.ranges.empty(); });
  REQUIRE(row != builtin.end());
  const auto& first = row->ranges.front().first;
  const std::string fits = std::to_string(first[0]) + "." + std::to_string(first[1]) + "." + std::to_string(first[2]) +
                           "." + std::to_string(first[3]);
  const auto judge = [&](trace::Evidence evidence, std::string_view version) {
    trace::TagUse use;
    use.tag = row->tag;
    use.evidence = evidence;
    rank::ImageFacts image;
    image.file_name = row->image;
    image.file_version = version;
    return rank::judge(use.tag, {use}, image, {});
  };
  const auto has = [](const rank::Judgement& judgement) {
    return std::any_of(judgement.reasons.begin(), judgement.reasons.end(),
                       [](const rank::Reason& reason) { return reason.code == "known_leak"; });
  };
  for (const auto evidence : {trace::Evidence::allocates, trace::Evidence::frees, trace::Evidence::bytes}) {
    const auto with = judge(evidence, fits), without = judge(evidence, "");
    CHECK(has(with));
    CHECK_FALSE(has(without));
    CHECK(with.verdict == without.verdict);
    CHECK(with.score > without.score);
  }
}

TEST_CASE("version and file name of an image reach the ranking, and a known leak the next steps") {
  pe::Identity identity;
  identity.original_name = "acme.sys";
  identity.file_version = "2.2.0.0";
  const std::string path = "C:/Windows/System32/drivers/renamed.sys";
  const std::string none;
  const rank::ImageFacts facts = image_facts(path, none, identity);
  CHECK(facts.file_name == "renamed.sys");
  CHECK(facts.in_system_drivers);
  CHECK(facts.original_name == "acme.sys");
  CHECK(facts.file_version == "2.2.0.0");
  // One that a program carries has its own name, and lies nowhere.
  const std::string tool = "C:/Windows/System32/drivers/tool.sys", inside = tool + "!acme.sys";
  const rank::ImageFacts embedded = image_facts(inside, tool, identity);
  CHECK(embedded.file_name == "acme.sys");
  CHECK(embedded.container == "tool.sys");
  CHECK_FALSE(embedded.in_system_drivers);

  report::Leak leak;
  leak.growth.tag = tagdb::PoolTag::from_text("Abcd");
  report::Candidate candidate;
  candidate.path = path;
  candidate.judgement.verdict = rank::Verdict::proven;
  candidate.uses.emplace_back();
  leak.candidates.push_back(candidate);
  const auto told = [&leak] {
    const auto steps = report::next_steps(leak);
    return std::any_of(steps.begin(), steps.end(), [](const report::NextStep& step) {
      return step.text == "renamed.sys: this version is reported to leak 'Abcd'";
    });
  };
  CHECK_FALSE(told());
  leak.candidates[0].judgement.reasons.push_back({"known_leak", "this version is reported to leak 'Abcd'"});
  CHECK(told());
}
