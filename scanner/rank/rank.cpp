#include "scanner/rank/rank.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "tagdb/known_leaks.hpp"

namespace scanner::rank {
namespace {

using trace::Certainty;
using trace::Evidence;
using trace::TagUse;

// Every term of the score, in one place. A verdict always outweighs a score: it is compared first.
constexpr int kListedOwner = 40;
constexpr int kListedByPattern = 15;  // `Nt??` covers tags of others, too
constexpr int kManySites = 6;
constexpr int kSureProof = 20;
constexpr int kNeverFreed = 4;
constexpr int kSystemDrivers = 3;
constexpr int kComponentStore = -2;
constexpr int kLoadedNow = 8;
constexpr int kConfiguredToStart = 3;
constexpr int kUnloaded = 3;  // as much as a driver that starts: it was there
constexpr int kKnownLeak = 12;
constexpr int kNotCharged = -30;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

bool charges(Evidence evidence) { return evidence <= Evidence::configures; }

/// "29 call sites reach A, 7 reach B": each function with its own number, in the order of the uses.
std::string call_sites(const std::vector<TagUse>& uses) {
  std::vector<std::pair<std::string, int>> functions;
  for (const TagUse& use : uses) {
    if (!charges(use.evidence) || !use.charges_pool) continue;
    const std::string name = use.api.empty() ? "an allocator" : use.api;
    const auto known =
        std::find_if(functions.begin(), functions.end(), [&name](const auto& one) { return one.first == name; });
    if (known == functions.end()) {
      functions.emplace_back(name, 1);
    } else {
      ++known->second;
    }
  }
  std::string out;
  for (const auto& [name, count] : functions) {
    const char* verb = count == 1 ? " reaches " : " reach ";
    out += out.empty() ? std::to_string(count) + (count == 1 ? " call site" : " call sites")
                       : ", " + std::to_string(count);
    out += verb + name;
  }
  return out;
}

std::string list_of(const tagdb::Entry& entry) {
  return entry.source == "built-in" ? "the built-in tag list" : entry.source;
}

std::string line_of(const tagdb::Entry& entry) { return " (line " + std::to_string(entry.line) + ")"; }

}  // namespace

const tagdb::Entry* listed_owner(const ImageFacts& image, const std::vector<const tagdb::Entry*>& listed) {
  for (const tagdb::Entry* entry : listed) {
    for (const std::string& name : tagdb::owner_images(entry->owner)) {
      if (equal_ignoring_case(name, image.file_name) ||
          (!image.original_name.empty() && equal_ignoring_case(name, image.original_name)))
        return entry;
    }
  }
  return nullptr;
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::proven: return "proven";
    case Verdict::likely: return "likely";
    case Verdict::possible: return "possible";
    case Verdict::weak: return "weak";
  }
  return "";
}

