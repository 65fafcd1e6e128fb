#include "scanner/rank/leak_terms.hpp"

#include <algorithm>

#include "pe/text.hpp"

namespace scanner::rank {
namespace {

using trace::Evidence;
using trace::Pool;
using trace::TagUse;

// The terms that a leak adds to the score, in one place; see rank.cpp for the others.
constexpr int kPoolAgrees = 10;
constexpr int kSizeAgrees = 15;
constexpr int kPoolContradicts = -25;

constexpr std::uint64_t kPage = 4096;

std::uint64_t rounded_up(std::uint64_t bytes, std::uint64_t unit) { return (bytes + unit - 1) / unit * unit; }

bool charges(const TagUse& use) { return use.evidence <= Evidence::configures && use.charges_pool; }

bool same_pool(Pool pool, bool paged) {
  return paged ? pool == Pool::paged || pool == Pool::session : pool == Pool::nonpaged;
}

}  // namespace

bool size_agrees(std::uint64_t asked, std::int64_t average, bool narrow) {
  if (average <= 0 || asked == 0 || asked > (std::uint64_t{1} << 40)) return false;
  const std::uint64_t header = narrow ? 8 : 16;
  const auto seen = static_cast<std::uint64_t>(average);
  const std::uint64_t in_block = rounded_up(asked + header, header);
  // From a page less its header on, the pool gives whole pages; the average of some tools is without the header.
  if (asked + header > kPage) return seen >= asked && seen <= rounded_up(asked, kPage);
  return seen == asked || seen == in_block || seen == rounded_up(asked, header);
}

void weigh_leak(Judgement& judgement, const std::vector<TagUse>& uses, const LeakFigures& leak, bool narrow,
                const std::function<std::string(std::size_t)>& place) {
  const auto reason = [&judgement](std::string_view code, std::string text, int weight) {
    judgement.score += weight;
    judgement.reasons.push_back({code, std::move(text)});
  };
  const auto average = static_cast<std::uint64_t>(std::max<std::int64_t>(leak.bytes_per_allocation, 0));
  const std::string pool = leak.paged ? "paged" : "nonpaged";
  bool any = false, every_pool_known = true, every_size_known = true;
  std::size_t agreeing = uses.size(), sized = uses.size();
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const TagUse& use = uses[i];
    if (!charges(use)) continue;
    any = true;
    every_pool_known = every_pool_known && use.pool != Pool::unknown;
    every_size_known = every_size_known && use.bytes.has_value();
    const bool agrees = leak.pool_known && same_pool(use.pool, leak.paged);
    if (agrees && agreeing == uses.size()) agreeing = i;
    const bool possible = agrees || use.pool == Pool::unknown || !leak.pool_known;
    if (possible && use.bytes && size_agrees(*use.bytes, leak.bytes_per_allocation, narrow) && sized == uses.size())
      sized = i;
  }
  if (!any) return;
  if (agreeing < uses.size()) {
    reason("pool_agrees", place(agreeing) + " takes " + pool + " pool: consistent with the leak", kPoolAgrees);
  } else if (every_pool_known && leak.pool_known) {
    reason("pool_contradicts", "the leak is in " + pool + " pool, and every call site takes another one",
           kPoolContradicts);
  }
  if (sized < uses.size()) {
    const std::string asked = pe::with_commas(*uses[sized].bytes), seen = pe::with_commas(average);
    reason("size_agrees",
           place(sized) + " asks for " + asked + " bytes: consistent with the " + seen + " per allocation in the log",
           kSizeAgrees);
  } else if (every_size_known && leak.bytes_per_allocation > 0) {
    // No weight: the log's figure is an average over everybody who uses the tag.
    reason("size_differs",
           "no call site asks for about " + pe::with_commas(average) + " bytes, the log's average per allocation", 0);
  }
}

}  // namespace scanner::rank
