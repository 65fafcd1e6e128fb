// Lists of drivers as support people get them, and the registry of a volume.
#include "scanner/loaded/driver_list.hpp"

#include <doctest/doctest.h>

#include "pe/text.hpp"
#include "scanner/loaded/system.hpp"
#include "tests/unit/files.hpp"

using namespace scanner::loaded;  // NOLINT(google-build-using-namespace)

namespace {

std::vector<std::uint8_t> bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

/// As msinfo32 writes it: UTF-16LE with a mark.
std::vector<std::uint8_t> utf16_of(std::string_view text) {
  std::vector<std::uint8_t> out = {0xFF, 0xFE};
  for (const char16_t unit : pe::utf16_from_utf8(text)) {
    out.push_back(static_cast<std::uint8_t>(unit));
    out.push_back(static_cast<std::uint8_t>(unit >> 8));
  }
  return out;
}

std::vector<Driver> read(const std::vector<std::uint8_t>& file) {
  auto list = read_driver_list(file);
  REQUIRE(list);
  return list.value();
}

}  // namespace

TEST_CASE("places") {
  const auto is = [](std::string_view image, Place::Base base, std::string_view relative) {
    const Place place = place_of(image);
    CAPTURE(image);
    CHECK(place.base == base);
    CHECK(place.relative == relative);
  };
  using Base = Place::Base;
  is("\\SystemRoot\\System32\\drivers\\a.sys", Base::windows, "System32/drivers/a.sys");
  is("%SystemRoot%\\system32\\a.sys", Base::windows, "system32/a.sys");
  is("system32\\DRIVERS\\a.sys", Base::windows, "system32/DRIVERS/a.sys");
  is("\\?\?\\C:\\Program Files\\X\\a.sys", Base::volume, "Program Files/X/a.sys");
  is("\"C:\\X Y\\a.sys\"", Base::volume, "X Y/a.sys");
  is("C:\\Windows\\a.sys", Base::volume, "Windows/a.sys");
  is("\\Device\\HarddiskVolume3\\Tools\\a.sys", Base::volume, "Tools/a.sys");
  is("\\WINDOWS\\system32\\ntoskrnl.exe", Base::volume, "WINDOWS/system32/ntoskrnl.exe");
  is("a.sys", Base::name, "a.sys");
  is("tcpip", Base::name, "tcpip");
  CHECK(default_image("Beep") == "System32\\drivers\\Beep.sys");
}

TEST_CASE("driverquery") {
  const auto plain =
      read(bytes_of("\"Module Name\",\"Display Name\",\"Driver Type\",\"Link Date\"\r\n"
                    "\"1394ohci\",\"OHCI \"\"Host\"\" Controller\",\"Kernel \",\"\"\r\n"
                    "\"ACPI\",\"Microsoft ACPI Driver\",\"Kernel \",\"5/7/2019 10:11:12 AM\"\r\n"));
  REQUIRE(plain.size() == 2);
  CHECK(plain[0].image == "1394ohci");
  CHECK(plain[1].image == "ACPI");
  CHECK_FALSE(plain[0].running);
  const auto verbose = read(bytes_of(
      "\"Module Name\",\"Display Name\",\"Description\",\"Driver Type\",\"Start Mode\",\"State\",\"Status\",\"Accept "
      "Stop\","
      "\"Accept Pause\",\"Paged Pool(bytes)\",\"Code(bytes)\",\"BSS(bytes)\",\"Link Date\",\"Path\",\"Init(bytes)\"\r\n"
      "\"ACPI\",\"ACPI Driver\",\"ACPI, Driver\",\"Kernel "
      "\",\"Boot\",\"Running\",\"OK\",\"TRUE\",\"FALSE\",\"118,784\","
      "\"471,040\",\"0\",\"\",\"C:\\WINDOWS\\system32\\drivers\\ACPI.sys\",\"16,384\"\r\n"
      "\"ebdrv\",\"X\",\"X\",\"Kernel \",\"Manual\",\"Stopped\",\"OK\",\"FALSE\",\"FALSE\",\"0\",\"0\",\"0\",\"\","
      "\"C:\\WINDOWS\\system32\\drivers\\evbda.sys\",\"4,096\"\r\n"));
  REQUIRE(verbose.size() == 2);
  CHECK(verbose[0].image == "C:\\WINDOWS\\system32\\drivers\\ACPI.sys");
  CHECK(verbose[0].running);
  CHECK(verbose[0].configured);
  CHECK(verbose[1].image == "C:\\WINDOWS\\system32\\drivers\\evbda.sys");
  CHECK_FALSE(verbose[1].running);
  CHECK_FALSE(verbose[1].configured);
}

