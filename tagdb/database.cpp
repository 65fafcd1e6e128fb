#include "tagdb/database.hpp"

#include <algorithm>
#include <cctype>

#include "tagdb/text.hpp"

namespace tagdb {
namespace {

bool same_letters(PoolTag a, PoolTag b) {
  // Letters differ from their other case in one bit. Nearly every pair ends here.
  if (((a.value() ^ b.value()) & 0xDFDFDFDFU) != 0) return false;
  for (unsigned i = 0; i < 4; ++i) {
    if (std::tolower(a.byte(i)) != std::tolower(b.byte(i))) return false;
  }
  return true;
}

bool reversed(PoolTag a, PoolTag b) {
  if (a.byte(0) == b.byte(3) && a.byte(1) == b.byte(2) && a.byte(2) == b.byte(1) && a.byte(3) == b.byte(0)) return true;
  const std::uint8_t end = a.byte(3);  // people leave the blanks out: prI for Irp
  return (end == ' ' || end == 0) && TagPattern::exactly(a).reversed() == TagPattern::exactly(b);
}

/// A range has no letter case: every spelling of the tag is tried.
bool in_range_but_case(const Entry& range, PoolTag tag) {
  for (unsigned spelling = 0; spelling < 16; ++spelling) {
    std::uint32_t value = tag.value();
    for (unsigned i = 0; i < 4; ++i) {
      const bool letter = std::isalpha(tag.byte(i)) != 0;
      if ((spelling >> i & 1U) != 0 && letter) value ^= std::uint32_t{0x20} << (8 * i);
    }
    if (range.matches(PoolTag(value))) return true;
  }
  return false;
}

constexpr const char* kBuiltin = "built-in";

constexpr std::uint32_t kMostItems = (1U << 30) - 1;

/// The line of the compiled-in list that begins at `begin`.
std::string_view builtin_line(std::uint32_t begin) {
  const std::string_view rest = builtin_pooltag().substr(begin);
  return rest.substr(0, rest.find('\n'));
}

/// Is this line of the compiled-in list "Tag  - owner…" with a tag of four plain characters? Nearly all are; the others
/// are taken apart at once. (That the list holds nothing worse is a matter of its lint.)
bool declared_form(std::string_view line) {
  return line.size() >= 8 && line.substr(4, 3) == " - " && line.substr(0, 4) != "rem " && line[0] != ' ' &&
         line[0] != '?' && line[1] != '?' && line[2] != '?' && line[3] != '?' &&
         line.substr(0, 4).find('*') == std::string_view::npos;
}

/// Is there a tag that a pattern and a range (`Qc00 through QcFF`) share? Exact for patterns whose open positions
/// stand behind the fixed ones; others may overlap a range that they only touch.
bool range_overlaps(const Entry& range, const TagPattern& form) {
  if (form.exact()) return range.matches(form.tag());
  std::string low, high;
  const std::string pattern = form.text();
  for (const char c : pattern) {
    low += c == '?' ? ' ' : c;
    high += c == '?' ? '~' : c;
  }
  return low <= range.last.text() && high >= range.first.text();
}

}  // namespace

bool related(PoolTag a, PoolTag b) { return a != b && (reversed(a, b) || same_letters(a, b)); }

void Database::add_entry(Entry entry) {
  read_.push_back(std::move(entry));
  const Entry& kept = read_.back();
  const bool exact = !kept.range() && kept.first.exact();
  const auto number = static_cast<std::uint32_t>(read_.size() - 1);
  items_.push_back({exact ? kept.first.tag() : PoolTag{}, exact ? 1U : 0U, 1, number & kMostItems});
}

void Database::add(PooltagFile file, std::string name) {
  sources_.emplace_back(std::move(name), file.entries.size());
  for (Entry& entry : file.entries) add_entry(std::move(entry));
}

void Database::add_builtin() {
  const std::string_view text = builtin_pooltag();
  constexpr std::size_t kShortLine = 16;  // bytes: "Abcd - x.sys" and its line end
  items_.reserve(items_.size() + text.size() / kShortLine);
  const std::size_t before = items_.size();
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    if (declared_form(line)) {
      const auto begin = static_cast<std::uint32_t>(line.data() - text.data());
      items_.push_back({PoolTag::from_text(line), 1, 0, begin & kMostItems});
      return;
    }
    Entry entry;
    if (read_line(line, entry) != Line::Kind::entry) return;
    entry.source = kBuiltin;
    entry.line = number;
    add_entry(std::move(entry));
  });
  sources_.emplace_back(kBuiltin, items_.size() - before);
}

const Entry* Database::entry_of(Item& item) const {
  if (item.is_read == 0) {
    Entry entry;
    read_line(builtin_line(item.at), entry);
    entry.source = kBuiltin;
    entry.line = builtin_line_number(item.at);
    item.is_read = 1;
    item.at = static_cast<std::uint32_t>(read_.size()) & kMostItems;
    read_.push_back(std::move(entry));
  }
  return &read_[item.at];
}

