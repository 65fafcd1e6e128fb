// Reader for pooltag.txt and localtag.txt, the lists of tag owners that come with the Windows debuggers and poolmon.
// Declared form: `<PoolTag> - <binary-name> - <Description>`; the real files break it in a dozen ways, and none of
// their lines may be lost: what is no entry is kept as a comment, a note (prose) or a malformed line with its number.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tagdb/pool_tag.hpp"

namespace tagdb {

struct Entry {
  TagPattern first;         ///< the tag, or the first tag of a range
  TagPattern last;          ///< equals `first` but for a range (`Qc00 through QcFF`)
  std::string columns;      ///< the tag exactly as written, four characters
  std::string owner;        ///< binary as written, may be empty: "tcpip.sys", "nt!mm", "<unknown>", "a.sys/b.sys"
  std::string description;  ///< may be empty
  std::string source;       ///< name of the database
  std::size_t line = 0;     ///< 1-based line in that database

  [[nodiscard]] bool range() const { return first != last; }
  /// What the entry is about: "MmSt", "FM??", "Qc00-QcFF".
  [[nodiscard]] std::string pattern() const { return range() ? first.text() + "-" + last.text() : first.text(); }
  [[nodiscard]] bool matches(PoolTag tag) const;
  /// Greater is more specific: 4 for an exact tag, fewer for wildcards; a range counts its common prefix.
  [[nodiscard]] unsigned specificity() const;
};

struct Line {
  enum class Kind { entry, comment, blank, note, malformed };
  Kind kind = Kind::blank;
  std::size_t number = 0;  ///< 1-based
  std::string text;        ///< UTF-8, without line end
};

struct PooltagFile {
  std::size_t lines = 0;  ///< all of them: entries, others and blank ones
  std::vector<Entry> entries;
  std::vector<Line> others;  ///< every line that is not an entry, but for blank ones
};

/// Reads a whole file's bytes (UTF-8, UTF-16 with BOM, or an ANSI code page whose bytes are kept). Never fails.
PooltagFile read_pooltag(std::string_view bytes, std::string_view source);

/// The text of such a file: UTF-16 as UTF-8, without byte order mark; other bytes as they are.
std::string decoded(std::string_view bytes);

/// Reads one line (UTF-8, without line end). `entry` is set, but for source and line number, when it is one.
Line::Kind read_line(std::string_view line, Entry& entry);

/// The line of an entry in the declared form. Reading it gives the same columns, owner and description.
std::string write_entry(const Entry& entry);

/// "4968 lines: 4512 entries (100 with wildcards, 1 range), 12 comments, 440 blank, prose in line 7, 911".
std::string summary_of(const PooltagFile& file);

/// The image files an owner column names, in lower case: "nt!mm" → the names of the kernel, "hal.dll" → those of the
/// HAL, "a.sys/b.sys" → both. Empty for <unknown>, <multiple>, static libraries and prose.
std::vector<std::string> owner_images(std::string_view owner);

/// Is one of the owners a static library (`wdmsec.lib`), whose code is in every driver that was linked with it?
bool names_library(std::string_view owner);

}  // namespace tagdb
