// In which order several logs were taken. The order in which a shell hands them over says nothing: it puts poolmon10
// before poolmon2, and a wrong order looks like a restart of the machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scanner/poolmon/snapshot.hpp"

namespace scanner::poolmon {

/// What is known of a log before it is read.
struct LogFacts {
  std::string path;                     ///< as it was named
  std::optional<LogTime> time_in_text;  ///< of its first snapshot
  std::optional<LogTime> time_in_name;  ///< of the file's name
  std::int64_t modified = 0;            ///< the file's time of change, nanoseconds since 1970; 0: not known
  /// Counters of its first snapshot; empty when they were not asked for.
  std::vector<std::pair<std::uint64_t, std::int64_t>> allocs;
};

/// LogFacts::allocs: one number for a tag in a pool of a session, and how often it was allocated.
std::vector<std::pair<std::uint64_t, std::int64_t>> counters_of(const std::vector<Row>& rows);

enum class OrderedBy : std::uint8_t {
  given,    ///< nothing tells more
  text,     ///< times in the logs
  names,    ///< times in their names
  numbers,  ///< numbers in their names
  counters  ///< counters of allocations, which only grow
};

struct LogOrder {
  std::vector<std::size_t> order;             ///< indices of the logs, earliest first
  std::vector<std::optional<LogTime>> times;  ///< by index: of the log's only snapshot where its text tells no time
  OrderedBy by = OrderedBy::given;
  bool by_change = false;          ///< `times` are the files' times of change
  std::vector<std::string> notes;  ///< how the order came about, where it is not the given one
};

/// Does the order of these logs need the counters of their first snapshots? Not where times tell it.
bool needs_counters(const std::vector<LogFacts>& logs);

LogOrder order_logs(const std::vector<LogFacts>& logs);

}  // namespace scanner::poolmon
