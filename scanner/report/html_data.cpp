// A large table as data. Texts that many rows share stand once in `words`, rows name them by number; places in the
// row's own file are numbers, too. The script that builds the rows is in html_script.cpp. Shape:
//   {"columns":[{"title","kind"}],"words":[text],"rows":[[record,[cell…],details?]…]}
//   record and cells of kind text, tag, dim: number of a word; path: [word: folder, word: name]; code: [RVA or text];
//   number, verdict: [value, word]
//   details: {"s":word,"t":[word],"h":word,"u":[[tag,words,assumption,[chain…]]],"r":[word],"i":[[word,word]],
//             "n":[word],"f":[text]}; a chain is a list of steps, a step an RVA or [place or RVA, instruction] or a
//             text
#include <charconv>
#include <nlohmann/json.hpp>

#include "scanner/report/html_parts.hpp"
#include "scanner/report/html_table.hpp"
#include "scanner/report/model.hpp"
#include "scanner/report/words.hpp"

namespace scanner::report::html {
namespace {

/// JSON text that cannot end the element it stands in: no `<` is left.
std::string json_text(std::string_view raw) {
  const std::string json =
      nlohmann::json(printable(raw)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string out;
  for (const char c : json) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out;
}

class Data {
 public:
  std::string word(const std::string& text) {
    const auto [at, fresh] = index_.emplace(text, index_.size());  // `words` stands last, when all are known
    if (fresh) words_ += (words_.empty() ? "" : ",\n") + json_text(text);
    return std::to_string(at->second);
  }

  std::string row(const Row& row, const std::vector<Column>& columns) {
    std::string out = "[" + word(row.record) + ",[";
    std::string file;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const Cell& cell = row.cells[i];
      out += i == 0 ? "" : ",";
      switch (columns[i].kind) {
        case CellKind::path:
          file = printable(file_name(cell.text));
          out +=
              "[" + word(cell.text.substr(0, cell.text.size() - file_name(cell.text).size())) + "," + word(file) + "]";
          break;
        case CellKind::number:
        case CellKind::verdict: out += "[" + number(cell.value) + "," + word(cell.text) + "]"; break;
        case CellKind::code: out += "[" + place(cell.text, file) + "]"; break;
        default: out += word(cell.text);
      }
    }
    out += "]";
    if (row.details) out += "," + details(*row.details, file);
    return out + "]";
  }

  [[nodiscard]] const std::string& words() const { return words_; }

 private:
  static std::string number(double value) { return nlohmann::json(value).dump(); }

  /// "driver.sys+0x1a2b" as 6699 where the row's file is driver.sys.
  static std::string place(const std::string& place, const std::string& file) {
    const std::string start = file + "+0x";
    if (place.compare(0, start.size(), start) == 0) {
      std::uint32_t rva = 0;
      const char* const end = place.data() + place.size();
      const auto [stop, error] = std::from_chars(place.data() + start.size(), end, rva, 16);
      if (error == std::errc() && stop == end) return std::to_string(rva);
    }
    return json_text(place);
  }

  template <typename Items, typename Write>
  static std::string list(const Items& items, const Write& write) {
    std::string out = "[";
    for (const auto& item : items) out += (out.size() == 1 ? "" : ",") + write(item);
    return out + "]";
  }

  std::string uses(const UseGroup& group, const std::string& file) {
    const auto step = [&file](const Step& one) {
      const std::string where = place(one.place, file);
      return one.listing.empty() ? where : "[" + where + "," + json_text(one.listing) + "]";
    };
    const auto chain = [&step](const std::vector<Step>& steps) { return list(steps, step); };
    return "[" + word(group.tag) + "," + word(group.words) + "," + word(group.assumption) + "," +
           list(group.chains, chain) + "]";
  }

  std::string details(const Details& what, const std::string& file) {
    const auto as_word = [this](const std::string& text) { return word(text); };
    std::string out = "{\"s\":" + word(what.summary) + ",\"t\":" + list(what.tags, as_word);
    if (!what.uses.empty())
      out += ",\"h\":" + word(what.uses_title) +
             ",\"u\":" + list(what.uses, [this, &file](const UseGroup& group) { return uses(group, file); });
    if (!what.reasons.empty()) out += ",\"r\":" + list(what.reasons, as_word);
    out += ",\"i\":" + list(what.identity, [this](const auto& row) {
             // What no other file has is no shared word.
             const bool own = row.first == "SHA-256" || row.first == "PDB id";
             return "[" + word(row.first) + "," + (own ? json_text(row.second) : word(row.second)) + "]";
           });
    if (!what.notes.empty()) out += ",\"n\":" + list(what.notes, as_word);
    if (!what.same_files.empty())
      out += ",\"f\":" + list(what.same_files, [](const std::string& path) { return json_text(path); });
    return out + "}";
  }

  std::map<std::string, std::size_t> index_;
  std::string words_;
};

std::string_view name_of(CellKind kind) {
  switch (kind) {
    case CellKind::text: return "text";
    case CellKind::path: return "path";
    case CellKind::tag: return "tag";
    case CellKind::number: return "number";
    case CellKind::code: return "code";
    case CellKind::verdict: return "verdict";
    case CellKind::dim: return "dim";
  }
  return "text";
}

}  // namespace

void Table::print_data(std::ostream& out) const {
  const std::string count = with_commas(rows_.size());
  out << "<p class=\"needs-no-script\">This table has " << count
      << " rows, which are shown page by page: allow JavaScript for this file to see them. Nothing is loaded from "
         "elsewhere.</p><table class=\"sortable\" id=\""
      << id_ << "\">";
  print_head(out);
  out << "</table><div class=\"pager needs-script\" data-pager=\"" << id_
      << "\"></div><p class=\"print-only\">Only the rows in view are printed, of " << count
      << " in this file. To find others, open the file in a browser and filter.</p>\n<script type=\"application/json\" "
         "data-table=\""
      << id_ << "\">{\"columns\":[";
  for (std::size_t i = 0; i < columns_.size(); ++i)
    out << (i == 0 ? "" : ",") << "{\"title\":" << json_text(columns_[i].title) << ",\"kind\":\""
        << name_of(columns_[i].kind) << "\"}";
  out << "],\"rows\":[\n";
  Data data;
  for (std::size_t i = 0; i < rows_.size(); ++i) out << (i == 0 ? "" : ",\n") << data.row(rows_[i], columns_);
  out << "],\"words\":[" << data.words() << "]}</script>\n";
}

}  // namespace scanner::report::html
