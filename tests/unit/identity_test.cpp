// Our own reader of version resources and signatures against LIEF, on every driver there is.
#include "pe/identity.hpp"

#include <doctest/doctest.h>

#include "scanner/lief/reader.hpp"
#include "scanner/lief/second_reader.hpp"
#include "tests/unit/files.hpp"

namespace {

const auto kTexts = {&pe::Identity::company,      &pe::Identity::product,       &pe::Identity::description,
                     &pe::Identity::file_version, &pe::Identity::original_name, &pe::Identity::signer};

}  // namespace

TEST_CASE("our own reader agrees with LIEF on every driver, and reads what LIEF leaves empty") {
  std::size_t with_version = 0;
  auto paths = all_drivers();
  paths.push_back(sample_driver());
  REQUIRE(paths.size() > 100);
  for (const auto& path : paths) {
    INFO(path);
    const auto bytes = read_bytes(path);
    const auto image = pe::Image::open(bytes);
    REQUIRE(image);
    std::string problem, small_problem;
    const pe::Identity lief = scanner::lief::identify_by_lief(image.value(), problem);
    const pe::Identity small = pe::identify(image.value(), small_problem);
    CHECK(small_problem.empty());
    for (const auto text : kTexts) {
      if (!(lief.*text).empty()) CHECK(small.*text == lief.*text);
    }
    CHECK(small.embedded_signature == lief.embedded_signature);
    CHECK(small.pdb_id == lief.pdb_id);
    with_version += lief.file_version.empty() ? 0 : 1;
  }
  CHECK(with_version >= 1);
}

TEST_CASE("a signed driver: the name of the leaf, whole, and none where the signature is cut") {
  auto bytes = read_bytes(TEST_SIGNED);
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  std::string problem;
  const pe::Identity small = pe::identify(image.value(), problem);
  CHECK(small.embedded_signature);
  CHECK(small.signer ==
        "Gr\xC3\xB6\xC3\x9F"
        "e & S\xC3\xB6hne, Ltd.");
  CHECK(small.product == "Talks about leaks");
  CHECK(problem.empty());
  CHECK(scanner::lief::identify_by_lief(image.value(), problem).product == small.product);
  const auto table = image.value().directory(pe::Directory::security);
  for (std::uint32_t length = table.rva; length < bytes.size(); length += 11) {
    const std::vector<std::uint8_t> cut(bytes.begin(), bytes.begin() + length);
    const auto part = pe::Image::open(cut);
    REQUIRE(part);
    std::string cut_problem;
    CHECK(pe::identify(part.value(), cut_problem).signer.empty());
    CHECK_FALSE(cut_problem.empty());
    CHECK(scanner::lief::identify(part.value(), "", cut_problem).signer.empty());
  }
  for (std::size_t at = table.rva; at < bytes.size(); ++at) {
    bytes[at] ^= 0x80;
    pe::identify(pe::Image::open(bytes).value(), problem);
    bytes[at] ^= 0x80;
  }
}

TEST_CASE("identify() survives every truncation and every flipped byte of the sample's resources") {
  const auto whole = read_bytes(sample_driver());
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    const std::vector<std::uint8_t> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    std::string problem;
    if (const auto image = pe::Image::open(cut)) pe::identify(image.value(), problem);
  }
  auto bytes = whole;
  for (std::size_t at = 0x200; at < bytes.size(); ++at) {
    bytes[at] ^= 0xFF;
    std::string problem;
    if (const auto image = pe::Image::open(bytes)) pe::identify(image.value(), problem);
    bytes[at] ^= 0xFF;
  }
}

TEST_CASE("a name of a language resource is the name of the driver") {
  CHECK(pe::without_mui("ndis.sys.mui") == "ndis.sys");
  CHECK(pe::without_mui("ndis.sys") == "ndis.sys");
  CHECK(pe::without_mui(".mui") == ".mui");
  CHECK(pe::without_mui("x.mui.sys") == "x.mui.sys");
}
