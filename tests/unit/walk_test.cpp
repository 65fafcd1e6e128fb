// What the walk takes and what it passes over, on a tree made here.
#include "scanner/walk/walk.hpp"

#include <doctest/doctest.h>

#include <boost/filesystem.hpp>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "scanner/platform/windows_rules.hpp"

namespace fs = boost::filesystem;
namespace walk = scanner::walk;

namespace {

class Tree {
 public:
  explicit Tree(const std::string& name) : root_(fs::temp_directory_path() / ("poolwho-walk-" + name)) {
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() { fs::remove_all(root_); }

  void add(const std::string& relative) const {
    fs::create_directories((root_ / relative).parent_path());
    std::ofstream((root_ / relative).string()) << "content";
  }
  [[nodiscard]] std::string path() const { return root_.string(); }

  /// Paths below the root, as the walk delivers them.
  [[nodiscard]] std::vector<std::string> walked(const std::string& from, const walk::Options& options,
                                                walk::Skipped& skipped) const {
    std::vector<std::string> names;
    walk::walk(
        from, options,
        [&](const walk::Found& found) {
          names.push_back(fs::path(found.path).lexically_relative(root_).generic_string());
          return true;
        },
        [](const walk::Trouble&) {}, skipped);
    return names;
  }

 private:
  fs::path root_;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a file with the name of a paging file is passed over in the root of a volume only") {
  const Tree tree("paging");
  for (const char* name : {"PageFile.sys", "swapfile.sys", "a.sys", "drivers/swapfile.sys", "drivers/hiberfil.sys"})
    tree.add(name);
  walk::Options options;
  walk::Skipped skipped;
  CHECK(tree.walked(tree.path(), options, skipped) ==
        Names{"PageFile.sys", "a.sys", "drivers/hiberfil.sys", "drivers/swapfile.sys", "swapfile.sys"});
  CHECK(skipped.total() == 0);

  options.volume_root = tree.path() + "/drivers/../";  // however it is spelled
  CHECK(tree.walked(tree.path(), options, skipped) == Names{"a.sys", "drivers/hiberfil.sys", "drivers/swapfile.sys"});
  CHECK(skipped.locked == 2);
  CHECK(skipped.paging_files == Names{tree.path() + "/PageFile.sys", tree.path() + "/swapfile.sys"});

  // A folder of the volume that is walked by itself is no root.
  walk::Skipped none;
  CHECK(tree.walked(tree.path() + "/drivers", options, none) == Names{"drivers/hiberfil.sys", "drivers/swapfile.sys"});
  CHECK(none.total() == 0);
  // Neither does the rule hold for a file that is named.
  CHECK(tree.walked(tree.path() + "/swapfile.sys", options, none) == Names{"swapfile.sys"});
}

TEST_CASE("roots of drives") {
  for (const char* path : {"C:\\", "c:/", "\\\\?\\Z:\\", "//?/D:/", "\\\\.\\C:\\"})
    CHECK(scanner::windows::is_drive_root(path));
  for (const char* path : {"C:", "C:\\x", "/", "\\\\server\\c$\\", "1:\\", "\\\\?\\C:", "C:\\\\", ""})
    CHECK_FALSE(scanner::windows::is_drive_root(path));
}

TEST_CASE("of a large file that is no image only the beginning is read") {
  const Tree tree("large");
  tree.add("large.sys");
  tree.add("small.sys");
  const std::string path = tree.path() + "/large.sys";
  constexpr std::uint64_t kLarge = 64ULL << 20;
  fs::resize_file(path, kLarge);
  walk::Skipped skipped;
  walk::FileBytes bytes;
  const auto head = walk::read_file(path, kLarge, skipped, bytes, walk::Content::image);
  REQUIRE(head);
  CHECK(head.value() == 2);
  CHECK(bytes.capacity() < 1U << 20);
  CHECK(bytes[0] == 'c');
  // A log, and whatever begins as an image does, is read whole; so is a small file.
  CHECK(walk::read_file(path, kLarge, skipped, bytes).value() == kLarge);
  std::fstream(path, std::ios::in | std::ios::out) << "MZ";
  CHECK(walk::read_file(path, kLarge, skipped, bytes, walk::Content::image).value() == kLarge);
  CHECK(bytes[1] == 'Z');
  CHECK(reinterpret_cast<std::uintptr_t>(bytes.data()) % 64 == 0);
  CHECK(walk::read_file(tree.path() + "/small.sys", kLarge, skipped, bytes, walk::Content::image).value() == 7);
}

TEST_CASE("devices and pipes of Windows") {
  for (const char16_t* path : {u"\\\\.\\NUL", u"\\\\.\\pipe\\x", u"//./CON"})
    CHECK(scanner::windows::is_device_path(path));
  for (const char16_t* path : {u"\\\\.\\C:\\x", u"\\\\?\\C:\\NUL.txt", u"C:\\x", u"\\\\server\\share", u""})
    CHECK_FALSE(scanner::windows::is_device_path(path));
}
