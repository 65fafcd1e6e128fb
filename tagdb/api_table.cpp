#include "tagdb/api_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

namespace tagdb {

std::string_view builtin_pool_apis();  // generated from data/pool_apis.tsv

namespace {

constexpr std::size_t kColumns = 16;
constexpr std::size_t kNeededColumns = 15;  // a table of somebody's own may leave out the last

std::optional<unsigned> number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x")) {
    text.remove_prefix(2);
    base = 16;
  }
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// An argument index; "-" is -1. False when it is neither.
bool argument(std::string_view text, int& out) {
  if (text == "-") {
    out = -1;
    return true;
  }
  const auto value = number(text);
  if (!value || *value > 15) return false;
  out = static_cast<int>(*value);
  return true;
}

bool parse_kind(std::string_view text, ApiKind& out) {
  static constexpr std::array<std::pair<std::string_view, ApiKind>, 6> kNames = {{{"allocate", ApiKind::allocate},
                                                                                  {"lookaside", ApiKind::lookaside},
                                                                                  {"configure", ApiKind::configure},
                                                                                  {"free", ApiKind::free},
                                                                                  {"reference", ApiKind::reference},
                                                                                  {"predict", ApiKind::predict}}};
  const auto* found =
      std::find_if(kNames.begin(), kNames.end(), [text](const auto& name) { return name.first == text; });
  if (found == kNames.end()) return false;
  out = found->second;
  return true;
}

bool parse_match(std::string_view text, ApiRow& row) {
  if (text == "import") {
    row.match = ApiMatch::import;
  } else if (text == "flt") {
    row.match = ApiMatch::flt_register;
  } else if (text.starts_with("kmdf:")) {
    const auto index = number(text.substr(5));
    if (!index) return false;
    row.match = ApiMatch::kmdf;
    row.kmdf_index = *index;
  } else {
    return text.starts_with("none:");
  }
  return true;
}

bool parse_pool(std::string_view text, ApiRow& row) {
  if (text == "-") return true;
  if (text == "=nonpaged" || text == "=paged") {
    row.pool_form = text == "=paged" ? PoolForm::always_paged : PoolForm::always_nonpaged;
    return true;
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || !argument(text.substr(0, colon), row.pool)) return false;
  const std::string_view form = text.substr(colon + 1);
  row.pool_form = form == "flags"       ? PoolForm::flags_argument
                  : form == "lookaside" ? PoolForm::lookaside_flags
                                        : PoolForm::type_argument;
  return form == "flags" || form == "lookaside" || form == "type";
}

bool parse_tag(std::string_view x64, std::string_view x86, ApiRow& row) {
  if (x64.starts_with('*')) {
    row.tag_in_struct = true;
    x64.remove_prefix(1);
    if (x86.starts_with('*')) x86.remove_prefix(1);
  }
  if (x86.starts_with("fast")) {
    row.x86_fastcall = true;
    x86.remove_prefix(4);
  }
  return argument(x64, row.tag) && argument(x86, row.tag_x86);
}

bool parse_condition(std::string_view text, ApiRow& row) {
  if (text == "-") return true;
  const auto equals = text.find("==");
  if (equals == std::string_view::npos || !argument(text.substr(0, equals), row.condition_argument)) return false;
  const auto value = number(text.substr(equals + 2));
  if (!value) return false;
  row.condition_value = *value;
  return true;
}

bool parse_field(std::string_view text, unsigned& out) {
  if (text == "-") return true;
  const auto value = number(text);
  if (!value) return false;
  out = *value;
  return true;
}

/// Null when the row is good, else the name of the column that is not.
const char* parse_row(const std::array<std::string_view, kColumns>& cell, ApiRow& row) {
  row.name = std::string(cell[0]);
  row.module = std::string(cell[1]);
  if (row.name.empty()) return "name";
  if (!parse_kind(cell[2], row.kind)) return "kind";
  if (!parse_match(cell[3], row)) return "match";
  if (cell[4] != "yes" && cell[4] != "no") return "charges";
  row.charges_pool = cell[4] == "yes";
  if (!parse_tag(cell[5], cell[6], row)) return "tag";
  if (!parse_pool(cell[7], row)) return "pool";
  if (!argument(cell[8], row.size) || !argument(cell[9], row.size_x86)) return "size";
  if (!parse_field(cell[10], row.field_x64) || !parse_field(cell[11], row.field_x86)) return "field";
  if (!parse_condition(cell[12], row)) return "condition";
  if (cell[13] != "-") row.default_tag = std::string(cell[13]);
  row.source = std::string(cell[14]);
  row.freed_as_pool = cell[15] == "pool";
  return cell[15].empty() || cell[15] == "-" || row.freed_as_pool ? nullptr : "freed";
}

}  // namespace

std::string qualified_name(std::string_view module, std::string_view function) {
  return fold_case(module) + "!" + std::string(function);
}

int ApiTable::find_import(std::string_view name) const {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ApiRow& row = rows[i];
    if ((row.match == ApiMatch::import || row.match == ApiMatch::flt_register) && row.name == name)
      return static_cast<int>(i);
  }
  return -1;
}

int ApiTable::find_row(std::string_view name) const {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

std::vector<std::string> ApiTable::add_over(const ApiTable& more) {
  std::vector<std::string> replaced;
  for (const ApiRow& row : more.rows) {
    const int known = find_row(row.name);
    if (known < 0) {
      rows.push_back(row);
    } else {
      rows[static_cast<std::size_t>(known)] = row;
      replaced.push_back(row.name);
    }
  }
  return replaced;
}

ApiTable parse_api_table(std::string_view text, std::string& error) {
  ApiTable table;
  std::map<std::string, std::size_t> line_of;
  std::size_t line_number = 0;
  while (!text.empty()) {
    ++line_number;
    const auto newline = text.find('\n');
    std::string_view line = text.substr(0, newline);
    text = newline == std::string_view::npos ? std::string_view{} : text.substr(newline + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#') || line.starts_with("name\t")) continue;
    std::array<std::string_view, kColumns> cell;
    std::size_t columns = 0;
    for (std::string_view rest = line; columns < kColumns; ++columns) {
      const auto tab = rest.find('\t');
      cell[columns] = rest.substr(0, tab);
      if (tab == std::string_view::npos) {
        ++columns;
        break;
      }
      rest = rest.substr(tab + 1);
    }
    ApiRow row;
    const char* bad = columns >= kNeededColumns ? parse_row(cell, row) : "number of columns";
    if (bad != nullptr) {
      error = "line " + std::to_string(line_number) + ": bad " + bad;
      return {};
    }
    const auto [first, fresh] = line_of.emplace(row.name, line_number);
    if (!fresh) {
      error = "line " + std::to_string(line_number) + ": '" + row.name + "' stands in line " +
              std::to_string(first->second) + " already";
      return {};
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

const ApiTable& builtin_api_table() {
  static const ApiTable table = [] {
    std::string error;  // the table is tested at build time
    return parse_api_table(builtin_pool_apis(), error);
  }();
  return table;
}

}  // namespace tagdb
