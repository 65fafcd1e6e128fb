// One event: from the fields of its text, whatever that is, to figures.
#include "scanner/poolmon/event.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "pe/text.hpp"
#include "scanner/poolmon/numbers.hpp"
#include "scanner/poolmon/time_text.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::size_t kMostRows = 64;

std::optional<std::int64_t> number_of(std::string_view text) {
  text = trimmed(text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

/// Four bytes of a tag as text: each byte is a character of its own, and blanks at the end may be lost.
std::optional<tagdb::PoolTag> tag_of(std::string_view name) {
  std::string bytes;
  for (std::size_t i = 0; i < name.size();) {
    const auto first = static_cast<unsigned char>(name[i]);
    if (first < 0x80) {
      bytes += name[i++];
    } else if ((first & 0xFCU) == 0xC0 && i + 1 < name.size()) {  // U+0080 to U+00FF
      bytes += static_cast<char>((first & 3U) << 6 | (static_cast<unsigned char>(name[i + 1]) & 0x3FU));
      i += 2;
    } else {
      return std::nullopt;
    }
  }
  while (bytes.size() > 4 && bytes.back() == ' ') bytes.pop_back();  // the friendly view puts one behind each value
  if (trimmed(bytes).empty() || bytes.size() > 4) return std::nullopt;
  bytes.resize(4, ' ');
  return tagdb::PoolTag::from_text(bytes);
}

/// &amp; and its kin; what is not understood stays as it is.
std::string without_entities(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto end = text[i] == '&' ? text.find(';', i) : std::string_view::npos;
    if (end == std::string_view::npos || end - i > 10) {
      out += text[i++];
      continue;
    }
    const std::string_view name = text.substr(i + 1, end - i - 1);
    std::uint32_t code = 0;
    const bool hex = name.starts_with("#x");
    if (name.starts_with("#")) {
      const std::string_view digits = name.substr(hex ? 2 : 1);
      std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
    } else {
      code = name == "amp"    ? '&'
             : name == "lt"   ? '<'
             : name == "gt"   ? '>'
             : name == "quot" ? '"'
             : name == "apos" ? '\''
                              : 0U;
    }
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
      out += text[i++];
      continue;
    }
    pe::append_utf8(out, code);
    i = end + 1;
  }
  return out;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// `Name='…'` and `Name="…"` of one start tag.
void attributes(std::string_view element, std::string_view text, EventFields& fields) {
  for (std::size_t at = 0;;) {
    const auto equals = text.find('=', at);
    if (equals == std::string_view::npos || equals + 1 >= text.size()) return;
    const char quote = text[equals + 1];
    const auto end = text.find(quote, equals + 2);
    if ((quote != '"' && quote != '\'') || end == std::string_view::npos) return;
    const std::string name = std::string(element) + "." + std::string(trimmed(text.substr(at, equals - at)));
    fields.field(name, without_entities(text.substr(equals + 2, end - equals - 2)));
    at = end + 1;
  }
}

/// Text in which a web page marked everything as code.
std::string without_code_marks(std::string_view xml) {
  std::string out;
  for (std::size_t i = 0; i < xml.size(); ++i) {
    const bool mark = xml[i] == '`' || (xml[i] == '\\' && (i + 1 == xml.size() || is_space(xml[i + 1])));
    if (!mark) out += xml[i];
  }
  return out;
}

}  // namespace

std::optional<PoolEvent::Kind> event_kind(std::string_view source, std::uint32_t number) {
  struct Known {
    std::string_view source;
    std::uint32_t number;
    PoolEvent::Kind kind;
  };
  using Kind = PoolEvent::Kind;
  constexpr std::array<Known, 13> kKnown = {{
      {"microsoft-windows-resource-exhaustion-detector", 2004, Kind::exhausted},
      {"resource-exhaustion-detector", 2004, Kind::exhausted},  // as Event Viewer calls it
      {"srv", 2017, Kind::nonpaged_limit},
      {"srv", 2018, Kind::paged_limit},
      {"srv", 2019, Kind::nonpaged_empty},
      {"srv", 2020, Kind::paged_empty},
      {"server", 2017, Kind::nonpaged_limit},
      {"server", 2019, Kind::nonpaged_empty},
      {"server", 2020, Kind::paged_empty},
      {"microsoft-windows-kernel-general", 12, Kind::started},
      {"kernel-general", 12, Kind::started},
      {"eventlog", 6005, Kind::started},
      {"eventlog", 6009, Kind::started},
  }};
  const std::string name = pe::fold_case(trimmed(source));
  for (const Known& known : kKnown) {
    if (known.number == number && known.source == name) return known.kind;
  }
  return std::nullopt;
}

