// Our view of PE files against LIEF's, on every driver there is, and against files that lie.
#include <doctest/doctest.h>

#include <LIEF/PE.hpp>
#include <algorithm>
#include <map>
#include <set>

#include "pe/identity.hpp"
#include "pe/image.hpp"
#include "tests/unit/files.hpp"

namespace {

using Imports = std::map<std::uint32_t, std::string>;  // slot → library!name

Imports our_imports(const pe::Image& image) {
  Imports imports;
  const auto visited = image.for_each_import([&](const pe::Import& import) {
    if (import.delayed) return;
    imports[import.slot_rva] = std::string(import.library) + "!" +
                               (import.name.empty() ? "#" + std::to_string(import.ordinal) : std::string(import.name));
  });
  CHECK_FALSE(visited.stopped);
  return imports;
}

Imports liefs_imports(const LIEF::PE::Binary& binary) {
  Imports imports;
  for (const auto& library : binary.imports()) {
    for (const auto& entry : library.entries()) {
      imports[static_cast<std::uint32_t>(entry.iat_address())] =
          library.name() + "!" + (entry.is_ordinal() ? "#" + std::to_string(entry.ordinal()) : entry.name());
    }
  }
  return imports;
}

}  // namespace

TEST_CASE("headers, sections and imports equal LIEF's in both directions") {
  const auto paths = all_drivers();
  REQUIRE(paths.size() >= 100);
  for (const auto& path : paths) {
    INFO(path);
    const auto bytes = read_bytes(path);
    const auto opened = pe::Image::open(bytes);
    REQUIRE(opened);
    const pe::Image& image = opened.value();
    const auto binary = LIEF::PE::Parser::parse(std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
    REQUIRE(binary);
    CHECK(image.base() == binary->optional_header().imagebase());
    CHECK(image.entry_rva() == binary->optional_header().addressof_entrypoint());
    CHECK(image.size_of_image() == binary->optional_header().sizeof_image());
    CHECK(image.timestamp() == binary->header().time_date_stamp());
    CHECK(image.machine_code() == static_cast<std::uint16_t>(binary->header().machine()));
    std::vector<std::string> ours, theirs;
    for (const auto& section : image.sections())
      ours.push_back(std::to_string(section.rva) + "/" + std::to_string(section.raw_offset) + "/" +
                     std::to_string(section.raw_size) + "/" + std::to_string(section.characteristics));
    for (const auto& section : binary->sections())
      theirs.push_back(std::to_string(section.virtual_address()) + "/" + std::to_string(section.pointerto_raw_data()) +
                       "/" + std::to_string(section.sizeof_raw_data()) + "/" +
                       std::to_string(section.characteristics()));
    std::sort(ours.begin(), ours.end());
    std::sort(theirs.begin(), theirs.end());
    CHECK(ours == theirs);
    CHECK(our_imports(image) == liefs_imports(*binary));
  }
}

TEST_CASE("relocations equal LIEF's in both directions") {
  std::size_t fields = 0;
  for (const auto& path : all_drivers()) {
    INFO(path);
    const auto bytes = read_bytes(path);
    const auto opened = pe::Image::open(bytes);
    REQUIRE(opened);
    using Fields = std::multiset<std::pair<std::uint32_t, unsigned>>;  // RVA and type
    Fields ours, theirs;
    const auto visited = opened.value().for_each_relocation([&ours](std::uint32_t rva, unsigned type) {
      if (type != 0) ours.emplace(rva, type);  // 0 fills a block up
    });
    CHECK_FALSE(visited.stopped);
    const auto binary = LIEF::PE::Parser::parse(std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
    REQUIRE(binary);
    for (const auto& block : binary->relocations()) {
      for (const auto& entry : block.entries()) {
        if (static_cast<unsigned>(entry.type()) != 0)
          theirs.emplace(block.virtual_address() + entry.position(), static_cast<unsigned>(entry.type()));
      }
    }
    CHECK(ours == theirs);
    fields += ours.size();
  }
  CHECK(fields > 1000);
}

TEST_CASE("imports that are bound when they are first called") {
  const auto bytes = read_bytes(TEST_DRIVERS "/pair/delayed.sys");
  const auto opened = pe::Image::open(bytes);
  REQUIRE(opened);
  const pe::Image& image = opened.value();
  std::set<std::string> delayed, at_once;
  CHECK_FALSE(image
                  .for_each_import([&](const pe::Import& import) {
                    const std::string name = std::string(import.library) + "!" + std::string(import.name);
                    (import.delayed ? delayed : at_once).insert(name);
                    if (!import.delayed) return;
                    // Until then the slot leads to code that binds it.
                    const auto target = image.load(import.slot_rva, image.pointer_size());
                    REQUIRE(target);
                    const auto rva = image.rva_of_va(*target);
                    REQUIRE(rva);
                    REQUIRE(image.section_at(*rva) != nullptr);
                    CHECK(image.section_at(*rva)->executable());
                  })
                  .stopped);
  CHECK(delayed == std::set<std::string>{"exporter.sys!PoolGet", "exporter.sys!PoolGetOwn"});
  CHECK(at_once == std::set<std::string>{"ntoskrnl.exe!ExFreePoolWithTag"});
}

TEST_CASE("an RVA and its file offset are each other's inverse") {
  const auto bytes = read_bytes(sample_driver());
  const auto opened = pe::Image::open(bytes);
  REQUIRE(opened);
  const pe::Image& image = opened.value();
  for (const auto& section : image.sections()) {
    for (std::uint32_t at = 0; at < std::min(section.file_size, section.virtual_size); ++at) {
      const auto offset = image.offset_of(section.rva + at);
      REQUIRE(offset);
      REQUIRE(image.rva_of(*offset) == section.rva + at);
    }
  }
  CHECK_FALSE(image.offset_of(image.size_of_image() + 5));
  CHECK(image.load(image.sections().front().rva, 0) == std::nullopt);
}

TEST_CASE("function ranges of .pdata lie in executable sections and in order") {
  std::size_t images = 0;
  for (const auto& path : all_drivers()) {
    const auto bytes = read_bytes(path);
    const auto opened = pe::Image::open(bytes);
    REQUIRE(opened);
    std::uint32_t last = 0;
    const auto visited = opened.value().for_each_function([&](const pe::FunctionRange& range) {
      INFO(path, " ", range.begin);
      CHECK(range.begin < range.end);
      CHECK(range.begin >= last);
      CHECK(range.primary <= opened.value().size_of_image());
      const auto* section = opened.value().section_at(range.begin);
      REQUIRE(section != nullptr);
      CHECK(section->executable());
      last = range.begin;
    });
    CHECK_FALSE(visited.stopped);
    images += visited.count > 0 ? 1 : 0;
  }
  CHECK(images >= 50);
}

TEST_CASE("a file cut anywhere gives an error value or an image, never more") {
  const auto whole = read_bytes(sample_driver());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::vector<std::uint8_t> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    const auto opened = pe::Image::open(cut);
    if (!opened) {
      CHECK_FALSE(opened.error().message.empty());
      continue;
    }
    opened.value().for_each_import([](const pe::Import&) {});
    opened.value().for_each_export([](const pe::Export&) {});
    opened.value().for_each_function([](const pe::FunctionRange&) {});
    opened.value().for_each_relocation([](std::uint32_t, unsigned) {});
    (void)opened.value().load_config();
  }
}

TEST_CASE("headers that lie") {
  const auto whole = read_bytes(sample_driver());
  const auto with = [&whole](std::size_t offset, std::uint32_t value, unsigned width) {
    auto bytes = whole;
    for (unsigned i = 0; i < width; ++i) bytes[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
    return bytes;
  };
  const std::uint32_t pe_offset = whole[0x3C] | static_cast<std::uint32_t>(whole[0x3D]) << 8;
  CHECK(pe::Image::open(with(0, 0, 2)).error().fault == pe::Fault::not_pe);
  CHECK(pe::Image::open(with(0x3C, 0xFFFFFFF0U, 4)).error().fault == pe::Fault::not_pe);
  CHECK(pe::Image::open(with(pe_offset + 6, 0xFFFF, 2)).error().fault == pe::Fault::malformed);  // sections
  CHECK(pe::Image::open(with(pe_offset + 24, 0x107, 2)).error().fault == pe::Fault::malformed);  // magic
  CHECK(pe::Image::open(with(pe_offset + 4, 0x14C, 2)).error().fault == pe::Fault::malformed);  // machine against magic
  CHECK(pe::Image::open(std::vector<std::uint8_t>{}).error().fault == pe::Fault::not_pe);
}

TEST_CASE("identity comes from the version resource and the debug directory") {
  const auto bytes = read_bytes(sample_driver());
  const auto opened = pe::Image::open(bytes);
  std::string problem;
  const auto identity = pe::identify(opened.value(), problem);
  CHECK(problem.empty());
  CHECK(identity.company == "poolwho sample");
  CHECK(identity.description == "Leaks on request");
  CHECK(identity.original_name == "myfault.sys");
  CHECK_FALSE(identity.embedded_signature);
  CHECK(identity.linked == 0);  // built reproducibly: the stamp is a hash
}
