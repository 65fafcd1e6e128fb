#include "pe/lief_start.hpp"

#ifdef POOLWHO_LIEF_DEFERRED

// The build renamed the section of initialisers in LIEF's objects to lief_init; the linker marks its bounds so.
using Initialiser = void (*)(int, char**, char**);
extern "C" {
extern const Initialiser __start_lief_init[];
extern const Initialiser __stop_lief_init[];
}

void pe::start_lief() {
  static const bool started = [] {
    for (const Initialiser* each = __start_lief_init; each != __stop_lief_init; ++each) (*each)(0, nullptr, nullptr);
    return true;
  }();
  static_cast<void>(started);
}

#else

void pe::start_lief() {}

#endif
