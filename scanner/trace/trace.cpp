#include "scanner/trace/trace.hpp"

#include <algorithm>
#include <numeric>

#include "scanner/trace/attribute/attribution.hpp"
#include "scanner/trace/solve/solver.hpp"

namespace scanner::trace {

std::string_view to_string(Evidence evidence) {
  switch (evidence) {
    case Evidence::allocates: return "allocates";
    case Evidence::lookaside: return "lookaside";
    case Evidence::configures: return "configures";
    case Evidence::frees: return "frees";
    case Evidence::references: return "references";
    case Evidence::constant: return "constant";
    case Evidence::bytes: return "bytes";
    case Evidence::predicted: return "predicted";
  }
  return "";
}

std::string_view to_string(Certainty certainty) {
  switch (certainty) {
    case Certainty::sure: return "sure";
    case Certainty::one_path: return "one_path";
    case Certainty::assumed: return "assumed";
  }
  return "";
}

std::string_view to_string(Pool pool) {
  switch (pool) {
    case Pool::nonpaged: return "nonpaged";
    case Pool::paged: return "paged";
    case Pool::session: return "session";
    case Pool::unknown: break;
  }
  return "";
}

std::string_view to_string(Bucket bucket) {
  switch (bucket) {
    case Bucket::constant: return "constant";
    case Bucket::forwarded: return "forwarded";
    case Bucket::table: return "table";
    case Bucket::untagged: return "untagged";
    case Bucket::suspect: return "suspect";
    case Bucket::dynamic: return "dynamic";
  }
  return "";
}

bool TagUse::fits(tagdb::PoolTag asked) const {
  if (!open) return tag == asked;
  const std::uint32_t others = ~(0xFFU << (8 * *open));
  const std::uint8_t letter = asked.byte(*open);
  return ((tag.value() ^ asked.value()) & others) == 0 && letter > ' ' && letter < 0x7F;
}

bool TagUse::answers(const tagdb::TagQuery& query) const {
  if (!open) return query.matches(tag);
  return std::ranges::any_of(query.forms, [this](const tagdb::TagPattern& form) {
    return form.exact() ? fits(form.tag()) : form.overlaps(tagdb::TagPattern::exactly(tag).opened(*open));
  });
}

std::string TagUse::tag_bytes() const {
  std::string text = tag.hex();
  if (open) text.replace(2U * *open, 2, "??");
  return text;
}

std::string describe_assumptions(std::uint32_t flags) {
  static constexpr std::pair<std::uint32_t, std::string_view> kTexts[] = {
      {kAssumesFrame, "whoever can write to a neighbouring local leaves this one alone"},
      {kAssumesField, "nobody else who got the pointer to the structure changes this field of it"},
      {kAssumesTable, "the index reaches this entry, and stays within the printable entries of the table"},
      {kAssumesList, "nobody takes this element out of the list"},
      {kAssumesGlobal, "nobody writes the global through a pointer"},
      {kAssumesRegister, "an argument travels in a register outside the calling convention"},
      {kAssumesExporter, "the driver that exports the function is the one file of that name that was found"},
      {kAssumesJump, "a jump whose targets are not known leads here"},
      {kAssumesStep, "a loop goes on with the step between its first two rounds"},
      {kAssumesPointer, "a call through memory reaches this function"},
      {kAssumesArgument, "an argument that decides what a function does has the value that leads to this call"},
      {kAssumesLetter, "the letter which is set while the driver runs fits"}};
  std::string out;
  for (const auto& [flag, text] : kTexts) {
    if ((flags & flag) == 0) continue;
    if (!out.empty()) out += "; ";
    out += text;
  }
  return out;
}

std::uint32_t BucketCounts::total() const { return std::accumulate(count.begin(), count.end(), 0U); }

void BucketCounts::add(const BucketCounts& other) {
  for (std::size_t i = 0; i < kBucketCount; ++i) count[i] += other.count[i];
}

BucketCounts TraceResult::counts(SiteKind kind) const {
  BucketCounts counts;
  for (const Site& site : sites) {
    if (!site.wrapper && site.kind == kind) counts.add(site.bucket);
  }
  for (const SiteCount& some : counted) {
    if (!some.wrapper && some.kind == kind) counts.add(some.bucket, some.sites);
  }
  return counts;
}

BucketCounts TraceResult::wrapper_counts() const {
  BucketCounts counts;
  for (const Site& site : sites) {
    if (site.wrapper) counts.add(site.bucket);
  }
  for (const SiteCount& some : counted) {
    if (some.wrapper) counts.add(some.bucket, some.sites);
  }
  return counts;
}

std::map<std::string, std::uint32_t> TraceResult::dynamic_reasons() const {
  std::map<std::string, std::uint32_t> reasons;
  for (const Site& site : sites) {
    if (site.bucket == Bucket::dynamic) ++reasons[std::string(site.reason)];
  }
  for (const SiteCount& some : counted) {
    if (some.bucket == Bucket::dynamic) reasons[std::string(some.reason)] += some.sites;
  }
  return reasons;
}

bool frees_by_pattern(const TraceResult& result) {
  return std::ranges::any_of(result.uses,
                             [](const TagUse& use) { return use.open && use.evidence == Evidence::frees; });
}

namespace {

/// Decoders write an address as a number: the target of a branch from the RVA on, a place in memory as the code says,
/// on x86 with the address that the image would be loaded to. Other numbers, such as tags, stay.
std::string with_image_offsets(const pe::Image& image, std::string text) {
  const auto in_brackets = text.find("[0x");
  const bool memory = in_brackets != std::string::npos && (in_brackets == 0 || text[in_brackets - 1] != ':');
  const auto blank = text.find(' ');
  std::size_t at = std::string::npos;
  if (memory) {
    at = in_brackets + 1;
  } else if (const std::string_view name = std::string_view(text).substr(0, blank);
             blank != std::string::npos && (name == "call" || name == "jmp" || name == "bl" || name == "b")) {
    at = text[blank + 1] == '#' ? blank + 2 : blank + 1;
  }
  if (at == std::string::npos || text.compare(at, 2, "0x") != 0) return text;
  const auto end = std::min(text.find_first_not_of("0123456789abcdefABCDEF", at + 2), text.size());
  const auto number = pe::parse_hex(std::string_view(text).substr(at + 2, end - at - 2));
  if (!number || (memory && (end >= text.size() || text[end] != ']'))) return text;
  const std::uint64_t rva = memory && !image.is_64() ? *number - image.base() : *number;
  if (rva >= image.size_of_image()) return text;
  const std::size_t start = text[at - 1] == '#' ? at - 1 : at;
  return text.replace(start, end - start, "image+" + pe::hex_number(static_cast<std::uint32_t>(rva)));
}

}  // namespace

bool can_trace(const pe::Image& image) { return !untraced_code_of(image).all; }

std::string untraced_code(const pe::Image& image) { return untraced_code_of(image).why; }

TraceResult trace(const pe::Image& image, const tagdb::ApiTable& apis,
                  const std::function<bool(tagdb::PoolTag)>& frees_asked) {
  const auto machine = make_machine(image);
  if (!machine) return {};
  Program program(*machine, apis);
  Solution solution = Solver(program).solve();
  TraceResult result = attribute(program, solution);
  mark_handed_out(program, solution, frees_asked, result);
  return result;
}

std::string instruction_text(const pe::Image& image, std::uint32_t rva) {
  const auto machine = make_machine(image);
  const pe::Bytes code = image.from_rva(rva);
  return machine && !code.empty() ? with_image_offsets(image, machine->text(code, rva)) : std::string();
}

}  // namespace scanner::trace
