// What `leaks --live` draws, on a small terminal of our own: a pseudo terminal with a child that watches a made-up
// machine, and an emulator of the few escape sequences that may occur.
#ifndef _WIN32
#include <doctest/doctest.h>
#include <poll.h>
#include <pty.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/filesystem.hpp>
#include <csignal>
#include <iostream>
#include <sstream>

#include "log_reading.hpp"
#include "scanner/commands/commands.hpp"
#include "scanner/platform/console.hpp"
#include "scanner/report/live_table.hpp"

using namespace scanner::poolmon;
using scanner::report::LiveTable;
using tagdb::PoolTag;

namespace {

/// Text, CR, LF, and ESC [ n A, H, J, K, m. Lines that scroll off the top are kept.
class Screen {
 public:
  Screen(std::size_t columns, std::size_t rows) : columns_(columns), lines_(rows) {}

  void feed(const std::string& text) {
    for (const char c : text) take(c);
  }
  [[nodiscard]] std::vector<std::string> all() const {
    std::vector<std::string> out = history_;
    out.insert(out.end(), lines_.begin(), lines_.end());
    return out;
  }
  [[nodiscard]] std::size_t count(const std::string& part) const {
    const auto lines = all();
    return static_cast<std::size_t>(std::count_if(
        lines.begin(), lines.end(), [&part](const std::string& line) { return line.find(part) != std::string::npos; }));
  }
  std::string unknown;  ///< sequences that nobody should send

 private:
  void take(char c) {
    if (!escape_.empty()) {
      escape_ += c;
      if (escape_.size() == 2 && c == '[') return;
      if ((c >= '0' && c <= '9') || c == ';') return;
      run();
      escape_.clear();
    } else if (c == '\x1b') {
      escape_ = c;
    } else if (c == '\r') {
      column_ = 0;
    } else if (c == '\n') {
      down();
    } else {
      if (column_ == columns_) {
        column_ = 0;
        down();
      }
      std::string& line = lines_[row_];
      if (line.size() <= column_) line.resize(column_ + 1, ' ');
      line[column_++] = c;
    }
  }
  void down() {
    if (++row_ < lines_.size()) return;
    history_.push_back(lines_.front());
    lines_.erase(lines_.begin());
    lines_.emplace_back();
    row_ = lines_.size() - 1;
  }
  void run() {
    const std::size_t number = escape_.size() > 3 ? std::strtoul(escape_.c_str() + 2, nullptr, 10) : 0;
    switch (escape_.back()) {
      case 'A': row_ -= std::min(row_, std::max<std::size_t>(number, 1)); break;
      case 'H': row_ = column_ = 0; break;
      case 'K': lines_[row_].resize(std::min(lines_[row_].size(), column_)); break;
      case 'J':
        lines_[row_].resize(std::min(lines_[row_].size(), column_));
        for (std::size_t i = row_ + 1; i < lines_.size(); ++i) lines_[i].clear();
        break;
      case 'm': break;
      default: unknown += escape_.substr(1) + " ";
    }
  }

  std::size_t columns_, row_ = 0, column_ = 0;
  std::vector<std::string> lines_, history_;
  std::string escape_;
};

/// `count` tags; "Leak" grows by 4096 bytes a look, the others stand still.
Snapshot look(std::int64_t number, unsigned count) {
  Snapshot snapshot;
  snapshot.time = LogTime{1000000000 + 60 * number, 1000000000 + 60 * number, false, false, true};
  for (unsigned i = 0; i < count; ++i) {
    Row row;
    row.tag = i == 0 ? PoolTag::from_text("Leak") : PoolTag(0x30303054U + (i << 24));
    row.pool = i % 2 == 0 ? Pool::nonpaged : Pool::paged;
    const std::int64_t diff = i == 0 ? 100 + 4 * number : 1000 * i;
    row.diff = diff;
    row.allocs = diff + 7;
    row.frees = 7;
    row.bytes = diff * 1024;
    snapshot.rows.push_back(row);
  }
  return snapshot;
}

class Growing final : public LiveProvider {
 public:
  pe::Result<std::vector<LiveTag>> snapshot() override {
    std::vector<LiveTag> tags;
    for (const Row& row : look(looks_++, 40).rows) {
      LiveTag tag;
      tag.tag = row.tag;
      tag.pool = row.pool == Pool::paged ? LivePool::paged : LivePool::nonpaged;
      tag.allocs = static_cast<std::uint32_t>(*row.allocs);
      tag.frees = static_cast<std::uint32_t>(*row.frees);
      tag.bytes = static_cast<std::uint64_t>(*row.bytes);
      tags.push_back(tag);
    }
    return tags;
  }

