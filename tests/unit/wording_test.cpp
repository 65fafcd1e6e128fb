// Numbers and names that stand in sentences: who is named, with which certainty, and that what is counted adds up.
#include <doctest/doctest.h>

#include "scanner/report/html_answer.hpp"
#include "scanner/report/words.hpp"

using namespace scanner;

namespace {

report::Candidate candidate(const std::string& path, rank::Verdict verdict, std::vector<std::string_view> codes = {}) {
  report::Candidate out;
  out.tag = tagdb::PoolTag::from_text("Leak");
  out.path = path;
  out.judgement.verdict = verdict;
  for (const std::string_view code : codes) out.judgement.reasons.push_back({code, ""});
  report::Use use;
  use.use.row = 0;
  use.use.api = "ExAllocatePoolWithTag";
  use.use.via = {0x1000};
  out.uses = {use};
  return out;
}

std::pair<std::string, std::string> page_of(const std::vector<report::Candidate>& candidates) {
  std::string error;
  return report::html::headline({*tagdb::parse_query("Leak", error)}, candidates, 9);
}

}  // namespace

TEST_CASE("a headline tells a likely driver from a proven one") {
  using enum rank::Verdict;
  CHECK(page_of({candidate("a.sys", proven)}).first == "'Leak': a.sys");
  CHECK(page_of({candidate("a.sys", likely)}).first == "'Leak': probably a.sys");
  CHECK(page_of({candidate("b.sys", likely), candidate("c.sys", likely), candidate("a.sys", proven)}).first ==
        "'Leak': a.sys, probably b.sys, c.sys");
  CHECK(page_of({candidate("a.sys", possible)}).first == "'Leak': 1 possible driver");
}

TEST_CASE("drivers that allocate with a tag which names no owner are said to do so") {
  using enum rank::Verdict;
  const auto shares = candidate("a.sys", possible, {"allocates", "shared_tag"});
  CHECK(page_of({shares, shares}).second == "They allocate with the tag, but this tag names no owner.");
  CHECK(page_of({shares}).second == "It allocates with the tag, but this tag names no owner.");
  CHECK(page_of({shares, candidate("b.sys", possible)}).second ==
        "1 of them allocates with the tag, but this tag names no owner.");
  CHECK(page_of({candidate("b.sys", possible)}).second == "Nothing proves that one of them allocates with the tag.");
  auto untagged = shares;
  untagged.uses.front().implied = true;
  CHECK(page_of({untagged}).second ==
        "It calls functions that take no tag, which are charged to this one: it names no owner.");
}

TEST_CASE("call sites are counted in one wording, and every unresolved one is in it") {
  using trace::Bucket;
  report::SiteCounts counts;
  CHECK(report::sites_in_words(counts) == "0 allocation sites");
  counts.allocate.add(Bucket::constant, 15);
  counts.allocate.add(Bucket::forwarded);
  counts.wrapper.add(Bucket::constant, 27);
  counts.wrapper.add(Bucket::dynamic, 9);
  CHECK(counts.unresolved() == 9);
  CHECK(report::sites_in_words(counts) ==
        "16 allocation sites: 15 known, 1 forwarded; 36 calls of own wrappers: 27 known, 9 not resolved");
  CHECK(report::sites_in_words(counts, {{"field", 5}, {"merged", 4}}) ==
        "16 allocation sites: 15 known, 1 forwarded; 36 calls of own wrappers: 27 known, 9 not resolved (field 5, "
        "merged 4)");
  // The reasons are those of all calls: the numbers before them must be, too.
  counts.free.add(Bucket::dynamic);
  CHECK(report::sites_in_words(counts, {{"field", 6}, {"merged", 4}}) ==
        "16 allocation sites: 15 known, 1 forwarded; 36 calls of own wrappers: 27 known, 9 not resolved; "
        "1 call that does not allocate: 1 not resolved (field 6, merged 4)");
}

TEST_CASE("a signature that was not checked is no statement about who signed") {
  pe::Identity identity;
  identity.signer = "Contoso";
  CHECK(report::product(identity) == "carries a signature in the name of Contoso, not checked");
}
