// RtlGetVersion, because GetVersionEx tells old programs what they want to hear.
#include <windows.h>

#include <array>

#include "scanner/platform/host.hpp"
#include "scanner/platform/win32.hpp"

namespace scanner {

std::string host_name() {
  std::array<wchar_t, 256> name{};
  auto length = static_cast<DWORD>(name.size());
  return ::GetComputerNameExW(ComputerNameDnsHostname, name.data(), &length) != 0 ? win32::utf8({name.data(), length})
                                                                                  : std::string();
}

std::string os_name() {
  using RtlGetVersion = LONG(WINAPI*)(OSVERSIONINFOW*);
  const HMODULE ntdll = ::GetModuleHandleW(L"ntdll.dll");
  if (ntdll == nullptr) return "Windows";
  // Through void*: a FARPROC is not of the function's type, and both compilers say so.
  const auto get_version =
      reinterpret_cast<RtlGetVersion>(reinterpret_cast<void*>(::GetProcAddress(ntdll, "RtlGetVersion")));
  OSVERSIONINFOW version{};
  version.dwOSVersionInfoSize = sizeof version;
  if (get_version == nullptr || get_version(&version) != 0) return "Windows";
  return "Windows " + std::to_string(version.dwMajorVersion) + "." + std::to_string(version.dwMinorVersion) + "." +
         std::to_string(version.dwBuildNumber);
}

void keep_freed_memory() {}

}  // namespace scanner
