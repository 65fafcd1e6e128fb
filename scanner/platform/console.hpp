// Everything about the process's own streams: signals, terminals, and an output file that appears only when complete.
#pragma once

#include <fstream>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "scanner/platform/stop.hpp"

namespace scanner {

/// An interrupt sets `stop`, which must live as long as the process; one more before it is served ends the process at
/// once. A closed pipe becomes a failed write instead of a signal.
void prepare_console(StopFlag& stop);
/// The command line without the program's name; UTF-8 on Windows, whatever its code page.
std::vector<std::string> arguments(int argc, char** argv);
bool stdout_is_terminal();
bool stderr_is_terminal();
bool stdout_is_color_terminal();
/// Can what stands on standard output be drawn over? A terminal that knows escape sequences, colours wanted or not.
bool stdout_redraws();
struct TerminalSize {
  unsigned columns = 80, rows = 24;
};
enum class Stream { out, err };
/// Of the terminal behind a stream: it has a window of its own when the other one is redirected. The usual size when
/// there is none.
TerminalSize terminal_size(Stream stream = Stream::out);
/// Can a line on standard error be drawn over? Not on a terminal that calls itself dumb.
bool stderr_redraws();
/// Does the terminal behind standard error know escape sequences? Consoles before Windows 10 do not.
bool stderr_knows_escapes();
/// In one write where `out` is standard output, so that no half of a screen is ever seen.
void write_at_once(std::ostream& out, const std::string& text);
/// Do the locale (or the console's code page) and thus the reader of our text show more than ASCII?
bool terminal_shows_utf8();

// What Output needs of the platform; false with the reason in `error`.
/// Something that is written to and never replaced: a device, a pipe.
bool is_device(const std::string& path);
bool is_folder(const std::string& path);
bool stdout_is_pipe();
bool open_device(const std::string& path, std::ofstream& file, std::string& error);
/// A new file: what stands there, a left-over or a link that somebody planted, is removed and never written through.
bool create_file(const std::string& path, std::ofstream& file, std::string& error);
bool replace_file(const std::string& from, const std::string& to, std::string& error);
void remove_file(const std::string& path);

class Output {
 public:
  /// Standard output when `path` is empty, the device when it is one. Otherwise writes beside it and renames on
  /// close().
  bool open(const std::optional<std::string>& path, std::ostream& err);
  std::ostream& stream();
  [[nodiscard]] bool is_color_terminal() const;
  /// False, with a message, when not everything could be written.
  bool close(std::ostream& err);
  /// After close(): who read standard output went away before the end.
  [[nodiscard]] bool reader_left() const;
  ~Output();

 private:
  std::optional<std::string> path_;
  std::string temporary_;  ///< empty for devices
  std::ofstream file_;
};

}  // namespace scanner
