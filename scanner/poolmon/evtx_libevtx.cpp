// Through libevtx. Only the events that matter are turned into XML: the number of a record is cheap to ask for.
#include <libevtx.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>

#include "scanner/poolmon/evtx.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::size_t kLongestXml = 1U << 20;

/// The library's errors, of which the first line says what happened.
class Error {
 public:
  Error() = default;
  Error(const Error&) = delete;
  Error& operator=(const Error&) = delete;
  ~Error() { clear(); }
  libevtx_error_t** out() {
    clear();
    return &error_;
  }
  [[nodiscard]] std::string text() const {
    std::array<char, 512> buffer{};
    if (error_ == nullptr || ::libevtx_error_backtrace_sprint(error_, buffer.data(), buffer.size()) <= 0) return {};
    std::string text(buffer.data());
    text.resize(std::min(text.find('\n'), text.size()));
    const auto colon = text.find(": ");  // the function's name
    return " (" + (colon == std::string::npos ? text : text.substr(colon + 2)) + ")";
  }

 private:
  void clear() {
    if (error_ != nullptr) ::libevtx_error_free(&error_);
  }
  libevtx_error_t* error_ = nullptr;
};

struct FreeRecord {
  void operator()(libevtx_record_t* record) const { ::libevtx_record_free(&record, nullptr); }
};
using Record = std::unique_ptr<libevtx_record_t, FreeRecord>;

class File {
 public:
  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (open_) ::libevtx_file_close(file_, nullptr);
    if (file_ != nullptr) ::libevtx_file_free(&file_, nullptr);
  }
  bool open(const std::string& path, Error& error) {
    open_ = ::libevtx_file_initialize(&file_, error.out()) == 1 &&
            ::libevtx_file_open(file_, path.c_str(), ::libevtx_get_access_flags_read(), error.out()) == 1;
    return open_;
  }
  [[nodiscard]] libevtx_file_t* get() const { return file_; }

 private:
  libevtx_file_t* file_ = nullptr;
  bool open_ = false;
};

/// False when the record is damaged.
bool take_record(libevtx_record_t* record, std::set<std::uint64_t>& seen,
                 const std::function<void(std::string_view, std::uint64_t)>& take) {
  std::uint32_t number = 0;
  std::uint64_t id = 0;
  if (::libevtx_record_get_event_identifier(record, &number, nullptr) != 1) return false;
  const auto wanted = evtx_numbers();
  if (std::find(wanted.begin(), wanted.end(), number & 0xFFFFU) == wanted.end()) return true;
  // What was recovered may be an old copy of what is there.
  if (::libevtx_record_get_identifier(record, &id, nullptr) == 1 && !seen.insert(id).second) return true;
  std::size_t size = 0;
  if (::libevtx_record_get_utf8_xml_string_size(record, &size, nullptr) != 1 || size == 0 || size > kLongestXml)
    return false;
  std::string xml(size, '\0');
  if (::libevtx_record_get_utf8_xml_string(record, reinterpret_cast<std::uint8_t*>(xml.data()), size, nullptr) != 1)
    return false;
  xml.resize(std::min(xml.find('\0'), xml.size()));
  take(xml, id);
  return true;
}

}  // namespace

bool evtx_supported() { return true; }

pe::Result<EvtxCount> read_evtx(const std::string& path,
                                const std::function<void(std::string_view, std::uint64_t)>& take) {
  Error error;
  File file;
  if (!file.open(path, error))
    return pe::Error{pe::Fault::malformed, "cannot be read as an event log: it is cut off or damaged" + error.text()};
  using Count = int (*)(libevtx_file_t*, int*, libevtx_error_t**);
  using Get = int (*)(libevtx_file_t*, int, libevtx_record_t**, libevtx_error_t**);
  struct Part {
    Count count;
    Get get;
  };
  EvtxCount counted;
  std::set<std::uint64_t> seen;
  for (const Part part :
       {Part{::libevtx_file_get_number_of_records, ::libevtx_file_get_record_by_index},
        Part{::libevtx_file_get_number_of_recovered_records, ::libevtx_file_get_recovered_record_by_index}}) {
    int records = 0;
    if (part.count(file.get(), &records, error.out()) != 1) continue;
    for (int i = 0; i < records; ++i) {
      libevtx_record_t* raw = nullptr;
      const bool there = part.get(file.get(), i, &raw, nullptr) == 1;
      const Record record(raw);
      ++counted.events;
      if (!there || !take_record(record.get(), seen, take)) ++counted.unreadable;
    }
  }
  return counted;
}

}  // namespace scanner::poolmon
