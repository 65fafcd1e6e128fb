// From records to rows of the page's tables: which columns, in which words, and what unfolds below them.
#include <algorithm>
#include <sstream>

#include "scanner/report/html_parts.hpp"
#include "scanner/report/words.hpp"

namespace scanner::report::html {
namespace {

std::string words_of(const Use& item) {
  const trace::TagUse& use = item.use;
  std::string out(trace::to_string(use.evidence));
  if (use.row < 0) return out + ": " + item.what;
  out += " " + use.api + ", " + std::string(trace::to_string(use.certainty));
  if (const std::string details = pool_and_size(use); !details.empty()) out += ", " + details;
  return out;
}

std::vector<Step> chain_of(std::string_view path, const Use& item) {
  std::vector<Step> steps;
  if (item.use.row < 0) {
    steps.push_back({place(path, item.use.site_rva), {}});
    return steps;
  }
  for (std::size_t i = 0; i < item.use.via.size(); ++i)
    steps.push_back(
        {place(path, item, i), i < item.listing.size() ? instruction(path, item.listing[i]) : std::string()});
  return steps;
}

/// Uses that differ in the place only become one group. With `tagged` the groups name their tags.
std::vector<UseGroup> groups_of(const std::string& path, const std::vector<Use>& uses, bool tagged) {
  std::vector<UseGroup> groups;
  for (const Use& use : uses) {
    UseGroup group;
    if (tagged) group.tag = use.use.tag.text();
    group.words = words_of(use);
    if (use.use.assumptions != 0)
      group.assumption = "assuming that " + trace::describe_assumptions(use.use.assumptions);
    const bool same = !groups.empty() && use.has_site && !groups.back().chains.empty() &&
                      groups.back().tag == group.tag && groups.back().words == group.words &&
                      groups.back().assumption == group.assumption;
    if (!same) groups.push_back(std::move(group));
    if (use.has_site) groups.back().chains.push_back(chain_of(path, use));
    ++groups.back().uses;
  }
  for (UseGroup& group : groups) {
    if (group.chains.size() > 1) {
      group.words += ", " + with_commas(group.chains.size()) + " places:";
    } else if (!group.chains.empty()) {
      group.words += " at";
    }
  }
  return groups;
}

std::vector<std::pair<std::string, std::string>> identity_of(const pe::Identity& identity, const std::string& sha256) {
  std::vector<std::pair<std::string, std::string>> rows;
  const auto row = [&rows](const char* name, const std::string& value) {
    if (!value.empty()) rows.emplace_back(name, value);
  };
  row("Company", identity.company);
  row("Product", identity.product);
  row("Description", identity.description);
  row("Version", identity.file_version);
  row("Original name", identity.original_name);
  row("Linked", identity.linked != 0 ? iso_date(identity.linked) : "unknown (reproducible build: the stamp is a hash)");
  row("Signature", !identity.embedded_signature ? "none in the file (perhaps in a catalogue)"
                   : identity.signer.empty()    ? "in the file, not checked"
                                                : "in the name of " + identity.signer + ", not checked");
  row("PDB", identity.pdb);
  row("PDB id", identity.pdb_id);
  row("SHA-256", sha256);
  return rows;
}

Cell number(std::uint64_t value) { return {with_commas(value), static_cast<double>(value)}; }

}  // namespace

std::vector<Column> candidate_columns(bool with_tag) {
  using enum CellKind;
  if (with_tag)
    return {
        {"Tag", tag, 9}, {"Verdict", verdict, 13}, {"Driver", path, 25}, {"Proof", text, 31}, {"Product", text, 22}};
  return {{"Verdict", verdict, 13}, {"Driver", path, 28}, {"Proof", text, 35}, {"Product", text, 24}};
}

Row row_of(const Candidate& candidate, bool with_tag) {
  Row row{"candidate", {}, Details{}};
  if (with_tag) row.cells.push_back({candidate.tag.text()});
  row.cells.push_back(
      {std::string(rank::to_string(candidate.judgement.verdict)), static_cast<double>(candidate.judgement.verdict)});
  row.cells.push_back({candidate.path});
  row.cells.push_back({proof(candidate)});
  row.cells.push_back({product(candidate.identity)});
  Details& details = *row.details;
  details.summary = "Proof, reasons and file details";
  const bool weak = candidate.judgement.verdict == rank::Verdict::weak;
  details.uses_title = weak ? "Where the bytes are" : "How the tag reaches the allocator";
  details.uses = groups_of(candidate.path, candidate.uses, false);
  for (const rank::Reason& reason : candidate.judgement.reasons) details.reasons.push_back(reason.text);
  details.identity = identity_of(candidate.identity, candidate.sha256);
  details.same_files = candidate.copies;
  return row;
}

std::string candidates_by_strength(const std::vector<Candidate>& candidates, const std::string& id, bool with_tag) {
  Table better(id, candidate_columns(with_tag)), weak(id + "-weak", candidate_columns(with_tag));
  for (const Candidate& candidate : candidates)
    (candidate.judgement.verdict == rank::Verdict::weak ? weak : better).add(row_of(candidate, with_tag));
  std::ostringstream out;
  if (!better.empty()) better.print(out);
  if (!weak.empty()) {
    out << "<details class=\"fold\"><summary>Only mentions the bytes (" << with_commas(weak.size())
        << (weak.size() == 1 ? " file" : " files")
        << ")</summary><p class=\"dim\">The four bytes occur in these files, in a text or as a number that no call is "
           "seen to use. That is no sign that they allocate with the tag.</p>";
    weak.print(out);
    out << "</details>";
  }
  return out.str();
}

std::vector<Column> driver_columns() {
  using enum CellKind;
  return {{"Driver", path, 30},
          {"Product", text, 25},
          {"Machine", text, 12},
          {"Tags", number, 8},
          {"Allocation sites", number, 14},
          {"Not resolved", number, 11}};
}

Row row_of(const Driver& driver) {
  std::vector<std::string> tags;
  for (const Use& use : driver.uses) {
    const std::string tag = use.use.tag.text();
    if (use.use.evidence < trace::Evidence::constant && std::find(tags.begin(), tags.end(), tag) == tags.end())
      tags.push_back(tag);
  }
  Row row{"driver", {}, Details{}};
  row.cells = {{driver.path},       {product(driver.identity)},      {std::string(pe::to_string(driver.machine))},
               number(tags.size()), number(driver.allocate.total()), number(driver.unresolved())};
  Details& details = *row.details;
  constexpr std::size_t kShown = 8;
  if (tags.empty()) details.summary = "no tag in calls";
  if (tags.size() > kShown) details.summary = "and " + with_commas(tags.size() - kShown) + " more";
  tags.resize(std::min(tags.size(), kShown));
  details.tags = std::move(tags);
  details.uses_title = "Tags and the calls that use them";
  details.uses = groups_of(driver.path, driver.uses, true);
  details.identity = identity_of(driver.identity, driver.sha256);
  details.notes = known_gaps(driver);
  details.notes.insert(details.notes.end(), driver.problems.begin(), driver.problems.end());
  if (driver.unresolved() > 0) details.notes.push_back(sites_in_words(driver, driver.dynamic_reasons));
  if (!driver.traced) details.notes.emplace_back("code for this processor cannot be traced");
  return row;
}

std::vector<Column> finding_columns() {
  using enum CellKind;
  return {{"Driver", path, 26}, {"Finding", text, 15}, {"Tag", tag, 9}, {"Place", code, 17}, {"Why", text, 33}};
}

Row row_of(const Finding& finding) {
  const rank::Finding& found = finding.found;
  const std::string tag = found.tag.value() != 0 ? found.tag.text() : "";
  return {"finding",
          {{finding.path}, {std::string(found.code->code)}, {tag}, {places_in_words(finding)}, {found.text}},
          std::nullopt};
}

std::vector<Column> change_columns() {
  using enum CellKind;
  return {{"Driver", path, 24}, {"Change", text, 13}, {"Tag", tag, 9}, {"Before", text, 27}, {"Now", text, 27}};
}

Row row_of(const std::string& path, const rank::Change& change) {
  return {"change",
          {{path}, {std::string(to_string(change.kind))}, {change.tag.text()}, {change.before}, {change.after}},
          std::nullopt};
}

Row copy_row(const std::string& path, const std::string& of) {
  return {"copy", {{path}, {"same file as " + of}}, std::nullopt};
}

}  // namespace scanner::report::html
