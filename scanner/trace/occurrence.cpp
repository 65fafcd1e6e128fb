#include "scanner/trace/occurrence.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "scanner/trace/lift.hpp"
#include "scanner/trace/occurrence_arm64.hpp"

namespace scanner::trace {
namespace {

bool printable(std::uint8_t byte) { return byte >= 0x20 && byte < 0x7F; }

std::array<std::uint8_t, 4> needle(tagdb::PoolTag tag, bool protected_bit) {
  return {tag.byte(0), tag.byte(1), tag.byte(2), static_cast<std::uint8_t>(tag.byte(3) | (protected_bit ? 0x80U : 0U))};
}

/// Next occurrence at or behind `from`, or npos.
std::size_t find(pe::Bytes file, const std::array<std::uint8_t, 4>& bytes, std::size_t from) {
  const std::uint8_t* data = file.data();
  while (from + 4 <= file.size()) {
    const void* hit = std::memchr(data + from, bytes[0], file.size() - 3 - from);
    if (hit == nullptr) return std::string::npos;
    const auto at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(hit) - data);
    if (std::memcmp(data + at, bytes.data(), 4) == 0) return at;
    from = at + 1;
  }
  return std::string::npos;
}

/// The run of printable bytes around `offset`, or empty when it is too short to be a text.
std::string text_around(pe::Bytes file, std::size_t offset) {
  constexpr std::size_t kShortestText = 6, kShown = 40;
  std::size_t begin = offset, end = offset + 4;
  while (begin > 0 && offset - begin < kShown && printable(file[begin - 1])) --begin;
  while (end < file.size() && end - offset < kShown && printable(file[end])) ++end;
  if (end - begin < kShortestText) return {};
  return {reinterpret_cast<const char*>(file.data()) + begin, end - begin};
}

/// Is `rva` the immediate of an instruction? Walks the function that .pdata names, so that alignment is certain.
std::string immediate_at(const pe::Image& image, Decoder& decoder, std::uint32_t rva) {
  std::string text;
  if (image.machine() == pe::Machine::arm64) {
    const auto load = arm64::load_of_literal(image, rva);
    return load ? decoder.text(image.from_rva(*load), *load) : text;
  }
  image.for_each_function([&](const pe::FunctionRange& range) {
    if (rva < range.begin || rva >= range.end || !text.empty()) return;
    for (std::uint32_t at = range.begin; at < range.end && at <= rva;) {
      const pe::Bytes code = image.from_rva(at);
      if (code.empty()) return;
      const Instruction instruction = decoder.measure(code, at);
      // The immediate is always the last field of an instruction.
      if (instruction.flow != Flow::undecodable && at + instruction.length == rva + 4) text = decoder.text(code, at);
      at += instruction.length;
    }
  });
  return text;
}

}  // namespace

bool contains_any(pe::Bytes file, const std::vector<tagdb::PoolTag>& tags) {
  return std::any_of(tags.begin(), tags.end(), [file](tagdb::PoolTag tag) {
    return find(file, needle(tag, false), 0) != std::string::npos ||
           find(file, needle(tag, true), 0) != std::string::npos;
  });
}

bool may_hold_any(const pe::Image& image, const std::vector<tagdb::PoolTag>& tags) {
  if (contains_any(image.file(), tags)) return true;
  bool halves = false;
  if (image.machine() == pe::Machine::arm64)
    arm64::for_each_halves(image, tags, [&halves](std::uint32_t, std::uint32_t) { return !(halves = true); });
  return halves;
}

std::vector<Occurrence> find_occurrences(const pe::Image& image, const std::vector<tagdb::PoolTag>& tags,
                                         std::size_t limit) {
  std::vector<Occurrence> found;
  const auto decoder = make_decoder(image);
  const pe::Bytes file = image.file();
  for (const tagdb::PoolTag tag : tags) {
    for (const bool protected_bit : {false, true}) {
      const auto bytes = needle(tag, protected_bit);
      for (std::size_t at = find(file, bytes, 0); at != std::string::npos && found.size() < limit;
           at = find(file, bytes, at + 1)) {
        Occurrence occurrence;
        occurrence.tag = tag;
        occurrence.protected_bit = protected_bit;
        occurrence.file_offset = at;
        occurrence.rva = image.rva_of(static_cast<std::uint32_t>(at));
        const pe::Section* section = occurrence.rva ? image.section_at(*occurrence.rva) : nullptr;
        const std::string text = text_around(file, at);
        if (section != nullptr && section->executable() && decoder) {
          occurrence.what = immediate_at(image, *decoder, *occurrence.rva);
          if (!occurrence.what.empty()) occurrence.evidence = Evidence::constant;
        }
        if (occurrence.what.empty() && !text.empty()) {
          occurrence.what = "text \"" + text + "\"";
        } else if (occurrence.what.empty() && section != nullptr && !section->executable() &&
                   *occurrence.rva % 4 == 0) {
          occurrence.what = "a data word";
          occurrence.evidence = Evidence::constant;
        } else if (occurrence.what.empty()) {
          occurrence.what =
              section != nullptr ? "bytes in section " + std::string(section->name) : "bytes outside sections";
        }
        found.push_back(std::move(occurrence));
      }
    }
  }
  if (image.machine() == pe::Machine::arm64) {
    arm64::for_each_halves(image, tags, [&](std::uint32_t rva, std::uint32_t constant) {
      Occurrence occurrence;
      occurrence.tag = tagdb::PoolTag(constant);
      occurrence.protected_bit = (constant >> 31) != 0;
      occurrence.evidence = Evidence::constant;
      occurrence.file_offset = image.offset_of(rva).value_or(0);
      occurrence.rva = rva;
      occurrence.what = "two halves, " + decoder->text(image.from_rva(rva), rva);
      found.push_back(std::move(occurrence));
      return found.size() < limit;
    });
  }
  std::sort(found.begin(), found.end(),
            [](const Occurrence& a, const Occurrence& b) { return a.file_offset < b.file_offset; });
  return found;
}

}  // namespace scanner::trace
