#include "scanner/poolmon/log_source.hpp"

#include <array>
#include <deque>

#include "scanner/poolmon/event.hpp"
#include "scanner/poolmon/evtx.hpp"
#include "scanner/poolmon/log_reader.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::array<std::uint32_t, 8> kNumbers = {2004, 2017, 2018, 2019, 2020, 12, 6005, 6009};
constexpr std::string_view kMagic("ElfFile\0", 8);
constexpr std::string_view kOldMagic("\x30\0\0\0LfLe", 8);

class EventFile final : public SnapshotSource {
 public:
  explicit EventFile(std::string path) : path_(std::move(path)) {}

  bool next(Snapshot& out) override {
    out.clear();
    if (!read_) read();
    if (waiting_.empty()) return false;
    out = std::move(waiting_.front());
    waiting_.pop_front();
    return true;
  }
  std::vector<LineProblem> take_problems() override { return std::exchange(problems_, {}); }
  std::vector<LineProblem> take_notes() override { return std::exchange(notes_, {}); }
  [[nodiscard]] std::string nothing() const override {
    if (failed_) return {};
    const std::string among =
        events_ > 0 ? " among its " + std::to_string(events_) + (events_ == 1 ? " event" : " events") : "";
    return "no event 2004 of Microsoft-Windows-Resource-Exhaustion-Detector" + among +
           ": Windows logs the largest tags only when memory runs short";
  }

 private:
  void read() {
    read_ = true;
    EventLog log;
    const auto counted = read_evtx(path_, [&log](std::string_view xml, std::uint64_t record) {
      auto event = event_of_xml(xml);
      if (!event) return;
      event->line = static_cast<std::size_t>(record);
      log.add(std::move(*event));
    });
    if (!counted) {
      failed_ = true;
      problems_.push_back({0, counted.error().message});
      return;
    }
    events_ = counted.value().events;
    if (const auto damaged = counted.value().unreadable; damaged > 0)
      problems_.push_back({0, std::to_string(damaged) + " of its events are damaged and were skipped"});
    for (std::string& note : log.notes()) notes_.push_back({0, std::move(note)});
    for (Snapshot& snapshot : log.take_snapshots()) waiting_.push_back(std::move(snapshot));
  }

  std::string path_;
  std::deque<Snapshot> waiting_;
  std::vector<LineProblem> problems_, notes_;
  std::uint64_t events_ = 0;
  bool read_ = false, failed_ = false;
};

/// A kind of file that no reader is for.
class Refused final : public SnapshotSource {
 public:
  explicit Refused(std::string why) : why_(std::move(why)) {}
  bool next(Snapshot& out) override {
    out.clear();
    return false;
  }
  [[nodiscard]] std::string nothing() const override { return why_; }

 private:
  std::string why_;
};

}  // namespace

std::span<const std::uint32_t> evtx_numbers() { return kNumbers; }

std::unique_ptr<SnapshotSource> open_event_log(const std::string& path) { return std::make_unique<EventFile>(path); }

std::unique_ptr<SnapshotSource> open_log(const std::string& path, std::istream& in) {
  // A pipe gives its bytes once: only what begins like such a file is looked at further.
  const int begin = in.peek();
  if (begin != kMagic[0] && begin != kOldMagic[0]) {
    in.clear();
    return std::make_unique<LogReader>(in);
  }
  std::array<char, 8> first{};
  in.read(first.data(), first.size());
  const std::string_view start(first.data(), static_cast<std::size_t>(in.gcount()));
  if (start == kMagic) return open_event_log(path);
  if (start == kOldMagic)
    return std::make_unique<Refused>(
        "an event log of Windows XP or Server 2003 (.evt), which is not supported: save it "
        "as text in Event Viewer");
  in.clear();
  if (!in.seekg(0)) {
    in.clear();
    for (std::size_t i = 0; i < start.size(); ++i) in.unget();
  }
  return std::make_unique<LogReader>(in);
}

}  // namespace scanner::poolmon
