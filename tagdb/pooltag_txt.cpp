#include "tagdb/pooltag_txt.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

#include "tagdb/text.hpp"

namespace tagdb {
namespace {

constexpr std::string_view kBlanks = " \t";

bool blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::string from_utf16(std::string_view bytes, bool big_endian) {
  std::string out;
  const auto unit = [&](std::size_t i) -> char32_t {
    const auto a = static_cast<unsigned char>(bytes[i]), b = static_cast<unsigned char>(bytes[i + 1]);
    return big_endian ? char32_t{a} << 8 | b : char32_t{b} << 8 | a;
  };
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    char32_t code = unit(i);
    if (code >= 0xD800 && code < 0xDC00 && i + 3 < bytes.size() && (unit(i + 2) & 0xFC00) == 0xDC00) {
      code = 0x10000 + ((code - 0xD800) << 10) + (unit(i + 2) - 0xDC00);
      i += 2;
    }
    pe::append_utf8(out, code);
  }
  return out;
}

bool is_comment(std::string_view line) {
  const std::string_view text = trim(line);
  if (text.starts_with("//")) return true;
  return text.size() >= 3 && fold_case(text.substr(0, 3)) == "rem" && (text.size() == 3 || blank(text[3]));
}

/// Does this word name a binary? `nt!mm`, `tcpip.sys`, `<unknown>`, `storport.lib`, `win32kbase!X::operator`.
bool looks_like_binary(std::string_view word) {
  if (word.size() > 2 && word.front() == '<' && word.back() == '>') return true;
  if (word.find('!') != std::string_view::npos && word.front() != '!') return true;
  static constexpr std::array<std::string_view, 6> kSuffixes = {".sys", ".exe", ".dll", ".lib", ".drv", ".ax"};
  const std::string small = fold_case(word);
  return std::any_of(kSuffixes.begin(), kSuffixes.end(),
                     [&small](std::string_view suffix) { return small.ends_with(suffix); });
}

/// Position behind "   -" when `rest` starts so, else npos.
std::size_t behind_dash(std::string_view rest) {
  const auto dash = rest.find_first_not_of(kBlanks);
  return dash != std::string_view::npos && rest[dash] == '-' ? dash + 1 : std::string_view::npos;
}

/// The dash between binary and description: one with a blank on at least one side, so `foo-bar.sys` stays whole.
std::size_t second_dash(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '-' && (blank(text[i - 1]) || i + 1 == text.size() || blank(text[i + 1]))) return i;
  }
  return std::string_view::npos;
}

void split_owner(std::string_view text, Entry& entry) {
  text = trim(text);
  const auto dash = second_dash(text);
  auto word_end = std::min(text.find_first_of(kBlanks), text.size());
  if (text.substr(0, word_end).ends_with("::operator")) {
    // `win32kbase!CWindowGroup::operator new`: the name of this function has a blank.
    const auto next = std::min(text.find_first_not_of(kBlanks, word_end), text.size());
    word_end = std::min(text.find_first_of(kBlanks, next), text.size());
  }
  const std::string_view word = text.substr(0, word_end);
  if (dash == std::string_view::npos) {
    // `EtwO - nt!etw      Etw memory` has a binary and no second dash; `ATmp - AppTag mount point` has no binary.
    // A word alone stands in the column of the binary, whatever it looks like: `krpc - nt`.
    if (looks_like_binary(word) || word.size() == text.size()) {
      // Keep a list such as "nt!store or rdyboost.sys" together when nothing but names follows.
      const bool all_names = looks_like_binary(text.substr(text.find_last_of(kBlanks) + 1));
      entry.owner = std::string(all_names ? text : word);
      entry.description = std::string(all_names ? std::string_view{} : trim(text.substr(word_end)));
    } else {
      entry.description = std::string(text);
    }
    return;
  }
  entry.owner = std::string(trim(text.substr(0, dash)));
  entry.description = std::string(trim(text.substr(dash + 1)));
}

std::optional<Entry> parse_entry(std::string_view line) {
  Entry entry;
  std::string columns(line.substr(0, 4));
  std::size_t after = std::string_view::npos;
  if (line.size() > 4 && columns.find('\t') == std::string::npos) {
    const auto dash = behind_dash(line.substr(4));
    if (dash != std::string_view::npos) after = 4 + dash;
  }
  if (after == std::string_view::npos || trim(columns).empty()) {
    // A tag of fewer than four characters that nobody padded: `Io - nt!io`.
    const auto end = line.find_first_of(kBlanks);
    if (end == 0 || end == std::string_view::npos || end > 4) return std::nullopt;
    const auto dash = behind_dash(line.substr(end));
    if (dash == std::string_view::npos) return std::nullopt;
    columns = std::string(line.substr(0, end));
    after = end + dash;
  }
  columns.resize(4, ' ');
  entry.columns = columns;
  entry.first = entry.last = TagPattern::from_columns(columns);
  split_owner(line.substr(after), entry);
  return entry;
}

/// "QUIC Allocation tags are Qc00 through QcFF" is prose that says something: a range of tags.
std::optional<Entry> parse_range(std::string_view line) {
  constexpr std::string_view kWord = " through ";
  const auto at = line.find(kWord);
  if (at == std::string_view::npos || at < 4 || at + kWord.size() + 4 > line.size()) return std::nullopt;
  if (at > 4 && !blank(line[at - 5])) return std::nullopt;
  const auto end = at + kWord.size() + 4;
  if (end < line.size() && !blank(line[end]) && line[end] != '.') return std::nullopt;
  Entry entry;
  entry.columns = std::string(line.substr(at - 4, 4));
  entry.first = TagPattern::from_columns(entry.columns);
  entry.last = TagPattern::from_columns(line.substr(at + kWord.size(), 4));
  entry.description = std::string(trim(line));
  return entry;
}

