#include "scanner/report/text_leaks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>

#include "scanner/report/words.hpp"
#include "tagdb/owners.hpp"

namespace scanner::report {
namespace {

constexpr std::size_t kProofIndent = 12;
constexpr std::size_t kSparkWidth = 16, kOthersShown = 12;
constexpr std::size_t kMembersShown = 24;
constexpr std::size_t kWeakShown = 5, kListedShown = 2;
// What a Windows pool is allowed to do without anybody's interest.
constexpr std::int64_t kWorthALine = 64 << 10;

std::string number(double value, const char* format) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

std::vector<std::string> cells_of(const Leak& leak, bool unicode) {
  const poolmon::Growth& growth = leak.growth;
  std::vector<std::string> cells = {growth.tag.text(), pool_in_words(growth)};
  if (unicode) cells.push_back(sparkline(growth.points, kSparkWidth));
  cells.push_back(human_bytes(static_cast<double>(growth.bytes_first)) + " to " +
                  human_bytes(static_cast<double>(growth.bytes_last)));
  cells.push_back(growth.bytes_per_hour ? human_bytes(*growth.bytes_per_hour) + "/h"
                                        : human_bytes(growth.bytes_per_step) + "/snapshot");
  cells.push_back(number(std::floor(growth.share * 100), "%.0f %% of the growth"));
  cells.push_back(growth.shape == poolmon::Shape::suspect
                      ? "suspected only"
                      : "confidence " + number(std::floor(growth.confidence * 100) / 100, "%.2f"));
  std::string each = growth.bytes_per_allocation
                         ? with_commas(static_cast<std::uint64_t>(*growth.bytes_per_allocation)) + " bytes each"
                         : "";
  if (growth.hours_left) each += (each.empty() ? "" : "; ") + how_long(growth);
  cells.push_back(each);
  return cells;
}

/// Rows of cells, aligned; the first cell of a row keeps its own colour.
std::vector<std::size_t> widths_of(const std::vector<std::vector<std::string>>& table) {
  std::vector<std::size_t> widths;
  for (const auto& cells : table) {
    widths.resize(std::max(widths.size(), cells.size()), 0);
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], display_width(cells[i]));
  }
  return widths;
}

std::string aligned(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (widths[i] > 0) line += (i == 0 ? "" : "  ") + padded(cells[i], widths[i]);
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::string listed_in_words(const std::vector<tagdb::Entry>& listed, const std::string& tool_owner) {
  std::string out;
  for (std::size_t i = 0; i < listed.size() && i < kListedShown; ++i) {
    const tagdb::Entry& entry = listed[i];
    out += (out.empty() ? "listed: " : "; ") + (entry.owner.empty() ? "(no owner given)" : printable(entry.owner));
    if (const auto about = tagdb::description_of(entry); !about.text.empty()) out += ", " + printable(about.text);
  }
  if (listed.size() > kListedShown) out += "; and " + std::to_string(listed.size() - kListedShown) + " more";
  if (!tool_owner.empty()) out += (out.empty() ? "" : "; ") + ("the log says " + printable(tool_owner));
  return out.empty() ? "listed nowhere" : out;
}

}  // namespace

