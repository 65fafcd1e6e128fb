#include "scanner/console.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>

#include "scanner/report/model.hpp"

namespace scanner {

bool Output::open(const std::optional<std::string>& path, std::ostream& err) {
  path_ = path;
  if (!path_) return true;
  temporary_ = *path_ + ".partial";
  errno = 0;
  file_.open(temporary_, std::ios::binary | std::ios::trunc);
  if (file_) return true;
  err << "poolwho: cannot write " << report::printable(temporary_) << ": " << std::strerror(errno) << "\n";
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
  if (!file_ || std::rename(temporary_.c_str(), path_->c_str()) != 0) {
    err << "poolwho: cannot write " << report::printable(*path_) << ": " << std::strerror(errno) << "\n";
    return false;
  }
  temporary_.clear();
  return true;
}

Output::~Output() {
  if (!temporary_.empty()) std::remove(temporary_.c_str());
}

}  // namespace scanner
