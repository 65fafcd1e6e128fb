// Paths and errors as the calls of Windows want and give them.
#include <windows.h>

#include <array>

#include "scanner/platform/win32.hpp"
#include "scanner/platform/windows_rules.hpp"

namespace scanner::win32 {
namespace {

/// The Windows folder when System32 is not the real one for this process, else empty.
std::u16string redirected_windows_directory() {
  BOOL wow64 = FALSE;
  if (::IsWow64Process(::GetCurrentProcess(), &wow64) == 0 || wow64 == FALSE) return {};
  std::array<wchar_t, MAX_PATH + 1> buffer{};
  const UINT length = ::GetSystemWindowsDirectoryW(buffer.data(), static_cast<UINT>(buffer.size()));
  return std::u16string(as_utf16({buffer.data(), length}));
}

}  // namespace

std::wstring api_path(std::string_view path) {
  static const std::u16string redirected = redirected_windows_directory();
  std::u16string full = pe::utf16_from_utf8(path);
  if (!windows::is_plain_absolute(full)) {
    const std::wstring given = wide(full);
    std::wstring buffer(::GetFullPathNameW(given.c_str(), 0, nullptr, nullptr), L'\0');
    buffer.resize(::GetFullPathNameW(given.c_str(), static_cast<DWORD>(buffer.size()), buffer.data(), nullptr));
    if (!buffer.empty()) full = as_utf16(buffer);
  }
  if (!redirected.empty()) full = windows::sysnative_form(full, redirected);
  return wide(windows::extended_form(full));
}

std::string describe_error(DWORD code) {
  if (const auto ours = windows::describe_error(code); !ours.empty()) return std::string(ours);
  wchar_t* text = nullptr;
  const DWORD length =
      ::FormatMessageW(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
                       nullptr, code, 0, reinterpret_cast<wchar_t*>(&text), 0, nullptr);
  std::string message = text != nullptr ? utf8({text, length}) : std::string();
  ::LocalFree(text);
  while (!message.empty() && std::string_view("\r\n .").find(message.back()) != std::string_view::npos)
    message.pop_back();
  return message.empty() ? "error " + std::to_string(code) : message + " (error " + std::to_string(code) + ")";
}

}  // namespace scanner::win32
