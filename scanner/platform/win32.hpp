// For the *_win32.cpp files only: text between UTF-8 and the wide calls, handles that close themselves, and what the
// system calls an error.
#pragma once

#include <windows.h>

#include <string>
#include <string_view>

#include "pe/text.hpp"

namespace scanner::win32 {

static_assert(sizeof(wchar_t) == sizeof(char16_t));

inline std::u16string_view as_utf16(std::wstring_view text) {
  return {reinterpret_cast<const char16_t*>(text.data()), text.size()};
}
inline std::wstring wide(std::u16string_view text) {
  return {reinterpret_cast<const wchar_t*>(text.data()), text.size()};
}
inline std::wstring wide(std::string_view text) { return wide(pe::utf16_from_utf8(text)); }
inline std::string utf8(std::wstring_view text) { return pe::utf8_from_utf16(as_utf16(text)); }

class Handle {
 public:
  explicit Handle(HANDLE handle) : handle_(handle) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (*this) ::CloseHandle(handle_);
  }
  [[nodiscard]] HANDLE get() const { return handle_; }
  explicit operator bool() const { return handle_ != INVALID_HANDLE_VALUE && handle_ != nullptr; }

 private:
  HANDLE handle_;
};

/// The path as the wide calls want it: absolute, without length limit, System32 meaning the real one.
std::wstring api_path(std::string_view path);
/// Our words where we have some, else the system's, without the line end.
std::string describe_error(DWORD code);

}  // namespace scanner::win32
