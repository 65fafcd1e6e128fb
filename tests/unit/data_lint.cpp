#include "tests/unit/data_lint.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <sstream>

#include "tagdb/advice.hpp"
#include "tagdb/hints.hpp"
#include "tagdb/known_leaks.hpp"
#include "tagdb/owners.hpp"
#include "tagdb/pooltag_txt.hpp"
#include "tagdb/text.hpp"
#include "tagdb/tsv.hpp"

namespace lint {
namespace {

using tagdb::Entry;

constexpr std::size_t kLongestLine = 200;         // characters; WinDbg and poolmon cut nothing shorter
constexpr std::size_t kPoolmonLimit = 1'000'000;  // bytes: poolmon /g reads no larger file
constexpr std::size_t kSameText = 4;              // how many tags or owners may have word for word the same text
constexpr std::size_t kSameBeginning = 12;        // how many may begin with the same three words
constexpr std::size_t kShortestAdvice = 60;       // characters
constexpr std::size_t kLongestAdvice = 400;

/// Owners that the public editions spell without suffix, and whose image nobody can name.
const std::set<std::string, std::less<>> kOddOwners = {"fslib", "tcp"};

std::string at(std::size_t line, const std::string& text) { return "line " + std::to_string(line) + ": " + text; }

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool known_form(std::string_view owner) {
  if (owner == "nt" || kOddOwners.contains(owner)) return true;
  if (owner.size() > 2 && owner.front() == '<' && owner.back() == '>') return true;
  if (owner.find('!') != std::string_view::npos) return owner.front() != '!' && owner.back() != '!';
  std::string parts(owner);
  std::replace(parts.begin(), parts.end(), '/', ' ');
  std::istringstream words(parts);
  for (std::string word; words >> word;) {
    const bool suffix =
        word.ends_with(".sys") || word.ends_with(".exe") || word.ends_with(".dll") || word.ends_with(".lib");
    if (!suffix || pe::fold_case(word) != word) return false;
  }
  return !owner.empty();
}

/// Names and numbers are what a template fills in: without them, its products are equal.
std::string without_numbers(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) {
      out += c;
    } else if (out.empty() || out.back() != '#') {
      out += '#';
    }
  }
  return out;
}

std::string beginning(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::string out, word;
  for (int i = 0; i < 3 && words >> word; ++i) out += word + " ";
  return out;
}

void check_repetition(const std::vector<std::string>& texts, Problems& problems) {
  std::map<std::string, std::size_t> same, begun;
  for (const std::string& text : texts) {
    ++same[without_numbers(text)];
    ++begun[beginning(text)];
  }
  for (const auto& [text, count] : same) {
    if (count > kSameText) problems.push_back("'" + text + "' describes " + std::to_string(count));
  }
  for (const auto& [text, count] : begun) {
    if (count > kSameBeginning) problems.push_back(std::to_string(count) + " descriptions begin with '" + text + "'");
  }
}

void check_text(std::size_t line, std::string_view text, Problems& problems) {
  if (text.front() == ' ' || text.back() == ' ' || text.find("  ") != std::string_view::npos)
    problems.push_back(at(line, "stray blanks in the text"));
  if (text.back() == '.') problems.push_back(at(line, "a description is no sentence: no full stop"));
}

/// Owners that differ only in letter case, or have no form that a reader knows.
void check_owners(const std::vector<Entry>& entries, Problems& problems) {
  std::map<std::string, std::string> spelled;
  for (const Entry& entry : entries) {
    if (!known_form(entry.owner)) problems.push_back(at(entry.line, "owner '" + entry.owner + "' has no known form"));
    const auto [known, fresh] = spelled.emplace(pe::fold_case(entry.owner), entry.owner);
    if (!fresh && known->second != entry.owner)
      problems.push_back(at(entry.line, "owner '" + entry.owner + "' is '" + known->second + "' elsewhere"));
  }
}

void check_line(std::string_view line, std::size_t number, Problems& problems) {
  if (!is_ascii(line)) problems.push_back(at(number, "not plain ASCII"));
  if (line.size() > kLongestLine) problems.push_back(at(number, "longer than 200 characters"));
  if (line.empty() || line.starts_with("rem ")) return;
  Entry entry;
  if (tagdb::read_line(line, entry) != tagdb::Line::Kind::entry) {
    problems.push_back(at(number, "no entry, comment or blank line"));
    return;
  }
  if (line.substr(4, 3) != " - ") problems.push_back(at(number, "not 'Tag  - owner - description'"));
  if (entry.range()) problems.push_back(at(number, "prose"));
  if (tagdb::write_entry(entry) != line) problems.push_back(at(number, "reader and writer change it"));
  if (pe::fold_case(line.substr(0, 3)) == "rem") problems.push_back(at(number, "poolmon takes it for a comment"));
  if (!entry.description.empty()) check_text(number, entry.description, problems);
}

