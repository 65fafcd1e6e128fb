#include <doctest/doctest.h>

#include <boost/filesystem.hpp>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

#include "tagdb/api_table.hpp"

TEST_CASE("the built-in table is read whole, and its rows are sane") {
  const auto& table = tagdb::builtin_api_table();
  CHECK(table.rows.size() == 127);
  std::set<std::string> imports;
  for (const auto& row : table.rows) {
    INFO(row.name);
    if (row.match == tagdb::ApiMatch::none) continue;
    CHECK(imports.insert(row.name).second);
    CHECK((row.tag >= 0 || !row.default_tag.empty() || row.kind == tagdb::ApiKind::free));
    CHECK(row.tag_x86 >= row.tag);
    CHECK((row.kind != tagdb::ApiKind::free || !row.charges_pool));
    CHECK((row.kind != tagdb::ApiKind::reference || !row.charges_pool));
    CHECK(row.tag_in_struct == (row.field_x64 != 0));
    CHECK((!row.freed_as_pool || (row.kind == tagdb::ApiKind::allocate && row.tag >= 0)));
  }
  CHECK(imports.size() >= 60);
}

TEST_CASE("rows that the tracer depends on") {
  const auto& table = tagdb::builtin_api_table();
  const auto& plain = table.rows[static_cast<std::size_t>(table.find_import("ExAllocatePoolWithTag"))];
  CHECK(plain.tag == 2);
  CHECK(plain.size == 1);
  CHECK(plain.pool_form == tagdb::PoolForm::type_argument);
  const auto& two = table.rows[static_cast<std::size_t>(table.find_import("ExAllocatePool2"))];
  CHECK(two.pool_form == tagdb::PoolForm::flags_argument);
  CHECK(two.tag_x86 == 3);  // the flags take two slots
  const auto& contiguous = table.rows[static_cast<std::size_t>(table.find_import("MmAllocateContiguousMemoryEx"))];
  CHECK_FALSE(contiguous.charges_pool);
  CHECK(contiguous.tag_x86 == 10);
  const auto& stor = table.rows[static_cast<std::size_t>(table.find_import("StorPortExtendedFunction"))];
  CHECK(stor.condition_argument == 0);
  CHECK(stor.condition_value == 0);
  CHECK(plain.freed_as_pool);
  CHECK_FALSE(stor.freed_as_pool);
  const auto& list = table.rows[static_cast<std::size_t>(table.find_import("ExInitializeNPagedLookasideList"))];
  CHECK(list.pool_form == tagdb::PoolForm::lookaside_flags);
  CHECK(list.pool == 3);
  const auto& free = table.rows[static_cast<std::size_t>(table.find_import("NdisFreeMemory"))];
  CHECK(free.kind == tagdb::ApiKind::free);
  CHECK(free.tag == -1);
  CHECK(table.find_import("ExAllocatePoolZero") == -1);  // inline, never an import
  CHECK(table.find_import("NoSuchFunction") == -1);
}

TEST_CASE("a malformed table names its line") {
  std::string error;
  const std::string good = "Foo\tm\tallocate\timport\tyes\t2\t2\t0:type\t1\t1\t-\t-\t-\t-\tmine\n";
  // Fifteen columns are enough: a table of somebody's own may say nothing of frees.
  REQUIRE(tagdb::parse_api_table(good, error).rows.size() == 1);
  CHECK(error.empty());
  CHECK_FALSE(tagdb::parse_api_table(good, error).rows.front().freed_as_pool);
  const std::string freed = good.substr(0, good.size() - 1) + "\tpool\n";
  REQUIRE(tagdb::parse_api_table(freed, error).rows.size() == 1);
  CHECK(tagdb::parse_api_table(freed, error).rows.front().freed_as_pool);
  tagdb::parse_api_table(good.substr(0, good.size() - 1) + "\tperhaps\n", error);
  CHECK(error == "line 1: bad freed");
  CHECK(tagdb::parse_api_table(good + "Bar\tm\n", error).rows.empty());
  CHECK(error == "line 2: bad number of columns");
  CHECK(tagdb::parse_api_table("# head\n" + good + "\n" + good, error).rows.empty());
  CHECK(error == "line 4: 'Foo' stands in line 2 already");
  tagdb::parse_api_table("Foo\tm\teats\timport\tyes\t2\t2\t-\t-\t-\t-\t-\t-\t-\tmine\n", error);
  CHECK(error == "line 1: bad kind");
  tagdb::parse_api_table("Foo\tm\tallocate\timport\tyes\tx\t2\t-\t-\t-\t-\t-\t-\t-\tmine\n", error);
  CHECK(error == "line 1: bad tag");
}

TEST_CASE("a user's row takes the place of the built-in one of its name") {
  tagdb::ApiTable table = tagdb::builtin_api_table();
  const std::size_t before = table.rows.size();
  std::string error;
  const auto more = tagdb::parse_api_table(
      "ExFreePoolWithTag\tm\tallocate\timport\tyes\t1\t1\t-\t-\t-\t-\t-\t-\t-\tmine\n"
      "Own\tm\tallocate\timport\tyes\t1\t1\t-\t-\t-\t-\t-\t-\t-\tmine\n",
      error);
  CHECK(table.add_over(more) == std::vector<std::string>{"ExFreePoolWithTag"});
  CHECK(table.rows.size() == before + 1);
  CHECK(table.rows[static_cast<std::size_t>(table.find_import("ExFreePoolWithTag"))].kind == tagdb::ApiKind::allocate);
  CHECK(table.find_import("Own") == static_cast<int>(before));
}

TEST_CASE("every row that can be matched has a test driver that calls it") {
  std::set<std::string> expected;  // names behind api= of the truth files
  std::string sources;
  for (const auto& entry : boost::filesystem::directory_iterator(TEST_SOURCES "/drivers")) {
    if (!boost::filesystem::is_regular_file(entry.path())) continue;
    std::ifstream in(entry.path().string());
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto suffix = entry.path().extension();
    if (suffix == ".c" || suffix == ".s") sources += text;
    if (suffix != ".truth") continue;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
      if (word.starts_with("api=")) expected.insert(word.substr(4));
    }
  }
  std::size_t rows = 0;
  for (const auto& row : tagdb::builtin_api_table().rows) {
    if (row.match == tagdb::ApiMatch::none) continue;
    ++rows;
    INFO(row.name, ": call it in a driver of tests/drivers, and say api=", row.name, " in its truth file");
    // What carries no tag can stand in no truth file; that it is called is all there is to see.
    const bool tagless = row.tag < 0 && row.default_tag.empty();
    CHECK((tagless ? sources.find(row.name + "(") != std::string::npos : expected.contains(row.name)));
  }
  CHECK(rows >= 60);
}
