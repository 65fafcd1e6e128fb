// A program written in operations, for tests of the engine without a driver and without an instruction set: the image
// is the fuzzers' x64 shell, and its processor is x64 but for the decoder. Each instruction takes eight bytes; calls
// stand there as x64 bytes too, because the index finds references in the bytes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/isa/x86/machine.hpp"

namespace listing {

using namespace scanner::trace;

/// What the shell imports, in the order of its slots.
enum Import : std::uint32_t { allocate_with_tag, free_with_tag, lookaside, allocate_2, find_routine, init_string };

inline constexpr Reg kRax = 0, kRcx = 1, kRdx = 2, kR8 = 8, kR9 = 9;
inline constexpr std::uint32_t kGlobals = 0x2000;  ///< RVA of the shell's writable section
inline constexpr std::uint32_t kCode = 0x3000;

/// "Leak" as the four bytes in memory make a number.
std::uint32_t tag(const char* text);

class Program {
 public:
  /// The following instructions are those of the function of that name, up to its `ret`.
  Program& function(const std::string& name);
  Program& set(Reg reg, std::uint64_t number);
  Program& copy(Reg to, Reg from);
  /// `to` is one of the two, nobody knows which.
  Program& choose(Reg to, Reg one, Reg other);
  Program& load(Reg to, std::uint32_t global);
  Program& load_field(Reg to, Reg pointer, std::int64_t offset);
  Program& store(std::uint32_t global, Reg from);
  Program& store_field(Reg pointer, std::int64_t offset, Reg from);
  Program& address_of(Reg to, const std::string& function);
  Program& address_of_global(Reg to, std::uint32_t global);
  Program& call(Import import);
  Program& call(const std::string& function);
  Program& call_register(Reg reg);
  Program& call_global(std::uint32_t global);
  Program& ret();

  /// Call after the last instruction. Image and processor view this object.
  Machine& machine();
  [[nodiscard]] std::uint32_t rva(const std::string& function) const { return functions_.at(function); }

 private:
  class Processor;
  struct Line {
    ControlFlow flow = ControlFlow::next;
    std::vector<Op> ops;
    std::string function;             // whose address belongs into the last operation
    std::vector<std::uint8_t> bytes;  // before the displacement
    std::uint32_t target = 0;         // of the displacement, when there are bytes
  };
  Program& add(Line line);
  [[nodiscard]] std::uint32_t end() const { return kCode + 8 * static_cast<std::uint32_t>(lines_.size()); }
  [[nodiscard]] const Line* at(std::uint32_t rva) const;

  std::vector<Line> lines_;  // eight bytes each; without operations: padding
  std::map<std::string, std::uint32_t> functions_;
  std::vector<std::uint8_t> bytes_;
  std::optional<pe::Image> image_;
  std::unique_ptr<Machine> machine_;
};

/// Reads the lines of the listing in place of instructions.
class Program::Processor final : public x86::X64Machine {
 public:
  Processor(const pe::Image& image, const Program& program) : X64Machine(image), program_(program) {}

  Instruction decode(pe::Bytes code, std::uint32_t rva, LiftedFunction& function) override;
  Instruction decode_length(pe::Bytes code, std::uint32_t rva) override;
  std::vector<std::uint32_t> jump_table(const LiftedFunction&, std::size_t) override { return {}; }
  std::string text(pe::Bytes, std::uint32_t) override { return {}; }

 private:
  const Program& program_;
};

}  // namespace listing
