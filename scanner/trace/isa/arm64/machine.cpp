#include "scanner/trace/isa/arm64/machine.hpp"

#include "scanner/trace/isa/gap_splitter.hpp"

namespace scanner::trace::arm64 {

/// "Overview of ARM64 ABI conventions", learn.microsoft.com; x18 is the platform's.
const Abi& abi_of_arm64() {
  static const Abi abi = [] {
    Abi out;
    out.stack_pointer = kStack;
    out.frame_pointer = 29;
    out.word = 8;
    out.arguments = out.candidate_arguments = {0, 1, 2, 3, 4, 5, 6, 7};
    out.kept = register_bits({18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29});
    out.result = 0;
    out.second_result = 1;
    out.candidate_slots = 4;
    out.stack_arguments = 0;
    out.return_address = 0;
    out.dispatched = 9;
    out.entry_misalignment = 0;
    out.kept_wide = register_bits({8, 9, 10, 11, 12, 13, 14, 15});
    return with_candidates(out);
  }();
  return abi;
}

std::unique_ptr<Machine> make_machine(const pe::Image& image) { return std::make_unique<Arm64Machine>(image); }

/// ARM64 functions stand without padding, and zeros are an instruction.
std::vector<CodeRange> Arm64Machine::split(const KnownStarts& known, CodeRange code) {
  return split_gap(*this, known, code, {4, false, jumps_by_table});
}

Untraced untraced_code_of(const pe::Image& image) {
  std::uint64_t bytes = 0;
  const pe::Visited map = image.for_each_hybrid_range([&bytes](const pe::HybridRange& range) {
    if (range.machine != pe::Machine::arm64) bytes += range.end - range.begin;
  });
  if (map.stopped)
    return {true, "an ARM64X image is not traced, because " + map.stopped->message +
                      ": only the bytes of tags were looked for"};
  if (bytes == 0) return {};
  return {false, "an ARM64X image: " + std::to_string(bytes) + " bytes of code for x64 and ARM64EC are not traced"};
}

}  // namespace scanner::trace::arm64
