// One file on its way from path to facts: read, opened, searched, traced, identified. Runs on worker threads;
// everything it needs comes in with the request, everything it found goes out in the result.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "pe/identity.hpp"
#include "pe/image.hpp"
#include "scanner/trace/occurrence.hpp"
#include "scanner/trace/trace.hpp"
#include "scanner/walk/walk.hpp"
#include "tagdb/api_table.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner {

struct ContentHash {
  std::uint64_t low = 0, high = 0;
  auto operator<=>(const ContentHash&) const = default;
};

class Exporters;

struct ScanRequest {
  const tagdb::ApiTable* apis = nullptr;
  Exporters* exporters = nullptr;  ///< finds functions of other drivers that take tags; null: only the table counts
  std::uint64_t max_file_size = 0;
  /// locate: what is asked for. Empty: everything (survey).
  std::vector<tagdb::TagQuery> queries;
  /// locate, first pass: trace only files whose bytes hold one of these.
  std::vector<tagdb::PoolTag> bytes_first;
  bool with_text = false;  ///< --explain: instructions as text
  /// Was this content reported already? Asked from worker threads; may be empty.
  std::function<bool(const ContentHash&)> already_reported;
};

struct ScannedFile {
  enum class Outcome {
    traced,       ///< a driver; for locate with or without hits
    deferred,     ///< a driver that holds none of `bytes_first`: not traced yet
    copy,         ///< the same content was reported before
    unsupported,  ///< a PE image of a machine that cannot be traced: bytes evidence only
    not_pe,
    not_wanted,  ///< an .exe or .dll that is no kernel image
    unreadable,
    malformed
  };
  Outcome outcome = Outcome::not_pe;
  walk::Found file;
  std::string message;  ///< for unreadable and malformed
  std::uint64_t size = 0;
  ContentHash hash;
  pe::Machine machine = pe::Machine::other;
  trace::TraceResult trace;
  std::vector<trace::Occurrence> occurrences;      ///< locate: bytes of the tag that no use explains
  std::vector<std::uint32_t> file_offsets;         ///< per use: file offset of the site, 0xFFFFFFFF when none
  std::vector<std::vector<std::string>> names;     ///< per use: a name per element of `via`, empty where none is known
  std::vector<std::vector<std::string>> listings;  ///< per use: one instruction text per element of `via`
  bool reported = false;                           ///< identity and SHA-256 are filled in
  pe::Identity identity;
  std::string sha256;
  walk::Skipped skipped;
};

ScannedFile scan_file(const walk::Found& file, const ScanRequest& request);

ContentHash content_hash(pe::Bytes bytes);
std::string sha256_hex(pe::Bytes bytes);

}  // namespace scanner
