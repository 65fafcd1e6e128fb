#include "scanner/exporters.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "scanner/trace/trace.hpp"
#include "scanner/walk/walk.hpp"

namespace scanner {

struct Exporters::Module {
  std::once_flag traced;
  std::vector<tagdb::ApiRow> rows;
};

struct Exporters::General {
  std::once_flag searched;
  Located found;
};

struct Exporters::Listing {
  std::once_flag read;
  std::map<std::string, std::string> paths;  // by name in lower case
};

namespace {

/// Modules whose functions the built-in table lists as far as they take tags, and those of the system that half of all
/// drivers import from and whose functions take none (DDI reference: hal, wmilib, smclib, scsiport; wdfldr binds KMDF).
bool is_listed(const tagdb::ApiTable& apis, std::string_view module) {
  constexpr std::string_view kWithoutTags[] = {"hal.dll", "wdfldr.sys", "wmilib.sys", "smclib.sys", "scsiport.sys"};
  if (std::find(std::begin(kWithoutTags), std::end(kWithoutTags), module) != std::end(kWithoutTags)) return true;
  return std::any_of(apis.rows.begin(), apis.rows.end(), [module](const tagdb::ApiRow& row) {
    return row.match != tagdb::ApiMatch::none && row.module == module;
  });
}

}  // namespace

Exporters::Exporters(const tagdb::ApiTable& apis, std::vector<std::string> folders, std::uint64_t max_file_size,
                     std::function<std::vector<std::string>(const std::string&)> find_elsewhere)
    : apis_(apis),
      folders_(std::move(folders)),
      max_file_size_(max_file_size),
      find_elsewhere_(std::move(find_elsewhere)) {}

Exporters::~Exporters() = default;

std::string Exporters::in_folder(const std::string& folder, const std::string& module) {
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
        listing->paths.emplace(tagdb::fold_case(entry.name), walk::native_form(folder + "/" + entry.name));
    }
  });
  const auto found = listing->paths.find(module);
  return found == listing->paths.end() ? std::string{} : found->second;
}

Exporters::Located Exporters::locate(const std::string& module, const std::string& folder) {
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
Exporters::Located Exporters::locate_elsewhere(const std::string& module) {
  for (const std::string& folder : folders_) {
    std::string path = in_folder(folder, module);
    if (!path.empty()) return {std::move(path), true};
  }
  if (!find_elsewhere_) return {};
  std::vector<std::string> paths = find_elsewhere_(module);
  return paths.size() == 1 ? Located{std::move(paths.front()), false} : Located{};
}

const std::vector<tagdb::ApiRow>& Exporters::rows_of(const std::string& path) {
  Module* module = nullptr;
  {
    const std::lock_guard lock(mutex_);
    auto& slot = modules_[path];
    if (!slot) slot = std::make_unique<Module>();
    module = slot.get();
  }
  // Traced with the plain table, so that two modules that import from each other end.
  std::call_once(module->traced, [&] {
    walk::Skipped ignored;
    const auto bytes = walk::read_file(path, max_file_size_, ignored);
    if (!bytes) return;
    const auto image = pe::Image::open(bytes.value());
    if (!image || !trace::can_trace(image.value())) return;
    module->rows = trace::trace(image.value(), apis_).exported_rows;
  });
  return module->rows;
}

Exporters::Given Exporters::given_to(const pe::Image& image, const std::string& path) {
  std::map<std::string, std::set<std::string_view>> imported;  // module → functions
  image.for_each_import([&](const pe::Import& import) {
    if (!import.name.empty() && apis_.find_import(import.name) < 0)
      imported[tagdb::fold_case(import.library)].insert(import.name);
  });
  Given given;
  const auto slash = path.find_last_of("/\\");
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash);
  for (const auto& [module, functions] : imported) {
    if (is_listed(apis_, module)) continue;
    given.asked = true;
    const Located exporter = locate(module, folder);
    if (exporter.path.empty() || exporter.path == path) continue;
    for (tagdb::ApiRow row : rows_of(exporter.path)) {
      if (!functions.contains(row.name)) continue;
      row.module = module;
      row.name = tagdb::qualified_name(module, row.name);
      row.source = "traced in " + exporter.path;
      row.assumed = !exporter.as_loader;
      given.rows.push_back(std::move(row));
    }
  }
  return given;
}

}  // namespace scanner
