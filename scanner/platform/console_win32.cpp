// The process's streams on Windows. Redirected output is UTF-8 with plain line feeds, the same bytes as elsewhere. A
// console gets UTF-16 through WriteConsoleW, so that its code page neither matters nor has to be changed.
#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <shellapi.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <streambuf>

#include "scanner/platform/console.hpp"
#include "scanner/platform/win32.hpp"
#include "scanner/platform/windows_rules.hpp"

namespace scanner {
namespace {

std::atomic<StopFlag*> stop_on_control{nullptr};  // a handler gets nothing else

BOOL WINAPI on_control(DWORD event) {
  // A second Ctrl-C, and everything that ends the session, ends at once.
  StopFlag* stop = stop_on_control;
  if ((event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) || stop == nullptr || stop->interrupted()) return FALSE;
  stop->interrupt();
  return TRUE;
}

bool is_console(DWORD which) {
  DWORD mode = 0;
  return ::GetConsoleMode(::GetStdHandle(which), &mode) != 0;
}

/// Consoles of Windows 10 and later know colours when asked to.
bool enable_colors(DWORD which) {
  constexpr DWORD kVirtualTerminal = 0x4;  // ENABLE_VIRTUAL_TERMINAL_PROCESSING
  const HANDLE console = ::GetStdHandle(which);
  DWORD mode = 0;
  return ::GetConsoleMode(console, &mode) != 0 && ::SetConsoleMode(console, mode | kVirtualTerminal) != 0;
}

/// UTF-8 in, WriteConsoleW out. A sequence that is split between two writes waits for its other half.
class ConsoleBuffer final : public std::streambuf {
 public:
  explicit ConsoleBuffer(DWORD which) : console_(::GetStdHandle(which)) {}

 protected:
  int_type overflow(int_type character) override {
    if (character != traits_type::eof()) pending_ += traits_type::to_char_type(character);
    if (pending_.size() >= kFlushAt) sync();
    return traits_type::not_eof(character);
  }
  std::streamsize xsputn(const char* text, std::streamsize count) override {
    pending_.append(text, static_cast<std::size_t>(count));
    if (pending_.size() >= kFlushAt) sync();
    return count;
  }
  int sync() override {
    const std::size_t whole = whole_sequences(pending_);
    const std::wstring text = win32::wide(std::string_view(pending_).substr(0, whole));
    pending_.erase(0, whole);
    for (std::size_t at = 0; at < text.size();) {
      constexpr std::size_t kMost = 8192;  // old consoles refuse more than 64 KiB at once
      DWORD written = 0;
      const auto count = static_cast<DWORD>(std::min(kMost, text.size() - at));
      if (::WriteConsoleW(console_, text.data() + at, count, &written, nullptr) == 0 || written == 0) return -1;
      at += written;
    }
    return 0;
  }

 private:
  static constexpr std::size_t kFlushAt = 4096;

  /// Length of `text` without an incomplete sequence at its end.
  static std::size_t whole_sequences(std::string_view text) {
    for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
      const auto byte = static_cast<unsigned char>(text[text.size() - back]);
      if ((byte & 0xC0) == 0x80) continue;
      const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
      return length > back ? text.size() - back : text.size();
    }
    return text.size();
  }

  HANDLE console_;
  std::string pending_;
};

}  // namespace

void prepare_console(StopFlag& stop) {
  stop_on_control = &stop;
  ::SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOOPENFILEERRORBOX);  // an empty drive is an error, not a dialogue
  ::SetConsoleCtrlHandler(on_control, TRUE);
  for (const int stream : {0, 1, 2}) ::_setmode(stream, _O_BINARY);
  if (is_console(STD_OUTPUT_HANDLE)) {
    std::cout.rdbuf(new ConsoleBuffer(STD_OUTPUT_HANDLE));  // never freed: std::cout flushes after the last destructor
  }
  if (is_console(STD_ERROR_HANDLE)) {
    enable_colors(STD_ERROR_HANDLE);  // the progress line erases itself with an escape sequence
    std::cerr.rdbuf(new ConsoleBuffer(STD_ERROR_HANDLE));
  }
}

