#include "scanner/commands/context.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

#include "scanner/commands/likely_first.hpp"
#include "scanner/platform/console.hpp"
#include "scanner/scan/pipeline.hpp"
#include "scanner/platform/host.hpp"
#include "scanner/report/screen.hpp"

namespace scanner {
namespace {

constexpr std::uint64_t kMaxTextFile = 64ULL << 20;
constexpr const char* kNoVolume = "is not a directory that can be read; --root takes the root of a Windows volume";

/// Filling a catalogue is what is wanted, not the results: no view of them was asked for.
bool only_stores(const Options& options) {
  return options.store && options.format == Format::text && !options.output && !options.explain &&
         !options.names_only && !options.by_tag && !options.only && !options.totals_only && !options.check &&
         !options.baseline;
}

std::unique_ptr<report::Reporter> make_reporter(const Options& options, std::ostream& out, bool terminal) {
  if (only_stores(options)) return std::make_unique<report::Reporter>();
  switch (options.format) {
    case Format::ndjson: return report::make_json_reporter(out, false);
    case Format::json: return report::make_json_reporter(out, true);
    case Format::csv: return report::make_csv_reporter(out);
    case Format::html:
      return report::make_html_reporter(out, options.check      ? report::SurveyView::findings
                                             : options.baseline ? report::SurveyView::changes
                                                                : report::SurveyView::drivers);
    case Format::localtag:
    case Format::pooltag: return nullptr;  // made when its files are read
    case Format::text: break;
  }
  report::TextOptions text;
  text.color = options.color == ColorChoice::always || (options.color == ColorChoice::automatic && terminal);
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
  return report::make_text_reporter(out, text);
}

}  // namespace

bool read_lines(const std::string& path, bool nul_separated, std::vector<std::string>& lines, std::string& error) {
  std::string text;
  if (path == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  } else {
    walk::Skipped skipped;
    const auto bytes = walk::read_file(path, kMaxTextFile, skipped);
    if (!bytes) {
      error = bytes.error().message;
      return false;
    }
    text.assign(bytes.value().begin(), bytes.value().end());
  }
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(nul_separated ? '\0' : '\n', at), text.size());
    std::string line = text.substr(at, end - at);
    if (!nul_separated && !line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) lines.push_back(std::move(line));
    at = end + 1;
  }
  return true;
}

Context::Context(const Options& options, std::ostream& out, std::ostream& err, bool out_is_terminal,
                 bool err_is_terminal, StopFlag* stop)
    : options_(options),
      plain_out_(out),
      err_(err),
      progress_(out, err,
                {!options.quiet && err_is_terminal && stderr_redraws(), !options.output && stdout_is_terminal(),
                 stderr_knows_escapes(), [] { return terminal_size(Stream::err).columns; }}),
      err_columns_(err_is_terminal ? std::function<unsigned()>([] { return terminal_size(Stream::err).columns; })
                                   : std::function<unsigned()>{}),
      out_(progress_.results()),
      stop_(stop != nullptr ? *stop : own_stop_),
      apis_(options.verb == Verb::lookup ? tagdb::ApiTable{} : tagdb::builtin_api_table()),
      reporter_(make_reporter(options, out_, out_is_terminal)) {}

bool Context::read_text(const std::string& path, std::string& text) {
  walk::Skipped skipped;
  const auto bytes = walk::read_file(path, kMaxTextFile, skipped);
  if (!bytes) {
    err_ << "poolwho: " << report::printable(path) << ": " << bytes.error().message << "\n";
    return false;
  }
  text.assign(bytes.value().begin(), bytes.value().end());
  return true;
}

