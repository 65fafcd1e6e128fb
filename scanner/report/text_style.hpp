// What all parts of the text report share: colours, and lines that fit the window when there is one.
#pragma once

#include <string>
#include <string_view>

#include "scanner/report/model.hpp"
#include "scanner/report/screen.hpp"

namespace scanner::report {

inline constexpr std::string_view kBold = "\x1b[1m", kGreen = "\x1b[32;1m", kYellow = "\x1b[33m", kRed = "\x1b[31;1m",
                                  kDim = "\x1b[2m", kResetColor = "\x1b[0m";

class TextStyle {
 public:
  explicit TextStyle(const TextOptions& options) : options_(options) {}

  [[nodiscard]] std::string paint(std::string_view color, const std::string& text) const {
    return options_.color && !text.empty() ? std::string(color) + text + std::string(kResetColor) : text;
  }
  [[nodiscard]] std::string_view color_of(rank::Verdict verdict) const {
    return verdict == rank::Verdict::proven ? kGreen : verdict == rank::Verdict::likely ? kYellow : kDim;
  }
  /// Is there a window? Else every result is one line for other programs.
  [[nodiscard]] bool windowed() const { return options_.columns > 0; }
  /// Columns of a line; the last one of the window stays free, where some terminals begin the next line.
  [[nodiscard]] std::size_t room() const { return options_.columns > 20 ? options_.columns - 1 : 20; }
  [[nodiscard]] std::string fit(std::string_view text, std::size_t columns) const {
    return fitted(text, columns, options_.unicode);
  }
  [[nodiscard]] std::string path(std::string_view path, std::size_t columns) const {
    return shortened_path(printable(path), columns, options_.unicode);
  }
  /// A line as it is, or broken where the window ends.
  [[nodiscard]] std::string line(const std::string& text, std::size_t indent) const {
    return windowed() ? wrapped(text, room(), indent) : text;
  }
  /// As poolmon shows it in a window; for other programs the spelling that every format has.
  [[nodiscard]] std::string tag(tagdb::PoolTag tag) const {
    return windowed() ? tag_on_screen(tag, options_.unicode) : tag.text();
  }

 private:
  TextOptions options_;
};

}  // namespace scanner::report
