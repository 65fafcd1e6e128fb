// Drivers inside other files: found by their headers wherever they stand, with bounded work on what only looks so.
#include "scanner/scan/embedded_images.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "pe/extent.hpp"
#include "tests/unit/files.hpp"

namespace {

using File = std::vector<std::uint8_t>;

void append(File& file, const File& more) { file.insert(file.end(), more.begin(), more.end()); }

scanner::EmbeddedImages search(const File& file) { return scanner::find_embedded_images(pe::Bytes{file}); }

/// A stub of a program, which is no driver.
File program() {
  File file(301, 0x90);
  file[0] = 'M', file[1] = 'Z';
  return file;
}

void set16(File& file, std::size_t at, std::uint16_t value) { std::memcpy(file.data() + at, &value, sizeof value); }

std::size_t header_of(const File& file) {
  std::uint32_t at = 0;
  std::memcpy(&at, file.data() + 0x3C, sizeof at);
  return at;
}

}  // namespace

TEST_CASE("drivers are found at any place, to their last byte, and each has a name of its own") {
  const File driver = read_bytes(sample_driver());
  File file = program();
  append(file, driver);
  append(file, {'M', 'Z', 'M', 'M', 'Z'});
  append(file, driver);
  append(file, File(77, 'M'));
  const scanner::EmbeddedImages found = search(file);
  REQUIRE(found.images.size() == 2);
  CHECK(found.images[0].offset == 301);
  CHECK(found.images[0].name == "myfault.sys");
  CHECK(found.images[0].image.file().size() == driver.size());
  CHECK(found.images[1].offset == 301 + driver.size() + 5);
  CHECK(found.images[1].name == "myfault.sys+0xf32");
  CHECK_FALSE(found.gave_up);
}

TEST_CASE("the file itself is not inside itself, and what a driver carries is a part of it") {
  File driver = read_bytes(sample_driver());
  CHECK(search(driver).images.empty());
  File file = program();
  append(file, driver);
  CHECK(search(file).images.size() == 1);
  File nested = driver;
  append(nested, driver);
  CHECK(search(nested).images.size() == 1);  // of a driver that is a file
}

TEST_CASE("what is no kernel image is none: cut, of user mode, of an unknown processor, without imports") {
  const File driver = read_bytes(sample_driver());
  const std::size_t header = header_of(driver);
  const auto inside = [](const File& image) {
    File file = program();
    append(file, image);
    return search(file).images.size();
  };
  REQUIRE(inside(driver) == 1);
  CHECK(inside(File(driver.begin(), driver.end() - 600)) == 0);
  File other = driver;
  set16(other, header + 24 + 68, 3);
  CHECK(inside(other) == 0);
  other = driver;
  set16(other, header + 4, 0x1234);
  CHECK(inside(other) == 0);
  other = driver;
  const bool wide = other[header + 24 + 1] == 2;
  std::memset(other.data() + header + 24 + (wide ? 112 : 96) + 8, 0, 8);  // the import directory
  CHECK(inside(other) == 0);
  // A native program of user mode.
  other = driver;
  const std::string kernel = "ntoskrnl.exe", native = "ntdll.dll";
  for (std::size_t at = 0; at + kernel.size() < other.size(); ++at) {
    if (std::memcmp(other.data() + at, kernel.data(), kernel.size()) == 0)
      std::memcpy(other.data() + at, native.c_str(), native.size() + 1);
  }
  CHECK(inside(other) == 0);
}

TEST_CASE("a file full of headers ends the search, and it says so") {
  // Each header is a native one and points to no sections; they overlap.
  const File driver = read_bytes(sample_driver());
  const std::size_t header = header_of(driver);
  File headers(driver.begin(), driver.begin() + static_cast<std::ptrdiff_t>(header + 24 + 240));
  set16(headers, header + 6, 0);
  File file = program();
  for (std::size_t i = 0; i <= scanner::kMostHeaders; ++i) append(file, headers);
  const scanner::EmbeddedImages none = search(file);
  CHECK(none.images.empty());
  CHECK(none.gave_up);

  File many = program();
  for (std::size_t i = 0; i <= scanner::kMostEmbedded; ++i) append(many, driver);
  const scanner::EmbeddedImages most = search(many);
  CHECK(most.images.size() == scanner::kMostEmbedded);
  CHECK(most.gave_up);
  many.resize(many.size() - driver.size());
  CHECK_FALSE(search(many).gave_up);

  CHECK(search(File(100000, 'M')).images.empty());
  CHECK(search({}).images.empty());
  CHECK(search({'M'}).images.empty());
}

TEST_CASE("an image ends behind its last section or its signature") {
  File driver = read_bytes(sample_driver());
  const auto size = [](const File& file) { return pe::size_in_file(pe::Image::open(file).value()); };
  const std::size_t own = driver.size();
  CHECK(size(driver) == own);
  const std::size_t header = header_of(driver);
  const std::size_t directories = header + 24 + (driver[header + 24 + 1] == 2 ? 112 : 96);
  const auto at = static_cast<std::uint32_t>(own), bytes = std::uint32_t{40};
  std::memcpy(driver.data() + directories + 4 * 8, &at, 4);
  std::memcpy(driver.data() + directories + 4 * 8 + 4, &bytes, 4);
  CHECK(size(driver) == own);  // the signature is not there
  driver.resize(own + 100);
  CHECK(size(driver) == own + 40);
}
