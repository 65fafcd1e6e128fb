#include "scanner/poolmon/words.hpp"

#include <algorithm>
#include <unordered_map>

#include "pe/text.hpp"
#include "scanner/poolmon/line_reader.hpp"
#include "tagdb/tsv.hpp"

namespace tagdb {
std::string_view builtin_log_words();
}

namespace scanner::poolmon {
namespace {

constexpr std::pair<std::string_view, Word> kMeanings[] = {
    {"tag", Word::tag},         {"pool", Word::pool},
    {"type", Word::type},       {"nonpaged", Word::nonpaged},
    {"paged", Word::paged},     {"session", Word::session},
    {"allocs", Word::allocs},   {"frees", Word::frees},
    {"state", Word::state},     {"diff", Word::diff},
    {"count", Word::count},     {"bytes", Word::bytes},
    {"used", Word::used},       {"per_block", Word::per_block},
    {"total", Word::total},     {"filler", Word::filler},
    {"delta", Word::delta},     {"peak", Word::peak},
    {"ignored", Word::ignored}, {"address", Word::address},
    {"time", Word::time},       {"time_utc", Word::time_utc},
    {"owner", Word::owner},     {"text", Word::text},
    {"host", Word::host},       {"b", Word::b},
    {"kb", Word::kb},           {"mb", Word::mb},
    {"gb", Word::gb},           {"available", Word::available},
    {"commit", Word::commit},   {"commit_limit", Word::commit_limit}};

/// Latin letters with marks, U+00C0 to U+017F, by what is left without the mark; '?' for those that stay.
constexpr std::string_view kLatin =
    "aaaaaaaceeeeiiiidnooooo?ouuuuy?saaaaaaaceeeeiiiidnooooo?ouuuuy?y"   // U+00C0
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"   // U+0100
    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";  // U+0140

struct Vocabulary {
  std::unordered_map<std::string, Word> words;
  std::size_t longest = 0;

