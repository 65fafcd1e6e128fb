// The program poolwho-lief: reads one image from standard input and says what LIEF makes of it (second_reader.hpp has
// the form of the answer). Not meant for a prompt.
#include <sys/resource.h>

#include <cstdint>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "scanner/lief/reader.hpp"

namespace {

void put(const char* name, const std::string& value) {
  // A zero byte ends a field; no name holds one.
  std::cout << name << '=' << value.substr(0, value.find('\0')) << '\0';
}

}  // namespace

int main() {
  // LIEF on a file that nobody vouches for: enough for the largest driver, and no more.
  const rlimit seconds{10, 10};
  setrlimit(RLIMIT_CPU, &seconds);
#ifndef __SANITIZE_ADDRESS__  // whose shadow is larger than any limit
  const rlimit memory{2ULL << 30, 2ULL << 30};
  setrlimit(RLIMIT_AS, &memory);
#endif
  const std::vector<std::uint8_t> bytes((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
  const auto image = pe::Image::open(bytes);
  if (!image) return 1;
  std::string problem;
  const pe::Identity identity = scanner::lief::identify_by_lief(image.value(), problem);
  if (!problem.empty()) return 1;
  put("company", identity.company);
  put("product", identity.product);
  put("description", identity.description);
  put("file_version", identity.file_version);
  put("original_name", identity.original_name);
  put("signer", identity.signer);
  put("end", "");
  return std::cout.flush() ? 0 : 1;
}
