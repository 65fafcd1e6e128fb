#include <sys/utsname.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "scanner/platform/host.hpp"

namespace scanner {

std::string host_name() {
  struct utsname names {};
  return ::uname(&names) == 0 ? names.nodename : "";
}

std::string os_name() {
  struct utsname names {};
  return ::uname(&names) == 0 ? std::string(names.sysname) + " " + names.release : "";
}

/// Else the worker's arena shrinks after nearly every driver and each page of it is asked for again: 30 faults a
/// driver, for which all threads wait for each other.
void keep_freed_memory() {
#if defined(__GLIBC__)
  constexpr int kLargest = 8 << 20, kKept = 16 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kLargest);
  ::mallopt(M_TRIM_THRESHOLD, kKept);
#endif
}

}  // namespace scanner