TEST_CASE("msinfo32") {
  const std::string text =
      "System Information report written at: 01/02/24 03:04:05\r\n[System Drivers]\r\n\r\n"
      "Name\tDescription\tFile\tType\tStarted\tStart Mode\tState\tStatus\tError Control\tAccept Pause\tAccept Stop\r\n"
      "ahcache\tCache\tc:\\windows\\system32\\drivers\\ahcache.sys\tKernel "
      "Driver\tYes\tSystem\tRunning\tOK\tNormal\tNo\tYes\r\n"
      "old\tOld one\tc:\\windows\\system32\\drivers\\old.sys\tKernel "
      "Driver\tNo\tManual\tStopped\tOK\tIgnore\tNo\tNo\r\n"
      "gone\tGone\tNot Available\tKernel Driver\tNo\tManual\tStopped\tOK\tIgnore\tNo\tNo\r\n"
      "[Services]\r\nSpooler\tPrint\tRunning\tAuto\tc:\\windows\\system32\\spoolsv.exe\r\n";
  const auto wide = read(utf16_of(text));
  REQUIRE(wide.size() == 2);
  CHECK(wide[0].image == "c:\\windows\\system32\\drivers\\ahcache.sys");
  CHECK(wide[0].running);
  CHECK(wide[0].configured);
  CHECK_FALSE(wide[1].running);
  CHECK(read(bytes_of(text)).size() == 2);
}

TEST_CASE("WinDbg: lm, lm f, lmv; what was unloaded is not loaded") {
  const auto list =
      read(bytes_of("start             end                 module name\n"
                    "fffff801`1b600000 fffff801`1c646000   nt         (pdb symbols)          "
                    "c:\\symbols\\ntkrnlmp.pdb\\1\\ntkrnlmp.pdb\n"
                    "fffff801`21b00000 fffff801`21b11000   myfault    (deferred)             \n"
                    "fffff801`22000000 fffff801`22010000   tcpip      \\SystemRoot\\System32\\drivers\\tcpip.sys\n"
                    "\nUnloaded modules:\n"
                    "fffff801`23c40000 fffff801`23c4f000   dump_storport.sys\n"));
  REQUIRE(list.size() == 4);
  CHECK(list[3].gone);
  CHECK_FALSE(list[3].running);
  CHECK(list[0].image == "ntoskrnl.exe");
  CHECK(list[1].image == "myfault");
  CHECK(list[1].running);
  CHECK(list[2].image == "\\SystemRoot\\System32\\drivers\\tcpip.sys");
  const auto verbose =
      read(bytes_of("fffff801`1b600000 fffff801`1c646000   nt         (pdb symbols)\n"
                    "    Loaded symbol image file: ntkrnlmp.exe\n    Image path: ntkrnlmp.exe\n"
                    "80400000 80450000   srv2       (deferred)\n"
                    "    Image path: \\SystemRoot\\System32\\DRIVERS\\srv2.sys\n    Image name: srv2.sys\n"));
  REQUIRE(verbose.size() == 2);
  CHECK(verbose[0].image == "ntoskrnl.exe");
  CHECK(verbose[1].image == "\\SystemRoot\\System32\\DRIVERS\\srv2.sys");
}

TEST_CASE("lists whose columns have names: CSV in any order, JSON, and one object alone") {
  const auto csv =
      read(bytes_of("#TYPE Microsoft.Management.Infrastructure.CimInstance#root/cimv2/Win32_SystemDriver\n"
                    "\"PSComputerName\",\"StartMode\",\"State\",\"PathName\",\"Name\"\n"
                    "\"\",\"Boot\",\"Running\",\"C:\\WINDOWS\\system32\\drivers\\keks.sys\",\"keks\"\n"
                    "\"\",\"Manual\",\"Stopped\",\"\",\"brot\"\n"));
  REQUIRE(csv.size() == 2);
  CHECK(csv[0].image == "C:\\WINDOWS\\system32\\drivers\\keks.sys");
  CHECK(csv[0].running);
  CHECK(csv[0].configured);
  CHECK(csv[1].image == "brot");
  CHECK_FALSE(csv[1].running);
  const auto semicolons = read(bytes_of("Name;State;StartMode;PathName\nkeks;Running;Auto;\\SystemRoot\\keks.sys\n"));
  REQUIRE(semicolons.size() == 1);
  CHECK(semicolons[0].image == "\\SystemRoot\\keks.sys");
  const auto json =
      read(bytes_of("[{\"Name\":\"keks\",\"State\":\"Running\",\"StartMode\":\"System\",\"PathName\":"
                    "\"\\\\SystemRoot\\\\System32\\\\keks.sys\"},{\"Name\":null}]"));
  REQUIRE(json.size() == 1);
  CHECK(json[0].image == "\\SystemRoot\\System32\\keks.sys");
  CHECK(json[0].running);
  const auto osquery =
      read(bytes_of("{\"device_id\":\"ROOT\\\\X\",\"image\":\"C:\\\\d\\\\rost.sys\",\"service\":\"rost\"}"));
  REQUIRE(osquery.size() == 1);
  CHECK(osquery[0].image == "C:\\d\\rost.sys");
  CHECK_FALSE(osquery[0].running);
}