bool has_control_bytes(std::string_view line) {
  return std::any_of(line.begin(), line.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; });
}

}  // namespace

std::string decoded(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE")) return from_utf16(bytes.substr(2), false);
  if (bytes.starts_with("\xFE\xFF")) return from_utf16(bytes.substr(2), true);
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  return std::string(bytes);
}

bool Entry::matches(PoolTag tag) const {
  if (!range()) return first.matches(tag);
  const std::string text = tag.text(), low = first.text(), high = last.text();
  return text >= low && text <= high;
}

unsigned Entry::specificity() const {
  if (!range()) return first.fixed();
  unsigned common = 0;
  const std::string low = first.text(), high = last.text();
  while (common < low.size() && common < high.size() && low[common] == high[common]) ++common;
  return std::min(common, 3U);
}

Line::Kind read_line(std::string_view line, Entry& entry) {
  if (trim(line).empty()) return Line::Kind::blank;
  if (is_comment(line)) return Line::Kind::comment;
  if (has_control_bytes(line)) return Line::Kind::malformed;
  auto read = parse_entry(line);
  if (!read) read = parse_range(line);
  if (!read) return Line::Kind::note;
  entry = std::move(*read);
  return Line::Kind::entry;
}

PooltagFile read_pooltag(std::string_view bytes, std::string_view source) {
  PooltagFile file;
  const std::string text = decoded(bytes);
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    ++file.lines;
    Entry entry;
    const Line::Kind kind = read_line(line, entry);
    if (kind == Line::Kind::entry) {
      entry.source = std::string(source);
      entry.line = number;
      file.entries.push_back(std::move(entry));
    } else if (kind != Line::Kind::blank) {
      file.others.push_back({kind, number, std::string(line)});
    }
  });
  return file;
}

std::string write_entry(const Entry& entry) {
  if (entry.range()) return entry.description;
  std::string line = entry.columns + " -";
  if (!entry.owner.empty()) line += " " + entry.owner;
  // Without a binary the description stands in its column: `ATmp - AppTag mount point`.
  if (!entry.description.empty()) line += (entry.owner.empty() ? " " : " - ") + entry.description;
  return line;
}

std::string summary_of(const PooltagFile& file) {
  std::size_t wildcards = 0, ranges = 0, comments = 0;
  std::string notes, malformed;
  for (const Entry& entry : file.entries) {
    ranges += entry.range() ? 1 : 0;
    wildcards += !entry.range() && !entry.first.exact() ? 1 : 0;
  }
  const auto add = [](std::string& list, std::size_t number) {
    list += (list.empty() ? "" : ", ") + std::to_string(number);
  };
  for (const Line& line : file.others) {
    comments += line.kind == Line::Kind::comment ? 1 : 0;
    if (line.kind == Line::Kind::note) add(notes, line.number);
    if (line.kind == Line::Kind::malformed) add(malformed, line.number);
  }
  const auto counted = [](std::size_t count, const char* one, const char* many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
  };
  std::string out = counted(file.lines, "line", "lines") + ": " + counted(file.entries.size(), "entry", "entries") +
                    " (" + std::to_string(wildcards) + " with wildcards, " + counted(ranges, "range", "ranges") +
                    "), " + counted(comments, "comment", "comments") + ", " +
                    std::to_string(file.lines - file.entries.size() - file.others.size()) + " blank";
  if (!notes.empty()) out += ", prose in line " + notes;
  if (!malformed.empty()) out += ", not text in line " + malformed;
  return out;
}

namespace {

/// One program under several file names, of which one is installed: what a list says of one name holds for all.
constexpr std::array<std::string_view, 4> kKernels = {"ntoskrnl.exe", "ntkrnlmp.exe", "ntkrnlpa.exe", "ntkrpamp.exe"};
constexpr std::array<std::string_view, 7> kHals = {"hal.dll",     "halacpi.dll", "halmacpi.dll", "halaacpi.dll",
                                                   "halapic.dll", "halmps.dll",  "halsp.dll"};

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool between_names(char c) {
  return blank(c) || c == '/' || c == ',' || c == '<' || c == '>' || c == '(' || c == ')' || c == '&';
}

}  // namespace

bool names_library(std::string_view owner) {
  std::string word;
  const auto ends = [&word] { return fold_case(std::exchange(word, {})).ends_with(".lib"); };
  for (const char c : owner) {
    if (!between_names(c)) {
      word += c;
    } else if (ends()) {
      return true;
    }
  }
  return ends();
}

std::vector<std::string> owner_images(std::string_view owner) {
  std::vector<std::string> images;
  const auto add = [&images](std::string name) {
    if (std::find(images.begin(), images.end(), name) == images.end()) images.push_back(std::move(name));
  };
  std::string word;
  const auto finish = [&] {
    std::string name = fold_case(word);
    word.clear();
    if (const auto bang = name.find('!'); bang != std::string::npos) {
      name.resize(bang);
      if (!name.empty() && name.find('.') == std::string::npos && name != "nt") name += name == "hal" ? ".dll" : ".sys";
    }
    if (name == "nt" || one_of(kKernels, name)) {
      for (const std::string_view kernel : kKernels) add(std::string(kernel));
    } else if (one_of(kHals, name)) {
      for (const std::string_view hal : kHals) add(std::string(hal));
    } else if (name.ends_with(".sys") || name.ends_with(".exe") || name.ends_with(".dll")) {
      add(name);
    }
  };
  for (const char c : owner) {
    if (between_names(c)) {
      finish();
    } else {
      word += c;
    }
  }
  finish();
  return images;
}

}  // namespace tagdb
