#include "scanner/poolmon/collect.hpp"

#include <algorithm>

namespace scanner::poolmon {
namespace {

constexpr std::size_t kMostRows = 65536;  // of one snapshot; Windows itself has some thousand
constexpr std::size_t kFirstSlots = 8192;

std::uint64_t key_of(const Row& row) {
  return std::uint64_t{row.tag.value()} << 32 | std::uint64_t{row.session.key()} << 8 |
         static_cast<std::uint64_t>(row.pool);
}

/// Pool and session without the tag.
std::uint32_t whose(const Row& row) { return row.session.key() << 3 | static_cast<std::uint32_t>(row.pool); }

/// Consoles print different tags alike where they cannot show them: such a tag may come twice in one list.
bool dubious(tagdb::PoolTag tag) {
  for (unsigned i = 0; i < 4; ++i) {
    const std::uint8_t byte = tag.byte(i);
    if (byte == '?' || byte == '.' || (byte < ' ' && byte != 0) || byte > '~') return true;
  }
  return false;
}

bool same(const Row& a, const Row& b) {
  return a.allocs == b.allocs && a.frees == b.frees && a.diff == b.diff && a.bytes == b.bytes;
}

template <typename Value>
void fill(std::optional<Value>& into, const std::optional<Value>& from) {
  if (!into) into = from;
}

void fill(Totals& into, const Totals& from) {
  fill(into.nonpaged, from.nonpaged);
  fill(into.paged, from.paged);
  fill(into.available, from.available);
  fill(into.commit, from.commit);
  fill(into.commit_limit, from.commit_limit);
}

bool told_again(const Totals& now, const Totals& more) {
  return (now.nonpaged && more.nonpaged) || (now.paged && more.paged);
}

void plus(std::optional<std::int64_t>& into, const std::optional<std::int64_t>& part) {
  if (into && part)
    *into += *part;
  else
    into.reset();  // a sum of which a part is not known
}

std::uint64_t mixed(std::uint64_t key, std::uint64_t other) {
  return (key ^ other * 0x9E3779B97F4A7C15ULL) * 0xD6E8FEB86659FD93ULL;
}

}  // namespace

Collector::Slot& Collector::slot_of(std::uint64_t key) {
  if (slots_.empty()) slots_.resize(kFirstSlots);
  if (used_ * 2 > slots_.size()) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = static_cast<std::size_t>(key * 0x9E3779B97F4A7C15ULL >> 40) & mask;
  while (slots_[at].snapshot == number_ && slots_[at].key != key) at = (at + 1) & mask;
  return slots_[at];
}

void Collector::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.snapshot == number_) slot_of(slot.key) = slot;
  }
}

void Collector::put(const TableRow& row, Slot& slot) {
  slot = {key_of(row.row), row.other, number_, static_cast<std::uint32_t>(now_.rows.size())};
  ++used_;
  now_.rows.push_back(row.row);
}

void Collector::begin(std::size_t line) {
  if (now_.line == 0) now_.line = line;
  if (now_.time) return;
  if (next_time_)
    now_.time = std::exchange(next_time_, std::nullopt);
  else if (written_)
    now_.time = written_;
}

