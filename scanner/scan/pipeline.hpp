// Walker → bounded queue → workers → writer in the order of the walk. The only place with threads. The window bounds
// how far workers may run ahead of the writer, so memory does not grow with the number of files. Within the window
// large files are begun first.
#pragma once

#include <functional>

#include "scanner/platform/stop.hpp"
#include "scanner/scan/scan_file.hpp"

namespace scanner {

struct Stages {
  /// Calls its argument for every file and stops when it returns false. On a thread of its own.
  std::function<void(const std::function<bool(walk::Found)>&)> produce;
  /// On the workers' threads, each of which has a buffer of its own. An exception is what became of this file
  /// (Outcome::failed), and of no other.
  std::function<ScannedFile(const walk::Found&, ReadBuffer&)> work;
  /// In the order of the files, on the calling thread.
  std::function<void(ScannedFile&)> consume;
  /// On the calling thread too, when nothing was ready to be consumed for a while; may be empty.
  std::function<void()> idle;
  /// On one more thread, for those who want to know how much there is to do; may be empty.
  std::function<void()> count;
};

/// When `stop` is set the producer stops; what is under way is finished and consumed. An exception of another stage
/// than `work` ends the run: all threads are joined, then it is thrown again.
void run_pipeline(unsigned jobs, const Stages& stages, const StopFlag& stop);

}  // namespace scanner
