// Findings that are in order: those that a table allows with a reason, and those that an earlier run knew. What is
// allowed and no longer found is told, so that lists do not grow for ever.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "scanner/rank/check.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner::rank {

class AllowList {
 public:
  /// Lines `tag<TAB>code<TAB>reason[<TAB>driver.sys]`. `-` is the tag of findings without one; # begins a comment.
  /// False with `error`, which names the line.
  bool add_table(std::string_view text, const std::string& source, std::string& error);
  /// Records that --format ndjson or json wrote; other records than findings do not matter.
  bool add_findings(std::string_view text, const std::string& source, std::string& error);
  /// A finding that is known in whatever driver (--baseline).
  void add_known(const Finding& finding, const std::string& source);

  struct Answer {
    std::string reason;            ///< why it is in order; empty: it is not
    std::size_t known_places = 0;  ///< then: as many of its places were known, and there are more now
  };
  /// About a finding in the driver of this file name.
  Answer ask(std::string_view driver, const Finding& finding);
  /// A driver was checked: what is allowed for it may turn out to be stale.
  void looked_at(std::string_view driver);
  /// Entries about these checks and drivers that were looked at which allowed nothing: "allow.tsv:3: 'Leak'
  /// never_freed". Those of findings are numbered by file and line, too.
  [[nodiscard]] std::vector<std::string> stale(const std::vector<const CheckCode*>& checks) const;

 private:
  struct Rule {
    tagdb::TagQuery tag;
    bool without_tag = false;
    const CheckCode* code = nullptr;
    std::string reason, driver, source;  ///< `driver` in small letters, may be empty
    std::string written;                 ///< the tag as the table has it
    std::size_t line = 0;
    bool used = false;
  };
  struct Known {
    std::size_t places = 0;
    std::string source;
    std::size_t line = 0;
    bool used = false;
  };
  using Key = std::tuple<std::string, std::uint32_t, const CheckCode*>;  // driver (empty: any), tag, code

  bool add_record(std::string_view line, std::size_t number, const std::string& source, std::string& error);

  std::vector<Rule> rules_;
  std::map<Key, Known> known_;
  std::set<std::string> looked_at_;
};

}  // namespace scanner::rank
