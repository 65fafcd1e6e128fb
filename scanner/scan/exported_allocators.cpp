#include "scanner/scan/exported_allocators.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "scanner/scan/scan_file.hpp"
#include "scanner/trace/trace.hpp"
#include "scanner/walk/walk.hpp"

namespace scanner {

struct ExportedAllocators::Module {
  bool begun = false, done = false;  // under `mutex_`: some thread traces it, or did
  std::once_flag looked_at;
  const std::vector<tagdb::ApiRow>* rows = nullptr;  // null: none
};

struct ExportedAllocators::Traced {
  std::once_flag traced;
  std::vector<tagdb::ApiRow> rows;
};

struct ExportedAllocators::General {
  std::once_flag searched;
  Located found;
};

struct ExportedAllocators::Listing {
  std::once_flag read;
  std::map<std::string, std::string> paths;  // by name in lower case
};

namespace {

/// Modules with undocumented functions of which the built-in table lists some, as their call sites show them: where the
/// module itself is at hand, it says more.
bool is_listed_in_part(std::string_view module) { return module == "win32kbase.sys" || module == "netio.sys"; }

/// Modules whose functions the built-in table lists as far as they take tags, and those of the system that half of all
/// drivers import from and whose functions take none (DDI reference: hal, wmilib, smclib, scsiport; wdfldr binds KMDF).
bool is_listed(const tagdb::ApiTable& apis, std::string_view module) {
  constexpr std::string_view kWithoutTags[] = {"hal.dll", "wdfldr.sys", "wmilib.sys", "smclib.sys", "scsiport.sys"};
  if (std::find(std::begin(kWithoutTags), std::end(kWithoutTags), module) != std::end(kWithoutTags)) return true;
  if (is_listed_in_part(module)) return false;
  return std::any_of(apis.rows.begin(), apis.rows.end(), [module](const tagdb::ApiRow& row) {
    return row.match != tagdb::ApiMatch::none && row.module == module;
  });
}

/// Everything about the rows that a trace could depend on.
std::string told_apart(const std::vector<tagdb::ApiRow>& rows) {
  std::string text = digest_of(rows);
  for (const tagdb::ApiRow& row : rows) {
    text += row.import_name + "\t" + row.source + (row.assumed ? "\ta" : "\t") + (row.freed_as_pool ? "f" : "");
    text += "\n";
  }
  return text;
}

}  // namespace

ExportedAllocators::ExportedAllocators(const tagdb::ApiTable& apis, std::vector<std::string> folders,
                                       std::uint64_t max_file_size,
                                       std::function<std::vector<std::string>(const std::string&)> find_elsewhere)
    : apis_(apis),
      folders_(std::move(folders)),
      max_file_size_(max_file_size),
      find_elsewhere_(std::move(find_elsewhere)),
      api_sets_(folders_, max_file_size) {}

ExportedAllocators::~ExportedAllocators() = default;

std::string ExportedAllocators::in_folder(const std::string& folder, const std::string& module) {
  std::shared_ptr<Listing> listing;
  {
    const std::lock_guard lock(mutex_);
    auto& slot = listings_[folder];
    if (!slot) {
      slot = std::make_shared<Listing>();
      const std::string last = std::exchange(listed_last_, folder);
      const bool general = std::find(folders_.begin(), folders_.end(), last) != folders_.end();
      if (!general && last != folder) listings_.erase(last);
    }
    listing = slot;
  }
  std::call_once(listing->read, [&] {
    std::vector<walk::DirectoryEntry> entries;
    std::string error;
    bool denied = false;
    walk::list_directory(folder, entries, error, denied);
    for (const walk::DirectoryEntry& entry : entries) {
      const bool image = entry.name.size() > 4 && entry.name[entry.name.size() - 4] == '.';
      if (entry.kind == walk::DirectoryEntry::Kind::file && image && !entry.offline)
        listing->paths.emplace(pe::fold_case(entry.name), walk::native_form(folder + "/" + entry.name));
    }
  });
  const auto found = listing->paths.find(module);
  return found == listing->paths.end() ? std::string{} : found->second;
}

ExportedAllocators::Located ExportedAllocators::locate(const std::string& module, const std::string& folder) {
  if (std::string path = in_folder(folder, module); !path.empty()) return {std::move(path), true};
  std::shared_ptr<General> general;
  {
    const std::lock_guard lock(mutex_);
    auto& slot = general_[module];
    if (!slot) slot = std::make_shared<General>();
    general = slot;
  }
  std::call_once(general->searched, [&] { general->found = locate_elsewhere(module); });
  return general->found;
}

/// Not beside the importer.
ExportedAllocators::Located ExportedAllocators::locate_elsewhere(const std::string& module) {
  for (const std::string& folder : folders_) {
    std::string path = in_folder(folder, module);
    if (!path.empty()) return {std::move(path), true};
  }
  if (!find_elsewhere_) return {};
  std::vector<std::string> paths = find_elsewhere_(module);
  return paths.size() == 1 ? Located{std::move(paths.front()), false} : Located{};
}

void ExportedAllocators::trace_module(const std::string& path, unsigned hops, Module& module) {
  walk::Skipped ignored;
  const auto bytes = walk::read_file(path, max_file_size_, ignored);
  if (!bytes) return;
  const auto image = pe::Image::open(bytes.value());
  if (!image || !trace::can_trace(image.value())) return;
  Given given;
  if (hops > 0) take_api_sets(image.value(), path, hops - 1, given);
  Traced* traced = nullptr;
  {
    const std::lock_guard lock(mutex_);
    auto& slot = traced_[{path, told_apart(given.rows)}];
    if (!slot) slot = std::make_unique<Traced>();
    traced = slot.get();
  }
  std::call_once(traced->traced, [&] {
    tagdb::ApiTable apis = apis_;
    apis.rows.insert(apis.rows.end(), given.rows.begin(), given.rows.end());
    trace::TraceResult result = trace::trace(image.value(), apis, [](tagdb::PoolTag) { return false; });
    traced->rows = result.exported_rows;
    keep({path, told_apart(given.rows), content_hash(image.value().file()), std::move(result)});
  });
  module.rows = &traced->rows;
}

const std::vector<tagdb::ApiRow>& ExportedAllocators::rows_of(const std::string& path, unsigned hops) {
  Module* module = nullptr;
  {
    const std::lock_guard lock(mutex_);
    auto& slot = modules_[{path, hops}];
    if (!slot) slot = std::make_unique<Module>();
    slot->begun = true;
    module = slot.get();
  }
  // Every hop asks others for one hop less, and the last is traced with the plain table, so that two modules that
  // import from each other end.
  std::call_once(module->looked_at, [&] { trace_module(path, hops, *module); });
  static const std::vector<tagdb::ApiRow> none;
  const std::lock_guard lock(mutex_);
  module->done = true;
  return module->rows != nullptr ? *module->rows : none;
}

namespace {

/// About what is kept of it in memory.
std::size_t bytes_of(const trace::TraceResult& result) {
  constexpr std::size_t kChain = 32;
  return result.uses.size() * (sizeof(trace::TagUse) + kChain) + result.sites.size() * sizeof(trace::Site);
}

}  // namespace

void ExportedAllocators::keep(Kept trace) {
  constexpr std::size_t kMostBytes = 8U << 20;
  const std::lock_guard lock(mutex_);
  kept_bytes_ += bytes_of(trace.result);
  kept_.push_back(std::move(trace));
  for (; kept_bytes_ > kMostBytes; kept_.pop_front()) kept_bytes_ -= bytes_of(kept_.front().result);
}

std::optional<trace::TraceResult> ExportedAllocators::take_trace(const std::string& path,
                                                                 const std::vector<tagdb::ApiRow>& rows,
                                                                 const ContentHash& content) {
  const std::lock_guard lock(mutex_);
  const auto kept = std::ranges::find(kept_, path, &Kept::path);
  if (kept == kept_.end() || kept->content != content || kept->rows != told_apart(rows)) return std::nullopt;
  trace::TraceResult result = std::move(kept->result);
  kept_bytes_ -= std::min(kept_bytes_, bytes_of(result));
  kept_.erase(kept);
  return result;
}

ExportedAllocators::Given ExportedAllocators::given_to(const pe::Image& image, const std::string& path) {
  Given given;
  take_modules(image, path, given);
  take_api_sets(image, path, kMostHops, given);
  return given;
}

namespace {

std::string folder_of(const std::string& path) {
  const auto slash = path.find_last_of("/\\");
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

}  // namespace

void ExportedAllocators::take_modules(const pe::Image& image, const std::string& path, Given& given) {
  std::map<std::string, std::set<std::string_view>> imported;  // module → functions
  std::optional<std::string_view> library;                     // of the imports that come now
  std::optional<std::string> asked;                            // its module, if that is to be asked
  image.for_each_import([&](const pe::Import& import) {
    if (import.name.empty()) return;
    if (import.library != library) {
      library = import.library;
      asked.reset();
      if (!is_api_set(import.library)) asked = pe::fold_case(import.library);
      if (asked && is_listed(apis_, *asked)) asked.reset();
    }
    if (!asked) return;
    if (is_listed_in_part(*asked) || apis_.find_import(import.name) < 0) imported[*asked].insert(import.name);
  });
  const std::string folder = folder_of(path);
  for (const auto& [module, functions] : imported) {
    given.asked = true;
    const Located exporter = locate(module, folder);
    if (exporter.path.empty() || exporter.path == path) continue;
    for (tagdb::ApiRow row : rows_of(exporter.path, kMostHops)) {
      if (!functions.contains(row.name) || (!exporter.as_loader && apis_.find_import(row.name) >= 0)) continue;
      row.module = module;
      row.name = tagdb::qualified_name(module, row.name);
      row.source = "traced in " + exporter.path;
      row.assumed = !exporter.as_loader;
      given.rows.push_back(std::move(row));
    }
  }
}

/// A function of an API set: the set names no file, so the images that implement it are those that export the function.
struct ExportedAllocators::Implemented {
  std::string set;
  std::string_view function;
  std::vector<std::string> hosts;
};

/// Traces those images that no other thread traces already, then what images that are being traced still wait for: who
/// needs the same takes part instead of waiting for one thread that does it all.
void ExportedAllocators::trace_what_is_left(const std::vector<Implemented>& functions, unsigned hops) {
  std::set<std::string_view> hosts;
  for (const Implemented& one : functions) hosts.insert(one.hosts.begin(), one.hosts.end());
  const auto is = [&](std::string_view host, bool Module::*what) {
    const std::lock_guard lock(mutex_);
    const auto known = modules_.find({std::string(host), hops});
    return known != modules_.end() && *known->second.*what;
  };
  for (const std::string_view host : hosts) {
    if (!is(host, &Module::begun)) rows_of(std::string(host), hops);
  }
  for (const std::string_view host : hosts) {
    if (hops == 0 || is(host, &Module::done)) continue;
    walk::Skipped ignored;
    const auto bytes = walk::read_file(std::string(host), max_file_size_, ignored);
    const auto image = bytes ? pe::Image::open(bytes.value()) : pe::Result<pe::Image>(bytes.error());
    if (image && trace::can_trace(image.value()))
      trace_what_is_left(implemented(image.value(), std::string(host)), hops - 1);
  }
}

/// The functions that an image imports from API sets.
std::vector<ExportedAllocators::Implemented> ExportedAllocators::implemented(const pe::Image& image,
                                                                             const std::string& path) {
  std::map<std::string, std::set<std::string_view>> imported;  // by API set
  image.for_each_import([&](const pe::Import& import) {
    if (!import.name.empty() && is_api_set(import.library)) imported[pe::fold_case(import.library)].insert(import.name);
  });
  std::vector<Implemented> functions;
  for (const auto& [set, names] : imported) {
    for (const std::string_view name : names)
      functions.push_back({set, name, api_sets_.hosts_of(name, image.machine(), folder_of(path), path)});
  }
  return functions;
}

/// Adds the row for the function, if its hosts agree on one.
void ExportedAllocators::take_function(const Implemented& from, unsigned hops, Given& given) {
  const auto& [set, function, hosts] = from;
  std::optional<tagdb::ApiRow> found;
  std::string host;
  bool agree = true;
  for (const std::string& candidate : hosts) {
    for (tagdb::ApiRow row : rows_of(candidate, hops)) {
      if (row.name != function) continue;
      if (found) {
        agree = agree && digest_of({*found}) == digest_of({row});
      } else {
        host = candidate;
        found = std::move(row);
      }
    }
  }
  // A row of the table says what it takes, whoever implements it: better than an image that is perhaps the one.
  const bool listed = apis_.find_import(function) >= 0;
  if (!listed && (hosts.empty() || !agree)) ++given.unresolved;
  if (!found || !agree || (listed && hosts.size() > 1)) return;
  found->module = set;
  found->import_name = tagdb::qualified_name(set, function);
  found->name = tagdb::qualified_name(host.substr(host.find_last_of("/\\") + 1), function);
  found->source = "traced in " + host;
  found->assumed = hosts.size() > 1;
  given.rows.push_back(std::move(*found));
}

void ExportedAllocators::take_api_sets(const pe::Image& image, const std::string& path, unsigned hops, Given& given) {
  const std::vector<Implemented> functions = implemented(image, path);
  given.asked = given.asked || !functions.empty();
  trace_what_is_left(functions, hops);
  for (const Implemented& one : functions) take_function(one, hops, given);
}

}  // namespace scanner
