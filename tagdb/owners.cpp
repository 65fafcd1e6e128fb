#include "tagdb/owners.hpp"

#include "tagdb/text.hpp"

namespace tagdb {
namespace {

/// The second cell of the row whose first cell is `key`. A walk over the text: a lookup asks for a handful of owners.
std::string_view find_row(std::string_view key, std::string_view table) {
  std::string_view found;
  for_each_line(table, [&](std::string_view line, std::size_t) {
    if (!found.empty() || line.size() <= key.size() || line[key.size()] != '\t') return;
    if (equal_but_case(line.substr(0, key.size()), key)) found = line.substr(key.size() + 1);
  });
  return found;
}

}  // namespace

std::string_view describe_owner(std::string_view owner, std::string_view table) {
  if (owner.empty()) return {};
  if (const auto text = find_row(owner, table); !text.empty()) return text;
  if (owner.size() > 2 && owner.front() == '<' && owner.back() == '>') {
    const std::string_view inside = owner.substr(1, owner.size() - 2);  // <nvlddmkm.sys>
    if (inside.find('.') != std::string_view::npos) return find_row(inside, table);
  }
  // A part of an image: win32k!xxxMoveSize, dxgkrnl!CToken. The image is named without suffix there.
  const auto bang = owner.find('!');
  if (bang == std::string_view::npos || bang == 0) return {};
  const std::string_view image = owner.substr(0, bang);
  if (const auto text = find_row(image, table); !text.empty()) return text;
  return find_row(std::string(image) + ".sys", table);
}

std::string_view describe_owner(std::string_view owner) { return describe_owner(owner, builtin_owners()); }

Description description_of(const Entry& entry) {
  if (!entry.description.empty()) return {entry.description, false};
  const std::string_view text = describe_owner(entry.owner);
  return {text, !text.empty()};
}

}  // namespace tagdb
