// What a question for single tags must say about the drivers that it need not look at: how many there are, and what
// became of their call sites. Written at the end of a survey or a merge, gone as soon as something else is stored:
// a question that finds no totals goes through all files.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scanner/catalog/sql.hpp"
#include "scanner/trace/trace.hpp"

namespace scanner::catalog {

/// Files below the roots, or what is left of them when some were looked at one by one.
struct Rest {
  std::uint64_t files = 0, bytes = 0;
  std::uint64_t drivers = 0;   ///< files that are drivers
  std::uint64_t deferred = 0;  ///< of these, those whose code is traced
  std::uint64_t not_pe = 0, unparsed = 0;
  std::map<std::string, std::uint32_t> untraced;  ///< machine → contents whose code is not traced
  /// Of traced contents, as BucketCounts: allocate, free, other, and wrappers'; reasons of the dynamic ones.
  trace::BucketCounts allocate, free, other, wrapper;
  std::map<std::string, std::uint32_t> dynamic_reasons;
  std::uint64_t unresolved_drivers = 0;  ///< contents with allocation sites that are not resolved
  /// The worst of these, most sites first, of equals the first path: at least two when there are two.
  std::vector<std::pair<std::uint32_t, std::string>> most_unresolved;
};

/// Inside a transaction of the writer. Nothing is written when a named file is a root of its own.
void write_totals(Sql& sql);
/// Whoever changes what totals are about does this in the same transaction.
void drop_totals(Sql& sql);

/// Without `most_unresolved`. False when the catalogue has no totals.
bool read_totals(Sql& sql, Rest& rest);
/// Takes a traced content out of the sites and of `unresolved_drivers`.
void take_sites(Sql& sql, std::int64_t driver, Rest& rest);
/// The contents with the most unresolved sites that are not in `but`, with all that equal the second of them.
std::vector<std::pair<std::uint32_t, std::int64_t>> most_unresolved(Sql& sql, const std::set<std::int64_t>& but);

}  // namespace scanner::catalog
