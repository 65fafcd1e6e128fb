// A survey as a list of tags that other tools read: localtag.txt for `poolmon /g`, pooltag.txt for the debuggers, or
// the difference to such a list. Tags are collected until the end, since a tag's line names all its drivers.
#include <algorithm>
#include <map>
#include <set>

#include "pe/text.hpp"
#include "scanner/report/words.hpp"

namespace scanner::report {
namespace {

/// poolmon.exe reads no larger file.
constexpr std::size_t kPoolmonLimit = 1000000;
constexpr std::size_t kRoomForLast = 1000;  // the lines that end a list

// How a list tells what it wrote itself, so that a later survey into the same file replaces it.
constexpr std::string_view kMadeBy = "made by poolwho ";
constexpr std::string_view kVersionOf = "version of ";  // "version of my.sys: 1.2"
constexpr std::string_view kEndOfOurs = "end of what poolwho found; a survey that keeps this file replaces it";

struct Owner {
  std::string name;           ///< file name as on disk; harmless: a list is lines, and a name may hold their ends
  std::string original_name;  ///< from the version resource, folded
  std::string description;    ///< product and company
  std::string version;        ///< of the file, may be empty
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
  return pe::fold_case(word).starts_with("rem") ? "a beginning like a comment" : nullptr;
}

bool one_tag(const tagdb::Entry& entry) { return entry.first.exact() && !entry.range(); }

/// Why a reader would not take the line for an entry of this tag (`//ab`, `rem `, `a?bc`, `ab*c`), or null.
const char* read_as_something_else(const std::string& line, tagdb::PoolTag tag) {
  tagdb::Entry entry;
  if (tagdb::read_line(line, entry) != tagdb::Line::Kind::entry) return "a beginning like a comment";
  return one_tag(entry) && entry.first.tag() == tag ? nullptr : "a wildcard in it, which would stand for other tags";
}

/// What a driver allocates with, kept for copies of it under other names.
struct Scanned {
  Owner owner;
  std::vector<tagdb::PoolTag> tags;  ///< of the list
  std::vector<tagdb::PoolTag> all;   ///< those that never prove an owner, too
};

class TagListReporter final : public Reporter {
 public:
  TagListReporter(std::ostream& out, TagListOptions options) : out_(out), options_(std::move(options)) {}

  void driver(const Driver& driver) override {
    if (!driver.traced) return;  // what it allocates with is not known
    ++traced_;
    Scanned scanned;
    scanned.owner = {printable(file_name(driver.path)), pe::fold_case(driver.identity.original_name),
                     describe(driver.identity), printable(version_of(driver.identity))};
    for (const Use& item : driver.uses) {
      const trace::TagUse& use = item.use;
      const bool predicted = use.evidence == trace::Evidence::predicted;
      if (!predicted && (use.evidence > trace::Evidence::configures || !use.charges_pool)) continue;
      if (scanned.all.empty() || scanned.all.back() != use.tag) scanned.all.push_back(use.tag);
      if (predicted || !tagdb::never_proves(use.tag).empty()) continue;  // nobody's own
      if (scanned.tags.empty() || scanned.tags.back() != use.tag) scanned.tags.push_back(use.tag);
    }
    add(scanned);
    by_path_.emplace(driver.path, std::move(scanned));
  }

  /// The same driver by another name: both are drivers to a list that knows no contents.
  void copy(const std::string& path, const std::string& of, const std::string&) override {
    const auto first = by_path_.find(of);
    if (first == by_path_.end()) return;
    Scanned scanned = first->second;
    scanned.owner.name = printable(file_name(path));
    if (pe::fold_case(scanned.owner.name) == pe::fold_case(first->second.owner.name)) return;
    add(scanned);
  }

  void end() override {
    if (options_.difference) {
      write_difference(*options_.difference);
    } else {
      write_list();
    }
  }

 private:
  using Owners = std::map<std::string, Owner>;  // by the folded name

