// The registry of a volume that is not running.
#include <doctest/doctest.h>

#include "scanner/loaded/driver_list.hpp"
#include "scanner/loaded/system.hpp"
#include "tests/unit/files.hpp"

using namespace scanner::loaded;  // NOLINT(google-build-using-namespace)

TEST_CASE("the SYSTEM hive of a volume") {
  const std::string path = TEST_HIVE;
  if (!hives_supported()) {
    CHECK_FALSE(drivers_of_hive("/nowhere"));
    return;
  }
  auto list = drivers_of_hive(path);
  REQUIRE(list);
  const auto find = [&list](std::string_view image) -> const Driver* {
    for (const Driver& driver : list.value()) {
      if (driver.image == image) return &driver;
    }
    return nullptr;
  };
  CHECK(list.value().size() == 4);                               // neither the Win32 service nor the disabled one
  REQUIRE(find("System32\\drivers\\netsample.sys") != nullptr);  // no ImagePath
  CHECK_FALSE(find("System32\\drivers\\netsample.sys")->configured);
  REQUIRE(find("system32\\DRIVERS\\FltSample.sys") != nullptr);
  CHECK(find("system32\\DRIVERS\\FltSample.sys")->configured);
  CHECK(find("\\?\?\\C:\\Users\\Helpdesk\\Desktop\\notmyfault\\myfault.sys") != nullptr);
  CHECK(find("\\SystemRoot\\gr\xC3\xB6\xC3\x9F"
             "e.sys") != nullptr);
  CHECK_FALSE(drivers_of_hive(sample_driver()));
  CHECK_FALSE(drivers_of_hive("/nowhere"));
}
