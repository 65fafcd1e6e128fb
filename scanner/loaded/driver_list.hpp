// Which drivers a machine runs, or is set up to run: from lists that people send (driverquery, msinfo32, WinDbg), from
// the running system, or from the registry of a volume. They are the likeliest owners, so they are searched first and
// marked in the ranking.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pe/result.hpp"

namespace scanner::loaded {

/// No list, and no driver on it, has more bytes.
inline constexpr std::uint64_t kMostList = 64ULL << 20;

struct Driver {
  std::string image;        ///< as the source has it: a path in one of Windows' forms, a file name, or only its stem
  bool running = false;     ///< loaded when the list was made
  bool configured = false;  ///< starts with the system: boot, system or automatic start
  bool gone = false;        ///< was loaded once and unloaded before the list was made
  std::uint32_t size = 0;   ///< SizeOfImage of what is loaded, 0 where the list does not tell
  std::uint32_t stamp = 0;  ///< TimeDateStamp of what is loaded, 0 where the list does not tell
};

/// Where an image lies, independent of drive letters.
struct Place {
  enum class Base {
    windows,  ///< below the Windows folder
    volume,   ///< below the root of a volume
    name      ///< unknown: only a file name, or its stem
  };
  Base base = Base::name;
  std::string relative;  ///< with forward slashes, letter case as written
};

/// Understands `\SystemRoot\…`, `%SystemRoot%\…`, `System32\…`, `\??\C:\…`, `C:\…`, `\Device\HarddiskVolume1\…`.
Place place_of(std::string_view image);

/// The list in `file`, whose kind and encoding are recognised by its content: `driverquery /fo csv` (with /v it has
/// paths), a text report of msinfo32, WinDbg's `lm` in any of its forms, or a small memory dump. An error when it holds
/// no driver.
pe::Result<std::vector<Driver>> read_driver_list(std::span<const std::uint8_t> file);

/// The image of a service that does not name one.
std::string default_image(std::string_view service);

/// Answers for a path found on a disk whether it is in the list.
class Index {
 public:
  Index() = default;
  explicit Index(const std::vector<Driver>& drivers);
  /// Null when the list does not name it. Paths are compared without case, by the part both sides know. Stores of
  /// packages (WinSxS, DriverStore) hold copies that are not what is loaded: a bare name does not match there.
  [[nodiscard]] const Driver* find(std::string_view path) const;
  /// By the name of the file alone, wherever it was loaded from.
  [[nodiscard]] const Driver* find_name(std::string_view name) const;
  [[nodiscard]] bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    Driver driver;
    std::string tail;  ///< folded: "/system32/drivers/x.sys", "/x.sys" or "/x"
    bool name_only = false;
  };
  std::vector<Entry> entries_;
};

}  // namespace scanner::loaded
