#include "scanner/commands/driver_checks.hpp"

#include <algorithm>

#include "scanner/commands/file_records.hpp"
#include "scanner/rank/check.hpp"

namespace scanner {
namespace {

/// The places of a finding with what symbols tell of them.
std::vector<pe::CodePlace> places_of(const ScannedFile& file, const rank::Finding& finding) {
  std::vector<pe::CodePlace> places;
  for (const std::uint32_t rva : finding.places) {
    pe::CodePlace place;
    place.rva = rva;
    const auto known = std::lower_bound(file.places.begin(), file.places.end(), rva,
                                        [](const pe::CodePlace& one, std::uint32_t at) { return one.rva < at; });
    if (known != file.places.end() && known->rva == rva) place = *known;
    for (std::size_t i = 0; i < file.trace.uses.size() && i < file.names.size() && place.name.empty(); ++i) {
      const auto& via = file.trace.uses[i].via;
      if (!via.empty() && via.front() == rva && !file.names[i].empty()) place.name = file.names[i].front();
    }
    places.push_back(std::move(place));
  }
  return places;
}

}  // namespace

bool DriverChecks::load() {
  const Options& options = inputs_.options;
  const auto read = [this](const std::string& path, auto add) {
    std::string text, error;
    if (!read_text(path, text, diagnostics_)) return false;
    if ((allowed_.*add)(text, std::string(report::file_name(path)), error)) return true;
    diagnostics_.failure(path, error);
    return false;
  };
  for (const std::string& path : options.allow) {
    if (!read(path, &rank::AllowList::add_table)) return false;
  }
  for (const std::string& path : options.allow_from) {
    if (!read(path, &rank::AllowList::add_findings)) return false;
  }
  return true;
}

std::vector<rank::Finding> DriverChecks::findings_of(const ScannedFile& file, const std::string& path) const {
  const rank::CheckedImage image{image_facts(path, file.container, file.identity), file.identity.company,
                                 file.oldest_system.value_or(0)};
  std::vector<rank::Finding> findings = rank::check(file.trace, image, inputs_.database, inputs_.apis);
  std::erase_if(findings, [this](const rank::Finding& finding) {
    return std::find(checks_.begin(), checks_.end(), finding.code) == checks_.end();
  });
  return findings;
}

void DriverChecks::know(const ScannedFile& baseline, const std::string& path) {
  for (const rank::Finding& finding : findings_of(baseline, path))
    allowed_.add_known(finding, std::string(report::file_name(path)));
}

void DriverChecks::run(const ScannedFile& file) {
  const std::string& path = file.file.path;
  if (!file.oldest_system) {
    diagnostics_.record(
        {path, "trace", 0, "stored by an earlier version of poolwho, without what checks need; not checked"});
    ++outdated_;
    return;
  }
  ++totals_.checked;
  allowed_.looked_at(path);
  bool any = false;
  for (rank::Finding& found : findings_of(file, path)) {
    report::Finding finding;
    finding.path = path;
    finding.container = file.container;
    finding.sha256 = file.sha256;
    finding.places = places_of(file, found);
    const auto answer = allowed_.ask(path, found);
    finding.known_places = answer.known_places;
    finding.allowed = answer.reason;
    finding.found = std::move(found);
    if (!finding.allowed.empty()) {
      ++totals_.allowed;
      diagnostics_.reporter().allowed(finding);
      continue;
    }
    any = true;
    ++totals_.total;
    ++totals_.codes[std::string(finding.found.code->code)];
    diagnostics_.reporter().finding(finding);
  }
  if (any) ++totals_.drivers;
}

void DriverChecks::finish() {
  diagnostics_.summary().findings = totals_;
  if (outdated_ > 0)
    diagnostics_.failure(inputs_.options.catalog.value_or(""),
                         std::to_string(outdated_) + (outdated_ == 1 ? " driver was" : " drivers were") +
                             " stored by an earlier version of poolwho, without what checks need, and not checked; "
                             "`poolwho survey PATH --store` brings them up to date");
  if (diagnostics_.stop().set()) return;  // what was not looked at is not stale
  for (const std::string& entry : allowed_.stale(checks_))
    diagnostics_.note(pe::printable(entry) + ": allowed, but no longer found; delete the line");
}

}  // namespace scanner
