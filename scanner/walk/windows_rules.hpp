// What Windows' attribute bits, reparse tags, error codes and path forms mean for the walk. Plain numbers and text in,
// decisions out: no call of the system, so all of it is tested on every platform. Numbers: learn.microsoft.com, "File
// Attribute Constants", "Reparse Point Tags", "System Error Codes", "Naming Files, Paths, and Namespaces".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

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

enum class Failure { missing, denied, locked, offline, other };
Failure classify_error(std::uint32_t code);
/// The reason in our words, the same as on other systems where there is one; empty for what only Windows can describe.
std::string_view describe_error(std::uint32_t code);

/// `C:\x` or `C:/x` without `.` and `..`: can be given to the file system as it is, however long, whatever its last
/// character.
bool is_plain_absolute(std::u16string_view path);
/// The form without length limit and without rewriting of names: `\\?\C:\x`, `\\?\UNC\server\share\x`. `absolute` is a
/// full path; what is in such a form already, or names a device, stays.
std::u16string extended_form(std::u16string_view absolute);
/// For a 32-bit process on 64-bit Windows, where System32 shows SysWOW64: the same place below Sysnative. Other paths
/// stay.
std::u16string sysnative_form(std::u16string_view absolute, std::u16string_view windows_directory);

}  // namespace scanner::walk::windows
