// Events of Windows' log in text: XML (Event Viewer's export and copies, wevtutil, PowerShell's ToXml()), the friendly
// view of Event Viewer's details, and messages with their headings in any language (`wevtutil /f:text`, Format-List,
// CSV): headings are translated, sources and numbers are not.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scanner/poolmon/event.hpp"

namespace scanner::poolmon {

class EventText {
 public:
  /// True when the line belongs to an event. `number` is that of the line.
  bool take_line(std::string_view line, std::size_t number);
  /// Nothing more comes.
  void end();
  /// An event is open whose end has not come: the next line is its, whatever it looks like.
  [[nodiscard]] bool open() const { return in_xml_; }
  /// An event that is longer than the log's own limit (64 KiB), or that does not end, was dropped.
  [[nodiscard]] std::size_t dropped() const { return dropped_; }
  EventLog& events() { return events_; }

 private:
  /// A heading: what is known of an event so far.
  struct Heading {
    std::string source;
    std::uint32_t number = 0;
    std::optional<LogTime> time;
    std::size_t line = 0, lines_left = 0;
  };

  void take_xml(std::string_view line, std::size_t number);
  bool take_friendly(std::string_view line, std::size_t number);
  bool take_heading(std::string_view line, std::size_t number);
  void end_friendly();
  void commit();
  void add(PoolEvent event);

  EventLog events_;
  std::string xml_;
  std::size_t xml_line_ = 0, dropped_ = 0;
  bool in_xml_ = false;
  std::optional<EventFields> friendly_;
  std::string friendly_group_;  ///< "Provider", "TimeCreated": whose attributes come
  std::size_t friendly_line_ = 0;
  Heading heading_;
  std::string line_before_;           ///< Format-List tells the time before the source
  std::optional<PoolEvent> waiting_;  ///< a whole heading: the XML of the same event may follow
};

}  // namespace scanner::poolmon