bool EventFields::figure(std::string_view name, std::string_view value) {
  const auto bytes = number_of(value);
  if (part_ == Part::programs) {
    if (name == "Name") name_ = std::string(trimmed(value));
    if (name == "CommitCharge" && bytes && *bytes > event_.program_bytes && !name_.empty()) {
      event_.program = name_;
      event_.program_bytes = *bytes;
    }
    return true;
  }
  if (part_ == Part::system) {
    if (!bytes) return false;
    const auto unsigned_bytes = static_cast<std::uint64_t>(*bytes);
    if (name == "SystemCommitLimit") event_.totals.commit_limit = unsigned_bytes;
    if (name == "SystemCommitCharge") event_.totals.commit = unsigned_bytes;
    if (name == "PagedPoolUsage") event_.totals.paged = unsigned_bytes;
    if (name == "NonPagedPoolUsage") event_.totals.nonpaged = unsigned_bytes;
    if (name == "PhysicalMemorySize") event_.totals.available = unsigned_bytes;
    if (name == "PhysicalMemoryUsage" && event_.totals.available)
      event_.totals.available = *event_.totals.available - std::min(*event_.totals.available, unsigned_bytes);
    return true;
  }
  if (name.starts_with("Tag_")) name_.clear();
  if (name == "Name") name_ = value;
  if (name != "PoolUsed" || event_.rows.size() >= kMostRows) return true;
  const auto tag = tag_of(name_);
  if (!tag || !bytes) return true;  // fewer than three tags were there
  Row row;
  row.tag = *tag;
  row.pool = part_ == Part::paged ? Pool::paged : Pool::nonpaged;
  row.bytes = *bytes;
  event_.rows.push_back(row);
  return true;
}

void EventFields::field(std::string_view name, std::string_view value) {
  if (name == "Provider.Name" && source_.empty()) source_ = std::string(trimmed(value));
  if (name == "TimeCreated.SystemTime") {
    if (const TimeText found = find_time(value); found.day && found.second) event_.time = found.when();
  }
  if (name == "EventID")
    number_ = static_cast<std::uint32_t>(std::min<std::int64_t>(number_of(value).value_or(0), ~0U));
  if (name == "SystemInfo") part_ = Part::system;
  if (name == "ProcessInfo") part_ = Part::programs;
  if (name == "PagedPoolInfo") part_ = Part::paged;
  if (name == "NonPagedPoolInfo") part_ = Part::nonpaged;
  if (part_ != Part::none) figure(name, value);
}

std::optional<PoolEvent> EventFields::event() const {
  const auto kind = event_kind(source_, number_);
  if (!kind) return std::nullopt;
  PoolEvent event = event_;
  event.kind = *kind;
  return event;
}

std::optional<PoolEvent> event_of_xml(std::string_view text) {
  const std::string xml = without_code_marks(text);
  EventFields fields;
  std::string element;  // whose text comes
  for (std::size_t at = xml.find('<'); at != std::string::npos && at < xml.size();) {
    const auto end = xml.find('>', at);
    if (end == std::string::npos) break;
    const std::string_view tag = std::string_view(xml).substr(at + 1, end - at - 1);
    const auto next = std::min(xml.find('<', end), xml.size());
    const std::string_view content = std::string_view(xml).substr(end + 1, next - end - 1);
    at = next;
    if (tag.empty() || tag[0] == '/' || tag[0] == '?' || tag[0] == '!') {
      element.clear();
      continue;
    }
    const auto name_end = std::min(tag.find_first_of(" \t\r\n/"), tag.size());
    element = std::string(tag.substr(0, name_end));
    attributes(element, tag.substr(name_end), fields);
    const bool text_only = content.find_first_not_of(" \t\r\n") != std::string_view::npos;
    fields.field(element, text_only ? without_entities(content) : std::string());
  }
  return fields.event();
}

}  // namespace scanner::poolmon
