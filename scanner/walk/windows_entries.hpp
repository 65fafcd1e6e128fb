// What Windows' attribute bits and reparse tags mean for the walk. Plain numbers in, decisions out: no call of the
// system, so all of it is tested on every platform. Numbers: learn.microsoft.com, "File Attribute Constants", "Reparse
// Point Tags".
#pragma once

#include <cstdint>

#include "scanner/walk/walk.hpp"

namespace scanner::walk::windows {

struct Classified {
  DirectoryEntry::Kind kind = DirectoryEntry::Kind::file;
  bool offline = false;
};

/// `reparse_tag` counts only when the attributes say that there is one; 0 means the file system did not tell.
/// `enumerated`: from a directory listing. One bit means "recall on open" there and "has extended attributes"
/// elsewhere.
Classified classify(std::uint32_t attributes, std::uint32_t reparse_tag, bool enumerated);

/// The number of a file on its volume as `DirectoryEntry::inode` has it, 0 for not known. All ones is what file systems
/// answer whose numbers are longer than 64 bits (ReFS): the same for many files, so it tells nothing.
std::uint64_t file_id(std::uint64_t told);

}  // namespace scanner::walk::windows
