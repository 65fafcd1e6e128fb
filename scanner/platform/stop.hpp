// Why a run ends before everything is done. One flag for each reason, because they end differently: an interrupt is
// said and has an exit code of its own, a reader that went away is nobody's fault, after a failure the rest would be
// lost. Safe to set from a signal handler and to ask from every thread.
#pragma once

#include <atomic>

namespace scanner {

class StopFlag {
 public:
  /// Ctrl-C, or a request to terminate.
  void interrupt() noexcept { interrupted_ = true; }
  /// Nobody reads standard output any more.
  void reader_left() noexcept { reader_gone_ = true; }
  /// The catalogue cannot be written, or this program failed.
  void fail() noexcept { failed_ = true; }
  /// The interrupt ended what it was meant for; the next one is for what follows.
  void interrupt_served() noexcept { interrupted_ = false; }

  /// For whichever reason.
  [[nodiscard]] bool set() const noexcept { return interrupted_ || reader_gone_ || failed_; }
  [[nodiscard]] const std::atomic<bool>& interrupted() const noexcept { return interrupted_; }
  [[nodiscard]] bool reader_gone() const noexcept { return reader_gone_; }
  [[nodiscard]] bool failed() const noexcept { return failed_; }

 private:
  std::atomic<bool> interrupted_{false}, reader_gone_{false}, failed_{false};
};

}  // namespace scanner
