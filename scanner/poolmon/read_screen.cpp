// poolmon's own rows, of all versions: " %4s %5s" and then five integers of any width. The interactive screen has the
// change since the last refresh in parentheses behind three of them. Widths are not relied upon, because values
// overflow them and web pages and mail collapse blanks.
#include <charconv>

#include "scanner/poolmon/format.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::uint64_t kKilo = 1024;

/// The number of kilobytes behind `label` ("Avail:   96364K"), in bytes.
std::optional<std::uint64_t> kilobytes(std::string_view line, std::string_view label, std::size_t from = 0) {
  std::size_t at = line.find(label, from);
  if (at == std::string_view::npos) return std::nullopt;
  at += label.size();
  while (at < line.size() && line[at] == ' ') ++at;
  std::int64_t value = 0;
  if (!read_integer(line, at, value) || value < 0 || at >= line.size() || line[at] != 'K') return std::nullopt;
  return static_cast<std::uint64_t>(value) * kKilo;
}

bool is_header(std::string_view line) {
  std::size_t at = 0;
  for (const std::string_view word : {"Tag", "Type", "Allocs", "Frees", "Diff", "Bytes"}) {
    at = line.find(word, at);
    if (at == std::string_view::npos) return false;
    at += word.size();
  }
  if (at < line.size() && line[at] != ' ' && line[at] != '\t') return false;  // "Bytes(KB)": no table of poolmon's
  return line.find_first_of(",;\"") == std::string_view::npos;
}

bool is_memory(std::string_view line) {
  return line.find("Memory:") != std::string_view::npos && line.find("Avail:") != std::string_view::npos;
}

struct Place {
  std::size_t type = std::string_view::npos;  ///< where Nonp or Paged begins
  bool paged = false;
};

Place find_type(std::string_view line) {
  // As poolmon prints it; only what was mangled on the way is searched.
  constexpr std::size_t kType = 6;
  if (line.size() > kType + 6 && line[0] == ' ' && line[kType - 1] == ' ') {
    const std::string_view type = line.substr(kType);
    if (type.starts_with("Paged ")) return {kType, true};
    if (type.starts_with(" Nonp ")) return {kType + 1, false};
  }
  // The tag itself may be "Nonp" or end in a blank, so the type is looked for behind at least one character.
  for (std::size_t at = line.find(' ', 1); at != std::string_view::npos; at = line.find(' ', at + 1)) {
    const std::string_view rest = line.substr(at + 1);
    if (rest.starts_with("Nonp ") && !rest.starts_with("Nonp Nonp ") && !rest.starts_with("Nonp Paged "))
      return {at + 1, false};
    if (rest.starts_with("Paged ")) return {at + 1, true};
  }
  return {};
}

bool quoting(std::string_view text) { return text.find_first_not_of(" \t>-*|") == std::string_view::npos; }

/// The tag that begins at `column` of what stands before the type: four characters, then only blanks.
bool tag_at(std::string_view before, std::size_t column, tagdb::PoolTag& tag) {
  if (before.size() < column + 5 || !quoting(before.substr(0, column))) return false;
  std::size_t end = column;
  for (unsigned characters = 0; characters < 4 && end < before.size(); ++characters) {
    ++end;
    while (end < before.size() && (static_cast<unsigned char>(before[end]) & 0xC0) == 0x80) ++end;
  }
  if (end >= before.size() || !trimmed(before.substr(end)).empty()) return false;
  return tag_from_columns(before.substr(column, end - column), tag);
}

/// Blanks were collapsed or stripped: the word is the tag, and what is missing was blank.
bool tag_word(std::string_view before, tagdb::PoolTag& tag) {
  while (!before.empty() && quoting(before.substr(0, 1))) before.remove_prefix(1);
  std::string columns(trimmed(before));
  if (columns.empty() || columns.size() > 4) return false;
  columns.resize(4, ' ');
  return tag_from_columns(columns, tag);
}

class ScreenReader final : public FormatReader {
 public:
  [[nodiscard]] bool begins(std::string_view line) const override { return is_header(line) || is_memory(line); }

  void start(std::string_view line, Snapshot& into) override {
    if (!is_memory(line)) {
      column_ = line.find("Tag");
      return;
    }
    session_ = false;
    into.totals.available = kilobytes(line, "Avail:");
  }

