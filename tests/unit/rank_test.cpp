// What the data says about tags and drivers reaches the verdicts and their reasons.
#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/rank/check.hpp"
#include "scanner/rank/rank.hpp"

using namespace scanner;

namespace {

rank::Judgement judge(std::string_view tag, std::string_view file, std::string_view original = {}) {
  trace::TagUse use;
  use.tag = tagdb::PoolTag::from_text(tag);
  use.row = 0;
  use.api = "ExAllocatePoolWithTag";
  rank::ImageFacts image;
  image.file_name = file;
  image.original_name = original;
  return rank::judge(use.tag, {use}, image, {});
}

bool has(const rank::Judgement& judgement, std::string_view code) {
  return std::any_of(judgement.reasons.begin(), judgement.reasons.end(),
                     [code](const rank::Reason& reason) { return reason.code == code; });
}

}  // namespace

TEST_CASE("that a tag is never freed counts when it is known, not when no free was seen") {
  CHECK_FALSE(has(judge("Leak", "a.sys"), "never_freed"));
  trace::TagUse use;
  use.tag = tagdb::PoolTag::from_text("Leak");
  CHECK(has(rank::judge(use.tag, {use}, {}, {}, true), "never_freed"));
}

TEST_CASE("a tag of never_prove.tsv is possible at most, and says why") {
  for (const char* tag : {"Ddk ", "STCE", "PcNw", "SeAl", "Proc", "Irp "}) {
    INFO(tag);
    CHECK(judge(tag, "a.sys").verdict == rank::Verdict::possible);
    CHECK(has(judge(tag, "a.sys"), "shared_tag"));
  }
  CHECK(judge("Leak", "a.sys").verdict == rank::Verdict::proven);
  CHECK_FALSE(has(judge("Leak", "a.sys"), "shared_tag"));
}

TEST_CASE("a tag of code that many makers' drivers hold makes a candidate, not the owner") {
  for (const tagdb::SharedTag& shared : tagdb::builtin_shared_tags().tags) {
    const std::string tag = shared.tag.text();
    INFO(tag);
    const auto proof = tagdb::builtin_shared_tags().families[shared.family].proof;
    const bool code = proof == tagdb::Proof::shared;
    const rank::Judgement judgement = judge(tag, "a.sys");
    CHECK(judgement.verdict == (code ? rank::Verdict::likely : rank::Verdict::possible));
    CHECK(has(judgement, "shared_code") == code);
    CHECK(has(judgement, "shared_tag") == !code);
  }
  CHECK_FALSE(has(judge("Leak", "a.sys"), "shared_code"));
}

TEST_CASE("a driver of on_behalf.tsv keeps its verdict and says for whom it allocates") {
  CHECK(judge("Leak", "FLTMGR.SYS").verdict == rank::Verdict::proven);
  CHECK(has(judge("Leak", "FLTMGR.SYS"), "on_behalf"));
  CHECK(has(judge("Leak", "renamed.sys", "ndis.sys"), "on_behalf"));
  CHECK_FALSE(has(judge("Leak", "a.sys", "a.sys"), "on_behalf"));
}

TEST_CASE("a listed owner counts, by a pattern less, and a list that names another is told of") {
  tagdb::Database database;
  database.add(tagdb::read_pooltag("Leak - a.sys\nOt?? - a.sys\nElse - b.sys\nGone - <unknown>\n", "list"), "list");
  const auto judged = [&database](std::string_view tag) {
    trace::TagUse use;
    use.tag = tagdb::PoolTag::from_text(tag);
    use.row = 0;
    use.api = "ExAllocatePoolWithTag";
    rank::ImageFacts image;
    image.file_name = "A.SYS";
    return rank::judge(use.tag, {use}, image, database.lookup(use.tag));
  };
  CHECK(has(judged("Leak"), "listed_owner"));
  CHECK(has(judged("Othr"), "listed_owner"));
  CHECK(judged("Leak").score > judged("Othr").score);
  CHECK(judged("Othr").score > judged("Gone").score);
  CHECK(has(judged("Else"), "listed_elsewhere"));
  CHECK(judged("Else").verdict == rank::Verdict::proven);
  CHECK_FALSE(has(judged("Leak"), "listed_elsewhere"));
  CHECK_FALSE(has(judged("Gone"), "listed_elsewhere"));
  // A tag that names no owner contradicts no list.
  database.add(tagdb::read_pooltag("Ddk  - b.sys\n", "list"), "list");
  CHECK(has(judged("Ddk "), "shared_tag"));
  CHECK_FALSE(has(judged("Ddk "), "listed_elsewhere"));
}

