#include "scanner/poolmon/line_reader.hpp"

#include <algorithm>
#include <cstring>

#include "pe/text.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::size_t kBlock = 1U << 18;
constexpr std::size_t kLongest = 4U << 20;           // headers of perfmon with thousands of counters are long
constexpr std::size_t kFirstLook = 512, kLook = 64;  // bytes that tell an encoding
constexpr char32_t kReplacement = 0xFFFD;

}  // namespace

/// A line is text of its own: files grow by several tools, and PowerShell's >> appends UTF-16 to whatever there is.
void LineReader::choose_encoding() {
  std::string_view start = std::string_view(raw_).substr(at_);
  const auto skip = [&](std::size_t bytes) {
    at_ += bytes;
    start.remove_prefix(bytes);
  };
  if (start.starts_with("\xFF\xFE")) {
    encoding_ = Encoding::utf16le;
    return skip(2);
  }
  if (start.starts_with("\xFE\xFF")) {
    encoding_ = Encoding::utf16be;
    return skip(2);
  }
  if (start.starts_with("\xEF\xBB\xBF")) {
    encoding_ = Encoding::bytes;
    return skip(3);
  }
  const std::string_view sample = start.substr(0, kLook);
  if (sample.size() < 8) return;
  if (encoding_ == Encoding::bytes) {
    if (number_ != 0 && sample[0] != '\0' && sample[1] != '\0') return;
    // Logs are nearly all ASCII, so one half of UTF-16's bytes are zero. The first line may be in any language.
    for (const std::string_view part : {sample, number_ == 0 ? start.substr(0, kFirstLook) : sample}) {
      std::size_t zeros[2] = {0, 0};
      for (std::size_t i = 0; i < part.size(); ++i) zeros[i % 2] += part[i] == '\0' ? 1 : 0;
      const std::size_t most = part.size() * 2 / 5;
      if (zeros[1] > most) encoding_ = Encoding::utf16le;
      if (zeros[0] > most) encoding_ = Encoding::utf16be;
    }
    return;
  }
  // Ideographs could all be made of two ASCII bytes, but no line of a log holds only such.
  if (std::all_of(sample.begin(), sample.end(), [](char c) { return c > '\0'; })) encoding_ = Encoding::bytes;
}

/// Of the line that starts at `at_`, from `searched` bytes on: where it ends, npos when it goes on behind what is
/// there.
std::size_t LineReader::find_end(std::size_t searched) const {
  const char* start = raw_.data() + at_;
  const std::size_t size = raw_.size() - at_;
  if (encoding_ == Encoding::bytes) {
    const void* end = size > searched ? std::memchr(start + searched, '\n', size - searched) : nullptr;
    return end != nullptr ? static_cast<std::size_t>(static_cast<const char*>(end) - start) : std::string::npos;
  }
  const std::size_t low = encoding_ == Encoding::utf16le ? 0 : 1;
  for (std::size_t i = searched & ~std::size_t{1}; i + 1 < size; i += 2) {
    if (start[i + low] == '\n' && start[i + 1 - low] == '\0') return i;
  }
  return std::string::npos;
}

/// Behind the last `</Event>` of what is there of the line; 0 when there is none.
std::size_t LineReader::last_event_end() const {
  constexpr std::string_view kEnd = "</Event>";
  std::string mark;
  for (const char c : kEnd) {
    if (encoding_ == Encoding::utf16be) mark += '\0';
    mark += c;
    if (encoding_ == Encoding::utf16le) mark += '\0';
  }
  const auto at = std::string_view(raw_).substr(at_).rfind(mark);
  return at == std::string_view::npos ? 0 : at + mark.size();
}

void LineReader::decode(std::string_view bytes) {
  decoded_.clear();
  const bool little = encoding_ == Encoding::utf16le;
  char32_t high = 0;  // the first half of a pair
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    const char32_t first = static_cast<unsigned char>(bytes[i]), second = static_cast<unsigned char>(bytes[i + 1]);
    const char32_t unit = little ? first | second << 8 : second | first << 8;
    if (unit >= 0xDC00 && unit < 0xE000) {
      pe::append_utf8(decoded_, high != 0 ? 0x10000U + ((high - 0xD800U) << 10) + (unit - 0xDC00U) : kReplacement);
      high = 0;
      continue;
    }
    if (high != 0) pe::append_utf8(decoded_, kReplacement);
    high = unit >= 0xD800 && unit < 0xDC00 ? unit : 0;
    if (high == 0 && unit != 0xFEFF) pe::append_utf8(decoded_, unit);
  }
  if (high != 0) pe::append_utf8(decoded_, kReplacement);
}

bool LineReader::fill() {
  if (ended_) return false;
  raw_.erase(0, at_);
  at_ = 0;
  const std::size_t before = raw_.size();
  raw_.resize(before + kBlock);
  in_.read(raw_.data() + before, static_cast<std::streamsize>(kBlock));
  const auto got = static_cast<std::size_t>(in_.gcount());
  raw_.resize(before + got);
  if (got < kBlock) ended_ = true;
  return true;
}

bool LineReader::next(std::string_view& line) {
  std::size_t searched = 0;
  bool begins = !skipping_;
  for (;;) {
    if (begins) {
      while (raw_.size() - at_ < kFirstLook && fill()) {
      }
      choose_encoding();
      begins = false;
    }
    const std::size_t size = raw_.size() - at_, end = find_end(searched);
    const std::size_t longest = encoding_ == Encoding::bytes ? kLongest : 2 * kLongest;
    if (end == std::string::npos && size < longest) {
      searched = size > 1 ? size - 1 : 0;
      if (fill()) continue;
      if (size == 0) return false;
    }
    // Event Viewer exports all events in one line.
    const std::size_t event = end == std::string::npos && size >= longest && !skipping_ ? last_event_end() : 0;
    const std::size_t length = end != std::string::npos ? end : event > 0 ? event : size;
    const std::size_t unit = encoding_ == Encoding::bytes ? 1 : 2;
    const bool whole = end != std::string::npos || event > 0 || size < longest;
    const std::string_view bytes(raw_.data() + at_, length);
    at_ = std::min(at_ + length + (end != std::string::npos ? unit : 0), raw_.size());
    if (skipping_) {  // the rest of a line that was cut
      skipping_ = !whole;
      begins = whole;
      searched = 0;
      if (at_ == raw_.size() && ended_) return false;
      continue;
    }
    skipping_ = cut_ = !whole;
    line = bytes;
    if (encoding_ != Encoding::bytes) {
      decode(bytes);
      line = decoded_;
    }
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    ++number_;
    return true;
  }
}

}  // namespace scanner::poolmon
