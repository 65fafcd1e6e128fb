#include "scanner/report/words.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace scanner::report {

std::string pad(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string human_bytes(double bytes) {
  static constexpr std::array<const char*, 5> kUnits = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  double value = bytes;
  while (std::fabs(value) >= 1023.95 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
  return text.data();
}

std::string human_hours(double hours) {
  std::array<char, 48> text{};
  if (hours >= 48) {
    std::snprintf(text.data(), text.size(), hours >= 480 ? "%.0f days" : "%.1f days", hours / 24);
    return text.data();
  }
  const auto minutes = static_cast<long>(std::lround(hours * 60));
  if (minutes < 60) {
    std::snprintf(text.data(), text.size(), "%ld min", minutes);
  } else if (minutes % 60 == 0) {
    std::snprintf(text.data(), text.size(), "%ld h", minutes / 60);
  } else {
    std::snprintf(text.data(), text.size(), "%ld h %ld min", minutes / 60, minutes % 60);
  }
  return text.data();
}

std::string iso_date(std::uint32_t seconds) {
  if (seconds == 0) return {};
  return iso_time(seconds).substr(0, 10);
}

std::size_t weak_shown(tagdb::PoolTag tag, std::size_t better, std::size_t weak) {
  constexpr std::size_t kMost = 5;
  return better > 0 || !tagdb::never_proves(tag).empty() ? 0 : std::min(weak, kMost);
}

std::string folded_note(tagdb::PoolTag tag, std::size_t folded, std::size_t shown) {
  return (shown > 0 ? "... and " : "") + with_commas(folded) + (shown > 0 ? " more" : "") +
         (folded == 1 ? " file contains" : " files contain") + " the letters '" + tag.text() +
         "', but no call uses them (--min-verdict weak shows " + (folded == 1 ? "it)" : "them)");
}

std::string version_of(const pe::Identity& identity) {
  const std::string& text = identity.file_version;
  const auto digit = [&text](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
  // The first run of numbers with points or commas; "1.0 (r17)" has two, and one number alone is the last resort.
  std::string alone;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!digit(at)) continue;
    std::string version;
    std::size_t numbers = 0;
    for (std::size_t next = at; digit(next);) {
      for (at = next; digit(at); ++at) version += text[at];
      ++numbers;
      next = at;
      if (next < text.size() && (text[next] == '.' || text[next] == ',')) {
        do ++next;
        while (next < text.size() && text[next] == ' ');
        if (digit(next)) version += '.';
      }
    }
    if (numbers > 1) return version;
    if (alone.empty()) alone = version;
  }
  return alone.empty() ? text : alone;
}

std::string product(const pe::Identity& identity) {
  std::string out = !identity.product.empty() ? identity.product : identity.description;
  if (const std::string version = version_of(identity); !version.empty()) out += (out.empty() ? "" : " ") + version;
  if (!identity.company.empty()) out += out.empty() ? identity.company : " (" + identity.company + ")";
  if (out.empty() && !identity.signer.empty())
    out = "carries a signature in the name of " + identity.signer + ", not checked";
  return out.empty() ? "no version resource" : out;
}

std::string place(std::string_view path, std::uint32_t rva) {
  std::array<char, 24> offset{};
  std::snprintf(offset.data(), offset.size(), "+0x%x", rva);
  return printable(file_name(path)) + offset.data();
}

std::string place(std::string_view path, const Use& use, std::size_t step) {
  if (step >= use.names.size() || use.names[step].empty()) return place(path, use.use.via[step]);
  const std::string_view name = file_name(path);
  return printable(name.substr(0, name.find_last_of('.'))) + "!" + printable(use.names[step]);
}

std::string place(std::string_view path, const pe::CodePlace& at) {
  const std::string_view name = file_name(path);
  std::string out = at.name.empty() ? place(path, at.rva)
                                    : printable(name.substr(0, name.find_last_of('.'))) + "!" + printable(at.name);
  if (!at.file.empty()) out += " (" + printable(file_name(at.file)) + ":" + std::to_string(at.line) + ")";
  return out;
}

std::string places_in_words(const Finding& finding) {
  const std::string first = place(finding.path, finding.places.front());
  const std::size_t count = finding.places.size();
  std::string out = count == 1 ? first : with_commas(count) + " places, first at " + first;
  if (finding.known_places > 0) out += " (" + with_commas(finding.known_places) + " known before)";
  return out;
}

std::string in_words(const Finding& finding) {
  const rank::Finding& found = finding.found;
  const std::string tag = found.tag.value() != 0 ? " '" + found.tag.text() + "'" : "";
  return std::string(found.code->code) + tag + " at " + places_in_words(finding) + ": " + printable(found.text);
}

std::string in_words(const Summary::Findings& findings) {
  const auto counted = [](std::uint64_t number, const char* one, const char* many) {
    return with_commas(number) + " " + (number == 1 ? one : many);
  };
  if (findings.checked == 0) return "no driver was checked";
  std::string out = "no findings";
  if (findings.total > 0) {
    out =
        counted(findings.total, "finding", "findings") + " in " + counted(findings.drivers, "driver", "drivers") + ": ";
    std::vector<std::pair<std::uint64_t, std::string>> codes;
    for (const auto& [code, count] : findings.codes) codes.emplace_back(count, code);
    std::stable_sort(codes.begin(), codes.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (std::size_t i = 0; i < codes.size(); ++i)
      out += (i == 0 ? "" : ", ") + with_commas(codes[i].first) + " " + codes[i].second;
  }
  if (findings.allowed > 0)
    out += findings.total > 0 ? " (" + with_commas(findings.allowed) + " more allowed)"
                              : " but " + with_commas(findings.allowed) + " allowed";
  return out;
}

std::string in_words(const Compared& pair) {
  const auto named = [](const std::string& path, const pe::Identity& identity) {
    const std::string version = version_of(identity);
    return printable(file_name(path)) + (version.empty() ? " (no version)" : " " + printable(version));
  };
  return named(pair.path, pair.identity) + " compared with " + named(pair.baseline, pair.baseline_identity) + ": " +
         (pair.changes == 0   ? "no changes"
          : pair.changes == 1 ? "1 tag changed"
                              : with_commas(pair.changes) + " tags changed");
}

std::string instruction(std::string_view path, const std::string& listing) {
  const auto at = listing.find("image+0x");
  if (at == std::string::npos) return printable(listing);
  return printable(listing.substr(0, at)) + printable(file_name(path)) + printable(listing.substr(at + 5));
}

std::string pool_in_words(const trace::TagUse& use) {
  return std::string(trace::to_string(use.pool)) +
         (use.pool == trace::Pool::nonpaged && use.executable ? " executable" : "");
}

std::string pool_and_size(const trace::TagUse& use) {
  std::string out = pool_in_words(use);
  if (use.bytes) out += (out.empty() ? "" : " ") + with_commas(*use.bytes) + (*use.bytes == 1 ? " byte" : " bytes");
  return out;
}

namespace {

/// "15 known, 1 forwarded": what there is none of is not named.
std::string buckets_in_words(const trace::BucketCounts& counts) {
  static constexpr std::array<std::pair<trace::Bucket, const char*>, trace::kBucketCount> kWords = {
      {{trace::Bucket::constant, "known"},
       {trace::Bucket::forwarded, "forwarded"},
       {trace::Bucket::table, "from tables"},
       {trace::Bucket::untagged, "untagged"},
       {trace::Bucket::suspect, "suspect"},
       {trace::Bucket::dynamic, "not resolved"}}};
  std::string out;
  for (const auto& [bucket, word] : kWords) {
    if (counts[bucket] > 0) out += (out.empty() ? "" : ", ") + with_commas(counts[bucket]) + " " + word;
  }
  return out;
}

std::string counted_sites(const trace::BucketCounts& counts, const char* one, const char* many) {
  const std::string out = with_commas(counts.total()) + " " + (counts.total() == 1 ? one : many);
  return counts.total() == 0 ? out : out + ": " + buckets_in_words(counts);
}

}  // namespace

std::string sites_in_words(const SiteCounts& counts, const std::map<std::string, std::uint32_t>& reasons) {
  std::string out = counted_sites(counts.allocate, "allocation site", "allocation sites");
  if (counts.wrapper.total() > 0)
    out += "; " + counted_sites(counts.wrapper, "call of own wrappers", "calls of own wrappers");
  if (reasons.empty()) return out;
  trace::BucketCounts others = counts.free;
  others.add(counts.other);
  if (others[trace::Bucket::dynamic] > 0)
    out += "; " + counted_sites(others, "call that does not allocate", "calls that do not allocate");
  const char* separator = " (";
  for (const auto& [reason, count] : reasons) {
    out += separator + reason + " " + with_commas(count);
    separator = ", ";
  }
  return out + ")";
}

std::vector<std::string> known_gaps(const Driver& driver) {
  std::vector<std::string> gaps;
  if (const auto imports = driver.unresolved_api_sets.value_or(0); imports > 0)
    gaps.push_back(std::to_string(imports) + (imports == 1 ? " function" : " functions") +
                   " imported from API sets: no image beside it or in System32 exports " +
                   (imports == 1 ? "it" : "them") + ", tags passed there are not seen");
  for (const std::string& note : driver.notes) {
    gaps.push_back(note == "kmdf_table_missing"
                       ? "imports WdfVersionBind, but no table of KMDF's functions was found: calls through it, and "
                         "their tags, are not seen"
                       : printable(note));
  }
  return gaps;
}

std::string proof(const Candidate& candidate) {
  const Use& best = candidate.uses.front();
  if (best.use.row < 0) {
    std::string where =
        best.has_site ? place(candidate.path, best.use.site_rva) : "file offset " + std::to_string(best.file_offset);
    return best.what + " at " + where;
  }
  std::string out(best.use.api);
  if (!best.has_site) return out + ", if that is the name of its service";
  if (best.use.open) out += " with " + best.use.tag.text();
  out += " at " + place(candidate.path, best, best.use.via.size() - 1);
  const std::string details = pool_and_size(best.use);
  if (!details.empty()) out += ", " + details;
  std::size_t same = 0, others = 0;
  for (const Use& use : candidate.uses) {
    if (use.use.evidence != best.use.evidence) continue;
    ++(use.use.api == best.use.api ? same : others);
  }
  if (same > 1 || others > 0) out += "; " + std::to_string(same) + (same == 1 ? " call site" : " call sites");
  if (others > 0) out += ", and " + std::to_string(others) + " of other functions";
  return out;
}

std::string growth_in_words(const poolmon::Growth& growth, double hours) {
  std::string out = (growth.gained >= 0 ? "+" : "") + human_bytes(static_cast<double>(growth.gained));
  if (growth.bytes_per_hour) {
    out += " in " + human_hours(hours) + ", " + human_bytes(*growth.bytes_per_hour) + " per hour";
  } else {
    out += " in " + std::to_string(growth.snapshots) + " snapshots, " + human_bytes(growth.bytes_per_step) + " each";
  }
  return out;
}

std::string pool_in_words(const poolmon::Growth& growth) {
  if (growth.session.is_all()) return "all sessions";
  if (growth.session.id()) return "session " + std::to_string(*growth.session.id());
  return std::string(to_string(growth.pool));
}

std::string time_left(double hours) { return hours > 365 * 24 ? "more than a year" : human_hours(hours); }

std::string how_long(const poolmon::Growth& growth) {
  const bool memory = growth.limit == poolmon::kNoMemoryLeft;
  const std::string left = time_left(*growth.hours_left);
  if (left.starts_with("more than"))
    return "at this rate " + std::string(memory ? "available memory lasts " : "it takes ") + left +
           (memory ? "" : " to " + printable(growth.limit));
  return memory ? "about " + left + " of available memory at this rate"
                : "about " + left + " to " + printable(growth.limit) + " at this rate";
}

std::string whole_pool_in_words(const poolmon::Growth& pool, const LogsInfo& logs) {
  using poolmon::Shape;
  const auto size = [](std::int64_t bytes) { return human_bytes(static_cast<double>(bytes)); };
  std::string out = "the " + std::string(to_string(pool.pool)) + " pool as a whole";
  if (pool.shape == Shape::size) return out + ": " + size(pool.bytes_last);
  const std::string when =
      logs.timed ? " in " + human_hours(logs.hours) : " in " + std::to_string(pool.snapshots) + " snapshots";
  const double rate = pool.bytes_per_hour.value_or(pool.bytes_per_step);
  const bool agrees = pool.gained != 0 && (rate > 0) == (pool.gained > 0) && rate != 0;
  const bool one_way = pool.shape == Shape::leak || pool.shape == Shape::suspect || pool.shape == Shape::growing ||
                       pool.shape == Shape::falling;
  if (pool.low == pool.high) return out + " stays at " + size(pool.bytes_last) + when;
  out += pool.shape == Shape::suspect   ? " rises"
         : pool.shape == Shape::growing ? " is larger than before"
         : pool.shape == Shape::falling ? " is smaller than before"
                                        : " " + std::string(describe(pool.shape));
  if (!one_way || !agrees) return out + ": between " + size(pool.low) + " and " + size(pool.high) + when;
  out += ": " + size(pool.bytes_first) + " to " + size(pool.bytes_last) + when + ", " + human_bytes(rate) +
         (pool.bytes_per_hour ? " per hour" : " per snapshot");
  if (pool.shape == Shape::suspect)
    out += "; " + std::to_string(pool.snapshots) + " snapshots are too few to tell whether it goes on";
  return out;
}

std::string lockstep_in_words(const poolmon::Cluster& cluster) {
  constexpr std::size_t kNamed = 3;
  const std::string holder = cluster.holder().text();
  std::string others;
  const std::size_t count = cluster.members.size() - 1, named = count > kNamed ? kNamed - 1 : count;
  for (std::size_t i = 1; i <= named; ++i)
    others += (i == 1 ? "" : i == count ? " and " : ", ") + cluster.members[i].tag.text();
  if (count > named) others += " and " + with_commas(count - named) + " more tags";
  if (cluster.steps == 0)
    return holder + " has as many blocks as " + others + ": perhaps one leak; more snapshots can tell";
  return holder + " grows in lockstep with " + others +
         (cluster.hint ? ": perhaps one leak, of " + holder + "; more snapshots can tell"
                       : ": one leak, and " + holder + " is the tag to look at");
}

}  // namespace scanner::report
