// Any words as a command line: parsed or refused with a reason, never anything else.
#include "scanner/cli/options.hpp"
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < size; ++i) {
    if (data[i] == '\n') {
      words.emplace_back();
    } else if (data[i] != 0) {
      words.back() += static_cast<char>(data[i]);
    }
  }
  const auto parsed = scanner::parse_command_line(words);
  if (!parsed.options && parsed.exit.out.empty() && parsed.exit.err.empty()) fuzz::fail("refused without a reason");
  return 0;
}
