// What the binaries of the owner column are (data/owners.tsv). One line per owner instead of the same sentence behind
// eighty tags of tcpip.sys: pooltag.txt stays small, and the two are joined where an entry is shown.
#pragma once

#include <string_view>

#include "tagdb/pooltag_txt.hpp"

namespace tagdb {

/// What `owner` is, or an empty view. Letter case does not matter. An owner that is part of an image ("dxgkrnl!CToken")
/// and has no line of its own is described by the image.
std::string_view describe_owner(std::string_view owner);
/// The same, from another table than the one that is compiled in.
std::string_view describe_owner(std::string_view owner, std::string_view table);

struct Description {
  std::string_view text;  ///< may be empty
  bool of_owner = false;  ///< the tag itself has none: this is what its owner is
};
/// The tag's own description, else that of its owner.
Description description_of(const Entry& entry);

/// data/owners.tsv: owner, what it is.
std::string_view builtin_owners();

}  // namespace tagdb
