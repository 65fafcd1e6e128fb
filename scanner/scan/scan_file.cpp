#include "scanner/scan/scan_file.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "scanner/lief/second_reader.hpp"
#include "scanner/scan/code_names.hpp"
#include "scanner/scan/embedded_images.hpp"
#include "scanner/scan/exported_allocators.hpp"

namespace scanner {
namespace {

using Held = trace::TagSearch::Held;

bool asked_for(const ScanRequest& request, tagdb::PoolTag tag) {
  return std::any_of(request.queries.begin(), request.queries.end(),
                     [tag](const tagdb::TagQuery& query) { return query.matches(tag); });
}

bool answers(const trace::TagUse& use, const ScanRequest& request) {
  return std::any_of(request.queries.begin(), request.queries.end(),
                     [&use](const tagdb::TagQuery& query) { return use.answers(query); });
}

void add_listings(const pe::Image& image, ScannedFile& out) {
  for (const trace::TagUse& use : out.trace.uses) {
    std::vector<std::string> lines;
    for (const std::uint32_t rva : use.via) lines.push_back(trace::instruction_text(image, rva));
    out.listings.push_back(std::move(lines));
  }
}

/// Occurrences of exact tags that no traced use explains: shown as the weaker evidence they are.
void add_occurrences(const pe::Image& image, const EmbeddedImages& inside, const ScanRequest& request,
                     ScannedFile& out) {
  std::vector<tagdb::PoolTag> open;
  for (const tagdb::PoolTag tag : request.bytes_first) {
    if (!explained(out.trace.uses, tag)) open.push_back(tag);
  }
  std::vector<trace::TagSearch::Hit> hits = trace::places_of(image, trace::TagSearch(open));
  // What stands in a driver that the file carries is told with that.
  std::erase_if(hits, [&inside](const trace::TagSearch::Hit& hit) {
    return std::any_of(inside.images.begin(), inside.images.end(), [&hit](const EmbeddedImage& one) {
      return hit.offset >= one.offset && hit.offset - one.offset < one.image.file().size();
    });
  });
  out.occurrences = trace::describe_occurrences(image, std::move(hits));
  // An immediate in lifted code would be told twice.
  std::erase_if(out.trace.uses, [&open](const trace::TagUse& use) {
    return use.evidence == trace::Evidence::constant && std::find(open.begin(), open.end(), use.tag) != open.end();
  });
}

/// For the catalogue: where the tags stand that later questions may ask for.
void note_held(const pe::Image& image, const trace::TagSearch& tags, ScannedFile& out) {
  std::vector<trace::TagSearch::Hit> hits = trace::places_of(image, tags);
  for (const trace::TagSearch::Hit& hit : hits) out.held.push_back(hit.tag);
  std::sort(out.held.begin(), out.held.end());
  out.held.erase(std::unique(out.held.begin(), out.held.end()), out.held.end());
  std::erase_if(hits, [&out](const trace::TagSearch::Hit& hit) { return explained(out.trace.uses, hit.tag); });
  out.held_occurrences = trace::describe_occurrences(image, std::move(hits));
}

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

bool explained(const std::vector<trace::TagUse>& uses, tagdb::PoolTag tag) {
  return std::any_of(uses.begin(), uses.end(), [tag](const trace::TagUse& use) {
    return !use.open && use.tag == tag && use.evidence <= trace::Evidence::references;
  });
}

tagdb::PoolTag kmdf_tag_of(std::string_view path) {
  const auto name = path.find_last_of("/\\") + 1;  // npos + 1 is 0
  return trace::kmdf_default_tag(path.substr(name, path.find_last_of('.') - name));
}

// KMDF charges what has no tag to the first letters of the service's name: not in the code, but predictable.
void predict_kmdf_tag(const tagdb::ApiTable& apis, ScannedFile& out) {
  const auto& rows = apis.rows;
  int row = -1, config = -1;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].kind == tagdb::ApiKind::predict) row = static_cast<int>(i);
    if (rows[i].name == "WdfDriverCreate") config = static_cast<int>(i);
  }
  const bool own_tag = std::any_of(out.trace.uses.begin(), out.trace.uses.end(),
                                   [config](const trace::TagUse& use) { return use.row == config; });
  if (!out.trace.binds_kmdf || own_tag || row < 0) return;
  trace::TagUse use;
  use.tag = kmdf_tag_of(own_path(out.file.path, out.container));
  use.evidence = trace::Evidence::predicted;
  use.certainty = trace::Certainty::assumed;
  use.row = row;
  use.api = rows[static_cast<std::size_t>(row)].name;
  out.trace.uses.push_back(std::move(use));
}

