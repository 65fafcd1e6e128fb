// What every command scans: the files of a walk, of a part of it, or of the catalogue; hard links, and progress.
#include <algorithm>
#include <new>
#include <set>
#include <thread>

#include "pe/second_reader.hpp"
#include "scanner/commands/context.hpp"
#include "scanner/commands/likely_first.hpp"
#include "scanner/scan/pipeline.hpp"

namespace scanner {

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
  const auto below = [others, &stop = stop_](const std::string& module) {
    std::vector<std::string> paths;
    walk::Options options;
    options.include = {module};
    options.any_suffix = true;
    options.stop = [&stop] { return stop.set(); };
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
    if (stop.set()) paths.clear();  // the only one so far need not be the only one
    return paths;
  };
  return std::make_unique<Exporters>(apis_, std::move(folders), options_.max_file_size,
                                     others.empty() ? nullptr : std::function(below));
}

ScanRequest Context::new_request() const {
  ScanRequest request;
  request.apis = &apis_;
  request.max_file_size = options_.max_file_size;
  request.with_text = options_.explain;
  request.second_reader = pe::find_second_reader();
  return request;
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
  walk_options.volume_root = options_.root.value_or(running_root());
  walk_options.stop = [&stop = stop_] { return stop.set(); };
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
  progress_.draw([&](std::size_t columns) {
    ScanProgress now;
    now.files = summary_.files;
    now.bytes = summary_.bytes;
    now.expected_files = expected_files_;
    now.expected_bytes = expected_bytes_;
    now.read = read_;
    now.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    now.path = file.file.path;
    return progress_text(now, columns);
  });
}

void Context::revisit(const std::function<void(const std::function<bool(walk::Found)>&)>& produce,
                      const std::function<ScannedFile(const walk::Found&, ReadBuffer&)>& work,
                      const std::function<void(ScannedFile&)>& consume) {
  run({produce,
       work,
       [&](ScannedFile& file) {
         if (file.outcome == ScannedFile::Outcome::failed) problem({file.file.path, "internal", 0, file.message});
         consume(file);
       },
       {},
       {}});
}

/// An error that is no matter of one file ends the scan, and not the command: what is complete is reported and stored.
void Context::run(Stages stages) {
  std::string path;
  stages.consume = [&path, consume = std::move(stages.consume)](ScannedFile& file) {
    path = file.file.path;
    consume(file);
  };
  std::string message;
  try {
    run_pipeline(jobs(), stages, stop_);
    return;
  } catch (const std::bad_alloc&) {
    message = "not enough memory to go on: give it more, or search fewer files at a time";
  } catch (const std::exception& error) {
    message = std::string("internal error, please report it: ") + error.what();
  }
  stop_.fail();
  if (path.empty()) path = options_.paths.empty() ? options_.root.value_or(".") : options_.paths.front();
  problem({path, "internal", 0, message + "; the search ended here"});
}

void Context::scan(const std::vector<std::string>& paths, bool use_files_from, const Done& done, ScanRequest request,
                   const std::function<void(ScannedFile&)>& consume, const Hooks& hooks) {
  if (catalog_) {
    const auto take = [this, &consume](ScannedFile& file) {
      consume(file);
      return !stop_.set();
    };
    walk::Skipped skipped;
    std::vector<walk::Trouble> troubles;
    std::function<void(const catalog::Rest&)> rest;
    if (hooks.rest) {
      rest = [this, &hooks](const catalog::Rest& others) {
        account(others);
        hooks.rest(others);
      };
    }
    catalog_->scan(paths, done, request, take, rest, skipped,
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
  if (progress_.shown() && expected_files_ == 0) {
    // A second walk that runs ahead and only counts; the directories are in memory for the first one then.
    count = [&] {
      walk::Options counting = walk_options;
      counting.stop = [this, &over] { return stop_.set() || over; };
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
  stages.work = [&request](const walk::Found& found, ReadBuffer& buffer) { return scan_file(found, request, buffer); };
  stages.consume = [&](ScannedFile& file) {
    read_ += file.size;
    show_progress(file);
    if (!out_) stop_.reader_left();
    resolve_link(file);
    consume(file);
  };
  stages.idle = hooks.idle;
  stages.count = count;
  run(std::move(stages));
  expected_files_ = expected_bytes_ = 0;
  for (auto& [i, here] : walked) {
    summary_.skipped.add(here.skipped);
    for (const std::string& path : here.skipped.paging_files)
      remark(report::printable(path) + ": skipped, Windows keeps memory in it (name it to have it read)");
    for (walk::Trouble& trouble : here.troubles) problem({trouble.path, "walk", 0, trouble.message}, trouble.named);
  }
  if (!hooks.walked || stop_.set()) return;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto here = walked.find(i);
    if (here != walked.end()) {
      hooks.walked(all[i], here->second.skipped, here->second.troubles);
    } else {
      hooks.walked(all[i], {}, {});
    }
  }
}

}  // namespace scanner
