#include "scanner/scan.hpp"

#include <openssl/evp.h>
#include <xxhash.h>

#include <algorithm>
#include <array>

#include "pe/symbols.hpp"
#include "scanner/exporters.hpp"

namespace scanner {
namespace {

constexpr std::size_t kMaxOccurrences = 8;

bool asked_for(const ScanRequest& request, tagdb::PoolTag tag) {
  return std::any_of(request.queries.begin(), request.queries.end(),
                     [tag](const tagdb::TagQuery& query) { return query.matches(tag); });
}

/// KMDF charges what has no tag to the first letters of the service's name: not in the code, but predictable.
void predict_kmdf_tag(const ScanRequest& request, ScannedFile& out) {
  const auto& rows = request.apis->rows;
  int row = -1, config = -1;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].kind == tagdb::ApiKind::predict) row = static_cast<int>(i);
    if (rows[i].name == "WdfDriverCreate") config = static_cast<int>(i);
  }
  const bool own_tag = std::any_of(out.trace.uses.begin(), out.trace.uses.end(),
                                   [config](const trace::TagUse& use) { return use.row == config; });
  if (!out.trace.binds_kmdf || own_tag || row < 0) return;
  const std::string& path = out.file.path;
  const auto name = path.find_last_of("/\\") + 1;  // npos + 1 is 0
  trace::TagUse use;
  use.tag = trace::kmdf_default_tag(std::string_view(path).substr(name, path.find_last_of('.') - name));
  use.evidence = trace::Evidence::predicted;
  use.certainty = trace::Certainty::assumed;
  use.row = row;
  use.api = rows[static_cast<std::size_t>(row)].name;
  out.trace.uses.push_back(std::move(use));
}

/// Function names from the export table, and from a .map or .pdb that lies beside the driver.
pe::SymbolTable symbols_of(const pe::Image& image, const ScanRequest& request, ScannedFile& out) {
  pe::SymbolTable symbols;
  const std::string stem = out.file.path.substr(0, out.file.path.find_last_of('.'));
  walk::Skipped ignored;
  if (auto pdb = walk::read_file(stem + ".pdb", request.max_file_size, ignored)) {
    std::string reason;
    if (!symbols.add_pdb(image, pe::Bytes{std::span<const std::uint8_t>(pdb.value())}, reason))
      out.trace.problems.push_back("the PDB beside it " + reason);
  }
  if (auto map = walk::read_file(stem + ".map", request.max_file_size, ignored))
    symbols.add_map(image, {reinterpret_cast<const char*>(map.value().data()), map.value().size()});
  symbols.add_exports(image);
  symbols.sort();
  return symbols;
}

void add_names(const pe::Image& image, const ScanRequest& request, ScannedFile& out) {
  const pe::SymbolTable symbols = symbols_of(image, request, out);
  if (symbols.empty()) return;
  std::vector<pe::FunctionRange> functions;
  image.for_each_function([&functions](const pe::FunctionRange& range) { functions.push_back(range); });
  const auto start_of = [&functions](std::uint32_t rva) -> std::uint32_t {
    constexpr std::uint32_t kFarthest = 0x1000;  // for images without function tables
    for (const pe::FunctionRange& range : functions) {
      if (rva >= range.begin && rva < range.end) return range.primary;
    }
    return rva > kFarthest ? rva - kFarthest : 0;
  };
  for (const trace::TagUse& use : out.trace.uses) {
    std::vector<std::string> names;
    for (const std::uint32_t rva : use.via) names.push_back(symbols.name_of(rva, start_of(rva)));
    out.names.push_back(std::move(names));
  }
}

void add_listings(const pe::Image& image, ScannedFile& out) {
  for (const trace::TagUse& use : out.trace.uses) {
    std::vector<std::string> lines;
    for (const std::uint32_t rva : use.via) lines.push_back(trace::instruction_text(image, rva));
    out.listings.push_back(std::move(lines));
  }
}

