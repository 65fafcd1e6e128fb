#include "scanner/scan/pipeline.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <new>
#include <span>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace scanner {

namespace {

struct Job {
  std::uint64_t number = 0;
  walk::Found file;
};

/// Large files are begun before their turn, as far as the window reaches: while one is worked on, the others go through
/// the small ones, and nobody waits for the writer that waits for the large one. Below a megabyte order is kept.
unsigned size_class(const Job& job) { return static_cast<unsigned>(std::bit_width(job.file.size >> 20)); }

/// For a heap whose top is the next job.
bool comes_later(const Job& a, const Job& b) {
  const unsigned size_a = size_class(a), size_b = size_class(b);
  return size_a != size_b ? size_a < size_b : a.number > b.number;
}

/// Results by number. They are large, and go from hand to hand as nodes, without being moved.
using Results = std::map<std::uint64_t, ScannedFile>;

/// The state that walker, workers and writer share, all under one mutex: what flows is files, not bytes. Searching the
/// bytes of a small file takes as long as waking a thread, so files pass from hand to hand in batches.
class Shared {
 public:
  Shared(std::uint64_t window, const StopFlag& stop) : window_(window), stop_(stop) {}

  /// Waits until there is room for all `files`, and empties them.
  bool push(std::vector<walk::Found>& files) {
    std::unique_lock lock(mutex_);
    wanted_ = files.size();
    room_.wait(lock, [this] { return has_room() || ends(); });
    if (ends()) return false;
    const bool several = files.size() > 1;
    for (walk::Found& file : files) {
      jobs_.push_back({next_number_++, std::move(file)});
      std::push_heap(jobs_.begin(), jobs_.end(), comes_later);
    }
    files.clear();
    several ? work_.notify_all() : work_.notify_one();
    return true;
  }

  /// Is no file left that nobody works on?
  bool hungry() {
    const std::lock_guard lock(mutex_);
    return jobs_.empty();
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    work_.notify_all();
    done_.notify_all();
  }

  /// The next files, `most` of them at most, and no more than leaves as many to the other workers.
  bool pop(std::vector<Job>& batch, std::size_t most) {
    batch.clear();
    std::unique_lock lock(mutex_);
    work_.wait(lock, [this] { return !jobs_.empty() || closed_ || error_; });
    if (jobs_.empty() || error_) return false;
    if (stop_.set()) {
      give_up_all();
      return false;
    }
    const std::size_t count = std::clamp<std::size_t>(jobs_.size() / 2, 1, most);
    for (std::size_t i = 0; i < count; ++i) {
      std::pop_heap(jobs_.begin(), jobs_.end(), comes_later);
      batch.push_back(std::move(jobs_.back()));
      jobs_.pop_back();
    }
    return true;
  }

  /// A worker was stopped before it began with these.
  void abandon(std::span<const Job> left) {
    const std::lock_guard lock(mutex_);
    for (const Job& job : left) end_ = std::min(end_, job.number);
    give_up_all();
  }

  /// Something failed that is no matter of one file: everybody stops. The first error is kept.
  void fail(std::exception_ptr error) noexcept {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
    room_.notify_all();
    work_.notify_all();
    done_.notify_all();
  }

  /// When all threads are gone.
  void throw_again() const {
    if (error_) std::rethrow_exception(error_);
  }

  /// Takes the results over and empties `results`.
  void finish(Results& results) {
    const std::lock_guard lock(mutex_);
    const bool next = results.contains(written_);
    finished_.merge(results);
    if (next) done_.notify_all();
  }

  /// The next results in order; false when there will be none. `idle` is called while there is none yet.
  bool take(Results& results, const std::function<void()>& idle) {
    constexpr auto kPatience = std::chrono::milliseconds(50);
    results.clear();
    std::unique_lock lock(mutex_);
    const auto ready = [this] {
      return finished_.contains(written_) || written_ >= end_ || (closed_ && written_ == next_number_) || error_;
    };
    if (!done_.wait_for(lock, kPatience, ready)) {
      lock.unlock();
      if (idle) idle();
      lock.lock();
      done_.wait(lock, ready);
    }
    if (error_) return false;
    for (; !finished_.empty() && finished_.begin()->first == written_ && written_ < end_; ++written_)
      results.insert(results.end(), finished_.extract(finished_.begin()));
    if (has_room()) room_.notify_one();
    return !results.empty();
  }

 private:
  [[nodiscard]] bool has_room() const { return next_number_ - written_ + wanted_ <= window_; }
  [[nodiscard]] bool ends() const { return stop_.set() || error_; }