  Taken take(std::string_view line, Snapshot& into, std::string& why) override {
    const Place place = find_type(line);
    if (place.type != std::string_view::npos) return row(line, place, into, why);
    if (const auto at = line.find("Commit:"); at != std::string_view::npos) {
      into.totals.commit = kilobytes(line, "Commit:");
      into.totals.commit_limit = kilobytes(line, "Limit:");
      if (const auto pool = line.find("Pool N:"); pool != std::string_view::npos) {
        into.totals.nonpaged = kilobytes(line, "Pool N:");
        into.totals.paged = kilobytes(line, "P:", pool + 7);
      }
      return Taken::noted;
    }
    if (line.find("pool information") != std::string_view::npos) {
      session_ = line.find("ession") != std::string_view::npos;
      return Taken::noted;
    }
    if (line.find("List Truncated") != std::string_view::npos) {
      why = "poolmon says that there were more tags than it could list";
      return Taken::bad;
    }
    return trimmed(line).starts_with("Total") ? Taken::noted : Taken::no;
  }

 private:
  Taken row(std::string_view line, const Place& place, Snapshot& into, std::string& why) const {
    const std::string_view before = line.substr(0, place.type);
    if (trimmed(before) == "Total") return Taken::noted;
    std::int64_t numbers[5] = {};
    std::size_t at = place.type + (place.paged ? 5 : 4), count = 0;
    while (count < 5) {
      while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
      if (at < line.size() && line[at] == '(') {
        at = line.find(')', at);
        if (at == std::string_view::npos) break;
        ++at;
        continue;
      }
      if (!read_integer(line, at, numbers[count])) break;
      ++count;
    }
    if (count == 0) return Taken::no;  // prose that mentions Paged pool
    if (count < 5) {
      why = "five numbers belong behind the type, " + std::to_string(count) + " could be read";
      return Taken::bad;
    }
    Row result;
    if (!tag_at(before, column_, result.tag) && !tag_at(before, 0, result.tag) && !tag_word(before, result.tag)) {
      why = "no tag of four characters before the type";
      return Taken::bad;
    }
    result.pool = !place.paged ? Pool::nonpaged : session_ ? Pool::session : Pool::paged;
    result.allocs = numbers[0];
    result.frees = numbers[1];
    result.diff = numbers[2];
    result.bytes = numbers[3];
    if (static_cast<std::uint32_t>(numbers[0] - numbers[1]) != static_cast<std::uint32_t>(numbers[2])) {
      why = "Diff is not Allocs - Frees: the line is mangled";
      return Taken::bad;
    }
    into.rows.push_back(result);
    const std::string_view owner = trimmed(line.substr(at));
    if (owner.starts_with("[")) into.owners.emplace_back(result.tag, std::string(owner.substr(0, 200)));
    return Taken::row;
  }

  bool session_ = false;
  std::size_t column_ = 1;  ///< where tags begin: below the header's word
};

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool read_integer(std::string_view text, std::size_t& at, std::int64_t& value) {
  const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
  if (error != std::errc{}) return false;
  at = static_cast<std::size_t>(end - text.data());
  return true;
}

bool tag_from_columns(std::string_view columns, tagdb::PoolTag& tag) {
  std::string bytes;
  for (std::size_t i = 0; i < columns.size();) {
    const auto lead = static_cast<unsigned char>(columns[i]);
    if (lead < 0x80) {
      bytes += columns[i++];
    } else if (lead < 0xC4 && i + 1 < columns.size()) {  // U+0080 to U+00FF: the byte itself, in Latin-1
      bytes += static_cast<char>((lead & 3) << 6 | (static_cast<unsigned char>(columns[i + 1]) & 0x3F));
      i += 2;
    } else {
      return false;
    }
  }
  if (bytes.size() != 4 || trimmed(bytes).empty()) return false;
  // A tool prints a tag that ends in NULs as a shorter text, right-justified.
  const auto blanks = bytes.find_first_not_of(' ');
  if (blanks > 0) bytes = bytes.substr(blanks) + std::string(blanks, '\0');
  tag = tagdb::PoolTag::from_text(bytes);
  return true;
}

std::unique_ptr<FormatReader> make_screen_reader() { return std::make_unique<ScreenReader>(); }

}  // namespace scanner::poolmon
