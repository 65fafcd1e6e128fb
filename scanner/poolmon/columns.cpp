#include "scanner/poolmon/columns.hpp"

#include <algorithm>
#include <array>

#include "scanner/poolmon/words.hpp"

namespace scanner::poolmon {
namespace {

/// Which words a title holds, however often.
class Title {
 public:
  explicit Title(const std::vector<Word>& words) {
    for (const Word word : words) {
      if (has(word) && word != Word::filler && word != Word::pool) twice_ = true;
      held_ |= bit(word);
    }
  }
  [[nodiscard]] bool has(Word word) const { return (held_ & bit(word)) != 0; }
  /// Nothing but `words` and what changes nothing.
  template <typename... Words>
  [[nodiscard]] bool only(Words... words) const {
    return (held_ & ~(bit(Word::filler) | (bit(words) | ... | 0))) == 0;
  }
  [[nodiscard]] bool twice() const { return twice_; }
  [[nodiscard]] bool empty() const { return held_ == 0; }
  [[nodiscard]] std::optional<std::int64_t> unit() const {
    if (has(Word::gb)) return 1 << 30;
    if (has(Word::mb)) return 1 << 20;
    if (has(Word::kb)) return 1 << 10;
    return has(Word::b) ? std::optional<std::int64_t>(1) : std::nullopt;
  }
  [[nodiscard]] bool scaled() const { return unit().value_or(1) != 1; }

