// The POSIX half of the walk: directories through Boost.Filesystem, identity of files and reads through system calls.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <cerrno>
#include <cstring>

#include "scanner/walk/walk.hpp"

namespace scanner::walk {
namespace {

void fill(const struct stat& status, DirectoryEntry& entry) {
  entry.size = static_cast<std::uint64_t>(status.st_size);
  entry.device = status.st_dev;
  entry.inode = status.st_ino;
  entry.links = status.st_nlink;
  entry.modified = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  entry.kind = S_ISREG(status.st_mode)   ? DirectoryEntry::Kind::file
               : S_ISDIR(status.st_mode) ? DirectoryEntry::Kind::directory
               : S_ISLNK(status.st_mode) ? DirectoryEntry::Kind::link
                                         : DirectoryEntry::Kind::special;
}

std::string reason(int code) {
  if (code == ENOENT) return "no such file or directory";
  if (code == EACCES) return "permission denied (run as root, or as an administrator of the volume)";
  return std::strerror(code);
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

}  // namespace

bool list_directory(const std::string& path, std::vector<DirectoryEntry>& entries, std::string& error, bool& denied) {
  boost::system::error_code code;
  boost::filesystem::directory_iterator it(path, code);
  while (!code && it != boost::filesystem::directory_iterator()) {
    DirectoryEntry entry;
    entry.name = it->path().filename().string();
    struct stat status {};
    // A file that vanished since the directory was read is simply not there; anything else is told.
    const int failed = ::lstat(it->path().c_str(), &status) == 0 ? 0 : errno;
    if (failed == 0) {
      fill(status, entry);
    } else {
      entry.kind = DirectoryEntry::Kind::unknown;
      entry.denied = failed == EACCES || failed == EPERM;
      entry.error = reason(failed);
    }
    if (failed != ENOENT) entries.push_back(std::move(entry));
    it.increment(code);
  }
  if (code) {
    denied = code.value() == EACCES || code.value() == EPERM;
    error = reason(code.value());
    return false;
  }
  std::sort(entries.begin(), entries.end(),
            [](const DirectoryEntry& a, const DirectoryEntry& b) { return a.name < b.name; });
  return true;
}

std::string native_form(const std::string& path) { return path; }

std::string absolute_path(const std::string& path) {
  boost::system::error_code code;
  const boost::filesystem::path here = boost::filesystem::current_path(code);
  std::string text = boost::filesystem::absolute(path, here).lexically_normal().generic_string();
  // "a/." and "a/" normalise to what still ends in a slash or a dot.
  while (text.size() > 1 && (text.ends_with('/') || text.ends_with("/."))) text.pop_back();
  return text;
}

bool inspect(const std::string& path, DirectoryEntry& entry, std::string& error) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    error = reason(errno);
    return false;
  }
  fill(status, entry);
  return true;
}

pe::Result<std::size_t> read_file(const std::string& path, std::uint64_t max_size, Skipped& skipped, FileBytes& bytes,
                                  Content content, const std::function<void(std::size_t)>& more) {
  // O_NONBLOCK: a FIFO that took the file's place since the walk must not block us.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return pe::Error{pe::Fault::unreadable, reason(errno)};
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return pe::Error{pe::Fault::unreadable, reason(errno)};
  if (!S_ISREG(status.st_mode)) return pe::Error{pe::Fault::unreadable, "is not a regular file"};
  if (static_cast<std::uint64_t>(status.st_size) > max_size) {
    ++skipped.too_large;
    return pe::Error{pe::Fault::unreadable, "is larger than --max-filesize"};
  }
  auto size = static_cast<std::size_t>(status.st_size);
  if (content == Content::head) size = std::min(size, kHead);
  if (content == Content::image && size > kSmallFile) {
    std::array<std::uint8_t, 2> head{};
    const bool read = ::pread(file.get(), head.data(), head.size(), 0) == static_cast<::ssize_t>(head.size());
    if (read && (head[0] != 'M' || head[1] != 'Z')) {
      bytes.assign(head.begin(), head.end());
      return head.size();
    }
  }
  // In powers of two, and without copying what is in the buffer: first touches of memory are dear.
  if (bytes.size() < size) {
    FileBytes().swap(bytes);
    bytes.resize(std::bit_ceil(std::max(size, kSmallFile)));
  }
  std::size_t got = 0;
  while (got < size) {
    const ::ssize_t count = ::read(file.get(), bytes.data() + got, more ? std::min(size - got, kPiece) : size - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return pe::Error{pe::Fault::unreadable, reason(errno)};
    if (count == 0) break;  // it shrank while we read
    got += static_cast<std::size_t>(count);
    if (more) more(got);
  }
  return got;
}

}  // namespace scanner::walk
