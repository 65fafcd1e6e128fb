// Small conversions that every reporter needs.
#include <array>
#include <cstdio>
#include <random>

#include "scanner/report/model.hpp"
#include "scanner/report/screen.hpp"

namespace scanner::report {
namespace {

bool dangerous(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x2069) || code == 0xFEFF;
}

}  // namespace

std::size_t decode_utf8(std::string_view text, char32_t& code) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) {
    code = byte(0);
    return 1;
  }
  const std::size_t length = byte(0) >= 0xF0 && byte(0) < 0xF5 ? 4 : byte(0) >= 0xE0 ? 3 : byte(0) >= 0xC2 ? 2 : 0;
  if (length == 0 || byte(0) >= 0xF5 || text.size() < length) return 0;
  code = byte(0) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3F);
  }
  static constexpr std::array<char32_t, 5> kLowest = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kLowest[length] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return 0;
  return length;
}

std::string printable(std::string_view text) {
  std::string out;
  std::array<char, 16> escape{};
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = decode_utf8(text, code);
    if (length == 0) {
      std::snprintf(escape.data(), escape.size(), "\\x%02x",
                    static_cast<unsigned>(static_cast<unsigned char>(text[0])));
      out += escape.data();
      text.remove_prefix(1);
      continue;
    }
    if (dangerous(code)) {
      std::snprintf(escape.data(), escape.size(), code < 0x100 ? "\\x%02x" : "\\u{%04x}", static_cast<unsigned>(code));
      out += escape.data();
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

bool valid_utf8(std::string_view text) {
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = decode_utf8(text, code);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += i + k <= bytes.size() ? kAlphabet[(group >> (18 - 6 * k)) & 63] : '=';
  }
  return out;
}

std::string iso_time(std::time_t when) {
  std::tm parts{};
#ifdef _WIN32
  gmtime_s(&parts, &when);
#else
  gmtime_r(&when, &parts);
#endif
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

std::string random_uuid() {
  std::random_device device;
  std::array<char, 40> text{};
  const auto word = [&device] { return static_cast<unsigned>(device()); };
  std::snprintf(text.data(), text.size(), "%08x-%04x-4%03x-%04x-%04x%08x", word(), word() & 0xFFFF, word() & 0xFFF,
                (word() & 0x3FFF) | 0x8000, word() & 0xFFFF, word());
  return text.data();
}

std::string hex_rva(std::uint32_t rva) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "0x%x", rva);
  return text.data();
}

std::string_view file_name(std::string_view path) { return path.substr(path.find_last_of("/\\") + 1); }

std::string_view to_string(rank::Change::Kind kind) {
  switch (kind) {
    case rank::Change::Kind::added: return "added";
    case rank::Change::Kind::removed: return "removed";
    case rank::Change::Kind::changed: return "changed";
  }
  return "";
}

std::string in_words(const rank::Change& change) {
  if (change.before.empty()) return change.after;
  if (change.after.empty()) return change.before;
  return change.before + " -> " + change.after;
}

}  // namespace scanner::report
