// Names from the parts that a driver developer has: a PDB and a .map made by the linker in this build, and exports.
#include <doctest/doctest.h>

#include "pe/symbols.hpp"
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
  CHECK(reason == "belongs to another build");
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
