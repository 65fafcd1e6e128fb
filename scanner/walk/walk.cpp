#include "scanner/walk/walk.hpp"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <cctype>
#include <set>

namespace scanner::walk {
namespace {

#ifdef _WIN32
constexpr bool kFoldCase = true;
#else
constexpr bool kFoldCase = false;
#endif

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return out;
}

std::string_view file_name(std::string_view path) { return path.substr(path.find_last_of("/\\") + 1); }

std::string join(const std::string& directory, const std::string& name) {
  if (directory.empty()) return name;
  const char last = directory.back();
  return last == '/' || last == '\\' ? directory + name : directory + "/" + name;
}

bool matches_any(const std::vector<std::string>& globs, const std::string& path) {
  return std::any_of(globs.begin(), globs.end(), [&path](const std::string& glob) {
    const bool on_path = glob.find('/') != std::string::npos;
    return glob_match(glob, on_path ? std::string_view(path) : file_name(path), kFoldCase);
  });
}

class Walk {
 public:
  Walk(const Options& options, const std::function<bool(Found)>& found, const std::function<void(Trouble)>& trouble,
       Skipped& skipped)
      : options_(options), found_(found), trouble_(trouble), skipped_(skipped) {}

  void start(const std::string& path) {
    DirectoryEntry entry;
    std::string error;
    if (!inspect(path, entry, error)) {
      trouble_({path, error, true});
      return;
    }
    if (entry.kind == DirectoryEntry::Kind::directory) {
      visited_.insert({entry.device, entry.inode});
      descend(path, true);
    } else if (entry.kind == DirectoryEntry::Kind::special) {
      trouble_({path, "is neither a file nor a directory", true});
    } else {
      offer(path, entry, true, false);
    }
  }

 private:
  void offer(const std::string& path, const DirectoryEntry& entry, bool named, bool in_system32) {
    if (!named) {
      if (matches_any(options_.exclude, path)) return;
      if (!options_.include.empty() && !matches_any(options_.include, path)) return;
    }
    Found file{path, entry.size, entry.modified, entry.device, entry.inode, entry.links, false, named, false};
    const std::string name = lower(file_name(path));
    const bool module = name.ends_with(".exe") || name.ends_with(".dll");
    if (!named && !options_.any_suffix && !name.ends_with(".sys")) {
      if (!module || !in_system32) {
        if (options_.include.empty() || !module) return;
      }
      file.native_only = true;
    }
    if (entry.offline) {
      ++skipped_.offline;
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
      } else {
        trouble_({directory, error, named});
      }
      return;
    }
    const bool in_system32 = lower(file_name(directory)) == "system32";
    for (const DirectoryEntry& entry : entries) {
      if (stopped_) return;
      const std::string path = join(directory, entry.name);
      switch (entry.kind) {
        case DirectoryEntry::Kind::directory:
          if (visited_.insert({entry.device, entry.inode}).second) descend(path, false);
          break;
        case DirectoryEntry::Kind::link: follow(path, in_system32); break;
        case DirectoryEntry::Kind::special:
          if (lower(entry.name).ends_with(".sys")) ++skipped_.special;
          break;
        case DirectoryEntry::Kind::file:
          if (is_paging_file(entry.name)) {
            ++skipped_.locked;
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
      if (visited_.insert({entry.device, entry.inode}).second) descend(path, false);
    } else if (entry.kind == DirectoryEntry::Kind::file) {
      offer(path, entry, false, in_system32);
    }
  }

  /// Gigabytes that the kernel keeps locked; they carry the suffix of drivers.
  static bool is_paging_file(const std::string& name) {
    const std::string small = lower(name);
    return small == "pagefile.sys" || small == "hiberfil.sys" || small == "swapfile.sys";
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
}

std::uint64_t Skipped::total() const { return not_pe + locked + denied + links + offline + too_large + special; }

void walk(const std::string& path, const Options& options, const std::function<bool(Found)>& found,
          const std::function<void(Trouble)>& trouble, Skipped& skipped) {
  Walk(options, found, trouble, skipped).start(path);
}

std::string find_path(const std::string& root, std::string_view relative) {
  std::string path = root;
  while (!relative.empty()) {
    const auto slash = relative.find('/');
    const std::string wanted = lower(relative.substr(0, slash));
    relative = slash == std::string_view::npos ? std::string_view{} : relative.substr(slash + 1);
    std::vector<DirectoryEntry> entries;
    std::string error;
    bool denied = false;
    if (!list_directory(path, entries, error, denied)) return {};
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&wanted](const DirectoryEntry& entry) { return lower(entry.name) == wanted; });
    if (found == entries.end()) return {};
    path = join(path, found->name);
  }
  return path;
}

std::string absolute_path(const std::string& path) {
  boost::system::error_code code;
  const boost::filesystem::path here = boost::filesystem::current_path(code);
  std::string text = boost::filesystem::absolute(path, here).lexically_normal().generic_string();
  // "a/." and "a/" normalise to what still ends in a slash or a dot.
  while (text.size() > 1 && (text.ends_with('/') || text.ends_with("/."))) text.pop_back();
  return text;
}

bool glob_match(std::string_view pattern, std::string_view text, bool fold_case) {
  const auto same = [fold_case](char a, char b) {
    return fold_case ? std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b))
                     : a == b;
  };
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

pe::Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::uint64_t max_size, Skipped& skipped) {
  std::vector<std::uint8_t> bytes;
  const auto length = read_file(path, max_size, skipped, bytes);
  if (!length) return length.error();
  bytes.resize(length.value());
  return bytes;
}

bool before_in_walk(std::string_view a, std::string_view b) {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (x == a.end() || y == b.end()) return a.size() < b.size();
  if (*x == '/' || *y == '/') return *x == '/';
  return static_cast<unsigned char>(*x) < static_cast<unsigned char>(*y);
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
