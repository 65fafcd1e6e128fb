#include "scanner/walk/walk.hpp"

#include <algorithm>
#include <set>

#include "pe/text.hpp"
#include "scanner/platform/windows_rules.hpp"

namespace scanner::walk {
namespace {

#ifdef _WIN32
constexpr bool kFoldCase = true;
constexpr char kSeparator = '\\';
constexpr bool kShellLeavesWildcards = true;
constexpr bool kDriveLetters = true;
#else
constexpr bool kFoldCase = false;
constexpr char kSeparator = '/';
constexpr bool kShellLeavesWildcards = false;
constexpr bool kDriveLetters = false;
#endif

std::string join(const std::string& directory, const std::string& name) {
  if (directory.empty()) return name;
  const char last = directory.back();
  return last == '/' || last == '\\' ? directory + name : directory + kSeparator + name;
}

bool matches_any(const std::vector<std::string>& globs, const std::string& path) {
  return std::any_of(globs.begin(), globs.end(), [&path](const std::string& glob) {
    const std::string native = native_form(glob);
    const bool on_path = native.find(kSeparator) != std::string::npos;
    return glob_match(native, on_path ? std::string_view(path) : pe::file_name(path), kFoldCase);
  });
}

/// `folder\*.sys`, as the shell would have expanded it elsewhere. Empty when nothing matches.
std::vector<std::string> matching(const std::string& pattern) {
  std::vector<std::string> out;
  const std::string_view name = pe::file_name(pattern);
  if (!kShellLeavesWildcards || name.find_first_of("*?") == std::string_view::npos) return out;
  const std::string directory = pattern.substr(0, pattern.size() - name.size());
  std::vector<DirectoryEntry> entries;
  std::string error;
  bool denied = false;
  if (!list_directory(directory.empty() ? "." : directory, entries, error, denied)) return out;
  for (const DirectoryEntry& entry : entries) {
    if (glob_match(name, entry.name, kFoldCase)) out.push_back(join(directory, entry.name));
  }
  return out;
}

class Walk {
 public:
  Walk(const Options& options, const std::function<bool(Found)>& found, const std::function<void(Trouble)>& trouble,
       Skipped& skipped)
      : options_(options), found_(found), trouble_(trouble), skipped_(skipped) {}

  void start(const std::string& named_path) {
    const std::string path = native_form(named_path);
    DirectoryEntry entry;
    std::string error;
    if (!inspect(path, entry, error)) {
      const std::vector<std::string> matches = matching(path);
      for (const std::string& match : matches) start(match);
      if (matches.empty()) trouble_({path, error, true});
      return;
    }
    if (entry.kind == DirectoryEntry::Kind::directory) {
      first_visit(entry);
      descend(path, true);
    } else if (entry.kind == DirectoryEntry::Kind::special) {
      trouble_({path, "is neither a file nor a directory; copy what it holds into a file and name that", true});
    } else {
      offer(path, entry, true, false);
    }
  }

 private:
  void offer(const std::string& path, const DirectoryEntry& entry, bool named, bool in_system32) {
    if (!named) {
      if (matches_any(options_.exclude, path)) return;
      if (!options_.include.empty() && !matches_any(options_.include, path)) return;
      if (!options_.done_files.empty() && options_.done_files.contains(same_name(path))) return;
    }
    Found file{path, entry.size, entry.modified, entry.device, entry.inode, entry.links, false, named, false};
    const std::string name = pe::fold_case(pe::file_name(path));
    const bool module = name.ends_with(".exe") || name.ends_with(".dll");
    if (!named && !options_.any_suffix && !name.ends_with(".sys")) {
      if (!module) return;
      if (!in_system32 && options_.include.empty() && !(options_.programs && !in_component_store(path))) return;
      file.native_only = true;
    }
    if (entry.offline && !options_.read_offline) {
      ++skipped_.offline;
      if (named) trouble_({path, "lives in the cloud or on tape; --offline reads it, which downloads it", true});
      return;
    }
    if (entry.size > options_.max_file_size) {
      ++skipped_.too_large;
      if (named) trouble_({path, "is larger than --max-filesize (" + std::to_string(entry.size) + " bytes)", true});
      return;
    }
    stopped_ = stopped_ || !found_(std::move(file));
  }

