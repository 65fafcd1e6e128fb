#include <sys/utsname.h>

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

}  // namespace scanner
