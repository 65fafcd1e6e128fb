// The one place that says which processors there are. Everything else about them is in their folders.
#include "scanner/trace/isa/machine.hpp"

#include <algorithm>
#include <iterator>

#include "scanner/trace/isa/arm64/machine.hpp"
#include "scanner/trace/isa/x86/machine.hpp"

namespace scanner::trace {
namespace {

struct Processor {
  pe::Machine machine;
  std::unique_ptr<Machine> (*make)(const pe::Image& image);
  const Abi& (*abi)();
  /// Null: all of it is traced.
  Untraced (*untraced)(const pe::Image& image) = nullptr;
  /// Null: constants stand in one piece.
  void (*split_constants)(const pe::Image& image, std::vector<tagdb::PoolTag> tags,
                          const FoundConstant& found) = nullptr;
};

constexpr Processor kProcessors[] = {
    {pe::Machine::x64, x86::make_machine, x86::abi_of_x64},
    {pe::Machine::x86, x86::make_machine, x86::abi_of_x86, x86::untraced_code_of},
    {pe::Machine::arm64, arm64::make_machine, arm64::abi_of_arm64, arm64::untraced_code_of,
     arm64::for_each_split_constant},
};

/// Null when its code cannot be traced.
const Processor* processor_of(pe::Machine machine) {
  const auto found = std::ranges::find(kProcessors, machine, &Processor::machine);
  return found == std::end(kProcessors) ? nullptr : found;
}

/// Of a processor that has no folder, as people call it.
std::string name_of(pe::Machine machine) {
  switch (machine) {
    case pe::Machine::arm: return "code for ARM (Thumb-2)";
    case pe::Machine::ia64: return "code for Itanium";
    case pe::Machine::arm64ec: return "ARM64EC code";
    default: return "code for this processor (" + std::string(pe::to_string(machine)) + ")";
  }
}

}  // namespace

std::unique_ptr<Machine> make_machine(const pe::Image& image) {
  const Processor* processor = processor_of(image.machine());
  return processor != nullptr ? processor->make(image) : nullptr;
}

const Abi& abi_of(pe::Machine machine) {
  static const Abi none;
  const Processor* processor = processor_of(machine);
  return processor != nullptr ? processor->abi() : none;
}

Untraced untraced_code_of(const pe::Image& image) {
  const Processor* processor = processor_of(image.machine());
  if (processor == nullptr)
    return {true, name_of(image.machine()) + " is not traced: only the bytes of tags were looked for"};
  return processor->untraced != nullptr ? processor->untraced(image) : Untraced{};
}

void for_each_split_constant(const pe::Image& image, const std::vector<tagdb::PoolTag>& tags,
                             const FoundConstant& found) {
  const Processor* processor = processor_of(image.machine());
  if (processor != nullptr && processor->split_constants != nullptr) processor->split_constants(image, tags, found);
}

}  // namespace scanner::trace
