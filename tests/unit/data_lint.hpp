// Lint for the data: what data/*.txt and *.tsv must hold beyond being readable. Each function takes texts, so that the
// tests can hand it broken ones, and returns one sentence per problem; none means clean.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lint {

using Problems = std::vector<std::string>;

/// pooltag.txt: ASCII, the declared form, order, duplicates, spelling of owners, length of lines, repeated
/// descriptions, poolmon's limits; every line is what our reader and writer make of it.
Problems pooltag(std::string_view text);
/// owners.tsv: form, order, one line per owner, only owners that `pooltag_text` has, repeated descriptions.
Problems owners(std::string_view text, std::string_view pooltag_text);
/// sources.tsv: form, known kinds, agreement with pooltag.txt, every description and every owner that the public
/// editions do not have is named.
Problems sources(std::string_view text, std::string_view pooltag_text);
/// never_prove.tsv and on_behalf.tsv: form, advice long enough to help, no family without tags.
Problems never_prove(std::string_view text);
Problems on_behalf(std::string_view text);
/// hints.tsv: form, hints long enough to help, a source for each, no family without tags.
Problems hints(std::string_view text);
/// known_leaks.tsv: form, order, versions, dates that exist, a source for each row, no row twice.
Problems known_leaks(std::string_view text);

}  // namespace lint
