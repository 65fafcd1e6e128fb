// One source, two processors: what is found in a test driver must not depend on which one it was compiled for.
// Addresses and the length of chains may differ, since compilers inline differently.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/filesystem.hpp>
#include <set>
#include <string>

#include "scanner/trace/trace.hpp"
#include "tests/unit/files.hpp"

namespace fs = boost::filesystem;
namespace trace = scanner::trace;

namespace {

/// One line per use, without its addresses. A size that one compiler keeps in a register and the other computes is left
/// out, as are constants that no call explains: compilers choose which numbers become immediates.
std::set<std::string> described(const fs::path& path) {
  const auto bytes = read_bytes(path.string());
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  const auto& apis = tagdb::builtin_api_table();
  std::set<std::string> lines;
  for (const trace::TagUse& use : trace::trace(image.value(), apis).uses) {
    if (use.evidence == trace::Evidence::constant || use.row < 0) continue;
    lines.insert(use.tag.text() + " " + std::string(trace::to_string(use.evidence)) + " " +
                 std::string(trace::to_string(use.certainty)) + " " +
                 apis.rows[static_cast<std::size_t>(use.row)].name + " " + std::string(trace::to_string(use.pool)) +
                 (use.protected_bit ? " protected" : "") + (use.charges_pool ? "" : " uncharged") +
                 (use.executable ? " executable" : "") + (use.bytes ? " " + std::to_string(*use.bytes) : ""));
  }
  return lines;
}

/// Where compilers make so different code of one source that the results may differ, and how.
const std::set<std::string> kMayDiffer = {
    // a spilled or shared base register: the address of the whole object is taken, so the field may be written by
    // others
    "O0/global_struct_field.sys", "O2/global_struct_field.sys", "Os/global_struct_field.sys", "O0/ops_runtime.sys",
    "O2/ops_runtime.sys", "Os/ops_runtime.sys",
    // returned in two registers, on x64 through memory
    "O0/struct_copied.sys", "O2/struct_copied.sys", "Os/struct_copied.sys",
    // a reference made of the table's own address, and one of its own
    "O0/table_cut.sys",
    // a parameter block that shares its stack with others on x64 only
    "O2/api_ndis.sys", "Os/api_ndis.sys",
    // a size that is spilled below a local whose address was passed
    "O0/kmdf_decoy.sys",
    // the page of KMDF's table likewise
    "O0/kmdf_bind_info_grown.sys", "O0/kmdf_array.sys",
    // the address of the structure with the key, to write its other members
    "O0/key_beside.sys", "O2/key_beside.sys", "Os/key_beside.sys"};

}  // namespace

TEST_CASE("x64 and ARM64 builds of one source give the same results") {
  const fs::path built = TEST_DRIVERS;
  std::size_t pairs = 0, equal = 0;
  for (const std::string level : {"O0", "O2", "Os"}) {
    for (const auto& entry : fs::directory_iterator(built / ("clang-x64-" + level))) {
      if (entry.path().extension() != ".sys") continue;
      const fs::path name = entry.path().filename();
      const fs::path other = built / ("clang-arm64-" + level) / name;
      REQUIRE(fs::exists(other));
      ++pairs;
      const auto x64 = described(entry.path()), arm64 = described(other);
      equal += x64 == arm64 ? 1 : 0;
      if (x64 == arm64) continue;
      std::string text = level + "/" + name.string() + ":";
      if (kMayDiffer.contains(level + "/" + name.string())) {
        ++equal;
        continue;
      }
      for (const std::string& line : x64) text += arm64.contains(line) ? "" : "\n  x64 only:   " + line;
      for (const std::string& line : arm64) text += x64.contains(line) ? "" : "\n  arm64 only: " + line;
      MESSAGE(text);
    }
  }
  CHECK(pairs > 200);
  CHECK(equal == pairs);
}
