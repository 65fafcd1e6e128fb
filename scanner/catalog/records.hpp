// One driver as rows, and back. What comes back is what scan_file() would have made of the file: the same uses, sites,
// identity, names and instruction texts, so that everything behind it (ranking, reports) cannot tell the difference.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/catalog/sql.hpp"
#include "scanner/scan/scan_file.hpp"

namespace scanner::catalog {

/// uses.tag_value: the tag as a number; of a pattern with the position that is not known, plus 1, in bits 32 to 34, and
/// TagUse::letters_held in bit 35.
std::int64_t number_of(const trace::TagUse& use);

class Records {
 public:
  Records(Sql& sql, const tagdb::ApiTable& apis) : sql_(sql), apis_(apis) {}

  /// Writes a traced or unsupported file; replaces what is there about the same content. Returns drivers.id.
  std::int64_t save(const ScannedFile& file, std::int64_t engine, std::int64_t searched);
  /// Notes tags that stand in the bytes of a driver.
  void save_held(std::int64_t driver, const std::vector<tagdb::PoolTag>& held,
                 const std::vector<trace::Occurrence>& occurrences);
  /// Makes the tag one whose bytes are searched for from now on.
  void add_tag(tagdb::PoolTag tag);

  /// Fills `out` (whose `file` is set). `held`: the bytes hold one of `request.bytes_first`. With `told`, which are
  /// values of uses.n in ascending order, only these uses are filled in, and sites are numbers.
  void load(std::int64_t driver, const ScanRequest& request, bool held, const std::vector<std::int64_t>* told,
            ScannedFile& out);
  /// Fills `out` without uses, with numbers of sites, for a traced driver that uses none of `tags`. False when KMDF
  /// may charge it to one of them: then only load() knows.
  bool load_counts(std::int64_t driver, const std::vector<tagdb::PoolTag>& tags, ScannedFile& out);
  /// Tags that a use explains.
  std::vector<tagdb::PoolTag> explained_tags(std::int64_t driver);

 private:
  struct Loaded {
    trace::TagUse use;
    std::uint32_t file_offset = 0xFFFFFFFFU;
    std::vector<std::string> names, listing;
  };
  std::string_view word(std::string_view text);
  void forget(std::int64_t driver);
  void save_uses(std::int64_t driver, const ScannedFile& file);
  void save_sites(std::int64_t driver, const ScannedFile& file);
  void load_driver(std::int64_t driver, ScannedFile& out);
  void load_sites(std::int64_t driver, ScannedFile& out);
  void load_site_counts(std::int64_t driver, ScannedFile& out);
  Loaded loaded_use(Statement& row, bool with_text);
  std::vector<Loaded> load_uses(std::int64_t driver, const std::vector<std::int64_t>* told, bool with_text);
  /// Does one of the driver's uses say what KMDF charges for it?
  bool gives_kmdf_a_tag(std::int64_t driver);
  void load_occurrences(std::int64_t driver, const std::vector<tagdb::PoolTag>& open, ScannedFile& out);

  Sql& sql_;
  const tagdb::ApiTable& apis_;
  std::set<std::string, std::less<>> words_;  // sites refer to their reasons
};

}  // namespace scanner::catalog