std::string_view own_path(std::string_view path, std::string_view container) {
  return container.empty() ? path : path.substr(container.size() + 1);
}

void ReadBuffer::trim() {
  constexpr std::size_t kKept = 8U << 20;
  if (bytes.size() > kKept) walk::FileBytes().swap(bytes);
}

namespace {

/// The functions of other drivers that `image` may call: rows of its own beside those of the table.
std::vector<tagdb::ApiRow> rows_from_others(const pe::Image& image, const ScanRequest& request, ScannedFile& out) {
  ExportedAllocators::Given given;
  const std::string& place = out.container.empty() ? out.file.path : out.container;
  if (request.exported_allocators != nullptr && trace::can_trace(image))
    given = request.exported_allocators->given_to(image, place);
  out.context = !given.rows.empty() ? digest_of(given.rows) : given.asked ? "none" : "";
  if (given.unresolved > 0) out.context += "+" + std::to_string(given.unresolved);
  if (request.exported_allocators != nullptr && trace::can_trace(image)) out.unresolved_api_sets = given.unresolved;
  return std::move(given.rows);
}

void trace_image(const pe::Image& image, const std::vector<tagdb::ApiRow>& more, const ScanRequest& request,
                 ScannedFile& out) {
  if (trace::can_trace(image)) {
    out.outcome = ScannedFile::Outcome::traced;
    const bool all = request.recall != nullptr || request.check_frees;
    const auto frees_asked = [&request, all](tagdb::PoolTag tag) { return all || asked_for(request, tag); };
    std::optional<trace::TraceResult> made;
    if (!all && request.queries.empty() && request.exported_allocators != nullptr && out.container.empty())
      made = request.exported_allocators->take_trace(out.file.path, more, out.hash);
    if (made) {
      out.trace = std::move(*made);
    } else if (more.empty()) {
      out.trace = trace::trace(image, *request.apis, frees_asked);
    } else {
      tagdb::ApiTable apis = *request.apis;
      apis.rows.insert(apis.rows.end(), more.begin(), more.end());
      out.trace = trace::trace(image, apis, frees_asked);
    }
    trace::note_letters_held(image, out.trace);
    predict_kmdf_tag(*request.apis, out);
  } else {
    out.outcome = ScannedFile::Outcome::unsupported;
  }
  if (std::string untraced = trace::untraced_code(image); !untraced.empty())
    out.trace.problems.push_back(std::move(untraced));
}

/// What is told of an image that is reported.
void describe(const pe::Image& image, const ScanRequest& request, ScannedFile& out) {
  std::string problem;
  out.identity = lief::identify(image, request.second_reader, problem);
  if (!problem.empty()) out.trace.problems.push_back(problem);
  if (request.with_sha256 && out.sha256.empty()) out.sha256 = sha256_hex(image.file());
  for (const trace::TagUse& use : out.trace.uses)
    out.file_offsets.push_back(use.via.empty() ? 0xFFFFFFFFU : image.offset_of(use.site_rva).value_or(0xFFFFFFFFU));
  add_names(image, request, out);
  if (request.with_text) add_listings(image, out);
}

/// First pass, for a file that does not hold the tag: does its code make it of letters that the file does hold?
bool made_of_letters(const ScanRequest& request, const ScannedFile& file) {
  return std::any_of(file.trace.uses.begin(), file.trace.uses.end(),
                     [&](const trace::TagUse& use) { return use.letters_held && answers(use, request); });
}

/// Put off until the second pass: what was found is found again then.
void defer(ScannedFile& out) {
  out.outcome = ScannedFile::Outcome::deferred;
  out.trace = {};
}

/// `held`: what the file holds of the tags of the first pass.
void scan_image(const pe::Image& image, const EmbeddedImages& inside, Held held, const ScanRequest& request,
                ScannedFile& out) {
  using Outcome = ScannedFile::Outcome;
  const bool searching = !request.bytes_first.empty();
  const bool in_bytes = held == Held::whole;
  out.machine = image.machine();
  out.oldest_system = image.oldest_system();
  out.stamp = image.timestamp();
  if (searching && held == Held::nothing && trace::can_trace(image)) return defer(out);
  if (request.recall != nullptr) {
    out.sha256 = sha256_hex(image.file());
    out.hash = content_hash(out.sha256);
  } else {
    out.hash = content_hash(image.file());
  }
  if (request.already_reported && request.already_reported(out.hash)) {
    out.outcome = Outcome::copy;
    return;
  }
  const std::vector<tagdb::ApiRow> more = rows_from_others(image, request, out);
  if (request.recall != nullptr && request.recall->known(out)) {
    request.recall->load(out, request);
    return;
  }
  trace_image(image, more, request, out);
  if (searching && !in_bytes && out.outcome == Outcome::traced && !made_of_letters(request, out)) return defer(out);
  if (in_bytes) add_occurrences(image, inside, request, out);
  if (request.recall != nullptr) note_held(image, request.recall->tags(), out);
  const bool hit = std::any_of(out.trace.uses.begin(), out.trace.uses.end(),
                               [&](const trace::TagUse& use) { return answers(use, request); });
  out.reported = request.queries.empty() || hit || !out.occurrences.empty();
  if (out.reported) describe(image, request, out);
}

/// Offsets count from the beginning of the file that is on the disk.
void scan_embedded(const EmbeddedImage& one, Held held, const ScanRequest& request, ScannedFile& file) {
  ScannedFile out;
  out.file = file.file;
  out.file.links = 1;
  out.container = file.file.path;
  out.file.path += "!" + one.name;
  out.file.size = out.size = one.image.file().size();
  scan_image(one.image, {}, held, request, out);
  for (std::uint32_t& offset : out.file_offsets) {
    if (offset != 0xFFFFFFFFU) offset += static_cast<std::uint32_t>(one.offset);
  }
  for (trace::Occurrence& occurrence : out.occurrences) occurrence.file_offset += one.offset;
  file.embedded.push_back(std::move(out));
}

bool looks_inside(const ScanRequest& request, const walk::Found& file) {
  switch (request.look_inside) {
    case ScanRequest::LookInside::named: return file.named;
    case ScanRequest::LookInside::all: return true;
    case ScanRequest::LookInside::carriers: return request.carriers.contains(file.path);
  }
  return false;
}

/// From the catalogue, when it knows the file as it is; nothing was read then.
bool recalled(const ScanRequest& request, ScannedFile& out) {
  using Outcome = ScannedFile::Outcome;
  if (request.recall == nullptr) return false;
  out.checked = now();
  out.symbol_files = symbol_files_stamp(out.file.path, request.symbol_places);
  if (!request.recall->unchanged(out)) return false;
  if (out.outcome != Outcome::traced && out.outcome != Outcome::unsupported) return true;
  if (request.already_reported && request.already_reported(out.hash)) {
    out.outcome = Outcome::copy;
  } else {
    request.recall->load(out, request);
  }
  return true;
}

/// Reads the file; `held` becomes what stands there of the tags of the first pass.
pe::Result<std::size_t> read_and_search(const ScanRequest& request, ReadBuffer& buffer, ScannedFile& out, Held& held) {
  std::function<void(std::size_t)> search;
  if (!request.bytes_first.empty()) {
    search = [&, done = std::size_t{0}](std::size_t there) mutable {
      const std::size_t from = done - std::min<std::size_t>(done, 3);  // the last piece may end within a tag
      const std::span<const std::uint8_t> piece(buffer.bytes.data() + from, there - from);
      if (held != Held::whole) held = std::max(held, request.bytes_search.look(pe::Bytes{piece}));
      done = there;
    };
  }
  return walk::read_file(out.file.path, request.max_file_size, out.skipped, buffer.bytes, walk::Content::image, search);
}

/// What the image holds of the tags of the first pass as numbers, also in two halves, as ARM64's code has them. `held`:
/// what the whole file holds in its bytes.
Held held_as_number(const pe::Image& image, const ScanRequest& request, Held held) {
  if (held == Held::whole || trace::may_hold_halves(image, request.bytes_search)) return Held::whole;
  const trace::TagSearch& letters = request.letters_search;
  const bool there = held == Held::letters && trace::may_hold_letters(image, letters);
  return there || trace::may_hold_halves(image, letters) ? Held::letters : Held::nothing;
}

/// The drivers that it carries are scanned with it, and on the same evidence: its bytes hold theirs.
void scan_content(const pe::Image& image, Held held, const ScanRequest& request, ScannedFile& out) {
  using Outcome = ScannedFile::Outcome;
  const bool wanted = !(out.file.native_only && !image.native()) && !request.only_inside.contains(out.file.path);
  EmbeddedImages inside;
  if (looks_inside(request, out.file)) inside = find_embedded_images(image.file());
  if (!wanted && inside.images.empty()) {
    out.outcome = Outcome::not_wanted;
    return;
  }
  if (!request.bytes_first.empty()) {
    Held best = held_as_number(image, request, held);
    for (const EmbeddedImage& one : inside.images) best = std::max(best, held_as_number(one.image, request, held));
    held = best;
  }
  out.machine = image.machine();
  out.oldest_system = image.oldest_system();
  if (!wanted) {
    out.outcome = Outcome::not_wanted;
  } else if (out.message = image.damage(); !out.message.empty()) {
    out.outcome = Outcome::malformed;
  } else {
    scan_image(image, inside, held, request, out);
  }
  out.embedded_gave_up = inside.gave_up;
  if (request.recall != nullptr) {
    out.embedded_left_out = static_cast<std::uint32_t>(inside.images.size());
  } else {
    for (const EmbeddedImage& one : inside.images) scan_embedded(one, held, request, out);
  }
}

}  // namespace

