// Low priority on POSIX: nice for the processor; on Linux the idle class for the disk, which has no function in libc.
#include <sys/resource.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif

#include "scanner/platform/host.hpp"

namespace scanner {

bool lower_priority() {
  constexpr int kNicest = 19;
  const bool done = ::setpriority(PRIO_PROCESS, 0, kNicest) == 0;
#if defined(__linux__) && defined(SYS_ioprio_set)
  constexpr int kWhoProcess = 1, kClassIdle = 3, kClassShift = 13;  // Documentation/block/ioprio
  ::syscall(SYS_ioprio_set, kWhoProcess, 0, kClassIdle << kClassShift);
#endif
  return done;
}

}  // namespace scanner