  Vocabulary() {
    for (const tagdb::TsvRow& row : tagdb::read_tsv(tagdb::builtin_log_words())) {
      if (row.cells.size() < 2) continue;
      const auto meaning = std::find_if(std::begin(kMeanings), std::end(kMeanings),
                                        [&row](const auto& one) { return one.first == row.cells[0]; });
      const std::string word = folded(row.cells[1]);
      if (meaning == std::end(kMeanings) || word.empty()) continue;
      words.try_emplace(word, meaning->second);
      longest = std::max(longest, word.size());
    }
  }
};

const Vocabulary& vocabulary() {
  static const Vocabulary table;  // constant once it is made
  return table;
}

bool is_unit(Word word) { return word == Word::b || word == Word::kb || word == Word::mb || word == Word::gb; }

bool starts_code(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// One code point of UTF-8 that is whole; what is not whole is taken as it is, a byte at a time.
char32_t next_code(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  const unsigned more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  if (more == 0 || at + more > text.size()) return lead;
  char32_t code = lead & (0x3FU >> more);
  for (unsigned i = 0; i < more; ++i) code = code << 6 | (static_cast<unsigned char>(text[at++]) & 0x3FU);
  return code;
}

/// No blanks stand between the words of these scripts.
bool without_blanks(char32_t code) { return code >= 0x3040 && code < 0xFF00; }

}  // namespace

std::string folded(std::string_view text, std::vector<bool>* edges) {
  std::string out;
  bool edge = true, small = false, capital = false;
  std::size_t last = 0;  // where the last letter begins in `out`
  if (edges != nullptr) edges->clear();
  const auto mark = [edges](std::size_t at) {
    if (edges == nullptr) return;
    edges->resize(at + 1);
    (*edges)[at] = true;
  };
  for (std::size_t at = 0; at < text.size();) {
    char32_t code = next_code(text, at);
    if (code >= 0xFF01 && code <= 0xFF5E) code -= 0xFEE0;
    const bool upper = (code >= 'A' && code <= 'Z') || (code >= 0x410 && code <= 0x42F);
    const bool digit = code >= '0' && code <= '9';
    if (code == 0x401 || code == 0x451) code = 0x435;
    if (code >= 0x410 && code <= 0x42F) code += 0x20;
    if (code < 0x80 && upper) code |= 0x20;
    if (code >= 0xC0 && code < 0x180 && code != 0xD7 && code != 0xF7) {
      if (const char plain = kLatin[code - 0xC0]; plain != '?') code = static_cast<char32_t>(plain);
    }
    const bool lower = code >= 'a' && code <= 'z' && !upper;
    const bool letter = upper || lower || digit || code >= 0xC0;
    if (code == '%') {
      mark(out.size());
      out += "percent";
      edge = true;
      continue;
    }
    if (!letter || (code >= 0x2000 && code < 0x3040) || code == 0x30FB) {
      edge = true;
      small = capital = false;
      continue;
    }
    const bool ideograph = without_blanks(code);
    if (upper && small) edge = true;                        // usedBytes
    if (lower && capital && last > 0 && !edge) mark(last);  // NPBytes: before the B
    if (edge || ideograph) mark(out.size());
    last = out.size();
    pe::append_utf8(out, code);
    if (code == 0x30FC) small = false;
    edge = ideograph;
    small = lower || digit;
    capital = upper;
  }
  mark(out.size());
  return out;
}

std::optional<std::vector<Word>> words_of(std::string_view text) {
  constexpr std::size_t kLongest = 200;  // longer is no title
  std::vector<bool> edges;
  const std::string name = folded(text.substr(0, kLongest + 1), &edges);
  if (text.size() > kLongest) return std::nullopt;
  const Vocabulary& table = vocabulary();
  const std::size_t size = name.size();
  // From the end: the fewest words that make up what stands from each place on.
  constexpr unsigned kNone = 1000;
  struct Step {
    unsigned words = kNone;
    std::size_t length = 0;
    Word word = Word::filler;
  };
  std::vector<Step> steps(size + 1);
  steps[size].words = 0;
  for (std::size_t at = size; at-- > 0;) {
    if (!starts_code(name[at])) continue;
    for (std::size_t length = std::min(table.longest, size - at); length > 0; --length) {
      const Step& behind = steps[at + length];
      if (behind.words >= steps[at].words || behind.words == kNone) continue;
      const auto found = table.words.find(name.substr(at, length));
      if (found == table.words.end()) continue;
      const bool ascii = static_cast<unsigned char>(name[at]) < 0x80;
      const bool unit = is_unit(found->second);
      if (ascii && length <= 3 && !(unit && length > 1) && !edges[at] && length < 3) continue;
      if (ascii && length <= 2 && ((unit && !edges[at + length]) || (length == 1 && !edges[at + 1]))) continue;
      steps[at] = {behind.words + 1, length, found->second};
    }
  }
  if (steps[0].words == kNone) return std::nullopt;
  std::vector<Word> words;
  for (std::size_t at = 0; at < size; at += steps[at].length) words.push_back(steps[at].word);
  return words;
}

std::optional<std::int64_t> unit_of_word(std::string_view text) {
  if (text.size() > 40) return std::nullopt;
  const std::string name = folded(text);
  const auto found = vocabulary().words.find(name);
  if (found == vocabulary().words.end()) return std::nullopt;
  switch (found->second) {
    case Word::b: return 1;
    case Word::bytes: {
      const bool plain = name == "bytes" || name == "byte" || name == "octets" || name == "octet" || name == "bajty" ||
                         name.starts_with("\xD0\xB1");  // байт
      return plain ? std::optional<std::int64_t>(1) : std::nullopt;
    }
    case Word::kb: return 1 << 10;
    case Word::mb: return 1 << 20;
    case Word::gb: return 1 << 30;
    default: return std::nullopt;
  }
}

PoolsNamed pools_named(std::string_view line) {
  constexpr std::size_t kLongest = 400, kShortest = 4;
  PoolsNamed named;
  std::vector<bool> edges;
  const std::string text = folded(line.substr(0, kLongest), &edges);
  const Vocabulary& table = vocabulary();
  for (std::size_t at = 0; at < text.size();) {
    std::size_t taken = 0;
    for (std::size_t length = std::min(table.longest, text.size() - at); length >= kShortest; --length) {
      const auto found = table.words.find(text.substr(at, length));
      if (found == table.words.end() || (found->second != Word::nonpaged && found->second != Word::paged)) continue;
      if (static_cast<unsigned char>(text[at]) < 0x80 && !edges[at]) continue;
      (found->second == Word::nonpaged ? named.nonpaged : named.paged) = true;
      taken = length;
      break;
    }
    at += std::max<std::size_t>(taken, 1);
  }
  return named;
}

}  // namespace scanner::poolmon
