// Each message erases the line of progress first, and fits the window where there is one.
#include "scanner/commands/diagnostics.hpp"

#include <algorithm>
#include <ostream>
#include <string_view>

#include "scanner/platform/console.hpp"
#include "scanner/report/screen.hpp"

namespace scanner {
namespace {

unsigned columns_of_stderr() { return terminal_size(Stream::err).columns; }

}  // namespace

Diagnostics::Diagnostics(const Options& options, const Streams& streams, StopFlag& stop)
    : options_(options),
      streams_(streams),
      stop_(stop),
      progress_(streams.out, streams.err,
                {!options.quiet && streams.err_is_terminal && stderr_redraws(), !options.output && stdout_is_terminal(),
                 stderr_knows_escapes(), columns_of_stderr}),
      results_(progress_.results()),
      err_columns_(streams.err_is_terminal ? std::function<unsigned()>(columns_of_stderr)
                                           : std::function<unsigned()>{}) {}

double Diagnostics::seconds_since_start() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void Diagnostics::problem(const report::Problem& problem, bool named) {
  message("poolwho: " + pe::printable(problem.path) + (problem.line != 0 ? ":" + std::to_string(problem.line) : "") +
          ": " + pe::printable(problem.message));
  if (named) ++named_failures_;
  record(problem);
}

void Diagnostics::record(const report::Problem& problem) {
  ++summary_.errors;
  incomplete_ = true;
  reporter_->problem(problem);
}

void Diagnostics::failure(const std::string& path, const std::string& message) {
  this->message("poolwho: " + pe::printable(path) + ": " + pe::printable(message));
}

/// One line, or broken where the window ends.
void Diagnostics::message(const std::string& text) {
  progress_.erase();
  const unsigned columns = err_columns_ ? err_columns_() : 0;
  streams_.err << (columns > 1 ? report::wrapped(text, columns - 1, 2) : text) << "\n";
}

void Diagnostics::note(const std::string& text) {
  reporter_->note(text);
  if (options_.quiet) return;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    message(pe::printable(std::string_view(text).substr(at, end - at)));
    at = end + 1;
  }
}

void Diagnostics::complain(const std::string& text) {
  note(text);
  if (options_.quiet) message(pe::printable(text));
}

void Diagnostics::remark(const std::string& text) {
  if (!options_.quiet) message(text);
}

void Diagnostics::progress(const std::string& text) {
  progress_.draw([&text](std::size_t) { return text; });
}

void Diagnostics::unparsed(const std::string& path) {
  ++summary_.unparsed;
  if (options_.explain) unparsed_.push_back(path);
}

bool Diagnostics::nothing_to_search() const {
  return summary_.drivers == 0 && !options_.paths.empty() && named_failures_ >= options_.paths.size();
}

bool Diagnostics::note_no_driver() {
  if (options_.catalog || summary_.drivers > 0 || options_.shards > 0) return false;
  if (nothing_to_search()) return true;  // which was said of each
  note(named_failures_ > 0 || named_no_driver_ ? "there was no driver to search in what was named"
       : !options_.include.empty() && !options_.any_suffix
           ? "there was no driver to search: no *.sys file, and no native .exe or .dll, matches --include '" +
                 options_.include.front() + "'" + (options_.include.size() > 1 ? " or another" : "") +
                 "; --any-suffix opens every file"
       : options_.any_suffix
           ? "there was no driver to search"
           : "there was no driver to search: in folders *.sys is looked for, with --any-suffix every file");
  return true;
}

void Diagnostics::note_unparsed() {
  if (summary_.unparsed == 0) return;
  const bool one = summary_.unparsed == 1;
  std::string text =
      std::to_string(summary_.unparsed) + (one ? " file" : " files") + " of the catalogue could not be parsed";
  if (options_.explain) {
    const char* separator = ": ";
    for (const std::string& path : unparsed_) {
      text += separator + path;
      separator = ", ";
    }
  } else if (options_.verb != Verb::lookup) {
    text += one ? " (--explain names it)" : " (--explain names them)";
  }
  note(text);
}

int Diagnostics::finish(int code) {
  progress_.erase();
  note_unparsed();
  if (stop_.interrupted() && results_) {
    const std::uint64_t drivers = summary_.drivers;
    const std::string text = "interrupted after " + std::to_string(drivers) + (drivers == 1 ? " driver" : " drivers") +
                             ", the answer is about these" +
                             (options_.store ? "; what is stored stays, and the same command goes on from there" : "");
    complain(text);  // the reader of half an answer must know
  }
  summary_.seconds = seconds_since_start();
  reporter_->summary(summary_);
  reporter_->end();
  if (options_.format == Format::html && !options_.output && stdout_is_terminal())
    note("this is a page for a browser: -o report.html writes it to a file");
  if (stop_.interrupted()) return kExitInterrupted;
  if (stop_.reader_gone() && !stop_.failed()) return kExitFound;
  if (named_failures_ > 0) return kExitUsage;
  return code;
}

}  // namespace scanner
