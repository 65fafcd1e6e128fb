// The Windows half of the walk. Directories are listed by handle, which gives attributes, reparse tag and file id of
// every entry in one call and opens none of them: whether a file would have to be fetched from the cloud is known
// before it is touched. Files are opened so that nobody is kept from writing, renaming or deleting them. What the bits
// and codes mean is decided in windows_entries.cpp.
#include <windows.h>

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "scanner/platform/win32.hpp"
#include "scanner/platform/windows_rules.hpp"
#include "scanner/walk/walk.hpp"
#include "scanner/walk/windows_entries.hpp"

namespace scanner::walk {
namespace {

constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

std::uint64_t joined(DWORD high, DWORD low) { return std::uint64_t{high} << 32 | low; }

/// Windows counts tenths of microseconds since 1601; 0 stays 0, which means not known.
std::int64_t unix_nanoseconds(std::uint64_t file_time) {
  constexpr std::uint64_t kUnixEpoch = 116'444'736'000'000'000;
  return file_time > kUnixEpoch ? static_cast<std::int64_t>((file_time - kUnixEpoch) * 100) : 0;
}

std::int64_t unix_nanoseconds(const FILETIME& time) {
  return unix_nanoseconds(joined(time.dwHighDateTime, time.dwLowDateTime));
}

constexpr std::uint64_t kLinksUnknown = 2;  // listings tell no link counts: any file may have another name

void fill(DirectoryEntry& entry, DWORD attributes, DWORD tag, bool enumerated) {
  const windows::Classified classified = windows::classify(attributes, tag, enumerated);
  entry.kind = classified.kind;
  entry.offline = classified.offline;
}

bool is_dots(std::wstring_view name) { return name == L"." || name == L".."; }

/// Serial number of the volume, the same for every entry: other volumes hang below reparse points.
std::uint64_t volume_of(HANDLE directory) {
  BY_HANDLE_FILE_INFORMATION information{};
  return ::GetFileInformationByHandle(directory, &information) != 0 ? information.dwVolumeSerialNumber : 0;
}

/// Lists by handle. ERROR_SUCCESS, or the error of the first call that failed.
DWORD list_by_handle(const std::wstring& path, std::vector<DirectoryEntry>& entries) {
  const win32::Handle directory(::CreateFileW(path.c_str(), FILE_LIST_DIRECTORY, kShareAll, nullptr, OPEN_EXISTING,
                                              FILE_FLAG_BACKUP_SEMANTICS, nullptr));
  if (!directory) return ::GetLastError();
  const std::uint64_t volume = volume_of(directory.get());
  constexpr std::size_t kBuffer = 64 << 10;
  std::vector<LONGLONG> buffer(kBuffer / sizeof(LONGLONG));  // records are aligned to eight bytes
  auto* const bytes = reinterpret_cast<std::uint8_t*>(buffer.data());
  while (::GetFileInformationByHandleEx(directory.get(), FileIdBothDirectoryInfo, bytes, kBuffer) != 0) {
    for (std::size_t at = 0;;) {
      const auto* record = reinterpret_cast<const FILE_ID_BOTH_DIR_INFO*>(bytes + at);
      const std::wstring_view name(record->FileName, record->FileNameLength / sizeof(wchar_t));
      if (!is_dots(name)) {
        DirectoryEntry entry;
        entry.name = win32::utf8(name);
        // For reparse points the field of the extended attributes' size holds the tag.
        fill(entry, record->FileAttributes, record->EaSize, true);
        entry.size = static_cast<std::uint64_t>(record->EndOfFile.QuadPart);
        entry.device = volume;
        entry.inode = windows::file_id(static_cast<std::uint64_t>(record->FileId.QuadPart));
        entry.links = kLinksUnknown;
        entry.modified = unix_nanoseconds(static_cast<std::uint64_t>(record->LastWriteTime.QuadPart));
        entries.push_back(std::move(entry));
      }
      if (record->NextEntryOffset == 0) break;
      at += record->NextEntryOffset;
    }
  }
  const DWORD code = ::GetLastError();
  return code == ERROR_NO_MORE_FILES || code == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : code;
}

void fill(DirectoryEntry& entry, const WIN32_FIND_DATAW& data) {
  fill(entry, data.dwFileAttributes, data.dwReserved0, true);
  entry.size = joined(data.nFileSizeHigh, data.nFileSizeLow);
  entry.modified = unix_nanoseconds(data.ftLastWriteTime);
}

/// The way of old file servers, which know no file ids.
DWORD list_by_name(const std::wstring& path, std::vector<DirectoryEntry>& entries) {
  const std::wstring pattern = path + (path.back() == L'\\' ? L"*" : L"\\*");
  WIN32_FIND_DATAW data{};
  HANDLE find = ::FindFirstFileExW(pattern.c_str(), FindExInfoBasic, &data, FindExSearchNameMatch, nullptr, 0);
  if (find == INVALID_HANDLE_VALUE) return ::GetLastError();
  do {
    if (is_dots(data.cFileName)) continue;
    DirectoryEntry entry;
    entry.name = win32::utf8(data.cFileName);
    fill(entry, data);
    entries.push_back(std::move(entry));
  } while (::FindNextFileW(find, &data) != 0);
  const DWORD code = ::GetLastError();
  ::FindClose(find);
  return code == ERROR_NO_MORE_FILES ? ERROR_SUCCESS : code;
}

}  // namespace

std::string native_form(const std::string& path) {
  std::string out = path;
  std::replace(out.begin(), out.end(), '/', '\\');
  return out;
}

bool list_directory(const std::string& path, std::vector<DirectoryEntry>& entries, std::string& error, bool& denied) {
  const std::wstring wide = win32::api_path(path);
  DWORD code = list_by_handle(wide, entries);
  if (code == ERROR_INVALID_PARAMETER || code == ERROR_NOT_SUPPORTED || code == ERROR_INVALID_LEVEL ||
      code == ERROR_INVALID_FUNCTION) {
    entries.clear();
    code = list_by_name(wide, entries);
  }
  if (code != ERROR_SUCCESS) {
    denied = scanner::windows::classify_error(code) == scanner::windows::Failure::denied;
    error = win32::describe_error(code);
    return false;
  }
  std::sort(entries.begin(), entries.end(),
            [](const DirectoryEntry& a, const DirectoryEntry& b) { return a.name < b.name; });
  return true;
}

bool inspect(const std::string& path, DirectoryEntry& entry, std::string& error) {
  const std::wstring wide = win32::api_path(path);
  WIN32_FILE_ATTRIBUTE_DATA data{};
  if (::GetFileAttributesExW(wide.c_str(), GetFileExInfoStandard, &data) == 0) {
    const DWORD code = ::GetLastError();
    // pagefile.sys cannot be opened even for its attributes; its directory entry tells.
    WIN32_FIND_DATAW found{};
    const HANDLE find = scanner::windows::classify_error(code) == scanner::windows::Failure::locked
                            ? ::FindFirstFileW(wide.c_str(), &found)
                            : INVALID_HANDLE_VALUE;
    if (find == INVALID_HANDLE_VALUE) {
      error = win32::describe_error(code);
      return false;
    }
    ::FindClose(find);
    fill(entry, found);
    return true;
  }
  fill(entry, data.dwFileAttributes, 0, false);
  entry.size = joined(data.nFileSizeHigh, data.nFileSizeLow);
  entry.modified = unix_nanoseconds(data.ftLastWriteTime);
  if (entry.offline) return true;  // not to be opened
  // Without access rights a handle still tells identity and, through links, what they lead to.
  const win32::Handle file(
      ::CreateFileW(wide.c_str(), 0, kShareAll, nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr));
  if (!file) {
    if ((data.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) == 0) return true;
    error = win32::describe_error(::GetLastError());  // a link to nowhere
    return false;
  }
  BY_HANDLE_FILE_INFORMATION information{};
  if (::GetFileType(file.get()) != FILE_TYPE_DISK) {
    entry.kind = DirectoryEntry::Kind::special;
  } else if (::GetFileInformationByHandle(file.get(), &information) != 0) {
    // Behind a link now: its own reparse bit would only be one that no link stands for.
    fill(entry, information.dwFileAttributes & ~static_cast<DWORD>(FILE_ATTRIBUTE_REPARSE_POINT), 0, false);
    entry.size = joined(information.nFileSizeHigh, information.nFileSizeLow);
    entry.device = information.dwVolumeSerialNumber;
    entry.inode = windows::file_id(joined(information.nFileIndexHigh, information.nFileIndexLow));
    entry.links = information.nNumberOfLinks;
    entry.modified = unix_nanoseconds(information.ftLastWriteTime);
  }
  return true;
}

std::string absolute_path(const std::string& path) {
  const std::wstring given = win32::wide(path);
  std::wstring buffer(::GetFullPathNameW(given.c_str(), 0, nullptr, nullptr), L'\0');
  buffer.resize(::GetFullPathNameW(given.c_str(), static_cast<DWORD>(buffer.size()), buffer.data(), nullptr));
  std::string text = buffer.empty() ? path : win32::utf8(buffer);
  std::replace(text.begin(), text.end(), '\\', '/');
  constexpr std::size_t kDrive = 3;  // "C:/" keeps its slash
  while (text.size() > kDrive && text.ends_with('/')) text.pop_back();
  return text;
}

pe::Result<std::size_t> read_file(const std::string& path, std::uint64_t max_size, Skipped& skipped, FileBytes& bytes,
                                  Content content, const std::function<void(std::size_t)>& more) {
  const auto failed = [&skipped](DWORD code) {
    if (scanner::windows::classify_error(code) == scanner::windows::Failure::locked) ++skipped.locked;
    return pe::Error{pe::Fault::unreadable, win32::describe_error(code)};
  };
  const win32::Handle file(::CreateFileW(win32::api_path(path).c_str(), GENERIC_READ, kShareAll, nullptr, OPEN_EXISTING,
                                         FILE_FLAG_SEQUENTIAL_SCAN, nullptr));
  if (!file) return failed(::GetLastError());
  if (::GetFileType(file.get()) != FILE_TYPE_DISK) return pe::Error{pe::Fault::unreadable, "is not a regular file"};
  LARGE_INTEGER size{};
  if (::GetFileSizeEx(file.get(), &size) == 0) return failed(::GetLastError());
  if (static_cast<std::uint64_t>(size.QuadPart) > max_size) {
    ++skipped.too_large;
    return pe::Error{pe::Fault::unreadable, "is larger than --max-filesize"};
  }
  auto length = static_cast<std::size_t>(size.QuadPart);
  if (content == Content::head) length = std::min(length, kHead);
  if (content == Content::image && length > kSmallFile) {
    std::array<std::uint8_t, 2> head{};
    DWORD count = 0;
    if (::ReadFile(file.get(), head.data(), static_cast<DWORD>(head.size()), &count, nullptr) == 0)
      return failed(::GetLastError());
    if (count == head.size() && (head[0] != 'M' || head[1] != 'Z')) {
      bytes.assign(head.begin(), head.end());
      return head.size();
    }
    if (::SetFilePointerEx(file.get(), LARGE_INTEGER{}, nullptr, FILE_BEGIN) == 0) return failed(::GetLastError());
  }
  // In powers of two, and without copying what is in the buffer: first touches of memory are dear.
  if (bytes.size() < length) {
    FileBytes().swap(bytes);
    bytes.resize(std::bit_ceil(std::max(length, kSmallFile)));
  }
  std::size_t got = 0;
  while (got < length) {
    constexpr std::size_t kMost = 64U << 20;
    DWORD count = 0;
    const auto wanted = static_cast<DWORD>(std::min(more ? kPiece : kMost, length - got));
    if (::ReadFile(file.get(), bytes.data() + got, wanted, &count, nullptr) == 0) return failed(::GetLastError());
    if (count == 0) break;  // it shrank while we read
    got += count;
    if (more) more(got);
  }
  return got;
}

}  // namespace scanner::walk
