// Tags that travel from one driver into another's allocator, and the kernel that calls its own.
#include "scanner/exporters.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "scanner/scan.hpp"
#include "tests/census/census.hpp"
#include "tests/unit/files.hpp"

namespace fs = std::filesystem;
using scanner::trace::Certainty;
using scanner::trace::Evidence;
using scanner::trace::Pool;
using scanner::trace::TagUse;

namespace {

constexpr std::uint64_t kMaxFile = 1U << 20;
const fs::path kPair = fs::path(TEST_DRIVERS) / "pair";

scanner::ScannedFile scan(const fs::path& path, scanner::Exporters* exporters) {
  scanner::ScanRequest request;
  request.apis = &tagdb::builtin_api_table();
  request.exporters = exporters;
  request.max_file_size = kMaxFile;
  scanner::walk::Found file;
  file.path = path.string();
  file.named = true;
  scanner::ReadBuffer buffer;
  return scanner::scan_file(file, request, buffer);
}

const TagUse* use_of(const scanner::ScannedFile& file, const char* tag) {
  const auto found = std::find_if(file.trace.uses.begin(), file.trace.uses.end(), [tag](const TagUse& use) {
    return use.tag == tagdb::PoolTag::from_text(tag) && use.evidence == Evidence::allocates;
  });
  return found == file.trace.uses.end() ? nullptr : &*found;
}

scanner::Exporters beside(std::vector<std::string> folders = {}) {
  return {tagdb::builtin_api_table(), std::move(folders), kMaxFile, nullptr};
}

}  // namespace

TEST_CASE("an importer's tag is followed into the driver that exports the allocator") {
  auto exporters = beside();
  const auto file = scan(kPair / "importer.sys", &exporters);
  REQUIRE(file.outcome == scanner::ScannedFile::Outcome::traced);
  const TagUse* direct = use_of(file, "ImDi");
  REQUIRE(direct != nullptr);
  CHECK(direct->api == "exporter.sys!PoolGet");
  CHECK(direct->certainty == Certainty::sure);
  CHECK(direct->pool == Pool::paged);
  CHECK(direct->bytes == 80U);
  const TagUse* wrapped = use_of(file, "ImWr");
  REQUIRE(wrapped != nullptr);
  CHECK(wrapped->via.size() == 2);
  CHECK(wrapped->bytes == 48U);
  // An argument that the exporter ignores, and one that it uses only in some calls, prove nothing.
  CHECK(use_of(file, "ImNo") == nullptr);
  CHECK(use_of(file, "ImMb") == nullptr);
  CHECK(file.trace.counts(scanner::trace::SiteKind::allocate).total() == 2);
}

TEST_CASE("without the exporter the tag stays a number in code") {
  const fs::path alone = fs::path(TEST_DRIVERS) / "alone";
  fs::create_directories(alone);
  fs::copy_file(kPair / "importer.sys", alone / "importer.sys", fs::copy_options::overwrite_existing);
  auto nowhere = beside();
  CHECK(use_of(scan(alone / "importer.sys", &nowhere), "ImDi") == nullptr);
  // The loader looks into System32\drivers next.
  auto with_folder = beside({kPair.string()});
  const auto by_loader = scan(alone / "importer.sys", &with_folder);
  REQUIRE(use_of(by_loader, "ImDi") != nullptr);
  CHECK(use_of(by_loader, "ImDi")->certainty == Certainty::sure);
  // Elsewhere only when there is no doubt which file is meant.
  const auto elsewhere = [](std::vector<std::string> paths) {
    return scanner::Exporters(tagdb::builtin_api_table(), {}, kMaxFile, [paths](const std::string& name) {
      CHECK(name == "exporter.sys");
      return paths;
    });
  };
  const std::string path = (kPair / "exporter.sys").string();
  auto one = elsewhere({path});
  const auto by_name = scan(alone / "importer.sys", &one);
  REQUIRE(use_of(by_name, "ImDi") != nullptr);
  CHECK(use_of(by_name, "ImDi")->certainty == Certainty::assumed);
  auto two = elsewhere({path, path + ".old"});
  CHECK(use_of(scan(alone / "importer.sys", &two), "ImDi") == nullptr);
}

TEST_CASE("the kernel's calls of its own allocator are call sites") {
  const auto file = scan(kPair / "ntoskrnl.exe", nullptr);
  const TagUse* direct = use_of(file, "KnDi");
  REQUIRE(direct != nullptr);
  CHECK(direct->api == "ExAllocatePoolWithTag");
  CHECK(direct->bytes == 32U);
  const TagUse* wrapped = use_of(file, "KnWr");
  REQUIRE(wrapped != nullptr);
  CHECK(wrapped->pool == Pool::paged);
  const auto bytes = read_bytes((kPair / "ntoskrnl.exe").string());
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  const auto& apis = tagdb::builtin_api_table();
  CHECK(census::compare(image.value(), census::take(image.value(), apis), file.trace).empty());
}

TEST_CASE("what is not exported borrows no export's name") {
  for (const char* build : {"clang-x86-O2", "gcc-x86-O0", "clang-x64-O2", "clang-arm64-O2"}) {
    const auto file = scan(fs::path(TEST_DRIVERS) / build / "wrapper_exported.sys", nullptr);
    INFO(file.file.path);
    REQUIRE(file.names.size() == file.trace.uses.size());
    bool seen = false;
    for (std::size_t i = 0; i < file.names.size(); ++i) {
      if (file.trace.uses[i].tag != tagdb::PoolTag::from_text("Wexp")) continue;
      seen = true;
      REQUIRE(file.names[i].size() == 2);
      CHECK(file.names[i][0].empty());  // DriverEntry, behind both exports
      CHECK(file.names[i][1].starts_with("PoolGet+"));
    }
    CHECK(seen);
  }
}
