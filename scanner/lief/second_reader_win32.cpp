// Where there is no second reader (Windows): our own reader has the last word.
#include "scanner/lief/second_reader.hpp"

namespace scanner::lief {

std::string find_second_reader() { return {}; }

pe::Result<bool> ask_second_reader(const std::string&, const pe::Image&, int, pe::Identity&) {
  return pe::Error{pe::Fault::unreadable, "this build has no second reader"};
}

}  // namespace scanner::lief
