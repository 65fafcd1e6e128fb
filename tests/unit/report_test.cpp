#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "scanner/cli/did_you_mean.hpp"
#include "scanner/cli/findstr_habits.hpp"
#include "scanner/cli/options.hpp"
#include "scanner/report/model.hpp"
#include "scanner/walk/walk.hpp"

using namespace scanner;

TEST_CASE("names are made harmless for a terminal") {
  CHECK(report::printable("a\x1b[31m") == "a\\x1b[31m");
  CHECK(report::printable("caf\xC3\xA9") == "caf\xC3\xA9");
  CHECK(report::printable("\xE2\x80\xAE"
                          "exe") == "\\u{202e}exe");
  CHECK(report::printable("\xFF\xC3") == "\\xff\\xc3");
  CHECK(report::printable("a\nb") == "a\\x0ab");
}

TEST_CASE("UTF-8 is checked strictly, and base64 is RFC 4648's") {
  CHECK(report::valid_utf8("caf\xC3\xA9"));
  CHECK_FALSE(report::valid_utf8("\xC0\xAF"));          // overlong
  CHECK_FALSE(report::valid_utf8("\xED\xA0\x80"));      // surrogate
  CHECK_FALSE(report::valid_utf8("\xF5\x80\x80\x80"));  // beyond Unicode
  CHECK(report::base64("") == "");
  CHECK(report::base64("f") == "Zg==");
  CHECK(report::base64("fo") == "Zm8=");
  CHECK(report::base64("foobar") == "Zm9vYmFy");
}

TEST_CASE("globs") {
  CHECK(walk::glob_match("*.sys", "a.sys", false));
  CHECK_FALSE(walk::glob_match("*.sys", "a.SYS", false));
  CHECK(walk::glob_match("*.sys", "a.SYS", true));
  CHECK(walk::glob_match("a*b?c*", "aXXbYcZZ", false));
  CHECK_FALSE(walk::glob_match("a?", "a", false));
  CHECK(walk::glob_match("*", "", false));
}

TEST_CASE("findstr's switches become ours") {
  using Words = std::vector<std::string>;
  const auto ours = [](Words words) {
    std::string error;
    Words out = translate_findstr_habits(std::move(words), error);
    CHECK(error.empty());
    return out;
  };
  CHECK(ours({"Leak", "dir"}) == Words{"Leak", "dir"});
  CHECK(ours({"/s", "/M", "Leak", "*.sys"}) == Words{"--names-only", "Leak", "--include", "*.sys", "."});
  CHECK(ours({"/g:tags", "/f:/", "/d:a;b"}) == Words{"--tags-from", "tags", "--files-from", "-", "a", "b"});
  CHECK(ours({"/tmp", "/y"}) == Words{"/tmp", "/y"});
  CHECK(ours({"/SIM", "Leak", "dir"}) == Words{"--names-only", "--ignore-case", "Leak", "dir"});
  CHECK(ours({"/si", "/p", "Leak", "dir"}) == Words{"--ignore-case", "Leak", "dir"});
  CHECK(ours({"/?"}) == Words{"--help"});
  // Offsets, and where in a line: a driver has no lines.
  CHECK(ours({"/s", "/n", "/o", "/m", "Leak", "dir"}) == Words{"--names-only", "Leak", "dir"});
  CHECK(ours({"/sno", "/b", "/E", "/l", "/x", "/A:07", "/c:Leak", "dir"}) == Words{"--tag", "Leak", "dir"});
  CHECK(ours({"Leak", "/repo"}) == Words{"Leak", "/repo"});
}

TEST_CASE("findstr's switches that cannot be followed are named") {
  for (const char* word : {"/r", "/R", "/v"}) {
    std::string error;
    translate_findstr_habits({word, "Leak", "dir"}, error);
    CHECK(error.starts_with(std::string("/") + (word[1] == 'v' ? "v: " : "r: ")));
  }
}

TEST_CASE("a mistyped word is told from another one") {
  const std::vector<std::string> known = {"explain", "exclude", "store", "format", "for", "lookup", "leaks"};
  CHECK(nearest_word("expalin", known) == "explain");
  CHECK(nearest_word("expl", known) == "explain");
  CHECK(nearest_word("Leaks", known) == "leaks");
  CHECK(nearest_word("looku", known) == "lookup");
  CHECK(nearest_word("lok-up", known) == "lookup");
  CHECK(nearest_word("sotre", known) == "store");
  CHECK(nearest_word("ex", known).empty());
  CHECK(nearest_word("exp", known) == "explain");
  CHECK(nearest_word("nonsense", known).empty());
  CHECK(nearest_word("", known).empty());
}

TEST_CASE("README or reference name every option of the table") {
  std::stringstream readme;
  for (const char* page : {SOURCE_ROOT "/README.md", SOURCE_ROOT "/scanner/README.md"})
    readme << std::ifstream(page).rdbuf();
  const std::string text = readme.str();
  for (const OptionSpec& option : option_table()) {
    INFO(option.name);
    CHECK(text.find(std::string("--") + option.name) != std::string::npos);
  }
}

TEST_CASE("the first word is the verb or the tag, never a path") {
  const auto parse = [](std::vector<std::string> words) { return parse_command_line(std::move(words)); };
  auto parsed = parse({"Leak", "first", "second"});
  REQUIRE(parsed.options);
  CHECK(parsed.options->tags == std::vector<std::string>{"Leak"});
  CHECK(parsed.options->paths == std::vector<std::string>{"first", "second"});
  parsed = parse({"-t", "Leak", "-t", "Blue", "first"});
  REQUIRE(parsed.options);
  CHECK(parsed.options->tags == std::vector<std::string>{"Leak", "Blue"});
  CHECK(parsed.options->paths == std::vector<std::string>{"first"});
  parsed = parse({"survey", "first"});
  REQUIRE(parsed.options);
  CHECK(parsed.options->verb == Verb::survey);
  parsed = parse({"locate", "Leak", "Blue", "some/where"});
  REQUIRE(parsed.options);
  CHECK(parsed.options->tags.size() == 2);
  CHECK(parsed.options->paths == std::vector<std::string>{"some/where"});
  CHECK(parse({"--max-filesize", "64M", "Leak", "first"}).options->max_file_size == 64ULL << 20);
  CHECK_FALSE(parse({"--max-filesize", "big", "Leak", "first"}).options);
  CHECK(parse({"Leak", "--expl"}).exit.code == 2);
  CHECK(parse({".", "Leak"}).exit.err.find("the tag comes first: poolwho Leak .") != std::string::npos);
  CHECK(parse({".", "--root", "x"}).options);  // a tag that happens to be the name of something
  CHECK(parse({"--tag"}).exit.err.find("--tag needs a value: --tag TAG") != std::string::npos);
  CHECK(parse({"--format", "csv", "--format", "csv"}).exit.err.find("--format is given twice") != std::string::npos);
  CHECK(parse({"Leak", "x", "--format", "xml"}).exit.err.find("localtag") == std::string::npos);
  CHECK(parse({"survey", "x", "--format", "xml"}).exit.err.find("localtag") != std::string::npos);
}
