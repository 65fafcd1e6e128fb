#include "scanner/pipeline.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace scanner {

std::atomic<bool> interrupted{false};

namespace {

struct Job {
  std::uint64_t number = 0;
  walk::Found file;
};

/// The state that walker, workers and writer share, all under one mutex: what flows is files, not bytes.
class Shared {
 public:
  explicit Shared(std::uint64_t window) : window_(window) {}

  bool push(walk::Found file) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return next_number_ - written_ < window_ || interrupted; });
    if (interrupted) return false;
    jobs_.push_back({next_number_++, std::move(file)});
    work_.notify_one();
    return true;
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    work_.notify_all();
    done_.notify_all();
  }

  bool pop(Job& job) {
    std::unique_lock lock(mutex_);
    work_.wait(lock, [this] { return !jobs_.empty() || closed_; });
    if (jobs_.empty()) return false;
    if (interrupted) {
      // What is not begun is not done; the writer stops where the first gap is.
      end_ = std::min(end_, jobs_.front().number);
      jobs_.clear();
      done_.notify_all();
      // The writer may have taken all there is before the interrupt: then nobody else wakes a walker that waits for
      // room.
      room_.notify_all();
      return false;
    }
    job = std::move(jobs_.front());
    jobs_.pop_front();
    return true;
  }

  void finish(std::uint64_t number, ScannedFile result) {
    const std::lock_guard lock(mutex_);
    finished_.emplace(number, std::move(result));
    if (number == written_) done_.notify_all();
  }

  /// The next result in order; false when there will be none. `idle` is called while there is none yet.
  bool take(ScannedFile& result, const std::function<void()>& idle) {
    constexpr auto kPatience = std::chrono::milliseconds(50);
    std::unique_lock lock(mutex_);
    const auto ready = [this] {
      return finished_.contains(written_) || written_ >= end_ || (closed_ && written_ == next_number_);
    };
    if (!done_.wait_for(lock, kPatience, ready)) {
      lock.unlock();
      if (idle) idle();
      lock.lock();
      done_.wait(lock, ready);
    }
    const auto it = finished_.find(written_);
    if (it == finished_.end()) return false;
    result = std::move(it->second);
    finished_.erase(it);
    ++written_;
    room_.notify_one();
    return true;
  }

 private:
  const std::uint64_t window_;
  std::mutex mutex_;
  std::condition_variable room_, work_, done_;
  std::deque<Job> jobs_;
  std::map<std::uint64_t, ScannedFile> finished_;
  std::uint64_t next_number_ = 0, written_ = 0;
  std::uint64_t end_ = ~std::uint64_t{0};  // the first job that is not going to be done
  bool closed_ = false;
};

}  // namespace

void run_pipeline(unsigned jobs, const Stages& stages) {
  constexpr std::uint64_t kWindowPerJob = 16;
  Shared shared(jobs * kWindowPerJob);
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < jobs; ++i) {
    workers.emplace_back([&shared, &stages] {
      ReadBuffer buffer;
      for (Job job; shared.pop(job);) shared.finish(job.number, stages.work(job.file, buffer));
    });
  }
  std::thread walker([&shared, &stages] {
    stages.produce([&shared](walk::Found file) { return shared.push(std::move(file)); });
    shared.close();
  });
  std::thread counter;
  if (stages.count) counter = std::thread(stages.count);
  for (ScannedFile result; shared.take(result, stages.idle);) stages.consume(result);
  walker.join();
  if (counter.joinable()) counter.join();
  for (std::thread& worker : workers) worker.join();
}

}  // namespace scanner
