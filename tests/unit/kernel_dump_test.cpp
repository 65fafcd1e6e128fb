// Small memory dumps of the kernel, composed here: a real one holds the memory of somebody's machine.
#include "scanner/loaded/kernel_dump.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <string>
#include <tuple>
#include <vector>

#include "pe/text.hpp"

using namespace scanner::loaded;  // NOLINT(google-build-using-namespace)

namespace {

/// A dump with the given drivers (path, size, time stamp) and names of unloaded ones.
class Composed {
 public:
  Composed() : bytes_(0x3000) {
    std::memcpy(bytes_.data(), "PAGEDU64", 8);
    put<std::uint32_t>(0xF98, 4);
  }

  template <typename T>
  void put(std::size_t at, T value) {
    if (bytes_.size() < at + sizeof value) bytes_.resize(at + sizeof value);
    std::memcpy(bytes_.data() + at, &value, sizeof value);
  }

  void stop(std::uint32_t code, std::array<std::uint64_t, 4> parameters) {
    put(0x38, code);
    for (std::size_t i = 0; i < 4; ++i) put(0x40 + 8 * i, parameters[i]);
  }

  void loaded(const std::vector<std::tuple<std::string, std::uint32_t, std::uint32_t>>& drivers) {
    const std::size_t list = bytes_.size();
    put(0x2030, static_cast<std::uint32_t>(list));
    put(0x2034, static_cast<std::uint32_t>(drivers.size()));
    bytes_.resize(list + drivers.size() * 0x90);
    for (std::size_t i = 0; i < drivers.size(); ++i) {
      const auto& [path, size, stamp] = drivers[i];
      put(list + i * 0x90, static_cast<std::uint32_t>(bytes_.size()));
      put(list + i * 0x90 + 0x48, size);
      put(list + i * 0x90 + 0x88, stamp);
      const std::u16string wide = pe::utf16_from_utf8(path);
      put(bytes_.size(), static_cast<std::uint32_t>(wide.size()));
      for (const char16_t unit : wide) put(bytes_.size(), unit);
      put(bytes_.size(), std::uint32_t{0});
    }
  }

  void unloaded(const std::vector<std::string>& names) {
    const std::size_t list = bytes_.size();
    put(0x2018, static_cast<std::uint32_t>(list));
    put(list, static_cast<std::uint64_t>(names.size()));
    bytes_.resize(list + 8 + names.size() * 0x38);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::u16string wide = pe::utf16_from_utf8(names[i]);
      put(list + 8 + i * 0x38, static_cast<std::uint16_t>(2 * wide.size()));
      for (std::size_t k = 0; k < wide.size() && k < 12; ++k) put(list + 8 + i * 0x38 + 0x10 + 2 * k, wide[k]);
    }
  }

  [[nodiscard]] std::vector<std::uint8_t> bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

Composed machine() {
  Composed dump;
  dump.loaded({{"\\SystemRoot\\system32\\ntoskrnl.exe", 0x1046000, 0x0D8333E6},
               {"\\SystemRoot\\System32\\DriverStore\\FileRepository\\kurz.inf_amd64_1\\kürz.sys", 0x9000, 77}});
  dump.unloaded({"dam.sys", "WdFilter.sys"});
  return dump;
}

}  // namespace

TEST_CASE("a small dump lists loaded and unloaded drivers") {
  const auto bytes = machine().bytes();
  CHECK(is_kernel_dump(bytes));
  const auto dump = read_kernel_dump(bytes);
  REQUIRE(dump);
  REQUIRE(dump.value().drivers.size() == 4);
  CHECK(dump.value().loaded == 2);
  const Driver& second = dump.value().drivers[1];
  CHECK(second.image == "\\SystemRoot\\System32\\DriverStore\\FileRepository\\kurz.inf_amd64_1\\kürz.sys");
  CHECK(second.running);
  CHECK(second.size == 0x9000);
  CHECK(second.stamp == 77);
  CHECK(dump.value().drivers[3].image == "WdFilter.sys");
  CHECK(dump.value().drivers[3].gone);
  CHECK_FALSE(dump.value().drivers[3].running);
  const auto list = read_driver_list(bytes);
  REQUIRE(list);
  CHECK(list.value().size() == 4);
}

TEST_CASE("every cut of a dump is an error or a shorter list, never a crash") {
  const auto bytes = machine().bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto dump = read_kernel_dump(std::span(bytes).first(size));
    CHECK_FALSE(dump);
  }
}

TEST_CASE("a dump that lies about its lists is refused by name") {
  Composed many = machine();
  many.put<std::uint32_t>(0x2034, 0xFFFFFFFF);
  CHECK(read_kernel_dump(many.bytes()).error().message.find("list of drivers") != std::string::npos);
  Composed far = machine();
  far.put<std::uint32_t>(0x2030, 0xFFFFFFF0);
  CHECK_FALSE(read_kernel_dump(far.bytes()));
  Composed unloaded = machine();
  unloaded.put<std::uint32_t>(0x2018, 0x7FFFFFFF);
  CHECK(read_kernel_dump(unloaded.bytes()).error().message.find("unloaded") != std::string::npos);
  Composed complete = machine();
  complete.put<std::uint32_t>(0xF98, 1);
  CHECK(read_kernel_dump(complete.bytes()).error().message.find("small dump") != std::string::npos);
  std::vector<std::uint8_t> narrow = machine().bytes();
  std::memcpy(narrow.data(), "PAGEDUMP", 8);
  CHECK(is_kernel_dump(narrow));
  CHECK(read_kernel_dump(narrow).error().message.find("32-bit") != std::string::npos);
}

TEST_CASE("stops that name a tag") {
  const auto blamed = [](std::uint32_t code, std::array<std::uint64_t, 4> parameters) {
    Composed dump = machine();
    dump.stop(code, parameters);
    return blamed_tag(read_kernel_dump(dump.bytes()).value());
  };
  constexpr std::uint64_t kLeak = 0x6B61654C;
  REQUIRE(blamed(0xC2, {0x0A, 1, kLeak, 5}));
  CHECK(blamed(0xC2, {0x0A, 1, kLeak, 5})->tag.text() == "Leak");
  CHECK(blamed(0x100000C2, {0x00, 0, 1, kLeak})->tag.text() == "Leak");
  CHECK(blamed(0xC2, {0x0B, 1, kLeak, 5})->tag.text() == "Leak");
  CHECK_FALSE(blamed(0xC2, {0x07, 1, kLeak, kLeak}));  // a pool header, no tag
  CHECK_FALSE(blamed(0xC2, {0x0A, 1, 0, 5}));
  CHECK_FALSE(blamed(0x19, {0x0A, 1, kLeak, 5}));
}
