#include "scanner/commands/scan_session.hpp"

#include <algorithm>
#include <new>
#include <set>
#include <thread>

#include "scanner/commands/accounting.hpp"
#include "scanner/commands/places.hpp"
#include "scanner/lief/second_reader.hpp"
#include "scanner/scan/symbol_files.hpp"

namespace scanner {
namespace {

/// Reading all bytes for a number that nobody sees would be a tenth of a survey.
bool shows_sha256(Format format) {
  switch (format) {
    case Format::ndjson:
    case Format::json:
    case Format::csv:
    case Format::html:
    case Format::sarif: return true;
    case Format::text:
    case Format::localtag:
    case Format::pooltag:
    case Format::github:
    case Format::msbuild: return false;
  }
  return true;
}

}  // namespace

ScanSession::ScanSession(const Inputs& inputs, Diagnostics& diagnostics) : inputs_(inputs), diagnostics_(diagnostics) {}

ScanRequest ScanSession::new_request() const {
  ScanRequest request;
  request.apis = &inputs_.apis;
  request.max_file_size = inputs_.options.max_file_size;
  request.with_text = inputs_.options.explain;
  request.with_sha256 = shows_sha256(inputs_.options.format);
  request.symbol_places = symbol_places(inputs_.options.symbols);
  request.second_reader = lief::find_second_reader();
  if (inputs_.options.any_suffix) request.look_inside = ScanRequest::LookInside::all;
  return request;
}

void ScanSession::resolve_link(ScannedFile& file) {
  using Outcome = ScannedFile::Outcome;
  const FileId id(file.file.device, file.file.inode);
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

void ScanSession::show_progress(const ScannedFile& file) {
  diagnostics_.progress([&](std::size_t columns) {
    ScanProgress now;
    now.files = diagnostics_.summary().files;
    now.bytes = diagnostics_.summary().bytes;
    now.expected_files = expected_files_;
    now.expected_bytes = expected_bytes_;
    now.read = read_;
    now.seconds = diagnostics_.seconds_since_start();
    now.path = file.file.path;
    return progress_text(now, columns);
  });
}

/// An error that is no matter of one file ends the scan, and not the command: what is complete is reported and stored.
void ScanSession::run(Stages stages) {
  const Options& options = inputs_.options;
  std::string path;
  stages.consume = [&path, consume = std::move(stages.consume)](ScannedFile& file) {
    path = file.file.path;
    consume(file);
  };
  std::string message;
  try {
    const unsigned jobs = options.jobs != 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency());
    run_pipeline(jobs, stages, diagnostics_.stop());
    return;
  } catch (const std::bad_alloc&) {
    message = "not enough memory to go on: give it more, or search fewer files at a time";
  } catch (const std::exception& error) {
    message = std::string("internal error, please report it: ") + error.what();
  }
  diagnostics_.stop().fail();
  if (path.empty()) path = options.paths.empty() ? options.root.value_or(".") : options.paths.front();
  diagnostics_.problem({path, "internal", 0, message + "; the search ended here"});
}

void ScanSession::revisit(const std::function<void(const std::function<bool(walk::Found)>&)>& produce,
                          const std::function<ScannedFile(const walk::Found&, ReadBuffer&)>& work,
                          const Consume& consume) {
  run({produce,
       work,
       [&](ScannedFile& file) {
         if (file.outcome == ScannedFile::Outcome::failed)
           diagnostics_.problem({file.file.path, "internal", 0, file.message});
         consume(file);
       },
       {},
       {}});
}

void ScanSession::ask_catalog(const std::vector<std::string>& paths, const Done& done, const ScanRequest& request,
                              const Consume& consume, const ScanHooks& hooks) {
  const auto take = [this, &consume](ScannedFile& file) {
    consume(file);
    return !diagnostics_.stop().set();
  };
  walk::Skipped skipped;
  std::vector<walk::Trouble> troubles;
  std::function<void(const catalog::Rest&)> rest;
  if (hooks.rest) {
    rest = [this, &hooks](const catalog::Rest& others) {
      account(others, diagnostics_.summary());
      hooks.rest(others);
    };
  }
  catalog::Answers& catalog = *inputs_.catalog;
  catalog.scan(paths, done, request, take, rest, skipped,
               [&troubles](walk::Trouble trouble) { troubles.push_back(std::move(trouble)); });
  diagnostics_.summary().skipped.add(skipped);
  for (const walk::Trouble& trouble : troubles)
    diagnostics_.problem({trouble.path, "walk", 0, trouble.message}, trouble.named);
  if (catalog.failed()) diagnostics_.problem({*inputs_.options.catalog, "read", 0, catalog.error()}, true);
}

/// `walked`: by number in `roots`, those that have something to say. `listed`: the roots come from a list, not from the
/// user.
void ScanSession::walk_all(const std::vector<std::string>& roots, const walk::Options& options, bool listed,
                           const std::function<bool(walk::Found)>& push, std::map<std::size_t, Walked>& walked) const {
  std::set<FileId> names;  // files with several names that were met
  bool going = true;
  for (std::size_t i = 0; i < roots.size() && going; ++i) {
    Walked here;
    walk::walk(
        roots[i], options,
        [&](walk::Found found) {
          if (!in_shard(inputs_.options, roots[i], found.path)) return true;
          if (found.links > 1 && found.inode != 0) found.known_link = !names.insert({found.device, found.inode}).second;
          found.named = found.named && !listed;
          going = push(std::move(found));
          return going;
        },
        [&](walk::Trouble trouble) {
          trouble.named = trouble.named && !listed;
          here.troubles.push_back(std::move(trouble));
        },
        here.skipped);
    if (here.skipped.total() > 0 || !here.troubles.empty()) walked.emplace(i, std::move(here));
  }
}

/// A second walk that runs ahead and only counts; the directories are in memory for the first one then.
void ScanSession::count_all(const std::vector<std::string>& roots, walk::Options options,
                            const std::atomic<bool>& over) {
  options.stop = [this, &over] { return diagnostics_.stop().set() || over; };
  walk::Skipped ignored;
  std::uint64_t files = 0, bytes = 0;
  for (std::size_t i = 0; i < roots.size() && !over; ++i) {
    walk::walk(
        roots[i], options,
        [&](const walk::Found& found) {
          if (in_shard(inputs_.options, roots[i], found.path)) ++files, bytes += found.size;
          return !over;
        },
        [](const walk::Trouble&) {}, ignored);
  }
  if (over) return;
  expected_bytes_ = bytes_before_ + bytes;
  expected_files_ = files_before_ + files;
}

/// No errors, but what lies below them is missing from the answer.
void ScanSession::tell_denied(const std::map<std::size_t, Walked>& walked) {
  constexpr std::size_t kNamed = 10;
  std::size_t count = 0;
  for (const auto& [i, here] : walked) {
    for (const std::string& path : here.skipped.denied_folders) {
      if (++count <= kNamed)
        diagnostics_.remark(pe::printable(path) + ": permission denied; what is below it was not read (" +
                            walk::kHowToBeAllowed + ")");
    }
  }
  if (count > kNamed) diagnostics_.remark("and " + std::to_string(count - kNamed) + " more folders were denied");
}

void ScanSession::tell_walked(const std::vector<std::string>& roots, const std::map<std::size_t, Walked>& walked,
                              const ScanHooks& hooks) {
  for (const auto& [i, here] : walked) {
    diagnostics_.summary().skipped.add(here.skipped);
    for (const std::string& path : here.skipped.paging_files)
      diagnostics_.remark(pe::printable(path) + ": skipped, Windows keeps memory in it (name it to have it read)");
    for (const walk::Trouble& trouble : here.troubles)
      diagnostics_.problem({trouble.path, "walk", 0, trouble.message}, trouble.named);
  }
  tell_denied(walked);
  if (!hooks.walked || diagnostics_.stop().set()) return;
  const Walked nothing;
  for (std::size_t i = 0; i < roots.size(); ++i) {
    const auto at = walked.find(i);
    const Walked& here = at != walked.end() ? at->second : nothing;
    hooks.walked(roots[i], here.skipped, here.troubles);
  }
}

void ScanSession::scan(const std::vector<std::string>& paths, bool use_files_from, const Done& done,
                       ScanRequest request, const Consume& consume, const ScanHooks& hooks) {
  const Options& options = inputs_.options;
  if (inputs_.catalog) {
    ask_catalog(paths, done, request, consume, hooks);
    return;
  }
  if (!exported_allocators_) exported_allocators_ = make_exported_allocators(inputs_, diagnostics_.stop());
  request.exported_allocators = exported_allocators_.get();
  walk::Options walking = walk_options(options, diagnostics_.stop());
  walking.done = done.directories;
  walking.done_files = done.files;
  walking.programs = request.look_inside == ScanRequest::LookInside::all;
  std::vector<std::string> roots = paths;
  if (use_files_from && options.files_from) {
    std::string error;
    if (!read_lines(*options.files_from, options.nul_separated, roots, error))
      diagnostics_.problem({*options.files_from, "read", 0, error}, true);
  }
  bytes_before_ = diagnostics_.summary().bytes;
  files_before_ = diagnostics_.summary().files;
  linked_.clear();
  std::map<std::size_t, Walked> walked;
  std::atomic<bool> over{false};
  Stages stages;
  stages.produce = [&](const std::function<bool(walk::Found)>& push) {
    walk_all(roots, walking, done.listed, push, walked);
    over = true;
  };
  stages.work = [&request](const walk::Found& found, ReadBuffer& buffer) { return scan_file(found, request, buffer); };
  stages.consume = [&](ScannedFile& file) {
    read_ += file.size;
    show_progress(file);
    if (!diagnostics_.results()) diagnostics_.stop().reader_left();
    resolve_link(file);
    std::vector<ScannedFile> embedded = std::move(file.embedded);
    if (file.embedded_gave_up)
      diagnostics_.problem({file.file.path, "parse", 0,
                            "it seems to carry more drivers than are looked for; behind the first ones it was not "
                            "searched"});
    consume(file);
    for (ScannedFile& driver : embedded) consume(driver);
  };
  stages.idle = hooks.idle;
  if (diagnostics_.progress_shown() && expected_files_ == 0) stages.count = [&] { count_all(roots, walking, over); };
  run(std::move(stages));
  expected_files_ = expected_bytes_ = 0;
  tell_walked(roots, walked, hooks);
}

}  // namespace scanner
