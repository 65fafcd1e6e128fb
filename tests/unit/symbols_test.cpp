// Names from the parts that a driver developer has: a PDB and a .map made by the linker in this build, and exports.
#include <doctest/doctest.h>

#include <algorithm>

#include "pe/identity.hpp"
#include "pe/msf.hpp"
#include "pe/symbols.hpp"
#include "scanner/scan/symbol_files.hpp"
#include "tests/unit/files.hpp"

namespace {
std::string folder() { return TEST_DRIVERS "/symbols/"; }
}  // namespace

TEST_CASE("a PDB's public symbols name addresses, and another build's PDB is refused") {
  const auto bytes = read_bytes(folder() + "symbols.sys"), pdb = read_bytes(folder() + "symbols.pdb");
  REQUIRE(!pdb.empty());
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  pe::SymbolTable symbols;
  std::string reason;
  REQUIRE(symbols.add_pdb(image.value(), pe::Bytes{std::span<const std::uint8_t>(pdb)}, reason));
  symbols.sort();
  const auto entry = image.value().entry_rva();
  CHECK(symbols.name_of(entry, entry) == "DriverEntry");
  CHECK(symbols.name_of(entry + 4, entry) == "DriverEntry+0x4");
  CHECK(symbols.name_of(entry + 4, entry + 1).empty());  // another function begins in between
  const auto other = read_bytes(sample_driver());
  CHECK_FALSE(symbols.add_pdb(pe::Image::open(other).value(), pe::Bytes{std::span<const std::uint8_t>(pdb)}, reason));
  CHECK(reason.starts_with("belongs to another build"));
}

TEST_CASE("a PDB names static functions as the source does, and tells lines of code but none of what lies between") {
  const auto bytes = read_bytes(folder() + "symbols.sys"), pdb = read_bytes(folder() + "symbols.pdb");
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  pe::SymbolTable symbols;
  std::string reason;
  REQUIRE(symbols.add_pdb(image.value(), pe::Bytes{std::span<const std::uint8_t>(pdb)}, reason));
  symbols.sort();
  const auto text = image.value().sections()[0].rva;
  bool found = false;
  for (std::uint32_t at = text; at < text + 0x100; ++at) found = found || symbols.name_of(at, at) == "level2";
  CHECK(found);
  const auto entry = symbols.line_of(image.value().entry_rva());
  REQUIRE(entry);
  CHECK(entry->file.ends_with("wrapper_deep.c"));
  const auto source = read_bytes(TEST_SOURCES "/drivers/wrapper_deep.c");
  CHECK(entry->line <= static_cast<std::uint32_t>(std::count(source.begin(), source.end(), '\n')));
  CHECK_FALSE(symbols.line_of(text - 1));
  CHECK_FALSE(symbols.line_of(text + 0x800));
}

TEST_CASE("streams that name blocks again and again take no more memory than the file") {
  // A directory of one stream that claims 4 GB, all of it the same block.
  std::vector<std::uint8_t> file(4096 * 4);
  const std::string magic(
      "Microsoft C/C++ MSF 7.00\r\n\x1A"
      "DS");
  std::copy(magic.begin(), magic.end(), file.begin());
  const auto put = [&file](std::size_t at, std::uint32_t value) {
    for (unsigned i = 0; i < 4; ++i) file[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  };
  put(32, 4096);          // bytes of a block
  put(44, 8 + 4 * 1000);  // of the directory
  put(52, 1);             // the block that names the directory's blocks
  put(4096, 2);
  put(2 * 4096, 1);  // streams
  put(2 * 4096 + 4, 4096 * 1000);
  pe::Msf msf;
  REQUIRE(pe::Msf::open(pe::Bytes{std::span<const std::uint8_t>(file)}, msf));
  CHECK(msf.streams() == 1);
  CHECK(msf.stream(0).empty());
  put(2 * 4096 + 4, 4096 * 1001);  // more blocks than the directory has
  CHECK_FALSE(pe::Msf::open(pe::Bytes{std::span<const std::uint8_t>(file)}, msf));
}

TEST_CASE("the local parts of a symbol path") {
  using Parts = std::vector<std::string>;
  CHECK(scanner::local_parts("") == Parts{});
  CHECK(scanner::local_parts("C:\\pdb;D:\\more;C:\\pdb") == Parts{"C:\\pdb", "D:\\more"});
  CHECK(scanner::local_parts("srv*C:\\symbols*https://symbols.example/x") == Parts{"C:\\symbols"});
  CHECK(scanner::local_parts("SRV*https://symbols.example/x;cache*C:\\c") == Parts{"C:\\c"});
  CHECK(scanner::local_parts("symsrv*symsrv.dll*C:\\a*\\\\server\\share") == Parts{"C:\\a"});
  CHECK(scanner::local_parts("srv*;;\\\\server\\share;/home/me/pdb") == Parts{"/home/me/pdb"});
}

TEST_CASE("where a PDB may lie: beside the driver, in a folder, in a store") {
  const auto bytes = read_bytes(folder() + "symbols.sys");
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  const auto identity = pe::identify_from_headers(image.value());
  const auto paths = scanner::pdb_paths("d/mine.sys", image.value(), {"store/"});
  REQUIRE(paths.size() == 6);
  CHECK(paths[0] == "d/mine.pdb");
  CHECK(paths[1] == "d/symbols.pdb");
  CHECK(paths[2] == "store/symbols.pdb");
  CHECK(paths[3] == "store/symbols.pdb/" + identity.pdb_id + "/symbols.pdb");
  CHECK(paths[4] == "store/sy/symbols.pdb/" + identity.pdb_id + "/symbols.pdb");
  CHECK(paths[5] == "store/mine.pdb");
}

TEST_CASE("a PDB that is cut or damaged is refused or read in part, never more") {
  const auto bytes = read_bytes(folder() + "symbols.sys");
  const auto pdb = read_bytes(folder() + "symbols.pdb");
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  for (std::size_t i = 0; i < pdb.size(); i += 97) {
    auto damaged = pdb;
    damaged[i] ^= 0xFF;
    if (i % 5 == 0) damaged.resize(i);
    pe::SymbolTable symbols;
    std::string reason;
    symbols.add_pdb(image.value(), pe::Bytes{std::span<const std::uint8_t>(damaged)}, reason);
  }
}

TEST_CASE("a .map names static functions too") {
  const auto bytes = read_bytes(folder() + "symbols.sys"), map = read_bytes(folder() + "symbols.map");
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  pe::SymbolTable symbols;
  CHECK(symbols.add_map(image.value(), {reinterpret_cast<const char*>(map.data()), map.size()}));
  symbols.sort();
  const auto entry = image.value().entry_rva();
  CHECK(symbols.name_of(entry, entry) == "DriverEntry");
  CHECK_FALSE(symbols.add_map(image.value(), "nothing of the kind\n 0001:zzzz foo bar\n"));
}

TEST_CASE("exports name addresses") {
  const auto bytes = read_bytes(TEST_DRIVERS "/clang-x64-O2/wrapper_exported.sys");
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  pe::SymbolTable symbols;
  symbols.add_exports(image.value());
  CHECK_FALSE(symbols.empty());
}
