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

namespace {

/// What the uses of one tag in one image come to.
struct Evidences {
  bool allocates = false, frees = false, uncharged = false, unassumed = false, constant = false, predicted = false;
  std::uint32_t assumptions = 0;
  int sites = 0;

  explicit Evidences(const std::vector<TagUse>& uses) {
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
  }
};

/// Adds up one judgement, one kind of reason after the other.
class Judge {
 public:
  Judge(tagdb::PoolTag tag, const std::vector<TagUse>& uses, const ImageFacts& image,
        const std::vector<const tagdb::Entry*>& listed)
      : tag_(tag), uses_(uses), image_(image), listed_(listed), owner_(listed_owner(image, listed)), found_(uses) {}

  void by_code(bool never_freed);
  void by_lists();
  void by_tag();
  void by_place();
  Judgement result() { return std::move(judgement_); }

 private:
  void reason(std::string_view code, std::string text, int weight) {
    judgement_.score += weight;
    judgement_.reasons.push_back({code, std::move(text)});
  }
  void by_other_lists();

  tagdb::PoolTag tag_;
  const std::vector<TagUse>& uses_;
  const ImageFacts& image_;
  const std::vector<const tagdb::Entry*>& listed_;
  const tagdb::Entry* owner_;
  Evidences found_;
  Judgement judgement_;
};

void Judge::by_code(bool never_freed) {
  if (found_.allocates) {
    judgement_.verdict = found_.unassumed ? Verdict::proven : Verdict::likely;
    reason("allocates", call_sites(uses_), found_.unassumed ? kSureProof : 0);
    if (found_.sites > 1) reason("many_sites", "more than one call site", kManySites);
    if (!found_.unassumed) reason("assumed", "assuming that " + trace::describe_assumptions(found_.assumptions), 0);
    if (never_freed) reason("never_freed", "no call that frees with this tag was seen", kNeverFreed);
  } else if (found_.frees) {
    judgement_.verdict = owner_ != nullptr ? Verdict::likely : Verdict::possible;
    reason("frees", "frees memory with this tag, which allocators usually do", 0);
  } else if (found_.uncharged) {
    judgement_.verdict = Verdict::possible;
    reason("not_charged", "only in calls that charge no pool (address ranges, Driver Verifier)", kNotCharged);
  } else if (found_.predicted) {
    judgement_.verdict = Verdict::possible;
    reason("predicted",
           "a KMDF driver whose name gives this tag: the framework charges it for what has no tag of its own", 0);
  } else if (found_.constant && owner_ != nullptr) {
    judgement_.verdict = Verdict::possible;
    reason("constant", "the tag stands in the code as a number", 0);
  }
}

void Judge::by_lists() {
  if (owner_ == nullptr) {
    if (found_.allocates) by_other_lists();
    return;
  }
  const bool exact = owner_->first.exact() && !owner_->range();
  reason("listed_owner",
         list_of(*owner_) + " names it as the owner" + (exact ? "" : ", of " + owner_->columns) + line_of(*owner_),
         exact ? kListedOwner : kListedByPattern);
}

/// The driver allocates, and the lists name somebody else.
void Judge::by_other_lists() {
  const auto library = std::find_if(listed_.begin(), listed_.end(),
                                    [](const tagdb::Entry* entry) { return tagdb::names_library(entry->owner); });
  if (library != listed_.end()) {
    // Neither for nor against: every driver that is linked with it has the tag in its code.
    reason("listed_library",
           list_of(**library) + " gives the tag to a static library, " + (*library)->owner + line_of(**library) +
               ": this driver may hold its code, and so may others",
           0);
    return;
  }
  if (!tagdb::never_proves(tag_).empty()) return;
  // Proof wins over a list, but the reader shall know that they disagree.
  const auto other = std::find_if(listed_.begin(), listed_.end(), [](const tagdb::Entry* entry) {
    return entry->first.exact() && !entry->range() && !tagdb::owner_images(entry->owner).empty();
  });
  if (other != listed_.end())
    reason("listed_elsewhere",
           list_of(**other) + " gives the tag to " + (*other)->owner + line_of(**other) + "; the code says otherwise",
           0);
}

/// What is known of the tag and of who allocates for others.
void Judge::by_tag() {
  if (const auto advice = tagdb::never_proves(tag_); !advice.empty()) {
    if (judgement_.verdict < Verdict::possible) judgement_.verdict = Verdict::possible;
    reason("shared_tag", "the tag never proves an owner: " + std::string(advice), 0);
  }
  if (const auto advice = tagdb::shared_code(tag_); !advice.empty()) {
    // The code is there, and so may be another driver with the same code that the search has not seen.
    if (judgement_.verdict < Verdict::likely) judgement_.verdict = Verdict::likely;
    reason("shared_code", "the tag may have more than one owner: " + advice, 0);
  }
  // What such a driver allocates may be another's doing; the verdict about who calls the allocator stays.
  auto for_others = tagdb::on_behalf(image_.file_name);
  if (for_others.empty()) for_others = tagdb::on_behalf(image_.original_name);
  if (found_.allocates && !for_others.empty())
    reason("on_behalf", "allocates for others: " + std::string(for_others), 0);
  // Elsewhere, others have seen this very version leak. No verdict rests on it.
  if (const tagdb::KnownLeak* leak =
          tagdb::known_leak(tag_, {image_.file_name, image_.original_name, image_.file_version}))
    reason("known_leak", tagdb::in_words(*leak), kKnownLeak);
}

/// Where the file lies, and what the machine has to do with it.
void Judge::by_place() {
  if (!image_.container.empty())
    reason("embedded",
           "carried by " + std::string(image_.container) + ", which can write it to disk, load it and delete it", 0);
  if (image_.in_system_drivers) reason("system_drivers", "lies in System32\\drivers", kSystemDrivers);
  const std::string says = image_.list.empty() ? "" : ", says " + std::string(image_.list);
  if (image_.loaded_now) {
    reason("loaded_now", "loaded now" + says, kLoadedNow);
  } else if (image_.stale) {
    reason("stale", "another build of it was loaded (time stamp or size differ)" + says, 0);
  } else if (image_.unloaded) {
    reason("unloaded", "was loaded and is unloaded" + says + "; blocks that it left stay allocated", kUnloaded);
  } else if (image_.configured) {
    reason("configured_to_start", "configured to start" + says, kConfiguredToStart);
  }
  if (image_.in_component_store)
    reason("component_store", "lies in a store of packages, perhaps not the copy that is loaded", kComponentStore);
}

}  // namespace

Judgement judge(tagdb::PoolTag tag, const std::vector<TagUse>& uses, const ImageFacts& image,
                const std::vector<const tagdb::Entry*>& listed, bool never_freed) {
  Judge judge(tag, uses, image, listed);
  judge.by_code(never_freed);
  judge.by_lists();
  judge.by_tag();
  judge.by_place();
  return judge.result();
}

}  // namespace scanner::rank
