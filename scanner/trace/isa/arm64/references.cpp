// What the word of a reference says about its instruction on ARM64, before anything is lifted. A site of the index is
// the RVA of the instruction itself.
#include <algorithm>

#include "scanner/trace/isa/arm64/machine.hpp"

namespace scanner::trace::arm64 {
namespace {

Word decoded_at(const pe::Image& image, std::uint32_t rva) {
  const auto raw = word_at(image, rva);
  return raw ? arm64::decode(*raw, rva) : Word{};
}

/// Of a load or store of one general register, of 4 or 8 bytes, without a sign: those are most of the words.
std::optional<std::uint64_t> displacement_of_one(std::uint32_t word) {
  if ((word & 0xBF800000U) != 0xB9000000U) return std::nullopt;
  return std::uint64_t{field(word, 10, 12)} << field(word, 30, 2);
}

}  // namespace

std::optional<std::uint32_t> Arm64Machine::direct_call_at(const Reference& reference) const {
  return decoded_at(image(), reference.site).form == Form::call ? std::optional(reference.site) : std::nullopt;
}

std::optional<std::uint32_t> Arm64Machine::direct_jump_at(const Reference& reference) const {
  return decoded_at(image(), reference.site).form == Form::jump ? std::optional(reference.site) : std::nullopt;
}

std::vector<std::uint32_t> Arm64Machine::thunk_starts(const Reference& reference) const {
  if (decoded_at(image(), reference.site + 4).form != Form::jump_register) return {};
  return {reference.site - 4};
}

/// The instruction loads the pointer, and some `blr` behind is the call; thunks only jump.
std::optional<std::uint32_t> Arm64Machine::slot_call_at(const Reference& reference) const {
  return thunk_starts(reference).empty() ? std::optional(reference.site) : std::nullopt;
}

bool Arm64Machine::computes_address(const Reference& reference) const {
  const Form form = decoded_at(image(), reference.site).form;
  return form == Form::add_immediate || form == Form::address;
}

bool Arm64Machine::only_reads(const Reference& reference) const {
  const Form form = decoded_at(image(), reference.site).form;
  return form == Form::load || form == Form::load_pair;
}

bool Arm64Machine::names_one_place(const Reference& reference) const {
  const Word word = decoded_at(image(), reference.site);
  const bool access = word.form == Form::load || word.form == Form::load_pair || word.form == Form::store ||
                      word.form == Form::store_pair;
  return access && word.mode == Address::offset;
}

bool Arm64Machine::stores_wide(const Reference& reference) const {
  const std::uint32_t word = word_at(image(), reference.site).value_or(0);
  const bool pair = (word & 0x3A400000) == 0x28000000;                // stp
  const bool quad = (word & 0xFFC00000) == 0x3D800000;                // str q
  const bool twice = (word & 0xFFC00000) == 0xFD000000;               // str d
  return pair || quad || twice || (word & 0xFFC00000) == 0xF9000000;  // str x
}

std::uint32_t Arm64Machine::reach_of_store(const Reference& reference) const {
  constexpr std::uint32_t kWidest = 32;
  const Word word = decoded_at(image(), reference.site);
  switch (word.form) {
    case Form::load:
    case Form::load_pair: return 0;
    case Form::store: return word.width;
    case Form::store_pair: return 2U * word.width;
    default: return kWidest;
  }
}

const Arm64Machine::Numbers& Arm64Machine::numbers_in(CodeRange range) const {
  const auto [found, fresh] = numbers_.try_emplace(std::uint64_t{range.begin} << 32 | range.end);
  Numbers& numbers = found->second;
  if (!fresh) return numbers;
  const pe::Bytes code = image().from_rva(range.begin);
  const std::size_t end = std::min<std::size_t>(code.size(), range.end - range.begin);
  for (std::size_t at = 0; at + 4 <= end; at += 4) {
    const std::uint32_t raw = *code.read<std::uint32_t>(at);
    // Branches, operations of registers and vectors hold no number that is asked for.
    const bool may_hold = (raw & 0x1C000000U) == 0x10000000U || (raw & 0x0A000000U) == 0x08000000U;
    if (!may_hold) continue;
    if (const auto displacement = displacement_of_one(raw)) {
      numbers.mentioned.push_back(*displacement);
      continue;
    }
    const Word word = arm64::decode(raw, range.begin + static_cast<std::uint32_t>(at));
    // movz, or orr of the zero register with a bit pattern
    const bool constant = word.form == Form::move_zero || (word.form == Form::logic_immediate && word.rn == kZero);
    if (constant) numbers.constants.push_back(word.imm);
    const bool holds = word.form == Form::load || word.form == Form::move_zero || word.form == Form::add_immediate ||
                       word.form == Form::load_pair || word.form == Form::store || word.form == Form::store_pair;
    if (holds) numbers.mentioned.push_back(word.imm);
    if (word.form == Form::load_pair) numbers.mentioned.push_back(word.imm + word.width);
  }
  for (auto* list : {&numbers.constants, &numbers.mentioned}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  return numbers;
}

bool Arm64Machine::multiplies_index(CodeRange range, std::uint32_t index) const {
  const auto& constants = numbers_in(range).constants;
  return std::binary_search(constants.begin(), constants.end(), std::uint64_t{index});
}

bool Arm64Machine::mentions(CodeRange range, std::uint32_t offset) const {
  const auto& mentioned = numbers_in(range).mentioned;
  return std::binary_search(mentioned.begin(), mentioned.end(), std::uint64_t{offset});
}

}  // namespace scanner::trace::arm64
