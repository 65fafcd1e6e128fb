// What Windows' error codes and path forms mean. Plain numbers and text in, decisions out: no call of the system, so
// all of it is tested on every platform. Numbers: learn.microsoft.com, "System Error Codes", "Naming Files, Paths, and
// Namespaces".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace scanner::windows {

enum class Failure { missing, denied, locked, offline, other };
Failure classify_error(std::uint32_t code);
/// The reason in our words, the same as on other systems where there is one; empty for what only Windows can describe.
std::string_view describe_error(std::uint32_t code);

/// `C:\x` or `C:/x` without `.` and `..`: can be given to the file system as it is, however long, whatever its last
/// character.
bool is_plain_absolute(std::u16string_view path);
/// The root of a drive: `C:\`, `C:/` or `\\?\C:\`, in UTF-8. `absolute` is a full path.
bool is_drive_root(std::string_view absolute);
/// A device or a pipe, written to as it is: `\\.\NUL`, `\\.\pipe\x`. Files by way of a device (`\\.\C:\x`) are files.
bool is_device_path(std::u16string_view absolute);
/// The form without length limit and without rewriting of names: `\\?\C:\x`, `\\?\UNC\server\share\x`. `absolute` is a
/// full path; what is in such a form already, or names a device, stays.
std::u16string extended_form(std::u16string_view absolute);
/// For a 32-bit process on 64-bit Windows, where System32 shows SysWOW64: the same place below Sysnative. Other paths
/// stay.
std::u16string sysnative_form(std::u16string_view absolute, std::u16string_view windows_directory);

}  // namespace scanner::windows
