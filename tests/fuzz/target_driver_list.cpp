// Any bytes as a list of loaded drivers (driverquery, msinfo32, WinDbg) and as a path in one of Windows' forms.
#include "scanner/loaded/driver_list.hpp"
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace scanner::loaded;
  const auto list = read_driver_list({data, size});
  if (!list) {
    if (list.error().message.empty()) fuzz::fail("a refusal without a reason");
    return 0;
  }
  if (list.value().empty()) fuzz::fail("a list of nothing");
  const Index index(list.value());
  for (const Driver& driver : list.value()) {
    const Place place = place_of(driver.image);
    if (place.base == Place::Base::name && place.relative.find('/') != std::string::npos)
      fuzz::fail("a name with folders");
    fuzz::keep(index.find("/mnt/c/Windows/" + place.relative) != nullptr ? 1 : 0);
  }
  return 0;
}
