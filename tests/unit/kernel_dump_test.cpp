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

TEST_CASE("a small dump of 32-bit Windows") {
  std::vector<std::uint8_t> bytes(0x1400);
  const auto put = [&bytes](std::size_t at, auto value) {
    if (bytes.size() < at + sizeof value) bytes.resize(at + sizeof value);
    std::memcpy(bytes.data() + at, &value, sizeof value);
  };
  const auto put_text = [&put](std::size_t at, const std::u16string& text) {
    for (std::size_t i = 0; i < text.size(); ++i) put(at + 2 * i, text[i]);
  };
  std::memcpy(bytes.data(), "PAGEDUMP", 8);
  put(0xF88, std::uint32_t{4});
  put(0x28, std::uint32_t{0xC2});
  for (std::size_t i = 0; i < 4; ++i) put(0x2C + 4 * i, std::array<std::uint32_t, 4>{0x0A, 1, 0x6B61654C, 5}[i]);
  put(0x1030, std::uint32_t{0x1400});  // two drivers
  put(0x1034, std::uint32_t{2});
  const std::u16string names[] = {u"\\SystemRoot\\system32\\ntkrnlpa.exe", u"\\??\\C:\\tools\\old.sys"};
  for (std::size_t i = 0; i < 2; ++i) {
    const std::size_t entry = 0x1400 + i * 0x4C, name = 0x1500 + i * 0x100;
    put(entry, static_cast<std::uint32_t>(name));
    put(entry + 0x24, static_cast<std::uint32_t>(0x3000 * (i + 1)));
    put(entry + 0x48, static_cast<std::uint32_t>(0x4A000000 + i));
    put(name, static_cast<std::uint32_t>(names[i].size()));
    put_text(name + 4, names[i]);
  }
  put(0x1018, std::uint32_t{0x1800});  // one that is gone
  put(0x1800, std::uint32_t{1});
  put(0x1804, std::uint16_t{14});
  put_text(0x180C, u"kbd.sys");
  bytes.resize(0x1804 + 0x28);
  CHECK(is_kernel_dump(bytes));
  const auto dump = read_kernel_dump(bytes);
  REQUIRE(dump);
  REQUIRE(dump.value().drivers.size() == 3);
  CHECK(dump.value().loaded == 2);
  CHECK(dump.value().drivers[1].image == "\\??\\C:\\tools\\old.sys");
  CHECK(dump.value().drivers[1].size == 0x6000);
  CHECK(dump.value().drivers[1].stamp == 0x4A000001);
  CHECK(dump.value().drivers[2].image == "kbd.sys");
  CHECK(dump.value().drivers[2].gone);
  REQUIRE(blamed_tag(dump.value()));
  CHECK(blamed_tag(dump.value())->tag.text() == "Leak");
  for (std::size_t size = 0; size < bytes.size(); size += 7)
    CHECK_FALSE(read_kernel_dump(std::span(bytes).first(size)));
}
