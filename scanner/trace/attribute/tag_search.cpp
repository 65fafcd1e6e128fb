#include "scanner/trace/trace.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numeric>

/// Built for two widths of registers, of which the loader takes the one that the processor has.
#if defined(__x86_64__) && defined(__ELF__)
#define POOLWHO_WIDE [[gnu::target_clones("avx2", "default")]]
#else
#define POOLWHO_WIDE
#endif

namespace scanner::trace {
namespace {

constexpr std::size_t kFew = 6;       // from here on one pass with the bitmap is cheaper than one pass per tag
constexpr unsigned kFilterBits = 17;  // 16 KiB: stays in the first-level cache
constexpr std::uint32_t kTagMask = 0x7FFFFFFFU;

std::uint32_t word_at(const std::uint8_t* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, 4);
  if constexpr (std::endian::native == std::endian::big)
    value = (value >> 24) | ((value >> 8) & 0xFF00U) | ((value << 8) & 0xFF0000U) | (value << 24);
  return value;
}

std::uint32_t slot_of(std::uint32_t tag) { return (tag * 0x9E3779B1U) >> (32 - kFilterBits); }

/// How often a byte stands in drivers, roughly: 0 first, then the bytes that code and UTF-16 texts are full of.
unsigned frequency(std::uint8_t byte) {
  switch (byte) {
    case 0x00: return 100;
    case 0xFF:
    case 0x48:
    case 0xCC: return 40;
    case 0x20:
    case 0x24:
    case 0x44:
    case 0x8B:
    case 0x4C:
    case 0x89:
    case 0x65: return 25;
    default: break;
  }
  if (byte >= 'a' && byte <= 'z') return std::strchr("eatoinsr", byte) != nullptr ? 20 : 12;
  if (byte >= 'A' && byte <= 'H') return 12;
  return byte < 0x10 ? 15 : 6;
}

constexpr std::uint32_t kLetters = 0xFFFFFFU;                  // the first three
constexpr std::array<char, 4> kFirst = {'\0', '0', 'A', 'a'};  // what the fourth is counted from

bool counts_from(std::uint32_t word) {
  return std::find(kFirst.begin(), kFirst.end(), static_cast<char>(word >> 24)) != kFirst.end();
}

/// Two of a tag's bytes, and where they stand in it.
struct Pair {
  std::uint8_t first = 0, second = 0;
  unsigned first_at = 0, second_at = 0;
};

/// The two that stand in drivers least often. The fourth byte has two forms, so only the first three count.
Pair rare_pair(std::uint32_t tag) {
  std::array<unsigned, 3> order = {0, 1, 2};
  const auto byte = [tag](unsigned index) { return static_cast<std::uint8_t>(tag >> (8 * index)); };
  std::sort(order.begin(), order.end(),
            [&byte](unsigned a, unsigned b) { return frequency(byte(a)) < frequency(byte(b)); });
  return {byte(order[0]), byte(order[1]), order[0], order[1]};
}

constexpr std::size_t kStep = 128;

/// The first of the steps at or behind `from` that holds the pair; `end` or less than a step before it when none does.
POOLWHO_WIDE std::size_t find_step(const std::uint8_t* data, std::size_t from, std::size_t end, Pair pair) {
  for (; from + kStep <= end; from += kStep) {
    const std::uint8_t *first = data + from + pair.first_at, *second = data + from + pair.second_at;
    std::uint8_t any = 0;
    for (std::size_t k = 0; k < kStep; ++k)
      any |= static_cast<std::uint8_t>((first[k] == pair.first ? 0xFF : 0) & (second[k] == pair.second ? 0xFF : 0));
    if (any != 0) break;
  }
  return from;
}

/// Next place at or behind `from` of a word that `matches`, which has the first three letters of `tag`; `size` when
/// there is none.
template <typename Matches>
std::size_t find_word(const std::uint8_t* data, std::size_t size, std::size_t from, std::uint32_t tag,
                      Matches matches) {
  if (size < 4) return size;
  const std::size_t end = size - 3;  // behind the last place a tag can start
  const Pair pair = rare_pair(tag);
  for (std::size_t at = from; at < end;) {
    at = find_step(data, at, end, pair);
    for (const std::size_t stop = std::min(end, at + kStep); at < stop; ++at) {
      if (data[at + pair.first_at] == pair.first && matches(word_at(data + at) & kTagMask)) return at;
    }
  }
  return size;
}

/// Next place of `tag`, in either form.
std::size_t find_one(const std::uint8_t* data, std::size_t size, std::size_t from, std::uint32_t tag) {
  return find_word(data, size, from, tag, [tag](std::uint32_t word) { return word == tag; });
}

TagSearch::Held look_for(pe::Bytes bytes, std::uint32_t tag) {
  const auto near = [tag](std::uint32_t word) {
    return word == tag || (((word ^ tag) & kLetters) == 0 && counts_from(word));
  };
  const std::size_t first = find_word(bytes.data(), bytes.size(), 0, tag, near);
  if (first == bytes.size()) return TagSearch::Held::nothing;
  return find_one(bytes.data(), bytes.size(), first, tag) < bytes.size() ? TagSearch::Held::whole
                                                                         : TagSearch::Held::letters;
}

}  // namespace

