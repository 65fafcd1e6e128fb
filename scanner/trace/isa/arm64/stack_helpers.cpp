// ARM64 helpers that move the caller's stack pointer, read from their words before anything is lifted.
#include "scanner/trace/isa/arm64/machine.hpp"

namespace scanner::trace::arm64 {
namespace {

constexpr std::uint32_t kWordBytes = 4;

}  // namespace

std::int64_t stack_effect(const pe::Image& image, std::uint32_t rva) {
  constexpr int kLongestHelper = 12;
  std::int64_t effect = 0;
  for (int i = 0; i < kLongestHelper; ++i, rva += kWordBytes) {
    const auto raw = word_at(image, rva);
    if (!raw) return 0;
    const Word word = decode(*raw, rva);
    switch (word.form) {
      case Form::ret: return effect;
      case Form::add_immediate:
        if (word.rd != kStack || word.flags) break;
        if (word.rn != kStack) return 0;
        effect += word.subtract ? -static_cast<std::int64_t>(word.imm) : static_cast<std::int64_t>(word.imm);
        break;
      case Form::load:
      case Form::store:
      case Form::load_pair:
      case Form::store_pair:
        if (word.rn == kStack && word.mode != Address::offset && word.mode != Address::indexed)
          effect += static_cast<std::int64_t>(word.imm);
        break;
      case Form::branch:
      case Form::branch_zero:
      case Form::branch_bit: break;  // to the report of a broken cookie
      case Form::add_register:
        if (word.stack && word.rd == kStack && !word.flags) return 0;
        break;
      case Form::undecodable:
      case Form::trap:
      case Form::jump:
      case Form::call:
      case Form::jump_register:
      case Form::call_register: return 0;
      default: break;
    }
  }
  return 0;
}

}  // namespace scanner::trace::arm64
