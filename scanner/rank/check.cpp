#include "scanner/rank/check.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "pe/text.hpp"
#include "scanner/rank/frees.hpp"
#include "tagdb/advice.hpp"
#include "tagdb/owners.hpp"

namespace scanner::rank {
namespace {

using trace::Bucket;
using trace::Evidence;
using trace::SiteKind;
using trace::TagUse;

/// Those of one tag.
using Uses = std::vector<const TagUse*>;

bool allocates(const TagUse& use) { return use.evidence <= Evidence::configures && use.charges_pool; }

/// Component owners of Microsoft's list are parts of a whole: win32kbase.sys allocates with the tags of win32k.
bool made_by_microsoft(const CheckedImage& image) { return image.company.starts_with("Microsoft"); }

class Check {
 public:
  Check(const trace::TraceResult& trace, const CheckedImage& image, const tagdb::Database& database,
        const tagdb::ApiTable& apis)
      : trace_(trace), image_(image), database_(database), apis_(apis) {}

  std::vector<Finding> run() {
    std::map<tagdb::PoolTag, Uses> by_tag;
    for (const TagUse& use : trace_.uses) {
      if (use.evidence < Evidence::constant && !use.open) by_tag[use.tag].push_back(&use);
    }
    for (const auto& [tag, uses] : by_tag) {
      if (std::any_of(uses.begin(), uses.end(), [](const TagUse* use) { return allocates(*use); }))
        check_tag(tag, uses);
    }
    check_suspects();
    return std::move(findings_);
  }

 private:
  void check_tag(tagdb::PoolTag tag, const Uses& uses) {
    const std::string untagged = without_tag(uses);
    if (!untagged.empty()) {
      add(
          "untagged", tag, uses, [this](const TagUse& use) { return takes_no_tag(use); },
          untagged + ": poolmon counts this memory as '" + tag.text() + "', with that of all other drivers");
    } else if (const std::string what = taken_over(tag); !what.empty()) {
      add("default_tag", tag, uses, allocates, what + ": many drivers use this tag, give the driver one of its own");
    } else if (const tagdb::Entry* other = other_owner(tag)) {
      add("collision", tag, uses, allocates,
          other->source + ":" + std::to_string(other->line) + " lists the tag for " + other->owner);
    }
    if (image_.oldest_system >= kWindows8)
      add("executable_pool", tag, uses, executable,
          "nonpaged pool that can be executed, in a driver for Windows 8 or later: NonPagedPoolNx or "
          "POOL_FLAG_NON_PAGED is meant");
    if (never_freed(with_patterns(tag, uses), trace_, apis_))
      add("never_freed", tag, uses, allocates, "no call of the driver frees with this tag");
  }

  /// What is done with tags of which a letter is not known may be done with this one.
  [[nodiscard]] Uses with_patterns(tagdb::PoolTag tag, Uses uses) const {
    for (const TagUse& use : trace_.uses) {
      if (use.open && use.evidence < Evidence::constant && use.fits(tag)) uses.push_back(&use);
    }
    return uses;
  }

  void check_suspects() {
    Finding finding{find_code("suspect_tag"), {}, {}, "the number in the tag's place cannot be a tag"};
    for (const trace::Site& site : trace_.sites) {
      // What a function of the driver's own makes of such a number is its own affair.
      const bool suspect = !site.wrapper && site.kind == SiteKind::allocate && site.bucket == Bucket::suspect;
      if (suspect && !of_win32k(site.row)) finding.places.push_back(site.rva);
    }
    if (!finding.places.empty()) findings_.push_back(std::move(finding));
  }

  /// Its allocators take 0 for a tag, and are reached through tables of functions that other drivers fill in.
  [[nodiscard]] bool of_win32k(int row) const {
    return row >= 0 && static_cast<std::size_t>(row) < apis_.rows.size() &&
           apis_.rows[static_cast<std::size_t>(row)].module.starts_with("win32k");
  }

  static bool executable(const TagUse& use) {
    return allocates(use) && use.executable && use.pool == trace::Pool::nonpaged;
  }

  /// Does the function charge a tag of the kernel's choice?
  [[nodiscard]] bool takes_no_tag(const TagUse& use) const {
    const int row = apis_.find_row(use.api);
    return allocates(use) && row >= 0 && !apis_.rows[static_cast<std::size_t>(row)].default_tag.empty();
  }

  /// "ExAllocatePool and ExAllocatePoolWithQuota take no tag"; empty when all functions do.
  [[nodiscard]] std::string without_tag(const Uses& uses) const {
    std::set<std::string> names;
    for (const TagUse* use : uses) {
      if (takes_no_tag(*use)) names.insert(use->api);
    }
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : " and ") + name;
    return out.empty() ? out : out + (names.size() == 1 ? " takes no tag" : " take no tag");
  }

  /// What header or sample the tag comes from; empty when it is none of these, or the maker of the sample uses it.
  [[nodiscard]] std::string taken_over(tagdb::PoolTag tag) const {
    const tagdb::SharedTag* shared = tagdb::taken_over(tag);
    if (shared == nullptr) return {};
    const tagdb::SharedFamily& family = tagdb::builtin_shared_tags().families[shared->family];
    return family.proof == tagdb::Proof::shared && made_by_microsoft(image_) ? std::string() : shared->what;
  }

  /// The first listed owner that is some other image, or null when the list agrees, knows nothing or names no image.
  [[nodiscard]] const tagdb::Entry* other_owner(tagdb::PoolTag tag) const {
    if (!tagdb::never_proves(tag).empty() || !tagdb::shared_code(tag).empty()) return nullptr;
    const auto listed = database_.lookup(tag);
    if (listed_owner(image_.names, listed) != nullptr) return nullptr;
    for (const tagdb::Entry* entry : listed) {
      constexpr unsigned kExact = 4;
      const bool built_in = entry->source == tagdb::kBuiltin;
      if (entry->specificity() == kExact && !tagdb::owner_images(entry->owner).empty() &&
          !(built_in && made_by_microsoft(image_)) && !same_maker(*entry))
        return entry;
    }
    return nullptr;
  }

  /// Is the listed owner another driver of the same maker? Its description begins with the maker's name.
  [[nodiscard]] bool same_maker(const tagdb::Entry& entry) const {
    const std::string_view company = image_.company.substr(0, image_.company.find_first_of(" ,("));
    const std::string_view owner = tagdb::describe_owner(entry.owner);
    return company.size() > 2 && owner.size() > company.size() && owner[company.size()] == ' ' &&
           pe::equal_but_case(company, owner.substr(0, company.size()));
  }

  void add(std::string_view code, tagdb::PoolTag tag, const Uses& uses,
           const std::function<bool(const TagUse&)>& counts, std::string text) {
    std::set<std::uint32_t> places;
    for (const TagUse* use : uses) {
      if (counts(*use)) places.insert(use->origin_rva);
    }
    if (!places.empty()) findings_.push_back({find_code(code), tag, {places.begin(), places.end()}, std::move(text)});
  }

  const trace::TraceResult& trace_;
  const CheckedImage& image_;
  const tagdb::Database& database_;
  const tagdb::ApiTable& apis_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check(const trace::TraceResult& trace, const CheckedImage& image, const tagdb::Database& database,
                           const tagdb::ApiTable& apis) {
  return Check(trace, image, database, apis).run();
}

}  // namespace scanner::rank
