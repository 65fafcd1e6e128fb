// The fixed point over the blocks of one function: states are carried along the edges until none changes; then what was
// noted at the last visit of every block becomes the summary.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "scanner/trace/domain/state_join.hpp"
#include "scanner/trace/interp/effort.hpp"
#include "scanner/trace/interp/handlers.hpp"
#include "scanner/trace/interp/live_registers.hpp"
#include "scanner/trace/interp/recorder.hpp"
#include "scanner/trace/interp/short_loops.hpp"
#include "scanner/trace/interp/transfer.hpp"
#include "scanner/trace/ir/block_queue.hpp"

namespace scanner::trace {

/// States at the beginning of blocks. Those of functions that were interpreted before are used again, with the memory
/// that they have: what stands in them means nothing.
class StatesOfBlocks {
 public:
  StatesOfBlocks(std::size_t blocks, SpareStates* spare);
  ~StatesOfBlocks();
  StatesOfBlocks(const StatesOfBlocks&) = delete;
  StatesOfBlocks& operator=(const StatesOfBlocks&) = delete;

  State& operator[](std::size_t block) { return states_[block]; }
  const State& operator[](std::size_t block) const { return states_[block]; }

 private:
  SpareStates* spare_;
  std::vector<State> states_;
};

class Fixpoint {
 public:
  explicit Fixpoint(const Context& context);

  FunctionSummary run();

  struct Edge {
    bool goes_back = false;    ///< it closes a loop
    std::uint16_t rounds = 0;  ///< see ValuePool::join_loop
  };
  /// How what an edge brings along is joined with what a block begins with that was visited so often.
  static JoinHow join_how(unsigned visits, Edge edge);

 private:
  void iterate();
  void visit(std::uint32_t number);
  void enter_loop(std::uint32_t number, const State& state);
  void follow_no_loop();
  void look_again_at(const std::vector<std::uint32_t>& blocks);
  void record();
  void record_block(std::uint32_t number);
  [[nodiscard]] bool tells_unreached(const Block& block) const;
  void record_unreached(std::uint32_t number);
  void note_orphans(std::vector<std::uint32_t> found);
  void interpret(const Block& block, State& state);
  void merge_into(std::uint32_t number, const State& state, Edge edge);
  void begin_with(std::uint32_t number, const State& state);
  bool join_and_settle(std::uint32_t number, const State& state, Edge edge);
  void raise(const Block& block, const State& state);
  const State* joined_for_all(const Block& block, const State& state);
  const Instruction* deciding_branch(const Block& block);
  bool impossible(const Block& block, std::uint32_t next, const State& state);
  const State& refined(const Block& block, std::uint32_t next, State& state, bool keep);
  std::uint16_t rounds(const Block& block, std::uint32_t next);

  // Jumps whose targets are not known (unresolved_jumps.cpp).
  void follow_unresolved_jumps();
  void follow_unresolved_jump(std::uint32_t number);
  State doubted(State known, const State& other);
  void find_led_to();

  // Paths into one call (call_paths.cpp).
  [[nodiscard]] std::vector<std::uint32_t> predecessors(std::uint32_t number) const;
  [[nodiscard]] bool holds_instruction(std::uint32_t number, std::uint32_t rva) const;
  [[nodiscard]] std::vector<std::uint32_t> blocks_to_call(std::uint32_t rva) const;
  void record_paths(std::uint32_t call);
  void follow_path(std::uint32_t from, const std::vector<std::uint32_t>& chain, std::uint32_t call);

  [[nodiscard]] bool led_to_by_loop(std::uint32_t number) const;

  // Tests that depend on each other (ways_apart.cpp).
  class WaysApart;
  void record_apart(std::uint32_t call);

  const Context context_;
  const LiftedFunction& function_;
  ValuePool& values_;
  const Abi& abi_;
  const CalleeKnowledge& knowledge_;
  Effort effort_;
  Recorder recorder_;
  Transfer transfer_;
  Handlers handlers_;
  BlockQueue queue_;
  const LiveRegisters live_;
  StatesOfBlocks in_;  // before their first operations
  bool jumps_unresolved_ = false;
  bool apart_ = false;            // ways are kept apart: a number that is known decides branches
  std::vector<char> led_to_;      // by block, if some jump's targets are not known: it is reached by others, too
  std::vector<unsigned> visits_;  // by block: 0 until some path leads there, then 1 and how often it was interpreted
  std::vector<std::uint8_t> begins_loop_;  // by block
  std::optional<ShortLoops> loops_;
  State state_, joined_, refined_;  // scratch: assigning keeps their memory
  State raised_;                    // what handlers were given last in this visit of a block
  bool raised_known_ = false;
  std::map<std::vector<std::uint32_t>, std::pair<State, unsigned>>
      raised_by_handlers_;                          ///< handlers → joined, how often
  std::vector<std::uint32_t> without_predecessor_;  // where jumps may go that are not resolved
};

}  // namespace scanner::trace
