// `poolwho lookup TAG…`: what the databases say, without a scan.
#include <algorithm>
#include <set>

#include "scanner/commands/context.hpp"
#include "tagdb/known_leaks.hpp"

namespace scanner {
namespace {

std::vector<const tagdb::Entry*> entries_for(const tagdb::Database& database, const tagdb::TagQuery& query) {
  std::vector<const tagdb::Entry*> entries;
  for (const tagdb::TagPattern& form : query.forms) {
    const auto more = form.exact() ? database.lookup(form.tag()) : database.search({query.text, {form}});
    for (const tagdb::Entry* entry : more) {
      if (std::find(entries.begin(), entries.end(), entry) == entries.end()) entries.push_back(entry);
    }
  }
  return entries;
}

/// The tag of a record: the entry's own, or the one that was asked for, or the columns of a wildcard entry as written.
tagdb::PoolTag shown_tag(const tagdb::Entry& entry, const tagdb::TagQuery& query) {
  if (entry.first.exact() && !entry.range()) return entry.first.tag();
  for (const tagdb::TagPattern& form : query.forms) {
    if (form.exact() && entry.matches(form.tag())) return form.tag();
  }
  return tagdb::PoolTag::from_text(entry.columns);
}

/// What others report to leak with the tag. True when there is such a report.
bool list_known_leaks(Context& context, const tagdb::TagQuery& query) {
  bool any = false;
  for (const tagdb::TagPattern& form : query.forms) {
    if (!form.exact()) continue;
    for (const tagdb::Entry& entry : tagdb::known_leaks_of(form.tag())) {
      context.reporter().listed(entry, form.tag());
      any = true;
    }
  }
  return any;
}

/// Who the listed owner really is, where the tag or the owner stands for others.
void give_advice(Context& context, const tagdb::TagQuery& query, const std::vector<const tagdb::Entry*>& entries) {
  for (const tagdb::TagPattern& form : query.forms) {
    if (!form.exact()) continue;
    if (const std::string advice = tagdb::advice_for(form.tag()); !advice.empty()) context.note(advice);
  }
  std::set<std::string> said;
  for (const tagdb::Entry* entry : entries) {
    for (const std::string& image : tagdb::owner_images(entry->owner)) {
      if (const auto advice = tagdb::on_behalf(image); !advice.empty() && said.insert(image).second)
        context.note(image + " allocates for others: " + std::string(advice));
    }
  }
}

/// Nothing is listed: what would be, in another letter case or reversed. A wildcard finds many, so they share a note.
void suggest_others(Context& context, const tagdb::TagQuery& query) {
  context.note("no database lists '" + query.text + "'");
  std::vector<tagdb::Resembling> all;
  for (const tagdb::TagPattern& form : query.forms) {
    for (auto& one : context.database().resembling(form)) all.push_back(std::move(one));
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
      for (const std::string& name : names) context.note("  " + name + " is listed" + why);
      continue;
    }
    std::string text = "  " + names.front();
    for (std::size_t i = 1; i < kShown; ++i) text += ", " + names[i];
    context.note(text + " and " + std::to_string(names.size() - kShown) + " more are listed" + why);
  }
}

/// Tags that are mistyped as each other exist side by side (`FSEL`, `FSel`): name them when this one is listed, too.
void see_also(Context& context, const tagdb::TagQuery& query) {
  for (const tagdb::TagPattern& form : query.forms) {
    if (!form.exact()) continue;
    for (const tagdb::PoolTag relative : context.database().relatives(form.tag())) {
      const bool other_case =
          tagdb::TagPattern::exactly(relative).small() == tagdb::TagPattern::exactly(form.tag()).small();
      context.note("see also '" + relative.text() + "'" + (other_case ? " (other letter case)" : " (reversed)"));
    }
  }
}

}  // namespace

int run_lookup(Context& context) {
  context.begin("lookup", {});
  bool found = context.catalog() != nullptr && report_catalogued(context);
  for (const tagdb::TagQuery& query : context.queries()) {
    const auto entries = entries_for(context.database(), query);
    for (const tagdb::Entry* entry : entries) context.reporter().listed(*entry, shown_tag(*entry, query));
    const bool reported = list_known_leaks(context, query);
    found = found || reported || !entries.empty();
    give_advice(context, query, entries);
    if (entries.empty()) {
      suggest_others(context, query);
    } else {
      see_also(context, query);
    }
  }
  return context.finish(found ? kExitFound : kExitNothing);
}

}  // namespace scanner