TEST_CASE("fltmc and sc name services") {
  const auto filters =
      read(bytes_of("\nFiltername                     Anzahl Instanzen    Hoehe    Frame\n"
                    "------------------------------  -------------  ------------  -----\n"
                    "kruste                                  3       409800         0\n"
                    "rinde                                  10       328010.5       0\n\nmehr nicht\n"));
  REQUIRE(filters.size() == 2);
  CHECK(filters[0].image == "kruste");
  CHECK(filters[1].running);
  const auto services =
      read(bytes_of("\nSERVICE_NAME: kruste\nDISPLAY_NAME: Kruste\n        TYPE               : 1  KERNEL_DRIVER  \n"
                    "        STATE              : 4  RUNNING \n\nSERVICE_NAME: rinde\n"
                    "        STATE              : 1  STOPPED \n"));
  REQUIRE(services.size() == 2);
  CHECK(services[0].running);
  CHECK_FALSE(services[1].running);
}

TEST_CASE("what is no list is an error") {
  CHECK_FALSE(read_driver_list(bytes_of("[1, 2, {\"a\": \"b\"}]")));
  CHECK_FALSE(read_driver_list(bytes_of("{\"image\"")));
  CHECK_FALSE(read_driver_list(bytes_of("Name;Size\nx.sys;12\n")));
  CHECK_FALSE(read_driver_list(bytes_of("Altitude\n---- ---- ---- ----\nno numbers in here\n")));
  CHECK_FALSE(read_driver_list(bytes_of("hello\nworld\n")));
  CHECK_FALSE(read_driver_list(bytes_of("")));
  CHECK_FALSE(
      read_driver_list(bytes_of("\"DeviceName\",\"InfName\",\"IsSigned\",\"Manufacturer\"\n"
                                "\"Volume\",\"volume.inf\",\"TRUE\",\"Microsoft\"\n")));
  CHECK_FALSE(read_driver_list(std::vector<std::uint8_t>{0xFF, 0xFE, 0x41}));
}

TEST_CASE("index: paths by the part both sides know, names not in stores of packages") {
  const Index index({{"\\SystemRoot\\System32\\drivers\\a.sys", true, false},
                     {"C:\\Tools\\b.sys", false, true},
                     {"c", true, false},
                     {"System32\\drivers\\A.SYS", false, true}});
  REQUIRE(index.find("/mnt/c/Windows/System32/drivers/A.sys") != nullptr);
  CHECK(index.find("/mnt/c/Windows/System32/drivers/A.sys")->running);  // rather than the service's entry
  CHECK(index.find("C:\\WINDOWS\\system32\\DRIVERS\\a.sys") != nullptr);
  CHECK(index.find("/mnt/c/Windows/WinSxS/amd64_x/a.sys") == nullptr);
  CHECK(index.find("D:\\Tools\\b.sys") != nullptr);
  CHECK(index.find("D:\\OtherTools\\b.sys") == nullptr);
  CHECK(index.find("/x/C.sys") != nullptr);
  CHECK(index.find("/x/cc.sys") == nullptr);
  CHECK(index.find("/x/Windows/WinSxS/amd64_x/c.sys") == nullptr);
}

TEST_CASE("services: which are drivers that may start") {
  Driver driver;
  CHECK(driver_of_service("Beep", 1, 1, "", driver));
  CHECK(driver.image == "System32\\drivers\\Beep.sys");
  CHECK(driver.configured);
  CHECK(driver_of_service("Ntfs", 2, 3, "\\SystemRoot\\x.sys", driver));
  CHECK(driver.image == "\\SystemRoot\\x.sys");
  CHECK_FALSE(driver.configured);  // on demand
  CHECK_FALSE(driver_of_service("Spooler", 0x110, 2, "spoolsv.exe", driver));
  CHECK_FALSE(driver_of_service("Off", 1, 4, "", driver));
}
