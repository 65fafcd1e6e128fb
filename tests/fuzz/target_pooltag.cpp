// Any bytes as pooltag.txt, and as a tag on the command line: no line may be lost, entries must match their own tag.
#include "tagdb/database.hpp"
#include "tagdb/pool_tag.hpp"
#include "tagdb/pooltag_txt.hpp"
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto file = tagdb::read_pooltag(text, "fuzz");
  for (const tagdb::Entry& entry : file.entries) {
    if (entry.first.exact() && !entry.range() && !entry.matches(entry.first.tag()))
      fuzz::fail("an entry misses its tag");
    fuzz::keep(tagdb::owner_images(entry.owner).size());
  }
  std::string error;
  if (const auto query = tagdb::parse_query(std::string(text.substr(0, 64)), error); !query && error.empty())
    fuzz::fail("a refusal without a reason");
  tagdb::Database database;
  database.add(std::move(file), "fuzz");
  fuzz::keep(database.lookup(tagdb::PoolTag::from_text("Leak")).size());
  return 0;
}
