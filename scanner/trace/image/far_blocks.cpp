#include "scanner/trace/image/far_blocks.hpp"

#include <algorithm>

namespace scanner::trace {
namespace {

constexpr std::uint32_t kStepBytes = 4;  // of code walked over for a step of the budget

}  // namespace

/// RVAs of the jumps that lead somewhere in `code`.
std::vector<std::uint32_t> FarBlocks::jumps_into(CodeRange code, Budget& budget) const {
  std::vector<std::uint32_t> jumps = machine_.short_jumps_into(code, budget);
  const auto first = std::lower_bound(index_.calls.begin(), index_.calls.end(), Reference{code.begin, 0});
  for (auto at = first; at != index_.calls.end() && at->target < code.end && budget.spend(1); ++at) {
    if (!machine_.direct_call_at(*at)) jumps.push_back(machine_.transfer_at(*at));
  }
  return jumps;
}

std::vector<std::uint32_t> FarBlocks::owners_of(std::uint32_t rva, Budget& budget) {
  std::vector<std::uint32_t> owners, found{rva};
  const std::uint32_t here = functions_.containing(rva);
  while (!found.empty() && !budget.used_up()) {
    const std::uint32_t last = found.back();
    found.pop_back();
    if (!asked_.insert(last).second) continue;
    const CodeRange range = functions_.range_at(last);
    if (range.begin == range.end) continue;
    StraightLine line = machine_.line_to(last, budget);
    line.begin = std::max(line.begin, range.begin);
    const std::vector<std::uint32_t> before = jumps_into({line.begin, last + 1}, budget);
    found.insert(found.end(), before.begin(), before.end());
    const std::uint32_t function = functions_.containing(last);
    if (line.begin == range.begin) owners.push_back(function);
    // Behind a return, or behind a jump where others jump there: perhaps a function that others end with, which the
    // stack tells when they do.
    const bool by_others = line.behind_jump && std::ranges::any_of(before, [&](std::uint32_t jump) {
                             return functions_.containing(jump) != here;
                           });
    if (line.begin != range.begin && !before.empty() && (line.behind_return || by_others) && function == here)
      owners.push_back(line.begin);
    if (line.begin == range.begin || !before.empty()) continue;
    // Nothing jumps there: a table of addresses leads to it, or it is what seems to be a part of a function.
    const std::vector<std::uint32_t> users = users_of_tables(line.begin, budget);
    owners.insert(owners.end(), users.begin(), users.end());
    // The function that does not reach `rva` does not reach this either: behind its return another one begins.
    if (line.behind_return && function == here) {
      owners.push_back(line.begin);
    } else if (users.empty()) {
      owners.push_back(function);
    }
  }
  return owners;
}

/// Functions that use the table of addresses in which `rva` stands, as jumps of a `switch` do.
std::vector<std::uint32_t> FarBlocks::users_of_tables(std::uint32_t rva, Budget& budget) {
  constexpr std::uint32_t kLongestTable = 4096;
  if (!pointers_collected_) collect_pointers();
  std::vector<std::uint32_t> users;
  for (const Reference& pointer : Index::to(pointers_, rva)) {
    const auto after = std::upper_bound(index_.data.begin(), index_.data.end(), Reference{pointer.site, 0xFFFFFFFFU});
    if (after == index_.data.begin() || !budget.spend(1)) continue;
    const std::uint32_t table = std::prev(after)->target;
    if (pointer.site - table >= kLongestTable) continue;
    for (const Reference& use : Index::to(index_.data, table)) {
      if (!budget.spend(1)) return users;
      users.push_back(functions_.containing(use.site));
    }
  }
  return users;
}

void FarBlocks::collect_pointers() {
  pointers_collected_ = true;
  const pe::Image& image = machine_.image();
  for (const std::uint32_t word : index_.data_pointers) {
    const auto value = image.load(word, image.pointer_size());
    const auto target = value ? image.rva_of_va(*value) : std::nullopt;
    const pe::Section* section = target ? image.section_at(*target) : nullptr;
    if (section != nullptr && section->executable()) pointers_.push_back({*target, word});
  }
  std::sort(pointers_.begin(), pointers_.end());
}

/// From `rva` to behind the instruction after which nothing goes on that the code so far leads to; with a jump by
/// register, whose table nobody has read yet, all that is left of the range. `far` gets where its jumps leave it.
CodeRange FarBlocks::part_at(std::uint32_t rva, std::vector<std::uint32_t>& far, Budget& budget) {
  const CodeRange range = functions_.range_at(rva);
  if (range.begin == range.end || functions_.is_start(rva)) return range;
  std::vector<std::uint32_t> targets;
  std::uint32_t at = rva, furthest = rva;
  while (at < range.end) {
    const pe::Bytes code = machine_.image().from_rva(at);
    const Instruction instruction = machine_.decode_length(code, at);
    if (instruction.length == 0) break;
    at += instruction.length;
    const ControlFlow flow = instruction.flow;
    if (flow == ControlFlow::indirect_jump) at = range.end;
    if (flow == ControlFlow::jump || flow == ControlFlow::branch) {
      targets.push_back(instruction.target);
      if (instruction.target < range.end) furthest = std::max(furthest, instruction.target);
    }
    const bool ends = flow == ControlFlow::ret || flow == ControlFlow::jump || flow == ControlFlow::trap ||
                      flow == ControlFlow::undecodable;
    if (ends && at > furthest) break;
  }
  budget.spend((at - rva) / kStepBytes + 1);
  const CodeRange part{rva, std::min(at, range.end)};
  for (const std::uint32_t target : targets) {
    if (target < part.begin || target >= part.end) far.push_back(target);
  }
  return part;
}

std::vector<CodeRange> FarBlocks::parts_from(std::uint32_t rva, std::span<const CodeRange> known, Budget& budget) {
  std::vector<CodeRange> parts;
  std::vector<std::uint32_t> far{rva};
  const auto holds = [](std::uint32_t target) {
    return [target](const CodeRange& range) { return target >= range.begin && target < range.end; };
  };
  while (!far.empty() && known.size() + parts.size() < Budget::kMostRanges && !budget.used_up()) {
    const std::uint32_t target = far.back();
    far.pop_back();
    if (std::ranges::any_of(known, holds(target)) || std::ranges::any_of(parts, holds(target))) continue;
    // What is a function of its own may be called at the end: the stack will tell.
    if (target != rva && functions_.is_start(target)) continue;
    const CodeRange part = part_at(target, far, budget);
    if (part.begin != part.end) parts.push_back(part);
    if (!budget.spend(known.size() + parts.size())) break;
  }
  return parts;
}

}  // namespace scanner::trace
