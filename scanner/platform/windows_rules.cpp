#include "scanner/platform/windows_rules.hpp"

#include <algorithm>

namespace scanner::windows {
namespace {

bool is_slash(char16_t c) { return c == u'\\' || c == u'/'; }

bool is_letter(char16_t c) { return (c >= u'A' && c <= u'Z') || (c >= u'a' && c <= u'z'); }

char16_t folded(char16_t c) {
  if (c == u'/') return u'\\';
  return c >= u'A' && c <= u'Z' ? static_cast<char16_t>(c + 32) : c;
}

bool starts_with_folded(std::u16string_view text, std::u16string_view prefix) {
  return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(),
                                                    [](char16_t a, char16_t b) { return folded(a) == folded(b); });
}

}  // namespace

Failure classify_error(std::uint32_t code) {
  switch (code) {
    case 2:    // FILE_NOT_FOUND
    case 3:    // PATH_NOT_FOUND
    case 15:   // INVALID_DRIVE
    case 53:   // BAD_NETPATH
    case 67:   // BAD_NET_NAME
    case 123:  // INVALID_NAME
      return Failure::missing;
    case 5:     // ACCESS_DENIED
    case 65:    // NETWORK_ACCESS_DENIED
    case 1314:  // PRIVILEGE_NOT_HELD
      return Failure::denied;
    case 32:    // SHARING_VIOLATION
    case 33:    // LOCK_VIOLATION
    case 1224:  // USER_MAPPED_FILE
      return Failure::locked;
    case 4350:  // FILE_OFFLINE
    case 4351:  // REMOTE_STORAGE_NOT_ACTIVE
      return Failure::offline;
    default: break;
  }
  return code >= 358 && code <= 404 ? Failure::offline : Failure::other;  // CLOUD_FILE_…
}

std::string_view describe_error(std::uint32_t code) {
  switch (classify_error(code)) {
    case Failure::missing: return "no such file or directory";
    case Failure::denied: return "permission denied (run as an administrator)";
    case Failure::locked: return "is locked by another process";
    case Failure::offline: return "lives in the cloud or on tape and cannot be fetched now";
    case Failure::other: break;
  }
  if (code == 225) return "the virus scanner does not let it be read";
  if (code == 21) return "the drive is not ready";
  return {};
}

bool is_plain_absolute(std::u16string_view path) {
  if (path.size() < 3 || !is_letter(path[0]) || path[1] != u':' || !is_slash(path[2])) return false;
  for (std::size_t at = 3; at <= path.size();) {
    const auto end = static_cast<std::size_t>(
        std::find_if(path.begin() + static_cast<std::ptrdiff_t>(at), path.end(), is_slash) - path.begin());
    const std::u16string_view part = path.substr(at, end - at);
    if (part == u"." || part == u".." || (part.empty() && end < path.size())) return false;
    at = end + 1;
  }
  return true;
}

bool is_drive_root(std::string_view absolute) {
  const auto slash = [](char c) { return c == '\\' || c == '/'; };
  if (absolute.size() == 7 && slash(absolute[0]) && slash(absolute[1]) && (absolute[2] == '?' || absolute[2] == '.') &&
      slash(absolute[3]))
    absolute.remove_prefix(4);
  return absolute.size() == 3 && is_letter(static_cast<unsigned char>(absolute[0])) && absolute[1] == ':' &&
         slash(absolute[2]);
}

bool is_device_path(std::u16string_view absolute) {
  if (!starts_with_folded(absolute, u"\\\\.\\")) return false;
  absolute.remove_prefix(4);
  return !(absolute.size() >= 3 && is_letter(absolute[0]) && absolute[1] == u':' && is_slash(absolute[2]));
}

std::u16string extended_form(std::u16string_view absolute) {
  std::u16string path(absolute);
  std::replace(path.begin(), path.end(), u'/', u'\\');
  if (path.starts_with(u"\\\\?\\") || path.starts_with(u"\\\\.\\")) return path;
  if (path.starts_with(u"\\\\")) return u"\\\\?\\UNC\\" + path.substr(2);
  if (path.size() >= 2 && is_letter(path[0]) && path[1] == u':') return u"\\\\?\\" + path;
  return path;
}

std::u16string sysnative_form(std::u16string_view absolute, std::u16string_view windows_directory) {
  std::u16string system32(windows_directory);
  if (!system32.empty() && is_slash(system32.back())) system32.pop_back();
  const std::size_t windows_length = system32.size();
  system32 += u"\\System32";
  if (!starts_with_folded(absolute, system32)) return std::u16string(absolute);
  const std::u16string_view rest = absolute.substr(system32.size());
  if (!rest.empty() && !is_slash(rest.front())) return std::u16string(absolute);  // System32Backup
  return std::u16string(absolute.substr(0, windows_length)) + u"\\Sysnative" + std::u16string(rest);
}

}  // namespace scanner::windows
