#include "scanner/platform/console.hpp"

#include <iostream>

#include "pe/text.hpp"

namespace scanner {

namespace {

/// The user knows nothing of the file that is written beside it.
std::string why_not_made(const std::string& path, const std::string& error) {
  const auto slash = path.find_last_of("/\\");
  const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash == 0 ? 1 : slash);
  if (!folder.empty() && !is_folder(folder)) return "cannot be made: there is no folder " + folder;
  return "cannot be written: " + error;
}

}  // namespace

bool Output::open(const std::optional<std::string>& path, std::ostream& err) {
  path_ = path;
  if (!path_) return true;
  std::string error;
  if (is_folder(*path_)) {
    err << "poolwho: " << pe::printable(*path_) << ": is a folder; name a file to write\n";
    path_.reset();
    return false;
  }
  const bool device = is_device(*path_);
  const std::string target = device ? *path_ : *path_ + ".partial";
  if (device ? open_device(target, file_, error) : create_file(target, file_, error)) {
    if (!device) temporary_ = target;
    return true;
  }
  err << "poolwho: " << pe::printable(*path_) << ": " << pe::printable(why_not_made(*path_, error)) << "\n";
  return false;
}

std::ostream& Output::stream() { return path_ ? static_cast<std::ostream&>(file_) : std::cout; }

bool Output::is_color_terminal() const { return !path_ && stdout_is_color_terminal(); }

bool Output::close(std::ostream& err) {
  if (!path_) {
    std::cout.flush();
    if (std::cout || stdout_is_pipe()) return true;  // a closed pipe is the reader's choice
    err << "poolwho: not everything could be written to standard output\n";
    return false;
  }
  file_.close();
  std::string error = "not everything could be written";
  if (!file_ || (!temporary_.empty() && !replace_file(temporary_, *path_, error))) {
    err << "poolwho: " << pe::printable(*path_) << ": cannot be written: " << error << "\n";
    return false;
  }
  temporary_.clear();
  return true;
}

bool Output::reader_left() const { return !path_ && !std::cout && stdout_is_pipe(); }

Output::~Output() {
  if (!temporary_.empty()) remove_file(temporary_);
}

}  // namespace scanner
