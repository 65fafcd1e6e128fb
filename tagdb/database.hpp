// The merged database of tag owners: built in, the debuggers' own copies, and what the user gives with --tagdb.
// Later sources do not replace earlier ones: a tag may have several owners, each with the source that says so.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tagdb/pool_tag.hpp"
#include "tagdb/pooltag_txt.hpp"

namespace tagdb {

class Database {
 public:
  void add(PooltagFile file, std::string name);

  /// Entries for `tag`, most specific first (exact, then patterns by fixed characters), then in source order.
  /// Only those of the greatest specificity that any source has.
  [[nodiscard]] std::vector<const Entry*> lookup(PoolTag tag) const;
  /// Every entry that a query overlaps, in database order: `Afd?` finds `Afda`, `Afda` finds `Afd*`.
  [[nodiscard]] std::vector<const Entry*> search(const TagQuery& query) const;
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  /// Exact tags that differ from `tag` only in letter case, or are its reversed form.
  [[nodiscard]] std::vector<PoolTag> relatives(PoolTag tag) const;
  /// Names and entry counts of the sources: "built-in (4603), pooltag.txt (4512)".
  [[nodiscard]] std::string describe() const;

 private:
  std::vector<Entry> entries_;
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> exact_;
  std::vector<std::size_t> patterns_;
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

/// A tag with which many drivers allocate by default, or that the kernel charges on behalf of others, never proves an
/// owner. Returns a sentence that says why and what to do next, or an empty view.
std::string_view never_proves(PoolTag tag);

}  // namespace tagdb
