// The merged database of tag owners: built in, the debuggers' own copies, and what the user gives with --tagdb.
// Later sources do not replace earlier ones: a tag may have several owners, each with the source that says so.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tagdb/advice.hpp"
#include "tagdb/pool_tag.hpp"
#include "tagdb/pooltag_txt.hpp"

namespace tagdb {

struct Resembling {
  std::string pattern;    ///< as `Entry::pattern`
  bool reversed = false;  ///< else in another letter case
  auto operator<=>(const Resembling&) const = default;
};

class Database {
 public:
  void add(PooltagFile file, std::string name);
  /// Adds the list that is compiled in. Only the columns of its tags are read now, the lines when they are asked for:
  /// a lookup needs one of thousands, and takes no longer than grep.
  void add_builtin();

  /// Entries for `tag`, most specific first (exact, then patterns by fixed characters), then in source order.
  /// Only those of the greatest specificity that any source has. Entries live as long as the database.
  [[nodiscard]] std::vector<const Entry*> lookup(PoolTag tag) const;
  /// Every entry that a query overlaps, in database order: `Afd?` finds `Afda`, `Afda` finds `Afd*`.
  [[nodiscard]] std::vector<const Entry*> search(const TagQuery& query) const;
  [[nodiscard]] std::vector<const Entry*> entries() const;
  /// Exact tags that differ from `tag` only in letter case, or are its reversed form.
  [[nodiscard]] std::vector<PoolTag> relatives(PoolTag tag) const;
  /// What a query that finds nothing may have meant: the tags, patterns and ranges that it would find in another letter
  /// case or reversed, sorted; for an exact form only the most specific ones.
  [[nodiscard]] std::vector<Resembling> resembling(const TagPattern& form) const;
  /// Names and entry counts of the sources: "built-in (4603), pooltag.txt (4512)".
  [[nodiscard]] std::string describe() const;

 private:
  /// Small, because there are thousands, and a lookup wants one: the list of them is most of what it takes of memory.
  struct Item {
    PoolTag tag;                ///< what the line is about, when `exact`
    std::uint32_t exact : 1;    ///< one tag: no wildcard, no range
    std::uint32_t is_read : 1;  ///< those that are not exact always are
    std::uint32_t at : 30;      ///< number in `read_`, or offset of the line in the compiled-in list
  };
  void add_entry(Entry entry);
  const Entry* entry_of(Item& item) const;
  std::size_t builtin_line_number(std::uint32_t begin) const;

  // Reading a line on demand changes nothing that a caller can see; the lock makes it so for several threads, too.
  mutable std::mutex mutex_;
  mutable std::deque<Entry> read_;  ///< what items point to: a deque never moves its elements
  mutable std::vector<Item> items_;
  mutable std::uint32_t counted_to_ = 0;     ///< an offset in the compiled-in list …
  mutable std::size_t lines_before_it_ = 0;  ///< … and how many lines end before it
  std::vector<std::pair<std::string, std::size_t>> sources_;
};

/// Other letter cases and the reversed form are what people mistype: true when `a` and `b` are related so but not
/// equal.
bool related(PoolTag a, PoolTag b);

/// The database that is compiled into the program (data/pooltag.txt).
std::string_view builtin_pooltag();

/// Where Windows debuggers and kits keep pooltag.txt, below the root of a Windows volume (forward slashes, no leading
/// one).
const std::vector<std::string>& installed_pooltag_paths();

}  // namespace tagdb
