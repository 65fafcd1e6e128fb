#include "tagdb/pool_tag.hpp"

#include <algorithm>
#include <charconv>

namespace tagdb {
namespace {

constexpr bool printable(std::uint8_t byte) { return byte >= 0x20 && byte < 0x7F; }

void append_byte(std::string& out, std::uint8_t byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  if (byte == '\\') {
    out += "\\\\";
  } else if (printable(byte)) {
    out += static_cast<char>(byte);
  } else {
    out += "\\x";
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
}

std::optional<std::uint32_t> parse_hex(std::string_view digits) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string PoolTag::text() const {
  std::string out;
  for (unsigned i = 0; i < 4; ++i) append_byte(out, byte(i));
  return out;
}

std::string PoolTag::hex() const {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < 4; ++i) {
    out += digits[byte(i) >> 4];
    out += digits[byte(i) & 15];
  }
  return out;
}

bool PoolTag::plausible() const {
  unsigned length = 4;
  while (length > 0 && (byte(length - 1) == 0 || byte(length - 1) == ' ')) --length;
  if (length == 0) return false;
  for (unsigned i = 0; i < length; ++i) {
    if (!printable(byte(i))) return false;
  }
  // One character and three NULs is a small number, not a tag: 'A' and 65 look alike.
  return length > 1 || byte(1) == ' ';
}

bool PoolTag::chosen() const {
  if (!plausible()) return false;
  int alphanumeric = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const std::uint8_t c = byte(i);
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    alphanumeric += letter || (c >= '0' && c <= '9') ? 1 : 0;
  }
  return alphanumeric >= 3;
}

bool plausible_tag(std::uint64_t constant) {
  return constant <= 0xFFFFFFFFU && PoolTag(static_cast<std::uint32_t>(constant)).plausible();
}

TagPattern TagPattern::exactly(PoolTag tag) {
  TagPattern pattern;
  for (unsigned i = 0; i < 4; ++i) pattern.bytes_[i] = tag.byte(i);
  return pattern;
}

TagPattern TagPattern::from_columns(std::string_view four) {
  TagPattern pattern;
  bool rest_open = false;
  for (unsigned i = 0; i < 4; ++i) {
    const char c = i < four.size() ? four[i] : ' ';
    rest_open = rest_open || c == '*';
    pattern.open_[i] = rest_open || c == '?';
    pattern.bytes_[i] = pattern.open_[i] ? 0 : static_cast<std::uint8_t>(c);
  }
  pattern.bytes_[3] &= 0x7F;  // bit 31 is no part of a tag
  return pattern;
}

bool TagPattern::matches(PoolTag tag) const {
  for (unsigned i = 0; i < 4; ++i) {
    if (!open_[i] && bytes_[i] != tag.byte(i)) return false;
  }
  return true;
}

bool TagPattern::overlaps(const TagPattern& other) const {
  for (unsigned i = 0; i < 4; ++i) {
    if (!open_[i] && !other.open_[i] && bytes_[i] != other.bytes_[i]) return false;
  }
  return true;
}

unsigned TagPattern::fixed() const { return static_cast<unsigned>(std::count(open_.begin(), open_.end(), false)); }

PoolTag TagPattern::tag() const {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) value |= std::uint32_t{bytes_[i]} << (8 * i);
  return PoolTag(value);
}

TagPattern TagPattern::small() const {
  TagPattern out = *this;
  for (std::uint8_t& byte : out.bytes_) byte = static_cast<std::uint8_t>(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
  return out;
}

TagPattern TagPattern::reversed() const {
  unsigned used = 4;
  while (used > 1 && !open_[used - 1] && (bytes_[used - 1] == ' ' || bytes_[used - 1] == 0)) --used;
  TagPattern out = *this;
  std::reverse(out.bytes_.begin(), out.bytes_.begin() + used);
  std::reverse(out.open_.begin(), out.open_.begin() + used);
  return out;
}

std::string TagPattern::text() const {
  std::string out;
  for (unsigned i = 0; i < 4; ++i) {
    if (open_[i]) {
      out += '?';
    } else {
      append_byte(out, bytes_[i]);
    }
  }
  return out;
}

bool TagQuery::matches(PoolTag tag) const {
  return std::any_of(forms.begin(), forms.end(), [tag](const TagPattern& form) { return form.matches(tag); });
}

bool TagQuery::exact() const {
  return std::all_of(forms.begin(), forms.end(), [](const TagPattern& form) { return form.exact(); });
}

std::optional<TagQuery> parse_query(std::string_view text, std::string& error) {
  TagQuery query;
  query.text = std::string(text);
  if (text.size() > 4 && text.size() <= 10 && (text.starts_with("0x") || text.starts_with("0X"))) {
    if (const auto value = parse_hex(text.substr(2))) {
      query.forms.push_back(TagPattern::exactly(PoolTag(*value)));
      return query;
    }
  }
  std::string bytes;
  bool wildcard = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '\\') {
      bytes += '\\';
      ++i;
    } else if (text[i] == '\\' && i + 3 < text.size() && (text[i + 1] == 'x' || text[i + 1] == 'X') &&
               parse_hex(text.substr(i + 2, 2))) {
      bytes += static_cast<char>(*parse_hex(text.substr(i + 2, 2)));
      i += 3;
    } else {
      wildcard = wildcard || text[i] == '?' || text[i] == '*';
      bytes += text[i];
    }
  }
  if (bytes.empty()) {
    error = "an empty tag; a pool tag has one to four characters, as poolmon shows them";
    return std::nullopt;
  }
  if (bytes.size() > 4) {
    error = "'" + query.text + "' has " + std::to_string(bytes.size()) +
            " characters; a pool tag has one to four (write 0x… for the number a debugger shows)";
    return std::nullopt;
  }
  if (bytes.size() == 4 || bytes.find('*') != std::string::npos) {
    query.forms.push_back(TagPattern::from_columns(bytes));
    return query;
  }
  std::string blanks = bytes, nuls = bytes;
  blanks.resize(4, ' ');
  nuls.resize(4, '\0');
  query.forms = {TagPattern::from_columns(blanks), TagPattern::from_columns(nuls)};
  return query;
}

}  // namespace tagdb
