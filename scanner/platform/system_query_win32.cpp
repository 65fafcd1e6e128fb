#include "scanner/platform/system_query_win32.hpp"

#include <windows.h>

#include "scanner/platform/system_query.hpp"

namespace scanner::win32 {

pe::Result<std::vector<std::uint8_t>> query_system(unsigned information_class) {
  using Query = LONG(WINAPI*)(ULONG, void*, ULONG, ULONG*);
  const HMODULE ntdll = ::GetModuleHandleW(L"ntdll.dll");
  const auto query =
      ntdll == nullptr
          ? nullptr
          : reinterpret_cast<Query>(reinterpret_cast<void*>(::GetProcAddress(ntdll, "NtQuerySystemInformation")));
  if (query == nullptr) return pe::Error{pe::Fault::unreadable, "this system has no NtQuerySystemInformation"};
  return ask_system(
      [&](std::uint8_t* buffer, std::uint32_t size, std::uint32_t& needed) {
        ULONG length = 0;
        const LONG status = query(information_class, buffer, size, &length);
        needed = length;
        return static_cast<std::int32_t>(status);
      },
      information_class);
}

}  // namespace scanner::win32
