#include "scanner/poolmon/lines.hpp"

#include <cstring>

namespace scanner::poolmon {
namespace {

constexpr std::size_t kBlock = 1U << 18;
constexpr std::size_t kLongest = 4U << 20;  // headers of perfmon with thousands of counters are long
constexpr char32_t kReplacement = 0xFFFD;

}  // namespace

void append_utf8(std::string& out, char32_t code) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

void LineReader::detect(std::string_view start) {
  encoding_ = Encoding::bytes;
  if (start.starts_with("\xFF\xFE")) encoding_ = Encoding::utf16le;
  if (start.starts_with("\xFE\xFF")) encoding_ = Encoding::utf16be;
  if (encoding_ != Encoding::bytes || start.starts_with("\xEF\xBB\xBF")) return;
  // Without a mark: logs are nearly all ASCII, so one half of UTF-16's bytes are zero.
  const std::string_view sample = start.substr(0, 512);
  std::size_t zeros[2] = {0, 0};
  for (std::size_t i = 0; i < sample.size(); ++i) zeros[i % 2] += sample[i] == '\0' ? 1 : 0;
  const std::size_t most = sample.size() * 2 / 5;
  if (sample.size() >= 8 && zeros[1] > most) encoding_ = Encoding::utf16le;
  if (sample.size() >= 8 && zeros[0] > most) encoding_ = Encoding::utf16be;
}

void LineReader::append_utf16(std::string_view block) {
  left_over_ += block;
  const bool little = encoding_ == Encoding::utf16le;
  std::size_t i = 0;
  for (; i + 1 < left_over_.size(); i += 2) {
    const auto first = static_cast<unsigned char>(left_over_[i]),
               second = static_cast<unsigned char>(left_over_[i + 1]);
    const auto unit = static_cast<char16_t>(little ? first | second << 8 : second | first << 8);
    if (unit >= 0xDC00 && unit < 0xE000) {
      append_utf8(buffer_, high_surrogate_ != 0 ? 0x10000U + ((high_surrogate_ - 0xD800U) << 10) + (unit - 0xDC00U)
                                                : kReplacement);
      high_surrogate_ = 0;
      continue;
    }
    if (high_surrogate_ != 0) append_utf8(buffer_, kReplacement);
    high_surrogate_ = 0;
    if (unit >= 0xD800 && unit < 0xDC00) {
      high_surrogate_ = unit;
    } else if (unit != 0xFEFF) {
      append_utf8(buffer_, unit);
    }
  }
  left_over_.erase(0, i);
}

bool LineReader::fill() {
  if (ended_) return false;
  buffer_.erase(0, at_);
  at_ = 0;
  block_.resize(kBlock);
  in_.read(block_.data(), static_cast<std::streamsize>(block_.size()));
  std::string_view got(block_.data(), static_cast<std::size_t>(in_.gcount()));
  if (got.size() < kBlock) ended_ = true;
  if (encoding_ == Encoding::unknown) {
    detect(got);
    if (encoding_ == Encoding::bytes && got.starts_with("\xEF\xBB\xBF")) got.remove_prefix(3);
  }
  if (encoding_ == Encoding::bytes) {
    buffer_ += got;
  } else {
    append_utf16(got);
  }
  return true;
}

bool LineReader::next(std::string_view& line) {
  std::size_t searched = 0;
  for (;;) {
    const char* start = buffer_.data() + at_;
    const std::size_t size = buffer_.size() - at_;
    const void* end = size > searched ? std::memchr(start + searched, '\n', size - searched) : nullptr;
    if (end == nullptr && size < kLongest) {
      searched = size;
      if (fill()) continue;
      if (size == 0) return false;
    }
    std::size_t length = end != nullptr ? static_cast<std::size_t>(static_cast<const char*>(end) - start) : size;
    const bool whole = end != nullptr || size < kLongest;
    at_ += length + (end != nullptr ? 1 : 0);
    if (skipping_) {  // the rest of a line that was cut
      skipping_ = !whole;
      searched = 0;
      if (at_ == buffer_.size() && ended_) return false;
      continue;
    }
    skipping_ = cut_ = !whole;
    if (length > 0 && start[length - 1] == '\r') --length;
    line = {start, length};
    ++number_;
    return true;
  }
}

}  // namespace scanner::poolmon
