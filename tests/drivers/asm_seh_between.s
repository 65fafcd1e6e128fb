# __try: between a call and a copy in one block a local holds other tags than at either end; __except allocates with them.
  .intel_syntax noprefix
  .text
  .globl DriverEntry
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  push rsi
  .seh_pushreg rsi
  push rdi
  .seh_pushreg rdi
  push rbx
  .seh_pushreg rbx
  sub rsp, 48
  .seh_stackalloc 48
  .seh_handler __C_specific_handler, @except
  .seh_endprologue
  mov dword ptr [rsp + 40], 0x31426553
try_begin:
  mov dword ptr [rsp + 40], 0x32426553
  call qword ptr [rip + __imp_KeQueryTimeIncrement]
  mov dword ptr [rsp + 40], 0x34426553
  mov rdi, rax
  mov rsi, rax
  mov ecx, eax
  rep movsb
  mov dword ptr [rsp + 40], 0x33426553
  jmp done
try_end:
except_block:
  mov edx, 40
  mov r8d, dword ptr [rsp + 40]
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
done:
  xor eax, eax
  add rsp, 48
  pop rbx
  pop rdi
  pop rsi
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
