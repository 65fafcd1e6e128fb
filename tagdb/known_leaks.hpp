// Reports of leaks (data/known_leaks.tsv): which versions of a driver leak blocks with which tag, and where it is
// fixed. A report counts for a file only when file name, version and tag all fit. It never raises a verdict: that a
// version is known to leak elsewhere is no proof that it leaks here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tagdb/pooltag_txt.hpp"

namespace tagdb {

/// Up to four numbers; those that are missing are 0. Compares as file versions do.
using FileVersion = std::array<std::uint32_t, 4>;

/// "10.0.26100.1 (WinBuild.160101.0800)", "1, 2, 3, 4", "v1.77": the numbers at the beginning. Nothing when there are
/// none, or when one does not fit into 32 bits.
std::optional<FileVersion> parse_version(std::string_view text);

/// Versions from `first` to `last`. `last` is excluded when `open`.
struct VersionRange {
  FileVersion first{}, last{};
  bool open = false;
  [[nodiscard]] bool contains(const FileVersion& version) const;
};

/// "1.76..1.77" (both included), "6.1.7601.17514..<6.1.7601.21864", "<1.78", "12.8.3.22" (just this one), "3.42.*", and
/// several of them between commas. "?" is a report without versions: no ranges. Nothing when the text is none of these.
std::optional<std::vector<VersionRange>> parse_versions(std::string_view text);

struct KnownLeak {
  PoolTag tag;
  std::string image;     ///< file name in lower case
  std::string versions;  ///< as written
  std::vector<VersionRange> ranges;
  std::string systems;  ///< where it was seen, for people
  std::string fixed;    ///< version or update with the remedy; "-" when none is known
  std::string date;     ///< of the report or of the remedy: 2023, 2023-10 or 2023-10-18
  std::string source;
  std::size_t line = 0;  ///< in the table
};

/// `error` gets line number and reason when the result is empty because of a bad row.
std::vector<KnownLeak> parse_known_leaks(std::string_view text, std::string& error);
/// The table that is compiled into the program.
const std::vector<KnownLeak>& builtin_known_leaks();
std::string_view builtin_known_leaks_tsv();

/// What a file says about itself; the names may be empty.
struct LeakSuspect {
  std::string_view file_name, original_name, file_version;
};
/// The report that fits tag, file and version; null when none does.
const KnownLeak* known_leak(PoolTag tag, const LeakSuspect& file, const std::vector<KnownLeak>& reports);
const KnownLeak* known_leak(PoolTag tag, const LeakSuspect& file);

/// "this version is reported to leak 'NpCD' (Windows 10); fixed in 1.78 (github.com/nmap/npcap, issue 701; 2023-10-18)"
std::string in_words(const KnownLeak& leak);

/// Every report about `tag` in the form of an entry of a list, for those who have no file to compare with.
std::vector<Entry> known_leaks_of(PoolTag tag, const std::vector<KnownLeak>& reports);
std::vector<Entry> known_leaks_of(PoolTag tag);

}  // namespace tagdb