 private:
  std::int64_t looks_ = 0;
};

int watch_growing() {
  static scanner::StopFlag stop;  // signals reach it as long as the process lives
  scanner::prepare_console(stop);
  scanner::Options options;
  options.verb = scanner::Verb::leaks;
  options.live = true;
  options.every_seconds = 0.03;
  scanner::Diagnostics diagnostics(options, {std::cout, std::cerr, true, true}, stop);
  scanner::Inputs inputs(options);
  if (!load(inputs, diagnostics)) return 99;
  scanner::ScanSession session(inputs, diagnostics);
  const int code = scanner::run_leaks(inputs, diagnostics, session, std::make_unique<Growing>());
  std::cout.flush();
  return code;
}

std::string nobody(PoolTag) { return {}; }

}  // namespace

TEST_CASE("frames are drawn over each other, within the window") {
  for (const unsigned columns : {200U, 100U, 80U, 60U, 40U, 20U}) {
    INFO("columns ", columns);
    LiveTable table({true, true}, [](PoolTag tag) { return tag.text() == "Leak" ? "myfault.sys" : "x\x1b[2J"; });
    Screen screen(columns, 14);
    screen.feed("before\r\n");
    for (std::int64_t number = 0; number < 30; ++number) {
      std::string frame = table.frame(look(number, 40), columns, 14);
      for (std::size_t at = 0; (at = frame.find('\n', at)) != std::string::npos; at += 2) frame.insert(at, 1, '\r');
      screen.feed(frame);
    }
    screen.feed(table.close() + "after\r\n");
    CHECK(screen.unknown.empty());
    CHECK(screen.count("look ") == 1);
    CHECK(screen.count("look 30") == 1);
    CHECK(screen.count("before") == 1);
    CHECK(screen.count("after") == 1);
    const auto lines = screen.all();
    const auto leak =
        std::find_if(lines.begin(), lines.end(), [](const std::string& line) { return line.find(" Leak ") == 0; });
    REQUIRE(leak != lines.end());
    CHECK((leak - 1)->find(" Tag") == 0);  // what grew stands first
    CHECK(std::count_if(lines.begin(), lines.end(), [](const std::string& line) { return !line.empty(); }) == 15);
    if (columns >= 100) {
      CHECK(leak->find("+4096") != std::string::npos);
      CHECK(leak->find("+118784") != std::string::npos);
      CHECK(leak->find("myfault.sys") != std::string::npos);
      CHECK((leak + 1)->find("\\x1b[2J") != std::string::npos);  // a name is text
    }
  }
}

TEST_CASE("a window that changes its width is drawn anew, one that is too low shows what fits") {
  LiveTable table({true, false}, nobody);
  CHECK(table.frame(look(0, 40), 100, 14).find("\x1b[H") == std::string::npos);
  CHECK(table.frame(look(1, 40), 80, 14).find("\x1b[H\x1b[J") == 0);
  const std::string low = table.frame(look(2, 40), 80, 6);
  CHECK(std::count(low.begin(), low.end(), '\n') == 5);
}