/// A list keeps the lines of the user's own lists, and is compared with another.
bool Context::make_list_reporter() {
  report::TagListOptions list;
  list.for_poolmon = options_.format == Format::localtag;
  for (const std::string& path : options_.tagdb) {
    std::string text;
    if (!read_text(path, text)) return false;
    // One encoding for all lines, and no end of file (Ctrl+Z) before what follows.
    text = tagdb::decoded(text);
    while (!text.empty() && text.back() == '\x1A') text.pop_back();
    text = report::without_own_lines(text);
    list.kept.push_back(tagdb::read_pooltag(text, path));
    if (!list.kept_text.empty() && list.kept_text.back() != '\n') list.kept_text += '\n';
    list.kept_text += text;
  }
  if (list.for_poolmon && !options_.difference && report::room_for_poolmon(list.kept_text.size()) == 0) {
    err_ << "poolwho: the lists to keep are " << list.kept_text.size()
         << " bytes, and poolmon reads no file of a million bytes: name a shorter list with --tagdb, or none\n";
    return false;
  }
  list.warn = [this](const std::string& text) { err_ << "poolwho: " << text << "\n"; };
  if (options_.difference) {
    std::string text;
    if (!read_text(*options_.difference, text)) return false;
    list.difference = tagdb::read_pooltag(text, *options_.difference);
  }
  reporter_ = report::make_taglist_reporter(out_, std::move(list));
  return true;
}

bool Context::load_database(const std::string& path, const std::string& name) {
  std::string text;
  if (!read_text(path, text)) return false;
  auto file = tagdb::read_pooltag(text, name);
  for (const tagdb::Line& line : file.others) {
    if (line.kind != tagdb::Line::Kind::malformed) continue;
    err_ << "poolwho: " << report::printable(path) << ":" << line.number
         << ": not a line of text, skipped (the others are used)\n";
  }
  const bool plain = std::all_of(file.others.begin(), file.others.end(),
                                 [](const tagdb::Line& line) { return line.kind == tagdb::Line::Kind::comment; });
  if (!plain) note(report::printable(name) + ": " + tagdb::summary_of(file));
  if (file.entries.empty())
    err_ << "poolwho: " << report::printable(path) << ": no line of the form `Tag  - binary - description` in it\n";
  database_.add(std::move(file), name);
  return true;
}

bool Context::load() {
  if (options_.low_priority) lower_priority();
  if (!reporter_ && !make_list_reporter()) return false;  // first: reading a database may have something to note
  database_.add_builtin();
  for (const std::string& path : options_.tagdb) {
    if (!load_database(path, std::string(report::file_name(path)))) return false;
  }
  if (!add_installed_databases()) return false;
  std::vector<std::string> tags = options_.tags;
  std::string error;
  if (options_.tags_from && !read_lines(*options_.tags_from, false, tags, error)) {
    err_ << "poolwho: " << report::printable(*options_.tags_from) << ": " << error << "\n";
    return false;
  }
  for (const std::string& tag : tags) {
    auto query = tagdb::parse_query(tag, error);
    if (!query) {
      if (options_.verb == Verb::lookup) error += "; for the tags of a driver: poolwho lookup " + tag + ".sys";
      write_message("poolwho: " + error);
      return false;
    }
    note_reading(*query);
    queries_.push_back(options_.ignore_case ? tagdb::ignoring_case(*query) : std::move(*query));
  }
  if (!options_.understood.empty()) note(options_.understood);
  if (options_.catalog) {
    auto opened = catalog::Answers::open(*options_.catalog, apis_);
    if (!opened) {
      failure(*options_.catalog, opened.error().message);
      return false;
    }
    catalog_ = std::move(opened.value());
  }
  if (!options_.apis) return true;
  std::string text;
  if (!read_text(*options_.apis, text)) return false;
  const auto more = tagdb::parse_api_table(text, error);
  if (!error.empty()) {
    err_ << "poolwho: " << report::printable(*options_.apis) << ": " << error
         << " (the form is that of data/pool_apis.tsv)\n";
    return false;
  }
  for (const std::string& name : apis_.add_over(more))
    note(report::printable(*options_.apis) + ": its row for " + report::printable(name) +
         " is used instead of the built-in one");
  return true;
}

