#include "scanner/commands/driver_store.hpp"

#include "pe/text.hpp"
#include "scanner/walk/walk.hpp"

namespace scanner {
namespace {

/// Empty when it cannot be read: the search tells of such folders.
std::vector<walk::DirectoryEntry> entries_of(const std::string& path) {
  std::vector<walk::DirectoryEntry> entries;
  std::string error;
  bool denied = false;
  if (!walk::list_directory(path, entries, error, denied)) entries.clear();
  return entries;
}

}  // namespace

void DriverStore::list() {
  files_.emplace();
  const std::string store = walk::find_path(root_, "Windows/System32/DriverStore/FileRepository");
  if (store.empty()) return;
  for (const walk::DirectoryEntry& package : entries_of(store)) {
    if (package.kind != walk::DirectoryEntry::Kind::directory) continue;
    const std::string folder = walk::native_form(store + "/" + package.name);
    for (const walk::DirectoryEntry& file : entries_of(folder)) {
      const std::string name = pe::fold_case(file.name);
      if (file.kind == walk::DirectoryEntry::Kind::file && name.ends_with(".sys"))
        (*files_)[name].push_back(walk::native_form(folder + "/" + file.name));
    }
  }
}

const std::vector<std::string>& DriverStore::find(std::string_view name) {
  static const std::vector<std::string> kNone;
  if (!files_) list();
  std::string folded = pe::fold_case(name);
  if (folded.find('.') == std::string::npos) folded += ".sys";
  const auto found = files_->find(folded);
  return found != files_->end() ? found->second : kNone;
}

}  // namespace scanner