 private:
  static std::uint64_t bit(Word word) { return std::uint64_t{1} << static_cast<unsigned>(word); }
  std::uint64_t held_ = 0;
  bool twice_ = false;
};

/// The figure that a title's words make, without regard to the pool.
What figure_of(const Title& title) {
  const bool bytes = title.has(Word::bytes) || title.has(Word::used) || title.unit();
  const bool state = title.has(Word::state);
  if (title.has(Word::per_block)) return What::per_block;
  if (title.has(Word::frees)) {
    if (title.has(Word::allocs) || bytes) return title.has(Word::diff) ? What::diff : What::ignored;
    return state ? What::none : What::frees;
  }
  if (title.has(Word::diff)) return bytes ? What::none : What::diff;
  if (bytes) return What::bytes;
  if (title.has(Word::allocs)) return state ? What::diff : What::allocs;
  if (title.has(Word::count) || state) return What::diff;
  return What::none;
}

What name_of(const Title& title) {
  if (title.has(Word::time_utc)) return What::time_utc;
  if (title.has(Word::time) && title.only(Word::time, Word::tag)) return What::time;
  if (title.has(Word::tag) && title.only(Word::tag, Word::pool, Word::text)) return What::tag;
  if ((title.has(Word::type) || title.has(Word::pool)) && title.only(Word::type, Word::pool)) return What::type;
  if (title.has(Word::session) && title.only(Word::session, Word::count)) return What::session;
  if (title.has(Word::address)) return What::address;
  if (title.has(Word::host)) return What::host;
  if (title.has(Word::owner)) return What::owner;
  if (title.has(Word::text)) return What::text;
  return What::none;
}

/// "Outstanding allocations (allocs - frees)": what stands in parentheses explains, unless it is a unit or the like.
std::string without_remarks(std::string_view title) {
  std::string out;
  for (std::size_t at = 0; at < title.size();) {
    const char open = title[at];
    const auto close = open == '(' ? title.find(')', at) : open == '[' ? title.find(']', at) : std::string_view::npos;
    if (close == std::string_view::npos || at == 0) {
      out += title[at++];
      continue;
    }
    const std::string_view inside = title.substr(at + 1, close - at - 1);
    const auto words = words_of(inside);
    const bool kept = words && std::all_of(words->begin(), words->end(), [](Word word) {
                        return word == Word::b || word == Word::kb || word == Word::mb || word == Word::gb ||
                               word == Word::bytes || word == Word::delta || word == Word::peak ||
                               word == Word::nonpaged || word == Word::paged || word == Word::filler;
                      });
    if (kept) out += " " + std::string(inside) + " ";
    at = close + 1;
  }
  return out;
}

}  // namespace

Column column_of(std::string_view text) {
  Column column;
  column.title = text.substr(0, 80);
  // perfmon's first column is called "(PDH-CSV 4.0) (time zone)(minutes)", typeperf's much the same.
  if (text.find("PDH-") != std::string_view::npos) {
    column.what = What::time;
    return column;
  }
  if (text.find('\\') != std::string_view::npos) return counter_of(text);
  if (text.ends_with("...") && text.size() > 3) {
    const std::string name = folded(text);
    column.cut = name.starts_with("paged") || name.starts_with("nonp") || name.starts_with("total");
    if (!column.cut) column.what = What::ignored;
    return column;
  }
  const auto words = words_of(without_remarks(text));
  if (!words) return column;
  const Title title(*words);
  if (title.empty() || title.only(Word::ignored, Word::tag, Word::bytes)) {
    if (title.empty() || title.has(Word::ignored)) column.what = What::ignored;
    if (column.what == What::ignored) return column;
  }
  if (title.has(Word::ignored)) {
    column.what = What::ignored;
    return column;
  }
  if (title.has(Word::delta) || title.has(Word::peak)) {
    column.what = title.has(Word::delta) ? What::delta : What::ignored;
    return column;
  }
  if (title.has(Word::nonpaged) && title.has(Word::paged)) return column;  // of both: a sum that says so is `total`
  if (title.has(Word::nonpaged)) column.pool = Pool::nonpaged;
  if (title.has(Word::paged)) column.pool = Pool::paged;
  if (!column.pool) column.what = name_of(title);
  if (column.what != What::none) return column;
  column.what = figure_of(title);
  column.unit = title.unit();
  column.exact = column.what == What::diff && title.has(Word::diff);
  column.weak = (title.has(Word::allocs) || title.has(Word::frees)) && !title.has(Word::state) &&
                (column.what == What::bytes || column.what == What::ignored);
  if (column.what == What::none && column.pool) {
    if (!title.only(Word::nonpaged, Word::paged, Word::pool, Word::total, Word::session)) return column;
    column.what = What::bytes;
  }
  if (title.has(Word::total) && !column.pool && (column.what == What::none || column.what == What::bytes))
    column.what = What::total_bytes;
  const bool counts = column.what == What::allocs || column.what == What::frees || column.what == What::diff;
  if ((counts && title.scaled()) || title.has(Word::available) || title.has(Word::commit)) column.what = What::none;
  if (column.pool && title.has(Word::session)) column.pool = Pool::session;
  return column;
}

Column counter_named(std::string_view name) {
  Column column;
  column.title = name.substr(0, 80);
  const auto words = words_of(without_remarks(name));
  if (!words) return column;
  const Title title(*words);
  if (!title.only(Word::nonpaged, Word::paged, Word::pool, Word::bytes, Word::b, Word::kb, Word::mb, Word::gb,
                  Word::available, Word::commit, Word::commit_limit))
    return column;
  column.unit = title.unit();
  const bool nonpaged = title.has(Word::nonpaged), paged = title.has(Word::paged);
  const bool bytes = title.has(Word::bytes) || title.unit().has_value();
  if (nonpaged != paged) {
    if (bytes) column.what = nonpaged ? What::total_nonpaged : What::total_paged;
  } else if (title.has(Word::commit_limit)) {
    column.what = What::commit_limit;
  } else if (title.has(Word::available) && bytes) {
    column.what = What::available;
  } else if (title.has(Word::commit) && bytes) {
    column.what = What::commit;
  }
  return column;
}

Column counter_of(std::string_view path) {
  Column column;
  column.title = path.substr(0, 80);
  column.what = What::ignored;
  const auto name = path.rfind('\\');
  if (name == std::string_view::npos || name == 0) return column;
  const auto object = path.rfind('\\', name - 1);
  const std::string_view whose = path.substr(object == std::string_view::npos ? 0 : object + 1,
                                             name - (object == std::string_view::npos ? 0 : object + 1));
  if (whose.find('(') != std::string_view::npos) return column;
  Column named = counter_named(path.substr(name + 1));
  if (named.what == What::none) return column;
  named.title = column.title;
  return named;
}

std::string_view host_of(std::string_view path) {
  if (!path.starts_with("\\\\")) return {};
  return path.substr(0, path.find('\\', 2));
}

bool is_table(const std::vector<Column>& columns) {
  const auto has = [&columns](What what) {
    return std::any_of(columns.begin(), columns.end(), [what](const Column& column) { return column.what == what; });
  };
  const bool cut = std::any_of(columns.begin(), columns.end(), [](const Column& column) { return column.cut; });
  return has(What::tag) && (has(What::bytes) || has(What::total_bytes) || cut);
}

std::optional<Pool> pool_of_cell(std::string_view cell) {
  constexpr std::size_t kLongest = 40;
  if (cell.empty() || cell.size() > kLongest) return std::nullopt;
  // poolmon's own, millions of times
  if (cell == "Nonp") return Pool::nonpaged;
  if (cell == "Paged" || cell == "P") return Pool::paged;
  if (cell == "N") return Pool::nonpaged;
  const auto words = words_of(cell);
  if (!words) {
    // "NonPagedPoolCacheAligned", "PagedPoolNx": kernel names with more at the end
    const std::string name = folded(cell);
    if (name.starts_with("nonpagedpool")) return Pool::nonpaged;
    if (name.starts_with("pagedpool")) return Pool::paged;
    return std::nullopt;
  }
  const Title title(*words);
  if (!title.only(Word::nonpaged, Word::paged, Word::session, Word::pool, Word::type)) return std::nullopt;
  if (title.has(Word::nonpaged) == title.has(Word::paged))
    return title.has(Word::session) ? std::optional<Pool>(Pool::session) : std::nullopt;
  if (title.has(Word::nonpaged)) return Pool::nonpaged;
  return title.has(Word::session) ? Pool::session : Pool::paged;
}

std::optional<Pool> pool_in_words(std::string_view line) {
  const PoolsNamed named = pools_named(line);
  if (named.nonpaged == named.paged) return std::nullopt;
  return named.paged ? Pool::paged : Pool::nonpaged;
}

}  // namespace scanner::poolmon
