# A frame of several pages: __chkstk is called first and keeps all registers, rax too; the tag lies far down in the frame.
  .intel_syntax noprefix
  .text
  .p2align 4, 0xCC
  .globl __chkstk
__chkstk:
  sub rsp, 16
  mov qword ptr [rsp], r10
  mov qword ptr [rsp + 8], r11
  lea r10, [rsp + 24]
  sub r10, rax
2:
  cmp r10, rsp
  jae 3f
  test byte ptr [r10], 0
  add r10, 4096
  jmp 2b
3:
  mov r10, qword ptr [rsp]
  mov r11, qword ptr [rsp + 8]
  add rsp, 16
  ret
  .p2align 4, 0xCC
get:
  .seh_proc get
  mov eax, 0x3048
  call __chkstk
  sub rsp, rax
  .seh_stackalloc 0x3048
  .seh_endprologue
  mov dword ptr [rsp + 0x2FF0], edx
  mov qword ptr [rsp + 0x28], rcx
  call qword ptr [rip + __imp_KeQueryTimeIncrement]
  mov r8d, dword ptr [rsp + 0x2FF0]
  mov rdx, qword ptr [rsp + 0x28]
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov r8d, dword ptr [rsp + 0x3070]
  mov edx, 8
  xor ecx, ecx
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  add rsp, 0x3048
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
  mov dword ptr [rsp + 32], 0x536B6843
  mov ecx, 152
  mov edx, 0x526B6843
  call get

  xor eax, eax
  add rsp, 56
  ret
  .seh_endproc
