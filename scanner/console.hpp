// Everything about the process's own streams: signals, terminals, and an output file that appears only when complete.
#pragma once

#include <fstream>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace scanner {

/// Interrupts set scanner::interrupted; a closed pipe becomes a failed write instead of a signal.
void prepare_console();
/// The command line without the program's name; UTF-8 on Windows, whatever its code page.
std::vector<std::string> arguments(int argc, char** argv);
bool stderr_is_terminal();
bool stdout_is_color_terminal();
/// Can what stands on standard output be drawn over? A terminal that knows escape sequences, colours wanted or not.
bool stdout_redraws();
struct TerminalSize {
  unsigned columns = 80, rows = 24;
};
/// Of standard output; the usual one when it has none.
TerminalSize terminal_size();
/// In one write where `out` is standard output, so that no half of a screen is ever seen.
void write_at_once(std::ostream& out, const std::string& text);
/// Do the locale (or the console's code page) and thus the reader of our text show more than ASCII?
bool terminal_shows_utf8();

// What Output needs of the platform; false with the reason in `error`.
bool create_file(const std::string& path, std::ofstream& file, std::string& error);
bool replace_file(const std::string& from, const std::string& to, std::string& error);
void remove_file(const std::string& path);

class Output {
 public:
  /// Standard output when `path` is empty. Otherwise writes beside `path` and renames on close().
  bool open(const std::optional<std::string>& path, std::ostream& err);
  std::ostream& stream();
  [[nodiscard]] bool is_color_terminal() const;
  /// False, with a message, when not everything could be written.
  bool close(std::ostream& err);
  ~Output();

 private:
  std::optional<std::string> path_;
  std::string temporary_;
  std::ofstream file_;
};

}  // namespace scanner