  void add(const Scanned& scanned) {
    const std::string name = pe::fold_case(scanned.owner.name);
    for (const std::string& one : {name, scanned.owner.original_name}) {
      if (one.empty()) continue;
      scanned_.insert(one);
      for (const tagdb::PoolTag tag : scanned.all) allocators_[tag].insert(one);
    }
    if (!scanned.owner.version.empty() && !scanned.tags.empty()) versions_[name].insert(scanned.owner.version);
    for (const tagdb::PoolTag tag : scanned.tags) found_[{tag.text(), tag}].emplace(name, scanned.owner);
  }

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
    text += comment + std::string(kMadeBy) + POOLWHO_VERSION ": who allocates with which tag, found in the code of " +
            std::to_string(traced_) + (traced_ == 1 ? " driver\n" : " drivers\n");
    std::map<std::string, unsigned> left_out;
    unsigned without_room = 0;
    for (const auto& [key, owners] : found_) {
      const auto& [shown, tag] = key;
      if (kept(tag)) continue;
      const char* reason = why_not_listed(shown, tag, owners);
      const std::string lines = reason == nullptr ? lines_of(shown, owners) : std::string();
      if (options_.for_poolmon && reason == nullptr && text.size() + lines.size() + kRoomForLast >= kPoolmonLimit) {
        reason = "no room: poolmon reads no file of a million bytes";
        ++without_room;
      }
      if (reason != nullptr) {
        ++left_out[reason];
      } else {
        text += lines;
      }
    }
    for (const auto& [name, versions] : versions_) {
      const std::string line = comment + std::string(kVersionOf) + name + ": " + *versions.begin() + "\n";
      // They are told where the list is compared with a later one; tags go first.
      const bool room = !options_.for_poolmon || text.size() + line.size() + kRoomForLast < kPoolmonLimit;
      if (versions.size() == 1 && room) text += line;
    }
    for (const auto& [reason, count] : left_out)
      text += comment + std::to_string(count) + (count == 1 ? " tag" : " tags") + " left out, " + reason + "\n";
    text += comment + std::string(kEndOfOurs) + "\n";
    out_ << text;
    if (without_room > 0 && options_.warn)
      options_.warn(std::to_string(without_room) +
                    (without_room == 1 ? " tag is not in the list" : " tags are not in the list") +
                    ": poolmon reads no file of a million bytes. Survey fewer drivers, or keep a shorter list");
  }

  /// Why the list cannot hold a line for the tag, or null.
  [[nodiscard]] const char* why_not_listed(const std::string& shown, tagdb::PoolTag tag, const Owners& owners) const {
    const char* reason = options_.for_poolmon ? unreadable_by_poolmon(shown)
                         : shown.size() != 4  ? "characters that are not printable"
                                              : nullptr;
    if (reason != nullptr) return reason;
    const std::string lines = lines_of(shown, owners);
    return read_as_something_else(lines.substr(0, lines.find('\n')), tag);
  }

