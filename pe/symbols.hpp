// Names and source lines for addresses: from the export table, from a linker's .map, and from a PDB. Driver developers
// have the last two beside their driver. Formats: pdb.hpp; .map as MSVC's and LLVM's linkers write it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pe/image.hpp"

namespace pe {

/// What symbols tell of a place in code.
struct CodePlace {
  std::uint32_t rva = 0;
  std::string name;        ///< "Function+0x1f", may be empty
  std::string file;        ///< source, as the compiler wrote it; may be empty
  std::uint32_t line = 0;  ///< 0: not known
};

struct Symbol {
  std::uint32_t rva = 0;
  std::string name;
};

struct SourceLine {
  std::string_view file;  ///< as the compiler wrote it; lives as long as the table
  std::uint32_t line = 0;
};

class SymbolTable {
 public:
  void add_exports(const Image& image);
  /// `text` of a .map file; lines of the form ` 0001:00000010  Name  0000000140001010`. False when there is none such.
  bool add_map(const Image& image, std::string_view text);
  /// Bytes of a PDB. False, with a reason, when it is none or belongs to another build of the image.
  bool add_pdb(const Image& image, Bytes file, std::string& reason);

  /// "Function" or "Function+0x1f" for an address in code; empty when no symbol lies in [`lowest`, `rva`]. `lowest` is
  /// the start of the function, so that a nameless function does not borrow its neighbour's name.
  [[nodiscard]] std::string name_of(std::uint32_t rva, std::uint32_t lowest) const;
  /// The source line that the code at `rva` was made from; nothing where no PDB tells.
  [[nodiscard]] std::optional<SourceLine> line_of(std::uint32_t rva) const;
  [[nodiscard]] bool empty() const { return symbols_.empty(); }
  void sort();

 private:
  struct Line {
    std::uint32_t rva = 0, file = 0, line = 0;  // line 0: none from here on
  };
  std::vector<Symbol> symbols_;  // ascending by RVA once sorted
  std::vector<Line> lines_;      // likewise
  std::vector<std::string> files_;
};

/// GUID and age of the image's CodeView record as 16 + 4 bytes; empty when it has none.
std::vector<std::uint8_t> pdb_signature(const Image& image);

}  // namespace pe
