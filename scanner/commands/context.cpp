#include "scanner/commands/context.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <thread>

#include "scanner/commands/likely_first.hpp"
#include "scanner/console.hpp"
#include "scanner/pipeline.hpp"
#include "scanner/report/host.hpp"

namespace scanner {
namespace {

constexpr std::uint64_t kMaxTextFile = 64ULL << 20;

std::unique_ptr<report::Reporter> make_reporter(const Options& options, std::ostream& out, bool terminal) {
  switch (options.format) {
    case Format::ndjson: return report::make_json_reporter(out, false);
    case Format::json: return report::make_json_reporter(out, true);
    case Format::csv: return report::make_csv_reporter(out);
    case Format::html: return report::make_html_reporter(out);
    case Format::localtag:
    case Format::pooltag: return nullptr;  // made when its files are read
    case Format::text: break;
  }
  report::TextOptions text;
  text.color = options.color == ColorChoice::always || (options.color == ColorChoice::automatic && terminal);
  text.explain = options.explain;
  text.names_only = options.names_only;
  text.unicode = terminal_shows_utf8();
  return report::make_text_reporter(out, text);
}

/// The whole of a file or of standard input ("-") as lines.
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

}  // namespace

Context::Context(const Options& options, std::ostream& out, std::ostream& err, bool out_is_terminal,
                 bool err_is_terminal)
    : options_(options),
      out_(out),
      err_(err),
      err_is_terminal_(err_is_terminal),
      apis_(options.verb == Verb::lookup ? tagdb::ApiTable{} : tagdb::builtin_api_table()),
      reporter_(make_reporter(options, out, out_is_terminal)) {}

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
    list.kept.push_back(tagdb::read_pooltag(text, path));
    if (!list.kept_text.empty() && list.kept_text.back() != '\n') list.kept_text += '\n';
    list.kept_text += text;
  }
  if (options_.difference) {
    std::string text;
    if (!read_text(*options_.difference, text)) return false;
    list.difference = tagdb::read_pooltag(text, *options_.difference);
  }
  reporter_ = report::make_taglist_reporter(out_, std::move(list));
  return true;
}