  void descend(const std::string& directory, bool named) {
    stopped_ = stopped_ || (options_.stop && options_.stop());
    if (stopped_) return;
    if (std::find(options_.done.begin(), options_.done.end(), directory) != options_.done.end()) return;
    std::vector<DirectoryEntry> entries;
    std::string error;
    bool denied = false;
    if (!list_directory(directory, entries, error, denied)) {
      if (denied && !named) {
        ++skipped_.denied;
        skipped_.denied_folders.push_back(directory);
      } else {
        trouble_({directory, error, named});
      }
      return;
    }
    const bool in_system32 = pe::fold_case(pe::file_name(directory)) == "system32";
    for (const DirectoryEntry& entry : entries) {
      if (stopped_) return;
      const std::string path = join(directory, entry.name);
      switch (entry.kind) {
        case DirectoryEntry::Kind::directory:
          if (first_visit(entry)) descend(path, false);
          break;
        case DirectoryEntry::Kind::link: follow(path, in_system32); break;
        case DirectoryEntry::Kind::unknown:
          if (entry.denied) {
            ++skipped_.denied;
            skipped_.denied_folders.push_back(path);
          } else {
            trouble_({path, entry.error, false});
          }
          break;
        case DirectoryEntry::Kind::special:
          if (pe::fold_case(entry.name).ends_with(".sys")) ++skipped_.special;
          break;
        case DirectoryEntry::Kind::file:
          if (is_paging_file(entry.name) && is_volume_root(directory)) {
            ++skipped_.locked;
            skipped_.paging_files.push_back(path);
          } else {
            offer(path, entry, false, in_system32);
          }
          break;
      }
    }
  }

  void follow(const std::string& path, bool in_system32) {
    DirectoryEntry entry;
    std::string error;
    if (!options_.follow_links || !inspect(path, entry, error)) {
      ++skipped_.links;
    } else if (entry.kind == DirectoryEntry::Kind::directory) {
      if (entry.inode == 0) {
        ++skipped_.links;  // may lead back to where we come from, again and again
      } else if (first_visit(entry)) {
        descend(path, false);
      }
    } else if (entry.kind == DirectoryEntry::Kind::file) {
      offer(path, entry, false, in_system32);
    }
  }

  /// Windows' own programs, tens of thousands of them.
  static bool in_component_store(const std::string& path) {
    std::string folded = pe::fold_case(path);
    std::replace(folded.begin(), folded.end(), '\\', '/');
    return folded.find("/windows/winsxs/") != std::string::npos;
  }

  /// Every directory is entered once; where the file system gives no identity, links are the only way to a loop, and
  /// those are not followed.
  bool first_visit(const DirectoryEntry& entry) {
    return entry.inode == 0 || visited_.insert({entry.device, entry.inode}).second;
  }

  /// Gigabytes that the kernel keeps locked in the root of a drive; they carry the suffix of drivers. In any other
  /// folder a file of such a name is a driver like others, and a fine place to hide.
  static bool is_paging_file(const std::string& name) {
    const std::string small = pe::fold_case(name);
    return small == "pagefile.sys" || small == "hiberfil.sys" || small == "swapfile.sys";
  }

  [[nodiscard]] bool is_volume_root(const std::string& directory) const {
    const std::string whole = absolute_path(directory);
    if (kDriveLetters && scanner::windows::is_drive_root(whole)) return true;
    return !options_.volume_root.empty() && same_name(whole) == same_name(absolute_path(options_.volume_root));
  }

