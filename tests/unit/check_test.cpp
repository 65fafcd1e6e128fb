// The lint for driver makers on compiled drivers: what it says must be true of them.
#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/rank/check.hpp"
#include "scanner/rank/compare.hpp"
#include "scanner/rank/frees.hpp"
#include "tests/unit/files.hpp"

using namespace scanner;

namespace {

constexpr const char* kBuilds[] = {"clang-x64-O0", "clang-x64-O2", "clang-arm64-O2", "clang-x86-O2", "gcc-x64-O2"};

trace::TraceResult traced(const std::string& build, const std::string& name) {
  const auto bytes = read_bytes(std::string(TEST_DRIVERS) + "/" + build + "/" + name);
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  return trace::trace(image.value(), tagdb::builtin_api_table());
}

bool says(const trace::TraceResult& trace, std::string_view code, std::string_view tag) {
  const rank::CheckedImage image{{}, {}, rank::kWindows8};
  const auto findings = rank::check(trace, image, tagdb::Database{}, tagdb::builtin_api_table());
  return std::any_of(findings.begin(), findings.end(), [&](const rank::Finding& finding) {
    return finding.code->code == code && finding.tag == tagdb::PoolTag::from_text(tag);
  });
}

trace::TagUse use_of(std::string_view tag, trace::Evidence evidence, std::string_view api) {
  trace::TagUse use;
  use.tag = tagdb::PoolTag::from_text(tag);
  use.evidence = evidence;
  use.api = api;
  use.charges_pool = evidence != trace::Evidence::frees;
  return use;
}

trace::Site free_site(trace::Bucket bucket) {
  trace::Site site;
  site.kind = trace::SiteKind::free;
  site.bucket = bucket;
  return site;
}

}  // namespace

TEST_CASE("a free without a tag may free anything: NdisFreeMemory, RtlFreeUnicodeString") {
  for (const char* build : kBuilds) {
    INFO(build);
    trace::TraceResult trace = traced(build, "ndis_free.sys");
    CHECK_FALSE(says(trace, "never_freed", "Nfre"));
    CHECK_FALSE(says(trace, "never_freed", "Nfrp"));
    CHECK_FALSE(says(traced(build, "string_free.sys"), "never_freed", "SfrW"));
    // Without that call the same allocations are what the finding is for.
    std::erase_if(trace.sites, [](const trace::Site& site) { return site.kind == trace::SiteKind::free; });
    CHECK(says(trace, "never_freed", "Nfre"));
    CHECK(says(trace, "never_freed", "Nfrp"));
  }
}

TEST_CASE("never freed: only what the pool's functions free, and only when every free is understood") {
  using trace::Bucket;
  using trace::Evidence;
  const auto never = [](const std::vector<trace::TagUse>& uses, const std::vector<trace::Site>& sites) {
    trace::TraceResult trace;
    trace.sites = sites;
    std::vector<const trace::TagUse*> each;
    for (const trace::TagUse& use : uses) each.push_back(&use);
    return rank::never_freed(each, trace, tagdb::builtin_api_table());
  };
  const auto pool = use_of("Leak", Evidence::allocates, "ExAllocatePoolWithTag");
  CHECK(never({pool}, {}));
  CHECK(never({pool}, {free_site(Bucket::constant)}));
  CHECK_FALSE(never({pool}, {free_site(Bucket::untagged)}));
  CHECK_FALSE(never({pool}, {free_site(Bucket::dynamic)}));
  CHECK_FALSE(never({pool}, {free_site(Bucket::forwarded)}));
  CHECK_FALSE(never({pool}, {free_site(Bucket::suspect)}));
  CHECK_FALSE(never({pool, use_of("Leak", Evidence::frees, "ExFreePoolWithTag")}, {}));
  // Freed with their list, their object, their clone; or nobody knows how.
  CHECK_FALSE(never({pool, use_of("Leak", Evidence::lookaside, "ExInitializeLookasideListEx")}, {}));
  for (const char* api : {"WdfMemoryCreate", "StorPortExtendedFunction", "NdisAllocateNetBufferListContext",
                          "NdisAllocateCloneOidRequest", "NdisAllocateGenericObject", "FltAllocateExtraCreateParameter",
                          "FsRtlAllocateAePushLock", "EngAllocMem", "ExAllocateCacheAwareRundownProtection",
                          "ExAllocatePool", "base.sys!BaseAlloc"}) {
    INFO(api);
    CHECK_FALSE(never({use_of("Leak", Evidence::allocates, api)}, {}));
  }
  for (const char* api : {"ExAllocatePool2", "ExAllocatePool3", "FsRtlAllocatePoolWithTag",
                          "FltAllocatePoolAlignedWithTag", "NdisAllocateMemoryWithTagPriority"}) {
    INFO(api);
    CHECK(never({use_of("Leak", Evidence::allocates, api)}, {}));
  }
}

