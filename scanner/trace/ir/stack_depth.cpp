#include "scanner/trace/ir/stack_depth.hpp"

namespace scanner::trace {

std::string_view depth_reason(std::uint32_t reasons) {
  if ((reasons & kDepthConflict) != 0) return "contradiction";
  if ((reasons & kDepthCallee) != 0) return "local callee";
  if ((reasons & kDepthImport) != 0) return "unlisted import";
  if ((reasons & kDepthPointer) != 0) return "call through a pointer";
  return (reasons & kDepthComputed) != 0 ? "computed" : "join";
}

std::int64_t StackDepths::at(Place place, std::uint32_t rva, std::uint32_t reason) {
  const std::uint64_t where = key(place, rva);
  if (const auto found = known_.find(where); found != known_.end()) return found->second;
  reasons_ |= reason;
  auto [region, fresh] = regions_.emplace(where, keys_.size());
  if (fresh && keys_.size() < kMostRegions) keys_.push_back(where);
  const std::size_t number = region->second < kMostRegions ? region->second : kMostRegions - 1;
  return base_of(number);
}

std::optional<std::size_t> StackDepths::region_of(std::int64_t offset) const {
  const std::int64_t behind = kFirstRegion + kRegionSize / 2 - offset;
  const auto number = static_cast<std::size_t>(behind / kRegionSize);
  return behind >= 0 && number < keys_.size() ? std::optional(number) : std::nullopt;
}

bool StackDepths::is_base_of(std::int64_t offset, Place place, std::uint32_t rva) const {
  const auto region = regions_.find(key(place, rva));
  return region != regions_.end() && offset == base_of(region->second);
}

void StackDepths::deduce(std::int64_t offset, std::int64_t depth) {
  const auto region = region_of(offset);
  if (!region || depth_lost(depth) || static_cast<Place>(keys_[*region] >> 32) == Place::handler) return;
  const std::int64_t base = depth - (offset - base_of(*region));
  const auto [known, fresh] = deduced_.emplace(keys_[*region], base);
  if (!fresh && known->second != base) contradicted_ = true;
}

void StackDepths::note_before(std::uint32_t rva, std::int64_t depth) {
  if (const auto region = region_of(depth); region && depth_lost(depth)) {
    const auto least = least_.find(keys_[*region]);
    if (least == least_.end()) return;
    depth = least->second + (depth - base_of(*region));
  }
  if (depth_lost(depth)) return;
  const auto [known, fresh] = least_.emplace(key(Place::call, rva), depth);
  if (!fresh && known->second != depth) known->second = kDeepestFrame;  // paths differ: nothing is equal to that
}

void StackDepths::deduce_from_most(std::int64_t offset, std::int64_t depth) {
  const auto region = region_of(offset);
  if (!region || depth_lost(depth)) return;
  const auto least = least_.find(keys_[*region]);
  if (least != least_.end() && least->second + (offset - base_of(*region)) == depth) deduce(offset, depth);
}

bool StackDepths::another_round() {
  constexpr unsigned kMostRounds = 12;
  const auto deduced = std::move(deduced_);
  deduced_.clear();
  const bool contradicted = contradicted_;
  contradicted_ = false;
  if (++rounds_ > kMostRounds) return false;
  if (contradicted) {
    if (trust_ == Trust::pushes_only) {
      reasons_ |= kDepthConflict;
      return false;
    }
    trust_ = static_cast<Trust>(static_cast<int>(trust_) + 1);
    known_.clear();
  } else {
    const bool may_deduce = trust_ == Trust::all || trust_ == Trust::imports;
    const std::size_t before = known_.size();
    if (may_deduce) known_.insert(deduced.begin(), deduced.end());
    if (known_.size() == before) {
      if (trust_ != Trust::all) reasons_ |= kDepthConflict;
      return false;
    }
  }
  regions_.clear();
  least_.clear();
  keys_.clear();
  reasons_ = 0;
  return true;
}

}  // namespace scanner::trace
