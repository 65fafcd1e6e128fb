// Notes on stderr about a search for tags: what was searched, and when nothing was found, why that may be and what to
// try. What they tell is collected while the search runs.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "scanner/commands/inputs.hpp"

namespace scanner {

/// A driver with allocation sites that stayed unresolved: where a tag that is found nowhere may hide.
struct UnresolvedDriver {
  std::uint32_t sites = 0;
  std::string path;
};

struct UnresolvedRest {
  std::uint64_t drivers = 0, sites = 0;
};

/// What a search learns beside its candidates.
struct SearchRecord {
  std::vector<std::string> searched, not_searched;            ///< names of levels
  std::map<tagdb::PoolTag, std::set<std::string>> relatives;  ///< tags like those asked for → drivers that use them
  std::vector<UnresolvedDriver> unresolved;
  UnresolvedRest more_unresolved;                 ///< of a catalogue, beyond `unresolved`
  std::map<std::string, std::uint32_t> untraced;  ///< machine → drivers whose bytes were searched and no more
  std::size_t bytes_only = 0;                     ///< other drivers of which this is true, because of an interruption
};

/// "1 driver", "2 drivers".
std::string count_of_drivers(std::uint64_t count);

/// What was searched and what was passed over; `missing` says which likely drivers are not there, empty when none is.
void note_searched(const Inputs& inputs, Diagnostics& diagnostics, const SearchRecord& record,
                   const std::vector<tagdb::PoolTag>& exact_tags, const std::string& missing);
/// What is known about the tags themselves, and the way past drivers that allocate for others.
void note_advice(const Inputs& inputs, Diagnostics& diagnostics, const std::vector<report::Candidate>& candidates,
                 const std::set<tagdb::PoolTag>& tags);
void note_nothing_found(const Inputs& inputs, Diagnostics& diagnostics, const SearchRecord& record,
                        const std::set<tagdb::PoolTag>& tags);

}  // namespace scanner
