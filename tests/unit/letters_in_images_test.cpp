#include <doctest/doctest.h>

#include <algorithm>

#include "pe/image.hpp"
#include "scanner/trace/trace.hpp"
#include "tests/unit/files.hpp"

using namespace scanner::trace;

TEST_CASE("letters count where a number can stand, and not in texts or behind the image") {
  const auto driver = read_bytes(std::string(TEST_DRIVERS) + "/clang-x64-O2/table_rows.sys");
  const TagSearch words = TagSearch::for_letters_of({tagdb::PoolTag::from_text("qccH")});
  const auto image = pe::Image::open(driver);
  REQUIRE(image);
  CHECK_FALSE(may_hold_letters(image.value(), words));
  const auto holds = [&](std::size_t offset) {
    auto bytes = driver;
    bytes.resize(std::max(bytes.size(), offset + 4));
    std::copy_n("qcc0", 4, bytes.begin() + static_cast<std::ptrdiff_t>(offset));
    const auto changed = pe::Image::open(bytes);
    REQUIRE(changed);
    return may_hold_letters(changed.value(), words);
  };
  unsigned code = 0, data = 0;
  for (const pe::Section& section : image.value().sections()) {
    if (section.file_size < 16) continue;
    ++(section.executable() ? code : data);
    CHECK(holds(section.file_offset + 8));
    CHECK(holds(section.file_offset + 9) == section.executable());
  }
  CHECK(code > 0);
  CHECK(data > 0);
  CHECK_FALSE(holds(driver.size()));
}
