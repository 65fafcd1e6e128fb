// The drivers to search before everything else: what the machine has loaded or starts, from --loaded-from, from the
// running Windows, or from the registry of the volume. They also mark candidates that other levels find.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "scanner/commands/diagnostics.hpp"
#include "scanner/loaded/driver_list.hpp"
#include "scanner/rank/rank.hpp"

namespace scanner {

class MachineDrivers {
 public:
  /// Reads --loaded-from, else asks the running system when `root` is its drive, else the registry of `root`. With
  /// `marks_only` nothing is looked up on the disk. False when --loaded-from cannot be read; that is said.
  bool read(const Options& options, const std::string& root, bool marks_only, Diagnostics& diagnostics);

  /// Files below the root, each once, in the order of the list; none when there is no list.
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }
  /// What the level is called: "drivers loaded now and services".
  [[nodiscard]] const std::string& name() const { return name_; }
  void mark(const std::string& path, rank::ImageFacts& facts) const;
  /// The same for a driver that a program carries, by its name: it was loaded from a file that is gone. `stamp`: its
  /// TimeDateStamp.
  void mark_embedded(std::uint32_t stamp, rank::ImageFacts& facts) const;
  /// Was a driver loaded whose file is not on the volume? Then a program may carry it.
  [[nodiscard]] bool driver_missing() const { return !missing_.empty() || !gone_.empty(); }
  /// A sentence about drivers that were loaded and are not on the volume; empty when there are none.
  [[nodiscard]] std::string missing_note() const;

 private:
  void find_files(const std::vector<loaded::Driver>& drivers, const std::string& root);

  loaded::Index index_;
  bool looked_up_ = false;       ///< the files of the list were looked for: missing_ and gone_ are known
  bool running_system_ = false;  ///< then only its own files are marked, not those of other volumes
  std::set<std::string> known_;  ///< files_, as walk::same_name() gives them
  std::set<std::string> open_;   ///< versions in the store of packages of which any may be the one, likewise
  std::set<std::string> stale_;  ///< those of known_ of which another build was loaded
  std::vector<std::string> files_, missing_, gone_;
  std::string name_, list_;
};

}  // namespace scanner
