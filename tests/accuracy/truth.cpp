#include "tests/accuracy/truth.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace accuracy {
namespace {

tagdb::PoolTag parse_tag(std::string text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') {
      bytes += ' ';
    } else if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '0') {
      bytes += '\0';
      ++i;
    } else {
      bytes += text[i];
    }
  }
  return tagdb::PoolTag::from_text(bytes);
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> words;
  std::istringstream in(list);
  for (std::string word; std::getline(in, word, ',');) words.push_back(word);
  return words;
}

}  // namespace

std::vector<Expectation> read_truth(const std::string& path, const std::set<std::string>& words) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path + ": no truth file");
  std::vector<Expectation> all;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    std::istringstream fields(line.substr(0, line.find('#')));
    std::string tag, evidence;
    if (!(fields >> tag)) continue;
    const auto malformed = [&](const std::string& what) {
      return std::runtime_error(path + ":" + std::to_string(number) + ": " + what);
    };
    if (!(fields >> evidence)) throw malformed("no evidence");
    static const std::set<std::string> kEvidence = {"allocates", "lookaside", "configures", "frees",   "references",
                                                    "uncharged", "predicted", "absent",     "unproven"};
    if (!kEvidence.contains(evidence)) throw malformed("unknown evidence " + evidence);
    Expectation expectation{parse_tag(tag), evidence, {}, {}, {}, {}, false, number};
    bool applies = true;
    for (std::string field; fields >> field;) {
      const auto equals = field.find('=');
      const std::string key = field.substr(0, equals),
                        value = equals == std::string::npos ? "" : field.substr(equals + 1);
      if (key == "certainty") {
        expectation.certainty = value;
      } else if (key == "pool") {
        expectation.pool = value;
      } else if (key == "api") {
        expectation.api = value;
      } else if (key == "bytes") {
        expectation.bytes = std::stoull(value);
      } else if (key == "protected") {
        expectation.protected_bit = true;
      } else if (key == "if" || key == "unless") {
        const auto conditions = split(value);
        const bool match = std::all_of(conditions.begin(), conditions.end(),
                                       [&words](const std::string& word) { return words.contains(word); });
        applies = applies && match == (key == "if");
      } else {
        throw malformed("unknown field " + key);
      }
    }
    if (applies) all.push_back(std::move(expectation));
  }
  if (number == 0) throw std::runtime_error(path + ": is empty");
  return all;
}

}  // namespace accuracy
