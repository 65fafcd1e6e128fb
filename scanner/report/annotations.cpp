// Findings as lines that a build shows at the right place: workflow commands of GitHub Actions, and the form in which
// MSBuild, Visual Studio and Azure Pipelines recognise messages of tools.
#include <algorithm>
#include <cstdlib>

#include "pe/text.hpp"
#include "scanner/report/words.hpp"

namespace scanner::report {
namespace {

/// GitHub's escapes: `property` for what stands before the second "::".
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%': out += "%25"; break;
      case '\r': out += "%0D"; break;
      case '\n': out += "%0A"; break;
      case ':': out += property ? "%3A" : ":"; break;
      case ',': out += property ? "%2C" : ","; break;
      default: out += c;
    }
  }
  return out;
}

/// Compilers for Windows write "C:\\src\\io.c" and "C:\\src/io.c".
std::string with_slashes(std::string path) {
  const bool windows = path.size() > 2 && path[1] == ':';
  if (windows) std::replace(path.begin(), path.end(), '\\', '/');
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

class AnnotationReporter final : public Reporter {
 public:
  AnnotationReporter(std::ostream& out, Annotations form) : out_(out), form_(form) {
    // Where a job of GitHub Actions has the repository.
    const char* root = form == Annotations::github ? std::getenv("GITHUB_WORKSPACE") : nullptr;
    if (root != nullptr && *root != '\0') root_ = with_slashes(root) + "/";
  }

  void finding(const Finding& finding) override {
    const pe::CodePlace& first = finding.places.front();
    const rank::CheckCode& code = *finding.found.code;
    const std::string text = printable(file_name(finding.path)) + ": " + in_words(finding);
    line(code.severity, first.file.empty() ? finding.path : first.file, first.file.empty() ? 0 : first.line, code.rule,
         code.code, text);
  }

  void problem(const Problem& problem) override {
    line(rank::Severity::error, problem.path, 0, "PW000", problem.stage, printable(problem.message));
  }

  void summary(const Summary& summary) override {
    if (summary.findings) out_ << in_words(*summary.findings) << '\n';
  }

  void end() override { out_.flush(); }

 private:
  void line(rank::Severity severity, const std::string& path, std::uint32_t number, std::string_view rule,
            std::string_view title, const std::string& text) {
    const bool note = severity == rank::Severity::note;
    const std::string_view word = rank::to_string(severity);
    const std::string file = printable(in_repository(path));
    if (form_ == Annotations::github) {
      out_ << "::" << (note ? "notice" : word) << " file=" << escaped(file, true);
      if (number != 0) out_ << ",line=" << number;
      out_ << ",title=" << rule << ' ' << escaped(title, true) << "::" << escaped(text, false) << '\n';
      return;
    }
    out_ << file;
    if (number != 0) out_ << '(' << number << ')';
    out_ << " : " << (note ? "message" : word) << ' ' << rule << ": " << text << '\n';
  }

  /// GitHub knows files by their paths in the repository.
  [[nodiscard]] std::string in_repository(const std::string& path) const {
    const std::string plain = with_slashes(path);
    const bool inside = !root_.empty() && plain.size() > root_.size() &&
                        pe::equal_but_case(std::string_view(plain).substr(0, root_.size()), root_);
    return inside ? plain.substr(root_.size()) : path;
  }

  std::ostream& out_;
  Annotations form_;
  std::string root_;  ///< of the repository, with a slash at its end; may be empty
};

}  // namespace

std::unique_ptr<Reporter> make_annotation_reporter(std::ostream& out, Annotations form) {
  return std::make_unique<AnnotationReporter>(out, form);
}

}  // namespace scanner::report