/// The list that debuggers or kits brought along, on the volume that is asked about: the running one when none is named
/// and no catalogue answers for other machines. Whose list says so is told by the whole path. False for a bad --root.
bool Context::add_installed_databases() {
  const bool elsewhere = options_.catalog.has_value();
  if ((options_.verb == Verb::lookup || options_.verb == Verb::survey) && options_.root && !elsewhere &&
      !walk::is_directory(*options_.root)) {
    failure(*options_.root, kNoVolume);
    return false;
  }
  const std::string root = options_.root.value_or(elsewhere ? std::string() : running_root());
  if (root.empty()) return true;
  walk::PathFinder finder(root);
  for (const std::string& relative : tagdb::installed_pooltag_paths()) {
    const std::string path = finder.find(relative);
    if (path.empty()) continue;
    load_database(path, path);
    break;  // the copies for other processors say the same
  }
  return true;
}

bool Context::root_is_there(const std::string& root) {
  if (catalog_ || root.empty() || walk::is_directory(root)) return true;
  problem({root, "walk", 0, kNoVolume}, true);
  return false;
}

void Context::begin(const char* command, std::vector<std::string> roots) {
  run_.command = command;
  run_.roots = std::move(roots);
  run_.tagdb = database_.describe();
  run_.uuid = report::random_uuid();
  run_.time = std::time(nullptr);
  run_.asked = queries_;
  reporter_->begin(run_);
}

std::unique_ptr<catalog::Store> Context::open_store() {
  catalog::RunFacts facts{run_.uuid,
                          options_.host.value_or(report::host_name()),
                          report::os_name(),
                          report::iso_time(run_.time),
                          run_.tagdb,
                          {}};
  if (options_.shards != 0) facts.shard = std::to_string(options_.shard) + "/" + std::to_string(options_.shards);
  auto opened = catalog::Store::open(*options_.store, apis_, database_, facts);
  if (opened) return std::move(opened.value());
  failure(*options_.store, opened.error().message);
  return nullptr;
}

int Context::finish(int code) {
  progress_.erase();
  note_unparsed();
  if (stop_.interrupted() && out_) {
    const std::uint64_t drivers = summary_.drivers;
    const std::string text = "interrupted after " + std::to_string(drivers) + (drivers == 1 ? " driver" : " drivers") +
                             ", the answer is about these" +
                             (options_.store ? "; what is stored stays, and the same command goes on from there" : "");
    note(text);
    if (options_.quiet) write_message(text);  // whoever reads half an answer must know
  }
  summary_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  reporter_->summary(summary_);
  reporter_->end();
  if (options_.format == Format::html && !options_.output && stdout_is_terminal())
    note("this is a page for a browser: -o report.html writes it to a file");
  if (stop_.interrupted()) return kExitInterrupted;
  if (stop_.reader_gone() && !stop_.failed()) return kExitFound;
  if (named_failures_ > 0) return kExitUsage;
  return code;
}

bool Context::account(const ScannedFile& file) {
  using Outcome = ScannedFile::Outcome;
  summary_.skipped.add(file.skipped);
  ++summary_.files;
  summary_.bytes += file.size;
  const bool broken = file.outcome == Outcome::unreadable || file.outcome == Outcome::malformed;
  if (catalog_ && broken && !file.file.named) {
    // Whoever filled the catalogue was told; every question would say it again.
    ++summary_.unparsed;
    if (options_.explain) unparsed_.push_back(file.file.path);
    return false;
  }
  const bool no_driver = file.outcome == Outcome::unreadable || file.outcome == Outcome::malformed ||
                         file.outcome == Outcome::not_pe || file.outcome == Outcome::failed;
  named_no_driver_ = named_no_driver_ || (file.file.named && no_driver);
  switch (file.outcome) {
    case Outcome::unreadable:
      // A locked file that was met on the way is counted and no error; a named one is what the user asked for.
      if (file.skipped.total() == 0 || file.file.named)
        problem({file.file.path, "read", 0, file.message}, file.file.named);
      return false;
    case Outcome::malformed:
      problem({file.file.path, "parse", 0, file.message + "; copy it from its source again"});
      return false;
    case Outcome::failed: problem({file.file.path, "internal", 0, file.message}); return false;
    case Outcome::not_pe:
      ++summary_.skipped.not_pe;
      if (file.file.named)
        note("poolwho: " + report::printable(file.file.path) + ": not a driver (" + file.message +
             "): name a .sys, .exe or .dll file, and unpack what is compressed");
      return false;
    case Outcome::not_wanted: return false;
    case Outcome::hard_link:  // resolved before
    case Outcome::copy:
    case Outcome::deferred:
    case Outcome::unsupported:
    case Outcome::traced: break;
  }
  ++summary_.drivers;
  if (file.outcome == Outcome::traced) {
    summary_.allocate.add(file.trace.counts(trace::SiteKind::allocate));
    summary_.free.add(file.trace.counts(trace::SiteKind::free));
    summary_.other.add(file.trace.counts(trace::SiteKind::other));
    summary_.wrapper.add(file.trace.wrapper_counts());
    for (const auto& [reason, count] : file.trace.dynamic_reasons()) summary_.dynamic_reasons[reason] += count;
  }
  return true;
}

