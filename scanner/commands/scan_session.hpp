// One scan after another over the places of a run: walk (or catalogue), pipeline, hard links, progress.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "scanner/catalog/totals.hpp"
#include "scanner/commands/diagnostics.hpp"
#include "scanner/commands/inputs.hpp"
#include "scanner/scan/exported_allocators.hpp"
#include "scanner/scan/pipeline.hpp"

namespace scanner {

/// What a command may want beside the files.
struct ScanHooks {
  /// On the writer's thread while nothing is ready.
  std::function<void()> idle;
  /// One root of the walk, what was skipped below it and what went wrong; on the writer's thread, at the end.
  std::function<void(const std::string&, const walk::Skipped&, const std::vector<walk::Trouble>&)> walked;
  /// --catalog: the commands that need not see every file get numbers of those that cannot matter (Answers::scan).
  std::function<void(const catalog::Rest&)> rest;
};

class ScanSession {
 public:
  using Consume = std::function<void(ScannedFile&)>;

  ScanSession(const Inputs& inputs, Diagnostics& diagnostics);

  /// What every scan of this run has in common.
  [[nodiscard]] ScanRequest new_request() const;
  /// Walks PATHs, --files-from and folders, scans and hands over in path order; with --catalog asks that instead.
  void scan(const std::vector<std::string>& paths, bool use_files_from, const Done& done, ScanRequest request,
            const Consume& consume, const ScanHooks& hooks = {});
  /// Drivers that are looked at once more for some other reason; no accounting, no progress.
  void revisit(const std::function<void(const std::function<bool(walk::Found)>&)>& produce,
               const std::function<ScannedFile(const walk::Found&, ReadBuffer&)>& work, const Consume& consume);

 private:
  /// What the walk of one root has to say; it runs on its own thread, and says it when it is over.
  struct Walked {
    walk::Skipped skipped;
    std::vector<walk::Trouble> troubles;
  };
  /// What became of a file with several names.
  struct Linked {
    ScannedFile::Outcome outcome;
    ContentHash hash;
    std::string sha256, message;
    std::uint64_t size;
  };
  using FileId = std::pair<std::uint64_t, std::uint64_t>;  ///< device and inode

  void ask_catalog(const std::vector<std::string>& paths, const Done& done, const ScanRequest& request,
                   const Consume& consume, const ScanHooks& hooks);
  void walk_all(const std::vector<std::string>& roots, const walk::Options& options, bool listed,
                const std::function<bool(walk::Found)>& push, std::map<std::size_t, Walked>& walked) const;
  void count_all(const std::vector<std::string>& roots, walk::Options options, const std::atomic<bool>& over);
  void tell_denied(const std::map<std::size_t, Walked>& walked);
  void tell_walked(const std::vector<std::string>& roots, const std::map<std::size_t, Walked>& walked,
                   const ScanHooks& hooks);
  void resolve_link(ScannedFile& file);
  void show_progress(const ScannedFile& file);
  void run(Stages stages);

  const Inputs& inputs_;
  Diagnostics& diagnostics_;
  std::unique_ptr<ExportedAllocators> exported_allocators_;  ///< made by the first scan
  std::map<FileId, Linked> linked_;
  std::uint64_t files_before_ = 0, bytes_before_ = 0;                 ///< when the scan under way began
  std::uint64_t read_ = 0;                                            ///< bytes, in both passes
  std::atomic<std::uint64_t> expected_files_{0}, expected_bytes_{0};  ///< 0: not counted
};

}  // namespace scanner
