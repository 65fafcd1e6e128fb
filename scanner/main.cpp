// The table of contents: parse, open the output, run the command, close the output.
#include <exception>
#include <iostream>

#include "scanner/cli/options.hpp"
#include "scanner/commands/commands.hpp"
#include "scanner/platform/console.hpp"
#include "scanner/platform/host.hpp"

int main(int argc, char** argv) try {
  static scanner::StopFlag stop;  // signals reach it until the very end
  scanner::prepare_console(stop);
  scanner::keep_freed_memory();
  scanner::Parsed parsed = scanner::parse_command_line(scanner::arguments(argc, argv));
  if (!parsed.options) {
    std::cout << parsed.exit.out << std::flush;
    std::cerr << parsed.exit.err;
    return parsed.exit.code;
  }
  const scanner::Options& options = *parsed.options;
  if (options.verb == scanner::Verb::merge) return run_merge(options, std::cerr);
  scanner::Output output;
  if (!output.open(options.output, std::cerr)) return scanner::kExitUsage;
  const int code = run_command(
      options, {output.stream(), std::cerr, output.is_color_terminal(), scanner::stderr_is_terminal()}, stop);
  if (!output.close(std::cerr)) return scanner::kExitUsage;
  return output.reader_left() && code != scanner::kExitInterrupted ? scanner::kExitFound : code;
} catch (const std::exception& error) {
  std::cerr << "poolwho: internal error: " << error.what() << "\n";
  return 3;
}
