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

/// A line of the compiled-in list, numbers from 1, without its end.
std::string_view builtin_line(std::size_t number) {
  const std::string_view rest = builtin_pooltag().substr(builtin_lines()[number - 1].begin);
  return rest.substr(0, rest.find_first_of("\r\n"));
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

void Database::add_builtin() {
  has_builtin_ = true;
  std::size_t number = 0, plain = 0;
  for (const BuiltinLine& line : builtin_lines()) {
    ++number;
    Entry entry;
    if (line.tag != 0) {
      ++plain;
    } else if (read_line(builtin_line(number), entry) == Line::Kind::entry) {
      entry.source = kBuiltin;
      entry.line = number;
      builtin_.emplace(number, std::move(entry));
    }
  }
  sources_.emplace_back(kBuiltin, plain + builtin_.size());
}

void Database::add(PooltagFile file, std::string name) {
  sources_.emplace_back(std::move(name), file.entries.size());
  for (Entry& entry : file.entries) read_.push_back(std::move(entry));
}

template <typename Each>
void Database::for_each(Each each) const {
  const auto read = [&each](const Entry& entry) {
    const bool exact = !entry.range() && entry.first.exact();
    each(Item{exact ? entry.first.tag() : PoolTag{}, exact, &entry, entry.line});
  };
  if (has_builtin_) {
    std::size_t number = 0;
    for (const BuiltinLine& line : builtin_lines()) {
      ++number;
      if (line.tag != 0) {
        each(Item{PoolTag(line.tag), true, nullptr, number});
      } else if (const auto open = builtin_.find(number); open != builtin_.end()) {
        read(open->second);
      }
    }
  }
  for (const Entry& entry : read_) read(entry);
}

const Entry* Database::entry_of(const Item& item) const {
  if (item.entry != nullptr) return item.entry;
  const auto [place, added] = builtin_.try_emplace(item.number);
  Entry& entry = place->second;
  if (added) {
    read_line(builtin_line(item.number), entry);
    entry.source = kBuiltin;
    entry.line = item.number;
  }
  return &entry;
}

std::vector<const Entry*> Database::lookup(PoolTag tag) const {
  const std::lock_guard lock(mutex_);
  std::vector<const Entry*> found;
  for_each([&](const Item& item) {
    if (item.exact && item.tag == tag) found.push_back(entry_of(item));
  });
  if (!found.empty()) return found;
  unsigned best = 0;
  for_each([&](const Item& item) {
    if (item.exact || !item.entry->matches(tag)) return;
    const unsigned specificity = item.entry->specificity();
    if (specificity > best) found.clear();
    if (specificity >= best) {
      best = specificity;
      found.push_back(item.entry);
    }
  });
  return found;
}

std::vector<const Entry*> Database::search(const TagQuery& query) const {
  const std::lock_guard lock(mutex_);
  std::vector<const Entry*> found;
  for_each([&](const Item& item) {
    const bool hit = std::any_of(query.forms.begin(), query.forms.end(), [&item](const TagPattern& form) {
      if (item.exact) return form.matches(item.tag);
      return item.entry->range() ? range_overlaps(*item.entry, form) : item.entry->first.overlaps(form);
    });
    if (hit) found.push_back(entry_of(item));
  });
  return found;
}

std::vector<const Entry*> Database::entries() const {
  const std::lock_guard lock(mutex_);
  std::vector<const Entry*> all;
  for_each([&](const Item& item) { all.push_back(entry_of(item)); });
  return all;
}

std::vector<PoolTag> Database::relatives(PoolTag tag) const {
  const std::lock_guard lock(mutex_);
  std::vector<PoolTag> found;
  for_each([&](const Item& item) {
    if (item.exact && related(item.tag, tag)) found.push_back(item.tag);
  });
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::vector<Resembling> Database::resembling(const TagPattern& form) const {
  const std::lock_guard lock(mutex_);
  const TagPattern small = form.small(), backwards = form.reversed();
  std::vector<Resembling> found;
  unsigned best = 0;
  for_each([&](const Item& item) {
    const Entry* open = item.exact ? nullptr : item.entry;
    const bool range = open != nullptr && open->range();
    const TagPattern pattern = open == nullptr ? TagPattern::exactly(item.tag) : open->first;
    const auto meant = [&](const TagPattern& wanted) {
      return range ? wanted.exact() && open->matches(wanted.tag()) : pattern.overlaps(wanted);
    };
    const bool other_case =
        range ? form.exact() && in_range_but_case(*open, form.tag()) : pattern.small().overlaps(small);
    const bool turned = !other_case && backwards != form && meant(backwards);
    if (!other_case && !turned) return;
    const unsigned specificity = open == nullptr ? 4U : open->specificity();
    if (form.exact() && specificity < best) return;
    if (form.exact() && specificity > best) found.clear();
    best = std::max(best, specificity);
    found.push_back({entry_of(item)->pattern(), turned});
  });
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
      // On 32-bit systems there is no other folder of programs.
      for (const char* programs : {"Program Files (x86)", "Program Files"}) {
        for (const char* machine : {"x64", "arm64", "x86"})
          list.push_back(std::string(programs) + "/Windows Kits/" + kit + "/Debuggers/" + machine +
                         "/triage/pooltag.txt");
      }
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
