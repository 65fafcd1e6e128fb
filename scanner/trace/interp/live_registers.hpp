// Which registers something may ask for behind the beginning of each block, on some path. What others hold there needs
// no joining: most are temporaries of which two paths know different things.
#pragma once

#include <cstdint>
#include <vector>

#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/ir/block_queue.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/isa/abi.hpp"

namespace scanner::trace {

class LiveRegisters {
 public:
  LiveRegisters(const LiftedFunction& function, const BlockQueue& queue, const ImportTable& imports, const Abi& abi);

  /// Before the first operation of the block.
  const RegisterSet& operator[](std::size_t block) const { return live_[block]; }

 private:
  /// What one block does by itself.
  struct Effect {
    RegisterSet asked;    ///< before it is written
    RegisterSet written;  ///< before it is asked for, if it is at all
  };

  [[nodiscard]] Effect effect_of(const Block& block) const;
  void add_call(const Block& block, std::uint32_t instruction, const Op& call, Effect& effect) const;
  [[nodiscard]] int import_of(const Block& block, std::uint32_t instruction, const Op& call) const;
  [[nodiscard]] const Op* writer_of(Reg reg, const Block& block, std::uint32_t instruction, const Op& before) const;

  const LiftedFunction& function_;
  const ImportTable& imports_;
  const Abi& abi_;
  const RegisterSet overwritten_;  // by calls that keep to the convention
  std::vector<RegisterSet> live_;
};

}  // namespace scanner::trace