ScannedFile scan_file(const walk::Found& file, const ScanRequest& request, ReadBuffer& buffer) {
  using Outcome = ScannedFile::Outcome;
  ScannedFile out;
  out.file = file;
  if (file.known_link) {
    out.outcome = Outcome::hard_link;
    return out;
  }
  if (recalled(request, out)) return out;
  buffer.trim();
  Held held = Held::nothing;
  const auto read = read_and_search(request, buffer, out, held);
  if (!read) {
    out.outcome = Outcome::unreadable;
    out.message = read.error().message;
    return out;
  }
  const pe::Bytes bytes{std::span<const std::uint8_t>(buffer.bytes.data(), read.value())};
  out.size = bytes.size();
  const auto opened = pe::Image::open(bytes.span());
  if (!opened) {
    const bool not_pe = opened.error().fault == pe::Fault::not_pe;
    out.outcome = not_pe ? Outcome::not_pe : Outcome::malformed;
    out.message = opened.error().message;
    if (not_pe) out.size = std::max(out.size, file.size);  // of a large one only the beginning was read
    return out;
  }
  scan_content(opened.value(), held, request, out);
  return out;
}

ScannedFile search_file(const walk::Found& file, const trace::TagSearch& tags, std::uint64_t max_file_size,
                        ReadBuffer& buffer) {
  ScannedFile out;
  out.file = file;
  buffer.trim();
  const auto read = walk::read_file(file.path, max_file_size, out.skipped, buffer.bytes);
  if (!read) return out;
  const pe::Bytes bytes{std::span<const std::uint8_t>(buffer.bytes.data(), read.value())};
  const auto image = pe::Image::open(bytes.span());
  if (!image) return out;
  note_held(image.value(), tags, out);
  out.sha256 = sha256_hex(bytes);
  return out;
}

}  // namespace scanner
