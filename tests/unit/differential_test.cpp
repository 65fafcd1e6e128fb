// What must not matter does not matter, and what is proven can be seen: checks of the engine against itself.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include "scanner/trace/trace.hpp"
#include "tests/unit/files.hpp"

namespace trace = scanner::trace;

namespace {

std::string shown(const trace::TagUse& use) {
  std::string out = use.tag.hex() + " " + std::string(to_string(use.evidence)) + " " +
                    std::string(to_string(use.certainty)) + " " + use.api + " " +
                    std::string(trace::to_string(use.pool)) + " " + std::to_string(use.bytes.value_or(0));
  for (const std::uint32_t rva : use.via) out += " " + std::to_string(rva);
  return out;
}

std::vector<std::string> uses_in(const std::vector<std::uint8_t>& bytes) {
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  std::vector<std::string> out;
  for (const auto& use : trace::trace(image.value(), tagdb::builtin_api_table()).uses) out.push_back(shown(use));
  return out;
}

/// "or_bits" of ".../asm-x64-hand/or_bits.sys".
std::string pattern_of(const std::string& path) {
  const auto name = path.find_last_of('/') + 1;
  return path.substr(name, path.find_last_of('.') - name);
}

bool is_proof(const trace::TagUse& use) {
  return use.evidence <= trace::Evidence::configures && use.certainty != trace::Certainty::assumed;
}

}  // namespace

TEST_CASE("bytes of resources change no use") {
  std::vector<std::string> paths = wine_drivers();
  paths.push_back(sample_driver());
  std::mt19937_64 random(7);
  unsigned with_resources = 0, with_uses = 0;
  for (const auto& path : paths) {
    INFO(path);
    const auto original = read_bytes(path);
    const auto image = pe::Image::open(original);
    REQUIRE(image);
    const auto sections = image.value().sections();
    const auto resources =
        std::find_if(sections.begin(), sections.end(), [](const pe::Section& one) { return one.name == ".rsrc"; });
    if (resources == sections.end() || resources->file_size == 0) continue;
    ++with_resources;
    const auto before = uses_in(original);
    with_uses += before.empty() ? 0 : 1;
    for (int round = 0; round < 4; ++round) {
      auto changed = original;
      // All of it noise, then a byte here and there: a tag among them, which must stay `bytes` evidence.
      const std::uint32_t step = round == 0 ? 1 : 64;
      for (std::uint32_t i = static_cast<std::uint32_t>(random() % step); i < resources->file_size; i += step)
        changed[resources->file_offset + i] = static_cast<std::uint8_t>(random());
      CHECK(uses_in(changed) == before);
    }
  }
  CHECK(with_resources >= 5);
  CHECK(with_uses >= 1);
}

TEST_CASE("what is appended to a file changes no use") {
  auto bytes = read_bytes(sample_driver());
  const auto before = uses_in(bytes);
  REQUIRE_FALSE(before.empty());
  for (int i = 0; i < 5000; ++i) bytes.push_back(static_cast<std::uint8_t>("Leak"[i % 4]));
  CHECK(uses_in(bytes) == before);
}

TEST_CASE("a tag that is proven stands in the bytes, but where code puts it together") {
  // Patterns whose code computes at least one of its tags: no search of bytes can find those, and `locate` traces all
  // drivers for them. One that is found by its bytes on every machine has to leave the list.
  const std::set<std::string> computed = {"added_index",
                                          "api_ndis",
                                          "api_ntoskrnl",
                                          "api_win32k",
                                          "asm_arm64_arithmetic",
                                          "asm_arm64_bitfield",
                                          "halves_returned",
                                          "asm_case_ends_with_jump",
                                          "asm_flags_of_arithmetic",
                                          "asm_lea_from_register",
                                          "asm_counted_apart",
                                          "asm_movzx_halves",
                                          "asm_or_bits",
                                          "asm_partial_write",
                                          "asm_sbb_select",
                                          "asm_store_then_bytes",
                                          "asm_x86_strings_and_all",
                                          "asm_x86_word_push",
                                          "branches",
                                          "byte_swapped",
                                          "computed",
                                          "counted_beside",
                                          "filled_from_another",
                                          "kmdf_array",
                                          "kmdf_bind_info_grown",
                                          "element_overwritten",
                                          "kmdf_pointer",
                                          "letter_at_run_time",
                                          "letter_replaced",
                                          "letters_in_loop",
                                          "loop_bounds",
                                          "loop_by_argument",
                                          "loop_not_linear",
                                          "masked_field",
                                          "ndis_helper",
                                          "wrapper_conditional",
                                          "ndis_pools",
                                          "passed_function",
                                          "rounds_are_run",
                                          "pair_chosen",
                                          "wide_compare",
                                          "out_parameter",
                                          "switch_few",
                                          "switch_masked",
                                          "table_passed",
                                          "table_walked",
                                          "struct_copied",
                                          "tag_in_high_half",
                                          "told_by_argument",
                                          "told_by_callers",
                                          "told_by_result",
                                          "wrapper_last_byte",
                                          "wrapper_struct_argument",
                                          "wrapper_two_tags",
                                          "xor_key"};
  std::map<std::string, std::set<std::string>> missing;
  std::size_t proofs = 0;
  for (const auto& path : test_drivers()) {
    const auto bytes = read_bytes(path);
    const auto image = pe::Image::open(bytes);
    REQUIRE(image);
    std::set<std::uint32_t> seen;
    for (const auto& use : trace::trace(image.value(), tagdb::builtin_api_table()).uses) {
      if (!is_proof(use) || !seen.insert(use.tag.value()).second) continue;
      ++proofs;
      // A default of the table's (`None` of untagged allocations) is no number in the file.
      const auto& row = tagdb::builtin_api_table().rows.at(static_cast<std::size_t>(use.row));
      if (!row.default_tag.empty()) continue;
      const trace::TagSearch one({use.tag});
      if (!one.any(image.value().file()) && !trace::may_hold_halves(image.value(), one))
        missing[pattern_of(path)].insert(use.tag.text() + " in " + path);
    }
  }
  CHECK(proofs > 1000);
  for (const auto& [pattern, tags] : missing) {
    INFO(pattern << ": " << *tags.begin());
    CHECK(computed.contains(pattern));
  }
  for (const auto& pattern : computed) {
    INFO(pattern);
    CHECK(missing.contains(pattern));
  }
}
