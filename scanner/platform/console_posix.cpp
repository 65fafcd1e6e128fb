#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string_view>

#include "scanner/platform/console.hpp"

namespace scanner {

namespace {

std::atomic<StopFlag*> stop_on_signal{nullptr};  // a handler gets nothing else

void on_signal(int number) {
  StopFlag* stop = stop_on_signal;
  if (stop == nullptr || stop->interrupted()) {
    ::signal(number, SIG_DFL);
    ::raise(number);  // a second Ctrl-C ends at once
    return;
  }
  stop->interrupt();
}

}  // namespace

void prepare_console(StopFlag& stop) {
  // Without this, what is opened next (a catalogue, say) would become the standard stream that the caller closed.
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) == -1 && ::open("/dev/null", O_RDONLY) != stream) std::abort();
  }
  std::signal(SIGPIPE, SIG_IGN);
  struct sigaction action {};
  stop_on_signal = &stop;
  action.sa_handler = on_signal;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

std::vector<std::string> arguments(int argc, char** argv) {
  return argc > 1 ? std::vector<std::string>(argv + 1, argv + argc) : std::vector<std::string>();
}

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) != 0; }

bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) != 0; }

bool terminal_shows_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale(value);
    return locale.find("UTF-8") != std::string_view::npos || locale.find("utf8") != std::string_view::npos;
  }
  return false;
}

bool stdout_is_color_terminal() {
  const char* term = std::getenv("TERM");
  const char* no_color = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) != 0 && term != nullptr && std::string_view(term) != "dumb" &&
         (no_color == nullptr || *no_color == '\0');
}

bool stdout_redraws() {
  const char* term = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) != 0 && term != nullptr && std::string_view(term) != "dumb";
}

bool stderr_redraws() {
  const char* term = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) != 0 && term != nullptr && std::string_view(term) != "dumb";
}

bool stderr_knows_escapes() { return stderr_redraws(); }

TerminalSize terminal_size(Stream stream) {
  TerminalSize size;
  winsize window{};
  const int file = stream == Stream::out ? STDOUT_FILENO : STDERR_FILENO;
  if (::ioctl(file, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 && window.ws_row > 0) {
    size.columns = window.ws_col;
    size.rows = window.ws_row;
  } else if (::isatty(file) == 0) {
    size.columns = 132;
  }
  return size;
}

void write_at_once(std::ostream& out, const std::string& text) {
  out.flush();
  if (&out != &std::cout) {
    out << text << std::flush;
    return;
  }
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data() + at, text.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      out.setstate(std::ios::badbit);  // nobody reads any more
      return;
    }
    at += static_cast<std::size_t>(written);
  }
}

bool is_device(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool stdout_is_pipe() {
  struct stat status {};
  return ::fstat(STDOUT_FILENO, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

bool open_device(const std::string& path, std::ofstream& file, std::string& error) {
  errno = 0;
  file.open(path, std::ios::binary);
  if (!file) error = std::strerror(errno);
  return file.is_open();
}

bool create_file(const std::string& path, std::ofstream& file, std::string& error) {
  constexpr mode_t kMode = 0666;  // less what umask takes
  ::unlink(path.c_str());
  const int made = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kMode);
  if (made < 0) {
    error = std::strerror(errno);
    return false;
  }
  ::close(made);
  return open_device(path, file, error);
}

bool replace_file(const std::string& from, const std::string& to, std::string& error) {
  if (std::rename(from.c_str(), to.c_str()) == 0) return true;
  error = std::strerror(errno);
  return false;
}

void remove_file(const std::string& path) { std::remove(path.c_str()); }

}  // namespace scanner
