#include "tests/unit/files.hpp"

#include <fstream>
#include <iterator>

std::vector<std::uint8_t> read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return {bytes.begin(), bytes.end()};
}

std::string sample_driver() { return SOURCE_ROOT "/data/sample/Users/Helpdesk/Desktop/notmyfault/myfault.sys"; }
