// One loop over code points serves all widths. The table of widths holds what names of files and companies are written
// in; an exact table (UAX 11) would be a hundred times as long and still differ from each terminal's own.
#include "scanner/report/screen.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace scanner::report {
namespace {

using Range = std::pair<char32_t, char32_t>;

bool within(char32_t code, const Range* first, const Range* last) {
  return std::any_of(first, last, [code](const Range& range) { return code >= range.first && code <= range.second; });
}

std::size_t width_of(char32_t code) {
  static constexpr std::array<Range, 11> kWide = {{{0x1100, 0x115F},
                                                   {0x2E80, 0x303E},
                                                   {0x3041, 0xA4CF},
                                                   {0xA960, 0xA97C},
                                                   {0xAC00, 0xD7A3},
                                                   {0xF900, 0xFAFF},
                                                   {0xFE30, 0xFE6F},
                                                   {0xFF01, 0xFF60},
                                                   {0xFFE0, 0xFFE6},
                                                   {0x1F300, 0x1FAFF},
                                                   {0x20000, 0x3FFFD}}};
  static constexpr std::array<Range, 9> kNone = {{{0x0300, 0x036F},
                                                  {0x0483, 0x0489},
                                                  {0x0591, 0x05BD},
                                                  {0x0610, 0x061A},
                                                  {0x064B, 0x065F},
                                                  {0x1AB0, 0x1AFF},
                                                  {0x1DC0, 0x1DFF},
                                                  {0x200B, 0x200F},
                                                  {0x20D0, 0x20FF}}};
  if (code < 0x300) return 1;
  if ((code >= 0xFE00 && code <= 0xFE0F) || within(code, kNone.data(), kNone.data() + kNone.size())) return 0;
  return within(code, kWide.data(), kWide.data() + kWide.size()) ? 2 : 1;
}

/// The next piece that a terminal draws: its bytes and columns. `text` is not empty.
struct Piece {
  std::size_t bytes = 1, columns = 1;
  bool color = false;
};

Piece next_piece(std::string_view text) {
  if (text.size() > 1 && text[0] == '\x1b' && text[1] == '[') {
    std::size_t end = 2;
    while (end < text.size() && (text[end] < '@' || text[end] > '~')) ++end;
    return {std::min(end + 1, text.size()), 0, true};
  }
  char32_t code = 0;
  const std::size_t length = decode_utf8(text, code);
  return length == 0 ? Piece{} : Piece{length, width_of(code), false};
}

/// The end of `text` that takes at most `columns`.
std::string_view tail(std::string_view text, std::size_t columns) {
  std::size_t left = display_width(text);
  while (!text.empty() && left > columns) {
    const Piece piece = next_piece(text);
    left -= std::min(left, piece.columns);
    text.remove_prefix(piece.bytes);
  }
  return text;
}

std::string_view dots(bool unicode) { return unicode ? "…" : "..."; }

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Piece piece = next_piece(text);
    columns += piece.columns;
    text.remove_prefix(piece.bytes);
  }
  return columns;
}

std::string padded(std::string text, std::size_t columns) {
  const std::size_t used = display_width(text);
  if (used < columns) text.append(columns - used, ' ');
  return text;
}

std::string fitted(std::string_view text, std::size_t columns, bool unicode) {
  if (display_width(text) <= columns) return std::string(text);
  const std::string_view end = dots(unicode).substr(0, unicode ? 3 : std::min<std::size_t>(3, columns));
  const std::size_t room = columns - std::min(columns, display_width(end));
  std::string out;
  std::size_t used = 0;
  bool colored = false;
  for (std::string_view rest = text; !rest.empty();) {
    const Piece piece = next_piece(rest);
    if (used + piece.columns > room) break;
    used += piece.columns;
    colored = colored || piece.color;
    out += rest.substr(0, piece.bytes);
    rest.remove_prefix(piece.bytes);
  }
  if (columns > 0) out += end;
  return colored ? out + "\x1b[0m" : out;
}

