#include "scanner/poolmon/plain_text.hpp"

#include <algorithm>
#include <charconv>

#include "pe/text.hpp"
#include "scanner/poolmon/line_reader.hpp"

namespace scanner::poolmon {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Windows-1252 above 0x7F where it differs from Latin-1: only what stands in logs.
char32_t ansi(unsigned char byte) {
  switch (byte) {
    case 0x85: return 0x2026;
    case 0x91:
    case 0x92: return '\'';
    case 0x93:
    case 0x94: return '"';
    case 0x96:
    case 0x97: return '-';
    default: return byte;
  }
}

/// Length of the whole UTF-8 sequence at `at`, 0 when it is none.
std::size_t sequence(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead >= 0xF0 && lead < 0xF5   ? 4
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                                                           : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return 0;
  }
  return length;
}

/// The character as tools would have written it; 0: nothing.
char32_t plain(char32_t code) {
  if (code >= 0xFF01 && code <= 0xFF5E) return code - 0xFEE0;  // full-width forms
  if ((code >= 0x2000 && code <= 0x200A) || code == 0xA0 || code == 0x202F || code == 0x205F || code == 0x3000)
    return ' ';
  if ((code >= 0x200B && code <= 0x200F) || code == 0xFEFF || code == 0xAD || (code >= 0x202A && code <= 0x202E) ||
      code == 0x2060)
    return 0;
  switch (code) {
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x2032: return '\'';
    case 0x201C:
    case 0x201D:
    case 0x201E: return '"';
    case 0x2212:
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013: return '-';
    case 0x2502:
    case 0x2503:
    case 0x2551:
    case 0xFFE8: return '|';
    case 0x2022: return '*';
    default: break;
  }
  if (code >= 0x2500 && code < 0x2580) return '-';
  if (code >= 0x660 && code <= 0x669) return code - 0x660 + '0';
  return code;
}

constexpr std::pair<std::string_view, char32_t> kEntities[] = {
    {"nbsp", ' '},  {"lt", '<'},   {"gt", '>'},        {"amp", '&'},    {"quot", '"'},
    {"apos", '\''}, {"ensp", ' '}, {"emsp", ' '},      {"thinsp", ' '}, {"#39", '\''},
    {"lpar", '('},  {"rpar", ')'}, {"hellip", 0x2026}, {"uuml", 0xFC},  {"eacute", 0xE9}};

/// Decodes the entity at `at` ("&nbsp;") and moves behind it; false when there is none.
bool entity(std::string_view text, std::size_t& at, char32_t& code) {
  constexpr std::size_t kLongest = 10;
  const auto end = text.substr(at, kLongest).find(';');
  if (end == std::string_view::npos) return false;
  const std::string_view name = text.substr(at + 1, end - 1);
  for (const auto& [known, value] : kEntities) {
    if (name != known) continue;
    code = value;
    at += end + 1;
    return true;
  }
  if (name.size() < 2 || name[0] != '#') return false;
  const bool hex = name[1] == 'x' || name[1] == 'X';
  unsigned value = 0;
  const char *from = name.data() + (hex ? 2 : 1), *to = name.data() + name.size();
  const auto [stop, error] = std::from_chars(from, to, value, hex ? 16 : 10);
  if (error != std::errc{} || stop != to || value == 0 || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
    return false;
  code = plain(value);
  at += end + 1;
  return true;
}

/// The name of an HTML tag that stands at `at` ("<td class=x>", "</pre>"), moved behind it; empty when it is none.
std::string html_tag(std::string_view text, std::size_t& at) {
  static constexpr std::string_view kKnown[] = {
      "table", "thead", "tbody", "tfoot", "tr",  "td",       "th",      "pre",      "code",
      "p",     "br",    "div",   "span",  "b",   "strong",   "i",       "em",       "html",
      "head",  "body",  "style", "font",  "col", "colgroup", "caption", "h1",       "h2",
      "h3",    "h4",    "li",    "ul",    "ol",  "a",        "meta",    "title",    "blockquote",
      "tt",    "samp",  "kbd",   "hr",    "u",   "small",    "center",  "!doctype", "link"};
  std::size_t end = at + 1;
  std::string name;
  if (end < text.size() && text[end] == '/') name += text[end++];
  while (end < text.size() && (is_letter(text[end]) || is_digit(text[end]) || text[end] == '!'))
    name += static_cast<char>(text[end] >= 'A' && text[end] <= 'Z' ? text[end++] | 0x20 : text[end++]);
  const std::string_view bare = std::string_view(name).substr(name.starts_with('/') ? 1 : 0);
  if (std::find(std::begin(kKnown), std::end(kKnown), bare) == std::end(kKnown)) return {};
  if (end < text.size() && text[end] != '>' && text[end] != ' ' && text[end] != '/' && text[end] != '\t') return {};
  const auto close = text.find('>', end);
  if (close == std::string_view::npos) return {};
  at = close + 1;
  return name;
}

}  // namespace

