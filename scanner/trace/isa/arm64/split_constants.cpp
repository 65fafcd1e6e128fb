// Constants in ARM64 code that a search of bytes misses or misreads: those in two halves, and words that loads name.
#include <algorithm>
#include <array>
#include <cstring>

#include "scanner/trace/isa/arm64/machine.hpp"

namespace scanner::trace::arm64 {
namespace {

constexpr std::uint32_t kWordBytes = 4;
constexpr std::uint32_t kApart = 64;  // words between the halves; compilers stay far below

struct Half {
  std::uint32_t bits = 0, at = 0;
  bool seen = false;
};

/// movz or movk of the lower or upper half of a word: nearly every other instruction ends here.
bool is_half(std::uint32_t word) {
  return (word & 0x1F800000U) == 0x12800000U && (word & 0x40000000U) != 0 && (word & 0x00400000U) == 0;
}

/// Is the upper half of some tag loaded anywhere? Most sections hold none, and to know that takes one comparison for
/// each word, many words at a time; who has more than a few tags need not ask.
bool loads_upper_half(pe::Bytes code, const std::vector<tagdb::PoolTag>& tags) {
  constexpr std::size_t kFew = 4, kBlock = 1024;  // words
  if (tags.size() > kFew) return true;
  // movz or movk, 32 or 64 bits, to bits 16 to 31; neither the register nor the protected bit matters.
  constexpr std::uint32_t kMask = 0x1FEFFFE0U, kForm = 0x12A00000U;
  std::array<std::uint32_t, kBlock> words{};
  for (std::size_t at = 0; at + kWordBytes <= code.size(); at += kBlock * kWordBytes) {
    const std::size_t bytes = std::min(kBlock * kWordBytes, code.size() - at) & ~std::size_t{kWordBytes - 1};
    std::memcpy(words.data(), code.data() + at, bytes);
    const std::size_t count = bytes / kWordBytes;
    for (const tagdb::PoolTag tag : tags) {
      const std::uint32_t wanted = kForm | (tag.value() >> 16 & 0x7FFFU) << 5;
      std::uint32_t any = 0;
      for (std::size_t i = 0; i < count; ++i) any |= (words[i] & kMask) == wanted ? 1U : 0U;
      if (any != 0) return true;
    }
  }
  return false;
}

}  // namespace

void for_each_split_constant(const pe::Image& image, std::vector<tagdb::PoolTag> tags, const FoundConstant& found) {
  std::sort(tags.begin(), tags.end());
  for (const pe::Section& section : image.sections()) {
    if (!section.executable()) continue;
    const pe::Bytes code = image.from_rva(section.rva);
    if (!loads_upper_half(code, tags)) continue;
    std::array<std::array<Half, 2>, 32> halves{};  // per register
    for (std::size_t at = 0; at + kWordBytes <= code.size(); at += kWordBytes) {
      const std::uint32_t word = *code.read<std::uint32_t>(at);
      if (!is_half(word)) continue;
      const auto position = static_cast<std::uint32_t>(at / kWordBytes);
      auto& pair = halves[word & 31];
      const unsigned which = (word >> 21) & 1;
      pair[which] = {(word >> 5) & 0xFFFFU, position, true};
      Half& other = pair[1 - which];
      const bool keeps = (word & 0x20000000U) != 0;  // movk; movz clears the other half
      other.seen = other.seen && keeps;
      if (!other.seen || position - other.at > kApart) continue;
      const std::uint32_t constant = pair[1].bits << 16 | pair[0].bits;
      if (!std::binary_search(tags.begin(), tags.end(), tagdb::PoolTag(constant))) continue;
      if (!found(section.rva + static_cast<std::uint32_t>(at), constant)) return;
    }
  }
}

/// A load that names the word as its literal.
std::optional<std::uint32_t> Arm64Machine::user_of_constant(std::uint32_t rva, const CodeRange* /*function*/) {
  constexpr std::uint32_t kReach = 1U << 20;
  const pe::Section* section = image().section_at(rva);
  if (section == nullptr || rva % kWordBytes != 0) return std::nullopt;
  const std::uint32_t first = std::max(section->rva, rva > kReach ? rva - kReach : 0);
  const pe::Bytes code = image().from_rva(first);
  for (std::uint32_t at = 0; at + kWordBytes <= code.size() && first + at < rva + kReach; at += kWordBytes) {
    const std::uint32_t word = *code.read<std::uint32_t>(at);
    if ((word & 0x3B000000U) != 0x18000000U) continue;  // load, literal
    const Word load = arm64::decode(word, first + at);
    if (load.form == Form::load_literal && load.imm == rva) return first + at;
  }
  return std::nullopt;
}

}  // namespace scanner::trace::arm64
