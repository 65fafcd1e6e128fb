#include "scanner/report/html_parts.hpp"

#include "scanner/report/words.hpp"
#include "scanner/scan.hpp"

namespace scanner::report::html {

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

std::string breakable(std::string_view raw) {
  constexpr std::string_view kSeparators = "/\\._+";
  const std::string escaped = text(raw);  // no entity holds a separator
  std::string out;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    out += escaped[i];
    const bool separator = kSeparators.find(escaped[i]) != std::string_view::npos;
    const bool more = i + 1 < escaped.size() && kSeparators.find(escaped[i + 1]) == std::string_view::npos;
    if (separator && more) out += "<wbr>";
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
  const auto nibble = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  const std::string hex = sha256_hex(
      pe::Bytes{std::span<const std::uint8_t>(reinterpret_cast<const std::uint8_t*>(content.data()), content.size())});
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(nibble(hex[i]) << 4 | nibble(hex[i + 1]));
  return "sha256-" + base64(bytes);
}

std::string figure(std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  return "<div><dt>" + text(name) + "</dt><dd>" + text(value) + "</dd></div>";
}

std::string command(std::string_view line) {
  return "<span class=\"command\"><code>" + text(line) +
         "</code><button type=\"button\" class=\"needs-script\" data-copy>Copy</button></span>";
}

std::string head(const std::vector<Head>& columns) {
  std::string out = "<thead><tr>";
  for (const Head& column : columns) {
    out += column.number ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">";
    if (*column.title != '\0') out += "<button type=\"button\">" + std::string(column.title) + "</button>";
    out += "</th>";
  }
  return out + "</tr></thead>";
}

std::string number_cell(const char* label, double value, const std::string& shown) {
  return "<td class=\"number\" data-label=\"" + std::string(label) + "\" data-sort=\"" + std::to_string(value) + "\">" +
         text(shown) + "</td>";
}

std::string percent(double part) { return std::to_string(static_cast<int>(part * 100)) + " %"; }

}  // namespace scanner::report::html
