// The words that titles of columns are made of, in the languages of data/log_words.tsv. A title is taken apart into
// words of the table; what is left over is not understood, and says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scanner::poolmon {

enum class Word : std::uint8_t {
  tag,
  pool,  ///< "Pool" alone is the title over types
  type,
  nonpaged,
  paged,
  session,
  allocs,
  frees,
  state,  ///< "outstanding", "live": with or without what it counts
  diff,
  count,
  bytes,
  used,
  per_block,
  total,
  filler,   ///< changes nothing
  delta,    ///< a change, no size
  peak,     ///< of another moment
  ignored,  ///< shares, ranks
  address,  ///< of a single block
  time,
  time_utc,
  owner,
  text,
  host,
  b,
  kb,
  mb,
  gb,
  available,
  commit,
  commit_limit
};

/// Lower case of Latin and Cyrillic letters, accents dropped; blanks and punctuation are gone. `edges` gets one entry
/// per byte and one more: whether a word begins or ends there. Of any length.
std::string folded(std::string_view text, std::vector<bool>* edges = nullptr);

/// The words that `text` is made of, in order; nothing when a part of it is in no table. Empty text: no words.
std::optional<std::vector<Word>> words_of(std::string_view text);

/// Bytes that one unit is: "KB", "MiB", "байт"; nothing when the text is no unit.
std::optional<std::int64_t> unit_of_word(std::string_view text);

/// Is a pool named anywhere in a line of prose? Words of four letters and more count.
struct PoolsNamed {
  bool nonpaged = false, paged = false;
};
PoolsNamed pools_named(std::string_view line);

}  // namespace scanner::poolmon
