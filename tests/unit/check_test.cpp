// The lint for driver makers on compiled drivers: what it says must be true of them.
#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/rank/check.hpp"
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
  const auto findings = rank::check(trace, {}, tagdb::Database{}, tagdb::builtin_api_table());
  return std::any_of(findings.begin(), findings.end(), [&](const rank::Finding& finding) {
    return finding.code == code && finding.tag == tagdb::PoolTag::from_text(tag);
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
