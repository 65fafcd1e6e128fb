// What pe/pdb.hpp reads of a PDB, for the comparison with llvm-pdbutil (tests/formats/symbols.py):
//   pdb_dump IMAGE PDB     function and public symbols, and lines, each with section (decimal) and offset (hexadecimal)
#include <cstdio>
#include <fstream>
#include <iterator>

#include "pe/pdb.hpp"
#include "pe/symbols.hpp"

namespace {

std::vector<std::uint8_t> read(const char* path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return 2;
  const auto bytes = read(words[1]), file = read(words[2]);
  const auto image = pe::Image::open(bytes);
  if (!image) return 2;
  const auto signature = pe::pdb_signature(image.value());
  pe::Pdb pdb;
  std::string reason;
  const pe::Bytes view{std::span<const std::uint8_t>(file)};
  if (!pe::read_pdb(view, pe::Bytes{std::span<const std::uint8_t>(signature)}, pdb, reason)) {
    std::printf("%s\n", reason.c_str());
    return 1;
  }
  for (const pe::PdbSymbol& symbol : pdb.symbols)
    std::printf("%s %u:%X %s\n", symbol.function ? "function" : "public", static_cast<unsigned>(symbol.at.section),
                symbol.at.offset, symbol.name.c_str());
  for (const pe::PdbLine& line : pdb.lines) {
    if (line.line != 0)
      std::printf("line %u:%X %u %s\n", static_cast<unsigned>(line.at.section), line.at.offset, line.line,
                  pdb.files[line.file].c_str());
  }
  return 0;
}
