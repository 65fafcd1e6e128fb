# __try with __except: only the scope table of __C_specific_handler leads to the block that allocates with the second tag.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  push rbx
  .seh_pushreg rbx
  sub rsp, 32
  .seh_stackalloc 32
  .seh_handler __C_specific_handler, @except
  .seh_endprologue
  mov rbx, rcx
try_begin:
  mov eax, dword ptr [rbx]
  mov edx, eax
  mov r8d, 0x54686553
  xor ecx, ecx
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  jmp done
try_end:
except_block:
  mov edx, 40
  mov r8d, 0x58686553
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
done:
  xor eax, eax
  add rsp, 32
  pop rbx
  ret
  .seh_handlerdata
  .long 1
  .rva try_begin, try_end, filter, except_block
  .text
  .seh_endproc
  .p2align 4, 0xCC
filter:
  .seh_proc filter
  push rbp
  .seh_pushreg rbp
  sub rsp, 32
  .seh_stackalloc 32
  mov rbp, rdx
  .seh_endprologue
  mov eax, 1
  add rsp, 32
  pop rbp
  ret
  .seh_endproc
