// The lists that support people get. Columns of the three commonest are found by position, because these tools
// translate their headings; the words for states are only understood in English, and a driver whose state is not
// understood is in the list without a mark. Lists whose columns have names are read in driver_records.cpp.
#include "scanner/loaded/driver_list.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "pe/text.hpp"
#include "scanner/loaded/kernel_dump.hpp"
#include "scanner/loaded/list_text.hpp"

namespace scanner::loaded {
namespace {

using Rows = std::vector<Driver>;

std::string decoded(std::span<const std::uint8_t> file) {
  const auto wide = [&file](unsigned low) {
    std::u16string text;
    for (std::size_t i = 2; i + 1 < file.size(); i += 2)
      text += static_cast<char16_t>(file[i + low] | file[i + 1 - low] << 8);
    return pe::utf8_from_utf16(text);
  };
  if (file.size() >= 2 && file[0] == 0xFF && file[1] == 0xFE) return wide(0);
  if (file.size() >= 2 && file[0] == 0xFE && file[1] == 0xFF) return wide(1);
  std::string text(file.begin(), file.end());
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

// --- driverquery /fo csv
// -----------------------------------------------------------------------------------------------

/// Four columns: service, name, type, date. With /v fifteen, among them start mode, state and path. The first is the
/// service's name, which is nearly always the image's.
void read_driverquery(std::string_view line, bool& heading_seen, Rows& rows) {
  constexpr std::size_t kPlain = 4, kVerbose = 15, kStartMode = 4, kState = 5, kPath = 13;
  if (!line.starts_with('"')) return;
  const std::vector<std::string> cells = csv_cells(line);
  if (cells.size() != kPlain && cells.size() != kVerbose) return;
  const auto has_digit = [](const std::string& cell) { return cell.find_first_of("0123456789") != std::string::npos; };
  const bool first = !std::exchange(heading_seen, true);
  if (cells[0].empty() || (first && std::none_of(cells.begin() + 1, cells.end(), has_digit))) return;
  const std::string type = lower(cells[2]);
  if (lower(cells[1]).ends_with(".inf") || type == "true" || type == "false" || type.empty()) return;  // /si: devices
  Driver driver;
  driver.image = cells[0];
  if (cells.size() == kVerbose) {
    if (!cells[kPath].empty()) driver.image = cells[kPath];
    set_state(driver, cells[kStartMode], cells[kState]);
  }
  rows.push_back(std::move(driver));
}

// --- msinfo32 /report
// ----------------------------------------------------------------------------------------------------

/// Rows of the section on system drivers: name, description, file, type, started, start mode, state, … between tabs.
void read_msinfo(std::string_view line, Rows& rows) {
  constexpr std::size_t kFile = 2, kStartMode = 5, kState = 6;
  std::vector<std::string_view> cells;
  for (std::size_t at = 0; at <= line.size();) {
    const auto tab = std::min(line.find('\t', at), line.size());
    cells.push_back(line.substr(at, tab - at));
    at = tab + 1;
  }
  if (cells.size() <= kState || !is_image_name(cells[kFile]) || cells[kFile].find('\\') == std::string_view::npos)
    return;
  Driver driver;
  driver.image = cells[kFile];
  set_state(driver, cells[kStartMode], cells[kState]);
  rows.push_back(std::move(driver));
}

// --- WinDbg lm
// -----------------------------------------------------------------------------------------------------------

std::string_view next_word(std::string_view& text) {
  const auto start = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(start);
  const auto end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

bool is_address(std::string_view word) {
  return word.size() >= 8 && std::all_of(word.begin(), word.end(), [](char c) {
           return c == '`' || std::isxdigit(static_cast<unsigned char>(c)) != 0;
         });
}

/// The kernel goes by other names in the debugger, and in its version resource, than on the disk.
std::string disk_name(std::string_view image) {
  constexpr std::array<std::string_view, 5> kKernels = {"nt", "ntkrnlmp.exe", "ntkrnlpa.exe", "ntkrpamp.exe",
                                                        "ntkrla57.exe"};
  const std::string name = lower(image);
  return std::find(kKernels.begin(), kKernels.end(), name) != kKernels.end() ? "ntoskrnl.exe" : std::string(image);
}

/// `start end module …`: then, depending on the command, the state of symbols, the image's name or its path. The block
/// of `lmv` gives the path on a line of its own, which then replaces the name.
void read_lm(std::string_view line, Rows& rows) {
  std::string_view rest = line;
  const std::string_view first = next_word(rest);
  if (first == "Image" && !rows.empty()) {
    if (next_word(rest) != "path:") return;
    const auto start = std::min(rest.find_first_not_of(' '), rest.size());
    rows.back().image = disk_name(rest.substr(start));
    return;
  }
  const std::string_view second = next_word(rest), module = next_word(rest);
  if (!is_address(first) || !is_address(second) || module.empty()) return;
  const std::string_view image = next_word(rest);
  Driver driver;
  driver.running = true;
  driver.image = disk_name(image.find('\\') != std::string_view::npos || is_image_name(image) ? image : module);
  rows.push_back(std::move(driver));
}

/// `pnputil /enum-drivers`, whose headings are translated: "Published Name: oem7.inf", or XML.
bool is_package_list(std::string_view text) {
  if (text.find("<PnpUtil") != std::string_view::npos) return true;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const std::string line = lower(text.substr(at, end - at));
    at = end + 1;
    auto value = line.rfind(':');
    if (value == std::string::npos || value == 0) continue;
    value = line.find_first_not_of(' ', value + 1);
    if (value == std::string::npos || line.compare(value, 3, "oem") != 0) continue;
    const auto suffix = line.find_first_not_of("0123456789", value + 3);
    if (suffix > value + 3 && suffix != std::string::npos && line.compare(suffix, 4, ".inf") == 0) return true;
  }
  return false;
}

}  // namespace

pe::Result<std::vector<Driver>> read_driver_list(std::span<const std::uint8_t> file) {
  if (is_kernel_dump(file)) {
    auto dump = read_kernel_dump(file);
    if (!dump) return dump.error();
    if (dump.value().drivers.empty()) return pe::Error{pe::Fault::malformed, "the dump lists no driver"};
    return std::move(dump.value().drivers);
  }
  const std::string text = decoded(file);
  std::array<Rows, 4> found;
  found[3] = drivers_of_records(text);
  bool heading_seen = false;
  bool unloaded = false;  // what lm lists last was unloaded before
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    std::string_view line(text.data() + at, end - at);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    at = end + 1;
    read_driverquery(line, heading_seen, found[0]);
    read_msinfo(line, found[1]);
    unloaded = unloaded || lower(line).starts_with("unloaded modules");
    const std::size_t before = found[2].size();
    read_lm(line, found[2]);
    if (unloaded && found[2].size() > before) {
      found[2].back().running = false;
      found[2].back().gone = true;
    }
  }
  Rows& best =
      *std::max_element(found.begin(), found.end(), [](const Rows& a, const Rows& b) { return a.size() < b.size(); });
  if (best.empty() && is_package_list(text))
    return pe::Error{pe::Fault::malformed,
                     "pnputil lists packages, not the drivers that are loaded; give the output of "
                     "`driverquery /v /fo csv` instead"};
  if (best.empty())
    return pe::Error{
        pe::Fault::malformed,
        "no driver in it; supported: driverquery /v /fo csv, msinfo32 /report, WinDbg's lm, a small memory "
        "dump, fltmc, sc query type= driver, Win32_SystemDriver or osquery's drivers as CSV or JSON"};
  Rows rows = std::move(best);
  return rows;
}

}  // namespace scanner::loaded
