// LIEF builds some hundred tables of names before main() starts, which takes longer than a whole `poolwho lookup`, and
// that never asks LIEF for anything. A static build (POOLWHO_STATIC) moves those initialisers aside and runs them here,
// once, before the first use.
#pragma once

namespace pe {

/// Call before LIEF is used. May be called from several threads; does nothing where LIEF started by itself.
void start_lief();

}  // namespace pe
