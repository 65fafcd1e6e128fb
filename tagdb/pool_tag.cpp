#include "tagdb/pool_tag.hpp"

#include <algorithm>

#include "pe/text.hpp"
#include "tagdb/code_pages.hpp"

namespace tagdb {
namespace {

constexpr bool printable(std::uint8_t byte) { return byte >= 0x20 && byte < 0x7F; }

void append_byte(std::string& out, std::uint8_t byte) {
  if (byte == '\\') {
    out += "\\\\";
  } else if (printable(byte)) {
    out += static_cast<char>(byte);
  } else {
    out += "\\x";
    pe::append_hex(out, byte);
  }
}

/// How many a reader counts: sequences of UTF-8 are one each, escapes too.
std::size_t characters(std::string_view text, std::string_view bytes) {
  const auto more =
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; });
  return bytes.size() - std::min(bytes.size(), static_cast<std::size_t>(more));
}

/// A short tag stands for two, padded with blanks and with NULs.
void add_forms(const std::string& bytes, std::vector<TagPattern>& forms) {
  const auto add = [&forms](const std::string& four) {
    const TagPattern form = TagPattern::from_columns(four);
    if (std::find(forms.begin(), forms.end(), form) == forms.end()) forms.push_back(form);
  };
  if (bytes.size() == 4 || bytes.find('*') != std::string::npos) return add(bytes);
  std::string blanks = bytes, nuls = bytes;
  blanks.resize(4, ' ');
  nuls.resize(4, '\0');
  add(blanks);
  add(nuls);
}

}  // namespace

std::string PoolTag::text() const {
  std::string out;
  for (unsigned i = 0; i < 4; ++i) append_byte(out, byte(i));
  return out;
}

std::string PoolTag::hex() const {
  std::string out;
  for (unsigned i = 0; i < 4; ++i) pe::append_hex(out, byte(i));
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

TagPattern TagPattern::opened(unsigned position) const {
  TagPattern out = *this;
  out.open_[position] = true;
  out.bytes_[position] = 0;
  return out;
}

TagPattern TagPattern::small() const {
  TagPattern out = *this;
  for (std::uint8_t& byte : out.bytes_) byte = static_cast<std::uint8_t>(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
  return out;
}

std::vector<TagPattern> TagPattern::letter_cases() const {
  std::vector<TagPattern> out = {*this};
  for (unsigned i = 0; i < 4; ++i) {
    const std::uint8_t lower = bytes_[i] | 0x20U;
    if (open_[i] || lower < 'a' || lower > 'z') continue;
    const std::size_t count = out.size();
    for (std::size_t k = 0; k < count; ++k) {
      out.push_back(out[k]);
      out.back().bytes_[i] ^= 0x20U;
    }
  }
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
    if (const auto value = pe::parse_hex(text.substr(2))) {
      query.forms.push_back(TagPattern::exactly(PoolTag(static_cast<std::uint32_t>(*value))));
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
               pe::parse_hex(text.substr(i + 2, 2))) {
      bytes += static_cast<char>(*pe::parse_hex(text.substr(i + 2, 2)));
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
  // Letters above 127 as a screen shows them; else the bytes as they are.
  std::vector<std::string> readings;
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
    readings = in_code_pages(text);
  std::erase_if(readings, [](const std::string& reading) { return reading.size() > 4; });
  if (readings.empty()) readings.push_back(bytes);
  if (readings.front().size() > 4) {
    error = "'" + query.text + "' has " + std::to_string(characters(text, bytes)) +
            " characters; a pool tag has one to four (write 0x… for the number a debugger shows)";
    return std::nullopt;
  }
  for (const std::string& reading : readings) add_forms(reading, query.forms);
  // A page whose letter leaves a control character behind when bit 31 is dropped was not the one on the screen.
  const auto odd = [](const TagPattern& form) {
    return form.exact() && form.tag().byte(3) != 0 && form.tag().byte(3) < 0x20;
  };
  if (readings.size() > 1 && !std::all_of(query.forms.begin(), query.forms.end(), odd)) std::erase_if(query.forms, odd);
  return query;
}

TagQuery ignoring_case(const TagQuery& query) {
  TagQuery out{query.text, {}};
  for (const TagPattern& form : query.forms) {
    for (const TagPattern& one : form.letter_cases()) {
      if (std::find(out.forms.begin(), out.forms.end(), one) == out.forms.end()) out.forms.push_back(one);
    }
  }
  return out;
}

}  // namespace tagdb
