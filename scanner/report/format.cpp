// Small conversions that every reporter needs.
#include <array>
#include <cstdio>
#include <random>

#include "scanner/report/model.hpp"
#include "scanner/report/screen.hpp"

namespace scanner::report {
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
