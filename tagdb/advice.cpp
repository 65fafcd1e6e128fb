#include "tagdb/advice.hpp"

#include <algorithm>

#include "tagdb/hints.hpp"
#include "tagdb/text.hpp"
#include "tagdb/tsv.hpp"

namespace tagdb {

std::string_view builtin_never_prove();    // generated from data/never_prove.tsv
std::string_view builtin_on_behalf_tsv();  // generated from data/on_behalf.tsv

namespace {

std::string at_line(const TsvRow& row, std::string_view reason) {
  return "line " + std::to_string(row.line) + ": " + std::string(reason);
}

/// Empty when the row is good. A family stands before its tags.
std::string_view add_row(const TsvRow& row, SharedTags& shared) {
  if (row.cells[0] == "family") {
    if (row.cells.size() != 4 || row.cells[1].empty() || row.cells[3].empty())
      return "a family has a name, what it proves and advice";
    if (row.cells[2] != "never" && row.cells[2] != "shared") return "a family proves 'never' or is 'shared'";
    const Proof proof = row.cells[2] == "never" ? Proof::never : Proof::shared;
    shared.families.push_back({std::string(row.cells[1]), std::string(row.cells[3]), proof});
    return {};
  }
  if (row.cells[0] != "tag") return "a row begins with 'family' or 'tag'";
  const std::size_t cells = row.cells.size();
  if ((cells != 4 && cells != 5) || row.cells[1].size() != 4 || row.cells[3].empty())
    return "a tag has four columns, a family and what it is";
  if (cells == 5 && row.cells[4] != "choice") return "behind what a tag is stands 'choice' or nothing";
  const auto family = std::find_if(shared.families.begin(), shared.families.end(),
                                   [&row](const SharedFamily& one) { return one.name == row.cells[2]; });
  if (family == shared.families.end()) return "no family of that name above";
  const PoolTag tag = PoolTag::from_text(row.cells[1]);
  for (const SharedTag& known : shared.tags) {
    if (known.tag == tag) return "the tag has a row already";
  }
  shared.tags.push_back(
      {tag, static_cast<std::size_t>(family - shared.families.begin()), std::string(row.cells[3]), cells == 5});
  return {};
}

/// The row of `tag` when its family proves as much, else null.
const SharedTag* find(const SharedTags& shared, PoolTag tag, Proof proof) {
  const auto known =
      std::find_if(shared.tags.begin(), shared.tags.end(), [tag](const SharedTag& one) { return one.tag == tag; });
  if (known == shared.tags.end() || shared.families[known->family].proof != proof) return nullptr;
  return &*known;
}

}  // namespace

SharedTags parse_shared_tags(std::string_view text, std::string& error) {
  SharedTags shared;
  for (const TsvRow& row : read_tsv(text)) {
    if (const auto bad = add_row(row, shared); !bad.empty()) {
      error = at_line(row, bad);
      return {};
    }
  }
  return shared;
}

std::vector<OnBehalf> parse_on_behalf(std::string_view text, std::string& error) {
  std::vector<OnBehalf> drivers;
  for (const TsvRow& row : read_tsv(text)) {
    if (row.cells.size() != 2 || row.cells[0].empty() || row.cells[1].empty()) {
      error = at_line(row, "a driver has a file name and advice");
      return {};
    }
    const std::string image = fold_case(row.cells[0]);
    if (std::any_of(drivers.begin(), drivers.end(), [&image](const OnBehalf& known) { return known.image == image; })) {
      error = at_line(row, "the driver has a row already");
      return {};
    }
    drivers.push_back({image, std::string(row.cells[1])});
  }
  return drivers;
}

const SharedTags& builtin_shared_tags() {
  static const SharedTags shared = [] {
    std::string error;  // the tables are tested at build time
    return parse_shared_tags(builtin_never_prove(), error);
  }();
  return shared;
}

const std::vector<OnBehalf>& builtin_on_behalf() {
  static const std::vector<OnBehalf> drivers = [] {
    std::string error;
    return parse_on_behalf(builtin_on_behalf_tsv(), error);
  }();
  return drivers;
}

std::string_view never_proves(PoolTag tag) {
  const SharedTags& shared = builtin_shared_tags();
  const SharedTag* known = find(shared, tag, Proof::never);
  return known != nullptr ? std::string_view(shared.families[known->family].advice) : std::string_view();
}

std::string shared_code(PoolTag tag) {
  const SharedTags& shared = builtin_shared_tags();
  const SharedTag* known = find(shared, tag, Proof::shared);
  return known != nullptr ? known->what + ". " + shared.families[known->family].advice : std::string();
}

const SharedTag* taken_over(PoolTag tag) {
  for (const SharedTag& known : builtin_shared_tags().tags) {
    if (known.tag == tag) return known.of_choice ? &known : nullptr;
  }
  return nullptr;
}

namespace {
/// Why the tag proves no owner, or nothing.
std::string proof_of(PoolTag tag) {
  // Few tags have a row. Looking for one in the text costs a look-up less than taking all of them apart.
  std::string row = "\ntag\t";
  for (unsigned i = 0; i < 4; ++i) row += static_cast<char>(tag.byte(i));
  if (builtin_never_prove().find(row + "\t") == std::string_view::npos) return {};
  if (const auto advice = never_proves(tag); !advice.empty())
    return "'" + tag.text() + "' never proves an owner: " + std::string(advice);
  if (const auto advice = shared_code(tag); !advice.empty())
    return "'" + tag.text() + "' may have more than one owner: " + advice;
  return {};
}
}  // namespace

std::string advice_for(PoolTag tag) {
  const std::string proof = proof_of(tag);
  const auto hint = hint_for(tag);
  if (hint.empty()) return proof;
  if (proof.empty()) return "'" + tag.text() + "': " + std::string(hint);
  return proof + ". " + std::string(hint);
}

std::string_view on_behalf(std::string_view image) {
  for (const OnBehalf& known : builtin_on_behalf()) {
    if (equal_but_case(known.image, image)) return known.advice;
  }
  return {};
}

}  // namespace tagdb
