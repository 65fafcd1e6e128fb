// Drivers that allocate for other drivers: when an image imports from a module that is no known owner of listed
// functions, the module is looked for as the Windows loader would, traced once, and the functions through which it
// passes tags on become rows of the API table for the importer.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "pe/image.hpp"
#include "scanner/scan/api_sets.hpp"
#include "scanner/scan/content.hpp"
#include "scanner/trace/trace.hpp"
#include "tagdb/api_table.hpp"

namespace scanner {

class ExportedAllocators {
 public:
  /// `folders` are searched behind the importer's own (System32\drivers and System32 of the volume, as the loader
  /// does). `find_elsewhere` names other paths of a file name in lower case, in a fixed order; it may be slow, is
  /// called once per module, and what it finds is used only when there is exactly one.
  ExportedAllocators(const tagdb::ApiTable& apis, std::vector<std::string> folders, std::uint64_t max_file_size,
                     std::function<std::vector<std::string>(const std::string& name)> find_elsewhere);
  ~ExportedAllocators();

  struct Given {
    std::vector<tagdb::ApiRow> rows;  ///< empty for most
    bool asked = false;               ///< it imports from a module that may give rows one day, if not today
    std::uint32_t unresolved = 0;     ///< functions of API sets that no image at hand exports
  };
  /// What other drivers give to the image at `path`, which imports from them. Safe to call from several threads; the
  /// answer depends on nothing but the files.
  Given given_to(const pe::Image& image, const std::string& path);
  /// The trace of the image at `path` with these rows and no question about frees, where an importer needed it before.
  /// Given out once; nothing where it was not made, or not kept.
  std::optional<trace::TraceResult> take_trace(const std::string& path, const std::vector<tagdb::ApiRow>& rows,
                                               const ContentHash& content);

 private:
  struct Module;
  struct Traced;
  struct Kept {
    std::string path, rows;
    ContentHash content;
    trace::TraceResult result;
  };
  struct Located {
    std::string path;       ///< empty: nowhere
    bool as_loader = true;  ///< false: not where the loader looks, but the only file of that name
  };
  /// One link of a chain of API sets: "implemented by a function that reaches the allocator through another one".
  static constexpr unsigned kMostHops = 2;
  /// What is found once, by whoever asks first, while others who ask for the same wait: no lock is held meanwhile.
  struct General;
  struct Listing;
  const std::vector<tagdb::ApiRow>& rows_of(const std::string& path, unsigned hops);
  void take_modules(const pe::Image& image, const std::string& path, Given& given);
  struct Implemented;
  void keep(Kept trace);
  void trace_module(const std::string& path, unsigned hops, Module& module);
  std::vector<Implemented> implemented(const pe::Image& image, const std::string& path);
  void trace_what_is_left(const std::vector<Implemented>& functions, unsigned hops);
  void take_function(const Implemented& from, unsigned hops, Given& given);
  void take_api_sets(const pe::Image& image, const std::string& path, unsigned hops, Given& given);
  Located locate(const std::string& module, const std::string& folder);
  Located locate_elsewhere(const std::string& module);
  std::string in_folder(const std::string& folder, const std::string& module);

  const tagdb::ApiTable& apis_;
  std::vector<std::string> folders_;
  std::uint64_t max_file_size_;
  std::function<std::vector<std::string>(const std::string&)> find_elsewhere_;
  ApiSets api_sets_;
  std::mutex mutex_;  // of what follows, never held while a folder is read or a file is traced
  std::map<std::pair<std::string, unsigned>, std::unique_ptr<Module>> modules_;  // by path and hops
  /// By path and what the rows that it was traced with are: fewer hops mostly give the same ones.
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Traced>> traced_;
  std::deque<Kept> kept_;  // of these, whole; the first goes first
  std::size_t kept_bytes_ = 0;
  std::map<std::string, std::shared_ptr<General>> general_;   // by module, not beside the importer
  std::map<std::string, std::shared_ptr<Listing>> listings_;  // of `folders_`, and of the folder asked for last:
  std::string listed_last_;                                   // the walk goes folder by folder
};

}  // namespace scanner
