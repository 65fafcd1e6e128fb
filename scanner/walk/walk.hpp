// Which files, in which order. The walk is depth-first with names in byte order, so results are in path order whatever
// the file system says. Links are not followed, every directory is entered once, and what is passed over is counted by
// reason. POSIX and Windows differ in walk_posix.cpp and walk_win32.cpp; what to take is decided here, in walk.cpp.
#pragma once

#include <boost/align/aligned_allocator.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pe/result.hpp"

namespace scanner::walk {

struct Options {
  std::vector<std::string> include;  ///< globs on the file name, or on the path when they hold a slash; empty: all
  std::vector<std::string> exclude;
  bool any_suffix = false;
  bool programs = false;  ///< every .exe and .dll is delivered, too, native_only like those of System32
  bool follow_links = false;
  bool read_offline = false;                   ///< files whose reading downloads them are taken too
  std::uint64_t max_file_size = 512ULL << 20;  ///< bytes; no driver comes near
  std::vector<std::string> done;               ///< directories that an earlier walk covered: not entered again
  std::set<std::string> done_files;            ///< files that an earlier walk delivered, as same_name() gives them
  std::string volume_root;                     ///< where Windows keeps paging files; drive roots count anyway
  std::function<bool()> stop;                  ///< asked before every directory; may be empty
};

struct Skipped {
  std::uint64_t not_pe = 0, locked = 0, denied = 0, links = 0, offline = 0, too_large = 0, special = 0;
  std::vector<std::string> paging_files;    ///< paths of those among `locked` that were passed over for their name
  std::vector<std::string> denied_folders;  ///< paths of those among `denied`

  void add(const Skipped& other);
  [[nodiscard]] std::uint64_t total() const;
};

struct Found {
  std::string path;  ///< as the operating system's bytes; on Windows UTF-8 with backslashes
  std::uint64_t size = 0;
  std::int64_t modified = 0;            ///< nanoseconds since 1970; 0: not known
  std::uint64_t device = 0, inode = 0;  ///< identify the file across hard links; inode 0: not known
  std::uint64_t links = 1;              ///< names that the file has; a lister that does not know says 2
  bool known_link = false;              ///< another name of a file that came before
  bool named = false;                   ///< the user named this file: taken whatever its suffix
  bool native_only = false;             ///< an .exe or .dll of System32: counts only when its subsystem is native
};

struct Trouble {
  std::string path, message;
  bool named = false;  ///< the user named it: exit code 2
};

/// Visits everything below `path` (or `path` itself when it is a file). Return false from `found` to stop.
void walk(const std::string& path, const Options& options, const std::function<bool(Found)>& found,
          const std::function<void(Trouble)>& trouble, Skipped& skipped);

/// What files are read into begins on a cache line: the kernel copies four times as fast to there as it does 16 bytes
/// behind it (where malloc() puts large blocks).
using FileBytes = std::vector<std::uint8_t, boost::alignment::aligned_allocator<std::uint8_t, 64>>;

/// Reads a whole regular file. The message of the error names the reason, not the path.
pe::Result<FileBytes> read_file(const std::string& path, std::uint64_t max_size, Skipped& skipped);

/// What a large file must begin with to be read further. `image`: with MZ; of others only the first bytes are read, and
/// what opens images says what is missing. `head`: only the first kHead bytes.
enum class Content { any, image, head };

/// The same into `bytes`, whose memory is used again; it may be longer than the file. Returns the length of what was
/// read. `more` is told how many bytes are there after each piece, while that is still in the processor's cache.
pe::Result<std::size_t> read_file(const std::string& path, std::uint64_t max_size, Skipped& skipped, FileBytes& bytes,
                                  Content content = Content::any, const std::function<void(std::size_t)>& more = {});

#ifdef _WIN32
inline constexpr const char* kHowToBeAllowed = "run as an administrator";
#else
inline constexpr const char* kHowToBeAllowed = "run as root";
#endif

constexpr std::size_t kHead = 4096;           ///< bytes; the headers of an image are there
constexpr std::size_t kPiece = 1U << 17;      ///< bytes of a piece
constexpr std::size_t kSmallFile = 1U << 18;  ///< bytes that are read whatever they begin with

/// Is `a` before `b` in the order of the walk? A slash is less than every other character.
bool before_in_walk(std::string_view a, std::string_view b);

/// Case-insensitive look-up of `relative` ("Windows/System32/drivers") below `root`; empty when it does not exist.
std::string find_path(const std::string& root, std::string_view relative);

/// Many such look-ups below one root: each directory is listed once.
class PathFinder {
 public:
  explicit PathFinder(const std::string& root);
  /// Empty when it does not exist.
  std::string find(std::string_view relative);

 private:
  std::string root_;
  std::map<std::string, std::map<std::string, std::string>> names_;  ///< directory → folded name → name
};

/// The key under which a path is compared: without case where the file system has none.
std::string same_name(const std::string& path);

/// Shell-style match with * and ?; `fold_case` for file systems that ignore case.
bool glob_match(std::string_view pattern, std::string_view text, bool fold_case);

/// Names that no shell has expanded (Windows): each that holds * or ? becomes the files that match, in byte order.
/// A name that matches nothing stays, so that it is the one that is missing.
std::vector<std::string> expand_wildcards(std::vector<std::string> paths);

bool is_directory(const std::string& path);
bool exists(const std::string& path);

// --- what the platform files provide
// -----------------------------------------------------------------------------------

struct DirectoryEntry {
  enum class Kind { file, directory, link, special, unknown };
  std::string name;
  Kind kind = Kind::file;
  std::uint64_t size = 0;
  std::int64_t modified = 0;            ///< nanoseconds since 1970; 0: not known
  std::uint64_t device = 0, inode = 0;  ///< identify a file across names; inode 0: the file system does not say
  std::uint64_t links = 1;              ///< names that the file has; a lister that does not know says 2
  bool offline = false;                 ///< reading it would download it
  bool denied = false;                  ///< unknown: for lack of rights
  std::string error;                    ///< unknown: why it cannot be told what it is
};

/// Entries of one directory in byte order of their names; false with `error` when it cannot be read.
bool list_directory(const std::string& path, std::vector<DirectoryEntry>& entries, std::string& error, bool& denied);
/// The path as shown and opened from here on: on Windows with backslashes, elsewhere as it is.
std::string native_form(const std::string& path);
/// Absolute, with "." and ".." taken out and forward slashes; links stay what they are.
std::string absolute_path(const std::string& path);
/// Follows links; false when it does not exist.
bool inspect(const std::string& path, DirectoryEntry& entry, std::string& error);

}  // namespace scanner::walk
