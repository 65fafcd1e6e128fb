// Lists of drivers whose columns have names, so that their order does not matter: what scripts write with
// `Get-CimInstance Win32_SystemDriver` and what osquery's table `drivers` gives, as CSV or JSON. And two tables of
// Windows' own tools that name services: `fltmc` and `sc query type= driver`.
#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>

#include "scanner/loaded/list_text.hpp"

namespace scanner::loaded {
namespace {

/// One row, whatever it was written in: columns are asked for by any of their names.
struct Record {
  std::vector<std::pair<std::string, std::string>> cells;  // name in lower case → value

  [[nodiscard]] std::string_view of(std::initializer_list<std::string_view> names) const {
    for (const std::string_view name : names) {
      for (const auto& [column, value] : cells) {
        if (column == name && !value.empty()) return value;
      }
    }
    return {};
  }
};

bool add_driver(const Record& record, std::vector<Driver>& rows) {
  const std::string_view path = record.of({"pathname", "image", "imagepath", "image_path", "path"});
  const std::string_view service = record.of({"service", "name", "servicename", "service_name"});
  const bool has_path = is_image_name(path);
  const bool has_state = !record.of({"state", "startmode", "start_type", "status"}).empty();
  if (!has_path && (service.empty() || !has_state)) return false;
  Driver driver;
  driver.image = has_path ? std::string(path) : std::string(service);
  set_state(driver, record.of({"startmode", "start_type"}), record.of({"state", "status"}));
  rows.push_back(std::move(driver));
  return true;
}

std::string text_of(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number() || value.is_boolean() ? value.dump() : std::string();
}

std::vector<Driver> drivers_of_json(std::string_view text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || (text[start] != '[' && text[start] != '{')) return {};
  const nlohmann::json list = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  std::vector<Driver> rows;
  const auto take = [&rows](const nlohmann::json& object) {
    if (!object.is_object()) return;
    Record record;
    for (const auto& [name, value] : object.items()) record.cells.emplace_back(lower(name), text_of(value));
    add_driver(record, rows);
  };
  if (list.is_array()) {
    for (const nlohmann::json& object : list) take(object);
  } else {
    take(list);
  }
  return rows;
}

/// Calls `take` for every line, without its line end.
template <typename Take>
void for_each_line(std::string_view text, Take take) {
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    at = end + 1;
    take(line);
  }
}

/// The first line that names a path or an image, and a state or a service, is the heading.
std::vector<Driver> drivers_of_csv(std::string_view text) {
  std::vector<std::string> heading;
  std::vector<Driver> rows;
  char separator = ',';
  for_each_line(text, [&](std::string_view line) {
    if (line.empty() || line.front() == '#') return;  // Export-Csv's #TYPE line
    if (heading.empty()) {
      separator = line.find(',') == std::string_view::npos && line.find(';') != std::string_view::npos ? ';' : ',';
      std::vector<std::string> names = csv_cells(line, separator);
      std::transform(names.begin(), names.end(), names.begin(), [](const std::string& name) { return lower(name); });
      const auto has = [&names](std::string_view name) {
        return std::find(names.begin(), names.end(), name) != names.end();
      };
      if (has("pathname") || (has("image") && (has("service") || has("device_id")))) heading = std::move(names);
      return;
    }
    const std::vector<std::string> cells = csv_cells(line, separator);
    if (cells.size() != heading.size()) return;
    Record record;
    for (std::size_t i = 0; i < cells.size(); ++i) record.cells.emplace_back(heading[i], cells[i]);
    add_driver(record, rows);
  });
  return rows;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = line.find_first_not_of(" \t"); at < line.size(); at = line.find_first_not_of(" \t", at)) {
    const auto end = std::min(line.find_first_of(" \t", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

bool is_number(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.';
  });
}

/// `fltmc`: below a rule of dashes a filter's service, its instances, its altitude, its frame. All are loaded.
std::vector<Driver> drivers_of_fltmc(std::string_view text) {
  std::vector<Driver> rows;
  bool below_rule = false;
  for_each_line(text, [&](std::string_view line) {
    const std::vector<std::string_view> words = words_of(line);
    const bool rule = words.size() >= 4 && line.find_first_not_of("- \t") == std::string_view::npos;
    below_rule = below_rule ? !words.empty() : rule;
    if (!below_rule || rule || words.size() < 4 || !is_number(words[1]) || !is_number(words[2])) return;
    Driver driver;
    driver.image = std::string(words[0]);
    driver.running = true;
    rows.push_back(std::move(driver));
  });
  return rows;
}

/// `sc query type= driver`: blocks of `SERVICE_NAME: x` and `STATE : 4  RUNNING`. Windows translates neither.
std::vector<Driver> drivers_of_sc(std::string_view text) {
  constexpr std::string_view kName = "SERVICE_NAME:";
  std::vector<Driver> rows;
  for_each_line(text, [&](std::string_view line) {
    if (line.starts_with(kName)) {
      const std::vector<std::string_view> words = words_of(line.substr(kName.size()));
      if (!words.empty()) rows.emplace_back().image = words[0];
      return;
    }
    const std::vector<std::string_view> words = words_of(line);
    if (!rows.empty() && words.size() >= 3 && words[0] == "STATE") rows.back().running = words[2] == "4";
  });
  return rows;
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return out;
}

bool is_image_name(std::string_view text) {
  const std::string name = lower(text);
  return name.ends_with(".sys") || name.ends_with(".exe") || name.ends_with(".dll");
}

void set_state(Driver& driver, std::string_view start_mode, std::string_view state) {
  const std::string mode = lower(start_mode);
  driver.running = lower(state) == "running";
  driver.configured = mode == "boot" || mode == "system" || mode == "auto";
}

std::vector<std::string> csv_cells(std::string_view line, char separator) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back() += line[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == separator && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

std::vector<Driver> drivers_of_records(std::string_view text) {
  for (const auto& read : {drivers_of_json, drivers_of_csv, drivers_of_fltmc, drivers_of_sc}) {
    if (std::vector<Driver> rows = read(text); !rows.empty()) return rows;
  }
  return {};
}

}  // namespace scanner::loaded