TEST_CASE(
    "a list that names a static library, or the kernel and the HAL by another name, does not contradict the code") {
  tagdb::Database database;
  database.add(tagdb::read_pooltag("Libr - wdmsec.lib\nHalT - hal.dll\nKern - ntkrpamp.exe\nHmod - hal!bus\n", "list"),
               "list");
  const auto judged = [&database](std::string_view tag, std::string_view file) {
    trace::TagUse use;
    use.tag = tagdb::PoolTag::from_text(tag);
    use.api = "ExAllocatePoolWithTag";
    rank::ImageFacts image;
    image.file_name = file;
    return rank::judge(use.tag, {use}, image, database.lookup(use.tag));
  };
  CHECK(has(judged("Libr", "a.sys"), "listed_library"));
  CHECK_FALSE(has(judged("Libr", "a.sys"), "listed_elsewhere"));
  CHECK(judged("Libr", "a.sys").verdict == rank::Verdict::proven);
  CHECK(has(judged("HalT", "halmacpi.dll"), "listed_owner"));
  CHECK(has(judged("Hmod", "halaacpi.dll"), "listed_owner"));
  CHECK(has(judged("Kern", "ntoskrnl.exe"), "listed_owner"));
  CHECK(has(judged("HalT", "a.sys"), "listed_elsewhere"));
  CHECK_FALSE(has(judged("HalT", "a.sys"), "listed_library"));
}

TEST_CASE("what is less than an allocation makes less than a proof, and says what it is") {
  tagdb::Database database;
  database.add(tagdb::read_pooltag("Leak - a.sys\n", "list"), "list");
  const auto judged = [&database](trace::Evidence evidence, bool charges_pool, std::string_view file) {
    trace::TagUse use;
    use.tag = tagdb::PoolTag::from_text("Leak");
    use.evidence = evidence;
    use.charges_pool = charges_pool;
    rank::ImageFacts image;
    image.file_name = file;
    return rank::judge(use.tag, {use}, image, database.lookup(use.tag));
  };
  using rank::Verdict;
  using trace::Evidence;
  CHECK(judged(Evidence::frees, true, "other.sys").verdict == Verdict::possible);
  CHECK(judged(Evidence::frees, true, "a.sys").verdict == Verdict::likely);
  CHECK(has(judged(Evidence::frees, true, "other.sys"), "frees"));
  CHECK(judged(Evidence::allocates, false, "a.sys").verdict == Verdict::possible);
  CHECK(has(judged(Evidence::allocates, false, "a.sys"), "not_charged"));
  CHECK(judged(Evidence::predicted, true, "other.sys").verdict == Verdict::possible);
  CHECK(has(judged(Evidence::predicted, true, "other.sys"), "predicted"));
  CHECK(judged(Evidence::constant, true, "other.sys").verdict == Verdict::weak);
  CHECK(judged(Evidence::constant, true, "a.sys").verdict == Verdict::possible);
  CHECK(has(judged(Evidence::constant, true, "a.sys"), "constant"));
  CHECK(judged(Evidence::bytes, true, "a.sys").verdict == Verdict::weak);
  // Strongest first, as people read them.
  CHECK(rank::to_string(Verdict::proven) == "proven");
  CHECK(rank::to_string(Verdict::weak) == "weak");
}

TEST_CASE("the lint for driver makers names default tags and numbers that are no tags") {
  trace::TraceResult trace;
  trace::TagUse use;
  use.tag = tagdb::PoolTag::from_text("Ddk ");
  use.evidence = trace::Evidence::allocates;
  use.row = 0;
  use.origin_rva = 0x1000;
  trace.uses.push_back(use);
  trace::Site site;
  site.rva = 0x2000;
  site.bucket = trace::Bucket::suspect;
  trace.sites.push_back(site);
  const auto findings = rank::check(trace, {}, tagdb::Database{}, tagdb::builtin_api_table());
  const auto found = [&findings](std::string_view code, std::uint32_t rva) {
    return std::any_of(findings.begin(), findings.end(), [&](const rank::Finding& finding) {
      return finding.code->code == code && finding.places == std::vector<std::uint32_t>{rva};
    });
  };
  CHECK(found("default_tag", 0x1000));
  CHECK(found("suspect_tag", 0x2000));
}
