#include "scanner/commands/lookup_notes.hpp"

#include <algorithm>
#include <set>

#include "scanner/report/screen.hpp"
#include "scanner/scan/scan_file.hpp"

namespace scanner {
namespace {

/// In another letter case a pattern with two open letters fits a tag by chance, and reversed any pattern does.
bool helps(const tagdb::Resembling& one, bool exact_query) {
  const auto open = std::count(one.pattern.begin(), one.pattern.end(), '?');
  return one.reversed ? open == 0 : !exact_query || open <= 1;
}

/// What would be listed in another letter case or reversed. A wildcard finds many, so they share a note.
void suggest_others(const tagdb::Database& database, Diagnostics& diagnostics, const tagdb::TagQuery& query) {
  std::vector<tagdb::Resembling> all;
  for (const tagdb::TagPattern& form : query.forms) {
    for (auto& one : database.resembling(form)) {
      if (helps(one, query.exact())) all.push_back(std::move(one));
    }
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  constexpr std::size_t kShown = 5;
  for (const bool reversed : {false, true}) {
    std::vector<std::string> names;
    for (const tagdb::Resembling& one : all) {
      if (one.reversed == reversed) names.push_back("'" + one.pattern + "'");
    }
    const char* why = reversed ? " (reversed)" : " (other letter case)";
    if (names.size() <= kShown) {
      for (const std::string& name : names) diagnostics.note("  " + name + " is listed" + why);
      continue;
    }
    std::string text = "  " + names.front();
    for (std::size_t i = 1; i < kShown; ++i) text += ", " + names[i];
    diagnostics.note(text + " and " + std::to_string(names.size() - kShown) + " more are listed" + why);
  }
}

/// KMDF's default tag is the beginning of the service's name, without a `Wdf` before it.
void note_kmdf(Diagnostics& diagnostics, const std::string& letters) {
  const bool name_like = std::all_of(letters.begin(), letters.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  if (!name_like || letters.size() < 3) return;
  const bool start = letters.size() == 4;  // of a name that may be longer
  diagnostics.note("  it could be KMDF's default tag, if there is a service whose name " +
                   std::string(start ? "begins with " : "is ") + letters + " or Wdf" + letters + ": look at " +
                   letters + (start ? "*.sys" : ".sys") + " first");
}

}  // namespace

void note_owner_advice(Diagnostics& diagnostics, const tagdb::TagQuery& query,
                       const std::vector<const tagdb::Entry*>& entries) {
  for (const tagdb::TagPattern& form : query.forms) {
    if (!form.exact()) continue;
    if (const std::string advice = tagdb::advice_for(form.tag()); !advice.empty()) diagnostics.note(advice);
  }
  std::set<std::string> images;
  for (const tagdb::Entry* entry : entries) {
    for (const std::string& image : tagdb::owner_images(entry->owner)) {
      if (!tagdb::on_behalf(image).empty()) images.insert(image);
    }
  }
  if (query.exact() || images.size() == 1) {
    for (const std::string& image : images)
      diagnostics.note(image + " allocates for others: " + std::string(tagdb::on_behalf(image)));
    return;
  }
  if (images.empty()) return;
  std::string text;
  for (const std::string& image : images) text += (text.empty() ? "" : ", ") + image;
  diagnostics.note(text + " allocate for others: 'poolwho lookup " + *images.begin() + "' tells for whom");
}

void note_see_also(const tagdb::Database& database, Diagnostics& diagnostics, const tagdb::TagQuery& query) {
  std::set<tagdb::PoolTag> asked;
  for (const tagdb::TagPattern& form : query.forms) {
    if (form.exact()) asked.insert(form.tag());
  }
  for (const tagdb::PoolTag tag : asked) {
    for (const tagdb::PoolTag relative : database.relatives(tag)) {
      if (asked.contains(relative)) continue;
      const bool other_case = tagdb::TagPattern::exactly(relative).small() == tagdb::TagPattern::exactly(tag).small();
      diagnostics.note("see also '" + relative.text() + "'" + (other_case ? " (other letter case)" : " (reversed)"));
    }
  }
}

void note_unlisted_tag(const tagdb::Database& database, Diagnostics& diagnostics, const tagdb::TagQuery& query) {
  diagnostics.note("no database lists '" + query.text + "'");
  suggest_others(database, diagnostics, query);
  if (!query.exact()) return;
  const tagdb::PoolTag tag = query.forms.front().tag();
  const std::string argument = report::tag_argument(tag);
  std::string letters = tag.text();
  while (!letters.empty() && letters.back() == ' ') letters.pop_back();
  diagnostics.note("next: search the drivers of a volume for it");
  diagnostics.note("  poolwho " + argument + " --root DIR");
#ifdef _WIN32
  diagnostics.note("  poolwho " + argument + "   (on the machine itself)");
#endif
  diagnostics.note(
      "  (findstr misses tags that code puts together, as half of the ARM64 drivers do, and lists files that only "
      "contain the letters)");
  note_kmdf(diagnostics, letters);
}

void note_unlisted_driver(Diagnostics& diagnostics, const std::string& driver) {
  diagnostics.note("no database lists a tag of " + driver);
  diagnostics.note("next: read its tags from its code");
  diagnostics.note("  poolwho survey " + report::shell_quoted(driver));
  const tagdb::PoolTag predicted = kmdf_tag_of(driver);
  if (predicted.plausible())
    diagnostics.note("  a KMDF driver of this name without a tag of its own has the default tag '" + predicted.text() +
                     "'");
}

}  // namespace scanner
