// What a leak's figures say about a candidate: pool type and size, and no more than they can say.
#include <doctest/doctest.h>

#include "scanner/rank/leak_terms.hpp"

using namespace scanner;
using rank::size_agrees;

namespace {

trace::TagUse use(trace::Pool pool, std::optional<std::uint64_t> bytes,
                  trace::Evidence evidence = trace::Evidence::allocates) {
  trace::TagUse out;
  out.pool = pool;
  out.bytes = bytes;
  out.evidence = evidence;
  return out;
}

rank::Judgement weighed(const std::vector<trace::TagUse>& uses, bool paged, std::int64_t average) {
  rank::Judgement judgement;
  rank::LeakFigures leak;
  leak.paged = paged;
  leak.bytes_per_allocation = average;
  rank::weigh_leak(judgement, uses, leak, false, [](std::size_t i) { return "site " + std::to_string(i); });
  return judgement;
}

bool has(const rank::Judgement& judgement, std::string_view code) {
  for (const rank::Reason& reason : judgement.reasons) {
    if (reason.code == code) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("the pool adds a header and rounds up") {
  CHECK(size_agrees(1024, 1024, false));
  CHECK(size_agrees(1024, 1040, false));
  CHECK(size_agrees(1000, 1024, false));  // 1000 + 16 rounded up to 16
  CHECK(size_agrees(1000, 1008, true));   // 1000 + 8 rounded up to 8
  CHECK_FALSE(size_agrees(1024, 1056, false));
  CHECK_FALSE(size_agrees(1024, 512, false));
  CHECK(size_agrees(5000, 8192, false));  // whole pages
  CHECK(size_agrees(4096, 4096, false));
  CHECK_FALSE(size_agrees(4096, 8192, false));
  CHECK_FALSE(size_agrees(0, 0, false));
  CHECK_FALSE(size_agrees(16, 0, false));
}

TEST_CASE("a match is a reason that names the site") {
  const auto judgement = weighed({use(trace::Pool::paged, 16), use(trace::Pool::nonpaged, 1024)}, false, 1040);
  CHECK(has(judgement, "pool_agrees"));
  CHECK(has(judgement, "size_agrees"));
  CHECK(judgement.reasons.back().text.find("site 1") != std::string::npos);
  CHECK(judgement.reasons.back().text.find("consistent with") != std::string::npos);
  CHECK(judgement.score > 0);
}

TEST_CASE("a contradiction lowers only when the pool of every site is known") {
  CHECK(weighed({use(trace::Pool::paged, 16), use(trace::Pool::session, 16)}, false, 1040).score < 0);
  CHECK(weighed({use(trace::Pool::paged, 16), use(trace::Pool::unknown, 16)}, false, 1040).score == 0);
  CHECK(weighed({use(trace::Pool::session, 16)}, true, 1040).score > 0);  // session pool is paged
  // A site that frees or charges nothing has no say.
  auto uncharged = use(trace::Pool::paged, 16);
  uncharged.charges_pool = false;
  CHECK(weighed({uncharged}, false, 1040).reasons.empty());
  CHECK(weighed({use(trace::Pool::unknown, {}, trace::Evidence::frees)}, false, 1040).reasons.empty());
}

TEST_CASE("the size of a site in the other pool is no match") {
  CHECK_FALSE(
      has(weighed({use(trace::Pool::paged, 1024), use(trace::Pool::nonpaged, 64)}, false, 1040), "size_agrees"));
}
