// What public reports found behind families of tags (data/hints.tsv), with the next command. Advice only: it changes no
// verdict. Tags whose owner follows from a call have hints too (WCsc: a filter of Windows that leaks).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tagdb/pool_tag.hpp"

namespace tagdb {

struct HintFamily {
  std::string name, text, source;
};
struct HintedTag {
  PoolTag tag;
  std::size_t family = 0;  ///< index into `Hints::families`
};
struct Hints {
  std::vector<HintFamily> families;
  std::vector<HintedTag> tags;
};

/// `error` gets line number and reason when the result is empty because of a bad row.
Hints parse_hints(std::string_view text, std::string& error);
/// The table that is compiled into the program.
const Hints& builtin_hints();
std::string_view builtin_hints_tsv();

/// What was found behind `tag` elsewhere, or an empty view.
std::string_view hint_for(PoolTag tag);

}  // namespace tagdb
