// The running system as a series of snapshots: the provider is asked again and again, with a wait that ends early when
// somebody wants to stop.
#include <algorithm>
#include <chrono>
#include <thread>

#include "scanner/poolmon/live.hpp"

namespace scanner::poolmon {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

class Watch final : public SnapshotSource {
 public:
  Watch(std::unique_ptr<LiveProvider> provider, std::vector<LiveTag> first, const LiveOptions& options)
      : provider_(std::move(provider)), waiting_(std::move(first)), options_(options) {}

  bool next(Snapshot& out) override {
    if (looks_ > 0) {
      const Seconds due(options_.every_seconds * static_cast<double>(looks_));
      if (options_.for_seconds && due.count() > *options_.for_seconds) return false;
      if (!wait_until(due)) return false;
      auto answer = provider_->snapshot();
      if (!answer) {
        problems_.push_back({0, answer.error().message});
        return false;
      }
      waiting_ = std::move(answer.value());
    }
    ++looks_;
    out.clear();
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const std::int64_t seconds =
        std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count(), last_second_ + 1);
    last_second_ = seconds;  // two looks are never at the same time, whatever becomes of fractions
    out.time = LogTime{seconds, seconds, false, false, true};
    for (const LiveTag& tag : waiting_) {
      Row row;
      row.tag = tag.tag;
      row.pool = tag.pool == LivePool::paged ? Pool::paged : Pool::nonpaged;
      row.allocs = tag.allocs;
      row.frees = tag.frees;
      row.diff = static_cast<std::uint32_t>(tag.allocs - tag.frees);
      row.bytes = static_cast<std::int64_t>(tag.bytes);
      out.rows.push_back(row);
    }
    return true;
  }

  std::vector<LineProblem> take_problems() override { return std::move(problems_); }

 private:
  /// False when the wait was ended by `stop`.
  bool wait_until(Seconds due) {
    constexpr Seconds kGlance(0.1);
    for (;;) {
      if (options_.stop != nullptr && *options_.stop) return false;
      const Seconds left = due - Seconds(Clock::now() - start_);
      if (left.count() <= 0) return true;
      std::this_thread::sleep_for(std::min(left, kGlance));
    }
  }

  std::unique_ptr<LiveProvider> provider_;
  std::vector<LiveTag> waiting_;
  LiveOptions options_;
  Clock::time_point start_ = Clock::now();
  std::uint64_t looks_ = 0;
  std::int64_t last_second_ = 0;
  std::vector<LineProblem> problems_;
};

}  // namespace

pe::Result<std::unique_ptr<SnapshotSource>> watch(std::unique_ptr<LiveProvider> provider, const LiveOptions& options) {
  auto first = provider->snapshot();
  if (!first) return first.error();
  return std::unique_ptr<SnapshotSource>(
      std::make_unique<Watch>(std::move(provider), std::move(first.value()), options));
}

}  // namespace scanner::poolmon
