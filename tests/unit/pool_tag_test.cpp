#include <doctest/doctest.h>

#include "tagdb/database.hpp"
#include "tagdb/pool_tag.hpp"

using tagdb::PoolTag;

namespace {
std::vector<std::string> forms(std::string_view text) {
  std::string error;
  const auto query = tagdb::parse_query(text, error);
  std::vector<std::string> out;
  if (query) {
    for (const auto& form : query->forms) out.push_back(form.text());
  }
  return out;
}
using Forms = std::vector<std::string>;
}  // namespace

TEST_CASE("a pattern written with bit 31 set matches the tag without it (found by fuzzing)") {
  const auto pattern = tagdb::TagPattern::from_columns("Lea\xEB");
  CHECK(pattern.matches(tagdb::PoolTag::from_text("Leak")));
  CHECK(pattern.matches(pattern.tag()));
}

TEST_CASE("a tag is shown lowest byte first and loses bit 31") {
  CHECK(PoolTag(0x6B61654C).text() == "Leak");
  CHECK(PoolTag(0x6B61654C).hex() == "4c65616b");
  CHECK(PoolTag(0xEB61654C) == PoolTag(0x6B61654C));
  CHECK(PoolTag::from_text("Leak").value() == 0x6B61654C);
  CHECK(PoolTag(0x00454349).text() == "ICE\\x00");
  CHECK(PoolTag::from_text("a\\b\x01").text() == "a\\\\b\\x01");
}

TEST_CASE("what can be a tag") {
  CHECK(tagdb::plausible_tag(0x6B61654C));
  CHECK(PoolTag::from_text("Io  ").plausible());
  CHECK(PoolTag::from_text(std::string_view("ICE\0", 4)).plausible());
  CHECK(PoolTag::from_text("Lr!!").plausible());
  CHECK_FALSE(tagdb::plausible_tag(0));
  CHECK_FALSE(tagdb::plausible_tag(0x20202020));
  CHECK_FALSE(tagdb::plausible_tag(65));  // 'A' and three NULs is a small number
  CHECK_FALSE(tagdb::plausible_tag(0x1000));
  CHECK_FALSE(tagdb::plausible_tag(0x100000000ULL | 0x6B61654C));
  CHECK_FALSE(PoolTag(0x41004142).plausible());  // a NUL inside
}

TEST_CASE("queries: every spelling of the contract") {
  CHECK(forms("Leak") == Forms{"Leak"});
  CHECK(forms("Io") == Forms{"Io  ", "Io\\x00\\x00"});
  CHECK(forms("Io  ") == Forms{"Io  "});
  CHECK(forms("\\x4c\\x65ak") == Forms{"Leak"});
  CHECK(forms("0x6B61654C") == Forms{"Leak"});
  CHECK(forms("0XEB61654C") == Forms{"Leak"});
  CHECK(forms("0x41") == Forms{"0x41"});  // four characters are a tag
  CHECK(forms("Afd?") == Forms{"Afd?"});
  CHECK(forms("A*") == Forms{"A???"});
  CHECK(forms("a\\\\b") == Forms{"a\\\\b ", "a\\\\b\\x00"});
  std::string error;
  CHECK_FALSE(tagdb::parse_query("Leaks", error));
  CHECK(error.find("5 characters") != std::string::npos);
  CHECK_FALSE(tagdb::parse_query("", error));
}

TEST_CASE("patterns match, overlap and rank by fixed characters") {
  const auto aml = tagdb::TagPattern::from_columns("Aml*");
  CHECK(aml.matches(PoolTag::from_text("Amlx")));
  CHECK_FALSE(aml.matches(PoolTag::from_text("Amxx")));
  CHECK(aml.fixed() == 3);
  CHECK(tagdb::TagPattern::from_columns("Bu* ").fixed() == 2);
  CHECK(tagdb::TagPattern::from_columns("Gh?:").matches(PoolTag::from_text("Ghx:")));
  CHECK(aml.overlaps(tagdb::TagPattern::from_columns("?m??")));
  CHECK_FALSE(aml.overlaps(tagdb::TagPattern::from_columns("?n??")));
}

TEST_CASE("patterns in lower case and reversed") {
  const auto pattern = [](std::string_view text) { return tagdb::TagPattern::from_columns(text); };
  CHECK(pattern("Afd?").small() == pattern("afd?"));
  CHECK(pattern("Afd?").reversed() == pattern("?dfA"));
  CHECK(pattern("?dfA").reversed() == pattern("Afd?"));
  CHECK(pattern("Irp ").reversed() == pattern("prI "));
  CHECK(pattern(std::string_view("ICE\0", 4)).reversed() == pattern(std::string_view("ECI\0", 4)));
  CHECK(pattern(" prI").reversed() == pattern("Irp "));
}

TEST_CASE("related tags: other letter case, or reversed") {
  CHECK(tagdb::related(PoolTag::from_text("Irp "), PoolTag::from_text(" prI")));
  CHECK(tagdb::related(PoolTag::from_text("Irp "), PoolTag::from_text("prI ")));
  CHECK(tagdb::related(PoolTag::from_text("Leak"), PoolTag::from_text("kaeL")));
  CHECK(tagdb::related(PoolTag::from_text("Leak"), PoolTag::from_text("leak")));
  CHECK_FALSE(tagdb::related(PoolTag::from_text("Leak"), PoolTag::from_text("Leak")));
  CHECK_FALSE(tagdb::related(PoolTag::from_text("Leak"), PoolTag::from_text("Lead")));
}
