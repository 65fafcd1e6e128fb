#include "tagdb/hints.hpp"

#include <algorithm>

#include "tagdb/tsv.hpp"

namespace tagdb {
namespace {

/// Empty when the row is good. A family stands before its tags.
std::string_view add_row(const TsvRow& row, Hints& hints) {
  if (row.cells[0] == "hint") {
    if (row.cells.size() != 4 || row.cells[1].empty() || row.cells[2].empty() || row.cells[3].empty())
      return "a hint has a family, a text and a source";
    hints.families.push_back({std::string(row.cells[1]), std::string(row.cells[2]), std::string(row.cells[3])});
    return {};
  }
  if (row.cells[0] != "tag") return "a row begins with 'hint' or 'tag'";
  if (row.cells.size() != 3 || row.cells[1].size() != 4) return "a tag has four columns and a family";
  const auto family = std::find_if(hints.families.begin(), hints.families.end(),
                                   [&row](const HintFamily& one) { return one.name == row.cells[2]; });
  if (family == hints.families.end()) return "no family of that name above";
  const PoolTag tag = PoolTag::from_text(row.cells[1]);
  if (std::any_of(hints.tags.begin(), hints.tags.end(), [tag](const HintedTag& known) { return known.tag == tag; }))
    return "the tag has a row already";
  hints.tags.push_back({tag, static_cast<std::size_t>(family - hints.families.begin())});
  return {};
}

}  // namespace

Hints parse_hints(std::string_view text, std::string& error) {
  Hints hints;
  for (const TsvRow& row : read_tsv(text)) {
    if (const auto bad = add_row(row, hints); !bad.empty()) {
      error = "line " + std::to_string(row.line) + ": " + std::string(bad);
      return {};
    }
  }
  return hints;
}

const Hints& builtin_hints() {
  static const Hints hints = [] {
    std::string error;  // the table is tested at build time
    return parse_hints(builtin_hints_tsv(), error);
  }();
  return hints;
}

std::string_view hint_for(PoolTag tag) {
  // Few tags have a row: looking for one in the text costs a look-up less than taking the table apart.
  std::string row = "\ntag\t";
  for (unsigned i = 0; i < 4; ++i) row += static_cast<char>(tag.byte(i));
  if (builtin_hints_tsv().find(row + "\t") == std::string_view::npos) return {};
  const Hints& hints = builtin_hints();
  const auto known =
      std::find_if(hints.tags.begin(), hints.tags.end(), [tag](const HintedTag& one) { return one.tag == tag; });
  return known != hints.tags.end() ? std::string_view(hints.families[known->family].text) : std::string_view();
}

}  // namespace tagdb
