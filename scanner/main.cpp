// The table of contents: parse, open the output, run the command, close the output.
#include <exception>
#include <iostream>

#include "scanner/commands/context.hpp"
#include "scanner/platform/console.hpp"
#include "scanner/cli/options.hpp"

int main(int argc, char** argv) try {
  static scanner::StopFlag stop;  // signals reach it until the very end
  scanner::prepare_console(stop);
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
  scanner::Context context(options, output.stream(), std::cerr, output.is_color_terminal(),
                           scanner::stderr_is_terminal(), &stop);
  if (!context.load()) return scanner::kExitUsage;
  int code = scanner::kExitUsage;
  switch (options.verb) {
    case scanner::Verb::locate: code = run_locate(context); break;
    case scanner::Verb::survey: code = run_survey(context); break;
    case scanner::Verb::lookup: code = run_lookup(context); break;
    case scanner::Verb::leaks: code = run_leaks(context); break;
    case scanner::Verb::merge: break;  // above: its output is no text
  }
  if (!output.close(std::cerr)) return scanner::kExitUsage;
  return output.reader_left() && code != scanner::kExitInterrupted ? scanner::kExitFound : code;
} catch (const std::exception& error) {
  std::cerr << "poolwho: internal error: " << error.what() << "\n";
  return 3;
}
