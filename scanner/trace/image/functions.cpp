#include "scanner/trace/image/functions.hpp"

#include <algorithm>

#include "scanner/trace/image/rva_sort.hpp"

namespace scanner::trace {
namespace {

constexpr std::size_t kMostScopes = 1U << 18;       // of one function; only overlapping records have more
constexpr std::uint64_t kMostMeasured = 64U << 20;  // bytes; only overlapping records have more

}  // namespace

FunctionMap::FunctionMap(Machine& machine, const Index& index)
    : machine_(machine), image_(machine.image()), index_(index) {
  const auto visited = image_.for_each_function([this](const pe::FunctionRange& range) {
    // A record may claim what no byte of the file stands for.
    const pe::Section* section = image_.section_at(range.begin);
    const std::uint32_t held = section == nullptr ? 0 : std::min(section->virtual_size, section->file_size);
    if (section == nullptr || range.begin - section->rva >= held) return;
    parts_.push_back({range.begin, std::min(range.end, section->rva + held), range.primary, range.unwind});
  });
  damage_ = visited.stopped;
  std::sort(parts_.begin(), parts_.end(),
            [](const Part& a, const Part& b) { return a.begin != b.begin ? a.begin < b.begin : a.end < b.end; });
  for (std::size_t i = 1; i < parts_.size(); ++i) overlaps_ += parts_[i].begin < parts_[i - 1].end ? 1 : 0;
  by_function_.resize(parts_.size());
  for (std::size_t i = 0; i < parts_.size(); ++i) by_function_[i] = i;
  std::stable_sort(by_function_.begin(), by_function_.end(),
                   [this](std::size_t a, std::size_t b) { return parts_[a].function < parts_[b].function; });
}

const FunctionMap::Part* FunctionMap::part_at(std::uint32_t rva) const {
  auto after = std::upper_bound(parts_.begin(), parts_.end(), rva,
                                [](std::uint32_t at, const Part& part) { return at < part.begin; });
  // Overlapping records are rare; two steps back find the innermost of them.
  for (int steps = 0; steps < 3 && after != parts_.begin(); ++steps) {
    --after;
    if (rva < after->end) return &*after;
  }
  return nullptr;
}

void FunctionMap::collect_starts() {
  starts_collected_ = true;
  const auto add = [this](std::uint32_t rva) { starts_.push_back(rva); };
  const auto add_sure = [this](std::uint32_t rva) { sure_starts_.push_back(rva); };
  // Addresses in code that are no chance finds are starts: what stands before a function may be a literal pool.
  const bool exact = index_.exact_addresses;
  for (const Reference& reference : index_.addresses) {
    if (exact) add_sure(reference.target);
  }
  if (image_.entry_rva() != 0) add_sure(image_.entry_rva());
  image_.for_each_export([&](const pe::Export& entry) {
    if (entry.forwarder.empty()) add_sure(entry.rva);
  });
  for (const auto* list : {&index_.calls, &index_.addresses}) {
    for (const Reference& reference : *list) {
      if (starts_.empty() || starts_.back() != reference.target) add(reference.target);
    }
  }
  for (const Reference& reference : index_.calls) {
    if (index_.exact_calls && machine_.direct_call_at(reference)) add_sure(reference.target);
  }
  const pe::LoadConfig config = image_.load_config();
  const pe::Bytes guard = image_.from_rva(config.guard_table);
  for (std::uint32_t i = 0; i < config.guard_count; ++i) {
    const auto rva = guard.read<std::uint32_t>(std::uint64_t{i} * config.guard_stride);
    if (!rva) break;
    add_sure(*rva);
  }
  for (const std::uint32_t word : index_.data_pointers) {
    const auto value = image_.load(word, image_.pointer_size());
    const auto target = value ? image_.rva_of_va(*value) : std::nullopt;
    const pe::Section* section = target ? image_.section_at(*target) : nullptr;
    if (section == nullptr || !section->executable()) continue;
    exact ? add_sure(*target) : add(*target);
    held_starts_.push_back(*target);
  }
  starts_.insert(starts_.end(), sure_starts_.begin(), sure_starts_.end());
  for (auto* list : {&starts_, &sure_starts_, &held_starts_}) {
    sort_rvas(*list);
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
}

/// Does an instruction start at `rva`? Known for code with a .pdata record; elsewhere the benefit of the doubt.
bool FunctionMap::is_boundary(std::uint32_t rva) {
  const Part* part = part_at(rva);
  if (part == nullptr) return true;
  const auto [known, fresh] = boundaries_.try_emplace({part->begin, part->end});
  std::vector<std::uint32_t>& starts = known->second;
  if (fresh) {
    if (measured_ > kMostMeasured) return true;
    measured_ += part->end - part->begin;
    for (std::uint32_t at = part->begin; at < part->end;) {
      const pe::Bytes code = image_.from_rva(at);
      if (code.empty()) break;
      starts.push_back(at);
      at += machine_.decode_length(code, at).length;
    }
  }
  return std::binary_search(starts.begin(), starts.end(), rva);
}

const CodeRange* FunctionMap::gap_function_at(std::uint32_t rva) {
  auto next = gaps_.upper_bound(rva);
  if (next != gaps_.begin()) {
    --next;
    if (rva >= next->second.end) next = gaps_.end();
  } else {
    next = gaps_.end();
  }
  if (next == gaps_.end()) {
    const pe::Section* section = image_.section_at(rva);
    if (section == nullptr || !section->executable() || rva - section->rva >= section->file_size) return nullptr;
    std::uint32_t begin = section->rva;
    std::uint32_t end = section->rva + std::min(section->virtual_size, section->file_size);
    const auto after = std::upper_bound(parts_.begin(), parts_.end(), rva,
                                        [](std::uint32_t at, const Part& part) { return at < part.begin; });
    if (after != parts_.end()) end = std::min(end, after->begin);
    if (after != parts_.begin()) begin = std::max(begin, std::prev(after)->end);
    if (begin > rva) begin = rva;
    if (end - begin > machine_.longest_gap()) end = begin + machine_.longest_gap();
    if (rva >= end) return nullptr;
    if (!starts_collected_) collect_starts();
    const KnownStarts known{index_, starts_, sure_starts_, held_starts_,
                            [this](std::uint32_t at) { return is_boundary(at); }};
    Gap gap;
    gap.end = end;
    gap.functions = machine_.split(known, {begin, end});
    next = gaps_.insert_or_assign(begin, std::move(gap)).first;
  }
  const std::vector<CodeRange>& functions = next->second.functions;
  auto after = std::upper_bound(functions.begin(), functions.end(), rva,
                                [](std::uint32_t at, const CodeRange& range) { return at < range.begin; });
  return after != functions.begin() && rva < std::prev(after)->end ? &*std::prev(after) : nullptr;
}

std::uint32_t FunctionMap::containing(std::uint32_t rva) {
  const CodeRange range = range_at(rva);
  if (range.begin == range.end) return 0;
  if (const auto found = absorbed_.find(range.begin); found != absorbed_.end()) return found->second;
  if (const Part* part = part_at(rva)) return part->function;
  return range.begin;
}

bool FunctionMap::is_certain_start(std::uint32_t rva) {
  if (!starts_collected_) collect_starts();
  return std::ranges::binary_search(sure_starts_, rva);
}

bool FunctionMap::is_called(std::uint32_t rva) {
  return is_certain_start(rva) || std::ranges::any_of(Index::to(index_.calls, rva), [this](const Reference& reference) {
           return machine_.direct_call_at(reference).has_value();
         });
}

CodeRange FunctionMap::range_at(std::uint32_t rva) {
  if (const Part* part = part_at(rva)) return {part->begin, part->end};
  if (const CodeRange* range = gap_function_at(rva)) return *range;
  return {};
}

std::vector<CodeRange> FunctionMap::ranges_of(std::uint32_t entry) {
  if (const auto known = extended_.find(entry); known != extended_.end()) return known->second;
  std::vector<CodeRange> ranges;
  const auto first = std::lower_bound(by_function_.begin(), by_function_.end(), entry,
                                      [this](std::size_t i, std::uint32_t f) { return parts_[i].function < f; });
  for (auto it = first; it != by_function_.end() && parts_[*it].function == entry; ++it)
    ranges.push_back({parts_[*it].begin, parts_[*it].end});
  const auto own =
      std::find_if(ranges.begin(), ranges.end(), [entry](const CodeRange& range) { return range.begin == entry; });
  if (own == ranges.end()) {
    // Not a start we know: the rest of the range from here on.
    const CodeRange range = range_at(entry);
    if (range.begin != range.end) ranges.insert(ranges.begin(), {entry, range.end});
  } else {
    std::rotate(ranges.begin(), own, own + 1);
  }
  return ranges;
}

std::vector<pe::ExceptionScope> FunctionMap::scopes_of(std::uint32_t entry) {
  const auto first = std::lower_bound(by_function_.begin(), by_function_.end(), entry,
                                      [this](std::size_t i, std::uint32_t f) { return parts_[i].function < f; });
  const bool recorded = first != by_function_.end() && parts_[*first].function == entry;
  if (!recorded) return machine_.scopes_of(range_at(entry));
  std::vector<pe::ExceptionScope> scopes;
  for (auto it = first; it != by_function_.end() && parts_[*it].function == entry; ++it) {
    const Part& part = parts_[*it];
    if (scopes.size() > kMostScopes) break;  // no function that holds so many can be followed
    image_.for_each_scope({part.begin, part.end, part.unwind, part.function},
                          [&](const pe::ExceptionScope& scope) { scopes.push_back(scope); });
  }
  return scopes;
}

bool FunctionMap::is_start(std::uint32_t rva) {
  if (const Part* part = part_at(rva)) return part->begin == rva && part->function == rva;
  const CodeRange* range = gap_function_at(rva);
  return range != nullptr && range->begin == rva;
}

void FunctionMap::absorb(std::uint32_t rva, std::uint32_t function) {
  const CodeRange range = range_at(rva);
  if (range.begin != range.end && range.begin != function) absorbed_.emplace(range.begin, function);
}

}  // namespace scanner::trace
