#include "scanner/report/html_answer.hpp"

#include <algorithm>

#include "scanner/report/words.hpp"
#include "tagdb/advice.hpp"

namespace scanner::report::html {
namespace {

struct Answer {
  std::string tag;                   ///< as it was asked for
  std::vector<std::string> drivers;  ///< names of `likely` and better, each once
  std::size_t proven = 0;            ///< how many of these are better than likely; they come first
  std::size_t possible = 0, weak = 0;
  std::size_t sharing = 0;          ///< of `possible`, those that allocate with a tag which never proves an owner
  std::size_t untagged = 0;         ///< of `sharing`, those that call functions which take no tag
  const Candidate* best = nullptr;  ///< the first of `drivers`
};

bool has_reason(const Candidate& candidate, std::string_view code) {
  const auto& reasons = candidate.judgement.reasons;
  return std::any_of(reasons.begin(), reasons.end(), [code](const rank::Reason& one) { return one.code == code; });
}

Answer answer_to(const tagdb::TagQuery& query, const std::vector<Candidate>& candidates) {
  Answer answer;
  answer.tag = query.text;
  for (const Candidate& candidate : candidates) {
    if (!query.matches(candidate.tag)) continue;
    const rank::Verdict verdict = candidate.judgement.verdict;
    if (verdict == rank::Verdict::possible) {
      ++answer.possible;
      const bool shares = has_reason(candidate, "allocates") && has_reason(candidate, "shared_tag");
      answer.sharing += shares ? 1 : 0;
      answer.untagged += shares && candidate.uses.front().implied ? 1 : 0;
    }
    if (verdict == rank::Verdict::weak) ++answer.weak;
    if (verdict > rank::Verdict::likely) continue;
    if (answer.best == nullptr || verdict < answer.best->judgement.verdict) answer.best = &candidate;
    std::string name(file_name(candidate.path));
    if (std::find(answer.drivers.begin(), answer.drivers.end(), name) != answer.drivers.end()) continue;
    const bool proven = verdict == rank::Verdict::proven;
    const auto at =
        answer.drivers.begin() + static_cast<std::ptrdiff_t>(proven ? answer.proven : answer.drivers.size());
    answer.drivers.insert(at, std::move(name));
    if (proven) ++answer.proven;
  }
  return answer;
}

std::string in_words(const Answer& answer) {
  constexpr std::size_t kNamed = 3;
  if (answer.drivers.empty())
    return answer.possible > 0 ? counted(answer.possible, "possible driver", "possible drivers") : "no driver found";
  std::string out;
  const std::size_t named = std::min(answer.drivers.size(), kNamed);
  for (std::size_t i = 0; i < named; ++i)
    out += (i == 0 ? "" : ", ") + std::string(i == answer.proven ? "probably " : "") + answer.drivers[i];
  if (answer.drivers.size() > named) out += " and " + counted(answer.drivers.size() - named, "other", "others");
  return out;
}

/// They are no owners, and are seen to allocate all the same.
std::string sharing_in_words(const Answer& answer) {
  const bool all = answer.sharing == answer.possible, one = answer.sharing == 1;
  const std::string who = !all ? with_commas(answer.sharing) + " of them" : one ? "It" : "They";
  if (answer.untagged == answer.sharing)
    return who + (one ? " calls" : " call") +
           " functions that take no tag, which are charged to this one: it names no owner.";
  return who + (one ? " allocates" : " allocate") + " with the tag, but this tag names no owner.";
}

std::string lead_of(const Answer& answer, std::uint64_t searched) {
  if (answer.best == nullptr) {
    if (answer.sharing > 0) return sharing_in_words(answer);
    if (answer.possible > 0) return "Nothing proves that one of them allocates with the tag.";
    std::string out = counted(searched, "driver was", "drivers were") + " searched";
    if (answer.weak > 0)
      out += "; " + counted(answer.weak, "file only mentions", "files only mention") + " the four bytes";
    return out + ".";
  }
  return std::string(rank::to_string(answer.best->judgement.verdict)) + ": " + proof(*answer.best) + ". " +
         product(answer.best->identity);
}

}  // namespace

std::string counted(std::uint64_t count, const char* one, const char* many) {
  return with_commas(count) + " " + (count == 1 ? one : many);
}

std::pair<std::string, std::string> headline(const std::vector<tagdb::TagQuery>& asked,
                                             const std::vector<Candidate>& candidates, std::uint64_t searched) {
  std::vector<Answer> answers;
  std::string tags, title;
  std::size_t found = 0;
  bool possible = false;
  for (const tagdb::TagQuery& query : asked) {
    answers.push_back(answer_to(query, candidates));
    const Answer& answer = answers.back();
    tags += (tags.empty() ? "'" : ", '") + answer.tag + "'";
    title += (title.empty() ? "'" : "; '") + answer.tag + "': " + in_words(answer);
    found += answer.drivers.empty() ? 0 : 1;
    possible = possible || answer.possible > 0;
  }
  if (found == 0 && !possible) title = "No driver found that allocates with " + tags;
  if (answers.size() == 1) return {title, lead_of(answers.front(), searched)};
  return {title, counted(found, "tag has", "tags have") + " a proven or likely driver, of " +
                     with_commas(answers.size()) + " that were asked for."};
}

std::vector<std::string> advice(const std::vector<tagdb::TagQuery>& asked, const std::vector<Candidate>& candidates) {
  std::vector<tagdb::PoolTag> tags;
  const auto add = [&tags](tagdb::PoolTag tag) {
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
  };
  for (const tagdb::TagQuery& query : asked) {
    for (const tagdb::TagPattern& form : query.forms) {
      if (form.exact()) add(form.tag());
    }
  }
  for (const Candidate& candidate : candidates) add(candidate.tag);
  std::vector<std::string> sentences;
  for (const tagdb::PoolTag tag : tags) {
    std::string sentence = tagdb::advice_for(tag);
    if (!sentence.empty() && std::find(sentences.begin(), sentences.end(), sentence) == sentences.end())
      sentences.push_back(std::move(sentence));
  }
  return sentences;
}

}  // namespace scanner::report::html
