// A survey as a list of tags that other tools read: localtag.txt for `poolmon /g`, pooltag.txt for the debuggers, or
// the difference to such a list. Tags are collected until the end, since a tag's line names all its drivers.
#include <algorithm>
#include <map>

#include "scanner/report/model.hpp"

namespace scanner::report {
namespace {

/// poolmon.exe reads no larger file.
constexpr std::size_t kPoolmonLimit = 1000000;

struct Owner {
  std::string name;         ///< file name as on disk
  std::string description;  ///< product and company
};

std::string describe(const pe::Identity& identity) {
  std::string out = !identity.description.empty() ? identity.description : identity.product;
  if (!identity.company.empty()) out += out.empty() ? identity.company : " (" + identity.company + ")";
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return printable(out);
}

/// Why poolmon could not read a line for this tag, or null when it can (its reader's rules: shared by /g and /c).
const char* unreadable_by_poolmon(const std::string& text) {
  std::string word = text;
  while (!word.empty() && word.back() == ' ') word.pop_back();
  if (word.find(' ') != std::string::npos) return "a blank inside";
  if (word.empty() || word.size() > 4) return "characters that are not printable";
  return tagdb::fold_case(word).starts_with("rem") ? "a beginning like a comment" : nullptr;
}

bool one_tag(const tagdb::Entry& entry) { return entry.first.exact() && !entry.range(); }

class TagListReporter final : public Reporter {
 public:
  TagListReporter(std::ostream& out, TagListOptions options) : out_(out), options_(std::move(options)) {}

  void driver(const Driver& driver) override {
    const std::string name = printable(file_name(driver.path));  // a list is lines, and a name may hold their ends
    scanned_.emplace(tagdb::fold_case(name), name);
    for (const Use& item : driver.uses) {
      const trace::TagUse& use = item.use;
      if (use.evidence > trace::Evidence::configures || !use.charges_pool) continue;
      if (!tagdb::never_proves(use.tag).empty()) continue;  // nobody's own
      found_[{use.tag.text(), use.tag}].emplace(tagdb::fold_case(name), Owner{name, describe(driver.identity)});
    }
  }

  void end() override {
    if (options_.difference) {
      write_difference(*options_.difference);
    } else {
      write_list();
    }
  }

 private:
  using Owners = std::map<std::string, Owner>;

  [[nodiscard]] bool kept(tagdb::PoolTag tag) const {
    return std::any_of(options_.kept.begin(), options_.kept.end(), [tag](const tagdb::PooltagFile& file) {
      return std::any_of(file.entries.begin(), file.entries.end(),
                         [tag](const tagdb::Entry& entry) { return one_tag(entry) && entry.matches(tag); });
    });
  }

  void write_list() {
    std::string text = options_.kept_text;
    if (!text.empty() && text.back() != '\n') text += '\n';
    const std::string comment = options_.for_poolmon ? "rem " : "// ";
    text += comment + "made by poolwho " POOLWHO_VERSION ": who allocates with which tag, found in the code of " +
            std::to_string(scanned_.size()) + " drivers\n";
    std::map<std::string, unsigned> left_out;
    for (const auto& [key, owners] : found_) {
      const auto& [shown, tag] = key;
      if (kept(tag)) continue;
      const char* reason = options_.for_poolmon ? unreadable_by_poolmon(shown)
                           : shown.size() != 4  ? "characters that are not printable"
                                                : nullptr;
      std::string lines;
      if (reason == nullptr) lines = options_.for_poolmon ? localtag_line(shown, owners) : pooltag_lines(shown, owners);
      constexpr std::size_t kRoomForLast = 1000;
      if (options_.for_poolmon && reason == nullptr && text.size() + lines.size() + kRoomForLast > kPoolmonLimit)
        reason = "no room: poolmon reads no file of a million bytes";
      if (reason != nullptr) {
        ++left_out[reason];
      } else {
        text += lines;
      }
    }
    for (const auto& [reason, count] : left_out)
      text += comment + std::to_string(count) + " tags left out, " + reason + "\n";
    out_ << text;
  }

  static std::string localtag_line(const std::string& tag, const Owners& owners) {
    std::string line = tag + "   -     ";
    for (const auto& [key, owner] : owners) line += (line.back() == ' ' ? "" : " ") + owner.name;
    return line + "\n";
  }

  static std::string pooltag_lines(const std::string& tag, const Owners& owners) {
    std::string lines;
    for (const auto& [key, owner] : owners) {
      lines += tag + " - " + owner.name;
      if (!owner.description.empty()) lines += " - " + owner.description;
      lines += "\n";
    }
    return lines;
  }

  static std::string names(const Owners& owners) {
    std::string out;
    for (const auto& [key, owner] : owners) out += (out.empty() ? "" : ", ") + owner.name;
    return out;
  }

  void write_difference(const tagdb::PooltagFile& old) {
    unsigned added = 0, contradicting = 0, missing = 0, unknown = 0;
    for (const auto& [key, owners] : found_) {
      const auto& [shown, tag] = key;
      std::string listed;
      bool agrees = false;
      for (const tagdb::Entry& entry : old.entries) {
        if (!one_tag(entry) || !entry.matches(tag)) continue;  // `Nt??` says little about a tag
        const std::string owner = tagdb::fold_case(entry.owner);
        const auto images = tagdb::owner_images(entry.owner);
        const bool names_image = !images.empty();
        for (const auto& [name, ignored] : owners)
          agrees = agrees || owner.find(name) != std::string::npos ||
                   std::find(images.begin(), images.end(), name) != images.end();
        if (names_image || listed.empty()) listed = entry.owner;
      }
      if (listed.empty()) {
        ++added;
        out_ << "+ " << shown << " - " << names(owners) << "\n";
      } else if (!agrees && !tagdb::owner_images(listed).empty()) {
        ++contradicting;
        out_ << "! " << shown << " - listed for " << listed << ", found in " << names(owners) << "\n";
      }
    }
    for (const tagdb::Entry& entry : old.entries) {
      if (!one_tag(entry)) continue;
      bool scanned = false;
      for (const std::string& image : tagdb::owner_images(entry.owner)) scanned = scanned || scanned_.contains(image);
      if (!scanned) {
        ++unknown;
      } else if (!found_.contains({entry.first.tag().text(), entry.first.tag()})) {
        ++missing;
        out_ << "- " << entry.columns << " - listed for " << entry.owner << ", which does not allocate with it\n";
      }
    }
    out_ << "rem " << added << " new, " << contradicting << " contradicting, " << missing << " missing; " << unknown
         << " entries name drivers that were not scanned\n";
  }

  std::ostream& out_;
  TagListOptions options_;
  std::map<std::pair<std::string, tagdb::PoolTag>, Owners> found_;  // in the order of texts
  std::map<std::string, std::string> scanned_;
};

}  // namespace

std::unique_ptr<Reporter> make_taglist_reporter(std::ostream& out, TagListOptions options) {
  return std::make_unique<TagListReporter>(out, std::move(options));
}

}  // namespace scanner::report
