#include "scanner/report/html_parts.hpp"

#include <algorithm>

#include "scanner/platform/sha256.hpp"
#include "scanner/report/words.hpp"

namespace scanner::report::html {

namespace {

std::string escaped(std::string_view raw) {
  std::string out;
  for (const char c : raw) {
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

}  // namespace

std::string text(std::string_view raw) { return escaped(printable(raw)); }

std::string breakable(std::string_view raw) {
  constexpr std::string_view kSeparators = "/\\._+";
  constexpr std::size_t kLong = 16, kLeast = 5;  // short words stay whole, and so does an extension
  const auto separator = [kSeparators](char c) { return kSeparators.find(c) != std::string_view::npos; };
  const std::string shown = printable(raw);
  std::string out;
  for (std::size_t begin = 0; begin < shown.size();) {
    const std::size_t end = std::min(shown.find(' ', begin), shown.size());
    std::size_t piece = begin;
    for (std::size_t i = begin; end - begin > kLong && i + kLeast < end; ++i) {
      if (!separator(shown[i]) || separator(shown[i + 1])) continue;
      out += escaped(std::string_view(shown).substr(piece, i + 1 - piece)) + "<wbr>";
      piece = i + 1;
    }
    out += escaped(std::string_view(shown).substr(piece, end - piece)) + (end < shown.size() ? " " : "");
    begin = end + 1;
  }
  return out;
}

std::string file_and_folder(std::string_view path) {
  const std::string_view name = file_name(path);
  std::string_view folder = path.substr(0, path.size() - name.size());
  std::string out = "<strong>" + breakable(name) + "</strong>";
  if (folder.size() > 1) folder.remove_suffix(1);
  if (!folder.empty()) out += "<span class=\"folder\">" + breakable(folder) + "</span>";
  return out;
}

std::string digest(std::string_view content) {
  const auto digest = sha256(
      pe::Bytes{std::span<const std::uint8_t>(reinterpret_cast<const std::uint8_t*>(content.data()), content.size())});
  return "sha256-" + (digest ? base64({reinterpret_cast<const char*>(digest->data()), digest->size()}) : std::string());
}

std::string figure(std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  return "<div><dt>" + text(name) + "</dt><dd>" + text(value) + "</dd></div>";
}

std::string command(std::string_view line) {
  return "<span class=\"command\"><code>" + text(line) +
         "</code><button type=\"button\" class=\"needs-script\" data-copy>Copy</button></span>";
}

std::string head(const std::vector<Head>& columns, bool sorts) {
  std::string out = "<thead><tr>";
  for (const Head& column : columns) {
    out += column.number ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">";
    const bool button = sorts && *column.title != '\0';
    out +=
        (button ? "<button type=\"button\">" : "") + std::string(column.title) + (button ? "</button></th>" : "</th>");
  }
  return out + "</tr></thead>";
}

std::string widths(const std::vector<unsigned>& shares) {
  std::string out;
  for (const unsigned share : shares) out += "<col class=\"w" + std::to_string(share) + "\">";
  return out;
}

std::string number_cell(const char* label, double value, const std::string& shown) {
  return "<td class=\"number\" data-label=\"" + std::string(label) + "\" data-sort=\"" + std::to_string(value) + "\">" +
         text(shown) + "</td>";
}

std::string percent(double part) { return std::to_string(static_cast<int>(part * 100)) + " %"; }

}  // namespace scanner::report::html
