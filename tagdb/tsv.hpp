// Reader for the project's own tables (data/*.tsv): one row a line, cells between tabs, # begins a comment line.
// Views into the text, no copies: the tables are embedded, and most runs need a few of their rows.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace tagdb {

struct TsvRow {
  std::size_t line = 0;  ///< 1-based
  std::vector<std::string_view> cells;
};

/// The rows of `text`, without comments and empty lines. A cell keeps its blanks: tags end in them.
std::vector<TsvRow> read_tsv(std::string_view text);

}  // namespace tagdb
