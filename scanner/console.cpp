#include "scanner/console.hpp"

#include <iostream>

#include "scanner/report/model.hpp"

namespace scanner {

bool Output::open(const std::optional<std::string>& path, std::ostream& err) {
  path_ = path;
  if (!path_) return true;
  temporary_ = *path_ + ".partial";
  std::string error;
  if (create_file(temporary_, file_, error)) return true;
  err << "poolwho: cannot write " << report::printable(temporary_) << ": " << error << "\n";
  temporary_.clear();
  return false;
}

std::ostream& Output::stream() { return path_ ? static_cast<std::ostream&>(file_) : std::cout; }

bool Output::is_color_terminal() const { return !path_ && stdout_is_color_terminal(); }

bool Output::close(std::ostream& err) {
  if (!path_) {
    std::cout.flush();
    return true;  // a closed pipe is the reader's choice
  }
  file_.close();
  std::string error = "not everything could be written";
  if (!file_ || !replace_file(temporary_, *path_, error)) {
    err << "poolwho: cannot write " << report::printable(*path_) << ": " << error << "\n";
    return false;
  }
  temporary_.clear();
  return true;
}

Output::~Output() {
  if (!temporary_.empty()) remove_file(temporary_);
}

}  // namespace scanner
