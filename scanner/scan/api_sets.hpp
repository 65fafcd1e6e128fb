// Imports from API sets (ext-ms-*, api-ms-*) name no file: Windows keeps a list of who implements each set. Here the
// image that exports the function is looked for, among the kernel images beside the importer and then among those of
// the system's folders. Few drivers import so, and an index of a folder's exports is made when the first one asks.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "pe/image.hpp"

namespace scanner {

/// Is `library`, as an import table names it, an API set?
bool is_api_set(std::string_view library);

class ApiSets {
 public:
  /// `folders`: System32\drivers and System32 of the volume.
  ApiSets(std::vector<std::string> folders, std::uint64_t max_file_size);
  ~ApiSets();

  /// Paths of the images for `machine` that export `function`, of the first folder with one: the importer's own, then
  /// the system's. Copies of one file are one, `importer` itself is none. Empty when there is no such image. Safe to
  /// call from several threads; the answer depends on nothing but the files.
  std::vector<std::string> hosts_of(std::string_view function, pe::Machine machine, const std::string& folder,
                                    const std::string& importer);

 private:
  struct Folder;
  const Folder& exports_of(const std::string& folder);
  void read(const std::string& path, Folder& out);

  std::vector<std::string> folders_;
  std::uint64_t max_file_size_;
  std::mutex mutex_;  // of the map only: nothing is read while it is held
  std::map<std::string, std::unique_ptr<Folder>> indexed_;
};

}  // namespace scanner
