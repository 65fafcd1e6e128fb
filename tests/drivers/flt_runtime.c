/* The registration is built on the stack; its table of contexts is static, and a store puts the tag in. */
#include "kernel.h"
static FLT_CONTEXT contexts[2];
PVOID filter;
DRIVER_ENTRY {
  (void)registry_path;
  FLT_REGISTRATION registration;
  contexts[0].type = FLT_INSTANCE;
  contexts[0].size = 64;
  contexts[0].tag = TAG('F', 'r', 'I', 'n');
  contexts[1].type = FLT_END;
  registration.size = sizeof registration;
  registration.version = 0x203;
  registration.flags = 0;
  registration.contexts = contexts;
  registration.operations = 0;
  for (volatile int i = 0; i < 12; ++i) registration.callbacks[i] = 0;
  return FltRegisterFilter(driver, &registration, &filter);
}