std::string sparkline(const std::vector<poolmon::ChartPoint>& points, std::size_t width) {
  static constexpr std::array<std::string_view, 8> kBars = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (points.empty() || width == 0) return {};
  const auto [low, high] =
      std::minmax_element(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
  const double floor = static_cast<double>(low->bytes), range = static_cast<double>(high->bytes) - floor;
  std::string out;
  const std::size_t count = std::min(width, points.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = count == 1 ? 0 : i * (points.size() - 1) / (count - 1);
    const double part = range > 0 ? (static_cast<double>(points[at].bytes) - floor) / range : 0;
    out += kBars[std::min<std::size_t>(7, static_cast<std::size_t>(part * 8))];
  }
  return out;
}

void TextLeaks::logs(const LogsInfo& logs) {
  info_ = logs;
  any_ = true;
  std::string head = with_commas(logs.snapshots) + (logs.snapshots == 1 ? " snapshot" : " snapshots");
  head += logs.logs.empty() ? " of this machine"
                            : " in " + std::to_string(logs.logs.size()) + (logs.logs.size() == 1 ? " log" : " logs");
  if (logs.timed) head += ", " + human_hours(logs.hours);
  print_line(head, 2);
  for (const std::string& note : logs.notes) print_line("note: " + printable(note), 6);
  for (const poolmon::Growth& pool : logs.pools) print_line(whole_pool_in_words(pool, logs), 2);
}

void TextLeaks::flush() {
  if (!any_) return;
  any_ = false;
  for (const Cluster& cluster : clusters_) print(cluster);
  clusters_.clear();
  std::vector<std::vector<std::string>> table;
  for (const Leak& leak : leaks_) table.push_back(cells_of(leak, options_.unicode));
  const std::vector<std::size_t> widths = widths_of(table);
  for (std::size_t i = 0; i < leaks_.size(); ++i) print(leaks_[i], table[i], widths);
  if (leaks_.empty() && info_.tag_snapshots == 2)
    print_line("two snapshots show a difference, not a trend; the more snapshots, the surer", 2);
  if (leaks_.empty() && info_.tag_snapshots > 2) out_ << "no tag keeps growing\n";
  print_others();
  print_sizes();
  print_steps(info_.next_steps, "");
  leaks_.clear();
  others_.clear();
  sizes_.clear();
}

void TextLeaks::print(const Leak& leak, const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  const std::string line = aligned(cells, widths), &tag = cells.front();
  print_line(style_.paint(kRed, tag) + line.substr(tag.size()), 6);
  if (options_.explain) {
    for (const std::string& reason : leak.growth.reasons) print_line("      growth: " + printable(reason), 14);
  }
  print_candidates(leak);
  print_listed(leak.listed);
  if (!leak.tool_owner.empty()) print_line("  the log says " + printable(leak.tool_owner), 4);
  if (leak.candidates.empty() && info_.searched) print_line("  no driver that was searched allocates with it", 4);
  print_steps(leak.next_steps, "  ");
}

void TextLeaks::print(const Cluster& cluster) {
  const poolmon::Cluster& group = cluster.cluster;
  print_line(lockstep_in_words(group), 2);
  std::vector<std::vector<std::string>> table;
  for (const poolmon::ClusterMember& member : group.members) {
    if (table.size() == kMembersShown) break;
    table.push_back(
        {"  " + pad(member.tag.text(), 4), std::string(to_string(member.pool)), number(member.ratio, "%.3f"),
         (group.steps == 0 ? "" : "+") + with_commas(static_cast<std::uint64_t>(member.gained)) + " blocks"});
    if (&member == &group.members.front()) table.back().push_back("the one to look at");
  }
  for (auto& cells : table) cells.resize(5);
  const std::vector<std::size_t> widths = widths_of(table);
  for (const auto& cells : table) print_line(aligned(cells, widths), 8);
  if (group.members.size() > table.size()) out_ << "  and " << group.members.size() - table.size() << " more\n";
  for (const std::string& reason : group.reasons) print_line("  because " + printable(reason), 10);
}

/// Files that only contain the bytes are shown where there is nothing better, a few of them; for tags that never prove
/// an owner they say nothing.
void TextLeaks::print_candidates(const Leak& leak) {
  const bool better = !leak.candidates.empty() && leak.candidates.front().judgement.verdict < rank::Verdict::weak;
  const std::size_t most = better || !leak.advice.empty() ? 0 : kWeakShown;
  std::size_t weak = 0;
  for (const Candidate& candidate : leak.candidates) {
    const auto verdict = candidate.judgement.verdict;
    if (verdict == rank::Verdict::weak && ++weak > most && !options_.explain) continue;
    print_candidate(candidate);
  }
  if (weak > most && !options_.explain) {
    const std::size_t hidden = weak - most;
    print_line("  " + style_.paint(kDim, "and " + std::to_string(hidden) + (most > 0 ? " more" : "") +
                                             (hidden == 1 ? " file contains" : " files contain") +
                                             " the letters, but no call uses them (--explain shows all)"),
               4);
  }
}

/// Verdict and file, then place and proof below it in a window; one line for other programs.
void TextLeaks::print_candidate(const Candidate& candidate) {
  const std::string verdict = style_.paint(style_.color_of(candidate.judgement.verdict),
                                           pad(std::string(rank::to_string(candidate.judgement.verdict)), 8));
  const std::string blanks(kProofIndent, ' '), said = printable(proof(candidate)),
                                               made = printable(product(candidate.identity));
  if (style_.windowed()) {
    out_ << "  " << verdict << "  " << style_.path(candidate.path, style_.room() - kProofIndent) << '\n';
    print_line(blanks + said, kProofIndent);
    if (!made.empty()) print_line(blanks + made, kProofIndent);
  } else {
    out_ << "  " << verdict << "  " << printable(candidate.path) << "  " << said << "  " << made << '\n';
  }
  for (const std::string& path : candidate.copies)
    print_line(blanks + "same file: " + printable(path), kProofIndent + 2);
  for (const rank::Reason& reason : candidate.judgement.reasons) {
    const bool about_leak =
        reason.code == "pool_agrees" || reason.code == "size_agrees" || reason.code == "pool_contradicts";
    if (about_leak || options_.explain) print_line(blanks + printable(reason.text), kProofIndent + 2);
  }
}

void TextLeaks::print_listed(const std::vector<tagdb::Entry>& listed) {
  for (const tagdb::Entry& entry : listed) {
    std::string line = "  " + style_.paint(kDim, "listed  ") + "  " +
                       (entry.owner.empty() ? "(no owner given)" : printable(entry.owner));
    if (const auto about = tagdb::description_of(entry); !about.text.empty()) line += "  " + printable(about.text);
    line += "  " + style_.paint(kDim, "[" + printable(entry.source) + ":" + std::to_string(entry.line) + "]");
    print_line(line, kProofIndent);
  }
}

void TextLeaks::print_steps(const std::vector<NextStep>& steps, const char* indent) {
  if (steps.empty()) return;
  out_ << indent << "Next steps:\n";
  const std::size_t width = std::to_string(steps.size()).size() + 1;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string number = indent + pad(std::to_string(i + 1) + ".", width) + " ";
    print_line(number + printable(steps[i].text) + (steps[i].command.empty() ? "" : ":"), number.size());
    // In one piece, whatever the window: a terminal copies it so.
    if (!steps[i].command.empty()) out_ << indent << "      " << printable(steps[i].command) << '\n';
  }
}

