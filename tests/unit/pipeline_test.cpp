// The pipeline when a stage fails: one file's error stays that file's, any other ends the run in order.
#include "scanner/scan/pipeline.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

using scanner::ScannedFile;

namespace {

constexpr int kFiles = 1000;  // more than are under way at any time

/// Files 0 to 199; `work` may throw.
scanner::Stages stages(std::vector<ScannedFile>& consumed, const std::function<void(const std::string&)>& work) {
  scanner::Stages out;
  out.produce = [](const std::function<bool(scanner::walk::Found)>& push) {
    for (int i = 0; i < kFiles; ++i) {
      scanner::walk::Found found;
      found.path = std::to_string(i);
      if (!push(std::move(found))) return;
    }
  };
  out.work = [work](const scanner::walk::Found& found, scanner::ReadBuffer&) {
    work(found.path);
    ScannedFile file;
    file.file = found;
    return file;
  };
  out.consume = [&consumed](ScannedFile& file) { consumed.push_back(std::move(file)); };
  return out;
}

}  // namespace

TEST_CASE("an exception on a worker is the error of its file, in its place, and of no other") {
  for (const unsigned jobs : {1U, 4U}) {
    std::vector<ScannedFile> consumed;
    const scanner::StopFlag stop;
    scanner::run_pipeline(jobs,
                          stages(consumed,
                                 [](const std::string& path) {
                                   if (path == "7") throw std::bad_alloc();
                                   if (path == "8") throw std::runtime_error("what happened");
                                   if (path == "9") throw 9;
                                 }),
                          stop);
    REQUIRE(consumed.size() == kFiles);
    for (int i = 0; i < kFiles; ++i) {
      const ScannedFile& file = consumed[static_cast<std::size_t>(i)];
      CHECK(file.file.path == std::to_string(i));
      CHECK((file.outcome == ScannedFile::Outcome::failed) == (i >= 7 && i <= 9));
    }
    CHECK(consumed[7].message.find("not enough memory") == 0);
    CHECK(consumed[8].message.find("what happened") != std::string::npos);
    CHECK_FALSE(consumed[9].message.empty());
  }
}

TEST_CASE("an exception on the writer or the walker ends the run when all threads are gone") {
  for (const unsigned jobs : {1U, 4U}) {
    std::vector<ScannedFile> consumed;
    const scanner::StopFlag stop;
    scanner::Stages writer = stages(consumed, [](const std::string&) {});
    writer.consume = [&consumed](ScannedFile& file) {
      if (consumed.size() == 20) throw std::runtime_error("the writer");
      consumed.push_back(std::move(file));
    };
    CHECK_THROWS_WITH(scanner::run_pipeline(jobs, writer, stop), "the writer");
    CHECK(consumed.size() == 20);

    scanner::Stages walker = stages(consumed, [](const std::string&) {});
    walker.produce = [](const std::function<bool(scanner::walk::Found)>& push) {
      push({});
      throw std::runtime_error("the walker");
    };
    CHECK_THROWS_WITH(scanner::run_pipeline(jobs, walker, stop), "the walker");
  }
}

TEST_CASE("each reason to stop ends the producer, and none is another") {
  for (const int reason : {0, 1, 2}) {
    std::vector<ScannedFile> consumed;
    scanner::StopFlag stop;
    scanner::Stages all = stages(consumed, [](const std::string&) {});
    all.consume = [&](ScannedFile& file) {
      consumed.push_back(std::move(file));
      if (consumed.size() != 10) return;
      if (reason == 0) stop.interrupt();
      if (reason == 1) stop.reader_left();
      if (reason == 2) stop.fail();
    };
    scanner::run_pipeline(2, all, stop);
    CHECK(consumed.size() >= 10);
    CHECK(consumed.size() < kFiles);
    CHECK(stop.set());
    CHECK(stop.interrupted() == (reason == 0));
    CHECK(stop.reader_gone() == (reason == 1));
    CHECK(stop.failed() == (reason == 2));
    stop.interrupt_served();
    CHECK(stop.set() == (reason != 0));
  }
}

TEST_CASE("large files are begun before their turn and told in it") {
  for (const bool stopped : {false, true}) {
    std::vector<ScannedFile> consumed;
    std::vector<std::string> begun;
    std::atomic<bool> first_begun{false}, all_there{false};
    scanner::StopFlag stop;
    // The first file is worked on until the others wait.
    scanner::Stages some = stages(consumed, [&](const std::string& path) {
      begun.push_back(path);
      if (path == "0") {
        first_begun = true;
        first_begun.notify_all();
        all_there.wait(false);
      }
      if (path == "17" && stopped) stop.interrupt();
    });
    some.produce = [&](const std::function<bool(scanner::walk::Found)>& push) {
      for (int i = 0; i < 20; ++i) {
        scanner::walk::Found found;
        found.path = std::to_string(i);
        found.size = i == 12 ? 2'000'000U : i == 17 ? 9'000'000U : 900'000U;
        push(std::move(found));
        first_begun.wait(false);
      }
      all_there = true;
      all_there.notify_all();
    };
    scanner::run_pipeline(1, some, stop);
    REQUIRE(begun.size() == (stopped ? 2 : 20));
    CHECK(begun[1] == "17");
    // What was begun before its turn is not told where files before it are missing.
    REQUIRE(consumed.size() == (stopped ? 1 : 20));
    for (std::size_t i = 0; i < consumed.size(); ++i) CHECK(consumed[i].file.path == std::to_string(i));
    if (stopped) continue;
    CHECK(begun[2] == "12");
    CHECK(begun[3] == "1");
    CHECK(begun[4] == "2");
  }
}
