// What a run says on standard error: errors about paths, notes, progress. Each erases the line of progress first, and
// fits the window where there is one.
#include <algorithm>
#include <ostream>

#include "scanner/commands/context.hpp"
#include "scanner/report/screen.hpp"

namespace scanner {

/// `Thrå`, copied from a screen: which bytes that is depends on the code page of the screen.
void Context::note_reading(const tagdb::TagQuery& query) {
  if (!std::any_of(query.text.begin(), query.text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
    return;
  std::string text = "'" + query.text + "' is read as";
  const char* separator = " '";
  for (const tagdb::TagPattern& form : query.forms) {
    text += separator + form.text() + "'";
    separator = " or '";
  }
  note(text);
}

void Context::failure(const std::string& path, const std::string& message) {
  progress_.erase();
  write_message("poolwho: " + report::printable(path) + ": " + report::printable(message));
}

/// One line, or broken where the window ends.
void Context::write_message(const std::string& text) {
  progress_.erase();
  const unsigned columns = err_columns_ ? err_columns_() : 0;
  err_ << (columns > 1 ? report::wrapped(text, columns - 1, 2) : text) << "\n";
}

void Context::note_unparsed() {
  if (summary_.unparsed == 0) return;
  const bool one = summary_.unparsed == 1;
  std::string text =
      std::to_string(summary_.unparsed) + (one ? " file" : " files") + " of the catalogue could not be parsed";
  if (options_.explain) {
    const char* separator = ": ";
    for (const std::string& path : unparsed_) {
      text += separator + path;
      separator = ", ";
    }
  } else if (options_.verb != Verb::lookup) {
    text += one ? " (--explain names it)" : " (--explain names them)";
  }
  note(text);
}

void Context::demand_covered() {
  if (!catalog_) return;
  std::vector<std::string> places = options_.paths;
  if (options_.root) places.push_back(*options_.root);
  for (const std::string& place : places) {
    if (catalog_->covers(place)) continue;
    problem({place, "walk", 0,
             "is not in the catalogue; 'poolwho survey " + report::shell_quoted(place) + " --store " +
                 report::shell_quoted(*options_.catalog) + "' adds it"},
            true);
  }
}

void Context::problem(const report::Problem& problem, bool named) {
  write_message("poolwho: " + report::printable(problem.path) +
                (problem.line != 0 ? ":" + std::to_string(problem.line) : "") + ": " +
                report::printable(problem.message));
  ++summary_.errors;
  if (named) ++named_failures_;
  incomplete_ = true;
  reporter_->problem(problem);
}

bool Context::nothing_to_search() const {
  return summary_.drivers == 0 && !options_.paths.empty() && named_failures_ >= options_.paths.size();
}

bool Context::note_no_driver() {
  if (catalog() != nullptr || summary_.drivers > 0 || options_.shards > 0) return false;
  if (nothing_to_search()) return true;  // which was said of each
  note(named_failures_ > 0 || named_no_driver_ ? "there was no driver to search in what was named"
       : options_.any_suffix
           ? "there was no driver to search"
           : "there was no driver to search: in folders *.sys is looked for, with --any-suffix every file");
  return true;
}

void Context::note(const std::string& text) {
  reporter_->note(text);
  if (options_.quiet) return;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    write_message(report::printable(std::string_view(text).substr(at, end - at)));
    at = end + 1;
  }
}

void Context::remark(const std::string& text) {
  if (!options_.quiet) write_message(text);
}

void Context::progress(const std::string& text) {
  progress_.draw([&text](std::size_t) { return text; });
}

}  // namespace scanner
