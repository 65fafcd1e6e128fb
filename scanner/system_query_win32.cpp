#include "scanner/system_query_win32.hpp"

#include <windows.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace scanner::win32 {

pe::Result<std::vector<std::uint8_t>> query_system(unsigned information_class) {
  using Query = LONG(WINAPI*)(ULONG, void*, ULONG, ULONG*);
  constexpr auto kLengthMismatch = static_cast<LONG>(0xC0000004);
  constexpr auto kInvalidClass = static_cast<LONG>(0xC0000003);
  constexpr auto kNotImplemented = static_cast<LONG>(0xC0000002);
  constexpr auto kAccessDenied = static_cast<LONG>(0xC0000022);
  constexpr ULONG kMost = 256U << 20;
  const HMODULE ntdll = ::GetModuleHandleW(L"ntdll.dll");
  const auto query =
      ntdll == nullptr
          ? nullptr
          : reinterpret_cast<Query>(reinterpret_cast<void*>(::GetProcAddress(ntdll, "NtQuerySystemInformation")));
  if (query == nullptr) return pe::Error{pe::Fault::unreadable, "this system has no NtQuerySystemInformation"};
  for (ULONG size = 256U << 10; size <= kMost;) {
    std::vector<std::uint8_t> buffer(size);
    ULONG needed = 0;
    const LONG status = query(information_class, buffer.data(), size, &needed);
    if (status >= 0) {
      if (needed != 0 && needed < buffer.size()) buffer.resize(needed);
      return buffer;
    }
    if (status == kInvalidClass || status == kNotImplemented)
      return pe::Error{pe::Fault::unreadable, "this system does not tell (information class " +
                                                  std::to_string(information_class) + " is not there)"};
    if (status == kAccessDenied) return pe::Error{pe::Fault::unreadable, "permission denied (run as an administrator)"};
    if (status != kLengthMismatch) {
      std::array<char, 48> text{};
      std::snprintf(text.data(), text.size(), "the system refused (status 0x%08lx)",
                    static_cast<unsigned long>(status));
      return pe::Error{pe::Fault::unreadable, text.data()};
    }
    size = std::max(size * 2, needed + (64U << 10));
  }
  return pe::Error{pe::Fault::unreadable, "the answer does not fit into 256 MiB"};
}

}  // namespace scanner::win32
