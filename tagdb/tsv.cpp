#include "tagdb/tsv.hpp"

#include "tagdb/text.hpp"

namespace tagdb {

std::vector<TsvRow> read_tsv(std::string_view text) {
  std::vector<TsvRow> rows;
  for_each_line(text, [&rows](std::string_view line, std::size_t number) {
    if (line.empty() || line.front() == '#') return;
    TsvRow row{number, {}};
    for (std::size_t at = 0; at <= line.size();) {
      const auto tab = line.find('\t', at);
      row.cells.push_back(line.substr(at, tab == std::string_view::npos ? tab : tab - at));
      if (tab == std::string_view::npos) break;
      at = tab + 1;
    }
    rows.push_back(std::move(row));
  });
  return rows;
}

}  // namespace tagdb
