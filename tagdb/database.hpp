// The merged database of tag owners: built in, the debuggers' own copies, and what the user gives with --tagdb.
// Later sources do not replace earlier ones: a tag may have several owners, each with the source that says so.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tagdb/advice.hpp"
#include "tagdb/builtin.hpp"
#include "tagdb/pool_tag.hpp"
#include "tagdb/pooltag_txt.hpp"

namespace tagdb {

struct Resembling {
  std::string pattern;    ///< as `Entry::pattern`
  bool reversed = false;  ///< else in another letter case
  auto operator<=>(const Resembling&) const = default;
};

/// Entry::source of the list that is compiled in.
inline constexpr std::string_view kBuiltin = "built-in";

class Database {
 public:
  /// Adds the list that is compiled in, before any other. Its lines are read when they are asked for: a lookup needs
  /// one of thousands, and takes no longer than grep.
  void add_builtin();
  void add(PooltagFile file, std::string name);

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
  /// One entry, read or not: what the queries look at before they ask for its line.
  struct Item {
    PoolTag tag;         ///< what it is about, when `exact`
    bool exact = false;  ///< one tag: no wildcard, no range
    const Entry* entry;  ///< null: line `number` of the list that is compiled in, and exact
    std::size_t number;
  };
  /// Calls `each(item)` for every entry, in database order.
  template <typename Each>
  void for_each(Each each) const;
  const Entry* entry_of(const Item& item) const;

  // Reading a line on demand changes nothing that a caller can see; the lock makes it so for several threads, too.
  mutable std::mutex mutex_;
  mutable std::map<std::size_t, Entry> builtin_;  ///< what was read of the list that is compiled in, by line
  std::deque<Entry> read_;                        ///< of other lists; never moves its elements
  bool has_builtin_ = false;
  std::vector<std::pair<std::string, std::size_t>> sources_;
};

/// Other letter cases and the reversed form are what people mistype: true when `a` and `b` are related so but not
/// equal.
bool related(PoolTag a, PoolTag b);

/// Where Windows debuggers and kits keep pooltag.txt, below the root of a Windows volume (forward slashes, no leading
/// one).
const std::vector<std::string>& installed_pooltag_paths();

}  // namespace tagdb
