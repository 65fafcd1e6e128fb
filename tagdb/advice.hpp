// Two tables of what a tag or a driver can not prove, with the way on: tags that many share (data/never_prove.tsv) and
// drivers that allocate for others (data/on_behalf.tsv). Data, so that a new default of some header needs no code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tagdb/pool_tag.hpp"

namespace tagdb {

/// How far code that allocates with a tag of a family goes as a proof.
enum class Proof {
  never,   ///< whoever calls the allocator, the memory is charged for others or by anybody: no owner follows
  shared,  ///< many makers' drivers hold the same code: a driver that does it is a candidate, not the only one
};

/// Tags that prove less than others for the same reason.
struct SharedFamily {
  std::string name;
  std::string advice;  ///< why, and what to do next
  Proof proof = Proof::never;
};
struct SharedTag {
  PoolTag tag;
  std::size_t family = 0;  ///< index into `SharedTags::families`
  std::string what;        ///< what the tag is
  bool of_choice = false;  ///< the driver's maker took it over, and can name another
};
struct SharedTags {
  std::vector<SharedFamily> families;
  std::vector<SharedTag> tags;
};

/// A driver that allocates because others ask it to.
struct OnBehalf {
  std::string image;   ///< file name in lower case
  std::string advice;  ///< for whom, and how to find out for which
};

/// Parse the two tables; `error` gets line number and reason when they return empty ones.
SharedTags parse_shared_tags(std::string_view text, std::string& error);
std::vector<OnBehalf> parse_on_behalf(std::string_view text, std::string& error);

/// The tables that are compiled into the program.
const SharedTags& builtin_shared_tags();
const std::vector<OnBehalf>& builtin_on_behalf();

/// A tag with which many drivers allocate by default, or that the kernel charges on behalf of others, never proves an
/// owner. Returns sentences that say why and what to do next, or an empty view.
std::string_view never_proves(PoolTag tag);

/// Code with this tag is in drivers of many makers (samples of the driver kits, one chip maker's driver under many
/// names): that a driver allocates with it is no proof that no other one does. Returns whose code it is and what to do
/// next, or nothing.
std::string shared_code(PoolTag tag);

/// The row of a tag that a driver's maker took over from a header or a sample and can replace, or null.
const SharedTag* taken_over(PoolTag tag);

/// The sentences for people: "'Ddk ' never proves an owner: ...", "'COMX' may have more than one owner: ...", then what
/// others found behind the tag (hints.hpp), or nothing.
std::string advice_for(PoolTag tag);

/// Does the image with this file name allocate for others? Returns for whom and how to get behind it, or an empty view.
std::string_view on_behalf(std::string_view image);

}  // namespace tagdb