std::vector<Entry> entries_of(std::string_view text) { return tagdb::read_pooltag(text, "lint").entries; }

}  // namespace

Problems pooltag(std::string_view text) {
  Problems problems;
  if (text.size() >= kPoolmonLimit) problems.emplace_back("larger than poolmon reads");
  if (!text.ends_with('\n')) problems.emplace_back("no line end at the end");
  tagdb::for_each_line(text, [&](std::string_view line, std::size_t number) { check_line(line, number, problems); });
  const auto entries = entries_of(text);
  std::set<std::string> known;
  std::vector<std::string> descriptions;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    if (i > 0 && entry.columns < entries[i - 1].columns)
      problems.push_back(at(entry.line, "out of order: '" + entry.columns + "'"));
    if (!known.insert(entry.columns + pe::fold_case(entry.owner)).second)
      problems.push_back(at(entry.line, "'" + entry.columns + "' of " + entry.owner + " stands twice"));
    if (!entry.description.empty()) descriptions.push_back(entry.description);
  }
  check_owners(entries, problems);
  check_repetition(descriptions, problems);
  return problems;
}

Problems owners(std::string_view text, std::string_view pooltag_text) {
  Problems problems;
  std::set<std::string> used;
  for (const Entry& entry : entries_of(pooltag_text)) {
    used.insert(entry.owner);
    const auto bang = entry.owner.find('!');  // the image of a part
    if (bang != std::string::npos) used.insert(entry.owner.substr(0, bang) + ".sys");
  }
  std::vector<std::string> descriptions;
  std::string last;
  for (const tagdb::TsvRow& row : tagdb::read_tsv(text)) {
    if (row.cells.size() != 2 || row.cells[0].empty() || row.cells[1].empty()) {
      problems.push_back(at(row.line, "an owner and what it is"));
      continue;
    }
    const std::string owner(row.cells[0]), small = pe::fold_case(owner);
    if (!is_ascii(row.cells[0]) || !is_ascii(row.cells[1])) problems.push_back(at(row.line, "not plain ASCII"));
    if (row.cells[1].size() > kLongestLine) problems.push_back(at(row.line, "longer than 200 characters"));
    if (small == last) problems.push_back(at(row.line, "'" + owner + "' stands twice"));
    if (small < last) problems.push_back(at(row.line, "out of order: '" + owner + "'"));
    if (!used.contains(owner)) problems.push_back(at(row.line, "no tag of '" + owner + "' in pooltag.txt"));
    check_text(row.line, row.cells[1], problems);
    descriptions.emplace_back(row.cells[1]);
    last = small;
  }
  check_repetition(descriptions, problems);
  return problems;
}

Problems sources(std::string_view text, std::string_view pooltag_text) {
  static const std::set<std::string_view> kKinds = {"documentation", "repository", "measured",
                                                    "report",        "knowledge",  "list"};
  Problems problems;
  std::multimap<std::string, const Entry*> by_tag;
  const auto entries = entries_of(pooltag_text);
  std::size_t unknown = 0, resolved = 0, added = 0, added_unknown = 0, published = 0, published_unknown = 0;
  for (const Entry& entry : entries) {
    by_tag.emplace(entry.columns, &entry);
    unknown += entry.owner == "<unknown>" ? 1 : 0;
  }
  std::set<std::string> described;
  for (const tagdb::TsvRow& row : tagdb::read_tsv(text)) {
    if (row.cells.size() != 4 || row.cells[1].empty() || row.cells[3].size() < 5) {
      problems.push_back(at(row.line, "tag, fact, kind and source"));
      continue;
    }
    const std::string subject(row.cells[0]), fact(row.cells[1]);
    if (!kKinds.contains(row.cells[2])) problems.push_back(at(row.line, "unknown kind"));
    if (subject == "published") {
      std::string word;
      std::istringstream(fact) >> published >> word >> published_unknown;
      continue;
    }
    if (fact.starts_with("spelling ")) {
      if (std::none_of(entries.begin(), entries.end(), [&](const Entry& e) { return e.owner == fact.substr(9); }))
        problems.push_back(at(row.line, "no owner is spelled so"));
      continue;
    }
    const auto [first, last] = by_tag.equal_range(subject);
    if (first == last) problems.push_back(at(row.line, "no such tag: '" + subject + "'"));
    const bool owner_fact = fact.starts_with("resolved ") || fact.starts_with("added ");
    if (owner_fact) {
      (fact.starts_with("added ") ? added : resolved) += 1;
      const std::string owner = fact.substr(fact.find(' ') + 1);
      added_unknown += fact == "added <unknown>" ? 1 : 0;  // what a tag is can be known before whose it is
      if (std::none_of(first, last, [&owner](const auto& one) { return one.second->owner == owner; }))
        problems.push_back(at(row.line, "pooltag.txt names another owner of '" + subject + "'"));
    } else if (fact == "description") {
      described.insert(subject);
    } else {
      problems.push_back(at(row.line, "unknown fact"));
    }
  }
  for (const Entry& entry : entries) {
    if (!entry.description.empty() && !described.contains(entry.columns))
      problems.push_back("the description of '" + entry.columns + "' has no source");
  }
  if (published + added != entries.size()) problems.emplace_back("tags were added or lost without a source");
  if (unknown + resolved != published_unknown + added_unknown)
    problems.emplace_back("owners were resolved or lost without a source");
  return problems;
}

