#include "scanner/commands/accounting.hpp"

namespace scanner {

bool account(const ScannedFile& file, bool catalogued, Diagnostics& diagnostics) {
  using Outcome = ScannedFile::Outcome;
  report::Summary& summary = diagnostics.summary();
  summary.skipped.add(file.skipped);
  if (file.container.empty()) {  // else counted with what carries it
    ++summary.files;
    summary.bytes += file.size;
  }
  const bool broken = file.outcome == Outcome::unreadable || file.outcome == Outcome::malformed;
  if (catalogued && broken && !file.file.named) {
    diagnostics.unparsed(file.file.path);  // the survey that filled the catalogue told each of them
    return false;
  }
  if (file.file.named && (broken || file.outcome == Outcome::not_pe || file.outcome == Outcome::failed))
    diagnostics.named_no_driver();
  switch (file.outcome) {
    case Outcome::unreadable:
      // A locked file that was met on the way is counted and no error; a named one is what the user asked for.
      if (file.skipped.total() == 0 || file.file.named)
        diagnostics.problem({file.file.path, "read", 0, file.message}, file.file.named);
      return false;
    case Outcome::malformed:
      diagnostics.problem({file.file.path, "parse", 0, file.message + "; copy it from its source again"});
      return false;
    case Outcome::failed: diagnostics.problem({file.file.path, "internal", 0, file.message}); return false;
    case Outcome::not_pe:
      ++summary.skipped.not_pe;
      if (file.file.named)
        diagnostics.complain("poolwho: " + pe::printable(file.file.path) + ": not a driver (" + file.message +
                             (file.file.size == 0
                                  ? "): copy it from its source again"
                                  : "): name a .sys, .exe or .dll file, and unpack what is compressed"));
      return false;
    case Outcome::not_wanted: return false;
    case Outcome::hard_link:  // resolved before
    case Outcome::copy:
    case Outcome::deferred:
    case Outcome::unsupported:
    case Outcome::traced: break;
  }
  ++summary.drivers;
  if (file.outcome == Outcome::traced) {
    summary.allocate.add(file.trace.counts(trace::SiteKind::allocate));
    summary.free.add(file.trace.counts(trace::SiteKind::free));
    summary.other.add(file.trace.counts(trace::SiteKind::other));
    summary.wrapper.add(file.trace.wrapper_counts());
    for (const auto& [reason, count] : file.trace.dynamic_reasons()) summary.dynamic_reasons[reason] += count;
  }
  return true;
}

void account(const catalog::Rest& rest, report::Summary& summary) {
  summary.files += rest.files;
  summary.bytes += rest.bytes;
  summary.drivers += rest.drivers;
  summary.skipped.not_pe += rest.not_pe;
  summary.unparsed += rest.unparsed;
  summary.allocate.add(rest.allocate);
  summary.free.add(rest.free);
  summary.other.add(rest.other);
  summary.wrapper.add(rest.wrapper);
  for (const auto& [reason, count] : rest.dynamic_reasons) summary.dynamic_reasons[reason] += count;
}

void note_skipped(Diagnostics& diagnostics) {
  const walk::Skipped& skipped = diagnostics.summary().skipped;
  if (skipped.total() == 0) return;
  std::string text = "skipped:";
  const auto add = [&text](std::uint64_t count, const char* one, const char* many) {
    if (count > 0) text += " " + std::to_string(count) + " " + (count == 1 ? one : many) + ",";
  };
  add(skipped.not_pe, "file that is no Windows program", "files that are no Windows programs");
  add(skipped.locked, "locked file", "locked files");
  add(skipped.denied, "denied folder", "denied folders");
  add(skipped.links, "symbolic link", "symbolic links");
  add(skipped.offline, "offline file", "offline files");
  add(skipped.too_large, "file over --max-filesize", "files over --max-filesize");
  add(skipped.special, "special file", "special files");
  text.pop_back();
  diagnostics.note(text);
}

}  // namespace scanner
