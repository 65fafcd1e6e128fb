#include "scanner/cli/findstr_habits.hpp"

#include <algorithm>
#include <cctype>

#include "scanner/walk/walk.hpp"

namespace scanner {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return text;
}

/// `/s`, or several in one as in `/sim`: letters of switches without a value. Others may be a path or a tag.
bool is_flags(const std::string& word) {
  return word.size() >= 2 && word[0] == '/' && lower(word).find_first_not_of("smilnpo", 1) == std::string::npos &&
         !walk::exists(word);
}

/// Switches about places in a line, which a driver has not: true for those that change nothing here. Only alone, since
/// words like `/repo` are made of these letters, too.
bool is_about_lines(const std::string& word, std::string& error) {
  if (word.size() != 2 || word[0] != '/' || walk::exists(word)) return false;
  const char letter = lower(word)[1];
  if (letter == 'r') error = "/r: a tag is no regular expression; ? stands for one character, * for all that follow";
  if (letter == 'v') error = "/v: drivers that do not use a tag are not listed";
  return std::string("berxv").find(letter) != std::string::npos;
}

/// `/x:value`.
bool is_switch(const std::string& word, char& letter, std::string& value) {
  if (word.size() <= 3 || word[0] != '/' || word[2] != ':' || walk::exists(word)) return false;
  letter = lower(word)[1];
  value = word.substr(3);
  return std::string("gfdca").find(letter) != std::string::npos;
}

struct Translation {
  std::vector<std::string> words;
  std::vector<std::string> paths;  ///< where to look: they come last
};

/// `/x:value` in our words.
void translate_switch(char letter, const std::string& value, Translation& out) {
  switch (letter) {
    case 'g': out.words.insert(out.words.end(), {"--tags-from", value == "/" ? "-" : value}); break;
    case 'f': out.words.insert(out.words.end(), {"--files-from", value == "/" ? "-" : value}); break;
    case 'c': out.words.insert(out.words.end(), {"--tag", value}); break;
    case 'd':
      for (std::size_t at = 0; at <= value.size();) {
        const auto end = std::min(value.find(';', at), value.size());
        if (end > at) out.paths.push_back(value.substr(at, end - at));
        at = end + 1;
      }
      break;
    default: break;  // /a: colours
  }
}

/// False when the word is none of findstr's.
bool translate_word(const std::string& word, Translation& out, std::string& error) {
  char letter = 0;
  std::string value;
  if (lower(word) == "/offline" && !walk::exists(word)) {
    out.words.emplace_back("--offline");
  } else if (is_about_lines(word, error)) {
    // changes nothing here
  } else if (is_flags(word)) {
    // Recursion is the default, and tags are literal.
    if (lower(word).find('m') != std::string::npos) out.words.emplace_back("--names-only");
    if (lower(word).find('i') != std::string::npos) out.words.emplace_back("--ignore-case");
  } else if (is_switch(word, letter, value)) {
    translate_switch(letter, value, out);
  } else {
    return false;
  }
  return true;
}

/// `*.sys` behind the tag: a pattern for the folder at hand, which no shell has expanded.
void include_patterns(Translation& out) {
  bool in_this_folder = false;
  for (std::size_t i = 0; i < out.words.size(); ++i) {
    std::string& word = out.words[i];
    const bool option = !word.empty() && word[0] == '-';
    const bool pattern = word.size() > 4 && word.find_first_of("*?") != std::string::npos && !walk::exists(word);
    if (option || !pattern) continue;
    // `C:\folder\*.sys` with /s means: files of that name anywhere below the folder.
    if (const auto slash = word.find_last_of("/\\"); slash != std::string::npos) {
      out.paths.push_back(word.substr(0, slash + 1));
      word.erase(0, slash + 1);
    }
    out.words.insert(out.words.begin() + static_cast<std::ptrdiff_t>(i), "--include");
    ++i;
    in_this_folder = true;
  }
  if (in_this_folder && out.paths.empty()) out.paths.emplace_back(".");
}

}  // namespace

std::vector<std::string> translate_findstr_habits(std::vector<std::string> arguments, std::string& error) {
  Translation made;
  bool any = false;
  for (std::string& word : arguments) {
    if (word == "/?" || word == "-?") {
      made.words.emplace_back("--help");
    } else if (translate_word(word, made, error)) {
      any = true;
    } else {
      made.words.push_back(std::move(word));
    }
  }
  if (!any) return std::move(made.words);
  include_patterns(made);
  made.words.insert(made.words.end(), made.paths.begin(), made.paths.end());
  return std::move(made.words);
}

}  // namespace scanner
