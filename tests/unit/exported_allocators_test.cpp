// Tags that travel from one driver into another's allocator, and the kernel that calls its own.
#include "scanner/scan/exported_allocators.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/filesystem.hpp>

#include "scanner/scan/scan_file.hpp"
#include "tests/census/census.hpp"
#include "tests/unit/files.hpp"

namespace fs = boost::filesystem;
using scanner::trace::Certainty;
using scanner::trace::Evidence;
using scanner::trace::Pool;
using scanner::trace::TagUse;

namespace {

constexpr std::uint64_t kMaxFile = 1U << 20;
const fs::path kPair = fs::path(TEST_DRIVERS) / "pair";

scanner::ScannedFile scan(const fs::path& path, scanner::ExportedAllocators* allocators, bool with_sha256 = true) {
  scanner::ScanRequest request;
  request.with_sha256 = with_sha256;
  request.apis = &tagdb::builtin_api_table();
  request.exported_allocators = allocators;
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

scanner::ExportedAllocators beside(std::vector<std::string> folders = {}) {
  return {tagdb::builtin_api_table(), std::move(folders), kMaxFile, nullptr};
}

}  // namespace

TEST_CASE("a SHA-256 that no report shows is not computed, and changes nothing else") {
  const auto with = scan(kPair / "exporter.sys", nullptr), without = scan(kPair / "exporter.sys", nullptr, false);
  CHECK(with.sha256.size() == 64);
  CHECK(without.sha256.empty());
  CHECK(without.trace.uses.size() == with.trace.uses.size());
  CHECK(without.reported);
}

TEST_CASE("an importer's tag is followed into the driver that exports the allocator") {
  auto allocators = beside();
  const auto file = scan(kPair / "importer.sys", &allocators);
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

TEST_CASE("the trace of an exporter that an importer needed first is given out once, for the same bytes and rows") {
  auto allocators = beside();
  scan(kPair / "importer.sys", &allocators);
  const std::string path = (kPair / "exporter.sys").string();
  scanner::walk::Skipped ignored;
  const auto bytes = scanner::walk::read_file(path, kMaxFile, ignored);
  REQUIRE(bytes);
  const scanner::ContentHash content = scanner::content_hash(pe::Bytes{bytes.value()});
  CHECK_FALSE(allocators.take_trace(path, {}, {}).has_value());
  CHECK_FALSE(allocators.take_trace(path, {tagdb::ApiRow{}}, content).has_value());
  const auto made = allocators.take_trace(path, {}, content);
  REQUIRE(made.has_value());
  CHECK(made->uses.size() == scan(path, nullptr).trace.uses.size());
  CHECK_FALSE(made->uses.empty());
  CHECK_FALSE(allocators.take_trace(path, {}, content).has_value());
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
    return scanner::ExportedAllocators(tagdb::builtin_api_table(), {}, kMaxFile, [paths](const std::string& name) {
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

TEST_CASE("a tag is followed through an API set into the image that exports the function") {
  const fs::path sets = fs::path(TEST_DRIVERS) / "sets";
  auto allocators = beside();
  const auto file = scan(sets / "set_user.sys", &allocators);
  REQUIRE(file.outcome == scanner::ScannedFile::Outcome::traced);
  // The host imports from this image through another set: a cycle that ends.
  const TagUse* use = use_of(file, "SuAl");
  REQUIRE(use != nullptr);
  CHECK(use->api == "set_host.sys!SetAllocImpl");
  CHECK(use->certainty == Certainty::sure);
  CHECK(use->pool == Pool::paged);
  CHECK(use->bytes == 96U);
  REQUIRE(use_of(file, "SuTw") != nullptr);
  CHECK(use_of(file, "SuTw")->certainty == Certainty::sure);
  CHECK(use_of(file, "SuNo") == nullptr);
  CHECK(file.unresolved_api_sets == 1U);
  CHECK(file.context.ends_with("+1"));
  // One that imports by name from the user of the set.
  const auto client = scan(sets / "set_client.sys", &allocators);
  REQUIRE(use_of(client, "ScAl") != nullptr);
  CHECK(use_of(client, "ScAl")->certainty == Certainty::sure);
  CHECK(client.unresolved_api_sets == 0U);
  // Asked in the other order the answers are the same.
  auto again = beside();
  CHECK(scan(sets / "set_host.sys", &again).unresolved_api_sets == 0U);
  CHECK(use_of(scan(sets / "set_user.sys", &again), "SuAl") != nullptr);
}

TEST_CASE("a function of an API set that several images export, or none") {
  const fs::path drivers = TEST_DRIVERS, both = drivers / "sets_both", alone = drivers / "sets_alone";
  for (const char* name : {"set_host.sys", "set_user.sys"})
    fs::copy_file(drivers / "sets" / name, both / name, fs::copy_options::overwrite_existing);
  auto allocators = beside();
  const auto file = scan(both / "set_user.sys", &allocators);
  REQUIRE(use_of(file, "SuTw") != nullptr);
  CHECK(use_of(file, "SuTw")->certainty == Certainty::assumed);
  REQUIRE(use_of(file, "SuAl") != nullptr);
  CHECK(use_of(file, "SuAl")->certainty == Certainty::sure);
  CHECK(file.unresolved_api_sets == 1U);
  fs::create_directories(alone);
  fs::copy_file(drivers / "sets" / "set_user.sys", alone / "set_user.sys", fs::copy_options::overwrite_existing);
  auto nowhere = beside();
  const auto lonely = scan(alone / "set_user.sys", &nowhere);
  CHECK(use_of(lonely, "SuAl") == nullptr);
  CHECK(lonely.unresolved_api_sets == 4U);
  CHECK(lonely.context == "none+4");
  // The system's folders come next; a copy of the same file is no second image.
  fs::copy_file(drivers / "sets" / "set_host.sys", drivers / "sets" / "set_host_copy.sys",
                fs::copy_options::overwrite_existing);
  auto with_folder = beside({(drivers / "sets").string()});
  const auto found = scan(alone / "set_user.sys", &with_folder);
  REQUIRE(use_of(found, "SuAl") != nullptr);
  CHECK(use_of(found, "SuAl")->certainty == Certainty::sure);
  fs::remove(drivers / "sets" / "set_host_copy.sys");
}

TEST_CASE("a driver of KMDF without a table says so") {
  for (const char* build : {"clang-x64-O2", "clang-x86-O2", "clang-arm64-O2", "gcc-x86-O0"}) {
    const auto without = scan(fs::path(TEST_DRIVERS) / build / "kmdf_bind_info_wrong.sys", nullptr);
    INFO(without.file.path);
    CHECK(without.trace.notes == std::vector<std::string>{"kmdf_table_missing"});
    const auto with = scan(fs::path(TEST_DRIVERS) / build / "kmdf_bind_info_grown.sys", nullptr);
    CHECK(with.trace.notes.empty());
  }
  // Its import is all there is to see where no call of the framework is.
  CHECK(scan(fs::path(TEST_DRIVERS) / "clang-x64-O2" / "pool2.sys", nullptr).trace.notes.empty());
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
  // What one of its allocators hands on to another was told by the callers of the first.
  REQUIRE(use_of(file, "KnPr") != nullptr);
  CHECK(use_of(file, "KnPr")->api == "ExAllocatePoolWithTagPriority");
  const auto counts = file.trace.counts(scanner::trace::SiteKind::allocate);
  CHECK(counts[scanner::trace::Bucket::dynamic] == 0);
  CHECK(counts[scanner::trace::Bucket::forwarded] == 1);
}

TEST_CASE("a tag is followed through an import that is bound late") {
  auto allocators = beside();
  const auto file = scan(kPair / "delayed.sys", &allocators);
  REQUIRE(use_of(file, "DlGe") != nullptr);
  CHECK(use_of(file, "DlGe")->api == "exporter.sys!PoolGet");
  CHECK(use_of(file, "DlNo") == nullptr);
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
