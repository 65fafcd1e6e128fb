#include "scanner/trace/attribute/occurrence.hpp"

#include <algorithm>
#include <tuple>

#include "scanner/trace/ir/cfg.hpp"
#include "scanner/trace/isa/arm64/occurrence.hpp"

namespace scanner::trace {
namespace {

bool printable(std::uint8_t byte) { return byte >= 0x20 && byte < 0x7F; }

/// The run of printable bytes around `offset`, or empty when it is too short to be a text.
std::string text_around(pe::Bytes file, std::size_t offset) {
  constexpr std::size_t kShortestText = 6, kShown = 40;
  std::size_t begin = offset, end = offset + 4;
  while (begin > 0 && offset - begin < kShown && printable(file[begin - 1])) --begin;
  while (end < file.size() && end - offset < kShown && printable(file[end])) ++end;
  if (end - begin < kShortestText) return {};
  return {reinterpret_cast<const char*>(file.data()) + begin, end - begin};
}

/// Ranges of functions for many questions about one image: the table is read once.
class Ranges {
 public:
  explicit Ranges(const pe::Image& image) {
    image.for_each_function([this](const pe::FunctionRange& range) { ranges_.push_back(range); });
    std::sort(ranges_.begin(), ranges_.end(),
              [](const pe::FunctionRange& a, const pe::FunctionRange& b) { return a.begin < b.begin; });
  }
  [[nodiscard]] const pe::FunctionRange* around(std::uint32_t rva) const {
    auto next = std::upper_bound(ranges_.begin(), ranges_.end(), rva,
                                 [](std::uint32_t at, const pe::FunctionRange& range) { return at < range.begin; });
    return next != ranges_.begin() && rva < (--next)->end ? &*next : nullptr;
  }

 private:
  std::vector<pe::FunctionRange> ranges_;
};

/// Is `rva` the immediate of an instruction? Walks the function that .pdata names, so that alignment is certain.
std::string immediate_at(const pe::Image& image, Decoder& decoder, const Ranges& ranges, std::uint32_t rva) {
  if (image.machine() == pe::Machine::arm64) {
    const auto load = arm64::load_of_literal(image, rva);
    return load ? decoder.text(image.from_rva(*load), *load) : std::string();
  }
  const pe::FunctionRange* range = ranges.around(rva);
  // Nobody writes functions that large; a record may claim one, and there may be thousands of questions.
  constexpr std::uint32_t kLongestWalk = 1U << 16;
  if (range == nullptr || rva - range->begin > kLongestWalk) return {};
  for (std::uint32_t at = range->begin; at < range->end && at <= rva;) {
    const pe::Bytes code = image.from_rva(at);
    if (code.empty()) break;
    const Instruction instruction = decoder.measure(code, at);
    // The immediate is always the last field of an instruction.
    if (instruction.flow != ControlFlow::undecodable && at + instruction.length == rva + 4)
      return decoder.text(code, at);
    at += std::max<std::uint32_t>(instruction.length, 1);
  }
  return {};
}

}  // namespace

bool may_hold_any(const pe::Image& image, const TagSearch& tags) {
  if (tags.any(image.file())) return true;
  bool halves = false;
  if (image.machine() == pe::Machine::arm64)
    arm64::for_each_halves(image, tags.tags(), [&halves](std::uint32_t, std::uint32_t) { return !(halves = true); });
  return halves;
}

std::vector<TagSearch::Hit> places_of(const pe::Image& image, const TagSearch& tags) {
  std::vector<TagSearch::Hit> hits = tags.all(image.file());
  if (image.machine() != pe::Machine::arm64) return hits;
  arm64::for_each_halves(image, tags.tags(), [&](std::uint32_t rva, std::uint32_t constant) {
    if (const auto offset = image.offset_of(rva))
      hits.push_back({*offset, tagdb::PoolTag(constant), (constant >> 31) != 0, true});
    return true;
  });
  std::stable_sort(hits.begin(), hits.end(),
                   [](const TagSearch::Hit& a, const TagSearch::Hit& b) { return a.offset < b.offset; });
  return hits;
}

std::vector<Occurrence> describe_occurrences(const pe::Image& image, std::vector<TagSearch::Hit> hits) {
  std::stable_sort(hits.begin(), hits.end(), [](const TagSearch::Hit& a, const TagSearch::Hit& b) {
    return std::tie(a.tag, a.protected_bit) < std::tie(b.tag, b.protected_bit);
  });
  std::vector<Occurrence> found;
  std::unique_ptr<Decoder> decoder;
  std::optional<Ranges> ranges;
  std::size_t of_this_tag = 0;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const TagSearch::Hit& hit = hits[i];
    of_this_tag = i > 0 && hits[i - 1].tag == hit.tag ? of_this_tag + 1 : 0;
    if (of_this_tag >= kMaxOccurrences) continue;
    Occurrence occurrence;
    occurrence.tag = hit.tag;
    occurrence.protected_bit = hit.protected_bit;
    occurrence.file_offset = hit.offset;
    occurrence.rva = image.rva_of(static_cast<std::uint32_t>(hit.offset));
    const pe::Section* section = occurrence.rva ? image.section_at(*occurrence.rva) : nullptr;
    const std::string text = text_around(image.file(), hit.offset);
    if (section != nullptr && section->executable()) {
      if (!ranges) {
        ranges.emplace(image);
        decoder = make_decoder(image);
      }
      if (decoder && hit.halves) {
        occurrence.what = "two halves, " + decoder->text(image.from_rva(*occurrence.rva), *occurrence.rva);
      } else if (decoder) {
        occurrence.what = immediate_at(image, *decoder, *ranges, *occurrence.rva);
      }
      if (!occurrence.what.empty()) occurrence.evidence = Evidence::constant;
    }
    if (occurrence.what.empty() && !text.empty()) {
      occurrence.what = "text \"" + text + "\"";
    } else if (occurrence.what.empty() && section != nullptr && !section->executable() && *occurrence.rva % 4 == 0) {
      occurrence.what = "a data word";
      occurrence.evidence = Evidence::constant;
    } else if (occurrence.what.empty()) {
      occurrence.what =
          section != nullptr ? "bytes in section " + std::string(section->name) : "bytes outside sections";
    }
    found.push_back(std::move(occurrence));
  }
  std::sort(found.begin(), found.end(),
            [](const Occurrence& a, const Occurrence& b) { return a.file_offset < b.file_offset; });
  return found;
}

}  // namespace scanner::trace