Judgement judge(tagdb::PoolTag tag, const std::vector<TagUse>& uses, const ImageFacts& image,
                const std::vector<const tagdb::Entry*>& listed, bool never_freed) {
  Judgement judgement;
  const auto reason = [&judgement](std::string_view code, std::string text, int weight) {
    judgement.score += weight;
    judgement.reasons.push_back({code, std::move(text)});
  };
  const tagdb::Entry* owner = listed_owner(image, listed);
  bool allocates = false, frees = false, uncharged = false, unassumed = false, constant = false, predicted = false;
  std::uint32_t assumptions = 0;
  int sites = 0;
  for (const TagUse& use : uses) {
    if (charges(use.evidence) && use.charges_pool) {
      allocates = true;
      unassumed = unassumed || use.certainty != Certainty::assumed;
      assumptions |= use.assumptions;
      ++sites;
    } else if (charges(use.evidence)) {
      uncharged = true;
    }
    frees = frees || use.evidence == Evidence::frees;
    constant = constant || use.evidence == Evidence::constant;
    predicted = predicted || use.evidence == Evidence::predicted;
  }
  if (allocates) {
    judgement.verdict = unassumed ? Verdict::proven : Verdict::likely;
    reason("allocates", call_sites(uses), unassumed ? kSureProof : 0);
    if (sites > 1) reason("many_sites", "more than one call site", kManySites);
    if (!unassumed) reason("assumed", "assuming that " + trace::describe_assumptions(assumptions), 0);
    if (never_freed) reason("never_freed", "no call that frees with this tag was seen", kNeverFreed);
  } else if (frees) {
    judgement.verdict = owner != nullptr ? Verdict::likely : Verdict::possible;
    reason("frees", "frees memory with this tag, which allocators usually do", 0);
  } else if (uncharged) {
    judgement.verdict = Verdict::possible;
    reason("not_charged", "only in calls that charge no pool (address ranges, Driver Verifier)", kNotCharged);
  } else if (predicted) {
    judgement.verdict = Verdict::possible;
    reason("predicted",
           "a KMDF driver whose name gives this tag: the framework charges it for what has no tag of its own", 0);
  } else if (constant && owner != nullptr) {
    judgement.verdict = Verdict::possible;
    reason("constant", "the tag stands in the code as a number", 0);
  }
  if (owner != nullptr) {
    const bool exact = owner->first.exact() && !owner->range();
    reason("listed_owner",
           list_of(*owner) + " names it as the owner" + (exact ? "" : ", of " + owner->columns) + line_of(*owner),
           exact ? kListedOwner : kListedByPattern);
  } else if (const auto library =
                 std::find_if(listed.begin(), listed.end(),
                              [](const tagdb::Entry* entry) { return tagdb::names_library(entry->owner); });
             allocates && library != listed.end()) {
    // Neither for nor against: every driver that is linked with it has the tag in its code.
    reason("listed_library",
           list_of(**library) + " gives the tag to a static library, " + (*library)->owner + line_of(**library) +
               ": this driver may hold its code, and so may others",
           0);
  } else if (allocates && tagdb::never_proves(tag).empty()) {
    // Proof wins over a list, but the reader shall know that they disagree.
    const auto other = std::find_if(listed.begin(), listed.end(), [](const tagdb::Entry* entry) {
      return entry->first.exact() && !entry->range() && !tagdb::owner_images(entry->owner).empty();
    });
    if (other != listed.end())
      reason("listed_elsewhere",
             list_of(**other) + " gives the tag to " + (*other)->owner + line_of(**other) + "; the code says otherwise",
             0);
  }
  if (const auto advice = tagdb::never_proves(tag); !advice.empty()) {
    if (judgement.verdict < Verdict::possible) judgement.verdict = Verdict::possible;
    reason("shared_tag", "the tag never proves an owner: " + std::string(advice), 0);
  }
  if (const auto advice = tagdb::shared_code(tag); !advice.empty()) {
    // The code is there, and so may be another driver with the same code that the search has not seen.
    if (judgement.verdict < Verdict::likely) judgement.verdict = Verdict::likely;
    reason("shared_code", "the tag may have more than one owner: " + advice, 0);
  }
  // What such a driver allocates may be another's doing; the verdict about who calls the allocator stays.
  auto for_others = tagdb::on_behalf(image.file_name);
  if (for_others.empty()) for_others = tagdb::on_behalf(image.original_name);
  if (allocates && !for_others.empty()) reason("on_behalf", "allocates for others: " + std::string(for_others), 0);
  // Elsewhere, others have seen this very version leak. No verdict rests on it.
  if (const tagdb::KnownLeak* leak = tagdb::known_leak(tag, {image.file_name, image.original_name, image.file_version}))
    reason("known_leak", tagdb::in_words(*leak), kKnownLeak);
  if (!image.container.empty())
    reason("embedded",
           "carried by " + std::string(image.container) + ", which can write it to disk, load it and delete it", 0);
  if (image.in_system_drivers) reason("system_drivers", "lies in System32\\drivers", kSystemDrivers);
  const std::string says = image.list.empty() ? "" : ", says " + std::string(image.list);
  if (image.loaded_now) {
    reason("loaded_now", "loaded now" + says, kLoadedNow);
  } else if (image.stale) {
    reason("stale", "another build of it was loaded (time stamp or size differ)" + says, 0);
  } else if (image.unloaded) {
    reason("unloaded", "was loaded and is unloaded" + says + "; blocks that it left stay allocated", kUnloaded);
  } else if (image.configured) {
    reason("configured_to_start", "configured to start" + says, kConfiguredToStart);
  }
  if (image.in_component_store)
    reason("component_store", "lies in a store of packages, perhaps not the copy that is loaded", kComponentStore);
  return judgement;
}

}  // namespace scanner::rank
