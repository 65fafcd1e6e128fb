#include "scanner/poolmon/event_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "scanner/poolmon/numbers.hpp"
#include "scanner/poolmon/time_text.hpp"
#include "scanner/poolmon/words.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::size_t kLongestEvent = 1U << 18;  // Windows' own limit is 64 KiB
constexpr std::size_t kLongestLine = 1000, kHeadingLines = 12;

/// `<Event>` or `<Event xmlns=…`, where it begins.
std::size_t event_start(std::string_view line) {
  for (auto at = line.find("<Event"); at != std::string_view::npos; at = line.find("<Event", at + 1)) {
    const std::string_view behind = line.substr(at + 6);
    if (behind.empty() || behind[0] == ' ' || behind[0] == '>') return at;
  }
  return std::string_view::npos;
}

std::uint32_t number_of(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

/// Is it the source of an event that matters?
bool is_source(std::string_view text) {
  constexpr std::string_view kFirst = "SsEeKkMmRr";
  if (text.empty() || kFirst.find(text[0]) == std::string_view::npos) return false;
  constexpr std::array<std::uint32_t, 5> kNumbers = {2004, 2019, 2020, 12, 6005};
  return std::any_of(kNumbers.begin(), kNumbers.end(),
                     [text](std::uint32_t number) { return event_kind(text, number).has_value(); });
}

/// Elements and attributes of these events. Anything else is a line of something else.
bool is_friendly_name(std::string_view name) {
  constexpr std::array<std::string_view, 38> kNames = {"System",
                                                       "Provider",
                                                       "TimeCreated",
                                                       "UserData",
                                                       "EventData",
                                                       "SystemInfo",
                                                       "PagedPoolInfo",
                                                       "NonPagedPoolInfo",
                                                       "ProcessInfo",
                                                       "MemoryExhaustionInfo",
                                                       "Execution",
                                                       "Correlation",
                                                       "Security",
                                                       "ExhaustionEventInfo",
                                                       "EventID",
                                                       "Version",
                                                       "Level",
                                                       "Task",
                                                       "Opcode",
                                                       "Keywords",
                                                       "EventRecordID",
                                                       "Channel",
                                                       "Computer",
                                                       "Name",
                                                       "PoolUsed",
                                                       "ID",
                                                       "CreationTime",
                                                       "CommitCharge",
                                                       "HandleCount",
                                                       "TypeInfo",
                                                       "Processes",
                                                       "SystemCommitLimit",
                                                       "SystemCommitCharge",
                                                       "ProcessCommitCharge",
                                                       "PagedPoolUsage",
                                                       "PhysicalMemorySize",
                                                       "PhysicalMemoryUsage",
                                                       "NonPagedPoolUsage"};
  return name.starts_with("Tag_") || name.starts_with("Process_") || name == "Time" ||
         std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool column_of_tag(std::string_view label) {
  const auto words = words_of(label);
  return words && std::find(words->begin(), words->end(), Word::tag) != words->end();
}

/// Does the whole line hold cells?
bool is_delimited(std::string_view line) {
  const char separator = line.find('\t') != std::string_view::npos ? '\t' : ',';
  return std::count(line.begin(), line.end(), separator) >= 3;
}

/// The cells of a line of CSV or TSV, or what stands behind the colon of `Label: value`. A label that names a tag
/// begins a row of a pool, not an event.
std::vector<std::string_view> values_of(std::string_view line) {
  std::vector<std::string_view> out;
  const auto unquoted = [](std::string_view text) {
    text = trimmed(text);
    if (text.size() > 1 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    return trimmed(text);
  };
  if (is_delimited(line)) {
    const char separator = line.find('\t') != std::string_view::npos ? '\t' : ',';
    for (std::size_t at = 0; at <= line.size();) {
      const auto end = std::min(line.find(separator, at), line.size());
      out.push_back(unquoted(line.substr(at, end - at)));
      at = end + 1;
    }
    return out;
  }
  for (const std::string_view colon : {":", "\xEF\xBC\x9A"}) {  // the second is the full-width one
    const auto at = line.find(colon);
    if (at == std::string_view::npos || at == 0 || column_of_tag(line.substr(0, at))) continue;
    out.push_back(unquoted(line.substr(at + colon.size())));
    break;
  }
  return out;
}

}  // namespace

void EventText::add(PoolEvent event) {
  // The heading of the same event stood before its XML.
  if (waiting_ && waiting_->kind == event.kind) waiting_.reset();
  events_.add(std::move(event));
}

void EventText::commit() {
  if (!waiting_) return;
  PoolEvent event = std::move(*waiting_);
  waiting_.reset();
  if (event.kind == PoolEvent::Kind::exhausted) {
    events_.add_without_figures();
  } else {
    events_.add(std::move(event));
  }
}

void EventText::take_xml(std::string_view line, std::size_t number) {
  constexpr std::string_view kEnd = "</Event>";
  for (;;) {
    if (!in_xml_) {
      const auto start = event_start(line);
      if (start == std::string_view::npos) return;
      line.remove_prefix(start);
      xml_.clear();
      xml_line_ = number;
      in_xml_ = true;
    }
    const auto end = line.find(kEnd);
    xml_ += line.substr(0, end);
    xml_ += '\n';
    if (xml_.size() > kLongestEvent) {
      ++dropped_;
      in_xml_ = false;
    } else if (end != std::string_view::npos) {
      in_xml_ = false;
      if (auto event = event_of_xml(xml_)) {
        event->line = xml_line_;
        add(std::move(*event));
      }
    }
    if (end == std::string_view::npos) return;
    line.remove_prefix(end + kEnd.size());
  }
}

void EventText::end_friendly() {
  if (!friendly_) return;
  if (auto event = friendly_->event()) {
    event->line = friendly_line_;
    add(std::move(*event));
  }
  friendly_.reset();
}

/// Lines like "- Provider", "[ Name]  srv", "EventID 2019", "+ System": names are those of the XML, in every language.
bool EventText::take_friendly(std::string_view line, std::size_t number) {
  const auto start = std::min(line.find_first_not_of(" \t-+"), line.size());
  std::string_view rest = line.substr(start);
  const bool attribute = rest.starts_with('[');
  if (attribute) rest = trimmed(rest.substr(1));
  const auto name_end =
      std::min(rest.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"), rest.size());
  const std::string_view name = rest.substr(0, name_end);
  rest.remove_prefix(name_end);
  if (attribute && !rest.starts_with(']')) return false;
  if (!attribute && !rest.empty() && rest[0] != ' ' && rest[0] != '\t' && rest[0] != '[') return false;
  if (attribute) rest.remove_prefix(1);
  if (!rest.empty()) rest.remove_prefix(1);  // one blank parts them, and a tag may begin with others
  if (attribute) rest = trimmed(rest);
  if (!friendly_) {
    if (attribute || (name != "System" && name != "Provider" && name != "MemoryExhaustionInfo" && name != "UserData") ||
        !trimmed(rest).empty())
      return false;
    friendly_.emplace();
    friendly_line_ = number;
  } else if (name == "System" && trimmed(rest).empty()) {
    end_friendly();  // the next event
    friendly_.emplace();
    friendly_line_ = number;
  }
  if (attribute) {
    friendly_->field(friendly_group_ + "." + std::string(name), rest);
    return true;
  }
  if (!is_friendly_name(name)) return false;
  friendly_group_ = std::string(name);
  friendly_->field(name, rest);
  return true;
}

bool EventText::take_heading(std::string_view line, std::size_t number) {
  if (line.size() > kLongestLine) return false;
  const auto time_in = [](std::string_view value) -> std::optional<LogTime> {
    const TimeText found = find_time(value);
    return found.day && found.second ? std::optional(found.when()) : std::nullopt;
  };
  const std::vector<std::string_view> values = values_of(line);
  bool used = false;
  for (const std::string_view value : values) {
    if (value.empty() || value.size() > 60 || !is_source(value)) continue;
    commit();
    heading_ = {std::string(value), 0, std::nullopt, number, is_delimited(line) ? 1 : kHeadingLines};
    for (const std::string_view before : values_of(line_before_)) {
      if (!heading_.time && !is_delimited(line)) heading_.time = time_in(before);
    }
    used = !is_delimited(line);
  }
  if (heading_.lines_left == 0) return used;
  --heading_.lines_left;
  for (const std::string_view value : values) {
    if (const std::uint32_t id = number_of(value); id != 0 && heading_.number == 0 && event_kind(heading_.source, id)) {
      heading_.number = id;
      used = true;
    } else if (const auto time = heading_.time || value.size() > 60 ? std::nullopt : time_in(value)) {
      heading_.time = time;
      used = true;
    }
  }
  if (heading_.number == 0 || (!heading_.time && heading_.lines_left > 0)) return used;
  PoolEvent event;
  event.kind = *event_kind(heading_.source, heading_.number);
  event.time = heading_.time;
  event.line = heading_.line;
  waiting_ = std::move(event);
  heading_ = {};
  return true;
}

bool EventText::take_line(std::string_view line, std::size_t number) {
  if (in_xml_ || (line.find('<') != std::string_view::npos && event_start(line) != std::string_view::npos)) {
    end_friendly();
    take_xml(line, number);
    return true;
  }
  if (trimmed(line).empty()) return friendly_.has_value();
  if (take_friendly(line, number)) return true;
  if (friendly_) end_friendly();
  const bool used = take_heading(line, number);
  line_before_.assign(line.substr(0, kLongestLine));
  return used;
}

void EventText::end() {
  if (in_xml_) ++dropped_;
  in_xml_ = false;
  end_friendly();
  commit();
}

}  // namespace scanner::poolmon
