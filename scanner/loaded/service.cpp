// What the registry's numbers say about a service; the same for the running system and for a hive.
#include "scanner/loaded/system.hpp"

namespace scanner::loaded {

bool driver_of_service(std::string_view name, std::uint32_t type, std::uint32_t start, std::string_view image_path,
                       Driver& driver) {
  constexpr std::uint32_t kKernelDriver = 1, kFileSystemDriver = 2;  // SERVICE_…_DRIVER
  constexpr std::uint32_t kAutoStart = 2, kDisabled = 4;             // 0 boot, 1 system, 2 auto, 3 demand
  if ((type & (kKernelDriver | kFileSystemDriver)) == 0 || start >= kDisabled) return false;
  driver.image = image_path.empty() ? default_image(name) : std::string(image_path);
  driver.running = false;
  driver.configured = start <= kAutoStart;
  return true;
}

}  // namespace scanner::loaded
