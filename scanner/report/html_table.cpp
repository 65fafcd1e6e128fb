#include "scanner/report/html_table.hpp"

#include <algorithm>

#include "scanner/report/html_parts.hpp"
#include "scanner/report/words.hpp"

namespace scanner::report::html {
namespace {

std::string cell(const Cell& cell, const Column& column, const std::string& attributes) {
  const std::string label = " data-label=\"" + std::string(column.title) + "\"" + attributes;
  switch (column.kind) {
    case CellKind::path: return "<td class=\"path\"" + label + ">" + file_and_folder(cell.text) + "</td>";
    case CellKind::tag: return "<td class=\"tag\"" + label + ">" + text(cell.text) + "</td>";
    case CellKind::number:
      return "<td class=\"number\" data-sort=\"" + std::to_string(cell.value) + "\"" + label + ">" + text(cell.text) +
             "</td>";
    case CellKind::code: return "<td" + label + "><code>" + breakable(cell.text) + "</code></td>";
    case CellKind::verdict:
      return "<td data-sort=\"" + std::to_string(static_cast<int>(cell.value)) + "\"" + label +
             "><span class=\"verdict " + text(cell.text) + "\">" + text(cell.text) + "</span></td>";
    case CellKind::dim: return "<td class=\"dim\"" + label + ">" + breakable(cell.text) + "</td>";
    case CellKind::text: break;
  }
  return "<td" + label + ">" + breakable(cell.text) + "</td>";
}

bool any_listing(const UseGroup& group) {
  return std::any_of(group.chains.begin(), group.chains.end(), [](const std::vector<Step>& chain) {
    return std::any_of(chain.begin(), chain.end(), [](const Step& step) { return !step.listing.empty(); });
  });
}

/// One line a chain; with instructions one line a step.
std::string chains(const UseGroup& group) {
  std::string out;
  const bool listed = any_listing(group);
  for (const std::vector<Step>& chain : group.chains) {
    out += listed ? "<ol class=\"chain\" data-row=\"use\">" : " <code data-row=\"use\">";
    for (std::size_t i = 0; i < chain.size(); ++i) {
      if (listed) {
        out += "<li><code>" + text(chain[i].place) + "</code> <code class=\"dim\">" + text(chain[i].listing) +
               "</code></li>";
      } else {
        out += (i == 0 ? "" : " → ") + text(chain[i].place);
      }
    }
    out += listed ? "</ol>" : "</code>";
  }
  return out;
}

std::string use_item(const UseGroup& group) {
  std::string out = group.chains.empty() ? "<li data-row=\"use\">" : "<li>";
  if (!group.tag.empty()) out += "<span class=\"tag\">" + text(group.tag) + "</span> ";
  out += text(group.words) + chains(group);
  if (!group.assumption.empty()) out += "<br><span class=\"dim\">" + text(group.assumption) + "</span>";
  return out + "</li>";
}

std::string details(const Details& what) {
  std::string out = "<details><summary>";
  for (const std::string& tag : what.tags) out += "<span class=\"tag\">" + text(tag) + "</span> ";
  out += text(what.summary) + "</summary><div class=\"box\">";
  if (!what.uses.empty()) {
    out += "<h3>" + text(what.uses_title) + "</h3><ul class=\"plain\">";
    for (const UseGroup& group : what.uses) out += use_item(group);
    out += "</ul>";
  }
  if (!what.reasons.empty()) {
    out += "<h3>Why this verdict</h3><ul class=\"plain\">";
    for (const std::string& reason : what.reasons) out += "<li>" + text(reason) + "</li>";
    out += "</ul>";
  }
  out += "<h3>File details</h3><dl class=\"identity\">";
  for (const auto& [name, value] : what.identity) out += "<dt>" + text(name) + "</dt><dd>" + breakable(value) + "</dd>";
  out += "</dl>";
  for (const std::string& path : what.same_files)
    out += "<p class=\"dim\">same file: <code>" + breakable(path) + "</code></p>";
  for (const std::string& note : what.notes) out += "<p class=\"dim\">" + text(note) + "</p>";
  return out + "</div></details>";
}

}  // namespace

void Table::print_tools(std::ostream& out) const {
  const bool plain = rows_.size() <= kMostPlainRows;
  const auto foldable =
      std::count_if(rows_.begin(), rows_.end(), [](const Row& row) { return row.details.has_value(); });
  if (rows_.size() < 2) return;  // nothing to choose among
  out << "<div class=\"tools needs-script\">";
  if (plain && foldable > 1)
    out << "<button type=\"button\" data-unfold=\"" << id_ << "\" aria-pressed=\"false\">Unfold all</button>";
  out << "<input type=\"search\" data-filter=\"" << id_
      << "\" aria-label=\"Show only rows that contain this text\" placeholder=\""
      << (plain ? "Filter rows" : "Filter all " + with_commas(rows_.size()) + " rows") << "\">"
      << "<span class=\"dim\" data-found=\"" << id_ << "\" role=\"status\"></span></div>";
}

void Table::print_head(std::ostream& out) const {
  std::vector<unsigned> shares;
  for (const Column& column : columns_) shares.push_back(column.share);
  out << "<colgroup>" << widths(shares) << "</colgroup><thead><tr>";
  for (const Column& column : columns_) {
    out << (column.kind == CellKind::number ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">");
    const std::string title = text(column.title);
    if (rows_.size() > 1 && !title.empty()) {
      out << "<button type=\"button\">" << title << "</button>";
    } else {
      out << title;
    }
    out << "</th>";
  }
  out << "</tr></thead>";
}

void Table::print_plain(std::ostream& out) const {
  out << "<table" << (rows_.size() > 1 ? " class=\"sortable\"" : "") << " id=\"" << id_ << "\">";
  print_head(out);
  for (const Row& row : rows_) {
    out << "<tbody data-row=\"" << row.record << "\"><tr>";
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const bool spans = i + 1 == row.cells.size() && i + 1 < columns_.size();
      out << cell(row.cells[i], columns_[i],
                  spans ? " colspan=\"" + std::to_string(columns_.size() - i) + "\"" : std::string());
    }
    out << "</tr>";
    if (row.details)
      out << "<tr class=\"more\"><td colspan=\"" << columns_.size() << "\">" << details(*row.details) << "</td></tr>";
    out << "</tbody>\n";
  }
  out << "</table>";
}

void Table::print(std::ostream& out) const {
  print_tools(out);
  if (rows_.size() <= kMostPlainRows) {
    print_plain(out);
  } else {
    print_data(out);
  }
}

}  // namespace scanner::report::html
