#include "scanner/scan/content.hpp"

#include <xxhash.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <random>

#include "pe/text.hpp"
#include "scanner/platform/sha256.hpp"
#include "scanner/walk/walk.hpp"

namespace scanner {
namespace {

/// A seed of its own for every run.
std::uint64_t hash_seed() {
  static const std::uint64_t seed = [] {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
  }();
  return seed;
}

}  // namespace

ContentHash content_hash(pe::Bytes bytes) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data(), bytes.size(), hash_seed());
  return {hash.low64, hash.high64};
}

ContentHash content_hash(const std::string& sha256) {
  ContentHash hash;
  std::from_chars(sha256.data(), sha256.data() + 16, hash.low, 16);
  std::from_chars(sha256.data() + 16, sha256.data() + 32, hash.high, 16);
  return hash;
}

std::string sha256_hex(pe::Bytes bytes) {
  std::string out;
  const auto digest = sha256(bytes);
  if (!digest) return out;
  for (const std::uint8_t byte : *digest) pe::append_hex(out, byte);
  return out;
}

std::uint64_t symbol_files_stamp(const std::string& path, const std::vector<std::string>& symbol_places) {
  const std::string stem = path.substr(0, path.find_last_of('.'));
  std::uint64_t mixed = 0;
  for (const char* suffix : {".pdb", ".map"}) {
    walk::DirectoryEntry entry;
    std::string ignored;
    if (!walk::inspect(stem + suffix, entry, ignored)) continue;
    const std::array<std::uint64_t, 3> facts = {entry.size, static_cast<std::uint64_t>(entry.modified), mixed + 1};
    mixed = XXH3_64bits(facts.data(), sizeof facts) >> 1;  // SQLite's integers have a sign
  }
  // Names come from other places, too: with others they may be others.
  for (const std::string& place : symbol_places) mixed = XXH3_64bits_withSeed(place.data(), place.size(), mixed) >> 1;
  return mixed;
}

std::string digest_of(const std::vector<tagdb::ApiRow>& rows) {
  std::string text;
  for (const tagdb::ApiRow& row : rows) {
    text += row.name + "\t" + row.module + "\t";
    for (const auto number :
         {static_cast<long long>(row.kind), static_cast<long long>(row.match), static_cast<long long>(row.kmdf_index),
          static_cast<long long>(row.charges_pool), static_cast<long long>(row.tag),
          static_cast<long long>(row.tag_x86), static_cast<long long>(row.x86_fastcall),
          static_cast<long long>(row.tag_in_struct), static_cast<long long>(row.pool_form),
          static_cast<long long>(row.pool), static_cast<long long>(row.size), static_cast<long long>(row.size_x86),
          static_cast<long long>(row.field_x64), static_cast<long long>(row.field_x86),
          static_cast<long long>(row.condition_argument), static_cast<long long>(row.condition_value)})
      text += std::to_string(number) + ",";
    text += row.default_tag + "\n";
  }
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  std::array<char, 40> hex{};
  std::snprintf(hex.data(), hex.size(), "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return hex.data();
}

}  // namespace scanner