  [[nodiscard]] std::string lines_of(const std::string& shown, const Owners& owners) const {
    return options_.for_poolmon ? localtag_line(shown, owners) : pooltag_lines(shown, owners);
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

  /// Is one of the images the driver, by its file's name or the one in its version resource?
  static bool names_one(const std::vector<std::string>& images, const Owners& owners) {
    return std::any_of(owners.begin(), owners.end(), [&images](const auto& item) {
      return std::find(images.begin(), images.end(), item.first) != images.end() ||
             std::find(images.begin(), images.end(), item.second.original_name) != images.end();
    });
  }

  /// "rem my.sys: the list is of version 1.2, this is 1.3"
  void write_versions(const tagdb::PooltagFile& old) {
    for (const tagdb::Line& line : old.others) {
      std::string_view said = line.text;
      if (line.kind != tagdb::Line::Kind::comment || said.size() < 4) continue;
      said.remove_prefix(said.find(' ') == std::string_view::npos ? said.size() : said.find(' ') + 1);
      const auto colon = said.rfind(": ");
      if (!said.starts_with(kVersionOf) || colon == std::string_view::npos || colon < kVersionOf.size()) continue;
      const auto now = versions_.find(pe::fold_case(said.substr(kVersionOf.size(), colon - kVersionOf.size())));
      const std::string_view before = said.substr(colon + 2);
      if (now == versions_.end() || now->second.contains(std::string(before))) continue;
      out_ << "rem " << now->first << ": the list is of version " << before << ", this is " << *now->second.begin()
           << "\n";
    }
  }

  void write_difference(const tagdb::PooltagFile& old) {
    write_versions(old);
    unsigned added = 0, contradicting = 0, missing = 0, unknown = 0, unlistable = 0;
    std::set<tagdb::PoolTag> contradicted;
    for (const auto& [key, owners] : found_) {
      const auto& [shown, tag] = key;
      bool listed = false, agrees = false;
      std::string elsewhere;
      for (const tagdb::Entry& entry : old.entries) {
        if (!one_tag(entry) || !entry.matches(tag)) continue;  // `Nt??` says little about a tag
        listed = true;
        const auto images = tagdb::owner_images(entry.owner);  // none for <unknown>, static libraries and prose
        agrees = agrees || names_one(images, owners);
        if (!images.empty()) elsewhere = entry.owner;
      }
      if (!listed && why_not_listed(shown, tag, owners) != nullptr) {
        ++unlistable;
      } else if (!listed) {
        ++added;
        out_ << "+ " << shown << " - " << names(owners) << "\n";
      } else if (!agrees && !elsewhere.empty()) {
        ++contradicting;
        contradicted.insert(tag);
        out_ << "! " << shown << " - listed for " << elsewhere << ", found in " << names(owners) << "\n";
      }
    }
    for (const tagdb::Entry& entry : old.entries) {
      if (!one_tag(entry)) continue;
      const auto images = tagdb::owner_images(entry.owner);
      const auto among = [&images](const std::set<std::string>& names) {
        return std::any_of(images.begin(), images.end(),
                           [&names](const std::string& image) { return names.contains(image); });
      };
      const auto allocators = allocators_.find(entry.first.tag());
      if (!among(scanned_)) {
        ++unknown;
      } else if (!contradicted.contains(entry.first.tag()) &&
                 (allocators == allocators_.end() || !among(allocators->second))) {
        ++missing;
        out_ << "- " << entry.columns << " - listed for " << entry.owner << ", where no allocation with it was found\n";
      }
    }
    const std::size_t lines = added + contradicting + missing;
    if (lines == 0) out_ << "rem no changes\n";
    out_ << "rem " << added << " new, " << contradicting << " contradicting, " << missing << " missing; " << unknown
         << (unknown == 1 ? " entry names a driver" : " entries name drivers") << " not scanned\n";
    if (unlistable > 0)
      out_ << "rem " << unlistable << (unlistable == 1 ? " tag was" : " tags were")
           << " not compared, as such a list cannot hold " << (unlistable == 1 ? "it" : "them") << "\n";
    if (options_.differs) options_.differs(lines);
  }

  std::ostream& out_;
  TagListOptions options_;
  std::map<std::pair<std::string, tagdb::PoolTag>, Owners> found_;  // in the order of texts
  std::map<tagdb::PoolTag, std::set<std::string>> allocators_;      // of every tag, the shared ones, too
  std::map<std::string, std::set<std::string>> versions_;           // by the folded name, of drivers in the list
  std::set<std::string> scanned_;                                   // names and original names, of traced drivers
  std::map<std::string, Scanned> by_path_;
  std::size_t traced_ = 0;
};

}  // namespace

std::string without_own_lines(std::string_view text) {
  std::string out, held;  // held: lines of ours as long as their end has not come
  bool ours = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
    const std::string_view line = text.substr(at, end - at);
    at = end;
    const bool comment = line.starts_with("rem ") || line.starts_with("// ");
    const std::string_view said = comment ? line.substr(line.find(' ') + 1) : std::string_view{};
    if (said.starts_with(kMadeBy)) {
      out += held;  // the end of the last ones is lost: they may be somebody's
      held.clear();
      ours = true;
    } else if (ours && said.starts_with(kEndOfOurs)) {
      held.clear();
      ours = false;
    } else {
      (ours ? held : out) += line;
    }
  }
  return out + held;
}

std::size_t room_for_poolmon(std::size_t kept) {
  return kept + kRoomForLast < kPoolmonLimit ? kPoolmonLimit - kRoomForLast - kept : 0;
}

std::unique_ptr<Reporter> make_taglist_reporter(std::ostream& out, TagListOptions options) {
  return std::make_unique<TagListReporter>(out, std::move(options));
}

}  // namespace scanner::report