  const Options& options_;
  const std::function<bool(Found)>& found_;
  const std::function<void(Trouble)>& trouble_;
  Skipped& skipped_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> visited_;
  bool stopped_ = false;
};

}  // namespace

void Skipped::add(const Skipped& other) {
  not_pe += other.not_pe;
  locked += other.locked;
  denied += other.denied;
  links += other.links;
  offline += other.offline;
  too_large += other.too_large;
  special += other.special;
  paging_files.insert(paging_files.end(), other.paging_files.begin(), other.paging_files.end());
  denied_folders.insert(denied_folders.end(), other.denied_folders.begin(), other.denied_folders.end());
}

std::uint64_t Skipped::total() const { return not_pe + locked + denied + links + offline + too_large + special; }

void walk(const std::string& path, const Options& options, const std::function<bool(Found)>& found,
          const std::function<void(Trouble)>& trouble, Skipped& skipped) {
  Walk(options, found, trouble, skipped).start(path);
}

PathFinder::PathFinder(const std::string& root) : root_(native_form(root)) {}

std::string PathFinder::find(std::string_view relative) {
  std::string path = root_;
  while (!relative.empty()) {
    const auto slash = relative.find('/');
    const std::string wanted = pe::fold_case(relative.substr(0, slash));
    relative = slash == std::string_view::npos ? std::string_view{} : relative.substr(slash + 1);
    const auto [directory, fresh] = names_.try_emplace(path);
    if (fresh) {
      std::vector<DirectoryEntry> entries;
      std::string error;
      bool denied = false;
      if (list_directory(path, entries, error, denied)) {
        // Of names that differ in case only, the first in byte order.
        for (const DirectoryEntry& entry : entries) directory->second.emplace(pe::fold_case(entry.name), entry.name);
      }
    }
    const auto found = directory->second.find(wanted);
    if (found == directory->second.end()) return {};
    path = join(path, found->second);
  }
  return path;
}

std::string find_path(const std::string& root, std::string_view relative) { return PathFinder(root).find(relative); }

std::string same_name(const std::string& path) { return kFoldCase ? pe::fold_case(path) : path; }

bool glob_match(std::string_view pattern, std::string_view text, bool fold_case) {
  const auto same = [fold_case](char a, char b) { return fold_case ? pe::equal_but_case({&a, 1}, {&b, 1}) : a == b; };
  std::size_t p = 0, t = 0, star = std::string_view::npos, retry = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || (pattern[p] != '*' && same(pattern[p], text[t])))) {
      ++p;
      ++t;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

pe::Result<FileBytes> read_file(const std::string& path, std::uint64_t max_size, Skipped& skipped) {
  FileBytes bytes;
  const auto length = read_file(path, max_size, skipped, bytes);
  if (!length) return length.error();
  bytes.resize(length.value());
  return bytes;
}

bool before_in_walk(std::string_view a, std::string_view b) {
  const auto separates = [](char c) { return c == '/' || c == kSeparator; };
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end(),
                                    [&separates](char c, char d) { return c == d || (separates(c) && separates(d)); });
  if (x == a.end() || y == b.end()) return a.size() < b.size();
  if (separates(*x) || separates(*y)) return separates(*x);
  return static_cast<unsigned char>(*x) < static_cast<unsigned char>(*y);
}

std::vector<std::string> expand_wildcards(std::vector<std::string> paths) {
  std::vector<std::string> out;
  for (std::string& path : paths) {
    std::vector<std::string> matches = matching(native_form(path));
    if (matches.empty() || exists(path)) {
      out.push_back(std::move(path));
    } else {
      out.insert(out.end(), std::make_move_iterator(matches.begin()), std::make_move_iterator(matches.end()));
    }
  }
  return out;
}

bool is_directory(const std::string& path) {
  DirectoryEntry entry;
  std::string error;
  return inspect(path, entry, error) && entry.kind == DirectoryEntry::Kind::directory;
}

bool exists(const std::string& path) {
  DirectoryEntry entry;
  std::string error;
  return inspect(path, entry, error);
}

}  // namespace scanner::walk
