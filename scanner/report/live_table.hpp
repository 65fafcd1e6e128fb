// The table that `leaks --live` shows while it watches: poolmon's columns, what changed since the last look and since
// the first, and who is listed for the tag. A frame is one text, so that one write shows it and nothing flickers; it is
// drawn over the last one with relative movements only, so that the terminal's own history stays as it was.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "scanner/poolmon/snapshot.hpp"

namespace scanner::report {

struct LiveTableOptions {
  bool redraw = false;  ///< over the last frame; else tables one below the other, which `leaks` can read again
  bool color = false;
};

class LiveTable {
 public:
  /// `owner` is asked for each tag that is shown: a driver's name, or nothing.
  LiveTable(const LiveTableOptions& options, std::function<std::string(tagdb::PoolTag)> owner)
      : options_(options), owner_(std::move(owner)) {}

  /// What to write now. No line is wider than `columns` - 1, and no frame higher than `rows` - 1.
  std::string frame(const poolmon::Snapshot& now, unsigned columns, unsigned rows);
  /// What to write when the last frame stays and something else follows.
  [[nodiscard]] std::string close() const { return options_.redraw && drawn_ > 0 ? "\r\x1b[K" : ""; }

 private:
  struct Known {
    std::int64_t first = 0, last = 0;  ///< bytes
  };
  struct Line {
    const poolmon::Row* row = nullptr;
    std::int64_t change = 0, since = 0;
  };

  std::vector<Line> ordered(const poolmon::Snapshot& now);
  [[nodiscard]] std::vector<std::string> table(const std::vector<Line>& lines, std::size_t count,
                                               std::size_t width) const;

  LiveTableOptions options_;
  std::function<std::string(tagdb::PoolTag)> owner_;
  std::map<std::uint64_t, Known> known_;  ///< by tag and pool
  std::size_t drawn_ = 0;                 ///< lines of the last frame
  unsigned columns_ = 0, looks_ = 0;
  std::int64_t first_second_ = 0;
};

}  // namespace scanner::report
