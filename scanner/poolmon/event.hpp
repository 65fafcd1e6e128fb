// What Windows' own log (System.evtx) says about the pools: event 2004 lists the three largest tags of both pools when
// memory runs short, 2019, 2020, 2017 and 2018 say that a pool gave nothing more. Each 2004 is a snapshot of few rows.
// The shape of these events was read off exports that people published (Event Viewer's XML).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/poolmon/snapshot.hpp"

namespace scanner::poolmon {

struct PoolEvent {
  enum class Kind : std::uint8_t {
    exhausted,       ///< 2004 of Microsoft-Windows-Resource-Exhaustion-Detector
    nonpaged_limit,  ///< 2017 of srv: the server service may take no more nonpaged pool
    paged_limit,     ///< 2018 of srv
    nonpaged_empty,  ///< 2019 of srv
    paged_empty,     ///< 2020 of srv
    started          ///< Windows started (12 of Kernel-General, 6005 and 6009 of EventLog)
  };
  Kind kind = Kind::started;
  std::optional<LogTime> time;
  std::size_t line = 0;  ///< where it begins, or the number of the record
  std::vector<Row> rows;
  Totals totals;
  std::string program;             ///< exhausted: the one with the largest commit charge
  std::int64_t program_bytes = 0;  ///< its commit charge
};

/// Which of these events a source and a number are; nothing for every other.
std::optional<PoolEvent::Kind> event_kind(std::string_view source, std::uint32_t number);

/// The fields of one event in the order of the text, whatever the text is (XML, Event Viewer's friendly view).
class EventFields {
 public:
  /// `name`: an element, or "Element.Attribute". Elements that hold elements come with an empty value.
  void field(std::string_view name, std::string_view value);
  /// Nothing when it is none of those that matter.
  [[nodiscard]] std::optional<PoolEvent> event() const;
  [[nodiscard]] bool exhaustion() const { return part_ != Part::none; }  ///< inside the figures of a 2004

 private:
  enum class Part : std::uint8_t { none, system, programs, paged, nonpaged };
  bool figure(std::string_view name, std::string_view value);

  PoolEvent event_;
  std::string source_, name_;
  std::uint32_t number_ = 0;
  Part part_ = Part::none;
};

/// One `<Event>…</Event>`.
std::optional<PoolEvent> event_of_xml(std::string_view xml);

/// The events of one log, which exports may hold in any order.
class EventLog {
 public:
  void add(PoolEvent event);
  /// An event 2004 of which only the message was there: it names programs and no tag.
  void add_without_figures() { ++without_figures_; }
  [[nodiscard]] bool empty() const { return events_.empty() && without_figures_ == 0; }
  /// The 2004s in the order of time, and in that of the log where a time is missing. The log is empty then.
  std::vector<Snapshot> take_snapshots();
  /// What people should know of them: pool or commit, when pools were empty. Call it before take_snapshots().
  [[nodiscard]] std::vector<std::string> notes() const;

 private:
  std::vector<PoolEvent> events_;
  std::size_t without_figures_ = 0;
};

}  // namespace scanner::poolmon