std::string shortened_path(std::string_view path, std::size_t columns, bool unicode) {
  if (display_width(path) <= columns) return std::string(path);
  const auto slash = path.find_last_of("/\\");
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash);
  const std::size_t dots_width = display_width(dots(unicode));
  if (display_width(name) + dots_width > columns) {
    if (columns < 2 * dots_width) return fitted(path, columns, unicode);
    // The name alone is too long: its end tells the suffix and, for numbered files, which one it is.
    const std::string_view plain = slash == std::string_view::npos ? name : name.substr(1);
    if (display_width(plain) <= columns) return std::string(plain);
    const std::size_t ending = std::min<std::size_t>((columns - dots_width) / 2, 12);
    std::string out = fitted(plain, columns - ending, unicode);
    return out += tail(plain, ending);
  }
  const std::size_t room = columns - dots_width - display_width(name);
  const std::string_view folders = path.substr(0, slash);
  // A third of the room for the beginning, where the volume or share is named.
  std::string_view head = folders, rest = folders;
  std::size_t used = 0, bytes = 0;
  for (std::string_view left = folders; !left.empty() && used < room / 3;) {
    const Piece piece = next_piece(left);
    if (used + piece.columns > room / 3) break;
    used += piece.columns;
    bytes += piece.bytes;
    left.remove_prefix(piece.bytes);
  }
  head = folders.substr(0, bytes);
  // Whole folders read better than halves of names, where that leaves any.
  if (const auto cut = head.find_last_of("/\\"); cut != std::string_view::npos) head = head.substr(0, cut + 1);
  rest = tail(folders.substr(head.size()), room - display_width(head));
  if (const auto cut = rest.find_first_of("/\\"); cut != std::string_view::npos) {
    rest = rest.substr(cut);
  } else if (constexpr std::size_t kTelling = 6; rest.size() < kTelling) {
    rest = {};
  }
  std::string out(head);
  out += dots(unicode);
  out += rest;
  return out += name;
}

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent) {
  if (columns < indent + 2) columns = indent + 2;
  std::string out;
  std::size_t used = 0;
  const auto new_line = [&] {
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out += '\n' + std::string(indent, ' ');
    used = indent;
  };
  while (!text.empty()) {
    const auto blanks = std::min(text.find_first_not_of(' '), text.size());
    const auto end = std::min(text.find(' ', blanks), text.size());
    std::string_view word = text.substr(blanks, end - blanks);
    text.remove_prefix(end);
    const bool at_start = used <= indent && !out.empty() && out.find_last_not_of(' ') == out.rfind('\n');
    if (used + blanks + display_width(word) > columns && !at_start && !out.empty()) {
      new_line();
    } else if (!at_start) {
      out.append(blanks, ' ');
      used += blanks;
    }
    while (!word.empty()) {
      const Piece piece = next_piece(word);
      if (used + piece.columns > columns) new_line();
      out += word.substr(0, piece.bytes);
      used += piece.columns;
      word.remove_prefix(piece.bytes);
    }
  }
  return out;
}

Shell native_shell() {
#ifdef _WIN32
  return Shell::windows;
#else
  return Shell::posix;
#endif
}

std::string shell_quoted(std::string_view word, Shell shell) {
  const auto plain = [shell](char c) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const std::string_view others = shell == Shell::posix ? "_-./:=@%+" : "_-./:\\+";
    return letter || others.find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return std::string(word);
  if (shell == Shell::posix) {
    std::string out = "'";
    for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
  }
  std::string out = "\"";
  std::size_t backslashes = 0;  // before a quote they count double
  for (const char c : word) {
    if (c == '"') out.append(backslashes + 1, '\\');
    backslashes = c == '\\' ? backslashes + 1 : 0;
    out += c;
  }
  out.append(backslashes, '\\');
  return out + "\"";
}

std::string tag_on_screen(tagdb::PoolTag tag, bool unicode) {
  std::string out;
  for (unsigned i = 0; i < 4; ++i) {
    const std::uint8_t byte = tag.byte(i);
    if (byte == 0) {
      out += ' ';
    } else if (byte >= 0x20 && byte < 0x7F) {
      out += static_cast<char>(byte);
    } else if (unicode && byte >= 0xA1 && byte != 0xAD) {
      pe::append_utf8(out, byte);
    } else {
      out += "\\x";
      pe::append_hex(out, byte);
    }
  }
  return out;
}

std::string tag_argument(tagdb::PoolTag tag, Shell shell) {
  // A wildcard that stands for itself, what cmd.exe or PowerShell expand inside quotes, and what cannot be typed.
  const std::string_view special = shell == Shell::posix ? "?*\\" : "?*\\%$`\"!^&|<>";
  std::string word;
  for (unsigned i = 0; i < 4; ++i) {
    const std::uint8_t byte = tag.byte(i);
    const bool option = i == 0 && byte == '-';
    const bool plain =
        byte >= 0x20 && byte < 0x7F && !option && special.find(static_cast<char>(byte)) == std::string_view::npos;
    if (plain) {
      word += static_cast<char>(byte);
    } else {
      word += "\\x";
      pe::append_hex(word, byte);
    }
  }
  return shell_quoted(word, shell);
}

}  // namespace scanner::report