TEST_CASE("executable pool is what the driver asks for, not what a table assumes") {
  for (const char* build : kBuilds) {
    INFO(build);
    const trace::TraceResult flags = traced(build, "lookaside_flags.sys");
    CHECK(says(flags, "executable_pool", "Lfl1"));
    CHECK_FALSE(says(flags, "executable_pool", "Lfl2"));
    CHECK_FALSE(says(flags, "executable_pool", "Lfl3"));
    CHECK_FALSE(says(flags, "executable_pool", "Lfl4"));
    CHECK_FALSE(says(traced(build, "lookaside_wrapper.sys"), "executable_pool", "Lwr1"));
    CHECK_FALSE(says(traced(build, "ndis_free.sys"), "executable_pool", "Nfre"));
    CHECK(says(traced(build, "direct.sys"), "executable_pool", "Drc1"));
    CHECK_FALSE(says(traced(build, "direct.sys"), "executable_pool", "Drc3"));
  }
}

TEST_CASE("executable pool: NonPagedPoolNx came with Windows 8, and is no choice for drivers that run on older ones") {
  trace::TraceResult trace;
  trace.uses.push_back(use_of("Exec", trace::Evidence::allocates, "ExAllocatePoolWithTag"));
  trace.uses.back().executable = true;
  trace.uses.back().pool = trace::Pool::nonpaged;
  const auto found = [&trace](std::uint32_t major, std::uint32_t minor) {
    const auto findings = rank::check(trace, {{}, {}, major << 16 | minor}, tagdb::Database{}, tagdb::ApiTable{});
    return std::any_of(findings.begin(), findings.end(),
                       [](const rank::Finding& finding) { return finding.code->code == "executable_pool"; });
  };
  CHECK_FALSE(found(5, 1));
  CHECK_FALSE(found(6, 1));
  CHECK(found(6, 2));
  CHECK(found(10, 0));
}

TEST_CASE("the oldest system of an image is the older of two versions in its headers") {
  const auto bytes = read_bytes(std::string(TEST_DRIVERS) + "/clang-x64-O2/direct.sys");
  auto changed = bytes;
  const auto version_of = [&changed](std::uint16_t system, std::uint16_t subsystem) {
    const std::size_t headers = changed[0x3C] + 24U;
    for (const auto& [offset, major] : {std::pair{40U, system}, std::pair{48U, subsystem}}) {
      changed[headers + offset] = static_cast<std::uint8_t>(major);
      changed[headers + offset + 2] = 2;
    }
    const auto image = pe::Image::open(changed);
    REQUIRE(image);
    return image.value().oldest_system();
  };
  CHECK(version_of(6, 10) == (6U << 16 | 2U));
  CHECK(version_of(10, 6) == (6U << 16 | 2U));
  CHECK(version_of(10, 1) == (1U << 16 | 2U));
}

TEST_CASE("one finding for a driver, a tag and a code, with all its places") {
  trace::TraceResult trace;
  for (const std::uint32_t place : {0x3000U, 0x1000U, 0x2000U, 0x1000U}) {
    trace.uses.push_back(use_of("Ddk ", trace::Evidence::allocates, "ExAllocatePoolWithTag"));
    trace.uses.back().origin_rva = place;
  }
  trace.uses.push_back(use_of("None", trace::Evidence::allocates, "ExAllocatePool"));
  const auto findings = rank::check(trace, {}, tagdb::Database{}, tagdb::builtin_api_table());
  REQUIRE(findings.size() == 3);  // never_freed, too
  CHECK(findings[0].code->code == "default_tag");
  CHECK(findings[0].places == std::vector<std::uint32_t>{0x1000, 0x2000, 0x3000});
  CHECK(findings[1].code->code == "never_freed");
  CHECK(findings[2].code->code == "untagged");
  CHECK(findings[2].text.starts_with("ExAllocatePool takes no tag"));
}

