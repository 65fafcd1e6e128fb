// One child per image. It talks over a socket pair, not pipes: a child that dies early must not raise SIGPIPE here.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/dll/runtime_symbol_info.hpp>
#include <boost/filesystem/operations.hpp>
#include <chrono>
#include <cstring>
#include <string_view>

#include "scanner/lief/answer.hpp"
#include "scanner/lief/second_reader.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has no header declare it

namespace scanner::lief {
namespace {

constexpr std::size_t kLongestAnswer = 1U << 20;

class Child {
 public:
  Child(const std::string& program, int socket) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, socket, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, socket, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);  // libraries print
    std::string name = program;
    std::array<char*, 2> arguments{name.data(), nullptr};
    error_ = posix_spawn(&pid_, program.c_str(), &files, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);
  }
  ~Child() {
    if (error_ != 0 || ended_) return;
    kill(pid_, SIGKILL);
    wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] int error() const { return error_; }

  int wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    ended_ = true;
    return status;
  }

 private:
  pid_t pid_ = -1;
  int error_ = 0;
  bool ended_ = false;
};

/// A descriptor that closes itself.
struct Socket {
  int number = -1;
  ~Socket() { close(); }
  void close() {
    if (number >= 0) ::close(number);
    number = -1;
  }
};

/// True when the answer is whole.
bool take_answer(std::string_view answer, pe::Identity& identity) {
  while (!answer.empty()) {
    const auto end = answer.find('\0');
    if (end == std::string_view::npos) return false;
    const std::string_view line = answer.substr(0, end);
    answer.remove_prefix(end + 1);
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return false;
    const std::string_view name = line.substr(0, equals);
    if (name == kAnswerEnd) return answer.empty();
    for (const AnswerField& field : kAnswerFields) {
      if (field.name == name && (identity.*field.value).empty()) identity.*field.value = line.substr(equals + 1);
    }
  }
  return false;
}

pe::Error failed(const std::string& what) { return pe::Error{pe::Fault::unreadable, "the second reader " + what}; }

/// Sends the image and collects the answer; false when the time is over.
bool converse(int socket, std::span<const std::uint8_t> bytes, int timeout_ms, std::string& answer) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  bool sending = true;
  std::array<char, 4096> part{};
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd wanted{socket, static_cast<short>(POLLIN | (sending ? POLLOUT : 0)), 0};
    if (poll(&wanted, 1, static_cast<int>(left)) < 0 && errno != EINTR) return true;
    if (sending && (wanted.revents & POLLOUT) != 0) {
      const auto sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) bytes = bytes.subspan(static_cast<std::size_t>(sent));
      if (bytes.empty() || (sent < 0 && errno != EAGAIN && errno != EINTR)) {
        shutdown(socket, SHUT_WR);
        sending = false;
      }
    }
    if ((wanted.revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
    const auto got = recv(socket, part.data(), part.size(), MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return true;
    if (got > 0) answer.append(part.data(), static_cast<std::size_t>(got));
    if (answer.size() > kLongestAnswer) return true;
  }
}

}  // namespace

std::string find_second_reader() {
  boost::system::error_code error;
  const auto program = boost::dll::program_location(error);
  if (error) return {};
  for (const char* place : {"poolwho-lief", "../libexec/poolwho/poolwho-lief"}) {
    const auto path = program.parent_path() / place;
    if (boost::filesystem::is_regular_file(path, error)) return path.string();
  }
  return {};
}

pe::Result<bool> ask_second_reader(const std::string& program, const pe::Image& image, int timeout_ms,
                                   pe::Identity& identity) {
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return failed(std::string("was not started: ") + std::strerror(errno));
  Socket ours{pair[0]}, theirs{pair[1]};
  Child child(program, theirs.number);
  if (child.error() != 0) return failed(std::string("was not started: ") + std::strerror(child.error()));
  theirs.close();
  std::string answer;
  if (!converse(ours.number, image.file().span(), timeout_ms, answer))
    return failed("gave no answer in " + std::to_string(timeout_ms / 1000) + " s");
  ours.close();
  const int status = child.wait();
  if (WIFSIGNALED(status)) return failed("crashed (signal " + std::to_string(WTERMSIG(status)) + ")");
  pe::Identity read = identity;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || !take_answer(answer, read))
    return failed("cannot read it either");
  identity = read;
  return true;
}

}  // namespace scanner::lief