TagSearch::TagSearch(std::vector<tagdb::PoolTag> tags) : tags_(std::move(tags)) {
  std::sort(tags_.begin(), tags_.end());
  tags_.erase(std::unique(tags_.begin(), tags_.end()), tags_.end());
  if (tags_.size() < kFew) return;
  filter_.resize((std::size_t{1} << kFilterBits) / 64);
  for (const tagdb::PoolTag tag : tags_) {
    const std::uint32_t slot = slot_of(tag.value());
    filter_[slot / 64] |= std::uint64_t{1} << (slot % 64);
    letters_.push_back(tag.value() & kLetters);
    const std::uint32_t of_letters = slot_of(letters_.back());
    filter_[of_letters / 64] |= std::uint64_t{1} << (of_letters % 64);
  }
  std::sort(letters_.begin(), letters_.end());
}

TagSearch TagSearch::for_letters_of(const std::vector<tagdb::PoolTag>& tags) {
  std::vector<tagdb::PoolTag> words;
  for (const tagdb::PoolTag tag : tags) {
    for (const char first : kFirst)
      words.emplace_back((tag.value() & kLetters) | std::uint32_t{static_cast<unsigned char>(first)} << 24);
  }
  return TagSearch(std::move(words));
}

bool TagSearch::member(std::uint32_t value) const {
  return in_filter(value) && std::binary_search(tags_.begin(), tags_.end(), tagdb::PoolTag(value));
}

bool TagSearch::in_filter(std::uint32_t value) const {
  const std::uint32_t slot = slot_of(value);
  return (filter_[slot / 64] >> (slot % 64) & 1) != 0;
}

TagSearch::Held TagSearch::held(std::uint32_t word) const {
  if (member(word)) return Held::whole;
  const std::uint32_t three = word & kLetters;
  const bool near =
      counts_from(word) && in_filter(three) && std::binary_search(letters_.begin(), letters_.end(), three);
  return near ? Held::letters : Held::nothing;
}

TagSearch::Held TagSearch::look(pe::Bytes bytes) const {
  Held best = Held::nothing;
  if (filter_.empty()) {
    for (std::size_t i = 0; i < tags_.size() && best != Held::whole; ++i)
      best = std::max(best, look_for(bytes, tags_[i].value()));
    return best;
  }
  for (std::size_t at = 0; at + 4 <= bytes.size() && best != Held::whole; ++at)
    best = std::max(best, held(word_at(bytes.data() + at) & kTagMask));
  return best;
}

std::vector<TagSearch::Hit> TagSearch::all(pe::Bytes bytes) const {
  std::vector<Hit> hits;
  const auto add = [&hits, bytes](std::size_t at) {
    const std::uint32_t word = word_at(bytes.data() + at);
    hits.push_back({at, tagdb::PoolTag(word), (word & ~kTagMask) != 0, false});
  };
  if (!filter_.empty()) {
    for (std::size_t at = 0; at + 4 <= bytes.size(); ++at) {
      if (member(word_at(bytes.data() + at) & kTagMask)) add(at);
    }
    return hits;
  }
  for (const tagdb::PoolTag tag : tags_) {
    for (std::size_t at = find_one(bytes.data(), bytes.size(), 0, tag.value()); at < bytes.size();
         at = find_one(bytes.data(), bytes.size(), at + 1, tag.value()))
      add(at);
  }
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.offset < b.offset; });
  return hits;
}

}  // namespace scanner::trace
