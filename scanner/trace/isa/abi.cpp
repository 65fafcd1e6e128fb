#include "scanner/trace/isa/abi.hpp"

namespace scanner::trace {

Location Abi::argument(unsigned index) const {
  if (index < arguments.size()) return arguments[index];
  // Win64 keeps home space for the register arguments, so slot `index` stands where it would on a plain stack.
  return stack_location(
      static_cast<std::int32_t>(stack_arguments + (index - static_cast<unsigned>(arguments.size())) * word));
}

Abi with_candidates(Abi abi) {
  abi.candidates.assign(abi.candidate_arguments.begin(), abi.candidate_arguments.end());
  for (unsigned i = 0; i < abi.candidate_slots; ++i)
    abi.candidates.push_back(stack_location(static_cast<std::int32_t>(abi.stack_arguments + i * abi.word)));
  return abi;
}

}  // namespace scanner::trace
