// Low priority on Windows: the background mode lowers processor, disk and memory at once; where it is refused, the
// processor alone.
#include <windows.h>

#include "scanner/platform/host.hpp"

namespace scanner {

bool lower_priority() {
  return ::SetPriorityClass(::GetCurrentProcess(), PROCESS_MODE_BACKGROUND_BEGIN) != 0 ||
         ::SetPriorityClass(::GetCurrentProcess(), IDLE_PRIORITY_CLASS) != 0;
}

}  // namespace scanner
