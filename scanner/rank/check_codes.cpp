#include "scanner/rank/check_codes.hpp"

#include <algorithm>
#include <array>

namespace scanner::rank {
namespace {

constexpr std::array<CheckCode, 6> kCodes = {{
    {"collision", "PW001", Severity::warning, "A tag list names another driver as the owner of the tag.",
     "Poolmon and the debuggers will show this driver's memory under the other driver's name. Give the driver a tag of "
     "its own, or correct the list when it is your list that is wrong."},
    {"default_tag", "PW002", Severity::warning,
     "The tag comes from a driver-kit header or sample that many drivers share.",
     "When memory with this tag leaks, nobody can tell whose it is. Define a tag of the driver's own and pass it to "
     "every allocation."},
    {"untagged", "PW003", Severity::warning, "Memory is allocated by a function that takes no tag.",
     "Poolmon counts the memory together with that of all other drivers that do so. Call a function that takes a tag, "
     "such as ExAllocatePool2 or ExAllocatePoolWithTag."},
    {"executable_pool", "PW004", Severity::warning,
     "Nonpaged pool that can be executed, in a driver for Windows 8 or later.",
     "Executable memory makes attacks easier, and memory integrity (HVCI) does not allow it. Ask for NonPagedPoolNx or "
     "POOL_FLAG_NON_PAGED, or build with POOL_NX_OPTIN. Drivers whose headers name an older Windows are not reported: "
     "NonPagedPoolNx does not exist there."},
    {"never_freed", "PW005", Severity::warning,
     "The driver allocates with the tag, and no call of it frees with the tag.",
     "The memory stays allocated when the driver is unloaded or its device is removed, or it is freed with another "
     "tag. Reported only when the tag of every free of the driver is known, and the memory is not returned to other "
     "drivers. Where another driver frees it all the same, allow the finding and give that reason."},
    {"suspect_tag", "PW006", Severity::error, "The number in the tag's place cannot be a tag.",
     "A tag is one to four printable characters. Poolmon shows such memory as blanks or rubbish, and no list can name "
     "its owner. Arguments in the wrong order are a common cause."},
}};

std::string known_words() {
  std::string words;
  for (const CheckCode& one : kCodes) words += (words.empty() ? "" : ", ") + std::string(one.code);
  return words;
}

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::note: return "note";
  }
  return "";
}

std::span<const CheckCode> check_codes() { return kCodes; }

const CheckCode* find_code(std::string_view code) {
  const auto* known =
      std::find_if(kCodes.begin(), kCodes.end(), [code](const CheckCode& one) { return one.code == code; });
  return known == kCodes.end() ? nullptr : known;
}

std::vector<const CheckCode*> choose_codes(std::string_view text, std::string& error) {
  std::vector<const CheckCode*> named, without;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    std::string_view word = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (word.empty()) continue;
    const bool minus = word.starts_with('-');
    if (minus) word.remove_prefix(1);
    const CheckCode* code = find_code(word);
    if (code == nullptr) {
      error = "there is no check '" + std::string(word) + "'; the checks are " + known_words();
      return {};
    }
    (minus ? without : named).push_back(code);
  }
  std::vector<const CheckCode*> chosen;
  for (const CheckCode& one : kCodes) {
    const auto among = [&one](const auto& list) { return std::find(list.begin(), list.end(), &one) != list.end(); };
    if ((named.empty() || among(named)) && !among(without)) chosen.push_back(&one);
  }
  if (chosen.empty()) error = "no check is left; the checks are " + known_words();
  return chosen;
}

}  // namespace scanner::rank