/// Occurrences of exact tags that no traced use explains: shown as the weaker evidence they are.
void add_occurrences(const pe::Image& image, const ScanRequest& request, ScannedFile& out) {
  std::vector<tagdb::PoolTag> open;
  for (const tagdb::PoolTag tag : request.bytes_first) {
    const bool explained = std::any_of(out.trace.uses.begin(), out.trace.uses.end(), [tag](const trace::TagUse& use) {
      return use.tag == tag && use.evidence <= trace::Evidence::references;
    });
    if (!explained) open.push_back(tag);
  }
  out.occurrences = trace::find_occurrences(image, open, kMaxOccurrences);
  // An immediate in lifted code would be told twice.
  std::erase_if(out.trace.uses, [&open](const trace::TagUse& use) {
    return use.evidence == trace::Evidence::constant && std::find(open.begin(), open.end(), use.tag) != open.end();
  });
}

}  // namespace

ContentHash content_hash(pe::Bytes bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

std::string sha256_hex(pe::Bytes bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < length; ++i) {
    out += digits[digest[i] >> 4];
    out += digits[digest[i] & 15];
  }
  return out;
}

ScannedFile scan_file(const walk::Found& file, const ScanRequest& request) {
  using Outcome = ScannedFile::Outcome;
  ScannedFile out;
  out.file = file;
  auto read = walk::read_file(file.path, request.max_file_size, out.skipped);
  if (!read) {
    out.outcome = Outcome::unreadable;
    out.message = read.error().message;
    return out;
  }
  const pe::Bytes bytes{std::span<const std::uint8_t>(read.value())};
  out.size = bytes.size();
  const auto opened = pe::Image::open(bytes.span());
  if (!opened) {
    const bool not_pe = opened.error().fault == pe::Fault::not_pe;
    out.outcome = not_pe ? Outcome::not_pe : Outcome::malformed;
    out.message = opened.error().message;
    return out;
  }
  const pe::Image& image = opened.value();
  out.machine = image.machine();
  if (file.native_only && !image.native()) {
    out.outcome = Outcome::not_wanted;
    return out;
  }
  out.hash = content_hash(bytes);
  if (request.already_reported && request.already_reported(out.hash)) {
    out.outcome = Outcome::copy;
    return out;
  }
  const bool locating = !request.queries.empty();
  const bool in_bytes = !request.bytes_first.empty() && trace::may_hold_any(image, request.bytes_first);
  if (!trace::can_trace(image)) {
    out.outcome = Outcome::unsupported;
  } else if (!request.bytes_first.empty() && !in_bytes) {
    out.outcome = Outcome::deferred;
    return out;
  } else {
    out.outcome = Outcome::traced;
    const std::vector<tagdb::ApiRow> more =
        request.exporters != nullptr ? request.exporters->rows_for(image, file.path) : std::vector<tagdb::ApiRow>{};
    if (more.empty()) {
      out.trace = trace::trace(image, *request.apis);
    } else {
      tagdb::ApiTable apis = *request.apis;
      apis.rows.insert(apis.rows.end(), more.begin(), more.end());
      out.trace = trace::trace(image, apis);
    }
    predict_kmdf_tag(request, out);
  }
  if (std::string untraced = trace::untraced_code(image); !untraced.empty())
    out.trace.problems.push_back(std::move(untraced));
  if (in_bytes) add_occurrences(image, request, out);
  const bool hit = std::any_of(out.trace.uses.begin(), out.trace.uses.end(),
                               [&](const trace::TagUse& use) { return asked_for(request, use.tag); });
  out.reported = !locating || hit || !out.occurrences.empty();
  if (!out.reported) return out;
  std::string problem;
  out.identity = pe::identify(image, problem);
  if (!problem.empty()) out.trace.problems.push_back(problem);
  out.sha256 = sha256_hex(bytes);
  for (const trace::TagUse& use : out.trace.uses)
    out.file_offsets.push_back(use.via.empty() ? 0xFFFFFFFFU : image.offset_of(use.site_rva).value_or(0xFFFFFFFFU));
  add_names(image, request, out);
  if (request.with_text) add_listings(image, out);
  return out;
}

}  // namespace scanner