TEST_CASE("a listed owner is another one only when it is somebody else's") {
  tagdb::Database database;
  database.add_builtin();
  database.add(tagdb::read_pooltag("Mine - mine.sys\n", "list.txt"), "list.txt");
  const auto collides = [&database](std::string_view tag, std::string_view name, std::string_view company) {
    trace::TraceResult trace;
    trace.uses.push_back(use_of(tag, trace::Evidence::allocates, "ExAllocatePool2"));
    rank::CheckedImage image;
    image.names.file_name = name;
    image.company = company;
    const auto findings = rank::check(trace, image, database, tagdb::builtin_api_table());
    return std::any_of(findings.begin(), findings.end(),
                       [](const rank::Finding& finding) { return finding.code->code == "collision"; });
  };
  CHECK_FALSE(collides("Uspi", "win32k.sys", "Microsoft Corporation"));
  CHECK_FALSE(collides("Uspi", "win32kbase.sys", "Microsoft Corporation"));
  CHECK(collides("Uspi", "other.sys", "Contoso"));
  CHECK(collides("Mine", "other.sys", "Microsoft Corporation"));  // a list of the user's own
  CHECK_FALSE(collides("Mine", "MINE.sys", "Contoso"));
  CHECK(collides("Htgt", "other.sys", "Contoso"));  // nvtcp.sys
  CHECK_FALSE(collides("Htgt", "nvnrm.sys", "NVIDIA Corporation"));
}

TEST_CASE("checks are chosen by name") {
  std::string error;
  const auto codes = [&error](std::string_view text) {
    std::string out;
    for (const rank::CheckCode* code : rank::choose_codes(text, error)) out += std::string(code->code) + " ";
    return out;
  };
  CHECK(rank::choose_codes("", error).size() == rank::check_codes().size());
  CHECK(codes("never_freed,collision") == "collision never_freed ");
  CHECK(codes("-never_freed").find("never_freed") == std::string::npos);
  CHECK(codes("never_freed,untagged,-untagged") == "never_freed ");
  CHECK(error.empty());
  CHECK(codes("Never") == "");
  CHECK(error.find("'Never'") != std::string::npos);
  CHECK(error.find("never_freed") != std::string::npos);
}

TEST_CASE("memory that other drivers free is not never freed") {
  for (const char* build : kBuilds) {
    INFO(build);
    const trace::TraceResult trace = traced(build, "handed_out.sys");
    CHECK_FALSE(says(trace, "never_freed", "HouI"));
    CHECK_FALSE(says(trace, "never_freed", "HouE"));
    CHECK_FALSE(says(trace, "never_freed", "HouP"));
    CHECK(says(trace, "never_freed", "HouK"));
    CHECK(says(trace, "never_freed", "HouL"));
  }
}

TEST_CASE("two builds are compared by everything but places") {
  using trace::Evidence;
  const trace::TagUse before = use_of("Leak", Evidence::allocates, "ExAllocatePoolWithTag");
  const auto changed = [&before](const auto& change) {
    trace::TraceResult old, fresh;
    old.uses = fresh.uses = {before};
    change(fresh.uses.front());
    const auto changes = rank::compare(old, fresh);
    return changes.size() == 1 && changes.front().kind == rank::Change::Kind::changed;
  };
  CHECK(changed([](trace::TagUse& use) { use.bytes = 65536; }));
  CHECK(changed([](trace::TagUse& use) { use.api = "ExAllocatePool2"; }));
  CHECK(changed([](trace::TagUse& use) { use.executable = true; }));
  CHECK(changed([](trace::TagUse& use) { use.certainty = trace::Certainty::assumed; }));
  CHECK(changed([](trace::TagUse& use) { use.pool = trace::Pool::paged; }));
  CHECK_FALSE(changed([](trace::TagUse& use) { use.site_rva = use.origin_rva = 0x2000; }));
}
