// Where there is no second reader (Windows): our own reader has the last word.
#include "pe/second_reader.hpp"

namespace pe {

std::string find_second_reader() { return {}; }

Result<bool> ask_second_reader(const std::string&, const Image&, int, Identity&) {
  return Error{Fault::unreadable, "this build has no second reader"};
}

}  // namespace pe
