#include "scanner/report/text_candidates.hpp"

#include <algorithm>

#include "scanner/report/words.hpp"
#include "tagdb/owners.hpp"

namespace scanner::report {
namespace {

constexpr std::size_t kMostPath = 60, kMostProof = 90;  // what one-line output is aligned to

std::string folder_of(const std::string& path) {
  const auto slash = path.find_last_of("/\\");
  return slash == std::string::npos ? std::string(".") : path.substr(0, slash == 0 ? 1 : slash);
}

}  // namespace

std::string explained_use(const TextStyle& style, const std::string& path, const Use& item) {
  const trace::TagUse& use = item.use;
  std::string line = "      " + std::string(trace::to_string(use.evidence));
  if (use.row < 0) {
    line += "  " + printable(item.what);
    if (item.has_site) line += "  at " + place(path, use.site_rva);
    return style.line(line, 8) + '\n';
  }
  line += "  " + printable(use.api) + "  " + std::string(trace::to_string(use.certainty));
  const std::string details = pool_and_size(use);
  if (!details.empty()) line += "  " + details;
  if (use.protected_bit) line += "  protected";
  std::string out = style.line(line, 8) + '\n';
  for (std::size_t i = 0; i < use.via.size(); ++i) {
    line = "          " + pad(place(path, item, i), 28) + "  " +
           (i < item.listing.size() ? instruction(path, item.listing[i]) : std::string());
    for (const pe::CodePlace& source : item.sources) {
      if (source.rva == use.via[i])
        line += "    ; " + printable(file_name(source.file)) + ":" + std::to_string(source.line);
    }
    if (i == 0 && !item.implied) line += "    ; '" + style.tag(use.tag) + "' is passed here";
    if (i + 1 == use.via.size()) {
      line += "    ; " + printable(use.api);
      if (item.implied) line += " takes no tag: '" + style.tag(use.tag) + "' is charged";
    }
    out += style.line(line, 12) + '\n';
  }
  if (use.assumptions != 0)
    out += style.line("          assuming that " + trace::describe_assumptions(use.assumptions), 12) + '\n';
  return out;
}

void TextCandidates::flush(bool once) {
  for (std::size_t begin = 0; begin < candidates_.size();) {
    std::size_t end = begin;
    while (end < candidates_.size() && candidates_[end].tag == candidates_[begin].tag) ++end;
    print_tag(begin, end);
    begin = end;
  }
  print_listed(once);
  candidates_.clear();
  listed_.clear();
}

/// The candidates of one tag, best first, without the weak ones that nobody asked for.
void TextCandidates::print_tag(std::size_t begin, std::size_t end) {
  const auto first = candidates_.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto last = candidates_.begin() + static_cast<std::ptrdiff_t>(end);
  const auto weak = static_cast<std::size_t>(
      std::count_if(first, last, [](const Candidate& one) { return one.judgement.verdict == rank::Verdict::weak; }));
  const std::size_t better = end - begin - weak;
  const std::size_t shown = better + (options_.show_weak ? weak : weak_shown(first->tag, better, weak));
  std::size_t path_width = 0, proof_width = 0;
  for (std::size_t i = begin; i < begin + shown; ++i) {
    path_width = std::max(path_width, display_width(printable(candidates_[i].path)));
    proof_width = std::max(proof_width, display_width(printable(proof(candidates_[i]))));
  }
  for (std::size_t i = begin; i < begin + shown; ++i) {
    const Candidate& candidate = candidates_[i];
    if (style_.windowed()) {
      print_in_window(candidate);
    } else {
      print_line(candidate, std::min(path_width, kMostPath), std::min(proof_width, kMostProof));
    }
    if (options_.explain) explain(candidate);
  }
  if (const std::size_t folded = end - begin - shown; folded > 0)
    out_ << style_.line(style_.paint(kDim, folded_note(first->tag, folded, shown)), 2) << '\n';
}

void TextCandidates::print_line(const Candidate& candidate, std::size_t path_width, std::size_t proof_width) {
  const auto verdict = candidate.judgement.verdict;
  out_ << style_.paint(kBold, candidate.tag.text()) << "  "
       << style_.paint(style_.color_of(verdict), pad(std::string(rank::to_string(verdict)), 8)) << "  "
       << padded(printable(candidate.path), path_width) << "  " << padded(printable(proof(candidate)), proof_width)
       << "  " << printable(product(candidate.identity)) << '\n';
  for (const std::string& path : candidate.copies) out_ << "                same file: " << printable(path) << '\n';
}

/// Who, in one line; where and with which proof in the next, or in two where the window is narrow.
void TextCandidates::print_in_window(const Candidate& candidate) {
  const std::size_t room = style_.room();
  const auto verdict = candidate.judgement.verdict;
  out_ << style_.fit(style_.paint(style_.color_of(verdict), pad(std::string(rank::to_string(verdict)), 8)) + "  " +
                         style_.paint(kBold, style_.tag(candidate.tag)) + "  " +
                         style_.paint(kBold, printable(file_name(candidate.path))) + "  " +
                         printable(product(candidate.identity)),
                     room)
       << '\n';
  constexpr std::size_t kIndent = 2, kLeastFolder = 16, kWeakFolder = 24;
  const std::string folder = folder_of(candidate.path), what = printable(proof(candidate));
  const std::size_t used = kIndent + 2 + display_width(what);
  if (used + std::min(display_width(printable(folder)), kLeastFolder) <= room) {
    out_ << "  " << style_.paint(kDim, style_.path(folder, room - used)) << "  " << what << '\n';
  } else if (verdict == rank::Verdict::weak) {
    const std::string where = style_.path(folder, std::min(kWeakFolder, room / 3));
    out_ << "  " << style_.paint(kDim, where) << "  " << style_.fit(what, room - kIndent - 2 - display_width(where))
         << '\n';
  } else {
    out_ << "  " << style_.paint(kDim, style_.path(folder, room - kIndent)) << '\n'
         << style_.line("  " + what, 2 * kIndent) << '\n';
  }
  constexpr std::size_t kCopies = 5;
  for (std::size_t i = 0; i < candidate.copies.size() && i < kCopies; ++i)
    out_ << "    same file: " << style_.path(candidate.copies[i], room - 15) << '\n';
  if (candidate.copies.size() > kCopies) out_ << "    and " << candidate.copies.size() - kCopies << " more copies\n";
}

void TextCandidates::print_listed(bool once) {
  std::set<std::pair<std::string, std::size_t>> printed;  // by locate a pattern is listed for each of its tags
  for (const auto& [entry, tag] : listed_) {
    if (!printed.emplace(entry.source, entry.line).second && once) continue;
    const auto spelled = [this](const tagdb::TagPattern& pattern) {
      return style_.windowed() && pattern.exact() ? style_.tag(pattern.tag()) : pattern.text();
    };
    const std::string pattern =
        entry.range() ? spelled(entry.first) + "-" + spelled(entry.last) : pad(spelled(entry.first), 4);
    const std::string word = pad("listed", 8);
    std::string line =
        style_.windowed() ? word + "  " + style_.paint(kBold, pattern) : style_.paint(kBold, pattern) + "  " + word;
    line += "  " + (entry.owner.empty() ? "(no owner given)" : printable(entry.owner));
    if (const auto description = tagdb::description_of(entry); !description.text.empty())
      line += "  " + printable(description.text);
    line += "  " + style_.paint(kDim, "[" + printable(entry.source) + ":" + std::to_string(entry.line) + "]");
    out_ << style_.line(line, 2) << '\n';
  }
}

void TextCandidates::explain(const Candidate& candidate) {
  for (const rank::Reason& reason : candidate.judgement.reasons)
    out_ << style_.line("      " + printable(reason.text), 8) << '\n';
  for (const Use& item : candidate.uses) out_ << explained_use(style_, candidate.path, item);
}

}  // namespace scanner::report
