// Where a search looks, the likeliest place first.
#pragma once

#include <string>
#include <vector>

#include "scanner/commands/inputs.hpp"
#include "scanner/commands/machine_drivers.hpp"

namespace scanner {

struct Level {
  std::string path;                ///< without one, and without files: the places that the command line names
  std::string name;                ///< for the note about what was searched
  std::vector<std::string> files;  ///< instead of a path: the drivers of the machine's list
};

struct SearchPlan {
  std::vector<Level> levels;
  std::string root;       ///< of the volume to climb; empty when there is none
  MachineDrivers likely;  ///< what the machine has loaded or starts
};

/// False when there is no place to search, or a list that was named cannot be read; that is told.
bool plan_search(const Inputs& inputs, Diagnostics& diagnostics, SearchPlan& plan);

}  // namespace scanner
