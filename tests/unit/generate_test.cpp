// Man page and completions say what --help says.
#include "scanner/generate.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "scanner/options.hpp"

namespace {

/// Runs `script` behind the generated completion in a real bash and returns what it printed.
std::string in_bash(const std::string& script) {
  const std::string folder = TEST_DRIVERS "/..";
  std::ofstream(folder + "/completion.bash") << scanner::generate("bash") << script;
  const std::string command = "bash --norc " + folder + "/completion.bash > " + folder + "/completion.out 2>&1";
  REQUIRE(std::system(command.c_str()) == 0);
  std::ifstream in(folder + "/completion.out");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string completions(const std::string& line) {
  return in_bash("COMP_WORDS=(" + line +
                 ")\nCOMP_CWORD=$((${#COMP_WORDS[@]}-1))\n_poolwho\necho \"${COMPREPLY[*]}\"\n");
}

}  // namespace

TEST_CASE("every option of --help is in the man page and in both completions") {
  const std::string help = scanner::help_text();
  for (const auto& option : scanner::option_table()) {
    CAPTURE(option.name);
    const std::string name = std::string("--") + option.name;
    CHECK(help.find(name) != std::string::npos);
    std::string in_man;
    for (const char c : name) in_man += c == '-' ? std::string("\\-") : std::string(1, c);
    CHECK(scanner::generate("man").find(in_man) != std::string::npos);
    CHECK(scanner::generate("bash").find(name) != std::string::npos);
    CHECK(scanner::generate("powershell").find("'" + name + "'") != std::string::npos);
  }
  CHECK(scanner::generate("zsh").empty());
}

TEST_CASE("bash completes options, values and verbs") {
  CHECK(completions("poolwho --tagd").find("--tagdb") != std::string::npos);
  CHECK(completions("poolwho survey --format ndj") == "ndjson\n");
  CHECK(completions("poolwho survey --format ''") == "text ndjson json csv html localtag pooltag\n");
  CHECK(completions("poolwho surv") == "survey\n");
  CHECK(completions("poolwho --color ''") == "auto always never\n");
}
