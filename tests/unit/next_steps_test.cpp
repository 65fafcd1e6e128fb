// What `leaks` hands over to go on with: commands that a shell or a debugger takes as they stand.
#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "scanner/report/screen.hpp"
#include "scanner/report/text_leaks.hpp"
#include "scanner/report/words.hpp"

using namespace scanner::report;
namespace poolmon = scanner::poolmon;

namespace {

Leak leak_of(const char* tag, poolmon::Pool pool, poolmon::Session session = {}) {
  Leak leak;
  leak.growth.tag = tagdb::PoolTag::from_text(tag);
  leak.growth.pool = pool;
  leak.growth.session = session;
  leak.growth.shape = poolmon::Shape::leak;
  return leak;
}

std::vector<std::string> commands(const std::vector<NextStep>& steps) {
  std::vector<std::string> out;
  for (const NextStep& step : steps) out.push_back(step.command);
  return out;
}

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

Candidate weak_candidate(const std::string& path, scanner::rank::Verdict verdict) {
  Candidate candidate;
  candidate.path = path;
  candidate.judgement.verdict = verdict;
  candidate.uses.resize(1);
  candidate.uses.front().use.row = -1;
  candidate.uses.front().what = "text \"Leak\"";
  return candidate;
}

std::string shown(const Leak& leak, bool explain = false) {
  std::ostringstream out;
  TextOptions options;
  options.explain = explain;
  TextLeaks text(out, options);
  LogsInfo info;
  info.logs = {"a.txt"};
  info.snapshots = info.tag_snapshots = 12;
  info.searched = true;
  text.logs(info);
  text.leak(leak);
  text.flush();
  return out.str();
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("a debugger is asked for the system's pool by its sort order") {
  CHECK(has(commands(next_steps(leak_of("Leak", poolmon::Pool::nonpaged))), "!poolused 2 Leak"));
  CHECK(has(commands(next_steps(leak_of("Leak", poolmon::Pool::paged))), "!poolused 4 Leak"));
  CHECK(
      has(commands(next_steps(leak_of("Io  ", poolmon::Pool::nonpaged))), "!poolused 2 Io??"));  // a blank ends a word
}

TEST_CASE("a session's pool is asked for with flag 8, in the session") {
  const auto one = commands(next_steps(leak_of("Gxyz", poolmon::Pool::session, poolmon::Session::number(2))));
  CHECK(has(one, "!session -s 2"));
  CHECK(has(one, "!poolused 0xc Gxyz"));
  CHECK_FALSE(has(one, "!poolused 4 Gxyz"));
  const auto all = commands(next_steps(leak_of("Uspi", poolmon::Pool::session, poolmon::Session::all())));
  CHECK(has(all, "!session"));
  CHECK(has(all, "!poolused 0xc Uspi"));
  const auto unnumbered = commands(next_steps(leak_of("Uspi", poolmon::Pool::session)));
  CHECK(has(unnumbered, "!session"));
}

TEST_CASE("the search that was not made repeats the logs, or asks for the tags") {
  const bool windows = native_shell() == Shell::windows;
  const std::string root = windows ? " --root C:\\" : " --root DIR", quote = windows ? "\"" : "'";
  const auto tag = tagdb::PoolTag::from_text("Leak"), other = tagdb::PoolTag::from_text("Io  ");
  CHECK(search_step({tag}, {"my logs/p1.txt", "p2.txt"}).command ==
        "poolwho leaks " + quote + "my logs/p1.txt" + quote + " p2.txt" + root);
  CHECK(search_step({tag, other}, {"-"}).command ==
        "poolwho -t Leak -t " + quote + "Io  " + quote + root);  // standard input was read, and is gone
  CHECK(search_step({tag}, std::vector<std::string>(40, "p.txt")).command == "poolwho -t Leak" + root);
}

TEST_CASE("one snapshot, and whole pools without tags, have next steps of their own") {
  const auto tag = tagdb::PoolTag::from_text("Leak");
  LogsInfo one;
  one.snapshots = one.tag_snapshots = 1;
  CHECK(has(commands(next_steps(one, {tag})), "poolmon -b -n poolmon.txt"));
  CHECK(next_steps(one, {tag}).back().command.starts_with("poolwho -t Leak --root "));
  LogsInfo pools;
  pools.snapshots = 12;
  poolmon::Growth growing;
  growing.shape = poolmon::Shape::leak;
  pools.pools = {growing};
  CHECK(next_steps(pools, {}).front().text.starts_with("which tags?"));
  LogsInfo flat;
  flat.snapshots = flat.tag_snapshots = 12;
  CHECK(next_steps(flat, {}).empty());
}

TEST_CASE("next steps are numbered, each command on a line of its own") {
  Leak leak = leak_of("Leak", poolmon::Pool::nonpaged);
  leak.next_steps = {{"look", {}}, {"run this", "some command"}};
  CHECK(shown(leak).find("  Next steps:\n  1. look\n  2. run this:\n        some command\n") != std::string::npos);
}

TEST_CASE("files that only contain the bytes are hidden behind better ones, few otherwise, and counted") {
  using scanner::rank::Verdict;
  Leak leak = leak_of("Leak", poolmon::Pool::nonpaged);
  for (int i = 0; i < 9; ++i)
    leak.candidates.push_back(weak_candidate("d" + std::to_string(i) + ".sys", Verdict::weak));
  CHECK(count(shown(leak), "  weak ") == 5);
  CHECK(shown(leak).find("and 4 more files contain the letters") != std::string::npos);
  CHECK(count(shown(leak, true), "  weak ") == 9);
  leak.advice = "never proves an owner";
  CHECK(count(shown(leak), "  weak ") == 0);
  leak.advice.clear();
  leak.candidates.insert(leak.candidates.begin(), weak_candidate("owner.sys", Verdict::likely));
  CHECK(count(shown(leak), "  weak ") == 0);
  CHECK(shown(leak).find("and 9 files contain the letters") != std::string::npos);
}

TEST_CASE("time left is no number of days that nobody can wait for") {
  CHECK(time_left(30) == "30 h");
  CHECK(time_left(24 * 40) == "40 days");
  CHECK(time_left(24 * 5875) == "more than a year");
  poolmon::Growth growth;
  growth.hours_left = 24 * 40;
  growth.limit = poolmon::kNoMemoryLeft;
  CHECK(how_long(growth) == "about 40 days of available memory at this rate");
  growth.limit = "the commit limit";
  CHECK(how_long(growth) == "about 40 days to the commit limit at this rate");
  growth.hours_left = 24 * 5875;
  CHECK(how_long(growth) == "at this rate it takes more than a year to the commit limit");
}