std::vector<std::string> arguments(int, char**) {
  // The narrow arguments went through the code page and lost what it cannot say.
  int count = 0;
  wchar_t** words = ::CommandLineToArgvW(::GetCommandLineW(), &count);
  std::vector<std::string> out;
  for (int i = 1; words != nullptr && i < count; ++i) out.push_back(win32::utf8(words[i]));
  ::LocalFree(words);
  return out;
}

/// A console is written to in UTF-16, whatever its code page; redirected text stays what every reader can show.
bool terminal_shows_utf8() { return is_console(STD_OUTPUT_HANDLE); }

bool stdout_is_terminal() { return is_console(STD_OUTPUT_HANDLE); }

bool stderr_is_terminal() { return is_console(STD_ERROR_HANDLE); }

bool stdout_is_color_terminal() {
  std::array<wchar_t, 2> no_color{};
  const DWORD length = ::GetEnvironmentVariableW(L"NO_COLOR", no_color.data(), static_cast<DWORD>(no_color.size()));
  return length == 0 && enable_colors(STD_OUTPUT_HANDLE);
}

bool stdout_redraws() { return enable_colors(STD_OUTPUT_HANDLE); }

bool stderr_redraws() { return is_console(STD_ERROR_HANDLE); }

bool stderr_knows_escapes() { return enable_colors(STD_ERROR_HANDLE); }

TerminalSize terminal_size(Stream stream) {
  TerminalSize size;
  CONSOLE_SCREEN_BUFFER_INFO info{};
  const DWORD which = stream == Stream::out ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE;
  if (::GetConsoleScreenBufferInfo(::GetStdHandle(which), &info) != 0) {
    size.columns = static_cast<unsigned>(info.srWindow.Right - info.srWindow.Left + 1);
    size.rows = static_cast<unsigned>(info.srWindow.Bottom - info.srWindow.Top + 1);
  } else {
    size.columns = 132;
  }
  return size;
}

/// The console's buffer hands a text of less than 8192 characters to WriteConsoleW in one go.
void write_at_once(std::ostream& out, const std::string& text) { out << text << std::flush; }

bool is_device(const std::string& path) {
  // NUL, CON, COM1: the system turns such names into \\.\NUL when it completes them.
  return windows::is_device_path(win32::as_utf16(win32::api_path(path)));
}

bool is_folder(const std::string& path) {
  const DWORD attributes = ::GetFileAttributesW(win32::api_path(path).c_str());
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

bool stdout_is_pipe() { return ::GetFileType(::GetStdHandle(STD_OUTPUT_HANDLE)) == FILE_TYPE_PIPE; }

bool open_device(const std::string& path, std::ofstream& file, std::string& error) {
  return create_file(path, file, error);
}

bool create_file(const std::string& path, std::ofstream& file, std::string& error) {
  errno = 0;
  // Only the buffer can be opened by a wide name in every standard library.
  const bool opened =
      file.rdbuf()->open(win32::api_path(path).c_str(), std::ios::out | std::ios::binary | std::ios::trunc) != nullptr;
  if (opened) {
    file.clear();
  } else {
    file.setstate(std::ios::failbit);
    error = std::strerror(errno);
  }
  return opened;
}

bool replace_file(const std::string& from, const std::string& to, std::string& error) {
  if (::MoveFileExW(win32::api_path(from).c_str(), win32::api_path(to).c_str(), MOVEFILE_REPLACE_EXISTING) != 0)
    return true;
  error = win32::describe_error(::GetLastError());
  return false;
}

void remove_file(const std::string& path) { ::DeleteFileW(win32::api_path(path).c_str()); }

}  // namespace scanner
