#include "scanner/rank/allow.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tagdb/text.hpp"
#include "tagdb/tsv.hpp"

namespace scanner::rank {
namespace {

using Json = nlohmann::json;

std::string folded_name(std::string_view path) { return pe::fold_case(pe::file_name(path)); }

std::string quoted(const std::string& tag) { return "'" + tag + "'"; }

/// A text of a record, empty when it has none of that name.
std::string text_of(const Json& record, const char* key) {
  const auto value = record.find(key);
  return value != record.end() && value->is_string() ? value->get<std::string>() : std::string();
}

/// The tag of a record by its bytes; 0 for a finding without one. Nothing for bytes that are none.
std::optional<std::uint32_t> tag_of(const Json& record) {
  const std::string hex = text_of(record, "tag_bytes");
  if (hex.empty()) return 0;
  if (hex.size() != 8 || hex.find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i)
    value |= static_cast<std::uint32_t>(std::stoul(hex.substr(2U * i, 2), nullptr, 16)) << (8 * i);
  return value;
}

}  // namespace

bool AllowList::add_table(std::string_view text, const std::string& source, std::string& error) {
  for (const tagdb::TsvRow& row : tagdb::read_tsv(text)) {
    const auto wrong = [&](const std::string& why) {
      error = "line " + std::to_string(row.line) + ": " + why;
      return false;
    };
    if (row.cells.size() < 3 || row.cells.size() > 4 || row.cells[2].empty())
      return wrong("a line has a tag, a code and a reason, and perhaps a driver, separated by tabs");
    Rule rule;
    rule.written = std::string(row.cells[0]);
    rule.without_tag = rule.written == "-";
    if (!rule.without_tag) {
      auto query = tagdb::parse_query(rule.written, error);
      if (!query) return wrong(error);
      rule.tag = std::move(*query);
    }
    rule.code = find_code(row.cells[1]);
    if (rule.code == nullptr) {
      choose_codes(row.cells[1], error);
      return wrong(error);
    }
    rule.reason = std::string(row.cells[2]);
    if (row.cells.size() == 4) rule.driver = folded_name(row.cells[3]);
    rule.source = source;
    rule.line = row.line;
    rules_.push_back(std::move(rule));
  }
  return true;
}

bool AllowList::add_record(std::string_view line, std::size_t number, const std::string& source, std::string& error) {
  const Json record = Json::parse(line, nullptr, false);
  if (!record.is_object()) {
    error = "line " + std::to_string(number) + ": no record; name what --check --format ndjson wrote";
    return false;
  }
  if (text_of(record, "type") != "finding") return true;
  const CheckCode* code = find_code(text_of(record, "code"));
  const auto tag = tag_of(record);
  const std::string driver = folded_name(text_of(record, "path"));
  if (code == nullptr || !tag || driver.empty()) {
    error = "line " + std::to_string(number) + ": a finding without a path, a tag or a code that is known";
    return false;
  }
  const auto count = record.find("count");
  // Version 0.2 wrote one record for each place.
  const std::size_t places = count != record.end() && count->is_number_unsigned() ? count->get<std::size_t>() : 1;
  Known& known = known_[{driver, *tag, code}];
  if (known.places == 0) {
    known.source = source;
    known.line = number;
  }
  known.places += places;
  return true;
}

bool AllowList::add_findings(std::string_view text, const std::string& source, std::string& error) {
  bool good = true;
  tagdb::for_each_line(text, [&](std::string_view line, std::size_t number) {
    // One record a line, in an array as well.
    if (line.ends_with(',')) line.remove_suffix(1);
    if (good && !line.empty() && line != "[" && line != "]" && line != "[]")
      good = add_record(line, number, source, error);
  });
  return good;
}

void AllowList::add_known(const Finding& finding, const std::string& source) {
  Known& known = known_[{std::string(), finding.tag.value(), finding.code}];
  known.places += finding.places.size();
  known.source = source;
  known.used = true;  // what a new build no longer does is no news here
}

AllowList::Answer AllowList::ask(std::string_view driver, const Finding& finding) {
  const std::string name = folded_name(driver);
  for (Rule& rule : rules_) {
    const bool tag = finding.tag.value() == 0 ? rule.without_tag : !rule.without_tag && rule.tag.matches(finding.tag);
    if (!tag || rule.code != finding.code || (!rule.driver.empty() && rule.driver != name)) continue;
    rule.used = true;
    return {rule.reason, 0};
  }
  for (const std::string& whose : {name, std::string()}) {
    const auto known = known_.find({whose, finding.tag.value(), finding.code});
    if (known == known_.end()) continue;
    known->second.used = true;
    if (finding.places.size() <= known->second.places) return {"known from " + known->second.source, 0};
    return {{}, known->second.places};
  }
  return {};
}

void AllowList::looked_at(std::string_view driver) { looked_at_.insert(folded_name(driver)); }

std::vector<std::string> AllowList::stale(const std::vector<const CheckCode*>& checks) const {
  const auto asked = [&checks](const CheckCode* code) {
    return std::find(checks.begin(), checks.end(), code) != checks.end();
  };
  const auto looked_at = [this](const std::string& driver) {
    return driver.empty() ? !looked_at_.empty() : looked_at_.contains(driver);
  };
  std::vector<std::string> out;
  const auto add = [&out](const std::string& source, std::size_t line, const std::string& tag, const CheckCode* code,
                          const std::string& driver) {
    out.push_back(source + ":" + std::to_string(line) + ": " + (tag.empty() ? "" : tag + " ") +
                  std::string(code->code) + (driver.empty() ? "" : " in " + driver));
  };
  for (const Rule& rule : rules_) {
    if (!rule.used && asked(rule.code) && looked_at(rule.driver))
      add(rule.source, rule.line, rule.without_tag ? "" : quoted(rule.written), rule.code, rule.driver);
  }
  for (const auto& [key, known] : known_) {
    const auto& [driver, tag, code] = key;
    if (!known.used && asked(code) && looked_at(driver))
      add(known.source, known.line, tag == 0 ? "" : quoted(tagdb::PoolTag(tag).text()), code, driver);
  }
  return out;
}

}  // namespace scanner::rank
