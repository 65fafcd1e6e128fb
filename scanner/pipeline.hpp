// Walker → bounded queue → workers → writer in the order of the walk. The only place with threads. The window bounds
// how far workers may run ahead of the writer, so memory does not grow with the number of files.
#pragma once

#include <atomic>
#include <functional>

#include "scanner/scan.hpp"

namespace scanner {

/// Set by the interrupt handler; the producer stops, what is under way is finished and written.
extern std::atomic<bool> interrupted;

/// `produce` calls its argument for every file and stops when it returns false. `consume` runs on the calling thread.
void run_pipeline(unsigned jobs, const std::function<void(const std::function<bool(walk::Found)>&)>& produce,
                  const std::function<ScannedFile(const walk::Found&)>& work,
                  const std::function<void(ScannedFile&)>& consume);

}  // namespace scanner
