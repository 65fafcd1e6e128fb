// Phrases that the reports for people share: text, HTML, next steps.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "scanner/report/model.hpp"

namespace scanner::report {

std::string pad(std::string text, std::size_t width);
/// "1.5 MiB", "-64.0 KiB"
std::string human_bytes(double bytes);
/// "3 h 20 min", "2.5 days"
std::string human_hours(double hours);
/// 1970-01-01, or empty for 0.
std::string iso_date(std::uint32_t seconds);

/// "Contoso Storage Filter 6.1 (Contoso Ltd)" from whatever the version resource holds.
std::string product(const pe::Identity& identity);
/// What the driver's trace is known to lack, a sentence each.
std::vector<std::string> known_gaps(const Driver& driver);
/// "driver.sys+0x1a2b"
std::string place(std::string_view path, std::uint32_t rva);
/// "driver!Function+0x1f" where symbols give a name, else "driver.sys+0x1a2b". `step` counts along the chain.
std::string place(std::string_view path, const Use& use, std::size_t step);
std::string place(std::string_view path, const pe::CodePlace& at);
/// "9 places, first at driver!Function+0x1f (io.c:217) (7 known before)"; with one place, that alone.
std::string places_in_words(const Finding& finding);
/// "never_freed 'Leak' at 9 places, first at my.sys+0x1a2b: no call of the driver frees with this tag"
std::string in_words(const Finding& finding);
/// "7 findings in 3 drivers: 4 never_freed, 3 collision (2 more are allowed)", or "no findings".
std::string in_words(const Summary::Findings& findings);
/// "my.sys 2.1 compared with old.sys 2.0: no changes"
std::string in_words(const Compared& pair);
/// An instruction with the file's name for `image`: "call [driver.sys+0x2060]".
std::string instruction(std::string_view path, const std::string& listing);
/// "nonpaged", "nonpaged executable", "paged"
std::string pool_in_words(const trace::TagUse& use);
/// "nonpaged 1,024 bytes"
std::string pool_and_size(const trace::TagUse& use);
/// "ExAllocatePoolWithTag at foo.sys+0x1a2b, nonpaged 1,024 bytes; 3 call sites"
std::string proof(const Candidate& candidate);

/// How many of `weak` candidates for a tag people see by default: none beside `better` ones or for a tag that never
/// proves an owner, else five at most. Of candidates in order, the first `better` + this many are shown.
std::size_t weak_shown(tagdb::PoolTag tag, std::size_t better, std::size_t weak);
/// "... and 197 more files contain the letters 'Leak', but no call uses them (--min-verdict weak shows them)", after
/// `shown` candidates.
std::string folded_note(tagdb::PoolTag tag, std::size_t folded, std::size_t shown);

/// "3.1.0.0" of "3, 1, 0, 0", "6.00.0724" of "Version 6.00.0724 built by: WinDDK"; a text without a number as it is.
std::string version_of(const pe::Identity& identity);

/// "+1.5 MiB in 12 snapshots, 64.0 KiB per snapshot, 3.1 MiB per hour"
std::string growth_in_words(const poolmon::Growth& growth, double hours);
/// "nonpaged", "session 1", "all sessions"
std::string pool_in_words(const poolmon::Growth& growth);
/// "about 12 days of available memory at this rate"; `hours_left` of the growth is known.
std::string how_long(const poolmon::Growth& growth);
/// "12 days", "more than a year"
std::string time_left(double hours);
/// What a whole pool does: "the nonpaged pool as a whole keeps growing: 1.1 GiB to 7.8 GiB in 23 h, 295.7 MiB per
/// hour". Nothing is called a gain whose slope has the other sign.
std::string whole_pool_in_words(const poolmon::Growth& pool, const LogsInfo& logs);

/// "WCsc grows in lockstep with File, IoNm and 5 more tags: one leak, and WCsc is what is not given back"
std::string lockstep_in_words(const poolmon::Cluster& cluster);

/// What to do about a leak.
std::vector<NextStep> next_steps(const Leak& leak);
/// What to do where the logs name no leak: one snapshot, or whole pools without tags. `largest`: tags worth to ask for.
/// Empty where there is nothing to add.
std::vector<NextStep> next_steps(const LogsInfo& logs, const std::vector<tagdb::PoolTag>& largest);
/// The search that was not made: who allocates with `tags`, which the named logs show.
NextStep search_step(const std::vector<tagdb::PoolTag>& tags, const std::vector<std::string>& logs);

/// "16 allocation sites: 15 known, 1 forwarded; 36 calls of own wrappers: 27 known, 9 not resolved (field 5, merged
/// 4)". Calls that free or use a tag otherwise are named when some of them are not resolved: `reasons` are of all.
std::string sites_in_words(const SiteCounts& counts, const std::map<std::string, std::uint32_t>& reasons = {});

}  // namespace scanner::report