void Context::account(const catalog::Rest& rest) {
  summary_.files += rest.files;
  summary_.bytes += rest.bytes;
  summary_.drivers += rest.drivers;
  summary_.skipped.not_pe += rest.not_pe;
  summary_.unparsed += rest.unparsed;
  summary_.allocate.add(rest.allocate);
  summary_.free.add(rest.free);
  summary_.other.add(rest.other);
  summary_.wrapper.add(rest.wrapper);
  for (const auto& [reason, count] : rest.dynamic_reasons) summary_.dynamic_reasons[reason] += count;
}

std::vector<report::Use> uses_of(const ScannedFile& file, const std::function<bool(tagdb::PoolTag)>& wanted) {
  std::vector<report::Use> uses;
  for (std::size_t i = 0; i < file.trace.uses.size(); ++i) {
    if (!wanted(file.trace.uses[i].tag)) continue;
    report::Use use;
    use.use = file.trace.uses[i];
    if (i < file.file_offsets.size()) use.file_offset = file.file_offsets[i];
    if (i < file.names.size()) use.names = file.names[i];
    if (i < file.listings.size()) use.listing = file.listings[i];
    if (use.use.evidence == trace::Evidence::constant) use.what = "a number in code";
    use.has_site = !use.use.via.empty();
    uses.push_back(std::move(use));
  }
  for (const trace::Occurrence& occurrence : file.occurrences) {
    if (!wanted(occurrence.tag)) continue;
    report::Use use;
    use.use.tag = occurrence.tag;
    use.use.protected_bit = occurrence.protected_bit;
    use.use.evidence = occurrence.evidence;
    use.use.charges_pool = false;
    use.has_site = occurrence.rva.has_value();
    use.use.site_rva = use.use.origin_rva = occurrence.rva.value_or(0);
    if (use.has_site) use.use.via = {use.use.site_rva};
    use.file_offset = static_cast<std::uint32_t>(occurrence.file_offset);
    use.what = occurrence.what;
    uses.push_back(std::move(use));
  }
  std::stable_sort(uses.begin(), uses.end(), [](const report::Use& a, const report::Use& b) {
    return std::tie(a.use.evidence, a.use.certainty) < std::tie(b.use.evidence, b.use.certainty);
  });
  return uses;
}

rank::ImageFacts image_facts(const std::string& path, const pe::Identity& identity) {
  rank::ImageFacts facts;
  facts.file_name = report::file_name(path);
  facts.original_name = identity.original_name;
  facts.file_version = identity.file_version;
  std::string folded = tagdb::fold_case(path);
  std::replace(folded.begin(), folded.end(), '\\', '/');
  facts.in_system_drivers = folded.find("/system32/drivers/") != std::string::npos;
  facts.in_component_store =
      folded.find("/winsxs/") != std::string::npos || folded.find("/driverstore/") != std::string::npos;
  return facts;
}

}  // namespace scanner
