# An exception filter and a __finally write to the frame of their function before __except allocates from there; another
# filter passes a local's address on.
  .intel_syntax noprefix
  .macro handled name, first, second, third
  .p2align 4, 0xCC
\name:
  .seh_proc \name
  push rbx
  .seh_pushreg rbx
  sub rsp, 64
  .seh_stackalloc 64
  .seh_handler __C_specific_handler, @except
  .seh_endprologue
  mov dword ptr [rsp + 40], \first
  mov dword ptr [rsp + 44], \second
  mov dword ptr [rsp + 48], \third
\name\()_outer:
\name\()_inner:
  call qword ptr [rip + __imp_KeQueryTimeIncrement]
  nop
\name\()_end:
  jmp \name\()_done
\name\()_except:
  mov edx, 40
  mov r8d, dword ptr [rsp + 40]
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov edx, 44
  mov r8d, dword ptr [rsp + 44]
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
  mov edx, 48
  mov r8d, dword ptr [rsp + 48]
  mov ecx, 1
  call qword ptr [rip + __imp_ExAllocatePoolWithTag]
\name\()_done:
  xor eax, eax
  add rsp, 64
  pop rbx
  ret
  .endm
  .macro funclet name
  .p2align 4, 0xCC
\name:
  .seh_proc \name
  push rbp
  .seh_pushreg rbp
  sub rsp, 32
  .seh_stackalloc 32
  mov rbp, rdx
  .seh_endprologue
  .endm
  .macro ends
  mov eax, 1
  add rsp, 32
  pop rbp
  ret
  .seh_endproc
  .endm
  .text
  .globl DriverEntry
  .p2align 4, 0xCC
DriverEntry:
  .seh_proc DriverEntry
  sub rsp, 40
  .seh_stackalloc 40
  .seh_endprologue
  call written
  call passed
  xor eax, eax
  add rsp, 40
  ret
  .seh_endproc
  handled written, 0x31576653, 0x32576653, 0x33576653
  .seh_handlerdata
  .long 2
  .rva written_inner, written_end, finally
  .long 0
  .rva written_outer, written_end, filter, written_except
  .text
  .seh_endproc
  handled passed, 0x31506653, 0x32506653, 0x33506653
  .seh_handlerdata
  .long 1
  .rva passed_outer, passed_end, passing_filter, passed_except
  .text
  .seh_endproc
  funclet filter
  mov dword ptr [rbp + 40], 0x34576653
  ends
  funclet finally
  mov dword ptr [rbp + 44], 0x35576653
  ends
  funclet passing_filter
  lea rcx, [rbp + 44]
  call writer
  ends
  .p2align 4, 0xCC
writer:
  mov eax, dword ptr [rip + __imp_KeQueryTimeIncrement]
  mov dword ptr [rcx], eax
  ret
