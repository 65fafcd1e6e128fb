// The running Windows: SystemModuleInformation for what is loaded (EnumDeviceDrivers gives no names without elevation
// on current Windows), the registry for what is set up to start.
#include <windows.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "pe/bytes.hpp"
#include "scanner/loaded/system.hpp"
#include "scanner/platform/system_query_win32.hpp"
#include "scanner/platform/win32.hpp"

namespace scanner::loaded {
namespace {

// RTL_PROCESS_MODULE_INFORMATION, as the system fills it in.
struct Module {
  void* section;
  void* mapped_base;
  void* image_base;
  ULONG image_size, flags;
  USHORT load_order, init_order, load_count, name_offset;
  std::array<char, 256> full_path;
};

class Key {
 public:
  Key(HKEY parent, const wchar_t* name) {
    if (::RegOpenKeyExW(parent, name, 0, KEY_READ | KEY_WOW64_64KEY, &key_) != ERROR_SUCCESS) key_ = nullptr;
  }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() {
    if (key_ != nullptr) ::RegCloseKey(key_);
  }
  [[nodiscard]] HKEY get() const { return key_; }

  [[nodiscard]] bool number(const wchar_t* name, std::uint32_t& out) const {
    DWORD value = 0, size = sizeof value, type = 0;
    if (::RegQueryValueExW(key_, name, nullptr, &type, reinterpret_cast<BYTE*>(&value), &size) != ERROR_SUCCESS ||
        type != REG_DWORD)
      return false;
    out = value;
    return true;
  }

  /// The text as it is stored: %SystemRoot% stays, place_of() understands it.
  [[nodiscard]] std::string text(const wchar_t* name) const {
    DWORD size = 0, type = 0;
    if (::RegQueryValueExW(key_, name, nullptr, &type, nullptr, &size) != ERROR_SUCCESS ||
        (type != REG_SZ && type != REG_EXPAND_SZ))
      return {};
    std::wstring value(size / sizeof(wchar_t), L'\0');
    if (::RegQueryValueExW(key_, name, nullptr, &type, reinterpret_cast<BYTE*>(value.data()), &size) != ERROR_SUCCESS)
      return {};
    value.resize(std::min(value.find(L'\0'), value.size()));
    return win32::utf8(value);
  }

 private:
  HKEY key_ = nullptr;
};

/// The kernel writes names in the system's code page, whatever our manifest makes that of this process.
std::string from_code_page(const char* text) {
  DWORD code_page = CP_ACP;
  ::GetLocaleInfoEx(LOCALE_NAME_SYSTEM_DEFAULT, LOCALE_IDEFAULTANSICODEPAGE | LOCALE_RETURN_NUMBER,
                    reinterpret_cast<wchar_t*>(&code_page), sizeof code_page / sizeof(wchar_t));
  const int length = ::MultiByteToWideChar(code_page, 0, text, -1, nullptr, 0);
  std::wstring wide(static_cast<std::size_t>(length > 0 ? length : 0), L'\0');
  ::MultiByteToWideChar(code_page, 0, text, -1, wide.data(), length);
  wide.resize(std::min(wide.find(L'\0'), wide.size()));
  return win32::utf8(wide);
}

}  // namespace

std::vector<Driver> running_drivers() {
  constexpr unsigned kSystemModuleInformation = 11;
  const auto answer = win32::query_system(kSystemModuleInformation);
  if (!answer) return {};
  const pe::Bytes bytes{std::span<const std::uint8_t>(answer.value())};
  constexpr std::size_t kFirst = sizeof(void*);  // behind the count, aligned
  const std::size_t count = bytes.read<ULONG>(0).value_or(0);
  std::vector<Driver> drivers;
  for (std::size_t i = 0; i < count; ++i) {
    const auto module = bytes.read<Module>(kFirst + i * sizeof(Module));
    if (!module) break;
    std::array<char, 257> path{};
    std::memcpy(path.data(), module->full_path.data(), module->full_path.size());
    Driver driver;
    driver.image = from_code_page(path.data());
    driver.running = true;
    // The first is the kernel, which may go by a bare name.
    if (!driver.image.empty()) drivers.push_back(std::move(driver));
  }
  return drivers;
}

std::vector<Driver> configured_drivers() {
  std::vector<Driver> drivers;
  const Key services(HKEY_LOCAL_MACHINE, L"SYSTEM\\CurrentControlSet\\Services");
  if (services.get() == nullptr) return drivers;
  for (DWORD i = 0;; ++i) {
    std::array<wchar_t, 256> name{};  // longer than a key's name can be
    auto length = static_cast<DWORD>(name.size());
    if (::RegEnumKeyExW(services.get(), i, name.data(), &length, nullptr, nullptr, nullptr, nullptr) != ERROR_SUCCESS)
      break;
    const Key service(services.get(), name.data());
    std::uint32_t type = 0, start = 0;
    Driver driver;
    if (service.get() != nullptr && service.number(L"Type", type) && service.number(L"Start", start) &&
        driver_of_service(win32::utf8({name.data(), length}), type, start, service.text(L"ImagePath"), driver))
      drivers.push_back(std::move(driver));
  }
  return drivers;
}

std::string windows_directory() {
  std::array<wchar_t, MAX_PATH + 1> buffer{};
  const UINT length = ::GetSystemWindowsDirectoryW(buffer.data(), static_cast<UINT>(buffer.size()));
  return length < buffer.size() ? win32::utf8({buffer.data(), length}) : std::string();
}

std::string system_note() {
  BOOL wow64 = FALSE;
  if (::IsWow64Process(::GetCurrentProcess(), &wow64) == 0 || wow64 == FALSE) return {};
  return "poolwho: this is the 32-bit program on 64-bit Windows; System32 is read through Sysnative";
}

}  // namespace scanner::loaded