bool Context::load_database(const std::string& path) {
  std::string text;
  if (!read_text(path, text)) return false;
  const std::string name(report::file_name(path));
  auto file = tagdb::read_pooltag(text, name);
  for (const tagdb::Line& line : file.others) {
    if (line.kind != tagdb::Line::Kind::malformed) continue;
    err_ << "poolwho: " << report::printable(path) << ":" << line.number
         << ": not a line of text, passed over (the others are used)\n";
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
  database_.add_builtin();
  for (const std::string& path : options_.tagdb) {
    if (!load_database(path)) return false;
  }
  std::vector<std::string> tags = options_.tags;
  std::string error;
  if (options_.tags_from && !read_lines(*options_.tags_from, false, tags, error)) {
    err_ << "poolwho: " << report::printable(*options_.tags_from) << ": " << error << "\n";
    return false;
  }
  for (const std::string& tag : tags) {
    auto query = tagdb::parse_query(tag, error);
    if (!query) {
      err_ << "poolwho: " << error << "\n";
      return false;
    }
    queries_.push_back(std::move(*query));
  }
  if (options_.catalog) {
    auto opened = catalog::Answers::open(*options_.catalog, apis_);
    if (!opened) {
      failure(*options_.catalog, opened.error().message);
      return false;
    }
    catalog_ = std::move(opened.value());
  }
  if (!reporter_ && !make_list_reporter()) return false;
  if (!options_.apis) return true;
  std::string text;
  if (!read_text(*options_.apis, text)) return false;
  auto more = tagdb::parse_api_table(text, error);
  if (!error.empty()) {
    err_ << "poolwho: " << report::printable(*options_.apis) << ": " << error
         << " (the form is that of data/pool_apis.tsv)\n";
    return false;
  }
  apis_.rows.insert(apis_.rows.end(), more.rows.begin(), more.rows.end());
  return true;
}

void Context::add_installed_databases(const std::string& root) {
  for (const std::string& relative : tagdb::installed_pooltag_paths()) {
    const std::string path = walk::find_path(root, relative);
    if (path.empty()) continue;
    load_database(path);
    return;  // the copies for other processors say the same
  }
}

void Context::begin(const char* command, std::vector<std::string> roots) {
  run_.command = command;
  run_.roots = std::move(roots);
  run_.tagdb = database_.describe();
  run_.uuid = report::random_uuid();
  run_.time = std::time(nullptr);
  reporter_->begin(run_);
}

void Context::failure(const std::string& path, const std::string& message) {
  if (progress_shown_) err_ << "\r\x1b[K";
  progress_shown_ = false;
  err_ << "poolwho: " << report::printable(path) << ": " << message << "\n";
}

std::unique_ptr<catalog::Store> Context::open_store() {
  catalog::RunFacts facts{run_.uuid, report::host_name(), report::os_name(), report::iso_time(run_.time), run_.tagdb,
                          {}};
  if (options_.shards != 0) facts.shard = std::to_string(options_.shard) + "/" + std::to_string(options_.shards);
  auto opened = catalog::Store::open(*options_.store, apis_, database_, facts);
  if (opened) return std::move(opened.value());
  failure(*options_.store, opened.error().message);
  return nullptr;
}

int Context::finish(int code) {
  if (progress_shown_) err_ << "\r\x1b[K";
  summary_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  reporter_->summary(summary_);
  reporter_->end();
  if (interrupted) return kExitInterrupted;
  if (named_failed_) return kExitUsage;
  return code;
}

void Context::problem(report::Problem problem, bool named) {
  if (progress_shown_) err_ << "\r\x1b[K";
  progress_shown_ = false;
  err_ << "poolwho: " << report::printable(problem.path);
  if (problem.line != 0) err_ << ":" << problem.line;
  err_ << ": " << problem.message << "\n";
  ++summary_.errors;
  named_failed_ = named_failed_ || named;
  incomplete_ = true;
  reporter_->problem(problem);
}

void Context::note(const std::string& text) {
  reporter_->note(text);
  if (options_.quiet) return;
  if (progress_shown_) err_ << "\r\x1b[K";
  progress_shown_ = false;
  err_ << text << "\n";
}

void Context::progress(const std::string& text) {
  if (options_.quiet || !err_is_terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  constexpr auto kEvery = std::chrono::milliseconds(100);
  if (now - last_progress_ < kEvery) return;
  last_progress_ = now;
  progress_shown_ = true;
  err_ << "\r\x1b[K" << text << std::flush;
}

bool Context::account(const ScannedFile& file) {
  using Outcome = ScannedFile::Outcome;
  summary_.skipped.add(file.skipped);
  ++summary_.files;
  summary_.bytes += file.size;
  switch (file.outcome) {
    case Outcome::unreadable:
      // A locked file that was met on the way is counted and no error; a named one is what the user asked for.
      if (file.skipped.total() == 0 || file.file.named)
        problem({file.file.path, "read", 0, file.message}, file.file.named);
      return false;
    case Outcome::malformed: problem({file.file.path, "parse", 0, file.message}); return false;
    case Outcome::not_pe:
      ++summary_.skipped.not_pe;
      if (file.file.named)
        note("poolwho: " + report::printable(file.file.path) + ": not a driver (" + file.message + ")");
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

std::unique_ptr<Exporters> Context::make_exporters() const {
  std::vector<std::string> roots = options_.paths;
  if (options_.root) roots.push_back(*options_.root);
  if (roots.empty() && !options_.files_from) roots.push_back(running_root());
  std::vector<std::string> folders, others;
  for (const std::string& root : roots) {
    if (root.empty()) continue;
    const std::string system = walk::find_path(root, "Windows/System32");
    if (system.empty()) {
      if (walk::is_directory(root)) others.push_back(root);
      continue;
    }
    if (std::string drivers = walk::find_path(system, "drivers"); !drivers.empty())
      folders.push_back(std::move(drivers));
    folders.push_back(system);
  }
  // Folders that are no Windows volume: the module may lie anywhere below them. Names only, no file is opened.
  const auto below = [others](const std::string& module) {
    std::vector<std::string> paths;
    walk::Options options;
    options.include = {module};
    options.any_suffix = true;
    walk::Skipped ignored;
    for (const std::string& root : others) {
      walk::walk(
          root, options,
          [&paths](walk::Found found) {
            paths.push_back(std::move(found.path));
            return true;
          },
          [](const walk::Trouble&) {}, ignored);
    }
    return paths;
  };
  return std::make_unique<Exporters>(apis_, std::move(folders), options_.max_file_size,
                                     others.empty() ? nullptr : std::function(below));
}

unsigned Context::jobs() const {
  return options_.jobs != 0 ? options_.jobs : std::max(1U, std::thread::hardware_concurrency());
}

walk::Options Context::walk_options() const {
  walk::Options walk_options;
  walk_options.include = options_.include;
  walk_options.exclude = options_.exclude;
  walk_options.any_suffix = options_.any_suffix;
  walk_options.follow_links = options_.follow;
  walk_options.read_offline = options_.offline;
  walk_options.max_file_size = options_.max_file_size;
  walk_options.stop = [] { return interrupted.load(); };
  return walk_options;
}

/// Which part a file belongs to depends on its path below the root only, in any letter case and with either slash, so
/// that machines that mount the same volume in different places agree. FNV-1a, because it is defined everywhere.
bool Context::in_shard(const std::string& root, const std::string& path) const {
  if (options_.shards == 0) return true;
  std::size_t at = path.size() > root.size() && path.starts_with(root) ? root.size() : 0;
  while (at < path.size() && (path[at] == '/' || path[at] == '\\' || path.compare(at, 2, "./") == 0)) ++at;
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (; at < path.size(); ++at) {
    const char c = path[at] == '\\' ? '/' : path[at];
    hash = (hash ^ static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c)) * 0x100000001B3ULL;
  }
  return (hash >> 16) % options_.shards == options_.shard - 1;
}

void Context::resolve_link(ScannedFile& file) {
  using Outcome = ScannedFile::Outcome;
  const auto id = std::pair(file.file.device, file.file.inode);
  if (file.outcome != Outcome::hard_link) {
    if (file.file.links > 1 && file.file.inode != 0)
      linked_.emplace(id, Linked{file.outcome, file.hash, file.sha256, file.message, file.size});
    return;
  }
  const auto first = linked_.find(id);
  if (first == linked_.end()) return;
  file.outcome = first->second.outcome;
  if (file.outcome == Outcome::traced || file.outcome == Outcome::unsupported) file.outcome = Outcome::copy;
  file.hash = first->second.hash;
  file.sha256 = first->second.sha256;
  file.message = first->second.message;
  file.size = first->second.size;
}

void Context::show_progress(const ScannedFile& file) {
  if (options_.quiet || !err_is_terminal_) return;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  const std::uint64_t files = expected_files_, bytes = expected_bytes_;
  std::string text = std::to_string(summary_.files) + (files != 0 ? " of " + std::to_string(files) : "") + " files, " +
                     std::to_string(static_cast<std::uint64_t>(static_cast<double>(read_) / 1e6 / seconds)) + " MB/s";
  if (bytes > summary_.bytes && summary_.bytes > 0) {
    const double left = seconds * static_cast<double>(bytes - summary_.bytes) / static_cast<double>(summary_.bytes);
    text += ", " + std::to_string(static_cast<std::uint64_t>(left) + 1) + " s left";
  }
  constexpr std::size_t kLine = 60;  // of the path: the end tells more than the beginning
  const std::string& path = file.file.path;
  progress(text + "  " + report::printable(path.size() > kLine ? "..." + path.substr(path.size() - kLine) : path));
}

void Context::revisit(const std::function<void(const std::function<bool(walk::Found)>&)>& produce,
                      const std::function<ScannedFile(const walk::Found&)>& work,
                      const std::function<void(ScannedFile&)>& consume) {
  run_pipeline(jobs(), {produce, work, consume, {}, {}});
}

void Context::scan(const std::vector<std::string>& paths, bool use_files_from, const Done& done, ScanRequest request,
                   const std::function<void(ScannedFile&)>& consume, const Hooks& hooks) {
  if (catalog_) {
    const auto take = [&consume](ScannedFile& file) {
      consume(file);
      return !interrupted;
    };
    walk::Skipped skipped;
    std::vector<walk::Trouble> troubles;
    catalog_->scan(paths, done, request, take, skipped,
                   [&troubles](walk::Trouble trouble) { troubles.push_back(std::move(trouble)); });
    summary_.skipped.add(skipped);
    for (walk::Trouble& trouble : troubles) problem({trouble.path, "walk", 0, trouble.message}, trouble.named);
    if (catalog_->failed()) problem({*options_.catalog, "read", 0, catalog_->error()}, true);
    return;
  }
  if (!exporters_) exporters_ = make_exporters();
  request.exporters = exporters_.get();
  walk::Options walk_options = this->walk_options();
  walk_options.done = done.directories;
  walk_options.done_files = done.files;
  std::vector<std::string> all = paths;
  if (use_files_from && options_.files_from) {
    std::string error;
    if (!read_lines(*options_.files_from, options_.nul_separated, all, error))
      problem({*options_.files_from, "read", 0, error}, true);
  }
  // The walk runs on its own thread; what it has to say about paths is said when it is over.
  struct Walked {
    walk::Skipped skipped;
    std::vector<walk::Trouble> troubles;
  };
  std::map<std::size_t, Walked> walked;                     // by number in `all`, of those that have something to say
  std::set<std::pair<std::uint64_t, std::uint64_t>> names;  // files with several names that were met
  const auto produce = [&](const std::function<bool(walk::Found)>& push) {
    bool going = true;
    for (std::size_t i = 0; i < all.size() && going; ++i) {
      Walked here;
      walk::walk(
          all[i], walk_options,
          [&](walk::Found found) {
            if (!in_shard(all[i], found.path)) return true;
            if (found.links > 1 && found.inode != 0)
              found.known_link = !names.insert({found.device, found.inode}).second;
            found.named = found.named && !done.listed;
            going = push(std::move(found));
            return going;
          },
          [&](walk::Trouble trouble) {
            trouble.named = trouble.named && !done.listed;
            here.troubles.push_back(std::move(trouble));
          },
          here.skipped);
      if (here.skipped.total() > 0 || !here.troubles.empty()) walked.emplace(i, std::move(here));
    }
  };
  std::function<void()> count;
  std::atomic<bool> over{false};
  if (!options_.quiet && err_is_terminal_ && expected_files_ == 0) {
    // A second walk that runs ahead and only counts; the directories are in memory for the first one then.
    count = [&] {
      walk::Options counting = walk_options;
      counting.stop = [&over] { return interrupted || over; };
      walk::Skipped ignored;
      std::uint64_t files = 0, bytes = 0;
      for (std::size_t i = 0; i < all.size() && !over; ++i) {
        walk::walk(
            all[i], counting,
            [&](const walk::Found& found) {
              if (in_shard(all[i], found.path)) ++files, bytes += found.size;
              return !over;
            },
            [](const walk::Trouble&) {}, ignored);
      }
      if (over) return;
      expected_bytes_ = summary_bytes_before_ + bytes;
      expected_files_ = summary_files_before_ + files;
    };
  }
  summary_bytes_before_ = summary_.bytes;
  summary_files_before_ = summary_.files;
  linked_.clear();
  Stages stages;
  stages.produce = [&](const std::function<bool(walk::Found)>& push) {
    produce(push);
    over = true;
  };
  stages.work = [&request](const walk::Found& found) { return scan_file(found, request); };
  stages.consume = [&](ScannedFile& file) {
    read_ += file.size;
    show_progress(file);
    if (!out_) interrupted = true;  // nobody reads any more
    resolve_link(file);
    consume(file);
  };
  stages.idle = hooks.idle;
  stages.count = count;
  run_pipeline(jobs(), stages);
  expected_files_ = expected_bytes_ = 0;
  for (auto& [i, here] : walked) {
    summary_.skipped.add(here.skipped);
    for (walk::Trouble& trouble : here.troubles) problem({trouble.path, "walk", 0, trouble.message}, trouble.named);
  }
  if (!hooks.walked || interrupted) return;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto here = walked.find(i);
    if (here != walked.end()) {
      hooks.walked(all[i], here->second.skipped, here->second.troubles);
    } else {
      hooks.walked(all[i], {}, {});
    }
  }
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
  std::string folded = tagdb::fold_case(path);
  std::replace(folded.begin(), folded.end(), '\\', '/');
  facts.in_system_drivers = folded.find("/system32/drivers/") != std::string::npos;
  facts.in_component_store =
      folded.find("/winsxs/") != std::string::npos || folded.find("/driverstore/") != std::string::npos;
  return facts;
}

}  // namespace scanner