/// 1-based. Entries are mostly asked for in their order, so counting goes on from the last one.
std::size_t Database::builtin_line_number(std::uint32_t begin) const {
  if (begin < counted_to_) counted_to_ = 0, lines_before_it_ = 0;
  const std::string_view between = builtin_pooltag().substr(counted_to_, begin - counted_to_);
  lines_before_it_ += static_cast<std::size_t>(std::count(between.begin(), between.end(), '\n'));
  counted_to_ = begin;
  return lines_before_it_ + 1;
}

std::vector<const Entry*> Database::lookup(PoolTag tag) const {
  const std::lock_guard lock(mutex_);
  std::vector<const Entry*> found;
  for (Item& item : items_) {
    if (item.exact != 0 && item.tag == tag) found.push_back(entry_of(item));
  }
  if (!found.empty()) return found;
  unsigned best = 0;
  for (Item& item : items_) {
    if (item.exact != 0 || !read_[item.at].matches(tag)) continue;
    const Entry& entry = read_[item.at];
    const unsigned specificity = entry.specificity();
    if (specificity > best) found.clear();
    if (specificity >= best) {
      best = specificity;
      found.push_back(&entry);
    }
  }
  return found;
}

std::vector<const Entry*> Database::search(const TagQuery& query) const {
  const std::lock_guard lock(mutex_);
  std::vector<const Entry*> found;
  for (Item& item : items_) {
    const bool hit = std::any_of(query.forms.begin(), query.forms.end(), [this, &item](const TagPattern& form) {
      if (item.exact != 0) return form.matches(item.tag);
      const Entry& entry = read_[item.at];
      return entry.range() ? range_overlaps(entry, form) : entry.first.overlaps(form);
    });
    if (hit) found.push_back(entry_of(item));
  }
  return found;
}

std::vector<const Entry*> Database::entries() const {
  const std::lock_guard lock(mutex_);
  std::vector<const Entry*> all;
  for (Item& item : items_) all.push_back(entry_of(item));
  return all;
}

std::vector<PoolTag> Database::relatives(PoolTag tag) const {
  const std::lock_guard lock(mutex_);
  std::vector<PoolTag> found;
  for (const Item& item : items_) {
    if (item.exact != 0 && related(item.tag, tag)) found.push_back(item.tag);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::vector<Resembling> Database::resembling(const TagPattern& form) const {
  const std::lock_guard lock(mutex_);
  const TagPattern small = form.small(), backwards = form.reversed();
  std::vector<Resembling> found;
  unsigned best = 0;
  for (Item& item : items_) {
    const Entry* open = item.exact != 0 ? nullptr : &read_[item.at];
    const bool range = open != nullptr && open->range();
    const TagPattern pattern = open == nullptr ? TagPattern::exactly(item.tag) : open->first;
    const auto meant = [&](const TagPattern& wanted) {
      return range ? wanted.exact() && open->matches(wanted.tag()) : pattern.overlaps(wanted);
    };
    const bool other_case =
        range ? form.exact() && in_range_but_case(*open, form.tag()) : pattern.small().overlaps(small);
    const bool turned = !other_case && backwards != form && meant(backwards);
    if (!other_case && !turned) continue;
    const unsigned specificity = open == nullptr ? 4U : open->specificity();
    if (form.exact() && specificity < best) continue;
    if (form.exact() && specificity > best) found.clear();
    best = std::max(best, specificity);
    found.push_back({entry_of(item)->pattern(), turned});
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::string Database::describe() const {
  std::string out;
  for (const auto& [name, count] : sources_) {
    if (!out.empty()) out += ", ";
    out += name + " (" + std::to_string(count) + ")";
  }
  return out;
}

const std::vector<std::string>& installed_pooltag_paths() {
  static const std::vector<std::string> paths = [] {
    std::vector<std::string> list;
    for (const char* kit : {"10", "8.1", "8.0"}) {
      for (const char* machine : {"x64", "arm64", "x86"})
        list.push_back(std::string("Program Files (x86)/Windows Kits/") + kit + "/Debuggers/" + machine +
                       "/triage/pooltag.txt");
    }
    list.emplace_back("Program Files/Debugging Tools for Windows (x64)/triage/pooltag.txt");
    list.emplace_back("Program Files/Debugging Tools for Windows (x86)/triage/pooltag.txt");
    for (const char* machine : {"amd64", "i386", "ia64"})
      list.push_back(std::string("WINDDK/7600.16385.1/tools/other/") + machine + "/poolmon/pooltag.txt");
    return list;
  }();
  return paths;
}

}  // namespace tagdb
