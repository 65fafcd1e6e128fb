#include "scanner/report/html_parts.hpp"

#include <sstream>

#include "scanner/report/words.hpp"
#include "scanner/scan.hpp"

namespace scanner::report::html {
namespace {

std::string verdict_cell(rank::Verdict verdict) {
  const std::string name(rank::to_string(verdict));
  return "<td data-sort=\"" + std::to_string(static_cast<int>(verdict)) + "\"><span class=\"verdict " + name + "\">" +
         name + "</span></td>";
}

}  // namespace

std::string text(std::string_view raw) {
  std::string out;
  for (const char c : printable(raw)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string digest(std::string_view content) {
  const auto nibble = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  const std::string hex = sha256_hex(
      pe::Bytes{std::span<const std::uint8_t>(reinterpret_cast<const std::uint8_t*>(content.data()), content.size())});
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(nibble(hex[i]) << 4 | nibble(hex[i + 1]));
  return "sha256-" + base64(bytes);
}

std::string identity_list(const pe::Identity& identity, const std::string& sha256) {
  std::string out = "<dl class=\"identity\">";
  const auto row = [&out](const char* name, const std::string& value) {
    if (!value.empty()) out += "<dt>" + std::string(name) + "</dt><dd>" + text(value) + "</dd>";
  };
  row("Company", identity.company);
  row("Product", identity.product);
  row("Description", identity.description);
  row("Version", identity.file_version);
  row("Original name", identity.original_name);
  row("Linked", identity.linked != 0 ? iso_date(identity.linked) : "unknown (reproducible build: the stamp is a hash)");
  row("Signed by", identity.embedded_signature ? identity.signer : "no embedded signature (perhaps by catalogue)");
  row("PDB", identity.pdb);
  row("PDB id", identity.pdb_id);
  row("SHA-256", sha256);
  return out + "</dl>";
}

std::string use_item(std::string_view path, const Use& item) {
  const trace::TagUse& use = item.use;
  std::string out = "<li>" + text(trace::to_string(use.evidence));
  if (use.row < 0) {
    out += ": " + text(item.what);
    if (item.has_site) out += " at <code>" + text(place(path, use.site_rva)) + "</code>";
    return out + "</li>";
  }
  out += " <code>" + text(use.api) + "</code>, " + text(trace::to_string(use.certainty));
  if (const std::string details = pool_and_size(use); !details.empty()) out += ", " + text(details);
  if (item.has_site) {
    out += "<ol class=\"chain\">";
    for (std::size_t i = 0; i < use.via.size(); ++i) {
      out += "<li><code>" + text(place(path, item, i)) + "</code>";
      if (i < item.listing.size() && !item.listing[i].empty())
        out += " <code class=\"dim\">" + text(item.listing[i]) + "</code>";
      if (i == 0) out += " <span class=\"dim\">" + text("'" + use.tag.text() + "' goes in") + "</span>";
      if (i + 1 == use.via.size()) out += " <span class=\"dim\">calls " + text(use.api) + "</span>";
      out += "</li>";
    }
    out += "</ol>";
  }
  if (use.assumptions != 0)
    out += "<p class=\"dim\">assuming that " + text(trace::describe_assumptions(use.assumptions)) + "</p>";
  return out + "</li>";
}

std::string candidate_details(const Candidate& candidate) {
  std::string out = "<details><summary>Proof, identity and reasons</summary><div class=\"box\">";
  out += "<h3>How the tag reaches the allocator</h3><ul class=\"plain\">";
  for (const Use& use : candidate.uses) out += use_item(candidate.path, use);
  out += "</ul><h3>How the verdict came about</h3><ul class=\"plain\">";
  for (const rank::Reason& reason : candidate.judgement.reasons) out += "<li>" + text(reason.text) + "</li>";
  out += "</ul><h3>Whose file it is</h3>" + identity_list(candidate.identity, candidate.sha256);
  for (const std::string& path : candidate.copies)
    out += "<p class=\"dim\">same file: <code>" + text(path) + "</code></p>";
  return out + "</div></details>";
}

std::string head(const std::vector<Column>& columns) {
  std::string out = "<thead><tr>";
  for (const Column& column : columns) {
    out += column.number ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">";
    if (*column.title != '\0') out += "<button type=\"button\">" + std::string(column.title) + "</button>";
    out += "</th>";
  }
  return out + "</tr></thead>";
}

std::string number_cell(double value, const std::string& shown) {
  return "<td class=\"number\" data-sort=\"" + std::to_string(value) + "\">" + text(shown) + "</td>";
}

std::string tag_cell(tagdb::PoolTag tag) { return "<td class=\"tag\">" + text(tag.text()) + "</td>"; }

std::string percent(double part) { return std::to_string(static_cast<int>(part * 100)) + " %"; }

std::string tools(const std::string& table) {
  return "<div class=\"tools needs-script\"><button type=\"button\" data-unfold aria-pressed=\"false\">Unfold "
         "everything</button>"
         "<input type=\"search\" data-filter=\"" +
         table + "\" aria-label=\"Show only rows that hold this text\" placeholder=\"Filter rows\"></div>";
}

std::string candidate_table(const std::vector<Candidate>& candidates, const std::string& id, bool with_tag) {
  std::vector<Column> columns = {{"Rank", true}, {"Verdict"}, {"Driver"}, {"Proof"}, {"Made by"}};
  if (with_tag) columns.insert(columns.begin(), {"Tag"});
  std::ostringstream out;
  out << "<div class=\"scroll\"><table class=\"sortable\" id=\"" << id << "\">" << head(columns);
  for (const Candidate& candidate : candidates) {
    out << "<tbody data-row=\"candidate\"><tr>" << (with_tag ? tag_cell(candidate.tag) : "")
        << number_cell(candidate.rank, std::to_string(candidate.rank)) << verdict_cell(candidate.judgement.verdict)
        << "<td class=\"path\"><strong>" << text(file_name(candidate.path)) << "</strong><br><span class=\"dim\">"
        << text(candidate.path) << "</span></td><td class=\"path\">" << text(proof(candidate)) << "</td><td>"
        << text(product(candidate.identity)) << "</td></tr><tr class=\"more\"><td colspan=\"" << columns.size() << "\">"
        << candidate_details(candidate) << "</td></tr></tbody>\n";
  }
  out << "</table></div>";
  return out.str();
}

}  // namespace scanner::report::html
