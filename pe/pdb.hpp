// What a PDB tells of addresses: public symbols, functions of modules, source lines. Formats: LLVM's "The PDB File
// Format" (info, DBI, module and named streams), CodeView records as the microsoft-pdb repository (MIT licence) and
// LLVM declare them. Types, variables and whatever else a PDB holds are not read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pe/bytes.hpp"

namespace pe {

/// A place as PDBs name it: section from 1, offset in it.
struct PdbAddress {
  std::uint16_t section = 0;
  std::uint32_t offset = 0;
};

struct PdbSymbol {
  PdbAddress at;
  std::string name;
  bool function = false;  ///< of a module, as the source has it; else public, as the linker has it
};

/// Code from `at` on, up to the next one or the end of the range that holds it, comes from this line.
struct PdbLine {
  PdbAddress at;
  std::uint32_t file = 0;  ///< index into Pdb::files
  std::uint32_t line = 0;  ///< 0: from none, or the end of the range
};

struct Pdb {
  std::vector<std::uint8_t> guid;  ///< 16 bytes
  std::uint32_t age = 0;           ///< of the DBI stream: what the image's record has
  std::vector<PdbSymbol> symbols;
  std::vector<std::string> files;
  std::vector<PdbLine> lines;  ///< range after range
};

/// False, with a reason that follows the file's name in a sentence, when it cannot be used. Modules and records that
/// are damaged are skipped. `signature`: GUID and age (20 bytes) that are wanted; another PDB is not read further.
bool read_pdb(Bytes file, Bytes signature, Pdb& pdb, std::string& reason);

}  // namespace pe