  /// What is not begun is not done; the writer stops where the first gap is.
  void give_up_all() {
    for (const Job& job : jobs_) end_ = std::min(end_, job.number);
    jobs_.clear();
    done_.notify_all();
    // The writer may have taken all there is before the interrupt: then nobody else wakes a walker that waits for room.
    room_.notify_all();
  }

  const std::uint64_t window_;
  const StopFlag& stop_;
  std::exception_ptr error_;
  std::mutex mutex_;
  std::condition_variable room_, work_, done_;
  std::vector<Job> jobs_;  // a heap
  Results finished_;
  std::uint64_t next_number_ = 0, written_ = 0;
  std::uint64_t wanted_ = 0;               // places that the walker waits for
  std::uint64_t end_ = ~std::uint64_t{0};  // the first job that is not going to be done
  bool closed_ = false;
};

/// What is said of a file when working on it threw.
ScannedFile failed(const walk::Found& file, ReadBuffer& buffer, const std::exception_ptr& thrown) {
  ReadBuffer().bytes.swap(buffer.bytes);  // the next file may need what this one took
  ScannedFile out;
  out.file = file;
  out.outcome = ScannedFile::Outcome::failed;
  try {
    std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    out.message = "not enough memory to read and trace it: give it more, try -j1, or skip it with --max-filesize";
  } catch (const std::exception& error) {
    out.message = std::string("internal error, please report it: ") + error.what();
  } catch (...) {
    out.message = "internal error, please report it";
  }
  return out;
}

/// Runs `body`; what it throws ends the run.
template <typename Body>
void guarded(Shared& shared, const Body& body) noexcept {
  try {
    body();
  } catch (...) {
    shared.fail(std::current_exception());
  }
}

/// One worker. Batches grow while files take less time than handing them over is worth, and results wait no longer
/// than a moment: a driver that takes a second holds up no other.
void work(Shared& shared, const Stages& stages, const StopFlag& stop) {
  using Clock = std::chrono::steady_clock;
  constexpr std::size_t kMost = 16;
  constexpr std::chrono::microseconds kQuick{2000}, kMoment{5000};
  ReadBuffer buffer;
  std::vector<Job> batch;
  Results results;
  for (std::size_t most = 1; shared.pop(batch, most);) {
    const auto start = Clock::now();
    auto handed_over = start;
    for (const Job& job : batch) {
      if (stop.set()) {
        shared.abandon(std::span<const Job>(batch).subspan(static_cast<std::size_t>(&job - batch.data())));
        break;
      }
      try {
        results.emplace(job.number, stages.work(job.file, buffer));
      } catch (...) {
        results.emplace(job.number, failed(job.file, buffer, std::current_exception()));
      }
      if (Clock::now() - handed_over < kMoment) continue;
      shared.finish(results);
      handed_over = Clock::now();
    }
    shared.finish(results);
    const bool quick = Clock::now() - start < kQuick * batch.size();
    most = quick ? std::min(2 * most, kMost) : 1;
  }
}

/// The walker. While the workers have something to do, files go to them together.
void find_files(Shared& shared, const Stages& stages) {
  constexpr std::size_t kMost = 16;
  std::vector<walk::Found> files;
  bool going = true;
  stages.produce([&](walk::Found file) {
    files.push_back(std::move(file));
    if (files.size() < kMost && !shared.hungry()) return true;
    going = shared.push(files);
    return going;
  });
  if (going && !files.empty()) shared.push(files);
}

/// As many as there is room for, one at least.
void start_workers(std::vector<std::jthread>& workers, unsigned jobs, Shared& shared, const Stages& stages,
                   const StopFlag& stop) {
  workers.reserve(jobs);
  for (unsigned i = 0; i < jobs; ++i) {
    try {
      workers.emplace_back([&shared, &stages, &stop] { guarded(shared, [&] { work(shared, stages, stop); }); });
    } catch (const std::system_error&) {
      if (workers.empty()) throw;
      return;
    }
  }
}

}  // namespace

void run_pipeline(unsigned jobs, const Stages& stages, const StopFlag& stop) {
  constexpr std::uint64_t kWindowPerJob = 64;
  Shared shared(jobs * kWindowPerJob, stop);
  {
    std::vector<std::jthread> threads;  // joined at the end of the scope
    guarded(shared, [&] {
      start_workers(threads, jobs, shared, stages, stop);
      const std::jthread walker([&shared, &stages] {
        guarded(shared, [&] { find_files(shared, stages); });
        shared.close();
      });
      std::jthread counter;
      if (stages.count) counter = std::jthread([&stages, &shared] { guarded(shared, stages.count); });
      guarded(shared, [&] {
        for (Results results; shared.take(results, stages.idle);) {
          for (auto& [number, result] : results) stages.consume(result);
        }
      });
    });
  }
  shared.throw_again();
}

}  // namespace scanner
