// Who names an address of the image: the index answers by displacement fields, relocated data words by what they hold.
#include <algorithm>
#include <boost/sort/spreadsort/integer_sort.hpp>
#include <iterator>

#include "scanner/trace/domain/globals.hpp"

namespace scanner::trace {

std::vector<Reference>::const_iterator AddressFacts::first_reference(std::uint32_t rva) const {
  return std::lower_bound(index_.data.begin(), index_.data.end(), Reference{rva, 0});
}

std::vector<std::uint32_t> AddressFacts::users(std::uint32_t rva) const {
  std::vector<std::uint32_t> sites;
  // The index takes the displacement for the instruction's last field; an immediate behind it moves the target down.
  for (const std::uint32_t behind : {0U, 1U, 2U, 4U}) {
    if (index_.exact_data && behind != 0) continue;
    for (const Reference& reference : Index::to(index_.data, rva - behind)) sites.push_back(reference.site);
  }
  std::sort(sites.begin(), sites.end());
  return sites;
}

bool AddressFacts::used(std::uint32_t rva, std::uint32_t bytes) {
  const auto [known, fresh] = used_.emplace(std::uint64_t{rva} << 32 | bytes, false);
  if (!fresh) return known->second;
  auto it = first_reference(rva);
  for (; it != index_.data.end() && it->target < rva + bytes && !known->second; ++it)
    known->second = !machine_.computes_address(*it);
  return known->second;
}

std::vector<std::uint32_t> AddressFacts::wide_stores_over(std::uint32_t rva) const {
  constexpr std::uint32_t kWidest = 28;  // stp q0, q1: all but the last word
  std::vector<std::uint32_t> sites;
  for (auto it = first_reference(rva - std::min(rva, kWidest)); it != index_.data.end() && it->target < rva; ++it) {
    if (machine_.stores_wide(*it) && it->target + machine_.reach_of_store(*it) > rva) sites.push_back(it->site);
  }
  return sites;
}

void AddressFacts::collect_pointers() {
  if (pointers_collected_) return;
  pointers_collected_ = true;
  const pe::Image& image = machine_.image();
  std::vector<std::uint64_t> pointers;  // target, and which word it is
  for (std::size_t i = 0; i < index_.data_pointers.size(); ++i) {
    const auto value = image.load(index_.data_pointers[i], image.pointer_size());
    if (const auto target = value ? image.rva_of_va(*value) : std::nullopt)
      pointers.push_back(std::uint64_t{*target} << 32 | i);
  }
  boost::sort::spreadsort::integer_sort(pointers.begin(), pointers.end());
  for (const std::uint64_t pointer : pointers) {
    targets_.push_back(static_cast<std::uint32_t>(pointer >> 32));
    words_.push_back(index_.data_pointers[pointer & 0xFFFFFFFFU]);
  }
}

std::span<const std::uint32_t> AddressFacts::words_holding(std::uint32_t rva) {
  collect_pointers();
  const auto [first, last] = std::ranges::equal_range(targets_, rva);
  return std::span(words_).subspan(static_cast<std::size_t>(first - targets_.begin()),
                                   static_cast<std::size_t>(last - first));
}

/// Asked again and again for the same addresses.
bool AddressFacts::computed_within(std::uint32_t low, std::uint32_t high) {
  const auto [known, fresh] = computed_within_.emplace(std::uint64_t{low} << 32 | high, false);
  if (!fresh) return known->second;
  auto it = first_reference(low);
  std::uint64_t looked_at = 1;
  for (; it != index_.data.end() && it->target <= high && !known->second; ++it, ++looked_at)
    known->second = machine_.computes_address(*it);
  budget_->spend(looked_at);
  return known->second;
}

bool AddressFacts::held_within(std::uint32_t low, std::uint32_t high) {
  collect_pointers();
  const auto target = std::ranges::lower_bound(targets_, low);
  return target != targets_.end() && *target <= high;
}

bool AddressFacts::address_taken(std::uint32_t rva) {
  return !words_holding(rva).empty() || !Index::to(index_.addresses, rva).empty() || computed_within(rva, rva);
}

bool AddressFacts::only_read(std::uint32_t rva, std::uint32_t bytes, std::uint32_t holder,
                             const std::function<bool(const Reference&)>& reads) {
  collect_pointers();
  const auto first = std::ranges::lower_bound(targets_, rva);
  for (auto target = first; target != targets_.end() && *target < rva + bytes; ++target) {
    const bool again = target != first && *target == *std::prev(target);
    if (again || words_[static_cast<std::size_t>(target - targets_.begin())] != holder) return false;
  }
  for (auto it = first_reference(rva); it != index_.data.end() && it->target < rva + bytes; ++it) {
    if (!budget_->spend(1)) return false;
    if (!machine_.only_reads(*it) && !(machine_.computes_address(*it) && reads(*it))) return false;
  }
  return true;
}

bool AddressFacts::unwritten(std::uint32_t rva, unsigned width) {
  constexpr std::uint32_t kWidest = 32;
  const auto may_write = [&](const Reference& reference) {
    if (machine_.computes_address(reference)) return false;
    const std::uint32_t reach = machine_.reach_of_store(reference);
    return reach != 0 && reference.target + reach > rva;
  };
  auto it = first_reference(rva - std::min(rva, kWidest - 1));
  for (; it != index_.data.end() && it->target < rva + width; ++it) {
    if (!budget_->spend(1) || may_write(*it)) return false;
  }
  return true;
}

bool AddressFacts::array_below(std::uint32_t rva) {
  auto it = first_reference(rva - std::min(rva, policy::kLargeObject));
  for (; it != index_.data.end() && it->target <= rva; ++it) {
    const bool plain = machine_.only_reads(*it) || machine_.names_one_place(*it) || machine_.computes_address(*it);
    if (!budget_->spend(1) || !plain) return true;
  }
  return false;
}

std::uint32_t AddressFacts::object_at(std::uint32_t rva, std::uint32_t reach) {
  collect_pointers();
  std::uint32_t best = 0;
  const auto after = std::upper_bound(index_.data.begin(), index_.data.end(), Reference{rva, 0xFFFFFFFFU});
  if (after != index_.data.begin()) best = std::prev(after)->target;
  const auto target = std::ranges::upper_bound(targets_, rva);
  if (target != targets_.begin()) best = std::max(best, *std::prev(target));
  return best != 0 && rva - best <= reach ? best : 0;
}

std::uint32_t AddressFacts::object_above(std::uint32_t rva) {
  collect_pointers();
  std::uint32_t best = 0;
  const auto next = std::upper_bound(index_.data.begin(), index_.data.end(), Reference{rva, 0xFFFFFFFFU});
  if (next != index_.data.end()) best = next->target;
  const auto target = std::ranges::upper_bound(targets_, rva);
  if (target != targets_.end() && (best == 0 || *target < best)) best = *target;
  return best;
}

}  // namespace scanner::trace