TEST_CASE("tables that are not drawn over are a log that can be read again") {
  LiveTable table({false, false}, [](PoolTag) { return "listed: nt!mm"; });
  std::string text;
  for (std::int64_t number = 0; number < 3; ++number) text += table.frame(look(number, 5), 132, 24);
  CHECK(text.find('\x1b') == std::string::npos);
  const log_reading::Read log = log_reading::read(text);
  CHECK(log.problems.empty());
  REQUIRE(log.snapshots.size() == 3);
  CHECK(log.snapshots[2].time->seconds == 1000000120);
  CHECK(log_reading::rows(log.snapshots[2]).at(0) == "Leak nonpaged 115 7 108 110592");
  CHECK(log.snapshots[2].rows.size() == 5);
}

TEST_CASE("a frame is one write") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0);
  std::cout.flush();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    scanner::write_at_once(std::cout, std::string(9000, 'x') + "\n" + std::string(9000, 'y') + "\n");
    ::_exit(0);
  }
  std::string got(40000, '\0');
  CHECK(::recv(ends[0], got.data(), got.size(), 0) == 18002);
  ::waitpid(child, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("beside a tag stands who allocates with it, as a catalogue knows") {
  const auto folder = boost::filesystem::temp_directory_path() / ("live-view-" + std::to_string(::getpid()));
  boost::filesystem::create_directories(folder);
  scanner::Options options;
  options.verb = scanner::Verb::survey;
  options.paths = {SOURCE_ROOT "/data/sample"};
  options.store = (folder / "sample.db").string();
  std::ostringstream out, err;
  scanner::StopFlag stop;
  REQUIRE(scanner::run_command(options, {out, err}, stop) == scanner::kExitFound);
  auto answers = scanner::catalog::Answers::open(*options.store, tagdb::builtin_api_table());
  REQUIRE(answers);
  CHECK(answers.value()->who_allocates(PoolTag::from_text("Leak")) == "myfault.sys");
  CHECK(answers.value()->who_allocates(PoolTag::from_text("Nope")).empty());
  answers.value().reset();
  boost::filesystem::remove_all(folder);
}

TEST_CASE("--live on a terminal: the table stays where it is, and Ctrl-C ends with the report") {
  winsize window{};
  window.ws_col = 100;
  window.ws_row = 16;
  int terminal = -1;
  std::cout.flush();
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &window);
  REQUIRE(child >= 0);
  if (child == 0) {
    ::setenv("TERM", "xterm", 1);
    ::setenv("LC_ALL", "C", 1);
    ::alarm(60);
    ::_exit(watch_growing());
  }
  std::string output;
  bool stopped = false, ended = false;
  for (unsigned round = 0; round < 3000 && !ended; ++round) {
    pollfd ready{terminal, POLLIN, 0};
    if (::poll(&ready, 1, 20) <= 0) continue;
    std::string part(65536, '\0');
    const ssize_t got = ::read(terminal, part.data(), part.size());
    ended = got <= 0;
    if (got > 0) output.append(part, 0, static_cast<std::size_t>(got));
    if (!stopped && output.find("look 12,") != std::string::npos) {
      stopped = true;
      CHECK(::write(terminal, "\x03", 1) == 1);
    }
  }
  if (!ended) ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(terminal);
  CHECK(stopped);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) <= 1);
  CHECK(output.find("\x1b[?") == std::string::npos);  // no other screen, no hidden cursor that would stay hidden
  Screen screen(100, 16);
  screen.feed(output);
  INFO(output);
  CHECK(screen.unknown.empty());
  CHECK(screen.count("look ") == 1);
  CHECK(screen.count("Per Alloc") == 1);
  CHECK(screen.count("of this machine") == 1);
  CHECK(screen.count("snapshots tell no time") == 0);
  const auto lines = screen.all();
  const auto report = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find(" snapshots of this machine") != std::string::npos;
  });
  REQUIRE(report != lines.end());
  CHECK(std::any_of(report, lines.end(), [](const std::string& line) { return line.find("Leak") == 0; }));
}
#endif
