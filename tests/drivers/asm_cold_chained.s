# The function's cold part lies elsewhere: an entry of its own in .pdata, whose unwind data is chained to the first part's.
# The tag is loaded in the hot part, and the cold part calls.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .p2align 4, 0xCC
DriverEntry:
  push rbx
  sub rsp, 32
hot_prolog_end:
  mov ebx, 0x486C6F43
  mov r8d, ebx
  mov edx, 16
  xor ecx, ecx
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  test rax, rax
  je cold
back:
  xor eax, eax
  add rsp, 32
  pop rbx
  ret
hot_end:
  .p2align 4, 0xCC
between:
  mov eax, 1
  ret
  .p2align 4, 0xCC
cold:
  mov edx, 8
  mov r8d, ebx
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov edx, 8
  mov r8d, 0x436C6F43
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  jmp back
cold_end:
  .section .xdata,"dr"
  .p2align 2
hot_unwind:
  .byte 1, hot_prolog_end - DriverEntry, 2, 0
  .byte hot_prolog_end - DriverEntry, 0x32
  .byte 1, 0x30
cold_unwind:
  .byte 0x21, 0, 0, 0
  .rva DriverEntry, hot_end, hot_unwind
  .section .pdata,"dr"
  .p2align 2
  .rva DriverEntry, hot_end, hot_unwind
  .rva cold, cold_end, cold_unwind
