#include "scanner/walk/windows_entries.hpp"

namespace scanner::walk::windows {
namespace {

using Kind = DirectoryEntry::Kind;

constexpr std::uint32_t kDirectory = 0x10, kDevice = 0x40, kReparsePoint = 0x400, kOffline = 0x1000;
constexpr std::uint32_t kRecallOnOpen = 0x40000, kRecallOnDataAccess = 0x400000;

// A tag with this bit stands for another named object: junction, symbolic link, WSL link, …
constexpr std::uint32_t kNameSurrogate = 0x20000000;
constexpr std::uint32_t kHsm = 0xC0000004, kHsm2 = 0x80000006;                   // on tape
constexpr std::uint32_t kAppExecLink = 0x8000001B;                               // no content of its own
constexpr std::uint32_t kUnixSocket = 0x80000023, kWslBlockDevice = 0x80000026;  // and FIFOs between

}  // namespace

Classified classify(std::uint32_t attributes, std::uint32_t reparse_tag, bool enumerated) {
  Classified out;
  out.kind = (attributes & kDirectory) != 0 ? Kind::directory
             : (attributes & kDevice) != 0  ? Kind::special
                                            : Kind::file;
  out.offline =
      (attributes & (kOffline | kRecallOnDataAccess)) != 0 || (enumerated && (attributes & kRecallOnOpen) != 0);
  if ((attributes & kReparsePoint) == 0) return out;
  if ((reparse_tag & kNameSurrogate) != 0) {
    out.kind = Kind::link;
  } else if (reparse_tag == 0) {
    // Unknown: a directory may lead back to where we come from, a file at worst is read twice.
    if (out.kind == Kind::directory) out.kind = Kind::link;
  } else if (reparse_tag == kHsm || reparse_tag == kHsm2) {
    out.offline = true;
  } else if (reparse_tag == kAppExecLink || (reparse_tag >= kUnixSocket && reparse_tag <= kWslBlockDevice)) {
    out.kind = Kind::special;
  }
  // Everything else (compressed by WOF, deduplicated, in the cloud, in a container layer) is an ordinary file.
  return out;
}

std::uint64_t file_id(std::uint64_t told) { return told == ~std::uint64_t{0} ? 0 : told; }

}  // namespace scanner::walk::windows