void Collector::finish() {
  if (!now_.empty()) {
    done_.push_back(std::move(now_));
    now_ = Snapshot();
    if (!spare_.empty()) {
      now_ = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  now_.clear();
  ++number_;
  used_ = 0;
  parts_.clear();
  again_.clear();
  before_.clear();
  judged_ = ~0U;
  section_ = 0;
  kind_ = Section::none;
  if (section_totals_.any()) {
    now_.totals = std::exchange(section_totals_, {});
    now_.line = totals_line_;
  }
}

void Collector::take(Snapshot& out) {
  std::swap(out, done_.front());
  constexpr std::size_t kSpare = 2;
  if (spare_.size() < kSpare) {
    done_.front().clear();
    spare_.push_back(std::move(done_.front()));
  }
  done_.pop_front();
}

void Collector::end() {
  finish();
  finish();  // totals at the end of a log may be a snapshot of their own
}

/// The rows of the section become the beginning of another snapshot.
void Collector::split(std::size_t line) {
  std::vector<TableRow> moved;
  for (std::size_t i = section_; i < now_.rows.size(); ++i) {
    const Row& row = now_.rows[i];
    moved.push_back({row, slot_of(key_of(row)).other, false});
  }
  const std::size_t first = section_ < now_.rows.size() || !again_.empty() ? section_line_ : line;
  for (TableRow& row : again_) moved.push_back(std::move(row));
  now_.rows.resize(section_);
  finish();
  for (const TableRow& row : moved) {
    begin(first);
    put(row, slot_of(key_of(row.row)));
  }
}

void Collector::section(Section kind) {
  if (now_.rows.empty()) return;
  if (section_ == now_.rows.size() && again_.empty()) {  // nothing stands in it so far
    kind_ = std::max(kind_, kind);
    return;
  }
  // What was listed twice is done with; a new section begins.
  for (std::size_t i = section_; i < now_.rows.size(); ++i) {
    const std::uint32_t one = whose(now_.rows[i]);
    if ((before_.empty() || before_.back() != one) && std::find(before_.begin(), before_.end(), one) == before_.end())
      before_.push_back(one);
  }
  section_ = now_.rows.size();
  section_line_ = 0;
  again_.clear();
  judged_ = ~0U;
  kind_ = kind;
}

void Collector::set_time(const LogTime& time) {
  if (!now_.empty() && now_.time && now_.time->seconds == time.seconds && now_.time->dayless == time.dayless) {
    section(Section::blank);
    return;
  }
  if (!now_.rows.empty() || (now_.totals.any() && now_.time)) finish();
  if (!now_.empty() && !now_.time)
    now_.time = time;  // figures of the whole machine stood above it
  else
    next_time_ = time;
}

void Collector::set_row_time(const LogTime& time) {
  if (!now_.empty() && now_.time && now_.time->seconds != time.seconds) finish();
  next_time_ = time;
  if (!now_.empty() && !now_.time) now_.time = time;
}

/// Rows of a pool, or a session, of which there are none: a nonpaged screen behind a paged one is of the same moment.
bool Collector::joins(const Row& row) {
  const std::uint32_t one = whose(row);
  if (one == judged_) return true;
  if (row.pool == Pool::unknown || std::find(before_.begin(), before_.end(), one) != before_.end()) return false;
  judged_ = one;
  return true;
}

bool Collector::add(const TableRow& row, std::size_t line) {
  if (now_.rows.size() >= kMostRows) return false;
  if (kind_ == Section::heading && section_ > 0 && !joins(row.row)) split(line);
  if (section_totals_.any()) {
    fill(now_.totals, section_totals_);
    section_totals_ = {};
  }
  begin(line);
  if (now_.rows.size() == section_ && section_line_ == 0) section_line_ = line;
  Slot& slot = slot_of(key_of(row.row));
  if (slot.snapshot == number_) {
    repeated(row, slot, line);
  } else {
    put(row, slot);
  }
  return true;
}

void Collector::sum(const TableRow& row, const Slot& slot, std::size_t line) {
  Row& into = now_.rows[slot.index];
  plus(into.allocs, row.row.allocs);
  plus(into.frees, row.row.frees);
  plus(into.diff, row.row.diff);
  plus(into.bytes, row.row.bytes);
  if (!(row.block ? listed_ : summed_))
    notes_.push_back({line, row.block ? "a list of single blocks: they are added up per tag"
                                      : "rows of one tag that differ in another column are added up"});
  (row.block ? listed_ : summed_) = true;
}

void Collector::repeated(const TableRow& row, Slot& slot, std::size_t line) {
  const std::uint64_t part = mixed(slot.key, row.other);
  const bool other = slot.other != row.other && std::find(parts_.begin(), parts_.end(), part) == parts_.end();
  if (row.block || other || dubious(row.row.tag)) {
    constexpr std::size_t kMostParts = 4096;
    if (other && parts_.size() < kMostParts) parts_.push_back(part);
    return sum(row, slot, line);
  }
  const bool earlier = slot.index < section_;
  if (earlier && kind_ == Section::prose && same(row.row, now_.rows[slot.index])) {
    if (section_line_ == 0) section_line_ = line;
    again_.push_back(row);
    return;
  }
  if (!earlier) {
    section_ = now_.rows.size();
    again_.clear();
  }
  split(line);
  begin(line);
  Slot& fresh = slot_of(key_of(row.row));
  if (fresh.snapshot == number_)
    sum(row, fresh, line);
  else
    put(row, fresh);
}

void Collector::add_totals(const Totals& totals, std::size_t line, bool alone) {
  if (alone) {
    if (!now_.rows.empty() || told_again(now_.totals, totals)) finish();
  } else if (!now_.rows.empty() && section_ == now_.rows.size() && kind_ == Section::heading) {
    if (!section_totals_.any()) totals_line_ = line;
    fill(section_totals_, totals);
    return;
  } else if (told_again(now_.totals, totals)) {
    finish();
  }
  fill(now_.totals, totals);
  begin(line);
}

void Collector::add_owner(tagdb::PoolTag tag, std::string_view owner) {
  now_.owners.emplace_back(tag, std::string(owner));
}

}  // namespace scanner::poolmon
