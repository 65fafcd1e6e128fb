#include "tagdb/database.hpp"

#include <algorithm>
#include <cctype>

#include "tagdb/text.hpp"

namespace tagdb {
namespace {

bool same_letters(PoolTag a, PoolTag b) {
  for (unsigned i = 0; i < 4; ++i) {
    if (std::tolower(a.byte(i)) != std::tolower(b.byte(i))) return false;
  }
  return true;
}

/// Four columns without wildcard, " - " and printable ASCII behind: the form of nearly every line, told without
/// taking it apart. False sends a line to the full reader, which knows all the other forms.
bool declared_form(std::string_view line) {
  if (line.size() < 8 || line.substr(4, 3) != " - " || line[0] == ' ' || line[7] == ' ') return false;
  if (line.starts_with("//") || equal_but_case(line.substr(0, 3), std::string_view("rem"))) return false;
  return std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; }) &&
         line.substr(0, 4).find_first_of("?*") == std::string_view::npos;
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

bool related(PoolTag a, PoolTag b) {
  if (a == b) return false;
  bool reversed = true;
  for (unsigned i = 0; i < 4; ++i) reversed = reversed && a.byte(i) == b.byte(3 - i);
  return reversed || same_letters(a, b);
}

void Database::add(PooltagFile file, std::string name) {
  const std::size_t source = sources_.size();
  sources_.emplace_back(std::move(name), file.entries.size());
  for (Entry& entry : file.entries) {
    read_.push_back(std::move(entry));
    const Entry& kept = read_.back();
    items_.push_back(
        {kept.first, !kept.range() && kept.first.exact(), static_cast<std::uint32_t>(kept.line), source, {}, &kept});
  }
}

void Database::add_builtin() { add_static(builtin_pooltag(), "built-in"); }

void Database::add_static(std::string_view text, std::string name) {
  const std::size_t source = sources_.size();
  const std::size_t before = items_.size();
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    const auto at = static_cast<std::uint32_t>(number);
    if (declared_form(line)) {
      items_.push_back({TagPattern::exactly(PoolTag::from_text(line)), true, at, source, line, nullptr});
      return;
    }
    Entry entry;
    if (read_line(line, entry) != Line::Kind::entry) return;
    entry.source = name;
    entry.line = number;
    read_.push_back(std::move(entry));
    const Entry& kept = read_.back();
    items_.push_back({kept.first, !kept.range() && kept.first.exact(), at, source, {}, &kept});
  });
  sources_.emplace_back(std::move(name), items_.size() - before);
}

const Entry* Database::entry_of(Item& item) const {
  if (item.entry == nullptr) {
    Entry entry;
    read_line(item.text, entry);
    entry.source = sources_[item.source].first;
    entry.line = item.line;
    read_.push_back(std::move(entry));
    item.entry = &read_.back();
  }
  return item.entry;
}

std::vector<const Entry*> Database::lookup(PoolTag tag) const {
  const std::lock_guard lock(mutex_);
  std::vector<const Entry*> found;
  const TagPattern wanted = TagPattern::exactly(tag);
  for (Item& item : items_) {
    if (item.exact && item.first == wanted) found.push_back(entry_of(item));
  }
  if (!found.empty()) return found;
  unsigned best = 0;
  for (Item& item : items_) {
    if (item.exact || !item.entry->matches(tag)) continue;
    const unsigned specificity = item.entry->specificity();
    if (specificity > best) found.clear();
    if (specificity >= best) {
      best = specificity;
      found.push_back(item.entry);
    }
  }
  return found;
}

std::vector<const Entry*> Database::search(const TagQuery& query) const {
  const std::lock_guard lock(mutex_);
  std::vector<const Entry*> found;
  for (Item& item : items_) {
    const bool hit = std::any_of(query.forms.begin(), query.forms.end(), [&item](const TagPattern& form) {
      if (item.exact) return form.matches(item.first.tag());
      if (item.entry->range()) return range_overlaps(*item.entry, form);
      return item.first.overlaps(form);
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
    if (item.exact && related(item.first.tag(), tag)) found.push_back(item.first.tag());
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
