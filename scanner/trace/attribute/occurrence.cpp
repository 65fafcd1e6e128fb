#include "scanner/trace/trace.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "scanner/trace/isa/machine.hpp"

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

/// The instruction whose constant stands at `rva`, as text; empty when it is none's.
std::string user_of(const pe::Image& image, Machine& machine, const Ranges& ranges, std::uint32_t rva) {
  const pe::FunctionRange* range = ranges.around(rva);
  const CodeRange function = range != nullptr ? CodeRange{range->begin, range->end} : CodeRange{};
  const auto user = machine.user_of_constant(rva, range != nullptr ? &function : nullptr);
  return user ? machine.text(image.from_rva(*user), *user) : std::string();
}

}  // namespace

bool may_hold_halves(const pe::Image& image, const TagSearch& tags) {
  bool halves = false;
  for_each_split_constant(image, tags.tags(), [&halves](std::uint32_t, std::uint32_t) { return !(halves = true); });
  return halves;
}

bool may_hold_letters(const pe::Image& image, const TagSearch& words) {
  constexpr std::uint32_t kPlacement = 4;  // bytes: where compilers place 32-bit numbers
  return std::ranges::any_of(image.sections(), [&](const pe::Section& section) {
    const pe::Bytes bytes = image.file().slice(section.file_offset, section.file_size).value_or(pe::Bytes{});
    if (section.executable()) return words.any(bytes);
    if (!words.any(bytes)) return false;
    const std::vector<TagSearch::Hit> hits = words.all(bytes);
    return std::ranges::any_of(hits,
                               [&](const TagSearch::Hit& hit) { return (section.rva + hit.offset) % kPlacement == 0; });
  });
}

void note_letters_held(const pe::Image& image, TraceResult& result) {
  constexpr std::uint8_t kFourth = 3;
  std::map<tagdb::PoolTag, bool> held;
  for (TagUse& use : result.uses) {
    if (use.open != kFourth) continue;
    const auto [at, fresh] = held.try_emplace(use.tag, false);
    if (fresh) {
      const TagSearch words = TagSearch::for_letters_of({use.tag});
      at->second = may_hold_letters(image, words) || may_hold_halves(image, words);
    }
    use.letters_held = at->second;
  }
}

std::vector<TagSearch::Hit> places_of(const pe::Image& image, const TagSearch& tags) {
  std::vector<TagSearch::Hit> hits = tags.all(image.file());
  const std::size_t in_one_piece = hits.size();
  for_each_split_constant(image, tags.tags(), [&](std::uint32_t rva, std::uint32_t constant) {
    if (const auto offset = image.offset_of(rva))
      hits.push_back({*offset, tagdb::PoolTag(constant), (constant >> 31) != 0, true});
    return true;
  });
  if (hits.size() == in_one_piece) return hits;
  std::stable_sort(hits.begin(), hits.end(),
                   [](const TagSearch::Hit& a, const TagSearch::Hit& b) { return a.offset < b.offset; });
  return hits;
}

std::vector<Occurrence> describe_occurrences(const pe::Image& image, std::vector<TagSearch::Hit> hits) {
  std::stable_sort(hits.begin(), hits.end(), [](const TagSearch::Hit& a, const TagSearch::Hit& b) {
    return std::tie(a.tag, a.protected_bit) < std::tie(b.tag, b.protected_bit);
  });
  std::vector<Occurrence> found;
  std::unique_ptr<Machine> machine;
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
        machine = make_machine(image);
      }
      if (machine && hit.halves) {
        occurrence.what = "two halves, " + machine->text(image.from_rva(*occurrence.rva), *occurrence.rva);
      } else if (machine) {
        occurrence.what = user_of(image, *machine, *ranges, *occurrence.rva);
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