void TextLeaks::print_others() {
  if (others_.empty()) {
    if (leaks_.empty() && info_.tag_snapshots > 1 && sizes_.empty())
      out_ << "nothing changed: every tag has as many bytes as before\n";
    return;
  }
  const auto small = [](const poolmon::Growth& growth) { return std::llabs(growth.gained) < kWorthALine; };
  // Small changes are shown where there is nothing else to show.
  const bool all_small = leaks_.empty() && std::all_of(others_.begin(), others_.end(), small);
  std::vector<std::vector<std::string>> table;
  std::map<poolmon::Shape, std::size_t> counts;
  for (const poolmon::Growth& growth : others_) {
    if (!all_small && small(growth)) continue;
    if (table.size() == kOthersShown) {
      ++counts[growth.shape];
      continue;
    }
    std::vector<std::string> cells = {"  " + pad(growth.tag.text(), 4), pool_in_words(growth)};
    if (options_.unicode) cells.push_back(padded(sparkline(growth.points, kSparkWidth), kSparkWidth));
    cells.push_back((growth.gained > 0 ? "+" : "") + human_bytes(static_cast<double>(growth.gained)));
    cells.push_back(std::string(to_string(growth.shape)) + ": " + std::string(describe(growth.shape)));
    table.push_back(std::move(cells));
  }
  if (table.empty()) return;
  out_ << (all_small                 ? "What changed most, all by less than 64 KiB:\n"
           : info_.tag_snapshots < 3 ? "What changed most:\n"
                                     : "Changed, but not leaking:\n");
  const std::vector<std::size_t> widths = widths_of(table);
  for (const auto& cells : table) print_line(aligned(cells, widths), 8);
  if (counts.empty()) return;
  out_ << "  and";
  const char* separator = " ";
  for (const auto& [shape, count] : counts) {
    out_ << separator << count << " " << to_string(shape);
    separator = ", ";
  }
  out_ << " more\n";
}

void TextLeaks::print_sizes() {
  if (sizes_.empty()) return;
  if (!leaks_.empty() || !others_.empty()) {
    print_line("Seen in one snapshot only: " + with_commas(sizes_.size()) + (sizes_.size() == 1 ? " tag" : " tags") +
                   ", the largest " + sizes_.front().growth.tag.text() + " with " +
                   human_bytes(static_cast<double>(sizes_.front().growth.bytes_last)),
               2);
    return;
  }
  std::vector<std::vector<std::string>> table;
  for (const Size& size : sizes_) {
    if (table.size() == kOthersShown) break;
    const poolmon::Growth& growth = size.growth;
    std::vector<std::string> cells = {"  " + pad(growth.tag.text(), 4), pool_in_words(growth),
                                      human_bytes(static_cast<double>(growth.bytes_last))};
    cells.push_back(growth.count ? with_commas(static_cast<std::uint64_t>(std::max<std::int64_t>(0, *growth.count))) +
                                       (*growth.count == 1 ? " block" : " blocks")
                                 : "");
    cells.push_back(growth.bytes_per_allocation
                        ? with_commas(static_cast<std::uint64_t>(*growth.bytes_per_allocation)) + " bytes each"
                        : "");
    cells.push_back(listed_in_words(size.listed, size.tool_owner));
    table.push_back(std::move(cells));
  }
  out_ << (info_.tag_snapshots == 1 ? "Largest first:\n" : "Seen in one snapshot only, largest first:\n");
  const std::vector<std::size_t> widths = widths_of(table);
  for (const auto& cells : table) print_line(aligned(cells, widths), 8);
  if (sizes_.size() > table.size()) out_ << "  and " << with_commas(sizes_.size() - table.size()) << " more\n";
}

}  // namespace scanner::report
