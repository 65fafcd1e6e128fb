// Findings that are in order: by a table with reasons, by the records of an earlier run, by an earlier build.
#include <doctest/doctest.h>

#include "scanner/rank/allow.hpp"

using namespace scanner;

namespace {

rank::Finding finding(std::string_view code, std::string_view tag, std::size_t places = 1) {
  rank::Finding out;
  out.code = rank::find_code(code);
  if (!tag.empty()) out.tag = tagdb::PoolTag::from_text(tag);
  for (std::uint32_t i = 0; i < places; ++i) out.places.push_back(0x1000 + i);
  return out;
}

const std::vector<const rank::CheckCode*> kAll = [] {
  std::string error;
  return rank::choose_codes("", error);
}();

}  // namespace

TEST_CASE("a table allows a tag and a code, everywhere or in one driver, and says why") {
  rank::AllowList list;
  std::string error;
  REQUIRE(
      list.add_table("# ours\nLeak\tnever_freed\tfreed by the bus driver\n"
                     "Af??\tcollision\tours\tC:\\drivers\\My.SYS\n-\tsuspect_tag\tan old mistake\n",
                     "allow.tsv", error));
  CHECK(list.ask("a.sys", finding("never_freed", "Leak")).reason == "freed by the bus driver");
  CHECK(list.ask("a.sys", finding("untagged", "Leak")).reason.empty());
  CHECK(list.ask("a.sys", finding("never_freed", "leak")).reason.empty());
  CHECK(list.ask("dir/my.sys", finding("collision", "Afda")).reason == "ours");
  CHECK(list.ask("other.sys", finding("collision", "Afda")).reason.empty());
  CHECK(list.ask("a.sys", finding("suspect_tag", "")).reason == "an old mistake");
}

TEST_CASE("a line of the table that cannot be used is named") {
  for (const auto& [line, word] :
       {std::pair{"Leak\tnever_freed", "reason"}, std::pair{"Leak\tnever_freed\t", "reason"},
        std::pair{"Leaky\tnever_freed\twhy", "Leaky"}, std::pair{"Leak\tnever\twhy", "'never'"},
        std::pair{"Leak\tnever_freed\twhy\ta.sys\tmore", "reason"}}) {
    INFO(line);
    rank::AllowList list;
    std::string error;
    CHECK_FALSE(list.add_table("\n" + std::string(line) + "\n", "allow.tsv", error));
    CHECK(error.starts_with("line 2: "));
    CHECK(error.find(word) != std::string::npos);
  }
}

TEST_CASE("findings of an earlier run are known, as far as there are no more places now") {
  const std::string now =
      R"({"type":"begin"}
{"type":"finding","path":"C:\\d\\My.sys","code":"never_freed","tag":"Leak","tag_bytes":"4c65616b","count":2}
{"type":"finding","path":"my.sys","code":"suspect_tag","tag":null,"tag_bytes":null,"count":1}
)";
  const std::string in_array =
      R"([
{"type":"finding","path":"my.sys","code":"never_freed","tag_bytes":"4c65616b","site_rva":"0x1000"},
{"type":"finding","path":"my.sys","code":"never_freed","tag_bytes":"4c65616b","site_rva":"0x2000"},
{"type":"finding","path":"my.sys","code":"suspect_tag","tag_bytes":null}
]
)";  // as version 0.2 wrote them
  for (const std::string& text : {now, in_array}) {
    rank::AllowList list;
    std::string error;
    REQUIRE(list.add_findings(text, "old.ndjson", error));
    CHECK_FALSE(list.ask("my.sys", finding("never_freed", "Leak", 2)).reason.empty());
    const auto more = list.ask("my.sys", finding("never_freed", "Leak", 3));
    CHECK(more.reason.empty());
    CHECK(more.known_places == 2);
    CHECK(list.ask("your.sys", finding("never_freed", "Leak")).reason.empty());
    CHECK_FALSE(list.ask("my.sys", finding("suspect_tag", "")).reason.empty());
  }
  rank::AllowList list;
  std::string error;
  CHECK_FALSE(list.add_findings("Leak\tnever_freed\twhy\n", "allow.tsv", error));
  CHECK(error.find("line 1") != std::string::npos);
  CHECK_FALSE(list.add_findings(R"({"type":"finding","path":"a.sys","code":"new_one","tag_bytes":"00"})", "x", error));
}

TEST_CASE("what is allowed and no longer found is stale, where its driver and its check were looked at") {
  rank::AllowList list;
  std::string error;
  REQUIRE(list.add_table("Leak\tnever_freed\twhy\nGone\tuntagged\twhy\nElse\tuntagged\twhy\telse.sys\n", "allow.tsv",
                         error));
  REQUIRE(list.add_findings(R"({"type":"finding","path":"my.sys","code":"collision","tag_bytes":"4c65616b","count":1})",
                            "old.ndjson", error));
  CHECK(list.stale(kAll).empty());
  list.looked_at("my.sys");
  CHECK_FALSE(list.ask("my.sys", finding("never_freed", "Leak")).reason.empty());
  CHECK(list.stale(kAll) ==
        std::vector<std::string>{"allow.tsv:2: 'Gone' untagged", "old.ndjson:1: 'Leak' collision in my.sys"});
  CHECK(list.stale({rank::find_code("never_freed")}).empty());
  list.looked_at("ELSE.sys");
  CHECK(list.stale(kAll).size() == 3);
}

TEST_CASE("what an earlier build does is known of the new one, whatever its name") {
  rank::AllowList list;
  list.add_known(finding("never_freed", "Leak", 2), "old.sys");
  CHECK(list.ask("new.sys", finding("never_freed", "Leak", 2)).reason == "known from old.sys");
  CHECK(list.ask("new.sys", finding("never_freed", "Leak", 3)).known_places == 2);
  list.looked_at("new.sys");
  CHECK(list.stale(kAll).empty());
}
