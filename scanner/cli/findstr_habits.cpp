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

}  // namespace

std::vector<std::string> translate_findstr_habits(std::vector<std::string> arguments, std::string& error) {
  std::vector<std::string> out, paths;
  bool any = false;
  for (std::string& word : arguments) {
    char letter = 0;
    std::string value;
    if (lower(word) == "/offline" && !walk::exists(word)) {
      out.emplace_back("--offline");
      any = true;
      continue;
    }
    if (word == "/?" || word == "-?") {
      out.emplace_back("--help");
      continue;
    }
    if (is_about_lines(word, error)) {
      any = true;
      continue;
    }
    if (is_flags(word)) {
      // Recursion is the default, and tags are literal.
      if (lower(word).find('m') != std::string::npos) out.emplace_back("--names-only");
      if (lower(word).find('i') != std::string::npos) out.emplace_back("--ignore-case");
      any = true;
      continue;
    }
    if (!is_switch(word, letter, value)) {
      out.push_back(std::move(word));
      continue;
    }
    any = true;
    switch (letter) {
      case 'g': out.insert(out.end(), {"--tags-from", value == "/" ? "-" : value}); break;
      case 'f': out.insert(out.end(), {"--files-from", value == "/" ? "-" : value}); break;
      case 'c': out.insert(out.end(), {"--tag", value}); break;
      case 'd':
        for (std::size_t at = 0; at <= value.size();) {
          const auto end = std::min(value.find(';', at), value.size());
          if (end > at) paths.push_back(value.substr(at, end - at));
          at = end + 1;
        }
        break;
      default: break;  // /a: colours
    }
  }
  if (!any) return out;
  // `*.sys` behind the tag: a pattern for the folder at hand, which no shell has expanded.
  bool in_this_folder = false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::string& word = out[i];
    const bool option = !word.empty() && word[0] == '-';
    const bool pattern = word.size() > 4 && word.find_first_of("*?") != std::string::npos && !walk::exists(word);
    if (option || !pattern) continue;
    // `C:\folder\*.sys` with /s means: files of that name anywhere below the folder.
    if (const auto slash = word.find_last_of("/\\"); slash != std::string::npos) {
      paths.push_back(word.substr(0, slash + 1));
      word.erase(0, slash + 1);
    }
    out.insert(out.begin() + static_cast<std::ptrdiff_t>(i), "--include");
    ++i;
    in_this_folder = true;
  }
  if (in_this_folder && paths.empty()) paths.emplace_back(".");
  out.insert(out.end(), paths.begin(), paths.end());
  return out;
}

}  // namespace scanner
