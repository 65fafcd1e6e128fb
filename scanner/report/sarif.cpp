// Findings as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format): for code scanning on servers and for
// viewers in editors. One run; written at the end, since rules and artifacts stand before results.
#include <map>
#include <nlohmann/json.hpp>

#include "pe/text.hpp"
#include "scanner/report/uri.hpp"
#include "scanner/report/words.hpp"

namespace scanner::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

Json message(std::string_view text) { return {{"text", text}}; }

Json rule_of(const rank::CheckCode& code) {
  Json rule;
  rule["id"] = code.rule;
  rule["name"] = code.code;
  rule["shortDescription"] = message(code.summary);
  rule["fullDescription"] = message(std::string(code.summary) + " " + std::string(code.help));
  rule["help"] = message(code.help);
  rule["defaultConfiguration"] = {{"level", rank::to_string(code.severity)}};
  return rule;
}

class SarifReporter final : public Reporter {
 public:
  explicit SarifReporter(std::ostream& out) : out_(out) {}

  void finding(const Finding& finding) override { results_.push_back(result_of(finding)); }

  void allowed(const Finding& finding) override {
    Json result = result_of(finding);
    result["suppressions"] = Json::array({{{"kind", "external"}, {"justification", finding.allowed}}});
    results_.push_back(std::move(result));
  }

  void problem(const Problem& problem) override {
    Json note;
    note["level"] = "error";
    note["message"] = message(printable(problem.message));
    note["locations"] = Json::array({{{"physicalLocation", {{"artifactLocation", {{"uri", uri_of(problem.path)}}}}}}});
    problems_.push_back(std::move(note));
  }

  void end() override {
    Json driver;
    driver["name"] = "poolwho";
    driver["version"] = POOLWHO_VERSION;
    driver["semanticVersion"] = POOLWHO_VERSION;
    driver["rules"] = Json::array();
    for (const rank::CheckCode& code : rank::check_codes()) driver["rules"].push_back(rule_of(code));
    Json invocation;
    invocation["executionSuccessful"] = problems_.empty();
    if (!problems_.empty()) invocation["toolExecutionNotifications"] = problems_;
    Json run;
    run["tool"]["driver"] = std::move(driver);
    run["invocations"] = Json::array({std::move(invocation)});
    run["artifacts"] = artifacts_;
    run["columnKind"] = "utf16CodeUnits";
    run["results"] = results_;
    Json log;
    log["$schema"] = kSchema;
    log["version"] = "2.1.0";
    log["runs"] = Json::array({std::move(run)});
    out_ << log.dump(1, ' ', false, Json::error_handler_t::replace) << '\n';
    out_.flush();
  }

 private:
  /// The driver among the artifacts.
  std::size_t artifact_of(const Finding& finding) {
    const auto [at, fresh] = index_.emplace(finding.path, artifacts_.size());
    if (fresh) {
      Json artifact;
      artifact["location"]["uri"] = uri_of(finding.path);
      if (!finding.sha256.empty()) artifact["hashes"]["sha-256"] = finding.sha256;
      artifacts_.push_back(std::move(artifact));
    }
    return at->second;
  }

  Json location_of(const Finding& finding, const pe::CodePlace& place) {
    Json physical;
    if (place.file.empty()) {
      physical["artifactLocation"] = {{"uri", uri_of(finding.path)}, {"index", artifact_of(finding)}};
    } else {
      physical["artifactLocation"]["uri"] = uri_of(place.file);
      if (place.line != 0) physical["region"]["startLine"] = place.line;
    }
    physical["address"] = {{"relativeAddress", place.rva}, {"kind", "instruction"}};
    const std::string name = report::place(finding.path, {place.rva, place.name, {}, 0});
    physical["address"]["fullyQualifiedName"] = name;
    Json location;
    location["physicalLocation"] = std::move(physical);
    if (!place.name.empty())
      location["logicalLocations"] = Json::array({{{"fullyQualifiedName", name}, {"kind", "function"}}});
    return location;
  }

  Json result_of(const Finding& finding) {
    const rank::Finding& found = finding.found;
    Json result;
    result["ruleId"] = found.code->rule;
    result["ruleIndex"] = static_cast<std::size_t>(found.code - rank::check_codes().data());
    result["level"] = rank::to_string(found.code->severity);
    result["message"] = message(printable(file_name(finding.path)) + ": " + in_words(finding));
    result["locations"] = Json::array();
    artifact_of(finding);
    constexpr std::size_t kMost = 100;  // of places; the message tells how many there are
    for (std::size_t i = 0; i < finding.places.size() && i < kMost; ++i)
      result["locations"].push_back(location_of(finding, finding.places[i]));
    // The same finding in the next build: neither addresses nor folders count.
    const std::string tag = found.tag.value() != 0 ? found.tag.hex() : "-";
    result["partialFingerprints"]["poolwhoFinding/v1"] =
        pe::fold_case(printable(file_name(finding.path))) + "/" + std::string(found.code->code) + "/" + tag;
    return result;
  }

  std::ostream& out_;
  std::map<std::string, std::size_t> index_;
  Json artifacts_ = Json::array(), results_ = Json::array(), problems_ = Json::array();
};

}  // namespace

std::unique_ptr<Reporter> make_sarif_reporter(std::ostream& out) { return std::make_unique<SarifReporter>(out); }

}  // namespace scanner::report
