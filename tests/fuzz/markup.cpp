#include "tests/fuzz/markup.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace fuzz {
namespace {

constexpr std::array<std::string_view, 49> kElements = {
    "a",       "aside",   "body",   "br",      "button", "circle", "code",  "col",     "colgroup", "dd",
    "details", "div",     "dl",     "dt",      "em",     "footer", "h1",    "h2",      "h3",       "head",
    "header",  "html",    "input",  "li",      "line",   "main",   "meta",  "nav",     "ol",       "p",
    "path",    "polygon", "script", "section", "span",   "strong", "style", "summary", "svg",      "table",
    "tbody",   "td",      "text",   "th",      "thead",  "title",  "tr",    "ul",      "wbr"};

/// Beside those that begin with data- and aria-. None of them runs anything; href is looked at more closely.
constexpr std::array<std::string_view, 30> kAttributes = {"charset",
                                                          "class",
                                                          "colspan",
                                                          "content",
                                                          "cx",
                                                          "cy",
                                                          "d",
                                                          "height",
                                                          "href",
                                                          "http-equiv",
                                                          "id",
                                                          "lang",
                                                          "name",
                                                          "overflow",
                                                          "placeholder",
                                                          "points",
                                                          "preserveAspectRatio",
                                                          "r",
                                                          "role",
                                                          "scope",
                                                          "text-anchor",
                                                          "type",
                                                          "viewBox",
                                                          "width",
                                                          "x",
                                                          "x1",
                                                          "x2",
                                                          "y",
                                                          "y1",
                                                          "y2"};

template <typename List>
bool in(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

class Page {
 public:
  explicit Page(std::string_view text) : rest_(text) {}

  std::string judge() {
    while (why_.empty()) {
      const auto at = rest_.find('<');
      if (at == std::string_view::npos) break;
      rest_.remove_prefix(at + 1);
      element();
    }
    if (why_.empty() && scripts_ != 1) why_ = std::to_string(scripts_) + " scripts";
    if (why_.empty() && styles_ != 1) why_ = std::to_string(styles_) + " style sheets";
    return why_;
  }

 private:
  std::string_view word() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-';
    });
    const std::string_view out = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(out.size());
    return out;
  }

  bool skip(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  void element() {
    if (skip("!doctype html>") || skip("!--use-->")) return;
    const bool closing = skip("/");
    const std::string_view name = word();
    if (!in(kElements, name)) {
      why_ = "an element '" + std::string(name) + "'";
      return;
    }
    while (skip(" ") && why_.empty()) attribute();
    skip("/");
    if (why_.empty() && !skip(">")) why_ = "'" + std::string(name) + "' does not end";
    if (closing || (name != "script" && name != "style")) return;
    ++(name == "script" ? scripts_ : styles_);
    const auto end = rest_.find("</" + std::string(name) + ">");
    if (end == std::string_view::npos) why_ = "a script or style without an end";
    rest_.remove_prefix(std::min(end, rest_.size()));  // our own text, whose digest the policy holds
  }

  void attribute() {
    const std::string_view name = word();
    if (!in(kAttributes, name) && !name.starts_with("data-") && !name.starts_with("aria-")) {
      why_ = "an attribute '" + std::string(name) + "'";
      return;
    }
    if (!skip("=")) return;
    const auto end = skip("\"") ? rest_.find('"') : std::string_view::npos;
    if (end == std::string_view::npos) {
      why_ = "a value that is not quoted";
      return;
    }
    const std::string_view value = rest_.substr(0, end);
    if (name == "href" && !value.starts_with('#')) why_ = "a link that leaves the page";
    if (value.find_first_of("<>") != std::string_view::npos) why_ = "an angle bracket in a value";
    rest_.remove_prefix(end + 1);
  }

  std::string_view rest_;
  std::string why_;
  unsigned scripts_ = 0, styles_ = 0;
};

}  // namespace

std::string judge_page(std::string_view page) { return Page(page).judge(); }

bool commands_a_terminal(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](std::size_t k) { return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U; };
    if ((byte(0) < 0x20 && byte(0) != '\n') || byte(0) == 0x7F) return true;
    if (byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) < 0xA0) return true;  // C1
    const unsigned last = byte(2);
    if (byte(0) == 0xE2 && byte(1) == 0x80 && ((last >= 0x8B && last <= 0x8F) || (last >= 0xA8 && last <= 0xAE)))
      return true;
    if (byte(0) == 0xE2 && byte(1) == 0x81 && last >= 0xA0 && last <= 0xA9) return true;
  }
  return false;
}

}  // namespace fuzz
