// Lists for poolmon and the debuggers: what their readers, and ours, would take for something else stays out.
#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "scanner/report/model.hpp"

using namespace scanner;

namespace {

/// A driver that allocates with these tags; a text of four characters each.
report::Driver driver(const std::string& path, const std::vector<std::string>& tags) {
  report::Driver out;
  out.path = path;
  for (const std::string& tag : tags) {
    report::Use use;
    use.use.tag = tagdb::PoolTag::from_text(tag);
    out.uses.push_back(use);
  }
  return out;
}

std::string list_of(const std::vector<report::Driver>& drivers, report::TagListOptions options) {
  std::ostringstream out;
  const auto reporter = report::make_taglist_reporter(out, std::move(options));
  for (const report::Driver& one : drivers) reporter->driver(one);
  reporter->end();
  return out.str();
}

std::string list_of(const std::vector<report::Driver>& drivers, bool for_poolmon) {
  report::TagListOptions options;
  options.for_poolmon = for_poolmon;
  return list_of(drivers, std::move(options));
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("localtag.txt: what poolmon cannot read is left out and counted") {
  const std::string odd = list_of({driver("/d/a.sys", {"Good", "Io  ", "rem ", "REMx", "a bc",
                                                       std::string("ab\x01\0", 4), "Nul\\", std::string("ICE\0", 4)})},
                                  true);
  CHECK(has(odd, "\nGood   -     a.sys\n"));
  CHECK(has(odd, "\nIo     -     a.sys\n"));  // blanks at the end are padding
  CHECK(has(odd, "rem 2 tags left out, a beginning like a comment\n"));
  CHECK(has(odd, "rem 1 tag left out, a blank inside\n"));
  CHECK(has(odd, "rem 3 tags left out, characters that are not printable\n"));
  CHECK_FALSE(has(odd, "\nrem    -"));
  CHECK_FALSE(has(odd, "\nREMx"));
  CHECK_FALSE(has(odd, "\na bc"));
}

TEST_CASE("a list holds no line that its own reader takes for a comment or a pattern") {
  const std::vector<std::string> tags = {"Good", "// x", "//ab", "Rem ", "rem ",
                                         "a?bc", "ab*c", "Abc*", "a-b ", "remx"};
  for (const bool for_poolmon : {false, true}) {
    INFO(for_poolmon);
    const std::string text = list_of({driver("/d/a.sys", tags)}, for_poolmon);
    CHECK(has(text, "3 tags left out, a wildcard in it, which would stand for other tags\n"));
    std::size_t entries = 0;
    for (const tagdb::Entry& entry : tagdb::read_pooltag(text, "list").entries) {
      INFO(entry.columns);
      CHECK(entry.owner == "a.sys");
      CHECK(std::find(tags.begin(), tags.end(), entry.columns) != tags.end());
      CHECK(entry.first.exact());
      ++entries;
    }
    CHECK(entries == (for_poolmon ? 2 : 3));  // `remx` is a tag to the debuggers
  }
}

TEST_CASE("localtag.txt stays below a million bytes, and what has no room is told of") {
  report::TagListOptions options;
  options.for_poolmon = true;
  while (options.kept_text.size() < 990'000) options.kept_text += "rem a line of the user's own that takes some room\n";
  std::string warning;
  options.warn = [&warning](const std::string& text) { warning = text; };
  std::vector<std::string> tags;
  for (int i = 1000; i < 2000; ++i) tags.push_back(std::to_string(i));
  const std::string text = list_of({driver("/d/a.sys", tags)}, options);
  CHECK(text.size() < 1'000'000);
  CHECK(text.size() > 998'000);
  CHECK(has(text, "no room: poolmon reads no file of a million bytes\n"));
  CHECK(has(warning, "poolmon reads no file of a million bytes"));
  // Every tag is in the list or counted.
  std::size_t written = 0;
  for (const std::string& tag : tags) written += has(text, "\n" + tag + "   -") ? 1U : 0U;
  CHECK(written > 0);
  CHECK(has(text, "rem " + std::to_string(tags.size() - written) + " tags left out, no room"));
  // The debuggers have no such limit.
  options.for_poolmon = false;
  warning.clear();
  CHECK(list_of({driver("/d/a.sys", tags)}, options).size() > 1'000'000);
  CHECK(warning.empty());
  CHECK(report::room_for_poolmon(500'000) > 0);
  CHECK(report::room_for_poolmon(1'650'000) == 0);
}

TEST_CASE("lines of an earlier survey are recognised, and no others") {
  const std::string ours = list_of({driver("/d/a.sys", {"Good"})}, true);
  CHECK(report::without_own_lines("rem mine\nMine - m.sys\n" + ours + "Last - l.sys") ==
        "rem mine\nMine - m.sys\nLast - l.sys");
  CHECK(report::without_own_lines(ours + ours).empty());
  CHECK(report::without_own_lines("").empty());
  // The end is lost: what follows may be somebody's work.
  const std::string cut = ours.substr(0, ours.find("rem end of"));
  CHECK(report::without_own_lines(cut + "Last - l.sys\n") == "Good   -     a.sys\nLast - l.sys\n");
  CHECK(report::without_own_lines("rem I made by poolwho once\nA - b\n") == "rem I made by poolwho once\nA - b\n");
}

TEST_CASE("a copy by another name is a driver of its own in a list") {
  std::ostringstream out;
  report::TagListOptions options;
  options.for_poolmon = true;
  const auto reporter = report::make_taglist_reporter(out, std::move(options));
  reporter->driver(driver("/d/a.sys", {"Good"}));
  reporter->copy("/d/b.sys", "/d/a.sys", "");
  reporter->copy("/e/A.SYS", "/d/a.sys", "");
  reporter->copy("/e/c.sys", "/d/unknown.sys", "");
  reporter->end();
  CHECK(has(out.str(), "\nGood   -     a.sys b.sys\n"));
}
