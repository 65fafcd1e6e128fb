// Widths, shortening and quoting: what keeps lines inside a window and commands whole in a shell.
#include "scanner/report/screen.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace scanner::report;

TEST_CASE("columns are neither bytes nor characters") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc") == 3);
  CHECK(display_width("caf\xC3\xA9") == 4);
  CHECK(display_width("e\xCC\x81") == 1);            // a combining accent
  CHECK(display_width("漢字.sys") == 8);             // two columns each
  CHECK(display_width("\x1b[32;1mok\x1b[0m") == 2);  // colours
  CHECK(display_width("\xFF\xC3") == 2);
  CHECK(padded("漢", 4) == "漢  ");
}

TEST_CASE("a line is cut to a width, whatever it holds") {
  CHECK(fitted("short", 10) == "short");
  CHECK(fitted("a longer text", 8) == "a lon...");
  CHECK(fitted("a longer text", 8, true) == "a longe…");
  CHECK(fitted("\x1b[1mbold text\x1b[0m", 7) == "\x1b[1mbold...\x1b[0m");
  for (std::size_t columns = 0; columns < 12; ++columns) {
    CHECK(display_width(fitted("漢字漢字漢字", columns)) <= columns);
    CHECK(display_width(fitted("abc漢字defgh", columns, true)) <= columns);
  }
}

TEST_CASE("a path is shortened in the middle, and the name of the file stays") {
  const std::string path = "/mnt/server7/c/Users/Helpdesk/Desktop/notmyfault/myfault.sys";
  CHECK(shortened_path(path, 100) == path);
  CHECK(shortened_path(path, 40) == "/mnt/.../Desktop/notmyfault/myfault.sys");
  CHECK(shortened_path(path, 16) == ".../myfault.sys");
  CHECK(shortened_path(path, 11) == "myfault.sys");
  CHECK(shortened_path("C:\\Windows\\System32\\drivers\\x.sys", 27, true) == "C:\\…\\System32\\drivers\\x.sys");
  for (std::size_t columns = 0; columns < 70; ++columns) {
    for (const std::string& each : {path, std::string("C:\\a\\漢字漢字漢字\\漢字漢字漢字.sys"), std::string(200, 'x'),
                                    std::string("/") + std::string(80, 'y') + ".sys"}) {
      CHECK(display_width(shortened_path(each, columns)) <= columns);
      CHECK(display_width(shortened_path(each, columns, true)) <= columns);
    }
  }
}

TEST_CASE("text is wrapped at blanks, long words where the line ends") {
  CHECK(wrapped("one two three", 7) == "one two\nthree");
  CHECK(wrapped("one two three", 8, 2) == "one two\n  three");
  CHECK(wrapped("abcdefghij", 4) == "abcd\nefgh\nij");
  CHECK(wrapped("  kept", 20) == "  kept");
  for (std::size_t columns = 6; columns < 60; ++columns) {
    std::istringstream lines(
        wrapped("a driver of 漢字漢字漢字漢字 allocates 0x1234567890123456789012345678901234567890 there", columns, 4));
    for (std::string line; std::getline(lines, line);) CHECK(display_width(line) <= columns);
  }
}

TEST_CASE("a word goes through the shell it is quoted for as it is") {
  CHECK(shell_quoted("Leak", Shell::posix) == "Leak");
  CHECK(shell_quoted("my dir/it's", Shell::posix) == "'my dir/it'\\''s'");
  CHECK(shell_quoted("$HOME", Shell::posix) == "'$HOME'");
  CHECK(shell_quoted("", Shell::posix) == "''");
  CHECK(shell_quoted("C:\\", Shell::windows) == "C:\\");
  CHECK(shell_quoted("C:\\my dir\\", Shell::windows) == "\"C:\\my dir\\\\\"");
  CHECK(shell_quoted("poolmon*.txt", Shell::windows) == "\"poolmon*.txt\"");
  using tagdb::PoolTag;
  CHECK(tag_argument(PoolTag::from_text("Leak"), Shell::windows) == "Leak");
  CHECK(tag_argument(PoolTag::from_text("Io  "), Shell::windows) == "\"Io  \"");
  CHECK(tag_argument(PoolTag::from_text("Io  "), Shell::posix) == "'Io  '");
  CHECK(tag_argument(PoolTag::from_text("%AB%"), Shell::windows) == "\\x25AB\\x25");
  CHECK(tag_argument(PoolTag::from_text("it's"), Shell::posix) == "'it'\\''s'");
  CHECK(tag_argument(PoolTag::from_text("-abc"), Shell::posix) == "'\\x2dabc'");
}
