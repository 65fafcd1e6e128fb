#include "tagdb/database.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace tagdb {
namespace {

bool equal_but_case(PoolTag a, PoolTag b) {
  for (unsigned i = 0; i < 4; ++i) {
    if (std::tolower(a.byte(i)) != std::tolower(b.byte(i))) return false;
  }
  return true;
}

}  // namespace

bool related(PoolTag a, PoolTag b) {
  if (a == b) return false;
  bool reversed = true;
  for (unsigned i = 0; i < 4; ++i) reversed = reversed && a.byte(i) == b.byte(3 - i);
  return reversed || equal_but_case(a, b);
}

void Database::add(PooltagFile file, std::string name) {
  sources_.emplace_back(std::move(name), file.entries.size());
  for (Entry& entry : file.entries) {
    const std::size_t index = entries_.size();
    if (!entry.range() && entry.first.exact()) {
      exact_[entry.first.tag().value()].push_back(index);
    } else {
      patterns_.push_back(index);
    }
    entries_.push_back(std::move(entry));
  }
}

std::vector<const Entry*> Database::lookup(PoolTag tag) const {
  std::vector<const Entry*> found;
  if (const auto it = exact_.find(tag.value()); it != exact_.end()) {
    for (const std::size_t index : it->second) found.push_back(&entries_[index]);
    return found;
  }
  unsigned best = 0;
  for (const std::size_t index : patterns_) {
    const Entry& entry = entries_[index];
    if (!entry.matches(tag)) continue;
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
  std::vector<const Entry*> found;
  for (const Entry& entry : entries_) {
    const bool hit = std::any_of(query.forms.begin(), query.forms.end(), [&entry](const TagPattern& form) {
      return form.exact() ? entry.matches(form.tag()) : entry.first.overlaps(form);
    });
    if (hit) found.push_back(&entry);
  }
  return found;
}

std::vector<PoolTag> Database::relatives(PoolTag tag) const {
  std::vector<PoolTag> found;
  for (const auto& [value, indexes] : exact_) {
    if (related(PoolTag(value), tag)) found.emplace_back(value);
  }
  std::sort(found.begin(), found.end());
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

std::string_view never_proves(PoolTag tag) {
  struct Family {
    std::array<const char*, 12> tags;
    std::string_view advice;
  };
  static constexpr Family kFamilies[] = {
      {{"Ddk ", "Wdm ", "Ifs ", "ScUn", "FxDr", "Strg"},
       "a default of driver headers that many drivers share; compare bytes per allocation and stop drivers one by one"},
      {{"None"}, "what allocations without a tag are charged to; any driver that calls ExAllocatePool can be the one"},
      {{"NDam", "FSrt"}, "charged by a system component for every driver that calls its untagged allocator"},
      {{"Proc", "Thre", "File", "Toke", "Even", "Key ", "Sema", "Muta", "Time", "Sect", "Symb", "Devi"},
       "an object type: the object manager allocates it for whoever asked. Look for growing handle counts, and use "
       "object "
       "reference tracing or pool stacks (WPR) to find who does not let go"},
      {{"IoCo", "Job ", "Desk", "Wind", "Dire", "Driv", "Port", "ALPC", "EtwR", "ObSq"},
       "an object type: the object manager allocates it for whoever asked. Look for growing handle counts, and use "
       "object "
       "reference tracing or pool stacks (WPR) to find who does not let go"},
  };
  for (const Family& family : kFamilies) {
    for (const char* text : family.tags) {
      if (text != nullptr && PoolTag::from_text(text) == tag) return family.advice;
    }
  }
  return {};
}

}  // namespace tagdb
