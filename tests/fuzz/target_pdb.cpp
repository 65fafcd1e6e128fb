// Any bytes as a PDB. The GUID and age that it has itself are asked for, so that the readers behind that check are
// reached: they stand where an honest file has them, or nothing is read.
#include <algorithm>

#include "pe/msf.hpp"
#include "pe/pdb.hpp"
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const pe::Bytes file{std::span<const std::uint8_t>(data, size)};
  pe::Msf msf;
  if (!pe::Msf::open(file, msf)) return 0;
  std::vector<std::uint8_t> signature = msf.stream(1), dbi = msf.stream(3);
  if (signature.size() < 28 || dbi.size() < 12) return 0;
  signature.assign(signature.begin() + 12, signature.begin() + 28);
  signature.insert(signature.end(), dbi.begin() + 8, dbi.begin() + 12);
  pe::Pdb pdb;
  std::string reason;
  const bool read = pe::read_pdb(file, pe::Bytes{std::span<const std::uint8_t>(signature)}, pdb, reason);
  if (read != reason.empty()) fuzz::fail("a reason without an error, or the other way round");
  // Nothing is made up: every text is in the file, and every line names a file that is there.
  std::size_t texts = 0;
  for (const pe::PdbSymbol& symbol : pdb.symbols) texts += symbol.name.size();
  for (const std::string& name : pdb.files) texts += name.size();
  if (texts > 3 * size) fuzz::fail("more text than the file has bytes");
  for (const pe::PdbLine& line : pdb.lines) {
    if (line.line != 0 && line.file >= pdb.files.size()) fuzz::fail("a line of a file that is not there");
  }
  fuzz::keep(texts + pdb.lines.size());
  return 0;
}
