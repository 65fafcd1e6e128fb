#include "scanner/platform/console.hpp"

#include <iostream>

#include "pe/text.hpp"

namespace scanner {

bool Output::open(const std::optional<std::string>& path, std::ostream& err) {
  path_ = path;
  if (!path_) return true;
  std::string error;
  const bool device = is_device(*path_);
  const std::string target = device ? *path_ : *path_ + ".partial";
  if (device ? open_device(target, file_, error) : create_file(target, file_, error)) {
    if (!device) temporary_ = target;
    return true;
  }
  err << "poolwho: cannot write " << pe::printable(target) << ": " << error << "\n";
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
    err << "poolwho: cannot write " << pe::printable(*path_) << ": " << error << "\n";
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
