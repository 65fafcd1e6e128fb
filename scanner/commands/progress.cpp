#include "scanner/commands/progress.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "scanner/report/model.hpp"
#include "scanner/report/screen.hpp"
#include "scanner/report/words.hpp"

namespace scanner {
namespace {

constexpr auto kEvery = std::chrono::milliseconds(100);
constexpr auto kReading = std::chrono::seconds(1);  // results came so lately that they tell how far the run is
constexpr double kMeansSomethingSeconds = 2, kMeansSomethingPart = 0.02;

std::string span(double seconds) {
  const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  constexpr std::uint64_t kMinute = 60, kHour = 3600;
  if (whole < 2 * kMinute) return std::to_string(whole) + " s";
  if (whole < 2 * kHour) return std::to_string(whole / kMinute) + " min";
  return std::to_string(whole / kHour) + " h";
}

std::string bar(double part, std::size_t width) {
  const auto full = std::min(width, static_cast<std::size_t>(part * static_cast<double>(width)));
  std::string out = "[" + std::string(full, '=');
  if (full < width) out += '>';
  out.resize(width + 1, ' ');
  return out + "]";
}

}  // namespace

std::string progress_text(const ScanProgress& progress, std::size_t columns) {
  const bool counted = progress.expected_files > 0;
  const double part =
      progress.expected_bytes > 0
          ? std::min(1.0, static_cast<double>(progress.bytes) / static_cast<double>(progress.expected_bytes))
          : 0;
  // Every piece with its rank: 0 must be there, the highest is left out first.
  std::vector<std::pair<int, std::string>> pieces;
  if (counted) {
    pieces.emplace_back(3, bar(part, 20));
    pieces.emplace_back(0, std::to_string(static_cast<unsigned>(part * 100)) + " %");
  }
  pieces.emplace_back(1, report::with_commas(progress.files) +
                             (counted ? " of " + report::with_commas(progress.expected_files) : "") + " files");
  if (progress.seconds >= 1)
    pieces.emplace_back(4, report::with_commas(static_cast<std::uint64_t>(static_cast<double>(progress.read) / 1e6 /
                                                                          progress.seconds)) +
                               " MB/s");
  pieces.emplace_back(5, span(progress.seconds));
  const bool telling = progress.seconds >= kMeansSomethingSeconds || part >= kMeansSomethingPart;
  if (telling && part > 0 && part < 1)
    pieces.emplace_back(2, span(std::max(1.0, progress.seconds * (1 - part) / part)) + " left");
  const auto joined = [&pieces](int most) {
    std::string out;
    for (const auto& [rank, text] : pieces) {
      if (rank <= most) out += (out.empty() ? "" : "  ") + text;
    }
    return out;
  };
  int most = 5;
  while (most > 0 && report::display_width(joined(most)) > columns) --most;
  std::string out = report::fitted(joined(most), columns);
  constexpr std::size_t kUseful = 8;  // columns of a name
  if (const std::size_t used = report::display_width(out); used + 2 + kUseful <= columns && !progress.path.empty())
    out += "  " + report::shortened_path(pe::printable(progress.path), columns - used - 2);
  return out;
}

/// Passes everything on to the buffer of the results, after the line is gone.
class ProgressLine::Filter final : public std::streambuf {
 public:
  explicit Filter(ProgressLine& line) : line_(line) {}

 protected:
  int_type overflow(int_type character) override {
    if (traits_type::eq_int_type(character, traits_type::eof())) return traits_type::not_eof(character);
    line_.erase();
    line_.printed_ = std::chrono::steady_clock::now();
    return line_.out_.rdbuf()->sputc(traits_type::to_char_type(character));
  }
  std::streamsize xsputn(const char* text, std::streamsize count) override {
    line_.erase();
    line_.printed_ = std::chrono::steady_clock::now();
    return line_.out_.rdbuf()->sputn(text, count);
  }
  int sync() override { return line_.out_.rdbuf()->pubsync(); }

 private:
  ProgressLine& line_;
};

ProgressLine::ProgressLine(std::ostream& out, std::ostream& err, Terminal terminal)
    : out_(out), err_(err), terminal_(std::move(terminal)) {
  if (!terminal_.shown || !terminal_.with_results) return;
  filter_ = std::make_unique<Filter>(*this);
  filtered_ = std::make_unique<std::ostream>(filter_.get());
}

void ProgressLine::draw(const std::function<std::string(std::size_t)>& text_for_columns) {
  if (!terminal_.shown) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - drawn_ < kEvery || (terminal_.with_results && now - printed_ < kReading)) return;
  drawn_ = now;
  if (terminal_.with_results) results().flush();  // what still waits belongs above the line
  // The last column stays free: a terminal would go to the next line.
  const std::size_t columns = std::max(2U, terminal_.columns ? terminal_.columns() : 80U) - 1;
  const std::string text = report::fitted(text_for_columns(columns), columns);
  const std::size_t width = report::display_width(text);
  err_ << '\r' << text;
  if (terminal_.escapes) {
    err_ << "\x1b[K";
  } else if (width < width_) {
    err_ << std::string(std::min(width_, columns) - width, ' ');
  }
  err_ << std::flush;
  width_ = std::max<std::size_t>(1, width);
}

void ProgressLine::erase() {
  if (width_ == 0) return;
  if (terminal_.escapes) {
    err_ << "\r\x1b[K";
  } else {
    err_ << '\r' << std::string(width_, ' ') << '\r';
  }
  err_ << std::flush;
  width_ = 0;
}

}  // namespace scanner
