// Real drivers that somebody else compiled: Debian's libwine. Their statistics are a committed baseline; a change of it
// must be explained in the commit. Renew with POOLWHO_RENEW=1.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "scanner/trace/trace.hpp"
#include "tests/census/census.hpp"
#include "tests/unit/files.hpp"

namespace trace = scanner::trace;

TEST_CASE("libwine's drivers: no error, sums hold, None is reported, the baseline holds, the census agrees") {
  const auto paths = wine_drivers();
  REQUIRE(paths.size() == 17);  // bootstrap.sh test unpacks them
  const auto& apis = tagdb::builtin_api_table();
  std::ostringstream table;
  table << "driver functions sites constant forwarded table untagged suspect dynamic uses\n";
  for (const auto& path : paths) {
    INFO(path);
    const auto bytes = read_bytes(path);
    const auto image = pe::Image::open(bytes);
    REQUIRE(image);
    const auto result = trace::trace(image.value(), apis);
    bool imports_untagged = false;
    image.value().for_each_import(
        [&](const pe::Import& import) { imports_untagged |= import.name == "ExAllocatePool"; });
    trace::BucketCounts all;
    for (const auto kind : {trace::SiteKind::allocate, trace::SiteKind::free, trace::SiteKind::other})
      all.add(result.counts(kind));
    CHECK(all.total() + result.wrapper_counts().total() == result.sites.size());
    bool none = false;
    for (const auto& use : result.uses) none |= use.tag == tagdb::PoolTag::from_text("None");
    CHECK(none == imports_untagged);
    CHECK(result.problems.empty());
    CHECK(census::compare(image.value(), census::take(image.value(), apis), result).empty());
    table << path.substr(path.find_last_of('/') + 1) << ' ' << result.functions << ' ' << all.total();
    for (std::size_t i = 0; i < trace::kBucketCount; ++i) table << ' ' << all.count[i];
    table << ' ' << result.uses.size() << '\n';
  }
  const std::string baseline = TEST_SOURCES "/unit/libwine_baseline.txt";
  if (std::getenv("POOLWHO_RENEW") != nullptr) std::ofstream(baseline) << table.str();
  std::ifstream in(baseline);
  std::stringstream expected;
  expected << in.rdbuf();
  CHECK(table.str() == expected.str());
}