namespace {
void check_advice(const std::string& name, const std::string& advice, Problems& problems) {
  if (!is_ascii(advice)) problems.push_back(name + ": not plain ASCII");
  if (advice.size() < kShortestAdvice) problems.push_back(name + ": advice that short helps nobody");
  if (advice.size() > kLongestAdvice) problems.push_back(name + ": advice that nobody reads to its end");
}
}  // namespace

Problems never_prove(std::string_view text) {
  Problems problems;
  std::string error;
  const tagdb::SharedTags shared = tagdb::parse_shared_tags(text, error);
  if (!error.empty()) problems.push_back(error);
  if (shared.tags.empty()) problems.emplace_back("no tags");
  for (std::size_t i = 0; i < shared.families.size(); ++i) {
    check_advice(shared.families[i].name, shared.families[i].advice, problems);
    if (std::none_of(shared.tags.begin(), shared.tags.end(), [i](const auto& tag) { return tag.family == i; }))
      problems.push_back(shared.families[i].name + ": a family without tags");
  }
  return problems;
}

Problems on_behalf(std::string_view text) {
  Problems problems;
  std::string error;
  const auto drivers = tagdb::parse_on_behalf(text, error);
  if (!error.empty()) problems.push_back(error);
  if (drivers.empty()) problems.emplace_back("no drivers");
  for (const tagdb::OnBehalf& driver : drivers) {
    check_advice(driver.image, driver.advice, problems);
    if (!driver.image.ends_with(".sys")) problems.push_back(driver.image + ": not the file name of a driver");
  }
  return problems;
}

namespace {

/// "2023", "2023-10" or "2023-10-18": a day that exists, since Windows NT.
bool is_date(std::string_view text) {
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 4 || i == 7;
    if (dash ? text[i] != '-' : std::isdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  const auto number = [text](std::size_t at, std::size_t digits) {
    return std::stoi(std::string(text.substr(at, digits)));
  };
  const int year = number(0, 4), month = text.size() > 4 ? number(5, 2) : 1, day = text.size() > 7 ? number(8, 2) : 1;
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const int days = month == 2 ? (leap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  return year >= 1993 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= days;
}

}  // namespace

Problems hints(std::string_view text) {
  Problems problems;
  std::string error;
  const tagdb::Hints hints = tagdb::parse_hints(text, error);
  if (!error.empty()) problems.push_back(error);
  if (hints.tags.empty()) problems.emplace_back("no tags");
  for (std::size_t i = 0; i < hints.families.size(); ++i) {
    const tagdb::HintFamily& family = hints.families[i];
    check_advice(family.name, family.text, problems);
    if (family.source.size() < 12) problems.push_back(family.name + ": the source is too short to find it again");
    if (std::none_of(hints.tags.begin(), hints.tags.end(), [i](const auto& tag) { return tag.family == i; }))
      problems.push_back(family.name + ": a family without tags");
  }
  return problems;
}

Problems known_leaks(std::string_view text) {
  Problems problems;
  std::string error, last;
  const auto leaks = tagdb::parse_known_leaks(text, error);
  if (!error.empty()) problems.push_back(error);
  if (leaks.empty()) problems.emplace_back("no reports");
  std::set<std::string> known;
  for (const tagdb::KnownLeak& leak : leaks) {
    const std::string key = leak.tag.text() + "\t" + leak.image;
    if (!leak.image.ends_with(".sys") && !leak.image.ends_with(".exe"))
      problems.push_back(at(leak.line, "not the file name of a driver"));
    if (key < last) problems.push_back(at(leak.line, "out of order: '" + leak.tag.text() + "'"));
    if (!known.insert(key + "\t" + leak.versions).second) problems.push_back(at(leak.line, "the report stands twice"));
    if (!is_date(leak.date)) problems.push_back(at(leak.line, "no date: '" + leak.date + "'"));
    if (leak.source.size() < 12) problems.push_back(at(leak.line, "the source is too short to find it again"));
    const std::string words = tagdb::in_words(leak);
    if (!is_ascii(words)) problems.push_back(at(leak.line, "not plain ASCII"));
    if (words.size() > kLongestAdvice) problems.push_back(at(leak.line, "too long to be read"));
    last = key;
  }
  return problems;
}

}  // namespace lint
