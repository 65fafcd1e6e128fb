// What a column of a table means, from its title: poolmon's words, property names of scripts, counters of perfmon, what
// people write over tables in reports ("NP_MB", "Ausgelagert (KB)"), in the languages of data/log_words.tsv.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/poolmon/snapshot.hpp"

namespace scanner::poolmon {

enum class What : std::uint8_t {
  none,     ///< not understood
  ignored,  ///< understood, and of no use here
  delta,    ///< a change, no size
  time,
  time_utc,
  tag,
  type,
  session,
  allocs,
  frees,
  diff,
  bytes,
  total_bytes,  ///< of both pools together
  per_block,
  address,  ///< of a single block: each row is one
  owner,
  text,
  host,
  total_nonpaged,
  total_paged,
  available,
  commit,
  commit_limit
};

struct Column {
  What what = What::none;
  std::optional<Pool> pool;          ///< "NonPagedAllocs": of this pool only
  std::optional<std::int64_t> unit;  ///< bytes that 1 stands for, where the title says so
  bool cut = false;                  ///< "PagedAl…": the window was too narrow
  bool exact = false;                ///< a difference: allocations less frees, nothing else
  bool weak = false;  ///< "Allocated bytes", "Freed bytes": in use, or since the start? Other columns tell
  std::string title;
};

Column column_of(std::string_view title);
/// "\\HOST\Memory\Pool Paged Bytes" of perfmon, in any of its languages. What has an instance ("Process(x)") is none of
/// the whole machine.
Column counter_of(std::string_view path);
/// The name alone: "Pool Nonpaged Bytes".
Column counter_named(std::string_view name);
/// "\\HOST" of a path, empty when it names none.
std::string_view host_of(std::string_view path);

inline bool is_figure(What what) { return what >= What::allocs && what <= What::per_block; }
/// A column of the tag, and one of bytes.
bool is_table(const std::vector<Column>& columns);

/// The pool that a cell names, in any spelling: "Nonp", "NonPagedPoolNx", "PP", "paged session pool".
std::optional<Pool> pool_of_cell(std::string_view cell);
/// The pool that a line of prose names, if it names exactly one.
std::optional<Pool> pool_in_words(std::string_view line);

}  // namespace scanner::poolmon