bool PlainText::needs_nothing(std::string_view line) {
  for (const char c : line) {
    if (static_cast<signed char>(c) < 0 || c == '&' || c == '<') return false;
  }
  return true;
}

void PlainText::end_line() {
  if (!text_.empty()) lines_.push_back(std::move(text_));
  text_.clear();
}

void PlainText::markup(std::string_view tag) {
  if (tag == "tr") {
    if (in_row_) end_line();
    in_row_ = first_cell_ = true;
    text_.clear();
  } else if (tag == "td" || tag == "th") {
    if (in_row_ && !first_cell_) text_ += '\t';
    first_cell_ = false;
    cell_open_ = true;
  } else if (tag == "/td" || tag == "/th") {
    cell_open_ = false;
  } else if (tag == "/tr" || tag == "/table") {
    end_line();
    in_row_ = cell_open_ = false;
    if (tag == "/table") lines_.emplace_back();
  } else if (!in_row_ && (tag == "br" || tag == "/p" || tag == "p" || tag == "/div" || tag == "/li" || tag == "/h1" ||
                          tag == "/h2" || tag == "/h3" || tag == "/pre" || tag == "pre")) {
    end_line();
  }
}

const std::vector<std::string>& PlainText::take(std::string_view line) {
  lines_.clear();
  if (!in_row_) text_.clear();
  bool any_markup = false;
  for (std::size_t at = 0; at < line.size();) {
    const char c = line[at];
    if (c == '<') {
      if (const std::string tag = html_tag(line, at); !tag.empty()) {
        any_markup = true;
        markup(tag);
        continue;
      }
    }
    char32_t code = static_cast<unsigned char>(c);
    if (c == '&' && entity(line, at, code)) {
    } else if (code < 0x80) {
      ++at;
    } else if (const std::size_t length = sequence(line, at); length > 0) {
      code &= 0xFFU >> (length + 1);
      for (std::size_t i = 1; i < length; ++i) code = code << 6 | (static_cast<unsigned char>(line[at + i]) & 0x3FU);
      at += length;
      const char32_t as = plain(code);
      // A thin blank between digits groups them.
      const bool thin = code == 0x202F || code == 0x2009 || code == 0x2007 || code == 0x2008;
      if (thin && !text_.empty() && is_digit(text_.back()) && at < line.size() && is_digit(line[at]))
        code = '\'';
      else if (code == 0x2026)
        code = 0x2026;
      else
        code = as;
    } else {
      code = plain(ansi(static_cast<unsigned char>(line[at++])));
    }
    if (code == 0) continue;
    if (in_row_) {
      if (!cell_open_) continue;
      if (code == '\t' || code == '\r') code = ' ';
    }
    pe::append_utf8(text_, code);
  }
  if (in_row_) {
    constexpr std::size_t kLongest = 1U << 16;  // a row that never ends
    if (cell_open_) text_ += ' ';
    if (text_.size() > kLongest) {
      end_line();
      in_row_ = cell_open_ = false;
    }
  } else if (!text_.empty() || (!any_markup && lines_.empty())) {
    lines_.push_back(std::move(text_));
    text_.clear();
  }
  return lines_;
}

}  // namespace scanner::poolmon
