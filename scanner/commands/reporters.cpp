#include "scanner/commands/reporters.hpp"

#include "scanner/commands/inputs.hpp"
#include "scanner/platform/console.hpp"

namespace scanner {
namespace {

/// Filling a catalogue is what is wanted, not the results: no view of them was asked for.
bool only_stores(const Options& options) {
  return options.store && options.format == Format::text && !options.output && !options.explain &&
         !options.names_only && !options.by_tag && !options.only && !options.totals_only && !options.check &&
         !options.baseline;
}

report::TextOptions text_options(const Options& options, bool takes_color) {
  report::TextOptions text;
  text.color = options.color == ColorChoice::always || (options.color == ColorChoice::automatic && takes_color);
  text.explain = options.explain;
  text.names_only = options.names_only;
  text.unicode = terminal_shows_utf8();
  text.terminal = !options.output && stdout_is_terminal();
  if (text.terminal) text.columns = terminal_size().columns;
  text.show_weak = options.min_verdict == rank::Verdict::weak;
  text.nul_separated = options.nul_separated;
  text.by_tag = options.by_tag;
  text.some_uses = options.only.has_value();
  text.judged = options.check || options.baseline;
  text.totals_only = options.totals_only;
  return text;
}

/// A list keeps the lines of the user's own lists, and is compared with another.
std::unique_ptr<report::Reporter> make_list_reporter(const Options& options, Diagnostics& diagnostics) {
  report::TagListOptions list;
  list.for_poolmon = options.format == Format::localtag;
  for (const std::string& path : options.tagdb) {
    std::string text;
    if (!read_text(path, text, diagnostics)) return nullptr;
    // One encoding for all lines, and no end of file (Ctrl+Z) before what follows.
    text = tagdb::decoded(text);
    while (!text.empty() && text.back() == '\x1A') text.pop_back();
    text = report::without_own_lines(text);
    list.kept.push_back(tagdb::read_pooltag(text, path));
    if (!list.kept_text.empty() && list.kept_text.back() != '\n') list.kept_text += '\n';
    list.kept_text += text;
  }
  if (list.for_poolmon && !options.difference && report::room_for_poolmon(list.kept_text.size()) == 0) {
    diagnostics.message("poolwho: the lists to keep are " + std::to_string(list.kept_text.size()) +
                        " bytes, and poolmon reads no file of a million bytes: name a shorter list with --tagdb, or "
                        "none");
    return nullptr;
  }
  list.differs = [&diagnostics](std::size_t lines) { diagnostics.summary().changes = lines; };
  list.warn = [&diagnostics](const std::string& text) { diagnostics.message("poolwho: " + text); };
  if (options.difference) {
    std::string text;
    if (!read_text(*options.difference, text, diagnostics)) return nullptr;
    list.difference = tagdb::read_pooltag(text, *options.difference);
  }
  return report::make_taglist_reporter(diagnostics.results(), std::move(list));
}

}  // namespace

std::unique_ptr<report::Reporter> make_reporter(const Options& options, Diagnostics& diagnostics) {
  if (only_stores(options)) return std::make_unique<report::Reporter>();
  std::ostream& out = diagnostics.results();
  switch (options.format) {
    case Format::ndjson: return report::make_json_reporter(out, false);
    case Format::json: return report::make_json_reporter(out, true);
    case Format::csv: return report::make_csv_reporter(out, options.check || options.baseline);
    case Format::sarif: return report::make_sarif_reporter(out);
    case Format::github: return report::make_annotation_reporter(out, report::Annotations::github);
    case Format::msbuild: return report::make_annotation_reporter(out, report::Annotations::msbuild);
    case Format::html:
      return report::make_html_reporter(out, options.check      ? report::SurveyView::findings
                                             : options.baseline ? report::SurveyView::changes
                                                                : report::SurveyView::drivers);
    case Format::localtag:
    case Format::pooltag: return make_list_reporter(options, diagnostics);
    case Format::text: break;
  }
  return report::make_text_reporter(out, text_options(options, diagnostics.results_take_color()));
}

}  // namespace scanner
