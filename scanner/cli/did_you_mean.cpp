// The distance is Damerau's, in its restricted form: a letter left out, put in or wrong, or two neighbours swapped,
// costs one. Two tables of a few words are compared once in a run, after a mistake; nothing here has to be fast.
#include "scanner/cli/did_you_mean.hpp"

#include <algorithm>
#include <cctype>

namespace scanner {
namespace {

constexpr std::size_t kLongestWord = 32;   ///< what is longer is no mistyped word
constexpr std::size_t kShortestStart = 3;  ///< letters that a beginning must have to mean anything

std::string small(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return out;
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest_word(std::string_view word, const std::vector<std::string>& known) {
  if (word.empty() || word.size() > kLongestWord) return {};
  const std::string wanted = small(word);
  std::vector<std::string> begun;
  for (const std::string& candidate : known) {
    if (candidate == wanted) return candidate;
    if (wanted.size() >= kShortestStart && candidate.starts_with(wanted)) begun.push_back(candidate);
  }
  if (begun.size() == 1) return begun.front();
  std::size_t best = wanted.size() < 5 ? 2 : 3;  // one letter of a short word, two of a longer one
  std::string out;
  for (const std::string& candidate : known) {
    const std::size_t far = distance(wanted, candidate);
    if (far > best || (far == best && out.empty())) continue;
    out = far == best ? std::string() : candidate;
    best = far;
  }
  return out;
}

}  // namespace scanner
