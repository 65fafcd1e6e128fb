#include "scanner/cli/positionals.hpp"

#include <algorithm>
#include <iterator>

#include "pe/text.hpp"
#include "scanner/cli/did_you_mean.hpp"
#include "scanner/cli/habits.hpp"
#include "scanner/report/screen.hpp"
#include "scanner/walk/walk.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner::cli {
namespace {

bool can_be_tag(const std::string& word) {
  std::string ignored;
  return tagdb::parse_query(word, ignored).has_value();
}

/// `tcpip.sys`, `Tcpip.SYS`: the name of a driver, which no tag is as long as.
bool is_driver_name(const std::string& word) {
  if (word.size() <= 4 || word.find_first_of("?*") != std::string::npos) return false;
  const std::string suffix = pe::fold_case(std::string_view(word).substr(word.size() - 4));
  return suffix == ".sys" || suffix == ".exe" || suffix == ".dll" || suffix == ".lib";
}

/// `poolwho Leak Dcoy drivers`: a second tag, when it is no file and a place to search stands behind it.
std::size_t further_tags(const std::vector<std::string>& words, bool verb_named) {
  std::size_t count = 0;
  while (count < words.size() && can_be_tag(words[count]) && !walk::exists(words[count])) ++count;
  if (verb_named) return count;
  const bool place_behind = std::any_of(words.begin() + static_cast<std::ptrdiff_t>(count), words.end(),
                                        [](const std::string& word) { return walk::exists(word); });
  return place_behind ? count : 0;
}

/// `poolwho drv Leak`: both could be tags, and only one is there.
std::string about_order(const std::vector<std::string>& words) {
  const std::string& first = words.front();
  if (!walk::exists(first)) return {};
  if (words.size() == 2 && can_be_tag(words[1]) && !walk::exists(words[1]))
    return "the tag comes first: poolwho " + report::shell_quoted(words[1]) + " " + report::shell_quoted(first);
  return {};
}

std::string take_locate(std::vector<std::string> words, bool verb_named, bool tags_given, Options& options,
                        std::string& note) {
  if (!tags_given) {
    if (words.empty()) return "a tag is needed, such as 'poolwho Leak PATH'; --help shows all commands";
    if (std::string error = about_no_tag(words.front()); !verb_named && !error.empty()) return error;
    if (std::string error = about_order(words); !error.empty()) return error;
    options.tags.push_back(words.front());
    words.erase(words.begin());
    const std::size_t more = further_tags(words, verb_named);
    if (more == 0 && !verb_named && !words.empty() && can_be_tag(words.front()) && !walk::exists(words.front()))
      return "'" + words.front() + "' is no file or folder here; for several tags: poolwho locate " +
             options.tags.front() + " " + words.front() + " PATH";
    const auto end = std::next(words.begin(), static_cast<std::ptrdiff_t>(std::min(more, words.size())));
    options.tags.insert(options.tags.end(), words.begin(), end);
    words.erase(words.begin(), end);
    if (more > 0 && !verb_named) {
      note = "tags asked for:";
      for (const std::string& tag : options.tags) note += " '" + tag + "'";
      note += " (those that name no file here)";
    }
  }
  options.paths = std::move(words);
  return {};
}

}  // namespace

std::optional<Verb> verb_of(const std::string& word) {
  for (const VerbName& verb : kVerbNames) {
    if (word == verb.name) return verb.verb;
  }
  return std::nullopt;
}

HelpRequest help_request(const std::vector<std::string>& words) {
  HelpRequest request;
  if (words.empty()) return request;
  request.version = words.size() == 1 && words.front() == "version";
  // `help` could be a tag: it is one where a place to search is named, and `locate help` always asks for it.
  if (words.front() != "help" || words.size() > 2) return request;
  request.asked = true;
  if (words.size() == 1) return request;
  request.verb = verb_of(words[1]);
  if (request.verb || words[1] == "help" || words[1] == "version") return request;
  if (walk::exists(words[1])) {
    request.asked = false;
    return request;
  }
  std::vector<std::string> verbs;
  for (const VerbName& verb : kVerbNames) verbs.emplace_back(verb.name);
  const std::string meant = nearest_word(words[1], verbs);
  request.error = "there is no command '" + words[1] + "'" +
                  (meant.empty() ? "; 'poolwho help' lists them" : "; did you mean 'poolwho help " + meant + "'?");
  return request;
}

std::string take_positionals(std::vector<std::string> words, bool tags_given, Options& options, std::string& note) {
  bool verb_named = false;
  if (!words.empty()) {
    if (const auto verb = verb_of(words.front())) {
      options.verb = *verb;
      verb_named = true;
      words.erase(words.begin());
    }
  }
  switch (options.verb) {
    case Verb::locate: return take_locate(std::move(words), verb_named, tags_given, options, note);
    case Verb::survey: options.paths = std::move(words); return {};
    case Verb::merge:
      options.paths = walk::expand_wildcards(std::move(words));
      if (options.paths.empty() || !options.output)
        return "merge needs catalogues and a file to write, such as 'poolwho merge a.db b.db -o all.db'";
      return {};
    case Verb::leaks:
      options.log_words = words;
      options.logs = walk::expand_wildcards(std::move(words));
      return {};
    case Verb::lookup:
      for (std::string& word : words) (is_driver_name(word) ? options.drivers : options.tags).push_back(word);
      return options.tags.empty() && options.drivers.empty() && !tags_given
                 ? "lookup needs a tag or a driver's name, such as 'poolwho lookup Leak tcpip.sys'"
                 : "";
  }
  return {};
}

}  // namespace scanner::cli
