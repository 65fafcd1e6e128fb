// The program poolwho-lief: reads one image from standard input and says what LIEF makes of it (answer.hpp has the
// form of the answer). Not meant for a prompt.
#include <sys/resource.h>

#include <cstdint>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/lief/answer.hpp"
#include "scanner/lief/reader.hpp"

namespace {

void put(std::string_view name, std::string_view value) {
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
  for (const auto& field : scanner::lief::kAnswerFields) put(field.name, identity.*field.value);
  put(scanner::lief::kAnswerEnd, {});
  return std::cout.flush() ? 0 : 1;
}
