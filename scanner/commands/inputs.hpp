// What is asked for: the options, and what is read because of them before the work begins. Read once, then immutable.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scanner/catalog/answers.hpp"
#include "scanner/cli/options.hpp"
#include "scanner/commands/diagnostics.hpp"
#include "tagdb/api_table.hpp"
#include "tagdb/database.hpp"

namespace scanner {

/// Stays where it is made: scans and the catalogue refer to `apis`.
struct Inputs {
  explicit Inputs(const Options& options);
  Inputs(const Inputs&) = delete;
  Inputs& operator=(const Inputs&) = delete;

  const Options& options;
  tagdb::Database database;
  tagdb::ApiTable apis;  ///< empty for lookup
  std::vector<tagdb::TagQuery> queries;
  std::unique_ptr<catalog::Answers> catalog;  ///< --catalog: answers come from there; null without it
};

/// Makes the reporter and reads --tagdb, the lists of debuggers and kits, the tags, --catalog and --apis. False when
/// the run makes no sense any more; the error is told.
bool load(Inputs& inputs, Diagnostics& diagnostics);

/// The facts about a run that a report and a catalogue begin with.
report::RunInfo run_info(const Inputs& inputs, const char* command, std::vector<std::string> roots);

/// A text file of at most 64 MiB. False, with the error told, when it cannot be read.
bool read_text(const std::string& path, std::string& text, Diagnostics& diagnostics);
/// The lines of a file or of standard input ("-"), without empty ones.
bool read_lines(const std::string& path, bool nul_separated, std::vector<std::string>& lines, std::string& error);

}  // namespace scanner
