// Drivers are told apart by their file's name, in any letter case: ten versions of one driver do not share a tag with
// one another.
#include "scanner/report/text_totals.hpp"

#include <algorithm>
#include <vector>

#include "scanner/report/words.hpp"
#include "tagdb/text.hpp"

namespace scanner::report {
namespace {

bool charges(trace::Evidence evidence) { return evidence <= trace::Evidence::configures; }

std::string counted(std::uint64_t number, const char* one, const char* many) {
  return with_commas(number) + " " + (number == 1 ? one : many);
}

}  // namespace

void SurveyTotals::add(const Driver& driver) {
  if (!driver.traced) ++untraced_;
  if (driver.unresolved() > 0) ++with_unresolved_;
  const std::string name = pe::fold_case(file_name(driver.path));
  for (const Use& use : driver.uses) {
    if (use.use.evidence == trace::Evidence::constant && options_.by_tag) continue;
    if (use.implied) implied_.insert(use.use.tag);
    const auto [at, fresh] = tags_[use.use.tag].try_emplace(name, use.use.evidence);
    if (!fresh) at->second = std::min(at->second, use.use.evidence);
  }
}

void SurveyTotals::print_by_tag() {
  std::vector<const std::pair<const tagdb::PoolTag, Drivers>*> ordered;
  for (const auto& item : tags_) ordered.push_back(&item);
  std::sort(ordered.begin(), ordered.end(),
            [](const auto* a, const auto* b) { return a->first.text() < b->first.text(); });
  for (const auto* item : ordered) {
    std::vector<std::pair<trace::Evidence, std::string>> drivers;
    for (const auto& [name, evidence] : item->second) drivers.emplace_back(evidence, name);
    std::sort(drivers.begin(), drivers.end());
    std::string line = style_.paint(kBold, style_.tag(item->first)) + "  " +
                       padded(counted(drivers.size(), "driver", "drivers"), 11) + "  ";
    // All of them for other programs; in a window as many as a person reads.
    constexpr std::size_t kShown = 10;
    const std::size_t shown = style_.windowed() ? std::min(drivers.size(), kShown) : drivers.size();
    for (std::size_t i = 0; i < shown; ++i) {
      const auto& [evidence, name] = drivers[i];
      line += (i == 0 ? "" : ", ") + printable(name);
      if (!charges(evidence)) line += " (" + std::string(trace::to_string(evidence)) + ")";
    }
    if (shown < drivers.size()) line += " and " + std::to_string(drivers.size() - shown) + " more";
    out_ << style_.line(line, 6) << '\n';
  }
}

/// "most shared: 'Ddk ' 37, 'NDnd' 12": with how many drivers each.
std::string SurveyTotals::most_shared() const {
  std::vector<std::pair<std::size_t, tagdb::PoolTag>> shared;
  for (const auto& [tag, drivers] : tags_) {
    if (implied_.contains(tag)) continue;
    const auto count = static_cast<std::size_t>(
        std::count_if(drivers.begin(), drivers.end(), [](const auto& one) { return charges(one.second); }));
    if (count > 1) shared.emplace_back(count, tag);
  }
  std::sort(shared.begin(), shared.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second.text() < b.second.text();
  });
  constexpr std::size_t kShown = 5;
  std::string out;
  for (std::size_t i = 0; i < shared.size() && i < kShown; ++i)
    out += (i == 0 ? "most shared: '" : ", '") + style_.tag(shared[i].second) + "' " + std::to_string(shared[i].first);
  return out;
}

/// "214 drivers, 97 tags allocated with, 12 of them by more than one driver"
std::string SurveyTotals::drivers_and_tags(const Summary& summary) const {
  std::string text = counted(summary.drivers, "driver", "drivers");
  if (copies_ > 0) text += " (" + counted(copies_, "copy", "copies") + ")";
  if (options_.judged) return text;  // no uses were told
  if (options_.some_uses) return text + ", " + counted(tags_.size(), "tag", "tags") + " in these uses";
  std::size_t tags = 0, shared = 0;
  for (const auto& [tag, drivers] : tags_) {
    if (implied_.contains(tag)) continue;
    const auto count =
        std::count_if(drivers.begin(), drivers.end(), [](const auto& one) { return charges(one.second); });
    if (count > 0) ++tags;
    if (count > 1) ++shared;
  }
  text += ", " + counted(tags, "tag allocated with", "tags allocated with");
  if (shared > 0) text += ", " + with_commas(shared) + " of them by more than one driver";
  return text;
}

void SurveyTotals::print(const Summary& summary) {
  const auto line = [this](const std::string& text) { out_ << style_.line(text, 2) << '\n'; };
  const std::string first = drivers_and_tags(summary);
  if (!options_.judged) line(first);
  if (const std::string most = most_shared(); !most.empty() && !options_.some_uses) line(most);
  line((options_.judged ? first + ", " : std::string()) + sites_in_words(summary) +
       (with_unresolved_ > 0 ? " (in " + counted(with_unresolved_, "driver", "drivers") + ")" : ""));
  if (untraced_ > 0) line(counted(untraced_, "driver", "drivers") + " for processors whose code is not traced");
  const std::uint64_t unread = summary.errors + summary.unparsed;
  if (unread > 0)
    line("not read: " + counted(summary.errors, "file or folder", "files or folders") +
         (summary.unparsed > 0
              ? ", " + counted(summary.unparsed, "file", "files") + " of the catalogue that could not be parsed"
              : ""));
}

}  // namespace scanner::report
