# A frame of several pages, and __chkstk comes from the kernel: called through a jump to the import.
  .intel_syntax noprefix
  .text
  .p2align 4, 0xCC
get:
  .seh_proc get
  mov eax, 0x2048
  call __chkstk
  sub rsp, rax
  .seh_stackalloc 0x2048
  .seh_endprologue
  mov dword ptr [rsp + 0x1FF0], edx
  mov qword ptr [rsp + 0x28], rcx
  call qword ptr [rip + __imp_KeQueryTimeIncrement]
  mov r8d, dword ptr [rsp + 0x1FF0]
  mov rdx, qword ptr [rsp + 0x28]
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov r8d, dword ptr [rsp + 0x2070]
  mov edx, 8
  xor ecx, ecx
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add rsp, 0x2048
  ret
  .seh_endproc
  .globl DriverEntry
  .def DriverEntry; .scl 2; .type 32; .endef
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  sub rsp, 56
  .seh_stackalloc 56
  .seh_endprologue
  mov dword ptr [rsp + 32], 0x53496843
  mov ecx, 152
  mov edx, 0x52496843
  call get

  xor eax, eax
  add rsp, 56
  ret
  .seh_endproc
