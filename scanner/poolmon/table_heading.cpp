// Headings of tables: where one title ends and the next begins, in all ways that make sense.
#include <algorithm>

#include "scanner/poolmon/table.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::size_t kLongest = 4096;  // of a line set with blanks

/// Adjacent words as one text of the line.
Cell joined(std::string_view line, const Cell& first, const Cell& last) {
  return {first.at, line.substr(first.at, last.end() - first.at)};
}

std::vector<Column> columns_of(const std::vector<Cell>& titles) {
  std::vector<Column> columns;
  for (const Cell& title : titles) columns.push_back(column_of(title.text));
  return columns;
}

std::size_t not_understood(const std::vector<Column>& columns) {
  return static_cast<std::size_t>(std::count_if(columns.begin(), columns.end(), [](const Column& column) {
    return column.what == What::none && !column.cut && !trimmed(column.title).empty();
  }));
}

/// A title ends where two blanks stand.
std::vector<Cell> between_wide_gaps(std::string_view line, const std::vector<Cell>& words) {
  std::vector<Cell> titles;
  for (const Cell& word : words) {
    if (!titles.empty() && titles.back().end() + 1 == word.at)
      titles.back() = joined(line, titles.back(), word);
    else
      titles.push_back(word);
  }
  return titles;
}

/// Every word a title, except where it means nothing by itself: "Per Alloc", "Current bytes".
std::vector<Cell> short_titles(std::string_view line, const std::vector<Cell>& words) {
  std::vector<Cell> titles;
  for (const Cell& word : words) {
    if (!titles.empty() && titles.back().end() + 1 == word.at) {
      const Column alone = column_of(word.text), before = column_of(titles.back().text);
      if (before.what == What::none || alone.what == What::none) {
        const Cell both = joined(line, titles.back(), word);
        if (column_of(both.text).what != What::none || (before.what == What::none && alone.what == What::none)) {
          titles.back() = both;
          continue;
        }
      }
    }
    titles.push_back(word);
  }
  return titles;
}

/// As many words as make a title that is understood: "Paged Allocs Paged Frees".
std::vector<Cell> long_titles(std::string_view line, const std::vector<Cell>& words) {
  constexpr std::size_t kMostWords = 5;
  std::vector<Cell> titles;
  for (std::size_t i = 0; i < words.size();) {
    std::size_t best = 1;
    for (std::size_t count = 2; count <= kMostWords && i + count <= words.size(); ++count) {
      if (words[i + count - 2].end() + 1 != words[i + count - 1].at) break;
      const Column column = column_of(joined(line, words[i], words[i + count - 1]).text);
      if (column.what != What::none) best = count;
    }
    titles.push_back(joined(line, words[i], words[i + best - 1]));
    i += best;
  }
  return titles;
}

/// Tag, Type, Allocs, Frees, Diff, Bytes, Per Alloc.
bool is_own(const Layout& layout) {
  constexpr What kOwn[] = {What::tag, What::type, What::allocs, What::frees, What::diff, What::bytes};
  const std::vector<Column>& columns = layout.figures.columns();
  if (layout.delimiter == ',' || layout.delimiter == ';' || columns.size() <= std::size(kOwn)) return false;
  for (std::size_t i = 0; i < std::size(kOwn); ++i) {
    if (columns[i].what != kOwn[i] || columns[i].pool || columns[i].unit.value_or(1) != 1) return false;
  }
  const Column& each = columns[std::size(kOwn)];
  return each.what == What::per_block || each.title == "Per";
}

/// Do these columns make a table of tags, or one of counters?
bool is_heading(char delimiter, const std::vector<Cell>& titles, const std::vector<Column>& columns) {
  const auto tags =
      std::count_if(columns.begin(), columns.end(), [](const Column& column) { return column.what == What::tag; });
  const bool counters = std::any_of(columns.begin(), columns.end(), [](const Column& column) {
    return column.what >= What::total_nonpaged && column.title.find('\\') != std::string::npos;
  });
  if (tags != 1 && !(counters && tags == 0 && delimiter != 0)) return false;
  if (counters && columns[0].what != What::time) return false;
  const bool figures = std::any_of(columns.begin(), columns.end(), [](const Column& column) {
    return is_figure(column.what) || column.what == What::delta || column.cut;
  });
  if (!counters && !figures) return false;
  // Tabs that only align titles leave empty ones between them.
  for (std::size_t i = 1; delimiter == '\t' && i + 1 < titles.size(); ++i) {
    if (titles[i].text.empty()) return false;
  }
  if (counters) return true;
  // A sentence that mentions tags and their bytes is no heading: nearly every word of one is a title.
  const std::size_t unknown = not_understood(columns);
  if (delimiter == 0 && unknown * 3 > columns.size()) return false;
  return columns.size() >= 2 && unknown + 1 < columns.size() + (delimiter != 0 ? 1 : 0);
}

/// The line taken apart in this way; nothing when that makes no heading.
std::optional<Layout> layout_of(char delimiter, const std::vector<Cell>& titles, std::optional<Pool> pool,
                                const std::vector<Pool>& groups) {
  std::vector<Column> columns = columns_of(titles);
  if (!is_heading(delimiter, titles, columns)) return std::nullopt;
  Layout layout;
  layout.delimiter = delimiter;
  layout.ends_in_figure = is_figure(columns.back().what);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].what == What::tag) layout.tag = i;
  }
  for (const Cell& title : titles) layout.titles.push_back({title.at, title.end()});
  layout.figures = Figures(std::move(columns), pool, groups);
  return layout;
}

}  // namespace

bool Table::open(std::string_view line, std::optional<Pool> pool, const std::vector<Pool>& groups) {
  std::vector<Layout> found;
  const auto offer = [&](char delimiter, const std::vector<Cell>& titles) {
    if (auto layout = layout_of(delimiter, titles, pool, groups)) found.push_back(*std::move(layout));
  };
  const char delimiter = delimiter_of(line);
  if (delimiter != 0) {
    split(line, delimiter, split_);
    std::vector<Cell> titles;
    for (const std::string& title : split_) titles.push_back({0, trimmed(title)});
    offer(delimiter, titles);
  }
  // A comma in a heading that is set with blanks, and tabs that only align.
  if (line.size() <= kLongest && (delimiter == 0 || delimiter == '\t') &&
      line.find_first_of(";\"") == std::string_view::npos) {
    scratch_.assign(1, std::string(line));
    std::replace(scratch_[0].begin(), scratch_[0].end(), '\t', ' ');
    const std::string_view flat = scratch_[0];
    const std::vector<Cell> words = words_between_blanks(flat);
    offer(0, between_wide_gaps(flat, words));
    offer(0, long_titles(flat, words));
    offer(0, short_titles(flat, words));
  }
  if (found.empty()) return false;
  const auto rank = [](const Layout& layout) {
    return std::pair(!layout.figures.refusal().empty(), not_understood(layout.figures.columns()));
  };
  std::stable_sort(found.begin(), found.end(), [&rank](const Layout& a, const Layout& b) { return rank(a) < rank(b); });
  layouts_ = std::move(found);
  sure_ = false;
  tag_column_ = 1;
  for (const Layout& layout : layouts_) {
    if (layout.delimiter == 0) tag_column_ = layout.titles[layout.tag].at;
  }
  own_ = std::any_of(layouts_.begin(), layouts_.end(), [](const Layout& layout) { return is_own(layout); });
  return true;
}

}  // namespace scanner::poolmon
